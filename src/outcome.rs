//! The one, exhaustive result of a row.

use std::fmt;

/// What became of a row: the word in the results file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Status {
    /// The API confirmed it in this run.
    Invited,
    /// A pending invitation exists; nothing sent.
    AlreadyInvited,
    /// A user with this e-mail exists; nothing sent.
    AlreadyMember,
    /// The mapping says this row is not staff to invite.
    Skipped,
    /// Dry run: it would have been sent.
    WouldInvite,
    /// Fails validation, or contradicts another row.
    Invalid,
    /// The same person as an earlier row, nothing differs.
    Duplicate,
    /// The API refused this row for good.
    Rejected,
    /// An earlier invitation was revoked, rejected or has expired; nothing sent.
    Withdrawn,
    /// Surely not created, after all attempts.
    Failed,
    /// May have been created; could not be settled.
    Unconfirmed,
    /// The run stopped before this row.
    NotSent,
}

/// How a status counts for the exit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Standing {
    /// Nothing is left to do.
    Done,
    /// Somebody has to mend something, or run again.
    Attention,
    /// It is not known whether an invitation went out.
    Unresolved,
}

impl Status {
    /// Every status, in the order of the closing sum.
    pub const ALL: [Status; 12] = [
        Status::Invited,
        Status::AlreadyInvited,
        Status::AlreadyMember,
        Status::Skipped,
        Status::WouldInvite,
        Status::Duplicate,
        Status::Invalid,
        Status::Rejected,
        Status::Withdrawn,
        Status::Failed,
        Status::Unconfirmed,
        Status::NotSent,
    ];

    /// The word in the results file.
    pub const fn as_str(self) -> &'static str {
        match self {
            Status::Invited => "invited",
            Status::AlreadyInvited => "already_invited",
            Status::AlreadyMember => "already_member",
            Status::Skipped => "skipped",
            Status::WouldInvite => "would_invite",
            Status::Invalid => "invalid",
            Status::Duplicate => "duplicate",
            Status::Rejected => "rejected",
            Status::Withdrawn => "withdrawn",
            Status::Failed => "failed",
            Status::Unconfirmed => "unconfirmed",
            Status::NotSent => "not_sent",
        }
    }

    /// The status of a word in a results file.
    pub fn parse(word: &str) -> Option<Self> {
        Status::ALL.into_iter().find(|status| status.as_str() == word)
    }

    /// How it counts.
    pub const fn standing(self) -> Standing {
        match self {
            Status::Invited
            | Status::AlreadyInvited
            | Status::AlreadyMember
            | Status::Skipped
            | Status::WouldInvite
            | Status::Duplicate => Standing::Done,
            Status::Invalid | Status::Rejected | Status::Withdrawn | Status::Failed | Status::NotSent => {
                Standing::Attention
            }
            Status::Unconfirmed => Standing::Unresolved,
        }
    }
}

/// The code of somebody who is there with other details than the roster has now, the first time that a run sees them.
pub const DETAILS_CHANGED: &str = "details_changed";
/// The same in later runs, while the roster says the same.
pub const DETAILS_DIFFER: &str = "details_differ";

/// Every `error_code` that planning, sending and looking up can give, with one line of meaning; those of validation are in
/// [`crate::validation::CODES`]. The README lists both; a test keeps that true.
pub const CODES: &[(&str, &str)] = &[
    ("same_as_earlier_row", "the same person as an earlier row, and nothing differs"),
    (DETAILS_CHANGED, "invited before with other details than the roster has now; nothing was sent or changed"),
    (DETAILS_DIFFER, "the same as an earlier run has told already; only the results file says it again"),
    ("invitation_expired", "an earlier invitation has expired; `--reinvite expired` sends a new one"),
    ("invitation_revoked", "an earlier invitation was revoked; `--reinvite revoked` sends a new one"),
    ("invitation_rejected", "the person declined an earlier invitation; `--reinvite rejected` sends a new one"),
    ("api_refused", "AutoScribe refused this person; its own words are in `error`"),
    ("not_reached", "AutoScribe could not be reached in all attempts; nothing was created"),
    ("not_created", "AutoScribe did not confirm, and the person is not in the account's lists; nothing was created"),
    ("outcome_unknown", "it is not known whether the invitation went out, and it could not be looked up"),
    ("limit", "the row is beyond `--limit`"),
    ("strict", "some row is invalid, and with `--strict` nothing is sent then"),
    ("interrupted", "a signal (Ctrl-C, `kill`) ended the run before this row"),
    (
        "account_refused",
        "the account refuses (key, permission, address, redirect, certificate); the run stopped before this row",
    ),
    ("service_unavailable", "the service could not be reached or was not well; the run stopped before this row"),
    ("cannot_record", "this machine could not record what happens (disk, ledger); the run stopped before this row"),
    ("roster_changed", "the roster changed or could not be read on; the run stopped before this row"),
];

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// The result of one data row: one line of the results file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// The row's place among the data rows, from 0: the order of the results file.
    pub seq: u64,
    /// Where a person finds the row (`17`, `Staff!17`).
    pub row: String,
    /// The e-mail, as it would be sent, or as the roster has it where it is not valid.
    pub email: String,
    /// First name, likewise.
    pub first_name: String,
    /// Last name, likewise.
    pub last_name: String,
    /// What became of it.
    pub status: Status,
    /// For a duplicate: the `seq` of the earlier row, whose `user_id` it gets.
    pub same_as: Option<u64>,
    /// The user's id where one is known.
    pub user_id: Option<String>,
    /// A stable snake_case word; blank when all is well.
    pub error_code: String,
    /// What is wrong, with column and value, and what to do; every problem of the row, `; ` between them.
    pub error: String,
    /// How many requests with this row's invitation left, or may have left, in this run.
    pub attempts: u32,
    /// The status of the last answer.
    pub http_status: Option<u16>,
    /// When the last of them was sent, RFC 3339, UTC.
    pub sent_at: Option<jiff::Timestamp>,
}

impl Outcome {
    /// The outcome of a row of which nothing but its place is known.
    pub fn of(seq: u64, row: String, status: Status) -> Self {
        Outcome {
            seq,
            row,
            email: String::new(),
            first_name: String::new(),
            last_name: String::new(),
            status,
            same_as: None,
            user_id: None,
            error_code: String::new(),
            error: String::new(),
            attempts: 0,
            http_status: None,
            sent_at: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_status_reads_back_from_its_word() {
        for status in Status::ALL {
            assert_eq!(Status::parse(status.as_str()), Some(status));
        }
    }
}
