//! Delimited text as records, each with the line it begins on.
//!
//! The state machine is the csv crate's own core, driven directly: only so is every byte accounted for, which gives
//! exact lines (blank lines and quoted line breaks included), limits that hold before memory is taken, and the
//! opening line of a quote that is never closed instead of one cell that swallows the rest of the file.

use csv_core::{ReadRecordResult, Reader, ReaderBuilder};

use super::decode::Decoded;
use super::encoding::LineCounter;
use super::error::RosterError;
use super::{Cell, Location};

/// The most that one cell may hold.
pub(super) const CELL_LIMIT: usize = 1024 * 1024;

/// The most columns that a row may have: a spreadsheet's own limit.
pub(super) const COLUMN_LIMIT: usize = 16_384;

/// The most that one row may hold.
const RECORD_LIMIT: usize = 16 * CELL_LIMIT;

/// A row as it stands in the file; no cells for a blank line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct RawRow {
    /// The line or sheet row, from 1.
    pub(super) row: u64,
    /// Its cells.
    pub(super) cells: Vec<Cell>,
    /// A spreadsheet hides it.
    pub(super) hidden: bool,
    /// The spreadsheet has a line through it.
    pub(super) struck: bool,
}

/// The records of a text file.
pub(super) struct Records {
    text: Decoded,
    reader: Reader,
    delimiter: u8,
    lines: LineCounter,
    /// The present record as it stands in the file, to look for quotes in.
    raw: Vec<u8>,
    fields: Vec<u8>,
    ends: Vec<usize>,
    field_bytes: usize,
    field_count: usize,
    done: bool,
}

impl Records {
    /// The records of a text.
    pub(super) fn new(text: Decoded, delimiter: u8) -> Self {
        Records {
            text,
            reader: ReaderBuilder::new().delimiter(delimiter).build(),
            delimiter,
            lines: LineCounter::default(),
            raw: Vec::new(),
            fields: vec![0; 8 * 1024],
            ends: vec![0; 128],
            field_bytes: 0,
            field_count: 0,
            done: false,
        }
    }

    fn next_row(&mut self) -> Result<Option<RawRow>, RosterError> {
        loop {
            let line = self.lines.line();
            let Some(&first) = self.text.fill()?.first() else { return Ok(None) };
            let second_half = first == b'\n' && self.lines.after_cr();
            if !matches!(first, b'\r' | b'\n') {
                return self.record(line).map(Some);
            }
            self.lines.feed(&[first]);
            self.text.consume(1);
            if !second_half {
                return Ok(Some(RawRow { row: line, cells: Vec::new(), hidden: false, struck: false }));
            }
        }
    }

    /// Reads the record that begins on this line.
    fn record(&mut self, line: u64) -> Result<RawRow, RosterError> {
        self.raw.clear();
        (self.field_bytes, self.field_count) = (0, 0);
        loop {
            let input = self.text.fill()?;
            let at_end = input.is_empty();
            // A line end that the file lacks closes its last record, and does not close an open quote.
            let input = if at_end { b"\n" } else { input };
            let (result, taken, bytes, fields) = self.reader.read_record(
                input,
                &mut self.fields[self.field_bytes..],
                &mut self.ends[self.field_count..],
            );
            self.field_bytes += bytes;
            self.field_count += fields;
            if !at_end {
                self.raw.extend_from_slice(&input[..taken]);
                self.lines.feed(&input[..taken]);
                self.text.consume(taken);
            }
            match result {
                ReadRecordResult::Record => return self.finish(line),
                ReadRecordResult::InputEmpty if at_end => return Err(self.unclosed(line)),
                ReadRecordResult::InputEmpty => self.check_open_cell(line)?,
                ReadRecordResult::OutputFull => self.grow_fields(line)?,
                ReadRecordResult::OutputEndsFull => self.grow_ends(line)?,
                ReadRecordResult::End => return self.finish(line),
            }
        }
    }

