//! calamine's four readers behind one face: the sheets of a workbook, and the rows of a sheet in order.

use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use calamine::{Data, Ods, Range, Reader, SheetType, SheetVisible, Xls, XlsOptions, Xlsb, Xlsx};

use super::super::error::RosterError;
use super::super::records::{COLUMN_LIMIT, RawRow};
use super::super::{Cell, Location, RosterKind};
use super::archive::{damaged, too_large};
use super::facts::SheetFacts;
use super::rewrite::{Dialect, Source};
use super::value;

/// The most cells that a sheet's rows may span, from the first column to the last that is used in each.
const MOST_SPANNED: usize = 32 << 20;

/// From here on, at least one in so many of them has to hold something: blank cells cost time and memory too.
const MANY_SPANNED: usize = 8 << 20;
const SCATTERED: usize = 64;

/// The most that a cell may hold: Excel's own limit of 32,767 characters, of four bytes each.
const CELL_LIMIT: usize = 128 * 1024;

/// The most that a row may, and all rows together. A text that is stored once can be shown in every cell.
const ROW_BYTES: usize = 1 << 20;
const SHEET_BYTES: usize = 1 << 30;

/// An open workbook, of a kind that has been checked.
pub(super) struct Book {
    file: String,
    reader: Kind,
}

enum Kind {
    Xlsx(Box<Xlsx<Source>>),
    Xlsb(Box<Xlsb<Source>>),
    Xls(Box<Xls<Source>>),
    Ods(Box<Ods<Source>>),
}

/// A sheet as the workbook lists it.
#[derive(Clone, Debug)]
pub(super) struct Sheet {
    pub(super) name: String,
    pub(super) hidden: bool,
}

/// Takes the rows of a sheet; breaks off when it has enough.
pub(super) type Sink<'a> = &'a mut dyn FnMut(RawRow) -> ControlFlow<()>;

/// Runs what may panic on a damaged file, and makes an error of it.
pub(super) fn guarded<T>(file: &str, run: impl FnOnce() -> Result<T, RosterError>) -> Result<T, RosterError> {
    catch_unwind(AssertUnwindSafe(run)).unwrap_or_else(|_| Err(damaged(file, "it contradicts itself")))
}

impl Book {
    /// Opens a workbook that the guard has let pass.
    pub(super) fn open(path: &Path, kind: RosterKind, dialect: Dialect) -> Result<Self, RosterError> {
        let file = path.display().to_string();
        let reader = guarded(&file, || {
            let source = Source::open(path, dialect)?;
            let opened = match kind {
                RosterKind::Xlsb => Xlsb::new(source).map(Box::new).map(Kind::Xlsb).map_err(calamine::Error::from),
                RosterKind::Xls => Xls::new_with_options(source, xls_options(dialect))
                    .map(Box::new)
                    .map(Kind::Xls)
                    .map_err(calamine::Error::from),
                RosterKind::Ods => Ods::new(source).map(Box::new).map(Kind::Ods).map_err(calamine::Error::from),
                RosterKind::Xlsx | RosterKind::Csv => {
                    Xlsx::new(source).map(Box::new).map(Kind::Xlsx).map_err(calamine::Error::from)
                }
            };
            opened.map_err(|error| opening_error(&file, &error))
        })?;
        Ok(Book { file, reader })
    }

    /// The sheets that can hold cells, in the workbook's order.
    pub(super) fn sheets(&self) -> Vec<Sheet> {
        let all = match &self.reader {
            Kind::Xlsx(book) => book.sheets_metadata(),
            Kind::Xlsb(book) => book.sheets_metadata(),
            Kind::Xls(book) => book.sheets_metadata(),
            Kind::Ods(book) => book.sheets_metadata(),
        };
        all.iter()
            .filter(|sheet| sheet.typ == SheetType::WorkSheet)
            .map(|sheet| Sheet { name: sheet.name.clone(), hidden: sheet.visible != SheetVisible::Visible })
            .collect()
    }

