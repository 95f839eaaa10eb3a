//! Which rows below the header are people's, and which are left out and counted.
//!
//! Conservative on purpose: a row that is left out is not invited, so a total or an example must look like nothing else,
//! and a row with an e-mail address in it is never taken for a total.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::lines::{explains, is_example, is_total};
use super::neutral::{OWN_COLUMNS, PROBLEMS_COLUMN, restore};
use super::records::RawRow;
use super::{Cell, LeftOut, Location, RosterItem, Row, header};

/// What the header says of the rows below it.
#[derive(Clone, Debug)]
pub(super) struct Layout {
    sheet: Option<Arc<str>>,
    header_row: u64,
    /// The row below it that names the columns once more.
    labels: Option<u64>,
    /// The header as it stands in the file, our own columns included.
    width: usize,
    /// Columns up to the last that has a name.
    named_width: usize,
    /// The headers of the roster itself.
    headers: Vec<String>,
    /// The same in lower case: every row is held against them.
    lower_headers: Vec<String>,
    /// The columns of a rejects file that we added.
    own: BTreeSet<usize>,
    text: bool,
}

impl Layout {
    /// The layout under the header of a text file.
    pub(super) fn of_text(header: &RawRow) -> Self {
        Layout::new(header, None, true)
    }

    /// The row below the header names the columns once more.
    pub(super) fn with_labels(self, labels: Option<u64>) -> Self {
        Layout { labels, ..self }
    }

    /// The layout under the header of a sheet.
    pub(super) fn of_sheet(header: &RawRow, sheet: Arc<str>) -> Self {
        Layout::new(header, Some(sheet), false)
    }

    fn new(row: &RawRow, sheet: Option<Arc<str>>, text: bool) -> Self {
        let mut headers: Vec<String> = row.cells.iter().map(|cell| header::trim(&cell.text).to_owned()).collect();
        if !text {
            // A sheet has no width of its own: cells that were only formatted are not part of the header.
            let named = headers.iter().rposition(|header| !header.is_empty()).map_or(0, |last| last + 1);
            headers.truncate(named);
        }
        let ours = headers.iter().any(|header| header == PROBLEMS_COLUMN);
        let own: BTreeSet<usize> = headers
            .iter()
            .enumerate()
            .filter(|(_, header)| ours && OWN_COLUMNS.contains(&header.as_str()))
            .map(|(index, _)| index)
            .collect();
        let mut layout = Layout {
            sheet,
            header_row: row.row,
            labels: None,
            width: headers.len(),
            named_width: headers.iter().rposition(|header| !header.is_empty()).map_or(0, |last| last + 1),
            headers: Vec::new(),
            lower_headers: Vec::new(),
            own,
            text,
        };
        if layout.is_ours() {
            headers.iter_mut().for_each(|header| *header = restore(header).into_owned());
        }
        layout.headers = layout.without_own(headers);
        layout.lower_headers = layout.headers.iter().map(|header| header.to_lowercase()).collect();
        layout
    }

    /// The headers of the roster, without our own columns.
    pub(super) fn headers(&self) -> &[String] {
        &self.headers
    }

    /// The header's line or row.
    pub(super) fn header_row(&self) -> u64 {
        self.header_row
    }

    /// The file is a rejects file that we wrote.
    pub(super) fn is_ours(&self) -> bool {
        !self.own.is_empty()
    }

    /// What a row below the header is; nothing for the header and what stands above it.
    pub(super) fn sift(&self, raw: RawRow) -> Option<RosterItem> {
        if raw.row <= self.header_row {
            return None;
        }
        let at = self.at(raw.row);
        let ragged = self.is_ragged(&raw.cells);
        let mut cells = self.without_own(raw.cells);
        if self.is_ours() {
            for cell in &mut cells {
                if let std::borrow::Cow::Borrowed(text) = restore(&cell.text)
                    && text.len() < cell.text.len()
                {
                    cell.text.remove(0);
                }
            }
        }
        if self.labels == Some(raw.row) {
            return Some(RosterItem::LeftOut { at, why: LeftOut::RepeatedHeader });
        }
        Some(match self.left_out(&cells, raw.hidden, raw.struck) {
            Some(why) => RosterItem::LeftOut { at, why },
            None => {
                self.trim_to_header(&mut cells);
                RosterItem::Row(Row { at, cells, ragged })
            }
        })
    }

    /// A row of the sheet, or a line.
    pub(super) fn at(&self, row: u64) -> Location {
        Location { sheet: self.sheet.clone(), row }
    }

