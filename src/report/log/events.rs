//! The run's events as records of the log.

use tracing::{debug, error, info, warn};

use crate::event::{Event, Sink};
use crate::outcome::Standing;
use crate::report::mask::mask_addresses;

/// What the events' records are under; the screen's filter tells them from others by it.
pub(super) const TARGET: &str = "avara_onboard::event";

/// Turns events into records of the log.
#[derive(Clone, Copy, Debug, Default)]
pub struct EventLog;

impl Sink for EventLog {
    fn event(&self, event: &Event) {
        match event {
            Event::Listing { entries } => {
                debug!(target: TARGET, entries, "reading the account's users and invitations");
            }
            Event::Sending { rows, to_send } => info!(target: TARGET, rows, to_send, "sending begins"),
            Event::Finished { row, status, error_code, attempts, http_status } => {
                // A field that says nothing is left out.
                let code = Some(error_code.as_str()).filter(|code| !code.is_empty());
                let (standing, status) = (status.standing(), status.as_str());
                match standing {
                    Standing::Done => {
                        info!(target: TARGET, row, status, error_code = code, attempts, http_status, "row finished");
                    }
                    Standing::Attention | Standing::Unresolved => {
                        warn!(target: TARGET, row, status, error_code = code, attempts, http_status, "row finished");
                    }
                }
            }
            Event::Retrying { row, attempt, wait, why } => {
                let wait_ms = millis(*wait);
                info!(target: TARGET, row, attempt, wait_ms, why = mask_addresses(why), "row will be sent again");
            }
            Event::InDoubt { row, why } => {
                warn!(target: TARGET, row, why = mask_addresses(why), "row in doubt, to be looked up");
            }
            Event::Paused { wait, why } => {
                warn!(target: TARGET, wait_ms = millis(*wait), why = mask_addresses(why), "all senders pause");
            }
            Event::Settling { rows, wait } => {
                info!(target: TARGET, rows, wait_ms = millis(*wait), "looking up rows in doubt");
            }
            Event::Draining { signal, in_flight } => {
                warn!(target: TARGET, signal, in_flight, "nothing new is sent, waiting for answers");
            }
            Event::Stopped { why } => error!(target: TARGET, why = mask_addresses(why), "stopped"),
            Event::Notice { text } => warn!(target: TARGET, "{}", mask_addresses(text)),
        }
    }
}

fn millis(wait: std::time::Duration) -> u64 {
    u64::try_from(wait.as_millis()).unwrap_or(u64::MAX)
}
