//! A sheet of an Excel workbook before calamine sees it: its cells held against limits, and what calamine does not tell of them.

use quick_xml::events::{BytesStart, Event};

use super::super::error::RosterError;
use super::super::records::{CELL_LIMIT, COLUMN_LIMIT};
use super::super::{Cell, CellKind, Location};
use super::archive::{Archive, damaged, too_large};
use super::facts::{MOST_REMARKABLE, SheetFacts};
use super::styles::StruckStyles;
use super::xlsx::{SheetParts, attribute};

/// A sheet of Excel's has no more rows.
pub(super) const ROW_LIMIT: u32 = 1_048_576;

const SHEET_LIMIT: u64 = 384 << 20;

/// The errors that calamine knows.
const KNOWN_ERRORS: [&str; 7] = ["#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!"];

/// How much of a sheet is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Extent {
    /// So many rows that hold something: enough to find a header.
    Rows(usize),
    /// All of it.
    Whole,
}

/// Reads a sheet's part, checks it, and collects what calamine does not tell of it.
pub(super) fn check_sheet(
    archive: &mut Archive,
    sheet: &str,
    sheets: &SheetParts,
    extent: Extent,
) -> Result<SheetFacts, RosterError> {
    let part = sheets.parts.iter().find(|(name, _)| name == sheet).map_or("", |(_, part)| part);
    let file = archive.file().to_owned();
    let Some(mut xml) = archive.xml(part, SHEET_LIMIT)? else {
        return Err(damaged(&file, format!("the sheet {sheet:?} is missing")));
    };
    let mut scan = SheetScan::new(&file, sheet, &sheets.struck);
    loop {
        if scan.cell.is_none() {
            xml.let_go();
        }
        match xml.next()? {
            Event::Start(element) => scan.start(&element)?,
            Event::End(element) => scan.end(element.local_name().as_ref())?,
            Event::Text(text) => scan.text(&text.xml10_content()),
            Event::Eof => break,
            _ => {}
        }
        if extent == Extent::Rows(scan.rows_with_cells) {
            break;
        }
    }
    Ok(scan.facts)
}

/// A cell that is being read.
#[derive(Default)]
struct OpenCell {
    at: (u32, u32),
    kind: String,
    inside: Inside,
    formula: Option<String>,
    value: Option<String>,
    bytes: usize,
    /// It is struck through.
    struck: bool,
}

/// The element inside a cell whose text is being read.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Inside {
    Formula,
    Value,
    #[default]
    Other,
}

struct SheetScan<'a> {
    file: &'a str,
    sheet: &'a str,
    row: u32,
    column: u32,
    cell: Option<OpenCell>,
    rows_with_cells: usize,
    row_has_cells: bool,
    struck: &'a StruckStyles,
    /// The row's cells that hold something, and those of them that are struck through.
    filled: u32,
    filled_struck: u32,
    facts: SheetFacts,
}

impl<'a> SheetScan<'a> {
    fn new(file: &'a str, sheet: &'a str, struck: &'a StruckStyles) -> Self {
        SheetScan {
            file,
            sheet,
            row: 0,
            column: 0,
            cell: None,
            rows_with_cells: 0,
            row_has_cells: false,
            struck,
            filled: 0,
            filled_struck: 0,
            facts: SheetFacts::default(),
        }
    }

