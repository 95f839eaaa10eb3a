//! What an answer, or none, means: the one function that turns an [`Exchange`] into a [`Verdict`].
//!
//! Source: `FAILURES.md` of the project's plan, "Network and API". The rule behind the table: an invitation that may
//! have been made is never sent again before it was looked up, so whatever is not surely "done", "refused" or "never
//! left" is [`Verdict::Unknown`].

use std::time::Duration;

use super::client::{Answer, Body, Exchange, NotSent};
use super::reading::{is_html, message_of, object, wait_asked};
use super::wire::{User, is_user_id};
use crate::staff::EmailKey;

/// What an exchange means for the invitation it carried.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The API confirmed it.
    Confirmed {
        /// The new user's id.
        user_id: String,
    },
    /// The API refused this person for good.
    Refused {
        /// What the API said.
        message: String,
        /// It said that the e-mail is taken: the user is looked up.
        taken: Taken,
    },
    /// 409: somebody with this e-mail is there already, or was made by an earlier, unanswered request of ours.
    Conflict {
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
        /// Whether the server's work on the request is over.
        ended: Ended,
    },
    /// Not processed, and nothing sent after it would be: the run stops.
    Stop(Stop),
    /// It may have been processed, but not by AutoScribe: the run stops, and this row is looked up.
    Intercepted {
        /// What came instead.
        why: String,
    },
}

/// Whether a refusal says that the e-mail is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taken {
    /// It does.
    Yes,
    /// It does not.
    No,
}

/// Whether a request can still be at work on the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// An answer came, so it is over.
    ByAnswer,
    /// No answer came: it can be at work until the timeout has passed.
    NotKnown,
}

/// Why a whole run stops.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stop {
    /// The account refuses (401, 403, 404, 405 and the like).
    Refused {
        /// The HTTP status.
        status: u16,
        /// What the API said.
        message: String,
    },
    /// A redirect, which is never followed.
    Redirect {
        /// The HTTP status.
        status: u16,
        /// The host it points to.
        host: String,
    },
    /// The certificate is not to be trusted.
    Certificate(String),
    /// The proxy wants credentials.
    ProxyCredentials,
}

/// The verdict on an invitation to `email`. Pure: the same exchange always means the same.
pub fn verdict(exchange: &Exchange, email: &EmailKey) -> Verdict {
    match exchange {
        Exchange::Answer(answer) => of_answer(answer, email),
        Exchange::NotSent(NotSent::Unreachable(why)) => Verdict::NeverLeft { why: why.clone() },
        Exchange::NotSent(NotSent::Certificate(problem)) => Verdict::Stop(Stop::Certificate(problem.clone())),
        Exchange::NotSent(NotSent::ProxyCredentials) => Verdict::Stop(Stop::ProxyCredentials),
        Exchange::Lost { why } => Verdict::Unknown { why: why.clone(), wait: None, ended: Ended::NotKnown },
    }
}

fn of_answer(answer: &Answer, email: &EmailKey) -> Verdict {
    match answer.status {
        200..=299 => of_success(answer, email),
        300..=399 => Verdict::Stop(Stop::Redirect {
            status: answer.status,
            host: answer.location_host.clone().unwrap_or_else(|| "nowhere".to_owned()),
        }),
        429 => Verdict::RateLimited { wait: wait_asked(answer) },
        409 => Verdict::Conflict { message: message_of(answer) },
        400 | 413 | 422 => {
            let message = message_of(answer);
            let taken = if says_taken(&message) { Taken::Yes } else { Taken::No };
            Verdict::Refused { message, taken }
        }
        407 => Verdict::Stop(Stop::ProxyCredentials),
        401..=406 | 410..=412 | 414..=417 | 421 | 426 | 428 | 431 | 451 => {
            Verdict::Stop(Stop::Refused { status: answer.status, message: message_of(answer) })
        }
        status => Verdict::Unknown {
            why: format!("the server answered {status}: {}", message_of(answer)),
            wait: wait_asked(answer),
            // A gateway says so because its server has not answered: that one may still be at work.
            ended: if matches!(status, 504 | 524) { Ended::NotKnown } else { Ended::ByAnswer },
        },
    }
}

