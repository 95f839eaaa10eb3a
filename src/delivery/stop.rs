//! Why sending stops before the end of the roster.

use std::fmt;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::autoscribe::verdict::Stop;
use crate::shutdown::Signal;

/// Why nothing more is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StopCause {
    /// A signal.
    Signal(Signal),
    /// The account refuses, a redirect, a certificate, a proxy.
    Account(Stop),
    /// Something on the way answers in AutoScribe's place.
    Intercepted {
        /// What came.
        why: String,
    },
    /// The service could not be reached, or did not get well.
    Unhealthy {
        /// The last that happened.
        why: String,
    },
    /// The service asked for a longer wait than a run waits.
    WaitTooLong {
        /// The wait asked for.
        wait: Duration,
    },
    /// This machine cannot record what happens: disk or ledger.
    CannotRecord {
        /// What failed.
        why: String,
    },
    /// The key may not list users or invitations, so nobody can tell who was invited before.
    ListsForbidden {
        /// What the API said.
        message: String,
    },
    /// The roster cannot be read to its end, or has changed since the preview.
    Roster {
        /// What happened.
        why: String,
    },
    /// A row is invalid and `--strict` was given.
    Strict,
}

impl StopCause {
    /// The process's exit code, unless a row is left unresolved.
    pub const fn exit_code(&self) -> u8 {
        match self {
            StopCause::Signal(signal) => signal.exit_code(),
            StopCause::Account(Stop::ProxyCredentials) => 5,
            StopCause::Account(_) | StopCause::ListsForbidden { .. } => 4,
            StopCause::Intercepted { .. } | StopCause::Unhealthy { .. } | StopCause::WaitTooLong { .. } => 5,
            StopCause::CannotRecord { .. } => 6,
            StopCause::Roster { .. } => 2,
            StopCause::Strict => 1,
        }
    }

    /// The `error_code` of rows that were not sent because of it.
    pub const fn code(&self) -> &'static str {
        match self {
            StopCause::Signal(_) => "interrupted",
            StopCause::Account(_) | StopCause::ListsForbidden { .. } => "account_refused",
            StopCause::Intercepted { .. } | StopCause::Unhealthy { .. } | StopCause::WaitTooLong { .. } => {
                "service_unavailable"
            }
            StopCause::CannotRecord { .. } => "cannot_record",
            StopCause::Roster { .. } => "roster_changed",
            StopCause::Strict => "strict",
        }
    }
}

/// What happened and what to do.
impl fmt::Display for StopCause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            StopCause::Signal(signal) => {
                write!(f, "{signal} came. Run the same command again to go on: nobody is invited twice")
            }
            StopCause::Account(Stop::Refused { status: 401, message }) => write!(
                f,
                "AutoScribe does not accept the API key (401: {message}). Check AVARA_API_KEY or --api-key-file, then run \
                 the same command again"
            ),
            StopCause::Account(Stop::Refused { status: 403, message }) => write!(
                f,
                "this API key may not send or revoke invitations (403: {message}). Ask the clinic's AutoScribe owner for one that may, \
                 then run the same command again"
            ),
            StopCause::Account(Stop::Refused { status, message }) => write!(
                f,
                "the server does not take invitations at this address ({status}: {message}). Check --base-url, then run \
                 the same command again"
            ),
            StopCause::Account(Stop::Redirect { status, host }) => write!(
                f,
                "the server redirects to {host} ({status}), and a redirect is never followed: people's details go to the \
                 address you gave or nowhere. Check --base-url, then run the same command again"
            ),
            StopCause::Account(Stop::Certificate(problem)) => {
                write!(f, "the server's certificate cannot be trusted: {problem}. Nothing was sent to it")
            }
            // Without an example that has an @: it would be masked like somebody's address.
            StopCause::Account(Stop::ProxyCredentials) => write!(
                f,
                "the proxy wants a user name and password (407). Write them into the variable HTTPS_PROXY, before the \
                 proxy's host, as user:password and an at sign, then run the same command again"
            ),
            StopCause::Intercepted { why } => write!(
                f,
                "{why}, so something between this machine and AutoScribe answers in its place (a network's sign-in page?). \
                 Sign in to the network, then run the same command again"
            ),
            StopCause::Unhealthy { why } => {
                write!(f, "the service is not well: {why}. Run the same command again later: nobody is invited twice")
            }
            StopCause::WaitTooLong { wait } => write!(
                f,
                "AutoScribe asks to wait for {}, longer than a run waits (15 minutes). Run the same command again then",
                words(*wait)
            ),
            StopCause::CannotRecord { why } => write!(
                f,
                "this machine cannot record what happens ({why}), so nothing more is sent. Make room or mend the disk, then \
                 run the same command again: nobody is invited twice"
            ),
            StopCause::ListsForbidden { message } => write!(
                f,
                "this API key may not list the account's users and invitations ({message}), so nobody can tell who was \
                 invited before. Ask for a key that may, or, if this account is new, give --allow no-lists"
            ),
            StopCause::Roster { why } => write!(f, "{why}"),
            StopCause::Strict => {
                write!(f, "some rows are invalid, and with --strict nothing is sent then. Mend them and run again")
            }
        }
    }
}

