//! Which encoding a text file is in, known for the whole of it.
//!
//! One pass over all bytes, in constant memory: a file is UTF-8 only if all of it is. A file that is UTF-8 in one place
//! and not in another is refused with the place, because either guess would mangle somebody's name. One that is
//! never UTF-8 is what old Windows programs write.

use std::fs::File;
use std::io::{ErrorKind, Read, Seek, SeekFrom};

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1250, WINDOWS_1251, WINDOWS_1252, WINDOWS_1254};

use super::accents::{OddWord, first_odd_word};
use super::error::RosterError;

/// How much is read at a time.
const CHUNK: usize = 64 * 1024;

/// So many accented bytes are needed before a guess other than windows-1252 is believed.
const ENOUGH_TO_GUESS: u64 = 20;

/// What the bytes are.
#[derive(Clone, Copy, Debug)]
pub(super) struct Encoded {
    /// The encoding.
    pub(super) encoding: &'static Encoding,
    /// How many bytes of a byte-order mark stand before the text.
    pub(super) mark: u64,
    /// The encoding was guessed: a person should look at the accents.
    pub(super) guessed: bool,
}

/// Counts line ends: LF, CR LF and CR alone each end a line.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct LineCounter {
    ended: u64,
    after_cr: bool,
}

impl LineCounter {
    /// Takes the next bytes.
    pub(super) fn feed(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.ended += u64::from(byte == b'\r' || (byte == b'\n' && !self.after_cr));
            self.after_cr = byte == b'\r';
        }
    }

    /// The line that the next byte stands on, from 1.
    pub(super) fn line(self) -> u64 {
        self.ended + 1
    }

    /// The last byte was a CR: an LF now belongs to the same line end.
    pub(super) fn after_cr(self) -> bool {
        self.after_cr
    }
}

/// Finds the encoding of a file, or takes the one that was asked for.
pub(super) fn detect(name: &str, file: &mut File, asked: Option<&str>) -> Result<Encoded, RosterError> {
    let mut head = [0; 4096];
    let filled = read_up_to(file, &mut head).map_err(|error| RosterError::io(name, error))?;
    let head = &head[..filled];
    if let Some(label) = asked {
        let encoding = Encoding::for_label(label.trim().as_bytes())
            .ok_or_else(|| RosterError::UnknownEncoding { label: label.to_owned() })?;
        let mark = Encoding::for_bom(head).filter(|(marked, _)| *marked == encoding).map_or(0, |(_, len)| len as u64);
        return Ok(Encoded { encoding, mark, guessed: false });
    }
    if head.starts_with(&[0xFF, 0xFE, 0, 0]) || head.starts_with(&[0, 0, 0xFE, 0xFF]) {
        return Err(RosterError::NotATable { file: name.to_owned(), what: "text in UTF-32".to_owned() });
    }
    match Encoding::for_bom(head) {
        Some((encoding, mark)) if encoding != UTF_8 => {
            return Ok(Encoded { encoding, mark: mark as u64, guessed: false });
        }
        _ => {}
    }
    if let Some(encoding) = utf16_without_mark(head) {
        return Ok(Encoded { encoding, mark: 0, guessed: true });
    }
    survey(name, file, head.starts_with(&[0xEF, 0xBB, 0xBF]))
}

/// UTF-16 text of Western names is every other byte a NUL.
fn utf16_without_mark(head: &[u8]) -> Option<&'static Encoding> {
    let pairs = head.len() / 2;
    let nuls = |offset: usize| head.iter().skip(offset).step_by(2).filter(|byte| **byte == 0).count();
    let (high_first, low_first) = (nuls(0), nuls(1));
    match pairs {
        0..4 => None,
        _ if low_first * 2 > pairs && high_first * 20 <= pairs => Some(UTF_16LE),
        _ if high_first * 2 > pairs && low_first * 20 <= pairs => Some(UTF_16BE),
        _ => None,
    }
}

