//! What a workbook says of a sheet beside its cells' values.

use std::collections::BTreeMap;

use super::super::Cell;
use super::super::records::COLUMN_LIMIT;

/// More remarkable cells than this are not remembered; no sheet of people has so many.
pub(super) const MOST_REMARKABLE: usize = 200_000;

/// What calamine does not tell of a sheet.
#[derive(Clone, Debug, Default)]
pub(super) struct SheetFacts {
    /// The rows that are hidden, as ranges from 0, both ends included, in order.
    hidden: Vec<(u32, u32)>,
    /// The rows that are struck through, in order.
    struck: Vec<u32>,
    /// The columns that are hidden, likewise.
    hidden_columns: Vec<(u32, u32)>,
    /// Cells that calamine reads as nothing or not at all: formulas without a value, errors that it does not know.
    pub(super) cells: BTreeMap<(u32, u32), Cell>,
    /// How many errors there are that calamine does not know; each makes it stumble once.
    pub(super) unknown_errors: usize,
}

impl SheetFacts {
    /// Notes that rows are hidden, the last included. Rows come in order.
    pub(super) fn hide(&mut self, from: u32, to: u32) {
        match self.hidden.last_mut() {
            Some((_, last)) if from <= last.saturating_add(1) => *last = to.max(*last),
            _ => self.hidden.push((from, to)),
        }
    }

    /// Notes that columns are hidden, the last included.
    pub(super) fn hide_columns(&mut self, from: u32, to: u32) {
        // A sheet has no more columns than this list can have ranges.
        if self.hidden_columns.len() < COLUMN_LIMIT {
            self.hidden_columns.push((from, to));
        }
    }

    /// Whether a column is hidden.
    pub(super) fn is_hidden_column(&self, column: usize) -> bool {
        self.hidden_columns.iter().any(|&(first, last)| (first as usize..=last as usize).contains(&column))
    }

    /// Notes that a row is struck through. Rows come in order.
    pub(super) fn strike(&mut self, row: u32) {
        if self.struck.len() < MOST_REMARKABLE {
            self.struck.push(row);
        }
    }

    /// Whether a row is struck through.
    pub(super) fn is_struck(&self, row: u32) -> bool {
        self.struck.binary_search(&row).is_ok()
    }

    /// Whether a row is hidden.
    pub(super) fn is_hidden(&self, row: u32) -> bool {
        let after = self.hidden.partition_point(|(first, _)| *first <= row);
        after.checked_sub(1).is_some_and(|index| row <= self.hidden[index].1)
    }

    /// How many rows below a header are hidden.
    pub(super) fn hidden_below(&self, header: u32) -> u64 {
        self.hidden.iter().map(|&(first, last)| u64::from((last + 1).saturating_sub(first.max(header + 1)))).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hidden_rows_are_ranges() {
        let mut facts = SheetFacts::default();
        for (from, to) in [(0, 1), (5, 5), (6, 6), (9, 9)] {
            facts.hide(from, to);
        }
        let hidden: Vec<u32> = (0..12).filter(|row| facts.is_hidden(*row)).collect();
        assert_eq!(hidden, [0, 1, 5, 6, 9]);
        assert_eq!(facts.hidden_below(5), 2);
        facts.hide_columns(2, 3);
        assert!(facts.is_hidden_column(3) && !facts.is_hidden_column(4));
    }
}
