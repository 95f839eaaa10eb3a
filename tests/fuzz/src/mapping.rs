//! Mapping files of any text: refused with a remedy, or used on a roster of every kind of column.

use std::collections::BTreeSet;

use avara_onboard::mapping::{Assignments, ColumnPlan, MappingError, MappingFile, RosterTexts};
use avara_onboard::roster::{Cell, Location, Row};

use super::roster::written_down;

const HEADERS: [&str; 14] = [
    "Name",
    "Work Email",
    "Personal Email",
    "Phone",
    "Phone",
    "NPI",
    "Job Title",
    "Credentials",
    "Status",
    "Level",
    "Can Create Reports",
    "First Name",
    "",
    "x",
];

const ROWS: [[&str; 14]; 3] = [
    [
        "Ruiz, Ana M., Jr.",
        "ana@example.org",
        "a@mail.test",
        "555-555-0101",
        "5555550102",
        "1234567893",
        "Radiologist",
        "MD",
        "Active",
        "member",
        "yes",
        "Ana",
        "",
        "x",
    ],
    [
        "KEN ITO",
        "ken@example.org",
        "",
        "",
        "555 0103",
        "",
        "Rad Tech",
        "RT(R)",
        "Terminated",
        "admin",
        "no",
        "",
        "y",
        "",
    ],
    ["", "", "b@mail.test", "", "", "1", "Wizard / Boss", "", "", "", "", "Bo", "", "\u{202e}x"],
];

/// A mapping file's text.
pub fn mapping(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let mut file = match MappingFile::parse(&text, "m.toml") {
        Ok(file) => file,
        Err(error) => return in_words(&error),
    };
    let headers: Vec<String> = HEADERS.iter().map(|header| (*header).to_owned()).collect();
    let rows: Vec<Row> = (2..).zip(ROWS).map(|(number, cells)| row(number, &cells)).collect();
    used(&file, &headers, &rows);
    assert!(file.changes(&headers).lines().iter().all(|line| !line.is_empty()));
    file.fit(&headers, &[]);
    used(&file, &headers, &rows);
}

fn row(number: u64, cells: &[&str]) -> Row {
    let at = Location { sheet: None, row: number };
    Row { at, cells: cells.iter().map(|text| Cell::text(*text)).collect(), ragged: false }
}

fn used(file: &MappingFile, headers: &[String], rows: &[Row]) {
    let plan = match ColumnPlan::new(headers, rows, file, &Assignments::default()) {
        Ok(plan) => plan,
        Err(error) => return in_words(&error),
    };
    let mut fed = BTreeSet::new();
    for (target, columns) in plan.sources() {
        assert!(!columns.is_empty(), "{target} is read from nowhere");
        fed.extend(columns);
    }
    let mut texts = RosterTexts::default();
    for row in rows {
        texts.add(&plan, row);
    }
    written_down(&plan, &texts, rows);
}

fn in_words(error: &MappingError) {
    assert!(!error.to_string().trim().is_empty() && !error.hint().trim().is_empty(), "{error:?}");
}
