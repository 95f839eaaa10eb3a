//! The one writer: gathers what is waiting, commits it as one transaction, and only then answers.
//!
//! Invariants, each with a test below:
//! - nobody is answered before the commit that holds their work has returned;
//! - work is done in the order in which it was handed in;
//! - after the first failure to write nothing is written any more, and everybody gets that same failure.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::Receiver;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use super::LedgerError;
use crate::fault_point;

/// How long an intent waits for others to share its flush.
const GATHER: Duration = Duration::from_millis(2);
/// How long work that needs no flush of its own may lie about.
const LINGER: Duration = Duration::from_millis(50);
/// A group as large as this is committed whatever else might come.
const FULL_GROUP: usize = 1024;

/// Where a group of work goes: SQLite, or in tests something that writes down the order of the calls.
pub(super) trait Store {
    /// Begins a group.
    fn begin(&mut self) -> Result<(), LedgerError>;
    /// Makes the group durable.
    fn commit(&mut self) -> Result<(), LedgerError>;
    /// After a commit that erased something: leaves no copy of it outside the tables.
    fn sweep(&mut self) -> Result<(), LedgerError>;
    /// Drops the group.
    fn rollback(&mut self);
    /// Begins one piece of work inside the group.
    fn begin_part(&mut self) -> Result<(), LedgerError>;
    /// Keeps that piece.
    fn keep_part(&mut self) -> Result<(), LedgerError>;
    /// Takes that piece back, and only that one.
    fn undo_part(&mut self) -> Result<(), LedgerError>;
}

/// What a piece of work is, which decides how long it may wait and which fault points it passes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Kind {
    /// An intent: somebody waits for it to be durable.
    Intend,
    /// The end of an intent.
    Close,
    /// A row's outcome.
    Record,
    /// Somebody waits for the answer.
    Ask,
    /// Accounts are joined.
    Merge,
    /// Details are erased.
    Forget,
}

impl Kind {
    const fn patience(self) -> Duration {
        match self {
            Kind::Intend => GATHER,
            Kind::Close | Kind::Record => LINGER,
            Kind::Ask | Kind::Merge | Kind::Forget => Duration::ZERO,
        }
    }

    fn before_commit(self) {
        match self {
            Kind::Intend => fault_point!("intent.before_commit"),
            Kind::Close => fault_point!("close.before_commit"),
            Kind::Record => fault_point!("record.before_commit"),
            Kind::Merge => fault_point!("merge.before_commit"),
            Kind::Forget => fault_point!("forget.before_commit"),
            Kind::Ask => {}
        }
    }

    fn after_commit(self) {
        match self {
            Kind::Intend => fault_point!("intent.after_commit"),
            Kind::Close => fault_point!("close.after_commit"),
            Kind::Record => fault_point!("record.after_commit"),
            Kind::Ask | Kind::Merge | Kind::Forget => {}
        }
    }
}

/// A piece of work on its way to the writer.
pub(super) trait Job<S>: Send {
    /// What it is.
    fn kind(&self) -> Kind;
    /// When it was handed in.
    fn handed_in(&self) -> Instant;
    /// Does it. `Err`: this piece is taken back, or the whole group if the error is final.
    fn work(&mut self, store: &mut S) -> Result<(), LedgerError>;
    /// Tells its owner: `Ok` once it is committed.
    fn answer(self: Box<Self>, committed: Result<(), LedgerError>);
}

pub(super) type BoxedJob<S> = Box<dyn Job<S>>;

/// What the writer and the handles share.
#[derive(Debug, Default)]
pub(super) struct Shared {
    /// The first failure to write.
    pub(super) failure: OnceLock<LedgerError>,
    /// How many requests may be in flight: as many intents can wait at once.
    pub(super) in_flight: AtomicUsize,
}

/// A group on its way together.
struct Gathering<S> {
    group: Vec<BoxedJob<S>>,
    deadline: Instant,
    intents: usize,
    closings: usize,
}

impl<S> Gathering<S> {
    fn new(first: BoxedJob<S>) -> Self {
        let deadline = first.handed_in() + LINGER;
        let mut gathering = Gathering { group: Vec::new(), deadline, intents: 0, closings: 0 };
        gathering.add(first);
        gathering
    }

