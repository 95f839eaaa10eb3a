//! A binary Excel workbook before calamine sees it: its records held against limits.
//!
//! calamine indexes into records and into the table of texts without looking at their lengths, so these are looked at here.

use std::collections::HashMap;
use std::io::Read;

use quick_xml::events::Event;

use super::super::error::RosterError;
use super::archive::{Archive, Metered, bytes_error, damaged, too_large};
use super::facts::SheetFacts;
use super::xlsx::attribute;

const PART_LIMIT: u64 = 256 << 20;
const SMALL_PART_LIMIT: u64 = 16 << 20;
const RECORD_LIMIT: usize = 4 << 20;
const MOST_STRINGS: u32 = 500_000;

const ROW_HEADER: u16 = 0x00;
const STRING_CELL: u16 = 0x07;
const STRING_ITEM: u16 = 0x13;
const COLUMN_INFO: u16 = 0x3C;
const LISTED_SHEET: u16 = 0x9C;

/// Checks everything that calamine reads of the workbook, and tells what it does not tell of each sheet.
pub(super) fn check_workbook(archive: &mut Archive) -> Result<HashMap<String, SheetFacts>, RosterError> {
    let mut strings = 0;
    check_records(archive, "xl/sharedStrings.bin", SMALL_PART_LIMIT * 4, |kind, _| {
        strings += u32::from(kind == STRING_ITEM);
        strings <= MOST_STRINGS
    })?;
    let mut listed = Vec::new();
    check_records(archive, "xl/workbook.bin", SMALL_PART_LIMIT, |kind, record| {
        listed.extend(if kind == LISTED_SHEET { listed_sheet(record) } else { None });
        true
    })?;
    check_records(archive, "xl/styles.bin", SMALL_PART_LIMIT, |_, _| true)?;
    let mut sheets = HashMap::new();
    for (id, part) in sheet_parts(archive)? {
        let mut facts = SheetFacts::default();
        check_records(archive, &part, PART_LIMIT, |kind, record| {
            note_hidden(kind, record, &mut facts);
            record_fits(kind, record, strings)
        })?;
        sheets.extend(listed.iter().find(|(known, _)| *known == id).map(|(_, name)| (name.clone(), facts)));
    }
    Ok(sheets)
}

/// The parts that the workbook names, each by the id of its relationship.
fn sheet_parts(archive: &mut Archive) -> Result<Vec<(String, String)>, RosterError> {
    let mut parts = Vec::new();
    let Some(mut xml) = archive.xml("xl/_rels/workbook.bin.rels", SMALL_PART_LIMIT)? else { return Ok(parts) };
    loop {
        xml.let_go();
        match xml.next()? {
            Event::Start(element) => {
                let target = attribute(&element, "Target").filter(|target| target.contains("sheets/"));
                if let Some(target) = target {
                    parts.push((attribute(&element, "Id").unwrap_or_default(), format!("xl/{target}")));
                }
            }
            Event::Eof => return Ok(parts),
            _ => {}
        }
    }
}

/// A sheet in the workbook's list: the id of its relationship, and its name.
fn listed_sheet(record: &[u8]) -> Option<(String, String)> {
    let (id, rest) = wide_text(record.get(8..)?)?;
    Some((id, wide_text(rest)?.0))
}

/// A text of sixteen bits a character behind its length, and what follows it.
fn wide_text(bytes: &[u8]) -> Option<(String, &[u8])> {
    let (length, rest) = bytes.split_first_chunk::<4>()?;
    let (text, rest) = rest.split_at_checked(usize::try_from(u32::from_le_bytes(*length)).ok()?.checked_mul(2)?)?;
    let units: Vec<u16> = text.chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]])).collect();
    Some((String::from_utf16_lossy(&units), rest))
}

