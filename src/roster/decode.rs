//! The bytes of a text file as UTF-8, a piece at a time, whatever its encoding.
//!
//! Nothing is ever replaced: a byte that the encoding does not know, and a NUL, are errors with their place.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};

use encoding_rs::{Decoder, DecoderResult};

use super::encoding::{Encoded, LineCounter};
use super::error::RosterError;

/// How much is read at a time.
const CHUNK: usize = 64 * 1024;

/// A file as a stream of UTF-8.
pub(super) struct Decoded {
    name: String,
    file: File,
    encoding: &'static str,
    decoder: Decoder,
    /// Bytes of the file that wait to be decoded.
    input: Vec<u8>,
    input_at: usize,
    input_len: usize,
    /// Bytes of the file that have been decoded.
    offset: u64,
    /// Decoded text.
    output: Vec<u8>,
    output_at: usize,
    output_len: usize,
    /// Lines in the text that has been decoded before `output`.
    lines: LineCounter,
    ended: bool,
}

impl Decoded {
    /// The text of an open file, from its beginning.
    pub(super) fn new(name: &str, mut file: File, encoded: Encoded) -> Result<Self, RosterError> {
        file.seek(SeekFrom::Start(encoded.mark)).map_err(|error| RosterError::io(name, error))?;
        Ok(Decoded {
            name: name.to_owned(),
            file,
            encoding: encoded.encoding.name(),
            decoder: encoded.encoding.new_decoder_without_bom_handling(),
            input: vec![0; CHUNK],
            input_at: 0,
            input_len: 0,
            offset: encoded.mark,
            output: vec![0; CHUNK * 3],
            output_at: 0,
            output_len: 0,
            lines: LineCounter::default(),
            ended: false,
        })
    }

    /// The text that is at hand; blank only at the end of the file.
    pub(super) fn fill(&mut self) -> Result<&[u8], RosterError> {
        while self.output_at == self.output_len && !self.ended {
            self.decode_more()?;
        }
        Ok(&self.output[self.output_at..self.output_len])
    }

    /// Marks text as used.
    pub(super) fn consume(&mut self, bytes: usize) {
        self.output_at = (self.output_at + bytes).min(self.output_len);
    }

    /// The file's name, for errors.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    fn decode_more(&mut self) -> Result<(), RosterError> {
        self.lines.feed(&self.output[..self.output_len]);
        (self.output_at, self.output_len) = (0, 0);
        let mut last = false;
        if self.input_at == self.input_len {
            self.input_at = 0;
            self.input_len =
                read(&mut self.file, &mut self.input).map_err(|error| RosterError::io(&self.name, error))?;
            last = self.input_len == 0;
        }
        let input = &self.input[self.input_at..self.input_len];
        let (result, taken, written) = self.decoder.decode_to_utf8_without_replacement(input, &mut self.output, last);
        self.input_at += taken;
        let before = self.offset;
        self.offset += taken as u64;
        self.output_len = written;
        let text = &self.output[..written];
        if text.contains(&0) {
            let index = text.iter().take_while(|byte| **byte != 0).count();
            return Err(self.nul(before, index));
        }
        match result {
            DecoderResult::Malformed(length, beyond) => Err(self.malformed(u64::from(length) + u64::from(beyond))),
            DecoderResult::InputEmpty => {
                self.ended = last;
                Ok(())
            }
            DecoderResult::OutputFull => Ok(()),
        }
    }

    fn malformed(&self, back: u64) -> RosterError {
        let mut lines = self.lines;
        lines.feed(&self.output[..self.output_len]);
        RosterError::Undecodable {
            file: self.name.clone(),
            line: lines.line(),
            byte: self.offset.saturating_sub(back) + 1,
            encoding: self.encoding,
        }
    }

    /// The byte of a NUL: exact where a character of ASCII is one byte, else of the two that make it.
    fn nul(&self, before: u64, index: usize) -> RosterError {
        let mut lines = self.lines;
        lines.feed(&self.output[..index]);
        let text = String::from_utf8_lossy(&self.output[..index]);
        let bytes = match self.encoding {
            "UTF-16LE" | "UTF-16BE" => text.encode_utf16().count() * 2,
            "UTF-8" => index,
            _ => text.chars().count(),
        };
        RosterError::Nul { file: self.name.clone(), line: lines.line(), byte: before + bytes as u64 + 1 }
    }
}

/// One read that is not interrupted.
fn read(file: &mut File, buffer: &mut [u8]) -> std::io::Result<usize> {
    loop {
        match file.read(buffer) {
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            result => return result,
        }
    }
}