    fn add(&mut self, job: BoxedJob<S>) {
        self.deadline = self.deadline.min(job.handed_in() + job.kind().patience());
        self.intents += usize::from(job.kind() == Kind::Intend);
        self.closings += usize::from(job.kind() == Kind::Close);
        self.group.push(job);
    }

    /// As many intents wait as may be in flight, less those whose requests are under way: no other can come.
    fn is_complete(&self, under_way: usize, in_flight: usize) -> bool {
        self.intents > 0 && self.intents + under_way.saturating_sub(self.closings) >= in_flight
    }
}

/// Owns the store.
pub(super) struct Writer<S> {
    store: S,
    shared: Arc<Shared>,
    /// Intents of this process that are durable and not closed: their requests are under way and bring no new intent.
    under_way: usize,
}

impl<S: Store> Writer<S> {
    pub(super) fn new(store: S, shared: Arc<Shared>) -> Self {
        Writer { store, shared, under_way: 0 }
    }

    /// Works until the last handle is gone, and finishes what was handed in by then.
    pub(super) fn run(mut self, jobs: &Receiver<BoxedJob<S>>) {
        while let Ok(first) = jobs.recv() {
            let group = self.gather(first, jobs);
            self.commit(group);
        }
    }

    /// Waits for company for the first piece of work, no longer than the least patient piece may wait.
    fn gather(&self, first: BoxedJob<S>, jobs: &Receiver<BoxedJob<S>>) -> Vec<BoxedJob<S>> {
        let mut gathering = Gathering::new(first);
        let in_flight = self.shared.in_flight.load(Ordering::Relaxed);
        while gathering.group.len() < FULL_GROUP {
            // With nothing to wait for, what is in line already still comes along.
            let wait = if gathering.is_complete(self.under_way, in_flight) {
                Duration::ZERO
            } else {
                gathering.deadline.saturating_duration_since(Instant::now())
            };
            let Ok(job) = jobs.recv_timeout(wait) else { break };
            gathering.add(job);
        }
        gathering.group
    }

    /// Does a group of work in one transaction, then answers all.
    pub(super) fn commit(&mut self, mut group: Vec<BoxedJob<S>>) {
        let result = match self.shared.failure.get() {
            Some(failure) => Err(failure.clone()),
            None => self.try_commit(&mut group),
        };
        if let Err(failure) = &result {
            // The first failure stays: a second try could succeed and hide that something in between was lost.
            let _ = self.shared.failure.set(failure.clone());
        }
        for job in group {
            job.answer(result.clone());
        }
    }

    fn try_commit(&mut self, group: &mut [BoxedJob<S>]) -> Result<(), LedgerError> {
        let result = self.store.begin().and_then(|()| group.iter_mut().try_for_each(|job| self.do_part(job.as_mut())));
        let result = result.and_then(|()| {
            group.iter().for_each(|job| job.kind().before_commit());
            self.store.commit()
        });
        let result = match result {
            Ok(()) if group.iter().any(|job| job.kind() == Kind::Forget) => self.store.sweep(),
            result => result,
        };
        match &result {
            Ok(()) => self.count(group),
            Err(_) => self.store.rollback(),
        }
        result
    }

    /// Does one piece; only a final error is the group's.
    fn do_part(&mut self, job: &mut dyn Job<S>) -> Result<(), LedgerError> {
        self.store.begin_part()?;
        match job.work(&mut self.store) {
            Ok(()) => self.store.keep_part(),
            Err(error) if error.is_final() => Err(error),
            Err(_) => self.store.undo_part(),
        }
    }

    fn count(&mut self, group: &[BoxedJob<S>]) {
        for job in group {
            match job.kind() {
                Kind::Intend => self.under_way += 1,
                Kind::Close => self.under_way = self.under_way.saturating_sub(1),
                Kind::Record | Kind::Ask | Kind::Merge | Kind::Forget => {}
            }
            job.kind().after_commit();
        }
    }
}

#[cfg(test)]
mod tests;
