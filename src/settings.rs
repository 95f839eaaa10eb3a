//! What was typed and configured, made into one validated value. No stage runs here.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::Duration;

use secrecy::SecretString;

use crate::autoscribe::client::BaseUrl;
use crate::cli::args::{AddressArgs, GuardArg, OnUnknownArg, PaceArgs, RosterArgs, SendingArgs};
use crate::delivery::engine::{OnUnknown, Rules};
use crate::delivery::pace::Rate;
use crate::plan::Reinvite;
use crate::roster::RosterOptions;

/// A sandbox's key starts so; a sandbox takes no other, and no other host is sent one (PRODUCT.md of the project's plan).
pub const SANDBOX_KEY: &str = crate::sandbox::KEY_PREFIX;

/// The longest API key that is believed to be one, in bytes.
const LONGEST_KEY: u64 = 4096;

/// Something typed or configured that cannot be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SettingsError {
    /// An option's value.
    #[error("{option} {value}: {why}")]
    Option {
        /// The option.
        option: &'static str,
        /// What was given.
        value: String,
        /// What is wrong and what to write.
        why: String,
    },
    /// No key.
    #[error(
        "there is no API key. Put it in the environment variable AVARA_API_KEY, or in a file named with --api-key-file. \
         To try without one, add --sandbox to the invite"
    )]
    NoKey,
    /// A key file that cannot be used.
    #[error("the API key file {path} {why}")]
    KeyFile {
        /// The file.
        path: String,
        /// What is wrong.
        why: String,
    },
    /// A key that is none.
    #[error("the API key from {from} is none: {why}")]
    Key {
        /// Where it came from.
        from: String,
        /// What is wrong.
        why: &'static str,
    },
    /// A sandbox's key for a real host.
    #[error(
        "this is a sandbox's key (it starts with {SANDBOX_KEY}), and it is never sent to {host}. Give the clinic's own key, \
         or the sandbox's address with --base-url"
    )]
    SandboxKeyElsewhere {
        /// The host.
        host: String,
    },
}

impl SettingsError {
    /// The process's exit code: a key at the wrong host is refused like one that the account refuses.
    pub const fn exit_code(&self) -> u8 {
        match self {
            SettingsError::SandboxKeyElsewhere { .. } => 4,
            _ => 2,
        }
    }
}

/// How to send.
#[derive(Clone, Debug)]
pub struct Sending {
    /// The pace.
    pub rate: Rate,
    /// Requests under way at the same time.
    pub concurrency: usize,
    /// How long an answer is waited for.
    pub timeout: Duration,
    /// How often a row that never left is tried.
    pub max_attempts: u32,
    /// How long a sick service is tried.
    pub give_up_after: Duration,
    /// What happens to rows in doubt.
    pub on_unknown: OnUnknown,
    /// The first so many.
    pub limit: Option<u64>,
    /// Which withdrawn invitations are sent anew.
    pub reinvite: Reinvite,
}

impl Sending {
    /// Reads the options.
    ///
    /// # Errors
    /// The first value that cannot be.
    pub fn read(args: &SendingArgs) -> Result<Self, SettingsError> {
        let paced = Sending::of_pace(&args.pace)?;
        if args.limit == Some(0) {
            return Err(option("--limit", "0", &"to send nothing, use --dry-run"));
        }
        let states = args.reinvite.as_deref();
        let reinvite = states.map(Reinvite::parse).transpose();
        Ok(Sending {
            on_unknown: match args.on_unknown {
                OnUnknownArg::Resend => OnUnknown::Resend,
                OnUnknownArg::Hold => OnUnknown::Hold,
            },
            limit: args.limit,
            reinvite: reinvite
                .map_err(|why| option("--reinvite", states.unwrap_or_default(), &why))?
                .unwrap_or_default(),
            ..paced
        })
    }

    /// What delivery goes by.
    pub const fn rules(&self, on_unknown: OnUnknown) -> Rules {
        Rules { timeout: self.timeout, concurrency: self.concurrency, max_attempts: self.max_attempts, on_unknown }
    }

