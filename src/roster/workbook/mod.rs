//! Workbooks: which of the four kinds a file is, which of its sheets is the roster, and its rows as a stream.
//!
//! Nothing reaches calamine before a guard has read it within limits ([`archive`], [`xlsx`] and [`xlsx_sheet`], [`xlsb`], [`ods`], [`xls`] and
//! [`ole`]); what other programs read and calamine does not is written again for it ([`rewrite`]).

mod archive;
mod book;
mod choose;
mod facts;
mod ods;
mod ole;
mod rewrite;
mod stream;
mod styles;
mod texts;
mod value;
mod xls;
mod xlsb;
mod xlsx;
mod xlsx_sheet;

use std::collections::HashMap;
use std::io::Read;
use std::path::Path;
use std::sync::Arc;

use super::error::RosterError;
use super::sift::Layout;
use super::{HeaderJudge, RosterKind, RosterOptions};
use archive::Archive;
use book::Book;
use facts::SheetFacts;
use rewrite::Dialect;
use xlsx::SheetParts;
use xlsx_sheet::Extent;

pub(super) use stream::raw_rows;

/// How a workbook is to be read.
#[derive(Clone, Debug)]
pub(super) struct WorkbookFormat {
    pub(super) kind: RosterKind,
    pub(super) sheet: Arc<str>,
    dialect: Dialect,
    facts: Arc<SheetFacts>,
}

/// Finds out how to read a workbook in a zip archive, and where its header is.
pub(super) fn inspect_zip(
    path: &Path,
    options: &RosterOptions,
    judge: &dyn HeaderJudge,
) -> Result<(WorkbookFormat, Layout, Vec<String>), RosterError> {
    let mut archive = Archive::open(path)?;
    let kind = kind_of(&mut archive)?;
    let checked = |(facts, dialect)| Checked { kind, dialect, sheets: Sheets::Checked(facts) };
    let checked = match kind {
        RosterKind::Xlsb => checked(xlsb::check_workbook(&mut archive)?),
        RosterKind::Ods => checked(ods::check_workbook(&mut archive)?),
        _ => {
            let parts = xlsx::check_workbook(&mut archive)?;
            Checked { kind, dialect: Dialect::None, sheets: Sheets::Unchecked(Box::new(archive), parts) }
        }
    };
    inspect(path, checked, options, judge)
}

/// Finds out how to read a workbook in an OLE container, and where its header is.
pub(super) fn inspect_ole(
    path: &Path,
    options: &RosterOptions,
    judge: &dyn HeaderJudge,
) -> Result<(WorkbookFormat, Layout, Vec<String>), RosterError> {
    let (facts, dialect) = book::guarded(&path.display().to_string(), || xls::check_workbook(path))?;
    let checked = Checked { kind: RosterKind::Xls, dialect, sheets: Sheets::Checked(facts) };
    inspect(path, checked, options, judge)
}

fn inspect(
    path: &Path,
    mut checked: Checked,
    options: &RosterOptions,
    judge: &dyn HeaderJudge,
) -> Result<(WorkbookFormat, Layout, Vec<String>), RosterError> {
    let mut book = Book::open(path, checked.kind, checked.dialect)?;
    let choice = choose::choose(path, &mut book, &mut checked, options, judge)?;
    let facts = checked.facts(&choice.sheet, Extent::Whole)?;
    let layout = Layout::of_sheet(&choice.header, Arc::from(choice.sheet.as_str())).with_labels(choice.labels);
    let notes = choice.notes(&layout, &facts);
    let (kind, dialect) = (checked.kind, checked.dialect);
    let format = WorkbookFormat { kind, dialect, sheet: Arc::from(choice.sheet), facts: Arc::new(facts) };
    Ok((format, layout, notes))
}

/// A workbook that the guard has let pass.
struct Checked {
    kind: RosterKind,
    dialect: Dialect,
    sheets: Sheets,
}

/// Whether its sheets have been checked with it.
enum Sheets {
    /// All have; what is known of some of them.
    Checked(HashMap<String, SheetFacts>),
    /// Each is checked when it is going to be read: a workbook may have many.
    Unchecked(Box<Archive>, SheetParts),
}

impl Checked {
    /// What calamine does not tell of a sheet; checks it first, as far as it is going to be read, where that has not been done.
    fn facts(&mut self, sheet: &str, extent: Extent) -> Result<SheetFacts, RosterError> {
        match &mut self.sheets {
            Sheets::Checked(facts) => Ok(facts.get(sheet).cloned().unwrap_or_default()),
            Sheets::Unchecked(archive, parts) => xlsx_sheet::check_sheet(archive, sheet, parts, extent),
        }
    }
}

/// What a zip archive is.
fn kind_of(archive: &mut Archive) -> Result<RosterKind, RosterError> {
    let declared = declared_type(archive)?;
    let archive = &*archive;
    let holds = |test: &dyn Fn(&str) -> bool| archive.names().any(test);
    let what = match () {
        () if archive.has("xl/workbook.bin") => return Ok(RosterKind::Xlsb),
        () if archive.has("xl/workbook.xml") => return Ok(RosterKind::Xlsx),
        () if declared.contains("opendocument.spreadsheet") => return Ok(RosterKind::Ods),
        () if declared.contains("opendocument.text") => "a text document (OpenDocument)",
        () if declared.contains("opendocument") => "an OpenDocument file, but no spreadsheet",
        () if archive.has("word/document.xml") => "a Word document",
        () if archive.has("ppt/presentation.xml") => "a presentation",
        () if archive.has("index/document.iwa") || archive.has("index.zip") => "a Numbers or Pages document",
        () if archive.has("_rels/.rels")
            && archive.has("[content_types].xml")
            && holds(&|name| name.ends_with("workbook.xml")) =>
        {
            return Ok(RosterKind::Xlsx);
        }
        () if holds(&|name| [".csv", ".txt", ".xlsx", ".xls"].iter().any(|end| name.ends_with(end))) => {
            "a zip archive with a table inside"
        }
        () => "a zip archive of something else",
    };
    Err(RosterError::NotAWorkbook { file: archive.file().to_owned(), what: what.to_owned() })
}

/// What an OpenDocument file says it is; blank for any other.
fn declared_type(archive: &mut Archive) -> Result<String, RosterError> {
    let file = archive.file().to_owned();
    let mut declared = String::new();
    if let Some(bytes) = archive.bytes("mimetype", 1024)? {
        bytes
            .take(1024)
            .read_to_string(&mut declared)
            .map_err(|error| archive::bytes_error(&file, "mimetype", error))?;
    }
    Ok(declared)
}
