//! Why a roster cannot be read. Each of these means: nothing has been sent, exit 2.
//!
//! [`Display`](std::fmt::Display) says what is wrong and where; [`RosterError::hint`] says what to do about it;
//! [`RosterError::code`] is for scripts. A problem of a single row is no error here: it travels in the row.

use std::io;

use super::Location;

/// An unreadable roster.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RosterError {
    /// No file of that name.
    #[error("{file}: there is no such file")]
    Missing {
        /// The file.
        file: String,
    },
    /// A folder, a pipe, a device.
    #[error("{file} is {what}, not a file")]
    NotAFile {
        /// The path.
        file: String,
        /// What it is.
        what: &'static str,
    },
    /// The machine would not give its bytes.
    #[error("{file} could not be read: {source}")]
    Io {
        /// The file.
        file: String,
        /// What the machine says.
        source: io::Error,
    },
    /// Nothing in it.
    #[error("{file} is empty")]
    Empty {
        /// The file.
        file: String,
    },
    /// A header and nothing below that could be a person.
    #[error("{file}{}: there is no row of a person below the header in row {header_row}{}", in_sheet(.sheet), and_hidden(*.hidden))]
    NoRows {
        /// The file.
        file: String,
        /// The sheet, in a workbook.
        sheet: Option<String>,
        /// The header's line or row.
        header_row: u64,
        /// How many rows below it the sheet hides.
        hidden: u64,
    },
    /// A second table below the first.
    #[error("{file}, row {at}: here another header begins, with the columns in another order than in row {header_row}")]
    AnotherHeader {
        /// The file.
        file: String,
        /// Where it stands.
        at: Location,
        /// The first header's line or row.
        header_row: u64,
    },
    /// A heading between the people says that those below it have left.
    #[error("{file}, row {at}: \"{text}\" stands over the people below it, so they may have left")]
    HeadingOfLeavers {
        /// The file.
        file: String,
        /// Where it stands.
        at: Location,
        /// The heading.
        text: String,
    },
    /// A page, a picture, a program: something else.
    #[error("{file} is not a table: it is {what}")]
    NotATable {
        /// The file.
        file: String,
        /// What it looks like.
        what: String,
    },
    /// What stands beside an open workbook.
    #[error("{file} is the small file (~$ or .~lock) that stands beside a workbook while somebody has it open")]
    LockFile {
        /// The file.
        file: String,
    },
    /// No row names columns.
    #[error("{file}{}: none of the first {searched} rows looks like a header (names of columns such as \"Email\", \"First name\")", in_sheet(.sheet))]
    NoHeader {
        /// The file.
        file: String,
        /// The sheet, in a workbook.
        sheet: Option<String>,
        /// How many rows were looked at.
        searched: usize,
    },
    /// `--header-row` points at nothing.
    #[error("{file}{}: row {row} holds no header: it is blank, inside another row, or below the end", in_sheet(.sheet))]
    HeaderRowMissing {
        /// The file.
        file: String,
        /// The sheet, in a workbook.
        sheet: Option<String>,
        /// The row asked for.
        row: u64,
    },
    /// Somebody is still writing it.
    #[error("{file} has changed or gone since it was opened")]
    Changed {
        /// The file.
        file: String,
    },
    /// A byte that no text holds.
    #[error("{file}, line {line}: byte {byte} of the file is a NUL, which no text file holds")]
    Nul {
        /// The file.
        file: String,
        /// The line, from 1.
        line: u64,
        /// The byte in the file, from 1.
        byte: u64,
    },
    /// Bytes that the encoding does not know.
    #[error("{file}, line {line}: byte {byte} of the file is not {encoding}")]
    Undecodable {
        /// The file.
        file: String,
        /// The line, from 1.
        line: u64,
        /// The byte in the file, from 1.
        byte: u64,
        /// The encoding it was read as.
        encoding: &'static str,
    },
    /// Some of it UTF-8, some of it not.
    #[error(
        "{file}, line {line}: byte {byte} of the file is not UTF-8, but line {good_line} is; two encodings are mixed"
    )]
    MixedEncoding {
        /// The file.
        file: String,
        /// The line of the first byte that is not UTF-8.
        line: u64,
        /// That byte, from 1.
        byte: u64,
        /// A line that holds accented letters in UTF-8.
        good_line: u64,
    },
    /// Accents that make no sense in the one encoding that every byte is a letter in.
    #[error(
        "{file}, line {line}: byte {byte} of the file is not UTF-8, and as windows-1252 the word there is {word:?}"
    )]
    DoubtfulAccents {
        /// The file.
        file: String,
        /// The line of the word.
        line: u64,
        /// The byte of its first accent, from 1.
        byte: u64,
        /// How it reads.
        word: String,
        /// Other encodings, and how it reads in each.
        readings: Vec<(&'static str, String)>,
    },
    /// `--encoding` names none.
    #[error("--encoding {label}: there is no encoding of that name")]
    UnknownEncoding {
        /// What was typed.
        label: String,
    },
    /// `--delimiter` is no single plain character.
    #[error("--delimiter {typed:?}: a delimiter is one character (, ; | or another) or the word tab")]
    BadDelimiter {
        /// What was typed.
        typed: String,
    },
    /// A quote without its partner.
    #[error("{file}, line {line}: a quotation mark opens a cell here and is never closed as it should be")]
    UnclosedQuote {
        /// The file.
        file: String,
        /// The line it opens on.
        line: u64,
    },
    /// A cell beyond all measure.
    #[error("{file}, row {at}: a cell holds more than {limit} bytes")]
    CellTooLarge {
        /// The file.
        file: String,
        /// Its row.
        at: Location,
        /// How much a cell may hold.
        limit: usize,
    },
    /// A row beyond all measure.
    #[error("{file}, row {at}: there are more than {limit} columns")]
    TooManyColumns {
        /// The file.
        file: String,
        /// Its row.
        at: Location,
        /// How many there may be.
        limit: usize,
    },
    /// Encrypted.
    #[error("{file} is protected with a password")]
    PasswordProtected {
        /// The file.
        file: String,
    },
    /// A workbook that breaks off or contradicts itself.
    #[error("{file} is a damaged workbook: {what}")]
    DamagedWorkbook {
        /// The file.
        file: String,
        /// What is wrong.
        what: String,
    },
    /// A zip archive or Office file of something else.
    #[error("{file} is not a workbook: it is {what}")]
    NotAWorkbook {
        /// The file.
        file: String,
        /// What it looks like.
        what: String,
    },
    /// It would take far more memory or time than any roster.
    #[error("{file} is larger inside than any roster: {what}")]
    WorkbookTooLarge {
        /// The file.
        file: String,
        /// What is too large, and the limit.
        what: String,
    },
    /// `--sheet` names none.
    #[error("{file} has no sheet {asked:?}; it has {}", quoted_list(.sheets))]
    NoSuchSheet {
        /// The file.
        file: String,
        /// What was asked for.
        asked: String,
        /// The sheets there are.
        sheets: Vec<String>,
    },
    /// Several sheets could be the roster.
    #[error("{file} has several sheets that could be the roster: {}", quoted_list(.sheets))]
    SheetUnclear {
        /// The file.
        file: String,
        /// The sheets that could be meant.
        sheets: Vec<String>,
    },
    /// The sheet that could be the roster is named for people who have left.
    #[error("{file}: the sheet {sheet:?} is the only one with people in it, and its name says that they have left")]
    SheetOfLeavers {
        /// The file.
        file: String,
        /// The sheet.
        sheet: String,
    },
    /// No sheet could be the roster.
    #[error("{file}: no visible sheet has a row that looks like a header; it has {}", quoted_list(.sheets))]
    NoSheet {
        /// The file.
        file: String,
        /// The sheets there are.
        sheets: Vec<String>,
    },
}