    /// Names of the header's own columns, and nothing else, but not where the header has them: a second table begins.
    pub(super) fn is_another_header(&self, raw: &RawRow) -> bool {
        /// A person whose cells are all names of columns has not been seen; two such cells may be.
        const FEWEST: usize = 3;
        if raw.row <= self.header_row || raw.hidden || raw.cells.len() < FEWEST {
            return false;
        }
        let mut named = 0;
        let mut moved = false;
        for (column, cell) in self.without_own(raw.cells.iter().collect()).into_iter().enumerate() {
            let text = header::trim(&cell.text).to_lowercase();
            let at_home = self.lower_headers.get(column).is_some_and(|header| is_name(header, &text));
            match text.is_empty() {
                true => {}
                false if at_home || self.lower_headers.contains(&text) => {
                    named += 1;
                    moved |= !at_home;
                }
                false => return false,
            }
        }
        moved && named >= FEWEST
    }

    /// More cells than the header that hold something, or too few to fill the columns that have names.
    ///
    /// Blank cells at the end are what a spreadsheet leaves behind. A row that is too short is ragged even if blanks could
    /// fill it: nobody can tell whether its last cells are missing or a delimiter in the middle is.
    fn is_ragged(&self, cells: &[Cell]) -> bool {
        self.text && (cells.len() < self.named_width || cells.iter().skip(self.width).any(|cell| !cell.is_blank()))
    }

    fn left_out(&self, cells: &[Cell], hidden: bool, struck: bool) -> Option<LeftOut> {
        let texts: Vec<&str> = cells.iter().map(|cell| header::trim(&cell.text)).collect();
        let Some(first) = texts.iter().find(|text| !text.is_empty()) else { return Some(LeftOut::Blank) };
        match () {
            () if hidden => Some(LeftOut::Hidden),
            () if struck => Some(LeftOut::Struck),
            () if self.repeats_header(&texts) => Some(LeftOut::RepeatedHeader),
            () if is_example(first, &texts) => Some(LeftOut::Example),
            () if texts.iter().any(|text| text.contains('@')) => None,
            () if is_total(first, &texts) => Some(LeftOut::Total),
            () if explains(&texts) => Some(LeftOut::Explanation),
            () => None,
        }
    }

    fn repeats_header(&self, texts: &[&str]) -> bool {
        let same = |text: &str, header: &String| is_name(header, &text.to_lowercase());
        texts.iter().skip(self.headers.len()).all(|text| text.is_empty())
            && self
                .lower_headers
                .iter()
                .enumerate()
                .all(|(index, header)| same(texts.get(index).unwrap_or(&""), header))
    }

    /// Blank cells beyond the header are of no use to anybody; in a sheet, short rows are filled up.
    fn trim_to_header(&self, cells: &mut Vec<Cell>) {
        let width = self.headers.len();
        while cells.len() > width && cells.last().is_some_and(Cell::is_blank) {
            cells.pop();
        }
        if !self.text && cells.len() < width {
            cells.resize(width, Cell::default());
        }
    }

    fn without_own<T>(&self, row: Vec<T>) -> Vec<T> {
        if self.own.is_empty() {
            return row;
        }
        row.into_iter().enumerate().filter(|(index, _)| !self.own.contains(index)).map(|(_, cell)| cell).collect()
    }
}

