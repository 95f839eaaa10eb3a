//! Rosters that can be read, in all their variants: what comes out, and where it is said to stand.

use crate::support::{
    Desk, SheetXml, left_out, ods, ods_row, ole, people, row, staff, texts, xlsb, xlsb_record, xlsb_row, xlsx,
};
use avara_onboard::mapping::KnownHeaders;
use avara_onboard::roster::{CellKind, LeftOut, RosterItem, RosterKind, RosterOptions};

fn csv(text: &str) -> Desk {
    Desk::new("staff.csv", text.as_bytes())
}

#[test]
fn every_delimiter_is_found() {
    for delimiter in [',', ';', '\t', '|'] {
        let text = "Name,Email,Phone\n\"Ruiz, Ana; MD|x\",ana@example.org,1\n"
            .replace("Name,Email,Phone", &["Name", "Email", "Phone"].join(&delimiter.to_string()));
        let text = text.replace("\",ana@example.org,1", &format!("\"{delimiter}ana@example.org{delimiter}1"));
        let desk = csv(&text);
        let roster = desk.open().unwrap();
        assert_eq!(roster.source().delimiter, Some(delimiter));
        assert_eq!(roster.source().headers, ["Name", "Email", "Phone"]);
        let items = desk.read().unwrap();
        assert_eq!(texts(people(&items)[0]), ["Ruiz, Ana; MD|x", "ana@example.org", "1"]);
    }
}

#[test]
fn every_encoding_is_read() {
    let text = "Vorname;Nachname;Email\r\nZoë;Müller;zoe@example.org\r\n";
    let utf16 = |swap: bool| -> Vec<u8> {
        text.encode_utf16().flat_map(|unit| if swap { unit.to_be_bytes() } else { unit.to_le_bytes() }).collect()
    };
    let windows: Vec<u8> = text.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect();
    let cases: [(&str, Vec<u8>); 7] = [
        ("UTF-8", text.into()),
        ("UTF-8", [b"\xef\xbb\xbf", text.as_bytes()].concat()),
        ("UTF-16LE", [&b"\xff\xfe"[..], &utf16(false)].concat()),
        ("UTF-16BE", [&b"\xfe\xff"[..], &utf16(true)].concat()),
        ("UTF-16LE", utf16(false)),
        ("UTF-16BE", utf16(true)),
        ("windows-1252", windows),
    ];
    for (encoding, bytes) in cases {
        let desk = Desk::new("staff.txt", &bytes);
        let roster = desk.open().unwrap();
        assert_eq!(roster.source().encoding, Some(encoding));
        assert_eq!(roster.source().headers, ["Vorname", "Nachname", "Email"], "{encoding}");
        assert_eq!(texts(&roster.sample(9).unwrap()[0]), ["Zoë", "Müller", "zoe@example.org"], "{encoding}");
        let guessed = roster.source().notes.iter().any(|note| note.contains("guess"));
        assert_eq!(guessed, encoding == "windows-1252" || (encoding != "UTF-8" && bytes[0] < 0xFE && bytes[1] < 0xFE));
    }
}

#[test]
fn an_encoding_that_is_named_is_taken() {
    let desk = Desk::new("mac.csv", b"Name,Email\nJos\x8e,jose@example.org\n");
    let options = RosterOptions { encoding: Some("macintosh".into()), ..RosterOptions::default() };
    assert_eq!(desk.open_with(&options).unwrap().sample(1).unwrap()[0].cells[0].text, "José");
}

#[test]
fn every_line_end_counts_as_one() {
    for end in ["\n", "\r\n", "\r"] {
        let lines =
            ["Staff list", "", "Name,Email", "\"Ana", "Ruiz\",ana@example.org", "", "Bo Lee,bo@example.org", ""];
        let items = csv(&lines.join(end)).read().unwrap();
        let rows: Vec<u64> = people(&items).iter().map(|row| row.at.row).collect();
        assert_eq!(rows, [4, 7], "{end:?}");
        assert_eq!(left_out(&items), [("6".to_owned(), LeftOut::Blank)], "{end:?}");
    }
}

