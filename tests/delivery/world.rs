//! An account, a ledger and a roster, and runs over them on paused time: what `invite` does, without files and signals.

use std::collections::HashMap;
use std::io::Write;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use avara_onboard::delivery::engine::{Delivery, OnUnknown, Parts, Rules};
use avara_onboard::delivery::gate::Gate;
use avara_onboard::delivery::lookup::Lookup;
use avara_onboard::delivery::pace::{Pace, Rate};
use avara_onboard::delivery::retry::Backoff;
use avara_onboard::delivery::stop::{StopCause, Stopper};
use avara_onboard::event::Silent;
use avara_onboard::ledger::{AccountId, KeyFingerprint, Ledger, NewRun, RunId};
use avara_onboard::mapping::{Assignments, MappingFile};
use avara_onboard::outcome::{Outcome, Status};
use avara_onboard::plan::Reinvite;
use avara_onboard::report::summary::Tally;
use avara_onboard::roster::RosterOptions;
use avara_onboard::run::opening::{WithoutLists, lend_controls, read_lists};
use avara_onboard::run::{Mode, Run, exit_code};
use avara_onboard::sandbox::{Account, Clock, Direct, RuntimeClock, SandboxOptions};
use avara_onboard::shutdown::Shutdown;
use avara_onboard::survey::{self, Survey};
use tokio::time::Instant;

use crate::wire::Wire;

const HEADER: &str =
    "email,first name,last name,clinic role,level,can create reports,can manage studies,has dashboard access";

/// How a run is asked to go.
#[derive(Clone, Debug)]
pub struct Asked {
    pub concurrency: usize,
    pub on_unknown: OnUnknown,
    pub without_lists: WithoutLists,
    pub reinvite: Reinvite,
    pub limit: Option<u64>,
    pub give_up_after: Duration,
    pub rate: Rate,
}

impl Default for Asked {
    fn default() -> Self {
        Asked {
            concurrency: 4,
            on_unknown: OnUnknown::Resend,
            without_lists: WithoutLists::Stop,
            reinvite: Reinvite::default(),
            limit: None,
            give_up_after: Duration::from_secs(900),
            rate: Rate::Unlimited,
        }
    }
}

/// How a run went.
#[derive(Debug)]
pub struct Ended {
    pub outcomes: Vec<Outcome>,
    pub exit: u8,
    pub stop: Option<StopCause>,
    pub took: Duration,
}

impl Ended {
    pub fn statuses(&self) -> Vec<Status> {
        self.outcomes.iter().map(|outcome| outcome.status).collect()
    }
}

pub struct World {
    pub account: Arc<Account>,
    pub wire: Arc<Wire>,
    pub shutdown: Shutdown,
    ledger: Ledger,
    ledger_account: AccountId,
    clock: Arc<RuntimeClock>,
    survey: Arc<Survey>,
    _roster: tempfile::TempDir,
}

/// How long an answer is waited for.
pub const TIMEOUT: Duration = Duration::from_secs(30);

impl World {
    /// An account as the options say, and a roster of these rows.
    pub async fn with_rows(options: SandboxOptions, rows: &[String]) -> World {
        let clock = Arc::new(RuntimeClock::default());
        let sandbox = Direct::new(SandboxOptions { clock: clock.clone(), ..options }).unwrap();
        let ledger = Ledger::in_memory().unwrap();
        let key = KeyFingerprint::of("sandbox_key");
        let ledger_account = ledger.account("https://sandbox.test", &key).await.unwrap();
        let (survey, folder) = surveyed(rows);
        World {
            account: sandbox.account(),
            wire: Arc::new(Wire::new(sandbox, ledger.clone(), ledger_account, clock.clone())),
            shutdown: Shutdown::default(),
            ledger,
            ledger_account,
            clock,
            survey,
            _roster: folder,
        }
    }

    /// So many people whom nobody knows.
    pub async fn of(people: usize, options: SandboxOptions) -> World {
        let rows: Vec<_> = (0..people).map(row).collect();
        World::with_rows(options, &rows).await
    }

    pub fn rows(&self) -> u64 {
        self.survey.rows
    }

    /// A new signal switch: the next run is a new process.
    pub fn restart(&mut self) {
        self.shutdown = Shutdown::default();
    }

    /// Another roster, for the runs that follow.
    pub fn change_roster(&mut self, rows: &[String]) {
        (self.survey, self._roster) = surveyed(rows);
    }

    /// How many intents are in doubt.
    pub async fn in_doubt(&self) -> usize {
        self.ledger.in_doubt(self.ledger_account).await.unwrap().len()
    }

    /// Forgets what was seen on the wire.
    pub fn watch_anew(&mut self) {
        let (sandbox, ledger) = (self.wire.sandbox.clone(), self.ledger.clone());
        self.wire = Arc::new(Wire::new(sandbox, ledger, self.ledger_account, self.clock.clone()));
    }

    /// The ledger is lost: another machine, a deleted folder.
    pub async fn lose_ledger(&mut self) {
        let ledger = Ledger::in_memory().unwrap();
        let key = KeyFingerprint::of("sandbox_key");
        self.ledger_account = ledger.account("https://sandbox.test", &key).await.unwrap();
        let sandbox = self.wire.sandbox.clone();
        self.wire = Arc::new(Wire::new(sandbox, ledger.clone(), self.ledger_account, self.clock.clone()));
        self.ledger = ledger;
    }

    /// A whole run with the ordinary options.
    pub async fn run(&self) -> Ended {
        self.run_as(Asked::default()).await
    }

