//! Who is left out of a roster: whoever has left, and whatever is no person.

use crate::desk::{Desk, Ended};

const HEADER: &str =
    "First Name,Last Name,Email,Clinic Role,Level,Can Create Reports,Can Manage Studies,Has Dashboard Access";

/// A roster with one more column, and a person for each of its values.
fn roster(header: &str, values: &[&str]) -> String {
    let person =
        |(number, value): (usize, &&str)| format!("Ana,Ruiz,ana{number}@example.org,Scribe,member,no,no,no,{value}\n");
    format!("{HEADER},{header}\n") + &values.iter().enumerate().map(person).collect::<String>()
}

fn check(desk: &Desk, text: &str, options: &[&str]) -> Ended {
    desk.write("staff.csv", text);
    desk.run(&[&["check", "staff.csv"], options].concat())
}

fn counts(desk: &Desk, text: &str, options: &[&str]) -> [u64; 3] {
    let document = check(desk, text, &[&["--format", "json"], options].concat()).json();
    ["ready", "invalid", "skipped"].map(|count| document["counts"][count].as_u64().unwrap())
}

#[test]
fn whoever_has_left_by_a_date_is_not_invited() {
    let desk = Desk::new();
    let dates = ["", "2020-05-01", "2199-05-01", "05/03/2021", "15-Mar-2019", "31.12.2019", "n/a"];
    for header in
        ["Termination Date", "Last Day Worked", "Austritt", "Date de sortie", "Fecha de baja", "Data de saída"]
    {
        assert_eq!(counts(&desk, &roster(header, &dates), &[]), [3, 0, 4], "{header}");
    }
    let shown = check(&desk, &roster("Termination Date", &dates), &[]).exits(0).out;
    for line in [
        "4 rows left out: the date in \"Termination Date\" has passed (rows 3, 5, 6 and 1 more).",
        "1 row has a date in \"Termination Date\" that is still to come (row 4): invited all the same",
        "Rows whose date in \"Termination Date\" has passed are left out.",
    ] {
        assert!(shown.contains(line), "{line} is not in\n{shown}");
    }
}

#[test]
fn a_date_that_cannot_be_read_invites_nobody() {
    let desk = Desk::new();
    let ended = check(&desk, &roster("End Date", &["soon", ""]), &[]).exits(1);
    assert!(ended.out.contains("row 2: End Date \"soon\": this is no date"), "{}", ended.out);
    // The mapping file can say that the column is about something else.
    desk.write("m.toml", "ignore = [\"End Date\"]\n");
    assert_eq!(counts(&desk, &roster("End Date", &["soon", "2001-01-01"]), &["--mapping", "m.toml"]), [2, 0, 0]);
}

#[test]
fn dates_of_a_workbook_count_like_those_of_a_text() {
    let desk = Desk::new();
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    let date = rust_xlsxwriter::Format::new().set_num_format("dd.mm.yyyy");
    for (row, line) in (0..).zip(roster("Termination Date", &["", "", ""]).lines()) {
        for (column, text) in (0..).zip(line.split(',')) {
            sheet.write_string(row, column, text).unwrap();
        }
    }
    sheet.write_number_with_format(1, 8, 43_539.0, &date).unwrap();
    sheet.write_number(2, 8, 43_539.0).unwrap();
    sheet.write_number_with_format(3, 8, 99_000.0, &date).unwrap();
    book.save(desk.path("staff.xlsx")).unwrap();
    let document = desk.run(&["check", "staff.xlsx", "--format", "json"]).exits(0).json();
    assert_eq!((&document["counts"]["ready"], &document["counts"]["skipped"]), (&1.into(), &2.into()), "{document}");
}

