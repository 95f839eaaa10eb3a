use std::time::Duration;

use super::*;
use crate::ledger::{AccountId, Closing, KeyFingerprint, NewIntent, NewRun, RunId};
use crate::staff::EmailKey;

fn at() -> jiff::Timestamp {
    jiff::Timestamp::from_millisecond(1_795_420_800_000).unwrap()
}

async fn begin(ledger: &Ledger) -> (AccountId, RunId) {
    let account = ledger.account("https://api.example.test", &KeyFingerprint::of("key")).await.unwrap();
    let run = NewRun {
        account,
        command: "invite".to_owned(),
        roster_name: "staff.csv".to_owned(),
        roster_hash: [0; 32],
        results_path: None,
        started_at: at(),
        tool_version: "0.1.0".to_owned(),
        rows: None,
    };
    (account, ledger.begin_run(run).await.unwrap())
}

fn intent((account, run): (AccountId, RunId), seq: u64) -> NewIntent {
    NewIntent {
        run,
        account,
        seq,
        person: EmailKey::of(&format!("person{seq}@example.org")),
        content_hash: [1; 32],
        field_marks: [1; 13],
        attempt: 1,
        at: at(),
        lead: Duration::ZERO,
        timeout: Duration::from_secs(30),
    }
}

/// Lets the database grow no further, as a full disk would.
async fn fill_the_disk(ledger: &Ledger) {
    let fill = |database: &mut Database| {
        let pages: i64 = database.sql().pragma_query_value(None, "page_count", |row| row.get(0))?;
        let limit = format!("PRAGMA max_page_count = {}", pages + 2);
        Ok(database.sql().query_row(&limit, [], |_| Ok(()))?)
    };
    ledger.ask(Kind::Ask, fill).await.unwrap();
}

async fn make_room(ledger: &Ledger) -> Result<(), LedgerError> {
    let room = "PRAGMA max_page_count = 1000000";
    ledger.ask(Kind::Ask, |database| Ok(database.sql().query_row(room, [], |_| Ok(()))?)).await
}

async fn assert_full_is_final(ledger: Ledger) -> u64 {
    let begun = begin(&ledger).await;
    fill_the_disk(&ledger).await;
    let mut durable = 0;
    let failure = loop {
        match ledger.intend(intent(begun, durable)).await {
            Ok(_) => durable += 1,
            Err(failure) => break failure,
        }
    };
    assert!(matches!(&failure, LedgerError::CannotRecord { why } if why.contains("full")), "{failure}");
    // Room or not: there is no second try, for anybody, in any call.
    assert_eq!(make_room(&ledger).await.unwrap_err(), failure);
    assert_eq!(ledger.intend(intent(begun, 99)).await.unwrap_err(), failure);
    assert_eq!(ledger.close(crate::ledger::IntentId(1), Closing::Absent, at()).await.unwrap_err(), failure);
    assert_eq!(ledger.flush().await.unwrap_err(), failure);
    assert_eq!(ledger.clone().in_doubt(begun.0).await.unwrap_err(), failure);
    durable
}

#[tokio::test]
async fn a_full_disk_is_final_and_what_was_durable_is_there_afterwards() {
    let folder = tempfile::tempdir().unwrap();
    let durable = assert_full_is_final(Ledger::open(folder.path()).unwrap()).await;
    assert!(folder.path().join("ledger.sqlite3-wal").exists(), "closing wrote after the failure");
    let ledger = Ledger::open(folder.path()).unwrap();
    let account = ledger.account("https://api.example.test", &KeyFingerprint::of("key")).await.unwrap();
    let there = ledger.in_doubt(account).await.unwrap();
    assert_eq!(there.len() as u64, durable);
    ledger.flush().await.unwrap();
}

#[tokio::test]
async fn a_full_memory_is_final_too() {
    assert_full_is_final(Ledger::in_memory().unwrap()).await;
}

#[tokio::test]
async fn work_that_needs_no_answer_is_written_without_anybody_asking() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = Ledger::open(folder.path()).unwrap();
    let begun = begin(&ledger).await;
    let id = ledger.intend(intent(begun, 0)).await.unwrap();
    ledger.close(id, Closing::NotSent { why: "connection refused".to_owned() }, at()).await.unwrap();
    // Nothing else is handed in; the line has all its places back once the writer has written it by itself.
    let all = u32::try_from(WAITING).unwrap();
    let _places = ledger.inner.waiting.acquire_many(all).await.unwrap();
    let client = rusqlite::Connection::open(folder.path().join(crate::ledger::FILE_NAME)).unwrap();
    let state: String = client.query_row("SELECT state FROM intent", [], |row| row.get(0)).unwrap();
    assert_eq!(state, "not_sent");
}

/// How many commits are in the log: frames of a 24 byte header and a page, a commit's last one says how large the
/// database is by then.
fn commits(state_dir: &Path) -> usize {
    let log = std::fs::read(state_dir.join("ledger.sqlite3-wal")).unwrap();
    log[32..].chunks(24 + 4096).filter(|frame| frame[4..8] != [0; 4]).count()
}

#[tokio::test]
async fn many_intents_share_few_commits() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = Ledger::open(folder.path()).unwrap();
    let begun = begin(&ledger).await;
    let before = commits(folder.path());
    ledger.expect_in_flight(64);
    let intents = (0..64).map(|seq| ledger.intend(intent(begun, seq)));
    let ids = futures::future::join_all(intents).await;
    assert!(ids.iter().all(Result::is_ok));
    // One, unless this machine was busy for longer than the writer waits; sixty-four without groups.
    let commits = commits(folder.path()) - before;
    assert!((1..=32).contains(&commits), "{commits}");
}

#[tokio::test(start_paused = true)]
async fn in_memory_no_time_passes_on_a_paused_clock() {
    let ledger = Ledger::in_memory().unwrap();
    let started = tokio::time::Instant::now();
    let other = tokio::spawn(tokio::time::sleep(Duration::from_secs(5)));
    let begun = begin(&ledger).await;
    for seq in 0..20 {
        ledger.intend(intent(begun, seq)).await.unwrap();
    }
    assert_eq!(started.elapsed(), Duration::ZERO);
    other.abort();
}
