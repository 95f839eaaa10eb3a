//! Workbooks whose roster cannot be told among the sheets, and files that are none or change.

use std::io::Write;

use avara_onboard::roster::{RosterError, RosterOptions};

use super::{all_refused, bad};
use crate::support::{Desk, SheetXml, row, staff, xlsx};

#[test]
fn sheets_that_cannot_be_chosen() {
    let two = xlsx(&[SheetXml::new("NEW PROVIDERS", &staff()), SheetXml::new("TERM PROVIDERS", &staff())], &[]);
    let left = xlsx(&[SheetXml::new("Terminated", &staff())], &[]);
    let nobody_new =
        [SheetXml::new("NEW PROVIDERS", &row(1, &["Name", "Email"])), SheetXml::new("TERM PROVIDERS", &staff())];
    let nobody_new = xlsx(&nobody_new, &[]);
    let rows_hidden = staff().replace(r#"<row r="2""#, r#"<row hidden="1" r="2""#);
    let rows_hidden = xlsx(&[SheetXml::new("Staff", &rows_hidden)], &[]);
    let instructions = SheetXml::new("How to", &row(1, &["Fill in the other sheet"]));
    let instructions = xlsx(&[instructions, SheetXml::new("Staff", &staff()).hidden()], &[]);
    let second = row(1, &["First name", "Last name", "Email"])
        + &row(2, &["Ana", "Ruiz", "ana@example.org"])
        + &row(3, &["Last name", "First name", "Email"]);
    let second = xlsx(&[SheetXml::new("Staff", &second)], &[]);
    let hidden = xlsx(&[SheetXml::new("Staff", &staff()).hidden()], &[]);
    let empty = xlsx(&[SheetXml::new("Staff", "")], &[]);
    let no_header = xlsx(&[SheetXml::new("Staff", &row(1, &["Ana", "ana@example.org"]))], &[]);
    let neither = xlsx(&[SheetXml::new("A", &row(1, &["x"])), SheetXml::new("B", &row(1, &["y"]))], &[]);
    let only_header = xlsx(&[SheetXml::new("Staff", &row(3, &["Name", "Email"]))], &[]);
    all_refused(vec![
        bad("two that are alike", two.clone(), "sheet_unclear", "\"NEW PROVIDERS\", \"TERM PROVIDERS\""),
        bad("a name that is none", two.clone(), "no_such_sheet", "\"Staff\"")
            .with(|options| options.sheet = Some("Staff".into())),
        bad("a number that is none", two, "no_such_sheet", "\"3\"").with(|options| options.sheet = Some("3".into())),
        bad("one, of people who have left", left, "sheet_of_leavers", "the sheet \"Terminated\" is the only one"),
        bad("two, and only who has left in them", nobody_new, "sheet_of_leavers", "\"TERM PROVIDERS\""),
        bad("every row hidden", rows_hidden, "roster_without_rows", "in row 1; one row is hidden"),
        bad("a sheet of instructions, and a hidden roster", instructions, "sheet_not_found", "\"How to\", \"Staff\""),
        bad("a second table in another order", second, "another_header", "row Staff!3: here another header begins"),
        bad("all hidden", hidden, "sheet_not_found", "\"Staff\""),
        bad("an empty sheet", empty, "roster_empty", "is empty"),
        bad("no header", no_header, "header_not_found", "sheet \"Staff\""),
        bad("no header in two", neither, "sheet_not_found", "\"A\", \"B\""),
        bad("only a header", only_header.clone(), "roster_without_rows", "header in row 3"),
        bad("a header row that is blank", only_header, "header_row_missing", "row 2")
            .with(|options| options.header_row = Some(2)),
    ]);
}

#[test]
fn what_is_no_file() {
    let desk = Desk::new("staff.csv", b"Name,Email\n");
    let open = |path: &std::path::Path| {
        avara_onboard::roster::open(path, &RosterOptions::default(), &crate::support::Words).unwrap_err()
    };
    assert_eq!(open(&desk.folder().join("other.csv")).code(), "roster_missing");
    assert_eq!(open(desk.folder()).code(), "roster_not_a_file");
    assert!(open(desk.folder()).to_string().ends_with("is a folder, not a file"));
}

#[test]
fn a_file_that_changes_is_refused() {
    let desk = Desk::new("staff.csv", &b"Name,Email\nAna,ana@example.org\n".repeat(20_000));
    let roster = desk.open().unwrap();
    let mut rows = roster.rows().unwrap();
    assert!(rows.next().unwrap().is_ok());
    let mut file = std::fs::OpenOptions::new().append(true).open(desk.path()).unwrap();
    file.write_all(b"Bo,bo@example.org\n").unwrap();
    drop(file);
    assert!(matches!(rows.last(), Some(Err(RosterError::Changed { .. }))));
    assert_eq!(roster.rows().unwrap_err().code(), "roster_changed");
    std::fs::remove_file(desk.path()).unwrap();
    assert_eq!(roster.check_unchanged().unwrap_err().code(), "roster_changed");
}
