//! One run: the rows of a surveyed roster through plan, delivery and settlement, each to its one outcome.

pub mod cut_off;
pub mod opening;
pub mod outbox;
pub mod results;

use std::collections::HashSet;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use futures::{Stream, StreamExt};
use tokio::sync::mpsc;

use crate::autoscribe::directory::{Directory, Presence};
use crate::delivery::engine::Delivery;
use crate::delivery::job::{Before, Doubt, DoubtKind, IfAbsent, Job, Span};
use crate::delivery::outcomes::{beyond_limit, outcome_of, withdrawn};
use crate::delivery::reconcile::Round;
use crate::delivery::stop::StopCause;
use crate::ledger::{AccountId, Closing, DoubtfulIntent, FoundAs, IntentId, Known, Ledger, LedgerError, RunRow};
use crate::outcome::{Outcome, Standing, Status};
use crate::plan::{Details, Planned, Reinvite, plan};
use crate::report::summary::Tally;
use crate::roster::RosterError;
use crate::staff::{Field, StaffMember};
use crate::survey::{SortedRow, Survey};
use crate::validation::Ruling;

/// Rows that are read ahead of the sending.
const READ_AHEAD: usize = 256;
/// Rows that are looked up in the ledger at once.
const PLANNED_AT_ONCE: usize = 64;

/// Whether anything is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Rows that can be sent are sent.
    Send,
    /// They end as `would_invite`.
    DryRun,
}

/// The process's exit code: why the run stopped, or what became of its rows. A row left unresolved goes first, since
/// somebody has to look at it. Only something that answers in AutoScribe's place goes before it: there the account could
/// not be asked at all.
pub fn exit_code(stopped: Option<&StopCause>, tally: &Tally) -> u8 {
    match stopped {
        Some(cause @ StopCause::Intercepted { .. }) => cause.exit_code(),
        _ if tally.standing(Standing::Unresolved) > 0 => 3,
        // 2 says that nothing was sent.
        Some(StopCause::Roster { .. }) if tally.count(Status::Invited) > 0 => 1,
        // A signal that came after the last row has stopped nothing.
        Some(StopCause::Signal(_)) if tally.count(Status::NotSent) == 0 => tally.exit_code(),
        Some(cause) => cause.exit_code(),
        None => tally.exit_code(),
    }
}

/// A run that is about to begin.
pub struct Run {
    /// The roster.
    pub survey: Arc<Survey>,
    /// The senders.
    pub delivery: Arc<Delivery>,
    /// What the account's lists showed before the first send.
    pub directory: Directory,
    /// The ledger and the account in it.
    pub ledger: Ledger,
    /// The account.
    pub account: AccountId,
    /// What earlier runs left in doubt.
    pub in_doubt: Vec<DoubtfulIntent>,
    /// Which withdrawn invitations are sent anew.
    pub reinvite: Reinvite,
    /// Whether anything is sent.
    pub mode: Mode,
    /// Only the first so many.
    pub limit: Option<u64>,
}

impl Run {
    /// Every row to its outcome. Ends when every row that was read has one, whatever happened.
    pub async fn go(self) {
        if self.mode == Mode::Send {
            self.note_rows().await;
        }
        let planner = Planner::new(self).await;
        let delivery = &planner.run.delivery;
        let (planned, jobs) = mpsc::channel(READ_AHEAD);
        // Planning asks the ledger; it goes on while requests are in flight.
        tokio::join!(planner.plan_all(planned), delivery.deliver_all(stream_of(jobs)));
        planner.leave_strangers_in_doubt();
        let again = delivery.settle(Round::MayResend).await;
        delivery.deliver_all(futures::stream::iter(again)).await;
        delivery.settle(Round::Last).await;
        if planner.run.directory.is_whole() {
            delivery.measure_lag().await;
        }
        if delivery.has_stopped() {
            planner.run.finish_unread().await;
        }
    }
}

fn stream_of<T>(receiver: mpsc::Receiver<T>) -> impl Stream<Item = T> {
    futures::stream::unfold(receiver, |mut receiver| async { receiver.recv().await.map(|item| (item, receiver)) })
}

/// Reads the roster once more, on a thread of its own: reading files blocks.
fn read(survey: Arc<Survey>) -> mpsc::Receiver<Result<SortedRow, RosterError>> {
    let (sender, receiver) = mpsc::channel(READ_AHEAD);
    tokio::task::spawn_blocking(move || {
        let rows = match survey.rows() {
            Ok(rows) => rows,
            Err(error) => {
                // A receiver that is gone wants no rows.
                let _ = sender.blocking_send(Err(error));
                return;
            }
        };
        for row in rows {
            let row = match row.map(|(_, sorted)| sorted) {
                // More rows than in the survey: nobody has seen them, so nobody has agreed to them.
                Ok(row) if row.seq >= survey.rows => Err(survey.opened.roster.changed()),
                row => row,
            };
            let is_last = row.is_err();
            if sender.blocking_send(row).is_err() || is_last {
                break;
            }
        }
    });
    receiver
}

/// Decides what is done with each row.
struct Planner {
    run: Run,
    sendable: AtomicU64,
    /// Doubts of earlier runs that rows of this roster took over.
    taken: std::sync::Mutex<HashSet<IntentId>>,
}

impl Planner {
    async fn new(mut run: Run) -> Self {
        run.close_what_shows().await;
        Planner { run, sendable: AtomicU64::new(0), taken: std::sync::Mutex::default() }
    }

