//! One run: the rows of a surveyed roster through plan, delivery and settlement, each to its one outcome.

pub mod cut_off;
pub mod opening;
pub mod outbox;
mod planner;
pub mod results;

use std::sync::Arc;

use futures::Stream;
use tokio::sync::mpsc;

use crate::autoscribe::directory::{Directory, Presence};
use crate::delivery::engine::Delivery;
use crate::delivery::job::{Doubt, DoubtKind, IfAbsent, Job, Span};
use crate::delivery::reconcile::Round;
use crate::delivery::stop::StopCause;
use crate::ledger::{AccountId, Closing, DoubtfulIntent, FoundAs, Ledger, LedgerError};
use crate::outcome::{Standing, Status};
use crate::plan::Reinvite;
use crate::report::summary::Tally;
use crate::roster::RosterError;
use crate::survey::{SortedRow, Survey};

use planner::Planner;

/// Rows that are read ahead of the sending.
const READ_AHEAD: usize = 256;

/// Whether anything is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Rows that can be sent are sent.
    Send,
    /// They end as `would_invite`.
    DryRun,
}

/// The process's exit code: why the run stopped, or what became of its rows. A row left unresolved goes first, since
/// somebody has to look at it. Only something that answers in AutoScribe's place goes before it: there the account could
/// not be asked at all.
pub fn exit_code(stopped: Option<&StopCause>, tally: &Tally) -> u8 {
    match stopped {
        Some(cause @ StopCause::Intercepted { .. }) => cause.exit_code(),
        _ if tally.standing(Standing::Unresolved) > 0 => 3,
        // 2 says that nothing was sent.
        Some(StopCause::Roster { .. }) if tally.count(Status::Invited) > 0 => 1,
        // A signal that came after the last row has stopped nothing.
        Some(StopCause::Signal(_)) if tally.count(Status::NotSent) == 0 => tally.exit_code(),
        Some(cause) => cause.exit_code(),
        None => tally.exit_code(),
    }
}

/// A run that is about to begin.
pub struct Run {
    /// The roster.
    pub survey: Arc<Survey>,
    /// The senders.
    pub delivery: Arc<Delivery>,
    /// What the account's lists showed before the first send.
    pub directory: Directory,
    /// The ledger and the account in it.
    pub ledger: Ledger,
    /// The account.
    pub account: AccountId,
    /// What earlier runs left in doubt.
    pub in_doubt: Vec<DoubtfulIntent>,
    /// Which withdrawn invitations are sent anew.
    pub reinvite: Reinvite,
    /// Whether anything is sent.
    pub mode: Mode,
    /// Only the first so many.
    pub limit: Option<u64>,
}

impl Run {
    /// Every row to its outcome. Ends when every row that was read has one, whatever happened.
    pub async fn go(self) {
        if self.mode == Mode::Send {
            self.note_rows().await;
        }
        let planner = Planner::new(self).await;
        let delivery = &planner.run.delivery;
        let (planned, jobs) = mpsc::channel(READ_AHEAD);
        // Planning asks the ledger; it goes on while requests are in flight.
        tokio::join!(planner.plan_all(planned), delivery.deliver_all(stream_of(jobs)));
        planner.leave_strangers_in_doubt();
        let again = delivery.settle(Round::MayResend).await;
        delivery.deliver_all(futures::stream::iter(again)).await;
        delivery.settle(Round::Last).await;
        if planner.run.directory.is_whole() {
            delivery.measure_lag().await;
        }
        if delivery.has_stopped() {
            planner.run.finish_unread().await;
        }
    }
}

fn stream_of<T>(receiver: mpsc::Receiver<T>) -> impl Stream<Item = T> {
    futures::stream::unfold(receiver, |mut receiver| async { receiver.recv().await.map(|item| (item, receiver)) })
}

/// Reads the roster once more, on a thread of its own: reading files blocks.
fn read(survey: Arc<Survey>) -> mpsc::Receiver<Result<SortedRow, RosterError>> {
    let (sender, receiver) = mpsc::channel(READ_AHEAD);
    tokio::task::spawn_blocking(move || {
        let rows = match survey.rows() {
            Ok(rows) => rows,
            Err(error) => {
                // A receiver that is gone wants no rows.
                let _ = sender.blocking_send(Err(error));
                return;
            }
        };
        for row in rows {
            let row = match row.map(|(_, sorted)| sorted) {
                // More rows than in the survey: nobody has seen them, so nobody has agreed to them.
                Ok(row) if row.seq >= survey.rows => Err(survey.opened.roster.changed()),
                row => row,
            };
            let is_last = row.is_err();
            if sender.blocking_send(row).is_err() || is_last {
                break;
            }
        }
    });
    receiver
}

impl Run {
    /// Doubts of earlier runs that the first listing settles.
    async fn close_what_shows(&mut self) {
        let mut left = Vec::new();
        for intent in std::mem::take(&mut self.in_doubt) {
            let shows = match &intent.email {
                Some(email) => self.close_if_it_shows(&intent, self.directory.presence(email)).await,
                None => false,
            };
            if !shows {
                left.push(intent);
            }
        }
        self.in_doubt = left;
    }

    /// Closes a doubt whose person shows; whether they do.
    async fn close_if_it_shows(&self, intent: &DoubtfulIntent, presence: Presence) -> bool {
        let (user_id, found) = match presence {
            Presence::Pending { user_id, .. } => (user_id, FoundAs::Invitation),
            Presence::Member { user_id } => (user_id, FoundAs::User),
            Presence::Absent | Presence::Withdrawn { .. } => return false,
        };
        let closing = Closing::Confirmed {
            user_id: Some(user_id).filter(|id| !id.is_empty()),
            http_status: intent.http_status,
            found,
        };
        let closed: Result<(), LedgerError> = self.ledger.close(intent.id, closing, self.delivery.now()).await;
        if let Err(error) = closed {
            self.delivery.cannot_record(&error);
        }
        true
    }
}

/// What an earlier run left in doubt, as this run settles it; with the row of this run that has the same person.
pub fn doubt_of(delivery: &Delivery, intent: &DoubtfulIntent, job: Option<Job>) -> Doubt {
    let sent = delivery.moment_of(intent.at);
    let sent_by = sent.after(intent.lead);
    let over = match intent.closed_at {
        // The answer ended it, at the latest when it was written down.
        Some(closed) if !intent.ended_without_answer() => delivery.moment_of(closed).max(sent_by),
        _ => sent_by.after(intent.timeout),
    };
    let email = match (&job, &intent.email) {
        (Some(job), _) => job.person.email.key(),
        (None, Some(email)) => email.clone(),
        (None, None) => crate::staff::EmailKey::of(""),
    };
    let why = match intent.why.as_str() {
        "" => "an earlier run ended before the answer came".to_owned(),
        why => format!("in an earlier run: {why}"),
    };
    Doubt {
        job,
        email,
        intent: intent.id,
        kind: DoubtKind::EarlierRun,
        span: Span { sent, sent_by, over },
        first_sent: sent,
        why,
        if_absent: IfAbsent::Resend,
        attempts: 0,
        http_status: intent.http_status,
        sent_at: Some(intent.at),
    }
}
