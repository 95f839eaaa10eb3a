//! What is said where: stdout, stderr, JSON, silence; and a job without anybody there.

use std::os::unix::fs::PermissionsExt;

use avara_onboard::sandbox::{Fault, FaultKind, Trigger};

use crate::office::{Office, count};

#[test]
fn invite_as_json_is_one_document() {
    let office = Office::new();
    office.sample("every-problem.csv");
    let ran = office.invite("every-problem.csv").args(["--format", "json"]).ends(1);
    let document = ran.json();
    let statuses = serde_json::json!({"invited": 2, "duplicate": 1, "invalid": 24});
    assert_eq!((&document["summary"]["rows"], &document["summary"]["statuses"]), (&27.into(), &statuses));
    assert_eq!(document["summary"]["sum"], "27 rows = 2 invited + 1 duplicate + 24 invalid");
    assert_eq!((&document["results"], &document["rejects"]), (&"results.csv".into(), &"rejects.csv".into()));
    assert_eq!(document["exit_code"], 1);
    // A failure is a document too.
    let document = office.invite("missing.csv").args(["--format", "json"]).ends(2).json();
    assert_eq!(document["exit_code"], 2);
    assert!(document["error"].as_str().unwrap().contains("missing.csv"));
}

#[test]
fn quiet_is_silent_when_all_is_well_and_says_what_is_not() {
    let office = Office::new();
    office.people(3);
    let ran = office.invite("roster.csv").arg("-q").ends(0);
    assert_eq!((&*ran.stdout, &*ran.stderr), ("", ""));
    let ran = office.command("check").args(["roster.csv", "-q"]).ends(0);
    assert_eq!((&*ran.stdout, &*ran.stderr), ("", ""));
    office.sample("every-problem.csv");
    let ran = office.invite("every-problem.csv").arg("-q").ends(1);
    assert!(ran.stdout.ends_with("27 rows = 2 invited + 1 duplicate + 24 invalid\n"), "{}", ran.stdout);
}

#[test]
fn people_and_the_key_are_in_no_log() {
    let office = Office::new();
    office.people(3);
    office.account().script(Trigger::Email("p1@example.org".into()), Fault::before(FaultKind::Reset));
    let ran = office
        .invite("roster.csv")
        .args(["-vv", "--log-format", "json", "--log-file", "run.log", "--timeout", "300ms"])
        .ends(0);
    let log = office.read("run.log");
    assert!(!log.is_empty());
    for line in log.lines() {
        serde_json::from_str::<serde_json::Value>(line).unwrap_or_else(|error| panic!("{error}: {line}"));
    }
    for (name, text) in [("log", &log), ("stderr", &ran.stderr)] {
        for secret in ["p1@example.org", "Perl", "Pia", "sandbox_key"] {
            assert!(!text.contains(secret), "{secret} is in the {name}:\n{text}");
        }
    }
    assert_eq!(std::fs::metadata(office.path("run.log")).unwrap().permissions().mode() & 0o777, 0o600);
}

#[test]
fn a_reader_who_has_gone_stops_nothing() {
    let office = Office::new();
    office.people(20);
    let mut running = office.invite("roster.csv").starts();
    drop(running.take_stdout());
    running.ends(0);
    assert_eq!(count(&office.results(), "invited"), 20);
    office.judge_ids();
    for format in ["human", "json"] {
        let mut running = office.command("check").args(["roster.csv", "--format", format]).starts();
        drop(running.take_stdout());
        running.ends(0);
    }
}

#[test]
fn a_nightly_job_without_terminal_home_or_umask() {
    let office = Office::new();
    office.people(3);
    office.write("key", "sandbox_key\n");
    let readable_by = |mode| std::fs::set_permissions(office.path("key"), PermissionsExt::from_mode(mode)).unwrap();
    readable_by(0o600);
    let job = |options: &[&str]| {
        office
            .command("invite")
            .args(["roster.csv", "--yes", "-q", "--results", "results.csv"])
            .args(options)
            .env("AVARA_BASE_URL", office.url())
            .env("AVARA_ONBOARD_API_KEY_FILE", "key")
            .after("umask 000")
    };
    let ran = job(&["--state-dir", "state", "--log-file", "night.log"]).ends(0);
    assert_eq!((&*ran.stdout, &*ran.stderr), ("", ""), "cron mails whatever is said");
    for file in ["results.csv", "night.log", "state/ledger.sqlite3"] {
        let mode = std::fs::metadata(office.path(file)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{file}");
    }
    assert_eq!(std::fs::metadata(office.path("state")).unwrap().permissions().mode() & 0o077, 0);
    // The next night nothing is new, but somebody has let others read the key.
    readable_by(0o640);
    let ran = job(&["--state-dir", "state"]).ends(0);
    assert_eq!(office.posts(), 3);
    let warning =
        "warning: other users of this machine may read the API key in key; let only its owner: chmod 600 key\n";
    assert_eq!((&*ran.stdout, &*ran.stderr), ("", warning));
}

#[test]
fn help_and_version_are_answers() {
    let office = Office::new();
    for command in ["invite", "check", "sandbox"] {
        let ran = office.command(command).arg("--help").ends(0);
        assert!(ran.stdout.contains("Usage: avara-onboard"), "{}", ran.stdout);
    }
    assert!(office.command("--version").ends(0).stdout.starts_with("avara-onboard "));
    assert!(office.command("invit").ends(2).stderr.contains("invite"), "the nearest command is named");
}
