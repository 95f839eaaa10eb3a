//! The ledger among processes: killed at each named place, contended for, held by somebody else.
#![cfg(all(unix, debug_assertions))]

mod ledger_support;

use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use avara_onboard::fault_point;
use avara_onboard::ledger::lock::{AccountLock, Holder, LockError};
use avara_onboard::ledger::{Known, Ledger};
use ledger_support::{account, at, begin, confirmed, intent, outcome, person};

const FOLDER: &str = "LEDGER_TEST_FOLDER";

/// This test binary once more, at one of its functions that only do something in a child.
fn child(function: &str, folder: &Path) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", function, "--nocapture", "--test-threads=1"]).env(FOLDER, folder);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    command
}

fn holder() -> Holder {
    Holder { pid: std::process::id(), command: "invite".to_owned(), started_at: at(0) }
}

/// What a run does with the ledger, each acknowledgement told on stdout.
#[tokio::test]
async fn child_sends() {
    let Some(folder) = std::env::var_os(FOLDER) else { return };
    let ledger = Ledger::open(Path::new(&folder)).unwrap();
    let key = account(&ledger, "key").await;
    let _lock = AccountLock::acquire(Path::new(&folder), "key", &holder()).unwrap();
    let run = begin(&ledger, key, at(0)).await;
    for number in 0..4 {
        let id = ledger.intend(intent(run, key, number)).await.unwrap();
        println!("\nintended {number}");
        ledger.close(id, confirmed(number), at(9)).await.unwrap();
        ledger.record(&run, outcome(number)).await.unwrap();
        ledger.flush().await.unwrap();
        println!("\nconfirmed {number}");
    }
    ledger.join_clinic(key, "clinic-1").await.unwrap();
    ledger.forget(at(1), at(10)).await.unwrap();
}

/// Sends to many at once, without an end of its own.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn child_sends_without_end() {
    let Some(folder) = std::env::var_os(FOLDER) else { return };
    let ledger = Ledger::open(Path::new(&folder)).unwrap();
    ledger.expect_in_flight(8);
    let key = account(&ledger, "key").await;
    let run = begin(&ledger, key, at(0)).await;
    let send = |task: u64| {
        let ledger = ledger.clone();
        async move {
            for number in (task..).step_by(8) {
                let id = ledger.intend(intent(run, key, number)).await.unwrap();
                println!("\nintended {number}.");
                ledger.close(id, confirmed(number), at(9)).await.unwrap();
                ledger.record(&run, outcome(number)).await.unwrap();
            }
        }
    };
    futures::future::join_all((0..8).map(|task| tokio::spawn(send(task)))).await;
}

/// Takes the lock and keeps it until its stdin is closed.
#[test]
fn child_contends() {
    let Some(folder) = std::env::var_os(FOLDER) else { return };
    let folder = Path::new(&folder);
    let _ledger = Ledger::open(folder).unwrap();
    let lock = AccountLock::acquire(folder, "key", &holder());
    match &lock {
        Ok(_) => println!("\nhas it"),
        Err(LockError::Held { .. }) => println!("\nrefused"),
        Err(LockError::Io { .. }) => println!("\nfailed"),
    }
    let _ = std::io::stdin().read_to_end(&mut Vec::new());
}

/// The first line that a child says for itself, among those of the test harness.
fn answer(child: &mut Child) -> String {
    let lines = BufReader::new(child.stdout.as_mut().unwrap()).lines().map_while(Result::ok);
    lines.into_iter().find(|line| ["has it", "refused", "failed"].contains(&line.as_str())).unwrap_or_default()
}

#[tokio::test]
async fn killed_at_any_named_place_nothing_acknowledged_is_lost() {
    let places = ["lock.", "intent.", "close.", "record.", "merge.", "forget."];
    for name in fault_point::NAMES.iter().filter(|name| places.iter().any(|place| name.starts_with(place))) {
        for passing in [1, 3] {
            let folder = tempfile::tempdir().unwrap();
            let killed = child("child_sends", folder.path())
                .env(fault_point::VARIABLE, format!("{name}:{passing}"))
                .output()
                .unwrap();
            let once = ["lock.", "merge.", "forget."].iter().any(|place| name.starts_with(place));
            assert_eq!(killed.status.success(), once && passing > 1, "{name}:{passing} was not passed");
            assert_recovers(folder.path(), &String::from_utf8(killed.stdout).unwrap(), name).await;
        }
    }
}

async fn assert_recovers(folder: &Path, told: &str, name: &str) {
    let ledger = Ledger::open(folder).unwrap();
    let key = account(&ledger, "key").await;
    let known = ledger.known(key, (0..4).map(person).collect()).await.unwrap();
    for (number, known) in known.iter().enumerate() {
        if told.contains(&format!("intended {number}")) {
            assert!(known.is_some(), "{name}: intent {number} was acknowledged and is lost");
        }
        if told.contains(&format!("confirmed {number}")) {
            assert!(matches!(known, Some(Known::Confirmed { .. })), "{name}: confirmation {number} is lost");
        }
    }
    // Nothing to clean up after the dead.
    AccountLock::acquire(folder, "key", &holder()).unwrap();
}

#[tokio::test]
async fn killed_at_any_moment_nothing_acknowledged_is_lost() {
    let folder = tempfile::tempdir().unwrap();
    let mut acknowledged = std::collections::BTreeSet::new();
    // Each process goes on in the same ledger, and is killed after a few words more than the one before.
    for words in (1..200).step_by(17) {
        let mut child = child("child_sends_without_end", folder.path()).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
        let mut number = |line: String| line.strip_prefix("intended ")?.strip_suffix('.')?.parse::<u64>().ok();
        acknowledged.extend(lines.by_ref().filter_map(&mut number).take(words));
        child.kill().unwrap();
        // What it could still say before it died counts too.
        acknowledged.extend(lines.filter_map(number));
        child.wait().unwrap();

        let ledger = Ledger::open(folder.path()).unwrap();
        let key = account(&ledger, "key").await;
        let people = acknowledged.iter().copied().map(person).collect();
        let known = ledger.known(key, people).await.unwrap();
        assert!(known.iter().all(Option::is_some), "after {words} words an acknowledged intent is lost");
    }
}

#[test]
fn of_fifty_processes_at_once_one_has_the_account() {
    let folder = tempfile::tempdir().unwrap();
    let mut children: Vec<_> = (0..50).map(|_| child("child_contends", folder.path()).spawn().unwrap()).collect();
    // Nobody lets go before everybody has tried.
    let answers: Vec<_> = children.iter_mut().map(answer).collect();
    for mut child in children {
        drop(child.stdin.take());
        assert!(child.wait().unwrap().success());
    }
    assert_eq!(answers.iter().filter(|answer| *answer == "has it").count(), 1, "{answers:?}");
    assert_eq!(answers.iter().filter(|answer| *answer == "refused").count(), 49, "{answers:?}");
}

#[test]
fn a_held_account_names_its_holder_and_a_killed_holder_leaves_nothing_to_clean() {
    let folder = tempfile::tempdir().unwrap();
    let mut child = child("child_contends", folder.path()).spawn().unwrap();
    while answer(&mut child) != "has it" {}
    let refused = AccountLock::acquire(folder.path(), "key", &holder()).unwrap_err();
    let LockError::Held { holder: Some(other) } = refused else { panic!("{refused}") };
    assert_eq!((other.pid, other.command.as_str(), other.started_at), (child.id(), "invite", at(0)));
    child.kill().unwrap();
    child.wait().unwrap();
    AccountLock::acquire(folder.path(), "key", &holder()).unwrap();
}
