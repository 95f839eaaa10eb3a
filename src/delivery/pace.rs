//! The rate that was asked for is the rate that is kept: promise 2 of the product.
//!
//! governor spaces the requests; its burst of a few lets a wake-up that came late be caught up. A burst alone would let
//! more than N + 1 through in the first second, so a log of the last N departures makes the promise exact: departure i
//! is no earlier than one window after departure i - N. Every request takes a slot, look-ups too, in the order they ask.

use std::collections::VecDeque;
use std::fmt;
use std::num::NonZeroU32;
use std::str::FromStr;
use std::time::Duration;

use governor::clock::{Clock, Reference};
use governor::middleware::NoOpMiddleware;
use governor::nanos::Nanos;
use governor::state::{InMemoryState, NotKeyed};
use governor::{Quota, RateLimiter};
use tokio::sync::Mutex;
use tokio::time::{Instant, sleep_until};

/// `--rate`: how many requests may leave in any window of a second or a minute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rate {
    /// `N/s` or `N/m`.
    Limited {
        /// N.
        most: NonZeroU32,
        /// A second or a minute.
        window: Duration,
    },
    /// `unlimited`.
    Unlimited,
}

impl Rate {
    /// `N/s`; at least one.
    pub const fn per_second(n: u32) -> Self {
        let most = match NonZeroU32::new(n) {
            Some(most) => most,
            None => NonZeroU32::MIN,
        };
        Rate::Limited { most, window: Duration::from_secs(1) }
    }

    /// Requests a second, for estimates.
    pub fn each_second(self) -> Option<f64> {
        match self {
            Rate::Limited { most, window } => Some(f64::from(most.get()) / window.as_secs_f64()),
            Rate::Unlimited => None,
        }
    }
}

impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Rate::Limited { most, window } if window.as_secs() == 60 => write!(f, "{most}/m"),
            Rate::Limited { most, .. } => write!(f, "{most}/s"),
            Rate::Unlimited => f.write_str("unlimited"),
        }
    }
}

/// The text is no rate.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("write a whole number a second or a minute, as in 10/s or 90/m (at most 10000), or unlimited")]
pub struct RateError;

impl FromStr for Rate {
    type Err = RateError;

    fn from_str(text: &str) -> Result<Self, RateError> {
        if text == "unlimited" {
            return Ok(Rate::Unlimited);
        }
        let (number, unit) = text.split_once('/').ok_or(RateError)?;
        let most: NonZeroU32 = number.trim().parse().map_err(|_| RateError)?;
        let window = match unit.trim() {
            "s" | "sec" | "second" => Duration::from_secs(1),
            "m" | "min" | "minute" => Duration::from_secs(60),
            _ => return Err(RateError),
        };
        if most.get() > 10_000 {
            return Err(RateError);
        }
        Ok(Rate::Limited { most, window })
    }
}

/// tokio's clock for governor, so that a test that pauses time pauses the pace too.
#[derive(Clone, Debug)]
struct TokioClock {
    start: Instant,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct SinceStart(Duration);

impl std::ops::Add<Nanos> for SinceStart {
    type Output = Self;

    fn add(self, other: Nanos) -> Self {
        SinceStart(self.0 + Duration::from(other))
    }
}

impl Reference for SinceStart {
    fn duration_since(&self, earlier: Self) -> Nanos {
        self.0.saturating_sub(earlier.0).into()
    }

    fn saturating_sub(&self, duration: Nanos) -> Self {
        self.0.checked_sub(duration.into()).map_or(*self, SinceStart)
    }
}

impl Clock for TokioClock {
    type Instant = SinceStart;

