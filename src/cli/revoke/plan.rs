//! What is done about each invitation of a run, from what the account's lists show.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::time::Duration;

use super::invitations;
use crate::autoscribe::directory::{Directory, InvitationState, Presence};
use crate::cli::account::Desk;
use crate::cli::failure::Failure;
use crate::cli::runs::local;
use crate::delivery::revoke::{RevokeStatus, Revoked};
use crate::ledger::{RunSummary, SentInvitation};

/// How far the server's clock may be behind ours for an invitation to count as made after our request was sent.
const CLOCKS_APART: Duration = Duration::from_secs(10 * 60);

/// What is done about an invitation.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Target {
    /// It is pending: revoked.
    Pending { invitation_id: String },
    /// Nothing is to be done or can be.
    Settled(Revoked),
}

/// Every invitation of a run, in the roster's order.
pub(super) type Plan = Vec<(SentInvitation, Target)>;

/// What is done about every invitation that a run sent or may have sent.
pub(super) async fn plan(desk: &Desk, run: &RunSummary) -> Result<Plan, Failure> {
    let Some(directory) = desk.directory() else {
        return Err(match desk.gate.stop_cause() {
            Some(cause) => Failure::with_code(cause.exit_code(), format!("{cause}. Nothing was revoked")),
            None => Failure::with_code(
                4,
                "this key may not list the account's invitations, so nobody can tell which are pending; nothing was revoked",
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

/// What a person is shown before anything is revoked.
pub(super) fn preview(run: &RunSummary, plan: &Plan, destination: &str, zone: &jiff::tz::TimeZone) -> String {
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
}
