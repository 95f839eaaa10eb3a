//! A binary Excel workbook before calamine sees it: its records held against limits.
//!
//! calamine indexes into records and into the table of texts without looking at their lengths, so these are looked at here.

use std::io::Read;

use quick_xml::events::Event;

use super::super::error::RosterError;
use super::archive::{Archive, Metered, bytes_error, damaged, too_large};

const PART_LIMIT: u64 = 256 << 20;
const SMALL_PART_LIMIT: u64 = 16 << 20;
const RECORD_LIMIT: usize = 4 << 20;
const MOST_STRINGS: u32 = 500_000;

const STRING_ITEM: u16 = 0x13;
const STRING_CELL: u16 = 0x07;

/// Checks everything that calamine reads of the workbook.
pub(super) fn check_workbook(archive: &mut Archive) -> Result<(), RosterError> {
    let mut strings = 0;
    check_records(archive, "xl/sharedStrings.bin", SMALL_PART_LIMIT * 4, |kind, _| {
        strings += u32::from(kind == STRING_ITEM);
        strings <= MOST_STRINGS
    })?;
    for part in ["xl/workbook.bin", "xl/styles.bin"] {
        check_records(archive, part, SMALL_PART_LIMIT, |_, _| true)?;
    }
    for part in sheet_parts(archive)? {
        check_records(archive, &part, PART_LIMIT, |kind, record| record_fits(kind, record, strings))?;
    }
    Ok(())
}

/// The parts that the workbook names.
fn sheet_parts(archive: &mut Archive) -> Result<Vec<String>, RosterError> {
    let mut parts = Vec::new();
    let Some(mut xml) = archive.xml("xl/_rels/workbook.bin.rels", SMALL_PART_LIMIT)? else { return Ok(parts) };
    loop {
        xml.let_go();
        match xml.next()? {
            Event::Start(element) => {
                for attribute in element.attributes().with_checks(false).filter_map(Result::ok) {
                    if attribute.key.as_ref() == "Target" && attribute.value.contains("sheets/") {
                        parts.push(format!("xl/{}", attribute.value));
                    }
                }
            }
            Event::Eof => return Ok(parts),
            _ => {}
        }
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
}
