//! An AutoScribe account on loopback: to try, to train, and the judge of every test.
//!
//! It answers every documented call, strictly, and plays what the documents leave open as its options say. It can be told
//! to fail in every way a network and a server can. Nothing it does leaves the machine: it listens on loopback only, and
//! the invitation e-mails go into a list and, on request, a file.
//!
//! | module | owns |
//! | --- | --- |
//! | `args`, `units` | the command line of `avara-onboard sandbox` |
//! | `options` | everything a sandbox can be told |
//! | `connection` | accepted connections, and how to break them |
//! | `direct` | the same without a network, for tests on paused time |
//! | `front` | what stands before the calls: record, key, rate limit, faults |
//! | `misbehave` | what a client gets when a fault has it |
//! | `server` | methods and paths → calls of the account |
//! | `account` | the ten calls; no HTTP |
//! | `state`, `register`, `person`, `ids` | the people and the invitations |
//! | `judge` | what a test prepares and judges by |
//! | `validate`, `fields`, `query` | the rules of bodies and of list queries |
//! | `faults`, `fault_text`, `call`, `traffic` | faults by probability and by script; the requests seen |
//! | `clock`, `files`, `answer` | time, JSON lines, error bodies |
//!
//! It knows the API and nothing of how the tool calls it.

mod account;
mod answer;
pub mod args;
mod call;
mod clock;
mod connection;
mod direct;
mod fault_text;
mod faults;
mod fields;
mod files;
mod front;
mod ids;
mod judge;
#[cfg(test)]
mod laws;
mod misbehave;
mod options;
mod person;
mod query;
mod register;
mod server;
mod state;
mod traffic;
mod units;
mod validate;

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::middleware;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::{CancellationToken, DropGuard};

pub use account::Account;
pub use call::Call;
pub use clock::{Clock, ManualClock, RuntimeClock};
pub use direct::{Broken, Direct, Reply};
pub use fault_text::FaultError;
pub use faults::{Fault, FaultKind, Faults, RetryAfterStyle, Trigger, When};
pub use options::{Duplicates, ErrorShape, KEY_PREFIX, Lists, PendingInUsers, RateLimit, SandboxOptions, ShouldRetry};
pub use person::{Invitation, InvitationStatus, Mail, Person, Source, Standing, User};
pub use traffic::SeenRequest;

/// How long a stop waits for connections to close by themselves.
const STOP_WITHIN: Duration = Duration::from_secs(2);

/// A running sandbox. Dropping it ends it as well, without waiting.
#[derive(Debug)]
pub struct Sandbox {
    address: SocketAddr,
    key: String,
    account: Arc<Account>,
    serving: JoinHandle<io::Result<()>>,
    stopping: DropGuard,
}

/// Why a sandbox cannot be started.
#[derive(Debug, thiserror::Error)]
pub enum SandboxError {
    /// The address could be reached from elsewhere.
    #[error("a sandbox listens on loopback only, and {0} is not; use 127.0.0.1")]
    NotLoopback(SocketAddr),
    /// The key could be a real one.
    #[error("a sandbox key begins with {KEY_PREFIX} and goes on with letters, digits, - or _")]
    Key,
    /// The probabilities of faults are none.
    #[error("the probabilities of faults lie between 0 and 1, and come to at most 1 together")]
    Probabilities,
    /// The page size is out of range.
    #[error("a page of a list has 1 to 100 entries")]
    PageSize,
    /// The address cannot be listened on.
    #[error("cannot listen on {address}: {source}")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// Why not.
        source: io::Error,
    },
    /// A file cannot be written.
    #[error("cannot write {}: {source}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
}

impl Sandbox {
    /// Starts a sandbox on an address of this machine's loopback; port 0 takes a free one.
    ///
    /// # Errors
    /// See [`SandboxError`].
    pub async fn start(options: SandboxOptions, address: SocketAddr) -> Result<Self, SandboxError> {
        if !address.ip().is_loopback() {
            return Err(SandboxError::NotLoopback(address));
        }
        check(&options)?;
        let key = options.key.clone();
        let account = Arc::new(Account::open(options)?);
        let listen = |source| SandboxError::Listen { address, source };
        let listener = TcpListener::bind(address).await.map_err(listen)?;
        let address = listener.local_addr().map_err(listen)?;

        let stopping = CancellationToken::new();
        let service =
            router(account.clone(), stopping.clone()).into_make_service_with_connect_info::<connection::Line>();
        let serving = tokio::spawn(
            axum::serve(connection::Loopback(listener), service)
                .with_graceful_shutdown(stopping.clone().cancelled_owned())
                .into_future(),
        );
        Ok(Sandbox { address, key, account, serving, stopping: stopping.drop_guard() })
    }

    /// Where it listens: the base URL for a client.
    pub fn base_url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The key it takes.
    pub fn key(&self) -> &str {
        &self.key
    }

    /// The account, to prepare and to judge by. It outlives the sandbox.
    pub fn account(&self) -> Arc<Account> {
        self.account.clone()
    }

    /// Stops it: requests at work are reset, connections closed, the port is free again.
    pub async fn stop(self) {
        drop(self.stopping);
        let mut serving = self.serving;
        if tokio::time::timeout(STOP_WITHIN, &mut serving).await.is_err() {
            serving.abort();
        }
    }
}

/// The calls, and what stands before them.
fn router(account: Arc<Account>, stopping: CancellationToken) -> axum::Router {
    let front = front::Front { account: account.clone(), stopping };
    server::routes(account).layer(middleware::from_fn_with_state(front, front::pass))
}

fn check(options: &SandboxOptions) -> Result<(), SandboxError> {
    let rest = options.key.strip_prefix(KEY_PREFIX).unwrap_or_default();
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    if rest.is_empty() || !rest.bytes().all(is_plain) {
        Err(SandboxError::Key)
    } else if !options.faults.are_possible() {
        Err(SandboxError::Probabilities)
    } else if !(1..=100).contains(&options.page_size) {
        Err(SandboxError::PageSize)
    } else {
        Ok(())
    }
}

/// A lock that outlives a panic in another test's closure: the state behind it is changed in whole steps only.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
