//! `revoke`: takes a wrong run back, as far as its invitations are still pending.
//!
//! The account's lists say which are. What was sent before or after that run, by us or on the dashboard, is left alone.
//! Nobody is invited anew by itself afterwards: the lists show them as revoked, which a run reports as `withdrawn`.

mod ended;
mod plan;

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures::StreamExt;

use super::account::{Desk, Destination, existing_ledger};
use super::args::{FormatArg, RevokeArgs, VoiceArgs};
use super::failure::Failure;
use super::runs::refuse_forgotten;
use super::voice::Voice;
use super::{guards, report_failure, terminal};
use crate::delivery::retry::Backoff;
use crate::delivery::revoke::Revoker;
use crate::event::{Event, Sink};
use crate::ledger::{LedgerError, RunSummary};
use crate::report::paths::{default_revoked, refuse_special};
use crate::report::results::{Bom, ResultsFile};
use crate::settings::{Allowed, Reach, Sending};
use crate::shutdown::Shutdown;

use ended::Ended;
use plan::{Plan, Target};

/// How often it is said how far it is.
const SAY_EVERY: Duration = Duration::from_secs(10);

/// Shows what would be revoked, asks, revokes, and writes what became of every invitation of the run.
pub async fn run(args: &RevokeArgs, voice_args: &VoiceArgs) -> Result<u8, Failure> {
    let sending = Sending::of_pace(&args.pace)?;
    let run = find_run(args).await?;
    let destination = Destination::account(&args.address, &args.state)?;
    let path = args.results.clone().unwrap_or_else(|| default_revoked(Path::new(&run.roster_name), &now()));
    refuse_special(&path).map_err(report_failure)?;

    let voice = Voice::new(voice_args)?;
    let shutdown = Shutdown::default();
    shutdown.listen().map_err(|error| Failure::with_code(6, format!("cannot listen for signals: {error}")))?;
    let mut desk = Desk::open("revoke", &destination, &sending, voice.events()).await?;
    let _heeding = desk.heed(&shutdown);
    desk.list(&destination, Allowed::default()).await?;
    let plan = plan::plan(&desk, &run).await?;
    voice.clear();
    let pending = plan.iter().filter(|(_, target)| matches!(target, Target::Pending { .. })).count();
    if voice_args.format == FormatArg::Human && !voice_args.quiet {
        terminal::say(&plan::preview(&run, &plan, &destination.describe(), &jiff::tz::TimeZone::system()));
    }
    if pending > 0 && destination.reach() == Reach::People && !args.yes {
        let question = format!(
            "Revoke {} at {}?\nThe links in those e-mails stop working. Type yes to revoke:",
            invitations(pending as u64),
            destination.base()
        );
        guards::confirm(&question, "nothing was revoked")?;
    }

    let file =
        ResultsFile::create(&path, if args.no_bom { Bom::Without } else { Bom::With }).map_err(report_failure)?;
    let api = destination.api(sending.timeout)?;
    let revoker = Revoker {
        api: &*api,
        gate: &desk.gate,
        backoff: &Backoff::new(rand::random()),
        shutdown: &shutdown,
        max_attempts: sending.max_attempts,
        timeout: sending.timeout,
    };
    let ended = revoke_all(&revoker, plan, sending.concurrency, file, &voice.events()).await;
    voice.clear();
    let code = ended.exit_code(desk.gate.stop_cause());
    voice.tell_stop(desk.gate.stop_cause());
    ended.say(voice_args, desk.gate.stop_cause(), &path, code);
    Ok(code)
}

fn now() -> jiff::ZonedDateTime {
    jiff::ZonedDateTime::now()
}

/// The run, looked for before anything is asked of the account.
async fn find_run(args: &RevokeArgs) -> Result<RunSummary, Failure> {
    let no_such_run = || LedgerError::NoSuchRun { prefix: args.run.clone() };
    let (ledger, _) = existing_ledger(&args.state)?.ok_or_else(no_such_run)?;
    let run = ledger.find_run(&args.run).await?;
    refuse_forgotten(&run, "nothing can be revoked")?;
    Ok(run)
}

fn invitations(number: u64) -> String {
    if number == 1 { "1 invitation".to_owned() } else { format!("{number} invitations") }
}

/// Revokes what is pending, and writes a line for each invitation in the roster's order.
async fn revoke_all(
    revoker: &Revoker<'_>,
    plan: Plan,
    concurrency: usize,
    mut file: ResultsFile,
    events: &Arc<dyn Sink>,
) -> Ended {
    let mut ended = Ended::default();
    let all = plan.len();
    let mut said = Instant::now();
    let done = plan.into_iter().map(|(sent, target)| async move {
        let revoked = match target {
            Target::Settled(settled) => settled,
            Target::Pending { invitation_id } => revoker.revoke(sent.seq, &invitation_id).await,
        };
        (sent, revoked)
    });
    let mut done = futures::stream::iter(done).buffered(concurrency);
    let mut number = 0;
    while let Some((sent, revoked)) = done.next().await {
        number += 1;
        *ended.counts.entry(revoked.status).or_default() += 1;
        let line =
            file.write_cells(&ended::cells(&sent, &revoked, revoker.gate.stop_cause())).and_then(|()| file.flush());
        ended.check(line, revoker);
        if said.elapsed() >= SAY_EVERY {
            said = Instant::now();
            events.event(&Event::Notice { text: format!("{number} of {} done", invitations(all as u64)) });
        }
    }
    ended.check(file.finish().map(drop), revoker);
    ended
}
