//! Rejects as a workbook: faulty cells are coloured and say in a note what is wrong with them.

use std::collections::BTreeMap;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use rust_xlsxwriter::{Color, Format, FormatAlign, Note, Workbook, Worksheet, XlsxError};

use super::{Columns, problems_text};
use crate::report::ReportError;
use crate::report::paths::create_private;
use crate::roster::Row;
use crate::validation::Problem;

/// The most characters a cell holds, and with some room for its author a note.
const CELL: usize = 32_767;
/// Notes are drawings, and thousands of them make a spreadsheet crawl; cells beyond are coloured only. What is wrong
/// stands in the first column anyway.
const NOTES: usize = 20_000;
/// How wide the column of problems is, in characters, how high a line of it, and how high a row can be.
const PROBLEMS_WIDTH: u16 = 60;
const LINE: f64 = 15.0;
const MOST_LINES: usize = 27;

/// Rejects as a workbook. Every cell is text: a number would lose digits, a text that looks like a formula is none.
pub struct RejectsWorkbook {
    path: PathBuf,
    columns: Columns,
    sheet_name: String,
    open: Option<Open>,
}

/// The workbook, once there is a row for it.
struct Open {
    workbook: Workbook,
    /// Rows written, the header among them.
    rows: u32,
    notes: usize,
    text: Format,
    /// The problems: several lines where one would be cut off.
    wrapped: Format,
    faulty: Format,
}

impl RejectsWorkbook {
    pub(super) fn new(path: &Path, columns: Columns) -> Self {
        RejectsWorkbook { path: path.to_owned(), columns, sheet_name: "Staff".to_owned(), open: None }
    }

    pub(super) fn sheet(mut self, name: &str) -> Self {
        self.sheet_name = name.to_owned();
        self
    }

    pub(super) fn row(&mut self, row: &Row, problems: &[Problem], message: &str) -> Result<(), ReportError> {
        if self.open.is_none() {
            // Created now, so that a folder that cannot be written is noticed before the end of the run.
            create_private(&self.path)?;
            self.open = Some(Open::new(&self.columns, &self.sheet_name).map_err(|error| self.error(&error))?);
        }
        match &mut self.open {
            Some(open) => {
                open.row(&self.columns, row, problems, message).map_err(|error| workbook_error(&self.path, &error))
            }
            None => Ok(()),
        }
    }

    pub(super) fn finish(self) -> Result<Option<PathBuf>, ReportError> {
        let Some(mut open) = self.open else {
            return Ok(None);
        };
        let mut file = BufWriter::new(create_private(&self.path)?);
        open.workbook.save_to_writer(&mut file).map_err(|error| workbook_error(&self.path, &error))?;
        let flushed = file.flush().and_then(|()| file.get_ref().sync_all());
        flushed.map_err(|error| ReportError::write(&self.path, error))?;
        Ok(Some(self.path))
    }

    fn error(&self, error: &XlsxError) -> ReportError {
        workbook_error(&self.path, error)
    }
}

fn workbook_error(path: &Path, error: &XlsxError) -> ReportError {
    ReportError::Workbook { path: path.to_owned(), why: error.to_string() }
}

impl Open {
    fn new(columns: &Columns, sheet_name: &str) -> Result<Self, XlsxError> {
        let mut workbook = Workbook::new();
        let text = Format::new().set_num_format("@").set_align(FormatAlign::Top);
        let bold = text.clone().set_bold();
        let wrapped = text.clone().set_text_wrap();
        let faulty = text.clone().set_background_color(Color::RGB(0x00FF_E699));
        let sheet = workbook.add_worksheet_with_constant_memory()?;
        if sheet.set_name(sheet_name).is_err() {
            // A name that a workbook of another make allows and this one does not.
            sheet.set_name("Staff")?;
        }
        for (column, header) in (0u16..).zip(columns.header()) {
            sheet.set_column_format(column, &text)?;
            sheet.set_column_width(column, if column == 0 { f64::from(PROBLEMS_WIDTH) } else { 18.0 })?;
            sheet.write_string_with_format(0, column, cut(header), &bold)?;
        }
        sheet.set_freeze_panes(1, 1)?;
        Ok(Open { workbook, rows: 1, notes: 0, text, wrapped, faulty })
    }

    fn row(&mut self, columns: &Columns, row: &Row, problems: &[Problem], message: &str) -> Result<(), XlsxError> {
        let at = self.rows;
        let sheet = self.workbook.worksheet_from_index(0)?;
        let what = problems_text(problems, message);
        // Said here, as not every program makes a row as high as its text wants.
        sheet.set_row_height(at, LINE * lines_of(&what))?;
        sheet.write_string_with_format(at, 0, cut(&what), &self.wrapped)?;
        let notes = notes_by_cell(columns, row, problems);
        let cells: Vec<&str> = columns.own(&row.cells).map(|cell| cell.text.as_str()).collect();
        // A blank cell may be the faulty one, and stand beyond the end of a short row.
        let width = cells.len().max(notes.keys().next_back().map_or(0, |last| last + 1));
        for index in 0..width {
            let column = u16::try_from(index + 1).map_err(|_| XlsxError::RowColumnLimitError)?;
            let cell = cells.get(index).copied().unwrap_or_default();
            let note = notes.get(&index);
            write_cell(sheet, (at, column), cell, if note.is_some() { &self.faulty } else { &self.text })?;
            if let Some(note) = note.filter(|_| self.notes < NOTES) {
                let text: String = note.chars().take(2000).collect();
                sheet.insert_note(at, column, &Note::new(text).add_author_prefix(false).set_width(260))?;
                self.notes += 1;
            }
        }
        self.rows += 1;
        Ok(())
    }
}

/// About how many lines a text takes in the column of problems; words are not broken, so a little less fits in each.
fn lines_of(text: &str) -> f64 {
    let lines = text.chars().count().div_ceil(usize::from(PROBLEMS_WIDTH) - 8).clamp(1, MOST_LINES);
    u8::try_from(lines).map_or(1.0, f64::from)
}

/// What is wrong with each cell, by its place among the roster's own columns.
fn notes_by_cell(columns: &Columns, row: &Row, problems: &[Problem]) -> BTreeMap<usize, String> {
    let mut notes: BTreeMap<usize, String> = BTreeMap::new();
    for problem in problems {
        if let Some(index) = columns.faulty(row, problem) {
            let note = notes.entry(index).or_default();
            if !note.is_empty() {
                note.push('\n');
            }
            note.push_str(&problem.message);
        }
    }
    notes
}

fn write_cell(sheet: &mut Worksheet, (row, column): (u32, u16), text: &str, format: &Format) -> Result<(), XlsxError> {
    match text {
        "" => sheet.write_blank(row, column, format)?,
        // Read back, a `'` before another sign is taken for one that a spreadsheet kept from our text file.
        text if text.starts_with('\'') => {
            sheet.write_string_with_format(row, column, cut(&format!("'{text}")), format)?
        }
        text => sheet.write_string_with_format(row, column, cut(text), format)?,
    };
    Ok(())
}

/// A text as long as a cell can hold.
fn cut(text: &str) -> &str {
    let mut units = 0;
    let end = text.char_indices().find(|(_, c)| {
        units += c.len_utf16();
        units > CELL
    });
    &text[..end.map_or(text.len(), |(index, _)| index)]
}