#[test]
fn banners_totals_headers_and_examples_are_no_people() {
    let desk = csv(
        "Worker Report - as of 09/01/2026,,\nAll sites,,\n\nName,Email,Phone\nExample: Ana,ana@example.org,\n\
        Bo Lee,bo@example.org,5550100\n , ,\nNAME,email,phone\nCy Fox,cy@example.org,5550101\nTotal,,2\nPage 1 of 1,,\n",
    );
    let roster = desk.open().unwrap();
    assert_eq!(roster.source().header_row, 4);
    assert!(roster.source().notes[0].contains("line 4"));
    let items = desk.read().unwrap();
    assert_eq!(people(&items).len(), 2);
    let expected = [
        ("5", LeftOut::Example),
        ("7", LeftOut::Blank),
        ("8", LeftOut::RepeatedHeader),
        ("10", LeftOut::Total),
        ("11", LeftOut::Total),
    ];
    assert_eq!(left_out(&items), expected.map(|(at, why)| (at.to_owned(), why)));
}

#[test]
fn first_lines_of_excel_and_powershell_are_passed_over() {
    let excel = csv("sep=;\r\nName;Email\r\nAna;ana@example.org\r\n").open().unwrap();
    assert_eq!((excel.source().delimiter, excel.source().header_row), (Some(';'), 2));
    let shell = csv(
        "#TYPE System.Management.Automation.PSCustomObject\r\n\"Name\",\"Email\"\r\n\"Ana\",\"ana@example.org\"\r\n",
    );
    assert_eq!(shell.open().unwrap().source().header_row, 2);
}

#[test]
fn a_ragged_row_is_a_row_with_a_mark() {
    let items = csv("Name,Email\nRuiz, Ana,ana@example.org\nBo,bo@example.org,,\nCy\n").read().unwrap();
    let marks: Vec<(u64, bool)> = people(&items).iter().map(|row| (row.at.row, row.ragged)).collect();
    assert_eq!(marks, [(2, true), (3, false), (4, true)]);
}

#[test]
fn a_header_row_that_is_named_is_taken() {
    let desk = csv("a,b\nc,d\ne@example.org,f\n");
    let options = RosterOptions { header_row: Some(2), ..RosterOptions::default() };
    let roster = desk.open_with(&options).unwrap();
    assert_eq!(roster.source().headers, ["c", "d"]);
    assert_eq!(roster.sample(9).unwrap().len(), 1);
}

#[test]
fn our_rejects_come_back_as_they_were() {
    let desk = csv(
        "\u{feff}Name,Email,avara_row,avara_problems\n'=Ana,ana@example.org,3,no phone\n'Bo,'+bo@example.org,4,x\n",
    );
    let roster = desk.open().unwrap();
    assert_eq!(roster.source().headers, ["Name", "Email"]);
    let rows = roster.sample(9).unwrap();
    assert_eq!(texts(&rows[0]), ["=Ana", "ana@example.org"]);
    assert_eq!(texts(&rows[1]), ["'Bo", "+bo@example.org"]);
    // The text file, saved as a workbook; and what our own workbook has where the roster had a `'` itself.
    let data = row(1, &["avara_problems", "Name", "Email"])
        + &row(2, &["x", "'=HYPERLINK(1)", "ana@example.org"])
        + &row(3, &["x", "''-Bo", "bo@example.org"])
        + &row(4, &["x", "-Cal", "cal@example.org"]);
    let rows = Desk::new("r.xlsx", &xlsx(&[SheetXml::new("Staff", &data)], &[])).open().unwrap().sample(9).unwrap();
    assert_eq!(rows.iter().map(|row| row.cell_text(0)).collect::<Vec<_>>(), ["=HYPERLINK(1)", "'-Bo", "-Cal"]);
}

