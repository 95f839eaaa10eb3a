//! An Excel workbook of 1997 to 2003 before calamine sees it: how much memory its sheets would take.
//!
//! calamine makes room for every cell between the first and the last of a sheet, and for what its dimensions claim. Both are
//! known from the records, which are walked here. The container is looked through by [`super::ole`].

use std::collections::{BTreeSet, HashMap};
use std::fs::File;
use std::path::Path;

use super::super::error::RosterError;
use super::archive::{damaged, too_large};
use super::facts::SheetFacts;
use super::ole::{Container, OleError};
use super::rewrite::Dialect;
use super::texts;

const FILE_LIMIT: u64 = 64 << 20;
const MOST_CELLS: u64 = 1_500_000;
const MOST_CHARACTERS: u64 = 32 << 20;
/// The records that matter, as MS-XLS numbers them.
const FILE_PASS: u16 = 0x002F;
const BOUND_SHEET: u16 = 0x0085;
const BEGIN: u16 = 0x0809;
const END: u16 = 0x000A;
const ROW: u16 = 0x0208;
const COLUMN_INFO: u16 = 0x007D;
const DIMENSIONS: u16 = 0x0200;
const SST: u16 = 0x00FC;
const CONTINUE: u16 = 0x003C;
const LABEL_SST: u16 = 0x00FD;
const MUL_RK: u16 = 0x00BD;
/// Number, Label, RString, BoolErr, RK, LabelSst, Formula, MulRk.
const CELLS: [u16; 8] = [0x0203, 0x0204, 0x00D6, 0x0205, 0x027E, LABEL_SST, 0x0006, MUL_RK];

const MOST_NESTED: usize = 64;
const MOST_SHEETS: usize = 10_000;

/// Checks the container and all that calamine reads of it, and tells what it does not tell of each sheet.
pub(super) fn check_workbook(path: &Path) -> Result<(HashMap<String, SheetFacts>, Dialect), RosterError> {
    let file = path.display().to_string();
    let opened = File::open(path).map_err(|error| RosterError::io(&file, error))?;
    let size = opened.metadata().map_err(|error| RosterError::io(&file, error))?.len();
    if size > FILE_LIMIT {
        return Err(too_large(&file, format!("{} MiB; at most {} are read of an .xls", size >> 20, FILE_LIMIT >> 20)));
    }
    let broken = |error: OleError| damaged(&file, format!("its table of contents cannot be read ({error})"));
    let mut container = Container::open(opened, size).map_err(broken)?;
    if container.has("EncryptedPackage") || container.has("EncryptionInfo") {
        return Err(RosterError::PasswordProtected { file });
    }
    let Some(stream) = container.workbook().map_err(broken)? else {
        return Err(RosterError::NotAWorkbook { file, what: other_document(&container).to_owned() });
    };
    Ok((check_records(&file, &stream)?, dialect(&stream)))
}

/// Some programs name the code page of their country where Excel itself says "Unicode" (MS-XLS 2.4.52), which the texts are
/// from version 8 of the format on; calamine believes them.
fn dialect(stream: &[u8]) -> Dialect {
    const VERSION_8: u16 = 0x0600;
    if word(stream, 0) == Some(BEGIN) && word(stream, 4) == Some(VERSION_8) { Dialect::Unicode } else { Dialect::None }
}

fn other_document(container: &Container) -> &'static str {
    match () {
        () if container.has("WordDocument") => "a Word document",
        () if container.has("PowerPoint Document") => "a presentation",
        () if container.has("__properties_version1.0") => "an e-mail message",
        () => "another Office file",
    }
}

/// The part of a sheet that holds cells.
#[derive(Default)]
struct Extent {
    /// Where it begins in the stream.
    at: u32,
    facts: SheetFacts,
    rows: Option<(u64, u64)>,
    columns: Option<(u64, u64)>,
}

impl Extent {
    fn take(&mut self, row: u16, first: u16, last: u16) {
        let grown = |range: Option<(u64, u64)>, from: u64, to: u64| {
            range.map_or(Some((from, to)), |(low, high)| Some((low.min(from), high.max(to))))
        };
        self.rows = grown(self.rows, row.into(), row.into());
        self.columns = grown(self.columns, first.min(last).into(), last.max(first).into());
    }

    fn cells(&self) -> u64 {
        let length = |range: Option<(u64, u64)>| range.map_or(0, |(low, high)| high - low + 1);
        length(self.rows) * length(self.columns)
    }
}

/// Walks all records: a password, what the sheets claim, and what they hold.
fn check_records(file: &str, stream: &[u8]) -> Result<HashMap<String, SheetFacts>, RosterError> {
    let mut walk = Walk::new(file);
    let mut rest = stream;
    while let [k0, k1, l0, l1, after @ ..] = rest {
        let at = stream.len() - rest.len();
        let kind = u16::from_le_bytes([*k0, *k1]);
        let Some((record, after)) = after.split_at_checked(usize::from(u16::from_le_bytes([*l0, *l1]))) else {
            return Err(damaged(file, "it breaks off in the middle of a sheet"));
        };
        rest = after;
        walk.texts(kind, record);
        walk.sheets(kind, at, record)?;
        walk.cells(kind, record)?;
    }
    walk.finish()
}

