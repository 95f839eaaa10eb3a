//! The results file: columns, order, mark, mode, sum, ids.

use std::os::unix::fs::PermissionsExt;

use crate::office::{HEADER, Office, count, person};

const COLUMNS: &str = "row,email,first_name,last_name,status,user_id,error_code,error,attempts,http_status,sent_at";

#[test]
fn columns_order_mark_and_mode() {
    let office = Office::new();
    office.people(30);
    office.invite("roster.csv").ends(0);
    let text = office.read("results.csv");
    assert!(text.starts_with(&format!("\u{feff}{COLUMNS}\n")) || text.starts_with(&format!("\u{feff}{COLUMNS}\r\n")));
    let lines = office.results();
    let rows: Vec<_> = lines.iter().map(|line| line.row.parse::<usize>().unwrap()).collect();
    assert_eq!(rows, (2..32).collect::<Vec<_>>());
    for (n, line) in lines.iter().enumerate() {
        assert_eq!(line.email, format!("p{n}@example.org"));
        assert_eq!((line.attempts, line.http_status), (1, Some(200)));
        let sent_at: jiff::Timestamp = line.sent_at.parse().unwrap();
        assert!(line.sent_at.ends_with('Z') && sent_at > jiff::Timestamp::UNIX_EPOCH, "{}", line.sent_at);
    }
    office.judge_ids();
    let mode = std::fs::metadata(office.path("results.csv")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    assert!(!office.path("rejects.csv").exists(), "nothing needs attention");
}

#[test]
fn no_bom_for_scripts() {
    let office = Office::new();
    office.people(1);
    office.write("broken.csv", &format!("{HEADER}\n{}\n,No,Address,Scribe,member,no,no,yes\n", person(0)));
    office.invite("broken.csv").arg("--no-bom").ends(1);
    assert!(office.read("results.csv").starts_with(COLUMNS));
    assert!(office.read("rejects.csv").starts_with("avara_problems,"));
}

#[test]
fn results_that_are_there_are_replaced() {
    let office = Office::new();
    office.people(2);
    office.write("results.csv", &"old,line\n".repeat(100));
    office.invite("roster.csv").ends(0);
    assert_eq!(count(&office.results(), "invited"), 2);
    assert!(!office.read("results.csv").contains("old"));
}

#[test]
fn by_default_they_lie_beside_the_roster_with_the_time_in_their_name() {
    let office = Office::new();
    std::fs::create_dir(office.path("in")).unwrap();
    office.people(1);
    std::fs::rename(office.path("roster.csv"), office.path("in/staff list.csv")).unwrap();
    office.command("invite").args(["in/staff list.csv", "--sandbox"]).ends(0);
    let mut names: Vec<_> = std::fs::read_dir(office.path("in"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    let [_, results] = names.as_slice() else { panic!("{names:?}") };
    let time = results.strip_prefix("staff list.results.").and_then(|rest| rest.strip_suffix(".csv")).unwrap();
    let form: String = time.chars().map(|c| if c.is_ascii_digit() { '9' } else { c }).collect();
    assert_eq!(form, "99999999-999999");
}

#[test]
fn a_row_that_repeats_an_earlier_one_gets_its_id() {
    let office = Office::new();
    let upper = person(0).replacen("p0@", "P0@", 1);
    let rows = [person(0), person(1), upper, person(0), person(2), person(3)];
    office.write("roster.csv", &format!("{HEADER}\n{}\n", rows.join("\n")));
    let ran = office.invite("roster.csv").ends(0);
    assert!(ran.stdout.ends_with("6 rows = 4 invited + 2 duplicate\n"), "{}", ran.stdout);
    let lines = office.results();
    assert_eq!((&lines[2].user_id, &lines[3].user_id), (&lines[0].user_id, &lines[0].user_id));
    assert_eq!(lines[2].error, "the same person as row 2, nothing differs");
    assert_eq!(office.posts(), 4);
}

#[test]
fn cells_that_a_spreadsheet_would_calculate_are_held_back() {
    let office = Office::new();
    let row = "p0@example.org,=cmd|x,Perl,Scribe,member,no,no,perhaps";
    office.write("roster.csv", &format!("{HEADER}\n{row}\n"));
    office.invite("roster.csv").ends(1);
    assert!(office.read("results.csv").contains(",'=cmd|x,"), "{}", office.read("results.csv"));
    assert!(office.read("rejects.csv").contains(",'=cmd|x,"), "{}", office.read("rejects.csv"));
}

#[test]
fn blank_lines_totals_and_repeated_headers_are_no_rows() {
    let office = Office::new();
    office.write("roster.csv", &format!("{HEADER}\n{}\n,,,,,,,\n{HEADER}\n{}\n", person(0), person(1)));
    office.invite("roster.csv").ends(0);
    let rows: Vec<_> = office.results().into_iter().map(|line| line.row).collect();
    assert_eq!(rows, ["2", "5"], "a row is where a person finds it");
}
