//! `resolve`, `runs` and `revoke` as a whole program, against a sandbox whose account is the judge.

use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Output;
use std::sync::Arc;
use std::time::Duration;

use assert_cmd::Command;
use avara_onboard::ledger::KeyFingerprint;
use avara_onboard::ledger::lock::{AccountLock, Holder};
use avara_onboard::sandbox::{
    Account, Call, Fault, FaultKind, InvitationStatus, Lists, RetryAfterStyle, Sandbox, SandboxOptions, Trigger,
};
use serde_json::Value;

const HEADER: &str = "First Name,Last Name,Email,Clinic Role,Level,Can Create Reports,Can Manage Studies,Has Dashboard \
                      Access\n";
const PEOPLE: [&str; 4] = ["ana", "bo", "cem", "dee"];

/// A clinic's desk: a sandbox, a roster, a state folder.
struct Desk {
    folder: tempfile::TempDir,
    sandbox: Sandbox,
    account: Arc<Account>,
    runtime: tokio::runtime::Runtime,
}

impl Desk {
    fn new() -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let address = SocketAddr::from(([127, 0, 0, 1], 0));
        let sandbox = runtime.block_on(Sandbox::start(SandboxOptions::default(), address)).unwrap();
        let account = sandbox.account();
        let desk = Desk { folder: tempfile::tempdir().unwrap(), sandbox, account, runtime };
        let rows: String =
            PEOPLE.iter().map(|name| format!("{name},Test,{},Other,member,no,no,no\n", email(name))).collect();
        fs::write(desk.path("staff.csv"), format!("{HEADER}{rows}")).unwrap();
        desk
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn state(&self) -> PathBuf {
        self.path("state")
    }

    /// The program with a clean environment and this desk's account.
    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::cargo_bin("avara-onboard").unwrap();
        command.env_clear().current_dir(self.folder.path()).args(args).env("AVARA_ONBOARD_STATE_DIR", self.state());
        command.env("AVARA_BASE_URL", self.sandbox.base_url()).env("AVARA_API_KEY", self.sandbox.key());
        command
    }

    fn run(&self, args: &[&str]) -> Output {
        self.command(args).output().unwrap()
    }

    /// Runs, and checks the exit code.
    fn ends(&self, args: &[&str], code: i32) -> Output {
        let output = self.run(args);
        assert_eq!(output.status.code(), Some(code), "{args:?}\n{}\n{}", text(&output.stdout), text(&output.stderr));
        output
    }

    fn json(&self, args: &[&str], code: i32) -> Value {
        let output = self.ends(&[args, &["--format", "json"]].concat(), code);
        let document: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(document["exit_code"], code);
        document
    }

    fn invite(&self, code: i32) {
        self.ends(&["invite", "staff.csv", "--results", "results.csv", "--rate", "unlimited"], code);
    }

    /// The run that was begun last.
    fn last_run(&self) -> String {
        self.json(&["runs"], 0)["runs"][0]["id"].as_str().unwrap().to_owned()
    }

    /// A run that dies while the answer for the n-th row is on its way.
    fn die_at(&self, nth: u32) {
        self.die("delivery.after_answer", nth);
    }

    /// A run that dies at the n-th passing of a fault point.
    fn die(&self, point: &str, nth: u32) {
        let mut command = self.command(&["invite", "staff.csv", "--results", "results.csv", "--concurrency", "1"]);
        // Short, since a row whose answer never came is waited for so long; no proof needs it.
        command.args(["--timeout", "500ms"]).env("AVARA_ONBOARD_FAULT_POINT", format!("{point}:{nth}"));
        if nth == 1 {
            // The intents of those who come next are noted ahead.
            command.args(["--limit", "1"]);
        }
        // An answer takes a while, in which what came before it reaches the ledger, on a busy disk too.
        self.account.reconfigure(|options| options.latency = Duration::from_millis(50));
        assert_eq!(command.output().unwrap().status.code(), None, "it was to be killed");
        self.account.reconfigure(|options| options.latency = Duration::ZERO);
    }

    fn invited(&self) -> usize {
        self.account.mails().len()
    }

    fn status_of(&self, name: &str) -> InvitationStatus {
        let invitations = self.account.invitations();
        invitations.iter().find(|invitation| invitation.person.email == email(name)).unwrap().status
    }
}

fn email(name: &str) -> String {
    format!("{name}@clinic.test")
}

