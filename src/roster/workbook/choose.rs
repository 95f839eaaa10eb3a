//! Which sheet of a workbook is the roster: the one that was asked for, or the visible one that holds a header with people below.
//!
//! A choice between sheets that are about equally likely is left to a person.

use std::ops::ControlFlow;
use std::path::Path;

use super::super::error::RosterError;
use super::super::records::RawRow;
use super::super::sift::Layout;
use super::super::{HeaderJudge, PROBLEMS_COLUMN, RosterOptions, header};
use super::Checked;
use super::book::{Book, Sheet};
use super::facts::SheetFacts;
use super::xlsx_sheet::Extent;

/// The sheet that is read, and what else there is.
pub(super) struct Choice {
    pub(super) sheet: String,
    pub(super) header: RawRow,
    /// The row below it that names its columns once more.
    pub(super) labels: Option<u64>,
    others: Vec<String>,
    hidden: Vec<String>,
}

/// A sheet's beginning.
struct Candidate {
    sheet: Sheet,
    /// The first rows that hold cells.
    rows: Vec<RawRow>,
    /// The place of the header among them, and its score.
    header: Option<(usize, usize)>,
}

impl Candidate {
    fn holds_anything(&self) -> bool {
        self.rows.iter().any(|row| row.cells.iter().any(|cell| !cell.is_blank()))
    }

    fn has_row_below(&self) -> bool {
        self.header.is_some_and(|(index, _)| {
            self.rows.iter().skip(index + 1).any(|row| row.cells.iter().any(|cell| !cell.is_blank()))
        })
    }

    /// A rejects file that we wrote, passed in with the options that opened the roster: its header is in the first row.
    fn is_ours(&self) -> bool {
        self.rows.first().is_some_and(|row| row.row == 1 && row.cells.iter().any(|cell| cell.text == PROBLEMS_COLUMN))
    }

    fn score(&self) -> usize {
        self.header.map_or(0, |(_, score)| score)
    }
}

/// Chooses a sheet and finds its header.
pub(super) fn choose(
    path: &Path,
    book: &mut Book,
    checked: &mut Checked,
    options: &RosterOptions,
    judge: &dyn HeaderJudge,
) -> Result<Choice, RosterError> {
    let file = path.display().to_string();
    let sheets = book.sheets();
    let chosen = match &options.sheet {
        Some(asked) => match (named(&file, &sheets, asked), sheets.as_slice()) {
            (Ok(sheet), _) => candidate(book, checked, sheet, judge)?,
            // It has one sheet, though the roster may have had it as its second.
            (Err(error), [only]) => {
                Some(candidate(book, checked, only, judge)?).filter(Candidate::is_ours).ok_or(error)?
            }
            (Err(error), _) => return Err(error),
        },
        None => of_people_here(&file, most_likely(&file, book, checked, &sheets, options, judge)?)?,
    };
    let (header, labels) = match options.header_row {
        Some(wanted) if !chosen.is_ours() => (header_at(&file, book, checked, &chosen.sheet.name, wanted)?, None),
        _ => match chosen.header {
            Some((index, _)) => {
                (header::completed(&chosen.rows, index, judge), header::labels(&chosen.rows, index, judge))
            }
            None if options.sheet.is_none() && sheets.iter().any(|sheet| sheet.hidden) => {
                return Err(RosterError::NoSheet { file, sheets: all(&sheets) });
            }
            None => {
                let (sheet, searched) = (Some(chosen.sheet.name), chosen.rows.len());
                return Err(RosterError::NoHeader { file, sheet, searched });
            }
        },
    };
    let names = |hidden: bool| {
        let wanted = |sheet: &&Sheet| sheet.hidden == hidden && sheet.name != chosen.sheet.name;
        sheets.iter().filter(wanted).map(|sheet| sheet.name.clone()).collect()
    };
    Ok(Choice { others: names(false), hidden: names(true), sheet: chosen.sheet.name, header, labels })
}

