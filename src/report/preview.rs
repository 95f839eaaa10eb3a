//! What was understood of a roster, before anything is sent: for people as text, for scripts as one JSON document.

mod json;
mod render;

use std::collections::BTreeMap;
use std::path::Path;

use serde::Serialize;

use super::places::Places;
pub use super::warnings::Warnings;
use crate::roster::{LeftOut, RosterKind, RosterSource};
use crate::validation::Problem;

pub use json::CheckJson;

/// Everything `check` finds, but for the problems, which come one by one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Preview {
    /// The file.
    pub roster: RosterFacts,
    /// What each field is read from, in the order of the fields.
    pub sources: Vec<Source>,
    /// What a person must decide.
    pub questions: Vec<Question>,
    /// Headers that nothing is read from.
    pub ignored: Vec<String>,
    /// The same as a mapping file names them.
    pub ignored_names: Vec<String>,
    /// Each distinct role text of the roster, and the clinic role it means; none where it is unknown or ambiguous.
    pub roles: BTreeMap<String, Option<&'static str>>,
    /// Somebody has to decide something before anything can be sent.
    pub undecided: bool,
    /// How the rows are judged.
    pub counts: Counts,
    /// Lines that are no data rows.
    pub left_out: BTreeMap<LeftOut, Places>,
    /// Rows that repeat an earlier one.
    pub duplicates: Places,
    /// What a person should know of how the file was read or its values cleaned, a line each.
    pub notes: Vec<String>,
    /// The first problems.
    pub first_problems: Vec<Problem>,
    /// How many problems there are in all.
    pub problems: u64,
    /// What looks odd; see [`Warnings`].
    pub warnings: Vec<String>,
}

/// What was found out about the file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct RosterFacts {
    /// Its path, as it was given.
    pub file: String,
    /// `csv`, `xlsx`, `xls`, `xlsb` or `ods`.
    pub kind: Option<&'static str>,
    /// The sheet, of a workbook.
    pub sheet: Option<String>,
    /// The encoding, of a text file.
    pub encoding: Option<&'static str>,
    /// The delimiter, of a text file.
    pub delimiter: Option<char>,
    /// The line or sheet row of the header.
    pub header_row: Option<u64>,
    /// Data rows.
    pub rows: u64,
}

/// What a field is read from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Source {
    /// The field in snake_case, or `full_name`.
    pub target: String,
    /// The headers, verbatim; the first cell that is not blank wins.
    pub headers: Vec<String>,
    /// The same as a mapping file names them: the second of two alike is `Phone #2`.
    pub names: Vec<String>,
}

/// Something that a person must decide.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Question {
    /// The field in snake_case.
    pub field: String,
    /// The headers that may feed it.
    pub headers: Vec<String>,
    /// Why it is not decided, and how to decide it.
    pub why: String,
    /// Nothing holds anything back: the columns are left unread, and something else gives the field, or nothing has to.
    #[serde(skip)]
    pub may_wait: bool,
}

/// How the rows are judged.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Rows that can be sent.
    pub ready: u64,
    /// Rows with a problem.
    pub invalid: u64,
    /// Rows that repeat an earlier one.
    pub duplicate: u64,
    /// Rows that are not for inviting.
    pub skipped: u64,
    /// Admins among the ready.
    pub admins: u64,
    /// Report creators among the ready.
    pub report_creators: u64,
}

impl RosterFacts {
    /// What was found out, and how many data rows there are.
    pub fn of(source: &RosterSource, rows: u64) -> Self {
        RosterFacts {
            file: source.path.display().to_string(),
            kind: Some(match source.kind {
                RosterKind::Csv => "csv",
                RosterKind::Xlsx => "xlsx",
                RosterKind::Xls => "xls",
                RosterKind::Xlsb => "xlsb",
                RosterKind::Ods => "ods",
            }),
            sheet: source.sheet.as_deref().map(str::to_owned),
            encoding: source.encoding,
            delimiter: source.delimiter,
            header_row: Some(source.header_row),
            rows,
        }
    }

    /// A file of which nothing is known.
    pub fn unread(path: &Path) -> Self {
        RosterFacts { file: path.display().to_string(), ..RosterFacts::default() }
    }
}

#[cfg(test)]
mod tests;