    /// For a command that asks an account for something else than invitations.
    ///
    /// # Errors
    /// The first value that cannot be.
    pub fn of_pace(args: &PaceArgs) -> Result<Self, SettingsError> {
        let rate: Rate = args.rate.parse().map_err(|why| option("--rate", &args.rate, &why))?;
        let concurrency = match args.concurrency {
            Some(0) => return Err(option("--concurrency", "0", &"at least one request must be under way")),
            Some(n) => usize::from(n),
            None => ordinary_concurrency(rate),
        };
        if args.max_attempts == 0 {
            return Err(option("--max-attempts", "0", &"a row must be tried at least once"));
        }
        Ok(Sending {
            rate,
            concurrency,
            timeout: duration("--timeout", &args.timeout)?,
            max_attempts: u32::from(args.max_attempts),
            give_up_after: duration("--give-up-after", &args.give_up_after)?,
            on_unknown: OnUnknown::Resend,
            limit: None,
            reinvite: Reinvite::default(),
        })
    }
}

/// Eight, or as many as keep a higher rate busy when answers take a quarter of a second.
fn ordinary_concurrency(rate: Rate) -> usize {
    let needed = rate.each_second().map_or(64.0, |each| (each / 4.0).ceil());
    (needed as usize).clamp(8, 256)
}

fn option(option: &'static str, value: &str, why: &dyn std::fmt::Display) -> SettingsError {
    SettingsError::Option { option, value: value.to_owned(), why: why.to_string() }
}

/// A time as people write it: `30s`, `1m 30s`, `500ms`; a bare number is seconds.
fn duration(name: &'static str, text: &str) -> Result<Duration, SettingsError> {
    let read = match text.trim().parse::<u32>() {
        Ok(seconds) => Ok(Duration::from_secs(u64::from(seconds))),
        Err(_) => text.parse::<jiff::SignedDuration>().ok().and_then(|time| Duration::try_from(time).ok()).ok_or(()),
    };
    match read {
        Ok(time) if time >= Duration::from_millis(10) && time <= Duration::from_secs(86_400) => Ok(time),
        _ => Err(option(name, text, &"write a time from 10ms to 24h, as in 30s, 500ms or 15m")),
    }
}

/// Where to, and with which key.
#[derive(Debug)]
pub struct Account {
    /// The API's address.
    pub base: BaseUrl,
    /// The key.
    pub key: SecretString,
    /// Whether real people can be reached there.
    pub reach: Reach,
    /// The key's file, if other users of this machine may read it.
    pub exposed: Option<PathBuf>,
}

/// Whether real people can be reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// They can: ask before sending.
    People,
    /// A sandbox: nobody gets an e-mail.
    Sandbox,
}

impl Account {
    /// Reads address and key; `key_variable` is the value of `AVARA_API_KEY`.
    ///
    /// # Errors
    /// See [`SettingsError`].
    pub fn read(args: &AddressArgs, key_variable: Option<String>) -> Result<Self, SettingsError> {
        let base = BaseUrl::parse(&args.base_url).map_err(|why| option("--base-url", &args.base_url, &why))?;
        let (key, from, exposed) = match (&args.api_key_file, key_variable) {
            (Some(path), _) => {
                let (key, exposed) = read_key_file(path)?;
                (key, path.display().to_string(), exposed.then(|| path.clone()))
            }
            (None, Some(key)) if !key.trim().is_empty() => (key, "AVARA_API_KEY".to_owned(), None),
            _ => return Err(SettingsError::NoKey),
        };
        let key = key.trim();
        if key.is_empty() {
            return Err(SettingsError::Key { from, why: "it is blank" });
        }
        if key.chars().any(|c| !c.is_ascii_graphic()) {
            return Err(SettingsError::Key {
                from,
                why: "it holds spaces or characters that no key has; copy it again, alone on one line",
            });
        }
        let sandbox_key = key.starts_with(SANDBOX_KEY);
        if sandbox_key && !base.is_loopback() {
            return Err(SettingsError::SandboxKeyElsewhere { host: base.host().to_owned() });
        }
        let reach = if sandbox_key { Reach::Sandbox } else { Reach::People };
        Ok(Account { base, key: SecretString::from(key.to_owned()), reach, exposed })
    }
}

/// The text of a key file, and whether others may read it.
fn read_key_file(path: &Path) -> Result<(String, bool), SettingsError> {
    let fault = |why: String| SettingsError::KeyFile { path: path.display().to_string(), why };
    let file = std::fs::File::open(path).map_err(|error| fault(format!("cannot be opened: {error}")))?;
    let exposed = others_may_read(&file);
    let mut text = String::new();
    file.take(LONGEST_KEY + 1).read_to_string(&mut text).map_err(|error| fault(format!("cannot be read: {error}")))?;
    if text.len() as u64 > LONGEST_KEY {
        return Err(fault("is too long to hold just a key".to_owned()));
    }
    Ok((text, exposed))
}