/// Reads the whole file and decides.
fn survey(name: &str, file: &mut File, marked: bool) -> Result<Encoded, RosterError> {
    let io = |error| RosterError::io(name, error);
    file.seek(SeekFrom::Start(0)).map_err(io)?;
    let mut survey = Survey::new();
    let mut chunk = vec![0; CHUNK];
    loop {
        let filled = read_up_to(file, &mut chunk).map_err(io)?;
        if filled == 0 {
            break;
        }
        survey.feed(&chunk[..filled]);
        if let Some(nul) = survey.nul {
            return Err(RosterError::Nul { file: name.to_owned(), line: nul.line, byte: nul.byte });
        }
    }
    let encoded = survey.finish().verdict(name, marked)?;
    if encoded.encoding == WINDOWS_1252
        && let Some(odd) = first_odd_word(file).map_err(io)?
    {
        let OddWord { line, byte, text: word, readings } = odd;
        return Err(RosterError::DoubtfulAccents { file: name.to_owned(), line, byte, word, readings });
    }
    Ok(encoded)
}

/// A place in a file.
#[derive(Clone, Copy, Debug)]
struct Place {
    line: u64,
    byte: u64,
}

/// What is known of the bytes so far.
struct Survey {
    /// An unfinished character from the last chunk.
    carry: Vec<u8>,
    offset: u64,
    lines: LineCounter,
    /// The first character that is UTF-8 and not ASCII.
    good: Option<Place>,
    /// The first byte that is not UTF-8.
    bad: Option<Place>,
    /// The first byte that windows-1252 leaves undefined.
    undefined: Option<Place>,
    nul: Option<Place>,
    high_bytes: u64,
    detector: EncodingDetector,
}

impl Survey {
    fn new() -> Self {
        Survey {
            carry: Vec::new(),
            offset: 0,
            lines: LineCounter::default(),
            good: None,
            bad: None,
            undefined: None,
            nul: None,
            high_bytes: 0,
            detector: EncodingDetector::new(Iso2022JpDetection::Deny),
        }
    }

    fn feed(&mut self, chunk: &[u8]) {
        let mut bytes = std::mem::take(&mut self.carry);
        bytes.extend_from_slice(chunk);
        let mut rest = bytes.as_slice();
        while !rest.is_empty() {
            match std::str::from_utf8(rest) {
                Ok(text) => {
                    self.take_valid(text.as_bytes());
                    rest = &[];
                }
                Err(error) => {
                    let (valid, after) = rest.split_at(error.valid_up_to());
                    self.take_valid(valid);
                    let Some(length) = error.error_len() else {
                        self.carry = after.to_vec();
                        return;
                    };
                    let (invalid, after) = after.split_at(length);
                    self.take_invalid(invalid);
                    rest = after;
                }
            }
        }
    }

    /// An unfinished character at the end is not UTF-8.
    fn finish(mut self) -> Self {
        let carry = std::mem::take(&mut self.carry);
        if !carry.is_empty() {
            self.take_invalid(&carry);
        }
        self
    }

    fn take_valid(&mut self, bytes: &[u8]) {
        if self.nul.is_none() && bytes.contains(&0) {
            self.nul = self.first(bytes, |byte| byte == 0);
        }
        if self.good.is_none() && !bytes.is_ascii() {
            self.good = self.first(bytes, |byte| !byte.is_ascii());
        }
        // Plain letters between accents tell a detector the language; before the first accent they tell nothing.
        if self.bad.is_some() && self.good.is_none() {
            self.detector.feed(bytes, false);
        }
        self.advance(bytes);
    }

    fn take_invalid(&mut self, bytes: &[u8]) {
        let here = Place { line: self.lines.line(), byte: self.offset + 1 };
        self.bad.get_or_insert(here);
        if self.undefined.is_none() {
            self.undefined = self.first(bytes, |byte| matches!(byte, 0x81 | 0x8D | 0x8F | 0x90 | 0x9D));
        }
        self.high_bytes += bytes.len() as u64;
        if self.good.is_none() {
            self.detector.feed(bytes, false);
        }
        self.advance(bytes);
    }

    fn advance(&mut self, bytes: &[u8]) {
        self.lines.feed(bytes);
        self.offset += bytes.len() as u64;
    }

