//! The command line of `avara-onboard sandbox`, and the command itself.

use std::future::Future;
use std::io::Write;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use clap::Args;

use super::Sandbox;
use super::faults::{Faults, RetryAfterStyle};
use super::options::{
    Duplicates, ErrorShape, KEY_PREFIX, Lists, PendingInUsers, RateLimit, SandboxOptions, ShouldRetry,
};
use super::person::Person;
pub use super::units::{ArgError, Chance, PerSecond, Span};
use crate::staff::{Email, EmailError};

/// An AutoScribe account on this machine: to try, to train, to test. It mails nobody.
#[derive(Clone, Debug, Args)]
pub struct SandboxArgs {
    /// The port to listen on, on 127.0.0.1; 0 takes a free one.
    #[arg(long, value_name = "PORT", default_value_t = 0)]
    pub port: u16,

    /// The one API key it takes; begins with `sandbox_`. Without it, one is made up.
    #[arg(long, value_name = "KEY")]
    pub key: Option<String>,

    /// What a second invitation of the same e-mail is answered with: that status, or a second invitation.
    #[arg(long, value_enum, value_name = "ANSWER", default_value_t)]
    pub duplicates: Duplicates,

    /// Whether people who have not accepted show in the users list.
    #[arg(long, value_enum, value_name = "HOW", default_value_t)]
    pub pending_in_users: PendingInUsers,

    /// Whether the lists of users and invitations answer: as documented, with 403, or with 503.
    #[arg(long, value_enum, value_name = "HOW", default_value_t)]
    pub lists: Lists,

    /// How long a new user or invitation stays out of the lists, as in 5s.
    #[arg(long, value_name = "TIME", default_value = "0s")]
    pub list_lag: Span,

    /// The most entries on a page of a list, 1 to 100.
    #[arg(long, value_name = "N", default_value_t = 100)]
    pub page_size: usize,

    /// How long every request takes before the account acts on it, as in 100ms.
    #[arg(long, value_name = "TIME", default_value = "0s")]
    pub latency: Span,

    /// The rate above which requests are answered 429, as in 10/s.
    #[arg(long, value_name = "N/s")]
    pub rate_limit: Option<PerSecond>,

    /// What such a 429 says of when to come again: none, ms:250 (retry-after-ms), date:5 (an HTTP date five seconds on),
    /// or the text of the retry-after header itself: 1, 0.5, 0, NaN.
    #[arg(long, value_name = "WAIT", default_value = "1", allow_hyphen_values = true)]
    pub retry_after: RetryAfterStyle,

    /// An e-mail that is a member already. Can be given several times.
    #[arg(long = "member", value_name = "EMAIL", value_parser = member)]
    pub members: Vec<Person>,

    /// A fault of invitations and its probability, as in reset-after=0.05. Can be given several times.
    ///
    /// reset, hang, slow:SECONDS, 5xx, html, truncated, stall, invalid-json, bad-encoding, wrong-shape,
    /// no-user-id, bad-user-id, other-email, oversize, or a status from 300 to 599, which may have a wait: 503:2, 429:ms:250.
    /// With -before or -after behind the name it happens before or after the account has acted.
    #[arg(long = "fault", value_name = "KIND=PROBABILITY")]
    pub faults: Vec<Chance>,

    /// The same for the two lists.
    #[arg(long = "list-fault", value_name = "KIND=PROBABILITY")]
    pub list_faults: Vec<Chance>,

    /// What ids and faults are drawn from; the same seed, the same ids and faults. Without it, one is made up.
    #[arg(long, value_name = "N")]
    pub seed: Option<u64>,

    /// What x-should-retry says on every error; without it, there is no such header.
    #[arg(long, value_enum, value_name = "WORD")]
    pub should_retry: Option<ShouldRetry>,

    /// The shape of an error's body.
    #[arg(long, value_enum, value_name = "SHAPE", default_value_t)]
    pub error_shape: ErrorShape,

    /// A file that gets one JSON line for each invitation e-mail that would have been sent.
    #[arg(long, value_name = "FILE")]
    pub mail_log: Option<PathBuf>,

    /// A file that gets the body of every invitation received, one JSON line each.
    #[arg(long, value_name = "FILE")]
    pub record: Option<PathBuf>,
}

impl SandboxArgs {
    /// Where it is to listen.
    pub fn address(&self) -> SocketAddr {
        (Ipv4Addr::LOCALHOST, self.port).into()
    }

    /// What was typed, as options; what was left out is made up.
    pub fn options(&self) -> SandboxOptions {
        let seed = self.seed.unwrap_or_else(rand::random);
        let chances = |chances: &[Chance]| chances.iter().map(|Chance(fault, p)| (fault.clone(), *p)).collect();
        SandboxOptions {
            duplicates: self.duplicates,
            pending_in_users: self.pending_in_users,
            lists: self.lists,
            list_lag: self.list_lag.0,
            latency: self.latency.0,
            rate_limit: self
                .rate_limit
                .map(|PerSecond(per_second)| RateLimit { per_second, retry_after: self.retry_after.clone() }),
            faults: Faults { invites: chances(&self.faults), lists: chances(&self.list_faults), seed },
            mail_log: self.mail_log.clone(),
            record: self.record.clone(),
            // As unlike another sandbox's as its clinic is: a ledger must not take the two for the same account.
            key: self.key.clone().unwrap_or_else(|| format!("{KEY_PREFIX}{seed:016x}")),
            seed,
            page_size: self.page_size,
            error_shape: self.error_shape,
            should_retry: self.should_retry,
            keep_requests: 1000,
            ..SandboxOptions::default()
        }
    }
}