impl RosterError {
    /// A stable word for scripts.
    pub const fn code(&self) -> &'static str {
        match self {
            RosterError::Missing { .. } => "roster_missing",
            RosterError::NotAFile { .. } => "roster_not_a_file",
            RosterError::Io { .. } => "roster_unreadable",
            RosterError::Empty { .. } => "roster_empty",
            RosterError::NoRows { .. } => "roster_without_rows",
            RosterError::AnotherHeader { .. } => "another_header",
            RosterError::HeadingOfLeavers { .. } => "heading_of_leavers",
            RosterError::NotATable { .. } => "roster_not_a_table",
            RosterError::LockFile { .. } => "roster_lock_file",
            RosterError::NoHeader { .. } => "header_not_found",
            RosterError::HeaderRowMissing { .. } => "header_row_missing",
            RosterError::Changed { .. } => "roster_changed",
            RosterError::Nul { .. } => "nul_byte",
            RosterError::Undecodable { .. } => "undecodable_byte",
            RosterError::MixedEncoding { .. } => "mixed_encoding",
            RosterError::DoubtfulAccents { .. } => "doubtful_accents",
            RosterError::UnknownEncoding { .. } => "unknown_encoding",
            RosterError::BadDelimiter { .. } => "bad_delimiter",
            RosterError::UnclosedQuote { .. } => "unclosed_quote",
            RosterError::CellTooLarge { .. } => "cell_too_large",
            RosterError::TooManyColumns { .. } => "too_many_columns",
            RosterError::PasswordProtected { .. } => "password_protected",
            RosterError::DamagedWorkbook { .. } => "damaged_workbook",
            RosterError::NotAWorkbook { .. } => "not_a_workbook",
            RosterError::WorkbookTooLarge { .. } => "workbook_too_large",
            RosterError::NoSuchSheet { .. } => "no_such_sheet",
            RosterError::SheetUnclear { .. } => "sheet_unclear",
            RosterError::SheetOfLeavers { .. } => "sheet_of_leavers",
            RosterError::NoSheet { .. } => "sheet_not_found",
        }
    }

    /// What the machine said about a file, sorted into missing and unreadable.
    pub(super) fn io(file: &str, source: io::Error) -> Self {
        match source.kind() {
            io::ErrorKind::NotFound => RosterError::Missing { file: file.to_owned() },
            _ => RosterError::Io { file: file.to_owned(), source },
        }
    }
}

/// `; 4 rows are hidden`, if any are.
fn and_hidden(rows: u64) -> String {
    match rows {
        0 => String::new(),
        1 => "; one row is hidden".to_owned(),
        rows => format!("; {rows} rows are hidden"),
    }
}

/// `, sheet "Staff"`, or nothing for a text file.
fn in_sheet(sheet: &Option<String>) -> String {
    sheet.as_ref().map(|name| format!(", sheet {name:?}")).unwrap_or_default()
}

/// `"A", "B" and 3 more`: a list that stays readable.
fn quoted_list(names: &[String]) -> String {
    const SHOWN: usize = 20;
    let mut list = names.iter().take(SHOWN).map(|name| format!("{name:?}")).collect::<Vec<_>>().join(", ");
    if names.len() > SHOWN {
        list.push_str(&format!(" and {} more", names.len() - SHOWN));
    }
    if list.is_empty() { "none".to_owned() } else { list }
}