/// A wait in words that a person can use.
pub fn words(wait: Duration) -> String {
    match wait.as_secs() {
        0 => format!("{} ms", wait.as_millis()),
        seconds @ 1..=119 => format!("{seconds} s"),
        seconds @ 120..=7199 => format!("{} minutes", seconds / 60),
        seconds @ 7200..=172_799 => format!("{} hours", seconds / 3600),
        seconds if seconds < 86_400 * 3650 => format!("{} days", seconds / 86_400),
        _ => "years".to_owned(),
    }
}

/// Says once why a run stops; the first cause stays. Clones share one state.
#[derive(Clone, Debug, Default)]
pub struct Stopper {
    cause: Arc<OnceLock<StopCause>>,
    token: CancellationToken,
}

impl Stopper {
    /// Stops, unless it has stopped already; whether this was the first cause.
    pub fn stop(&self, cause: StopCause) -> bool {
        let first = self.cause.set(cause).is_ok();
        self.token.cancel();
        first
    }

    /// Why, once it has stopped.
    pub fn cause(&self) -> Option<&StopCause> {
        self.cause.get()
    }

    /// Ready once it has stopped.
    pub async fn stopped(&self) {
        self.token.cancelled().await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_cause_stays() {
        let stopper = Stopper::default();
        assert_eq!(stopper.cause(), None);
        assert!(stopper.stop(StopCause::Strict));
        assert!(!stopper.stop(StopCause::Signal(Signal::Interrupt)));
        assert_eq!(stopper.cause(), Some(&StopCause::Strict));
    }

    #[test]
    fn exit_codes_are_the_products() {
        let refused = |status| StopCause::Account(Stop::Refused { status, message: String::new() });
        for (cause, code) in [
            (StopCause::Signal(Signal::Terminate), 143),
            (refused(401), 4),
            (StopCause::Account(Stop::Redirect { status: 302, host: "example.org".into() }), 4),
            (StopCause::Account(Stop::Certificate(String::new())), 4),
            (StopCause::Account(Stop::ProxyCredentials), 5),
            (StopCause::Intercepted { why: String::new() }, 5),
            (StopCause::WaitTooLong { wait: Duration::MAX }, 5),
            (StopCause::CannotRecord { why: String::new() }, 6),
        ] {
            assert_eq!(cause.exit_code(), code, "{cause:?}");
        }
    }

    #[test]
    fn waits_in_words() {
        let said = [250, 90_000, 1_200_000, 8_000_000, 200_000_000].map(|ms| words(Duration::from_millis(ms)));
        assert_eq!(said, ["250 ms", "90 s", "20 minutes", "2 hours", "2 days"]);
        assert_eq!(words(Duration::MAX), "years");
    }
}
