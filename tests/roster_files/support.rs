//! What the roster tests share: a judge with a word list, and files made on the spot.

use std::io::{Cursor, Write};
use std::path::{Path, PathBuf};

use avara_onboard::roster::{HeaderJudge, LeftOut, Roster, RosterError, RosterItem, RosterOptions, Row, open};
use tempfile::TempDir;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

/// Knows a few names of columns.
pub struct Words;

impl HeaderJudge for Words {
    fn recognised(&self, cells: &[&str]) -> usize {
        const KNOWN: [&str; 14] = [
            "name",
            "first name",
            "last name",
            "email",
            "e-mail",
            "phone",
            "npi",
            "role",
            "title",
            "department",
            "vorname",
            "nachname",
            "prénom",
            "specialty",
        ];
        cells.iter().filter(|cell| KNOWN.contains(&cell.to_lowercase().as_str())).count()
    }
}

/// A folder with one roster file in it.
pub struct Desk {
    folder: TempDir,
    path: PathBuf,
}

impl Desk {
    pub fn new(name: &str, bytes: &[u8]) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).expect("a file");
        Desk { folder, path }
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub fn open(&self) -> Result<Roster, RosterError> {
        self.open_with(&RosterOptions::default())
    }

    pub fn open_with(&self, options: &RosterOptions) -> Result<Roster, RosterError> {
        open(&self.path, options, &Words)
    }

    /// Opens the roster and reads all of it.
    pub fn read(&self) -> Result<Vec<RosterItem>, RosterError> {
        self.open()?.rows()?.collect()
    }
}

/// The people's rows among the items.
pub fn people(items: &[RosterItem]) -> Vec<&Row> {
    items.iter().filter_map(|item| if let RosterItem::Row(row) = item { Some(row) } else { None }).collect()
}

/// What was left out, with its place.
pub fn left_out(items: &[RosterItem]) -> Vec<(String, LeftOut)> {
    items
        .iter()
        .filter_map(|item| if let RosterItem::LeftOut { at, why } = item { Some((at.to_string(), *why)) } else { None })
        .collect()
}

/// A row's texts.
pub fn texts(row: &Row) -> Vec<&str> {
    row.cells.iter().map(|cell| cell.text.as_str()).collect()
}

/// A zip archive of these parts.
pub fn zip(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    for (name, bytes) in parts {
        writer.start_file(*name, options).expect("a part");
        writer.write_all(bytes).expect("its bytes");
    }
    writer.finish().expect("an archive").into_inner()
}

/// One sheet of a handmade workbook.
pub struct SheetXml<'a> {
    pub name: &'a str,
    /// `hidden`, `veryHidden` or blank.
    pub state: &'a str,
    /// What stands in the part, all of it.
    pub xml: String,
}

impl<'a> SheetXml<'a> {
    /// A visible sheet with this `<sheetData>`.
    pub fn new(name: &'a str, data: &str) -> Self {
        let xml = format!("<worksheet><sheetData>{data}</sheetData></worksheet>");
        SheetXml { name, state: "", xml }
    }

    pub fn hidden(self) -> Self {
        SheetXml { state: "hidden", ..self }
    }
}