    /// Gives every row that is not to be sent its outcome, and hands the others on, in the roster's order.
    async fn plan_all(&self, planned: mpsc::Sender<Job>) {
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
                if let Some(outcome) = already(&job, planned) {
                    self.run.delivery.finish(outcome).await;
                }
            }
        }
        None
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
            doubt.span.sent = doubt.span.sent.max(other.span.sent);
            doubt.span.sent_by = doubt.span.sent_by.max(other.span.sent_by);
            doubt.span.over = doubt.span.over.max(other.span.over);
        }
        self.run.delivery.doubt(doubt);
    }

    /// People of earlier runs who are not on this roster are looked up too: the ledger is not to stay in doubt.
    fn leave_strangers_in_doubt(&self) {
        let taken = self.taken.lock().map(|taken| taken.clone()).unwrap_or_default();
        for intent in self.run.in_doubt.iter().filter(|intent| !taken.contains(&intent.id)) {
            if intent.email.is_some() {
                self.run.delivery.doubt(doubt_of(&self.run.delivery, intent, None));
            }
        }
    }
}

impl Run {
    /// Notes every row in the ledger, so that none is lost if the run is cut off.
    async fn note_rows(&self) {
        let mut batches = pin!(stream_of(read(self.survey.clone())).ready_chunks(READ_AHEAD));
        while let Some(batch) = batches.next().await {
            if self.delivery.has_stopped() {
                return;
            }
            let rows: Result<Vec<_>, _> = batch.into_iter().collect();
            let noted = match rows {
                Ok(rows) => self.ledger.note(&self.delivery.run(), rows.iter().map(cut_off::note).collect()).await,
                Err(error) => return self.delivery.stop(StopCause::Roster { why: error.to_string() }),
            };
            if let Err(error) = noted {
                return self.delivery.cannot_record(&error);
            }
        }
    }

    /// Gives the rows that were noted, but not read again for sending, their outcomes: the roster has changed, or could not
    /// be read on.
    async fn finish_unread(&self) {
        let mut next = 0;
        loop {
            let rows = match self.ledger.rows(&self.delivery.run(), next, READ_AHEAD).await {
                Ok(rows) => rows,
                Err(error) => return self.delivery.cannot_record(&error),
            };
            let Some(last) = rows.last() else { return };
            next = last.written().seq + 1;
            for row in rows {
                match row {
                    RunRow::CutOff { note, request: None } if note.status == Status::NotSent => {
                        self.delivery.not_sent(note).await;
                    }
                    RunRow::CutOff { note, request: None } => self.delivery.finish(note).await,
                    _ => {}
                }
            }
        }
    }

    /// Doubts of earlier runs that the first listing settles.
    async fn close_what_shows(&mut self) {
        let mut left = Vec::new();
        for intent in std::mem::take(&mut self.in_doubt) {
            let shows = match &intent.email {
                Some(email) => self.close_if_it_shows(&intent, self.directory.presence(email)).await,
                None => false,
            };
            if !shows {
                left.push(intent);
            }
        }
        self.in_doubt = left;
    }

    /// Closes a doubt whose person shows; whether they do.
    async fn close_if_it_shows(&self, intent: &DoubtfulIntent, presence: Presence) -> bool {
        let (user_id, found) = match presence {
            Presence::Pending { user_id, .. } => (user_id, FoundAs::Invitation),
            Presence::Member { user_id } => (user_id, FoundAs::User),
            Presence::Absent | Presence::Withdrawn { .. } => return false,
        };
        let closing = Closing::Confirmed {
            user_id: Some(user_id).filter(|id| !id.is_empty()),
            http_status: intent.http_status,
            found,
        };
        let closed: Result<(), LedgerError> = self.ledger.close(intent.id, closing, self.delivery.now()).await;
        if let Err(error) = closed {
            self.delivery.cannot_record(&error);
        }
        true
    }
}

/// What an earlier run left in doubt, as this run settles it; with the row of this run that has the same person.
pub fn doubt_of(delivery: &Delivery, intent: &DoubtfulIntent, job: Option<Job>) -> Doubt {
    let sent = delivery.moment_of(intent.at);
    let sent_by = sent.after(intent.lead);
    let over = match intent.closed_at {
        // The answer ended it, at the latest when it was written down.
        Some(closed) if !intent.ended_without_answer() => delivery.moment_of(closed).max(sent_by),
        _ => sent_by.after(intent.timeout),
    };
    let email = match (&job, &intent.email) {
        (Some(job), _) => job.person.email.key(),
        (None, Some(email)) => email.clone(),
        (None, None) => crate::staff::EmailKey::of(""),
    };
    let why = match intent.why.as_str() {
        "" => "an earlier run ended before the answer came".to_owned(),
        why => format!("in an earlier run: {why}"),
    };
    Doubt {
        job,
        email,
        intent: intent.id,
        kind: DoubtKind::EarlierRun,
        span: Span { sent, sent_by, over },
        why,
        if_absent: IfAbsent::Resend,
        attempts: 0,
        http_status: intent.http_status,
        sent_at: Some(intent.at),
    }
}

/// A row that may be sent.
fn job_of(row: &SortedRow, person: &StaffMember) -> Job {
    Job { seq: row.seq, at: row.at.to_string(), person: person.clone(), before: Before::Never, attempts: 0 }
}

/// The outcome of a row that is not sent, whatever the account says; `None` for one that is ready.
fn without_sending(row: &SortedRow) -> Option<Outcome> {
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
fn already(job: &Job, planned: Planned) -> Option<Outcome> {
    let outcome = |status| outcome_of(job, status);
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

fn with_details(mut outcome: Outcome, details: Details) -> Outcome {
    if details == Details::Changed {
        outcome.error_code = "details_changed".to_owned();
        outcome.error = "the roster says something else of this person than was sent; nothing was sent or changed, so \
                         change it on the AutoScribe dashboard"
            .to_owned();
    }
    outcome
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
