//! Who has left by a date: a column with the day on which somebody leaves.
//!
//! Whoever has left is not invited and whoever is still to leave is not dropped; a day that cannot be read for certain is a
//! problem of the row. The present day is handed in.

use std::collections::HashSet;
use std::sync::LazyLock;

use jiff::civil::Date;

use crate::roster::Row;

use super::dates::{Day, read_day};
use super::fold::split_words;

static HEADERS: LazyLock<HashSet<String>> = LazyLock::new(|| {
    let lines = include_str!("data/leaving.txt").lines().filter(|line| !line.starts_with('#'));
    lines.map(|header| split_words(header).join(" ")).collect()
});

/// What a row says about somebody's leaving.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Leaving {
    /// The day in the column of this header has passed.
    Past(String),
    /// The day in the column of this header has not passed yet.
    ToCome(String),
    /// It cannot be said whether the day has passed.
    Unclear {
        /// The column's header.
        header: String,
        /// The cell's text.
        value: String,
        /// Why, and what to do.
        message: String,
    },
}

/// A column that holds the day on which somebody leaves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct LeavingRule {
    pub(crate) column: usize,
    pub(crate) header: String,
}

impl LeavingRule {
    /// The rule that a column's header makes by itself.
    pub(crate) fn of_header(column: usize, header: &str) -> Option<LeavingRule> {
        let known = HEADERS.contains(&split_words(header).join(" "));
        known.then(|| LeavingRule { column, header: header.trim().to_owned() })
    }

    /// What a row says in this column.
    pub(crate) fn applies(&self, row: &Row, today: Date) -> Option<Leaving> {
        let value = row.cell_text(self.column).trim();
        let header = self.header.clone();
        let unclear = |message: String| Leaving::Unclear { header: header.clone(), value: value.to_owned(), message };
        match read_day(value) {
            Day::None => None,
            // The last day is still a day of work.
            Day::On(day) | Day::Either(_, day) if day < today => Some(Leaving::Past(header)),
            Day::On(day) | Day::Either(day, _) if day >= today => Some(Leaving::ToCome(header)),
            Day::On(_) | Day::Either(..) => Some(unclear(format!(
                "day and month can be read either way, and by one of them this person has left; write the date as YYYY-MM-DD, \
                 or name \"{header}\" under ignore in the mapping file"
            ))),
            Day::Unreadable => Some(unclear(format!(
                "this is no date, so it cannot be said whether this person has left; write it as YYYY-MM-DD, blank it, or name \
                 \"{header}\" under ignore in the mapping file"
            ))),
        }
    }
}

/// Whether a column holds the day on which somebody came back, whole headers only.
pub(crate) fn says_who_came_back(header: &str) -> bool {
    const HEADERS: [&str; 9] = [
        "rehire date",
        "re hire date",
        "rehired on",
        "date rehired",
        "date of rehire",
        "most recent hire date",
        "reinstatement date",
        "wiedereintritt",
        "date de reembauche",
    ];
    let header = split_words(header).join(" ");
    HEADERS.contains(&header.as_str())
}

/// What all the columns say together: who has left by one has left, and what is unclear in one is unclear. Whoever came back
/// on a later day, in the column `rehired`, has not left by it.
pub(crate) fn of_row(rules: &[LeavingRule], rehired: Option<usize>, row: &Row, today: Date) -> Option<Leaving> {
    let back = rehired.and_then(|column| match read_day(row.cell_text(column).trim()) {
        Day::On(day) => Some(day),
        _ => None,
    });
    let counts = |rule: &&LeavingRule| match (back, read_day(row.cell_text(rule.column).trim())) {
        (Some(back), Day::On(left)) => left > back,
        _ => true,
    };
    let said: Vec<Leaving> = rules.iter().filter(counts).filter_map(|rule| rule.applies(row, today)).collect();
    let worst = said.iter().position(|leaving| matches!(leaving, Leaving::Past(_)));
    let worst = worst.or_else(|| said.iter().position(|leaving| matches!(leaving, Leaving::Unclear { .. })));
    said.into_iter().nth(worst.unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::roster::{Cell, Location};
    use jiff::civil::date;

    fn said(header: &str, cells: &[&str]) -> Option<Leaving> {
        let rules: Vec<_> = (0..cells.len()).filter_map(|column| LeavingRule::of_header(column, header)).collect();
        let cells = cells.iter().map(|text| Cell::text(*text)).collect();
        let row = Row { at: Location { sheet: None, row: 2 }, cells, ragged: false };
        of_row(&rules, None, &row, date(2026, 6, 15))
    }

    #[test]
    fn the_last_day_is_a_day_of_work() {
        let header = "Termination Date";
        assert_eq!(said(header, &["2026-06-14"]), Some(Leaving::Past(header.to_owned())));
        assert_eq!(said(header, &["2026-06-15"]), Some(Leaving::ToCome(header.to_owned())));
        assert_eq!(said(header, &["2031-01-01"]), Some(Leaving::ToCome(header.to_owned())));
        assert_eq!(said(header, &[""]), None);
    }

    #[test]
    fn whoever_came_back_has_not_left() {
        let rules = [LeavingRule::of_header(0, "Termination Date").unwrap()];
        let said = |left: &str, back: &str| {
            let cells = [left, back].map(Cell::text).to_vec();
            of_row(
                &rules,
                Some(1),
                &Row { at: Location { sheet: None, row: 2 }, cells, ragged: false },
                date(2026, 6, 15),
            )
        };
        assert!(says_who_came_back("Rehire Date") && !says_who_came_back("Hire Date"));
        assert_eq!(said("2020-01-01", "2022-01-01"), None);
        assert!(matches!(said("2024-01-01", "2022-01-01"), Some(Leaving::Past(_))));
        assert!(matches!(said("2024-01-01", ""), Some(Leaving::Past(_))));
    }

    #[test]
    fn two_readings_are_unclear_only_where_it_matters() {
        let header = "Austritt";
        assert_eq!(said(header, &["05/03/2021"]), Some(Leaving::Past(header.to_owned())));
        assert_eq!(said(header, &["11/12/2027"]), Some(Leaving::ToCome(header.to_owned())));
        assert!(matches!(said(header, &["05/07/2026"]), Some(Leaving::Unclear { .. })));
        assert!(matches!(said(header, &["gone"]), Some(Leaving::Unclear { value, .. }) if value == "gone"));
    }

    #[test]
    fn one_column_that_has_passed_is_enough() {
        let header = "End Date";
        assert_eq!(said(header, &["2031-01-01", "soon", "2020-01-01"]), Some(Leaving::Past(header.to_owned())));
        assert!(matches!(said(header, &["2031-01-01", "soon"]), Some(Leaving::Unclear { .. })));
    }

    #[test]
    fn only_columns_about_leaving_are_looked_at() {
        for header in
            ["Termination Date", "term_date", "LastDayWorked", "Date de départ", "Fecha de baja", "Data saída"]
        {
            assert!(LeavingRule::of_header(0, header).is_some(), "{header}");
        }
        for header in
            ["License End Date", "Termination Reason", "Hire Date", "Expiration Date", "Start Date", "Position End"]
        {
            assert!(LeavingRule::of_header(0, header).is_none(), "{header}");
        }
    }
}