/// A 2xx counts only when it is JSON with a well-formed `userId` for the e-mail that was asked for.
fn of_success(answer: &Answer, email: &EmailKey) -> Verdict {
    let unknown = |why: &str, ended| Verdict::Unknown { why: why.to_owned(), wait: None, ended };
    let bytes = match &answer.body {
        Body::Whole(bytes) => bytes,
        // The answer began, so the server has made up its mind; but the connection may have been cut by something else.
        Body::Truncated { .. } => return unknown("the answer was cut off", Ended::NotKnown),
        Body::TooLarge => return unknown("the answer was longer than 1 MiB", Ended::ByAnswer),
    };
    if is_html(answer, bytes) {
        return Verdict::Intercepted { why: "a web page came instead of AutoScribe's answer".to_owned() };
    }
    match object::<User>(bytes) {
        Ok(user) if !is_user_id(&user.user_id) => unknown("the answer has no well-formed userId", Ended::ByAnswer),
        Ok(user) if EmailKey::of(&user.email) != *email => {
            unknown("the answer is about another e-mail address", Ended::ByAnswer)
        }
        Ok(user) => Verdict::Confirmed { user_id: user.user_id },
        Err(_) => unknown("the answer is not in AutoScribe's form", Ended::ByAnswer),
    }
}

/// What went wrong in reading a page of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PageFault {
    /// May pass: asked again after the wait.
    Passing {
        /// What happened.
        why: String,
        /// The wait that the server asked for.
        wait: Option<Duration>,
    },
    /// 403: this key may not list.
    Forbidden {
        /// What the API said.
        message: String,
    },
    /// Will not pass.
    Stop(Stop),
    /// A page of something else: a sign-in page on the way.
    Intercepted {
        /// What came instead.
        why: String,
    },
}

/// Reads a page of a list, or says what is wrong with it. A GET may always be asked again.
///
/// # Errors
/// See [`PageFault`].
pub fn page<T: serde::de::DeserializeOwned>(exchange: &Exchange) -> Result<T, PageFault> {
    let passing = |why: String, wait| PageFault::Passing { why, wait };
    let answer = match exchange {
        Exchange::Answer(answer) => answer,
        Exchange::NotSent(NotSent::Unreachable(why)) | Exchange::Lost { why } => {
            return Err(passing(why.clone(), None));
        }
        Exchange::NotSent(NotSent::Certificate(problem)) => {
            return Err(PageFault::Stop(Stop::Certificate(problem.clone())));
        }
        Exchange::NotSent(NotSent::ProxyCredentials) => return Err(PageFault::Stop(Stop::ProxyCredentials)),
    };
    match (answer.status, &answer.body) {
        (200..=299, Body::Whole(bytes)) if is_html(answer, bytes) => {
            Err(PageFault::Intercepted { why: "a web page came instead of AutoScribe's list".to_owned() })
        }
        (200..=299, Body::Whole(bytes)) => {
            object(bytes).map_err(|error| passing(format!("the list is not in AutoScribe's form ({error})"), None))
        }
        (200..=299, Body::Truncated { why }) => Err(passing(format!("the list was cut off ({why})"), None)),
        (200..=299, Body::TooLarge) => Err(passing("a page of the list was longer than 1 MiB".to_owned(), None)),
        (300..=399, _) => Err(PageFault::Stop(Stop::Redirect {
            status: answer.status,
            host: answer.location_host.clone().unwrap_or_else(|| "nowhere".to_owned()),
        })),
        (403, _) => Err(PageFault::Forbidden { message: message_of(answer) }),
        (407, _) => Err(PageFault::Stop(Stop::ProxyCredentials)),
        (408 | 409 | 425 | 429, _) | (500.., _) => {
            Err(passing(format!("the server answered {}: {}", answer.status, message_of(answer)), wait_asked(answer)))
        }
        (status, _) => Err(PageFault::Stop(Stop::Refused { status, message: message_of(answer) })),
    }
}

