//! Signals: the first drains, the second abandons; the results are whole either way.

use std::time::Duration;

use avara_onboard::sandbox::{Call, Fault, FaultKind, SandboxOptions, Trigger};

use crate::office::{Office, count, until};

const PEOPLE: usize = 200;

/// An account that takes its time, so that a run is still at work when the signal comes.
fn slow() -> Office {
    let office = Office::with(SandboxOptions { latency: Duration::from_millis(100), ..SandboxOptions::default() });
    office.people(PEOPLE);
    office
}

/// Every row has its line, who was mailed is told as invited, and nobody else is.
fn assert_whole(office: &Office) {
    let lines = office.results();
    assert_eq!(lines.len(), PEOPLE);
    let (invited, not_sent) = (count(&lines, "invited"), count(&lines, "not_sent"));
    assert_eq!(invited + not_sent, PEOPLE);
    assert!(invited > 0 && not_sent > 0, "{invited} invited");
    assert_eq!(office.account().mails().len(), invited);
    for line in &lines {
        assert_eq!(office.account().mails_to(&line.email), usize::from(line.status == "invited"), "{line:?}");
        assert_eq!(line.error_code == "interrupted", line.status == "not_sent", "{line:?}");
    }
    office.judge_ids();
}

#[test]
fn one_signal_drains_and_the_next_run_goes_on() {
    for (signal, code) in [("INT", 130), ("TERM", 143), ("HUP", 129)] {
        let office = slow();
        let running = office.invite("roster.csv").args(["--concurrency", "4"]).starts();
        until("some invitations", || office.posts() >= 6);
        running.signal(signal);
        running.ends(code);
        assert_whole(&office);

        office.account().reconfigure(|options| options.latency = Duration::ZERO);
        office.invite("roster.csv").ends(0);
        assert_eq!(office.account().mails().len(), PEOPLE);
        office.judge_ids();
    }
}

#[test]
fn a_second_signal_abandons_what_is_under_way() {
    let office = Office::new();
    office.people(3);
    office.account().script(Trigger::Email("p1@example.org".into()), Fault::after(FaultKind::Hang));
    let mut running = office.invite("roster.csv").args(["--concurrency", "1", "--timeout", "5s"]).starts();
    until("the invitation that hangs", || office.posts() >= 2);
    running.signal("INT");
    running.says("nothing new is sent");
    running.signal("INT");
    running.ends(3);
    let told: Vec<_> = office.results().into_iter().map(|line| line.status).collect();
    assert_eq!(told, ["invited", "unconfirmed", "not_sent"]);

    // The next run finds it in the account and sends the last one only.
    office.invite("roster.csv").args(["--timeout", "1s"]).ends(0);
    let told: Vec<_> = office.results().into_iter().map(|line| line.status).collect();
    assert_eq!(told, ["already_invited", "already_invited", "invited"]);
    assert_eq!(office.account().mails().len(), 3);
    office.judge_ids();
}

#[test]
fn a_killed_run_leaves_whole_lines_and_the_next_goes_on() {
    const ROWS: usize = 300;
    let office = Office::new();
    office.people(ROWS);
    // The last one hangs, so that the run cannot end before it is killed, and has no other under way then.
    let last = format!("p{}@example.org", ROWS - 1);
    office.account().script(Trigger::Email(last.clone()), Fault::after(FaultKind::Hang));
    let running = office.invite("roster.csv").args(["--timeout", "6s"]).starts();
    until("results, written while the run goes on", || {
        std::fs::read_to_string(office.path("results.csv")).is_ok_and(|text| text.matches('\n').count() == ROWS)
    });
    running.signal("KILL");
    running.dies();
    assert!(office.read("results.csv").ends_with('\n'), "the last line is whole");
    let rows: Vec<_> = office.results().into_iter().map(|line| line.row).collect();
    assert_eq!(rows, (2..rows.len() + 2).map(|row| row.to_string()).collect::<Vec<_>>());
    assert_eq!(rows.len(), ROWS - 1);

    office.invite("roster.csv").ends(0);
    assert_eq!(office.results().len(), ROWS);
    assert_eq!((office.account().mails().len(), office.account().mails_to(&last)), (ROWS, 1));
    office.judge_ids();
}

#[test]
fn a_signal_while_the_lists_are_read() {
    let office = Office::new();
    office.people(3);
    office.account().script(Trigger::Nth(Call::ListInvitations, 1), Fault::before(FaultKind::Hang));
    let running = office.invite("roster.csv").args(["--timeout", "2s"]).starts();
    until("the list", || !office.account().requests().is_empty());
    running.signal("INT");
    running.ends(130);
    assert_eq!((office.posts(), count(&office.results(), "not_sent")), (0, 3));
}

#[test]
fn a_sandbox_ends_quietly() {
    let office = Office::new();
    let mut running = office.command("sandbox").starts();
    let mut line = String::new();
    std::io::BufRead::read_line(&mut std::io::BufReader::new(running.take_stdout()), &mut line).unwrap();
    assert!(line.starts_with("AutoScribe sandbox on http://127.0.0.1:"), "{line}");
    running.signal("INT");
    running.ends(0);
}
