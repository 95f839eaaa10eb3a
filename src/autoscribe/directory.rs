//! What the account's two lists said: who is there already.

use std::collections::HashMap;

use jiff::Timestamp;

use super::wire::{Invitation, User};
use crate::staff::EmailKey;

/// Users and invitations of an account by e-mail, as read at one time.
#[derive(Clone, Debug, Default)]
pub struct Directory {
    people: HashMap<EmailKey, Entry>,
    clinic_id: Option<String>,
    users: u64,
    entries: u64,
    whole: bool,
}

#[derive(Clone, Debug, Default)]
struct Entry {
    user_id: Option<String>,
    invitation: Option<Latest>,
    /// All that are pending: an account may hold several for one address.
    pending: Vec<PendingInvitation>,
}

/// An invitation that can still be taken back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PendingInvitation {
    /// Its id.
    pub invitation_id: String,
    /// The id that the user will have.
    pub user_id: Option<String>,
    /// When it was made.
    pub created_at: Option<Timestamp>,
}

/// The invitation that counts for an address: a pending one before any other, else the newest.
#[derive(Clone, Debug)]
struct Latest {
    state: InvitationState,
    user_id: Option<String>,
    created_at: Option<Timestamp>,
}

/// The state of an invitation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum InvitationState {
    /// Sent, not answered, not expired.
    Pending,
    /// Accepted.
    Accepted,
    /// Sent, and its time has run out.
    Expired,
    /// Rejected by the person.
    Rejected,
    /// Revoked by the clinic.
    Revoked,
}

impl InvitationState {
    /// What the API's words come to at this time.
    pub fn of(invitation: &Invitation, now: Timestamp) -> Self {
        match invitation.status.as_deref() {
            Some("accepted") => InvitationState::Accepted,
            Some("rejected") => InvitationState::Rejected,
            Some("revoked") => InvitationState::Revoked,
            _ if time(invitation.expiry.as_ref()).is_some_and(|expiry| expiry <= now) => InvitationState::Expired,
            // A status that is not documented counts as pending: then nothing is sent.
            _ => InvitationState::Pending,
        }
    }
}

fn time(text: Option<&String>) -> Option<Timestamp> {
    text.and_then(|text| text.parse().ok())
}

/// What an account knows of an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Presence {
    /// In neither list.
    Absent,
    /// A user has it.
    Member {
        /// The user's id.
        user_id: String,
    },
    /// An invitation is pending.
    Pending {
        /// The id that the user has, or will have.
        user_id: String,
        /// When the invitation was made.
        created_at: Option<Timestamp>,
    },
    /// There was an invitation; it was revoked or rejected, or has expired.
    Withdrawn {
        /// Which of the three.
        state: InvitationState,
        /// The id that the user would have had.
        user_id: Option<String>,
        /// When that invitation was made.
        created_at: Option<Timestamp>,
    },
}

impl Directory {
    /// Takes an entry of the users list.
    pub fn add_user(&mut self, user: User) {
        self.entries += 1;
        let known = self.people.entry(EmailKey::of(&user.email)).or_default().user_id.replace(user.user_id);
        self.users += u64::from(known.is_none());
    }

    /// Takes an entry of the invitations list; `now` tells whether it has expired.
    pub fn add_invitation(&mut self, invitation: Invitation, now: Timestamp) {
        self.entries += 1;
        let state = InvitationState::of(&invitation, now);
        if self.clinic_id.is_none() {
            self.clinic_id.clone_from(&invitation.clinic_id);
        }
        let new = Latest { state, user_id: invitation.user_id, created_at: time(invitation.created_at.as_ref()) };
        let entry = self.people.entry(EmailKey::of(&invitation.email)).or_default();
        if new.state == InvitationState::Pending {
            entry.pending.push(PendingInvitation {
                invitation_id: invitation.invitation_id,
                user_id: new.user_id.clone(),
                created_at: new.created_at,
            });
        }
        let counts = entry.invitation.as_ref().is_none_or(|known| rank(&new) >= rank(known));
        if counts {
            entry.invitation = Some(new);
        }
    }

    /// What is known of an address.
    pub fn presence(&self, email: &EmailKey) -> Presence {
        let Some(entry) = self.people.get(email) else { return Presence::Absent };
        match (&entry.user_id, &entry.invitation) {
            // The users list may hold people who were invited and have not accepted; their invitation says so.
            (user, Some(invitation)) if invitation.state == InvitationState::Pending => Presence::Pending {
                user_id: invitation.user_id.clone().or_else(|| user.clone()).unwrap_or_default(),
                created_at: invitation.created_at,
            },
            // Whoever accepts keeps the id that the invitation gave them, so this one was listed and never accepted.
            (Some(user), Some(Latest { state, user_id: Some(id), created_at }))
                if id == user && *state != InvitationState::Accepted =>
            {
                Presence::Withdrawn { state: *state, user_id: Some(id.clone()), created_at: *created_at }
            }
            (Some(user_id), _) => Presence::Member { user_id: user_id.clone() },
            (None, Some(invitation)) if invitation.state == InvitationState::Accepted => {
                Presence::Member { user_id: invitation.user_id.clone().unwrap_or_default() }
            }
            (None, Some(invitation)) => {
                let Latest { state, user_id, created_at } = invitation;
                Presence::Withdrawn { state: *state, user_id: user_id.clone(), created_at: *created_at }
            }
            (None, None) => Presence::Absent,
        }
    }

