//! [`Ledger`]: the handle that the rest of the program holds.

use std::path::Path;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, mpsc};
use std::thread::JoinHandle;
use std::time::Instant;

use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};

use super::database::Database;
use super::writer::{BoxedJob, Job, Kind, Shared, Writer};
use super::{LedgerError, place};

/// Outcomes and closings that may wait to be written; whoever hands in more waits, so that memory stays flat.
const WAITING: usize = 4096;

/// A handle to the ledger. Cheap to clone; when the last one is dropped, what was handed in is written and the
/// ledger closed.
#[derive(Clone)]
pub struct Ledger {
    inner: Arc<Inner>,
}

struct Inner {
    way: Way,
    shared: Arc<Shared>,
    waiting: Arc<Semaphore>,
}

/// How work reaches the writer.
enum Way {
    /// On disk: the writer has a thread of its own, since it waits for the disk.
    Thread { jobs: Option<mpsc::Sender<BoxedJob<Database>>>, thread: Option<JoinHandle<()>> },
    /// In memory there is nothing to wait for: work is done at once, on the caller's thread. On a paused clock this
    /// also matters: no task is ever seen idle while the ledger works, so time does not jump.
    AtOnce(Box<Mutex<Writer<Database>>>),
}

impl Ledger {
    /// Opens the ledger in a state folder; makes folder (0700) and file (0600) if they are not there.
    ///
    /// Its writer works on the machine's time: a test on a paused clock, which jumps whenever all tasks wait, wants
    /// [`Ledger::in_memory`].
    ///
    /// # Errors
    /// [`LedgerError::Place`], [`LedgerError::Newer`], [`LedgerError::Damaged`], [`LedgerError::CannotRecord`].
    pub fn open(state_dir: &Path) -> Result<Ledger, LedgerError> {
        Ledger::on_a_thread(place::open(state_dir)?)
    }

    /// A ledger that is gone when its last handle is, for dry runs and private sandboxes: its memory does not grow with the
    /// roster.
    ///
    /// # Errors
    /// [`LedgerError::CannotRecord`].
    pub fn temporary() -> Result<Ledger, LedgerError> {
        Ledger::on_a_thread(place::temporary()?)
    }

    fn on_a_thread(database: Database) -> Result<Ledger, LedgerError> {
        let shared = Arc::new(Shared::default());
        let writer = Writer::new(database, Arc::clone(&shared));
        let (jobs, inbox) = mpsc::channel();
        let thread = std::thread::Builder::new()
            .name("ledger".to_owned())
            .spawn(move || writer.run(&inbox))
            .map_err(|error| LedgerError::CannotRecord { why: error.to_string() })?;
        Ok(Ledger::new(Way::Thread { jobs: Some(jobs), thread: Some(thread) }, shared))
    }

    /// A ledger in memory that works on the caller's thread: for tests.
    ///
    /// # Errors
    /// [`LedgerError::CannotRecord`] when there is no memory for it.
    pub fn in_memory() -> Result<Ledger, LedgerError> {
        let shared = Arc::new(Shared::default());
        let writer = Writer::new(place::in_memory()?, Arc::clone(&shared));
        Ok(Ledger::new(Way::AtOnce(Box::new(Mutex::new(writer))), shared))
    }

    fn new(way: Way, shared: Arc<Shared>) -> Ledger {
        Ledger { inner: Arc::new(Inner { way, shared, waiting: Arc::new(Semaphore::new(WAITING)) }) }
    }

    /// Says how many requests may be in flight: so many intents can share a flush, and none waits for more.
    /// Unless this is said, an intent takes along what waits already and waits for nobody.
    pub fn expect_in_flight(&self, requests: usize) {
        self.inner.shared.in_flight.store(requests, Ordering::Relaxed);
    }

    /// Waits until everything handed in so far is on disk.
    ///
    /// # Errors
    /// [`LedgerError::CannotRecord`].
    pub async fn flush(&self) -> Result<(), LedgerError> {
        self.ask(Kind::Ask, |_| Ok(())).await
    }

    /// Hands work in and waits until it is committed.
    pub(super) async fn ask<T, F>(&self, kind: Kind, work: F) -> Result<T, LedgerError>
    where
        T: Send + 'static,
        F: FnOnce(&mut Database) -> Result<T, LedgerError> + Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        self.hand_in(Task { kind, handed_in: Instant::now(), work: Some(work), result: None, reply, _place: None })?;
        answer.await.unwrap_or_else(|_| Err(self.stopped()))
    }

    /// Hands in work that needs no flush of its own; comes back as soon as it is in line.
    pub(super) async fn leave<F>(&self, kind: Kind, work: F) -> Result<(), LedgerError>
    where
        F: FnOnce(&mut Database) -> Result<(), LedgerError> + Send + 'static,
    {
        if let Some(failure) = self.inner.shared.failure.get() {
            return Err(failure.clone());
        }
        let place = Arc::clone(&self.inner.waiting).acquire_owned().await.map_err(|_| self.stopped())?;
        let (reply, _) = oneshot::channel();
        let task = Task { kind, handed_in: Instant::now(), work: Some(work), result: None, reply, _place: Some(place) };
        self.hand_in(task)
    }

    fn hand_in(&self, task: impl Job<Database> + 'static) -> Result<(), LedgerError> {
        match &self.inner.way {
            Way::Thread { jobs, .. } => {
                jobs.as_ref().and_then(|jobs| jobs.send(Box::new(task)).ok()).ok_or_else(|| self.stopped())
            }
            Way::AtOnce(writer) => {
                let mut writer = writer.lock().map_err(|_| self.stopped())?;
                writer.commit(vec![Box::new(task)]);
                Ok(())
            }
        }
    }

    /// The writer is gone: the failure that it left, or a bug in it.
    fn stopped(&self) -> LedgerError {
        let stopped = || LedgerError::CannotRecord { why: "its writer has stopped unexpectedly".to_owned() };
        self.inner.shared.failure.get_or_init(stopped).clone()
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        if let Way::Thread { jobs, thread } = &mut self.way {
            drop(jobs.take());
            if let Some(thread) = thread.take() {
                // A panic in the writer was answered to everybody who waited; there is nobody left to tell.
                let _ = thread.join();
            }
        }
    }
}

/// A closure on its way to the writer, and the way back of its result.
struct Task<F, T> {
    kind: Kind,
    handed_in: Instant,
    work: Option<F>,
    result: Option<Result<T, LedgerError>>,
    reply: oneshot::Sender<Result<T, LedgerError>>,
    /// Its place in the line, given back when it is done.
    _place: Option<OwnedSemaphorePermit>,
}

impl<F, T> Job<Database> for Task<F, T>
where
    T: Send,
    F: FnOnce(&mut Database) -> Result<T, LedgerError> + Send,
{
    fn kind(&self) -> Kind {
        self.kind
    }

    fn handed_in(&self) -> Instant {
        self.handed_in
    }

    fn work(&mut self, database: &mut Database) -> Result<(), LedgerError> {
        let Some(work) = self.work.take() else { return Ok(()) };
        let result = work(database);
        let short = result.as_ref().map(|_| ()).map_err(LedgerError::clone);
        self.result = Some(result);
        short
    }

    fn answer(self: Box<Self>, committed: Result<(), LedgerError>) {
        let result = match (committed, self.result) {
            (Err(failure), _) => Err(failure),
            (Ok(()), Some(result)) => result,
            (Ok(()), None) => return,
        };
        // Whoever asked may have gone away.
        let _ = self.reply.send(result);
    }
}

#[cfg(test)]
mod tests;