/// Runs a sandbox until `stop`, and prints how to use it.
///
/// # Errors
/// When it cannot be started; see [`super::SandboxError`].
pub async fn serve(args: SandboxArgs, stop: impl Future<Output = ()>) -> anyhow::Result<()> {
    serve_and_tell(args, &mut std::io::stdout(), stop).await
}

async fn serve_and_tell(args: SandboxArgs, out: &mut impl Write, stop: impl Future<Output = ()>) -> anyhow::Result<()> {
    let options = args.options();
    let seed = options.seed;
    let sandbox = Sandbox::start(options, args.address()).await?;
    for member in args.members {
        sandbox.account().add_member(member);
    }
    // A reader who has gone (`sandbox | head -1`) is no reason to end: the sandbox is there to be called.
    let _ = welcome(out, &sandbox, seed);
    stop.await;
    sandbox.stop().await;
    Ok(())
}

fn welcome(out: &mut impl Write, sandbox: &Sandbox, seed: u64) -> std::io::Result<()> {
    let (url, key) = (sandbox.base_url(), sandbox.key());
    writeln!(out, "AutoScribe sandbox on {url}, key {key}, seed {seed}")?;
    writeln!(out, "In another terminal:")?;
    writeln!(out, "  export AVARA_BASE_URL={url}")?;
    writeln!(out, "  export AVARA_API_KEY={key}")?;
    writeln!(out, "  avara-onboard invite ROSTER")?;
    writeln!(out, "Nobody is mailed. Everything in it is gone when it stops; Ctrl-C stops it.")?;
    out.flush()
}

/// A member made up from an e-mail.
fn member(email: &str) -> Result<Person, EmailError> {
    let email = Email::parse(email)?;
    let name = email.as_str().split('@').next().unwrap_or_default();
    Ok(Person::named(email.as_str(), name, "Member"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;
    use std::time::Duration;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        args: SandboxArgs,
    }

    fn parse(line: &str) -> Result<SandboxArgs, clap::Error> {
        Line::try_parse_from(std::iter::once("sandbox").chain(line.split_whitespace())).map(|line| line.args)
    }

    #[test]
    fn every_option_reaches_the_sandbox() {
        let args = parse(
            "--port 8080 --key sandbox_a --duplicates second --pending-in-users hidden --lists forbidden \
             --list-lag 5s --latency 100ms --rate-limit 10/s --retry-after -1 --fault reset-after=0.05 \
             --fault 429:ms:250=0.1 --list-fault 5xx-before=0.2 --seed 7 --error-shape detail --page-size 20 --member ana@example.org",
        )
        .unwrap();
        let options = args.options();
        assert_eq!(args.address(), "127.0.0.1:8080".parse().unwrap());
        assert_eq!((options.key.as_str(), options.seed, options.faults.seed), ("sandbox_a", 7, 7));
        assert_eq!(options.duplicates, Duplicates::SecondInvitation);
        assert_eq!((options.pending_in_users, options.lists), (PendingInUsers::Hidden, Lists::Forbidden));
        assert_eq!((options.list_lag, options.latency), (Duration::from_secs(5), Duration::from_millis(100)));
        let limit = RateLimit { per_second: 10, retry_after: RetryAfterStyle::Text("-1".into()) };
        assert_eq!(options.rate_limit, Some(limit));
        assert_eq!((options.faults.invites.len(), options.faults.lists.len()), (2, 1));
        assert_eq!(args.members, [Person::named("ana@example.org", "ana", "Member")]);
        assert_eq!((options.error_shape, options.page_size), (ErrorShape::Detail, 20));
    }

    #[test]
    fn without_options_it_behaves_and_differs_from_the_last() {
        let (one, other) = (parse("").unwrap().options(), parse("").unwrap().options());
        assert!(one.key.starts_with(KEY_PREFIX));
        assert_ne!(one.key, other.key);
        assert_eq!(one.faults.invites, []);
        assert_eq!(one.duplicates, Duplicates::Conflict409);
    }

    #[test]
    fn a_slip_of_the_pen_is_explained() {
        for (line, says) in [
            ("--list-lag 5", "250ms, 5s or 2m"),
            ("--list-lag -5s", "unexpected argument"),
            ("--rate-limit 10", "10/s"),
            ("--rate-limit 0/s", "10/s"),
            ("--fault reset-after", "reset-after=0.05"),
            ("--fault reset-after=2", "from 0 to 1"),
            ("--fault explode=0.1", "there is no fault \"explode\""),
            ("--member ana", "no @"),
        ] {
            let error = parse(line).unwrap_err().to_string();
            assert!(error.contains(says), "{line}: {error}");
        }
    }

    #[tokio::test]
    async fn it_says_how_to_be_used_and_serves_until_it_is_stopped() {
        let mut text = Vec::new();
        let args = parse("--key sandbox_a --member ana@example.org").unwrap();
        serve_and_tell(args, &mut text, std::future::ready(())).await.unwrap();
        let text = String::from_utf8(text).unwrap();
        assert!(text.contains("  export AVARA_BASE_URL=http://127.0.0.1:"), "{text}");
        assert!(text.contains("  export AVARA_API_KEY=sandbox_a\n"), "{text}");
    }

    #[tokio::test]
    async fn a_taken_port_is_named() {
        let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = taken.local_addr().unwrap();
        let args = parse(&format!("--port {}", address.port())).unwrap();
        let error = serve_and_tell(args, &mut Vec::new(), std::future::pending()).await.unwrap_err();
        assert!(error.to_string().contains(&format!("cannot listen on {address}")), "{error}");
    }
}
