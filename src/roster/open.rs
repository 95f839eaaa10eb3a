//! A roster that has been opened: what it is, and as many passes over its rows as are wanted.

use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::sync::Arc;

use sha2::{Digest, Sha256};

use super::error::RosterError;
use super::foreign;
use super::records::RawRow;
use super::sift::Layout;
use super::stamp::Stamp;
use super::text::{self, TextFormat};
use super::workbook::{self, WorkbookFormat};
use super::{HeaderJudge, LeftOut, RosterItem, RosterKind, RosterOptions, RosterSource, Row};

/// A roster file whose kind, encoding, sheet and header are known.
///
/// The file is not held open. Each pass opens it again and fails if it is no longer the file that was inspected.
#[derive(Debug)]
pub struct Roster {
    source: RosterSource,
    options: RosterOptions,
    stamp: Stamp,
    layout: Arc<Layout>,
    reading: Reading,
}

/// How the rows are got at.
#[derive(Debug)]
enum Reading {
    Text(TextFormat),
    Workbook(WorkbookFormat),
}

/// Opens a roster: tells its kind by its content, finds its header, and makes sure that there is a row below it.
pub fn open(path: &Path, options: &RosterOptions, judge: &dyn HeaderJudge) -> Result<Roster, RosterError> {
    let name = path.display().to_string();
    refuse_other_than_files(path, &name)?;
    let mut file = File::open(path).map_err(|error| RosterError::io(&name, error))?;
    let stamp = Stamp::of_open(&file, &name)?;
    if stamp.size() == 0 {
        return Err(RosterError::Empty { file: name });
    }
    let mut head = Vec::new();
    file.by_ref().take(512).read_to_end(&mut head).map_err(|error| RosterError::io(&name, error))?;
    let roster = match container(&head, stamp.size()) {
        Container::Other(what) => return Err(foreign::refusal(name, what)),
        Container::Zip => open_workbook(path, stamp, options, workbook::inspect_zip(path, options, judge)?),
        Container::Ole => open_workbook(path, stamp, options, workbook::inspect_ole(path, options, judge)?),
        Container::Text => open_text(path, file, stamp, options, judge)?,
    };
    roster.require_a_row()?;
    Ok(roster)
}

fn open_text(
    path: &Path,
    mut file: File,
    stamp: Stamp,
    options: &RosterOptions,
    judge: &dyn HeaderJudge,
) -> Result<Roster, RosterError> {
    std::io::Seek::rewind(&mut file).map_err(|error| RosterError::io(&path.display().to_string(), error))?;
    let (format, layout, mut notes) = text::inspect(path, file, options, judge)?;
    if options.sheet.is_some() {
        notes.push("This is a text file and has no sheets, so --sheet was not used.".to_owned());
    }
    let source = RosterSource {
        path: path.to_owned(),
        kind: RosterKind::Csv,
        sheet: None,
        encoding: Some(format.encoded.encoding.name()),
        delimiter: Some(char::from(format.delimiter)),
        header_row: layout.header_row(),
        headers: layout.headers().to_vec(),
        notes,
    };
    let (options, layout) = (options.clone(), Arc::new(layout));
    Ok(Roster { source, options, stamp, layout, reading: Reading::Text(format) })
}

fn open_workbook(
    path: &Path,
    stamp: Stamp,
    options: &RosterOptions,
    (format, layout, notes): (WorkbookFormat, Layout, Vec<String>),
) -> Roster {
    let source = RosterSource {
        path: path.to_owned(),
        kind: format.kind,
        sheet: Some(Arc::clone(&format.sheet)),
        encoding: None,
        delimiter: None,
        header_row: layout.header_row(),
        headers: layout.headers().to_vec(),
        notes,
    };
    let (options, layout) = (options.clone(), Arc::new(layout));
    Roster { source, options, stamp, layout, reading: Reading::Workbook(format) }
}

impl Roster {
    /// What was found out about the file.
    pub fn source(&self) -> &RosterSource {
        &self.source
    }

    /// How it was asked to be read: with the same options it is read the same again.
    pub fn options(&self) -> &RosterOptions {
        &self.options
    }

    /// A pass over all rows, from the first below the header.
    ///
    /// Fails, at once or at its end, when the file is no longer what it was when it was opened.
    pub fn rows(&self) -> Result<Rows, RosterError> {
        self.check_unchanged()?;
        let raw: RawRows = match &self.reading {
            Reading::Text(format) => Box::new(text::raw_rows(&self.source.path, *format)?),
            Reading::Workbook(format) => Box::new(workbook::raw_rows(&self.source.path, format)?),
        };
        Ok(Rows { raw: Some(raw), layout: Arc::clone(&self.layout), stamp: self.stamp, path: self.source.path.clone() })
    }

