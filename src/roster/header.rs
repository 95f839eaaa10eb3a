//! Where the header stands: the row among the first ones that names most columns.
//!
//! Banners stand above it, people below. What a name of a column is, the [`HeaderJudge`] knows.

use std::collections::HashMap;

use super::records::RawRow;
use super::{Cell, HeaderJudge};

/// How many rows are searched for a header.
pub(super) const SEARCHED: usize = 50;

/// What stands between a heading and the name of a column under it.
pub(super) const UNDER: &str = ": ";

/// A cell of a header is rarely longer than this; prose is.
const SHORT: usize = 60;

/// How much a row looks like a header: 0 for one that is none.
///
/// Two known names make a header; one is enough when everything else in the row could be a name too. A row that
/// holds an e-mail address is a person, whatever else it holds.
pub(super) fn score<S: AsRef<str>>(cells: &[S], judge: &dyn HeaderJudge) -> usize {
    let cells: Vec<&str> = cells.iter().map(|cell| trim(cell.as_ref())).collect();
    if cells.iter().any(|cell| holds_address(cell)) {
        return 0;
    }
    let recognised = judge.recognised(&cells);
    match recognised {
        0 => 0,
        1 if !cells.iter().filter(|cell| !cell.is_empty()).all(|cell| could_be_name(cell)) => 0,
        score => score,
    }
}

/// The best row for a header, the first among equals.
pub(super) fn find<'a>(rows: impl IntoIterator<Item = &'a [Cell]>, judge: &dyn HeaderJudge) -> Option<(usize, usize)> {
    let mut best = None;
    for (index, cells) in rows.into_iter().enumerate() {
        let texts: Vec<&str> = cells.iter().map(|cell| cell.text.as_str()).collect();
        let score = score(&texts, judge);
        if score > 0 && best.is_none_or(|(_, best)| score > best) {
            best = Some((index, score));
        }
    }
    best
}

/// The header row, together with the row above it where both are rows of headers: a column that is not divided has its name
/// in the upper one only, and a heading over several columns is a part of their names where it says what they hold.
pub(super) fn completed(rows: &[RawRow], index: usize, judge: &dyn HeaderJudge) -> RawRow {
    let mut header = rows[index].clone();
    let above = index.checked_sub(1).map(|above| &rows[above]).filter(|above| above.row + 1 == header.row);
    if let Some(above) = above {
        put_under_headings(&mut header, &above.cells, judge);
    }
    for (column, cell) in above.into_iter().flat_map(|above| above.cells.iter().enumerate()) {
        let blank = header.cells.get(column).is_none_or(Cell::is_blank);
        if blank && judge.recognised(&[trim(&cell.text)]) > 0 {
            header.cells.resize(header.cells.len().max(column + 1), Cell::default());
            header.cells[column] = cell.clone();
        }
    }
    header
}

/// The row below the header, if it names the columns once more: technical names stand above, those for people below.
pub(super) fn labels(rows: &[RawRow], index: usize, judge: &dyn HeaderJudge) -> Option<u64> {
    const FEWEST: usize = 3;
    let below = rows.get(index + 1).filter(|below| below.row == rows[index].row + 1)?;
    let texts: Vec<&str> = below.cells.iter().map(|cell| trim(&cell.text)).collect();
    let filled = texts.iter().filter(|text| !text.is_empty()).count();
    let known = score(&texts, judge);
    // A person has a name and an address; a row in which most cells are names of columns is nobody.
    (known >= FEWEST && known * 2 > filled && texts.iter().all(|text| text.is_empty() || could_be_name(text)))
        .then_some(below.row)
}

fn put_under_headings(header: &mut RawRow, above: &[Cell], judge: &dyn HeaderJudge) {
    let names: Vec<String> = header.cells.iter().map(|cell| trim(&cell.text).to_lowercase()).collect();
    let Some(first) = names.iter().position(|name| !name.is_empty()) else { return };
    let mut headings = above.iter().enumerate().filter(|(_, cell)| !cell.is_blank()).map(|(column, _)| column);
    // One cell over the first column is a title, whatever it says.
    match (headings.next(), headings.next()) {
        (None, _) => return,
        (Some(only), None) if only <= first => return,
        _ => {}
    }
    let mut counts: HashMap<&String, usize> = HashMap::new();
    names.iter().for_each(|name| *counts.entry(name).or_default() += 1);
    let mut heading = "";
    for (column, cell) in header.cells.iter_mut().enumerate() {
        // Nothing tells where a heading ends but the next one, so the judge takes it only where it must.
        if let Some(next) = above.get(column).filter(|cell| !cell.is_blank()) {
            heading = trim(&next.text);
        }
        let name = trim(&cell.text);
        let is_double = counts.get(&names[column]).is_some_and(|count| *count > 1);
        if !heading.is_empty() && !name.is_empty() && judge.belongs_under(heading, name, is_double) {
            cell.text = format!("{heading}{UNDER}{name}");
        }
    }
}

/// A header's name as it is kept: without the white space and invisible marks around it, and without the Ctrl-Z with which old
/// programs end a file.
pub(super) fn trim(text: &str) -> &str {
    text.trim_matches(|c: char| {
        c.is_whitespace() || matches!(c, '\u{feff}' | '\u{200b}' | '\u{2060}' | '\u{ad}' | '\u{1a}')
    })
}

/// Short, and with a letter in it: what a name of a column is like and a number or a paragraph is not.
fn could_be_name(cell: &str) -> bool {
    cell.chars().count() <= SHORT && cell.chars().any(char::is_alphabetic)
}

/// `a@b.c` somewhere in the text.
fn holds_address(cell: &str) -> bool {
    cell.split_whitespace().any(|word| {
        word.split_once('@').is_some_and(|(local, domain)| {
            local.ends_with(char::is_alphanumeric)
                && domain.split_once('.').is_some_and(|(host, rest)| !host.is_empty() && !rest.is_empty())
        })
    })
}
