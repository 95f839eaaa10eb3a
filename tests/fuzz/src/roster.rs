//! Rosters of any bytes: refused in words, or read row by row, each with its place; and whatever was read can be mapped,
//! judged, and written down as a mapping file that says the same.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use avara_onboard::mapping::{Assignments, ColumnPlan, KnownHeaders, MappingFile, RosterTexts, propose, reads_back};
use avara_onboard::roster::{
    CellKind, Location, Roster, RosterError, RosterItem, RosterKind, RosterOptions, Row, open,
};
use avara_onboard::validation::{Rules, judge};

use super::container;

/// A text roster. A first line `options ENCODING DELIMITER HEADER-ROW` (`-` for none) says how it is to be read.
pub fn text(bytes: &[u8]) {
    let (options, bytes) = options(bytes);
    read(bytes, &options);
}

/// A workbook, as it is or as [`container`] describes one.
pub fn workbook(bytes: &[u8]) {
    read(&container::build(bytes), &RosterOptions::default());
}

fn options(bytes: &[u8]) -> (RosterOptions, &[u8]) {
    let none = (RosterOptions::default(), bytes);
    let Some(rest) = bytes.strip_prefix(b"options ") else { return none };
    let Some(end) = rest.iter().position(|byte| *byte == b'\n') else { return none };
    let line = String::from_utf8_lossy(&rest[..end]).into_owned();
    let mut words = line.split(' ').map(|word| Some(word.to_owned()).filter(|word| word != "-"));
    let options = RosterOptions {
        sheet: None,
        encoding: words.next().flatten(),
        delimiter: words.next().flatten(),
        header_row: words.next().flatten().and_then(|word| word.parse().ok()),
    };
    (options, &rest[end + 1..])
}

fn read(bytes: &[u8], options: &RosterOptions) {
    let file = Scratch::new(bytes);
    let roster = match open(&file.0, options, &KnownHeaders) {
        Ok(roster) => roster,
        Err(error) => return in_words(&error),
    };
    let (items, end) = pass(&roster);
    if let Some(error) = &end {
        in_words(error);
    }
    let (again, _) = pass(&roster);
    assert_eq!(items, again, "two passes differ");
    places(&roster, &items);
    let rows: Vec<&Row> = items.iter().filter_map(row_of).collect();
    rows.iter().for_each(|row| shape(&roster, row));
    if let Ok(sample) = roster.sample(200) {
        assert!(sample.iter().eq(rows.iter().copied().take(200)), "the sample is not the first rows");
        mapped(&roster, &sample, &rows);
    }
}

/// A refusal says something, and what to do.
fn in_words(error: &RosterError) {
    assert!(!error.to_string().trim().is_empty());
    assert!(error.hint().is_none_or(|hint| !hint.trim().is_empty()));
}

/// All items of a pass, and what ended it early.
fn pass(roster: &Roster) -> (Vec<RosterItem>, Option<RosterError>) {
    let mut items = Vec::new();
    let rows = match roster.rows() {
        Ok(rows) => rows,
        Err(error) => return (items, Some(error)),
    };
    for item in rows {
        match item {
            Ok(item) => items.push(item),
            Err(error) => return (items, Some(error)),
        }
    }
    (items, None)
}

fn row_of(item: &RosterItem) -> Option<&Row> {
    match item {
        RosterItem::Row(row) => Some(row),
        RosterItem::LeftOut { .. } => None,
    }
}

/// Every item stands below the header and below the one before it, in the sheet that is read.
fn places(roster: &Roster, items: &[RosterItem]) {
    let mut last = roster.source().header_row;
    for item in items {
        let at: &Location = match item {
            RosterItem::Row(row) => &row.at,
            RosterItem::LeftOut { at, .. } => at,
        };
        assert!(at.row > last, "row {} comes after row {last}", at.row);
        assert_eq!(at.sheet, roster.source().sheet);
        last = at.row;
    }
}

/// A row has as many cells as the header, or says that it has not.
fn shape(roster: &Roster, row: &Row) {
    let source = roster.source();
    if source.kind == RosterKind::Csv {
        assert!(row.ragged || row.cells.len() <= source.headers.len(), "{row:?}");
        assert!(row.cells.iter().all(|cell| cell.kind == CellKind::Text));
    } else {
        assert!(!row.ragged && row.cells.len() >= source.headers.len(), "{row:?}");
    }
    assert!(row.cells.iter().any(|cell| !cell.is_blank()), "a row without anything: {row:?}");
}

/// Whatever the headers and rows are, there is a plan, a draft and a judgement, and the plan can be written down.
fn mapped(roster: &Roster, sample: &[Row], rows: &[&Row]) {
    let headers = &roster.source().headers;
    let plan = ColumnPlan::new(headers, sample, &MappingFile::default(), &Assignments::default())
        .expect("without a mapping file, every roster has a plan");
    let rules = Rules { unfed: plan.unfed(), ..Rules::default() };
    let mut texts = RosterTexts::default();
    for row in rows {
        let draft = plan.draft(row);
        assert_eq!(draft.at, row.at);
        let _ = judge(&rules, &draft);
        texts.add(&plan, row);
    }
    written_down(&plan, &texts, sample);
}

/// The mapping file that is proposed for a plan says what the plan says, and written from itself it is the same.
pub(super) fn written_down(plan: &ColumnPlan, texts: &RosterTexts, sample: &[Row]) {
    let proposal = propose(plan, texts);
    match reads_back(&proposal, "proposal", plan, sample) {
        Ok(again) => {
            let second = propose(&again, texts);
            if let Err(why) = reads_back(&second, "second proposal", &again, sample) {
                panic!("the second proposal does not read back: {why}\n{second}");
            }
        }
        Err(why) => panic!("the proposal does not read back: {why}\n{proposal}"),
    }
}

/// A file for as long as it is wanted, in memory where the system has a place for that.
struct Scratch(PathBuf);

impl Scratch {
    fn new(bytes: &[u8]) -> Scratch {
        static NUMBER: AtomicU64 = AtomicU64::new(0);
        let memory = Path::new("/dev/shm");
        let folder = if memory.is_dir() { memory.to_owned() } else { std::env::temp_dir() };
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let path = folder.join(format!("avara-onboard-fuzz-{}-{number}", std::process::id()));
        std::fs::write(&path, bytes).expect("a file to read from");
        Scratch(path)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}
