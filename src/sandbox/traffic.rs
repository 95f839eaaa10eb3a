//! The requests of an account: which there were, which are to fail, and whether there are too many.

use std::collections::{HashMap, VecDeque};
use std::time::Duration;

use axum::body::Bytes;
use axum::http::HeaderMap;
use axum::http::request::Parts;
use tokio::time::Instant;

use super::call::Call;
use super::faults::{Fault, Faults, Trigger};
use super::options::RateLimit;
use crate::staff::EmailKey;

/// A request, as it came.
#[derive(Clone, Debug)]
pub struct SeenRequest {
    /// Its number, from 1, in order of arrival.
    pub number: u64,
    /// When its head had arrived.
    pub at: Instant,
    /// `GET`, `POST`, `PATCH` or another.
    pub method: String,
    /// The path, without the query.
    pub path: String,
    /// The query.
    pub query: Option<String>,
    /// The headers.
    pub headers: HeaderMap,
    /// The body; empty until it has arrived whole.
    pub body: Bytes,
}

/// What is known of the requests.
#[derive(Debug, Default)]
pub(super) struct Traffic {
    seen: VecDeque<SeenRequest>,
    arrived: u64,
    at_work: usize,
    most_at_work: usize,
    script: Vec<(Trigger, Fault)>,
    calls: HashMap<Call, u64>,
    about: HashMap<(Call, String), u64>,
    admitted: VecDeque<Instant>,
}

impl Traffic {
    /// Notes a request whose head has arrived; `keep` of them are kept. Returns its number.
    pub(super) fn arrive(&mut self, head: &Parts, keep: usize) -> u64 {
        self.arrived += 1;
        self.at_work += 1;
        self.most_at_work = self.most_at_work.max(self.at_work);
        self.seen.push_back(SeenRequest {
            number: self.arrived,
            at: Instant::now(),
            method: head.method.to_string(),
            path: head.uri.path().to_owned(),
            query: head.uri.query().map(str::to_owned),
            headers: head.headers.clone(),
            body: Bytes::new(),
        });
        while self.seen.len() > keep {
            self.seen.pop_front();
        }
        self.arrived
    }

    /// Notes the body of a request.
    pub(super) fn receive(&mut self, number: u64, body: &Bytes) {
        let first = self.arrived - self.seen.len() as u64 + 1;
        let place = number.checked_sub(first).and_then(|place| usize::try_from(place).ok());
        if let Some(request) = place.and_then(|place| self.seen.get_mut(place)) {
            request.body = body.clone();
        }
    }

    /// Notes that a request is over, answered or not.
    pub(super) fn leave(&mut self) {
        self.at_work -= 1;
    }

    /// The requests kept, in order of arrival.
    pub(super) fn seen(&self) -> Vec<SeenRequest> {
        self.seen.iter().cloned().collect()
    }

    /// The most requests that were at work at the same time.
    pub(super) fn most_at_work(&self) -> usize {
        self.most_at_work
    }

    /// The most requests that arrived within any window of this length; its end does not belong to it.
    pub(super) fn most_within(&self, window: Duration) -> usize {
        let mut first = 0;
        let mut most = 0;
        for (last, request) in self.seen.iter().enumerate() {
            while first < last && request.at.duration_since(self.seen[first].at) >= window {
                first += 1;
            }
            most = most.max(last - first + 1);
        }
        most
    }

    /// Adds a fault to the script.
    pub(super) fn script(&mut self, trigger: Trigger, fault: Fault) {
        self.script.push((trigger, fault));
    }

    /// How many scripted faults are still to come; those that stay count.
    pub(super) fn scripted(&self) -> usize {
        self.script.len()
    }

    /// Takes a request in, or says that there were too many in the last second.
    pub(super) fn admit(&mut self, limit: &RateLimit, now: Instant) -> bool {
        const WINDOW: Duration = Duration::from_secs(1);
        while self.admitted.front().is_some_and(|at| now.duration_since(*at) >= WINDOW) {
            self.admitted.pop_front();
        }
        let is_free = self.admitted.len() < limit.per_second as usize;
        if is_free {
            self.admitted.push_back(now);
        }
        is_free
    }

