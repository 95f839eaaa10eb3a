//! The results file: one line for each data row, in roster order, growing while the run goes on.
//!
//! Invariant: what stands in the file is whole lines from the top. A line reaches the file in one write together with
//! its end, so that a run that is killed leaves no half of one; the next run, or `runs results`, writes the rest.

use std::fs::File;
use std::io::{Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use super::ReportError;
use super::paths::create_private;
use crate::outcome::Outcome;
use crate::roster::neutral::neutralise;

/// The columns.
pub const HEADER: [&str; 11] = [
    "row",
    "email",
    "first_name",
    "last_name",
    "status",
    "user_id",
    "error_code",
    "error",
    "attempts",
    "http_status",
    "sent_at",
];

/// Whether a file begins with a byte-order mark. Excel takes UTF-8 without one for something else and spoils accents;
/// scripts would rather not have one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Bom {
    /// For Excel.
    #[default]
    With,
    /// For scripts (`--no-bom`).
    Without,
}

impl Bom {
    /// The bytes at the beginning of the file.
    pub(super) const fn bytes(self) -> &'static [u8] {
        match self {
            Bom::With => "\u{feff}".as_bytes(),
            Bom::Without => &[],
        }
    }
}

/// Lines are gathered up to this size, at most a page: the system writes a page whole even for a process that dies.
const CHUNK: usize = 4096;

/// A results file being written.
#[derive(Debug)]
pub struct ResultsFile {
    path: PathBuf,
    file: File,
    /// The file's size: whole lines, all of it.
    size: u64,
    /// Whole lines that wait to be written.
    waiting: Vec<u8>,
}

impl ResultsFile {
    /// Creates the file, for its owner alone, and writes the header; a plain file that stands there is replaced.
    ///
    /// # Errors
    /// The path is a folder, a link or a device, or it cannot be written.
    pub fn create(path: &Path, bom: Bom) -> Result<Self, ReportError> {
        let file = create_private(path)?;
        let mut results = ResultsFile { path: path.to_owned(), file, size: 0, waiting: bom.bytes().to_vec() };
        results.push(HEADER)?;
        results.flush()?;
        Ok(results)
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Adds a row's line. It reaches the file at the latest with the next [`flush`](Self::flush).
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn write(&mut self, outcome: &Outcome) -> Result<(), ReportError> {
        self.write_cells(&cells(outcome))
    }

    /// Adds a line of a command that has statuses of its own; see [`write`](Self::write).
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn write_cells(&mut self, cells: &[String; 11]) -> Result<(), ReportError> {
        self.push(cells.iter().map(|cell| neutralise(cell).into_owned()))?;
        if self.waiting.len() >= CHUNK {
            self.flush()?;
        }
        Ok(())
    }

    /// Writes what waits, so that somebody who looks at the file sees it: called after each batch of outcomes.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn flush(&mut self) -> Result<(), ReportError> {
        let written = self.file.write_all(&self.waiting);
        match written {
            Ok(()) => {
                self.size += self.waiting.len() as u64;
                self.waiting.clear();
                Ok(())
            }
            Err(error) => {
                // A full disk may have taken half a line; should even this fail, the first error is the one to tell.
                let _ = self.file.set_len(self.size).and_then(|()| self.file.seek(SeekFrom::Start(self.size)));
                Err(ReportError::write(&self.path, error))
            }
        }
    }

    /// Writes what waits and sees it onto the disk.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn finish(mut self) -> Result<PathBuf, ReportError> {
        self.flush()?;
        self.file.sync_all().map_err(|error| ReportError::write(&self.path, error))?;
        Ok(self.path)
    }

    /// Adds a line to what waits; before it, writes what would make more than a chunk with it.
    fn push<C: AsRef<[u8]>>(&mut self, cells: impl IntoIterator<Item = C>) -> Result<(), ReportError> {
        let line = csv_line(b',', cells).map_err(|error| ReportError::write(&self.path, error))?;
        if self.waiting.len() + line.len() > CHUNK {
            self.flush()?;
        }
        self.waiting.extend_from_slice(&line);
        Ok(())
    }
}

