//! What a client gets instead of the answer.

use axum::body::{Body, Bytes, to_bytes};
use axum::http::header::{CONTENT_LENGTH, HeaderValue, LOCATION};
use axum::http::{Response, StatusCode};
use futures::StreamExt;
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use super::answer::{Refusal, ask_to_wait, with_body};
use super::faults::FaultKind;
use super::options::SandboxOptions;
use super::person::Person;

/// The connection ends without an answer.
#[derive(Debug)]
pub(super) enum Break {
    /// By a TCP RST.
    Reset,
}

/// A page that a network shows to those who have not signed in.
const SIGN_IN_PAGE: &str = "<!DOCTYPE html>\n<html><head><title>Guest Wi-Fi</title></head>\n\
    <body><h1>Welcome</h1><p>Please sign in to use this network.</p></body></html>\n";

/// How much is added to an answer that is to be too long.
const PADDING: usize = (1 << 20) + 1;

/// Has a request end as its fault says. `answer` is there when the account has acted.
///
/// A fault that only spoils a success leaves a refusal as it is.
pub(super) async fn misbehave(
    kind: FaultKind,
    answer: Option<Response<Body>>,
    subject: &str,
    options: &SandboxOptions,
    stopping: CancellationToken,
) -> Result<Response<Body>, Break> {
    match kind {
        FaultKind::Reset => return Err(Break::Reset),
        FaultKind::Hang => return std::future::pending().await,
        FaultKind::Status(status, wait) => {
            let mut response = error(status).into_response(options.error_shape);
            ask_to_wait(&mut response, &wait, options.clock.now());
            return Ok(response);
        }
        FaultKind::Any5xx => return Ok(error(503).into_response(options.error_shape)),
        FaultKind::Redirect { status, to } => return Ok(redirect(status, to)),
        FaultKind::Slow(_) => return answer.ok_or(Break::Reset),
        _ => {}
    }
    let answer = answer.unwrap_or_else(|| invented(subject));
    if !answer.status().is_success() {
        return Ok(answer);
    }
    let bytes = to_bytes(answer.into_body(), usize::MAX).await.map_err(|_| Break::Reset)?;
    Ok(match kind {
        FaultKind::Truncated => half(bytes, tokio::task::yield_now()),
        FaultKind::Stall => half(bytes, stopping.cancelled_owned()),
        kind => spoil(&kind, bytes),
    })
}

/// What is made of a success.
fn spoil(kind: &FaultKind, right: Bytes) -> Response<Body> {
    let parsed = || serde_json::from_slice::<Value>(&right).unwrap_or_default();
    let changed = |change: &dyn Fn(&mut serde_json::Map<String, Value>)| {
        let mut value = parsed();
        each_person(&mut value, change);
        value.to_string().into_bytes()
    };
    let body = match kind {
        FaultKind::Html => return with_body(StatusCode::OK, "text/html; charset=utf-8", SIGN_IN_PAGE),
        FaultKind::InvalidJson => b"{\"userId\": usr_, oops".to_vec(),
        FaultKind::BadEncoding => [b"{\"email\":\"".as_slice(), &[0xff, 0xfe, 0x80], b"\"}"].concat(),
        FaultKind::WrongShape => json!({ "data": [parsed()] }).to_string().into_bytes(),
        FaultKind::NoUserId => changed(&|person| {
            person.remove("userId");
        }),
        FaultKind::BadUserId => changed(&|person| {
            person.insert("userId".to_owned(), json!("usr_none"));
        }),
        FaultKind::OtherEmail => changed(&|person| {
            person.insert("email".to_owned(), json!("somebody.else@example.org"));
        }),
        FaultKind::Oversize => {
            let mut value = parsed();
            value["padding"] = "x".repeat(PADDING).into();
            value.to_string().into_bytes()
        }
        _ => right.to_vec(),
    };
    with_body(StatusCode::OK, "application/json", body)
}

/// Changes the one person of an answer, or each of a list.
fn each_person(value: &mut Value, change: &dyn Fn(&mut serde_json::Map<String, Value>)) {
    let Some(body) = value.as_object_mut() else { return };
    let lists = ["users", "invitations"];
    if !lists.iter().any(|list| body.contains_key(*list)) {
        return change(body);
    }
    for list in lists {
        let people = body.get_mut(list).and_then(Value::as_array_mut);
        people.into_iter().flatten().filter_map(Value::as_object_mut).for_each(change);
    }
}

/// Announces the whole body, sends half of it, and ends the connection `after` something. That must not be at once: the
/// server flushes the half only when it has to wait.
fn half(right: Bytes, after: impl Future<Output = ()> + Send + 'static) -> Response<Body> {
    let half = right.slice(..right.len() / 2);
    let end = futures::stream::once(async {
        after.await;
        Err(std::io::Error::from(std::io::ErrorKind::UnexpectedEof))
    });
    let body = Body::from_stream(futures::stream::iter([Ok(half)]).chain(end));
    let mut response = with_body(StatusCode::OK, "application/json", body);
    response.headers_mut().insert(CONTENT_LENGTH, HeaderValue::from(right.len()));
    response
}

fn redirect(status: u16, to: Option<String>) -> Response<Body> {
    let to = to.unwrap_or_else(|| "https://login.elsewhere.test/sign-in".to_owned());
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::FOUND);
    let mut response = with_body(status, "text/plain; charset=utf-8", "Moved");
    if let Ok(to) = HeaderValue::from_str(&to) {
        response.headers_mut().insert(LOCATION, to);
    }
    response
}

fn error(status: u16) -> Refusal {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    Refusal::new(status, status.canonical_reason().unwrap_or("Something went wrong"))
}

/// What looks like the answer to an invitation that was never made.
fn invented(email: &str) -> Response<Body> {
    let mut value = json!(Person::named(email, "Nobody", "Invited"));
    value["userId"] = "usr_00000000000000000000000000000000".into();
    with_body(StatusCode::OK, "application/json", value.to_string())
}