/// The text is a header, or that part of it which stands under a heading (`work` of `phone: work`).
fn is_name(header: &str, text: &str) -> bool {
    header == text || !text.is_empty() && header.strip_suffix(text).is_some_and(|rest| rest.ends_with(header::UNDER))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn raw(row: u64, cells: &[&str]) -> RawRow {
        RawRow { row, cells: cells.iter().map(|text| Cell::text(*text)).collect(), hidden: false, struck: false }
    }

    fn why(layout: &Layout, cells: &[&str]) -> Option<LeftOut> {
        match layout.sift(raw(9, cells)) {
            Some(RosterItem::LeftOut { why, .. }) => Some(why),
            _ => None,
        }
    }

    #[test]
    fn totals_examples_and_headers_are_left_out() {
        let layout = Layout::of_text(&raw(1, &["Name", "Email"]));
        for total in [
            "Total",
            "TOTALS:",
            "Count: 3",
            "Grand Total 12",
            "Summe",
            "Total général",
            "Page 1 of 12",
            "Seite 2 von 3",
        ] {
            assert_eq!(why(&layout, &[total, ""]), Some(LeftOut::Total), "{total}");
        }
        assert_eq!(why(&layout, &["Report generated 09/01/2026 by HR", ""]), Some(LeftOut::Total));
        assert_eq!(why(&layout, &["", " \u{a0}"]), Some(LeftOut::Blank));
        assert_eq!(why(&layout, &["NAME", "email"]), Some(LeftOut::RepeatedHeader));
        assert_eq!(why(&layout, &["Chris", "Example: chris@example.org"]), Some(LeftOut::Example));
        assert_eq!(why(&layout, &["EXAMPLE - delete me", "x@example.org"]), Some(LeftOut::Example));
    }

    #[test]
    fn the_last_lines_of_a_report_are_left_out() {
        let layout = Layout::of_text(&raw(1, &["Name", "Email", "Phone"]));
        for footer in [
            "4 rows",
            "(4 rows affected)",
            "Total of 4 employees",
            "TOTAL (4)",
            "1 of 1",
            "Number of records: 4",
            "Run date: 1/2/2026",
        ] {
            assert_eq!(why(&layout, &[footer, "", ""]), Some(LeftOut::Total), "{footer}");
        }
        assert_eq!(why(&layout, &["\u{1a}"]), Some(LeftOut::Blank));
        // Somebody without an address is somebody.
        for person in [["Exported, Ana", "none", "1"], ["Staff", "", ""], ["12", "", ""], ["Ana Ruiz", "", ""]] {
            assert_eq!(why(&layout, &person), None, "{person:?}");
        }
    }

    #[test]
    fn a_line_that_explains_the_columns_is_about_nobody() {
        let layout = Layout::of_text(&raw(1, &["Name", "Email", "NPI"]));
        for line in
            [["text", "address", "10 digits"], ["(required)", "(Required)", "optional"], ["Max 50", "max. 100", "10"]]
        {
            assert_eq!(why(&layout, &line), Some(LeftOut::Explanation), "{line:?}");
        }
        for person in [["Max", "", ""], ["Max List", "none", ""], ["", "no", "no"], ["text", "", ""]] {
            assert_eq!(why(&layout, &person), None, "{person:?}");
        }
    }

    #[test]
    fn another_order_is_another_header() {
        let layout = Layout::of_text(&raw(1, &["First Name", "Last Name", "Email", "Email"]));
        let another = |row: u64, cells: &[&str]| layout.is_another_header(&raw(row, cells));
        assert!(another(9, &["Last name", "First name", "Email", ""]));
        assert!(another(9, &["", "first name", "last name", "email"]));
        assert!(!another(9, &["First Name", "Last Name", "Email", "Email"]));
        assert!(!another(1, &["Last Name", "First Name", "Email"]));
        assert!(!another(9, &["Last Name", "First Name", "", ""]) && !another(9, &["Last Name", "First Name", "Jo"]));
    }

    #[test]
    fn a_person_is_never_a_total() {
        let layout = Layout::of_text(&raw(1, &["Name", "Email"]));
        for name in ["Total", "Count, Maria", "Page, Ellen", "Summers, Ann", "Exempler, Jo", "Example Clinic"] {
            assert_eq!(why(&layout, &[name, "x@example.org"]), None, "{name}");
        }
        assert_eq!(why(&layout, &["Page", ""]), None);
        assert_eq!(why(&layout, &["Ann", "e.g."]), None);
    }

    #[test]
    fn ragged_is_what_may_have_slipped() {
        let layout = Layout::of_text(&raw(1, &["Name", "Email", "", ""]));
        let ragged = |cells: &[&str]| match layout.sift(raw(2, cells)) {
            Some(RosterItem::Row(row)) => row.ragged,
            other => panic!("expected a row, got {other:?}"),
        };
        assert!(!ragged(&["a", "b"]) && !ragged(&["a", "b", "", "", "", " "]));
        assert!(ragged(&["a"]) && ragged(&["a", "b", "", "", "c"]));
    }

    #[test]
    fn our_own_rejects_are_read_back_as_they_were() {
        let layout = Layout::of_text(&raw(1, &["avara_row", "Name", "avara_problems"]));
        assert_eq!(layout.headers(), ["Name"]);
        let Some(RosterItem::Row(row)) = layout.sift(raw(2, &["7", "''=x", "no"])) else { panic!("a row") };
        assert_eq!(row.cells, [Cell::text("'=x")]);
        let other = Layout::of_text(&raw(1, &["avara_row", "Name"]));
        let Some(RosterItem::Row(row)) = other.sift(raw(2, &["7", "'=x"])) else { panic!("a row") };
        assert_eq!(row.cells, [Cell::text("7"), Cell::text("'=x")]);
    }
}
