//! Where invitations go, and what is known there: address, key, ledger, lock, lists.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use secrecy::ExposeSecret;

use super::args::{AccountArgs, AddressArgs, StateArgs};
use super::failure::Failure;
use super::{next, terminal};
use crate::autoscribe::client::{BaseUrl, Client};
use crate::autoscribe::directory::Directory;
use crate::delivery::api::Api;
use crate::delivery::engine::Delivery;
use crate::delivery::gate::Gate;
use crate::delivery::lookup::Lookup;
use crate::delivery::pace::Pace;
use crate::delivery::retry::Backoff;
use crate::delivery::stop::Stopper;
use crate::event::{Event, Sink};
use crate::ledger::lock::{AccountLock, Holder, LockError};
use crate::ledger::{AccountId, DoubtfulIntent, FILE_NAME, KeyFingerprint, Ledger, network_file_system};
use crate::run::opening::{self, WithoutLists};
use crate::run::{Mode, Run};
use crate::sandbox::{Sandbox, SandboxOptions};
use crate::settings::{Account, Allowed, Reach, Sending, state_dir};
use crate::shutdown::Shutdown;
use crate::survey::Survey;

/// Where the API key is looked for, unless a file is named. Never in what was typed: others can see that.
pub const KEY_VARIABLE: &str = "AVARA_API_KEY";

/// A private sandbox is judged by nobody, so it need not remember what it was asked.
const KEPT_REQUESTS: usize = 16;

/// Where invitations go.
pub enum Destination {
    /// Nowhere: `--dry-run`.
    Nowhere,
    /// A private sandbox in this process.
    Private(Sandbox),
    /// An account.
    Account {
        /// Address and key.
        account: Account,
        /// Where its ledger is.
        state_dir: PathBuf,
        /// The ledger, open; not locked yet.
        ledger: Ledger,
    },
}

impl Destination {
    /// Reads address and key, or starts the sandbox.
    ///
    /// # Errors
    /// See [`crate::settings::SettingsError`].
    pub async fn read(mode: Mode, account: &AccountArgs, state: &StateArgs) -> Result<Self, Failure> {
        if mode == Mode::DryRun {
            return Ok(Destination::Nowhere);
        }
        if account.sandbox {
            let address = std::net::SocketAddr::from(([127, 0, 0, 1], 0));
            let options =
                SandboxOptions { keep_requests: KEPT_REQUESTS, seed: rand::random(), ..SandboxOptions::default() };
            let sandbox = Sandbox::start(options, address)
                .await
                .map_err(|error| Failure::with_code(6, format!("the sandbox cannot be started: {error}")))?;
            return Ok(Destination::Private(sandbox));
        }
        Destination::account(&account.address, state)
    }

    /// An account whose ledger lasts.
    ///
    /// # Errors
    /// See [`crate::settings::SettingsError`].
    pub fn account(address: &AddressArgs, state: &StateArgs) -> Result<Self, Failure> {
        let account = Account::read(address, std::env::var(KEY_VARIABLE).ok())?;
        if let Some(file) = &account.exposed {
            // Said with -q too: a job that uses the file every night is where nobody would look.
            terminal::tell(&format!(
                "warning: other users of this machine may read the API key in {}; let only its owner: {}",
                file.display(),
                next::owner_only(file)
            ));
        }
        let state_dir = state_dir(state.state_dir.as_deref())?;
        // Opened before anything is read: a place that cannot hold a ledger is told first.
        let ledger = tokio::task::block_in_place(|| Ledger::open(&state_dir))?;
        Ok(Destination::Account { account, state_dir, ledger })
    }

    /// Whether real people can be reached.
    pub fn reach(&self) -> Reach {
        match self {
            Destination::Account { account, .. } => account.reach,
            Destination::Nowhere | Destination::Private(_) => Reach::Sandbox,
        }
    }

    /// Whether anything is sent.
    pub fn mode(&self) -> Mode {
        match self {
            Destination::Nowhere => Mode::DryRun,
            Destination::Private(_) | Destination::Account { .. } => Mode::Send,
        }
    }

    /// The address.
    pub fn base(&self) -> String {
        match self {
            Destination::Nowhere => "nowhere".to_owned(),
            Destination::Private(sandbox) => sandbox.base_url(),
            Destination::Account { account, .. } => account.base.to_string(),
        }
    }

