//! `runs`: what the ledger knows of past runs.
//!
//! `runs results` writes from the ledger what the run wrote, byte for byte: what is settled later changes nothing in it.
//! Of a run that was cut off (kill -9, power) it writes every row too: those without an outcome as what is known of their
//! requests, and as `not_sent` where none left.

use std::collections::{BTreeMap, HashSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use unicode_width::UnicodeWidthStr;

use super::account::{existing_ledger, lock_account};
use super::args::{FormatArg, RunsArgs, RunsCommand, RunsForgetArgs, RunsResultsArgs, StateArgs, VoiceArgs};
use super::failure::Failure;
use super::{guards, report_failure, terminal};
use crate::ledger::lock::AccountLock;
use crate::ledger::{Forgotten, Ledger, LedgerError, RunFilter, RunSummary};
use crate::report::paths::{default_results, refuse_special};
use crate::report::results::{Bom, ResultsFile};
use crate::report::summary::Tally;
use crate::run::cut_off;

/// How many outcomes are asked of the ledger at once.
const BATCH: usize = 512;

/// Lists past runs, or does something with them.
pub async fn run(args: &RunsArgs, voice: &VoiceArgs) -> Result<u8, Failure> {
    match &args.what {
        None => list(args, voice).await,
        Some(RunsCommand::Results(results)) => {
            write_results(results, &either(&results.state, &args.state), voice).await
        }
        Some(RunsCommand::Forget(forget)) => forget_old(forget, &either(&forget.state, &args.state), voice).await,
    }
}

/// `--state-dir` may stand before or after the word that follows `runs`.
fn either(inner: &StateArgs, outer: &StateArgs) -> StateArgs {
    StateArgs { state_dir: inner.state_dir.clone().or_else(|| outer.state_dir.clone()) }
}

async fn list(args: &RunsArgs, voice: &VoiceArgs) -> Result<u8, Failure> {
    let mut runs = match existing_ledger(&args.state)? {
        // One more than asked for tells whether there are more.
        Some((ledger, _)) => ledger.runs(RunFilter { account: None, most: args.last.saturating_add(1) }).await?,
        None => Vec::new(),
    };
    let more = runs.len() as u64 > u64::from(args.last);
    runs.truncate(args.last as usize);
    match voice.format {
        FormatArg::Json => {
            let runs: Vec<_> = runs.iter().map(as_json).collect();
            terminal::say(&format!("{}\n", serde_json::json!({ "runs": runs, "more": more, "exit_code": 0 })));
        }
        FormatArg::Human if runs.is_empty() => terminal::say("No runs yet.\n"),
        FormatArg::Human => {
            terminal::say(&table(&runs, &jiff::tz::TimeZone::system()));
            if more {
                terminal::tell("There are more; --last N shows the last N.");
            }
        }
    }
    Ok(0)
}

fn as_json(run: &RunSummary) -> serde_json::Value {
    let statuses: BTreeMap<_, _> = run.outcomes.iter().map(|(status, rows)| (status.as_str(), rows)).collect();
    serde_json::json!({
        "id": run.id.to_string(),
        "short_id": run.id.short(),
        "account": { "origin": run.origin, "clinic_id": run.clinic_id },
        "command": run.command,
        "roster": run.roster_name,
        "results": run.results_path,
        "started_at": run.started_at.to_string(),
        "ended_at": run.ended_at.map(|time| time.to_string()),
        "ended": run.ended_at.is_some(),
        "exit_code": run.exit_code,
        "rows": run.rows,
        "statuses": statuses,
        "forgotten_at": run.forgotten_at.map(|time| time.to_string()),
        "tool_version": run.tool_version,
    })
}

/// A time as the clock on the wall shows it.
pub fn local(time: Timestamp, zone: &jiff::tz::TimeZone) -> String {
    time.to_zoned_datetime(zone.clone()).strftime("%Y-%m-%d %H:%M:%S").to_string()
}

fn table(runs: &[RunSummary], zone: &jiff::tz::TimeZone) -> String {
    let mut lines = vec![["Run", "Started", "Command", "Roster", "Exit", "Rows"].map(str::to_owned)];
    lines.extend(runs.iter().map(|run| {
        [
            run.id.short(),
            local(run.started_at, zone),
            run.command.clone(),
            run.roster_name.clone(),
            run.exit_code.map_or_else(|| "-".to_owned(), |code| code.to_string()),
            rows_of(run, zone),
        ]
    }));
    let width = |column: usize| lines.iter().map(|line| line[column].width()).max().unwrap_or_default();
    let widths: Vec<usize> = (0..5).map(width).collect();
    let mut text = String::new();
    for [rest @ .., last] in &lines {
        for (cell, width) in rest.iter().zip(&widths) {
            // Padded by what it takes on a screen, which for some letters is not one column each.
            let _ = write!(text, "{cell}{}  ", " ".repeat(width - cell.width()));
        }
        let _ = writeln!(text, "{last}");
    }
    text
}

/// `12 = 10 invited + 2 invalid`, and what else is to be known of a run.
fn rows_of(run: &RunSummary, zone: &jiff::tz::TimeZone) -> String {
    let with_outcome: u64 = run.outcomes.iter().map(|(_, rows)| rows).sum();
    let parts: Vec<_> = run.outcomes.iter().map(|(status, rows)| format!("{rows} {status}")).collect();
    let sum = if parts.is_empty() { "0".to_owned() } else { parts.join(" + ") };
    let mut text = match run.rows {
        Some(rows) if rows != with_outcome => format!("{with_outcome} of {rows} = {sum}"),
        _ => format!("{with_outcome} = {sum}"),
    };
    if run.ended_at.is_none() {
        text.push_str("; not ended: at work, or killed");
    }
    if let Some(at) = run.forgotten_at {
        let _ = write!(text, "; details erased {}", at.to_zoned_datetime(zone.clone()).strftime("%Y-%m-%d"));
    }
    text
}

async fn write_results(args: &RunsResultsArgs, state: &StateArgs, voice: &VoiceArgs) -> Result<u8, Failure> {
    let no_such_run = || LedgerError::NoSuchRun { prefix: args.run.clone() };
    let store = existing_ledger(state)?.ok_or_else(no_such_run)?;
    let (ledger, _) = &store;
    let run = ledger.find_run(&args.run).await?;
    refuse_forgotten(&run, "its results cannot be written again")?;
    let path = args.results.clone().unwrap_or_else(|| {
        // As the run itself would have named it, but here: a roster's folder may be gone.
        default_results(Path::new(&run.roster_name), &run.started_at.to_zoned_datetime(jiff::tz::TimeZone::system()))
    });
    refuse_special(&path).map_err(report_failure)?;
    let lock = if run.ended_at.is_none() { refuse_at_work(&store, &run).await? } else { Vec::new() };
    // It may have ended just before the lock was free.
    let run = ledger.find_run(&run.id.to_string()).await?;
    let bom = if args.no_bom { Bom::Without } else { Bom::With };
    let tally = write_from(ledger, &run, &path, bom).await?;
    drop(lock);
    let missing = run.rows.unwrap_or_default().saturating_sub(tally.rows());
    let code = if run.ended_at.is_some() { 0 } else { tally.exit_code().max(u8::from(missing > 0)) };
    match voice.format {
        FormatArg::Json => {
            let document = serde_json::json!({
                "run": run.id.to_string(), "results": path, "summary": tally.summary(), "missing": missing,
                "cut_off": run.ended_at.is_none(), "exit_code": code,
            });
            terminal::say(&format!("{document}\n"));
        }
        FormatArg::Human if voice.quiet && code == 0 => {}
        FormatArg::Human => terminal::say(&format!("Results: {}\n{}\n", path.display(), tally.sum_line())),
    }
    if run.ended_at.is_none() {
        let missing = match missing {
            0 => String::new(),
            n => format!(" It had not read {} yet; they are not in the results.", rows(n, "row", "rows")),
        };
        terminal::tell(&format!(
            "warning: this run was cut off (killed, or a power cut).{missing}\nhint: invite {} again: it finds out what \
             happened to rows that are unconfirmed, and sends the rest",
            run.roster_name
        ));
    }
    Ok(code)
}

/// A run that has not ended may be at work: the newest one of an account that holds the lock.
///
/// # Errors
/// Exit 7 then.
async fn refuse_at_work(store: &(Ledger, PathBuf), run: &RunSummary) -> Result<Vec<AccountLock>, Failure> {
    let newest = store.0.runs(RunFilter { account: Some(run.account), most: 1 }).await?;
    if newest.first().is_some_and(|newest| newest.id != run.id) {
        return Ok(Vec::new());
    }
    lock_account("runs results", store, run.account).await
}

async fn write_from(ledger: &Ledger, run: &RunSummary, path: &Path, bom: Bom) -> Result<Tally, Failure> {
    let mut file = ResultsFile::create(path, bom).map_err(report_failure)?;
    let mut tally = Tally::new();
    let mut next = 0;
    loop {
        let batch = ledger.rows(&run.id, next, BATCH).await?;
        let Some(last) = batch.last() else { break };
        next = last.written().seq + 1;
        for outcome in batch.into_iter().map(cut_off::outcome) {
            tally.count_row(outcome.status);
            file.write(&outcome).map_err(report_failure)?;
        }
    }
    file.finish().map_err(report_failure)?;
    Ok(tally)
}

/// Refuses a run whose people's details were erased.
///
/// # Errors
/// Exit 2.
pub fn refuse_forgotten(run: &RunSummary, therefore: &str) -> Result<(), Failure> {
    let Some(at) = run.forgotten_at else { return Ok(()) };
    let at = local(at, &jiff::tz::TimeZone::system());
    let message = format!("the names and addresses of run {} were erased on {at}: {therefore}", run.id.short());
    Err(Failure::usage(message).hint("what is left of it, counts and times, is shown by: avara-onboard runs"))
}

async fn forget_old(args: &RunsForgetArgs, state: &StateArgs, voice: &VoiceArgs) -> Result<u8, Failure> {
    let before = before(&args.older_than, &jiff::ZonedDateTime::now())?;
    let day = local(before, &jiff::tz::TimeZone::system());
    let forgotten = match existing_ledger(state)? {
        Some(store) => forget_before(&store, before, &day, args).await?,
        None => Forgotten::default(),
    };
    match voice.format {
        FormatArg::Json => {
            let Forgotten { runs, rows, addresses, in_doubt } = forgotten;
            let document = serde_json::json!({
                "forgotten": { "runs": runs, "rows": rows, "addresses": addresses, "in_doubt": in_doubt },
                "before": before.to_string(), "exit_code": 0,
            });
            terminal::say(&format!("{document}\n"));
        }
        FormatArg::Human if voice.quiet => {}
        FormatArg::Human => terminal::say(&erased(&forgotten, &day)),
    }
    Ok(0)
}

async fn forget_before(
    store: &(Ledger, PathBuf),
    before: Timestamp,
    day: &str,
    args: &RunsForgetArgs,
) -> Result<Forgotten, Failure> {
    let (ledger, _) = store;
    let mut old = ledger.runs(RunFilter { account: None, most: u32::MAX }).await?;
    old.retain(|run| run.started_at < before && run.forgotten_at.is_none());
    if old.is_empty() {
        return Ok(Forgotten::default());
    }
    let ids: HashSet<_> = old.iter().map(|run| run.id).collect();
    let in_doubt = ledger.in_doubt_anywhere().await?.iter().filter(|(_, doubt)| ids.contains(&doubt.run)).count();
    if !args.yes {
        let doubts = match in_doubt {
            0 => String::new(),
            n => format!(
                "{} still in doubt. Without an address AutoScribe cannot be asked about it:\nsettle first, with avara-onboard \
                 resolve.\n",
                rows(n as u64, "row in them is", "rows in them are")
            ),
        };
        let runs = rows(old.len() as u64, "run that began", "runs that began");
        let question = format!(
            "{doubts}Erase the names, addresses and values of {runs} before {day}?\nTheir results cannot be written again, \
             nor their invitations revoked. Type yes to erase:"
        );
        guards::confirm(&question, "nothing was erased")?;
    }
    // A run at work still needs what would be erased.
    let accounts: HashSet<_> = old.iter().map(|run| run.account).collect();
    let mut locks = Vec::new();
    for account in accounts {
        locks.extend(lock_account("runs forget", store, account).await?);
    }
    let forgotten = ledger.forget(before, Timestamp::now()).await?;
    drop(locks);
    Ok(forgotten)
}

/// The time that lies so far back.
fn before(age: &str, now: &jiff::ZonedDateTime) -> Result<Timestamp, Failure> {
    let wrong = || Failure::usage(format!("--older-than {age}: write an age, as in 90d, 12w or 1y"));
    let span: jiff::Span = age.trim().parse().map_err(|_| wrong())?;
    if span.is_negative() {
        return Err(wrong());
    }
    now.checked_sub(span).map(|then| then.timestamp()).map_err(|_| wrong())
}

fn erased(forgotten: &Forgotten, day: &str) -> String {
    if forgotten.runs == 0 {
        return format!("No run from before {day} has anybody's details any more; nothing was erased.\n");
    }
    let mut text = format!(
        "Erased the names, addresses and values of {} ({}, {}).\nUser ids and fingerprints stay: nobody of them is invited \
         twice.\n",
        rows(forgotten.runs, "run", "runs"),
        rows(forgotten.rows, "row", "rows"),
        rows(forgotten.addresses, "address that no newer run has", "addresses that no newer run has"),
    );
    if forgotten.in_doubt > 0 {
        let _ = writeln!(
            text,
            "{} still in doubt, and AutoScribe can no longer be asked by address:\nrun the same roster again, or settle by hand \
             with avara-onboard resolve.",
            rows(forgotten.in_doubt, "row is", "rows are")
        );
    }
    text
}

/// `1 row`, `3 rows`.
fn rows(number: u64, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_age_is_a_span_back_from_now() {
        let now: jiff::ZonedDateTime = "2026-11-23T12:00:00[UTC]".parse().unwrap();
        for (age, then) in [
            ("90d", "2026-08-25T12:00:00Z"),
            ("2w", "2026-11-09T12:00:00Z"),
            ("1 year", "2025-11-23T12:00:00Z"),
            ("0d", "2026-11-23T12:00:00Z"),
        ] {
            assert_eq!(before(age, &now).unwrap().to_string(), then, "{age}");
        }
        for age in ["", "90", "soon", "-3d", "99999y"] {
            assert_eq!(before(age, &now).unwrap_err().code, 2, "{age}");
        }
    }

    #[test]
    fn what_was_erased_is_said_in_numbers() {
        let forgotten = Forgotten { runs: 1, rows: 12, addresses: 1, in_doubt: 0 };
        let text = erased(&forgotten, "2026-08-25 12:00:00");
        assert!(text.starts_with("Erased the names, addresses and values of 1 run (12 rows, 1 address that"), "{text}");
        assert!(erased(&Forgotten::default(), "2026-08-25").contains("nothing was erased"));
    }
}
