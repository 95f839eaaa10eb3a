//! How many rows something is so of, and where a person finds the first of them.

use super::text::listed;
use crate::roster::Location;

/// How many rows are named.
const NAMED: usize = 3;

/// Rows: how many, and where the first of them are. Its memory does not grow with them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Places {
    rows: u64,
    first: Vec<String>,
}

impl Places {
    /// Counts a row.
    pub fn note(&mut self, at: &Location) {
        self.rows += 1;
        if self.first.len() < NAMED {
            self.first.push(at.to_string());
        }
    }

    /// How many there are.
    pub const fn rows(&self) -> u64 {
        self.rows
    }

    /// `row 3`, `rows 3, 8, 12 and 4 more`.
    pub fn shown(&self) -> String {
        format!("{} {}", if self.rows == 1 { "row" } else { "rows" }, listed(&self.first, self.rows))
    }
}

impl<'a> FromIterator<&'a Location> for Places {
    fn from_iter<T: IntoIterator<Item = &'a Location>>(rows: T) -> Self {
        let mut places = Places::default();
        rows.into_iter().for_each(|at| places.note(at));
        places
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_are_named_and_the_others_counted() {
        let rows: Vec<Location> = (17..24).map(|row| Location { sheet: Some("Staff".into()), row }).collect();
        let shown = |number: usize| rows[..number].iter().collect::<Places>().shown();
        assert_eq!(shown(1), "row Staff!17");
        assert_eq!(shown(3), "rows Staff!17, Staff!18 and Staff!19");
        assert_eq!(shown(7), "rows Staff!17, Staff!18, Staff!19 and 4 more");
    }
}
