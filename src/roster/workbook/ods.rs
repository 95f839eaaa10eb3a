//! An OpenDocument spreadsheet before calamine sees it: how far its repetitions would unfold.
//!
//! calamine reads all sheets at once and unfolds every repeated cell and row, so a few hundred bytes can ask for
//! gigabytes. The same sums are done here without unfolding anything. It also looks for the end of a sheet beyond the end of
//! the file, for ever, so each element has to end.

use std::collections::HashMap;
use std::io::Write;

use quick_xml::events::{BytesStart, Event};

use super::super::error::RosterError;
use super::super::records::{CELL_LIMIT, COLUMN_LIMIT};
use super::archive::{Archive, damaged, too_large};
use super::facts::SheetFacts;
use super::rewrite::Dialect;
use super::xlsx::attribute;
use super::xlsx_sheet::ROW_LIMIT;

const CONTENT_LIMIT: u64 = 128 << 20;
const SMALL_PART_LIMIT: u64 = 16 << 20;

/// The most cells that all sheets may unfold to.
const MOST_CELLS: u64 = 600_000;

/// The most bytes that they may.
const MOST_BYTES: u64 = 48 << 20;

/// Checks everything that calamine reads of the spreadsheet, and tells what it does not tell of each sheet.
pub(super) fn check_workbook(archive: &mut Archive) -> Result<(HashMap<String, SheetFacts>, Dialect), RosterError> {
    refuse_password(archive)?;
    let file = archive.file().to_owned();
    let Some(mut xml) = archive.xml("content.xml", CONTENT_LIMIT)? else { return Ok(Default::default()) };
    let mut dialect = Dialect::None;
    xml.match_ends();
    let mut unfolded = Unfolded::default();
    let mut depth = 0_u64;
    loop {
        if !unfolded.in_cell {
            xml.let_go();
        }
        match xml.next()? {
            Event::Start(element) => {
                depth += 1;
                unfolded.start(&element);
            }
            Event::Text(text) if !unfolded.in_cell && text.trim_ascii().is_empty() => dialect = Dialect::Indented,
            Event::Text(text) => unfolded.cell_bytes += text.len() as u64,
            Event::End(element) => {
                depth = depth.saturating_sub(1);
                unfolded.end(element.name().as_ref());
            }
            Event::Eof if depth > 0 => return Err(damaged(&file, "content.xml breaks off")),
            Event::Eof => return Ok((unfolded.facts, dialect)),
            _ => {}
        }
        if unfolded.cell_bytes > CELL_LIMIT as u64 {
            return Err(too_large(&file, format!("a cell holds more than {CELL_LIMIT} bytes")));
        }
        if unfolded.exceeds() {
            return Err(too_large(
                &file,
                format!("its repeated cells and rows unfold to more than {MOST_CELLS} cells"),
            ));
        }
    }
}

/// Writes the content again without the line breaks and spaces between elements, which mean nothing but in a text.
pub(super) fn write_without_indents(archive: &mut Archive, part: &str, to: &mut dyn Write) -> Result<(), RosterError> {
    let file = archive.file().to_owned();
    let Some(mut xml) = archive.xml(part, CONTENT_LIMIT)? else { return Ok(()) };
    let mut writer = quick_xml::Writer::new(to);
    // Whether the elements around this place are texts, the innermost last.
    let mut in_text: Vec<bool> = Vec::new();
    loop {
        xml.let_go();
        let event = xml.next()?;
        match &event {
            Event::Start(element) => in_text.push(element.name().as_ref().starts_with("text:")),
            Event::End(_) => {
                in_text.pop();
            }
            Event::Text(text) if in_text.last() != Some(&true) && text.trim_ascii().is_empty() => continue,
            Event::Eof => return Ok(()),
            _ => {}
        }
        writer.write_event(event).map_err(|error| RosterError::io(&file, error))?;
    }
}

fn refuse_password(archive: &mut Archive) -> Result<(), RosterError> {
    let file = archive.file().to_owned();
    let Some(mut xml) = archive.xml("META-INF/manifest.xml", SMALL_PART_LIMIT)? else { return Ok(()) };
    loop {
        xml.let_go();
        match xml.next()? {
            Event::Start(element) if element.local_name().as_ref() == "encryption-data" => {
                return Err(RosterError::PasswordProtected { file });
            }
            Event::Eof => return Ok(()),
            _ => {}
        }
    }
}

/// What the sheets so far would unfold to.
#[derive(Default)]
struct Unfolded {
    cells: u64,
    bytes: u64,
    sheet: SheetSize,
    row: RowSize,
    in_cell: bool,
    cell_bytes: u64,
    cell_repeats: u64,
    cell_is_empty: bool,
    /// The present sheet's name, and its next row and column, from 0.
    name: String,
    next_row: u32,
    next_column: u32,
    facts: HashMap<String, SheetFacts>,
}

