//! Files that cannot be a roster, each with the code and the words it is refused with.

use std::io::Write;

use avara_onboard::roster::{RosterError, RosterOptions};

use crate::support::{Desk, SheetXml, ods, ods_cell, ods_row, ole, row, staff, xlsx, zip};

/// A bad file: what it is, its bytes, and how it is refused.
struct Bad {
    what: &'static str,
    bytes: Vec<u8>,
    options: RosterOptions,
    code: &'static str,
    says: &'static str,
}

fn bad(what: &'static str, bytes: impl Into<Vec<u8>>, code: &'static str, says: &'static str) -> Bad {
    Bad { what, bytes: bytes.into(), options: RosterOptions::default(), code, says }
}

impl Bad {
    fn with(mut self, change: impl FnOnce(&mut RosterOptions)) -> Self {
        change(&mut self.options);
        self
    }
}

/// Opens and reads each; all must be refused as they say, with the file's name and something to do.
fn all_refused(cases: Vec<Bad>) {
    for case in cases {
        let desk = Desk::new("staff.dat", &case.bytes);
        let read = desk.open_with(&case.options).and_then(|roster| roster.rows()?.collect::<Result<Vec<_>, _>>());
        let error = match read {
            Ok(items) => panic!("{}: read as {} items", case.what, items.len()),
            Err(error) => error,
        };
        let text = error.to_string();
        assert_eq!(error.code(), case.code, "{}: {text}", case.what);
        assert!(text.contains(case.says), "{}: {text}", case.what);
        assert!(text.contains("staff.dat") || text.starts_with("--"), "{}: {text}", case.what);
        assert!(error.hint().is_some_and(|hint| hint.ends_with('.')), "{}: no hint", case.what);
    }
}

