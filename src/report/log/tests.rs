use std::sync::Arc;
use std::time::Duration;

use super::*;
use crate::event::{Event, Sink};
use crate::outcome::Status;

#[derive(Clone, Default)]
struct Paper(Arc<Mutex<Vec<u8>>>);

impl Write for Paper {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// What the screen gets to see of some records, under these options.
fn screen(options: &LogOptions, records: impl FnOnce()) -> String {
    let paper = Paper::default();
    let pen = paper.clone();
    tracing::subscriber::with_default(subscriber(options, move || pen.clone()).unwrap(), records);
    let written = paper.0.lock().unwrap().clone();
    String::from_utf8(written).unwrap()
}

fn events() {
    let log = EventLog;
    log.event(&Event::Sending { rows: 300, to_send: 280 });
    log.event(&Event::Finished {
        row: "Staff!17".to_owned(),
        status: Status::Rejected,
        error_code: "bad_request".to_owned(),
        attempts: 1,
        http_status: Some(400),
    });
    log.event(&Event::InDoubt { row: "18".to_owned(), why: "answer names ana.ruiz@example.org".to_owned() });
    log.event(&Event::Paused { wait: Duration::from_secs(30), why: "429".to_owned() });
}

#[test]
fn normally_events_are_left_to_the_progress_display() {
    let text = screen(&LogOptions::default(), || {
        events();
        tracing::warn!("the state folder is on a network file system");
        tracing::info!("not so loud");
    });
    assert_eq!(text.lines().count(), 1, "{text}");
    assert!(text.contains("WARN the state folder is on a network file system"), "{text}");
    assert!(!text.contains('\u{1b}'), "no colours unless asked for");
}

#[test]
fn json_records_stand_one_on_a_line_and_hide_addresses() {
    let options = LogOptions { format: LogFormat::Json, ..LogOptions::default() };
    let text = screen(&options, events);
    let records: Vec<serde_json::Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(records.len(), 4);
    assert_eq!(records[1]["row"], "Staff!17");
    assert_eq!(records[1]["status"], "rejected");
    assert_eq!(records[1]["http_status"], 400);
    assert_eq!(records[1]["level"], "WARN");
    assert_eq!(records[2]["why"], "answer names a…@example.org");
    assert_eq!(records[3]["wait_ms"], 30_000);
}

#[test]
fn quiet_is_quiet_and_verbose_tells_events() {
    let at = |verbosity| screen(&LogOptions { verbosity, ..LogOptions::default() }, events);
    assert_eq!(at(Verbosity::Quiet), "");
    assert_eq!(at(Verbosity::Verbose).lines().count(), 4);
}

#[test]
fn libraries_are_heard_from_warnings_up_only() {
    let options = LogOptions { verbosity: Verbosity::Debug, ..LogOptions::default() };
    let text = screen(&options, || {
        tracing::info!(target: "hyper::proto", "authorization: Bearer …");
        tracing::warn!(target: "rustls", "a warning");
        tracing::debug!("ours");
    });
    assert!(!text.contains("authorization") && text.contains("a warning") && text.contains("ours"), "{text}");
}

/// A terminal that has been closed.
struct Closed;

impl Write for Closed {
    fn write(&mut self, _: &[u8]) -> io::Result<usize> {
        Err(io::ErrorKind::BrokenPipe.into())
    }

    fn flush(&mut self) -> io::Result<()> {
        Err(io::ErrorKind::BrokenPipe.into())
    }
}

#[test]
fn a_closed_screen_stops_nothing() {
    for format in [LogFormat::Text, LogFormat::Json] {
        let options = LogOptions { format, verbosity: Verbosity::Debug, ..LogOptions::default() };
        tracing::subscriber::with_default(subscriber(&options, || Closed).unwrap(), events);
    }
}

#[test]
fn the_file_gets_events_at_its_end_and_is_for_its_owner_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("onboard.log");
    let options = LogOptions { file: Some(path.clone()), ..LogOptions::default() };
    for _ in 0..2 {
        assert_eq!(screen(&options, events), "");
    }
    assert_eq!(std::fs::read_to_string(&path).unwrap().lines().count(), 8);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    }
    let options = LogOptions { file: Some(folder.path().to_owned()), ..LogOptions::default() };
    assert!(matches!(subscriber(&options, io::sink), Err(ReportError::Write { .. })));
}