    fn finish(&self, line: u64) -> Result<RawRow, RosterError> {
        if self.field_count > COLUMN_LIMIT {
            return Err(self.too_many_columns(line));
        }
        // Only a record of several lines can have swallowed a neighbour.
        if self.lines.line() > line + 1
            && let Some(opens) = stray_quote(&self.raw, self.delimiter)
        {
            return Err(RosterError::UnclosedQuote { file: self.text.name().to_owned(), line: line + opens });
        }
        let mut start = 0;
        let mut cells = Vec::with_capacity(self.field_count);
        for &end in &self.ends[..self.field_count] {
            let bytes = self.fields.get(start..end).unwrap_or_default();
            if bytes.len() > CELL_LIMIT {
                return Err(self.cell_too_large(line));
            }
            cells.push(Cell::text(String::from_utf8_lossy(bytes)));
            start = end;
        }
        Ok(RawRow { row: line, cells, hidden: false, struck: false })
    }

    /// The limits, while a record is still being read.
    fn check_open_cell(&self, line: u64) -> Result<(), RosterError> {
        let start = self.field_count.checked_sub(1).map_or(0, |last| self.ends[last]);
        if self.field_bytes.saturating_sub(start) <= CELL_LIMIT {
            return Ok(());
        }
        let crosses_lines = self.fields[start..self.field_bytes].iter().any(|byte| matches!(byte, b'\n' | b'\r'));
        Err(if crosses_lines { self.unclosed(line) } else { self.cell_too_large(line) })
    }

    fn grow_fields(&mut self, line: u64) -> Result<(), RosterError> {
        self.check_open_cell(line)?;
        if self.fields.len() >= RECORD_LIMIT {
            return Err(self.cell_too_large(line));
        }
        self.fields.resize(self.fields.len() * 2, 0);
        Ok(())
    }

    fn grow_ends(&mut self, line: u64) -> Result<(), RosterError> {
        if self.ends.len() > COLUMN_LIMIT {
            return Err(self.too_many_columns(line));
        }
        self.ends.resize(self.ends.len() * 2, 0);
        Ok(())
    }

    fn unclosed(&self, line: u64) -> RosterError {
        let opens = stray_quote(&self.raw, self.delimiter).unwrap_or(0);
        RosterError::UnclosedQuote { file: self.text.name().to_owned(), line: line + opens }
    }

    fn cell_too_large(&self, row: u64) -> RosterError {
        let at = Location { sheet: None, row };
        RosterError::CellTooLarge { file: self.text.name().to_owned(), at, limit: CELL_LIMIT }
    }

    fn too_many_columns(&self, row: u64) -> RosterError {
        let at = Location { sheet: None, row };
        RosterError::TooManyColumns { file: self.text.name().to_owned(), at, limit: COLUMN_LIMIT }
    }
}

impl Iterator for Records {
    type Item = Result<RawRow, RosterError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.done {
            return None;
        }
        let row = self.next_row().transpose();
        self.done = !matches!(row, Some(Ok(_)));
        row
    }
}

/// Where the text of a record stands, as far as quotes go.
enum Quoting {
    FieldStart,
    Plain,
    Quoted { opened: u64 },
    AfterQuote { opened: u64 },
}

