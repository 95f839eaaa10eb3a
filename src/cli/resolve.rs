//! `resolve`: rows whose outcome is not known, and settling them. Never sends an invitation.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::path::PathBuf;
use std::sync::Arc;

use jiff::Timestamp;

use super::account::{Desk, Destination, existing_ledger, lock_account};
use super::args::{FormatArg, ResolveArgs, VoiceArgs};
use super::failure::Failure;
use super::runs::local;
use super::terminal;
use super::voice::Voice;
use crate::delivery::engine::{Delivery, OnUnknown, Parts};
use crate::delivery::reconcile::Round;
use crate::delivery::retry::Backoff;
use crate::delivery::stop::StopCause;
use crate::ledger::{
    AccountId, DoubtfulIntent, Known, Ledger, LedgerError, RunId, RunRow, RunSummary, Settlement, ShortId,
};
use crate::run::doubt_of;
use crate::settings::{Allowed, Sending};
use crate::shutdown::Shutdown;

/// Lists what is in doubt, asks AutoScribe about it, or takes a person's word.
pub async fn run(args: &ResolveArgs, voice: &VoiceArgs) -> Result<u8, Failure> {
    let ended = if args.check { check(args, voice).await? } else { by_hand(args).await? };
    let code = ended.exit_code();
    if let Some(cause) = &ended.stopped {
        terminal::tell(&format!("error: {cause}"));
    }
    match voice.format {
        FormatArg::Json => terminal::say(&format!("{}\n", ended.json(code))),
        FormatArg::Human if voice.quiet && code == 0 => {}
        FormatArg::Human => terminal::say(&ended.render(&jiff::tz::TimeZone::system())),
    }
    Ok(code)
}

/// What was settled, and what is left.
#[derive(Default)]
struct Ended {
    settled: Vec<Settled>,
    left: Vec<Row>,
    stopped: Option<StopCause>,
    scope: Scope,
}

/// Whose rows are looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Scope {
    /// All that are in the ledger.
    #[default]
    Everybody,
    /// Those of the account that the key opens.
    Account,
}

/// A row that is in doubt no longer.
struct Settled {
    row: Row,
    how: How,
}

/// How a row was settled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum How {
    /// AutoScribe has the invitation.
    Found,
    /// AutoScribe surely does not have it.
    Absent,
    /// A person said so.
    Word(Settlement),
}

/// A row in doubt, with what the ledger remembers of it.
struct Row {
    doubt: DoubtfulIntent,
    run: Arc<RunSummary>,
    /// Where the row is in the roster, and the person's name; `None` where the run was cut off before it wrote them down.
    written: Option<(String, String)>,
}

impl Ended {
    /// What remains wins, then why the asking stopped.
    fn exit_code(&self) -> u8 {
        match (&self.stopped, self.left.is_empty()) {
            (_, false) => 3,
            (Some(cause), true) => cause.exit_code(),
            (None, true) => 0,
        }
    }

    fn json(&self, code: u8) -> serde_json::Value {
        let settled: Vec<_> = self
            .settled
            .iter()
            .map(|settled| {
                let mut row = settled.row.json();
                row["settled"] = settled.how.word().into();
                row
            })
            .collect();
        serde_json::json!({
            "settled": settled,
            "unresolved": self.left.iter().map(Row::json).collect::<Vec<_>>(),
            "stopped": self.stopped.as_ref().map(ToString::to_string),
            "exit_code": code,
        })
    }

    fn render(&self, zone: &jiff::tz::TimeZone) -> String {
        let mut text = String::new();
        for settled in &self.settled {
            let _ = writeln!(text, "{}  {}: {}", settled.row.doubt.short_id, settled.row.who(), settled.how.sentence());
        }
        let Some(first) = self.left.first() else {
            text.push_str(match self.scope {
                Scope::Everybody => "No row is in doubt.\n",
                Scope::Account => "No row of this account is in doubt.\n",
            });
            return text;
        };
        if !self.settled.is_empty() {
            text.push('\n');
        }
        let several_accounts = self.left.iter().any(|row| row.run.account != first.run.account);
        for row in &self.left {
            row.render(&mut text, several_accounts, zone);
        }
        let id = &first.doubt.short_id;
        let rows = if self.left.len() == 1 { "1 row is" } else { &format!("{} rows are", self.left.len()) };
        let _ = write!(
            text,
            "\n{rows} in doubt: the invitation may have gone out or not. Nobody in doubt is invited again before it is settled:\n  \
             avara-onboard resolve --check         asks AutoScribe again; sends nothing\n  \
             avara-onboard resolve --sent {id:<8} you see the invitation or the user on the AutoScribe dashboard\n  \
             avara-onboard resolve --not-sent {id:<4} it is surely not there: the next run sends it\n"
        );
        text
    }
}

