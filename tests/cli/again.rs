//! The same roster again, a mended one, a trial, a dry run: nobody is sent twice.

use avara_onboard::sandbox::{InvitationStatus, PendingInUsers, Person, SandboxOptions};

use crate::office::{HEADER, Office, count, lines, person};

#[test]
fn a_second_run_sends_nothing_and_knows_everybody() {
    let office = Office::new();
    office.people(25);
    office.invite("roster.csv").ends(0);
    let first = office.results();
    let ran = office.invite("roster.csv").ends(0);
    assert!(ran.stdout.ends_with("25 rows = 25 already_invited\n"), "{}", ran.stdout);
    assert_eq!(office.posts(), 25);
    let ids = |lines: &[crate::office::Line]| lines.iter().map(|line| line.user_id.clone()).collect::<Vec<_>>();
    assert_eq!(ids(&office.results()), ids(&first));
    assert!(office.results().iter().all(|line| line.attempts == 0 && line.sent_at.is_empty()));
}

#[test]
fn another_machine_without_the_ledger_finds_them_in_the_account() {
    let office = Office::new();
    office.people(5);
    office.account().add_member(Person::named("P0@example.org", "Pia", "Perl"));
    office.invite("roster.csv").ends(0);
    assert_eq!((office.posts(), &*office.results()[0].status), (4, "already_member"));
    std::fs::remove_dir_all(office.path("state")).unwrap();
    office.invite("roster.csv").ends(0);
    assert_eq!((office.posts(), count(&office.results(), "already_invited")), (4, 4));
    office.judge_ids();
}

#[test]
fn rejects_mended_and_passed_again_send_just_those() {
    let office = Office::new();
    let broken = |n: usize| person(n).replace("Scribe", "Wizard");
    office.write("roster.csv", &format!("{HEADER}\n{}\n{}\n{}\n", person(0), broken(1), broken(2)));
    office.invite("roster.csv").ends(1);
    assert_eq!(count(&office.results(), "invalid"), 2);
    let rejects = office.read("rejects.csv");
    assert_eq!(rejects.lines().count(), 3, "{rejects}");

    office.write("mended.csv", &rejects.replace(",Wizard,", ",Scribe,"));
    let ran = office.invite_into("mended.csv", "mended.results.csv").ends(0);
    assert!(ran.stdout.ends_with("2 rows = 2 invited\n"), "{}", ran.stdout);
    assert_eq!(office.posts(), 3);
    let emails: Vec<_> = lines(&office.path("mended.results.csv")).into_iter().map(|line| line.email).collect();
    assert_eq!(emails, ["p1@example.org", "p2@example.org"]);
    // The whole roster, mended, has nobody left to send.
    office.people(3);
    office.invite("roster.csv").ends(0);
    assert_eq!((office.posts(), count(&office.results(), "already_invited")), (3, 3));
}

#[test]
fn rejects_of_a_workbook_are_a_workbook_that_is_read_again() {
    let office = Office::new();
    office.sample("hr-export.xlsx");
    office.sample("hr-export.mapping.toml");
    let mapping = office.read("hr-export.mapping.toml");
    office.write("m.toml", &mapping.replace("level = \"admin\"", "level = \"admin\"\nhas_dashboard_access = false"));
    let invite = |roster: &str, mapping: &str, rejects: &str| {
        office
            .command("invite")
            .args([roster, "--mapping", mapping, "--base-url", office.url(), "--state-dir", "state"])
            .args(["--results", "results.csv", "--rejects", rejects, "--rate", "unlimited"])
            .env("AVARA_API_KEY", "sandbox_key")
    };
    invite("hr-export.xlsx", "m.toml", "rejects.xlsx").ends(1);
    let broken = office.results().into_iter().find(|line| line.status == "invalid").unwrap();
    assert_eq!(broken.error_code, "admin_needs_dashboard");
    let sent = office.posts();
    let ran = invite("rejects.xlsx", "hr-export.mapping.toml", "again.xlsx").ends(0);
    assert!(
        ran.stdout.ends_with("1 row = 1 invited\n") || ran.stdout.ends_with("1 rows = 1 invited\n"),
        "{}",
        ran.stdout
    );
    assert_eq!((office.posts(), &office.results()[0].email), (sent + 1, &broken.email));
}

