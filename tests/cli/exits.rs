//! Every exit code, and the guards.

use std::os::unix::fs::PermissionsExt;

use avara_onboard::sandbox::{Call, Fault, FaultKind, Lists, RetryAfterStyle, SandboxOptions, Trigger};

use crate::office::{HEADER, Office, count, until};

fn status(code: u16) -> Fault {
    Fault::before(FaultKind::Status(code, RetryAfterStyle::None))
}

/// What is for sending on is told by every line that was not sent.
fn assert_all(office: &Office, status: &str, code: &str) {
    for line in office.results() {
        assert_eq!((&*line.status, &*line.error_code), (status, code), "{line:?}");
    }
}

#[test]
fn code_4_the_account_refuses() {
    let redirect = Fault::before(FaultKind::Redirect { status: 302, to: None });
    for fault in [status(401), status(404), redirect] {
        let office = Office::new();
        office.people(3);
        office.account().script(Trigger::From(Call::Invite, 1), fault.clone());
        let ran = office.invite("roster.csv").args(["--concurrency", "1"]).ends(4);
        assert_all(&office, "not_sent", "account_refused");
        assert_eq!(office.posts(), 1, "{fault:?}: nothing follows a refusal");
        assert!(ran.stdout.ends_with("3 rows = 3 not_sent\n"), "{}", ran.stdout);
    }
}

#[test]
fn code_4_a_wrong_key_is_found_before_anything_is_sent() {
    let office = Office::new();
    office.people(3);
    let ran = office.invite("roster.csv").env("AVARA_API_KEY", "sandbox_other").ends(4);
    assert!(ran.stderr.contains("does not accept the API key"), "{}", ran.stderr);
    assert_eq!(office.posts(), 0);
    assert_all(&office, "not_sent", "account_refused");
}

#[test]
fn code_4_a_sandbox_key_goes_to_no_other_host() {
    let office = Office::new();
    office.people(1);
    let ran = office
        .command("invite")
        .args(["roster.csv", "--base-url", "https://api.example.org", "--state-dir", "state", "--yes"])
        .env("AVARA_API_KEY", "sandbox_abc")
        .ends(4);
    assert!(ran.stderr.contains("api.example.org") && !ran.stderr.contains("sandbox_abc"), "{}", ran.stderr);
}

#[test]
fn code_4_without_lists_unless_it_is_allowed() {
    let office = Office::with(SandboxOptions { lists: Lists::Forbidden, ..SandboxOptions::default() });
    office.people(2);
    let ran = office.invite("roster.csv").ends(4);
    assert!(ran.stderr.contains("--allow no-lists"), "{}", ran.stderr);
    assert_eq!(office.posts(), 0);
    office.invite("roster.csv").args(["--allow", "no-lists"]).ends(0);
    assert_eq!(office.posts(), 2);
}

#[test]
fn code_5_the_service_is_not_well() {
    let asked_to_wait = |code, wait: &str| Fault::before(FaultKind::Status(code, RetryAfterStyle::Text(wait.into())));
    for (call, fault, says) in [
        (Call::ListInvitations, asked_to_wait(503, "1"), "not well"),
        (Call::ListUsers, Fault::before(FaultKind::Html), "sign-in page"),
        (Call::Invite, asked_to_wait(429, "3600"), "asks to wait for"),
    ] {
        let office = Office::new();
        office.people(2);
        office.account().script(Trigger::From(call, 1), fault);
        let ran = office.invite("roster.csv").args(["--give-up-after", "50ms"]).ends(5);
        assert!(ran.stderr.contains(says), "{}", ran.stderr);
        assert_all(&office, "not_sent", "service_unavailable");
        assert_eq!(office.account().mails().len(), 0);
    }
}