impl How {
    const fn word(self) -> &'static str {
        match self {
            How::Found | How::Word(Settlement::Sent) => "sent",
            How::Absent | How::Word(Settlement::NotSent) => "not_sent",
        }
    }

    const fn sentence(self) -> &'static str {
        match self {
            How::Found => "AutoScribe has the invitation; it is settled",
            How::Absent => "AutoScribe does not have it; the next run sends it",
            How::Word(Settlement::Sent) => "counts as sent, on your word",
            How::Word(Settlement::NotSent) => "counts as not sent, on your word; the next run sends it",
        }
    }
}

impl Row {
    /// The person, as far as the ledger knows.
    fn who(&self) -> String {
        let email = self.doubt.email.as_ref().map_or("(address erased)", |email| email.as_str());
        match &self.written {
            Some((_, name)) if !name.is_empty() => format!("{name} <{email}>"),
            _ => email.to_owned(),
        }
    }

    fn what_happened(&self) -> &str {
        match self.doubt.why.as_str() {
            "" => "the run ended before it was known whether it left",
            why => why,
        }
    }

    /// Of a run that was killed only the intent tells, which is written before its request leaves.
    const fn sent_or_about_to_be(&self) -> &'static str {
        if self.doubt.closed_at.is_none() { "about to be sent" } else { "sent" }
    }

    fn render(&self, text: &mut String, with_account: bool, zone: &jiff::tz::TimeZone) {
        let place = self.written.as_ref().map(|(place, _)| format!("row {place} of ")).unwrap_or_default();
        let account = if with_account { format!(" at {}", self.run.origin) } else { String::new() };
        let _ = writeln!(
            text,
            "{:<5} {}, {place}{}{account}\n      {} {} in run {}: {}",
            self.doubt.short_id,
            self.who(),
            self.run.roster_name,
            self.sent_or_about_to_be(),
            local(self.doubt.at, zone),
            self.run.id.short(),
            self.what_happened(),
        );
    }

    fn json(&self) -> serde_json::Value {
        serde_json::json!({
            "id": self.doubt.short_id.as_str(),
            "email": self.doubt.email.as_ref().map(|email| email.as_str()),
            "name": self.written.as_ref().map(|(_, name)| name),
            "row": self.written.as_ref().map(|(place, _)| place),
            "roster": self.run.roster_name,
            "run": self.run.id.to_string(),
            "account": { "origin": self.run.origin, "clinic_id": self.run.clinic_id },
            "sent_at": self.doubt.at.to_string(),
            "http_status": self.doubt.http_status,
            "why": self.what_happened(),
        })
    }
}

/// Fills in what the ledger remembers of rows in doubt.
async fn rows(ledger: &Ledger, doubts: Vec<DoubtfulIntent>) -> Result<Vec<Row>, LedgerError> {
    let mut runs: HashMap<RunId, Arc<RunSummary>> = HashMap::new();
    let mut rows = Vec::with_capacity(doubts.len());
    for doubt in doubts {
        let run = match runs.get(&doubt.run) {
            Some(run) => run.clone(),
            None => runs.entry(doubt.run).or_insert(Arc::new(ledger.find_run(&doubt.run.to_string()).await?)).clone(),
        };
        let written = ledger.rows(&doubt.run, doubt.seq, 1).await?;
        let written = written.iter().map(RunRow::written).find(|written| written.seq == doubt.seq).map(|written| {
            let name = format!("{} {}", written.first_name, written.last_name);
            (written.row.clone(), name.trim().to_owned())
        });
        rows.push(Row { doubt, run, written });
    }
    Ok(rows)
}

/// Lists, or settles by a person's word.
async fn by_hand(args: &ResolveArgs) -> Result<Ended, Failure> {
    let words: Vec<(&str, Settlement)> = (args.sent.iter().map(|id| (id.as_str(), Settlement::Sent)))
        .chain(args.not_sent.iter().map(|id| (id.as_str(), Settlement::NotSent)))
        .collect();
    let Some(store) = existing_ledger(&args.state)? else {
        return match words.first() {
            Some((id, _)) => Err(LedgerError::NotInDoubt { id: (*id).to_owned() }.into()),
            None => Ok(Ended::default()),
        };
    };
    let settled = take_words(&store, &words).await?;
    let (ledger, _) = &store;
    let account = own_account(args, ledger).await?;
    let doubts = ledger.in_doubt_anywhere().await?.into_iter();
    let ours = doubts.filter(|(of, _)| account.is_none_or(|account| account == *of)).map(|(_, doubt)| doubt);
    let left = rows(ledger, ours.collect()).await?;
    let scope = if account.is_some() { Scope::Account } else { Scope::Everybody };
    Ok(Ended { settled, left, scope, stopped: None })
}