#[test]
fn a_trial_then_the_rest() {
    let office = Office::new();
    office.people(6);
    let ran = office.invite("roster.csv").args(["--limit", "2"]).ends(1);
    assert!(ran.stdout.ends_with("6 rows = 2 invited + 4 not_sent\n"), "{}", ran.stdout);
    let told: Vec<_> = office.results().into_iter().map(|line| (line.status, line.error_code)).collect();
    assert_eq!(told[1], ("invited".to_owned(), String::new()));
    assert_eq!(told[2], ("not_sent".to_owned(), "limit".to_owned()));
    let ran = office.invite("roster.csv").ends(0);
    assert!(ran.stdout.ends_with("6 rows = 4 invited + 2 already_invited\n"), "{}", ran.stdout);
    assert_eq!(office.posts(), 6);
}

#[test]
fn a_dry_run_needs_no_key_and_calls_nobody() {
    let office = Office::new();
    office.sample("every-problem.csv");
    let ran = office.command("invite").args(["every-problem.csv", "--dry-run", "--results", "results.csv"]).ends(1);
    assert!(ran.stdout.ends_with("27 rows = 2 would_invite + 1 duplicate + 24 invalid\n"), "{}", ran.stdout);
    assert!(ran.stdout.contains("nothing is sent"), "{}", ran.stdout);
    assert!(office.results().iter().all(|line| line.user_id.is_empty() && line.attempts == 0));
    assert_eq!(office.account().requests().len(), 0);
}

#[test]
fn strict_sends_all_or_nothing() {
    let office = Office::new();
    office.write("roster.csv", &format!("{HEADER}\n{}\n{}\n", person(0), person(1).replace("Scribe", "Wizard")));
    let ran = office.invite("roster.csv").arg("--strict").ends(1);
    assert!(ran.stderr.contains("--strict"), "{}", ran.stderr);
    let told: Vec<_> = office.results().into_iter().map(|line| (line.status, line.error_code)).collect();
    let word = |status: &str, code: &str| (status.to_owned(), code.to_owned());
    assert_eq!(told, [word("not_sent", "strict"), word("invalid", "role_unknown")]);
    assert_eq!(office.posts(), 0);
    office.people(2);
    office.invite("roster.csv").arg("--strict").ends(0);
    assert_eq!(office.posts(), 2);
}

#[test]
fn set_fills_blanks_and_nothing_else() {
    let office = Office::new();
    office.write(
        "roster.csv",
        "Email,First Name,Last Name,Clinic Role,Level,Can Manage Studies\n\
         a@example.org,Ana,Abt,Scribe,admin,yes\n\
         b@example.org,Ben,Bahr,Scribe,,\n",
    );
    let set = ["level=member", "can_manage_studies=no", "can_create_reports=false", "has_dashboard_access=true"];
    office.invite("roster.csv").args(set.iter().flat_map(|set| ["--set", set])).ends(0);
    let told = |n: usize| {
        let body = &office.bodies()[n];
        ["email", "level", "canManageStudies", "canCreateReports", "hasDashboardAccess"].map(|key| body[key].clone())
    };
    let mut bodies = [told(0), told(1)];
    bodies.sort_by_key(|body| body[0].to_string());
    assert_eq!(serde_json::json!(bodies[0]), serde_json::json!(["a@example.org", "admin", true, false, true]));
    assert_eq!(serde_json::json!(bodies[1]), serde_json::json!(["b@example.org", "member", false, false, true]));
}

#[test]
fn a_withdrawn_invitation_is_sent_anew_only_on_a_word() {
    let pending_in_users = PendingInUsers::Hidden;
    let office = Office::with(SandboxOptions { pending_in_users, ..SandboxOptions::default() });
    office.people(3);
    let long_ago = office.account().now() - jiff::SignedDuration::from_hours(24 * 30);
    for (n, status) in [(0, InvitationStatus::Revoked), (1, InvitationStatus::Rejected), (2, InvitationStatus::Sent)] {
        let person = Person::named(&format!("p{n}@example.org"), "Pia", "Perl");
        office.account().add_invitation(person, status, long_ago);
    }
    office.invite("roster.csv").ends(1);
    let told: Vec<_> = office.results().into_iter().map(|line| (line.status, line.error_code)).collect();
    for (line, code) in told.iter().zip(["invitation_revoked", "invitation_rejected", "invitation_expired"]) {
        assert_eq!(*line, ("withdrawn".to_owned(), code.to_owned()));
    }
    assert_eq!(office.posts(), 0);
    office.invite("roster.csv").args(["--reinvite", "revoked,rejected"]).ends(1);
    assert_eq!((office.posts(), count(&office.results(), "invited")), (2, 2));
}

