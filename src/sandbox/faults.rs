//! What can go wrong between a client and the API, to be asked for by probability or by script.
//!
//! A fault by probability is drawn from its seed, the call, the e-mail and how often that e-mail has been sent: the order
//! in which concurrent requests happen to arrive does not change what happens to whom.

use std::str::FromStr;
use std::time::Duration;

use axum::http::Method;
use sha2::{Digest, Sha256};

use crate::autoscribe::wire::{INVITATIONS, USERS};

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

/// The calls of the API.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "each is the API's call of the same name")]
pub enum Call {
    Invite,
    ListUsers,
    GetUser,
    PatchUser,
    RevokeAccess,
    Reactivate,
    ListInvitations,
    GetInvitation,
    PatchInvitation,
    RevokeInvitation,
}

impl Call {
    /// The call that a method and a path make; none where the API has no such call.
    pub fn of(method: &Method, path: &str) -> Option<Self> {
        let rest = path.strip_prefix(USERS)?;
        let invitation = path.strip_prefix(INVITATIONS).and_then(|rest| rest.strip_prefix('/'));
        match (method.as_str(), rest, invitation) {
            ("POST", "", _) => Some(Call::Invite),
            ("GET", "", _) => Some(Call::ListUsers),
            ("POST", "/revoke-access", _) => Some(Call::RevokeAccess),
            ("POST", "/reactivate", _) => Some(Call::Reactivate),
            ("GET", "/invitations", _) => Some(Call::ListInvitations),
            ("POST", _, Some("revoke")) => Some(Call::RevokeInvitation),
            ("GET", _, Some(_)) => Some(Call::GetInvitation),
            ("PATCH", _, Some(_)) => Some(Call::PatchInvitation),
            ("GET", rest, None) if rest.starts_with('/') => Some(Call::GetUser),
            ("PATCH", rest, None) if rest.starts_with('/') => Some(Call::PatchUser),
            _ => None,
        }
    }

    /// Whether it is one of the two lists.
    pub fn is_list(self) -> bool {
        matches!(self, Call::ListUsers | Call::ListInvitations)
    }
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

/// The text is no fault, or no wait.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FaultError {
    /// No such fault.
    #[error(
        "there is no fault \"{0}\"; there are reset, hang, slow, 5xx, html, truncated, stall, invalid-json, \
         bad-encoding, wrong-shape, no-user-id, bad-user-id, other-email, oversize and every status from 300 to 599, each also with \
         -before or -after"
    )]
    Unknown(String),
    /// `slow` without a duration.
    #[error("slow needs a time in seconds, as in slow-before:2.5; \"{0}\" is none")]
    Slow(String),
    /// A wait that cannot be read.
    #[error("\"{0}\" is no wait; write none, ms:250, date:5, date:-60, or the text of the header itself: 2, 0.5, NaN")]
    Wait(String),
}

/// `KIND[-before|-after][:WAIT]`, as on the command line: `reset-after`, `503-before:2`, `429:ms:250`, `slow-after:3`.
impl FromStr for Fault {
    type Err = FaultError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (head, detail) = text.split_once(':').map_or((text, None), |(head, detail)| (head, Some(detail)));
        let (name, when) = match (head.strip_suffix("-before"), head.strip_suffix("-after")) {
            (Some(name), _) => (name, Some(When::BeforeActing)),
            (_, Some(name)) => (name, Some(When::AfterActing)),
            _ => (head, None),
        };
        let kind = FaultKind::parse(name, detail, text)?;
        let when = when.unwrap_or_else(|| kind.usual_side());
        Ok(Fault { kind, when })
    }
}

impl FaultKind {
    fn parse(name: &str, detail: Option<&str>, whole: &str) -> Result<Self, FaultError> {
        let plain = match name {
            "reset" => FaultKind::Reset,
            "hang" => FaultKind::Hang,
            "5xx" => FaultKind::Any5xx,
            "truncated" => FaultKind::Truncated,
            "stall" => FaultKind::Stall,
            "html" => FaultKind::Html,
            "invalid-json" => FaultKind::InvalidJson,
            "bad-encoding" => FaultKind::BadEncoding,
            "wrong-shape" => FaultKind::WrongShape,
            "no-user-id" => FaultKind::NoUserId,
            "bad-user-id" => FaultKind::BadUserId,
            "other-email" => FaultKind::OtherEmail,
            "oversize" => FaultKind::Oversize,
            "slow" => return FaultKind::slow(detail.unwrap_or_default(), whole),
            _ => return FaultKind::status(name, detail, whole),
        };
        match detail {
            None => Ok(plain),
            Some(_) => Err(FaultError::Unknown(whole.to_owned())),
        }
    }

