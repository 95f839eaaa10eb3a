//! A binary Excel workbook before calamine sees it: its records held against limits.
//!
//! calamine indexes into records and into the table of texts without looking at their lengths, so these are looked at here.

use std::collections::HashMap;
use std::io::{Read, Write};

use quick_xml::events::Event;

use super::super::error::RosterError;
use super::archive::{Archive, Metered, bytes_error, damaged, too_large};
use super::facts::SheetFacts;
use super::rewrite::Dialect;
use super::xlsx::attribute;

const PART_LIMIT: u64 = 256 << 20;
const SMALL_PART_LIMIT: u64 = 16 << 20;
const RECORD_LIMIT: usize = 4 << 20;
const MOST_STRINGS: u32 = 500_000;

const ROW_HEADER: u16 = 0x00;
/// `BrtCellBlank` to `BrtFmlaError`, and `BrtCellRString`.
const FIRST_CELL: u16 = 0x01;
const LAST_CELL: u16 = 0x0B;
const RICH_CELL: u16 = 0x3E;
/// `BrtShortBlank` to `BrtShortIsst`, in the order of the long ones.
const FIRST_SHORT_CELL: u16 = 0x0C;
const LAST_SHORT_CELL: u16 = 0x12;
const STRING_CELL: u16 = 0x07;
const STRING_ITEM: u16 = 0x13;
const COLUMN_INFO: u16 = 0x3C;
const LISTED_SHEET: u16 = 0x9C;

/// Checks everything that calamine reads of the workbook, and tells what it does not tell of each sheet.
pub(super) fn check_workbook(archive: &mut Archive) -> Result<(HashMap<String, SheetFacts>, Dialect), RosterError> {
    let mut dialect = Dialect::None;
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
        let mut columns = Columns::default();
        check_records(archive, &part, PART_LIMIT, |kind, record| {
            note_hidden(kind, record, &mut facts);
            match columns.long_form(kind, record) {
                Some((kind, record)) => {
                    dialect = Dialect::ShortCells;
                    record_fits(kind, &record, strings)
                }
                None => record_fits(kind, record, strings),
            }
        })?;
        sheets.extend(listed.iter().find(|(known, _)| *known == id).map(|(_, name)| (name.clone(), facts)));
    }
    Ok((sheets, dialect))
}

/// Writes a sheet's part again, every cell with its column.
pub(super) fn write_long_cells(archive: &mut Archive, part: &str, to: &mut dyn Write) -> Result<(), RosterError> {
    let file = archive.file().to_owned();
    let mut columns = Columns::default();
    let mut written = Ok(());
    check_records(archive, part, PART_LIMIT, |kind, record| {
        written = match columns.long_form(kind, record) {
            Some((kind, record)) => write_record(kind, &record, to),
            None => write_record(kind, record, to),
        };
        written.is_ok()
    })?;
    written.map_err(|error| RosterError::io(&file, error))
}

/// Where the cells of a row stand, as its records come.
#[derive(Default)]
struct Columns {
    next: u32,
}

impl Columns {
    /// A cell that stands behind another may leave out its column (MS-XLSB, `BrtShortBlank` to `BrtShortIsst`): the same cell
    /// with its column. Nothing for every other record.
    fn long_form(&mut self, kind: u16, record: &[u8]) -> Option<(u16, Vec<u8>)> {
        match kind {
            ROW_HEADER => self.next = 0,
            FIRST_CELL..=LAST_CELL | RICH_CELL => {
                let column = record.first_chunk::<4>().map_or(0, |bytes| u32::from_le_bytes(*bytes));
                self.next = column.saturating_add(1);
            }
            FIRST_SHORT_CELL..=LAST_SHORT_CELL => {
                let column = self.next;
                self.next = column.saturating_add(1);
                let kind = kind - FIRST_SHORT_CELL + FIRST_CELL;
                return Some((kind, [&column.to_le_bytes(), record].concat()));
            }
            _ => {}
        }
        None
    }
}

/// The parts that the workbook names, each by the id of its relationship.
pub(super) fn sheet_parts(archive: &mut Archive) -> Result<Vec<(String, String)>, RosterError> {
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

fn write_record(kind: u16, record: &[u8], to: &mut dyn Write) -> std::io::Result<()> {
    let mut head = Vec::with_capacity(6);
    let low = |number: usize| (number & 0x7F) as u8;
    match kind {
        0..0x80 => head.push(low(kind.into())),
        _ => head.extend([low(kind.into()) | 0x80, low(usize::from(kind >> 7))]),
    }
    let mut length = record.len();
    while length > 0x7F {
        head.push(low(length) | 0x80);
        length >>= 7;
    }
    head.push(low(length));
    to.write_all(&head)?;
    to.write_all(record)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_without_a_column_stands_behind_the_one_before_it() {
        let mut columns = Columns::default();
        assert_eq!(columns.long_form(0x0D, &[9; 8]), Some((0x02, [&[0, 0, 0, 0][..], &[9; 8]].concat())));
        assert_eq!(columns.long_form(0x07, &[4, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0]), None);
        assert_eq!(columns.long_form(0x12, &[8; 8]), Some((0x07, [&[5, 0, 0, 0][..], &[8; 8]].concat())));
        assert_eq!(columns.long_form(ROW_HEADER, &[1; 12]), None);
        assert_eq!(columns.long_form(0x0C, &[7; 4]), Some((0x01, [&[0, 0, 0, 0][..], &[7; 4]].concat())));
    }

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
