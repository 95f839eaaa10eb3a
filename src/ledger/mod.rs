//! The ledger: the only writer of durable facts. Who was invited, what is in doubt, what each run did.
//!
//! ```text
//! planned → intent (durable) → confirmed(user_id) | rejected | unknown → found | absent → resent or held
//! ```
//!
//! Invariants:
//! - [`Ledger::intend`] comes back only when the intent is on disk, so a request that left is never unknown to it;
//! - endings and outcomes need no flush of their own: losing one makes an intent doubtful, never invisible;
//! - one thread owns the database and commits in groups, so durability costs little however many tasks send;
//! - the first failure to write is the last write: everything after gets the same [`LedgerError::CannotRecord`];
//! - the key is never here, only its fingerprint; people's addresses are, until [`Ledger::forget`].
//!
//! It is one SQLite file, `ledger.sqlite3`, which any SQLite client reads, also during a run; `.schema` explains its
//! tables. Times are RFC 3339 text, UTC, to the millisecond; hashes and fingerprints are SHA-256 blobs.
//!
//! | table | holds |
//! | --- | --- |
//! | `account`, `api_key` | an AutoScribe account (origin and clinic) and the fingerprints of the keys that open it |
//! | `run` | each start of a command that may send |
//! | `person` | everybody an invitation was or may have been sent to, by salted fingerprint |
//! | `intent` | each request that was about to leave, and how it ended |
//! | `outcome` | the lines of each run's results file; before the first send a note of each row |
//!
//! This room knows neither HTTP nor a terminal.

mod account;
mod database;
mod doubt;
mod error;
mod facts;
mod forget;
mod handle;
mod id;
mod intent;
pub mod lock;
mod network;
mod noted;
mod place;
mod rows;
mod run;
mod schema;
mod sql;
mod writer;

pub use error::{LedgerError, LedgerErrorKind};
pub use facts::{
    Closing, Control, DoubtfulIntent, Fate, Forgotten, FoundAs, Known, NewIntent, NewRun, RowRequest, RunFilter,
    RunRow, RunSummary, SentInvitation, Settlement,
};
pub use handle::Ledger;
pub use id::{AccountId, IntentId, KeyFingerprint, RunId, ShortId};
pub use network::network_file_system;
pub use place::{FILE_NAME, default_state_dir};
