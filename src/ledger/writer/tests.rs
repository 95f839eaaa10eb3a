use std::sync::{Mutex, mpsc};

use super::*;

/// What was called, in order.
type Log = Arc<Mutex<Vec<String>>>;

/// A store that only writes down what it is asked to do.
struct Recorder {
    log: Log,
    /// The commit that fails, from 1.
    failing_commit: Option<usize>,
    commits: usize,
}

impl Recorder {
    fn note(&self, what: &str) -> Result<(), LedgerError> {
        self.log.lock().unwrap().push(what.to_owned());
        Ok(())
    }
}

impl Store for Recorder {
    fn begin(&mut self) -> Result<(), LedgerError> {
        self.note("begin")
    }
    fn commit(&mut self) -> Result<(), LedgerError> {
        self.commits += 1;
        self.note("commit")?;
        if self.failing_commit == Some(self.commits) { Err(full()) } else { Ok(()) }
    }
    fn sweep(&mut self) -> Result<(), LedgerError> {
        self.note("sweep")
    }
    fn rollback(&mut self) {
        let _ = self.note("rollback");
    }
    fn begin_part(&mut self) -> Result<(), LedgerError> {
        Ok(())
    }
    fn keep_part(&mut self) -> Result<(), LedgerError> {
        self.note("keep")
    }
    fn undo_part(&mut self) -> Result<(), LedgerError> {
        self.note("undo")
    }
}

fn full() -> LedgerError {
    LedgerError::CannotRecord { why: "the disk is full".to_owned() }
}

/// A piece of work that only writes down that it was done and answered.
struct Piece {
    name: &'static str,
    kind: Kind,
    handed_in: Instant,
    fails: Option<LedgerError>,
    log: Log,
}

impl Job<Recorder> for Piece {
    fn kind(&self) -> Kind {
        self.kind
    }
    fn handed_in(&self) -> Instant {
        self.handed_in
    }
    fn work(&mut self, store: &mut Recorder) -> Result<(), LedgerError> {
        store.note(self.name)?;
        self.fails.take().map_or(Ok(()), Err)
    }
    fn answer(self: Box<Self>, committed: Result<(), LedgerError>) {
        let how = committed.map_or_else(|error| error.to_string(), |()| "ok".to_owned());
        self.log.lock().unwrap().push(format!("{} <- {how}", self.name));
    }
}

struct Bench {
    log: Log,
    writer: Writer<Recorder>,
    jobs: mpsc::Sender<BoxedJob<Recorder>>,
    inbox: Receiver<BoxedJob<Recorder>>,
}

impl Bench {
    fn new(failing_commit: Option<usize>) -> Self {
        let log = Log::default();
        let store = Recorder { log: Arc::clone(&log), failing_commit, commits: 0 };
        let (jobs, inbox) = mpsc::channel();
        Bench { log, writer: Writer::new(store, Arc::default()), jobs, inbox }
    }

    fn piece(&self, name: &'static str, kind: Kind) -> Piece {
        Piece { name, kind, handed_in: Instant::now(), fails: None, log: Arc::clone(&self.log) }
    }

    fn hand_in(&self, name: &'static str, kind: Kind) {
        self.jobs.send(Box::new(self.piece(name, kind))).unwrap();
    }

    fn hand_in_failing(&self, name: &'static str, error: LedgerError) {
        self.jobs.send(Box::new(Piece { fails: Some(error), ..self.piece(name, Kind::Ask) })).unwrap();
    }

    /// Lets the writer work off everything, and gives what happened.
    fn finish(self) -> Vec<String> {
        drop(self.jobs);
        self.writer.run(&self.inbox);
        self.log.lock().unwrap().clone()
    }
}

#[test]
fn all_that_wait_share_one_commit_and_are_answered_only_after_it() {
    let bench = Bench::new(None);
    for name in ["a", "b", "c"] {
        bench.hand_in(name, Kind::Intend);
    }
    assert_eq!(
        bench.finish(),
        ["begin", "a", "keep", "b", "keep", "c", "keep", "commit", "a <- ok", "b <- ok", "c <- ok"]
    );
}