    fn now(&self) -> SinceStart {
        SinceStart(self.start.elapsed())
    }
}

type Limiter = RateLimiter<NotKeyed, InMemoryState, TokioClock, NoOpMiddleware<SinceStart>>;

/// Hands out departures at a rate.
pub struct Pace {
    clock: TokioClock,
    limiter: Option<Limiter>,
    /// Held while the one whose turn it is waits; tokio's mutex is fair, so departures are first come, first served.
    turns: Mutex<Window>,
    /// What really left.
    left: Mutex<Window>,
    /// The least time between two that really leave.
    apart: Duration,
}

/// Waits for a time, not even for a timer's grain where it has come already.
async fn until(time: Instant) {
    if time > Instant::now() {
        sleep_until(time).await;
    }
}

/// The departures of the last window.
struct Window {
    most: usize,
    length: Duration,
    departures: VecDeque<Instant>,
}

impl Window {
    fn new(most: usize, length: Duration) -> Self {
        Window { most, length, departures: VecDeque::with_capacity(most) }
    }

    /// Waits until one more departure keeps the promise.
    async fn wait(&self) {
        if self.departures.len() == self.most
            && let Some(oldest) = self.departures.front().copied()
        {
            until(oldest + self.length).await;
        }
    }

    fn note(&mut self) {
        if self.departures.len() == self.most {
            self.departures.pop_front();
        }
        self.departures.push_back(Instant::now());
    }
}

/// Two requests that leave exactly a window apart may arrive closer together, by what the network and a busy machine do to
/// them. It costs less than half a per cent of the rate.
const MARGIN: Duration = Duration::from_millis(4);

/// What a slow disk has held back leaves this much apart, or half of what the rate puts between two: in one burst, each
/// would wait for a processor and arrive late by another time. Below a timer's grain nothing can be spaced.
const GRAIN: Duration = Duration::from_millis(1);

impl Pace {
    /// A pace that begins now.
    pub fn new(rate: Rate) -> Self {
        let clock = TokioClock { start: Instant::now() };
        let (limiter, most, length, apart) = match rate {
            Rate::Unlimited => (None, 0, Duration::ZERO, Duration::ZERO),
            Rate::Limited { most, window } => {
                let each = window / most.get();
                // As many as a wake-up can be late by: a timer's grain is a millisecond, a busy machine's several.
                let burst = NonZeroU32::new(1 + (4_000_000 / each.as_nanos().max(1)) as u32).unwrap_or(NonZeroU32::MIN);
                let quota = Quota::with_period(each).map(|quota| quota.allow_burst(burst.max(TWO)));
                (
                    quota.map(|quota| RateLimiter::direct_with_clock(quota, clock.clone())),
                    most.get() as usize,
                    window + MARGIN.min(each / 2),
                    Some(each / 2).filter(|apart| *apart >= GRAIN).unwrap_or_default(),
                )
            }
        };
        Pace {
            clock,
            limiter,
            turns: Mutex::new(Window::new(most, length)),
            left: Mutex::new(Window::new(most, length)),
            apart,
        }
    }

    /// Waits for this request's departure. Dropping the future gives the slot back.
    pub async fn depart(&self) {
        let Some(limiter) = &self.limiter else { return };
        let mut window = self.turns.lock().await;
        window.wait().await;
        while let Err(not_until) = limiter.check() {
            let wait = not_until.wait_time_from(self.clock.now());
            sleep_until(Instant::now() + wait).await;
        }
        window.note();
    }

    /// The last gate before the first byte: whatever was waited for since [`depart`](Self::depart) (a place among those in
    /// flight, or a slow disk, which may hold several intents and let them go at once), what really leaves in a window
    /// keeps the promise. `may` is asked when the wait is over; what does not leave then takes nothing of the rate.
    pub async fn leave(&self, may: impl FnOnce() -> bool) {
        if self.limiter.is_none() {
            may();
            return;
        }
        let mut window = self.left.lock().await;
        window.wait().await;
        if let Some(last) = window.departures.back().copied() {
            until(last + self.apart).await;
        }
        if may() {
            window.note();
        }
    }
}

const TWO: NonZeroU32 = NonZeroU32::MIN.saturating_add(1);

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    #[test]
    fn rates_read_back() {
        for text in ["10/s", "90/m", "unlimited"] {
            assert_eq!(text.parse::<Rate>().unwrap().to_string(), text);
        }
        for text in ["", "10", "0/s", "1.5/s", "-1/s", "10/h", "10001/s", "10/s/s"] {
            assert_eq!(text.parse::<Rate>(), Err(RateError), "{text}");
        }
    }

