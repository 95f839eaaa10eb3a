//! Rejects as delimited text.

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};

use super::{Columns, problems_text};
use crate::report::ReportError;
use crate::report::paths::create_private;
use crate::report::results::{Bom, csv_line};
use crate::roster::Row;
use crate::roster::neutral::neutralise;
use crate::validation::Problem;

/// Written when this much waits.
const CHUNK: usize = 64 * 1024;

/// Rejects as delimited text: cells verbatim, but for what a spreadsheet would take for a formula.
#[derive(Debug)]
pub struct RejectsCsv {
    path: PathBuf,
    columns: Columns,
    delimiter: u8,
    bom: Bom,
    file: Option<File>,
    waiting: Vec<u8>,
}

impl RejectsCsv {
    pub(super) fn new(path: &Path, columns: Columns) -> Self {
        RejectsCsv {
            path: path.to_owned(),
            columns,
            delimiter: b',',
            bom: Bom::default(),
            file: None,
            waiting: Vec::new(),
        }
    }

    /// One that is not ASCII is left for the comma.
    pub(super) fn delimiter(mut self, delimiter: char) -> Self {
        self.delimiter = u8::try_from(delimiter).ok().filter(u8::is_ascii).unwrap_or(b',');
        self
    }

    pub(super) fn bom(mut self, bom: Bom) -> Self {
        self.bom = bom;
        self
    }

    pub(super) fn row(&mut self, row: &Row, problems: &[Problem], message: &str) -> Result<(), ReportError> {
        if self.file.is_none() {
            self.begin()?;
        }
        let problems = problems_text(problems, message);
        let cells = self.columns.own(&row.cells).map(|cell| cell.text.as_str());
        let line = self.line(std::iter::once(problems.as_str()).chain(cells))?;
        self.waiting.extend(line);
        if self.waiting.len() >= CHUNK { self.flush() } else { Ok(()) }
    }

    pub(super) fn flush(&mut self) -> Result<(), ReportError> {
        let Some(file) = &mut self.file else {
            return Ok(());
        };
        let written = file.write_all(&self.waiting);
        self.waiting.clear();
        written.map_err(|error| ReportError::write(&self.path, error))
    }

    pub(super) fn finish(mut self) -> Result<Option<PathBuf>, ReportError> {
        self.flush()?;
        match self.file {
            Some(file) => {
                file.sync_all().map_err(|error| ReportError::write(&self.path, error))?;
                Ok(Some(self.path))
            }
            None => Ok(None),
        }
    }

    fn begin(&mut self) -> Result<(), ReportError> {
        self.file = Some(create_private(&self.path)?);
        self.waiting = self.bom.bytes().to_vec();
        let header = self.line(self.columns.header())?;
        self.waiting.extend(header);
        Ok(())
    }

    fn line<'a>(&self, cells: impl Iterator<Item = &'a str>) -> Result<Vec<u8>, ReportError> {
        csv_line(self.delimiter, cells.map(|cell| neutralise(cell).into_owned()))
            .map_err(|error| ReportError::write(&self.path, error))
    }
}
