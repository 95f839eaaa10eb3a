//! `revoke`: takes a wrong run back, as far as its invitations are still pending.
//!
//! The account's lists say which are. What was sent before or after that run, by us or on the dashboard, is left alone.
//! Nobody is invited anew by itself afterwards: the lists show them as revoked, which a run reports as `withdrawn`.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures::StreamExt;

use super::account::{Desk, Destination, existing_ledger};
use super::args::{FormatArg, RevokeArgs, VoiceArgs};
use super::failure::Failure;
use super::runs::{local, refuse_forgotten};
use super::voice::Voice;
use super::{guards, report_failure, terminal};
use crate::autoscribe::directory::{Directory, InvitationState, Presence};
use crate::delivery::retry::Backoff;
use crate::delivery::revoke::{RevokeStatus, Revoked, Revoker};
use crate::delivery::stop::StopCause;
use crate::event::{Event, Sink};
use crate::ledger::{LedgerError, RunSummary, SentInvitation};
use crate::outcome::Standing;
use crate::report::ReportError;
use crate::report::paths::{default_revoked, refuse_special};
use crate::report::results::{Bom, ResultsFile};
use crate::settings::{Allowed, Reach, Sending};
use crate::shutdown::Shutdown;

/// How far the server's clock may be behind ours for an invitation to count as made after our request was sent.
const CLOCKS_APART: Duration = Duration::from_secs(10 * 60);

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
    let plan = plan(&desk, &run).await?;
    voice.clear();
    let pending = plan.iter().filter(|(_, target)| matches!(target, Target::Pending { .. })).count();
    if voice_args.format == FormatArg::Human && !voice_args.quiet {
        terminal::say(&preview(&run, &plan, &destination.describe(), &jiff::tz::TimeZone::system()));
    }
    if pending > 0 && destination.reach() == Reach::People && !args.yes {
        let invitations = if pending == 1 { "1 invitation".to_owned() } else { format!("{pending} invitations") };
        let question = format!(
            "Revoke {invitations} at {}?\nThe links in those e-mails stop working. Type yes to revoke:",
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

/// What is done about an invitation.
#[derive(Debug, PartialEq, Eq)]
enum Target {
    /// It is pending: revoked.
    Pending { invitation_id: String },
    /// Nothing is to be done or can be.
    Settled(Revoked),
}

type Plan = Vec<(SentInvitation, Target)>;

async fn plan(desk: &Desk, run: &RunSummary) -> Result<Plan, Failure> {
    let Some(directory) = desk.directory() else {
        return Err(match desk.gate.stop_cause() {
            Some(cause) => Failure::with_code(cause.exit_code(), format!("{cause}. Nothing was revoked")),
            None => Failure::with_code(
                4,
                "this key may not list the account's invitations, so nobody can tell which are \
                                           pending; nothing was revoked",
            )
            .hint("ask the clinic's AutoScribe owner for a key that may"),
        });
    };
    // Looked up once more: the listing may just have joined the run's account with this key's.
    let run = desk.ledger.find_run(&run.id.to_string()).await?;
    if run.account != desk.account {
        let message = format!(
            "run {} was sent to another account ({}) than this key opens; nothing was revoked",
            run.id.short(),
            run.clinic_id
                .as_ref()
                .map_or_else(|| run.origin.clone(), |clinic| format!("{}, clinic {clinic}", run.origin)),
        );
        return Err(Failure::with_code(4, message).hint("use the key and the --base-url that the run was sent with"));
    }
    let sent = desk.ledger.sent_in(&run.id).await?;
    Ok(sent.into_iter().map(|sent| (target(&sent, directory), sent)).map(|(target, sent)| (sent, target)).collect())
}

/// What the lists say of an invitation that a run sent. Pure.
fn target(sent: &SentInvitation, directory: &Directory) -> Target {
    let settled = |status, why: &str| Target::Settled(Revoked::unasked(status, why));
    let Some(email) = &sent.email else { return settled(RevokeStatus::NotFound, "the address was erased") };
    let earliest = sent.sent_at - CLOCKS_APART;
    let ours = directory.pending(email).iter().find(|pending| match (&sent.user_id, &pending.user_id) {
        (Some(ours), Some(theirs)) => ours == theirs,
        _ => pending.created_at.is_none_or(|created| created >= earliest),
    });
    if let Some(pending) = ours {
        return Target::Pending { invitation_id: pending.invitation_id.clone() };
    }
    match directory.presence(email) {
        Presence::Absent => settled(RevokeStatus::NotFound, "neither list of the account shows this address"),
        Presence::Member { .. } => settled(
            RevokeStatus::Accepted,
            "this person is a user of the account; to take the access back, use the AutoScribe dashboard",
        ),
        Presence::Pending { .. } => {
            settled(RevokeStatus::NotPending, "the invitation that is pending is another one, not made by this run")
        }
        Presence::Withdrawn { state: InvitationState::Revoked, .. } => {
            settled(RevokeStatus::NotPending, "it was revoked before")
        }
        Presence::Withdrawn { state: InvitationState::Rejected, .. } => {
            settled(RevokeStatus::NotPending, "the person has rejected it")
        }
        Presence::Withdrawn { .. } => settled(RevokeStatus::NotPending, "it has expired"),
    }
}

fn preview(run: &RunSummary, plan: &Plan, destination: &str, zone: &jiff::tz::TimeZone) -> String {
    let mut counts: BTreeMap<RevokeStatus, u64> = BTreeMap::new();
    let mut pending = 0;
    for (_, target) in plan {
        match target {
            Target::Pending { .. } => pending += 1,
            Target::Settled(settled) => *counts.entry(settled.status).or_default() += 1,
        }
    }
    let mut text = format!(
        "Run      {} of {} ({})\nTo       {destination}\nSent     {}\n",
        run.id.short(),
        local(run.started_at, zone),
        run.roster_name,
        invitations(plan.len() as u64),
    );
    let _ = writeln!(text, "         {pending} pending, to be revoked");
    for (status, count) in counts {
        let what = match status {
            RevokeStatus::Accepted => "accepted: users now, which this cannot take back",
            RevokeStatus::NotFound => "not in the account's lists",
            _ => "not pending any more (revoked, rejected or expired)",
        };
        let _ = writeln!(text, "         {count} {what}");
    }
    text.push('\n');
    text
}

fn invitations(number: u64) -> String {
    if number == 1 { "1 invitation".to_owned() } else { format!("{number} invitations") }
}

/// What became of all.
#[derive(Default)]
struct Ended {
    counts: BTreeMap<RevokeStatus, u64>,
    fault: Option<String>,
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
        let line = file.write_cells(&cells(&sent, &revoked, revoker.gate.stop_cause())).and_then(|()| file.flush());
        ended.check(line, revoker);
        if said.elapsed() >= SAY_EVERY {
            said = Instant::now();
            events.event(&Event::Notice { text: format!("{number} of {} done", invitations(all as u64)) });
        }
    }
    ended.check(file.finish().map(drop), revoker);
    ended
}

/// The line of the results; the columns are those of `invite`.
fn cells(sent: &SentInvitation, revoked: &Revoked, stopped: Option<&StopCause>) -> [String; 11] {
    [
        sent.row.clone(),
        sent.email.as_ref().map(|email| email.as_str().to_owned()).unwrap_or_default(),
        sent.first_name.clone(),
        sent.last_name.clone(),
        revoked.status.as_str().to_owned(),
        sent.user_id.clone().unwrap_or_default(),
        error_code(revoked.status, stopped).to_owned(),
        why(revoked),
        revoked.attempts.to_string(),
        revoked.http_status.map(|status| status.to_string()).unwrap_or_default(),
        revoked.sent_at.map(|time| format!("{time:.3}")).unwrap_or_default(),
    ]
}

fn why(revoked: &Revoked) -> String {
    match (revoked.status, revoked.why.as_str()) {
        (RevokeStatus::NotSent, "") => {
            "the command stopped before this invitation was revoked; run the same command again".to_owned()
        }
        (_, why) => why.to_owned(),
    }
}

const fn error_code(status: RevokeStatus, stopped: Option<&StopCause>) -> &'static str {
    match (status, stopped) {
        (RevokeStatus::Revoked, _) => "",
        (RevokeStatus::NotPending, _) => "nothing_to_revoke",
        (RevokeStatus::Accepted, _) => "already_a_user",
        (RevokeStatus::NotFound, _) => "not_in_lists",
        (RevokeStatus::Failed, _) => "still_pending",
        (RevokeStatus::Unconfirmed, _) => "outcome_unknown",
        (RevokeStatus::NotSent, Some(cause)) => cause.code(),
        (RevokeStatus::NotSent, None) => "interrupted",
    }
}