#[test]
fn rejects_of_an_earlier_night_do_not_stay() {
    let office = Office::new();
    office.people(2);
    office.write("rejects.csv", "yesterday's");
    office.invite("roster.csv").ends(0);
    assert!(!office.path("rejects.csv").exists());
}

#[test]
fn a_change_is_told_once_and_names_what_has_changed() {
    let office = Office::new();
    office.people(3);
    office.invite("roster.csv").ends(0);
    let change = |old: &str, new: &str| office.write("roster.csv", &office.read("roster.csv").replacen(old, new, 1));
    let night = || office.invite("roster.csv").arg("-q").ends(0).stdout;
    let codes = || office.results().into_iter().map(|line| line.error_code).collect::<Vec<_>>();

    change("Piab,Perl,Scribe", "Piab,Ruiz,Pharmacist");
    let told = night();
    let change_line = "What has changed since it was sent:\n  \
                       1 × invited with another last_name, clinic_role than the roster has now; nothing was sent or changed: if \
                       the roster is right, change it on the AutoScribe dashboard [details_changed], row 3\n";
    assert!(told.starts_with(change_line) && told.ends_with("3 rows = 3 already_invited\n"), "{told}");
    assert_eq!(codes(), ["", "details_changed", ""]);

    // The dashboard may have been mended or not: the lists do not show it, and nothing that is sent would.
    assert_eq!(night(), "");
    assert_eq!(codes(), ["", "details_differ", ""]);
    assert!(office.results()[1].error.contains("last_name, clinic_role"), "{:?}", office.results()[1]);

    change("Ruiz", "Ruiz Soto");
    assert!(night().contains("[details_changed], row 3"));
    change("Ruiz Soto,Pharmacist", "Perl,Scribe");
    assert_eq!((night(), codes()), (String::new(), vec![String::new(); 3]));
    assert_eq!(office.posts(), 3);
}

#[test]
fn rejects_are_passed_in_again_with_the_options_that_opened_the_roster() {
    let office = Office::new();
    let again = |options: &[&str], roster: &str, rejects: &str| {
        let call = office.command("invite").arg(roster).args(options).args(["--results", "results.csv"]);
        call.args(["--rejects", rejects, "--base-url", office.url(), "--state-dir", "state", "--rate", "unlimited"])
            .env("AVARA_API_KEY", "sandbox_key")
    };
    let rows = [person(0), person(1).replace("Perl", "P\u{e9}rl"), person(2), person(3)].map(|row| row + "\n").concat();
    let wrong = rows.replace("Scribe", "Wizard").replacen("Wizard", "Scribe", 1);
    let latin: Vec<u8> = format!("The clinic\nWho is who\n{HEADER}\n{wrong}").chars().map(|c| c as u8).collect();
    std::fs::write(office.path("roster.csv"), latin).unwrap();
    let options = ["--encoding", "windows-1252", "--header-row", "3", "--delimiter", ","];
    for (roster, no_bom) in [("roster.csv", &[][..]), ("mended.csv", &["--no-bom"])] {
        again(&[&options, no_bom].concat(), roster, "rejects.csv").ends(1);
        office.write("mended.csv", &office.read("rejects.csv").replacen(",Wizard,", ",Scribe,", 1));
    }
    again(&options, "mended.csv", "rejects.csv").ends(1);
    let names: Vec<_> = office.bodies().iter().map(|body| body["lastName"].as_str().unwrap().to_owned()).collect();
    assert_eq!(names, ["Perl", "P\u{e9}rl", "Perl"]);

    let mut book = rust_xlsxwriter::Workbook::new();
    book.add_worksheet().set_name("Notes").unwrap().write(0, 0, "nothing here").unwrap();
    let sheet = book.add_worksheet().set_name("Staff").unwrap();
    sheet.write(0, 0, "The clinic").unwrap();
    for (row, line) in (2..).zip(format!("{HEADER}\n{}", rows.replacen("Scribe", "Wizard", 1)).lines()) {
        sheet.write_row(row, 0, line.split(',')).unwrap();
    }
    book.save(office.path("roster.xlsx")).unwrap();
    let options = ["--sheet", "2", "--header-row", "3"];
    again(&options, "roster.xlsx", "rejects.xlsx").ends(1);
    let ran = again(&options, "rejects.xlsx", "again.xlsx").ends(1);
    assert!(ran.stdout.ends_with("1 row = 1 invalid\n"), "{}", ran.stdout);
}
