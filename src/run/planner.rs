//! What is done with each row of a run: given its outcome at once, left in doubt, or handed on to be sent.

use std::collections::HashSet;
use std::pin::pin;
use std::sync::atomic::{AtomicU64, Ordering};

use futures::StreamExt;
use tokio::sync::mpsc;

use super::{Mode, Run, doubt_of, read, stream_of};
use crate::delivery::job::{Before, Doubt, IfAbsent, Job};
use crate::delivery::outcomes::{beyond_limit, outcome_of, withdrawn};
use crate::delivery::stop::StopCause;
use crate::ledger::{DoubtfulIntent, IntentId, Known};
use crate::outcome::{DETAILS_CHANGED, DETAILS_DIFFER, Outcome, Status};
use crate::plan::{Details, Planned, plan};
use crate::roster::RosterError;
use crate::staff::{Field, StaffMember};
use crate::survey::SortedRow;
use crate::validation::Ruling;

/// Rows that are looked up in the ledger at once.
const PLANNED_AT_ONCE: usize = 64;

/// Decides what is done with each row.
pub(super) struct Planner {
    pub(super) run: Run,
    sendable: AtomicU64,
    /// Doubts of earlier runs that rows of this roster took over.
    taken: std::sync::Mutex<HashSet<IntentId>>,
}

impl Planner {
    /// After what earlier runs left in doubt and the first listing shows is settled.
    pub(super) async fn new(mut run: Run) -> Self {
        run.close_what_shows().await;
        Planner { run, sendable: AtomicU64::new(0), taken: std::sync::Mutex::default() }
    }

    /// Gives every row that is not to be sent its outcome, and hands the others on, in the roster's order.
    pub(super) async fn plan_all(&self, planned: mpsc::Sender<Job>) {
        let mut batches = pin!(stream_of(read(self.run.survey.clone())).ready_chunks(PLANNED_AT_ONCE));
        while let Some(batch) = batches.next().await {
            for job in self.plan(batch).await {
                if planned.send(job).await.is_err() {
                    return;
                }
            }
        }
    }

    async fn plan(&self, batch: Vec<Result<SortedRow, RosterError>>) -> Vec<Job> {
        let mut people = Vec::new();
        for row in batch {
            match row {
                Ok(row) => {
                    if let Some(person) = self.unless_settled(row).await {
                        people.push(person);
                    }
                }
                Err(error) => self.run.delivery.stop(StopCause::Roster { why: error.to_string() }),
            }
        }
        let known = self.known(&people).await;
        let mut jobs = Vec::new();
        for (job, known) in people.into_iter().zip(known) {
            jobs.extend(self.decide(job, known).await);
        }
        jobs
    }

    async fn unless_settled(&self, row: SortedRow) -> Option<Job> {
        if let Some(outcome) = without_sending(&row) {
            self.run.delivery.finish(outcome).await;
            return None;
        }
        match &row.ruling {
            Ruling::Ready(person) => Some(job_of(&row, person)),
            _ => None,
        }
    }

    async fn known(&self, people: &[Job]) -> Vec<Option<Known>> {
        let keys = people.iter().map(|job| job.person.email.key()).collect();
        match self.run.ledger.known(self.run.account, keys).await {
            Ok(known) => known,
            Err(error) => {
                self.run.delivery.cannot_record(&error);
                vec![None; people.len()]
            }
        }
    }

    async fn decide(&self, mut job: Job, known: Option<Known>) -> Option<Job> {
        let presence = self.run.directory.presence(&job.person.email.key());
        if let Some(Known::InDoubt(intent)) = &known
            && intent.email.is_none()
        {
            // Its address was erased, so only this row could tell whose it is.
            self.run.close_if_it_shows(intent, presence.clone()).await;
        }
        match plan(&job.person.content_hash(), known.as_ref(), &presence, &self.run.reinvite) {
            Planned::Invite(before) => {
                job.before = before;
                return self.may_send(job).await;
            }
            Planned::InDoubt(intent, before, if_absent) => {
                job.before = before;
                let beyond = if_absent == IfAbsent::Resend && self.is_beyond_limit();
                let if_absent = if beyond { IfAbsent::BeyondLimit } else { if_absent };
                self.take_over(job, &intent, if_absent);
                return None;
            }
            planned => {
                if let Some(outcome) = already(&job, planned, known.as_ref()) {
                    if outcome.error_code == DETAILS_CHANGED {
                        self.told(&job).await;
                    }
                    self.run.delivery.finish(outcome).await;
                }
            }
        }
        None
    }

    /// A change is news once: nothing that is sent could ever undo it.
    async fn told(&self, job: &Job) {
        let told = self.run.ledger.told(self.run.account, job.person.email.key(), job.person.content_hash());
        if let Err(error) = told.await {
            self.run.delivery.cannot_record(&error);
        }
    }

    async fn may_send(&self, job: Job) -> Option<Job> {
        if self.is_beyond_limit() {
            self.run.delivery.finish(beyond_limit(&job)).await;
            return None;
        }
        if self.run.mode == Mode::DryRun {
            self.run.delivery.finish(outcome_of(&job, Status::WouldInvite)).await;
            return None;
        }
        Some(job)
    }