/// The sheet that was asked for, by its name or else by its number.
fn named<'a>(file: &str, sheets: &'a [Sheet], asked: &str) -> Result<&'a Sheet, RosterError> {
    let by_number = || asked.trim().parse::<usize>().ok().and_then(|number| sheets.get(number.checked_sub(1)?));
    sheets
        .iter()
        .find(|sheet| sheet.name == asked)
        .or_else(|| sheets.iter().find(|sheet| sheet.name.trim().to_lowercase() == asked.trim().to_lowercase()))
        .or_else(by_number)
        .ok_or_else(|| RosterError::NoSuchSheet { file: file.to_owned(), asked: asked.to_owned(), sheets: all(sheets) })
}

/// The visible sheet that is the roster.
///
/// One that has twice the known columns of any other is taken: a workbook often has a table of codes beside its roster.
fn most_likely(
    file: &str,
    book: &mut Book,
    checked: &mut Checked,
    sheets: &[Sheet],
    options: &RosterOptions,
    judge: &dyn HeaderJudge,
) -> Result<Candidate, RosterError> {
    let mut candidates = Vec::new();
    for sheet in sheets.iter().filter(|sheet| !sheet.hidden) {
        candidates.push(candidate(book, checked, sheet, judge)?);
    }
    candidates.retain(Candidate::holds_anything);
    if candidates.is_empty() && sheets.iter().all(|sheet| sheet.hidden) {
        return Err(RosterError::NoSheet { file: file.to_owned(), sheets: all(sheets) });
    }
    if candidates.is_empty() {
        return Err(RosterError::Empty { file: file.to_owned() });
    }
    if candidates.len() == 1 {
        return Ok(candidates.swap_remove(0));
    }
    candidates.retain(|candidate| candidate.header.is_some() || options.header_row.is_some());
    if candidates.iter().any(Candidate::has_row_below) {
        candidates.retain(Candidate::has_row_below);
    }
    candidates.sort_by_key(|candidate| std::cmp::Reverse(candidate.score()));
    match candidates.as_slice() {
        [] => Err(RosterError::NoSheet { file: file.to_owned(), sheets: all(sheets) }),
        [best, next, ..] if best.score() < 3 || best.score() < 2 * next.score() => {
            let mut likely: Vec<String> = sheets.iter().map(|sheet| sheet.name.clone()).collect();
            likely.retain(|name| candidates.iter().any(|candidate| candidate.sheet.name == *name));
            Err(RosterError::SheetUnclear { file: file.to_owned(), sheets: likely })
        }
        _ => Ok(candidates.swap_remove(0)),
    }
}

/// A sheet that is named for people who have left is only read when somebody asks for it.
fn of_people_here(file: &str, chosen: Candidate) -> Result<Candidate, RosterError> {
    if names_leavers(&chosen.sheet.name) {
        return Err(RosterError::SheetOfLeavers { file: file.to_owned(), sheet: chosen.sheet.name });
    }
    Ok(chosen)
}

/// `TERM PROVIDERS`, `Inactive`, `Ausgeschiedene`; not `Adds and Terms`.
fn names_leavers(name: &str) -> bool {
    const LEFT: [&str; 33] = [
        "term",
        "terms",
        "termed",
        "terminated",
        "terminations",
        "inactive",
        "inactives",
        "former",
        "leavers",
        "departed",
        "separated",
        "resigned",
        "deactivated",
        "disabled",
        "removed",
        "deleted",
        "retired",
        "offboarded",
        "ausgeschieden",
        "ausgeschiedene",
        "ehemalige",
        "inaktiv",
        "anciens",
        "sortis",
        "inactifs",
        "bajas",
        "inactivos",
        "cessati",
        "dimessi",
        "inattivi",
        "desligados",
        "inativos",
        "exited",
    ];
    const HERE: [&str; 12] =
        ["add", "adds", "new", "active", "current", "change", "changes", "all", "long", "short", "mid", "and"];
    let words: Vec<String> =
        name.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_lowercase).collect();
    let one_of = |list: &[&str]| words.iter().any(|word| list.contains(&word.as_str()));
    one_of(&LEFT) && !one_of(&HERE)
}

