//! One row from intent to verdict.
//!
//! The protocol (FAILURES.md of the project's plan, "The life of a row"): the gate opens, the intent reaches the disk, the
//! request leaves once, its verdict closes the intent. What may have been processed is never sent again from here; it
//! is left to [`super::reconcile`].
//!
//! Intents are written ahead: while as many requests as may be are in flight, as many rows again have passed the gate and
//! put their intents on disk, so that a place in flight never waits for the disk. An intent stands for a request that
//! leaves within a time that it names, or not at all: later runs reckon with that.

use std::sync::atomic::Ordering;
use std::time::Duration;

use futures::{Stream, StreamExt};
use jiff::Timestamp;
use tokio::sync::SemaphorePermit;
use tokio::time::Instant;

use super::engine::{Delivery, rows_at_once};
use super::gate::{Leave, Pass, Stopped, pause_words};
use super::job::{Before, Doubt, DoubtKind, IfAbsent, Job, KnownThere, Moment, Span};
use super::outcomes::outcome_of;
use super::stop::StopCause;
use crate::autoscribe::client::Exchange;
use crate::autoscribe::verdict::{Ended, Taken, Verdict, verdict};
use crate::autoscribe::wire::InviteRequest;
use crate::event::Event;
use crate::ledger::{Closing, FoundAs, IntentId, LedgerError, NewIntent};
use crate::outcome::{Outcome, Status};

impl Delivery {
    /// Sends rows, so many requests in flight at the same time. Every row ends in an outcome that is recorded, or in a
    /// doubt.
    pub async fn deliver_all(&self, jobs: impl Stream<Item = Job>) {
        jobs.for_each_concurrent(rows_at_once(&self.rules), |job| self.deliver(job)).await;
    }

    /// Sends one row, and tries again as long as nothing can have reached the server.
    async fn deliver(&self, job: Job) {
        let mut unsent = Outcome { attempts: job.attempts, ..outcome_of(&job, Status::NotSent) };
        let mut tried = 0;
        loop {
            let Some(ready) = self.make_ready(&job, unsent.attempts + 1).await else {
                return self.not_sent(unsent).await;
            };
            let attempts = unsent.attempts + 1;
            let (intent, pass) = (ready.intent, ready.pass);
            let (sent, sent_at) = (self.moment(), self.now());
            let exchange = self.exchange(&InviteRequest::from(&job.person)).await;
            drop(ready);
            let send =
                Sent { job: &job, intent, pass, attempts, sent, sent_at, http_status: exchange_status(&exchange) };
            unsent = send.outcome(Status::NotSent);
            let judged = match &exchange {
                Some(exchange) => verdict(exchange, &job.person.email.key()),
                None => Verdict::Unknown {
                    why: "the run was stopped before the answer came".to_owned(),
                    wait: None,
                    ended: Ended::NotKnown,
                },
            };
            let Some(again) = self.conclude(&send, judged).await else { return };
            if let (Again::NeverLeft { why }, Pass::Ordinary) = (again, pass) {
                tried += 1;
                if tried >= self.rules.max_attempts || !self.budget.take() {
                    return self.failed(&send, tried).await;
                }
                let wait = self.backoff.wait(tried, job.seq);
                self.events.event(&Event::Retrying { row: job.at.clone(), attempt: attempts, wait, why });
                // A stop shows at the gate, where the row becomes `not_sent`.
                let _: Result<(), Stopped> = self.gate.rest(wait).await;
            }
        }
    }

    /// Waits until a request may leave at once: it has passed the gate, its intent is on disk and not too old, and it has
    /// a place in flight. `None` when the run has stopped; then it must not leave.
    async fn make_ready(&self, job: &Job, attempt: u32) -> Option<Ready<'_>> {
        let mut passed: Option<(Pass, SemaphorePermit<'_>)> = None;
        loop {
            let had_place = passed.is_some();
            let pass = match &passed {
                Some((pass, _)) => *pass,
                None => self.gate.pass().await.ok()?,
            };
            let age = Age { at: self.now(), since: Instant::now(), lead: self.lead() };
            let intent = match self.intend(job, attempt, &age).await {
                Ok(intent) => intent,
                Err(error) => {
                    self.cannot_record(&error);
                    return None;
                }
            };
            let place = match passed.take() {
                Some((_, place)) => Ok(place),
                None => self.gate.unless_stopped(self.place_in_flight()).await,
            };
            let leave = match &place {
                Ok(_) => self.gate.leave(pass, || age.is_young(self.now())).await,
                Err(Stopped) => Err(Stopped),
            };
            // It may have stopped meanwhile.
            let leave = if self.shutdown.received().is_some() { Err(Stopped) } else { leave };
            match (leave, place) {
                (Ok(Leave::Now), Ok(place)) => return Some(Ready { intent, pass, _place: place }),
                (Ok(Leave::Stale), Ok(place)) => {
                    passed = Some((pass, place));
                    // With a place in hand it has waited for nothing but the disk.
                    if had_place {
                        self.lead_at_least(age.lead.saturating_mul(2));
                    }
                }
                (Ok(Leave::Held), Ok(_)) => {}
                (Err(Stopped), _) | (_, Err(Stopped)) => {
                    self.close(intent, not_sent("the run stopped before it was sent")).await;
                    return None;
                }
            }
            self.close(intent, not_sent("it could not leave in time, and was noted anew")).await;
        }
    }

