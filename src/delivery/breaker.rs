//! Stops sending when the service is not well, and tries it with one row.
//!
//! Closed: everybody sends. After five failures in a row on different rows it opens: nobody sends until a wait is over,
//! then one row is the probe. A success closes it; a failure opens it again for longer. After fifteen minutes without a
//! success (an option) it gives up. Pure: the time is handed in.

use std::time::Duration;

/// Failures in a row, on different rows, that open the breaker.
pub const FAILURES_TO_OPEN: usize = 5;
/// The first wait before a probe; it doubles up to [`LONGEST_WAIT`].
const FIRST_WAIT: Duration = Duration::from_secs(2);
/// The longest wait before a probe.
const LONGEST_WAIT: Duration = Duration::from_secs(60);

/// The breaker. Times are since the run began.
#[derive(Debug)]
pub struct Breaker {
    give_up_after: Duration,
    state: State,
    failed_rows: Vec<u64>,
    first_failure: Option<Duration>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Closed,
    Open { until: Duration, wait: Duration },
    Probing { wait: Duration },
}

/// Whether a row may be sent now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Permit {
    /// Yes.
    Go,
    /// Yes, as the one that tries whether the service is well again.
    Probe,
    /// Not before this time.
    WaitUntil(Duration),
    /// Not before the probe's answer.
    WaitForProbe,
}

/// What a failure did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tripped {
    /// Nothing yet.
    No,
    /// It opened, or opened again, for so long.
    Open(Duration),
    /// There was no success for too long: the run stops.
    GiveUp,
}

impl Breaker {
    /// A closed breaker.
    pub fn new(give_up_after: Duration) -> Self {
        Breaker { give_up_after, state: State::Closed, failed_rows: Vec::new(), first_failure: None }
    }

    /// Everybody may send.
    pub fn is_closed(&self) -> bool {
        self.state == State::Closed
    }

    /// Asks for leave to send a row.
    pub fn permit(&mut self, now: Duration) -> Permit {
        match self.state {
            State::Closed => Permit::Go,
            State::Open { until, .. } if now < until => Permit::WaitUntil(until),
            State::Open { wait, .. } => {
                self.state = State::Probing { wait };
                Permit::Probe
            }
            State::Probing { .. } => Permit::WaitForProbe,
        }
    }

    /// The service answered as it should.
    pub fn success(&mut self) {
        self.state = State::Closed;
        self.failed_rows.clear();
        self.first_failure = None;
    }

    /// A probe ended without telling anything (it was paused, or the run stops): the next one asks again.
    pub fn probe_given_back(&mut self, now: Duration) {
        if let State::Probing { wait } = self.state {
            self.state = State::Open { until: now, wait };
        }
    }

    /// The service did not answer a row, or not well.
    pub fn failure(&mut self, row: u64, now: Duration) -> Tripped {
        let since = *self.first_failure.get_or_insert(now);
        if !self.failed_rows.contains(&row) && self.failed_rows.len() < FAILURES_TO_OPEN {
            self.failed_rows.push(row);
        }
        if now.saturating_sub(since) >= self.give_up_after {
            return Tripped::GiveUp;
        }
        match self.state {
            State::Closed if self.failed_rows.len() < FAILURES_TO_OPEN => Tripped::No,
            State::Closed => self.open(FIRST_WAIT, now),
            State::Probing { wait } => self.open((wait * 2).min(LONGEST_WAIT), now),
            // One that was in flight when it opened: told nothing new.
            State::Open { .. } => Tripped::No,
        }
    }

    fn open(&mut self, wait: Duration, now: Duration) -> Tripped {
        self.state = State::Open { until: now + wait, wait };
        Tripped::Open(wait)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn at(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    fn opened() -> Breaker {
        let mut breaker = Breaker::new(at(900));
        for row in 0..4 {
            assert_eq!(breaker.failure(row, at(0)), Tripped::No);
        }
        assert_eq!(breaker.failure(4, at(0)), Tripped::Open(at(2)));
        breaker
    }

    #[test]
    fn one_bad_row_does_not_open_it() {
        let mut breaker = Breaker::new(at(900));
        for _ in 0..50 {
            assert_eq!(breaker.failure(7, at(1)), Tripped::No);
        }
        assert_eq!(breaker.permit(at(1)), Permit::Go);
    }

    #[test]
    fn a_success_in_between_starts_the_count_again() {
        let mut breaker = Breaker::new(at(900));
        for row in 0..40 {
            assert_eq!(breaker.failure(row, at(1)), Tripped::No);
            if row % 4 == 3 {
                breaker.success();
            }
        }
    }

    #[test]
    fn it_probes_with_one_row_and_closes_on_success() {
        let mut breaker = opened();
        assert_eq!(breaker.permit(at(1)), Permit::WaitUntil(at(2)));
        assert_eq!(breaker.permit(at(2)), Permit::Probe);
        assert_eq!(breaker.permit(at(2)), Permit::WaitForProbe);
        assert_eq!(breaker.failure(9, at(3)), Tripped::Open(at(4)));
        assert_eq!(breaker.permit(at(7)), Permit::Probe);
        breaker.success();
        assert_eq!(breaker.permit(at(7)), Permit::Go);
    }

    #[test]
    fn a_probe_that_told_nothing_is_given_back() {
        let mut breaker = opened();
        assert_eq!(breaker.permit(at(2)), Permit::Probe);
        breaker.probe_given_back(at(3));
        assert_eq!(breaker.permit(at(3)), Permit::Probe);
    }

    #[test]
    fn it_gives_up_after_fifteen_minutes() {
        let mut breaker = opened();
        assert_eq!(breaker.permit(at(899)), Permit::Probe);
        assert_eq!(breaker.failure(9, at(899)), Tripped::Open(at(4)));
        assert_eq!(breaker.permit(at(903)), Permit::Probe);
        assert_eq!(breaker.failure(10, at(903)), Tripped::GiveUp);
    }
}