    /// Counts one more row that may be sent.
    fn is_beyond_limit(&self) -> bool {
        let before = self.sendable.fetch_add(1, Ordering::Relaxed);
        self.run.limit.is_some_and(|limit| before >= limit)
    }

    fn take_over(&self, job: Job, intent: &DoubtfulIntent, if_absent: IfAbsent) {
        if let Ok(mut taken) = self.taken.lock() {
            taken.insert(intent.id);
        }
        let mut doubt = Doubt { if_absent, ..doubt_of(&self.run.delivery, intent, Some(job)) };
        // Two keys of one clinic may each have left a doubt: nothing is sent again before all of them are over.
        for other in self.run.in_doubt.iter().filter(|other| other.email.as_ref() == Some(&doubt.email)) {
            let other = doubt_of(&self.run.delivery, other, None);
            doubt.first_sent = doubt.first_sent.min(other.span.sent);
            doubt.span.sent = doubt.span.sent.max(other.span.sent);
            doubt.span.sent_by = doubt.span.sent_by.max(other.span.sent_by);
            doubt.span.over = doubt.span.over.max(other.span.over);
        }
        self.run.delivery.doubt(doubt);
    }

    /// People of earlier runs who are not on this roster are looked up too: the ledger is not to stay in doubt.
    pub(super) fn leave_strangers_in_doubt(&self) {
        let taken = self.taken.lock().map(|taken| taken.clone()).unwrap_or_default();
        for intent in self.run.in_doubt.iter().filter(|intent| !taken.contains(&intent.id)) {
            if intent.email.is_some() {
                self.run.delivery.doubt(doubt_of(&self.run.delivery, intent, None));
            }
        }
    }
}

/// A row that may be sent.
pub(super) fn job_of(row: &SortedRow, person: &StaffMember) -> Job {
    Job { seq: row.seq, at: row.at.to_string(), person: person.clone(), before: Before::Never, attempts: 0 }
}

/// The outcome of a row that is not sent, whatever the account says; `None` for one that is ready.
pub(super) fn without_sending(row: &SortedRow) -> Option<Outcome> {
    Some(match &row.ruling {
        Ruling::Ready(_) => return None,
        Ruling::Incomplete => as_written(row, Status::NotSent),
        Ruling::Skipped(why) => Outcome { error: why.clone(), ..as_written(row, Status::Skipped) },
        Ruling::Duplicate { seq, at } => Outcome {
            same_as: Some(*seq),
            error_code: "same_as_earlier_row".to_owned(),
            error: format!("the same person as row {at}, nothing differs"),
            ..as_written(row, Status::Duplicate)
        },
        Ruling::Invalid(problems) => Outcome {
            error_code: problems.first().map(|problem| problem.code.to_owned()).unwrap_or_default(),
            error: problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "),
            ..as_written(row, Status::Invalid)
        },
    })
}

/// The outcome of somebody who is there already, or was refused before.
fn already(job: &Job, planned: Planned, known: Option<&Known>) -> Option<Outcome> {
    let outcome = |status| outcome_of(job, status);
    let with_details = |outcome, details| match details {
        Details::AsSent => outcome,
        Details::Changed => with_change(outcome, &job.person, known),
    };
    Some(match planned {
        Planned::Invite(_) | Planned::InDoubt(..) => return None,
        Planned::AlreadyInvited { user_id, details } => {
            Outcome { user_id, ..with_details(outcome(Status::AlreadyInvited), details) }
        }
        Planned::AlreadyMember { user_id, details } => {
            Outcome { user_id, ..with_details(outcome(Status::AlreadyMember), details) }
        }
        Planned::Withdrawn { state, user_id } => withdrawn(job, state, user_id),
        Planned::Rejected { code, message, http_status } => Outcome {
            error_code: code,
            error: format!(
                "AutoScribe refused this person in an earlier run ({message}), and the row has not changed since; mend it"
            ),
            http_status,
            ..outcome(Status::Rejected)
        },
    })
}

/// Says what the roster has otherwise than it was sent.
fn with_change(outcome: Outcome, person: &StaffMember, known: Option<&Known>) -> Outcome {
    let Some(Known::Confirmed { field_marks, told_hash, .. }) = known else { return outcome };
    let fields = field_marks.map(|marks| person.changed_since(&marks)).unwrap_or_default();
    let other = match fields.as_slice() {
        [] => "other details".to_owned(),
        fields => format!("another {}", fields.iter().map(|field| field.name()).collect::<Vec<_>>().join(", ")),
    };
    let code = if *told_hash == Some(person.content_hash()) { DETAILS_DIFFER } else { DETAILS_CHANGED };
    Outcome {
        error_code: code.to_owned(),
        error: format!(
            "invited with {other} than the roster has now; nothing was sent or changed: if the roster is right, change it on \
             the AutoScribe dashboard"
        ),
        ..outcome
    }
}

/// The outcome of a row that is not sent, with its details as the roster has them.
fn as_written(row: &SortedRow, status: Status) -> Outcome {
    let text = |field| row.draft.get(field).map(|value| value.text.clone()).unwrap_or_default();
    Outcome {
        email: text(Field::Email),
        first_name: text(Field::FirstName),
        last_name: text(Field::LastName),
        ..Outcome::of(row.seq, row.at.to_string(), status)
    }
}