/// The words in a refusal that say the e-mail is taken. The API's own are unknown, so all that others use.
fn says_taken(message: &str) -> bool {
    let message = message.to_lowercase();
    ["already", "exists", "duplicate", "in use", "taken", "not unique", "must be unique"]
        .iter()
        .any(|word| message.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::autoscribe::testing::answer;
    use proptest::prelude::*;

    const ID: &str = "usr_1234567890abcdef1234567890abcdef";

    fn judge(answer: Answer) -> Verdict {
        verdict(&Exchange::Answer(answer), &EmailKey::of("ana@example.org"))
    }

    fn is_unknown(verdict: &Verdict) -> bool {
        matches!(verdict, Verdict::Unknown { .. })
    }

    #[test]
    fn a_success_needs_a_user_id_and_the_same_address() {
        let body = format!(r#"{{"userId":"{ID}","email":"Ana@Example.org","future":1}}"#);
        assert_eq!(judge(answer(201, &body)), Verdict::Confirmed { user_id: ID.to_owned() });
        for body in [
            "",
            "null",
            "[]",
            &format!(r#"["{ID}","ana@example.org"]"#),
            "{}",
            r#"{"userId":"usr_12","email":"ana@example.org"}"#,
            r#"{"userId":null,"email":"ana@example.org"}"#,
            &format!(r#"{{"userId":"{ID}"}}"#),
            &format!(r#"{{"userId":"{ID}","email":"bo@example.org"}}"#),
            &body[..40],
        ] {
            assert!(is_unknown(&judge(answer(200, body))), "{body}");
        }
    }

    #[test]
    fn a_wrong_byte_anywhere_spoils_an_answer() {
        let mut body = format!(r#"{{"userId":"{ID}","email":"ana@example.org","note":"x"}}"#).into_bytes();
        let place = body.len() - 3;
        body[place] = 0xff;
        assert!(is_unknown(&judge(Answer { body: Body::Whole(body), ..answer(200, "") })));
    }

    #[test]
    fn a_sign_in_page_is_no_answer_of_autoscribe() {
        let mut page = answer(200, "<!doctype html><title>Guest Wi-Fi</title>");
        assert!(matches!(judge(page), Verdict::Intercepted { .. }));
        page = answer(200, "x");
        page.content_type = "text/html".to_owned();
        assert!(matches!(judge(page), Verdict::Intercepted { .. }));
    }

    #[test]
    fn every_status_has_its_class() {
        for status in [400, 413, 422] {
            assert!(matches!(judge(answer(status, "{}")), Verdict::Refused { taken: Taken::No, .. }), "{status}");
        }
        for status in [401, 402, 403, 404, 405, 415, 426] {
            assert!(matches!(judge(answer(status, "{}")), Verdict::Stop(Stop::Refused { .. })), "{status}");
        }
        for status in [300, 301, 302, 303, 304, 307, 308] {
            assert!(matches!(judge(answer(status, "")), Verdict::Stop(Stop::Redirect { .. })), "{status}");
        }
        for status in [100, 408, 423, 425, 499, 500, 502, 503, 504, 599, 999] {
            assert!(is_unknown(&judge(answer(status, "{}"))), "{status}");
        }
        assert!(matches!(judge(answer(409, "{}")), Verdict::Conflict { .. }));
        assert!(matches!(judge(answer(429, "{}")), Verdict::RateLimited { wait: None }));
        assert_eq!(judge(answer(407, "")), Verdict::Stop(Stop::ProxyCredentials));
    }

    #[test]
    fn a_gateway_that_got_no_answer_ends_nothing() {
        let ended = |status| match judge(answer(status, "{}")) {
            Verdict::Unknown { ended, .. } => ended,
            other => panic!("{status}: {other:?}"),
        };
        assert_eq!([500, 502, 503, 408].map(ended), [Ended::ByAnswer; 4]);
        assert_eq!([504, 524].map(ended), [Ended::NotKnown; 2]);
    }

    #[test]
    fn a_refusal_that_says_taken_is_looked_up() {
        let body = r#"{"error":{"message":"A user with this email already exists"}}"#;
        assert!(matches!(judge(answer(422, body)), Verdict::Refused { taken: Taken::Yes, .. }));
    }

    proptest! {
        /// Only a whole 2xx with a user id confirms, and only 429 and what never left may be sent again unlooked-up.
        #[test]
        fn nothing_else_confirms(status in 100u16..1000, body in "\\PC{0,60}", html in any::<bool>()) {
            let mut answer = answer(status, &body);
            if html { answer.content_type = "text/html".to_owned(); }
            let verdict = judge(answer);
            let confirmed = matches!(verdict, Verdict::Confirmed { .. });
            prop_assert!(!confirmed);
            if matches!(verdict, Verdict::RateLimited { .. }) { prop_assert_eq!(status, 429); }
            let never_left = matches!(verdict, Verdict::NeverLeft { .. });
            prop_assert!(!never_left);
            if status >= 500 { prop_assert!(is_unknown(&verdict)); }
        }
    }
}
