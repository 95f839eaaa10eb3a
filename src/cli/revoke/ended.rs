//! What became of a run's invitations: the results, the sum, what is said.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use super::invitations;
use crate::cli::args::{FormatArg, VoiceArgs};
use crate::cli::terminal;
use crate::delivery::revoke::{RevokeStatus, Revoked, Revoker};
use crate::delivery::stop::StopCause;
use crate::ledger::SentInvitation;
use crate::outcome::Standing;
use crate::report::ReportError;

/// What became of all.
#[derive(Default)]
pub(super) struct Ended {
    pub(super) counts: BTreeMap<RevokeStatus, u64>,
    fault: Option<String>,
}

/// The line of the results; the columns are those of `invite`.
pub(super) fn cells(sent: &SentInvitation, revoked: &Revoked, stopped: Option<&StopCause>) -> [String; 11] {
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

fn error_code(status: RevokeStatus, stopped: Option<&StopCause>) -> &'static str {
    match (status.error_code(), status) {
        (Some(code), _) => code,
        (None, RevokeStatus::NotSent) => stopped.map_or("interrupted", StopCause::code),
        (None, _) => "",
    }
}

impl Ended {
    /// The first fault of the file stops the revoking.
    pub(super) fn check(&mut self, written: Result<(), ReportError>, revoker: &Revoker<'_>) {
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

    /// What may be revoked or not wins, but for a sign-in page, then why the command stopped, then what needs attention.
    pub(super) fn exit_code(&self, stopped: Option<&StopCause>) -> u8 {
        match stopped {
            // Something answers in AutoScribe's place: nothing could be asked there at all.
            Some(cause @ StopCause::Intercepted { .. }) => cause.exit_code(),
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

    /// Says it on stdout.
    pub(super) fn say(&self, voice: &VoiceArgs, stopped: Option<&StopCause>, results: &Path, code: u8) {
        if let Some(why) = &self.fault {
            terminal::tell(&format!("error: the results are not whole: {why}"));
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

    #[test]
    fn the_worst_decides_the_exit_and_the_sum_names_what_occurs() {
        let ended = |counts: &[(RevokeStatus, u64)]| Ended { counts: counts.iter().copied().collect(), fault: None };
        let fine = ended(&[(RevokeStatus::Revoked, 3), (RevokeStatus::NotPending, 1)]);
        assert_eq!((fine.exit_code(None), fine.sum_line().as_str()), (0, "4 invitations = 3 revoked + 1 not_pending"));
        assert_eq!(ended(&[(RevokeStatus::Accepted, 1)]).exit_code(None), 1);
        assert_eq!(ended(&[(RevokeStatus::Unconfirmed, 1)]).exit_code(Some(&StopCause::Strict)), 3);
        let page = StopCause::Intercepted { why: "a page".to_owned() };
        assert_eq!(ended(&[(RevokeStatus::Unconfirmed, 1)]).exit_code(Some(&page)), 5);
        assert_eq!(ended(&[]).sum_line(), "0 invitations = 0");
    }
}