#[test]
fn rooms_and_devices_are_left_out_and_shared_mailboxes_said() {
    let desk = Desk::new();
    let row = |name: &str, email: &str| format!("{name},{email},Other,member,no,no,no\n");
    let text = format!("{HEADER}\n")
        + &row("Ana,Ruiz", "ana@example.org")
        + &row("Meeting,Room 4", "room4@example.org")
        + &row("No,Reply", "noreply@example.org")
        + &row("Front,Desk", "frontdesk@example.org");
    assert_eq!(counts(&desk, &text, &[]), [2, 0, 2]);
    let shown = check(&desk, &text, &[]).exits(0).out;
    assert!(shown.contains("1 row looks like a shared mailbox"), "{shown}");
    assert!(shown.contains("(row 5)") && shown.contains("\"noreply@\""), "{shown}");
    // Where the mapping file says what to leave out by the address, it has the last word.
    desk.write("m.toml", "[skip]\nEmail = [\"frontdesk@example.org\"]\n");
    assert_eq!(counts(&desk, &text, &["--mapping", "m.toml"]), [3, 0, 1]);
}

#[test]
fn a_status_that_is_not_known_invites_nobody() {
    let desk = Desk::new();
    let statuses = ["Active", "Sleeping", "Jubilada", "En congé", "Sleeping", "Ehemalig", "Term. 3/2026"];
    let roster_of = |statuses: &[&str]| roster("Employment Status", statuses);
    assert_eq!(counts(&desk, &roster_of(&statuses), &[]), [2, 2, 3]);
    let shown = check(&desk, &roster_of(&statuses), &[]).exits(1).out;
    assert!(shown.contains("row 3: Employment Status \"Sleeping\": it is not known whether this means"), "{shown}");
    // A word that the file names adds to those that are known; those that it does not name are nobody's leaving.
    desk.write("m.toml", "[skip]\n\"Employment Status\" = [\"Sleeping\"]\n");
    assert_eq!(counts(&desk, &roster_of(&statuses), &["--mapping", "m.toml"]), [2, 0, 5]);
    desk.write("m.toml", "[skip]\n\"Employment Status\" = []\n");
    assert_eq!(counts(&desk, &roster_of(&statuses), &["--mapping", "m.toml"]), [4, 0, 3]);
    // A column of which no word is known may be about something else.
    let shown = check(&desk, &roster_of(&["Blue", "Yellow"]), &[]).exits(0).out;
    assert!(shown.contains("\"Blue\" in \"Employment Status\" (1 row)"), "{shown}");
    assert_eq!(counts(&desk, &roster("Status", &["Married", "Separated", "Single"]), &[]), [3, 0, 0]);
}

#[test]
fn a_roster_says_itself_who_is_to_be_invited() {
    let desk = Desk::new();
    for header in ["Invite?", "Include", "AutoScribe User?", "Still employed"] {
        assert_eq!(counts(&desk, &roster(header, &["Yes", "No", "x", ""]), &[]), [3, 0, 1], "{header}");
    }
    for header in ["Do not invite", "Exclude", "Left?", "Term Flag"] {
        assert_eq!(counts(&desk, &roster(header, &["Yes", "No", "x", ""]), &[]), [2, 0, 2], "{header}");
    }
}

#[test]
fn what_contradicts_a_day_of_leaving_makes_it_unclear() {
    let desk = Desk::new();
    let text = roster("End Date,Status", &["2025-12-31,Active", "2025-12-31,Terminated", "2025-12-31,"]);
    assert_eq!(counts(&desk, &text, &[]), [0, 1, 2]);
    let shown = check(&desk, &text, &[]).out;
    assert!(shown.contains("End Date \"2025-12-31\": this day has passed, but \"Status\" says \"Active\""), "{shown}");
    let back = roster("Termination Date,Rehire Date", &["2020-01-01,2022-01-01", "2024-01-01,2022-01-01"]);
    assert_eq!(counts(&desk, &back, &[]), [1, 0, 1]);
}

#[test]
fn a_heading_of_leavers_stops_everything() {
    let desk = Desk::new();
    let person = "Bo,Lee,bo@example.org,Scribe,member,no,no,no\n";
    for (heading, code) in [("TERMINATED STAFF", 2), ("Former Employees", 2), ("Left in 2025:", 2), ("FRONT OFFICE", 0)]
    {
        let ended = check(
            &desk,
            &format!("{HEADER}\nAna,Ruiz,ana@example.org,Scribe,member,no,no,no\n{heading},,,,,,,\n{person}"),
            &[],
        );
        let ended = ended.exits(code);
        assert_eq!(ended.err.contains("stands over the people below it"), code == 2, "{}", ended.err);
    }
    // A status that was left standing is no heading.
    let left_standing = roster("Status", &["Active"]) + ",,,,,,,,Terminated\n";
    assert_eq!(counts(&desk, &left_standing, &[]), [1, 0, 1]);
}