    /// The fault that a request is to end in: the first of the script that is for it, else one by probability.
    pub(super) fn fault(&mut self, call: Call, subject: &str, faults: &Faults) -> Option<Fault> {
        let number = count(&mut self.calls, call);
        let nth = count(&mut self.about, (call, subject.to_owned()));
        let is_meant = |trigger: &Trigger| match trigger {
            Trigger::Email(email) => call == Call::Invite && EmailKey::of(email).as_str() == subject,
            Trigger::Next(wanted) => *wanted == call,
            Trigger::Nth(wanted, at) => *wanted == call && *at == number,
            Trigger::From(wanted, at) => *wanted == call && *at <= number,
        };
        let fault = match self.script.iter().position(|(trigger, _)| is_meant(trigger)) {
            Some(place) if matches!(self.script[place].0, Trigger::From(..)) => Some(self.script[place].1.clone()),
            Some(place) => Some(self.script.remove(place).1),
            None => faults.draw(call, subject, nth),
        };
        fault.map(|fault| fault.settled(faults.seed, subject, nth))
    }
}

/// Counts one more, and returns how many there are now.
fn count<K: std::hash::Hash + Eq>(counts: &mut HashMap<K, u64>, key: K) -> u64 {
    let count = counts.entry(key).or_default();
    *count += 1;
    *count
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sandbox::faults::{FaultKind, RetryAfterStyle};

    fn reset() -> Fault {
        Fault::before(FaultKind::Reset)
    }

    fn hang() -> Fault {
        Fault::before(FaultKind::Hang)
    }

    #[test]
    fn a_script_is_followed_once_and_in_order() {
        let mut traffic = Traffic::default();
        let none = Faults::default();
        traffic.script(Trigger::Email("Ana@example.org".into()), reset());
        traffic.script(Trigger::Email("ana@example.org".into()), hang());
        traffic.script(Trigger::Nth(Call::Invite, 3), hang());
        let mut invite = |email: &str| traffic.fault(Call::Invite, email, &none);
        assert_eq!(invite("ben@example.org"), None);
        assert_eq!(invite("ana@example.org"), Some(reset()));
        assert_eq!(invite("ana@example.org"), Some(hang()));
        assert_eq!(invite("cleo@example.org"), None, "the third was Ana's, which her own fault took");
    }

    #[test]
    fn what_is_from_some_request_on_stays() {
        let mut traffic = Traffic::default();
        traffic.script(Trigger::From(Call::ListUsers, 2), reset());
        let mut list = || traffic.fault(Call::ListUsers, "/", &Faults::default());
        assert_eq!([list(), list(), list()], [None, Some(reset()), Some(reset())]);
    }

    #[tokio::test(start_paused = true)]
    async fn the_fullest_window_is_found() {
        let mut traffic = Traffic::default();
        assert_eq!(traffic.most_within(Duration::from_secs(1)), 0);
        let (head, ()) = axum::http::Request::new(()).into_parts();
        for wait in [0, 500, 300, 199, 1, 999] {
            tokio::time::advance(Duration::from_millis(wait)).await;
            traffic.arrive(&head, 100);
        }
        // At 0, 500, 800, 999, 1000 and 1999 milliseconds.
        assert_eq!(traffic.most_within(Duration::from_secs(1)), 4);
        assert_eq!(traffic.most_within(Duration::from_millis(1001)), 5);
        assert_eq!(traffic.most_within(Duration::from_millis(1)), 1);
    }

    #[tokio::test(start_paused = true)]
    async fn the_limit_holds_in_any_second() {
        let mut traffic = Traffic::default();
        let limit = RateLimit { per_second: 2, retry_after: RetryAfterStyle::None };
        let start = Instant::now();
        let at = |millis| start + Duration::from_millis(millis);
        assert!(traffic.admit(&limit, at(0)));
        assert!(traffic.admit(&limit, at(900)));
        assert!(!traffic.admit(&limit, at(999)));
        assert!(traffic.admit(&limit, at(1000)));
        assert!(!traffic.admit(&limit, at(1899)));
        assert!(traffic.admit(&limit, at(1900)));
    }
}
