//! Files that would take more memory or time than any roster.

use super::{all_refused, bad};
use crate::support::{Desk, SheetXml, ods, ods_cell, ods_row, ole, row, staff, xlsx, zip};

#[test]
fn workbooks_that_would_burst() {
    let data = staff();
    let strings = |text: &[u8]| xlsx(&[SheetXml::new("Staff", &data)], &[("xl/sharedStrings.xml", text)]);
    let bomb = [&b"<sst>"[..], &vec![b' '; 80 << 20]].concat();
    let spaces = SheetXml { name: "Staff", state: "", xml: format!("<worksheet><sheetData>{}", " ".repeat(20 << 20)) };
    let cell = row(1, &["Name", "Email"]) + &row(2, &[&"x".repeat(6 << 20), "ana@example.org"]);
    let pieces = row(1, &["Name", "Email"]) + &row(2, &[&"x<!-- -->".repeat(600_000), "ana@example.org"]);
    let wide: String = (0..20_000).map(|_| "<c><v>1</v></c>").collect();
    let far = |row: u32| format!(r#"<row r="{row}"><c r="XFD{row}"><v>1</v></c></row>"#);
    let stray = staff() + &(3..600).map(far).collect::<String>();
    let many = [&b"<sst>"[..], &b"<si/>".repeat(500_100)].concat();
    let shown = |text: usize, times: usize| {
        let table = format!("<sst><si><t>{}</t></si></sst>", "xyz".repeat(text / 3));
        let cells = r#"<c t="s"><v>0</v></c>"#.repeat(times);
        let data = row(1, &["Name", "Email"]) + &format!(r#"<row r="2">{cells}</row>"#);
        xlsx(&[SheetXml::new("Staff", &data)], &[("xl/sharedStrings.xml", table.as_bytes())])
    };
    let repeated = |rows: &str, columns: &str| {
        let wide = ods_cell("x")
            .replace("<table:table-cell", &format!("<table:table-cell table:number-columns-repeated=\"{columns}\""));
        let tall = format!("<table:table-row table:number-rows-repeated=\"{rows}\">{wide}</table:table-row>");
        ods(&(ods_row(&["Name", "Email"]) + &tall))
    };
    let gap = ods(&(ods_row(&["Name", "Email"])
        + r#"<table:table-row table:number-rows-repeated="1048000"><table:table-cell/></table:table-row>"#
        + &ods_row(&["Ana", "ana@example.org", "1", "2"])));
    let old = |cells: &[(u16, u16)]| -> Vec<u8> {
        cells
            .iter()
            .flat_map(|(row, column)| {
                [&[3, 2, 14, 0][..], &row.to_le_bytes(), &column.to_le_bytes(), &[0; 10]].concat()
            })
            .collect()
    };
    let spaced = ods(&(ods_row(&["Name", "Email"])
        + &ods_row(&["Ana", "ana@example.org"]).replace("Ana", r#"Ana<text:s text:c="2000000000"/>"#)));
    let claim = [&[0, 2, 14, 0][..], &0u32.to_le_bytes(), &u32::MAX.to_le_bytes(), &[0, 0, 0, 1, 0, 0]].concat();
    let record = zip(&[("xl/workbook.bin", &[0x9C, 0x01, 0xFF, 0xFF, 0xFF, 0x7F][..])]);
    all_refused(vec![
        bad(
            "10^10 texts claimed",
            strings(br#"<sst uniqueCount="10000000000"><si><t>a</t></si></sst>"#),
            "workbook_too_large",
            "10000000000 entries",
        ),
        bad("a text with 2,000,000,000 spaces", spaced, "workbook_too_large", "a cell holds more than"),
        bad("half a million texts and more", strings(&many), "workbook_too_large", "500001 entries"),
        bad("80 MB of texts in a few bytes", strings(&bomb), "workbook_too_large", "sharedStrings.xml"),
        bad("a sheet of 20 MB in a few bytes", xlsx(&[spaces], &[]), "workbook_too_large", "times its size"),
        bad("a cell of 6 MB", xlsx(&[SheetXml::new("Staff", &cell)], &[]), "workbook_too_large", "one cell"),
        bad(
            "a cell in 600,000 pieces",
            xlsx(&[SheetXml::new("Staff", &pieces)], &[]),
            "workbook_too_large",
            "one cell",
        ),
        bad("a text beyond Excel's limit", shown(200_000, 1), "cell_too_large", "row Staff!2: a cell"),
        bad("a long text in every cell", shown(100_000, 16_000), "workbook_too_large", "row 2 holds more"),
        bad(
            "a row of 20,000 cells",
            xlsx(&[SheetXml::new("Staff", &format!("<row r=\"1\">{wide}</row>"))], &[]),
            "too_many_columns",
            "Staff!1",
        ),
        bad(
            "a stray cell at the end of every row",
            xlsx(&[SheetXml::new("Staff", &stray)], &[]),
            "workbook_too_large",
            "stray",
        ),
        bad("repeated columns and rows", repeated("1000000", "16000"), "workbook_too_large", "unfold"),
        bad(
            "repeats beyond all numbers",
            repeated("99999999999999999999", "99999999999999999999"),
            "workbook_too_large",
            "unfold",
        ),
        bad("a million blank rows in the middle", gap, "workbook_too_large", "unfold"),
        bad(
            "two far cells in an old workbook",
            ole(&[("/Workbook", &old(&[(0, 0), (65_535, 255)]))]),
            "workbook_too_large",
            "span",
        ),
        bad("an old workbook's claim", ole(&[("/Workbook", &claim)]), "workbook_too_large", "claims"),
        bad("a binary record of 256 MB", record, "workbook_too_large", "a record of"),
    ]);
}

#[test]
fn a_sheet_that_claims_everything_is_read_for_what_it_holds() {
    let far = staff() + r#"<row r="1048576"><c r="XFD1048576" t="inlineStr"><is><t> </t></is></c></row>"#;
    let xml = format!(r#"<worksheet><dimension ref="A1:XFD1048576"/><sheetData>{far}</sheetData></worksheet>"#);
    let desk = Desk::new("staff.xlsx", &xlsx(&[SheetXml { name: "Staff", state: "", xml }], &[]));
    assert_eq!(crate::support::people(&desk.read().unwrap()).len(), 1);
}
