//! Every fault: what the client sees, and whether the account has acted.

use std::error::Error;
use std::io::ErrorKind;
use std::time::Duration;

use avara_onboard::autoscribe::wire::USERS;
use avara_onboard::sandbox::{Call, Fault, FaultKind, Faults, RetryAfterStyle, Sandbox, SandboxOptions, Trigger};
use serde_json::Value;

use crate::client::{Client, message};

const ANA: &str = "ana@example.org";

/// A sandbox whose next invitation ends in this fault.
async fn failing(fault: Fault) -> Client {
    let client = Client::plain().await;
    client.account().script(Trigger::Next(Call::Invite), fault);
    client
}

fn is_reset(error: &reqwest::Error) -> bool {
    let mut cause: Option<&(dyn Error + 'static)> = Some(error);
    while let Some(error) = cause {
        if error.downcast_ref::<std::io::Error>().is_some_and(|error| error.kind() == ErrorKind::ConnectionReset) {
            return true;
        }
        cause = error.source();
    }
    false
}

/// The body of a success that a fault has spoilt.
async fn spoilt(kind: FaultKind) -> (Client, Vec<u8>) {
    let client = failing(Fault::after(kind)).await;
    let answer = client.send(ANA).await.unwrap();
    assert_eq!(answer.status(), 200);
    assert_eq!(client.account().mails_to(ANA), 1);
    let body = answer.bytes().await.unwrap().to_vec();
    (client, body)
}

#[tokio::test]
async fn a_reset_is_a_reset() {
    for (fault, mails) in [(Fault::before(FaultKind::Reset), 0), (Fault::after(FaultKind::Reset), 1)] {
        let client = failing(fault).await;
        let error = client.send(ANA).await.unwrap_err();
        assert!(is_reset(&error), "{error:?}");
        assert_eq!(client.account().mails_to(ANA), mails);
        assert_eq!(client.account().faults_to_come(), 0);
        assert_eq!(client.send("ben@example.org").await.unwrap().status(), 200, "the next one is served");
    }
}

#[tokio::test]
async fn a_status_comes_before_or_after_acting() {
    for status in [408, 429, 500, 502, 503, 504] {
        for (fault, mails) in [
            (Fault::before(FaultKind::Status(status, RetryAfterStyle::None)), 0),
            (Fault::after(FaultKind::Status(status, RetryAfterStyle::None)), 1),
        ] {
            let client = failing(fault).await;
            let answer = client.send(ANA).await.unwrap();
            assert_eq!(answer.status(), status);
            assert_eq!(answer.headers().get("retry-after"), None);
            assert!(!message(&answer.json().await.unwrap()).is_empty());
            assert_eq!(client.account().mails_to(ANA), mails);
        }
    }
}

#[tokio::test]
async fn every_form_of_a_wait_is_sent() {
    for (text, header, value) in [
        ("429:2", "retry-after", "2"),
        ("429:0.5", "retry-after", "0.5"),
        ("429:0", "retry-after", "0"),
        ("429:-1", "retry-after", "-1"),
        ("429:99999999999", "retry-after", "99999999999"),
        ("429:NaN", "retry-after", "NaN"),
        ("503:ms:250", "retry-after-ms", "250"),
    ] {
        let client = failing(text.parse().unwrap()).await;
        let answer = client.send(ANA).await.unwrap();
        assert_eq!(answer.headers()[header], value, "{text}");
    }
    let client = failing("429:date:30".parse().unwrap()).await;
    let answer = client.send(ANA).await.unwrap();
    let at = |name: &str| httpdate::parse_http_date(answer.headers()[name].to_str().unwrap()).unwrap();
    let ahead = at("retry-after").duration_since(at("date")).unwrap();
    assert!((29..=30).contains(&ahead.as_secs()), "{ahead:?}: the two dates may fall on either side of a second");
}

#[tokio::test]
async fn a_5xx_at_random_is_the_same_for_the_same_seed() {
    let faults = Faults { invites: vec![(Fault::after(FaultKind::Any5xx), 1.0)], ..Faults::default() };
    let mut statuses = Vec::new();
    for _ in 0..2 {
        let client = Client::new(SandboxOptions { faults: faults.clone(), ..SandboxOptions::default() }).await;
        let mut seen = Vec::new();
        for n in 0..8 {
            seen.push(client.send(&format!("p{n}@example.org")).await.unwrap().status().as_u16());
        }
        assert!(seen.iter().all(|status| [500, 502, 503, 504].contains(status)));
        assert_eq!(client.account().mails().len(), 8);
        statuses.push(seen);
    }
    assert_eq!(statuses[0], statuses[1]);
}

/// The announced length of a body, how much of it comes, and the error that ends it.
async fn broken_body(mut answer: reqwest::Response) -> (u64, u64, reqwest::Error) {
    let announced = answer.content_length().unwrap();
    let mut got = 0;
    loop {
        match answer.chunk().await {
            Ok(Some(chunk)) => got += chunk.len() as u64,
            Ok(None) => panic!("the body came whole"),
            Err(error) => return (announced, got, error),
        }
    }
}

#[tokio::test]
async fn half_an_answer_ends_early() {
    let client = failing(Fault::after(FaultKind::Truncated)).await;
    let (announced, got, error) = broken_body(client.send(ANA).await.unwrap()).await;
    assert_eq!(got, announced / 2, "{error:?}");
    assert!(!error.is_timeout());
    assert_eq!(client.account().mails_to(ANA), 1);
}

#[tokio::test]
async fn half_an_answer_leaves_the_client_waiting() {
    let client = failing(Fault::after(FaultKind::Stall)).await;
    let patient = client.request(reqwest::Method::POST, USERS).json(&crate::client::person(ANA));
    let answer = patient.timeout(Duration::from_millis(200)).send().await.unwrap();
    let (announced, got, error) = broken_body(answer).await;
    assert_eq!(got, announced / 2);
    assert!(error.is_timeout(), "{error:?}");
}

#[tokio::test]
async fn answers_are_spoilt_in_every_way() {
    let json = |body: &[u8]| serde_json::from_slice::<Value>(body);
    assert!(json(&spoilt(FaultKind::InvalidJson).await.1).is_err());
    assert!(String::from_utf8(spoilt(FaultKind::BadEncoding).await.1).is_err());
    assert!(spoilt(FaultKind::Oversize).await.1.len() > 1 << 20);
    assert!(json(&spoilt(FaultKind::WrongShape).await.1).unwrap()["data"][0]["userId"].is_string());
    assert_eq!(json(&spoilt(FaultKind::BadUserId).await.1).unwrap()["userId"], "usr_none");
    let other = json(&spoilt(FaultKind::OtherEmail).await.1).unwrap();
    assert_eq!(other["email"], "somebody.else@example.org");
    let without = json(&spoilt(FaultKind::NoUserId).await.1).unwrap();
    assert_eq!((without.get("userId"), &without["email"]), (None, &Value::from(ANA)));
    assert!(spoilt(FaultKind::Html).await.1.starts_with(b"<!DOCTYPE html>"));

    let client = failing(Fault::before(FaultKind::Html)).await;
    let answer = client.send(ANA).await.unwrap();
    assert!(answer.headers()["content-type"].to_str().unwrap().starts_with("text/html"));
    assert_eq!(client.account().mails_to(ANA), 0);
}

#[tokio::test]
async fn a_refusal_is_not_spoilt() {
    let client = failing(Fault::after(FaultKind::NoUserId)).await;
    assert_eq!(client.invite("no address").await.0, 400);
}

#[tokio::test]
async fn redirects_name_another_host() {
    for status in [301, 302, 303, 307, 308] {
        let to = Some("http://elsewhere.test/in".to_owned());
        let client = failing(Fault::before(FaultKind::Redirect { status, to })).await;
        let answer = client.send(ANA).await.unwrap();
        assert_eq!(
            (answer.status().as_u16(), &answer.headers()["location"]),
            (status, &"http://elsewhere.test/in".parse().unwrap())
        );
        assert!(client.account().mails().is_empty());
    }
}

#[tokio::test]
async fn a_hang_lasts_until_the_client_goes() {
    for (fault, mails) in [(Fault::before(FaultKind::Hang), 0), (Fault::after(FaultKind::Hang), 1)] {
        let client = failing(fault).await;
        let waiting = client.request(reqwest::Method::POST, USERS).json(&crate::client::person(ANA));
        let error = waiting.timeout(Duration::from_millis(100)).send().await.unwrap_err();
        assert!(error.is_timeout(), "{error:?}");
        assert_eq!(client.account().mails_to(ANA), mails);
    }
}

#[tokio::test]
async fn a_stop_ends_a_hang() {
    let client = failing(Fault::before(FaultKind::Hang)).await;
    let hanging = client.request(reqwest::Method::POST, USERS).json(&crate::client::person(ANA)).send();
    let account = client.account();
    let hanging = tokio::spawn(hanging);
    while account.requests().is_empty() {
        tokio::task::yield_now().await;
    }
    client.sandbox.stop().await;
    assert!(hanging.await.unwrap().is_err());
}

#[tokio::test]
async fn the_account_acts_though_the_client_has_gone() {
    let client = failing(Fault::before(FaultKind::Slow(Duration::from_millis(200)))).await;
    let impatient = client.request(reqwest::Method::POST, USERS).json(&crate::client::person(ANA));
    assert!(impatient.timeout(Duration::from_millis(50)).send().await.unwrap_err().is_timeout());
    let account = client.account();
    assert_eq!(account.mails_to(ANA), 0);
    while account.mails_to(ANA) == 0 {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn scripted_faults_find_their_request() {
    let client = Client::plain().await;
    let account = client.account();
    account.script(Trigger::Email("BEN@example.org".into()), "400".parse().unwrap());
    account.script(Trigger::Nth(Call::Invite, 3), "403".parse().unwrap());
    account.script(Trigger::From(Call::ListUsers, 2), "500".parse().unwrap());
    let mut statuses = Vec::new();
    for email in [ANA, "ben@example.org", "cleo@example.org", "dan@example.org"] {
        statuses.push(client.send(email).await.unwrap().status().as_u16());
    }
    assert_eq!(statuses, [200, 400, 403, 200]);
    assert_eq!([client.get(USERS).await.0, client.get(USERS).await.0, client.get(USERS).await.0], [200, 500, 500]);
    assert_eq!(account.faults_to_come(), 1);
}

#[tokio::test]
async fn lists_have_faults_of_their_own() {
    let faults = Faults { lists: vec![("429:1".parse().unwrap(), 1.0)], ..Faults::default() };
    let client = Client::new(SandboxOptions { faults, ..SandboxOptions::default() }).await;
    assert_eq!(client.get(USERS).await.0, 429);
    assert_eq!(client.send(ANA).await.unwrap().status(), 200);
}

#[tokio::test]
async fn what_cannot_be_started_says_why() {
    let refused = async |options: SandboxOptions, address: &str| {
        Sandbox::start(options, address.parse().unwrap()).await.unwrap_err().to_string()
    };
    let options = SandboxOptions::default;
    assert!(refused(options(), "0.0.0.0:0").await.contains("loopback only"));
    let key = |key: &str| SandboxOptions { key: key.to_owned(), ..options() };
    assert!(refused(key("real_key"), "127.0.0.1:0").await.contains("sandbox_"));
    assert!(refused(key("sandbox_"), "127.0.0.1:0").await.contains("sandbox_"));
    let faults = Faults { invites: vec![("reset".parse().unwrap(), 1.5)], ..Faults::default() };
    assert!(refused(SandboxOptions { faults, ..options() }, "127.0.0.1:0").await.contains("probabilities"));
    assert!(refused(SandboxOptions { page_size: 0, ..options() }, "127.0.0.1:0").await.contains("page"));
    let nowhere = SandboxOptions { mail_log: Some("/dev/null/mail".into()), ..options() };
    assert!(refused(nowhere, "127.0.0.1:0").await.contains("cannot write /dev/null/mail"));
}