/// Settles by a person's word: every id is looked at before the first is changed.
async fn take_words(store: &(Ledger, PathBuf), words: &[(&str, Settlement)]) -> Result<Vec<Settled>, Failure> {
    let (ledger, _) = store;
    let mut named: HashMap<ShortId, Settlement> = HashMap::new();
    let mut accounts: Vec<AccountId> = Vec::new();
    let mut doubts = Vec::new();
    for (id, settlement) in words {
        let (account, doubt) = ledger.find_doubt(id).await?;
        match named.insert(doubt.short_id.clone(), *settlement) {
            Some(before) if before == *settlement => continue,
            Some(_) => {
                let message = format!("{id} is named as sent and as not sent; nothing was changed");
                return Err(Failure::usage(message).hint("look the person up on the AutoScribe dashboard"));
            }
            None => {}
        }
        if !accounts.contains(&account) {
            accounts.push(account);
        }
        doubts.push(doubt);
    }
    let mut locks = Vec::new();
    for account in accounts {
        locks.extend(lock_account("resolve", store, account).await?);
    }
    let mut settled = Vec::new();
    for row in rows(ledger, doubts).await? {
        let Some(settlement) = named.get(&row.doubt.short_id).copied() else { continue };
        ledger.resolve(row.doubt.short_id.as_str(), settlement, Timestamp::now()).await?;
        settled.push(Settled { row, how: How::Word(settlement) });
    }
    drop(locks);
    Ok(settled)
}

/// The account that the given key opens, if one is given and this ledger has seen it; else all are listed.
async fn own_account(args: &ResolveArgs, ledger: &Ledger) -> Result<Option<AccountId>, Failure> {
    use crate::settings::{Account, SettingsError};
    use secrecy::ExposeSecret;
    match Account::read(&args.address, std::env::var(super::account::KEY_VARIABLE).ok()) {
        Ok(account) => {
            let key = crate::ledger::KeyFingerprint::of(account.key.expose_secret());
            Ok(ledger.known_account(&account.base.origin(), &key).await?)
        }
        Err(SettingsError::NoKey) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// Asks AutoScribe about every row in doubt, as a run does after its fresh rows, but sends nothing.
async fn check(args: &ResolveArgs, voice: &VoiceArgs) -> Result<Ended, Failure> {
    let sending = Sending::of_pace(&args.pace)?;
    match existing_ledger(&args.state)? {
        Some((ledger, _)) if !ledger.in_doubt_anywhere().await?.is_empty() => {}
        // Nothing to ask about.
        _ => return Ok(Ended::default()),
    }
    let destination = Destination::account(&args.address, &args.state)?;
    let voice = Voice::new(voice)?;
    let shutdown = Shutdown::default();
    shutdown.listen().map_err(|error| Failure::with_code(6, format!("cannot listen for signals: {error}")))?;
    let mut desk = Desk::open("resolve --check", &destination, &sending, voice.events()).await?;
    let _heeding = desk.heed(&shutdown);
    desk.list(&destination, Allowed::default()).await?;
    let before = rows(&desk.ledger, desk.in_doubt().to_vec()).await?;
    settle(&desk, &destination, &sending, &voice, shutdown).await?;
    voice.clear();
    sort_out(&desk, before).await
}

async fn settle(
    desk: &Desk,
    destination: &Destination,
    sending: &Sending,
    voice: &Voice,
    shutdown: Shutdown,
) -> Result<(), Failure> {
    let Some(first) = desk.in_doubt().first() else { return Ok(()) };
    let delivery = Delivery::new(Parts {
        api: destination.api(sending.timeout)?,
        ledger: desk.ledger.clone(),
        account: desk.account,
        // Nothing is sent and no row has an outcome here, so nothing is written under any run.
        run: first.run,
        gate: desk.gate.clone(),
        rules: sending.rules(OnUnknown::Resend),
        rows: 0,
        backoff: Backoff::new(rand::random()),
        events: voice.events(),
        wall: Arc::new(Timestamp::now),
        shutdown,
        recorded: Arc::new(drop),
    });
    desk.lend_controls(&delivery).await?;
    for doubt in desk.in_doubt().iter().filter(|doubt| doubt.email.is_some()) {
        delivery.doubt(doubt_of(&delivery, doubt, None));
    }
    // Without rows of a roster there is nothing to send again.
    delivery.settle(Round::Last).await;
    Ok(())
}

/// Tells what the ledger now knows of rows that were in doubt.
async fn sort_out(desk: &Desk, before: Vec<Row>) -> Result<Ended, Failure> {
    let left: Vec<_> = desk.ledger.in_doubt(desk.account).await?.into_iter().map(|doubt| doubt.id).collect();
    let stopped = desk.gate.stop_cause().cloned();
    let mut ended = Ended { stopped, scope: Scope::Account, ..Ended::default() };
    for row in before {
        if left.contains(&row.doubt.id) {
            ended.left.push(row);
            continue;
        }
        let people = row.doubt.email.iter().cloned().collect();
        let known = desk.ledger.known(desk.account, people).await?.pop().flatten();
        let how = if matches!(known, Some(Known::Confirmed { .. })) { How::Found } else { How::Absent };
        ended.settled.push(Settled { row, how });
    }
    Ok(ended)
}
