//! Answers of any form: nothing but a whole, well-formed success confirms, and what may have been done is never taken for
//! undone.
//!
//! ```text
//! 201
//! application/json
//! (retry-after-ms)
//! (retry-after)
//! (date)
//! whole
//! ana@example.org
//! {"userId": …}
//! ```
//!
//! The sixth line is `whole`, `truncated`, `large`, `lost`, `unreachable`, `certificate` or `proxy`.

use avara_onboard::autoscribe::client::{Answer, Body, Exchange, NotSent};
use avara_onboard::autoscribe::directory::{Directory, Presence};
use avara_onboard::autoscribe::reading::{message_of, wait_asked};
use avara_onboard::autoscribe::revocation;
use avara_onboard::autoscribe::verdict::{PageFault, Verdict, page, verdict};
use avara_onboard::autoscribe::wire::{InvitationsPage, UsersPage, is_user_id};
use avara_onboard::staff::EmailKey;
use jiff::Timestamp;
use serde_json::Value;

/// An answer to an invitation, a revocation, and for a page of each list.
pub fn answers(bytes: &[u8]) {
    let (exchange, email) = exchange(bytes);
    invitation(&exchange, &email);
    revoked(&exchange);
    lists(&exchange, &email);
    if let Exchange::Answer(answer) = &exchange {
        let message = message_of(answer);
        assert!(!message.is_empty() && message.chars().count() <= 200, "{message:?}");
        assert!(!message.contains(['\n', '\r']), "{message:?}");
        assert!(wait_asked(answer).is_none_or(|wait| !wait.is_zero()));
    }
}

fn exchange(bytes: &[u8]) -> (Exchange, EmailKey) {
    let mut parts = bytes.splitn(8, |byte| *byte == b'\n');
    let mut line = || String::from_utf8_lossy(parts.next().unwrap_or_default()).into_owned();
    let status = line().parse().unwrap_or(200);
    let content_type = line();
    let mut header = || Some(line()).filter(|text| !text.is_empty());
    let (retry_after_ms, retry_after, date) = (header(), header(), header());
    let (kind, email) = (line(), EmailKey::of(&line()));
    let body = parts.next().unwrap_or_default().to_owned();
    let answer = |body| {
        Exchange::Answer(Answer { status, retry_after_ms, retry_after, date, location_host: None, content_type, body })
    };
    let why = || "it went wrong".to_owned();
    let exchange = match kind.as_str() {
        "truncated" => answer(Body::Truncated { why: why() }),
        "large" => answer(Body::TooLarge),
        "lost" => Exchange::Lost { why: why() },
        "unreachable" => Exchange::NotSent(NotSent::Unreachable(why())),
        "certificate" => Exchange::NotSent(NotSent::Certificate(why())),
        "proxy" => Exchange::NotSent(NotSent::ProxyCredentials),
        _ => answer(Body::Whole(body)),
    };
    (exchange, email)
}

/// The body of a success that came whole.
fn whole_success(exchange: &Exchange) -> Option<&[u8]> {
    match exchange {
        Exchange::Answer(Answer { status: 200..=299, body: Body::Whole(bytes), .. }) => Some(bytes),
        _ => None,
    }
}

/// All of an object, read without the program's types; nothing where a part that the program passes over cannot be read
/// (a number that is too large), which takes nothing from what the others say.
fn read_whole(body: &[u8]) -> Option<Value> {
    assert!(str::from_utf8(body).is_ok(), "a wrong byte spoils an answer");
    assert_eq!(body.trim_ascii().first(), Some(&b'{'), "only an object says that something was done");
    serde_json::from_slice(body).ok()
}

fn invitation(exchange: &Exchange, email: &EmailKey) {
    let said = verdict(exchange, email);
    assert_eq!(said, verdict(exchange, email), "the same exchange means two things");
    if let Verdict::Confirmed { user_id } = &said {
        assert!(is_user_id(user_id));
        let body = whole_success(exchange).expect("only a whole success confirms");
        if let Some(body) = read_whole(body) {
            assert_eq!(body["userId"].as_str(), Some(user_id.as_str()));
            assert_eq!(body["email"].as_str().map(EmailKey::of).as_ref(), Some(email), "somebody else is confirmed");
        }
    }
    let undone = matches!(said, Verdict::NeverLeft { .. } | Verdict::RateLimited { .. } | Verdict::Refused { .. });
    match exchange {
        Exchange::Lost { .. } => assert!(matches!(said, Verdict::Unknown { .. })),
        Exchange::NotSent(_) => assert!(matches!(said, Verdict::NeverLeft { .. } | Verdict::Stop(_))),
        Exchange::Answer(answer) => match answer.status {
            200..=299 => assert!(!undone && !matches!(said, Verdict::Stop(_) | Verdict::Conflict { .. }), "{said:?}"),
            408 | 425 | 500.. => assert!(matches!(said, Verdict::Unknown { .. }), "{said:?}"),
            _ => assert!(!matches!(said, Verdict::NeverLeft { .. })),
        },
    }
}

fn revoked(exchange: &Exchange) {
    if revocation::verdict(exchange) == revocation::Verdict::Revoked {
        let body = whole_success(exchange).expect("only a whole success revokes");
        if let Some(body) = read_whole(body) {
            assert_eq!(body["success"], Value::Bool(true));
        }
    }
}

fn lists(exchange: &Exchange, email: &EmailKey) {
    let mut directory = Directory::default();
    let now = Timestamp::UNIX_EPOCH;
    let users = page::<UsersPage>(exchange);
    let invitations = page::<InvitationsPage>(exchange);
    for fault in [users.as_ref().err(), invitations.as_ref().err()].into_iter().flatten() {
        in_words(fault);
    }
    if users.is_ok() || invitations.is_ok() {
        assert!(whole_success(exchange).is_some(), "only a whole success is a page");
    }
    let mut known = false;
    for user in users.into_iter().flat_map(|page| page.users) {
        known |= EmailKey::of(&user.email) == *email;
        directory.add_user(user);
    }
    for invitation in invitations.into_iter().flat_map(|page| page.invitations) {
        known |= EmailKey::of(&invitation.email) == *email;
        directory.add_invitation(invitation, now);
    }
    assert_eq!(directory.presence(email) != Presence::Absent, known, "who is listed is there, and nobody else");
}

fn in_words(fault: &PageFault) {
    if let PageFault::Passing { why, .. } | PageFault::Forbidden { message: why } | PageFault::Intercepted { why } =
        fault
    {
        assert!(!why.is_empty());
    }
}