    async fn departures(rate: Rate, senders: usize, total: usize) -> Vec<Duration> {
        let start = Instant::now();
        let pace = Arc::new(Pace::new(rate));
        let (sender, mut receiver) = tokio::sync::mpsc::unbounded_channel();
        for _ in 0..senders {
            let (pace, sender) = (pace.clone(), sender.clone());
            tokio::spawn(async move {
                for _ in 0..total / senders {
                    pace.depart().await;
                    sender.send(start.elapsed()).unwrap();
                }
            });
        }
        drop(sender);
        let mut times = Vec::new();
        while let Some(time) = receiver.recv().await {
            times.push(time);
        }
        times
    }

    /// The most departures in any half-open window.
    fn busiest(times: &[Duration], window: Duration) -> usize {
        times
            .iter()
            .map(|from| times.iter().filter(|at| *at >= from && **at < *from + window).count())
            .max()
            .unwrap_or(0)
    }

    #[tokio::test(start_paused = true)]
    async fn any_second_holds_the_rate_from_the_first_on() {
        for n in [1, 3, 10, 200, 1000] {
            let total = n as usize * 5;
            let times = departures(Rate::per_second(n), 1.max(n as usize / 10), total).await;
            assert!(busiest(&times, Duration::from_secs(1)) <= n as usize, "{n}/s");
            let used = (total - 1) as f64 / f64::from(n) / times.last().unwrap().as_secs_f64();
            assert!(n == 1 || used > 0.99, "{n}/s: only {used} of it used");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn any_minute_holds_the_rate() {
        let rate = "90/m".parse().unwrap();
        let times = departures(rate, 3, 270).await;
        assert!(busiest(&times, Duration::from_secs(60)) <= 90);
        assert!(times.last().unwrap().as_secs_f64() < 180.0);
    }

    #[tokio::test(start_paused = true)]
    async fn idle_time_is_not_saved_up() {
        let pace = Pace::new(Rate::per_second(10));
        pace.depart().await;
        tokio::time::sleep(Duration::from_secs(30)).await;
        let start = Instant::now();
        let mut times = Vec::new();
        for _ in 0..30 {
            pace.depart().await;
            times.push(start.elapsed());
        }
        assert!(busiest(&times, Duration::from_secs(1)) <= 10);
    }

    #[tokio::test(start_paused = true)]
    async fn what_a_slow_disk_held_back_does_not_leave_in_a_burst() {
        let start = Instant::now();
        let pace = Arc::new(Pace::new(Rate::per_second(10)));
        // The disk lets go of what it holds once a second.
        let senders = (0..8).map(|_| {
            let pace = pace.clone();
            tokio::spawn(async move {
                let mut times = Vec::new();
                for _ in 0..10 {
                    pace.depart().await;
                    let held = 1_000 - start.elapsed().as_millis() as u64 % 1_000;
                    tokio::time::sleep(Duration::from_millis(held)).await;
                    pace.leave(|| true).await;
                    times.push(start.elapsed());
                }
                times
            })
        });
        let mut times = Vec::new();
        for sender in senders.collect::<Vec<_>>() {
            times.extend(sender.await.unwrap());
        }
        times.sort();
        assert!(busiest(&times, Duration::from_secs(1)) <= 10);
    }

    #[tokio::test(start_paused = true)]
    async fn unlimited_never_waits() {
        let times = departures(Rate::Unlimited, 4, 4000).await;
        assert_eq!(times.last(), Some(&Duration::ZERO));
    }
}