    /// Fails when the file's size, time or identity is not what it was at the opening.
    pub fn check_unchanged(&self) -> Result<(), RosterError> {
        self.stamp.check(&self.source.path)
    }

    /// What is said of a file that is not what it was at the opening.
    pub fn changed(&self) -> RosterError {
        RosterError::Changed { file: self.source.path.display().to_string() }
    }

    /// A SHA-256 of the file's bytes: which roster a run was about, for the ledger.
    pub fn sha256(&self) -> Result<[u8; 32], RosterError> {
        let name = self.source.path.display().to_string();
        let fault = |error| RosterError::io(&name, error);
        let mut file = File::open(&self.source.path).map_err(fault)?;
        let mut hash = Sha256::new();
        let mut block = vec![0; 64 * 1024];
        loop {
            let read = file.read(&mut block).map_err(fault)?;
            if read == 0 {
                break;
            }
            hash.update(&block[..read]);
        }
        self.check_unchanged()?;
        Ok(hash.finalize().into())
    }

    /// The first data rows, at most so many.
    pub fn sample(&self, most: usize) -> Result<Vec<Row>, RosterError> {
        let mut sample = Vec::new();
        if most == 0 {
            return Ok(sample);
        }
        for item in self.rows()? {
            if let RosterItem::Row(row) = item? {
                sample.push(row);
            }
            if sample.len() == most {
                break;
            }
        }
        Ok(sample)
    }

    fn require_a_row(&self) -> Result<(), RosterError> {
        let mut hidden = 0;
        for item in self.rows()? {
            match item? {
                RosterItem::Row(_) => return Ok(()),
                RosterItem::LeftOut { why, .. } => hidden += u64::from(why == LeftOut::Hidden),
            }
        }
        Err(RosterError::NoRows {
            file: self.source.path.display().to_string(),
            sheet: self.source.sheet.as_ref().map(|name| name.to_string()),
            header_row: self.source.header_row,
            hidden,
        })
    }
}

type RawRows = Box<dyn Iterator<Item = Result<RawRow, RosterError>> + Send>;

/// One pass over a roster's rows. It ends after the first error.
pub struct Rows {
    raw: Option<RawRows>,
    layout: Arc<Layout>,
    stamp: Stamp,
    path: std::path::PathBuf,
}

impl std::fmt::Debug for Rows {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Rows").field("path", &self.path).finish_non_exhaustive()
    }
}

impl Iterator for Rows {
    type Item = Result<RosterItem, RosterError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            match self.raw.as_mut()?.next() {
                Some(Ok(raw)) if self.layout.is_another_header(&raw) => {
                    self.raw = None;
                    return Some(Err(RosterError::AnotherHeader {
                        file: self.path.display().to_string(),
                        at: self.layout.at(raw.row),
                        header_row: self.layout.header_row(),
                    }));
                }
                Some(Ok(raw)) => {
                    if let Some(item) = self.layout.sift(raw) {
                        return Some(Ok(item));
                    }
                }
                // A file that changes under the reader looks damaged; that it changed is what a person must know.
                Some(Err(error)) => {
                    self.raw = None;
                    return Some(Err(self.stamp.check(&self.path).err().unwrap_or(error)));
                }
                None => {
                    self.raw = None;
                    return self.stamp.check(&self.path).err().map(Err);
                }
            }
        }
    }
}

fn refuse_other_than_files(path: &Path, name: &str) -> Result<(), RosterError> {
    let kind = std::fs::metadata(path).map_err(|error| RosterError::io(name, error))?.file_type();
    let what = match () {
        () if kind.is_file() => return Ok(()),
        () if kind.is_dir() => "a folder",
        () => "a pipe or a device",
    };
    Err(RosterError::NotAFile { file: name.to_owned(), what })
}

/// What the first bytes say.
enum Container {
    Zip,
    Ole,
    Text,
    Other(&'static str),
}

fn container(head: &[u8], size: u64) -> Container {
    match head {
        head if head.starts_with(b"PK\x03\x04") || head.starts_with(b"PK\x05\x06") => Container::Zip,
        head if head.starts_with(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1") => Container::Ole,
        head => foreign::binary(head, size).map_or(Container::Text, Container::Other),
    }
}