    /// The invitations of an address that are pending.
    pub fn pending(&self, email: &EmailKey) -> &[PendingInvitation] {
        self.people.get(email).map_or(&[], |entry| &entry.pending)
    }

    /// The address shows with a pending invitation or as a user's; an older invitation that came to nothing does not count.
    pub fn shows_invited(&self, email: &EmailKey) -> bool {
        matches!(self.presence(email), Presence::Pending { .. } | Presence::Member { .. })
    }

    /// Both lists were read to their end.
    pub fn is_whole(&self) -> bool {
        self.whole
    }

    /// Takes note that both lists were read to their end.
    pub fn complete(&mut self) {
        self.whole = true;
    }

    /// The clinic, as the invitations name it.
    pub fn clinic_id(&self) -> Option<&str> {
        self.clinic_id.as_deref()
    }

    /// How many addresses show.
    pub fn people(&self) -> usize {
        self.people.len()
    }

    /// How many of them are users'.
    pub fn users(&self) -> u64 {
        self.users
    }

    /// How many entries were read.
    pub fn entries(&self) -> u64 {
        self.entries
    }
}

fn rank(invitation: &Latest) -> (bool, Option<Timestamp>) {
    (invitation.state == InvitationState::Pending, invitation.created_at)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "usr_1234567890abcdef1234567890abcdef";

    fn invitation(status: &str, created: &str, expiry: &str) -> Invitation {
        Invitation {
            invitation_id: "inv_1".to_owned(),
            email: "Ana@example.org".to_owned(),
            user_id: Some(ID.to_owned()),
            clinic_id: Some("cli_1".to_owned()),
            status: Some(status.to_owned()),
            expiry: Some(expiry.to_owned()),
            created_at: Some(created.to_owned()),
        }
    }

    fn directory(invitations: &[Invitation], user: Option<&str>) -> Directory {
        let mut directory = Directory::default();
        for invitation in invitations {
            directory.add_invitation(invitation.clone(), "2026-06-01T00:00:00Z".parse().unwrap());
        }
        if let Some(email) = user {
            directory.add_user(User { user_id: ID.to_owned(), email: email.to_owned(), level: None, created_at: None });
        }
        directory
    }

    #[test]
    fn an_invitation_is_pending_until_its_time_runs_out() {
        let ana = EmailKey::of("ana@example.org");
        let fresh = directory(&[invitation("sent", "2026-05-30T00:00:00Z", "2026-06-06T00:00:00Z")], None);
        assert!(matches!(fresh.presence(&ana), Presence::Pending { .. }));
        assert_eq!(fresh.clinic_id(), Some("cli_1"));
        let old = directory(&[invitation("sent", "2026-05-01T00:00:00Z", "2026-05-08T00:00:00Z")], None);
        assert!(matches!(old.presence(&ana), Presence::Withdrawn { state: InvitationState::Expired, .. }));
        assert_eq!(old.presence(&EmailKey::of("bo@example.org")), Presence::Absent);
    }

    #[test]
    fn a_pending_invitation_counts_before_a_newer_revoked_one() {
        let ana = EmailKey::of("ana@example.org");
        let pending = invitation("sent", "2026-05-30T00:00:00Z", "2026-06-06T00:00:00Z");
        let revoked = invitation("revoked", "2026-05-31T00:00:00Z", "2026-06-07T00:00:00Z");
        for order in [[pending.clone(), revoked.clone()], [revoked, pending]] {
            let directory = directory(&order, None);
            assert!(matches!(directory.presence(&ana), Presence::Pending { .. }));
            assert_eq!(directory.pending(&ana).len(), 1, "the revoked one cannot be taken back again");
        }
    }

    #[test]
    fn somebody_listed_who_let_the_invitation_run_out_is_no_member() {
        let ana = EmailKey::of("ana@example.org");
        let expired = invitation("sent", "2026-05-01T00:00:00Z", "2026-05-08T00:00:00Z");
        let listed = directory(std::slice::from_ref(&expired), Some("ana@example.org"));
        assert!(matches!(listed.presence(&ana), Presence::Withdrawn { state: InvitationState::Expired, .. }));
        let of_another = Invitation { user_id: Some("usr_other".to_owned()), ..expired };
        assert!(matches!(directory(&[of_another], Some("ana@example.org")).presence(&ana), Presence::Member { .. }));
    }

    #[test]
    fn a_user_is_a_member_unless_the_invitation_is_pending() {
        let ana = EmailKey::of("ana@example.org");
        assert!(matches!(directory(&[], Some("ANA@example.org")).presence(&ana), Presence::Member { .. }));
        let pending = invitation("sent", "2026-05-30T00:00:00Z", "2026-06-06T00:00:00Z");
        assert!(matches!(directory(&[pending], Some("ana@example.org")).presence(&ana), Presence::Pending { .. }));
        let accepted = invitation("accepted", "2026-05-01T00:00:00Z", "2026-05-08T00:00:00Z");
        assert!(matches!(directory(&[accepted], None).presence(&ana), Presence::Member { .. }));
    }
}
