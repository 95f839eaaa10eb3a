//! The one way out: every request passes here and nowhere else.
//!
//! A request leaves when the run has not stopped, no pause is on, the breaker permits it and the pace has a slot. A
//! pause that one sender was asked for holds all of them.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::{Instant, sleep_until};

use super::breaker::{Breaker, Permit, Tripped};
use super::pace::Pace;
use super::stop::{StopCause, Stopper, words};
use crate::event::{Event, Sink};
use crate::shutdown::{Shutdown, Signal};

/// The longest wait that a run waits when it is asked to.
pub const LONGEST_PAUSE: Duration = Duration::from_secs(15 * 60);

/// How a row passed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pass {
    /// With the others.
    Ordinary,
    /// Alone, to try whether the service is well again.
    Probe,
}

/// Whether a request that had passed may leave, now that its intent is durable and a place in flight is free.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Leave {
    /// At once.
    Now,
    /// A pause or the breaker has come meanwhile: it has to pass again.
    Held,
    /// Its intent has become too old: it has to be written anew.
    Stale,
}

/// The run has stopped: nothing passes any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stopped;

/// The gate of a run.
pub struct Gate {
    start: Instant,
    pace: Pace,
    breaker: Mutex<Breaker>,
    /// Woken whenever the breaker may permit more than before.
    changed: Notify,
    paused_until: Mutex<Instant>,
    /// When the service last did as it should; a run that only ever waits gives up.
    last_progress: Mutex<Instant>,
    give_up_after: Duration,
    in_flight: AtomicU64,
    stopper: Stopper,
    events: Arc<dyn Sink>,
}