#[test]
fn work_that_may_linger_goes_with_the_next_intent_and_before_it() {
    let bench = Bench::new(None);
    bench.hand_in("close", Kind::Close);
    bench.hand_in("record", Kind::Record);
    bench.hand_in("intent", Kind::Intend);
    let log = bench.finish();
    assert_eq!(log.iter().filter(|line| *line == "commit").count(), 1);
    assert_eq!(log[..6], ["begin", "close", "keep", "record", "keep", "intent"]);
}

#[test]
fn after_the_first_failed_commit_nothing_is_written_and_the_failure_stays_the_same() {
    let mut bench = Bench::new(Some(2));
    for name in ["first", "second", "third"] {
        let piece = bench.piece(name, Kind::Ask);
        bench.writer.commit(vec![Box::new(piece)]);
    }
    let refused = "the ledger cannot record: the disk is full";
    assert_eq!(
        bench.finish(),
        [
            "begin",
            "first",
            "keep",
            "commit",
            "first <- ok",
            "begin",
            "second",
            "keep",
            "commit",
            "rollback",
            &format!("second <- {refused}"),
            &format!("third <- {refused}"),
        ]
    );
}

#[test]
fn a_piece_that_is_refused_is_taken_back_alone() {
    let bench = Bench::new(None);
    bench.hand_in("a", Kind::Intend);
    bench.hand_in_failing("b", LedgerError::NotInDoubt { id: "1x".to_owned() });
    bench.hand_in("c", Kind::Intend);
    assert_eq!(bench.finish()[..8], ["begin", "a", "keep", "b", "undo", "c", "keep", "commit"].map(str::to_owned));
}

#[test]
fn a_piece_that_cannot_be_written_takes_the_whole_group_back() {
    let bench = Bench::new(None);
    bench.hand_in("a", Kind::Intend);
    bench.hand_in_failing("b", full());
    bench.hand_in("c", Kind::Intend);
    let refused = "the ledger cannot record: the disk is full";
    assert_eq!(
        bench.finish(),
        [
            "begin",
            "a",
            "keep",
            "b",
            "rollback",
            &format!("a <- {refused}"),
            &format!("b <- {refused}"),
            &format!("c <- {refused}"),
        ]
    );
}

#[test]
fn what_is_erased_is_swept_before_anybody_hears_of_it() {
    let bench = Bench::new(None);
    bench.hand_in("forget", Kind::Forget);
    assert_eq!(bench.finish(), ["begin", "forget", "keep", "commit", "sweep", "forget <- ok"]);
}

#[test]
fn a_group_waits_no_longer_than_its_least_patient_piece() {
    let bench = Bench::new(None);
    let close = bench.piece("close", Kind::Close);
    let intent = bench.piece("intent", Kind::Intend);
    let (closed_at, intended_at) = (close.handed_in, intent.handed_in);
    let mut gathering = Gathering::new(Box::new(close) as BoxedJob<Recorder>);
    assert_eq!(gathering.deadline, closed_at + LINGER);
    gathering.add(Box::new(intent));
    assert_eq!(gathering.deadline, intended_at + GATHER);
}

#[test]
fn a_group_is_complete_when_no_other_intent_can_come() {
    let bench = Bench::new(None);
    let job = |kind| Box::new(bench.piece("", kind)) as BoxedJob<Recorder>;
    let mut gathering = Gathering::new(job(Kind::Intend));
    // Eight may be in flight, six requests are under way, one intent waits: one more can come.
    assert!(!gathering.is_complete(6, 8));
    assert!(gathering.is_complete(7, 8));
    gathering.add(job(Kind::Close));
    assert!(!gathering.is_complete(7, 8), "the one that closes may come back with a new intent");
    gathering.add(job(Kind::Intend));
    assert!(gathering.is_complete(7, 8));
    // Nobody said how many: nobody is waited for.
    assert!(gathering.is_complete(0, 0));
    assert!(!Gathering::new(job(Kind::Close)).is_complete(9, 8), "without an intent there is no hurry");
}

#[test]
fn requests_under_way_are_counted_from_durable_intent_to_closing() {
    let mut bench = Bench::new(None);
    for (kind, under_way) in [(Kind::Intend, 1), (Kind::Intend, 2), (Kind::Record, 2), (Kind::Close, 1)] {
        let piece = bench.piece("", kind);
        bench.writer.commit(vec![Box::new(piece)]);
        assert_eq!(bench.writer.under_way, under_way);
    }
}
