//! One invitation taken back, from the gate to a definite end.
//!
//! A revocation that may have been acted on is asked again only after the invitation was looked up and is still pending.

use std::time::Duration;

use jiff::Timestamp;

use super::api::RevokeApi;
use super::gate::{Gate, Pass, Stopped, pause_words};
use super::lookup::{Lookup, LookupError};
use super::retry::Backoff;
use super::stop::StopCause;
use crate::autoscribe::client::Exchange;
use crate::autoscribe::directory::InvitationState;
use crate::autoscribe::revocation::{Verdict, verdict};
use crate::autoscribe::verdict::Stop;
use crate::autoscribe::wire::RevokeRequest;
use crate::event::Silent;
use crate::outcome::Standing;
use crate::shutdown::Shutdown;

/// What became of an invitation that was to be taken back: the word in `revoke`'s results.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum RevokeStatus {
    /// It is revoked.
    Revoked,
    /// There was nothing to take back: it was revoked or rejected before, or has expired.
    NotPending,
    /// The person has accepted it and is a user now.
    Accepted,
    /// The account's lists do not show it.
    NotFound,
    /// It is still pending.
    Failed,
    /// It may be revoked or not.
    Unconfirmed,
    /// The command stopped before this one.
    NotSent,
}

impl RevokeStatus {
    /// Every status, in the order of the closing sum.
    pub const ALL: [RevokeStatus; 7] = [
        RevokeStatus::Revoked,
        RevokeStatus::NotPending,
        RevokeStatus::Accepted,
        RevokeStatus::NotFound,
        RevokeStatus::Failed,
        RevokeStatus::Unconfirmed,
        RevokeStatus::NotSent,
    ];

    /// The `error_code` in the results; `None` where the invitation was revoked, or where why the command stopped is told.
    pub const fn error_code(self) -> Option<&'static str> {
        match self {
            RevokeStatus::Revoked | RevokeStatus::NotSent => None,
            RevokeStatus::NotPending => Some("nothing_to_revoke"),
            RevokeStatus::Accepted => Some("already_a_user"),
            RevokeStatus::NotFound => Some("not_in_lists"),
            RevokeStatus::Failed => Some("still_pending"),
            RevokeStatus::Unconfirmed => Some("outcome_unknown"),
        }
    }

    /// The word in the results.
    pub const fn as_str(self) -> &'static str {
        match self {
            RevokeStatus::Revoked => "revoked",
            RevokeStatus::NotPending => "not_pending",
            RevokeStatus::Accepted => "accepted",
            RevokeStatus::NotFound => "not_found",
            RevokeStatus::Failed => "failed",
            RevokeStatus::Unconfirmed => "unconfirmed",
            RevokeStatus::NotSent => "not_sent",
        }
    }

    /// How it counts.
    pub const fn standing(self) -> Standing {
        match self {
            RevokeStatus::Revoked | RevokeStatus::NotPending => Standing::Done,
            RevokeStatus::Unconfirmed => Standing::Unresolved,
            RevokeStatus::Accepted | RevokeStatus::NotFound | RevokeStatus::Failed | RevokeStatus::NotSent => {
                Standing::Attention
            }
        }
    }
}

/// What became of one invitation, and how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Revoked {
    /// What became of it.
    pub status: RevokeStatus,
    /// Why, where something is to be said.
    pub why: String,
    /// How many revocations left, or may have left.
    pub attempts: u32,
    /// The status of the last answer to one.
    pub http_status: Option<u16>,
    /// When the last of them was sent.
    pub sent_at: Option<Timestamp>,
}

impl Revoked {
    /// One for which nothing was sent.
    pub fn unasked(status: RevokeStatus, why: impl Into<String>) -> Self {
        Revoked { status, why: why.into(), attempts: 0, http_status: None, sent_at: None }
    }
}

/// What revocations share.
pub struct Revoker<'a> {
    /// The account.
    pub api: &'a dyn RevokeApi,
    /// The way out.
    pub gate: &'a Gate,
    /// How long to wait after a failure.
    pub backoff: &'a Backoff,
    /// Whether to go on, and whether to wait for answers.
    pub shutdown: &'a Shutdown,
    /// How often one invitation is tried.
    pub max_attempts: u32,
    /// How long an answer is waited for.
    pub timeout: Duration,
}

/// What to do after one exchange.
enum Next {
    /// It is over.
    End(RevokeStatus, String),
    /// The invitation itself is asked for; whether a refusal was the reason.
    LookUp { why: String, refused: bool },
    /// Nothing left this machine.
    TryAgain { why: String },
    /// 429: costs no attempt.
    Throttled,
}

