//! Archives and workbooks that cannot be read.

use super::{all_refused, bad};
use crate::support::{SheetXml, ods, ods_row, ole, row, staff, xlsx, zip};

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