/// What the records so far amount to.
struct Walk<'a> {
    file: &'a str,
    /// The table of texts, with the records that continue it.
    table: Vec<&'a [u8]>,
    table_goes_on: bool,
    /// The texts that cells show, by their numbers in the table.
    shown: Vec<u32>,
    /// Where sheets are said to begin, with their names, and where they do.
    listed: Vec<(u32, String)>,
    begins: BTreeSet<u32>,
    /// What is known of the sheets that have ended, by where they begin.
    facts: HashMap<u32, SheetFacts>,
    /// The sheets that have begun and not ended: a chart stands inside its sheet.
    open: Vec<Extent>,
    /// Cells of the sheets that have ended.
    spanned: u64,
}

impl<'a> Walk<'a> {
    fn new(file: &'a str) -> Self {
        Walk {
            file,
            table: Vec::new(),
            table_goes_on: false,
            shown: Vec::new(),
            listed: Vec::new(),
            begins: BTreeSet::new(),
            facts: HashMap::new(),
            open: vec![Extent::default()],
            spanned: 0,
        }
    }

    fn texts(&mut self, kind: u16, record: &'a [u8]) {
        match kind {
            SST => {
                self.table = vec![record];
                self.table_goes_on = true;
            }
            CONTINUE if self.table_goes_on => self.table.push(record),
            CONTINUE => {}
            _ => self.table_goes_on = false,
        }
        if kind == LABEL_SST {
            self.shown.push(long(record, 6).unwrap_or(u32::MAX));
        }
    }

    fn sheets(&mut self, kind: u16, at: usize, record: &[u8]) -> Result<(), RosterError> {
        match kind {
            FILE_PASS => return Err(RosterError::PasswordProtected { file: self.file.to_owned() }),
            BOUND_SHEET => self.listed.push((long(record, 0).unwrap_or(u32::MAX), name_of(record))),
            BEGIN => {
                let at = u32::try_from(at).unwrap_or(u32::MAX);
                self.begins.insert(at);
                self.open.push(Extent { at, ..Extent::default() });
            }
            END => {
                let ended = self.open.pop().unwrap_or_default();
                self.spanned += ended.cells();
                self.facts.insert(ended.at, ended.facts);
            }
            ROW => {
                let hidden = word(record, 12).is_some_and(|flags| flags & 0x20 != 0);
                if let (true, Some(row), Some(sheet)) = (hidden, word(record, 0), self.open.last_mut()) {
                    sheet.facts.hide(row.into(), row.into());
                }
            }
            COLUMN_INFO => {
                let hidden = word(record, 8).is_some_and(|flags| flags & 1 != 0);
                if let (true, Some(first), Some(last), Some(sheet)) =
                    (hidden, word(record, 0), word(record, 2), self.open.last_mut())
                {
                    sheet.facts.hide_columns(first.into(), last.into());
                }
            }
            DIMENSIONS if claimed_cells(record) > MOST_CELLS * 4 => {
                return Err(too_large(self.file, "a sheet claims more cells than any roster has"));
            }
            _ => {}
        }
        if self.open.len() > MOST_NESTED || self.begins.len() > MOST_SHEETS {
            return Err(too_large(self.file, "it has more sheets than any roster"));
        }
        Ok(())
    }

    fn cells(&mut self, kind: u16, record: &[u8]) -> Result<(), RosterError> {
        if !CELLS.contains(&kind) {
            return Ok(());
        }
        let (Some(row), Some(column)) = (word(record, 0), word(record, 2)) else {
            return Err(damaged(self.file, "a cell's record is too short"));
        };
        let last = if kind == MUL_RK { word(record, record.len().saturating_sub(2)) } else { None };
        if self.open.is_empty() {
            self.open.push(Extent::default());
        }
        let open = self.open.last_mut().map_or(0, |sheet| {
            sheet.take(row, column, last.unwrap_or(column));
            sheet.cells()
        });
        if self.spanned + open > MOST_CELLS {
            return Err(too_large(self.file, format!("its sheets span more than {MOST_CELLS} cells")));
        }
        Ok(())
    }

    fn finish(mut self) -> Result<HashMap<String, SheetFacts>, RosterError> {
        let lengths = texts::lengths(&self.table);
        let shown = self.shown.iter().filter_map(|text| lengths.get(*text as usize));
        if shown.map(|length| u64::from(*length)).sum::<u64>() > MOST_CHARACTERS {
            return Err(too_large(self.file, format!("its cells show more than {MOST_CHARACTERS} characters")));
        }
        // A sheet that is listed twice would be read twice, and one that begins in the middle of nothing is not one.
        let distinct: BTreeSet<u32> =
            self.listed.iter().map(|(at, _)| *at).filter(|at| self.begins.contains(at)).collect();
        if distinct.len() < self.listed.len() {
            return Err(damaged(self.file, "its list of sheets does not fit its sheets"));
        }
        let facts = self.listed.into_iter().filter_map(|(at, name)| Some((name, self.facts.remove(&at)?)));
        Ok(facts.collect())
    }
}

