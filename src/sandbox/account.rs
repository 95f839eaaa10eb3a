//! The account: its people, its invitations, and what every call does to them.
//!
//! The calls are plain functions on one locked state, so that each is atomic and none depends on HTTP. What a test
//! prepares and judges by is in [`super::judge`].

use std::sync::Mutex;

use axum::http::StatusCode;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::answer::Refusal;
use super::clock::later;
use super::files::JsonLines;
use super::options::{Duplicates, Lists, PendingInUsers, SandboxOptions};
use super::person::{Invitation, InvitationStatus, Mail, Person, Source, Standing, User};
use super::query::{self, Window};
use super::register::{Entry, Register};
use super::traffic::Traffic;
use super::{SandboxError, ids, lock, validate};
use crate::staff::EmailKey;

/// An AutoScribe account.
#[derive(Debug)]
pub struct Account {
    pub(super) state: Mutex<State>,
    pub(super) traffic: Mutex<Traffic>,
}

#[derive(Debug)]
pub(super) struct State {
    pub(super) options: SandboxOptions,
    pub(super) register: Register,
    pub(super) mails: Vec<Mail>,
    mail_log: Option<JsonLines>,
    record: Option<JsonLines>,
}

/// The answer of a call: its JSON, or why not.
pub(super) type Answer = Result<Value, Refusal>;

impl Account {
    /// An account with its owner in it, and its files open.
    pub(super) fn open(options: SandboxOptions) -> Result<Self, SandboxError> {
        let open = |path: &Option<std::path::PathBuf>| match path {
            Some(path) => {
                JsonLines::open(path).map(Some).map_err(|source| SandboxError::File { path: path.clone(), source })
            }
            None => Ok(None),
        };
        let (mail_log, record) = (open(&options.mail_log)?, open(&options.record)?);
        let mut state = State { options, register: Register::default(), mails: Vec::new(), mail_log, record };
        state.add_owner();
        Ok(Account { state: Mutex::new(state), traffic: Mutex::default() })
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
        let (page, last) =
            state.page(state.register.users(), &window, |user| state.shows(user) && filter.matches(user));
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
        let now = state.now();
        let (page, last) =
            state.page(state.register.invitations(), &window, |invitation| filter.matches(invitation, now));
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
        match (&mut lock(&self.state).record, serde_json::from_slice::<Value>(body)) {
            (Some(record), Ok(body)) => record.append(&body).map_err(cannot_write),
            _ => Ok(()),
        }
    }
}

/// A judge who cannot write must not let the case go on.
fn cannot_write(error: std::io::Error) -> Refusal {
    Refusal::new(StatusCode::INTERNAL_SERVER_ERROR, format!("The sandbox cannot write its file: {error}"))
}

impl State {
    /// The account's time, in whole milliseconds, as databases keep it.
    pub(super) fn now(&self) -> Timestamp {
        let now = self.options.clock.now();
        Timestamp::from_millisecond(now.as_millisecond()).unwrap_or(now)
    }

    fn add_owner(&mut self) {
        let mut owner = Person::named("owner@clinic.test", "Olivia", "Owner");
        (owner.level, owner.has_dashboard_access) = ("owner".to_owned(), true);
        owner.clinic_role = Some("Administrative Director".to_owned());
        let created = before(self.now(), 365);
        self.add_user(owner, created, Source::Dashboard, Standing::Active);
    }

    /// Adds a user with an id of their own.
    pub(super) fn add_user(&mut self, person: Person, at: Timestamp, source: Source, standing: Standing) -> User {
        let key = EmailKey::of(&person.email);
        let nth = self.register.known_as(&key).count();
        let user = User {
            user_id: ids::user(self.options.seed, key.as_str(), nth),
            person,
            created_at: at,
            invited_source: source,
            last_login_at: (standing == Standing::Active).then_some(at),
            standing,
        };
        self.register.add_user(user.clone(), at);
        user
    }

    /// Adds a user and the invitation by which they come. An earlier one that has run out is superseded.
    pub(super) fn add_pending(&mut self, person: Person, at: Timestamp) -> User {
        let key = EmailKey::of(&person.email);
        let run_out: Vec<String> = self
            .register
            .known_as(&key)
            .filter(|user| user.standing == Standing::Pending)
            .filter(|user| !self.register.invitation_of(&user.user_id).is_some_and(|one| one.is_open(at)))
            .map(|user| user.user_id.clone())
            .collect();
        for id in run_out {
            self.update_user(&id, |user| user.standing = Standing::Gone);
        }
        let nth = self.register.known_as(&key).count();
        let user = self.add_user(person, at, Source::Api, Standing::Pending);
        let seed = self.options.seed;
        let invitation = Invitation {
            invitation_id: ids::invitation(seed, key.as_str(), nth),
            user_id: user.user_id.clone(),
            clinic_id: ids::clinic(seed),
            inviter_id: None,
            invited_by_api_key_id: Some(ids::api_key(seed)),
            invited_source: Source::Api,
            person: user.person.clone(),
            status: InvitationStatus::Sent,
            expiry: later(at, self.options.invitation_validity),
            created_at: at,
            updated_at: at,
        };
        self.register.add_invitation(invitation, at);
        user
    }

