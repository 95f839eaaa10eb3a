//! The roster's headers, as a mapping file names them.

use super::error::{MappingError, Nearest};

/// The roster's headers, as a mapping file names them.
pub(super) struct HeaderTable<'a> {
    pub(super) headers: &'a [String],
}

impl HeaderTable<'_> {
    /// The roster has no column of this name.
    pub(super) fn is_missing(&self, name: &str) -> bool {
        matches!(self.find(name, ""), Err(MappingError::NoSuchColumn { .. }))
    }

    /// The column of a name: the header itself, its text in another case or spacing, or `Header #2` for the second of
    /// several.
    pub(super) fn find(&self, name: &str, place: &str) -> Result<usize, MappingError> {
        let places_of = |wanted: &str| -> Vec<usize> {
            let exact = |header: &String| header.trim() == wanted.trim();
            let alike = |header: &String| squashed(header) == squashed(wanted);
            let by = |is: &dyn Fn(&String) -> bool| {
                (0..self.headers.len()).filter(|at| is(&self.headers[*at])).collect::<Vec<_>>()
            };
            Some(by(&exact)).filter(|found| !found.is_empty()).unwrap_or_else(|| by(&alike))
        };
        match places_of(name).as_slice() {
            [column] => return Ok(*column),
            [] => {}
            several => {
                return Err(MappingError::AmbiguousColumn {
                    place: place.to_owned(),
                    header: name.to_owned(),
                    count: several.len(),
                });
            }
        }
        let numbered = name.rsplit_once('#').and_then(|(header, number)| {
            let nth = number.trim().parse::<usize>().ok()?.checked_sub(1)?;
            places_of(header).get(nth).copied()
        });
        numbered.ok_or_else(|| MappingError::NoSuchColumn {
            place: place.to_owned(),
            header: name.to_owned(),
            nearest: Nearest::to(
                name,
                self.headers.iter().map(|header| header.trim()).filter(|header| !header.is_empty()),
            ),
        })
    }

    /// Headers that are left unread: all columns of a name, however many.
    pub(super) fn find_all(&self, names: &[String]) -> Result<Vec<usize>, MappingError> {
        let mut columns = Vec::new();
        for name in names {
            match self.find(name, "ignore") {
                Ok(column) => columns.push(column),
                Err(MappingError::AmbiguousColumn { .. }) => {
                    columns.extend((0..self.headers.len()).filter(|at| squashed(&self.headers[*at]) == squashed(name)));
                }
                Err(error) => return Err(error),
            }
        }
        Ok(columns)
    }
}

/// Headers are compared by this: case and spacing do not matter.
pub(super) fn squashed(header: &str) -> String {
    let visible: String = header.chars().filter(|c| !super::fold::is_invisible(*c)).collect();
    visible.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}
