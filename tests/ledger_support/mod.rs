//! What the ledger's tests share: made-up people, fixed times, short ways to a run and an intent.
#![allow(dead_code, reason = "each test binary uses a part")]

use std::time::Duration;

use avara_onboard::ledger::{AccountId, Closing, FoundAs, IntentId, KeyFingerprint, Ledger, NewIntent, NewRun, RunId};
use avara_onboard::outcome::{Outcome, Status};
use avara_onboard::staff::EmailKey;
use jiff::Timestamp;

pub const ORIGIN: &str = "https://api.example.test";

/// So many milliseconds after a fixed moment.
pub fn at(milliseconds: i64) -> Timestamp {
    Timestamp::from_millisecond(1_795_420_800_000 + milliseconds).unwrap()
}

pub fn person(number: u64) -> EmailKey {
    EmailKey::of(&format!("person{number}@example.org"))
}

pub fn user_id(number: u64) -> String {
    format!("usr_{number:032x}")
}

pub async fn account(ledger: &Ledger, key: &str) -> AccountId {
    ledger.account(ORIGIN, &KeyFingerprint::of(key)).await.unwrap()
}

pub async fn begin(ledger: &Ledger, account: AccountId, started_at: Timestamp) -> RunId {
    let run = NewRun {
        account,
        command: "invite".to_owned(),
        roster_name: "staff.csv".to_owned(),
        roster_hash: [7; 32],
        results_path: Some("staff.results.csv".into()),
        started_at,
        tool_version: "0.1.0".to_owned(),
        rows: Some(3),
    };
    ledger.begin_run(run).await.unwrap()
}

/// An intent for a person; its `seq` and its content are the person's number.
pub fn intent(run: RunId, account: AccountId, number: u64) -> NewIntent {
    NewIntent {
        run,
        account,
        seq: number,
        person: person(number),
        content_hash: [number as u8; 32],
        field_marks: [number as u8; 13],
        attempt: 1,
        at: at(1_000 + number as i64),
        lead: Duration::ZERO,
        timeout: Duration::from_secs(30),
    }
}

pub fn confirmed(number: u64) -> Closing {
    Closing::Confirmed { user_id: Some(user_id(number)), http_status: Some(200), found: FoundAs::Answer }
}

pub fn unknown() -> Closing {
    Closing::Unknown { why: "connection reset".to_owned(), http_status: None }
}

pub async fn invite(ledger: &Ledger, run: RunId, account: AccountId, number: u64) -> IntentId {
    let id = ledger.intend(intent(run, account, number)).await.unwrap();
    ledger.close(id, confirmed(number), at(2_000 + number as i64)).await.unwrap();
    id
}

pub fn outcome(seq: u64) -> Outcome {
    Outcome {
        seq,
        row: format!("Staff!{}", seq + 2),
        email: person(seq).as_str().to_owned(),
        first_name: "Ana".to_owned(),
        last_name: "Ruíz".to_owned(),
        status: Status::Invited,
        same_as: None,
        user_id: Some(user_id(seq)),
        error_code: String::new(),
        error: String::new(),
        attempts: 1,
        http_status: Some(200),
        sent_at: Some(at(seq as i64)),
    }
}
