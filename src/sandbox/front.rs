//! What stands before the calls: the record of requests, the key, the rate limit, and the faults.

use std::sync::Arc;

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{ConnectInfo, Request, State};
use axum::http::header::{AUTHORIZATION, DATE, HeaderValue};
use axum::http::{HeaderMap, Response, StatusCode};
use axum::middleware::Next;
use serde_json::Value;
use tokio_util::sync::CancellationToken;

use super::account::Account;
use super::answer::{Refusal, ask_to_wait, http_date};
use super::call::Call;
use super::connection::Line;
use super::faults::{Fault, FaultKind, When};
use super::misbehave::{Break, misbehave};
use super::options::{KEY_PREFIX, SandboxOptions};
use crate::staff::EmailKey;

/// The longest body that is taken.
const LONGEST_BODY: usize = 1 << 20;

/// What the front needs.
#[derive(Clone, Debug)]
pub(super) struct Front {
    pub(super) account: Arc<Account>,
    /// Ends every hang, so that a sandbox can be stopped.
    pub(super) stopping: CancellationToken,
}

/// Lets a request through to its call, or has it end as its fault says.
pub(super) async fn pass(
    State(front): State<Front>,
    ConnectInfo(line): ConnectInfo<Line>,
    request: Request,
    next: Next,
) -> Response<Body> {
    let options = front.account.options();
    let (head, body) = request.into_parts();
    let number = front.account.arrive(&head, options.keep_requests);
    let _at_work = AtWork(front.account.clone());
    let mut response = tokio::select! {
        response = front.judge(&options, number, Request::from_parts(head, body), next) => response.unwrap_or_else(|broken| {
            match broken {
                Break::Reset => line.reset(),
            }
            Response::new(Body::empty())
        }),
        () = front.stopping.cancelled() => {
            line.reset();
            Response::new(Body::empty())
        }
    };
    if let Some(should_retry) = options.should_retry.filter(|_| !response.status().is_success()) {
        response.headers_mut().insert("x-should-retry", HeaderValue::from_static(should_retry.as_str()));
    }
    if let Ok(date) = HeaderValue::from_str(&http_date(front.account.now())) {
        response.headers_mut().insert(DATE, date);
    }
    response
}

/// Counts a request as at work for as long as it lives, however it ends.
struct AtWork(Arc<Account>);

impl Drop for AtWork {
    fn drop(&mut self) {
        self.0.leave();
    }
}

impl Front {
    async fn judge(
        &self,
        options: &SandboxOptions,
        number: u64,
        request: Request,
        next: Next,
    ) -> Result<Response<Body>, Break> {
        let (head, body) = request.into_parts();
        let refuse = |refusal: Refusal| Ok(refusal.into_response(options.error_shape));
        let Ok(body) = to_bytes(body, LONGEST_BODY).await else {
            return refuse(Refusal::new(StatusCode::PAYLOAD_TOO_LARGE, "The body is longer than 1 MiB"));
        };
        self.account.receive(number, &body);
        if let Err(refusal) = check_key(&head.headers, &options.key) {
            return refuse(refusal);
        }
        if !self.account.admits(options) {
            return Ok(too_many(options));
        }
        let call = Call::of(&head.method, head.uri.path());
        if call == Some(Call::Invite)
            && let Err(refusal) = self.account.record(&body)
        {
            return refuse(refusal);
        }
        let subject = subject(call, head.uri.path(), &body);
        let fault = call.and_then(|call| self.account.fault(call, &subject, options));
        let answer = act(options, fault.clone(), Request::from_parts(head, body.into()), next).await;
        match fault {
            Some(fault) => misbehave(fault.kind, answer, &subject, options, self.stopping.clone()).await,
            None => answer.ok_or(Break::Reset),
        }
    }
}

/// Acts on a request unless its fault comes before that. In a task of its own: a client that goes does not stop the
/// API from doing what it was asked.
async fn act(options: &SandboxOptions, fault: Option<Fault>, request: Request, next: Next) -> Option<Response<Body>> {
    let latency = options.latency;
    let work = tokio::spawn(async move {
        if !latency.is_zero() {
            tokio::time::sleep(latency).await;
        }
        match fault {
            Some(Fault { kind: FaultKind::Slow(time), when: When::BeforeActing }) => {
                tokio::time::sleep(time).await;
                Some(next.run(request).await)
            }
            Some(Fault { kind: FaultKind::Slow(time), when: When::AfterActing }) => {
                let answer = next.run(request).await;
                tokio::time::sleep(time).await;
                Some(answer)
            }
            Some(Fault { when: When::BeforeActing, .. }) => None,
            _ => Some(next.run(request).await),
        }
    });
    work.await.ok().flatten()
}

/// What a fault is about: the e-mail of an invitation, the path of anything else.
fn subject(call: Option<Call>, path: &str, body: &Bytes) -> String {
    let email = || {
        let body: Value = serde_json::from_slice(body).ok()?;
        Some(EmailKey::of(body.get("email")?.as_str()?).as_str().to_owned())
    };
    match call {
        Some(Call::Invite) => email().unwrap_or_default(),
        _ => path.to_owned(),
    }
}

fn check_key(headers: &HeaderMap, key: &str) -> Result<(), Refusal> {
    let refuse = |message: String| Err(Refusal::new(StatusCode::UNAUTHORIZED, message));
    let given = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "));
    match given {
        None => refuse("Authorization: Bearer with an API key is required".to_owned()),
        Some(given) if !given.starts_with(KEY_PREFIX) => {
            refuse(format!("This is a sandbox: it takes no key that does not begin with {KEY_PREFIX}"))
        }
        Some(given) if given != key => refuse("This sandbox has another key".to_owned()),
        Some(_) => Ok(()),
    }
}

fn too_many(options: &SandboxOptions) -> Response<Body> {
    let refusal = Refusal::new(StatusCode::TOO_MANY_REQUESTS, "Too many requests");
    let mut response = refusal.into_response(options.error_shape);
    if let Some(limit) = &options.rate_limit {
        ask_to_wait(&mut response, &limit.retry_after, options.clock.now());
    }
    response
}
