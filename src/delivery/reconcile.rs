//! Rows in doubt are settled together, by the account's own lists.
//!
//! Found: confirmed. Absent, and the absence believed ([`super::belief`]): sent once more, if the rules allow it. Neither:
//! held, as `unconfirmed`, for a person or a later run.

use std::time::Duration;

use jiff::Timestamp;

use super::belief::{Belief, Shown, believe};
use super::engine::{Delivery, OnUnknown, lock};
use super::job::{Before, Doubt, DoubtKind, IfAbsent, Job, KnownThere, Moment};
use super::lookup::{Lookup, LookupError};
use super::outcomes::{beyond_limit, not_known, outcome_of, withdrawn};
use crate::autoscribe::directory::{Directory, Presence};
use crate::event::Event;
use crate::ledger::{Closing, FoundAs, IntentId};
use crate::outcome::{Outcome, Status};

/// How long after the last doubtful request can have been at work a run keeps asking. Then it holds what is left.
const PATIENCE: Duration = Duration::from_secs(120);

/// How long a row without any control is looked for after its request is over: it may show late, but absence will never
/// be believed.
const PATIENCE_WITHOUT_CONTROL: Duration = Duration::from_secs(20);

/// Whether absent rows may be sent again now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Round {
    /// The first settling of a run: at most one new send for a row.
    MayResend,
    /// After that send: what is still in doubt is held.
    Last,
}

impl Delivery {
    /// Settles every row in doubt, as far as it can be; gives back the rows that are to be sent once more.
    pub async fn settle(&self, round: Round) -> Vec<Job> {
        let mut open = self.take_doubts();
        let mut again = Vec::new();
        if open.is_empty() {
            return again;
        }
        let deadline = open.iter().map(|doubt| doubt.span.over).max().unwrap_or(self.moment()).max(self.moment());
        let wait = self.moment().until(deadline);
        if self.gate.stop_cause().is_none() {
            self.events.event(&Event::Settling { rows: open.len() as u64, wait });
        }
        let mut poll = 1;
        while !open.is_empty() && self.gate.stop_cause().is_none() {
            let listing = self.moment();
            let directory = match self.list_for(&open).await {
                Ok(directory) => directory,
                Err(error) => {
                    self.give_up_listing(&error);
                    break;
                }
            };
            let shown = self.shown(&directory).await;
            let mut next = None;
            let mut left = Vec::new();
            for doubt in open {
                if self.found(&doubt, &directory).await {
                    continue;
                }
                match self.judge(&doubt, listing, &shown, deadline) {
                    Judged::Absent => again.extend(self.absent(doubt, round).await),
                    Judged::Held => self.hold(doubt).await,
                    Judged::AskAgainAt(at) => {
                        next = Some(next.map_or(at, |next: Moment| next.min(at)));
                        left.push(doubt);
                    }
                }
            }
            open = left;
            let Some(next) = next else { break };
            let soon = self.moment().after(Duration::from_secs(poll));
            poll = (poll * 2).min(15);
            // Until a control shows, it pays to ask early: how soon it showed decides how long the rest takes.
            let at = if shown.is_empty() { next.min(soon) } else { next };
            if self.gate.rest(self.moment().until(at)).await.is_err() {
                break;
            }
        }
        for doubt in open {
            self.hold(doubt).await;
        }
        again
    }

    /// Reads what settles these doubts: the invitations since the day before the oldest, and each row's user.
    async fn list_for(&self, open: &[Doubt]) -> Result<Directory, LookupError> {
        let now = (self.wall)();
        let lookup =
            Lookup { api: &*self.api, gate: &self.gate, backoff: &self.backoff, events: &crate::event::Silent, now };
        let mut directory = Directory::default();
        // Somebody who was there before us may have been invited long ago; and without the invitation that ran out, a user
        // who never accepted it looks like a member.
        let is_older = |doubt: &Doubt| {
            matches!(doubt.kind, DoubtKind::Conflict | DoubtKind::Taken)
                || doubt.job.as_ref().is_none_or(|job| job.before == Before::Withdrawn)
        };
        let any_age = open.iter().any(is_older);
        // The newest control has to be on the list too.
        let control = lock(&self.controls).iter().map(|control| control.sent).max();
        let oldest = open.iter().map(|doubt| doubt.first_sent).chain(control).min().unwrap_or(self.moment());
        let since = (!any_age).then(|| day_before(now, oldest.until(self.moment())));
        lookup.invitations(since.as_deref(), &mut directory).await?;
        for doubt in open {
            if matches!(directory.presence(&doubt.email), Presence::Absent) {
                lookup.users(Some(doubt.email.as_str()), &mut directory).await?;
            }
        }
        Ok(directory)
    }