impl Revoker<'_> {
    /// Takes one invitation back. `place` tells it from the others.
    pub async fn revoke(&self, place: u64, invitation_id: &str) -> Revoked {
        let mut done = Revoked::unasked(RevokeStatus::NotSent, "");
        let mut tried = 0;
        loop {
            let Ok(pass) = self.gate.pass().await else { return done };
            match self.ask(place, invitation_id, pass, &mut done).await {
                Next::Throttled => continue,
                Next::End(status, why) => return Revoked { status, why, ..done },
                Next::LookUp { why, refused } => {
                    let (status, why) = self.look_up(invitation_id, why, refused).await;
                    done = Revoked { status, why, ..done };
                    if refused || status != RevokeStatus::Failed {
                        return done;
                    }
                }
                Next::TryAgain { why } => done = Revoked { status: RevokeStatus::Failed, why, ..done },
            }
            // A probe is one that the breaker asked for.
            tried += u32::from(pass == Pass::Ordinary);
            if tried >= self.max_attempts {
                return done;
            }
            // A stop shows at the gate; then what is known by now is the answer.
            let _: Result<(), Stopped> = self.gate.rest(self.backoff.wait(tried.max(1), place)).await;
        }
    }

    /// The one request, and what its answer means for everybody.
    async fn ask(&self, place: u64, invitation_id: &str, pass: Pass, done: &mut Revoked) -> Next {
        done.attempts += 1;
        done.sent_at = Some(Timestamp::now());
        let body = RevokeRequest { invitation_id: invitation_id.to_owned() };
        let exchange = tokio::select! {
            biased;
            () = self.shutdown.abandon().cancelled() => None,
            answer = tokio::time::timeout(self.timeout, self.api.revoke(&body)) => {
                Some(answer.unwrap_or_else(|_| Exchange::Lost { why: "no answer in time".to_owned() }))
            }
        };
        done.http_status = match &exchange {
            Some(Exchange::Answer(answer)) => Some(answer.status),
            _ => None,
        };
        let Some(exchange) = exchange else {
            return Next::End(RevokeStatus::Unconfirmed, "stopped before the answer came".to_owned());
        };
        self.conclude(place, pass, verdict(&exchange))
    }

    fn conclude(&self, place: u64, pass: Pass, verdict: Verdict) -> Next {
        match verdict {
            Verdict::Revoked => {
                self.gate.well();
                Next::End(RevokeStatus::Revoked, String::new())
            }
            Verdict::Refused { message } => {
                self.gate.well();
                Next::LookUp { why: message, refused: true }
            }
            Verdict::RateLimited { wait } => {
                if pass == Pass::Probe {
                    self.gate.give_probe_back();
                }
                self.gate.pause(wait.unwrap_or_else(|| self.backoff.wait(1, 0)), &pause_words(wait, 429));
                Next::Throttled
            }
            Verdict::NeverLeft { why } => {
                self.gate.unwell(place, &why);
                Next::TryAgain { why }
            }
            Verdict::Unknown { why, wait } => {
                if let Some(wait) = wait {
                    self.gate.pause(wait, &format!("AutoScribe asks for a pause ({why})"));
                }
                self.gate.unwell(place, &why);
                Next::LookUp { why, refused: false }
            }
            Verdict::Stop(stop) => {
                let cause = StopCause::Account(stop);
                let why = cause.to_string();
                self.gate.stop(cause);
                Next::End(RevokeStatus::NotSent, why)
            }
            Verdict::Intercepted { why } => {
                self.gate.stop(StopCause::Intercepted { why: why.clone() });
                Next::End(RevokeStatus::Unconfirmed, why)
            }
        }
    }

    /// Asks for the invitation itself. `Failed`: it is still pending.
    async fn look_up(&self, invitation_id: &str, why: String, refused: bool) -> (RevokeStatus, String) {
        let lookup =
            Lookup { api: self.api, gate: self.gate, backoff: self.backoff, events: &Silent, now: Timestamp::now() };
        let unknown = if refused { RevokeStatus::Failed } else { RevokeStatus::Unconfirmed };
        match lookup.invitation(self.api, invitation_id).await {
            Ok(invitation) => match InvitationState::of(&invitation, Timestamp::now()) {
                InvitationState::Revoked => (RevokeStatus::Revoked, String::new()),
                InvitationState::Accepted => (RevokeStatus::Accepted, String::new()),
                InvitationState::Rejected => (RevokeStatus::NotPending, "the person has rejected it".to_owned()),
                InvitationState::Expired => (RevokeStatus::NotPending, "it has expired".to_owned()),
                InvitationState::Pending => (RevokeStatus::Failed, why),
            },
            Err(LookupError::Failed(StopCause::Account(Stop::Refused { status: 404, .. }))) => {
                (RevokeStatus::NotFound, why)
            }
            Err(LookupError::Failed(cause)) => {
                self.gate.stop(cause);
                (unknown, why)
            }
            Err(LookupError::Forbidden { .. } | LookupError::Stopped) => (unknown, why),
        }
    }
}