    /// Where invitations go, for the preview.
    pub fn describe(&self) -> String {
        match self {
            Destination::Nowhere => "nowhere: this is a dry run, nothing is sent".to_owned(),
            Destination::Private(_) => "a private sandbox on this machine: nobody gets an e-mail".to_owned(),
            Destination::Account { account, .. } if account.reach == Reach::Sandbox => {
                format!("the sandbox at {}: nobody gets an e-mail", account.base)
            }
            Destination::Account { account, .. } => account.base.to_string(),
        }
    }

    /// The client.
    ///
    /// # Errors
    /// When it cannot be set up.
    pub fn api(&self, timeout: Duration) -> Result<Arc<Client>, Failure> {
        let client = |base: BaseUrl, key| Client::new(base, key, timeout).map_err(|error| Failure::with_code(6, error));
        let (base, key) = match self {
            // Asked of nothing: a dry run sends nothing. Port 9 discards whatever might come.
            Destination::Nowhere => ("http://127.0.0.1:9".to_owned(), "sandbox_none".to_owned()),
            Destination::Private(sandbox) => (sandbox.base_url(), sandbox.key().to_owned()),
            Destination::Account { account, .. } => {
                return Ok(Arc::new(client(account.base.clone(), account.key.clone())?));
            }
        };
        let base = BaseUrl::parse(&base).map_err(Failure::usage)?;
        Ok(Arc::new(client(base, key.into())?))
    }

    /// Address and fingerprint of the key: by these the ledger knows the account.
    pub fn identity(&self) -> (String, KeyFingerprint) {
        match self {
            Destination::Account { account, .. } => {
                (account.base.origin(), KeyFingerprint::of(account.key.expose_secret()))
            }
            Destination::Private(sandbox) => (sandbox.base_url(), KeyFingerprint::of(sandbox.key())),
            Destination::Nowhere => ("nowhere".to_owned(), KeyFingerprint::of("sandbox_none")),
        }
    }
}

/// Everything of an account that a run works with. The lock is held as long as this lives.
pub struct Desk {
    /// The ledger.
    pub ledger: Ledger,
    /// The account in it.
    pub account: AccountId,
    /// The way out.
    pub gate: Arc<Gate>,
    api: Arc<dyn Api>,
    events: Arc<dyn Sink>,
    directory: Directory,
    in_doubt: Vec<DoubtfulIntent>,
    locks: BTreeMap<String, AccountLock>,
    command: &'static str,
}

impl Desk {
    /// Opens the ledger and takes the account's lock, in the name of a command.
    ///
    /// # Errors
    /// Exit 7 when another run is at work on the account; 2 or 6 when the ledger cannot be opened.
    pub async fn open(
        command: &'static str,
        destination: &Destination,
        sending: &Sending,
        events: Arc<dyn Sink>,
    ) -> Result<Self, Failure> {
        let (origin, key) = destination.identity();
        let ledger = match destination {
            Destination::Account { state_dir, ledger, .. } => {
                if let Some(kind) = network_file_system(state_dir) {
                    let text = format!(
                        "the ledger's folder {} is on a network file system ({kind}), where locks and flushes may not hold; \
                         name a local folder with --state-dir",
                        state_dir.display()
                    );
                    events.event(&Event::Notice { text });
                }
                ledger.clone()
            }
            Destination::Private(_) | Destination::Nowhere => Ledger::temporary()?,
        };
        let mut locks = BTreeMap::new();
        if let Destination::Account { state_dir, .. } = destination {
            hold(&mut locks, command, state_dir, AccountLock::key_identity(&origin, &key))?;
        }
        let account = ledger.account(&origin, &key).await?;
        if let Destination::Account { state_dir, .. } = destination {
            // Another key of the same clinic has another lock; and as long as no listing has shown the clinic, any key here
            // may be one of its keys.
            let clinic = ledger.clinic(account).await?;
            let identity = clinic
                .map_or_else(|| format!("origin {origin}"), |clinic| AccountLock::clinic_identity(&origin, &clinic));
            hold(&mut locks, command, state_dir, identity)?;
        }
        let stopper = Stopper::default();
        let gate = Gate::new(Pace::new(sending.rate), sending.give_up_after, stopper, events.clone());
        Ok(Desk {
            ledger,
            account,
            gate: Arc::new(gate),
            api: destination.api(sending.timeout)?,
            events,
            directory: Directory::default(),
            in_doubt: Vec::new(),
            locks,
            command,
        })
    }