/// One line of delimited text, with its end.
pub(super) fn csv_line<C: AsRef<[u8]>>(
    delimiter: u8,
    cells: impl IntoIterator<Item = C>,
) -> Result<Vec<u8>, std::io::Error> {
    let mut line = csv::WriterBuilder::new().delimiter(delimiter).buffer_capacity(512).from_writer(Vec::new());
    line.write_record(cells).map_err(std::io::Error::from)?;
    line.into_inner().map_err(|error| std::io::Error::other(error.to_string()))
}

/// An outcome as the cells of its line.
fn cells(outcome: &Outcome) -> [String; 11] {
    let sent_at = outcome.sent_at.map(|time| format!("{time:.3}"));
    [
        outcome.row.clone(),
        outcome.email.clone(),
        outcome.first_name.clone(),
        outcome.last_name.clone(),
        outcome.status.to_string(),
        outcome.user_id.clone().unwrap_or_default(),
        outcome.error_code.clone(),
        outcome.error.clone(),
        outcome.attempts.to_string(),
        outcome.http_status.map(|status| status.to_string()).unwrap_or_default(),
        sent_at.unwrap_or_default(),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outcome::Status;

    fn outcome(row: &str) -> Outcome {
        Outcome {
            seq: 0,
            row: row.to_owned(),
            email: "ana.ruiz@example.org".to_owned(),
            first_name: "Ana".to_owned(),
            last_name: "Ruíz, Jr.".to_owned(),
            status: Status::Invited,
            same_as: None,
            user_id: Some("usr_1234567890abcdef1234567890abcdef".to_owned()),
            error_code: String::new(),
            error: String::new(),
            attempts: 1,
            http_status: Some(201),
            sent_at: Some("2026-11-23T01:30:05.0071Z".parse().unwrap()),
        }
    }

    #[test]
    fn the_file_has_a_mark_a_header_and_a_line_for_each_row() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("results.csv");
        std::fs::write(&path, "what stood here before, and was longer than what follows").unwrap();
        let mut results = ResultsFile::create(&path, Bom::With).unwrap();
        results.write(&outcome("Staff!17")).unwrap();
        let mut bad = outcome("18");
        bad.first_name = "=cmd|'/c calc'!A1".to_owned();
        bad.sent_at = None;
        bad.http_status = None;
        results.write(&bad).unwrap();
        assert_eq!(results.finish().unwrap(), path);
        assert_eq!(
            std::fs::read_to_string(&path).unwrap(),
            "\u{feff}row,email,first_name,last_name,status,user_id,error_code,error,attempts,http_status,sent_at\n\
             Staff!17,ana.ruiz@example.org,Ana,\"Ruíz, Jr.\",invited,usr_1234567890abcdef1234567890abcdef,,,1,201,\
             2026-11-23T01:30:05.007Z\n\
             18,ana.ruiz@example.org,'=cmd|'/c calc'!A1,\"Ruíz, Jr.\",invited,usr_1234567890abcdef1234567890abcdef,,,1,,\n"
        );
    }

    #[test]
    fn scripts_get_no_mark() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("results.csv");
        ResultsFile::create(&path, Bom::Without).unwrap().finish().unwrap();
        assert!(std::fs::read_to_string(&path).unwrap().starts_with("row,"));
    }

    #[test]
    fn at_every_moment_the_file_is_whole_lines() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("results.csv");
        let mut results = ResultsFile::create(&path, Bom::With).unwrap();
        let mut seen = 0;
        for row in 0..200 {
            let mut line = outcome(&row.to_string());
            line.error = "x".repeat(row * 40);
            results.write(&line).unwrap();
            let text = std::fs::read_to_string(&path).unwrap();
            assert!(text.ends_with('\n'));
            seen = text.lines().count();
        }
        assert!(seen > 150, "lines reach the file while it is written");
        results.flush().unwrap();
        assert_eq!(std::fs::read_to_string(&path).unwrap().lines().count(), 201);
    }

    #[test]
    fn a_folder_is_refused_before_anything_is_touched() {
        let folder = tempfile::tempdir().unwrap();
        assert!(ResultsFile::create(folder.path(), Bom::With).unwrap_err().is_usage());
    }
}