    /// Passes the rows of a sheet to `sink`, in order, rows that hold nothing included.
    pub(super) fn rows(&mut self, sheet: &str, facts: &SheetFacts, sink: Sink) -> Result<(), RosterError> {
        let file = self.file.clone();
        guarded(&file, || {
            let mut rows = Assembler::new(&file, sheet, facts, sink);
            let read = match &mut self.reader {
                Kind::Xlsx(book) => xlsx_rows(book, sheet, facts.unknown_errors, &mut rows),
                Kind::Xlsb(book) => xlsb_rows(book, sheet, &mut rows),
                Kind::Xls(book) => book
                    .worksheet_range(sheet)
                    .map_err(|error| reading_error(&file, sheet, &error))
                    .and_then(|range| range_rows(&range, &mut rows)),
                Kind::Ods(book) => book
                    .worksheet_range(sheet)
                    .map_err(|error| reading_error(&file, sheet, &error))
                    .and_then(|range| range_rows(&range, &mut rows)),
            };
            read?;
            rows.finish()
        })
    }
}

fn xls_options(dialect: Dialect) -> XlsOptions {
    const UTF_16: u16 = 1200;
    let mut options = XlsOptions::default();
    options.force_codepage = (dialect == Dialect::Unicode).then_some(UTF_16);
    options
}

fn opening_error(file: &str, error: &calamine::Error) -> RosterError {
    let protected = matches!(
        error,
        calamine::Error::Xlsx(calamine::XlsxError::Password)
            | calamine::Error::Xls(calamine::XlsError::Password)
            | calamine::Error::Xlsb(calamine::XlsbError::Password)
            | calamine::Error::Ods(calamine::OdsError::Password)
    );
    if protected {
        return RosterError::PasswordProtected { file: file.to_owned() };
    }
    damaged(file, error.to_string())
}

fn reading_error(file: &str, sheet: &str, error: &dyn std::error::Error) -> RosterError {
    damaged(file, format!("the sheet {sheet:?} cannot be read ({error})"))
}

fn xlsx_rows(
    book: &mut Xlsx<Source>,
    sheet: &str,
    mut unknown_errors: usize,
    rows: &mut Assembler,
) -> Result<(), RosterError> {
    let file = rows.file.to_owned();
    let mut cells = book.worksheet_cells_reader(sheet).map_err(|error| reading_error(&file, sheet, &error))?;
    let zeros: Vec<usize> = cells
        .styles()
        .iter()
        .map(|style| style.number_format.as_ref().map_or(0, |format| value::zeros_of(&format.format_code)))
        .collect();
    while !rows.full {
        match cells.next_cell_with_style_id() {
            Ok(Some((cell, style))) => {
                let zeros = zeros.get(style).copied().unwrap_or(0);
                rows.put(cell.get_position(), value::of_ref(cell.get_value(), zeros))?;
            }
            Ok(None) => break,
            // It stumbles over an error of newer versions (`#SPILL!`), but stands right behind it; the guard knows its text.
            Err(_) if unknown_errors > 0 => unknown_errors -= 1,
            Err(error) => return Err(reading_error(&file, sheet, &error)),
        }
    }
    Ok(())
}

fn xlsb_rows(book: &mut Xlsb<Source>, sheet: &str, rows: &mut Assembler) -> Result<(), RosterError> {
    let file = rows.file.to_owned();
    let mut cells = book.worksheet_cells_reader(sheet).map_err(|error| reading_error(&file, sheet, &error))?;
    while !rows.full {
        match cells.next_cell() {
            Ok(Some(cell)) => rows.put(cell.get_position(), value::of_ref(cell.get_value(), 0))?,
            Ok(None) => break,
            Err(error) => return Err(reading_error(&file, sheet, &error)),
        }
    }
    Ok(())
}

fn range_rows(range: &Range<Data>, rows: &mut Assembler) -> Result<(), RosterError> {
    let Some((first_row, first_column)) = range.start() else { return Ok(()) };
    for (row, cells) in (first_row..).zip(range.rows()) {
        for (column, value) in (first_column..).zip(cells) {
            if *value != Data::Empty {
                rows.put((row, column), value::of_data(value))?;
            }
        }
        if rows.full {
            break;
        }
    }
    Ok(())
}

