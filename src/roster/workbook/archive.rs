//! The zip archive that a workbook is, read with suspicion.
//!
//! calamine trusts what a file claims; a hostile one makes it ask for more memory than the machine has, which ends the process.
//! So every part that calamine is going to read is read here first, streamed, and held against limits: its claimed size, the
//! size that it really has, and how much of it has to be held at once.

use std::cell::Cell;
use std::collections::HashMap;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;
use std::rc::Rc;

use quick_xml::Reader;
use quick_xml::events::Event;
use zip::read::ZipFile;
use zip::{ZipArchive, ZipWriter};

use super::super::error::RosterError;

/// More parts than any workbook of people has.
const MOST_PARTS: usize = 10_000;

/// A part of at most this size may be packed as tightly as it likes.
const SMALL: u64 = 8 << 20;

/// No sheet of people packs tighter than this.
const MOST_RATIO: u64 = 200;

/// The most that one element, text or cell may hold, escapes included.
const EVENT_LIMIT: u64 = 4 << 20;

/// A zip archive whose parts are read within limits.
pub(super) struct Archive {
    file: String,
    zip: ZipArchive<BufReader<File>>,
    /// The parts by their names in lower case with `/`, as calamine finds them.
    names: HashMap<String, String>,
}

/// What ended the reading of a part.
#[derive(Debug, thiserror::Error)]
enum Excess {
    #[error("one cell or element holds more than {} MiB", EVENT_LIMIT >> 20)]
    Event,
    #[error("a part holds more than it claims")]
    Lie,
}

impl Archive {
    /// Opens the archive and reads its directory.
    pub(super) fn open(path: &Path) -> Result<Self, RosterError> {
        let file = path.display().to_string();
        let opened = File::open(path).map_err(|error| RosterError::io(&file, error))?;
        let zip = ZipArchive::new(BufReader::new(opened)).map_err(|error| {
            damaged(&file, format!("it begins like one, but its table of contents cannot be read ({error})"))
        })?;
        if zip.len() > MOST_PARTS {
            return Err(too_large(&file, format!("{} parts; at most {MOST_PARTS} are read", zip.len())));
        }
        let mut names = HashMap::new();
        for name in zip.file_names() {
            let name = name.map_err(|error| damaged(&file, error.to_string()))?;
            names.insert(name.replace('\\', "/").to_ascii_lowercase(), name.to_string());
        }
        Ok(Archive { file, zip, names })
    }

    /// The roster's name, for errors.
    pub(super) fn file(&self) -> &str {
        &self.file
    }

    /// Whether there is a part of this name.
    pub(super) fn has(&self, part: &str) -> bool {
        self.names.contains_key(&part.to_ascii_lowercase())
    }

    /// The names of all parts, in lower case.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.names.keys().map(String::as_str)
    }

    /// How many parts there are.
    pub(super) fn parts(&self) -> usize {
        self.zip.len()
    }

    /// A part's name, with `/` between folders.
    pub(super) fn part_name(&self, index: usize) -> Result<String, RosterError> {
        let name = self.zip.name_for_index(index).and_then(Result::ok);
        let name = name.ok_or_else(|| damaged(&self.file, "a part of it has no name"))?;
        Ok(name.replace('\\', "/"))
    }

    /// What a part unpacks to, as the archive says.
    pub(super) fn unpacked_size(&mut self, part: &str) -> u64 {
        let index = self.names.get(&part.to_ascii_lowercase()).and_then(|name| self.zip.index_for_name(name));
        index.and_then(|index| self.zip.by_index_raw(index).ok()).map_or(0, |part| part.size())
    }

    /// Copies a part into another archive as it is, packed.
    pub(super) fn copy(&mut self, index: usize, to: &mut ZipWriter<io::Cursor<Vec<u8>>>) -> Result<(), RosterError> {
        let copied = self.zip.by_index_raw(index).and_then(|part| to.raw_copy_file(part));
        copied.map_err(|error| damaged(&self.file, error.to_string()))
    }

    /// A part as a stream of bytes; nothing if there is none of that name.
    pub(super) fn bytes(&mut self, part: &str, limit: u64) -> Result<Option<Metered<'_>>, RosterError> {
        let Some(name) = self.names.get(&part.to_ascii_lowercase()) else { return Ok(None) };
        let unreadable = |error: zip::result::ZipError| damaged(&self.file, format!("{part} cannot be read ({error})"));
        let Some(index) = self.zip.index_for_name(name) else { return Ok(None) };
        if self.zip.by_index_raw(index).map_err(unreadable)?.encrypted() {
            return Err(RosterError::PasswordProtected { file: self.file.clone() });
        }
        let entry = self.zip.by_index(index).map_err(unreadable)?;
        let (size, packed) = (entry.size(), entry.compressed_size());
        if size > limit {
            return Err(too_large(
                &self.file,
                format!("{part} is {} MiB; at most {} are read", size >> 20, limit >> 20),
            ));
        }
        if size > SMALL && size / MOST_RATIO > packed {
            return Err(too_large(&self.file, format!("{part} unpacks to {} times its size", size / packed.max(1))));
        }
        Ok(Some(Metered { inner: BufReader::with_capacity(64 * 1024, entry), since: Rc::default(), left: size }))
    }

    /// A part as a stream of XML events.
    pub(super) fn xml(&mut self, part: &str, limit: u64) -> Result<Option<XmlPart<'_>>, RosterError> {
        let file = self.file.clone();
        let Some(bytes) = self.bytes(part, limit)? else { return Ok(None) };
        let since = Rc::clone(&bytes.since);
        let mut reader = Reader::from_reader(bytes);
        let config = reader.config_mut();
        config.check_end_names = false;
        config.expand_empty_elements = true;
        Ok(Some(XmlPart { file, part: part.to_owned(), reader, since, buffer: Vec::new() }))
    }
}