/// A poisoned lock holds plain times and counts, which are whole whatever panicked.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Gate {
    /// An open gate.
    pub fn new(pace: Pace, give_up_after: Duration, stopper: Stopper, events: Arc<dyn Sink>) -> Self {
        let start = Instant::now();
        Gate {
            start,
            pace,
            breaker: Mutex::new(Breaker::new(give_up_after)),
            changed: Notify::new(),
            paused_until: Mutex::new(start),
            last_progress: Mutex::new(start),
            give_up_after,
            in_flight: AtomicU64::new(0),
            stopper,
            events,
        }
    }

    /// Waits until an invitation may leave.
    ///
    /// # Errors
    /// [`Stopped`] as soon as the run stops; nothing may be sent then.
    pub async fn pass(&self) -> Result<Pass, Stopped> {
        loop {
            self.wait_for_pause().await?;
            let changed = self.changed.notified();
            let permit = lock(&self.breaker).permit(self.start.elapsed());
            let pass = match permit {
                Permit::Go => Pass::Ordinary,
                Permit::Probe => Pass::Probe,
                Permit::WaitUntil(at) => {
                    self.unless_stopped(sleep_until(self.start + at)).await?;
                    continue;
                }
                Permit::WaitForProbe => {
                    self.unless_stopped(changed).await?;
                    continue;
                }
            };
            let slot = self.unless_stopped(self.pace.depart()).await;
            // A pause or the breaker may have come while it waited for its slot: then the slot is lost, not the promise.
            if slot.is_ok() && self.is_open_for(pass) {
                return Ok(pass);
            }
            if pass == Pass::Probe {
                self.give_probe_back();
            }
            slot?;
        }
    }

    /// Waits until a look-up may leave: it changes nothing, so the breaker does not hold it.
    ///
    /// # Errors
    /// [`Stopped`] as soon as the run stops.
    pub async fn pass_lookup(&self) -> Result<(), Stopped> {
        loop {
            self.wait_for_pause().await?;
            self.unless_stopped(self.pace.depart()).await?;
            if !self.is_paused() {
                return self.unless_stopped(self.pace.leave(|| true)).await;
            }
        }
    }

    /// A wait that a stop ends.
    ///
    /// # Errors
    /// [`Stopped`] as soon as the run stops.
    pub async fn rest(&self, wait: Duration) -> Result<(), Stopped> {
        self.unless_stopped(tokio::time::sleep(wait)).await
    }

    /// Something was achieved, though nothing is told of how the service takes invitations.
    pub fn progress(&self) {
        *lock(&self.last_progress) = Instant::now();
    }

    /// The service answered an invitation as it should, whatever it said.
    pub fn well(&self) {
        self.progress();
        lock(&self.breaker).success();
        self.changed.notify_waiters();
    }

    /// The service did not answer a row, or not well.
    pub fn unwell(&self, row: u64, why: &str) {
        if self.stopper.cause().is_some() {
            return;
        }
        let tripped = lock(&self.breaker).failure(row, self.start.elapsed());
        self.changed.notify_waiters();
        match tripped {
            Tripped::No => {}
            Tripped::Open(wait) => {
                let why = format!("the service does not answer well ({why}); trying again with one row");
                self.events.event(&Event::Paused { wait, why });
            }
            Tripped::GiveUp => self.stop(StopCause::Unhealthy { why: why.to_owned() }),
        }
    }

    /// A probe ended without telling anything of the service.
    pub fn give_probe_back(&self) {
        lock(&self.breaker).probe_given_back(self.start.elapsed());
        self.changed.notify_waiters();
    }

    /// Holds all senders for so long. A wait longer than [`LONGEST_PAUSE`], or waits without any progress for longer than
    /// the run is to try, stop it.
    pub fn pause(&self, wait: Duration, why: &str) {
        if wait > LONGEST_PAUSE {
            return self.stop(StopCause::WaitTooLong { wait });
        }
        if self.has_given_up() {
            return self.stop(StopCause::Unhealthy { why: why.to_owned() });
        }
        let until = Instant::now() + wait;
        let mut paused_until = lock(&self.paused_until);
        // Several senders are told the same at once: it is one pause, said once.
        let news = until > *paused_until + Duration::from_millis(250);
        *paused_until = until.max(*paused_until);
        drop(paused_until);
        if news {
            self.events.event(&Event::Paused { wait, why: why.to_owned() });
        }
    }

    /// There was no progress for longer than the run is to try.
    pub fn has_given_up(&self) -> bool {
        lock(&self.last_progress).elapsed() > self.give_up_after
    }

    /// Waits until what really leaves keeps the rate, once an intent that had passed is durable; `is_young` tells whether
    /// the intent is not too old for its request.
    ///
    /// # Errors
    /// [`Stopped`] as soon as the run stops; the request must not leave then.
    pub async fn leave(&self, pass: Pass, is_young: impl Fn() -> bool) -> Result<Leave, Stopped> {
        let mut leave = Leave::Held;
        let look = || {
            leave = match self.is_open_for(pass) {
                true if is_young() => Leave::Now,
                true => Leave::Stale,
                false => Leave::Held,
            };
            leave == Leave::Now
        };
        self.unless_stopped(self.pace.leave(look)).await?;
        if leave == Leave::Held && pass == Pass::Probe {
            self.give_probe_back();
        }
        Ok(leave)
    }

    /// An invitation leaves.
    pub fn leaves(&self) {
        self.in_flight.fetch_add(1, Ordering::Relaxed);
    }

    /// Its answer has come, or is no longer waited for.
    pub fn is_back(&self) {
        self.in_flight.fetch_sub(1, Ordering::Relaxed);
    }

    /// Stops the run at the first signal; what is in flight is waited for.
    pub async fn stop_on_signal(&self, shutdown: &Shutdown) {
        shutdown.drain().cancelled().await;
        let signal = shutdown.received().unwrap_or(Signal::Interrupt);
        self.events
            .event(&Event::Draining { signal: signal.name(), in_flight: self.in_flight.load(Ordering::Relaxed) });
        self.stop(StopCause::Signal(signal));
    }

    /// Stops the run, unless it has stopped already.
    pub fn stop(&self, cause: StopCause) {
        let why = cause.to_string();
        if self.stopper.stop(cause) {
            self.events.event(&Event::Stopped { why });
        }
    }

    /// Why the run has stopped, if it has.
    pub fn stop_cause(&self) -> Option<&StopCause> {
        self.stopper.cause()
    }

    /// No pause is on, and the breaker lets such a request through.
    fn is_open_for(&self, pass: Pass) -> bool {
        !self.is_paused() && (pass == Pass::Probe || lock(&self.breaker).is_closed())
    }

    fn is_paused(&self) -> bool {
        *lock(&self.paused_until) > Instant::now()
    }

    async fn wait_for_pause(&self) -> Result<(), Stopped> {
        loop {
            let until = *lock(&self.paused_until);
            if until <= Instant::now() {
                break;
            }
            self.unless_stopped(sleep_until(until)).await?;
        }
        match self.stopper.cause() {
            Some(_) => Err(Stopped),
            None => Ok(()),
        }
    }

    /// Something that a stop ends.
    ///
    /// # Errors
    /// [`Stopped`] as soon as the run stops.
    pub async fn unless_stopped<T>(&self, wait: impl Future<Output = T>) -> Result<T, Stopped> {
        tokio::select! {
            biased;
            () = self.stopper.stopped() => Err(Stopped),
            value = wait => Ok(value),
        }
    }
}