/// The line, from 0, on which a quote opens that is never closed, or that is closed lines later in the middle of a
/// cell: there it was the opening quote of another cell that closed it.
fn stray_quote(raw: &[u8], delimiter: u8) -> Option<u64> {
    let mut lines = LineCounter::default();
    let mut state = Quoting::FieldStart;
    for &byte in raw {
        let line = lines.line() - 1;
        state = match (state, byte) {
            (Quoting::Quoted { opened }, b'"') => Quoting::AfterQuote { opened },
            (Quoting::Quoted { opened }, _) => Quoting::Quoted { opened },
            (Quoting::AfterQuote { opened }, b'"') => Quoting::Quoted { opened },
            (_, byte) if byte == delimiter => Quoting::FieldStart,
            (Quoting::AfterQuote { opened }, b' ' | b'\r' | b'\n') => Quoting::AfterQuote { opened },
            (Quoting::AfterQuote { opened }, _) if opened < line => return Some(opened),
            (Quoting::FieldStart, b'"') => Quoting::Quoted { opened: line },
            _ => Quoting::Plain,
        };
        lines.feed(&[byte]);
    }
    match state {
        Quoting::Quoted { opened } => Some(opened),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::roster::encoding::detect;
    use proptest::prelude::*;
    use std::io::{Seek, Write};

    fn records(text: &str, delimiter: u8) -> Result<Vec<RawRow>, RosterError> {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(text.as_bytes()).unwrap();
        file.rewind().unwrap();
        let encoded = detect("f", &mut file, Some("utf-8")).unwrap();
        Records::new(Decoded::new("f", file, encoded).unwrap(), delimiter).collect()
    }

    fn lines(text: &str) -> Vec<(u64, usize)> {
        records(text, b',').unwrap().iter().map(|row| (row.row, row.cells.len())).collect()
    }

    #[test]
    fn lines_are_exact_with_every_line_end() {
        assert_eq!(lines("a,b\n\n\nc,d\n"), [(1, 2), (2, 0), (3, 0), (4, 2)]);
        assert_eq!(lines("a,b\r\n\r\nc,d"), [(1, 2), (2, 0), (3, 2)]);
        assert_eq!(lines("a,b\r\rc,d\r"), [(1, 2), (2, 0), (3, 2)]);
        assert_eq!(lines("a,\"b\r\nb\nb\"\r\nc,d"), [(1, 2), (4, 2)]);
        assert_eq!(lines("\n\na"), [(1, 0), (2, 0), (3, 1)]);
    }

    #[test]
    fn a_stray_quote_is_found_where_it_opens() {
        let opens = |text: &str| match records(text, b',') {
            Err(RosterError::UnclosedQuote { line, .. }) => line,
            other => panic!("expected an unclosed quote, got {other:?}"),
        };
        assert_eq!(opens("h,i\na,\"b\nc,d\ne,f\n"), 2);
        assert_eq!(opens("h,i\n\n\"x\ny\",\"b\nc,d\n"), 4);
        assert_eq!(opens("h,i\na,\"b\nc,\"d\"\ne,f\n"), 2);
        assert!(records("h,i\n\"a\" ,\"b \"\"c\"\"\nd\"\n", b',').is_ok());
    }

    #[test]
    fn limits_hold() {
        let wide = format!("a\n{}\n", ",".repeat(20_000));
        assert!(matches!(records(&wide, b','), Err(RosterError::TooManyColumns { .. })));
        let long = format!("a\n{}\n", "x".repeat(CELL_LIMIT + 10));
        assert!(matches!(records(&long, b','), Err(RosterError::CellTooLarge { .. })));
        let swallowed = format!("a\n\"{}", "x\n".repeat(CELL_LIMIT));
        assert!(matches!(records(&swallowed, b','), Err(RosterError::UnclosedQuote { line: 2, .. })));
    }

    proptest! {
        #[test]
        fn what_the_csv_crate_writes_is_read_back(rows in prop::collection::vec(prop::collection::vec("[a-z\"\n\r, ;é]{1,6}", 2..5), 1..6)) {
            let mut writer = csv::WriterBuilder::new().flexible(true).quote_style(csv::QuoteStyle::Always).from_writer(Vec::new());
            for row in &rows {
                writer.write_record(row).unwrap();
            }
            let text = String::from_utf8(writer.into_inner().unwrap()).unwrap();
            let read = records(&text, b',').unwrap();
            let mut line = 1;
            prop_assert_eq!(read.len(), rows.len());
            for (raw, row) in read.iter().zip(&rows) {
                let cells: Vec<&str> = raw.cells.iter().map(|cell| cell.text.as_str()).collect();
                prop_assert_eq!(&cells, row);
                prop_assert_eq!(raw.row, line);
                let mut counter = LineCounter::default();
                for cell in row {
                    counter.feed(cell.as_bytes());
                    counter.feed(b"\"");
                }
                line += counter.line();
            }
        }
    }
}
