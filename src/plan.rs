//! What is to be done with a person, from what the ledger and the account know. Pure.

use crate::autoscribe::directory::{InvitationState, Presence};
use crate::delivery::job::{Before, IfAbsent};
use crate::ledger::{DoubtfulIntent, Known};

/// What is to be done with somebody who may be invited.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Planned {
    /// Send.
    Invite(Before),
    /// A pending invitation exists.
    AlreadyInvited {
        /// The user's id, where one was shown.
        user_id: Option<String>,
        /// Whether the roster says something else now than was sent.
        details: Details,
    },
    /// A user exists.
    AlreadyMember {
        /// The user's id.
        user_id: Option<String>,
        /// Whether the roster says something else now than was sent.
        details: Details,
    },
    /// An earlier invitation was revoked, rejected or has expired, and nobody asked for a new one.
    Withdrawn {
        /// Which of the three.
        state: InvitationState,
        /// The user's id, where one was shown.
        user_id: Option<String>,
    },
    /// The API refused this very row before.
    Rejected {
        /// The word of the results file.
        code: String,
        /// What the API said.
        message: String,
        /// The status of that answer.
        http_status: Option<u16>,
    },
    /// An earlier send's outcome is not known: it is looked up after the fresh rows.
    InDoubt(Box<DoubtfulIntent>, Before, IfAbsent),
}

/// Whether what the roster says of somebody is what was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Details {
    /// As sent, or sent by somebody else, so nobody here can tell.
    AsSent,
    /// Something else than was sent: reported, never sent.
    Changed,
}

/// `--reinvite`: which withdrawn invitations are sent anew.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reinvite {
    states: Vec<InvitationState>,
}

/// The text is no state that can be invited anew.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("\"{0}\" is nothing to invite anew; write expired, revoked or rejected, or several with commas")]
pub struct ReinviteError(String);

impl Reinvite {
    /// Reads `expired,revoked,rejected` or a part of it.
    ///
    /// # Errors
    /// Any other word.
    pub fn parse(text: &str) -> Result<Self, ReinviteError> {
        let states = text.split(',').map(|word| match word.trim() {
            "expired" => Ok(InvitationState::Expired),
            "revoked" => Ok(InvitationState::Revoked),
            "rejected" => Ok(InvitationState::Rejected),
            other => Err(ReinviteError(other.to_owned())),
        });
        Ok(Reinvite { states: states.collect::<Result<_, _>>()? })
    }

    fn takes(&self, state: InvitationState) -> bool {
        self.states.contains(&state)
    }
}