    async fn intend(&self, job: &Job, attempt: u32, age: &Age) -> Result<IntentId, LedgerError> {
        let intent = NewIntent {
            run: self.run,
            account: self.account,
            seq: job.seq,
            person: job.person.email.key(),
            content_hash: job.person.content_hash(),
            field_marks: job.person.field_marks(),
            attempt,
            at: age.at,
            lead: age.lead,
            timeout: self.rules.timeout,
        };
        self.ledger.intend(intent).await
    }

    /// The one request. `None` when a second signal abandoned it.
    async fn exchange(&self, body: &InviteRequest) -> Option<Exchange> {
        crate::fault_point!("delivery.before_send");
        self.gate.leaves();
        let answer = tokio::select! {
            biased;
            () = self.shutdown.abandon().cancelled() => None,
            answer = tokio::time::timeout(self.rules.timeout, self.api.invite(body)) => {
                Some(answer.unwrap_or_else(|_| Exchange::Lost { why: "no answer in time".to_owned() }))
            }
        };
        self.gate.is_back();
        crate::fault_point!("delivery.after_answer");
        answer
    }

    /// Draws the consequences of a verdict; `Some` when the row is to be tried again.
    async fn conclude(&self, send: &Sent<'_>, verdict: Verdict) -> Option<Again> {
        match verdict {
            Verdict::Confirmed { user_id } => self.confirmed(send, user_id).await,
            Verdict::Refused { message, taken: Taken::No } => self.refused(send, message).await,
            Verdict::Refused { message, taken: Taken::Yes } => {
                self.well();
                self.leave_in_doubt(send, DoubtKind::Taken, Ended::ByAnswer, message).await;
            }
            Verdict::Conflict { message } => {
                self.well();
                self.leave_in_doubt(send, DoubtKind::Conflict, Ended::ByAnswer, message).await;
            }
            Verdict::RateLimited { wait } => {
                self.close(send.intent, Closing::NotSent { why: "429: asked to wait".to_owned() }).await;
                self.throttle(send, wait);
                return Some(Again::Throttled);
            }
            Verdict::NeverLeft { why } => {
                self.close(send.intent, Closing::NotSent { why: why.clone() }).await;
                self.gate.unwell(send.job.seq, &why);
                return Some(Again::NeverLeft { why });
            }
            Verdict::Unknown { why, wait, ended } => {
                if let (Some(wait), Some(status)) = (wait, send.http_status) {
                    self.gate.pause(wait, &pause_words(Some(wait), status));
                }
                self.gate.unwell(send.job.seq, &why);
                self.leave_in_doubt(send, DoubtKind::Unanswered, ended, why).await;
            }
            Verdict::Stop(stop) => {
                self.close(send.intent, Closing::NotSent { why: format!("{stop:?}") }).await;
                self.gate.stop(StopCause::Account(stop));
                self.not_sent(send.outcome(Status::NotSent)).await;
            }
            Verdict::Intercepted { why } => {
                self.leave_in_doubt(send, DoubtKind::Unanswered, Ended::NotKnown, why.clone()).await;
                self.gate.stop(StopCause::Intercepted { why });
            }
        }
        None
    }

    async fn confirmed(&self, send: &Sent<'_>, user_id: String) {
        self.well();
        let closing = Closing::Confirmed {
            user_id: Some(user_id.clone()),
            http_status: send.http_status,
            found: FoundAs::Answer,
        };
        self.close(send.intent, closing).await;
        let email = send.job.person.email.key();
        let (intent, sent, confirmed) = (send.intent, send.sent, self.moment());
        // Whoever is invited anew shows with the older invitation too, so that would prove nothing.
        if send.job.before == Before::Never {
            self.there(KnownThere { intent, email, sent, confirmed, showed_after: None });
        }
        let mut outcome = send.outcome(Status::Invited);
        outcome.user_id = Some(user_id);
        self.finish(outcome).await;
    }

