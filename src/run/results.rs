//! Writes the results file while the run goes on, in roster order, following the ledger.

use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::outbox::Outbox;
use crate::delivery::gate::Gate;
use crate::delivery::stop::StopCause;
use crate::ledger::{Ledger, RunId};
use crate::outcome::{Outcome, Status};
use crate::report::results::ResultsFile;
use crate::report::summary::Tally;

/// How many outcomes are asked of the ledger at once.
const BATCH: usize = 512;
/// How long a line may be behind its row: the ledger commits whenever it is asked, so it is not asked for every row.
const GATHER: Duration = Duration::from_millis(100);

/// Writes results until the run is over.
pub struct ResultsWriter {
    /// The run's ledger.
    pub ledger: Ledger,
    /// The run.
    pub run: RunId,
    /// Told of new outcomes.
    pub outbox: Arc<Outbox>,
    /// Closed when the file cannot be written: nothing more is sent then.
    pub gate: Arc<Gate>,
    /// Cancelled when no outcome will follow.
    pub over: CancellationToken,
}

/// What was written.
#[derive(Debug, Default)]
pub struct Written {
    /// The rows counted by what became of them.
    pub tally: Tally,
    /// Why the file ends before the roster does, if it does.
    pub fault: Option<String>,
}

impl ResultsWriter {
    /// Writes until the run is over and everything is written. A fault of the file stops the sending, and counting goes on.
    pub async fn write(self, mut file: ResultsFile) -> Written {
        let mut written = Written::default();
        let mut next = 0;
        loop {
            let over = self.over.is_cancelled();
            let batch = match self.ledger.outcomes(&self.run, next, BATCH).await {
                Ok(batch) => batch,
                // The ledger is gone, perhaps with its last group: what memory still has is written, in order.
                Err(error) => {
                    self.gate.stop(StopCause::CannotRecord { why: error.to_string() });
                    if over { self.outbox.take_from(next) } else { Vec::new() }
                }
            };
            if batch.is_empty() {
                if over {
                    break;
                }
                tokio::select! {
                    () = self.gathered() => {}
                    () = self.over.cancelled() => {}
                }
                continue;
            }
            for outcome in batch {
                next = outcome.seq + 1;
                self.line(&mut file, &outcome, &mut written);
            }
            self.outbox.written_up_to(next);
            self.check(file.flush().map_err(|error| error.to_string()), &mut written);
        }
        self.check(file.finish().map(|_| ()).map_err(|error| error.to_string()), &mut written);
        written
    }

    /// Ready when there is something new, and some more may have come with it.
    async fn gathered(&self) {
        self.outbox.news().await;
        tokio::time::sleep(GATHER).await;
    }

    fn line(&self, file: &mut ResultsFile, outcome: &Outcome, written: &mut Written) {
        match outcome.status {
            // Their problems were grouped by the survey, column by column.
            Status::Invalid => written.tally.count_row(Status::Invalid),
            _ => written.tally.add(outcome, &[]),
        }
        if written.fault.is_none() {
            let done = file.write(outcome).map_err(|error| error.to_string());
            self.check(done, written);
        }
    }

    fn check(&self, done: Result<(), String>, written: &mut Written) {
        if let Err(why) = done
            && written.fault.is_none()
        {
            self.gate.stop(StopCause::CannotRecord { why: why.clone() });
            written.fault = Some(why);
        }
    }
}
