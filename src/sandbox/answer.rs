//! Answers: JSON, and errors in the shape that is asked for.

use std::time::Duration;

use axum::body::Body;
use axum::http::header::{CONTENT_TYPE, HeaderValue, RETRY_AFTER};
use axum::http::{Response, StatusCode};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::clock::later;
use super::faults::RetryAfterStyle;
use super::fields::{Problem, Problems};
use super::options::ErrorShape;

/// An answer that is no success.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Refusal {
    pub(super) status: StatusCode,
    pub(super) problems: Problems,
}

impl Refusal {
    pub(super) fn new(status: StatusCode, message: impl Into<String>) -> Self {
        Refusal { status, problems: vec![Problem { field: None, message: message.into() }] }
    }

    /// 404.
    pub(super) fn not_found(what: &str, id: &str) -> Self {
        Refusal::new(StatusCode::NOT_FOUND, format!("There is no {what} '{id}'"))
    }

    /// 400.
    pub(super) fn bad_request(message: impl Into<String>) -> Self {
        Refusal::new(StatusCode::BAD_REQUEST, message)
    }

    pub(super) fn into_response(self, shape: ErrorShape) -> Response<Body> {
        let messages: Vec<String> = self.problems.iter().map(Problem::to_string).collect();
        let message = messages.join("; ");
        let body = match shape {
            ErrorShape::Nested => json!({ "error": { "message": message } }),
            ErrorShape::Message => json!({ "message": message }),
            ErrorShape::Detail => json!({ "detail": message }),
            ErrorShape::Errors => {
                let errors: Vec<Value> = messages.iter().map(|message| json!({ "message": message })).collect();
                json!({ "errors": errors })
            }
            ErrorShape::Text => return with_body(self.status, "text/plain; charset=utf-8", message),
        };
        with_body(self.status, "application/json", body.to_string())
    }
}

impl From<Problems> for Refusal {
    fn from(problems: Problems) -> Self {
        Refusal { status: StatusCode::BAD_REQUEST, problems }
    }
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.field {
            Some(field) => write!(f, "{field} {}", self.message),
            None => f.write_str(&self.message),
        }
    }
}

/// A response with a body of this type.
pub(super) fn with_body(status: StatusCode, content_type: &'static str, body: impl Into<Body>) -> Response<Body> {
    let mut response = Response::new(body.into());
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    response
}

/// Adds the wait that a style asks for.
pub(super) fn ask_to_wait(response: &mut Response<Body>, style: &RetryAfterStyle, now: Timestamp) {
    let (name, text) = match style {
        RetryAfterStyle::None => return,
        RetryAfterStyle::Text(text) => (RETRY_AFTER, text.clone()),
        RetryAfterStyle::Millis(millis) => (axum::http::HeaderName::from_static("retry-after-ms"), millis.to_string()),
        RetryAfterStyle::Date(seconds) => {
            let span = jiff::SignedDuration::from_secs(*seconds);
            (RETRY_AFTER, http_date(now.saturating_add(span).unwrap_or(later(now, Duration::MAX))))
        }
    };
    if let Ok(value) = HeaderValue::from_str(&text) {
        response.headers_mut().insert(name, value);
    }
}

/// A moment as HTTP writes it. Nothing before 1970 can be written, so that it is the earliest.
pub(super) fn http_date(at: Timestamp) -> String {
    let since = Duration::from_secs(u64::try_from(at.as_second()).unwrap_or(0));
    httpdate::fmt_http_date(std::time::UNIX_EPOCH + since)
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn body(shape: ErrorShape) -> String {
        let problems = vec![Problem::of("email", "is required"), Problem::of("level", "is required")];
        let response = Refusal::from(problems).into_response(shape);
        assert_eq!(response.status(), StatusCode::BAD_REQUEST);
        let bytes = axum::body::to_bytes(response.into_body(), 1000).await.unwrap();
        String::from_utf8(bytes.to_vec()).unwrap()
    }

    #[tokio::test]
    async fn every_shape_has_the_message_in_its_place() {
        let both = "email is required; level is required";
        assert_eq!(body(ErrorShape::Nested).await, json!({"error": {"message": both}}).to_string());
        assert_eq!(body(ErrorShape::Message).await, json!({"message": both}).to_string());
        assert_eq!(body(ErrorShape::Detail).await, json!({"detail": both}).to_string());
        assert_eq!(body(ErrorShape::Text).await, both);
        assert_eq!(
            body(ErrorShape::Errors).await,
            json!({"errors": [{"message": "email is required"}, {"message": "level is required"}]}).to_string()
        );
    }

    #[test]
    fn a_date_is_relative_to_the_answers_own() {
        let mut response = Response::new(Body::empty());
        let now: Timestamp = "2026-11-23T10:00:00Z".parse().unwrap();
        ask_to_wait(&mut response, &RetryAfterStyle::Date(-60), now);
        assert_eq!(response.headers()[RETRY_AFTER], "Mon, 23 Nov 2026 09:59:00 GMT");
        assert_eq!(http_date(Timestamp::MIN), "Thu, 01 Jan 1970 00:00:00 GMT");
    }
}
