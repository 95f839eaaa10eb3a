//! What an answer to a revocation means. Pure, like [`super::verdict`].
//!
//! Revoking is not like inviting: asked a second time it does no harm. So an answer that cannot be read is
//! [`Verdict::Unknown`], the invitation is looked up, and if it is still pending it is asked again.

use std::time::Duration;

use super::client::{Answer, Body, Exchange, NotSent};
use super::reading::{is_html, message_of, object, wait_asked};
use super::verdict::Stop;
use super::wire::RevokeAnswer;

/// What an exchange means for the invitation that was to be revoked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is revoked.
    Revoked,
    /// The API will not: it is no longer pending, or not known. A look says which.
    Refused {
        /// What the API said.
        message: String,
    },
    /// 429: not processed; all senders wait.
    RateLimited {
        /// The wait that the server asked for.
        wait: Option<Duration>,
    },
    /// Nothing can have reached the server.
    NeverLeft {
        /// What happened.
        why: String,
    },
    /// It may have been processed.
    Unknown {
        /// What happened.
        why: String,
        /// The wait that the server asked for.
        wait: Option<Duration>,
    },
    /// Not processed, and nothing asked after it would be.
    Stop(Stop),
    /// Something on the way answered in AutoScribe's place.
    Intercepted {
        /// What came instead.
        why: String,
    },
}

/// The verdict on a revocation.
pub fn verdict(exchange: &Exchange) -> Verdict {
    match exchange {
        Exchange::Answer(answer) => of_answer(answer),
        Exchange::NotSent(NotSent::Unreachable(why)) => Verdict::NeverLeft { why: why.clone() },
        Exchange::NotSent(NotSent::Certificate(problem)) => Verdict::Stop(Stop::Certificate(problem.clone())),
        Exchange::NotSent(NotSent::ProxyCredentials) => Verdict::Stop(Stop::ProxyCredentials),
        Exchange::Lost { why } => Verdict::Unknown { why: why.clone(), wait: None },
    }
}

fn of_answer(answer: &Answer) -> Verdict {
    match answer.status {
        200..=299 => of_success(answer),
        300..=399 => Verdict::Stop(Stop::Redirect {
            status: answer.status,
            host: answer.location_host.clone().unwrap_or_else(|| "nowhere".to_owned()),
        }),
        // 404 is about the invitation here, not about the address: the lists were read there a moment ago.
        400 | 404 | 409 | 410 | 413 | 422 => Verdict::Refused { message: message_of(answer) },
        407 => Verdict::Stop(Stop::ProxyCredentials),
        429 => Verdict::RateLimited { wait: wait_asked(answer) },
        401..=406 | 411 | 412 | 414..=417 | 421 | 426 | 428 | 431 | 451 => {
            Verdict::Stop(Stop::Refused { status: answer.status, message: message_of(answer) })
        }
        status => Verdict::Unknown {
            why: format!("the server answered {status}: {}", message_of(answer)),
            wait: wait_asked(answer),
        },
    }
}

fn of_success(answer: &Answer) -> Verdict {
    let unknown = |why: &str| Verdict::Unknown { why: why.to_owned(), wait: None };
    let bytes = match &answer.body {
        Body::Whole(bytes) => bytes,
        Body::Truncated { .. } => return unknown("the answer was cut off"),
        Body::TooLarge => return unknown("the answer was longer than 1 MiB"),
    };
    if is_html(answer, bytes) {
        return Verdict::Intercepted { why: "a web page came instead of AutoScribe's answer".to_owned() };
    }
    match object::<RevokeAnswer>(bytes) {
        Ok(RevokeAnswer { success: true, .. }) => Verdict::Revoked,
        Ok(RevokeAnswer { success: false, message }) => {
            Verdict::Refused { message: message.unwrap_or_else(|| "(no message)".to_owned()) }
        }
        Err(_) => unknown("the answer is not in AutoScribe's form"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judge(status: u16, body: &str) -> Verdict {
        verdict(&Exchange::Answer(Answer {
            status,
            retry_after_ms: None,
            retry_after: Some("2".to_owned()),
            date: None,
            location_host: None,
            content_type: "application/json".to_owned(),
            body: Body::Whole(body.as_bytes().to_vec()),
        }))
    }

    #[test]
    fn only_a_clear_yes_is_a_yes() {
        assert_eq!(judge(200, r#"{"success":true,"message":"done","new":1}"#), Verdict::Revoked);
        let no = Verdict::Refused { message: "too late".to_owned() };
        assert_eq!(judge(200, r#"{"success":false,"message":"too late"}"#), no);
        for body in ["", "{}", "null", r#"{"success":"yes"}"#] {
            assert!(matches!(judge(200, body), Verdict::Unknown { .. }), "{body}");
        }
        assert!(matches!(judge(200, "<html>"), Verdict::Intercepted { .. }));
    }

    #[test]
    fn a_no_about_the_invitation_does_not_stop_the_others_and_one_about_the_key_does() {
        for status in [400, 404, 409, 410, 422] {
            assert!(matches!(judge(status, "{}"), Verdict::Refused { .. }), "{status}");
        }
        for status in [301, 401, 403, 405, 407] {
            assert!(matches!(judge(status, "{}"), Verdict::Stop(_)), "{status}");
        }
        assert_eq!(judge(429, "{}"), Verdict::RateLimited { wait: Some(Duration::from_secs(2)) });
        for status in [408, 425, 500, 503] {
            assert!(matches!(judge(status, "{}"), Verdict::Unknown { wait: Some(_), .. }), "{status}");
        }
    }
}
