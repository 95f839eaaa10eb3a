//! `invite`: the main job.

use std::path::PathBuf;
use std::sync::Arc;

use super::account::{Desk, Destination};
use super::args::{InviteArgs, OutputArgs, VoiceArgs};
use super::failure::Failure;
use super::voice::Voice;
use super::{check, guards, rejects, report_failure, view};
use crate::delivery::engine::{Delivery, Parts};
use crate::delivery::retry::Backoff;
use crate::delivery::stop::StopCause;
use crate::event::{Event, Sink};
use crate::ledger::{NewRun, RunId};
use crate::mapping::Assignments;
use crate::outcome::Standing;
use crate::report::paths::{check_output, default_rejects, default_results, reserve, same_place};
use crate::report::results::{Bom, ResultsFile};
use crate::roster::RosterKind;
use crate::run::outbox::Outbox;
use crate::run::results::{ResultsWriter, Written};
use crate::run::{Mode, exit_code};
use crate::settings::{Allowed, Reach, Sending};
use crate::shutdown::Shutdown;
use crate::survey::Survey;

/// Reads a roster, shows what would happen, asks, sends, and writes what became of every row.
pub async fn run(args: &InviteArgs, voice: &VoiceArgs) -> Result<u8, Failure> {
    let sending = Sending::read(&args.sending)?;
    let allowed = Allowed::read(&args.sending.allow);
    let mut files = Files::decide(args, voice)?;
    let voice = Voice::new(voice)?;
    let destination = Destination::read(mode(args), &args.account, &args.output.state).await?;

    let survey = Arc::new(survey(args).await?);
    voice.preview(&view::preview(&survey), destination.describe());
    if let Some(failure) = check::undecided(&survey, &args.roster, voice.shows_previews()) {
        return Err(failure);
    }
    guards::check(&survey, &Assignments::parse(&args.roster.set).map_err(crate::survey::SurveyError::from)?, allowed)?;
    let to_send = survey.counts.ready.min(sending.limit.unwrap_or(u64::MAX));
    if destination.reach() == Reach::People && !args.sending.yes && to_send > 0 && !refuses(args, &survey) {
        guards::confirm_sending(to_send, &destination.base())?;
    }

    let shutdown = Shutdown::default();
    shutdown.listen().map_err(|error| Failure::with_code(6, format!("cannot listen for signals: {error}")))?;
    let mut desk = Desk::open("invite", &destination, &sending, voice.events()).await?;
    let draining = desk.heed(&shutdown);
    if refuses(args, &survey) {
        desk.gate.stop(StopCause::Strict);
    }
    desk.list(&destination, allowed).await?;
    // Not before the lock is held: another run may be writing to the same file.
    if args.output.results.is_none() {
        files.results = reserve(|| default_results(&args.roster.roster, &files.started)).map_err(report_failure)?;
    }
    let file = ResultsFile::create(&files.results, files.bom).map_err(report_failure)?;
    let ended = send(&survey, &desk, &destination, &sending, &files, (file, voice.events(), shutdown)).await?;
    draining.abort();
    let rejects = write_rejects(&survey, &desk, &ended, &files).await;
    conclude(&survey, &desk, &voice, &files, ended, rejects).await
}

fn mode(args: &InviteArgs) -> Mode {
    if args.sending.dry_run { Mode::DryRun } else { Mode::Send }
}

/// Every problem is known before the first send, so `--strict` can refuse the whole roster.
fn refuses(args: &InviteArgs, survey: &Survey) -> bool {
    args.sending.strict && survey.counts.invalid > 0
}

async fn survey(args: &InviteArgs) -> Result<Survey, Failure> {
    // Reading files blocks, and nothing else is to be done meanwhile.
    tokio::task::block_in_place(|| check::survey(&args.roster))
}

/// What is written, and where.
struct Files {
    results: PathBuf,
    rejects: Option<PathBuf>,
    started: jiff::ZonedDateTime,
    bom: Bom,
}

impl Files {
    /// Decides the names and refuses what is no place for a file, before anything is read.
    fn decide(args: &InviteArgs, voice: &VoiceArgs) -> Result<Self, Failure> {
        let OutputArgs { results, rejects, no_bom, .. } = &args.output;
        let roster = &args.roster.roster;
        let now = jiff::ZonedDateTime::now();
        let files = Files {
            results: results.clone().unwrap_or_else(|| default_results(roster, &now)),
            rejects: rejects.clone(),
            started: now,
            bom: if *no_bom { Bom::Without } else { Bom::With },
        };
        let named = [
            ("the results", Some(&files.results)),
            ("the rows to mend", files.rejects.as_ref()),
            ("the log", voice.log_file.as_ref()),
        ];
        let named: Vec<_> = named.into_iter().filter_map(|(what, path)| Some((what, path?))).collect();
        for (number, (what, path)) in named.iter().enumerate() {
            check_output(path, roster).map_err(report_failure)?;
            let mapping = args.roster.mapping.iter().map(|mapping| ("the mapping", mapping));
            for (other, taken) in named[..number].iter().copied().chain(mapping) {
                if same_place(path, taken) {
                    let path = path.display();
                    return Err(Failure::usage(format!("{path} cannot hold both {other} and {what}; name two files")));
                }
            }
        }
        Ok(files)
    }