#[test]
fn code_1_the_api_refuses_a_row_and_the_others_go_on() {
    let office = Office::new();
    office.people(5);
    office.account().script(Trigger::Email("p2@example.org".into()), status(400));
    let ran = office.invite("roster.csv").ends(1);
    let lines = office.results();
    assert_eq!((count(&lines, "invited"), &*lines[2].status), (4, "rejected"));
    assert_eq!((&*lines[2].error_code, lines[2].http_status), ("api_refused", Some(400)));
    assert!(ran.stdout.ends_with("5 rows = 4 invited + 1 rejected\n"), "{}", ran.stdout);

    // It is not sent again until the row has changed.
    let before = office.posts();
    office.invite("roster.csv").ends(1);
    assert_eq!((office.posts(), &*office.results()[2].status), (before, "rejected"));
    let mended = office.read("roster.csv").replace("p2@example.org,Pia", "p2@example.org,Mia");
    office.write("roster.csv", &mended);
    office.invite("roster.csv").ends(0);
    assert_eq!(office.posts(), before + 1);
    office.judge_ids();
}

#[test]
fn code_3_a_row_that_cannot_be_settled() {
    let office = Office::new();
    office.people(4);
    office.account().script(Trigger::Email("p1@example.org".into()), Fault::after(FaultKind::Reset));
    // The first listing answers; those that would settle the row do not.
    office.account().script(Trigger::From(Call::ListUsers, 2), status(403));
    office.account().script(Trigger::From(Call::ListInvitations, 2), status(403));
    office.invite("roster.csv").args(["--timeout", "200ms"]).ends(3);
    let lines = office.results();
    assert_eq!((&*lines[1].status, &*lines[1].error_code), ("unconfirmed", "outcome_unknown"));
    assert_eq!(count(&lines, "invited"), 3);
    assert_eq!(office.account().mails_to("p1@example.org"), 1);
}

#[test]
fn code_6_this_machine_cannot_record() {
    let office = Office::new();
    office.people(400);
    // No file may grow beyond 300 blocks of half a KiB: the disk is full somewhere within the run.
    let ran = office.invite("roster.csv").after("trap '' XFSZ; ulimit -f 300").ends(6);
    assert!(ran.stderr.contains("cannot record"), "{}", ran.stderr);
    let mailed = office.account().mails().len();
    assert!(mailed < 400, "the run has stopped");

    // With room again everybody who was not mailed is, and nobody twice.
    office.invite("roster.csv").args(["--timeout", "2s"]).ends(0);
    assert_eq!(office.account().mails().len(), 400);
    office.judge_ids();
}

#[test]
fn code_2_the_ledger_has_no_place() {
    let office = Office::new();
    office.people(1);
    office.write("state", "a file where the ledger's folder should be");
    let ran = office.invite("roster.csv").ends(2);
    assert!(ran.stderr.contains("--state-dir"), "{}", ran.stderr);
    assert_eq!(office.posts(), 0);
}

#[test]
fn code_7_another_run_is_at_work() {
    let office = Office::new();
    office.people(2);
    office.account().script(Trigger::Nth(Call::Invite, 1), Fault::before(FaultKind::Hang));
    let first = office.invite_into("roster.csv", "first.csv").args(["--timeout", "6s"]).starts();
    until("one invitation that hangs and one that is out", || {
        office.posts() == 2 && office.account().mails().len() == 1
    });
    let ran = office.invite("roster.csv").ends(7);
    assert!(ran.stderr.contains("avara-onboard invite"), "{}", ran.stderr);
    assert_eq!(office.account().mails().len(), 1, "the second run has sent nothing");
    first.signal("KILL");
    first.dies();
    // The lock went with the process: nobody has to clean up.
    office.invite("roster.csv").args(["--timeout", "200ms"]).ends(0);
    for n in 0..2 {
        assert_eq!(office.account().mails_to(&format!("p{n}@example.org")), 1);
    }
}

