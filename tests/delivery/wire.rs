//! A sandbox as the API that delivery calls, watched: what is asked of it, and whether the ledger knew before.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use avara_onboard::autoscribe::client::{Answer, Body, Exchange, MAX_ANSWER, NotSent};
use avara_onboard::autoscribe::wire::{INVITATIONS, InviteRequest, USERS};
use avara_onboard::delivery::api::Api;
use avara_onboard::ledger::{AccountId, DoubtfulIntent, Ledger};
use avara_onboard::sandbox::{Broken, Clock, Direct, Reply, RuntimeClock};
use avara_onboard::staff::EmailKey;
use axum::body::Bytes;
use axum::http::Request;
use futures::future::{BoxFuture, FutureExt};

use crate::world::TIMEOUT;

/// The key of every sandbox here.
const KEY: &str = "Bearer sandbox_key";

/// Calls a [`Direct`] sandbox as the real client calls a server.
pub struct Wire {
    pub sandbox: Direct,
    pub timeout: Duration,
    pub ledger: Ledger,
    pub account: AccountId,
    clock: Arc<RuntimeClock>,
    watch: Mutex<Watch>,
}

/// What was seen on the wire.
#[derive(Debug, Default)]
struct Watch {
    /// What the next requests come to instead of reaching the sandbox; the last one stays.
    outage: VecDeque<NotSent>,
    /// Addresses of requests that left without an open intent in the ledger.
    unannounced: Vec<String>,
    /// Every page of a list says that there is another, and has nobody on it.
    endless: bool,
    /// Invitations that may have been acted upon, by address.
    sends: HashMap<String, u32>,
}

impl Wire {
    pub fn new(sandbox: Direct, ledger: Ledger, account: AccountId, clock: Arc<RuntimeClock>) -> Self {
        Wire { sandbox, timeout: TIMEOUT, ledger, account, clock, watch: Mutex::default() }
    }

    /// The next requests never leave; the last fault stays for all that follow.
    pub fn cut(&self, faults: impl IntoIterator<Item = NotSent>) {
        self.watch().outage.extend(faults);
    }

    /// From now on lists have page after page, with nobody on them.
    pub fn never_end_lists(&self) {
        self.watch().endless = true;
    }

    /// Requests reach the sandbox again.
    pub fn mend(&self) {
        self.watch().outage.clear();
    }

    pub fn unannounced(&self) -> Vec<String> {
        self.watch().unannounced.clone()
    }

    /// The most invitations for one person that may have been acted upon.
    pub fn most_sends(&self) -> u32 {
        self.watch().sends.values().copied().max().unwrap_or(0)
    }

    fn watch(&self) -> MutexGuard<'_, Watch> {
        self.watch.lock().unwrap()
    }

    fn cut_off(&self) -> Option<NotSent> {
        let mut watch = self.watch();
        if watch.outage.len() > 1 { watch.outage.pop_front() } else { watch.outage.front().cloned() }
    }

    async fn call(&self, request: Request<Bytes>) -> Exchange {
        match tokio::time::timeout(self.timeout, self.sandbox.call(request)).await {
            Err(_) => Exchange::Lost { why: "no answer in time".to_owned() },
            Ok(Err(Broken::Reset)) => Exchange::Lost { why: "connection reset".to_owned() },
            Ok(Err(Broken::Truncated)) => Exchange::Answer(Answer {
                body: Body::Truncated { why: "connection reset".to_owned() },
                ..answer(Reply { status: 200, headers: Default::default(), body: Bytes::new() })
            }),
            Ok(Ok(reply)) => Exchange::Answer(answer(reply)),
        }
    }

    async fn list(&self, path: &str, query: &[(&str, Option<&str>)]) -> Exchange {
        if let Some(cut) = self.cut_off() {
            return Exchange::NotSent(cut);
        }
        if self.watch().endless {
            let cursor: u64 =
                query.iter().find_map(|(name, at)| (*name == "cursor").then_some((*at)?.parse().ok()?)).unwrap_or(0);
            let text = format!(r#"{{"users":[],"invitations":[],"hasMore":true,"cursor":"{}"}}"#, cursor + 1);
            return Exchange::Answer(answer(Reply { status: 200, headers: Default::default(), body: text.into() }));
        }
        let query = query.iter().filter_map(|(name, value)| value.map(|value| (name, value)));
        let query = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("limit", "100")
            .extend_pairs(query)
            .finish();
        let request = Request::get(format!("{path}?{query}")).header("authorization", KEY).body(Bytes::new());
        self.call(request.unwrap()).await
    }

    /// The law: a request's intent is in the ledger, open and not too old, before the request leaves.
    async fn check_announced(&self, body: &InviteRequest) {
        let key = EmailKey::of(&body.email);
        let open = self.ledger.in_doubt(self.account).await.unwrap_or_default();
        let announces = |intent: &DoubtfulIntent| {
            let age = self.clock.now().duration_since(intent.at);
            intent.closed_at.is_none() && intent.email.as_ref() == Some(&key) && age.unsigned_abs() <= intent.lead
        };
        if !open.iter().any(announces) {
            self.watch().unannounced.push(body.email.clone());
        }
    }

    fn count(&self, body: &InviteRequest, exchange: &Exchange) {
        let surely_not = match exchange {
            Exchange::NotSent(_) => true,
            Exchange::Answer(answer) => answer.status == 429,
            Exchange::Lost { .. } => false,
        };
        if !surely_not {
            *self.watch().sends.entry(body.email.clone()).or_default() += 1;
        }
    }
}

impl Api for Wire {
    fn invite<'a>(&'a self, body: &'a InviteRequest) -> BoxFuture<'a, Exchange> {
        async move {
            self.check_announced(body).await;
            let exchange = match self.cut_off() {
                Some(cut) => Exchange::NotSent(cut),
                None => {
                    let json = serde_json::to_vec(body).unwrap();
                    let request = Request::post(USERS)
                        .header("authorization", KEY)
                        .header("content-type", "application/json")
                        .body(Bytes::from(json));
                    self.call(request.unwrap()).await
                }
            };
            self.count(body, &exchange);
            exchange
        }
        .boxed()
    }

    fn users<'a>(&'a self, email: Option<&'a str>, cursor: Option<&'a str>) -> BoxFuture<'a, Exchange> {
        async move { self.list(USERS, &[("email", email), ("cursor", cursor)]).await }.boxed()
    }

    fn invitations<'a>(&'a self, since: Option<&'a str>, cursor: Option<&'a str>) -> BoxFuture<'a, Exchange> {
        async move { self.list(INVITATIONS, &[("startDate", since), ("cursor", cursor)]).await }.boxed()
    }
}

fn answer(reply: Reply) -> Answer {
    let text = |name: &str| reply.headers.get(name).map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned());
    let media = |value: String| value.split(';').next().unwrap_or_default().trim().to_lowercase();
    let host = |location: String| url::Url::parse(&location).ok().and_then(|url| url.host_str().map(str::to_owned));
    Answer {
        status: reply.status,
        retry_after_ms: text("retry-after-ms"),
        retry_after: text("retry-after"),
        date: text("date"),
        location_host: text("location").and_then(host),
        content_type: text("content-type").map(media).unwrap_or_default(),
        body: if reply.body.len() > MAX_ANSWER { Body::TooLarge } else { Body::Whole(reply.body.to_vec()) },
    }
}
