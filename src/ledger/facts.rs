//! What goes into the ledger and what comes out of it, as types. No SQL here.

use std::path::PathBuf;
use std::time::Duration;

use jiff::Timestamp;

use super::{AccountId, IntentId, RunId, ShortId};
use crate::outcome::{Outcome, Status};
use crate::staff::{EmailKey, FieldMarks};

/// A run that begins.
#[derive(Clone, Debug)]
#[allow(missing_docs, reason = "each is what its name says")]
pub struct NewRun {
    pub account: AccountId,
    /// The command, `invite` for instance.
    pub command: String,
    /// The roster's file name, without its folder.
    pub roster_name: String,
    /// A SHA-256 of the roster's bytes.
    pub roster_hash: [u8; 32],
    /// Where its results go.
    pub results_path: Option<PathBuf>,
    pub started_at: Timestamp,
    pub tool_version: String,
    /// Data rows in the roster, where that is known.
    pub rows: Option<u64>,
}

/// A run, as it stands in the ledger.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "each is what its name says")]
pub struct RunSummary {
    pub id: RunId,
    pub account: AccountId,
    pub origin: String,
    pub clinic_id: Option<String>,
    pub command: String,
    pub roster_name: String,
    pub roster_hash: [u8; 32],
    pub results_path: Option<PathBuf>,
    pub started_at: Timestamp,
    /// `None`: it is at work, or it was killed.
    pub ended_at: Option<Timestamp>,
    pub exit_code: Option<u8>,
    pub tool_version: String,
    pub rows: Option<u64>,
    /// How many rows have which outcome; statuses without a row are left out.
    pub outcomes: Vec<(Status, u64)>,
    /// When its people's details were erased.
    pub forgotten_at: Option<Timestamp>,
}

/// Which runs to list; the newest come first.
#[derive(Clone, Copy, Debug)]
pub struct RunFilter {
    /// Only those of this account.
    pub account: Option<AccountId>,
    /// At most so many.
    pub most: u32,
}

/// An invitation that is about to be sent.
#[derive(Clone, Debug)]
#[allow(missing_docs, reason = "each is what its name says")]
pub struct NewIntent {
    pub run: RunId,
    pub account: AccountId,
    /// The row's place among the data rows, as in its outcome.
    pub seq: u64,
    pub person: EmailKey,
    /// [`StaffMember::content_hash`](crate::staff::StaffMember::content_hash).
    pub content_hash: [u8; 32],
    /// [`StaffMember::field_marks`](crate::staff::StaffMember::field_marks).
    pub field_marks: FieldMarks,
    /// The attempt, from 1.
    pub attempt: u32,
    pub at: Timestamp,
    /// Its request leaves within so long of that, or not at all.
    pub lead: Duration,
    /// How long its answer is waited for: after that it can no longer be at work.
    pub timeout: Duration,
}

/// By what an invitation was confirmed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FoundAs {
    /// The answer to the request itself.
    Answer,
    /// An entry of the invitations list.
    Invitation,
    /// An entry of the users list.
    User,
    /// A person said so (`resolve --sent`).
    Word,
}

/// How an intent ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Closing {
    /// The invitation exists.
    Confirmed {
        /// The user's id; a pending invitation in the list may show none.
        user_id: Option<String>,
        /// The status of the answer, if there was one.
        http_status: Option<u16>,
        /// How that is known.
        found: FoundAs,
    },
    /// The API refused the row for good.
    Rejected {
        /// The status of the answer.
        http_status: u16,
        /// The stable word of the results file.
        code: String,
        /// What the API said.
        message: String,
    },
    /// The request surely did not reach the API.
    NotSent {
        /// What happened.
        why: String,
    },
    /// It may have been acted on. Not the end: what is found out later closes the intent again.
    Unknown {
        /// What happened.
        why: String,
        /// The status of the answer; `None`: there was none, the server may still be at work.
        http_status: Option<u16>,
    },
    /// Looked for under a positive control, and not there.
    Absent,
}

/// What the ledger knows of a person in an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Known {
    /// Invited by us.
    Confirmed {
        /// The user's id where one was shown.
        user_id: Option<String>,
        /// What was sent.
        content_hash: [u8; 32],
        /// By which its fields can be told apart; none where an older version sent it.
        field_marks: Option<FieldMarks>,
        /// What the roster said when a person was last told that it says something else than was sent.
        told_hash: Option<[u8; 32]>,
        /// When it was confirmed.
        at: Timestamp,
        /// In which run it was sent.
        run: RunId,
    },
    /// Refused by the API, and never invited.
    Rejected {
        /// What was refused.
        content_hash: [u8; 32],
        /// The stable word of the results file.
        code: String,
        /// What the API said; blank once forgotten.
        message: String,
        /// When.
        at: Timestamp,
        /// The status of the answer.
        http_status: Option<u16>,
    },
    /// An invitation may have gone out. The oldest of the person's intents in doubt is given here,
    /// all of them are among [`Ledger::in_doubt`](super::Ledger::in_doubt).
    InDoubt(Box<DoubtfulIntent>),
}

