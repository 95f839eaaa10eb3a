//! What happens during a run, as a stream that sinks (progress bar, log) subscribe to.
//!
//! An event carries what a sink may show: no body, no key, no whole e-mail address.

use std::time::Duration;

use crate::outcome::Status;

/// Something that happened.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Event {
    /// The account's users and invitations are being listed; so many entries have been read.
    Listing {
        /// Users and invitations read so far.
        entries: u64,
    },
    /// Sending begins.
    Sending {
        /// Data rows in the roster.
        rows: u64,
        /// Rows that are expected to be sent.
        to_send: u64,
    },
    /// A row has its outcome.
    Finished {
        /// Where the row is found.
        row: String,
        /// What became of it.
        status: Status,
        /// The error code, blank when all is well.
        error_code: String,
        /// Requests that were made for it.
        attempts: u32,
        /// The status of the last answer.
        http_status: Option<u16>,
    },
    /// A row will be sent again.
    Retrying {
        /// Where the row is found.
        row: String,
        /// The attempt that failed, from 1.
        attempt: u32,
        /// How long until the next.
        wait: Duration,
        /// What happened.
        why: String,
    },
    /// It is not known whether a row's invitation went out; it will be looked up after the fresh rows.
    InDoubt {
        /// Where the row is found.
        row: String,
        /// What happened.
        why: String,
    },
    /// All senders pause.
    Paused {
        /// For how long.
        wait: Duration,
        /// Why.
        why: String,
    },
    /// Rows in doubt are being looked up.
    Settling {
        /// How many.
        rows: u64,
        /// How long to wait first, until no request can still be at work.
        wait: Duration,
    },
    /// A signal came: nothing new is sent, what is in flight is waited for.
    Draining {
        /// The signal's name.
        signal: &'static str,
        /// Requests in flight.
        in_flight: u64,
    },
    /// Sending has stopped before the end of the roster.
    Stopped {
        /// Why, and what to do.
        why: String,
    },
    /// Something a person should know that stops nothing.
    Notice {
        /// What.
        text: String,
    },
}

/// Takes events. Called from many tasks at once; must not block.
pub trait Sink: Send + Sync {
    /// One event.
    fn event(&self, event: &Event);
}

impl<S: Sink + ?Sized> Sink for std::sync::Arc<S> {
    fn event(&self, event: &Event) {
        (**self).event(event);
    }
}

/// Passes every event to several sinks.
impl Sink for Vec<Box<dyn Sink>> {
    fn event(&self, event: &Event) {
        for sink in self {
            sink.event(event);
        }
    }
}

/// Drops every event.
#[derive(Clone, Copy, Debug, Default)]
pub struct Silent;

impl Sink for Silent {
    fn event(&self, _: &Event) {}
}
