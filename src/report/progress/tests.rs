use std::io;
use std::sync::atomic::{AtomicU64, Ordering};

use indicatif::{ProgressDrawTarget, TermLike};

use super::*;
use crate::outcome::Status;

/// A clock that a test sets, and a pipe that it reads.
#[derive(Clone, Default)]
struct Bench {
    seconds: Arc<AtomicU64>,
    written: Arc<Mutex<Vec<u8>>>,
}

impl Write for Bench {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.written.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Bench {
    fn clock(&self) -> Clock {
        let seconds = Arc::clone(&self.seconds);
        Arc::new(move || Duration::from_secs(seconds.load(Ordering::Relaxed)))
    }

    fn lines(&self) -> Progress {
        Progress::lines(Box::new(self.clone()), self.clock())
    }

    fn written(&self) -> String {
        String::from_utf8(self.written.lock().unwrap().clone()).unwrap()
    }
}

fn finished(status: Status, attempts: u32) -> Event {
    Event::Finished { row: "17".to_owned(), status, error_code: String::new(), attempts, http_status: None }
}

#[test]
fn a_pipe_hears_of_the_start_every_ten_seconds_and_the_end() {
    let bench = Bench::default();
    let progress = bench.lines();
    progress.event(&Event::Sending { rows: 300, to_send: 280 });
    for second in 1..=25 {
        bench.seconds.store(second, Ordering::Relaxed);
        progress.event(&finished(Status::Invited, 1));
        progress.event(&finished(Status::Invited, 1));
    }
    progress.event(&finished(Status::Invalid, 0));
    progress.finish();
    assert_eq!(
        bench.written(),
        "300 rows: 280 are ready; nobody is invited who was invited before.\n\
         19 of 300 rows, 19 done, 1.9/s, 2 min 18 s left\n\
         39 of 300 rows, 39 done, 1.9/s, 2 min 4 s left\n\
         51 of 300 rows, 50 done, 1 needs attention, 2.0/s, 1 min 55 s left\n"
    );
}

#[test]
fn what_a_person_should_know_is_said_at_once_and_names_nobody() {
    let bench = Bench::default();
    let progress = bench.lines();
    progress.event(&Event::Paused { wait: Duration::from_secs(30), why: "AutoScribe asked for it".to_owned() });
    progress.event(&Event::Settling { rows: 2, wait: Duration::from_secs(90) });
    progress.event(&Event::Draining { signal: "SIGINT", in_flight: 3 });
    progress.event(&Event::Notice { text: "ana.ruiz@example.org has other details now".to_owned() });
    progress.event(&Event::Retrying { row: "3".into(), attempt: 1, wait: Duration::ZERO, why: "429".into() });
    assert_eq!(
        bench.written(),
        "Pausing for 30 s: AutoScribe asked for it.\n\
         Looking up 2 rows in doubt; their requests can be at work for another 1 min 30 s.\n\
         SIGINT: nothing new is sent; waiting for 3 answers. Once more to stop at once.\n\
         a…@example.org has other details now\n"
    );
}

#[test]
fn many_doubts_are_counted_not_told() {
    let bench = Bench::default();
    let progress = bench.lines();
    for row in 2..100 {
        progress.event(&Event::InDoubt { row: row.to_string(), why: "the connection was reset".to_owned() });
    }
    assert_eq!(bench.written().lines().count(), 6);
    progress.finish();
    assert!(bench.written().ends_with("98 in doubt\n"), "{}", bench.written());
}

/// A terminal that remembers the letters it was sent.
#[derive(Clone, Debug, Default)]
struct Screen(Arc<Mutex<String>>);

impl TermLike for Screen {
    fn width(&self) -> u16 {
        100
    }
    fn move_cursor_up(&self, _: usize) -> io::Result<()> {
        Ok(())
    }
    fn move_cursor_down(&self, _: usize) -> io::Result<()> {
        Ok(())
    }
    fn move_cursor_right(&self, _: usize) -> io::Result<()> {
        Ok(())
    }
    fn move_cursor_left(&self, _: usize) -> io::Result<()> {
        Ok(())
    }
    fn write_line(&self, text: &str) -> io::Result<()> {
        self.write_str(text)
    }
    fn write_str(&self, text: &str) -> io::Result<()> {
        self.0.lock().unwrap().push_str(text);
        Ok(())
    }
    fn clear_line(&self) -> io::Result<()> {
        Ok(())
    }
    fn flush(&self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_terminal_gets_a_bar_with_the_figures_and_lines_above_it() {
    let screen = Screen::default();
    let bars =
        MultiProgress::with_draw_target(ProgressDrawTarget::term_like_with_hz(Box::new(screen.clone()), u8::MAX));
    let bench = Bench::default();
    let progress = Progress::bar(&bars, bench.clock());
    progress.event(&Event::Listing { entries: 120 });
    progress.event(&Event::Sending { rows: 4, to_send: 4 });
    progress.event(&Event::Notice { text: "a word from above".to_owned() });
    progress.finish();
    let shown = screen.0.lock().unwrap().clone();
    assert!(shown.contains("a word from above"), "{shown}");
    assert!(shown.contains("0 of 4 rows"), "{shown}");
    assert!(!shown.contains('\u{1b}'), "no colours");
}