/// Decides. What the account shows goes before what the ledger remembers: people accept, revoke and delete on the
/// dashboard. What neither shows is sent only if the ledger has never heard of it.
pub fn plan(content_hash: &[u8; 32], known: Option<&Known>, presence: &Presence, reinvite: &Reinvite) -> Planned {
    let details = match known {
        Some(Known::Confirmed { content_hash: sent, .. }) if sent != content_hash => Details::Changed,
        _ => Details::AsSent,
    };
    let ours = match known {
        Some(Known::Confirmed { user_id, .. }) => user_id.clone(),
        _ => None,
    };
    let some = |id: &String| if id.is_empty() { ours.clone() } else { Some(id.clone()) };
    match (presence, known) {
        (Presence::Member { user_id }, _) => Planned::AlreadyMember { user_id: some(user_id), details },
        (Presence::Pending { user_id, .. }, _) => Planned::AlreadyInvited { user_id: some(user_id), details },
        // We have invited this person anew since, and the list is behind: it does not show that invitation yet.
        (
            Presence::Withdrawn { user_id: Some(withdrawn), created_at: Some(made), .. },
            Some(Known::Confirmed { user_id: Some(new), at, .. }),
        ) if withdrawn != new && made < at => Planned::AlreadyInvited { user_id: ours, details },
        // A doubtful send may have followed the invitation that was withdrawn.
        (Presence::Withdrawn { state, .. }, Some(Known::InDoubt(intent))) => {
            let if_absent = if reinvite.takes(*state) { IfAbsent::Resend } else { IfAbsent::Withdrawn(*state) };
            Planned::InDoubt(intent.clone(), Before::Withdrawn, if_absent)
        }
        (Presence::Withdrawn { state, .. }, _) if reinvite.takes(*state) => Planned::Invite(Before::Withdrawn),
        (Presence::Withdrawn { state, user_id, .. }, _) => {
            Planned::Withdrawn { state: *state, user_id: user_id.clone() }
        }
        (Presence::Absent, None) => Planned::Invite(Before::Never),
        // The lists may be behind, or this key may not read them: what we sent, we sent.
        (Presence::Absent, Some(Known::Confirmed { user_id, .. })) => {
            Planned::AlreadyInvited { user_id: user_id.clone(), details }
        }
        (Presence::Absent, Some(Known::Rejected { content_hash: refused, code, message, http_status, .. }))
            if refused == content_hash =>
        {
            Planned::Rejected { code: code.clone(), message: message.clone(), http_status: *http_status }
        }
        (Presence::Absent, Some(Known::Rejected { .. })) => Planned::Invite(Before::Never),
        (Presence::Absent, Some(Known::InDoubt(intent))) => {
            Planned::InDoubt(intent.clone(), Before::Never, IfAbsent::Resend)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SENT: [u8; 32] = [1; 32];
    const OTHER: [u8; 32] = [2; 32];

    fn rejected(hash: [u8; 32]) -> Known {
        Known::Rejected {
            content_hash: hash,
            code: "api_refused".into(),
            message: "no".into(),
            at: jiff::Timestamp::UNIX_EPOCH,
            http_status: Some(422),
        }
    }

    fn decide(known: Option<&Known>, presence: &Presence) -> Planned {
        plan(&SENT, known, presence, &Reinvite::default())
    }

    #[test]
    fn a_stranger_is_invited_and_nobody_else() {
        assert_eq!(decide(None, &Presence::Absent), Planned::Invite(Before::Never));
        let member = Presence::Member { user_id: "usr_1".into() };
        assert!(matches!(decide(None, &member), Planned::AlreadyMember { .. }));
        let pending = Presence::Pending { user_id: String::new(), created_at: None };
        assert!(matches!(decide(None, &pending), Planned::AlreadyInvited { user_id: None, .. }));
    }

    #[test]
    fn a_refused_row_is_sent_again_only_when_it_has_changed() {
        assert!(matches!(decide(Some(&rejected(SENT)), &Presence::Absent), Planned::Rejected { .. }));
        assert_eq!(decide(Some(&rejected(OTHER)), &Presence::Absent), Planned::Invite(Before::Never));
    }

    #[test]
    fn whoever_was_invited_anew_is_not_invited_again_while_the_list_is_behind() {
        let time = |text: &str| Some(text.parse::<jiff::Timestamp>().unwrap());
        let confirmed = |id: &str, at| Known::Confirmed {
            user_id: Some(id.into()),
            content_hash: SENT,
            field_marks: None,
            told_hash: None,
            at,
            run: crate::ledger::RunId::nil(),
        };
        let withdrawn = Presence::Withdrawn {
            state: InvitationState::Revoked,
            user_id: Some("usr_old".into()),
            created_at: time("2026-03-01T10:00:00Z"),
        };
        let reinvite = Reinvite::parse("revoked").unwrap();
        let decide = |known: &Known| plan(&SENT, Some(known), &withdrawn, &reinvite);
        let anew = confirmed("usr_new", time("2026-03-02T10:00:00Z").unwrap());
        assert!(matches!(decide(&anew), Planned::AlreadyInvited { user_id: Some(id), .. } if id == "usr_new"));
        let same = confirmed("usr_old", time("2026-03-01T10:00:01Z").unwrap());
        assert_eq!(decide(&same), Planned::Invite(Before::Withdrawn));
        let older = confirmed("usr_older", time("2026-02-01T10:00:00Z").unwrap());
        assert_eq!(decide(&older), Planned::Invite(Before::Withdrawn));
    }

    #[test]
    fn a_withdrawn_invitation_is_sent_anew_only_on_request() {
        let expired = Presence::Withdrawn { state: InvitationState::Expired, user_id: None, created_at: None };
        assert!(matches!(decide(None, &expired), Planned::Withdrawn { .. }));
        let reinvite = Reinvite::parse("revoked, expired").unwrap();
        assert_eq!(plan(&SENT, None, &expired, &reinvite), Planned::Invite(Before::Withdrawn));
        let rejected = Presence::Withdrawn { state: InvitationState::Rejected, user_id: None, created_at: None };
        assert!(matches!(plan(&SENT, None, &rejected, &reinvite), Planned::Withdrawn { .. }));
        assert!(Reinvite::parse("accepted").is_err());
    }
}
