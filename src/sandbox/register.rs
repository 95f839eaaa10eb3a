//! The tables of an account and the ways to find a row in them.

use std::collections::HashMap;

use jiff::Timestamp;

use super::person::{Invitation, Standing, User};
use crate::staff::EmailKey;

/// Users and invitations in the order in which they came. A row keeps its number for good.
#[derive(Debug, Default)]
pub(super) struct Register {
    users: Vec<Entry<User>>,
    invitations: Vec<Entry<Invitation>>,
    user_by_id: HashMap<String, usize>,
    users_by_email: HashMap<EmailKey, Vec<usize>>,
    invitation_by_id: HashMap<String, usize>,
    invitation_by_user: HashMap<String, usize>,
}

/// A row, and the moment it came: lists may lag behind it.
#[derive(Debug)]
pub(super) struct Entry<T> {
    pub(super) row: T,
    pub(super) added: Timestamp,
}

impl Register {
    pub(super) fn add_user(&mut self, user: User, added: Timestamp) {
        let number = self.users.len();
        self.user_by_id.insert(user.user_id.clone(), number);
        self.users_by_email.entry(EmailKey::of(&user.person.email)).or_default().push(number);
        self.users.push(Entry { row: user, added });
    }

    pub(super) fn add_invitation(&mut self, invitation: Invitation, added: Timestamp) {
        let number = self.invitations.len();
        self.invitation_by_id.insert(invitation.invitation_id.clone(), number);
        self.invitation_by_user.insert(invitation.user_id.clone(), number);
        self.invitations.push(Entry { row: invitation, added });
    }

    pub(super) fn users(&self) -> &[Entry<User>] {
        &self.users
    }

    pub(super) fn invitations(&self) -> &[Entry<Invitation>] {
        &self.invitations
    }

    pub(super) fn user(&self, id: &str) -> Option<&User> {
        self.user_by_id.get(id).map(|&number| &self.users[number].row)
    }

    pub(super) fn user_mut(&mut self, id: &str) -> Option<&mut User> {
        self.user_by_id.get(id).map(|&number| &mut self.users[number].row)
    }

    pub(super) fn invitation(&self, id: &str) -> Option<&Invitation> {
        self.invitation_by_id.get(id).map(|&number| &self.invitations[number].row)
    }

    pub(super) fn invitation_mut(&mut self, id: &str) -> Option<&mut Invitation> {
        self.invitation_by_id.get(id).map(|&number| &mut self.invitations[number].row)
    }

    pub(super) fn invitation_of(&self, user_id: &str) -> Option<&Invitation> {
        self.invitation_by_user.get(user_id).map(|&number| &self.invitations[number].row)
    }

    /// Everybody who was ever known by this e-mail, gone or not, the earliest first.
    pub(super) fn known_as(&self, email: &EmailKey) -> impl Iterator<Item = &User> {
        self.users_by_email.get(email).into_iter().flatten().map(|&number| &self.users[number].row)
    }

    /// The numbers of everybody who was ever known by this e-mail, the newest first.
    pub(super) fn users_known_as(&self, email: &EmailKey) -> impl Iterator<Item = usize> {
        self.users_by_email.get(email).into_iter().flatten().rev().copied()
    }

    /// The user whom this e-mail stands for now: a member, or somebody with an open invitation.
    pub(super) fn holder(&self, email: &EmailKey, now: Timestamp) -> Option<&User> {
        self.known_as(email).find(|user| match user.standing {
            Standing::Active | Standing::Deactivated => true,
            Standing::Pending => self.invitation_of(&user.user_id).is_some_and(|invitation| invitation.is_open(now)),
            Standing::Gone => false,
        })
    }
}