    /// The place of the first byte of a kind, in bytes that have not been counted yet.
    fn first(&self, bytes: &[u8], wanted: impl Fn(u8) -> bool) -> Option<Place> {
        let index = bytes.iter().position(|byte| wanted(*byte))?;
        let mut lines = self.lines;
        lines.feed(&bytes[..index]);
        Some(Place { line: lines.line(), byte: self.offset + index as u64 + 1 })
    }

    fn verdict(mut self, name: &str, marked: bool) -> Result<Encoded, RosterError> {
        let file = name.to_owned();
        let mark = if marked { 3 } else { 0 };
        match (self.bad, self.good) {
            (None, _) => Ok(Encoded { encoding: UTF_8, mark, guessed: false }),
            (Some(bad), _) if marked => {
                Err(RosterError::Undecodable { file, line: bad.line, byte: bad.byte, encoding: "UTF-8" })
            }
            (Some(bad), Some(good)) => {
                Err(RosterError::MixedEncoding { file, line: bad.line, byte: bad.byte, good_line: good.line })
            }
            (Some(_), None) => {
                let encoding = self.legacy();
                match self.undefined {
                    Some(at) if encoding == WINDOWS_1252 => Err(RosterError::Undecodable {
                        file,
                        line: at.line,
                        byte: at.byte,
                        encoding: "UTF-8 or windows-1252",
                    }),
                    _ => Ok(Encoded { encoding, mark: 0, guessed: true }),
                }
            }
        }
    }

    /// windows-1252, unless there is plenty of evidence for a neighbour of it.
    fn legacy(&mut self) -> &'static Encoding {
        if self.high_bytes < ENOUGH_TO_GUESS {
            return WINDOWS_1252;
        }
        self.detector.feed(&[], true);
        let guess = self.detector.guess(None, Utf8Detection::Deny);
        if [WINDOWS_1250, WINDOWS_1251, WINDOWS_1254].contains(&guess) { guess } else { WINDOWS_1252 }
    }
}

/// Reads until the buffer is full or the file ends.
fn read_up_to(file: &mut File, buffer: &mut [u8]) -> std::io::Result<usize> {
    let mut filled = 0;
    while filled < buffer.len() {
        match file.read(&mut buffer[filled..]) {
            Ok(0) => break,
            Ok(read) => filled += read,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn of(bytes: &[u8]) -> Result<Encoded, RosterError> {
        let mut survey = Survey::new();
        for chunk in bytes.chunks(3) {
            survey.feed(chunk);
        }
        survey.finish().verdict("f", false)
    }

    #[test]
    fn one_bad_byte_among_utf8_is_named() {
        let error = of("Zoë\r\nJosé\r\nJos\u{e9}".as_bytes()).map(|encoded| encoded.encoding);
        assert_eq!(error.unwrap(), UTF_8);
        let mut bytes = "Zoë\r\nJos".as_bytes().to_vec();
        bytes.push(0xE9);
        let Err(RosterError::MixedEncoding { line: 2, byte: 10, good_line: 1, .. }) = of(&bytes) else {
            panic!("mixed encodings must be refused")
        };
    }

    #[test]
    fn never_utf8_is_windows() {
        assert_eq!(of(b"Jos\xE9\nM\xFCller").unwrap().encoding, WINDOWS_1252);
        assert!(matches!(of(b"Jos\x8F"), Err(RosterError::Undecodable { line: 1, byte: 4, .. })));
    }

    #[test]
    fn utf16_is_told_by_its_nuls() {
        let little: Vec<u8> = "Name,Email\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let big: Vec<u8> = "Name,Email\n".encode_utf16().flat_map(u16::to_be_bytes).collect();
        assert_eq!(utf16_without_mark(&little), Some(UTF_16LE));
        assert_eq!(utf16_without_mark(&big), Some(UTF_16BE));
        assert_eq!(utf16_without_mark(b"Name,Email\nA\0b"), None);
    }

    proptest! {
        #[test]
        fn chunks_do_not_matter(text in "\\PC{0,40}", cut in 1usize..7) {
            let mut survey = Survey::new();
            for chunk in text.as_bytes().chunks(cut) {
                survey.feed(chunk);
            }
            prop_assert_eq!(survey.finish().verdict("f", false).unwrap().encoding, UTF_8);
        }
    }
}
