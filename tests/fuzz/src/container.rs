//! A workbook from its parts as text, so that a change to a part is not a broken archive.
//!
//! ```text
//! zip
//! == xl/worksheets/sheet1.xml
//! <worksheet>…</worksheet>
//! ```
//!
//! `ole` in the first line makes an OLE container instead. The parts that make a workbook of one sheet are added where no
//! part says otherwise.

use std::collections::BTreeSet;
use std::io::{Cursor, Write};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

/// What a part begins with.
const MARK: &[u8] = b"\n== ";

/// The parts of a workbook with one sheet, but for the sheet.
const SKELETON: [(&str, &str); 3] = [
    (
        "_rels/.rels",
        r#"<Relationships><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#,
    ),
    ("xl/workbook.xml", r#"<workbook><sheets><sheet name="Staff" sheetId="1" r:id="rId1"/></sheets></workbook>"#),
    (
        "xl/_rels/workbook.xml.rels",
        r#"<Relationships><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>"#,
    ),
];

/// The file that the bytes describe; the bytes themselves where they describe none.
pub fn build(bytes: &[u8]) -> Vec<u8> {
    let built = match () {
        () if bytes.starts_with(b"zip\n") => zip(&parts(bytes)),
        () if bytes.starts_with(b"ole\n") => ole(&parts(bytes)),
        () => None,
    };
    built.unwrap_or_else(|| bytes.to_owned())
}

/// The parts with their names; a name that comes again is left out.
fn parts(bytes: &[u8]) -> Vec<(String, &[u8])> {
    let starts: Vec<usize> =
        bytes.windows(MARK.len()).enumerate().filter(|(_, window)| *window == MARK).map(|(at, _)| at).collect();
    let ends = starts.iter().skip(1).copied().chain([bytes.len()]);
    let mut seen = BTreeSet::new();
    starts
        .iter()
        .zip(ends)
        .filter_map(|(start, end)| {
            let part = &bytes[start + MARK.len()..end];
            let line = part.iter().position(|byte| *byte == b'\n')?;
            Some((String::from_utf8_lossy(&part[..line]).into_owned(), &part[line + 1..]))
        })
        .filter(|(name, _)| seen.insert(name.to_lowercase()))
        .collect()
}

fn zip(parts: &[(String, &[u8])]) -> Option<Vec<u8>> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    let has = |wanted: &str| parts.iter().any(|(name, _)| name == wanted);
    let complete = has("content.xml") || has("xl/workbook.bin");
    let missing = SKELETON.iter().filter(|(name, _)| !complete && !has(name));
    let all = parts.iter().map(|(name, bytes)| (name.as_str(), *bytes));
    for (name, bytes) in all.chain(missing.map(|(name, text)| (*name, text.as_bytes()))) {
        writer.start_file(name, options).ok()?;
        writer.write_all(bytes).ok()?;
    }
    Some(writer.finish().ok()?.into_inner())
}

fn ole(parts: &[(String, &[u8])]) -> Option<Vec<u8>> {
    let mut container = cfb::CompoundFile::create(Cursor::new(Vec::new())).ok()?;
    for (name, bytes) in parts {
        // The crate that writes the container takes no other names, and panics at some.
        if !(1..32).contains(&name.len()) || !name.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            return None;
        }
        container.create_stream(name).ok()?.write_all(bytes).ok()?;
    }
    container.flush().ok()?;
    Some(container.into_inner().into_inner())
}