    fn start(&mut self, element: &BytesStart) -> Result<(), RosterError> {
        match (element.local_name().as_ref(), &mut self.cell) {
            ("row", None) => self.start_row(element),
            ("c", None) => self.start_cell(element),
            ("col", None) => {
                self.note_columns(element);
                Ok(())
            }
            ("f", Some(cell)) => {
                cell.inside = Inside::Formula;
                cell.formula.get_or_insert_default();
                Ok(())
            }
            ("v", Some(cell)) => {
                cell.inside = Inside::Value;
                cell.value.get_or_insert_default();
                Ok(())
            }
            ("is", Some(cell)) => {
                cell.value.get_or_insert_default();
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn start_row(&mut self, element: &BytesStart) -> Result<(), RosterError> {
        if let Some(row) = attribute(element, "r") {
            self.row = row.parse::<u32>().ok().and_then(|row| row.checked_sub(1)).unwrap_or(ROW_LIMIT);
        }
        self.column = 0;
        self.row_has_cells = false;
        (self.filled, self.filled_struck) = (0, 0);
        if self.row >= ROW_LIMIT {
            return Err(damaged(self.file, format!("the sheet {:?} has a row beyond row {ROW_LIMIT}", self.sheet)));
        }
        if is_hidden(element) {
            self.facts.hide(self.row, self.row);
        }
        Ok(())
    }

    fn note_columns(&mut self, element: &BytesStart) {
        let number = |name: &str| attribute(element, name)?.parse::<u32>().ok()?.checked_sub(1);
        if let (true, Some(first), Some(last)) = (is_hidden(element), number("min"), number("max")) {
            self.facts.hide_columns(first, last);
        }
    }

    fn start_cell(&mut self, element: &BytesStart) -> Result<(), RosterError> {
        if let Some(reference) = attribute(element, "r") {
            let Some((row, column)) = position(&reference) else {
                let what = format!("the sheet {:?} has a cell at {reference:.20}, which is no cell", self.sheet);
                return Err(damaged(self.file, what));
            };
            self.row = row;
            self.column = column;
        }
        if self.column as usize >= COLUMN_LIMIT {
            return Err(RosterError::TooManyColumns {
                file: self.file.to_owned(),
                at: self.location(),
                limit: COLUMN_LIMIT,
            });
        }
        let kind = attribute(element, "t").unwrap_or_default();
        let struck = attribute(element, "s").is_some_and(|style| self.struck.strikes(&style));
        self.cell = Some(OpenCell { at: (self.row, self.column), kind, struck, ..OpenCell::default() });
        self.row_has_cells = true;
        Ok(())
    }

    fn text(&mut self, text: &str) {
        let Some(cell) = &mut self.cell else { return };
        cell.bytes += text.len();
        let target = match cell.inside {
            Inside::Formula => &mut cell.formula,
            Inside::Value => &mut cell.value,
            Inside::Other => return,
        };
        // Only the beginning is ever shown.
        if let Some(target) = target.as_mut().filter(|target| target.len() < 256) {
            target.extend(text.chars().take(256));
        }
    }

    fn end(&mut self, name: &str) -> Result<(), RosterError> {
        match name {
            "row" if self.cell.is_none() => {
                // A name and an address with a line through them are somebody taken off the list; one word may be a remark.
                if self.filled_struck > 1 && self.filled_struck * 2 >= self.filled {
                    self.facts.strike(self.row);
                }
                self.row += 1;
                self.rows_with_cells += usize::from(self.row_has_cells);
            }
            "f" | "v" => {
                if let Some(cell) = &mut self.cell {
                    cell.inside = Inside::Other;
                }
            }
            "c" => {
                self.column += 1;
                if let Some(cell) = self.cell.take() {
                    self.remember(cell)?;
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn remember(&mut self, cell: OpenCell) -> Result<(), RosterError> {
        if cell.bytes > CELL_LIMIT {
            let at = self.location();
            return Err(RosterError::CellTooLarge { file: self.file.to_owned(), at, limit: CELL_LIMIT });
        }
        let value = cell.value.as_deref();
        let is_filled = u32::from(value.is_some_and(|value| !value.is_empty()) || cell.bytes > 0);
        self.filled += is_filled;
        self.filled_struck += is_filled * u32::from(cell.struck);
        let remarkable = match (cell.kind.as_str(), &cell.formula) {
            ("e", _) if value.is_some_and(|value| !value.is_empty() && !KNOWN_ERRORS.contains(&value)) => {
                self.facts.unknown_errors += 1;
                Cell { text: value.unwrap_or_default().to_owned(), kind: CellKind::Error }
            }
            (kind, Some(formula)) if value.is_none_or(str::is_empty) && (kind != "str" || value.is_none()) => {
                Cell { text: format!("={formula}"), kind: CellKind::FormulaWithoutValue }
            }
            _ => return Ok(()),
        };
        self.facts.cells.insert(cell.at, remarkable);
        if self.facts.cells.len() > MOST_REMARKABLE {
            return Err(too_large(self.file, "too many formulas without a value; open it in Excel and save it once"));
        }
        Ok(())
    }

    fn location(&self) -> Location {
        Location { sheet: Some(self.sheet.into()), row: u64::from(self.row) + 1 }
    }
}

fn is_hidden(element: &BytesStart) -> bool {
    attribute(element, "hidden").is_some_and(|hidden| hidden == "1" || hidden == "true")
}

/// `B7` as row 6, column 1, from 0; nothing for what is no cell of a sheet.
fn position(reference: &str) -> Option<(u32, u32)> {
    let letters = reference.len() - reference.trim_start_matches(|c: char| c.is_ascii_alphabetic()).len();
    if letters == 0 || letters > 3 || reference.len() > 10 {
        return None;
    }
    let column = reference[..letters]
        .bytes()
        .fold(0, |column, letter| column * 26 + u32::from(letter.to_ascii_uppercase() - b'A') + 1);
    let row: u32 =
        reference[letters..].bytes().all(|byte| byte.is_ascii_digit()).then(|| reference[letters..].parse().ok())??;
    let inside = (1..=ROW_LIMIT).contains(&row) && column as usize <= COLUMN_LIMIT;
    inside.then_some((row.wrapping_sub(1), column - 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions() {
        assert_eq!(position("A1"), Some((0, 0)));
        assert_eq!(position("XFD1048576"), Some((1_048_575, 16_383)));
        for bad in ["", "A", "1", "A0", "XFE1", "A1048577", "AAAAA1", "A1A", "Ä1"] {
            assert_eq!(position(bad), None, "{bad}");
        }
    }
}