impl Ended {
    fn check(&mut self, written: Result<(), ReportError>, revoker: &Revoker<'_>) {
        if let Err(error) = written
            && self.fault.is_none()
        {
            revoker.gate.stop(StopCause::CannotRecord { why: error.to_string() });
            self.fault = Some(error.to_string());
        }
    }

    fn standing(&self, standing: Standing) -> u64 {
        self.counts.iter().filter(|(status, _)| status.standing() == standing).map(|(_, count)| count).sum()
    }

    /// What may be revoked or not wins, then why the command stopped, then what needs attention.
    fn exit_code(&self, stopped: Option<&StopCause>) -> u8 {
        match stopped {
            _ if self.standing(Standing::Unresolved) > 0 => 3,
            Some(cause) => cause.exit_code(),
            None => u8::from(self.standing(Standing::Attention) > 0),
        }
    }

    fn sum_line(&self) -> String {
        let count = |status| self.counts.get(&status).copied().unwrap_or_default();
        let occurring = RevokeStatus::ALL.into_iter().filter(|&status| count(status) > 0);
        let parts: Vec<_> = occurring.map(|status| format!("{} {}", count(status), status.as_str())).collect();
        let sum = if parts.is_empty() { "0".to_owned() } else { parts.join(" + ") };
        format!("{} = {sum}", invitations(self.counts.values().sum()))
    }

