use proptest::prelude::*;

use super::*;
use crate::roster::Location;
use crate::staff::Field;
use unicode_width::UnicodeWidthStr;

fn problem(row: u64, value: &str) -> Problem {
    Problem {
        at: Location { sheet: Some("Staff".into()), row },
        column: Some("NPI".to_owned()),
        field: Some(Field::NpiNumber),
        value: value.to_owned(),
        code: "npi_length",
        message: "an NPI has ten digits".to_owned(),
    }
}

fn places<const N: usize>(rows: [u64; N]) -> Places {
    rows.map(|row| Location { sheet: Some("Staff".into()), row }).iter().collect()
}

fn source(target: &str, headers: &[&str]) -> Source {
    let owned: Vec<String> = headers.iter().map(|text| (*text).to_owned()).collect();
    Source { target: target.to_owned(), headers: owned.clone(), names: owned }
}

fn preview() -> Preview {
    Preview {
        roster: RosterFacts {
            file: "staff.xlsx".to_owned(),
            kind: Some("xlsx"),
            sheet: Some("Staff".to_owned()),
            header_row: Some(4),
            rows: 300,
            ..RosterFacts::default()
        },
        sources: vec![
            source("email", &["Work Email"]),
            source("phone_number", &["Work\nPhone", "Mobile"]),
            source("npi_number", &[]),
        ],
        questions: vec![
            Question {
                field: "level".to_owned(),
                headers: vec!["Slack Role".to_owned()],
                why: "admin rights are never taken from another system".to_owned(),
                may_wait: false,
            },
            Question {
                field: "phone_number".to_owned(),
                headers: vec!["Home".to_owned()],
                why: "it may be private".to_owned(),
                may_wait: true,
            },
        ],
        ignored: vec!["Cost Center".to_owned(), "Cost Center".to_owned()],
        ignored_names: vec!["Cost Center #1".to_owned(), "Cost Center #2".to_owned()],
        roles: [
            ("RT(R)".to_owned(), Some("Imaging Technologist")),
            ("Radiologist".to_owned(), Some("Radiologist")),
            ("Wizard".to_owned(), None),
        ]
        .into(),
        undecided: false,
        counts: Counts { ready: 280, invalid: 12, duplicate: 8, skipped: 0, admins: 1, report_creators: 40 },
        left_out: [(LeftOut::Blank, places([19, 20])), (LeftOut::Total, places([305]))].into(),
        duplicates: places([23, 24, 31, 57, 58, 90, 91, 304]),
        notes: vec!["1 hidden sheet was not read".to_owned()],
        first_problems: vec![problem(17, "12"), problem(18, "")],
        problems: 14,
        warnings: vec!["2 phone numbers have seven digits only".to_owned()],
    }
}

#[test]
fn the_text_shows_what_was_understood() {
    assert_eq!(
        preview().render(),
        "Roster   staff.xlsx, sheet \"Staff\", header in row 4, 300 data rows
         left out: 2 blank lines, 1 total or footer (row Staff!305)

Notes
  1 hidden sheet was not read

Columns
  email         ← Work Email
  phone_number  ← Work Phone, else Mobile
  npi_number    ← —
  not used: Cost Center #1, Cost Center #2

To decide
  level: admin rights are never taken from another system

Left unread, to be looked at
  phone_number: it may be private

Roles
  RT(R)  → Imaging Technologist
  not known: \"Wizard\"

Problems
  row Staff!17: NPI \"12\": an NPI has ten digits
  row Staff!18: NPI: an NPI has ten digits
  and 12 more

Warnings
  2 phone numbers have seven digits only

Ready    280 people to invite
         1 admin and 40 report creators among them
         12 rows: not to be sent before they are mended
         8 rows: the same as an earlier row (rows Staff!23, Staff!24, Staff!31 and 5 more)
"
    );
}