#[test]
fn a_word_that_may_be_about_anything_leaves_nobody_out() {
    let desk = Desk::new();
    let text = roster("Status", &["Active - Resource Nurse", "Active", "Inactive"]);
    assert_eq!(counts(&desk, &text, &[]), [2, 0, 1]);
    let jobs = format!("{HEADER}\n")
        + "Ana,Ruiz,ana@example.org,Scribe (Student),member,no,no,no\n"
        + "Ken,Ito,ken@example.org,Scribe - TERMINATED 3/1,member,no,no,no\n";
    assert_eq!(counts(&desk, &jobs, &[])[2], 1);
    let heading = text + "PATIENT ACCESS,,,,,,,,\n";
    // Two words may be a name, so it is handed back; it stops nobody else.
    check(&desk, &heading, &[]).exits(1);
    assert_eq!(counts(&desk, &heading, &[]), [2, 1, 1]);
}

#[test]
fn a_second_licence_of_the_person_above_is_nobody() {
    let desk = Desk::new();
    let text = roster("License,State", &["123,TX", "8,CA"]).replace("\nAna,Ruiz,ana1", "\n,,,,,,,,456,CA\nBo,Lee,bo");
    assert_eq!(counts(&desk, &text, &[]), [2, 0, 1]);
    let shown = check(&desk, &text, &[]).exits(0).out;
    assert!(shown.contains("1 row left out: all columns that are read are blank in this row (row 3)."), "{shown}");
    // With a name in it, it may be somebody.
    assert_eq!(counts(&desk, &text.replace("\n,,", "\nCy,Fox,"), &[]), [2, 1, 0]);
}

#[test]
fn a_lock_and_a_kind_leave_out_whom_they_mean() {
    let desk = Desk::new();
    assert_eq!(counts(&desk, &roster("Account locked", &["No", "Yes", "TRUE", "", "Locked"]), &[]), [2, 0, 3]);
    assert_eq!(counts(&desk, &roster("Entity Type Code", &["1", "2", "", "Organization"]), &[]), [2, 0, 2]);
}

#[test]
fn a_word_for_nothing_is_no_number() {
    let desk = Desk::new();
    let npis = roster("NPI,Phone,Middle Name", &["N/A,none,-", "n/a,-,N/A", "N/A,N/A,none", "1234567893,-,Jo"]);
    assert_eq!(counts(&desk, &npis, &[]), [4, 0, 0]);
    let shown = check(&desk, &npis, &[]).exits(0).out;
    assert!(shown.contains("3 × a word for nothing (N/A, none, -) taken off \"NPI\""), "{shown}");
}

#[test]
fn a_column_that_is_not_read_and_says_that_somebody_has_left_is_pointed_out() {
    let desk = Desk::new();
    let shown = check(&desk, &roster("Staff Category", &["Courtesy", "Resigned"]), &[]).exits(0).out;
    assert!(shown.contains("\"Staff Category\" is not read, and a row has \"Resigned\" there"), "{shown}");
    desk.write("m.toml", "ignore = [\"Staff Category\"]\n");
    let shown =
        check(&desk, &roster("Staff Category", &["Courtesy", "Resigned"]), &["--mapping", "m.toml"]).exits(0).out;
    assert!(!shown.contains("is not read, and"), "{shown}");
}

#[test]
fn a_word_to_skip_that_nobody_has_is_said() {
    let desk = Desk::new();
    desk.write("m.toml", "[skip]\nDesk = [\"Front Dsk\", \"Bakc\"]\nState = [\"TX\", \"NY\"]\n");
    let shown =
        check(&desk, &roster("Desk,State", &["Front Desk,TX", "Back,CA"]), &["--mapping", "m.toml"]).exits(0).out;
    assert!(shown.contains("No row has \"Front Dsk\" or \"Bakc\" in \"Desk\""), "{shown}");
    assert!(!shown.contains("in \"State\" ([skip]"), "{shown}");
}