#[test]
fn each_pass_is_a_fresh_one_and_may_be_dropped() {
    let rows: String = (2..5000).map(|n| row(n, &["Ana", "ana@example.org"])).collect();
    let desk = Desk::new("staff.xlsx", &xlsx(&[SheetXml::new("Staff", &(row(1, &["Name", "Email"]) + &rows))], &[]));
    let roster = desk.open().unwrap();
    assert_eq!(roster.rows().unwrap().take(3).count(), 3);
    assert_eq!(roster.rows().unwrap().count(), 4998);
    let last = roster.rows().unwrap().last().unwrap().unwrap();
    assert!(format!("{last:?}").contains("row: 4999"));
}

#[test]
fn the_kind_is_told_by_the_content() {
    let workbook = Desk::new("staff.csv", &xlsx(&[SheetXml::new("Staff", &staff())], &[]));
    assert_eq!(workbook.open().unwrap().source().kind, RosterKind::Xlsx);
    let text = Desk::new("staff.xlsx", b"Name,Email\nAna,ana@example.org\n");
    assert_eq!(text.open().unwrap().source().kind, RosterKind::Csv);
    let table = ods_row(&["Name", "Email"]) + &ods_row(&["Ana", "ana@example.org"]);
    let desk = Desk::new("staff", &ods(&table));
    let open_document = desk.open().unwrap();
    assert_eq!(open_document.source().kind, RosterKind::Ods);
    assert_eq!(texts(&open_document.sample(1).unwrap()[0]), ["Ana", "ana@example.org"]);
}

#[test]
fn every_kind_of_cell_is_told() {
    let styles = br#"<styleSheet><numFmts count="1"><numFmt numFmtId="164" formatCode="00000"/></numFmts>
        <cellXfs count="3"><xf numFmtId="0"/><xf numFmtId="164"/><xf numFmtId="14"/></cellXfs></styleSheet>"#;
    let cells = r#"<row r="2"><c r="A2" t="str"><f>"a"</f><v>Ana</v></c><c r="B2"><v>1234567893</v></c><c r="C2" s="1"><v>42</v></c>
        <c r="D2" s="2"><v>45943</v></c><c r="E2" t="b"><v>1</v></c><c r="F2" t="e"><v>#N/A</v></c><c r="G2" t="e"><v>#SPILL!</v></c>
        <c r="H2"><f>TEXT(B2,"0")</f></c><c r="I2"><v>1.5</v></c><c r="J2" t="str"><f>""</f><v></v></c><c r="K2"><v>1.23E+09</v></c></row>"#;
    let header = row(1, &["Name", "Email", "C", "D", "E", "F", "G", "H", "I", "J", "K"]);
    let desk =
        Desk::new("staff.xlsx", &xlsx(&[SheetXml::new("Staff", &(header + cells))], &[("xl/styles.xml", styles)]));
    let items = desk.read().unwrap();
    let cells: Vec<(&str, CellKind)> =
        people(&items)[0].cells.iter().map(|cell| (cell.text.as_str(), cell.kind)).collect();
    let expected = [
        ("Ana", CellKind::Text),
        ("1234567893", CellKind::Number),
        ("00042", CellKind::Number),
        ("2025-10-13", CellKind::Date),
        ("TRUE", CellKind::Boolean),
        ("#N/A", CellKind::Error),
        ("#SPILL!", CellKind::Error),
        ("=TEXT(B2,0)", CellKind::FormulaWithoutValue),
        ("1.5", CellKind::InexactNumber),
        ("", CellKind::Text),
        ("1230000000", CellKind::Number),
    ];
    assert_eq!(cells.len(), expected.len());
    for (cell, expected) in cells.iter().zip(expected).filter(|(cell, _)| cell.1 != CellKind::FormulaWithoutValue) {
        assert_eq!(*cell, expected);
    }
    assert!(cells[7].0.starts_with("=TEXT(B2") && cells[7].1 == CellKind::FormulaWithoutValue);
}

