//! What time the account believes it is.
//!
//! Expiry, lag and the `Date` of every answer are measured by a [`Clock`] that is handed in, so that a test can let an
//! invitation expire without waiting a week.

use std::fmt::Debug;
use std::sync::Mutex;
use std::time::Duration;

use jiff::Timestamp;
use tokio::time::Instant;

/// Tells the account's time.
pub trait Clock: Debug + Send + Sync {
    /// The present moment.
    fn now(&self) -> Timestamp;
}

/// The machine's time at its creation, carried on by the runtime's monotonic clock.
///
/// A clock step does not touch it, and a test that pauses the runtime's time pauses it too.
#[derive(Debug)]
pub struct RuntimeClock {
    anchor: Timestamp,
    since: Instant,
}

impl Default for RuntimeClock {
    fn default() -> Self {
        RuntimeClock { anchor: Timestamp::now(), since: Instant::now() }
    }
}

impl Clock for RuntimeClock {
    fn now(&self) -> Timestamp {
        later(self.anchor, self.since.elapsed())
    }
}

/// A clock that stands still until it is told to go on.
#[derive(Debug)]
pub struct ManualClock(Mutex<Timestamp>);

impl ManualClock {
    /// A clock that stands at `start`.
    pub fn at(start: Timestamp) -> Self {
        ManualClock(Mutex::new(start))
    }

    /// Moves the clock on.
    pub fn advance(&self, by: Duration) {
        let mut now = super::lock(&self.0);
        *now = later(*now, by);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        *super::lock(&self.0)
    }
}

/// `from` and a duration after it; the end of time where that is beyond it.
pub(super) fn later(from: Timestamp, by: Duration) -> Timestamp {
    from.saturating_add(by).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_manual_clock_moves_only_when_told() {
        let clock = ManualClock::at(Timestamp::UNIX_EPOCH);
        assert_eq!(clock.now(), Timestamp::UNIX_EPOCH);
        clock.advance(Duration::from_secs(90));
        assert_eq!(clock.now().to_string(), "1970-01-01T00:01:30Z");
        clock.advance(Duration::MAX);
        assert_eq!(clock.now(), Timestamp::MAX);
    }

    #[tokio::test(start_paused = true)]
    async fn the_runtime_clock_follows_the_runtime() {
        let clock = RuntimeClock::default();
        let start = clock.now();
        tokio::time::advance(Duration::from_secs(60)).await;
        assert_eq!(clock.now(), later(start, Duration::from_secs(60)));
    }
}