    /// The controls that this listing shows; how long each took is kept from its first showing, also for later runs.
    pub(super) async fn shown(&self, directory: &Directory) -> Vec<Shown> {
        let now = self.moment();
        let (mut shown, mut news) = (Vec::new(), Vec::new());
        let shows = |control: &&mut KnownThere| directory.shows_invited(&control.email);
        for control in lock(&self.controls).iter_mut().filter(shows) {
            let showed_after = control.showed_after.unwrap_or_else(|| control.sent.until(now));
            if control.showed_after.replace(showed_after).is_none() {
                news.push((control.intent, showed_after));
            }
            shown.push(Shown { sent: control.sent, confirmed: control.confirmed, showed_after });
        }
        for (intent, showed_after) in news {
            self.showed(intent, showed_after).await;
        }
        shown
    }

    async fn showed(&self, intent: IntentId, after: Duration) {
        if let Err(error) = self.ledger.showed(intent, after).await {
            self.cannot_record(&error);
        }
    }

    fn judge(&self, doubt: &Doubt, listing: Moment, shown: &[Shown], deadline: Moment) -> Judged {
        // Absence will not be believed, but the row may still show: it is asked for until then.
        let until = |end: Moment| match listing >= end {
            true => Judged::Held,
            false => Judged::AskAgainAt(self.moment().after(Duration::from_secs(15)).min(end)),
        };
        let later = |patience: Duration| until(doubt.span.over.max(deadline).after(patience));
        match (doubt.kind, believe(doubt.span, listing, shown)) {
            // The server says that somebody is there: a list that does not show them is behind, or not for our eyes.
            (DoubtKind::Conflict, _) => later(PATIENCE_WITHOUT_CONTROL),
            (DoubtKind::Taken, _) => Judged::Absent,
            (_, Belief::Absent) => Judged::Absent,
            (_, Belief::AskAgainAt(at)) if at <= deadline.after(PATIENCE) => Judged::AskAgainAt(at),
            (_, Belief::AskAgainAt(_)) => until(doubt.span.over.after(PATIENCE_WITHOUT_CONTROL)),
            (_, Belief::NoControl) if lock(&self.controls).is_empty() => later(PATIENCE_WITHOUT_CONTROL),
            (_, Belief::NoControl) => later(PATIENCE),
        }
    }

    /// Closes a doubt whose row shows; whether it does.
    async fn found(&self, doubt: &Doubt, directory: &Directory) -> bool {
        let before = doubt.job.as_ref().map_or(Before::Never, |job| job.before);
        let presence = directory.presence(&doubt.email);
        let (status, user_id, found) = match presence.clone() {
            Presence::Absent => return false,
            // The withdrawn invitation is the one from before our send.
            Presence::Withdrawn { .. } if before == Before::Withdrawn => return false,
            Presence::Withdrawn { user_id, .. } => (Status::Withdrawn, user_id, FoundAs::Invitation),
            Presence::Pending { user_id, .. } => (Status::AlreadyInvited, Some(user_id), FoundAs::Invitation),
            Presence::Member { user_id } => (Status::AlreadyMember, Some(user_id), FoundAs::User),
        };
        let user_id = user_id.filter(|id| !id.is_empty());
        let closing = Closing::Confirmed { user_id: user_id.clone(), http_status: doubt.http_status, found };
        self.close(doubt.intent, closing).await;
        if matches!(doubt.kind, DoubtKind::Unanswered | DoubtKind::EarlierRun) {
            let (intent, email) = (doubt.intent, doubt.email.clone());
            let (sent, confirmed) = (doubt.first_sent, self.moment());
            let showed_after = sent.until(confirmed);
            self.showed(intent, showed_after).await;
            self.there(KnownThere { intent, email, sent, confirmed, showed_after: Some(showed_after) });
        }
        let Some(job) = &doubt.job else { return true };
        let mut outcome = match presence {
            Presence::Withdrawn { state, .. } => withdrawn(job, state, None),
            // What an earlier run has sent, and what was there before us, is nothing that this run did.
            _ if doubt.kind == DoubtKind::Unanswered => outcome_of(job, Status::Invited),
            _ => outcome_of(job, status),
        };
        outcome.user_id = user_id;
        self.finish(doubt.sent_as(outcome)).await;
        true
    }