#[test]
fn code_7_another_key_that_may_be_the_same_clinics() {
    let office = Office::new();
    office.people(2);
    office.account().script(Trigger::Nth(Call::Invite, 1), Fault::before(FaultKind::Hang));
    let first = office.invite_into("roster.csv", "first.csv").args(["--timeout", "6s"]).starts();
    until("the first invitation", || office.posts() > 0);
    // No listing has shown a clinic yet, so nobody can tell whether this key is another clinic's.
    let ran = office.invite("roster.csv").env("AVARA_API_KEY", "sandbox_another").ends(7);
    assert!(ran.stderr.contains("another run is at work"), "{}", ran.stderr);
    first.signal("KILL");
    first.dies();
}

#[test]
fn code_2_real_people_are_mailed_only_on_a_word() {
    let office = Office::new();
    office.people(2);
    let invite = || office.invite("roster.csv").env("AVARA_API_KEY", "live_key");
    let ran = invite().ends(2);
    assert!(ran.stderr.contains("add --yes"), "{}", ran.stderr);
    assert_eq!(office.account().requests().len(), 0);
    assert!(!office.path("results.csv").exists());
    // With the word it goes out, to an account that takes no such key.
    invite().arg("--yes").ends(4);
    invite().env("AVARA_ONBOARD_YES", "true").ends(4);
    assert!(!office.account().requests().is_empty());
}

#[test]
fn code_2_without_a_key() {
    let office = Office::new();
    office.people(1);
    let invite = || office.command("invite").args(["roster.csv", "--base-url", office.url(), "--state-dir", "state"]);
    assert!(invite().ends(2).stderr.contains("there is no API key"));
    office.write("key", "sandbox_key\n");
    std::fs::set_permissions(office.path("key"), std::fs::Permissions::from_mode(0o600)).unwrap();
    assert!(!invite().args(["--api-key-file", "key"]).ends(0).stderr.contains("warning"));
    assert!(invite().args(["--api-key-file", "nokey"]).ends(2).stderr.contains("nokey"));
    assert!(invite().args(["--api-key", "sandbox_key"]).ends(2).stderr.contains("--api-key"), "never from argv");
}

#[test]
fn code_8_too_many_admins() {
    let office = Office::new();
    let rows = |admins: usize, members: usize| {
        let row = |n: usize| {
            let level = if n < admins { "admin" } else { "member" };
            format!("q{n}@example.org,Quin,Quill,Scribe,{level},no,no,yes\n")
        };
        (0..admins + members).map(row).collect::<String>()
    };
    for (admins, members, code) in [(5, 0, 0), (6, 53, 8), (6, 54, 0), (6, 0, 8)] {
        office.write("roster.csv", &format!("{HEADER}\n{}", rows(admins, members)));
        let ran = office.command("invite").args(["roster.csv", "--sandbox", "--rate", "unlimited"]).ends(code);
        if code == 8 {
            assert!(ran.stderr.contains("--allow admins"), "{}", ran.stderr);
        }
    }
    let ran = office.command("invite").args(["roster.csv", "--sandbox", "--allow", "admins"]).ends(0);
    assert!(ran.stdout.ends_with("6 rows = 6 invited\n"), "{}", ran.stdout);
}

#[test]
fn code_8_everybody_an_admin_or_a_report_creator_by_one_option() {
    let office = Office::new();
    office.write(
        "roster.csv",
        "email,first_name,last_name,npi,clinic_role,can_manage_studies,has_dashboard_access\n\
         a@example.org,Ana,Abt,1234567893,Radiologist,no,yes\n\
         b@example.org,Ben,Bahr,1003000126,Radiologist,no,yes\n",
    );
    let invite = |level: &str, reports: &str| {
        let set = [format!("level={level}"), format!("can_create_reports={reports}")];
        office.command("invite").args(["roster.csv", "--sandbox", "--set", &set[0], "--set", &set[1]])
    };
    invite("member", "no").ends(0);
    assert!(invite("admin", "no").ends(8).stderr.contains("--allow admins"));
    assert!(invite("member", "yes").ends(8).stderr.contains("--allow reports"));
    invite("admin", "no").args(["--allow", "admins"]).ends(0);
    invite("member", "yes").args(["--allow", "reports"]).ends(0);
}
