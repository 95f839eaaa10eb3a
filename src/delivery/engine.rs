//! One row from intent to verdict.
//!
//! The protocol (FAILURES.md of the project's plan, "The life of a row"): the gate opens, the intent reaches the disk, the
//! request leaves once, its verdict closes the intent. What may have been processed is never sent again from here; it
//! is left to [`super::reconcile`].

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use tokio::time::Instant;

use super::api::Api;
use super::gate::{Gate, Pass, Stopped, pause_words};
pub use super::outcomes::outcome_of;
use super::retry::{Backoff, Budget};
use super::stop::StopCause;
use crate::autoscribe::client::Exchange;
use crate::autoscribe::directory::InvitationState;
use crate::autoscribe::verdict::{Ended, Taken, Verdict, verdict};
use crate::autoscribe::wire::InviteRequest;
use crate::event::{Event, Sink};
use crate::ledger::{AccountId, Closing, FoundAs, IntentId, Ledger, LedgerError, NewIntent, RunId};
use crate::outcome::{Outcome, Status};
use crate::shutdown::Shutdown;
use crate::staff::StaffMember;

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

/// What to do with a row that a listing shows to be absent after a doubtful send.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnUnknown {
    /// Send it once more.
    Resend,
    /// Leave it to a person.
    Hold,
}

/// What a run's delivery goes by.
#[derive(Clone, Debug)]
pub struct Rules {
    /// How long an answer is waited for.
    pub timeout: Duration,
    /// How often a row that never left is tried.
    pub max_attempts: u32,
    /// What happens to rows in doubt.
    pub on_unknown: OnUnknown,
}

/// Told each outcome after it was handed to the ledger, also when the ledger could not take it.
pub type Recorded = Arc<dyn Fn(Outcome) + Send + Sync>;