/// A sheet's name, as Excel 97 and later write it.
fn name_of(record: &[u8]) -> String {
    let (Some([length, flags]), Some(text)) = (record.get(6..8), record.get(8..)) else { return String::new() };
    let length = usize::from(*length);
    if flags & 1 == 0 {
        return text.iter().take(length).map(|byte| char::from(*byte)).collect();
    }
    let units: Vec<u16> =
        text.chunks_exact(2).take(length).map(|pair| u16::from_le_bytes([pair[0], pair[1]])).collect();
    String::from_utf16_lossy(&units)
}

fn long(record: &[u8], at: usize) -> Option<u32> {
    record.get(at..at + 4).and_then(|bytes| bytes.try_into().ok()).map(u32::from_le_bytes)
}

fn word(record: &[u8], at: usize) -> Option<u16> {
    record.get(at..at + 2).and_then(|bytes| bytes.try_into().ok()).map(u16::from_le_bytes)
}

/// The rows times the columns of a Dimensions record, of either length.
fn claimed_cells(record: &[u8]) -> u64 {
    let long = |at: usize| u64::from(long(record, at).unwrap_or(0));
    let short = |at: usize| word(record, at).map_or(0, u64::from);
    let (rows, columns) = match record.len() {
        10 => (short(2).saturating_sub(short(0)), short(6).saturating_sub(short(4))),
        _ => (long(4).saturating_sub(long(0)), short(10).saturating_sub(short(8))),
    };
    (rows + 1) * (columns + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(kind: u16, data: &[u8]) -> Vec<u8> {
        let length = u16::try_from(data.len()).unwrap();
        [&kind.to_le_bytes(), &length.to_le_bytes(), data].concat()
    }

    fn number(row: u16, column: u16) -> Vec<u8> {
        record(0x0203, &[&row.to_le_bytes()[..], &column.to_le_bytes(), &[0; 10]].concat())
    }

    #[test]
    fn two_far_cells_are_too_many() {
        let near = [number(0, 0), number(100, 30)].concat();
        assert!(check_records("f", &near).is_ok());
        let far = [number(0, 0), number(u16::MAX, 255)].concat();
        assert_eq!(check_records("f", &far).unwrap_err().code(), "workbook_too_large");
        let around_a_chart =
            [record(0x809, &[0; 16]), number(0, 0), record(0x809, &[0; 16]), record(0x0A, &[]), number(u16::MAX, 255)];
        assert_eq!(check_records("f", &around_a_chart.concat()).unwrap_err().code(), "workbook_too_large");
    }

    #[test]
    fn a_sheet_is_listed_once_and_where_it_begins() {
        let listed = |at: u32| record(0x85, &[&at.to_le_bytes()[..], &[0; 6]].concat());
        let sheet = record(0x809, &[0; 16]);
        let once = [listed(14), sheet.clone()].concat();
        assert!(check_records("f", &once).is_ok());
        let twice = [listed(28), listed(28), sheet.clone()].concat();
        assert_eq!(check_records("f", &twice).unwrap_err().code(), "damaged_workbook");
        let nowhere = [listed(15), sheet].concat();
        assert_eq!(check_records("f", &nowhere).unwrap_err().code(), "damaged_workbook");
    }

    #[test]
    fn a_long_text_shown_often_is_too_much() {
        let table = [&[0; 8][..], &60_000u16.to_le_bytes(), &[0]].concat();
        let table = [record(0xFC, &table), record(0x3C, &[0; 60_001])].concat();
        let show = |row: u16| record(0xFD, &[&row.to_le_bytes()[..], &[0; 8]].concat());
        let often = |times: u16| [table.clone(), (0..times).flat_map(show).collect()].concat();
        assert!(check_records("f", &often(500)).is_ok());
        assert_eq!(check_records("f", &often(600)).unwrap_err().code(), "workbook_too_large");
    }

    #[test]
    fn passwords_claims_and_ends_are_seen() {
        let code = |stream: &[u8]| check_records("f", stream).unwrap_err().code();
        assert_eq!(code(&record(0x2F, &[1, 0, 1, 0])), "password_protected");
        let claim = [&0u32.to_le_bytes()[..], &u32::MAX.to_le_bytes(), &[0, 0, 0, 1, 0, 0]].concat();
        assert_eq!(code(&record(0x200, &claim)), "workbook_too_large");
        assert_eq!(code(&number(0, 0)[..8]), "damaged_workbook");
        assert_eq!(code(&record(0x203, &[0])), "damaged_workbook");
    }
}