/// Makes rows of cells that come one by one.
struct Assembler<'a> {
    file: &'a str,
    sheet: &'a str,
    facts: &'a SheetFacts,
    sink: Sink<'a>,
    /// The row that is being filled, from 0.
    row: u32,
    cells: Vec<Cell>,
    /// The cells of all rows so far, blank ones between them included.
    spanned: usize,
    /// Those of them that came with a value.
    filled: usize,
    /// The text of the present row, and of all rows so far.
    row_bytes: usize,
    bytes: usize,
    /// The sink has enough.
    full: bool,
}

impl<'a> Assembler<'a> {
    fn new(file: &'a str, sheet: &'a str, facts: &'a SheetFacts, sink: Sink<'a>) -> Self {
        Assembler {
            file,
            sheet,
            facts,
            sink,
            row: 0,
            cells: Vec::new(),
            spanned: 0,
            filled: 0,
            row_bytes: 0,
            bytes: 0,
            full: false,
        }
    }

    fn put(&mut self, (row, column): (u32, u32), cell: Cell) -> Result<(), RosterError> {
        if row < self.row || column as usize >= COLUMN_LIMIT {
            return Err(damaged(self.file, format!("row {} is not where it belongs", row + 1)));
        }
        self.advance_to(row);
        self.measure(&cell, row)?;
        self.set(column, cell);
        self.filled += 1;
        let spanned = self.spanned + self.cells.len();
        if spanned > MOST_SPANNED {
            return Err(too_large(self.file, format!("its rows span more than {MOST_SPANNED} cells")));
        }
        if spanned > MANY_SPANNED && spanned / SCATTERED > self.filled {
            let what = format!(
                "its rows span {spanned} cells, and nearly all of them are blank; cells far to the right may be stray"
            );
            return Err(too_large(self.file, what));
        }
        Ok(())
    }

    fn measure(&mut self, cell: &Cell, row: u32) -> Result<(), RosterError> {
        self.row_bytes += cell.text.len();
        self.bytes += cell.text.len();
        if cell.text.len() > CELL_LIMIT {
            let at = Location { sheet: Some(self.sheet.into()), row: u64::from(row) + 1 };
            return Err(RosterError::CellTooLarge { file: self.file.to_owned(), at, limit: CELL_LIMIT });
        }
        match (self.row_bytes > ROW_BYTES, self.bytes > SHEET_BYTES) {
            (true, _) => Err(too_large(self.file, format!("row {} holds more than 1 MiB of text", row + 1))),
            (_, true) => Err(too_large(self.file, "a sheet holds more than 1 GiB of text")),
            _ => Ok(()),
        }
    }

    fn set(&mut self, column: u32, cell: Cell) {
        let column = column as usize;
        if self.cells.len() <= column {
            self.cells.resize(column + 1, Cell::default());
        }
        self.cells[column] = cell;
    }

    /// Hands over all rows before this one.
    fn advance_to(&mut self, row: u32) {
        while self.row < row && !self.full {
            self.flush();
        }
    }

    fn flush(&mut self) {
        for (&(_, column), cell) in self.facts.cells.range((self.row, 0)..=(self.row, u32::MAX)) {
            self.set(column, cell.clone());
        }
        self.spanned += self.cells.len();
        self.row_bytes = 0;
        let row = RawRow {
            row: u64::from(self.row) + 1,
            cells: std::mem::take(&mut self.cells),
            hidden: self.facts.is_hidden(self.row),
            struck: self.facts.is_struck(self.row),
        };
        self.full = (self.sink)(row).is_break();
        self.row += 1;
    }

    fn finish(mut self) -> Result<(), RosterError> {
        if let Some((&(last, _), _)) = self.facts.cells.last_key_value() {
            self.advance_to(last);
        }
        let remembered = self.facts.cells.range((self.row, 0)..).next().is_some();
        if !self.full && (!self.cells.is_empty() || remembered) {
            self.flush();
        }
        Ok(())
    }
}