#[test]
fn the_sheet_is_chosen_by_what_it_holds() {
    let codes = row(1, &["Code", "Specialty"]) + &row(2, &["207Q", "Family"]);
    let people = row(1, &["Staff of all sites"])
        + &row(3, &["Name", "Email", "Phone", "Role"])
        + &row(4, &["Ana", "ana@example.org", "", "Nurse"]);
    let sheets =
        [SheetXml::new("Codes", &codes), SheetXml::new("Our people", &people), SheetXml::new("Old", &staff()).hidden()];
    let desk = Desk::new("staff.xlsx", &xlsx(&sheets, &[]));
    let roster = desk.open().unwrap();
    assert_eq!(roster.source().sheet.as_deref(), Some("Our people"));
    assert_eq!(roster.source().header_row, 3);
    assert!(roster.source().notes.iter().any(|note| note.contains("\"Codes\"")));
    assert!(roster.source().notes.iter().any(|note| note.contains("\"Old\"")));
    let asked = |sheet: &str| {
        let options = RosterOptions { sheet: Some(sheet.into()), ..RosterOptions::default() };
        desk.open_with(&options).unwrap().source().sheet.as_deref().unwrap().to_owned()
    };
    assert_eq!((asked("old").as_str(), asked("3").as_str(), asked("Codes").as_str()), ("Old", "Old", "Codes"));
}

#[test]
fn the_lower_of_two_headers_is_the_header() {
    let data = row(1, &["Name", "", "Billing"])
        + &row(2, &["First name", "Last name", "Email"])
        + &row(3, &["Ana", "Ruiz", "ana@example.org"]);
    let desk = Desk::new("staff.xlsx", &xlsx(&[SheetXml::new("Staff", &data)], &[]));
    assert_eq!(desk.open().unwrap().source().header_row, 2);
}

#[test]
fn an_undivided_column_is_named_in_the_upper_of_two_headers() {
    let text = csv("Name,,Contact,,Role\nFirst name,Last name,Email,Phone,\nAna,Ruiz,ana@example.org,1,Nurse\n");
    assert_eq!(text.open().unwrap().source().headers, ["First name", "Last name", "Email", "Phone", "Role"]);
    let banner = csv("Staff 2026,,\nName,Email,\nAna,ana@example.org,x\n");
    assert_eq!(banner.open().unwrap().source().headers, ["Name", "Email", ""]);
}

#[test]
fn a_heading_over_several_columns_is_a_part_of_their_names_where_it_says_more() {
    let open = |text: &str| {
        let desk = csv(text);
        let roster = avara_onboard::roster::open(desk.path(), &RosterOptions::default(), &KnownHeaders).unwrap();
        let rows = roster.rows().unwrap().map(Result::unwrap).filter(|item| matches!(item, RosterItem::Row(_))).count();
        (roster.source().headers.clone(), rows)
    };
    let groups = "Staff,,,Manager,Work,,Home\nFirst,Last,Title,Email,Email,Phone,Email\n";
    let person = "Ana,Ruiz,Scribe,bo@example.org,ana@example.org,5552013344,ana@home.test\n";
    // A header that is repeated lower down has no headings.
    let again = "First,Last,Title,Email,Email,Phone,Email\n";
    let (headers, rows) = open(&[groups, person, again, person].concat());
    assert_eq!(headers, ["First", "Last", "Title", "Manager: Email", "Work: Email", "Phone", "Home: Email"]);
    assert_eq!(rows, 2);
    let (headers, _) = open("Our practice's staff,,\nFirst Name,Last Name,Email\nAna,Ruiz,ana@example.org\n");
    assert_eq!(headers, ["First Name", "Last Name", "Email"]);
    let (headers, _) = open("Practice,,\nFirst Name,Last Name,NPI\nAna,Ruiz,1234567893\n");
    assert_eq!(headers, ["First Name", "Last Name", "NPI"], "a title, whatever it says");
}

