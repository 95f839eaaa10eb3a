//! What an answer, or none, means: the one function that turns an [`Exchange`] into a [`Verdict`].
//!
//! Source: `FAILURES.md` of the project's plan, "Network and API". The rule behind the table: an invitation that may
//! have been made is never sent again before it was looked up, so whatever is not surely "done", "refused" or "never
//! left" is [`Verdict::Unknown`].

use std::time::Duration;

use serde_json::Value;

use super::client::{Answer, Body, Exchange, NotSent};
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

/// Reads an answer's object. A list of the right values in the right order is none, though serde would take it for one;
/// and a wrong byte anywhere spoils it, though serde would pass over one in what is not read.
pub(super) fn object<T: serde::de::DeserializeOwned>(bytes: &[u8]) -> serde_json::Result<T> {
    let text = str::from_utf8(bytes).map_err(serde::de::Error::custom)?;
    if !text.trim_start().starts_with('{') {
        return Err(serde::de::Error::custom("no object"));
    }
    serde_json::from_str(text)
}

pub(super) fn is_html(answer: &Answer, bytes: &[u8]) -> bool {
    matches!(answer.content_type.as_str(), "text/html" | "application/xhtml+xml")
        || bytes.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'<')
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

/// What an error answer says: `error.message`, `message`, `detail`, `errors[].message`, else its first 200 characters.
/// The form of an error body is not documented.
pub fn message_of(answer: &Answer) -> String {
    let Body::Whole(bytes) = &answer.body else { return "(no readable message)".to_owned() };
    let text = match serde_json::from_slice::<Value>(bytes) {
        Ok(value) => message_in(&value).unwrap_or_else(|| value.to_string()),
        Err(_) if is_html(answer, bytes) => "(a web page)".to_owned(),
        Err(_) => String::from_utf8_lossy(bytes).into_owned(),
    };
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    // A server's text may reach a terminal, which must not take it for commands.
    let clean: String = words.chars().filter(|c| !c.is_control()).take(200).collect();
    if clean.is_empty() { "(no message)".to_owned() } else { clean }
}

fn message_in(value: &Value) -> Option<String> {
    let text = |value: Option<&Value>| value.and_then(Value::as_str).map(str::to_owned);
    text(value.pointer("/error/message"))
        .or_else(|| text(value.get("message")))
        .or_else(|| text(value.get("detail")))
        .or_else(|| {
            let messages: Vec<_> = value
                .get("errors")?
                .as_array()?
                .iter()
                .filter_map(|error| text(error.get("message")).or_else(|| text(Some(error))))
                .collect();
            (!messages.is_empty()).then(|| messages.join("; "))
        })
        .or_else(|| text(value.get("error")))
}

/// The wait that an answer asks for: `retry-after-ms`, then `retry-after` in seconds or as a date, which is measured
/// against the server's own `date`. Nothing for what is no positive wait: then our own backoff decides.
pub fn wait_asked(answer: &Answer) -> Option<Duration> {
    let positive =
        |seconds: f64| (seconds > 0.0).then(|| Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX));
    let number = |text: &str| text.trim().parse::<f64>().ok().filter(|number| !number.is_nan());
    if let Some(wait) = answer.retry_after_ms.as_deref().and_then(number).and_then(|ms| positive(ms / 1000.0)) {
        return Some(wait);
    }
    let asked = answer.retry_after.as_deref()?;
    if let Some(seconds) = number(asked) {
        return positive(seconds);
    }
    let until = httpdate::parse_http_date(asked.trim()).ok()?;
    let now = httpdate::parse_http_date(answer.date.as_deref()?.trim()).ok()?;
    until.duration_since(now).ok().filter(|wait| !wait.is_zero())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const ID: &str = "usr_1234567890abcdef1234567890abcdef";

    fn answer(status: u16, body: &str) -> Answer {
        Answer {
            status,
            retry_after_ms: None,
            retry_after: None,
            date: None,
            location_host: None,
            content_type: "application/json".to_owned(),
            body: Body::Whole(body.as_bytes().to_vec()),
        }
    }

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

    #[test]
    fn messages_are_found_in_the_usual_places() {
        for (body, message) in [
            (r#"{"error":{"message":"a"}}"#, "a"),
            (r#"{"message":"b"}"#, "b"),
            (r#"{"detail":"c"}"#, "c"),
            (r#"{"errors":[{"message":"d"},{"message":"e"}]}"#, "d; e"),
            (r#"{"errors":["f"]}"#, "f"),
            (r#"{"error":"g"}"#, "g"),
            ("plain\n text", "plain text"),
            ("red \u{1b}[31mtext", "red [31mtext"),
            ("", "(no message)"),
        ] {
            assert_eq!(message_of(&answer(400, body)), message);
        }
        assert_eq!(message_of(&answer(400, &"x".repeat(500))).len(), 200);
    }

    #[test]
    fn waits_of_every_form() {
        let wait = |ms: Option<&str>, after: Option<&str>, date: Option<&str>| {
            let mut answer = answer(429, "");
            answer.retry_after_ms = ms.map(str::to_owned);
            answer.retry_after = after.map(str::to_owned);
            answer.date = date.map(str::to_owned);
            wait_asked(&answer)
        };
        let seconds = |s| Some(Duration::from_secs_f64(s));
        assert_eq!(wait(None, None, None), None);
        assert_eq!(wait(Some("1500"), Some("7"), None), seconds(1.5));
        assert_eq!(wait(Some("soon"), Some("7"), None), seconds(7.0));
        assert_eq!(wait(None, Some("0.25"), None), seconds(0.25));
        for nothing in ["0", "-3", "NaN", "-inf", "soon", ""] {
            assert_eq!(wait(None, Some(nothing), None), None, "{nothing}");
        }
        for huge in ["1e300", "inf", "99999999999999999999"] {
            assert!(wait(None, Some(huge), None) > seconds(1e9), "{huge}");
        }
        let date = Some("Wed, 04 Mar 2026 10:00:00 GMT");
        assert_eq!(wait(None, Some("Wed, 04 Mar 2026 10:00:30 GMT"), date), seconds(30.0));
        assert_eq!(wait(None, Some("Wed, 04 Mar 2026 09:59:00 GMT"), date), None);
        assert_eq!(wait(None, Some("Wed, 04 Mar 2026 10:00:30 GMT"), None), None);
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
