//! Runs that are cut off (kill -9, a power cut) before every row has an outcome.
//!
//! Before the first send every row is noted in the ledger, with what becomes of it if nothing is sent for it. Together with
//! the intents that tells what became of each row of a run that never came to its end.

use std::pin::pin;

use futures::StreamExt;

use crate::delivery::outcomes::{not_known, outcome_of};
use crate::delivery::stop::StopCause;
use crate::ledger::{Fate, RowRequest, RunRow};
use crate::outcome::{Outcome, Status};
use crate::survey::SortedRow;
use crate::validation::Ruling;

use super::planner::{job_of, without_sending};
use super::{READ_AHEAD, Run, read, stream_of};

impl Run {
    /// Notes every row in the ledger, so that none is lost if the run is cut off.
    pub(super) async fn note_rows(&self) {
        let mut batches = pin!(stream_of(read(self.survey.clone())).ready_chunks(READ_AHEAD));
        while let Some(batch) = batches.next().await {
            if self.delivery.has_stopped() {
                return;
            }
            let error = batch.iter().find_map(|row| row.as_ref().err()).map(ToString::to_string);
            let notes = batch.iter().flatten().map(note).collect();
            if let Err(error) = self.ledger.note(&self.delivery.run(), notes).await {
                return self.delivery.cannot_record(&error);
            }
            if let Some(why) = error {
                return self.delivery.stop(StopCause::Roster { why });
            }
        }
    }

    /// Gives the rows that were noted, but not read again for sending, their outcomes: the roster has changed, or could not
    /// be read on.
    pub(super) async fn finish_unread(&self) {
        let mut next = 0;
        loop {
            let rows = match self.ledger.rows(&self.delivery.run(), next, READ_AHEAD).await {
                Ok(rows) => rows,
                Err(error) => return self.delivery.cannot_record(&error),
            };
            let Some(last) = rows.last() else { return };
            next = last.written().seq + 1;
            for row in rows {
                match row {
                    RunRow::CutOff { note, request: None } if note.status == Status::NotSent => {
                        self.delivery.not_sent(note).await;
                    }
                    RunRow::CutOff { note, request: None } => self.delivery.finish(note).await,
                    _ => {}
                }
            }
        }
    }
}

/// What becomes of a row if its run is cut off before anything is sent for it.
pub fn note(row: &SortedRow) -> Outcome {
    match (&row.ruling, without_sending(row)) {
        (_, Some(outcome)) => outcome,
        (Ruling::Ready(person), None) => cut_off(outcome_of(&job_of(row, person), Status::NotSent)),
        (_, None) => cut_off(Outcome::of(row.seq, row.at.to_string(), Status::NotSent)),
    }
}

fn cut_off(outcome: Outcome) -> Outcome {
    Outcome {
        error_code: "interrupted".to_owned(),
        error: "the run was cut off before this row had an outcome; run the same roster again".to_owned(),
        ..outcome
    }
}

/// The one outcome of a row of any run, as far as the ledger can tell it.
pub fn outcome(row: RunRow) -> Outcome {
    match row {
        RunRow::Ended(outcome) | RunRow::CutOff { note: outcome, request: None } => outcome,
        RunRow::CutOff { note, request: Some(request) } => after(note, request),
    }
}

/// The outcome of a row for which a request left, or may have left.
fn after(note: Outcome, request: RowRequest) -> Outcome {
    let RowRequest { fate, user_id, attempts, http_status, sent_at } = request;
    let (status, error_code, error) = match fate {
        Fate::Invited => (Status::Invited, String::new(), String::new()),
        Fate::WasThere => (Status::AlreadyInvited, String::new(), String::new()),
        Fate::Rejected { code, message } => {
            (Status::Rejected, code, format!("AutoScribe refused this person: {message}"))
        }
        Fate::Absent => (
            Status::Failed,
            "not_created".to_owned(),
            "the run was cut off before the answer came, and this person was not in the account's lists then; run the \
             same roster again"
                .to_owned(),
        ),
        Fate::Unknown { why } => {
            let why = if why.is_empty() { "the run was cut off before the answer came".to_owned() } else { why };
            (Status::Unconfirmed, "outcome_unknown".to_owned(), not_known(&why))
        }
    };
    Outcome { status, user_id, error_code, error, attempts, http_status, sent_at: Some(sent_at), ..note }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(fate: Fate) -> Option<RowRequest> {
        let sent_at = "2026-03-02T10:00:00Z".parse().unwrap();
        Some(RowRequest { fate, user_id: None, attempts: 1, http_status: None, sent_at })
    }

    #[test]
    fn what_left_decides_and_otherwise_the_note() {
        let note = || cut_off(Outcome::of(3, "5".to_owned(), Status::NotSent));
        let status = |request| outcome(RunRow::CutOff { note: note(), request }).status;
        assert_eq!(status(None), Status::NotSent);
        assert_eq!(status(request(Fate::Invited)), Status::Invited);
        assert_eq!(status(request(Fate::WasThere)), Status::AlreadyInvited);
        assert_eq!(status(request(Fate::Absent)), Status::Failed);
        assert_eq!(status(request(Fate::Unknown { why: String::new() })), Status::Unconfirmed);
        let rejected = Fate::Rejected { code: "api_refused".to_owned(), message: "no".to_owned() };
        let rejected = outcome(RunRow::CutOff { note: note(), request: request(rejected) });
        assert_eq!(
            (rejected.status, rejected.error_code.as_str(), rejected.attempts),
            (Status::Rejected, "api_refused", 1)
        );
        let ended = Outcome::of(3, "5".to_owned(), Status::Invited);
        assert_eq!(outcome(RunRow::Ended(ended.clone())), ended);
    }
}