    /// Sends the e-mail: into the log first, so that whoever has the answer finds it there.
    fn send_mail(&mut self, user: &User, at: Timestamp) -> Result<(), Refusal> {
        let Some(invitation) = self.register.invitation_of(&user.user_id) else { return Ok(()) };
        let mail = Mail {
            at,
            email: user.person.email.clone(),
            user_id: user.user_id.clone(),
            invitation_id: invitation.invitation_id.clone(),
        };
        if let Some(log) = &mut self.mail_log {
            log.append(&mail).map_err(cannot_write)?;
        }
        self.mails.push(mail);
        Ok(())
    }

    fn check_lists(&self) -> Result<(), Refusal> {
        match self.options.lists {
            Lists::Open => Ok(()),
            Lists::Forbidden => Err(Refusal::new(StatusCode::FORBIDDEN, "This API key may not list")),
            Lists::Failing => Err(Refusal::new(StatusCode::SERVICE_UNAVAILABLE, "The list is not available")),
        }
    }

    /// Whether the API shows a user at all.
    fn shows(&self, user: &User) -> bool {
        match user.standing {
            Standing::Active | Standing::Deactivated => true,
            Standing::Pending => self.options.pending_in_users == PendingInUsers::Listed,
            Standing::Gone => false,
        }
    }

    /// One page, the newest first, and the number of its last row when more follow.
    fn page<'a, T>(
        &self,
        all: &'a [Entry<T>],
        window: &Window,
        wanted: impl Fn(&T) -> bool,
    ) -> (Vec<&'a T>, Option<usize>) {
        let now = self.now();
        let end = window.before.map_or(all.len(), |before| before.min(all.len()));
        let mut rows = all[..end]
            .iter()
            .enumerate()
            .rev()
            .filter(|(_, entry)| later(entry.added, self.options.list_lag) <= now && wanted(&entry.row))
            .map(|(number, entry)| (number, &entry.row))
            .peekable();
        let mut page = Vec::new();
        let mut last = None;
        while let Some((number, row)) = rows.next_if(|_| page.len() < window.limit) {
            page.push(row);
            last = Some(number);
        }
        (page, last.filter(|_| rows.peek().is_some()))
    }

    fn find_user(&self, id: &str) -> Result<&User, Refusal> {
        self.register.user(id).filter(|user| self.shows(user)).ok_or_else(|| Refusal::not_found("user", id))
    }

    fn find_invitation(&self, id: &str) -> Result<&Invitation, Refusal> {
        self.register.invitation(id).ok_or_else(|| Refusal::not_found("invitation", id))
    }

    fn find_open_invitation(&self, id: &str) -> Result<&Invitation, Refusal> {
        let invitation = self.find_invitation(id)?;
        match invitation.is_open(self.now()) {
            true => Ok(invitation),
            false => Err(Refusal::bad_request("The invitation is no longer pending, or has expired")),
        }
    }

    pub(super) fn update_user(&mut self, id: &str, change: impl FnOnce(&mut User)) {
        if let Some(user) = self.register.user_mut(id) {
            change(user);
        }
    }

    pub(super) fn update_invitation(&mut self, id: &str, change: impl FnOnce(&mut Invitation)) {
        let now = self.now();
        if let Some(invitation) = self.register.invitation_mut(id) {
            change(invitation);
            invitation.updated_at = now;
        }
    }

    /// Settles an invitation, and what becomes of its user.
    pub(super) fn end_invitation(&mut self, id: &str, status: InvitationStatus) {
        let now = self.now();
        self.update_invitation(id, |invitation| invitation.status = status);
        let Some(user) = self.register.invitation(id).map(|invitation| invitation.user_id.clone()) else { return };
        self.update_user(&user, |user| match status {
            InvitationStatus::Sent => user.standing = Standing::Pending,
            InvitationStatus::Accepted => {
                user.standing = Standing::Active;
                user.last_login_at = Some(now);
            }
            InvitationStatus::Rejected | InvitationStatus::Revoked => user.standing = Standing::Gone,
        });
    }
}

/// Some days earlier.
pub(super) fn before(at: Timestamp, days: i64) -> Timestamp {
    at.saturating_sub(jiff::SignedDuration::from_hours(24 * days)).unwrap_or(Timestamp::MIN)
}