/// An intent whose end is not known: never closed (a crash), or closed as [`Closing::Unknown`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "each is what its name says")]
pub struct DoubtfulIntent {
    pub id: IntentId,
    pub short_id: ShortId,
    pub run: RunId,
    pub seq: u64,
    /// `None` once forgotten.
    pub email: Option<EmailKey>,
    pub content_hash: [u8; 32],
    pub attempt: u32,
    pub at: Timestamp,
    /// Its request left within so long of that, or not at all.
    pub lead: Duration,
    pub timeout: Duration,
    /// When it was found to be unknown; `None`: the process ended before it could say.
    pub closed_at: Option<Timestamp>,
    /// The status of the answer. With one, the server has done what it would do; without, it may still be at work
    /// until [`timeout`](Self::timeout) has passed.
    pub http_status: Option<u16>,
    /// What happened; blank after a crash.
    pub why: String,
}

impl DoubtfulIntent {
    /// No answer ended it: the server may have been at work for as long as its timeout.
    pub const fn ended_without_answer(&self) -> bool {
        self.http_status.is_none()
    }
}

/// An invitation of ours that is surely there: if a listing does not show it, the listing proves nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Control {
    /// Its intent.
    pub intent: IntentId,
    /// The address, `None` once forgotten.
    pub email: Option<EmailKey>,
    /// The user's id where one was shown.
    pub user_id: Option<String>,
    /// When its request was sent.
    pub sent_at: Timestamp,
    /// When it was confirmed.
    pub confirmed_at: Timestamp,
    /// How long after its request it showed in a listing, at most; `None` where none was looked at since.
    pub showed_after: Option<Duration>,
}

/// An invitation that a run sent, or may have sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SentInvitation {
    /// The row's place among the data rows.
    pub seq: u64,
    /// Where a person finds the row; blank where the run was cut off before it wrote that down, likewise the names.
    pub row: String,
    /// The address, `None` once forgotten.
    pub email: Option<EmailKey>,
    /// First name.
    pub first_name: String,
    /// Last name.
    pub last_name: String,
    /// The user's id where one is known.
    pub user_id: Option<String>,
    /// When the request was sent.
    pub sent_at: Timestamp,
}

/// A row of a run, as the ledger knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RunRow {
    /// It has an outcome.
    Ended(Outcome),
    /// The run was cut off before it had one, or is still at work.
    CutOff {
        /// What was noted before the first send: the row's outcome if nothing was sent for it.
        note: Outcome,
        /// What left for it, if anything did.
        request: Option<RowRequest>,
    },
}

impl RunRow {
    /// What was written of the row, as its outcome or as a note: its place and whose it is.
    pub const fn written(&self) -> &Outcome {
        match self {
            RunRow::Ended(written) | RunRow::CutOff { note: written, .. } => written,
        }
    }
}

/// What is known of the request that a run made for a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowRequest {
    /// What became of it.
    pub fate: Fate,
    /// The user's id where one is known.
    pub user_id: Option<String>,
    /// How many requests left, or may have left, for the row.
    pub attempts: u32,
    /// The status of the last answer.
    pub http_status: Option<u16>,
    /// When the last was noted to be sent.
    pub sent_at: Timestamp,
}

/// What became of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fate {
    /// The invitation is there, and this request made it.
    Invited,
    /// The person is there, by another request or the dashboard.
    WasThere,
    /// The API refused the row for good.
    Rejected {
        /// The stable word of the results file.
        code: String,
        /// What the API said.
        message: String,
    },
    /// It is surely not there.
    Absent,
    /// Nobody knows.
    Unknown {
        /// What happened; blank after a crash.
        why: String,
    },
}

/// A person's own answer to a doubt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Settlement {
    /// The invitation is there.
    Sent,
    /// It is not; it may be sent again.
    NotSent,
}

/// What [`Ledger::forget`](super::Ledger::forget) erased.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Forgotten {
    /// Runs whose people's details are gone.
    pub runs: u64,
    /// Rows of those runs.
    pub rows: u64,
    /// Addresses that no newer run has.
    pub addresses: u64,
    /// Rows that are still in doubt and can no longer be looked up by address, except by the same roster.
    pub in_doubt: u64,
}
