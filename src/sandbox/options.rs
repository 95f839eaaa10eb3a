//! How a sandbox is to behave, where the documents leave it open and where a test wants it to misbehave.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use clap::ValueEnum;

use super::clock::{Clock, RuntimeClock};
use super::faults::{Faults, RetryAfterStyle};

/// What an API key of a sandbox begins with. No other key is taken, so that a real one never ends up here.
pub const KEY_PREFIX: &str = "sandbox_";

/// Everything a sandbox can be told. [`Default`] is a well-behaved account with nobody in it but its owner.
#[derive(Clone, Debug)]
pub struct SandboxOptions {
    /// What a second invitation of the same e-mail is answered with.
    pub duplicates: Duplicates,
    /// Whether invited people who have not accepted show in the users list.
    pub pending_in_users: PendingInUsers,
    /// Whether the two lists answer.
    pub lists: Lists,
    /// How long a new user or invitation stays out of the lists.
    pub list_lag: Duration,
    /// How long every request takes before the account acts on it.
    pub latency: Duration,
    /// The rate above which requests are answered 429.
    pub rate_limit: Option<RateLimit>,
    /// Faults by probability. Scripted ones are set on the running account.
    pub faults: Faults,
    /// The file that gets one JSON line for each invitation e-mail, before the request is answered.
    pub mail_log: Option<PathBuf>,
    /// The file that gets the body of each invitation received, one JSON line each.
    pub record: Option<PathBuf>,
    /// The one key that is taken; begins with [`KEY_PREFIX`].
    pub key: String,
    /// What the ids of clinic, users and invitations are made from: equal seeds give equal ids.
    pub seed: u64,
    /// The most entries on a page of a list, whatever `limit` asks for; 1 to 100.
    pub page_size: usize,
    /// How long an invitation can be accepted.
    pub invitation_validity: Duration,
    /// The shape of an error's body.
    pub error_shape: ErrorShape,
    /// The server's word on a retry that every error carries (`x-should-retry`).
    pub should_retry: Option<ShouldRetry>,
    /// How many of the last requests are kept to be looked at.
    pub keep_requests: usize,
    /// The account's clock.
    pub clock: Arc<dyn Clock>,
}

impl Default for SandboxOptions {
    fn default() -> Self {
        SandboxOptions {
            duplicates: Duplicates::default(),
            pending_in_users: PendingInUsers::default(),
            lists: Lists::default(),
            list_lag: Duration::ZERO,
            latency: Duration::ZERO,
            rate_limit: None,
            faults: Faults::default(),
            mail_log: None,
            record: None,
            key: format!("{KEY_PREFIX}key"),
            seed: 0,
            page_size: 100,
            invitation_validity: Duration::from_secs(7 * 24 * 3600),
            error_shape: ErrorShape::default(),
            should_retry: None,
            keep_requests: 100_000,
            clock: Arc::new(RuntimeClock::default()),
        }
    }
}

/// What a second invitation of an e-mail that is invited or a member already is answered with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Duplicates {
    /// 409: refused.
    #[default]
    #[value(name = "409")]
    Conflict409,
    /// 400: refused, with a message that says the e-mail exists.
    #[value(name = "400")]
    BadRequest400,
    /// 422: likewise.
    #[value(name = "422")]
    Unprocessable422,
    /// Taken: a second user, a second e-mail.
    #[value(name = "second")]
    SecondInvitation,
}

/// Whether somebody invited who has not accepted yet shows in `GET users`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum PendingInUsers {
    /// They show.
    #[default]
    #[value(name = "listed")]
    Listed,
    /// They show in `GET invitations` only, and `GET users/{userId}` does not know them either.
    #[value(name = "hidden")]
    Hidden,
}

/// How the two lists answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Lists {
    /// As documented.
    #[default]
    Open,
    /// 403: the key may invite, not list.
    Forbidden,
    /// 503, always.
    Failing,
}

/// Where an error's body has its message.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum ErrorShape {
    /// `{"error":{"message":…}}`
    #[default]
    Nested,
    /// `{"message":…}`
    Message,
    /// `{"detail":…}`
    Detail,
    /// `{"errors":[{"message":…}, …]}`
    Errors,
    /// Plain text.
    Text,
}

/// What `x-should-retry` says. The official SDK obeys it; a client that must not send twice cannot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ShouldRetry {
    /// `true`
    #[value(name = "true")]
    Yes,
    /// `false`
    #[value(name = "false")]
    No,
}

impl ShouldRetry {
    /// The header's text.
    pub const fn as_str(self) -> &'static str {
        match self {
            ShouldRetry::Yes => "true",
            ShouldRetry::No => "false",
        }
    }
}

/// A limit over any window of a second.
#[derive(Clone, Debug, PartialEq)]
pub struct RateLimit {
    /// How many requests are taken in any window of a second.
    pub per_second: u32,
    /// How the 429 says when to come again.
    pub retry_after: RetryAfterStyle,
}