    /// A row that is surely not there: sent once more, or not, as the rules say.
    async fn absent(&self, doubt: Doubt, round: Round) -> Option<Job> {
        if doubt.kind == DoubtKind::Taken {
            self.refused_after_all(&doubt).await;
            return None;
        }
        if self.rules.on_unknown == OnUnknown::Hold {
            self.hold(doubt).await;
            return None;
        }
        self.close(doubt.intent, Closing::Absent).await;
        let Some(job) = &doubt.job else { return None };
        match doubt.if_absent {
            IfAbsent::Resend if round == Round::MayResend && self.may_repeat(&doubt) => {
                return Some(Job { attempts: doubt.attempts, ..job.clone() });
            }
            IfAbsent::Resend => {}
            IfAbsent::BeyondLimit => {
                self.finish(beyond_limit(job)).await;
                return None;
            }
            IfAbsent::Withdrawn(state) => {
                self.finish(withdrawn(job, state, None)).await;
                return None;
            }
        }
        let mut outcome = doubt.outcome(job, Status::Failed);
        outcome.error_code = "not_created".to_owned();
        outcome.error = format!(
            "AutoScribe did not confirm this invitation ({}), and it is not in the account's lists; the next run sends it",
            doubt.why
        );
        self.finish(outcome).await;
        None
    }

    /// What an earlier run has left is sent for the first time in this one, however many rows it was cut off from.
    fn may_repeat(&self, doubt: &Doubt) -> bool {
        doubt.kind == DoubtKind::EarlierRun || self.budget.take()
    }

    async fn refused_after_all(&self, doubt: &Doubt) {
        let closing = Closing::Rejected {
            http_status: doubt.http_status.unwrap_or_default(),
            code: "api_refused".to_owned(),
            message: doubt.why.clone(),
        };
        self.close(doubt.intent, closing).await;
        if let Some(job) = &doubt.job {
            let mut outcome = doubt.outcome(job, Status::Rejected);
            outcome.error_code = "api_refused".to_owned();
            outcome.error = format!("AutoScribe refused this person: {}", doubt.why);
            self.finish(outcome).await;
        }
    }

    /// It cannot be settled now: the intent stays open in the ledger, the row is `unconfirmed`.
    pub async fn hold(&self, doubt: Doubt) {
        let Some(job) = &doubt.job else { return };
        let mut outcome = doubt.outcome(job, Status::Unconfirmed);
        outcome.error_code = "outcome_unknown".to_owned();
        outcome.error = not_known(&doubt.why);
        self.finish(outcome).await;
    }

    fn give_up_listing(&self, error: &LookupError) {
        let text = match error {
            LookupError::Stopped => return,
            LookupError::Forbidden { message } => {
                format!("this key may not list the account ({message}), so rows in doubt cannot be looked up")
            }
            LookupError::Failed(cause) => format!("rows in doubt cannot be looked up: {cause}"),
        };
        self.events.event(&Event::Notice { text });
    }
}

enum Judged {
    Absent,
    AskAgainAt(Moment),
    Held,
}

impl Doubt {
    fn outcome(&self, job: &Job, status: Status) -> Outcome {
        self.sent_as(outcome_of(job, status))
    }

    /// An outcome with what is known of the requests.
    fn sent_as(&self, mut outcome: Outcome) -> Outcome {
        outcome.attempts = self.attempts;
        outcome.http_status = self.http_status;
        outcome.sent_at = self.sent_at;
        outcome
    }
}

/// The date, in UTC, of the day before something that is so old: the lists filter by whole days, and the server's clock
/// may be behind ours.
pub(super) fn day_before(now: Timestamp, age: Duration) -> String {
    let then = now - jiff::SignedDuration::try_from(age).unwrap_or(jiff::SignedDuration::ZERO);
    let date = jiff::tz::TimeZone::UTC.to_datetime(then).date();
    date.yesterday().unwrap_or(date).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_listing_begins_the_day_before_the_oldest_doubt() {
        let now: Timestamp = "2026-03-04T00:10:00Z".parse().unwrap();
        assert_eq!(day_before(now, Duration::ZERO), "2026-03-03");
        assert_eq!(day_before(now, Duration::from_secs(1200)), "2026-03-02");
    }
}
