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
