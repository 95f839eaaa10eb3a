//! What delivery works with: rows to be sent, rows in doubt, and invitations that are surely there. No behaviour here but
//! the arithmetic of [`Moment`].

use std::time::Duration;

use jiff::Timestamp;

use crate::autoscribe::directory::InvitationState;
use crate::ledger::IntentId;
use crate::staff::{EmailKey, StaffMember};

/// A row to be sent.
#[derive(Clone, Debug)]
pub struct Job {
    /// The row's place among the data rows.
    pub seq: u64,
    /// Where a person finds it.
    pub at: String,
    /// Whom to invite.
    pub person: StaffMember,
    /// Whether there was an invitation before, which is now withdrawn.
    pub before: Before,
    /// Requests made for it in this run so far.
    pub attempts: u32,
}

/// Whether somebody was invited before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Before {
    /// As far as is known, never.
    Never,
    /// An invitation of theirs was revoked, rejected or has expired, and `--reinvite` asks for a new one.
    Withdrawn,
}

/// A row whose outcome is not known.
#[derive(Clone, Debug)]
pub struct Doubt {
    /// The row; `None` for somebody of an earlier run who is not on this roster.
    pub job: Option<Job>,
    /// Their address.
    pub email: EmailKey,
    /// The intent that has no end.
    pub intent: IntentId,
    /// Why it is looked up.
    pub kind: DoubtKind,
    /// When the doubtful request was at work, on the run's own clock (negative: before the run).
    pub span: Span,
    /// When the first of several doubtful requests for this person was sent.
    pub first_sent: Moment,
    /// What happened.
    pub why: String,
    /// What happens if it is surely not there.
    pub if_absent: IfAbsent,
    /// Requests made for this row in this run.
    pub attempts: u32,
    /// The status of the last answer.
    pub http_status: Option<u16>,
    /// When the last request was sent, by the wall clock.
    pub sent_at: Option<Timestamp>,
}

/// What happens to a row in doubt that is surely not there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IfAbsent {
    /// It may be sent once more.
    Resend,
    /// It lies beyond `--limit`: not in this run.
    BeyondLimit,
    /// An invitation of theirs was withdrawn, and nobody asked for a new one.
    Withdrawn(InvitationState),
}

/// Why a row is looked up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DoubtKind {
    /// Nobody knows whether the request was processed.
    Unanswered,
    /// An earlier run left it so.
    EarlierRun,
    /// 409: the e-mail is there already.
    Conflict,
    /// A refusal that says the e-mail is taken; it stands if nobody is found.
    Taken,
}

/// Milliseconds on the run's own, monotonic clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Moment(pub i64);

impl Moment {
    /// So much later.
    pub fn after(self, wait: Duration) -> Moment {
        Moment(self.0.saturating_add(i64::try_from(wait.as_millis()).unwrap_or(i64::MAX)))
    }

    /// How long from this one to a later one; zero if it is not later.
    pub fn until(self, later: Moment) -> Duration {
        Duration::from_millis(u64::try_from(later.0.saturating_sub(self.0)).unwrap_or(0))
    }
}

/// When a request that nobody saw end was at work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// It left at this time or later: its sending began.
    pub sent: Moment,
    /// It had left by then. Of a run that was killed only the intent tells, which is written before.
    pub sent_by: Moment,
    /// When it can no longer be at work.
    pub over: Moment,
}

/// An invitation that is surely there.
#[derive(Clone, Debug)]
pub struct KnownThere {
    /// Its intent: what is learnt of it outlasts the run.
    pub intent: IntentId,
    /// Whose.
    pub email: EmailKey,
    /// When its request was sent: it was not made before.
    pub sent: Moment,
    /// When it was confirmed: it was made by then.
    pub confirmed: Moment,
    /// How long after its request it showed in a listing, at most.
    pub showed_after: Option<Duration>,
}