    /// Reads both lists, so that whoever is there already is found whatever the ledger knows, and joins the clinic that
    /// they show. A list that cannot be read stops the run before its first send.
    ///
    /// # Errors
    /// Exit 4 when the key turns out to belong to another clinic; 7 when another run is at work on the clinic.
    pub async fn list(&mut self, destination: &Destination, allowed: Allowed) -> Result<(), Failure> {
        if destination.mode() == Mode::Send {
            let backoff = Backoff::new(rand::random());
            let lookup = Lookup {
                api: &*self.api,
                gate: &self.gate,
                backoff: &backoff,
                events: &*self.events,
                now: jiff::Timestamp::now(),
            };
            let without = if allowed.no_lists { WithoutLists::GoOn } else { WithoutLists::Stop };
            self.directory = opening::read_lists(&lookup, &self.ledger, self.account, without).await?;
        }
        if let Some(clinic) = self.directory.clinic_id().map(str::to_owned) {
            if let Destination::Account { state_dir, account, .. } = destination {
                let identity = AccountLock::clinic_identity(&account.base.origin(), &clinic);
                hold(&mut self.locks, self.command, state_dir, identity)?;
            }
            self.account = self.ledger.join_clinic(self.account, &clinic).await?;
        }
        self.in_doubt = self.ledger.in_doubt(self.account).await?;
        Ok(())
    }

    /// Lends the delivery the invitations of earlier runs as controls.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn lend_controls(&self, delivery: &Delivery) -> Result<(), Failure> {
        Ok(opening::lend_controls(&self.ledger, self.account, &self.directory, delivery).await?)
    }

    /// What the lists showed, if both were read to their end.
    pub fn directory(&self) -> Option<&Directory> {
        Some(&self.directory).filter(|directory| directory.is_whole())
    }

    /// Has the first signal end the asking and sending, in a task of its own.
    pub fn heed(&self, shutdown: &Shutdown) -> tokio::task::JoinHandle<()> {
        let (gate, shutdown) = (self.gate.clone(), shutdown.clone());
        tokio::spawn(async move { gate.stop_on_signal(&shutdown).await })
    }

    /// What earlier runs left in doubt.
    pub fn in_doubt(&self) -> &[DoubtfulIntent] {
        &self.in_doubt
    }

    /// The run over a roster.
    pub fn run(&self, survey: Arc<Survey>, delivery: Arc<Delivery>, sending: &Sending, mode: Mode) -> Run {
        Run {
            survey,
            delivery,
            directory: self.directory.clone(),
            ledger: self.ledger.clone(),
            account: self.account,
            in_doubt: self.in_doubt.clone(),
            reinvite: sending.reinvite.clone(),
            mode,
            limit: sending.limit,
        }
    }
}

/// The ledger of a state folder, for a command that works without a key; `None`: there is none yet, and none is made.
///
/// # Errors
/// Exit 2 or 6 when it cannot be opened.
pub fn existing_ledger(state: &StateArgs) -> Result<Option<(Ledger, PathBuf)>, Failure> {
    let state_dir = state_dir(state.state_dir.as_deref())?;
    if state_dir.join(FILE_NAME).symlink_metadata().is_err() {
        return Ok(None);
    }
    let ledger = tokio::task::block_in_place(|| Ledger::open(&state_dir))?;
    Ok(Some((ledger, state_dir)))
}

/// Takes every lock by which a run could be at work on an account: those of its keys and that of its clinic.
///
/// # Errors
/// Exit 7 when a run is at work on it.
pub async fn lock_account(
    command: &'static str,
    (ledger, state_dir): &(Ledger, PathBuf),
    account: AccountId,
) -> Result<Vec<AccountLock>, Failure> {
    let identities = ledger.lock_identities(account).await?;
    identities.iter().map(|identity| lock(command, state_dir, identity)).collect()
}

/// Takes a lock, unless it is held here already.
fn hold(
    locks: &mut BTreeMap<String, AccountLock>,
    command: &str,
    state_dir: &Path,
    identity: String,
) -> Result<(), Failure> {
    if let Entry::Vacant(free) = locks.entry(identity) {
        let lock = lock(command, state_dir, free.key())?;
        free.insert(lock);
    }
    Ok(())
}

fn lock(command: &str, state_dir: &Path, identity: &str) -> Result<AccountLock, Failure> {
    let holder = Holder {
        pid: std::process::id(),
        command: format!("avara-onboard {command}"),
        started_at: jiff::Timestamp::now(),
    };
    AccountLock::acquire(state_dir, identity, &holder).map_err(|error| {
        let code = match error {
            LockError::Held { .. } => 7,
            LockError::Io { .. } => 6,
        };
        Failure::with_code(code, &error).hint(error.hint())
    })
}