/// A sheet's size: blank rows count once something stands below them.
#[derive(Default)]
struct SheetSize {
    rows: u64,
    blank_rows: u64,
    width: u64,
}

/// A row's size: empty cells count once something stands to their right.
#[derive(Default)]
struct RowSize {
    repeats: u64,
    /// Cells that calamine holds for the row: all but the last if that is empty.
    held: u64,
    pending: u64,
    width: u64,
    bytes: u64,
}

impl Unfolded {
    fn start(&mut self, element: &BytesStart) {
        match element.name().as_ref() {
            "table:table" => {
                self.sheet = SheetSize::default();
                self.name = attribute(element, "name").unwrap_or_default();
                self.next_row = 0;
                self.next_column = 0;
            }
            "table:table-column" => {
                let repeats = repeats(element, "table:number-columns-repeated", COLUMN_LIMIT as u64);
                let after = self.next_column.saturating_add(u32::try_from(repeats).unwrap_or(u32::MAX));
                if is_hidden(element) && after > self.next_column {
                    self.facts.entry(self.name.clone()).or_default().hide_columns(self.next_column, after - 1);
                }
                self.next_column = after;
            }
            "table:table-row" => {
                let repeats = repeats(element, "table:number-rows-repeated", u64::from(ROW_LIMIT));
                self.row = RowSize { repeats, ..RowSize::default() };
                let after = self.next_row.saturating_add(u32::try_from(repeats).unwrap_or(ROW_LIMIT));
                if is_hidden(element) && after > self.next_row {
                    self.facts.entry(self.name.clone()).or_default().hide(self.next_row, after - 1);
                }
                self.next_row = after;
            }
            // A cell in a cell adds to it: calamine reads the outer one on.
            "table:table-cell" | "table:covered-table-cell" if !self.in_cell => {
                self.in_cell = true;
                self.cell_bytes = element.len() as u64;
                self.cell_repeats = repeats(element, "table:number-columns-repeated", COLUMN_LIMIT as u64);
                self.cell_is_empty = !element.attributes().with_checks(false).filter_map(Result::ok).any(|attribute| {
                    attribute.key.as_ref().starts_with("office:") || attribute.key.as_ref() == "table:formula"
                });
            }
            "text:s" => self.cell_bytes += element.len() as u64 + repeats(element, "text:c", u64::from(u32::MAX)),
            _ => self.cell_bytes += element.len() as u64,
        }
    }

    fn end(&mut self, name: &str) {
        match name {
            "table:table-cell" | "table:covered-table-cell" if self.in_cell => self.end_cell(),
            "table:table-row" => self.end_row(),
            "table:table" => self.cells += self.sheet.rows.saturating_mul(self.sheet.width),
            _ => {}
        }
    }

    fn end_cell(&mut self) {
        self.in_cell = false;
        let row = &mut self.row;
        row.held = row.held.saturating_add(row.pending);
        row.pending = 0;
        if self.cell_is_empty {
            row.pending = self.cell_repeats;
        } else {
            row.held = row.held.saturating_add(self.cell_repeats);
            row.width = row.held;
            row.bytes = row.bytes.saturating_add(self.cell_bytes.saturating_mul(self.cell_repeats));
        }
        self.cell_bytes = 0;
    }

    fn end_row(&mut self) {
        let row = std::mem::take(&mut self.row);
        self.cells = self.cells.saturating_add(row.held);
        self.bytes = self.bytes.saturating_add(row.bytes.saturating_mul(row.repeats));
        if row.width == 0 {
            self.sheet.blank_rows = self.sheet.blank_rows.saturating_add(row.repeats);
        } else {
            self.sheet.rows = self.sheet.rows.saturating_add(self.sheet.blank_rows).saturating_add(row.repeats);
            self.sheet.blank_rows = 0;
            self.sheet.width = self.sheet.width.max(row.width);
        }
    }

    fn exceeds(&self) -> bool {
        let sheet = self.sheet.rows.saturating_mul(self.sheet.width);
        self.cells.saturating_add(sheet).saturating_add(self.row.held) > MOST_CELLS
            || self.bytes.saturating_add(self.row.bytes) > MOST_BYTES
    }
}

fn is_hidden(element: &BytesStart) -> bool {
    attribute(element, "visibility").is_some_and(|visibility| visibility != "visible")
}

/// How often an element is repeated; once if it does not say, and as often as can be if what it says is no number.
fn repeats(element: &BytesStart, name: &str, most: u64) -> u64 {
    let mut attributes = element.attributes();
    attributes.with_checks(false);
    match attributes.filter_map(Result::ok).find(|attribute| attribute.key.as_ref() == name) {
        Some(attribute) => attribute.value.parse().unwrap_or(most).min(most),
        None => 1,
    }
}