    async fn refused(&self, send: &Sent<'_>, message: String) {
        self.well();
        let closing = Closing::Rejected {
            http_status: send.http_status.unwrap_or_default(),
            code: "api_refused".to_owned(),
            message: message.clone(),
        };
        self.close(send.intent, closing).await;
        let mut outcome = send.outcome(Status::Rejected);
        outcome.error_code = "api_refused".to_owned();
        outcome.error = format!("AutoScribe refused this person: {message}");
        self.finish(outcome).await;
    }

    async fn leave_in_doubt(&self, send: &Sent<'_>, kind: DoubtKind, ended: Ended, why: String) {
        let http_status = if ended == Ended::ByAnswer { send.http_status } else { None };
        self.close(send.intent, Closing::Unknown { why: why.clone(), http_status }).await;
        self.events.event(&Event::InDoubt { row: send.job.at.clone(), why: why.clone() });
        let over = match ended {
            Ended::ByAnswer => self.moment(),
            Ended::NotKnown => send.sent.after(self.rules.timeout),
        };
        self.doubt(Doubt {
            email: send.job.person.email.key(),
            job: Some(send.job.clone()),
            intent: send.intent,
            kind,
            span: Span { sent: send.sent, sent_by: send.sent, over },
            first_sent: send.sent,
            why,
            if_absent: IfAbsent::Resend,
            attempts: send.attempts,
            http_status: send.http_status,
            sent_at: Some(send.sent_at),
        });
    }

    async fn failed(&self, send: &Sent<'_>, tried: u32) {
        let mut outcome = send.outcome(Status::Failed);
        outcome.error_code = "not_reached".to_owned();
        outcome.error =
            format!("AutoScribe could not be reached in {tried} attempts; the next run sends this row again");
        self.finish(outcome).await;
    }

    fn well(&self) {
        self.throttled.store(0, Ordering::Relaxed);
        self.gate.well();
    }

    fn throttle(&self, send: &Sent<'_>, asked: Option<Duration>) {
        if send.pass == Pass::Probe {
            self.gate.give_probe_back();
        }
        let failures = u32::try_from(self.throttled.fetch_add(1, Ordering::Relaxed)).unwrap_or(u32::MAX) / 4 + 1;
        let wait = asked.unwrap_or_else(|| self.backoff.wait(failures, 0));
        self.gate.pause(wait, &pause_words(asked, 429));
    }
}

fn not_sent(why: &str) -> Closing {
    Closing::NotSent { why: why.to_owned() }
}

/// How old an intent is and may be.
#[derive(Clone, Copy, Debug)]
struct Age {
    /// When it was noted, as later runs will read it.
    at: Timestamp,
    since: Instant,
    lead: Duration,
}

impl Age {
    /// By both clocks: the one that only goes forward stops while the machine sleeps, and later runs reckon by the other.
    fn is_young(&self, now: Timestamp) -> bool {
        let by_wall = now.duration_since(self.at);
        self.since.elapsed() < self.lead && !by_wall.is_negative() && by_wall.unsigned_abs() < self.lead
    }
}

/// A request that may leave at once.
struct Ready<'a> {
    intent: IntentId,
    pass: Pass,
    /// Its place in flight, given back when its answer has come or is no longer waited for.
    _place: SemaphorePermit<'a>,
}

/// One request that has come back, or not.
struct Sent<'a> {
    job: &'a Job,
    intent: IntentId,
    pass: Pass,
    attempts: u32,
    sent: Moment,
    sent_at: Timestamp,
    http_status: Option<u16>,
}

impl Sent<'_> {
    fn outcome(&self, status: Status) -> Outcome {
        let mut outcome = outcome_of(self.job, status);
        outcome.attempts = self.attempts;
        outcome.http_status = self.http_status;
        outcome.sent_at = Some(self.sent_at);
        outcome
    }
}

/// Why a row is tried again at once.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Again {
    /// 429: the server said later, not no; it costs no attempt.
    Throttled,
    /// Nothing left this machine.
    NeverLeft {
        /// What happened.
        why: String,
    },
}

fn exchange_status(exchange: &Option<Exchange>) -> Option<u16> {
    match exchange {
        Some(Exchange::Answer(answer)) => Some(answer.status),
        _ => None,
    }
}