#[test]
fn a_second_line_of_labels_is_nobody() {
    let text =
        "email,firstName,lastName,jobTitle\nE-mail,First Name,Last Name,Job Title\nana@example.org,Ana,Ruiz,Scribe\n";
    let desk = csv(text);
    let roster = avara_onboard::roster::open(desk.path(), &RosterOptions::default(), &KnownHeaders).unwrap();
    let items: Vec<RosterItem> = roster.rows().unwrap().map(Result::unwrap).collect();
    assert_eq!(left_out(&items), [("2".to_owned(), LeftOut::RepeatedHeader)]);
    assert_eq!(texts(people(&items)[0]), ["ana@example.org", "Ana", "Ruiz", "Scribe"]);
}

#[test]
fn a_workbook_that_a_program_wrote_is_read() {
    let mut workbook = rust_xlsxwriter::Workbook::new();
    let sheet = workbook.add_worksheet();
    for (row, cells) in (0..).zip([["Name", "Email"], ["Zoë", "zoe@example.org"], ["Bo", "bo@example.org"]]) {
        sheet.write_row(row, 0, cells).unwrap();
    }
    sheet.write_number(1, 2, 1_234_567_893.0).unwrap();
    sheet.write_string(0, 2, "NPI").unwrap();
    let desk = Desk::new("staff.xlsx", &workbook.save_to_buffer().unwrap());
    let items = desk.read().unwrap();
    assert_eq!(texts(people(&items)[0]), ["Zoë", "zoe@example.org", "1234567893"]);
    assert_eq!(texts(people(&items)[1]), ["Bo", "bo@example.org", ""]);
}

/// A record of an old Excel workbook.
fn record(kind: u16, data: &[u8]) -> Vec<u8> {
    [&kind.to_le_bytes()[..], &u16::try_from(data.len()).unwrap().to_le_bytes(), data].concat()
}

/// The container with the unused end of its table of sectors filled up as SheetJS does: "end of chain" for "free".
fn fat_filled_with_ends(mut container: Vec<u8>) -> Vec<u8> {
    let sector = 1_usize << container[30];
    let first = u32::from_le_bytes(container[76..80].try_into().unwrap()) as usize;
    let used = container.len().div_ceil(sector) - 1;
    let unused = (first + 1) * sector + used * 4..(first + 2) * sector;
    let entries = container[unused].chunks_exact_mut(4);
    assert!(entries.len() > 0);
    entries.for_each(|entry| entry.copy_from_slice(&[0xFE, 0xFF, 0xFF, 0xFF]));
    container
}

