//! The figures of a run: how many rows are done, how fast it goes, how long it will take.

use std::collections::{HashSet, VecDeque};
use std::time::Duration;

use crate::outcome::{Standing, Status};
use crate::report::text::duration;

/// The rate is that of the last half minute: a pause shows, and is forgotten.
const WINDOW: Duration = Duration::from_secs(30);
/// A sample a second is enough for it.
const SAMPLE: Duration = Duration::from_secs(1);

/// How far a run is.
#[derive(Clone, Debug)]
pub(super) struct Figures {
    rows: u64,
    to_send: u64,
    sent: u64,
    done: u64,
    attention: u64,
    unresolved: u64,
    /// Rows in doubt that have no outcome yet.
    in_doubt: HashSet<String>,
    /// When how many had been sent.
    samples: VecDeque<(Duration, u64)>,
}

impl Figures {
    /// Before anything is known.
    pub fn new(now: Duration) -> Self {
        Figures::begin(now, 0, 0)
    }

    /// Sending begins.
    pub fn begin(now: Duration, rows: u64, to_send: u64) -> Self {
        Figures {
            rows,
            to_send,
            sent: 0,
            done: 0,
            attention: 0,
            unresolved: 0,
            in_doubt: HashSet::new(),
            samples: VecDeque::from([(now, 0)]),
        }
    }

    /// A row has its outcome, after so many requests.
    pub fn finish(&mut self, now: Duration, row: &str, status: Status, attempts: u32) {
        self.in_doubt.remove(row);
        match status.standing() {
            Standing::Done => self.done += 1,
            Standing::Attention => self.attention += 1,
            Standing::Unresolved => self.unresolved += 1,
        }
        if attempts > 0 {
            self.sent += 1;
        }
        if self.samples.back().is_none_or(|(at, _)| now.saturating_sub(*at) >= SAMPLE) {
            self.samples.push_back((now, self.sent));
        }
        while self.samples.len() > 1 && now.saturating_sub(self.samples[0].0) > WINDOW {
            self.samples.pop_front();
        }
    }

    /// A row is in doubt.
    pub fn doubt(&mut self, row: &str) {
        self.in_doubt.insert(row.to_owned());
    }

    /// Rows that have an outcome.
    pub fn finished(&self) -> u64 {
        self.done + self.attention + self.unresolved
    }

    /// Rows sent in a second, lately.
    fn rate(&self, now: Duration) -> Option<f64> {
        let (since, sent) = self.samples.front()?;
        let seconds = now.saturating_sub(*since).as_secs_f64();
        let sent = self.sent - sent;
        // In the first instants any figure would be noise.
        (seconds >= 1.0 && sent > 0).then(|| sent as f64 / seconds)
    }

    /// `120 of 300 rows, 100 done, 3 need attention, 9.8/s, 18 s left`.
    pub fn render(&self, now: Duration) -> String {
        let mut parts = vec![format!("{} of {} rows", self.finished(), self.rows), format!("{} done", self.done)];
        match self.attention {
            0 => {}
            1 => parts.push("1 needs attention".to_owned()),
            several => parts.push(format!("{several} need attention")),
        }
        let in_doubt = self.in_doubt.len() as u64 + self.unresolved;
        if in_doubt > 0 {
            parts.push(format!("{in_doubt} in doubt"));
        }
        if let Some(rate) = self.rate(now) {
            parts.push(format!("{rate:.1}/s"));
            let left = self.to_send.saturating_sub(self.sent);
            if left > 0 && self.finished() < self.rows {
                parts.push(format!("{} left", duration(Duration::from_secs_f64((left as f64 / rate).ceil()))));
            }
        }
        parts.join(", ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rate_is_that_of_the_last_half_minute() {
        let second = Duration::from_secs(1);
        let mut figures = Figures::begin(Duration::ZERO, 1000, 240);
        for tick in 1..=40 {
            figures.finish(second * tick, &tick.to_string(), Status::Invited, 1);
        }
        assert_eq!(figures.render(second * 40), "40 of 1000 rows, 40 done, 1.0/s, 3 min 20 s left");
        assert!(figures.samples.len() < 40, "samples do not pile up");
        // After a pause of an hour the window holds only what came since.
        figures.finish(second * 3640, "41", Status::Invited, 1);
        figures.finish(second * 3642, "42", Status::Invited, 1);
        assert_eq!(figures.render(second * 3642), "42 of 1000 rows, 42 done, 0.5/s, 6 min 36 s left");
    }

    #[test]
    fn a_row_is_in_doubt_until_it_has_its_outcome() {
        let mut figures = Figures::begin(Duration::ZERO, 2, 2);
        figures.doubt("2");
        figures.doubt("3");
        figures.doubt("3");
        assert_eq!(figures.render(Duration::ZERO), "0 of 2 rows, 0 done, 2 in doubt");
        figures.finish(Duration::ZERO, "2", Status::Invited, 1);
        figures.finish(Duration::ZERO, "3", Status::Unconfirmed, 1);
        assert_eq!(figures.render(Duration::ZERO), "2 of 2 rows, 1 done, 1 in doubt");
    }

    #[test]
    fn rows_that_need_no_request_do_not_count_for_the_rate() {
        let mut figures = Figures::begin(Duration::ZERO, 3, 1);
        figures.finish(Duration::from_secs(2), "2", Status::AlreadyMember, 0);
        figures.finish(Duration::from_secs(2), "3", Status::Invalid, 0);
        assert_eq!(figures.render(Duration::from_secs(2)), "2 of 3 rows, 1 done, 1 needs attention");
        figures.finish(Duration::from_secs(2), "4", Status::Invited, 1);
        assert_eq!(figures.render(Duration::from_secs(4)), "3 of 3 rows, 2 done, 1 needs attention, 0.2/s");
    }
}
