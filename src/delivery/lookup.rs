//! Reading the account's two lists, page by page, through the gate.

use std::time::Duration;

use futures::future::BoxFuture;
use jiff::Timestamp;

use super::api::{Api, RevokeApi};
use super::gate::{Gate, Stopped, pause_words};
use super::retry::Backoff;
use super::stop::StopCause;
use crate::autoscribe::client::Exchange;
use crate::autoscribe::directory::Directory;
use crate::autoscribe::verdict::{PageFault, page};
use crate::autoscribe::wire::{Invitation, InvitationsPage, UsersPage};
use crate::event::{Event, Sink};

/// So many pages in a row without anybody new are no list that comes to an end.
const EMPTY_PAGES: u32 = 200;

/// How often one page is asked for before the list counts as failing.
const ATTEMPTS: u32 = 6;

/// Why a list could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LookupError {
    /// The run stopped meanwhile.
    Stopped,
    /// 403: the key may not list.
    Forbidden {
        /// What the API said.
        message: String,
    },
    /// It failed again and again, or is no list; what the run would stop for.
    Failed(StopCause),
}

impl From<Stopped> for LookupError {
    fn from(_: Stopped) -> Self {
        LookupError::Stopped
    }
}

/// Reads lists.
pub struct Lookup<'a> {
    /// The account.
    pub api: &'a dyn Api,
    /// The way out.
    pub gate: &'a Gate,
    /// How long to wait after a failure.
    pub backoff: &'a Backoff,
    /// Told how far it is.
    pub events: &'a dyn Sink,
    /// The wall clock: whether an invitation has expired.
    pub now: Timestamp,
}

impl Lookup<'_> {
    /// All invitations, or those made since a date, into a directory.
    ///
    /// # Errors
    /// See [`LookupError`].
    pub async fn invitations(&self, since: Option<&str>, directory: &mut Directory) -> Result<(), LookupError> {
        let mut place = Place::default();
        loop {
            let request = || self.api.invitations(since, place.cursor.as_deref());
            let page: InvitationsPage = self.page("invitations", request).await?;
            let before = directory.people();
            for invitation in page.invitations {
                directory.add_invitation(invitation, self.now);
            }
            self.events.event(&Event::Listing { entries: directory.entries() });
            if !place.moves_on(page.cursor, page.has_more, directory.people() > before)? {
                return Ok(());
            }
        }
    }

    /// One invitation.
    ///
    /// # Errors
    /// See [`LookupError`]; one that the account does not know is a refusal with 404.
    pub async fn invitation(&self, api: &dyn RevokeApi, id: &str) -> Result<Invitation, LookupError> {
        self.page("invitations", || api.invitation(id)).await
    }

    /// All users, or those with an address, into a directory.
    ///
    /// # Errors
    /// See [`LookupError`].
    pub async fn users(&self, email: Option<&str>, directory: &mut Directory) -> Result<(), LookupError> {
        let mut place = Place::default();
        loop {
            let request = || self.api.users(email, place.cursor.as_deref());
            let page: UsersPage = self.page("users", request).await?;
            let before = directory.users();
            for user in page.users {
                directory.add_user(user);
            }
            if email.is_none() {
                self.events.event(&Event::Listing { entries: directory.entries() });
            }
            if !place.moves_on(page.cursor, page.has_more, directory.users() > before)? {
                return Ok(());
            }
        }
    }

    /// One page, asked for again while its fault may pass.
    async fn page<'r, T, F>(&self, list: &str, request: F) -> Result<T, LookupError>
    where
        T: serde::de::DeserializeOwned,
        F: Fn() -> BoxFuture<'r, Exchange>,
    {
        let mut failures = 0;
        let mut throttled = 0;
        loop {
            self.gate.pass_lookup().await?;
            // It changes nothing, so a stop need not wait for it.
            let exchange = self.gate.unless_stopped(request()).await?;
            let (why, wait) = match page(&exchange) {
                Ok(page) => {
                    self.gate.progress();
                    return Ok(page);
                }
                Err(PageFault::Forbidden { message }) => return Err(LookupError::Forbidden { message }),
                Err(PageFault::Stop(stop)) => return Err(LookupError::Failed(StopCause::Account(stop))),
                Err(PageFault::Intercepted { why }) => {
                    return Err(LookupError::Failed(StopCause::Intercepted { why }));
                }
                Err(PageFault::Passing { why, wait }) => (why, wait),
            };
            if matches!(&exchange, Exchange::Answer(answer) if answer.status == 429) {
                throttled += 1;
                self.gate.pause(wait.unwrap_or_else(|| self.backoff.wait(throttled, 0)), &pause_words(wait, 429));
                continue;
            }
            failures += 1;
            if failures == ATTEMPTS || self.gate.has_given_up() {
                let why = format!(
                    "the list of {list} cannot be read, without which nobody can tell who was invited before: {why}"
                );
                return Err(LookupError::Failed(StopCause::Unhealthy { why }));
            }
            self.wait(&exchange, wait, failures).await?;
        }
    }

    async fn wait(&self, exchange: &Exchange, asked: Option<Duration>, failures: u32) -> Result<(), Stopped> {
        match (asked, exchange) {
            (Some(wait), Exchange::Answer(answer)) => {
                self.gate.pause(wait, &pause_words(asked, answer.status));
                Ok(())
            }
            _ => self.gate.rest(self.backoff.wait(failures, 0)).await,
        }
    }
}

/// How far a list was read.
#[derive(Default)]
struct Place {
    cursor: Option<String>,
    /// Pages in a row that had nobody new.
    empty: u32,
}

impl Place {
    /// Moves on to the next page, if there is one; a list that does not move would be read for ever.
    fn moves_on(&mut self, next: Option<String>, has_more: bool, had_news: bool) -> Result<bool, LookupError> {
        let next = next.filter(|next| !next.is_empty());
        if !has_more {
            return Ok(false);
        }
        self.empty = if had_news { 0 } else { self.empty + 1 };
        let why = if next.is_none() || next == self.cursor {
            "a list says that it has more pages, but not where the next one begins"
        } else if self.empty == EMPTY_PAGES {
            "a list says again and again that it has more pages, and nobody new is on them"
        } else {
            self.cursor = next;
            return Ok(true);
        };
        Err(LookupError::Failed(StopCause::Unhealthy { why: why.to_owned() }))
    }
}
