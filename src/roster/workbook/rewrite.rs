//! Workbooks that other programs read and calamine does not, written again in memory as it wants them.
//!
//! Only what has been seen in files of widespread libraries, and only where the guard has found it: cells of an xlsb that do
//! not say their column, and an ods that is indented.

use std::fs::File;
use std::io::{self, BufReader, Cursor, Read, Seek, SeekFrom, Write};
use std::path::Path;

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use super::super::error::RosterError;
use super::archive::{Archive, damaged, too_large};
use super::{ods, xlsb};

/// What is written again is held in memory: the parts that change unpacked, the others as they are packed.
const MOST_HELD: u64 = 32 << 20;

/// How a workbook differs from what calamine reads.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Dialect {
    /// Not at all.
    #[default]
    None,
    /// Cells of an xlsb that stand behind another and do not say their column.
    ShortCells,
    /// Line breaks and spaces between the elements of an ods.
    Indented,
    /// An xls of Excel 97 or later: its texts are Unicode, whatever code page it names.
    Unicode,
}

/// What calamine reads from: the file, or what was made of it.
pub(super) enum Source {
    File(BufReader<File>),
    Memory(Cursor<Vec<u8>>),
}

impl Source {
    /// A workbook that the guard has let pass, in a form that calamine reads.
    pub(super) fn open(path: &Path, dialect: Dialect) -> Result<Self, RosterError> {
        match dialect {
            Dialect::None | Dialect::Unicode => {
                let file = File::open(path).map_err(|error| RosterError::io(&path.display().to_string(), error))?;
                Ok(Source::File(BufReader::new(file)))
            }
            Dialect::ShortCells => {
                let mut archive = Archive::open(path)?;
                let parts = xlsb::sheet_parts(&mut archive)?.into_iter().map(|(_, part)| part).collect::<Vec<_>>();
                written_again(path, &mut archive, &parts, xlsb::write_long_cells)
            }
            Dialect::Indented => {
                let mut archive = Archive::open(path)?;
                written_again(path, &mut archive, &["content.xml".to_owned()], ods::write_without_indents)
            }
        }
    }
}

impl Read for Source {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Source::File(file) => file.read(buffer),
            Source::Memory(bytes) => bytes.read(buffer),
        }
    }
}

impl Seek for Source {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        match self {
            Source::File(file) => file.seek(to),
            Source::Memory(bytes) => bytes.seek(to),
        }
    }
}

/// The archive again, some of its parts as `write` makes them.
fn written_again(
    path: &Path,
    archive: &mut Archive,
    parts: &[String],
    write: impl Fn(&mut Archive, &str, &mut dyn Write) -> Result<(), RosterError>,
) -> Result<Source, RosterError> {
    let file = archive.file().to_owned();
    let mut size = std::fs::metadata(path).map_err(|error| RosterError::io(&file, error))?.len();
    for part in parts {
        size += archive.unpacked_size(part);
    }
    if size > MOST_HELD {
        let limit = MOST_HELD >> 20;
        return Err(too_large(&file, format!("{} MiB, and in this form at most {limit} are read", size >> 20)));
    }
    let failed = |error: zip::result::ZipError| damaged(&file, error.to_string());
    let stored = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    let mut again = ZipWriter::new(Cursor::new(Vec::new()));
    for index in 0..archive.parts() {
        let name = archive.part_name(index)?;
        if parts.iter().any(|part| part.eq_ignore_ascii_case(&name)) {
            again.start_file(name.as_str(), stored).map_err(failed)?;
            write(archive, &name, &mut again)?;
        } else {
            archive.copy(index, &mut again)?;
        }
    }
    Ok(Source::Memory(Cursor::new(again.finish().map_err(failed)?.into_inner())))
}
