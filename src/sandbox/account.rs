//! The account: what every call answers and does.
//!
//! The calls are plain functions on one locked state, so that each is atomic and none depends on HTTP. What a test
//! prepares and judges by is in [`super::judge`].

use std::sync::Mutex;

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::answer::Refusal;
use super::options::{Duplicates, SandboxOptions};
use super::person::{InvitationStatus, Standing, User};
use super::query;
use super::state::State;
use super::traffic::Traffic;
use super::{SandboxError, lock, validate};
use crate::staff::EmailKey;

/// An AutoScribe account.
#[derive(Debug)]
pub struct Account {
    pub(super) state: Mutex<State>,
    pub(super) traffic: Mutex<Traffic>,
}

/// The answer of a call: its JSON, or why not.
pub(super) type Answer = Result<Value, Refusal>;

impl Account {
    /// An account with its owner in it, and its files open.
    pub(super) fn open(options: SandboxOptions) -> Result<Self, SandboxError> {
        Ok(Account { state: Mutex::new(State::open(options)?), traffic: Mutex::default() })
    }

    /// `POST users`.
    pub(super) fn invite(&self, body: &Value) -> Answer {
        let person = validate::invitation(body)?;
        let mut state = lock(&self.state);
        let now = state.now();
        let key = EmailKey::of(&person.email);
        let refused_with = match state.options.duplicates {
            Duplicates::SecondInvitation => None,
            Duplicates::Conflict409 => Some(StatusCode::CONFLICT),
            Duplicates::BadRequest400 => Some(StatusCode::BAD_REQUEST),
            Duplicates::Unprocessable422 => Some(StatusCode::UNPROCESSABLE_ENTITY),
        };
        if let (Some(status), Some(_)) = (refused_with, state.register.holder(&key, now)) {
            return Err(Refusal::new(status, format!("A user with the email '{}' already exists", person.email)));
        }
        let user = state.add_pending(person, now);
        state.send_mail(&user, now)?;
        Ok(json!(user))
    }

    /// `GET users`.
    pub(super) fn list_users(&self, query: &str) -> Answer {
        let state = lock(&self.state);
        state.check_lists()?;
        let (filter, window) = query::users(query, state.options.page_size)?;
        let all = state.register.users();
        let numbers: Box<dyn Iterator<Item = usize>> = match &filter.email {
            Some(email) => Box::new(state.register.users_known_as(email)),
            None => Box::new(window.newest_first(all.len())),
        };
        let wanted = |user: &User| state.shows(user) && filter.matches(user);
        let (page, last) = state.page(all, numbers, &window, wanted);
        Ok(json!({ "users": page, "cursor": last.map(query::user_cursor), "hasMore": last.is_some() }))
    }

    /// `GET users/{userId}`.
    pub(super) fn user(&self, id: &str) -> Answer {
        lock(&self.state).find_user(id).map(|user| json!(user))
    }

    /// `PATCH users/{userId}`.
    pub(super) fn change_user(&self, id: &str, body: &Value) -> Answer {
        let mut state = lock(&self.state);
        let user = state.find_user(id)?;
        if user.person.level == "owner" {
            return Err(Refusal::new(StatusCode::FORBIDDEN, "The owner cannot be changed by the API"));
        }
        let person = validate::change(body, &user.person)?;
        let pending = (user.standing == Standing::Pending).then(|| state.register.invitation_of(id)).flatten();
        if let Some(invitation) = pending.map(|invitation| invitation.invitation_id.clone()) {
            state.update_invitation(&invitation, |invitation| invitation.person = person.clone());
        }
        state.update_user(id, |user| user.person = person);
        state.find_user(id).map(|user| json!(user))
    }

    /// `POST users/revoke-access`.
    pub(super) fn revoke_access(&self, body: &Value) -> Answer {
        self.set_access(body, Standing::Deactivated, "The user can no longer log in")
    }

    /// `POST users/reactivate`.
    pub(super) fn reactivate(&self, body: &Value) -> Answer {
        self.set_access(body, Standing::Active, "The user can log in again")
    }

    fn set_access(&self, body: &Value, standing: Standing, message: &str) -> Answer {
        let [id] = validate::ids(body, ["userId"])?;
        let id = id.ok_or_else(|| Refusal::bad_request("userId is required"))?;
        let mut state = lock(&self.state);
        let user = state.find_user(&id)?;
        if user.person.level == "owner" {
            return Err(Refusal::new(StatusCode::FORBIDDEN, "The owner's access cannot be changed by the API"));
        }
        if user.standing == Standing::Pending {
            return Err(Refusal::bad_request("The user has not accepted the invitation yet; revoke that instead"));
        }
        state.update_user(&id, |user| user.standing = standing);
        Ok(json!({ "success": true, "message": message }))
    }

    /// `GET users/invitations`.
    pub(super) fn list_invitations(&self, query: &str) -> Answer {
        let state = lock(&self.state);
        state.check_lists()?;
        let (filter, window) = query::invitations(query, state.options.page_size)?;
        let (all, now) = (state.register.invitations(), state.now());
        let (page, last) =
            state.page(all, window.newest_first(all.len()), &window, |invitation| filter.matches(invitation, now));
        Ok(json!({ "invitations": page, "cursor": last.map(query::invitation_cursor), "hasMore": last.is_some() }))
    }

    /// `GET users/invitations/{invitationId}`.
    pub(super) fn invitation(&self, id: &str) -> Answer {
        lock(&self.state).find_invitation(id).map(|invitation| json!(invitation))
    }

    /// `PATCH users/invitations/{invitationId}`.
    pub(super) fn change_invitation(&self, id: &str, body: &Value) -> Answer {
        let mut state = lock(&self.state);
        let invitation = state.find_open_invitation(id)?;
        let (person, user) = (validate::change(body, &invitation.person)?, invitation.user_id.clone());
        state.update_user(&user, |user| user.person = person.clone());
        state.update_invitation(id, |invitation| invitation.person = person);
        state.find_invitation(id).map(|invitation| json!(invitation))
    }

    /// `POST users/invitations/revoke`.
    pub(super) fn revoke_invitation(&self, body: &Value) -> Answer {
        let [invitation, user] = validate::ids(body, ["invitationId", "userId"])?;
        let mut state = lock(&self.state);
        let id = match (invitation, &user) {
            (Some(id), _) => id,
            (None, Some(user)) => {
                let of_user = state.register.invitation_of(user).ok_or_else(|| Refusal::not_found("user", user))?;
                of_user.invitation_id.clone()
            }
            (None, None) => return Err(Refusal::bad_request("invitationId or userId is required")),
        };
        let invitation = state.find_invitation(&id)?;
        if user.is_some_and(|user| user != invitation.user_id) {
            return Err(Refusal::bad_request("invitationId and userId belong to different invitations"));
        }
        if invitation.status != InvitationStatus::Sent {
            return Err(Refusal::bad_request("The invitation is no longer pending"));
        }
        state.end_invitation(&id, InvitationStatus::Revoked);
        Ok(json!({ "success": true, "message": "The invitation has been revoked" }))
    }

    /// Notes the body of an invitation in the record, when one is kept.
    pub(super) fn record(&self, body: &[u8]) -> Result<(), Refusal> {
        match serde_json::from_slice::<Value>(body) {
            Ok(body) => lock(&self.state).record(&body),
            Err(_) => Ok(()),
        }
    }
}
