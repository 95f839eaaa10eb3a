//! What the ledger costs: 2,000 rows through delivery to an account that answers at once, with the ledger on disk and in
//! memory, unlimited and at rates that people use.
//!
//! `cargo bench --bench sending`. The same work but for the disk: what differs is what durability costs. An answer takes
//! `LATENCY`, a tenth of what a quick API takes, so that the comparison is a hard one; `instant` leaves even that out.

use std::sync::Arc;
use std::time::Duration;

use avara_onboard::autoscribe::client::{Answer, Body, Exchange};
use avara_onboard::autoscribe::wire::InviteRequest;
use avara_onboard::delivery::api::Api;
use avara_onboard::delivery::engine::{Delivery, OnUnknown, Parts, Rules};
use avara_onboard::delivery::gate::Gate;
use avara_onboard::delivery::job::{Before, Job};
use avara_onboard::delivery::pace::{Pace, Rate};
use avara_onboard::delivery::retry::Backoff;
use avara_onboard::delivery::stop::Stopper;
use avara_onboard::event::Silent;
use avara_onboard::ledger::{KeyFingerprint, Ledger, NewRun};
use avara_onboard::shutdown::Shutdown;
use avara_onboard::staff::{ClinicRole, Email, Level, Permissions, PersonName, StaffMember};
use divan::counter::ItemsCount;
use futures::future::{BoxFuture, FutureExt};
use jiff::Timestamp;
use tokio::runtime::Runtime;

/// Rows of an unlimited round.
const ROWS: u64 = 2_000;
/// How long an answer takes, where it takes time.
const LATENCY: Duration = Duration::from_millis(10);
/// `--concurrency` where the rate is unlimited.
const AT_ONCE: usize = 64;

fn main() {
    divan::main();
}

/// Where the ledger is.
#[derive(Clone, Copy, Debug)]
enum Kept {
    OnDisk,
    InMemory,
}

/// An account that invites everybody, after a while.
struct Willing(Duration);

impl Api for Willing {
    fn invite<'a>(&'a self, body: &'a InviteRequest) -> BoxFuture<'a, Exchange> {
        async move {
            if !self.0.is_zero() {
                tokio::time::sleep(self.0).await;
            }
            let text = format!(r#"{{"userId":"usr_{:032x}","email":"{}"}}"#, 7, body.email);
            answer(text)
        }
        .boxed()
    }

    fn users<'a>(&'a self, _: Option<&'a str>, _: Option<&'a str>) -> BoxFuture<'a, Exchange> {
        async { answer(r#"{"users":[]}"#.to_owned()) }.boxed()
    }

    fn invitations<'a>(&'a self, _: Option<&'a str>, _: Option<&'a str>) -> BoxFuture<'a, Exchange> {
        async { answer(r#"{"invitations":[]}"#.to_owned()) }.boxed()
    }
}

fn answer(text: String) -> Exchange {
    Exchange::Answer(Answer {
        status: 200,
        retry_after_ms: None,
        retry_after: None,
        date: None,
        location_host: None,
        content_type: "application/json".to_owned(),
        body: Body::Whole(text.into_bytes()),
    })
}

/// As fast as it goes, to an account that needs no time at all.
#[divan::bench(args = [Kept::OnDisk, Kept::InMemory], sample_count = 10, sample_size = 1)]
fn instant(bencher: divan::Bencher<'_, '_>, kept: Kept) {
    measure(bencher, kept, Rate::Unlimited, Duration::ZERO, ROWS);
}

/// As fast as it goes, to an account on a quick network.
#[divan::bench(args = [Kept::OnDisk, Kept::InMemory], sample_count = 10, sample_size = 1)]
fn unlimited(bencher: divan::Bencher<'_, '_>, kept: Kept) {
    measure(bencher, kept, Rate::Unlimited, LATENCY, ROWS);
}

/// Ten times the ordinary rate, for two seconds.
#[divan::bench(args = [Kept::OnDisk, Kept::InMemory], sample_count = 3, sample_size = 1)]
fn hundred_a_second(bencher: divan::Bencher<'_, '_>, kept: Kept) {
    measure(bencher, kept, Rate::per_second(100), LATENCY, 200);
}

/// A rate beyond any that an account is likely to allow.
#[divan::bench(args = [Kept::OnDisk, Kept::InMemory], sample_count = 3, sample_size = 1)]
fn thousand_a_second(bencher: divan::Bencher<'_, '_>, kept: Kept) {
    measure(bencher, kept, Rate::per_second(1000), LATENCY, ROWS);
}

fn measure(bencher: divan::Bencher<'_, '_>, kept: Kept, rate: Rate, latency: Duration, rows: u64) {
    let runtime = Runtime::new().expect("a runtime");
    bencher
        .with_inputs(|| {
            let folder = tempfile::tempdir().expect("a folder");
            let ledger = match kept {
                Kept::OnDisk => Ledger::open(folder.path()),
                Kept::InMemory => Ledger::in_memory(),
            };
            (ledger.expect("a ledger"), jobs(rows), folder)
        })
        .counter(ItemsCount::new(rows))
        .bench_local_values(|(ledger, jobs, folder)| {
            runtime.block_on(send(ledger, jobs, rate, latency));
            // The folder is removed outside the measured time.
            folder
        });
}

async fn send(ledger: Ledger, jobs: Vec<Job>, rate: Rate, latency: Duration) {
    let account = ledger.account("https://api.example.test", &KeyFingerprint::of("made-up")).await.expect("an account");
    let rows = jobs.len() as u64;
    let new = NewRun {
        account,
        command: "invite".to_owned(),
        roster_name: "staff.csv".to_owned(),
        roster_hash: [0; 32],
        results_path: None,
        started_at: Timestamp::UNIX_EPOCH,
        tool_version: "bench".to_owned(),
        rows: Some(rows),
    };
    let delivery = Delivery::new(Parts {
        api: Arc::new(Willing(latency)),
        run: ledger.begin_run(new).await.expect("a run"),
        account,
        ledger: ledger.clone(),
        gate: Arc::new(Gate::new(Pace::new(rate), Duration::from_secs(900), Stopper::default(), Arc::new(Silent))),
        rules: Rules {
            timeout: Duration::from_secs(30),
            concurrency: AT_ONCE,
            max_attempts: 5,
            on_unknown: OnUnknown::Resend,
        },
        rows,
        backoff: Backoff::new(7),
        events: Arc::new(Silent),
        wall: Arc::new(Timestamp::now),
        shutdown: Shutdown::default(),
        recorded: Arc::new(|_| {}),
    });
    delivery.deliver_all(futures::stream::iter(jobs)).await;
    ledger.flush().await.expect("a working ledger");
}

fn jobs(rows: u64) -> Vec<Job> {
    (0..rows).map(job).collect()
}

fn job(seq: u64) -> Job {
    let name = |text: &str| PersonName::parse(text).expect("a name");
    let person = StaffMember {
        email: Email::parse(&format!("person{seq}@example.org")).expect("an address"),
        first_name: name("Ana"),
        last_name: name("Ruiz"),
        middle_name: None,
        suffix1: None,
        suffix2: None,
        npi_number: None,
        phone_number: None,
        clinic_role: ClinicRole::parse("Other").expect("a role"),
        level: Level::Member,
        permissions: Permissions { can_create_reports: false, can_manage_studies: false, has_dashboard_access: false },
    };
    Job { seq, at: (seq + 2).to_string(), person, before: Before::Never, attempts: 0 }
}