fn utf16(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

#[test]
fn text_that_is_no_table() {
    all_refused(vec![
        bad("nothing", "", "roster_empty", "is empty"),
        bad("only a mark", "\u{feff}", "roster_empty", "is empty"),
        bad("only blank lines", "\r\n\r\n  \n", "roster_empty", "is empty"),
        bad("only a header", "Name,Email\n", "roster_without_rows", "header in row 1"),
        bad("a header and blanks", "\n\nName,Email\n,\n\n", "roster_without_rows", "header in row 3"),
        bad("a header and a total", "Name,Email\nTotal,0\n", "roster_without_rows", "no row of a person"),
        bad("data at once", "Ana Ruiz,ana@example.org\nBo Lee,bo@example.org\n", "header_not_found", "first 2 rows"),
        bad("a list of addresses", "ana@example.org\nbo@example.org\n", "header_not_found", "looks like a header"),
        bad("prose", "Dear all,\nthe roster is attached.\nRegards\n", "header_not_found", "first 3 rows"),
        bad("a web page", "\n<!DOCTYPE html><html><body>Sign in</body></html>", "roster_not_a_table", "a web page"),
        bad("a table of HTML called .xls", "<table><tr><td>Name</td></tr></table>", "roster_not_a_table", "a web page"),
        bad("XML", "<?xml version=\"1.0\"?><Workbook/>", "roster_not_a_table", "XML"),
        bad("JSON", "[{\"name\":\"Ana\"}]", "roster_not_a_table", "JSON"),
        bad("RTF", "{\\rtf1 Name Email}", "roster_not_a_table", "RTF"),
        bad("a PDF", "%PDF-1.7\n%\u{e2}", "roster_not_a_table", "a PDF"),
        bad("gzip", &b"\x1f\x8b\x08\0\0\0"[..], "roster_not_a_table", "gzip"),
        bad("a picture", &b"\x89PNG\r\n\x1a\n\0\0"[..], "roster_not_a_table", "a picture"),
        bad("UTF-32", &b"\xff\xfe\0\0N\0\0\0"[..], "roster_not_a_table", "UTF-32"),
    ]);
}

#[test]
fn text_with_wrong_bytes() {
    let mixed = [&b"Name,Email\nZo\xc3\xab,zoe@example.org\n"[..], b"Jos\xe9,jose@example.org\n"].concat();
    let late = [
        &b"Name,Email\nZo\xc3\xab,z@example.org\n"[..],
        &b"Ana,a@example.org\n".repeat(9000),
        b"Jos\xe9,j@example.org\n",
    ]
    .concat();
    let marked = [&b"\xef\xbb\xbfName,Email\nJos\xe9,jose@example.org\n"[..]].concat();
    let half = [&b"\xff\xfe"[..], &utf16("Name,Email\nAna,ana@example.org\n"), b"\0\xd8\n\0"].concat();
    let odd = [&b"\xff\xfe"[..], &utf16("Name,Email\nAna,ana@example.org\n"), b"x"].concat();
    all_refused(vec![
        bad("a NUL", "Name,Email\nAna\0,ana@example.org\n", "nul_byte", "line 2: byte 15 "),
        bad("a NUL at the end", "Name,Email\nAna,ana@example.org\n\0", "nul_byte", "line 3: byte 32 "),
        bad("a NUL in UTF-16", [&b"\xff\xfe"[..], &utf16("Name,Email\nA\0")].concat(), "nul_byte", "line 2: byte 27 "),
        bad("a NUL in what is said to be windows-1252", "Name,Email\nAn\0a", "nul_byte", "line 2: byte 14 ")
            .with(|options| options.encoding = Some("windows-1252".into())),
        bad("two encodings", mixed, "mixed_encoding", "line 3: byte 36 of the file is not UTF-8, but line 2 is"),
        bad("one bad byte far below", late, "mixed_encoding", "line 9003:"),
        bad("a mark and a bad byte", marked, "undecodable_byte", "line 2: byte 18 "),
        bad(
            "a byte that no Windows writes",
            &b"Name,Email\nJos\x8f,jose@example.org\n"[..],
            "undecodable_byte",
            "line 2: byte 15 ",
        ),
        bad("half a character of UTF-16", half, "undecodable_byte", "line 3"),
        bad("an odd byte of UTF-16", odd, "undecodable_byte", "line 3"),
        bad("not what it is said to be", &b"Name,Email\nJos\xe9,j@example.org\n"[..], "undecodable_byte", "not UTF-8")
            .with(|options| options.encoding = Some("utf8".into())),
        bad("an encoding that is none", "Name,Email\n", "unknown_encoding", "--encoding klingon")
            .with(|options| options.encoding = Some("klingon".into())),
    ]);
}

#[test]
fn text_with_wrong_cells() {
    let far = format!("Name,Email\n{}\"Bo,bo@example.org\n", "Ana,ana@example.org\n".repeat(20_000));
    let wide = format!("Name,Email\n{}\n", "x,".repeat(1_000_000));
    let wide_header = format!("Name,Email{}\nAna,ana@example.org\n", ",".repeat(20_000));
    let long = format!("Name,Email\n{},ana@example.org\n", "x".repeat(3_000_000));
    let long_quoted = format!("Name,Email\n\"{}\",ana@example.org\n", "x".repeat(3_000_000));
    all_refused(vec![
        bad(
            "a quote to the end",
            "Name,Email\nAna,ana@example.org\n\"Bo,bo@example.org\nCy,cy@example.org\n",
            "unclosed_quote",
            "line 3:",
        ),
        bad(
            "a quote that another closes",
            "Name,Email\n\"Ana,ana@example.org\nBo,\"bo@example.org\"\n",
            "unclosed_quote",
            "line 2:",
        ),
        bad("a quote far below", far, "unclosed_quote", "line 20002:"),
        bad(
            "a quote after blank lines",
            "Name,Email\r\n\r\nAna,ana@example.org\r\n\r\nBo,\"bo@example.org\r\n",
            "unclosed_quote",
            "line 5:",
        ),
        bad(
            "a quote in the second line of a row",
            "Name,Email,Phone\n\"A\nna\",\"ana@example.org,1\n",
            "unclosed_quote",
            "line 3:",
        ),
        bad("a quote in the header", "Name,\"Email\nAna,ana@example.org\n", "unclosed_quote", "line 1:"),
        bad("a million columns", wide, "too_many_columns", "row 2: there are more than 16384"),
        bad("a header of 20,000 columns", wide_header, "too_many_columns", "row 1:"),
        bad("a cell of 3 MB", long, "cell_too_large", "row 2: a cell"),
        bad("a quoted cell of 3 MB", long_quoted, "cell_too_large", "row 2: a cell"),
        bad("a delimiter of two characters", "Name,Email\n", "bad_delimiter", "--delimiter \";;\"")
            .with(|options| options.delimiter = Some(";;".into())),
        bad(
            "a header row that is blank",
            "Name,Email\n\nAna,a@example.org\n",
            "header_row_missing",
            "row 2 holds no header",
        )
        .with(|options| options.header_row = Some(2)),
        bad("a header row inside a row", "\"Name\n\",Email\nAna,a@example.org\n", "header_row_missing", "row 2")
            .with(|options| options.header_row = Some(2)),
        bad("a header row below the end", "Name,Email\nAna,a@example.org\n", "header_row_missing", "row 99")
            .with(|options| options.header_row = Some(99)),
    ]);
}

#[test]
fn archives_that_are_no_workbook() {
    let whole = xlsx(&[SheetXml::new("Staff", &staff())], &[]);
    let word = zip(&[("[Content_Types].xml", b"<Types/>"), ("word/document.xml", b"<w:document/>")]);
    let text = zip(&[
        ("mimetype", b"application/vnd.oasis.opendocument.text"),
        ("content.xml", b"<office:document-content/>"),
    ]);
    let many: Vec<(String, &[u8])> = (0..10_050).map(|n| (format!("p{n}"), &b""[..])).collect();
    let many: Vec<(&str, &[u8])> = many.iter().map(|(name, bytes)| (name.as_str(), *bytes)).collect();
    let mut broken = whole.clone();
    let middle = broken.len() / 4;
    broken[middle..middle + 40].fill(0xAA);
    all_refused(vec![
        bad("cut in half", &whole[..whole.len() / 2], "damaged_workbook", "table of contents"),
        bad("cut before its end", &whole[..whole.len() - 30], "damaged_workbook", "table of contents"),
        bad("four bytes", &b"PK\x03\x04"[..], "damaged_workbook", "table of contents"),
        bad("an empty archive", zip(&[]), "not_a_workbook", "a zip archive of something else"),
        bad("a Word document", word, "not_a_workbook", "a Word document"),
        bad("a presentation", zip(&[("ppt/presentation.xml", b"<p/>")]), "not_a_workbook", "a presentation"),
        bad("a text of OpenDocument", text, "not_a_workbook", "a text document"),
        bad("a zipped CSV", zip(&[("staff.csv", b"Name,Email\n")]), "not_a_workbook", "a table inside"),
        bad("some other archive", zip(&[("readme.md", b"hello")]), "not_a_workbook", "something else"),
        bad("ten thousand parts", zip(&many), "workbook_too_large", "10050 parts"),
        bad("bytes that are garbled", broken, "damaged_workbook", "cannot be unpacked"),
    ]);
}

#[test]
fn workbooks_that_contradict_themselves() {
    let sheet = |data: &str| xlsx(&[SheetXml::new("Staff", data)], &[]);
    let nowhere = zip(&[("_rels/.rels", b"<Relationships/>"), ("xl/workbook.xml", b"<workbook/>")]);
    let unfinished =
        SheetXml { name: "Staff", state: "", xml: "<worksheet><sheetData><row r=\"1\"><c r=\"A1\"".into() };
    let shared = row(1, &["Name", "Email"]) + r#"<row r="2"><c r="A2" t="s"><v>7</v></c></row>"#;
    let backwards =
        row(1, &["Name", "Email"]) + &row(5, &["Ana", "ana@example.org"]) + &row(3, &["Bo", "bo@example.org"]);
    let missing = zip(&[
        ("_rels/.rels", br#"<Relationships><Relationship Id="a" Type="x/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#),
        ("xl/workbook.xml", br#"<workbook><sheets><sheet name="Staff" sheetId="1" r:id="rId1"/></sheets></workbook>"#),
        ("xl/_rels/workbook.xml.rels", br#"<Relationships><Relationship Id="rId1" Type="x/worksheet" Target="worksheets/sheet1.xml"/></Relationships>"#),
    ]);
    let xlsb = zip(&[("xl/workbook.bin", &[0x9C, 0x01, 0x04, 0, 0][..])]);
    let endless = zip(&[
        ("mimetype", b"application/vnd.oasis.opendocument.spreadsheet"),
        ("content.xml", br#"<office:spreadsheet><table:table table:name="Staff"><table:table-row></table:table-row>"#),
    ]);
    let crossed = ods(&ods_row(&["Name", "Email"]).replace("</text:p>", "</table:table>"));
    let binary_sheet = |record: &[u8]| {
        zip(&[
            ("xl/workbook.bin", &[][..]),
            (
                "xl/_rels/workbook.bin.rels",
                br#"<Relationships><Relationship Id="r1" Target="worksheets/sheet1.bin"/></Relationships>"#,
            ),
            ("xl/worksheets/sheet1.bin", record),
        ])
    };
    all_refused(vec![
        bad("no document", nowhere, "damaged_workbook", "where its sheets are"),
        bad("a table without its end", endless, "damaged_workbook", "content.xml breaks off"),
        bad("a table that ends in a cell", crossed, "damaged_workbook", "not well-formed"),
        bad("no sheet's part", missing, "damaged_workbook", "is missing"),
        bad("a sheet that breaks off", xlsx(&[unfinished], &[]), "damaged_workbook", "sheet1.xml"),
        bad("a text that is not there", sheet(&shared), "damaged_workbook", "cannot be read"),
        bad("rows out of order", sheet(&backwards), "damaged_workbook", "not where it belongs"),
        bad(
            "a cell beyond the last row",
            sheet(r#"<row r="1"><c r="A1048577"><v>1</v></c></row>"#),
            "damaged_workbook",
            "no cell",
        ),
        bad(
            "a row beyond the last",
            sheet(r#"<row r="4294967295"><c><v>1</v></c></row>"#),
            "damaged_workbook",
            "beyond row 1048576",
        ),
        bad(
            "a cell that is none",
            sheet(r#"<row r="1"><c r="AAAAAAAAAAAA1"><v>1</v></c></row>"#),
            "damaged_workbook",
            "no cell",
        ),
        bad(
            "a type of cell that is none",
            sheet(&(staff() + r#"<row r="3"><c r="A3" t="zz"><v>1</v></c></row>"#)),
            "damaged_workbook",
            "\"Staff\"",
        ),
        bad("a binary workbook that breaks off", xlsb, "damaged_workbook", "xl/workbook.bin"),
        bad("a binary cell that is too short", binary_sheet(&[0x05, 0x02, 0, 0]), "damaged_workbook", "too short"),
        bad(
            "a binary cell with a text that is not there",
            binary_sheet(&[0x07, 12, 0, 0, 0, 0, 0, 0, 0, 0, 9, 0, 0, 0]),
            "damaged_workbook",
            "text that is not there",
        ),
        bad(
            "an OLE container that breaks off",
            &b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0\0"[..],
            "damaged_workbook",
            "table of contents",
        ),
        bad(
            "an old workbook that breaks off",
            ole(&[("/Workbook", &[3, 2, 99, 0, 1])]),
            "damaged_workbook",
            "in the middle",
        ),
        bad("an old Word document", ole(&[("/WordDocument", b"x")]), "not_a_workbook", "a Word document"),
        bad("an e-mail", ole(&[("/__properties_version1.0", b"x")]), "not_a_workbook", "an e-mail"),
    ]);
}

#[test]
fn workbooks_with_a_password() {
    let manifest = b"<manifest:manifest><manifest:file-entry><manifest:encryption-data/></manifest:file-entry></manifest:manifest>";
    let locked_ods = zip(&[
        ("mimetype", b"application/vnd.oasis.opendocument.spreadsheet"),
        ("META-INF/manifest.xml", manifest),
        ("content.xml", b"\x01\x02"),
    ]);
    all_refused(vec![
        bad(
            "Excel's",
            ole(&[("/EncryptionInfo", b"x"), ("/EncryptedPackage", b"x")]),
            "password_protected",
            "with a password",
        ),
        bad(
            "old Excel's",
            ole(&[("/Workbook", &[0x2F, 0, 6, 0, 1, 0, 1, 0, 1, 0])]),
            "password_protected",
            "with a password",
        ),
        bad("OpenDocument's", locked_ods, "password_protected", "with a password"),
    ]);
}

#[test]
fn workbooks_that_would_burst() {
    let data = staff();
    let strings = |text: &[u8]| xlsx(&[SheetXml::new("Staff", &data)], &[("xl/sharedStrings.xml", text)]);
    let bomb = [&b"<sst>"[..], &vec![b' '; 80 << 20]].concat();
    let spaces = SheetXml { name: "Staff", state: "", xml: format!("<worksheet><sheetData>{}", " ".repeat(20 << 20)) };
    let cell = row(1, &["Name", "Email"]) + &row(2, &[&"x".repeat(6 << 20), "ana@example.org"]);
    let pieces = row(1, &["Name", "Email"]) + &row(2, &[&"x<!-- -->".repeat(600_000), "ana@example.org"]);
    let wide: String = (0..20_000).map(|_| "<c><v>1</v></c>").collect();
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

#[test]
fn sheets_that_cannot_be_chosen() {
    let two = xlsx(&[SheetXml::new("NEW PROVIDERS", &staff()), SheetXml::new("TERM PROVIDERS", &staff())], &[]);
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
