//! How long to wait before trying again, and how often it may be done.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use backon::{BackoffBuilder, ExponentialBuilder};

/// Exponential backoff with jitter: half a second, doubling to half a minute, plus up to as much again by chance, so that
/// senders that failed together do not come back together.
#[derive(Clone, Debug)]
pub struct Backoff {
    seed: u64,
}

impl Backoff {
    /// `seed` decides the jitter.
    pub fn new(seed: u64) -> Self {
        Backoff { seed }
    }

    /// The wait after the `failures`-th failure in a row, from 1; `salt` tells senders apart.
    pub fn wait(&self, failures: u32, salt: u64) -> Duration {
        ExponentialBuilder::new()
            .with_min_delay(Duration::from_millis(500))
            .with_factor(2.0)
            .with_max_delay(Duration::from_secs(30))
            .without_max_times()
            .with_jitter()
            .with_jitter_seed(self.seed ^ salt.wrapping_mul(0x9E37_79B9_7F4A_7C15))
            .build()
            .nth(failures.saturating_sub(1).min(16) as usize)
            .unwrap_or(Duration::from_secs(30))
    }
}

/// How many sends may be repeated in a run: a tenth of its rows, and ten. 429s and look-ups do not count.
///
/// Without it a service that fails half of its requests would be asked twice as much as one that is well.
#[derive(Debug)]
pub struct Budget {
    left: AtomicU64,
}

impl Budget {
    /// The budget of a run of so many rows.
    pub fn of(rows: u64) -> Self {
        Budget { left: AtomicU64::new(rows / 10 + 10) }
    }

    /// Takes one repeat, if there is one left.
    pub fn take(&self) -> bool {
        self.left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1)).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_half_a_minute_and_are_jittered() {
        let backoff = Backoff::new(7);
        let within = |wait: Duration, least: f64| (least..=2.0 * least).contains(&wait.as_secs_f64());
        for (failures, least) in [(1, 0.5), (2, 1.0), (3, 2.0), (7, 30.0), (40, 30.0)] {
            let wait = backoff.wait(failures, 3);
            assert!(within(wait, least), "{failures}: {wait:?}");
        }
        assert_ne!(backoff.wait(3, 1), backoff.wait(3, 2));
    }

    #[test]
    fn a_tenth_of_the_rows_and_ten() {
        let budget = Budget::of(100);
        assert_eq!((0..50).filter(|_| budget.take()).count(), 20);
    }
}