fn all(sheets: &[Sheet]) -> Vec<String> {
    sheets.iter().map(|sheet| sheet.name.clone()).collect()
}

/// Reads a sheet's first rows.
fn candidate(
    book: &mut Book,
    checked: &mut Checked,
    sheet: &Sheet,
    judge: &dyn HeaderJudge,
) -> Result<Candidate, RosterError> {
    // Two rows more are checked than are read: a reader of cells knows a row's end by the next row's beginning.
    let facts = checked.facts(&sheet.name, Extent::Rows(header::SEARCHED + 2))?;
    let mut rows = Vec::new();
    book.rows(&sheet.name, &facts, &mut |row| {
        if !row.cells.is_empty() {
            rows.push(row);
        }
        if rows.len() < header::SEARCHED { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    })?;
    let header = header::find(rows.iter().map(|row| row.cells.as_slice()), judge);
    Ok(Candidate { sheet: sheet.clone(), rows, header })
}

/// The row that `--header-row` names.
fn header_at(
    file: &str,
    book: &mut Book,
    checked: &mut Checked,
    sheet: &str,
    wanted: u64,
) -> Result<RawRow, RosterError> {
    let facts = checked.facts(sheet, Extent::Whole)?;
    let mut found = None;
    book.rows(sheet, &facts, &mut |row| {
        if row.row == wanted {
            found = Some(row);
            return ControlFlow::Break(());
        }
        ControlFlow::Continue(())
    })?;
    found.filter(|row| row.cells.iter().any(|cell| !cell.is_blank())).ok_or_else(|| RosterError::HeaderRowMissing {
        file: file.to_owned(),
        sheet: Some(sheet.to_owned()),
        row: wanted,
    })
}

impl Choice {
    /// What a person should know of the choice.
    pub(super) fn notes(&self, layout: &Layout, facts: &SheetFacts) -> Vec<String> {
        let mut notes = Vec::new();
        let list = |names: &[String]| names.iter().map(|name| format!("{name:?}")).collect::<Vec<_>>().join(", ");
        if !self.others.is_empty() {
            notes.push(format!(
                "Only the sheet {:?} is read; other sheets are not: {}.",
                self.sheet,
                list(&self.others)
            ));
        }
        if !self.hidden.is_empty() {
            notes.push(format!("Hidden sheets are not read: {}.", list(&self.hidden)));
        }
        if layout.header_row() > 1 {
            notes.push(format!(
                "The header is in row {}; what stands above it are no rows of the roster.",
                layout.header_row()
            ));
        }
        let hidden_columns: Vec<String> = (self.header.cells.iter().enumerate())
            .filter(|(column, cell)| facts.is_hidden_column(*column) && !cell.is_blank())
            .map(|(_, cell)| header::trim(&cell.text).to_owned())
            .collect();
        if !hidden_columns.is_empty() {
            notes.push(format!(
                "Columns that the sheet hides are read like any other: {}; look at what they hold.",
                list(&hidden_columns)
            ));
        }
        let header = u32::try_from(layout.header_row() - 1).unwrap_or(u32::MAX);
        if facts.hidden_below(header) > 0 {
            notes.push("Rows that the sheet hides are left out; unhide those that are to be included.".to_owned());
        }
        notes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sheets_of_leavers_say_so() {
        for name in ["TERM PROVIDERS", "Terminated", "inactive_users", "Ehemalige", "Former Staff", "Bajas 2026"] {
            assert!(names_leavers(name), "{name}");
        }
        for name in ["Staff", "ADD TERMS CHANGES", "New and termed", "Long Term Care", "Determined", "Active", "Sheet1"]
        {
            assert!(!names_leavers(name), "{name}");
        }
    }
}
