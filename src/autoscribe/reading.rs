//! What stands in an answer, unjudged: its object, its message, the wait it asks for.

use std::time::Duration;

use serde_json::Value;

use super::client::{Answer, Body};

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
    // A billionth of a millisecond is as good as none.
    let positive = |seconds: f64| {
        let wait = (seconds > 0.0).then(|| Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX));
        wait.filter(|wait| !wait.is_zero())
    };
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
    use crate::autoscribe::testing::answer;

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
}
