//! Outcomes on their way from the senders to the results file, which wants them in roster order.
//!
//! The ledger holds them all; a row in doubt holds back the file, not the run. What is kept here is for the day the ledger
//! fails: then what is known can still be written.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

use crate::outcome::Outcome;

/// As many outcomes as are kept in memory. Beyond it only the ledger has them.
const KEPT: usize = 20_000;

/// Outcomes that the results file does not have yet.
#[derive(Debug, Default)]
pub struct Outbox {
    pending: Mutex<BTreeMap<u64, Outcome>>,
    news: Notify,
}

impl Outbox {
    /// Takes an outcome that was handed to the ledger.
    pub fn put(&self, outcome: Outcome) {
        let mut pending = self.pending();
        if pending.len() < KEPT {
            pending.insert(outcome.seq, outcome);
        }
        drop(pending);
        self.news.notify_one();
    }

    /// Ready when something was put in since the last time.
    pub async fn news(&self) {
        self.news.notified().await;
    }

    /// Those before `seq` are in the results file.
    pub fn written_up_to(&self, seq: u64) {
        let mut pending = self.pending();
        *pending = pending.split_off(&seq);
    }

    /// All that are kept from `seq` on, in roster order.
    pub fn take_from(&self, seq: u64) -> Vec<Outcome> {
        self.pending().split_off(&seq).into_values().collect()
    }

    fn pending(&self) -> MutexGuard<'_, BTreeMap<u64, Outcome>> {
        // A map of outcomes is whole whatever panicked.
        self.pending.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
