//! Files that are no place for results, and rosters that are none: refused before anything is read or sent.

use crate::office::{HEADER, Office, Ran};

fn refused(office: &Office, option: &str, path: &str) -> Ran {
    let ran = office.command("invite").args(["roster.csv", "--sandbox", option, path]).ends(2);
    assert!(ran.stdout.is_empty(), "nothing was read: {}", ran.stdout);
    ran
}

#[test]
fn a_folder_a_link_a_device_and_the_roster_itself() {
    let office = Office::new();
    office.people(1);
    office.write("other.csv", "kept");
    std::fs::create_dir(office.path("folder")).unwrap();
    std::os::unix::fs::symlink("other.csv", office.path("link.csv")).unwrap();
    std::os::unix::fs::symlink("roster.csv", office.path("to-roster.csv")).unwrap();
    std::fs::hard_link(office.path("roster.csv"), office.path("same.csv")).unwrap();
    let roster = office.read("roster.csv");
    for option in ["--results", "--rejects"] {
        for (path, says) in [
            ("folder", "a folder"),
            ("link.csv", "a link"),
            ("to-roster.csv", "a link"),
            ("/dev/null", "a device"),
            ("roster.csv", "roster"),
            ("./roster.csv", "roster"),
            ("same.csv", "roster"),
        ] {
            let ran = refused(&office, option, path);
            assert!(ran.stderr.contains(says), "{option} {path}: {}", ran.stderr);
        }
    }
    assert_eq!(office.read("roster.csv"), roster);
    assert_eq!(office.read("other.csv"), "kept");
}

#[test]
fn a_place_that_is_not_there_or_taken_twice() {
    let office = Office::new();
    office.people(1);
    let ran = refused(&office, "--results", "nowhere/results.csv");
    assert!(ran.stderr.contains("nowhere/results.csv"), "{}", ran.stderr);
    let ran = office
        .command("invite")
        .args(["roster.csv", "--sandbox", "--results", "one.csv", "--rejects", "one.csv"])
        .ends(2);
    assert!(ran.stderr.contains("one.csv"), "{}", ran.stderr);
    assert_eq!(office.files(), ["roster.csv"]);
}

#[test]
fn a_roster_that_is_missing_empty_or_without_people() {
    let office = Office::new();
    office.write("empty.csv", "");
    office.write("header.csv", &format!("{HEADER}\n"));
    office.write("prose.csv", "Dear all,\nplease find the list attached.\n");
    std::fs::create_dir(office.path("folder.csv")).unwrap();
    for (roster, says) in [
        ("missing.csv", "there is no such file"),
        ("empty.csv", "is empty"),
        ("header.csv", "there is no row of a person below the header in row 1"),
        ("prose.csv", "header"),
        ("folder.csv", "a folder"),
    ] {
        for command in ["invite", "check"] {
            let sandbox = (command == "invite").then_some("--sandbox");
            let ran = office.command(command).arg(roster).args(sandbox).ends(2);
            assert!(ran.stderr.contains(roster) && ran.stderr.contains(says), "{command} {roster}: {}", ran.stderr);
        }
    }
    let files: Vec<_> = office.files().into_iter().filter(|name| name.contains("results")).collect();
    assert_eq!(files, [""; 0], "no results of nothing");
}

#[test]
fn options_and_mapping_files_that_mean_nothing() {
    let office = Office::new();
    office.people(1);
    office.write("bad.toml", "[colums]\nemail = \"Email\"\n");
    office.write("missing-column.toml", "[columns]\nemail = \"E-Post\"\n");
    for (options, says) in [
        (&["--mapping", "bad.toml"][..], "columns"),
        (&["--mapping", "missing-column.toml"], "E-Post"),
        (&["--mapping", "none.toml"], "none.toml"),
        (&["--set", "email=a@example.org"], "email"),
        (&["--set", "first_name=Ana"], "first_name"),
        (&["--set", "npi_number=1234567893"], "npi_number"),
        (&["--set", "levl=member"], "level"),
        (&["--set", "level=owner"], "owner"),
        (&["--rate", "fast"], "--rate"),
        (&["--limit", "0"], "--limit"),
        (&["--max-attempts", "0"], "--max-attempts"),
        (&["--encoding", "klingon"], "klingon"),
        (&["--reinvite", "all"], "--reinvite"),
        (&["--no-such-option"], "--no-such-option"),
    ] {
        let ran = office.command("invite").args(["roster.csv", "--sandbox"]).args(options).ends(2);
        assert!(ran.stderr.contains(says), "{options:?}: {}", ran.stderr);
    }
}

#[test]
fn a_place_that_cannot_hold_the_ledger_is_told_before_the_roster_is_read() {
    let office = Office::new();
    office.write("state", "a file, not a folder");
    let ran = office.invite("not-there.csv").ends(2);
    assert!(ran.stderr.contains("ledger"), "{}", ran.stderr);
    assert!(!ran.stderr.contains("not-there.csv"), "{}", ran.stderr);
}

#[test]
fn commands_that_keep_nothing_take_the_option_and_make_no_folder() {
    let office = Office::new();
    office.write("roster.csv", "email,first_name,last_name,clinic_role\nana@example.org,Ana,Ruiz,Radiologist\n");
    for command in ["check", "map"] {
        office.command(command).args(["roster.csv", "--state-dir", "state-of-checks"]).ends(if command == "map" {
            0
        } else {
            2
        });
    }
    assert_eq!(office.files(), ["roster.csv"]);
}

#[test]
fn one_file_under_two_names_is_taken_once() {
    let office = Office::new();
    office.people(1);
    for (one, other) in [("--rejects", "./results.csv"), ("--log-file", "./results.csv"), ("--log-file", "roster.csv")]
    {
        let options = ["roster.csv", "--sandbox", "--results", "results.csv", one, other];
        let ran = office.command("invite").args(options).ends(2);
        assert!(ran.stdout.is_empty(), "{other}: {}", ran.stdout);
    }
    assert!(office.read("roster.csv").starts_with("email") || office.read("roster.csv").contains('@'));
}

#[test]
fn a_results_file_is_no_roster() {
    let office = Office::new();
    office.people(2);
    office.invite("roster.csv").ends(0);
    std::fs::rename(office.path("results.csv"), office.path("old.csv")).unwrap();
    let ran = office.invite("old.csv").ends(2);
    assert!(ran.stderr.contains("results file"), "{}", ran.stderr);
}
