//! The rejects file: the rows that need attention with all their own columns, to be mended and passed in again.
//!
//! The column `avara_problems` comes first. A person sees it without scrolling, and a ragged row stays as ragged as it
//! was: with the problems behind it, its missing cells would have to be filled up, and what was refused because it may
//! stand in wrong columns would pass the next time.
//!
//! The file is created with the first row; without one there is none.

mod sheet;
mod text;

use std::path::{Path, PathBuf};

use super::ReportError;
use super::paths::refuse_special;
use super::results::Bom;
use crate::roster::PROBLEMS_COLUMN;
use crate::roster::Row;
use crate::validation::Problem;

pub use sheet::RejectsWorkbook;
pub use text::RejectsCsv;

/// A rejects file, as text or as a workbook.
pub enum Rejects {
    /// `.csv` and everything else.
    Csv(RejectsCsv),
    /// `.xlsx`.
    Workbook(Box<RejectsWorkbook>),
}

impl Rejects {
    /// Prepares the file for a roster with these headers: a workbook if its name ends in `.xlsx`, text otherwise.
    ///
    /// # Errors
    /// The path is a folder, a link or a device.
    pub fn create(path: &Path, headers: &[String]) -> Result<Self, ReportError> {
        refuse_special(path)?;
        let columns = Columns::of(headers);
        let is_workbook = path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("xlsx"));
        Ok(match is_workbook {
            true => Rejects::Workbook(Box::new(RejectsWorkbook::new(path, columns))),
            false => Rejects::Csv(RejectsCsv::new(path, columns)),
        })
    }

    /// The delimiter of a text file, the roster's own: what opened the roster well opens this well.
    #[must_use]
    pub fn delimiter(self, delimiter: char) -> Self {
        match self {
            Rejects::Csv(csv) => Rejects::Csv(csv.delimiter(delimiter)),
            workbook @ Rejects::Workbook(_) => workbook,
        }
    }

    /// Whether a text file begins with a byte-order mark.
    #[must_use]
    pub fn bom(self, bom: Bom) -> Self {
        match self {
            Rejects::Csv(csv) => Rejects::Csv(csv.bom(bom)),
            workbook @ Rejects::Workbook(_) => workbook,
        }
    }

    /// The name of the sheet of a workbook, the roster's own.
    #[must_use]
    pub fn sheet(self, name: &str) -> Self {
        match self {
            csv @ Rejects::Csv(_) => csv,
            Rejects::Workbook(workbook) => Rejects::Workbook(Box::new(workbook.sheet(name))),
        }
    }

    /// Adds a row with its problems, or with a message where it is the API that refused it.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn row(&mut self, row: &Row, problems: &[Problem], message: &str) -> Result<(), ReportError> {
        match self {
            Rejects::Csv(csv) => csv.row(row, problems, message),
            Rejects::Workbook(workbook) => workbook.row(row, problems, message),
        }
    }

    /// Writes what waits. A workbook can only be written at its end.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn flush(&mut self) -> Result<(), ReportError> {
        match self {
            Rejects::Csv(csv) => csv.flush(),
            Rejects::Workbook(_) => Ok(()),
        }
    }

    /// Finishes the file; says where it is, if there is one.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn finish(self) -> Result<Option<PathBuf>, ReportError> {
        match self {
            Rejects::Csv(csv) => csv.finish(),
            Rejects::Workbook(workbook) => workbook.finish(),
        }
    }
}

/// The roster's columns, as they come after the problems.
#[derive(Clone, Debug)]
struct Columns {
    headers: Vec<String>,
    /// Where the roster itself is a rejects file: its column of problems, which gives way to the new one.
    old_problems: Option<usize>,
}

impl Columns {
    fn of(headers: &[String]) -> Self {
        let old_problems = headers.iter().position(|header| header.trim().eq_ignore_ascii_case(PROBLEMS_COLUMN));
        Columns { headers: headers.to_vec(), old_problems }
    }

    /// The headers, the problems first.
    fn header(&self) -> impl Iterator<Item = &str> {
        std::iter::once(PROBLEMS_COLUMN).chain(self.own(&self.headers).map(String::as_str))
    }

    /// What stands under the roster's own columns, or beyond them.
    fn own<'a, T>(&self, cells: &'a [T]) -> impl Iterator<Item = &'a T> {
        let old_problems = self.old_problems;
        cells.iter().enumerate().filter(move |(index, _)| Some(*index) != old_problems).map(|(_, cell)| cell)
    }

    /// The place among [`own`](Self::own) cells of the one that a problem is about.
    fn faulty(&self, row: &Row, problem: &Problem) -> Option<usize> {
        let header = problem.column.as_deref()?;
        let named = || (0..self.headers.len()).filter(|index| self.headers[*index].trim() == header.trim());
        // Where two columns have the same header, the value tells which is meant.
        let index = named().find(|index| row.cell_text(*index) == problem.value).or_else(|| named().next())?;
        match self.old_problems {
            Some(old) if old == index => None,
            Some(old) if old < index => Some(index - 1),
            _ => Some(index),
        }
    }
}

/// What stands in the column of problems.
fn problems_text(problems: &[Problem], message: &str) -> String {
    match problems {
        [] => message.to_owned(),
        problems => problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "),
    }
}

#[cfg(test)]
mod tests;