#[test]
fn an_old_workbook_is_read() {
    let begin = |kind: u8| record(0x809, &[0, 6, kind, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    let label = |row: u8, column: u8, text: &str| {
        let length = u8::try_from(text.len()).unwrap();
        record(0x204, &[&[row, 0, column, 0, 0, 0, length, 0, 0][..], text.as_bytes()].concat())
    };
    let npi = record(0x203, &[&[1, 0, 2, 0, 0, 0][..], &1_234_567_893f64.to_le_bytes()].concat());
    let globals = |at: u8| {
        let listed = record(0x85, &[at, 0, 0, 0, 0, 0, 5, 0, b'S', b't', b'a', b'f', b'f']);
        // The code page that some programs name, though the texts are Unicode.
        [begin(5), record(0x42, &[0xE4, 0x04]), listed, record(0x0A, &[])].concat()
    };
    let cells = [
        label(0, 0, "Name"),
        label(0, 1, "Email"),
        label(0, 2, "NPI"),
        label(1, 0, "Ana"),
        label(1, 1, "ana@example.org"),
        npi,
    ]
    .to_vec();
    let cells = [cells, vec![label(2, 0, "Bo"), label(2, 1, "bo@example.org")]].concat();
    let hidden = record(0x208, &[2, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0x20, 0, 0, 0]);
    let at = u8::try_from(globals(0).len()).unwrap();
    let stream = [globals(at), begin(0x10), hidden, cells.concat(), record(0x0A, &[])].concat();
    let container = ole(&[("/Workbook", &stream)]);
    let desk = Desk::new("staff.xls", &container);
    assert_eq!(desk.open().unwrap().source().kind, RosterKind::Xls);
    let items = desk.read().unwrap();
    let filled_otherwise = Desk::new("staff.xls", &fat_filled_with_ends(container));
    assert_eq!(filled_otherwise.read().unwrap(), items);
    assert_eq!(people(&items)[0].at.to_string(), "Staff!2");
    assert_eq!(texts(people(&items)[0]), ["Ana", "ana@example.org", "1234567893"]);
    assert_eq!(people(&items)[0].cells[2].kind, CellKind::Number);
    assert_eq!(left_out(&items), [("Staff!3".to_owned(), LeftOut::Hidden)]);
}

#[test]
fn a_binary_workbook_is_read() {
    let header = xlsb_row(0, &[(0, "Name"), (1, "Email"), (2, "NPI")]);
    let npi = xlsb_record(&[5], &[&[2, 0, 0, 0, 0, 0, 0, 0][..], &1_234_567_893f64.to_le_bytes()].concat());
    let cells = [header, xlsb_row(1, &[(0, "Zoë"), (1, "zoe@example.org")]), npi].concat();
    let desk = Desk::new("staff.xlsb", &xlsb(&[], &cells));
    assert_eq!(desk.open().unwrap().source().kind, RosterKind::Xlsb);
    let items = desk.read().unwrap();
    assert_eq!(texts(people(&items)[0]), ["Zoë", "zoe@example.org", "1234567893"]);
}

#[test]
fn cells_that_do_not_say_their_column_are_read() {
    // As SheetJS writes them: a cell behind another has neither row nor column.
    let short = |text: &str| {
        let units: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        xlsb_record(&[0x11], &[&[0, 0, 0, 0, text.len() as u8, 0, 0, 0][..], &units].concat())
    };
    let blank = xlsb_record(&[0x0C], &[0; 4]);
    let number = xlsb_record(&[0x10], &[&[0; 4][..], &1_234_567_893f64.to_le_bytes()].concat());
    let header = [xlsb_row(0, &[(1, "Name")]), short("Email"), short("Title"), short("NPI")].concat();
    let person = [xlsb_row(1, &[(1, "Ana")]), short("ana@example.org"), blank, number].concat();
    let other = [xlsb_row(2, &[]), short("7"), xlsb_row(3, &[(1, "Bo"), (2, "bo@example.org")])].concat();
    let desk = Desk::new("staff.xlsb", &xlsb(&[], &[header, person, other].concat()));
    assert_eq!(desk.open().unwrap().source().headers, ["", "Name", "Email", "Title", "NPI"]);
    let items = desk.read().unwrap();
    assert_eq!(texts(people(&items)[0]), ["", "Ana", "ana@example.org", "", "1234567893"]);
    assert_eq!(texts(people(&items)[1]), ["7", "", "", "", ""]);
    assert_eq!(texts(people(&items)[2]), ["", "Bo", "bo@example.org", "", ""]);
}

#[test]
fn an_indented_open_document_is_read() {
    let cell = |text: &str| {
        format!("<table:table-cell office:value-type=\"string\">\n   <text:p>{text}</text:p>\n  </table:table-cell>")
    };
    let row = |cells: &[String]| format!("\n <table:table-row>\n  {}\n </table:table-row>", cells.join("\n  "));
    let table = [
        row(&[cell("Name"), cell("Email")]),
        row(&[cell("Ana <text:span>Ruiz</text:span> <text:span>III</text:span>"), cell("ana@example.org")]),
    ];
    let desk = Desk::new("staff.ods", &ods(&(table.concat() + "\n")));
    assert_eq!(texts(people(&desk.read().unwrap())[0]), ["Ana Ruiz III", "ana@example.org"]);
}
