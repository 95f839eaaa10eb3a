//! A roster file as a stream of rows: bytes in, [`Row`]s out, each with the place where a person finds it.
//!
//! This room knows files, sheets, encodings, delimiters and where the header stands. It does not know what a column
//! means: whether a line looks like a header is asked of a [`HeaderJudge`] that the caller hands in.

mod accents;
mod decode;
mod delimiter;
mod encoding;
mod error;
mod foreign;
mod header;
mod hint;
mod lines;
pub mod neutral;
mod open;
mod records;
mod sift;
mod stamp;
mod text;
mod workbook;

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

pub use error::RosterError;
pub use neutral::PROBLEMS_COLUMN;
pub use open::{Roster, Rows, open};

/// Where a row is found: the line of a text file, or sheet and row of a workbook.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Location {
    /// The sheet's name, in a workbook.
    pub sheet: Option<Arc<str>>,
    /// The line or sheet row, from 1. A text row of several lines is at its first.
    pub row: u64,
}

/// `17` in a text file, `Staff!17` in a workbook.
impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.sheet {
            Some(sheet) => write!(f, "{sheet}!{}", self.row),
            None => write!(f, "{}", self.row),
        }
    }
}

/// What a cell held, beside its text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub enum CellKind {
    /// Text, as typed. All cells of a text file are.
    #[default]
    Text,
    /// A number; the text has all its digits, no exponent and no `.0`.
    Number,
    /// A number that has lost digits or has a fraction; the text is the best that can be shown.
    InexactNumber,
    /// A boolean; the text is `TRUE` or `FALSE`.
    Boolean,
    /// A date or time; the text is ISO 8601.
    Date,
    /// A formula's error, the text is its name (`#N/A`).
    Error,
    /// A formula whose value the file does not hold; the text is blank or the formula.
    FormulaWithoutValue,
}

/// One cell.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Default)]
pub struct Cell {
    /// What it says, verbatim; blank for an empty cell.
    pub text: String,
    /// What it was.
    pub kind: CellKind,
}

impl Cell {
    /// A text cell.
    pub fn text(text: impl Into<String>) -> Self {
        Cell { text: text.into(), kind: CellKind::Text }
    }

    /// Nothing but white space in it.
    pub fn is_blank(&self) -> bool {
        self.text.trim().is_empty()
    }
}

/// One data row, with as many cells as the header has, or more or fewer if it is ragged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Where it stands.
    pub at: Location,
    /// Its cells, in the file's order.
    pub cells: Vec<Cell>,
    /// A text row has more or fewer cells than the header; so cells may stand in a wrong column.
    pub ragged: bool,
}

impl Row {
    /// The text of a cell; blank where the row is too short.
    pub fn cell_text(&self, column: usize) -> &str {
        self.cells.get(column).map(|cell| cell.text.as_str()).unwrap_or_default()
    }
}

/// Why a line is no data row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum LeftOut {
    /// No cell holds anything.
    Blank,
    /// The header once more.
    RepeatedHeader,
    /// A total, a count, a page number, a "report generated" line.
    Total,
    /// An example that came with a template.
    Example,
    /// A row below the header that explains the columns: "text", "10 digits", "required".
    Explanation,
    /// A row that a spreadsheet hides.
    Hidden,
    /// A row that somebody has struck through in a spreadsheet.
    Struck,
}

/// What a roster yields.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RosterItem {
    /// A person's row, as far as a file can tell.
    Row(Row),
    /// A line left out.
    LeftOut {
        /// Where it stands.
        at: Location,
        /// Why.
        why: LeftOut,
    },
}

/// The kind of a roster file, told by its content.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RosterKind {
    /// Delimited text.
    Csv,
    /// Excel 2007 and later.
    Xlsx,
    /// Excel 97 to 2003.
    Xls,
    /// Excel binary.
    Xlsb,
    /// OpenDocument.
    Ods,
}

/// What was typed about how to read the file; all of it optional.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RosterOptions {
    /// `--sheet`: a name, or a number from 1.
    pub sheet: Option<String>,
    /// `--encoding`: a WHATWG label such as `utf-8` or `windows-1252`.
    pub encoding: Option<String>,
    /// `--delimiter`: `,` `;` `|`, `tab`, or another single character.
    pub delimiter: Option<String>,
    /// `--header-row`: the line or sheet row of the header, from 1.
    pub header_row: Option<u64>,
}

/// Tells how much a line looks like a header: the number of its cells that are known names of columns.
pub trait HeaderJudge {
    /// The number of cells that name a column somebody would map, and the number that are known names at all.
    fn recognised(&self, cells: &[&str]) -> usize;

    /// Whether a heading over several columns (`Phone` over `Work` and `Cell`) says something of a column that its own
    /// name does not. `is_double` is a name that the header has more than once.
    fn belongs_under(&self, heading: &str, name: &str, is_double: bool) -> bool {
        let _ = (heading, name, is_double);
        false
    }
}

/// What was found out about a roster file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RosterSource {
    /// The file.
    pub path: PathBuf,
    /// Its kind.
    pub kind: RosterKind,
    /// The sheet that is read, in a workbook.
    pub sheet: Option<Arc<str>>,
    /// The encoding's name, of a text file.
    pub encoding: Option<&'static str>,
    /// The delimiter, of a text file.
    pub delimiter: Option<char>,
    /// The line or sheet row of the header, from 1.
    pub header_row: u64,
    /// The headers, verbatim but for white space around them.
    pub headers: Vec<String>,
    /// What a person should know of how it was read (other sheets, hidden rows, a guessed encoding), a line each.
    pub notes: Vec<String>,
}
