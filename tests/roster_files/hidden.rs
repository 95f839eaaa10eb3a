//! What a spreadsheet hides: rows are left out and said, columns are read and said.

use avara_onboard::roster::LeftOut;

use crate::support::{Desk, SheetXml, left_out, ods, ods_row, people, row, staff, xlsb, xlsb_record, xlsb_row, xlsx};

/// The header and two people, the first of them in a row that is hidden as `hide` does it.
fn table(hide: impl Fn(String) -> String) -> String {
    ods_row(&["Name", "Email"]) + &hide(ods_row(&["Bo", "bo@example.org"])) + &ods_row(&["Cy", "cy@example.org"])
}

#[test]
fn hidden_rows_are_left_out_and_noted() {
    let hidden = row(3, &["Bo", "bo@example.org"]).replace("<row ", r#"<row hidden="1" "#);
    let desk = Desk::new(
        "staff.xlsx",
        &xlsx(&[SheetXml::new("Staff", &(staff() + &hidden + &row(5, &["Cy", "cy@example.org"])))], &[]),
    );
    assert!(desk.open().unwrap().source().notes.iter().any(|note| note.contains("sheet hides")));
    let items = desk.read().unwrap();
    assert_eq!(people(&items).len(), 2);
    let expected = [("Staff!3", LeftOut::Hidden), ("Staff!4", LeftOut::Blank)];
    assert_eq!(left_out(&items), expected.map(|(at, why)| (at.to_owned(), why)));
    assert_eq!(people(&items)[1].at.to_string(), "Staff!5");
}

#[test]
fn hidden_rows_of_an_open_document_are_left_out() {
    let hide = |row: String| row.replace("<table:table-row", r#"<table:table-row table:visibility="filter""#);
    let items = Desk::new("staff.ods", &ods(&table(hide))).read().unwrap();
    assert_eq!(left_out(&items), [("Staff!2".to_owned(), LeftOut::Hidden)]);
    assert_eq!(people(&items)[0].at.to_string(), "Staff!3");
}

#[test]
fn hidden_rows_of_a_binary_workbook_are_left_out() {
    let mut hidden = xlsb_row(1, &[(0, "Bo"), (1, "bo@example.org")]);
    // Behind the record's kind and length: the row, its format, its height, and two bytes of flags.
    hidden[2 + 11] |= 0x10;
    let header = xlsb_row(0, &[(0, "Name"), (1, "Email")]);
    let cells = [header, hidden, xlsb_row(2, &[(0, "Cy"), (1, "cy@example.org")])].concat();
    let desk = Desk::new("staff.xlsb", &xlsb(&[], &cells));
    assert!(
        desk.open()
            .unwrap()
            .source()
            .notes
            .iter()
            .any(|note| note.starts_with("Rows that the sheet hides are left out"))
    );
    let items = desk.read().unwrap();
    assert_eq!(left_out(&items), [("Staff!2".to_owned(), LeftOut::Hidden)]);
    assert_eq!(people(&items)[0].at.to_string(), "Staff!3");
}

#[test]
fn hidden_columns_are_read_and_said() {
    let xml = format!(
        r#"<worksheet><cols><col min="2" max="3" hidden="1"/></cols><sheetData>{}</sheetData></worksheet>"#,
        staff()
    );
    let excel = xlsx(&[SheetXml { name: "Staff", state: "", xml }], &[]);
    let columns = r#"<table:table-column/><table:table-column table:visibility="collapse"/>"#;
    let open_document = ods(&(columns.to_owned() + &table(|row| row)));
    let column = xlsb_record(&[0x3C], &[&[1, 0, 0, 0, 1, 0, 0, 0][..], &[0; 8], &[1, 0]].concat());
    let cells = [xlsb_row(0, &[(0, "Name"), (1, "Email")]), xlsb_row(1, &[(0, "Bo"), (1, "bo@example.org")])].concat();
    for (kind, bytes) in [("xlsx", excel), ("ods", open_document), ("xlsb", xlsb(&column, &cells))] {
        let desk = Desk::new("staff", &bytes);
        let roster = desk.open().unwrap();
        let said = roster.source().notes.iter().any(|note| note.contains("hides") && note.contains("\"Email\""));
        assert!(said, "{kind}: {:?}", roster.source().notes);
        assert!(!roster.source().notes.iter().any(|note| note.contains("\"Name\"")), "{kind}");
        assert!(roster.sample(1).unwrap()[0].cells[1].text.contains("@example.org"), "{kind}");
    }
}

#[test]
fn whoever_is_struck_through_is_left_out() {
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    let (struck, bold) =
        (rust_xlsxwriter::Format::new().set_font_strikethrough(), rust_xlsxwriter::Format::new().set_bold());
    for (column, header) in (0..).zip(["Name", "Email", "Notes"]) {
        sheet.write_string_with_format(0, column, header, &bold).unwrap();
    }
    // Struck: all of the row, name and address, a remark only, nothing.
    for (row, marks) in (1..).zip([[true, true, true], [true, true, false], [false, false, true], [false; 3]]) {
        let texts = [format!("Person {row}"), format!("p{row}@example.org"), "a remark".to_owned()];
        for ((column, text), mark) in (0..).zip(texts).zip(marks) {
            let format = if mark { &struck } else { &bold };
            sheet.write_string_with_format(row, column, &text, format).unwrap();
        }
    }
    let desk = Desk::new("staff.xlsx", &book.save_to_buffer().unwrap());
    let items = desk.read().unwrap();
    let expected = [("Sheet1!2", LeftOut::Struck), ("Sheet1!3", LeftOut::Struck)];
    assert_eq!(left_out(&items), expected.map(|(at, why)| (at.to_owned(), why)));
    assert_eq!(people(&items).iter().map(|row| row.at.row).collect::<Vec<_>>(), [4, 5]);
}