/// The wall clock, handed in.
pub type WallClock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// A row whose outcome is not known.
#[derive(Clone, Debug)]
pub struct Doubt {
    /// The row; `None` for somebody of an earlier run who is not on this roster.
    pub job: Option<Job>,
    /// Their address.
    pub email: crate::staff::EmailKey,
    /// The intent that has no end.
    pub intent: IntentId,
    /// Why it is looked up.
    pub kind: DoubtKind,
    /// When the doubtful request was sent, on the run's own clock (negative: before the run).
    pub sent: Moment,
    /// When it can no longer be at work.
    pub over: Moment,
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

/// Confirmed invitations of ours, kept as positive controls: so many of the latest.
const CONTROLS: usize = 64;

/// An invitation that is surely there.
#[derive(Clone, Debug)]
pub struct KnownThere {
    /// Whose.
    pub email: crate::staff::EmailKey,
    /// When its request was sent: it was not made before.
    pub sent: Moment,
    /// When it was confirmed: it was made by then.
    pub confirmed: Moment,
    /// How long after its request it showed in a listing, at most.
    pub showed_after: Option<Duration>,
}

/// What a run's senders share.
pub struct Delivery {
    pub(super) api: Arc<dyn Api>,
    pub(super) ledger: Ledger,
    pub(super) account: AccountId,
    pub(super) run: RunId,
    pub(super) gate: Arc<Gate>,
    pub(super) rules: Rules,
    pub(super) budget: Budget,
    pub(super) backoff: Backoff,
    pub(super) events: Arc<dyn Sink>,
    pub(super) wall: WallClock,
    pub(super) shutdown: Shutdown,
    start: Instant,
    throttled: AtomicU64,
    doubts: Mutex<Vec<Doubt>>,
    pub(super) controls: Mutex<Vec<KnownThere>>,
    recorded: Recorded,
}

/// What a [`Delivery`] is made of.
#[allow(missing_docs, reason = "each is what its type says")]
pub struct Parts {
    pub api: Arc<dyn Api>,
    pub ledger: Ledger,
    pub account: AccountId,
    pub run: RunId,
    pub gate: Arc<Gate>,
    pub rules: Rules,
    pub rows: u64,
    pub backoff: Backoff,
    pub events: Arc<dyn Sink>,
    pub wall: WallClock,
    pub shutdown: Shutdown,
    /// Told each outcome after it was handed to the ledger.
    pub recorded: Recorded,
}

/// A poisoned lock holds a list that is whole whatever panicked.
pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Delivery {
    /// A delivery whose clock starts now.
    pub fn new(parts: Parts) -> Self {
        Delivery {
            api: parts.api,
            ledger: parts.ledger,
            account: parts.account,
            run: parts.run,
            gate: parts.gate,
            rules: parts.rules,
            budget: Budget::of(parts.rows),
            backoff: parts.backoff,
            events: parts.events,
            wall: parts.wall,
            shutdown: parts.shutdown,
            start: Instant::now(),
            throttled: AtomicU64::new(0),
            doubts: Mutex::new(Vec::new()),
            controls: Mutex::new(Vec::new()),
            recorded: parts.recorded,
        }
    }

    /// Now, by the wall clock.
    pub fn now(&self) -> Timestamp {
        (self.wall)()
    }

    /// Stops the run, unless it has stopped already.
    pub fn stop(&self, cause: StopCause) {
        self.gate.stop(cause);
    }

    /// Now, on the run's own clock.
    pub fn moment(&self) -> Moment {
        Moment(i64::try_from(self.start.elapsed().as_millis()).unwrap_or(i64::MAX))
    }

    /// A wall-clock time of an earlier run on this run's clock. One that lies in the future (the clock went back) counts
    /// as now: then the whole wait begins again.
    pub fn moment_of(&self, then: Timestamp) -> Moment {
        let age = (self.wall)().duration_since(then).as_millis().max(0);
        Moment(self.moment().0.saturating_sub(i64::try_from(age).unwrap_or(i64::MAX)))
    }

    /// Adds a row, or somebody of an earlier run, to those that are looked up later.
    pub fn doubt(&self, doubt: Doubt) {
        lock(&self.doubts).push(doubt);
    }

    /// The rows in doubt; the list is empty afterwards.
    pub fn take_doubts(&self) -> Vec<Doubt> {
        std::mem::take(&mut *lock(&self.doubts))
    }

    /// Sends one row, and tries again as long as nothing can have reached the server. Every path ends in an outcome that
    /// is recorded, or in a doubt.
    pub async fn deliver(&self, job: Job) {
        let mut attempts = job.attempts;
        let mut tried = 0;
        loop {
            let Ok(pass) = self.gate.pass().await else { return self.not_sent(&job, attempts).await };
            attempts += 1;
            let sent_at = (self.wall)();
            let intent = match self.intend(&job, attempts, sent_at).await {
                Ok(intent) => intent,
                Err(error) => {
                    self.cannot_record(&error);
                    return self.not_sent(&job, attempts - 1).await;
                }
            };
            // It may have stopped while the intent was written.
            if self.gate.leave().await.is_err() || self.shutdown.received().is_some() {
                self.close(intent, Closing::NotSent { why: "the run stopped before it was sent".to_owned() }).await;
                return self.not_sent(&job, attempts - 1).await;
            }
            let sent = self.moment();
            let exchange = self.exchange(&InviteRequest::from(&job.person)).await;
            let send =
                Sent { job: &job, intent, pass, attempts, sent, sent_at, http_status: exchange_status(&exchange) };
            let judged = match &exchange {
                Some(exchange) => verdict(exchange, &job.person.email.key()),
                None => Verdict::Unknown {
                    why: "the run was stopped before the answer came".to_owned(),
                    wait: None,
                    ended: Ended::NotKnown,
                },
            };
            let Some(again) = self.conclude(&send, judged).await else { return };
            if let (Again::NeverLeft { why }, Pass::Ordinary) = (again, pass) {
                tried += 1;
                if tried >= self.rules.max_attempts || !self.budget.take() {
                    return self.failed(&send, tried).await;
                }
                let wait = self.backoff.wait(tried, job.seq);
                self.events.event(&Event::Retrying { row: job.at.clone(), attempt: attempts, wait, why });
                // A stop shows at the gate, where the row becomes `not_sent`.
                let _: Result<(), Stopped> = self.gate.rest(wait).await;
            }
        }
    }

    async fn intend(&self, job: &Job, attempt: u32, at: Timestamp) -> Result<IntentId, LedgerError> {
        let intent = NewIntent {
            run: self.run,
            account: self.account,
            seq: job.seq,
            person: job.person.email.key(),
            content_hash: job.person.content_hash(),
            attempt,
            at,
            timeout: self.rules.timeout,
        };
        self.ledger.intend(intent).await
    }

    /// The one request. `None` when a second signal abandoned it.
    async fn exchange(&self, body: &InviteRequest) -> Option<Exchange> {
        crate::fault_point!("delivery.before_send");
        self.gate.leaves();
        let answer = tokio::select! {
            biased;
            () = self.shutdown.abandon().cancelled() => None,
            answer = tokio::time::timeout(self.rules.timeout, self.api.invite(body)) => {
                Some(answer.unwrap_or_else(|_| Exchange::Lost { why: "no answer in time".to_owned() }))
            }
        };
        self.gate.is_back();
        crate::fault_point!("delivery.after_answer");
        answer
    }

    /// Draws the consequences of a verdict; `Some` when the row is to be tried again.
    async fn conclude(&self, send: &Sent<'_>, verdict: Verdict) -> Option<Again> {
        match verdict {
            Verdict::Confirmed { user_id } => self.confirmed(send, user_id).await,
            Verdict::Refused { message, taken: Taken::No } => self.refused(send, message).await,
            Verdict::Refused { message, taken: Taken::Yes } => {
                self.well();
                self.leave_in_doubt(send, DoubtKind::Taken, Ended::ByAnswer, message).await;
            }
            Verdict::Conflict { message } => {
                self.well();
                self.leave_in_doubt(send, DoubtKind::Conflict, Ended::ByAnswer, message).await;
            }
            Verdict::RateLimited { wait } => {
                self.close(send.intent, Closing::NotSent { why: "429: asked to wait".to_owned() }).await;
                self.throttle(send, wait);
                return Some(Again::Throttled);
            }
            Verdict::NeverLeft { why } => {
                self.close(send.intent, Closing::NotSent { why: why.clone() }).await;
                self.gate.unwell(send.job.seq, &why);
                return Some(Again::NeverLeft { why });
            }
            Verdict::Unknown { why, wait, ended } => {
                if let (Some(wait), Some(status)) = (wait, send.http_status) {
                    self.gate.pause(wait, &pause_words(Some(wait), status));
                }
                self.gate.unwell(send.job.seq, &why);
                self.leave_in_doubt(send, DoubtKind::Unanswered, ended, why).await;
            }
            Verdict::Stop(stop) => {
                self.close(send.intent, Closing::NotSent { why: format!("{stop:?}") }).await;
                self.gate.stop(StopCause::Account(stop));
                self.not_sent(send.job, send.attempts).await;
            }
            Verdict::Intercepted { why } => {
                self.leave_in_doubt(send, DoubtKind::Unanswered, Ended::NotKnown, why.clone()).await;
                self.gate.stop(StopCause::Intercepted { why });
            }
        }
        None
    }

    async fn confirmed(&self, send: &Sent<'_>, user_id: String) {
        self.well();
        let closing = Closing::Confirmed {
            user_id: Some(user_id.clone()),
            http_status: send.http_status,
            found: FoundAs::Answer,
        };
        self.close(send.intent, closing).await;
        let email = send.job.person.email.key();
        self.there(KnownThere { email, sent: send.sent, confirmed: self.moment(), showed_after: None });
        let mut outcome = send.outcome(Status::Invited);
        outcome.user_id = Some(user_id);
        self.finish(outcome).await;
    }

    async fn refused(&self, send: &Sent<'_>, message: String) {
        self.well();
        let closing = Closing::Rejected {
            http_status: send.http_status.unwrap_or_default(),
            code: "api_refused".to_owned(),
            message: message.clone(),
        };
        self.close(send.intent, closing).await;
        let mut outcome = send.outcome(Status::Rejected);
        outcome.error_code = "api_refused".to_owned();
        outcome.error = format!("AutoScribe refused this person: {message}");
        self.finish(outcome).await;
    }

    async fn leave_in_doubt(&self, send: &Sent<'_>, kind: DoubtKind, ended: Ended, why: String) {
        let http_status = if ended == Ended::ByAnswer { send.http_status } else { None };
        self.close(send.intent, Closing::Unknown { why: why.clone(), http_status }).await;
        self.events.event(&Event::InDoubt { row: send.job.at.clone(), why: why.clone() });
        let over = match ended {
            Ended::ByAnswer => self.moment(),
            Ended::NotKnown => send.sent.after(self.rules.timeout),
        };
        self.doubt(Doubt {
            email: send.job.person.email.key(),
            job: Some(send.job.clone()),
            intent: send.intent,
            kind,
            sent: send.sent,
            over,
            why,
            if_absent: IfAbsent::Resend,
            attempts: send.attempts,
            http_status: send.http_status,
            sent_at: Some(send.sent_at),
        });
    }

    async fn failed(&self, send: &Sent<'_>, tried: u32) {
        let mut outcome = send.outcome(Status::Failed);
        outcome.error_code = "not_reached".to_owned();
        outcome.error =
            format!("AutoScribe could not be reached in {tried} attempts; the next run sends this row again");
        self.finish(outcome).await;
    }

    /// The run stopped before this row was sent.
    pub async fn not_sent(&self, job: &Job, attempts: u32) {
        let mut outcome = outcome_of(job, Status::NotSent);
        outcome.attempts = attempts;
        if let Some(cause) = self.gate.stop_cause() {
            outcome.error_code = cause.code().to_owned();
            outcome.error = match cause {
                StopCause::Strict => {
                    "some rows are invalid, and with --strict nothing is sent then; mend them".to_owned()
                }
                _ => "the run stopped before this row was sent; run the same command again".to_owned(),
            };
        }
        self.finish(outcome).await;
    }

    /// Records an outcome. Losing one to a crash loses nothing: the intents say what is known, and the next run settles.
    pub async fn finish(&self, outcome: Outcome) {
        let finished = Event::Finished {
            row: outcome.row.clone(),
            status: outcome.status,
            error_code: outcome.error_code.clone(),
            attempts: outcome.attempts,
            http_status: outcome.http_status,
        };
        if let Err(error) = self.ledger.record(&self.run, outcome.clone()).await {
            self.cannot_record(&error);
        }
        self.events.event(&finished);
        (self.recorded)(outcome);
    }

    pub(super) async fn close(&self, intent: IntentId, closing: Closing) {
        if let Err(error) = self.ledger.close(intent, closing, (self.wall)()).await {
            self.cannot_record(&error);
        }
    }

    /// The first failure of the ledger is final: nothing more is sent.
    pub fn cannot_record(&self, error: &LedgerError) {
        self.gate.stop(StopCause::CannotRecord { why: error.to_string() });
    }

    /// Remembers an invitation that is surely there.
    pub fn there(&self, control: KnownThere) {
        let mut controls = lock(&self.controls);
        if controls.len() == CONTROLS {
            controls.remove(0);
        }
        controls.push(control);
    }

    fn well(&self) {
        self.throttled.store(0, Ordering::Relaxed);
        self.gate.well();
    }

    fn throttle(&self, send: &Sent<'_>, asked: Option<Duration>) {
        if send.pass == Pass::Probe {
            self.gate.give_probe_back();
        }
        let failures = u32::try_from(self.throttled.fetch_add(1, Ordering::Relaxed)).unwrap_or(u32::MAX) / 4 + 1;
        let wait = asked.unwrap_or_else(|| self.backoff.wait(failures, 0));
        self.gate.pause(wait, &pause_words(asked, 429));
    }
}

/// One request that has come back, or not.
struct Sent<'a> {
    job: &'a Job,
    intent: IntentId,
    pass: Pass,
    attempts: u32,
    sent: Moment,
    sent_at: Timestamp,
    http_status: Option<u16>,
}

impl Sent<'_> {
    fn outcome(&self, status: Status) -> Outcome {
        let mut outcome = outcome_of(self.job, status);
        outcome.attempts = self.attempts;
        outcome.http_status = self.http_status;
        outcome.sent_at = Some(self.sent_at);
        outcome
    }
}

/// Why a row is tried again at once.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Again {
    /// 429: the server said later, not no; it costs no attempt.
    Throttled,
    /// Nothing left this machine.
    NeverLeft {
        /// What happened.
        why: String,
    },
}

fn exchange_status(exchange: &Option<Exchange>) -> Option<u16> {
    match exchange {
        Some(Exchange::Answer(answer)) => Some(answer.status),
        _ => None,
    }
}