    fn slow(seconds: &str, whole: &str) -> Result<Self, FaultError> {
        let time = seconds.parse().ok().and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
        time.map(FaultKind::Slow).ok_or_else(|| FaultError::Slow(whole.to_owned()))
    }

    fn status(name: &str, detail: Option<&str>, whole: &str) -> Result<Self, FaultError> {
        let unknown = || FaultError::Unknown(whole.to_owned());
        let status: u16 = name.parse().map_err(|_| unknown())?;
        match status {
            301..=303 | 307 | 308 => Ok(FaultKind::Redirect { status, to: detail.map(str::to_owned) }),
            300..=599 => Ok(FaultKind::Status(status, detail.unwrap_or("none").parse()?)),
            _ => Err(unknown()),
        }
    }

    /// The side of acting on which it happens when nothing else is said.
    fn usual_side(&self) -> When {
        match self {
            FaultKind::Status(..) | FaultKind::Redirect { .. } | FaultKind::Any5xx | FaultKind::Html => {
                When::BeforeActing
            }
            FaultKind::Reset | FaultKind::Hang | FaultKind::Slow(_) => When::BeforeActing,
            _ => When::AfterActing,
        }
    }
}

impl FromStr for RetryAfterStyle {
    type Err = FaultError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let bad = || FaultError::Wait(text.to_owned());
        if text == "none" {
            Ok(RetryAfterStyle::None)
        } else if let Some(millis) = text.strip_prefix("ms:") {
            millis.parse().map(RetryAfterStyle::Millis).map_err(|_| bad())
        } else if let Some(seconds) = text.strip_prefix("date:") {
            seconds.parse().map(RetryAfterStyle::Date).map_err(|_| bad())
        } else if !text.is_empty() && text.bytes().all(|b| b.is_ascii_graphic() || b == b' ') {
            Ok(RetryAfterStyle::Text(text.to_owned()))
        } else {
            Err(bad())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_reads_as_it_is_written_on_the_command_line() {
        let wait = |text: &str| RetryAfterStyle::Text(text.into());
        for (text, fault) in [
            ("reset-after", Fault::after(FaultKind::Reset)),
            ("reset", Fault::before(FaultKind::Reset)),
            ("html-after", Fault::after(FaultKind::Html)),
            ("truncated", Fault::after(FaultKind::Truncated)),
            ("no-user-id", Fault::after(FaultKind::NoUserId)),
            ("5xx-after", Fault::after(FaultKind::Any5xx)),
            ("503-before:2", Fault::before(FaultKind::Status(503, wait("2")))),
            ("429:ms:250", Fault::before(FaultKind::Status(429, RetryAfterStyle::Millis(250)))),
            ("429:date:-60", Fault::before(FaultKind::Status(429, RetryAfterStyle::Date(-60)))),
            ("429:NaN", Fault::before(FaultKind::Status(429, wait("NaN")))),
            ("slow-after:0.5", Fault::after(FaultKind::Slow(Duration::from_millis(500)))),
            ("302", Fault::before(FaultKind::Redirect { status: 302, to: None })),
        ] {
            assert_eq!(text.parse(), Ok(fault), "{text}");
        }
        for text in ["", "resett", "200", "700", "slow", "slow:-1", "429:ms:x", "429:", "reset:2"] {
            assert!(text.parse::<Fault>().is_err(), "{text}");
        }
    }

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

    #[test]
    fn every_call_is_told_by_method_and_path() {
        let id = "usr_1234567890abcdef1234567890abcdef";
        for (method, path, call) in [
            (Method::POST, USERS.to_owned(), Some(Call::Invite)),
            (Method::GET, USERS.to_owned(), Some(Call::ListUsers)),
            (Method::GET, format!("{USERS}/{id}"), Some(Call::GetUser)),
            (Method::PATCH, format!("{USERS}/{id}"), Some(Call::PatchUser)),
            (Method::POST, format!("{USERS}/revoke-access"), Some(Call::RevokeAccess)),
            (Method::POST, format!("{USERS}/reactivate"), Some(Call::Reactivate)),
            (Method::GET, INVITATIONS.to_owned(), Some(Call::ListInvitations)),
            (Method::GET, format!("{INVITATIONS}/inv_1"), Some(Call::GetInvitation)),
            (Method::PATCH, format!("{INVITATIONS}/inv_1"), Some(Call::PatchInvitation)),
            (Method::POST, format!("{INVITATIONS}/revoke"), Some(Call::RevokeInvitation)),
            (Method::DELETE, USERS.to_owned(), None),
            (Method::GET, "/v1/other".to_owned(), None),
        ] {
            assert_eq!(Call::of(&method, &path), call, "{method} {path}");
        }
    }
}