/// Somebody else than the owner may read a file. A pipe from a shell or a store of secrets is nobody's to open.
#[cfg(unix)]
fn others_may_read(file: &std::fs::File) -> bool {
    use std::os::unix::fs::PermissionsExt;
    file.metadata().is_ok_and(|file| file.is_file() && file.permissions().mode() & 0o044 != 0)
}

/// Elsewhere a file's mode does not say who may read it.
#[cfg(not(unix))]
fn others_may_read(_: &std::fs::File) -> bool {
    false
}

/// How to read the roster.
pub fn roster_options(args: &RosterArgs) -> RosterOptions {
    RosterOptions {
        sheet: args.sheet.clone(),
        encoding: args.encoding.clone(),
        delimiter: args.delimiter.clone(),
        header_row: args.header_row,
    }
}

/// Which guards may be passed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[allow(clippy::struct_excessive_bools, reason = "three separate permissions, each typed by name")]
pub struct Allowed {
    /// Many admins.
    pub admins: bool,
    /// Everybody a report creator.
    pub reports: bool,
    /// No lists.
    pub no_lists: bool,
}

impl Allowed {
    /// From `--allow`.
    pub fn read(guards: &[GuardArg]) -> Self {
        Allowed {
            admins: guards.contains(&GuardArg::Admins),
            reports: guards.contains(&GuardArg::Reports),
            no_lists: guards.contains(&GuardArg::NoLists),
        }
    }
}

/// Where the ledger is kept.
///
/// # Errors
/// When nothing says so and the platform has no place, as in a cron job without HOME.
pub fn state_dir(given: Option<&Path>) -> Result<PathBuf, SettingsError> {
    given.map(Path::to_owned).or_else(crate::ledger::default_state_dir).ok_or_else(|| {
        let why = "this environment has no home folder, so say where the ledger is kept (the same folder every time)";
        option("--state-dir", "", &why)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn account(url: &str) -> AddressArgs {
        AddressArgs { base_url: url.to_owned(), api_key_file: None }
    }

    #[test]
    fn a_sandbox_key_goes_to_no_other_host() {
        let key = || Some("sandbox_abc".to_owned());
        let elsewhere = Account::read(&account("https://api.avarasoftware.com"), key()).unwrap_err();
        assert_eq!(elsewhere.exit_code(), 4);
        assert_eq!(Account::read(&account("http://127.0.0.1:9"), key()).unwrap().reach, Reach::Sandbox);
        let real = Account::read(&account("http://127.0.0.1:9"), Some("live_abc".to_owned())).unwrap();
        assert_eq!(real.reach, Reach::People);
    }

    #[test]
    fn a_key_is_one_word() {
        assert_eq!(Account::read(&account("https://example.org"), None).unwrap_err(), SettingsError::NoKey);
        assert_eq!(Account::read(&account("https://example.org"), Some(" ".into())).unwrap_err(), SettingsError::NoKey);
        let spaced = Account::read(&account("https://example.org"), Some("a b".into())).unwrap_err();
        assert!(matches!(spaced, SettingsError::Key { .. }));
        assert!(!format!("{spaced}").contains("a b"), "a key is never shown");
        assert!(
            !format!("{:?}", Account::read(&account("https://example.org"), Some("secret".into()))).contains("secret")
        );
    }

    #[test]
    fn times_as_people_write_them() {
        for (text, ms) in [("30s", 30_000), ("30", 30_000), ("500ms", 500), ("1m 30s", 90_000), ("15m", 900_000)] {
            assert_eq!(duration("--timeout", text), Ok(Duration::from_millis(ms)), "{text}");
        }
        for text in ["", "0", "-5s", "soon", "25h", "1ms"] {
            assert!(duration("--timeout", text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_higher_rate_gets_more_requests_under_way() {
        assert_eq!(ordinary_concurrency(Rate::per_second(10)), 8);
        assert_eq!(ordinary_concurrency(Rate::per_second(200)), 50);
        assert_eq!(ordinary_concurrency(Rate::Unlimited), 64);
    }
}
