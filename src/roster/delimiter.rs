//! Which character stands between the cells of a text file.
//!
//! Told with the real parser on the first rows: the delimiter under which some row names most columns wins, then the one
//! under which most rows are equally wide. A first line is no witness, it may be a banner.

use std::collections::BTreeMap;

use super::error::RosterError;
use super::{HeaderJudge, header};

/// The delimiters that are looked for, the most usual first.
const CANDIDATES: [u8; 4] = [b',', b';', b'\t', b'|'];

/// What `--delimiter` says.
pub(super) fn parse(typed: &str) -> Result<u8, RosterError> {
    let named = match typed.to_ascii_lowercase().as_str() {
        "tab" | "\\t" => Some(b'\t'),
        "comma" => Some(b','),
        "semicolon" => Some(b';'),
        "pipe" => Some(b'|'),
        _ => None,
    };
    match (named, typed.as_bytes()) {
        (Some(byte), _) => Ok(byte),
        (None, [byte])
            if byte.is_ascii() && !byte.is_ascii_alphanumeric() && !matches!(byte, b'"' | b'\r' | b'\n' | 0) =>
        {
            Ok(*byte)
        }
        _ => Err(RosterError::BadDelimiter { typed: typed.to_owned() }),
    }
}

/// What Excel's `sep=;` in the first line says.
pub(super) fn declared(sample: &[u8]) -> Option<u8> {
    let line = sample.split(|byte| matches!(byte, b'\r' | b'\n')).next()?;
    let line = line.strip_prefix(b"\"").and_then(|line| line.strip_suffix(b"\"")).unwrap_or(line);
    match line {
        [s, e, p, b'=', delimiter] if [*s, *e, *p].eq_ignore_ascii_case(b"sep") && delimiter.is_ascii() => {
            Some(*delimiter)
        }
        _ => None,
    }
}

/// The delimiter that the beginning of a file speaks for; a comma if nothing does.
pub(super) fn sniff(sample: &[u8], judge: &dyn HeaderJudge) -> u8 {
    let mut best = (CANDIDATES[0], (0, 0));
    for delimiter in CANDIDATES {
        let evidence = evidence(sample, delimiter, judge);
        if evidence > best.1 {
            best = (delimiter, evidence);
        }
    }
    best.0
}

/// The best header's score, then how many rows are as wide as most are, if that is more than one column.
fn evidence(sample: &[u8], delimiter: u8, judge: &dyn HeaderJudge) -> (usize, usize) {
    let mut reader =
        csv::ReaderBuilder::new().delimiter(delimiter).flexible(true).has_headers(false).from_reader(sample);
    let mut widths: BTreeMap<usize, usize> = BTreeMap::new();
    let mut best = 0;
    for record in reader.byte_records().take(header::SEARCHED).filter_map(Result::ok) {
        if record.len() > 1 {
            *widths.entry(record.len()).or_default() += 1;
        }
        let cells: Vec<_> = record.iter().map(String::from_utf8_lossy).collect();
        best = best.max(header::score(&cells, judge));
    }
    (best, widths.values().copied().max().unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Words;

    impl HeaderJudge for Words {
        fn recognised(&self, cells: &[&str]) -> usize {
            cells.iter().filter(|cell| ["Name", "Email", "Phone"].contains(cell)).count()
        }
    }

    #[test]
    fn the_header_speaks_for_its_delimiter() {
        let sniffed = |text: &str| char::from(sniff(text.as_bytes(), &Words));
        assert_eq!(sniffed("Name;Email;Phone\nDoe, Jane;j@example.org;1\n"), ';');
        assert_eq!(sniffed("Staff, all sites, 2026\n\nName|Email\nA|b\n"), '|');
        assert_eq!(sniffed("Name\tEmail\n"), '\t');
        assert_eq!(sniffed("\"Name\",Email,\"a;b;c;d\"\n\"Doe; Jane\",x,y\n"), ',');
        assert_eq!(sniffed("x;y\n1;2\n"), ';');
        assert_eq!(sniffed(""), ',');
    }

    #[test]
    fn what_is_typed_or_declared() {
        assert_eq!(parse("tab").unwrap(), b'\t');
        assert_eq!(parse(";").unwrap(), b';');
        for bad in ["", ";;", "é", "\"", "x"] {
            assert_eq!(parse(bad).unwrap_err().code(), "bad_delimiter", "{bad}");
        }
        assert_eq!(declared(b"sep=;\r\nName;Email"), Some(b';'));
        assert_eq!(declared(b"\"SEP=|\"\n"), Some(b'|'));
        assert_eq!(declared(b"separate,x\n"), None);
    }
}