/// The row of the second person. Whether the first one's answer had reached the ledger, or the third's intent, is the disk's
/// affair.
fn of_bo(rows: &Value) -> Value {
    rows.as_array().unwrap().iter().find(|row| row["email"] == email("bo")).unwrap().clone()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// The column `status` (or another) of a results file, line by line.
fn column(path: &Path, name: &str) -> Vec<String> {
    let bytes = fs::read(path).unwrap();
    let bytes = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(&bytes);
    let mut reader = csv::Reader::from_reader(bytes);
    let index = reader.headers().unwrap().iter().position(|header| header == name).unwrap();
    reader.records().map(|record| record.unwrap()[index].to_owned()).collect()
}

#[test]
fn before_the_first_run_there_is_nothing_and_no_ledger_is_made() {
    let desk = Desk::new();
    assert_eq!(text(&desk.ends(&["runs"], 0).stdout), "No runs yet.\n");
    assert_eq!(text(&desk.ends(&["resolve"], 0).stdout), "No row is in doubt.\n");
    desk.ends(&["resolve", "--check"], 0);
    desk.ends(&["runs", "forget", "--older-than", "90d"], 0);
    for args in [&["runs", "results", "01"][..], &["revoke", "01"], &["resolve", "--sent", "1r"]] {
        assert!(text(&desk.ends(args, 2).stderr).contains("hint:"), "{args:?}");
    }
    assert!(!desk.state().exists());
    assert!(desk.account.requests().is_empty());
}

#[test]
fn a_run_is_listed_and_its_results_come_back_byte_for_byte() {
    let desk = Desk::new();
    desk.invite(0);
    let list = text(&desk.ends(&["runs"], 0).stdout);
    assert!(list.contains("invite   staff.csv  0     4 = 4 invited"), "{list}");
    let run = desk.last_run();
    desk.ends(&["runs", "results", &run[..13], "--results", "again.csv"], 0);
    assert_eq!(fs::read(desk.path("again.csv")).unwrap(), fs::read(desk.path("results.csv")).unwrap());
    let named = desk.json(&["runs", "results", &run], 0);
    let default = named["results"].as_str().unwrap();
    assert!(default.starts_with("staff.results.") && desk.path(default).exists(), "{default}");
}

#[test]
fn a_state_folder_may_be_named_before_or_after_the_subcommand() {
    let desk = Desk::new();
    desk.invite(0);
    let (run, state) = (desk.last_run(), desk.state());
    let state = state.to_str().unwrap();
    for args in [
        &["runs", "--state-dir", state, "results", &run, "--results", "a.csv"][..],
        &["runs", "results", &run, "--results", "b.csv", "--state-dir", state],
    ] {
        desk.command(args).env_remove("AVARA_ONBOARD_STATE_DIR").assert().code(0);
    }
}

#[test]
fn the_results_of_a_run_that_was_cut_off_have_every_row() {
    let desk = Desk::new();
    fs::write(
        desk.path("staff.csv"),
        fs::read_to_string(desk.path("staff.csv")).unwrap() + "nobody,,,,member,no,no,no\n",
    )
    .unwrap();
    desk.die_at(3);
    let run = desk.last_run();
    let listed = &desk.json(&["runs"], 0)["runs"][0];
    assert_eq!((&listed["ended"], &listed["rows"]), (&Value::Bool(false), &Value::from(5)));
    let again = desk.ends(&["runs", "results", &run, "--results", "again.csv"], 3);
    assert!(text(&again.stderr).contains("this run was cut off"), "{}", text(&again.stderr));
    let statuses = column(&desk.path("again.csv"), "status");
    // Two answers came, at the third it died; how much of that had reached the ledger is the disk's affair.
    assert!(statuses[..2].iter().all(|status| ["invited", "unconfirmed"].contains(&status.as_str())), "{statuses:?}");
    assert!(statuses[2] == "unconfirmed" && statuses[4] == "invalid", "{statuses:?}");
    assert!(["unconfirmed", "not_sent"].contains(&statuses[3].as_str()), "{statuses:?}");
    assert_eq!(column(&desk.path("again.csv"), "row"), ["2", "3", "4", "5", "6"]);

    // The next run settles what was in doubt, and the results of the one before say so too.
    desk.invite(1);
    desk.ends(&["runs", "results", &run, "--results", "later.csv"], 1);
    let later = column(&desk.path("later.csv"), "status");
    assert_eq!(later[..3], ["invited", "invited", "invited"], "{later:?}");
    assert!(["failed", "not_sent"].contains(&later[3].as_str()), "{later:?}");
    assert_eq!(column(&desk.path("later.csv"), "user_id")[..3], column(&desk.path("results.csv"), "user_id")[..3]);
}

#[test]
fn a_row_in_doubt_is_listed_and_asked_about_without_sending() {
    let desk = Desk::new();
    desk.die_at(2);
    assert_eq!(desk.invited(), 2);
    of_bo(&desk.json(&["resolve"], 3)["unresolved"]);
    let human = text(&desk.ends(&["resolve"], 3).stdout);
    assert!(
        human.contains("bo Test <bo@clinic.test>, row 3 of staff.csv") && human.contains("resolve --check"),
        "{human}"
    );
    let settled = desk.json(&["resolve", "--check"], 0);
    assert_eq!(of_bo(&settled["settled"])["settled"], "sent");
    assert_eq!(desk.invited(), 2);
    desk.ends(&["resolve"], 0);
    desk.invite(0);
    assert_eq!(desk.invited(), 4);
}

#[test]
fn what_cannot_be_believed_stays_in_doubt_and_a_person_settles_it() {
    let desk = Desk::new();
    desk.die_at(1);
    // The lists show nothing of ours: whatever they say, it proves nothing.
    desk.account.reconfigure(|options| options.lists = Lists::Forbidden);
    desk.ends(&["resolve", "--check", "--timeout", "100ms"], 3);
    let id = desk.json(&["resolve"], 3)["unresolved"][0]["id"].as_str().unwrap().to_owned();

    desk.ends(&["resolve", "--sent", "999z"], 2);
    desk.ends(&["resolve", "--sent", &id, "--not-sent", &id], 2);
    assert_eq!(desk.json(&["resolve"], 3)["unresolved"].as_array().unwrap().len(), 1, "nothing was changed");

    let settled = desk.command(&["resolve", "--sent", &id]).env_remove("AVARA_API_KEY").output().unwrap();
    assert_eq!(settled.status.code(), Some(0), "no key is needed");
    assert!(text(&settled.stdout).contains("counts as sent, on your word"));
    desk.account.reconfigure(|options| options.lists = Lists::Open);
    desk.invite(0);
    assert_eq!(desk.account.mails_to(&email("ana")), 1);
}

#[test]
fn what_is_surely_not_there_is_sent_by_the_next_run() {
    let desk = Desk::new();
    desk.die("delivery.before_send", 2);
    // An hour has gone by since: then what was confirmed and shows is control enough.
    let ledger = rusqlite::Connection::open(desk.state().join("ledger.sqlite3")).unwrap();
    let an_hour_ago = format!("{:.3}", jiff::Timestamp::now() - jiff::SignedDuration::from_hours(1));
    let aged = ledger.execute("UPDATE intent SET sent_at = ?1 WHERE state = 'open'", [an_hour_ago]).unwrap();
    assert!(aged > 0);
    drop(ledger);
    let settled = desk.json(&["resolve", "--check"], 0);
    assert_eq!(of_bo(&settled["settled"])["settled"], "not_sent");
    assert_eq!(desk.invited(), 1, "nothing is sent by asking");
    desk.invite(0);
    assert_eq!(desk.invited(), 4);
}

#[test]
fn what_was_not_sent_on_a_persons_word_is_sent_by_the_next_run() {
    let desk = Desk::new();
    desk.account.script(Trigger::Email(email("bo")), Fault::before(FaultKind::Reset));
    desk.account.reconfigure(|options| options.lists = Lists::Forbidden);
    desk.ends(&["invite", "staff.csv", "--timeout", "100ms", "--allow", "no-lists"], 3);
    desk.account.reconfigure(|options| options.lists = Lists::Open);
    let listed = desk.json(&["resolve"], 3);
    let row = &listed["unresolved"][0];
    assert_eq!((&row["row"], &row["name"]), (&Value::from("3"), &Value::from("bo Test")));
    desk.ends(&["resolve", "--not-sent", row["id"].as_str().unwrap()], 0);
    desk.invite(0);
    assert_eq!(desk.account.mails_to(&email("bo")), 1);
    assert_eq!(desk.invited(), 4);
}

#[test]
fn nothing_is_changed_while_a_run_is_at_work() {
    let desk = Desk::new();
    desk.die_at(2);
    let id = desk.json(&["resolve"], 3)["unresolved"][0]["id"].as_str().unwrap().to_owned();
    let run = desk.last_run();
    let identity = AccountLock::key_identity(&desk.sandbox.base_url(), &KeyFingerprint::of(desk.sandbox.key()));
    let holder = Holder { pid: 1, command: "a run".to_owned(), started_at: jiff::Timestamp::UNIX_EPOCH };
    let lock = AccountLock::acquire(&desk.state(), &identity, &holder).unwrap();
    for args in [
        &["resolve", "--check"][..],
        &["resolve", "--sent", &id],
        &["revoke", &run],
        &["runs", "forget", "--older-than", "0d", "--yes"],
        // The newest run has not ended, so it may be the one at work.
        &["runs", "results", &run],
    ] {
        let refused = desk.ends(args, 7);
        assert!(text(&refused.stderr).contains("process 1 (a run)"), "{args:?}");
    }
    // Looking changes nothing.
    desk.ends(&["resolve"], 3);
    desk.ends(&["runs"], 0);
    drop(lock);
    desk.ends(&["resolve", "--sent", &id], 0);
}

#[test]
fn forgetting_asks_first_erases_and_keeps_the_protection() {
    let desk = Desk::new();
    desk.invite(0);
    let run = desk.last_run();
    let unasked = desk.ends(&["runs", "forget", "--older-than", "0d"], 2);
    assert!(text(&unasked.stderr).contains("--yes"));
    desk.ends(&["runs", "forget", "--older-than", "90"], 2);
    assert_eq!(desk.json(&["runs", "forget", "--older-than", "90d", "--yes"], 0)["forgotten"]["runs"], 0);
    let forgotten = desk.json(&["runs", "forget", "--older-than", "0d", "--yes"], 0);
    assert_eq!((&forgotten["forgotten"]["runs"], &forgotten["forgotten"]["rows"]), (&Value::from(1), &Value::from(4)));
    for entry in fs::read_dir(desk.state()).unwrap().filter_map(Result::ok).filter(|entry| entry.path().is_file()) {
        assert!(!text(&fs::read(entry.path()).unwrap()).contains("clinic.test"), "{:?}", entry.path());
    }
    for args in [&["runs", "results", &run][..], &["revoke", &run]] {
        assert!(text(&desk.ends(args, 2).stderr).contains("were erased on"), "{args:?}");
    }
    desk.account.reconfigure(|options| options.lists = Lists::Forbidden);
    desk.invite(0);
    assert_eq!(desk.invited(), 4, "the fingerprints alone keep everybody from a second invitation");
}

#[test]
fn a_doubt_whose_address_was_erased_is_settled_by_the_same_roster() {
    let desk = Desk::new();
    desk.die_at(2);
    let forgotten = desk.json(&["runs", "forget", "--older-than", "0d", "--yes"], 0);
    assert!(forgotten["forgotten"]["in_doubt"].as_u64().unwrap() > 0);
    assert_eq!(desk.json(&["resolve"], 3)["unresolved"][0]["email"], Value::Null);
    desk.invite(0);
    desk.ends(&["resolve"], 0);
    assert_eq!(desk.invited(), 4);
}

#[test]
fn a_wrong_run_is_taken_back_as_far_as_it_is_pending() {
    let desk = Desk::new();
    desk.invite(0);
    desk.account.accept(&email("bo")).unwrap();
    desk.account.revoke(&email("cem")).unwrap();
    let run = desk.last_run();
    let output = desk.ends(&["revoke", &run, "--results", "revoked.csv"], 1);
    let human = text(&output.stdout);
    assert!(human.contains("2 pending, to be revoked"), "{human}");
    assert!(human.ends_with("4 invitations = 2 revoked + 1 not_pending + 1 accepted\n"), "{human}");
    assert_eq!(column(&desk.path("revoked.csv"), "status"), ["revoked", "accepted", "not_pending", "revoked"]);
    assert_eq!(column(&desk.path("revoked.csv"), "row"), ["2", "3", "4", "5"]);
    assert_eq!(desk.status_of("ana"), InvitationStatus::Revoked);
    assert_eq!(desk.status_of("bo"), InvitationStatus::Accepted);
    // Once more: nothing is left to take back, and the next run does not invite them anew.
    let again = desk.json(&["revoke", &run[..13]], 1);
    assert_eq!(again["summary"]["statuses"]["not_pending"], 3);
    desk.invite(1);
    assert_eq!(desk.invited(), 4);
}

#[test]
fn only_what_the_run_itself_sent_is_taken_back() {
    let desk = Desk::new();
    desk.ends(&["invite", "staff.csv", "--limit", "2", "--rate", "unlimited"], 1);
    desk.invite(0);
    let run = desk.last_run();
    desk.ends(&["revoke", &run], 0);
    let states = PEOPLE.map(|name| desk.status_of(name));
    use InvitationStatus::{Revoked, Sent};
    assert_eq!(states, [Sent, Sent, Revoked, Revoked]);
}

#[test]
fn what_a_killed_run_may_have_sent_is_taken_back_too() {
    let desk = Desk::new();
    desk.die_at(2);
    let run = desk.last_run();
    desk.ends(&["revoke", &run], 0);
    assert_eq!(["ana", "bo"].map(|name| desk.status_of(name)), [InvitationStatus::Revoked; 2]);
}

#[test]
fn a_revocation_without_an_answer_is_looked_up_before_it_is_asked_again() {
    let desk = Desk::new();
    desk.invite(0);
    let run = desk.last_run();
    let script = |nth, fault| desk.account.script(Trigger::Nth(Call::RevokeInvitation, nth), fault);
    script(1, Fault::after(FaultKind::Reset));
    script(2, Fault::before(FaultKind::Reset));
    script(4, Fault::before(FaultKind::Status(429, RetryAfterStyle::Millis(50))));
    let done = desk.json(&["revoke", &run, "--concurrency", "1", "--results", "revoked.csv"], 0);
    assert_eq!(done["summary"]["statuses"]["revoked"], 4);
    assert_eq!(column(&desk.path("revoked.csv"), "attempts").iter().filter(|n| *n == "2").count(), 2);
    assert!(PEOPLE.iter().all(|name| desk.status_of(name) == InvitationStatus::Revoked));
    let asked = |path: &str| desk.account.requests().iter().filter(|seen| seen.path.contains(path)).count();
    assert_eq!(asked("/invitations/inv_"), 2, "one look for each answer that never came");
    assert_eq!(asked("/invitations/revoke"), 6);
}

#[test]
fn a_refusal_of_the_key_stops_and_says_what_was_not_asked() {
    let desk = Desk::new();
    desk.invite(0);
    let run = desk.last_run();
    let refuse = Fault::before(FaultKind::Status(401, RetryAfterStyle::None));
    desk.account.script(Trigger::From(Call::RevokeInvitation, 2), refuse);
    let done = desk.json(&["revoke", &run, "--concurrency", "1", "--results", "revoked.csv"], 4);
    assert_eq!(column(&desk.path("revoked.csv"), "status"), ["revoked", "not_sent", "not_sent", "not_sent"]);
    assert!(done["stopped"].as_str().unwrap().contains("401"));
}

#[test]
fn without_lists_or_with_another_account_nothing_is_revoked() {
    let desk = Desk::new();
    desk.invite(0);
    let run = desk.last_run();
    desk.account.reconfigure(|options| options.lists = Lists::Forbidden);
    assert!(text(&desk.ends(&["revoke", &run], 4).stderr).contains("nothing was revoked"));

    let address = SocketAddr::from(([127, 0, 0, 1], 0));
    let elsewhere = desk.runtime.block_on(Sandbox::start(SandboxOptions::default(), address)).unwrap();
    let mut command = desk.command(&["revoke", &run]);
    let refused = command.env("AVARA_BASE_URL", elsewhere.base_url()).output().unwrap();
    assert_eq!(refused.status.code(), Some(4), "{}", text(&refused.stderr));
    assert!(text(&refused.stderr).contains("another account"));
    assert_eq!(desk.status_of("ana"), InvitationStatus::Sent);
}

#[test]
fn a_key_that_the_account_refuses_revokes_nothing() {
    let desk = Desk::new();
    desk.invite(0);
    let run = desk.last_run();
    let refused = desk.command(&["revoke", &run, "--yes"]).env("AVARA_API_KEY", "live_key").output().unwrap();
    assert_eq!(refused.status.code(), Some(4), "{}", text(&refused.stderr));
    assert!(text(&refused.stderr).contains("Nothing was revoked"));
    assert_eq!(desk.status_of("ana"), InvitationStatus::Sent);
}
