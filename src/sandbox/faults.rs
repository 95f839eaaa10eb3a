//! What can go wrong between a client and the API, to be asked for by probability or by script.
//!
//! A fault by probability is drawn from its seed, the call, the e-mail and how often that e-mail has been sent: the order
//! in which concurrent requests happen to arrive does not change what happens to whom.

use std::time::Duration;

use sha2::{Digest, Sha256};

use super::call::Call;

/// A way in which a request ends badly, and whether the account has acted on it by then.
#[derive(Clone, Debug, PartialEq)]
pub struct Fault {
    /// How it ends.
    pub kind: FaultKind,
    /// Whether the account has acted.
    pub when: When,
}

/// Whether the account has acted on a request that ends in a fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// Nothing has happened.
    BeforeActing,
    /// The invitation is out.
    AfterActing,
}

/// How a request ends.
#[derive(Clone, Debug, PartialEq)]
pub enum FaultKind {
    /// The connection is reset (a TCP RST).
    Reset,
    /// No answer for as long as the client stays.
    Hang,
    /// The answer takes this long. [`When`] says on which side of acting the time is spent; the account always acts,
    /// also when the client has gone.
    Slow(Duration),
    /// An answer with this status and an ordinary error body.
    Status(u16, RetryAfterStyle),
    /// One of 500, 502, 503 and 504, with or without a wait, as the seed decides.
    Any5xx,
    /// A redirect to another host (to `to`, where it is given).
    Redirect {
        /// 301, 302, 303, 307 or 308.
        status: u16,
        /// The `Location`.
        to: Option<String>,
    },
    /// 200 with half of the body, then the end of the connection.
    Truncated,
    /// 200 with half of the body, and no more of it for as long as the client stays.
    Stall,
    /// 200 with a web page: a network's sign-in page.
    Html,
    /// 200 with something that only begins as JSON.
    InvalidJson,
    /// 200 with a body that is no valid UTF-8.
    BadEncoding,
    /// 200 with JSON of another shape.
    WrongShape,
    /// The right answer without `userId`.
    NoUserId,
    /// The right answer with a `userId` of no right form.
    BadUserId,
    /// The right answer with another person's e-mail.
    OtherEmail,
    /// The right answer, made longer than 1 MiB.
    Oversize,
}

/// How an answer says when to come again.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum RetryAfterStyle {
    /// It does not.
    #[default]
    None,
    /// `retry-after` with this text, whatever it is: `2`, `0.5`, `0`, `-1`, `NaN`, `99999999999`.
    Text(String),
    /// `retry-after-ms`.
    Millis(u64),
    /// `retry-after` with an HTTP date, this many seconds after the answer's own `Date`; before it when negative.
    Date(i64),
}

/// Which request a scripted fault is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trigger {
    /// The next invitation of this e-mail (in any case).
    Email(String),
    /// The next request of this call.
    Next(Call),
    /// The n-th request of this call since the start, counted from 1.
    Nth(Call, u64),
    /// Every request of this call from the n-th on; stays.
    From(Call, u64),
}

/// Faults by probability.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Faults {
    /// For invitations: each fault with its probability. Together at most 1.
    pub invites: Vec<(Fault, f64)>,
    /// For the two lists, likewise.
    pub lists: Vec<(Fault, f64)>,
    /// What they are drawn from.
    pub seed: u64,
}

impl Faults {
    /// Whether every probability is one, and no sum is above 1.
    pub fn are_possible(&self) -> bool {
        [&self.invites, &self.lists].into_iter().all(|faults| {
            faults.iter().all(|(_, probability)| (0.0..=1.0).contains(probability))
                && faults.iter().map(|(_, probability)| probability).sum::<f64>() <= 1.0 + 1e-9
        })
    }

    /// The fault of the `nth` request about `subject` (an e-mail, a path), if it has one.
    pub(super) fn draw(&self, call: Call, subject: &str, nth: u64) -> Option<Fault> {
        let faults = match call {
            Call::Invite => &self.invites,
            call if call.is_list() => &self.lists,
            _ => return None,
        };
        let mut left = unit(digest(self.seed, &[&format!("{call:?}"), subject, &nth.to_string()]));
        for (fault, probability) in faults {
            if left < *probability {
                return Some(fault.clone());
            }
            left -= probability;
        }
        None
    }
}

impl Fault {
    /// A fault before the account acts.
    pub fn before(kind: FaultKind) -> Self {
        Fault { kind, when: When::BeforeActing }
    }

    /// A fault after the account has acted.
    pub fn after(kind: FaultKind) -> Self {
        Fault { kind, when: When::AfterActing }
    }

    /// This fault with what is left open in it decided by the seed.
    pub(super) fn settled(mut self, seed: u64, subject: &str, nth: u64) -> Self {
        const STATUSES: [u16; 4] = [500, 502, 503, 504];
        if self.kind == FaultKind::Any5xx {
            let chance = digest(seed, &["5xx", subject, &nth.to_string()]);
            let wait = match chance[1] % 2 {
                0 => RetryAfterStyle::None,
                _ => RetryAfterStyle::Text("1".to_owned()),
            };
            self.kind = FaultKind::Status(STATUSES[usize::from(chance[0] % 4)], wait);
        }
        self
    }
}

/// 32 bytes that depend on the seed and on every part, and on nothing else.
pub(super) fn digest(seed: u64, parts: &[&str]) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(seed.to_le_bytes());
    for part in parts {
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part.as_bytes());
    }
    hash.finalize().into()
}

/// A number from 0 up to, but not including, 1.
fn unit(bytes: [u8; 32]) -> f64 {
    let mut high = [0; 4];
    high.copy_from_slice(&bytes[..4]);
    f64::from(u32::from_le_bytes(high)) / (f64::from(u32::MAX) + 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_draw_depends_on_seed_and_subject_not_on_order() {
        let faults = Faults { invites: vec![(Fault::after(FaultKind::Reset), 0.3)], seed: 7, ..Faults::default() };
        let one = faults.draw(Call::Invite, "ana@example.org", 1);
        faults.draw(Call::Invite, "ben@example.org", 1);
        assert_eq!(faults.draw(Call::Invite, "ana@example.org", 1), one);

        let hit = (0..2000).filter(|n| faults.draw(Call::Invite, &format!("p{n}@example.org"), 1).is_some()).count();
        assert!((500..700).contains(&hit), "3 in 10 of 2000, not {hit}");
        assert_eq!(faults.draw(Call::ListUsers, "", 1), None);
        assert_eq!(faults.draw(Call::PatchUser, "", 1), None);
    }

    #[test]
    fn impossible_probabilities_are_seen() {
        let with = |probability| Faults {
            invites: vec![(Fault::before(FaultKind::Reset), probability); 2],
            ..Faults::default()
        };
        assert!(with(0.5).are_possible());
        assert!(!with(0.6).are_possible());
        assert!(!with(-0.1).are_possible());
        assert!(!with(f64::NAN).are_possible());
    }
}