/// A handmade workbook, so that it can say what no program would write.
pub fn xlsx(sheets: &[SheetXml], extra: &[(&str, &[u8])]) -> Vec<u8> {
    let mut list = String::new();
    let mut relations = String::new();
    for (number, sheet) in (1..).zip(sheets) {
        let state = if sheet.state.is_empty() { String::new() } else { format!(r#" state="{}""#, sheet.state) };
        list += &format!(r#"<sheet name="{}" sheetId="{number}"{state} r:id="rId{number}"/>"#, sheet.name);
        relations += &format!(
            r#"<Relationship Id="rId{number}" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet{number}.xml"/>"#
        );
    }
    let root = r#"<Relationships><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#;
    let workbook = format!("<workbook><sheets>{list}</sheets></workbook>");
    let relations = format!("<Relationships>{relations}</Relationships>");
    let names: Vec<String> = (1..=sheets.len()).map(|number| format!("xl/worksheets/sheet{number}.xml")).collect();
    let mut parts: Vec<(&str, &[u8])> = vec![
        ("_rels/.rels", root.as_bytes()),
        ("xl/workbook.xml", workbook.as_bytes()),
        ("xl/_rels/workbook.xml.rels", relations.as_bytes()),
    ];
    parts.extend(names.iter().zip(sheets).map(|(name, sheet)| (name.as_str(), sheet.xml.as_bytes())));
    parts.extend(extra);
    zip(&parts)
}

/// A row of inline texts.
pub fn row(number: u32, cells: &[&str]) -> String {
    let cells: String = cells
        .iter()
        .zip('A'..='Z')
        .filter(|(text, _)| !text.is_empty())
        .map(|(text, column)| format!(r#"<c r="{column}{number}" t="inlineStr"><is><t>{text}</t></is></c>"#))
        .collect();
    format!(r#"<row r="{number}">{cells}</row>"#)
}

/// A header and one person.
pub fn staff() -> String {
    row(1, &["Name", "Email"]) + &row(2, &["Ana Ruiz", "ana@example.org"])
}

/// An OpenDocument spreadsheet with this inside its one table.
pub fn ods(table: &str) -> Vec<u8> {
    let content = format!(
        r#"<office:document-content><office:body><office:spreadsheet><table:table table:name="Staff">{table}</table:table></office:spreadsheet></office:body></office:document-content>"#
    );
    zip(&[
        ("mimetype", b"application/vnd.oasis.opendocument.spreadsheet"),
        ("META-INF/manifest.xml", b"<manifest:manifest></manifest:manifest>"),
        ("content.xml", content.as_bytes()),
    ])
}

/// A cell of text in an OpenDocument table.
pub fn ods_cell(text: &str) -> String {
    format!(r#"<table:table-cell office:value-type="string"><text:p>{text}</text:p></table:table-cell>"#)
}

/// A row of an OpenDocument table.
pub fn ods_row(cells: &[&str]) -> String {
    let cells: String = cells.iter().map(|text| ods_cell(text)).collect();
    format!("<table:table-row>{cells}</table:table-row>")
}

/// A record of a binary workbook.
pub fn xlsb_record(kind: &[u8], data: &[u8]) -> Vec<u8> {
    [kind, &[u8::try_from(data.len()).expect("a short record")], data].concat()
}

/// A row of texts of a binary sheet, each with its column; rows count from 0.
pub fn xlsb_row(number: u8, texts: &[(u8, &str)]) -> Vec<u8> {
    let header = xlsb_record(&[0], &[&[number][..], &[0; 16]].concat());
    let cell = |(column, text): &(u8, &str)| {
        xlsb_record(&[6], &[&[*column, 0, 0, 0, 0, 0, 0, 0][..], &xlsb_text(text)].concat())
    };
    [header, texts.iter().flat_map(cell).collect()].concat()
}

fn xlsb_text(text: &str) -> Vec<u8> {
    let units: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    [&u32::try_from(units.len() / 2).expect("a short text").to_le_bytes()[..], &units].concat()
}

/// A binary workbook with one sheet, "Staff": what stands before its cells, and its cells.
pub fn xlsb(before: &[u8], cells: &[u8]) -> Vec<u8> {
    let listed = [&[0; 4][..], &[1, 0, 0, 0], &xlsb_text("rId1"), &xlsb_text("Staff")].concat();
    let ends = |kind: u8| xlsb_record(&[kind, 1], &[]);
    let workbook = [xlsb_record(&[0x9C, 1], &listed), ends(0x90), ends(0x9D)].concat();
    let sheet = [before, &xlsb_record(&[0x94, 1], &[0; 16]), &ends(0x91), cells, &ends(0x92)].concat();
    let relations =
        br#"<Relationships><Relationship Id="rId1" Type="x" Target="worksheets/sheet1.bin"/></Relationships>"#;
    zip(&[
        ("xl/workbook.bin", &workbook),
        ("xl/_rels/workbook.bin.rels", relations),
        ("xl/worksheets/sheet1.bin", &sheet),
    ])
}

/// An OLE container with these streams.
pub fn ole(streams: &[(&str, &[u8])]) -> Vec<u8> {
    let mut container = cfb::CompoundFile::create(Cursor::new(Vec::new())).expect("a container");
    for (name, bytes) in streams {
        container.create_stream(name).expect("a stream").write_all(bytes).expect("its bytes");
    }
    container.flush().expect("a container");
    container.into_inner().into_inner()
}
