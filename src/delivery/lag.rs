//! How long an invitation takes to show in the account's lists. A later run whose last row is in doubt, with nothing sent
//! after it, believes an absence by that ([`super::belief`]); without it only time would tell, up to days of it.

use std::time::Duration;

use futures::future::BoxFuture;
use serde::de::DeserializeOwned;

use super::engine::{Delivery, lock};
use super::job::{KnownThere, Moment};
use super::reconcile::day_before;
use crate::autoscribe::client::Exchange;
use crate::autoscribe::directory::Directory;
use crate::autoscribe::verdict::page;
use crate::autoscribe::wire::{InvitationsPage, UsersPage};

/// How long a run that is done looks for its last invitation. It is for the runs to come, so nobody waits longer for it.
const LOOK: Duration = Duration::from_secs(5);

/// And through how many pages: a list may have no end.
const PAGES: usize = 100;

impl Delivery {
    /// Keeps how long the controls took that a listing shows for the first time.
    pub async fn learn_lag(&self, directory: &Directory) {
        self.shown(directory).await;
    }

    /// Looks once, at the end of a run, whether its last invitation shows already. If that cannot be seen, the next run's
    /// first listing tells.
    pub async fn measure_lag(&self) {
        let last = lock(&self.controls).last().cloned();
        let Some(last) = last.filter(|last| last.confirmed >= Moment(0) && last.showed_after.is_none()) else { return };
        let mut directory = Directory::default();
        if let Ok(Some(())) = tokio::time::timeout(LOOK, self.look_for(&last, &mut directory)).await {
            self.learn_lag(&directory).await;
        }
    }

    /// Asks both lists for somebody. Nothing is tried again and nothing here stops a run: all its rows have their outcomes.
    async fn look_for(&self, last: &KnownThere, directory: &mut Directory) -> Option<()> {
        let found: UsersPage = self.page(self.api.users(Some(last.email.as_str()), None)).await?;
        found.users.into_iter().for_each(|user| directory.add_user(user));
        let since = day_before(self.now(), last.sent.until(self.moment()));
        let mut cursor: Option<String> = None;
        for _ in 0..PAGES {
            if directory.shows_invited(&last.email) {
                break;
            }
            let found: InvitationsPage = self.page(self.api.invitations(Some(&since), cursor.as_deref())).await?;
            found.invitations.into_iter().for_each(|invitation| directory.add_invitation(invitation, self.now()));
            let next = found.cursor.filter(|next| found.has_more && Some(next) != cursor.as_ref());
            // Whoever shows is found; whoever does not is not on this list yet.
            if next.is_none() {
                break;
            }
            cursor = next;
        }
        Some(())
    }

    async fn page<T: DeserializeOwned>(&self, request: BoxFuture<'_, Exchange>) -> Option<T> {
        self.gate.pass_lookup().await.ok()?;
        page(&self.gate.unless_stopped(request).await.ok()?).ok()
    }
}
