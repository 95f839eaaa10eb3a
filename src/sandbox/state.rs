//! The people and invitations of an account, and how one follows from the other.

use std::path::PathBuf;

use axum::http::StatusCode;
use jiff::Timestamp;
use serde_json::Value;

use super::answer::Refusal;
use super::clock::later;
use super::files::JsonLines;
use super::options::{Lists, PendingInUsers, SandboxOptions};
use super::person::{Invitation, InvitationStatus, Mail, Person, Source, Standing, User};
use super::query::Window;
use super::register::{Entry, Register};
use super::{SandboxError, ids};
use crate::staff::EmailKey;

/// All of an account but its traffic.
#[derive(Debug)]
pub(super) struct State {
    pub(super) options: SandboxOptions,
    pub(super) register: Register,
    pub(super) mails: Vec<Mail>,
    mail_log: Option<JsonLines>,
    record: Option<JsonLines>,
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

    /// A state with the clinic's owner in it, and its files open.
    pub(super) fn open(options: SandboxOptions) -> Result<Self, SandboxError> {
        let open = |path: &Option<PathBuf>| match path {
            Some(path) => {
                JsonLines::open(path).map(Some).map_err(|source| SandboxError::File { path: path.clone(), source })
            }
            None => Ok(None),
        };
        let (mail_log, record) = (open(&options.mail_log)?, open(&options.record)?);
        let mut state = State { options, register: Register::default(), mails: Vec::new(), mail_log, record };
        state.add_owner();
        Ok(state)
    }

    /// Notes the body of an invitation, when a record is kept.
    pub(super) fn record(&mut self, body: &Value) -> Result<(), Refusal> {
        self.record.as_mut().map_or(Ok(()), |record| record.append(body).map_err(cannot_write))
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
    pub(super) fn send_mail(&mut self, user: &User, at: Timestamp) -> Result<(), Refusal> {
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

    pub(super) fn check_lists(&self) -> Result<(), Refusal> {
        match self.options.lists {
            Lists::Open => Ok(()),
            Lists::Forbidden => Err(Refusal::new(StatusCode::FORBIDDEN, "This API key may not list")),
            Lists::Failing => Err(Refusal::new(StatusCode::SERVICE_UNAVAILABLE, "The list is not available")),
        }
    }

    /// Whether the API shows a user at all.
    pub(super) fn shows(&self, user: &User) -> bool {
        match user.standing {
            Standing::Active | Standing::Deactivated => true,
            Standing::Pending => self.options.pending_in_users == PendingInUsers::Listed,
            Standing::Gone => false,
        }
    }

    /// One page of the rows with these numbers, which come newest first; and the last one's number when more follow.
    pub(super) fn page<'a, T>(
        &self,
        all: &'a [Entry<T>],
        numbers: impl Iterator<Item = usize>,
        window: &Window,
        wanted: impl Fn(&T) -> bool,
    ) -> (Vec<&'a T>, Option<usize>) {
        let now = self.now();
        let mut rows = numbers
            .filter(|number| window.before.is_none_or(|before| *number < before))
            .map(|number| (number, &all[number]))
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

    pub(super) fn find_user(&self, id: &str) -> Result<&User, Refusal> {
        self.register.user(id).filter(|user| self.shows(user)).ok_or_else(|| Refusal::not_found("user", id))
    }

    pub(super) fn find_invitation(&self, id: &str) -> Result<&Invitation, Refusal> {
        self.register.invitation(id).ok_or_else(|| Refusal::not_found("invitation", id))
    }

    pub(super) fn find_open_invitation(&self, id: &str) -> Result<&Invitation, Refusal> {
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