/// Rows and columns that are hidden; calamine passes over what says so.
fn note_hidden(kind: u16, record: &[u8], facts: &mut SheetFacts) {
    let number = |at: usize| record.get(at..at + 4).and_then(|bytes| bytes.try_into().ok()).map(u32::from_le_bytes);
    let flag = |at: usize, bit: u8| record.get(at).is_some_and(|flags| flags & bit != 0);
    match (kind, number(0), number(4)) {
        (ROW_HEADER, Some(row), _) if flag(11, 0x10) => facts.hide(row, row),
        (COLUMN_INFO, Some(first), Some(last)) if flag(16, 0x01) => facts.hide_columns(first, last),
        _ => {}
    }
}

/// Whether calamine can read a cell's record without running over its end.
fn record_fits(kind: u16, record: &[u8], strings: u32) -> bool {
    let long_enough = match kind {
        0x00 => record.len() >= 4,
        0x02 | STRING_CELL | 0x06 | 0x08 => record.len() >= 12,
        0x03 | 0x04 | 0x0A => record.len() >= 9,
        0x05 | 0x09 | 0x94 => record.len() >= 16,
        _ => true,
    };
    let known_text = kind != STRING_CELL
        || record
            .get(8..12)
            .and_then(|index| index.try_into().ok())
            .is_some_and(|index| u32::from_le_bytes(index) < strings);
    long_enough && known_text
}

/// Reads all records of a part, if there is one, each of which must be as `fits` wants it.
fn check_records(
    archive: &mut Archive,
    part: &str,
    limit: u64,
    mut fits: impl FnMut(u16, &[u8]) -> bool,
) -> Result<(), RosterError> {
    let file = archive.file().to_owned();
    let Some(mut bytes) = archive.bytes(part, limit)? else { return Ok(()) };
    let mut record = Vec::new();
    while let Some(kind) = read_kind(&mut bytes).map_err(|error| bytes_error(&file, part, error))? {
        let length = read_length(&mut bytes).map_err(|error| bytes_error(&file, part, error))?;
        if length > RECORD_LIMIT {
            return Err(too_large(&file, format!("a record of {} MiB ({part})", length >> 20)));
        }
        record.resize(length, 0);
        bytes.read_exact(&mut record).map_err(|error| bytes_error(&file, part, error))?;
        if !fits(kind, &record) {
            return Err(damaged(
                &file,
                format!("a record of {part} is too short, or points at a text that is not there"),
            ));
        }
    }
    Ok(())
}

fn read_kind(bytes: &mut Metered<'_>) -> std::io::Result<Option<u16>> {
    let mut byte = [0];
    if bytes.read(&mut byte)? == 0 {
        return Ok(None);
    }
    let low = u16::from(byte[0]);
    if low & 0x80 == 0 {
        return Ok(Some(low));
    }
    bytes.read_exact(&mut byte)?;
    Ok(Some((low & 0x7F) + (u16::from(byte[0] & 0x7F) << 7)))
}

fn read_length(bytes: &mut Metered<'_>) -> std::io::Result<usize> {
    let mut length = 0;
    for shift in [0, 7, 14, 21] {
        let mut byte = [0];
        bytes.read_exact(&mut byte)?;
        length += usize::from(byte[0] & 0x7F) << shift;
        if byte[0] & 0x80 == 0 {
            break;
        }
    }
    Ok(length)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_records_and_unknown_texts_are_refused() {
        assert!(record_fits(0x07, &[0; 12], 1));
        assert!(!record_fits(0x07, &[0; 12], 0));
        assert!(!record_fits(0x05, &[0; 15], 1));
        assert!(record_fits(0x01, &[], 0));
    }

    #[test]
    fn a_name_that_breaks_off_is_none() {
        let name = [&[2, 0, 0, 0][..], &[b'A', 0, b'b', 0, 9]].concat();
        assert_eq!(wide_text(&name), Some(("Ab".to_owned(), &[9][..])));
        assert_eq!(wide_text(&name[..6]), None);
        assert_eq!(wide_text(&[0xFF; 4]), None);
    }
}
