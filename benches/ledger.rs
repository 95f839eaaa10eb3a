//! How fast intents become durable: on disk and in memory, for 8, 64 and 256 tasks that send at once.
//!
//! `cargo bench --bench ledger`. A round is an intent, its closing and its outcome, as a row that is sent makes them.

use std::time::Duration;

use avara_onboard::ledger::{
    AccountId, Closing, FoundAs, KeyFingerprint, Ledger, LedgerError, NewIntent, NewRun, RunId,
};
use avara_onboard::outcome::{Outcome, Status};
use avara_onboard::staff::EmailKey;
use divan::counter::ItemsCount;
use jiff::Timestamp;
use tokio::runtime::Runtime;

const ROWS: u64 = 4_096;
const TASKS: [u64; 3] = [8, 64, 256];

fn main() {
    divan::main();
}

#[divan::bench(args = TASKS, sample_count = 5)]
fn on_disk(bencher: divan::Bencher<'_, '_>, tasks: u64) {
    let runtime = Runtime::new().expect("a runtime");
    bencher
        .with_inputs(|| {
            let folder = tempfile::tempdir().expect("a folder");
            let ledger = Ledger::open(folder.path()).expect("a ledger");
            (ledger, folder)
        })
        .counter(ItemsCount::new(ROWS))
        .bench_local_refs(|(ledger, _folder)| runtime.block_on(send_all(ledger, tasks)).expect("a working ledger"));
}

#[divan::bench(args = TASKS, sample_count = 5)]
fn in_memory(bencher: divan::Bencher<'_, '_>, tasks: u64) {
    let runtime = Runtime::new().expect("a runtime");
    bencher
        .with_inputs(|| Ledger::in_memory().expect("a ledger"))
        .counter(ItemsCount::new(ROWS))
        .bench_local_refs(|ledger| runtime.block_on(send_all(ledger, tasks)).expect("a working ledger"));
}

/// All rows, shared among so many tasks.
async fn send_all(ledger: &Ledger, tasks: u64) -> Result<(), LedgerError> {
    ledger.expect_in_flight(usize::try_from(tasks).unwrap_or(usize::MAX));
    let account = ledger.account("https://api.example.test", &KeyFingerprint::of("made-up")).await?;
    let run = ledger.begin_run(new_run(account)).await?;
    let senders: Vec<_> =
        (0..tasks).map(|task| tokio::spawn(send(ledger.clone(), account, run, task, tasks))).collect();
    for sender in senders {
        sender.await.expect("a task that ends")?;
    }
    ledger.flush().await
}

async fn send(ledger: Ledger, account: AccountId, run: RunId, task: u64, tasks: u64) -> Result<(), LedgerError> {
    let at = Timestamp::UNIX_EPOCH;
    for seq in (task..ROWS).step_by(usize::try_from(tasks).unwrap_or(1)) {
        let person = EmailKey::of(&format!("person{seq}@example.org"));
        let outcome = outcome(seq, &person);
        let timeout = Duration::from_secs(30);
        let intent = NewIntent {
            run,
            account,
            seq,
            person,
            content_hash: [7; 32],
            field_marks: [7; 13],
            attempt: 1,
            at,
            lead: Duration::ZERO,
            timeout,
        };
        let id = ledger.intend(intent).await?;
        let found = FoundAs::Answer;
        let closing = Closing::Confirmed { user_id: outcome.user_id.clone(), http_status: Some(200), found };
        ledger.close(id, closing, at).await?;
        ledger.record(&run, outcome).await?;
    }
    Ok(())
}

fn new_run(account: AccountId) -> NewRun {
    NewRun {
        account,
        command: "invite".to_owned(),
        roster_name: "staff.csv".to_owned(),
        roster_hash: [0; 32],
        results_path: None,
        started_at: Timestamp::UNIX_EPOCH,
        tool_version: "0.1.0".to_owned(),
        rows: Some(ROWS),
    }
}

fn outcome(seq: u64, person: &EmailKey) -> Outcome {
    Outcome {
        seq,
        row: (seq + 2).to_string(),
        email: person.as_str().to_owned(),
        first_name: "Ana".to_owned(),
        last_name: "Ruiz".to_owned(),
        status: Status::Invited,
        same_as: None,
        user_id: Some(format!("usr_{seq:032x}")),
        error_code: String::new(),
        error: String::new(),
        attempts: 1,
        http_status: Some(200),
        sent_at: Some(Timestamp::UNIX_EPOCH),
    }
}
