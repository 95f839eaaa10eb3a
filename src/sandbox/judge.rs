//! What a test prepares an account with, and what it judges by.

use std::time::Duration;

use axum::body::Bytes;
use axum::http::request::Parts;
use jiff::Timestamp;
use tokio::time::Instant;

use super::account::Account;
use super::call::Call;
use super::faults::{Fault, Trigger};
use super::options::SandboxOptions;
use super::person::{Invitation, InvitationStatus, Mail, Person, Source, Standing, User};
use super::state::before;
use super::traffic::SeenRequest;
use super::{ids, lock};
use crate::staff::EmailKey;

/// To judge by.
impl Account {
    /// The invitation e-mails sent, in order.
    pub fn mails(&self) -> Vec<Mail> {
        lock(&self.state).mails.clone()
    }

    /// How many invitation e-mails an address has got.
    pub fn mails_to(&self, email: &str) -> usize {
        let key = EmailKey::of(email);
        lock(&self.state).mails.iter().filter(|mail| EmailKey::of(&mail.email) == key).count()
    }

    /// Everybody who was ever in the account, its owner first.
    pub fn users(&self) -> Vec<User> {
        lock(&self.state).register.users().iter().map(|entry| entry.row.clone()).collect()
    }

    /// Every invitation ever made.
    pub fn invitations(&self) -> Vec<Invitation> {
        lock(&self.state).register.invitations().iter().map(|entry| entry.row.clone()).collect()
    }

    /// The requests seen, in order of arrival, whatever became of them.
    pub fn requests(&self) -> Vec<SeenRequest> {
        lock(&self.traffic).seen()
    }

    /// The most requests that were at work at the same time.
    pub fn most_at_once(&self) -> usize {
        lock(&self.traffic).most_at_work()
    }

    /// The most requests that arrived within any window of this length, of those that are kept.
    pub fn most_within(&self, window: Duration) -> usize {
        lock(&self.traffic).most_within(window)
    }

    /// How many scripted faults have not happened; those that stay count for ever.
    pub fn faults_to_come(&self) -> usize {
        lock(&self.traffic).scripted()
    }

    /// The clinic's id.
    pub fn clinic_id(&self) -> String {
        ids::clinic(lock(&self.state).options.seed)
    }

    /// The account's time.
    pub fn now(&self) -> Timestamp {
        lock(&self.state).now()
    }
}

/// To prepare.
impl Account {
    /// Changes how the account behaves from now on. The key and the files stay as they were at the start.
    pub fn reconfigure(&self, change: impl FnOnce(&mut SandboxOptions)) {
        change(&mut lock(&self.state).options);
    }

    /// Has a request to come end in a fault.
    pub fn script(&self, trigger: Trigger, fault: Fault) {
        lock(&self.traffic).script(trigger, fault);
    }

    /// Adds a member who joined by the dashboard thirty days ago. Returns their id.
    pub fn add_member(&self, person: Person) -> String {
        let mut state = lock(&self.state);
        let joined = before(state.now(), 30);
        state.add_user(person, joined, Source::Dashboard, Standing::Active).user_id
    }

    /// Adds an invitation made at some moment, and what has become of it since. No mail is counted for it. One that is
    /// `Sent` and older than its validity has expired. Returns the invitation.
    pub fn add_invitation(
        &self,
        person: Person,
        status: InvitationStatus,
        created_at: Timestamp,
    ) -> Option<Invitation> {
        let mut state = lock(&self.state);
        let user = state.add_pending(person, created_at);
        let id = state.register.invitation_of(&user.user_id)?.invitation_id.clone();
        state.end_invitation(&id, status);
        state.register.invitation(&id).cloned()
    }

    /// The person accepts: the pending invitation of this e-mail makes them a user. Returns their id.
    pub fn accept(&self, email: &str) -> Option<String> {
        self.settle(email, InvitationStatus::Accepted)
    }

    /// The person declines the pending invitation of this e-mail. Returns the id they had.
    pub fn reject(&self, email: &str) -> Option<String> {
        self.settle(email, InvitationStatus::Rejected)
    }

    /// The clinic takes the pending invitation of this e-mail back. Returns the id the person had.
    pub fn revoke(&self, email: &str) -> Option<String> {
        self.settle(email, InvitationStatus::Revoked)
    }

    fn settle(&self, email: &str, status: InvitationStatus) -> Option<String> {
        let mut state = lock(&self.state);
        let now = state.now();
        let open = state
            .register
            .known_as(&EmailKey::of(email))
            .filter_map(|user| state.register.invitation_of(&user.user_id))
            .find(|invitation| invitation.is_open(now))?;
        let (id, user) = (open.invitation_id.clone(), open.user_id.clone());
        state.end_invitation(&id, status);
        Some(user)
    }
}

/// For the server.
impl Account {
    /// The options as they are now.
    pub(super) fn options(&self) -> SandboxOptions {
        lock(&self.state).options.clone()
    }

    pub(super) fn arrive(&self, head: &Parts, keep: usize) -> u64 {
        lock(&self.traffic).arrive(head, keep)
    }

    pub(super) fn receive(&self, number: u64, body: &Bytes) {
        lock(&self.traffic).receive(number, body);
    }

    pub(super) fn leave(&self) {
        lock(&self.traffic).leave();
    }

    pub(super) fn admits(&self, options: &SandboxOptions) -> bool {
        let Some(limit) = &options.rate_limit else { return true };
        lock(&self.traffic).admit(limit, Instant::now())
    }

    pub(super) fn fault(&self, call: Call, subject: &str, options: &SandboxOptions) -> Option<Fault> {
        lock(&self.traffic).fault(call, subject, &options.faults)
    }
}