    fn attention(&self) -> String {
        let mut text = String::new();
        for (status, count) in &self.counts {
            let what = match status {
                RevokeStatus::Revoked | RevokeStatus::NotPending => continue,
                RevokeStatus::Accepted => {
                    "accepted: these people are users now; take their access back on the dashboard"
                }
                RevokeStatus::NotFound => "not found: the account's lists do not show them; look on the dashboard",
                RevokeStatus::Failed => "failed: still pending; run the same command again",
                RevokeStatus::Unconfirmed => "unconfirmed: may be revoked or not; run the same command again",
                RevokeStatus::NotSent => "not sent: the command stopped before; run the same command again",
            };
            let _ = writeln!(text, "  {count} × {what}");
        }
        if text.is_empty() { text } else { format!("What needs attention:\n{text}") }
    }

    fn say(&self, voice: &VoiceArgs, stopped: Option<&StopCause>, results: &Path, code: u8) {
        if let Some(why) = &self.fault {
            terminal::tell(&format!("error: the results are not whole: {why}"));
        }
        if let Some(cause) = stopped {
            terminal::tell(&format!("error: {cause}"));
        }
        match voice.format {
            FormatArg::Json => {
                let statuses: BTreeMap<_, _> =
                    self.counts.iter().map(|(status, count)| (status.as_str(), count)).collect();
                let document = serde_json::json!({
                    "summary": { "invitations": self.counts.values().sum::<u64>(), "statuses": statuses, "sum": self.sum_line() },
                    "results": results,
                    "stopped": stopped.map(ToString::to_string),
                    "exit_code": code,
                });
                terminal::say(&format!("{document}\n"));
            }
            FormatArg::Human if voice.quiet && code == 0 => {}
            FormatArg::Human => {
                let text = format!("{}Results: {}\n{}\n", self.attention(), results.display(), self.sum_line());
                terminal::say(&text);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::autoscribe::wire::{Invitation, User};
    use crate::staff::EmailKey;

    const OURS: &str = "usr_1234567890abcdef1234567890abcdef";

    fn sent(user_id: Option<&str>) -> SentInvitation {
        SentInvitation {
            seq: 0,
            row: "2".to_owned(),
            email: Some(EmailKey::of("ana@example.org")),
            first_name: "Ana".to_owned(),
            last_name: "Ruiz".to_owned(),
            user_id: user_id.map(str::to_owned),
            sent_at: "2026-06-01T10:00:00Z".parse().unwrap(),
        }
    }

    fn listed(user_id: &str, status: &str, created_at: &str) -> Directory {
        let mut directory = Directory::default();
        let invitation = Invitation {
            invitation_id: "inv_1".to_owned(),
            email: "ana@example.org".to_owned(),
            user_id: Some(user_id.to_owned()),
            clinic_id: None,
            status: Some(status.to_owned()),
            expiry: Some("2026-06-08T10:00:00Z".to_owned()),
            created_at: Some(created_at.to_owned()),
        };
        directory.add_invitation(invitation, "2026-06-02T00:00:00Z".parse().unwrap());
        directory
    }

    fn status(target: Target) -> RevokeStatus {
        match target {
            Target::Settled(settled) => settled.status,
            Target::Pending { .. } => panic!("pending"),
        }
    }

    #[test]
    fn the_runs_own_pending_invitation_is_revoked_and_no_other() {
        let pending = Target::Pending { invitation_id: "inv_1".to_owned() };
        let fresh = listed(OURS, "sent", "2026-06-01T10:00:01Z");
        assert_eq!(target(&sent(Some(OURS)), &fresh), pending);
        assert_eq!(target(&sent(None), &fresh), pending, "in doubt, but made after our request");
        let another = listed("usr_00000000000000000000000000000000", "sent", "2026-06-01T12:00:00Z");
        assert_eq!(status(target(&sent(Some(OURS)), &another)), RevokeStatus::NotPending);
        let older = listed(OURS, "sent", "2026-05-31T10:00:00Z");
        assert_eq!(status(target(&sent(None), &older)), RevokeStatus::NotPending);
    }

    #[test]
    fn what_is_not_pending_is_left_alone() {
        let of = |word| status(target(&sent(Some(OURS)), &listed(OURS, word, "2026-06-01T10:00:01Z")));
        assert_eq!(of("accepted"), RevokeStatus::Accepted);
        assert_eq!(of("revoked"), RevokeStatus::NotPending);
        assert_eq!(of("rejected"), RevokeStatus::NotPending);
        assert_eq!(status(target(&sent(Some(OURS)), &Directory::default())), RevokeStatus::NotFound);
        let mut member = Directory::default();
        let user =
            User { user_id: OURS.to_owned(), email: "ana@example.org".to_owned(), level: None, created_at: None };
        member.add_user(user);
        assert_eq!(status(target(&sent(Some(OURS)), &member)), RevokeStatus::Accepted);
    }

    #[test]
    fn the_worst_decides_the_exit_and_the_sum_names_what_occurs() {
        let ended = |counts: &[(RevokeStatus, u64)]| Ended { counts: counts.iter().copied().collect(), fault: None };
        let fine = ended(&[(RevokeStatus::Revoked, 3), (RevokeStatus::NotPending, 1)]);
        assert_eq!((fine.exit_code(None), fine.sum_line().as_str()), (0, "4 invitations = 3 revoked + 1 not_pending"));
        assert_eq!(ended(&[(RevokeStatus::Accepted, 1)]).exit_code(None), 1);
        assert_eq!(ended(&[(RevokeStatus::Unconfirmed, 1)]).exit_code(Some(&StopCause::Strict)), 3);
        assert_eq!(ended(&[]).sum_line(), "0 invitations = 0");
    }
}
