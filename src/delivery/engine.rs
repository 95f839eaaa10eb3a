//! What a run's senders share: the way to the API and to the ledger, the run's clock, what is in doubt and what is surely
//! there. [`super::attempt`] sends with it, [`super::reconcile`] settles.

use std::sync::atomic::AtomicU64;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::Instant;

use super::api::Api;
use super::gate::Gate;
use super::job::{Doubt, KnownThere, Moment};
use super::retry::{Backoff, Budget};
use super::stop::StopCause;
use crate::event::{Event, Sink};
use crate::ledger::{AccountId, Closing, IntentId, Ledger, LedgerError, RunId};
use crate::outcome::Outcome;
use crate::shutdown::Shutdown;

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
    /// Requests under way at the same time.
    pub concurrency: usize,
    /// How often a row that never left is tried.
    pub max_attempts: u32,
    /// What happens to rows in doubt.
    pub on_unknown: OnUnknown,
}

/// Told each outcome after it was handed to the ledger, also when the ledger could not take it.
pub type Recorded = Arc<dyn Fn(Outcome) + Send + Sync>;

/// The wall clock, handed in.
pub type WallClock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// How long before its request leaves an intent may be written. One that is older is written anew, and from then on twice
/// as long is allowed: a disk may need more than that to write it.
const LEAD: Duration = Duration::from_secs(1);

/// Confirmed invitations of ours, kept as positive controls: so many of the latest.
const CONTROLS: usize = 64;

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
    in_flight: Semaphore,
    lead: Mutex<Duration>,
    pub(super) throttled: AtomicU64,
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

/// Rows that are on their way at the same time: those in flight, and as many that have their intents ready.
pub(super) const fn rows_at_once(rules: &Rules) -> usize {
    2 * rules.concurrency
}

/// A poisoned lock holds a list that is whole whatever panicked.
pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Delivery {
    /// A delivery whose clock starts now.
    pub fn new(parts: Parts) -> Self {
        parts.ledger.expect_in_flight(rows_at_once(&parts.rules));
        Delivery {
            in_flight: Semaphore::new(parts.rules.concurrency),
            lead: Mutex::new(LEAD),
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

    /// Waits for a place among the requests in flight, first come, first served.
    pub(super) async fn place_in_flight(&self) -> SemaphorePermit<'_> {
        match self.in_flight.acquire().await {
            Ok(place) => place,
            // Nobody closes it.
            Err(_) => std::future::pending().await,
        }
    }

    /// How old an intent may be when its request leaves.
    pub(super) fn lead(&self) -> Duration {
        *lock(&self.lead)
    }

    /// Intents may be so old from now on.
    pub(super) fn lead_at_least(&self, lead: Duration) {
        let mut allowed = lock(&self.lead);
        *allowed = lead.max(*allowed);
    }

    /// Now, by the wall clock.
    pub fn now(&self) -> Timestamp {
        (self.wall)()
    }

    /// The run.
    pub const fn run(&self) -> RunId {
        self.run
    }

    /// Nothing more is sent.
    pub fn has_stopped(&self) -> bool {
        self.gate.stop_cause().is_some()
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

    /// The run stopped before this row was sent, though it may have been tried.
    pub async fn not_sent(&self, mut outcome: Outcome) {
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
}
