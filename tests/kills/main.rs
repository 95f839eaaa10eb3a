//! The real program, killed: at every named place of its way and at random moments, then run again to the end.
//!
//! The sandbox in this process outlives it and judges: nobody has two mails, nobody is left out, every row of the results
//! is there with the right id. `AVARA_ONBOARD_LONG=1` makes over 1,000 kills of the hundred of an ordinary test run.
#![cfg(all(unix, debug_assertions))]

mod clinic;

use std::time::Duration;

use avara_onboard::fault_point;
use avara_onboard::sandbox::Duplicates;
use clinic::{Clinic, PEOPLE};
use futures::StreamExt;
use rand::RngExt;

/// Runs at the same time; most of their time they wait for a doubtful request to be over.
const AT_ONCE: usize = 6;

/// What ends a run.
#[derive(Clone, Debug)]
enum Kill {
    /// The program aborts at a named place.
    At(String),
    /// The system kills it.
    After(Duration),
}

fn is_long() -> bool {
    std::env::var_os("AVARA_ONBOARD_LONG").is_some()
}

/// Every place that an invitation passes; erasing is another command's.
fn places() -> impl Iterator<Item = &'static str> {
    fault_point::NAMES.iter().copied().filter(|name| !name.starts_with("forget."))
}

fn named(passings: &[u64]) -> Vec<Kill> {
    let once = |name: &str| name.starts_with("lock.") || name.starts_with("merge.");
    places()
        .flat_map(|name| {
            let passings = if once(name) { &[1][..] } else { passings };
            passings.iter().map(move |passing| Kill::At(format!("{name}:{passing}")))
        })
        .collect()
}

fn random(count: usize) -> Vec<Kill> {
    let mut random = rand::rng();
    (0..count).map(|_| Kill::After(Duration::from_micros(random.random_range(1_000..900_000)))).collect()
}

/// Kills one run, and has the same command run to the end.
async fn survive(kill: Kill, duplicates: Duplicates) {
    let clinic = Clinic::open(duplicates).await;
    if matches!(&kill, Kill::At(place) if place.starts_with("merge.")) {
        // The clinic shows in the lists from the first invitation on, so a second run joins it.
        assert_eq!(clinic.invite().arg("--limit=2").status().await.unwrap().code(), Some(1));
    }
    match &kill {
        Kill::At(place) => {
            let killed = clinic.invite().env(fault_point::VARIABLE, place).status().await.unwrap();
            assert_eq!(killed.code(), None, "{place} was not passed");
        }
        Kill::After(time) => {
            let mut child = clinic.invite().spawn().unwrap();
            tokio::time::sleep(*time).await;
            child.start_kill().unwrap();
            child.wait().await.unwrap();
        }
    }
    clinic.assert_whole_lines(&format!("{kill:?}"));
    clinic.assert_the_ledger_knows_every_row(&format!("{kill:?}")).await;
    clinic.finish(&format!("{kill:?} {duplicates:?}")).await;
}

async fn survive_all(kills: Vec<Kill>, duplicates: Duplicates) {
    futures::stream::iter(kills).for_each_concurrent(AT_ONCE, |kill| survive(kill, duplicates)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_at_every_named_place() {
    let passings: Vec<u64> = if is_long() { (1..=20).collect() } else { vec![1, 4, 13] };
    survive_all(named(&passings), Duplicates::Conflict409).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_at_every_named_place_where_nothing_is_deduplicated() {
    let passings: Vec<u64> = if is_long() { (1..=20).collect() } else { vec![2, 9] };
    survive_all(named(&passings), Duplicates::SecondInvitation).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_at_any_moment() {
    survive_all(random(if is_long() { 400 } else { 12 }), Duplicates::Conflict409).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_at_any_moment_where_nothing_is_deduplicated() {
    survive_all(random(if is_long() { 400 } else { 12 }), Duplicates::SecondInvitation).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_again_and_again() {
    let clinic = Clinic::open(Duplicates::SecondInvitation).await;
    for kill in [300, 450, 600, 900] {
        let mut child = clinic.invite().spawn().unwrap();
        tokio::time::sleep(Duration::from_millis(kill)).await;
        child.start_kill().unwrap();
        child.wait().await.unwrap();
    }
    clinic.finish("four kills").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_signal_drains_and_a_second_one_abandons() {
    for (signals, codes) in
        [(&["INT"][..], &[130][..]), (&["TERM"], &[143]), (&["HUP"], &[129]), (&["INT", "INT"], &[3, 130])]
    {
        let clinic = Clinic::open(Duplicates::SecondInvitation).await;
        clinic.account().reconfigure(|options| options.latency = Duration::from_millis(200));
        let mut child = clinic.invite().spawn().unwrap();
        while clinic.account().mails().is_empty() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        for signal in signals {
            let process = child.id().unwrap().to_string();
            std::process::Command::new("kill").args(["-s", signal, &process]).status().unwrap();
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        let code = child.wait().await.unwrap().code().unwrap();
        assert!(codes.contains(&code), "{signals:?}: {code}");
        assert_eq!(clinic.lines(), PEOPLE, "the results are whole whenever the run ends by itself");
        assert!(clinic.account().mails().len() < PEOPLE);
        clinic.finish(&format!("{signals:?}")).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_disk_stops_the_run_and_the_next_one_finishes() {
    let mut stopped = 0;
    for kibibytes in [40, 120, 200, 280, 360, 440] {
        let clinic = Clinic::open(Duplicates::SecondInvitation).await;
        // Files that may not grow beyond this are as good as a disk that is full: ledger, log of the ledger, results.
        let code = clinic.invite_within(kibibytes).status().await.unwrap().code();
        let sent = clinic.account().mails().len();
        assert!(code == Some(6) || (code == Some(0) && sent == PEOPLE), "{kibibytes} KiB: {code:?}, {sent} sent");
        stopped += u32::from(code == Some(6));
        clinic.finish(&format!("{kibibytes} KiB")).await;
    }
    assert!(stopped > 1, "no limit stopped a run");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_disk_that_needs_longer_than_an_intents_lead_stops_nobody() {
    let clinic = Clinic::open(Duplicates::SecondInvitation).await;
    let mut invite = clinic.invite();
    // A group is held up once for each intent in it.
    invite.arg("--limit=3").env(fault_point::VARIABLE, "intent.before_commit:stall=1300");
    let code =
        tokio::time::timeout(Duration::from_secs(120), invite.status()).await.expect("it goes on").unwrap().code();
    assert_eq!((code, clinic.account().mails().len()), (Some(1), 3));
    clinic.finish("a slow disk").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_fifty_started_at_once_one_sends() {
    let clinic = Clinic::open(Duplicates::SecondInvitation).await;
    // Whoever has the lock asks in vain until all the others have been refused.
    clinic.account().reconfigure(|options| options.latency = Duration::from_secs(3600));
    let mut running: futures::stream::FuturesUnordered<_> = (0..50)
        .map(|_| {
            let mut child = clinic.invite().args(["--timeout", "10s"]).spawn().unwrap();
            async move { child.wait().await.unwrap().code() }
        })
        .collect();
    for _ in 0..49 {
        assert_eq!(running.next().await.unwrap(), Some(7));
    }
    clinic.account().reconfigure(|options| options.latency = Duration::from_millis(1));
    assert_eq!(running.next().await.unwrap(), Some(0));
    clinic.assert_all_invited("fifty at once", &["invited"]);
    assert_eq!(clinic.account().mails().len(), PEOPLE);
}