#[test]
fn wide_letters_keep_the_columns_straight() {
    let roles =
        [("放射線科医".to_owned(), Some("Radiologist")), ("MTA".to_owned(), Some("Imaging Technologist"))].into();
    let preview = Preview { roles, ..Preview::default() };
    let text = preview.render();
    let arrows: Vec<usize> = text.lines().filter_map(|line| line.find('→').map(|at| line[..at].width())).collect();
    assert_eq!(arrows.len(), 2);
    assert_eq!(arrows[0], arrows[1]);
}

#[test]
fn eighty_unused_columns_fit_a_terminal() {
    let preview = Preview {
        sources: vec![source("email", &["Mail"])],
        ignored_names: (1..80).map(|n| format!("Column {n}")).collect(),
        ..Preview::default()
    };
    let text = preview.render();
    assert!(text.lines().all(|line| line.width() <= 100), "{text}");
    assert!(text.contains("  not used: Column 1, Column 2,") && text.contains("\n            Column"), "{text}");
    assert_eq!(text.matches("Column").count(), 80, "one of them is the heading");
}

fn document(preview: &Preview, problems: &[Problem]) -> serde_json::Value {
    let mut json = CheckJson::begin(Vec::new(), preview).unwrap();
    for problem in problems {
        json.problem(problem).unwrap();
    }
    serde_json::from_slice(&json.finish().unwrap()).unwrap()
}

#[test]
fn the_document_has_exactly_the_documented_keys() {
    let json = document(&preview(), &preview().first_problems);
    let keys = |value: &serde_json::Value| -> Vec<String> { value.as_object().unwrap().keys().cloned().collect() };
    let sorted = |names: &[&str]| {
        let mut names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        names.sort();
        names
    };
    for (part, names) in [
        (&json, &["roster", "mapping", "questions", "ignored", "roles", "counts", "notes", "warnings", "problems"][..]),
        (&json["roster"], &["file", "kind", "sheet", "encoding", "delimiter", "header_row", "rows"]),
        (&json["questions"][0], &["field", "headers", "why"]),
        (&json["counts"], &["ready", "invalid", "duplicate", "skipped", "admins", "report_creators"]),
        (&json["problems"][0], &["row", "column", "field", "value", "code", "message"]),
    ] {
        let mut found = keys(part);
        found.sort();
        assert_eq!(found, sorted(names));
    }
    assert_eq!(
        json["mapping"],
        serde_json::json!({"email": ["Work Email"], "phone_number": ["Work\nPhone", "Mobile"]})
    );
    assert_eq!(json["roles"]["Wizard"], serde_json::Value::Null);
    assert_eq!(json["notes"], serde_json::json!(["1 hidden sheet was not read"]));
    assert_eq!(json["warnings"], serde_json::json!(["2 phone numbers have seven digits only"]));
    assert_eq!(json["problems"][0]["row"], "Staff!17");
    assert_eq!(json["problems"][1]["field"], "npi_number");
}

#[test]
fn a_roster_that_was_not_read_still_makes_a_document() {
    let preview = Preview { roster: RosterFacts::unread(Path::new("gone.csv")), ..Preview::default() };
    let json = document(&preview, &[]);
    assert_eq!(json["roster"]["file"], "gone.csv");
    assert_eq!(json["roster"]["kind"], serde_json::Value::Null);
    assert_eq!(json["problems"], serde_json::json!([]));
}

#[test]
fn the_problems_come_last() {
    let json = CheckJson::begin(Vec::new(), &preview()).unwrap().finish().unwrap();
    let text = String::from_utf8(json).unwrap();
    assert!(text.trim_end().ends_with("\"problems\":[\n]}"), "{text}");
}

proptest! {
    #[test]
    fn whatever_the_roster_holds_the_document_is_valid(values in prop::collection::vec(".{0,20}", 0..5), header in ".{0,20}") {
        let mut preview = preview();
        preview.ignored = vec![header.clone()];
        let problems: Vec<Problem> = values.iter().map(|value| problem(3, value)).collect();
        let json = document(&preview, &problems);
        prop_assert_eq!(json["problems"].as_array().unwrap().len(), values.len());
        prop_assert_eq!(&json["ignored"][0], &serde_json::Value::String(header));
    }
}