/// A part that is measured while it is read.
pub(super) struct Metered<'a> {
    inner: BufReader<ZipFile<'a, BufReader<File>>>,
    /// Bytes since the reader last let go of what it held.
    since: Rc<Cell<u64>>,
    /// How much may still come of what the directory claims.
    left: u64,
}

impl BufRead for Metered<'_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.since.get() > EVENT_LIMIT {
            return Err(io::Error::other(Excess::Event));
        }
        let bytes = self.inner.fill_buf()?;
        if bytes.len() as u64 > self.left {
            return Err(io::Error::other(Excess::Lie));
        }
        Ok(bytes)
    }

    fn consume(&mut self, amount: usize) {
        self.since.set(self.since.get() + amount as u64);
        self.left = self.left.saturating_sub(amount as u64);
        self.inner.consume(amount);
    }
}

impl Read for Metered<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        // A binary part's reader bounds what it holds by itself.
        self.since.set(0);
        let available = self.fill_buf()?;
        let amount = available.len().min(buffer.len());
        buffer[..amount].copy_from_slice(&available[..amount]);
        self.consume(amount);
        Ok(amount)
    }
}

/// A part as XML events, as calamine will see them.
pub(super) struct XmlPart<'a> {
    file: String,
    part: String,
    reader: Reader<Metered<'a>>,
    since: Rc<Cell<u64>>,
    buffer: Vec<u8>,
}

impl XmlPart<'_> {
    /// The next event.
    pub(super) fn next(&mut self) -> Result<Event<'_>, RosterError> {
        self.buffer.clear();
        match self.reader.read_event_into(&mut self.buffer) {
            Ok(event) => Ok(event),
            Err(error) => Err(xml_error(&self.file, &self.part, error)),
        }
    }

    /// From now on, an end has to be that of the element that began last.
    pub(super) fn match_ends(&mut self) {
        self.reader.config_mut().check_end_names = true;
    }

    /// Nothing is held any more: what is read from now on is measured anew.
    pub(super) fn let_go(&self) {
        self.since.set(0);
    }
}

fn xml_error(file: &str, part: &str, error: quick_xml::Error) -> RosterError {
    match &error {
        quick_xml::Error::Io(io) => match io.get_ref().and_then(|inner| inner.downcast_ref::<Excess>()) {
            Some(excess) => too_large(file, format!("{excess} ({part})")),
            None => damaged(file, format!("{part} breaks off or cannot be unpacked ({io})")),
        },
        _ => damaged(file, format!("{part} is not well-formed ({error})")),
    }
}

/// A workbook that breaks off or contradicts itself.
pub(super) fn damaged(file: &str, what: impl Into<String>) -> RosterError {
    RosterError::DamagedWorkbook { file: file.to_owned(), what: what.into() }
}

/// A workbook that would take more than any roster does.
pub(super) fn too_large(file: &str, what: impl Into<String>) -> RosterError {
    RosterError::WorkbookTooLarge { file: file.to_owned(), what: what.into() }
}

/// The error of a binary part.
pub(super) fn bytes_error(file: &str, part: &str, error: io::Error) -> RosterError {
    match error.get_ref().and_then(|inner| inner.downcast_ref::<Excess>()) {
        Some(excess) => too_large(file, format!("{excess} ({part})")),
        None => damaged(file, format!("{part} breaks off or cannot be unpacked ({error})")),
    }
}
