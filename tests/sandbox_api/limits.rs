//! Rate, latency, size, the record of requests, and the files.

use std::time::Duration;

use avara_onboard::autoscribe::wire::USERS;
use avara_onboard::sandbox::{RateLimit, RetryAfterStyle, SandboxOptions, ShouldRetry};
use reqwest::Method;
use serde_json::{Value, json};

use crate::client::{Client, person};

#[tokio::test]
async fn too_many_requests_are_told_when_to_come_again() {
    let limit = RateLimit { per_second: 3, retry_after: RetryAfterStyle::Millis(700) };
    let client = Client::new(SandboxOptions { rate_limit: Some(limit), ..SandboxOptions::default() }).await;
    let answers = futures::future::join_all((0..5).map(|_| client.request(Method::GET, USERS).send())).await;
    let answers: Vec<_> = answers.into_iter().map(Result::unwrap).collect();
    let late: Vec<_> = answers.iter().filter(|answer| answer.status() == 429).collect();
    assert_eq!(late.len(), 2);
    assert!(late.iter().all(|answer| answer.headers()["retry-after-ms"] == "700"));
}

#[tokio::test]
async fn latency_is_served_side_by_side() {
    let options = SandboxOptions { latency: Duration::from_millis(100), ..SandboxOptions::default() };
    let client = Client::new(options).await;
    let before = tokio::time::Instant::now();
    futures::future::join_all((0..8).map(|_| client.request(Method::GET, USERS).send())).await;
    assert!(before.elapsed() >= Duration::from_millis(100));
    assert_eq!(client.account().most_at_once(), 8);
}

#[tokio::test]
async fn errors_can_carry_the_servers_word_on_a_retry() {
    let options = SandboxOptions { should_retry: Some(ShouldRetry::Yes), ..SandboxOptions::default() };
    let client = Client::new(options).await;
    let right = client.request(Method::GET, USERS).send().await.unwrap();
    assert_eq!(right.headers().get("x-should-retry"), None);
    let wrong = client.request(Method::DELETE, USERS).send().await.unwrap();
    assert_eq!(wrong.headers()["x-should-retry"], "true");
}

#[tokio::test]
async fn a_body_is_at_most_a_mebibyte() {
    let client = Client::plain().await;
    let mut body = person("ana@example.org");
    body["firstName"] = "A".repeat(1 << 20).into();
    assert_eq!(client.post(USERS, body).await.0, 413);
}

#[tokio::test]
async fn every_request_is_on_record() {
    let client = Client::new(SandboxOptions { keep_requests: 2, ..SandboxOptions::default() }).await;
    client.get(USERS).await;
    client.get(&format!("{USERS}?limit=5")).await;
    client.invite("ana@example.org").await;
    let seen = client.account().requests();
    assert_eq!(seen.iter().map(|request| request.number).collect::<Vec<_>>(), [2, 3], "the last two are kept");
    assert_eq!((seen[0].method.as_str(), seen[0].query.as_deref()), ("GET", Some("limit=5")));
    assert_eq!((seen[1].method.as_str(), seen[1].path.as_str()), ("POST", USERS));
    assert_eq!(serde_json::from_slice::<Value>(&seen[1].body).unwrap(), person("ana@example.org"));
    assert!(seen[0].at <= seen[1].at);
}

#[tokio::test]
async fn mails_and_bodies_are_in_their_files_when_the_answer_is_there() {
    let folder = tempfile::tempdir().unwrap();
    let (mails, bodies) = (folder.path().join("mail.jsonl"), folder.path().join("bodies.jsonl"));
    let options =
        SandboxOptions { mail_log: Some(mails.clone()), record: Some(bodies.clone()), ..SandboxOptions::default() };
    let client = Client::new(options).await;
    let (_, user) = client.invite("ana@example.org").await;
    client.invite("ana@example.org").await;

    let mail: Value = serde_json::from_str(&std::fs::read_to_string(&mails).unwrap()).unwrap();
    let sent = &client.account().mails()[0];
    assert_eq!(
        mail,
        json!({"at": sent.at, "email": "ana@example.org", "userId": user["userId"], "invitationId": sent.invitation_id})
    );
    let lines = std::fs::read_to_string(&bodies).unwrap();
    let lines: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines, [person("ana@example.org"), person("ana@example.org")], "refused ones too");
}

#[tokio::test]
async fn the_port_is_free_after_a_stop() {
    let client = Client::plain().await;
    client.get(USERS).await;
    let base = client.sandbox.base_url();
    client.sandbox.stop().await;
    assert!(tokio::net::TcpStream::connect(base.trim_start_matches("http://")).await.is_err());
}
