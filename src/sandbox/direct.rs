//! A sandbox without a network: a request goes in, an answer or a broken connection comes out.
//!
//! For tests on paused time. Sockets and paused time do not go together: while a byte is under way the runtime finds
//! nothing to do, lets time jump, and every timeout fires. Here a request is a future of the same runtime, so that time
//! passes only where somebody waits for it.

use std::sync::Arc;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::ConnectInfo;
use axum::http::{HeaderMap, Request};
use futures::StreamExt;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;

use super::account::Account;
use super::connection::Line;
use super::options::SandboxOptions;
use super::{SandboxError, check, router};

/// A sandbox that is called, not connected to. It judges and fails like [`super::Sandbox`].
#[derive(Clone, Debug)]
pub struct Direct {
    account: Arc<Account>,
    router: Router,
}

/// An answer that came whole.
#[derive(Clone, Debug)]
#[allow(missing_docs, reason = "the names say it")]
pub struct Reply {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Bytes,
}

/// An answer that did not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Broken {
    /// The connection was reset before an answer.
    #[error("connection reset")]
    Reset,
    /// It ended in the middle of the body.
    #[error("the connection ended in the middle of the body")]
    Truncated,
}

impl Direct {
    /// A sandbox with these options.
    ///
    /// # Errors
    /// See [`SandboxError`].
    pub fn new(options: SandboxOptions) -> Result<Self, SandboxError> {
        check(&options)?;
        let account = Arc::new(Account::open(options)?);
        Ok(Direct { router: router(account.clone(), CancellationToken::new()), account })
    }

    /// The account, to prepare and to judge by.
    pub fn account(&self) -> Arc<Account> {
        self.account.clone()
    }

    /// Sends a request: method, path with query, headers and body as they would stand on the wire.
    ///
    /// A hang never returns. Dropping the future is the client going away: what the account has begun it finishes.
    ///
    /// # Errors
    /// [`Broken`], where a client on a network would see its connection break.
    pub async fn call(&self, mut request: Request<Bytes>) -> Result<Reply, Broken> {
        let line = Line::default();
        request.extensions_mut().insert(ConnectInfo(line.clone()));
        let answer = match self.router.clone().oneshot(request.map(Body::from)).await {
            Ok(answer) => answer,
            Err(never) => match never {},
        };
        if line.is_reset() {
            return Err(Broken::Reset);
        }
        let (head, body) = answer.into_parts();
        let mut chunks = body.into_data_stream();
        let mut body = Vec::new();
        while let Some(chunk) = chunks.next().await {
            body.extend_from_slice(&chunk.map_err(|_| Broken::Truncated)?);
        }
        Ok(Reply { status: head.status.as_u16(), headers: head.headers, body: body.into() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::autoscribe::wire::USERS;
    use crate::sandbox::{Call, Fault, FaultKind, Trigger};
    use std::time::Duration;
    use tokio::time::{Instant, timeout};

    const ANA: &str = "ana@example.org";

    async fn invite(sandbox: &Direct) -> Result<Reply, Broken> {
        let body = format!(
            r#"{{"canCreateReports":false,"canManageStudies":false,"clinicRole":"Other","email":"{ANA}","firstName":"Ana",
            "hasDashboardAccess":false,"lastName":"Ruiz","level":"member"}}"#
        );
        let request = Request::post(USERS)
            .header("authorization", "Bearer sandbox_key")
            .header("content-type", "application/json")
            .body(Bytes::from(body));
        sandbox.call(request.unwrap()).await
    }

    fn failing(fault: Fault) -> Direct {
        let sandbox = Direct::new(SandboxOptions::default()).unwrap();
        sandbox.account().script(Trigger::Next(Call::Invite), fault);
        sandbox
    }

    #[tokio::test(start_paused = true)]
    async fn a_hang_is_waited_for_on_paused_time() {
        let sandbox = failing(Fault::after(FaultKind::Hang));
        let start = Instant::now();
        assert!(timeout(Duration::from_secs(30), invite(&sandbox)).await.is_err());
        assert_eq!(start.elapsed().as_secs(), 30);
        assert_eq!(sandbox.account().mails_to(ANA), 1);
        assert_eq!(invite(&sandbox).await.unwrap().status, 409);
    }

    #[tokio::test(start_paused = true)]
    async fn the_account_acts_after_the_client_has_gone() {
        let sandbox = failing(Fault::before(FaultKind::Slow(Duration::from_secs(60))));
        assert!(timeout(Duration::from_secs(30), invite(&sandbox)).await.is_err());
        assert_eq!(sandbox.account().mails_to(ANA), 0);
        tokio::time::sleep(Duration::from_secs(31)).await;
        assert_eq!(sandbox.account().mails_to(ANA), 1);
    }

    #[tokio::test(start_paused = true)]
    async fn breaks_are_told_apart() {
        assert_eq!(invite(&failing(Fault::after(FaultKind::Reset))).await.unwrap_err(), Broken::Reset);
        assert_eq!(invite(&failing(Fault::after(FaultKind::Truncated))).await.unwrap_err(), Broken::Truncated);
        let stalled = failing(Fault::after(FaultKind::Stall));
        assert!(timeout(Duration::from_secs(30), invite(&stalled)).await.is_err());
        assert_eq!(invite(&failing("503-before".parse().unwrap())).await.unwrap().status, 503);
    }
}