    /// A whole run. Dropping the future is a crash: what the server has begun it finishes.
    pub async fn run_as(&self, asked: Asked) -> Ended {
        let start = Instant::now();
        let gate =
            Arc::new(Gate::new(Pace::new(asked.rate), asked.give_up_after, Stopper::default(), Arc::new(Silent)));
        let watching = tokio::spawn(stop_on_signal(self.shutdown.clone(), gate.clone()));
        let backoff = Backoff::new(7);
        let lookup =
            Lookup { api: &*self.wire, gate: &gate, backoff: &backoff, events: &Silent, now: self.clock.now() };
        let directory = read_lists(&lookup, &self.ledger, self.ledger_account, asked.without_lists).await.unwrap();
        let account = match directory.clinic_id() {
            Some(clinic) => self.ledger.join_clinic(self.ledger_account, clinic).await.unwrap(),
            None => self.ledger_account,
        };
        let in_doubt = self.ledger.in_doubt(account).await.unwrap();
        let run = self.ledger.begin_run(self.new_run(account)).await.unwrap();
        let kept: Arc<Mutex<Vec<Outcome>>> = Arc::default();
        let delivery = Arc::new(Delivery::new(self.parts(&asked, account, run, gate.clone(), kept.clone())));
        lend_controls(&self.ledger, account, &directory, &delivery).await.unwrap();
        let whole = Run {
            survey: self.survey.clone(),
            delivery,
            directory,
            ledger: self.ledger.clone(),
            account,
            in_doubt,
            reinvite: asked.reinvite,
            mode: Mode::Send,
            limit: asked.limit,
        };
        whole.go().await;
        watching.abort();
        self.ended(run, &gate, &kept, start.elapsed()).await
    }

    fn parts(
        &self,
        asked: &Asked,
        account: AccountId,
        run: RunId,
        gate: Arc<Gate>,
        kept: Arc<Mutex<Vec<Outcome>>>,
    ) -> Parts {
        let clock = self.clock.clone();
        Parts {
            api: self.wire.clone(),
            ledger: self.ledger.clone(),
            account,
            run,
            gate,
            rules: Rules {
                timeout: TIMEOUT,
                concurrency: asked.concurrency,
                max_attempts: 5,
                on_unknown: asked.on_unknown,
            },
            rows: self.rows(),
            backoff: Backoff::new(7),
            events: Arc::new(Silent),
            wall: Arc::new(move || clock.now()),
            shutdown: self.shutdown.clone(),
            recorded: Arc::new(move |outcome| kept.lock().unwrap().push(outcome)),
        }
    }

    fn new_run(&self, account: AccountId) -> NewRun {
        NewRun {
            account,
            command: "invite".to_owned(),
            roster_name: "staff.csv".to_owned(),
            roster_hash: [7; 32],
            results_path: None,
            started_at: self.clock.now(),
            tool_version: "test".to_owned(),
            rows: Some(self.rows()),
        }
    }

    /// Every run that ends by itself: one outcome for each row, and no request that the ledger did not know of.
    async fn ended(&self, run: RunId, gate: &Gate, kept: &Mutex<Vec<Outcome>>, took: Duration) -> Ended {
        let outcomes = self.ledger.outcomes(&run, 0, usize::MAX >> 1).await.unwrap();
        assert_eq!(outcomes.len() as u64, self.rows(), "rows without an outcome; stopped: {:?}", gate.stop_cause());
        assert_eq!(kept.lock().unwrap().len(), outcomes.len(), "each row ends once");
        assert_eq!(self.wire.unannounced(), [""; 0], "sent without an intent");
        let mut tally = Tally::new();
        outcomes.iter().for_each(|outcome| tally.add(outcome, &[]));
        Ended { exit: exit_code(gate.stop_cause(), &tally), stop: gate.stop_cause().cloned(), outcomes, took }
    }

    /// The ids that each address has had in the account.
    pub fn ids(&self) -> HashMap<String, Vec<String>> {
        let mut ids: HashMap<_, Vec<_>> = HashMap::new();
        for user in self.account.users() {
            ids.entry(user.person.email.to_lowercase()).or_default().push(user.user_id);
        }
        ids
    }

    /// How many invitations were asked for.
    pub fn posts(&self) -> usize {
        self.account.requests().iter().filter(|request| request.method == "POST").count()
    }

    /// How many mails each of the first `people` got.
    pub fn mails(&self, people: usize) -> Vec<usize> {
        (0..people).map(|person| self.account.mails_to(&email(person))).collect()
    }
}

async fn stop_on_signal(shutdown: Shutdown, gate: Arc<Gate>) {
    shutdown.drain().cancelled().await;
    if let Some(signal) = shutdown.received() {
        gate.stop(StopCause::Signal(signal));
    }
}

pub fn email(person: usize) -> String {
    format!("person{person}@example.org")
}

/// A roster row of somebody who can be invited.
pub fn row(person: usize) -> String {
    let letter = char::from(b'a' + u8::try_from(person % 26).unwrap());
    format!("{},Ana{letter},Ruiz{letter},Other,member,no,no,no", email(person))
}

fn surveyed(rows: &[String]) -> (Arc<Survey>, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("staff.csv");
    let mut file = std::fs::File::create(&path).unwrap();
    writeln!(file, "{HEADER}").unwrap();
    rows.iter().for_each(|row| writeln!(file, "{row}").unwrap());
    drop(file);
    let (mapping, set) = (MappingFile::default(), Assignments::default());
    let opened = survey::open(&path, &RosterOptions::default(), &mapping, &set, jiff::civil::date(2026, 3, 2)).unwrap();
    (Arc::new(Survey::take(opened).unwrap()), folder)
}
