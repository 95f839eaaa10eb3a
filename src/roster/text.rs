//! Delimited text files: what the first rows tell, and the rows themselves.

use std::fs::File;
use std::io::{Read, Seek};
use std::path::Path;

use super::decode::Decoded;
use super::encoding::{self, Encoded};
use super::error::RosterError;
use super::records::{RawRow, Records};
use super::sift::Layout;
use super::{HeaderJudge, PROBLEMS_COLUMN, RosterOptions, delimiter, foreign, header};

/// How much text is looked at to tell the delimiter.
const SAMPLE: usize = 64 * 1024;

/// How a text file is to be read.
#[derive(Clone, Copy, Debug)]
pub(super) struct TextFormat {
    pub(super) encoded: Encoded,
    pub(super) delimiter: u8,
}

/// Finds out how to read a text file, and where its header is.
pub(super) fn inspect(
    path: &Path,
    mut file: File,
    options: &RosterOptions,
    judge: &dyn HeaderJudge,
) -> Result<(TextFormat, Layout, Vec<String>), RosterError> {
    let name = path.display().to_string();
    let typed = options.delimiter.as_deref().map(delimiter::parse).transpose()?;
    let fault = |error| RosterError::io(&name, error);
    let ours = begins_as_ours(&mut file).map_err(fault)?;
    let own = if ours { encoding::detect(&name, &mut file, None).ok().filter(|own| !own.guessed) } else { None };
    file.rewind().map_err(fault)?;
    let encoded = match own {
        Some(own) => own,
        None => encoding::detect(&name, &mut file, options.encoding.as_deref())?,
    };
    let sample = sample(&name, file, encoded)?;
    if let Some(what) = foreign::text(&sample) {
        return Err(foreign::refusal(name, what));
    }
    let delimiter = typed.or_else(|| delimiter::declared(&sample)).unwrap_or_else(|| delimiter::sniff(&sample, judge));
    let format = TextFormat { encoded, delimiter };
    let (header, labels) = match options.header_row {
        Some(row) if !ours => (header_at(path, format, row)?, None),
        _ => find_header(path, format, judge)?,
    };
    let layout = Layout::of_text(&header).with_labels(labels);
    let notes = notes(format, &layout);
    Ok((format, layout, notes))
}

/// The header of a rejects file that we wrote begins its first line, and it is UTF-8, whatever the roster was: it is passed
/// in with the options that opened the roster.
fn begins_as_ours(file: &mut File) -> std::io::Result<bool> {
    let mut head = Vec::new();
    file.by_ref().take(64).read_to_end(&mut head)?;
    file.rewind()?;
    let text = head.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&head);
    let text = text.strip_prefix(b"\"").unwrap_or(text);
    Ok(text.starts_with(PROBLEMS_COLUMN.as_bytes()))
}

/// A pass over all rows of the file, from its first line.
pub(super) fn raw_rows(path: &Path, format: TextFormat) -> Result<Records, RosterError> {
    let name = path.display().to_string();
    let file = File::open(path).map_err(|error| RosterError::io(&name, error))?;
    Ok(Records::new(Decoded::new(&name, file, format.encoded)?, format.delimiter))
}

fn sample(name: &str, file: File, encoded: Encoded) -> Result<Vec<u8>, RosterError> {
    let mut text = Decoded::new(name, file, encoded)?;
    let mut sample = Vec::with_capacity(SAMPLE);
    while sample.len() < SAMPLE {
        let more = text.fill()?;
        let taken = more.len();
        if taken == 0 {
            break;
        }
        sample.extend_from_slice(more);
        text.consume(taken);
    }
    // A row that is cut in the middle says nothing about widths.
    if sample.len() > SAMPLE {
        let whole =
            sample[..SAMPLE].iter().rposition(|byte| matches!(byte, b'\n' | b'\r')).map_or(SAMPLE, |end| end + 1);
        sample.truncate(whole);
    }
    if sample.iter().all(u8::is_ascii_whitespace) {
        return Err(RosterError::Empty { file: name.to_owned() });
    }
    Ok(sample)
}

/// The header, and the row below it that names its columns once more.
fn find_header(path: &Path, format: TextFormat, judge: &dyn HeaderJudge) -> Result<(RawRow, Option<u64>), RosterError> {
    let mut rows = Vec::new();
    for row in raw_rows(path, format)? {
        let row = row?;
        if !row.cells.is_empty() {
            rows.push(row);
        }
        if rows.len() == header::SEARCHED {
            break;
        }
    }
    let searched = rows.len();
    match header::find(rows.iter().map(|row| row.cells.as_slice()), judge) {
        Some((index, _)) => Ok((header::completed(&rows, index, judge), header::labels(&rows, index, judge))),
        None => Err(RosterError::NoHeader { file: path.display().to_string(), sheet: None, searched }),
    }
}

fn header_at(path: &Path, format: TextFormat, wanted: u64) -> Result<RawRow, RosterError> {
    for row in raw_rows(path, format)? {
        let row = row?;
        if row.row > wanted {
            break;
        }
        if row.row == wanted && row.cells.iter().any(|cell| !cell.is_blank()) {
            return Ok(row);
        }
    }
    Err(RosterError::HeaderRowMissing { file: path.display().to_string(), sheet: None, row: wanted })
}

fn notes(format: TextFormat, layout: &Layout) -> Vec<String> {
    let mut notes = Vec::new();
    if format.encoded.guessed {
        notes.push(format!(
            "The encoding is a guess, {}: look at a name with an accent; --encoding names another.",
            format.encoded.encoding.name()
        ));
    }
    match layout.header_row() {
        1 => {}
        2 => notes.push("The header is in line 2; the line above it is no row of the roster.".to_owned()),
        row => notes
            .push(format!("The header is in line {row}; the {} lines above it are no rows of the roster.", row - 1)),
    }
    if layout.is_ours() {
        notes.push(
            "This is a rejects file of avara-onboard: its own columns are left out, and the ' that was put before = + - @ is taken off."
                .to_owned(),
        );
    }
    notes
}