impl std::fmt::Debug for Gate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Gate {{ stopped: {:?} }}", self.stopper.cause())
    }
}

/// The words for a pause that the server asked for, or that we chose.
pub fn pause_words(asked: Option<Duration>, status: u16) -> String {
    match asked {
        Some(wait) => format!("AutoScribe asks for {} ({status})", words(wait)),
        None => format!("AutoScribe asks for a pause ({status})"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::delivery::pace::Rate;
    use crate::event::Silent;

    fn gate() -> Arc<Gate> {
        Arc::new(Gate::new(Pace::new(Rate::Unlimited), LONGEST_PAUSE, Stopper::default(), Arc::new(Silent)))
    }

    #[tokio::test(start_paused = true)]
    async fn a_pause_holds_everybody_for_its_whole_time() {
        let gate = gate();
        gate.pause(Duration::from_secs(30), "asked");
        gate.pause(Duration::from_secs(10), "asked");
        let start = Instant::now();
        let all: Vec<_> = (0..5)
            .map(|_| {
                let gate = gate.clone();
                tokio::spawn(async move { gate.pass().await })
            })
            .collect();
        gate.pass_lookup().await.unwrap();
        for task in all {
            assert_eq!(task.await.unwrap(), Ok(Pass::Ordinary));
        }
        assert!((30.0..30.1).contains(&start.elapsed().as_secs_f64()));
    }

    #[tokio::test(start_paused = true)]
    async fn a_stop_ends_every_wait_at_once() {
        let gate = gate();
        gate.pause(Duration::from_secs(600), "asked");
        let waiting = {
            let gate = gate.clone();
            tokio::spawn(async move { (gate.pass().await, gate.rest(Duration::from_secs(900)).await) })
        };
        tokio::task::yield_now().await;
        let start = Instant::now();
        gate.stop(StopCause::Strict);
        assert_eq!(waiting.await.unwrap(), (Err(Stopped), Err(Stopped)));
        assert_eq!(start.elapsed(), Duration::ZERO);
    }

    #[tokio::test(start_paused = true)]
    async fn a_wait_beyond_fifteen_minutes_stops_the_run() {
        let gate = gate();
        gate.pause(Duration::MAX, "asked");
        assert_eq!(gate.stop_cause(), Some(&StopCause::WaitTooLong { wait: Duration::MAX }));
        assert_eq!(gate.pass().await, Err(Stopped));
    }

    #[tokio::test(start_paused = true)]
    async fn pauses_without_any_progress_give_up() {
        let gate = gate();
        while gate.stop_cause().is_none() {
            assert!(gate.start.elapsed() < Duration::from_secs(1200));
            gate.pause(Duration::from_secs(60), "429");
            let _ = gate.pass().await;
        }
        assert!(matches!(gate.stop_cause(), Some(StopCause::Unhealthy { .. })));
    }

    #[tokio::test(start_paused = true)]
    async fn an_open_breaker_lets_one_probe_through() {
        let gate = gate();
        for row in 0..5 {
            gate.unwell(row, "500");
        }
        assert_eq!(gate.pass().await, Ok(Pass::Probe));
        let others: Vec<_> = (0..3)
            .map(|_| {
                let gate = gate.clone();
                tokio::spawn(async move { gate.pass().await })
            })
            .collect();
        tokio::task::yield_now().await;
        assert!(others.iter().all(|task| !task.is_finished()));
        gate.well();
        for task in others {
            assert_eq!(task.await.unwrap(), Ok(Pass::Ordinary));
        }
    }
}
