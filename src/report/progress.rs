//! How far a run is: a bar on a terminal, a quiet line now and then in a pipe.
//!
//! Both show the same figures. The clock is handed in, so that tests need not wait. Text that came from a server goes
//! through the mask for addresses. A screen that cannot be written stops nothing.

mod figures;

use std::fmt;
use std::io::Write;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};

use super::mask::mask_addresses;
use super::text::{count, duration};
use crate::event::{Event, Sink};
use figures::Figures;

/// How often a pipe is told how far the run is.
const EVERY: Duration = Duration::from_secs(10);
/// How many rows in doubt are told one by one; the figures count the others.
const DOUBTS: u64 = 5;

/// Tells how much time has gone by since some moment, never backwards.
pub type Clock = Arc<dyn Fn() -> Duration + Send + Sync>;

/// The machine's clock, from now on.
pub fn monotonic() -> Clock {
    let start = Instant::now();
    Arc::new(move || start.elapsed())
}

/// Shows how far a run is.
pub struct Progress {
    clock: Clock,
    state: Mutex<State>,
    face: Face,
}

struct State {
    figures: Figures,
    /// When a pipe was last told.
    told: Duration,
    doubts: u64,
}

/// Where it shows.
enum Face {
    Bar(ProgressBar),
    Lines(Mutex<Box<dyn Write + Send>>),
}

impl fmt::Debug for Progress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let face = match &self.face {
            Face::Bar(_) => "bar",
            Face::Lines(_) => "lines",
        };
        f.debug_struct("Progress").field("face", &face).finish_non_exhaustive()
    }
}

impl Progress {
    /// A bar on a terminal, one of `bars`, so that the log's lines go above it.
    pub fn bar(bars: &MultiProgress, clock: Clock) -> Self {
        let bar = bars.add(ProgressBar::no_length());
        // No colours: the figures say it all, and there is nothing to turn off.
        if let Ok(style) = ProgressStyle::with_template("{spinner} {wide_msg}") {
            bar.set_style(style);
        }
        Progress::new(clock, Face::Bar(bar))
    }

    /// Lines for a pipe or a file, standard error as a rule.
    pub fn lines(out: Box<dyn Write + Send>, clock: Clock) -> Self {
        Progress::new(clock, Face::Lines(Mutex::new(out)))
    }

    fn new(clock: Clock, face: Face) -> Self {
        let now = clock();
        let state = Mutex::new(State { figures: Figures::new(now), told: now, doubts: 0 });
        Progress { clock, state, face }
    }

    /// The end: a terminal loses its bar, a pipe gets its last line.
    pub fn finish(&self) {
        match &self.face {
            Face::Bar(bar) => bar.finish_and_clear(),
            Face::Lines(_) => {
                let text = self.state().figures.render((self.clock)());
                self.say(&text);
            }
        }
    }

    /// Takes the bar away and says nothing: for a command that has no rows to sum up.
    pub fn put_away(&self) {
        if let Face::Bar(bar) = &self.face {
            bar.finish_and_clear();
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Counting cannot leave the figures half changed, so a panic elsewhere does not matter here.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A line that stays, above the bar.
    fn say(&self, text: &str) {
        match &self.face {
            Face::Bar(bar) if bar.is_finished() => {
                // Where no bar stands any more, drawing around one would leave traces of it.
                let _ = writeln!(std::io::stderr(), "{text}");
            }
            Face::Bar(bar) => bar.println(text),
            Face::Lines(out) => {
                let mut out = out.lock().unwrap_or_else(PoisonError::into_inner);
                // A closed pipe is no reason to stop inviting people.
                let _ = writeln!(out, "{text}").and_then(|()| out.flush());
            }
        }
    }

    /// The figures, as they are now: the bar every time, a pipe only every so often.
    fn show(&self, text: impl FnOnce(&Figures, Duration) -> String) {
        let now = (self.clock)();
        let mut state = self.state();
        match &self.face {
            Face::Bar(bar) => {
                bar.set_position(state.figures.finished());
                bar.set_message(text(&state.figures, now));
            }
            Face::Lines(_) if now.saturating_sub(state.told) >= EVERY => {
                state.told = now;
                let text = text(&state.figures, now);
                drop(state);
                self.say(&text);
            }
            Face::Lines(_) => {}
        }
    }

    fn begin(&self, rows: u64, to_send: u64) {
        let now = (self.clock)();
        {
            let mut state = self.state();
            state.figures = Figures::begin(now, rows, to_send);
            state.told = now;
        }
        match &self.face {
            Face::Bar(bar) => {
                bar.set_length(rows);
                if let Ok(style) = ProgressStyle::with_template("{bar:24} {wide_msg}") {
                    bar.set_style(style);
                }
            }
            Face::Lines(_) => {
                let ready = count(to_send, "is", "are");
                self.say(&format!("{}: {ready} ready; nobody is invited who was invited before.", rows_text(rows)));
            }
        }
        self.show(Figures::render);
    }

    fn doubt(&self, row: &str, why: &str) {
        let doubts = {
            let mut state = self.state();
            state.figures.doubt(row);
            state.doubts += 1;
            state.doubts
        };
        if doubts <= DOUBTS {
            let why = mask_addresses(why);
            self.say(&format!(
                "Row {row}: it is not known whether the invitation went out ({why}); it will be looked up later."
            ));
        }
        if doubts == DOUBTS {
            self.say("Further rows in doubt are counted only; the results name them all.");
        }
    }
}

fn rows_text(rows: u64) -> String {
    count(rows, "row", "rows")
}

impl Sink for Progress {
    fn event(&self, event: &Event) {
        match event {
            Event::Listing { entries } => {
                self.show(|_, _| format!("Reading the account's users and invitations: {entries} so far"));
            }
            Event::Sending { rows, to_send } => self.begin(*rows, *to_send),
            Event::Finished { row, status, attempts, .. } => {
                let now = (self.clock)();
                self.state().figures.finish(now, row, *status, *attempts);
                self.show(Figures::render);
            }
            Event::InDoubt { row, why } => self.doubt(row, why),
            Event::Paused { wait, why } => {
                self.say(&format!("Pausing for {}: {}.", duration(*wait), mask_addresses(why)));
            }
            Event::Settling { rows, wait } if wait.is_zero() => {
                self.say(&format!("Looking up {} in doubt.", rows_text(*rows)));
            }
            Event::Settling { rows, wait } => {
                self.say(&format!(
                    "Looking up {} in doubt; their requests can be at work for another {}.",
                    rows_text(*rows),
                    duration(*wait)
                ));
            }
            Event::Draining { signal, in_flight: 0 } => self.say(&format!("{signal}: nothing new is sent.")),
            Event::Draining { signal, in_flight } => self.say(&format!(
                "{signal}: nothing new is sent; waiting for {}. Once more to stop at once.",
                count(*in_flight, "answer", "answers")
            )),
            Event::Stopped { why } => self.say(&format!("Stopped: {}", mask_addresses(why))),
            Event::Notice { text } => self.say(&mask_addresses(text)),
            // One row's new attempt is the log's business; the figures show if there are many.
            Event::Retrying { .. } => {}
        }
    }
}

#[cfg(test)]
mod tests;