    /// Where the rows to be mended go: a workbook for a workbook.
    fn rejects(&self, survey: &Survey) -> PathBuf {
        let source = survey.opened.roster.source();
        let extension = if source.kind == RosterKind::Csv { "csv" } else { "xlsx" };
        self.rejects.clone().unwrap_or_else(|| default_rejects(&source.path, &self.started, extension))
    }
}

/// Writes the rows that need attention, if there are any. Where there are none, a file of an earlier run is not left
/// under the name that was given, for somebody to mend it once more.
async fn write_rejects(survey: &Survey, desk: &Desk, ended: &Ended, files: &Files) -> Result<Option<PathBuf>, String> {
    if ended.written.tally.standing(Standing::Attention) > 0 {
        return rejects::write(survey, &desk.ledger, &ended.run, &files.rejects(survey), files.bom).await;
    }
    match files.rejects.as_ref().map(std::fs::remove_file) {
        Some(Err(error)) if error.kind() != std::io::ErrorKind::NotFound => Err(error.to_string()),
        _ => Ok(None),
    }
}

/// What a run came to.
struct Ended {
    run: RunId,
    written: Written,
}

/// The chain: rows are read, planned, delivered and settled, and the results follow.
async fn send(
    survey: &Arc<Survey>,
    desk: &Desk,
    destination: &Destination,
    sending: &Sending,
    files: &Files,
    (file, events, shutdown): (ResultsFile, Arc<dyn Sink>, Shutdown),
) -> Result<Ended, Failure> {
    let run = desk.ledger.begin_run(new_run(survey, desk, files)?).await?;
    let outbox = Arc::new(Outbox::default());
    let posted = outbox.clone();
    let delivery = Arc::new(Delivery::new(Parts {
        api: destination.api(sending.timeout)?,
        ledger: desk.ledger.clone(),
        account: desk.account,
        run,
        gate: desk.gate.clone(),
        rules: sending.rules(sending.on_unknown),
        rows: survey.rows,
        backoff: Backoff::new(rand::random()),
        events: events.clone(),
        wall: Arc::new(jiff::Timestamp::now),
        shutdown: shutdown.clone(),
        recorded: Arc::new(move |outcome| posted.put(outcome)),
    }));
    desk.lend_controls(&delivery).await?;
    let over = tokio_util::sync::CancellationToken::new();
    let writer =
        ResultsWriter { ledger: desk.ledger.clone(), run, outbox, gate: desk.gate.clone(), over: over.clone() };
    let writing = tokio::spawn(writer.write(file));
    events.event(&Event::Sending { rows: survey.rows, to_send: survey.counts.ready });
    desk.run(survey.clone(), delivery, sending, destination.mode()).go().await;
    over.cancel();
    let written =
        writing.await.map_err(|error| Failure::with_code(6, format!("the results writer failed: {error}")))?;
    Ok(Ended { run, written })
}

fn new_run(survey: &Survey, desk: &Desk, files: &Files) -> Result<NewRun, Failure> {
    let roster = &survey.opened.roster;
    let path = &roster.source().path;
    Ok(NewRun {
        account: desk.account,
        command: "invite".to_owned(),
        roster_name: path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default(),
        roster_hash: roster.sha256()?,
        results_path: Some(std::path::absolute(&files.results).unwrap_or_else(|_| files.results.clone())),
        started_at: jiff::Timestamp::now(),
        tool_version: env!("CARGO_PKG_VERSION").to_owned(),
        rows: Some(survey.rows),
    })
}

/// Adds up, says what became of the rows, and decides the exit code.
async fn conclude(
    survey: &Survey,
    desk: &Desk,
    voice: &Voice,
    files: &Files,
    ended: Ended,
    rejects: Result<Option<PathBuf>, String>,
) -> Result<u8, Failure> {
    let Ended { run, mut written } = ended;
    written.tally.adopt_problems(&survey.invalid);
    let mut code = exit_code(desk.gate.stop_cause(), &written.tally);
    let mut faults: Vec<String> = written.fault.iter().map(|why| format!("the results are not whole: {why}")).collect();
    if let Err(why) = &rejects {
        faults.push(format!("the file of rows to mend could not be written: {why}"));
        let unchanged = survey.opened.roster.check_unchanged().is_ok();
        code = if code <= 1 && unchanged { 6 } else { code };
    }
    if !written.tally.balanced(survey.rows) {
        let rows = survey.rows;
        faults.push(format!(
            "{} of {rows} rows have an outcome; the others are not in the results",
            written.tally.rows()
        ));
        code = if code <= 1 { 6 } else { code };
    }
    // The exit code in the ledger is for `runs`; a ledger that is gone has said so already.
    let _ = desk.ledger.end_run(&run, jiff::Timestamp::now(), code).await;
    voice.summary(
        &written.tally,
        &files.results,
        rejects.ok().flatten().as_deref(),
        &faults,
        desk.gate.stop_cause(),
        code,
    );
    Ok(code)
}
