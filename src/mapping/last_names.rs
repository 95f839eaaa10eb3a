//! Last names in several columns: the second of two family names, and the particles before one.
//!
//! Whoever is `García López` is not sent as `García`. The columns are told by their headers; a mapping file that names one
//! for something else, or under `ignore`, has the last word.

use std::collections::HashSet;
use std::sync::LazyLock;

use crate::roster::Row;

use super::affix::is_particle;
use super::clean::{clean, says_nothing};
use super::fold::split_words;

/// The columns beside the last name's own.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct LastNameColumns {
    /// `Tussenvoegsel`: what stands before it.
    pub(super) before: Option<usize>,
    /// `Segundo Apellido`: what stands behind it.
    pub(super) after: Option<usize>,
}

impl LastNameColumns {
    /// The columns of a roster that are free to be read so; of two for one part neither is.
    pub(super) fn of_headers(headers: &[String], is_free: impl Fn(usize) -> bool) -> LastNameColumns {
        let only = |known: &HashSet<String>| {
            let mut found = (0..headers.len()).filter(|at| is_free(*at) && known.contains(&key(&headers[*at])));
            found.next().filter(|_| found.next().is_none())
        };
        LastNameColumns { before: only(&HEADERS.before), after: only(&HEADERS.second) }
    }

    pub(super) fn columns(self) -> impl Iterator<Item = usize> {
        self.after.into_iter().chain(self.before)
    }

    /// The whole last name of a row, and the parts that were not taken.
    pub(super) fn whole(self, last: &str, row: &Row) -> (String, Vec<(usize, String)>) {
        let mut whole = last.to_owned();
        let mut left = Vec::new();
        if let Some((column, part)) = said(self.after, row) {
            match part.chars().any(|c| c.is_ascii_digit() || matches!(c, '@' | ',' | ';')) {
                true => left.push((column, part)),
                false if ends_with(&whole, &part) => {}
                false => whole = format!("{whole} {part}"),
            }
        }
        if let Some((column, part)) = said(self.before, row) {
            match part.split_whitespace().all(is_particle) {
                false => left.push((column, part)),
                true if begins_with(&whole, &part) => {}
                // Of `d'` and `'t` only the first is written with the name as one word.
                true if part.ends_with(['\'', '\u{2019}']) => whole = format!("{part}{whole}"),
                true => whole = format!("{part} {whole}"),
            }
        }
        (whole, left)
    }
}

/// The part stands in front of the name already, as a word of its own.
fn begins_with(name: &str, part: &str) -> bool {
    let (name, part) = (name.to_lowercase(), part.to_lowercase());
    let rest = name.strip_prefix(&part);
    rest.is_some_and(|rest| rest.starts_with(' ') || !rest.is_empty() && part.ends_with(['\'', '\u{2019}']))
}

fn ends_with(name: &str, part: &str) -> bool {
    let (name, part) = (name.to_lowercase(), part.to_lowercase());
    name.strip_suffix(&part).is_some_and(|rest| rest.ends_with(' '))
}

fn said(column: Option<usize>, row: &Row) -> Option<(usize, String)> {
    let column = column?;
    let text = clean(row.cell_text(column), None).text;
    (!text.is_empty() && !says_nothing(&text)).then(|| (column, text.split_whitespace().collect::<Vec<_>>().join(" ")))
}

/// The column holds a part of the last name, by its header.
pub(super) fn is_a_part(header: &str) -> bool {
    let key = key(header);
    HEADERS.before.contains(&key) || HEADERS.second.contains(&key)
}

struct Headers {
    second: HashSet<String>,
    before: HashSet<String>,
}

static HEADERS: LazyLock<Headers> = LazyLock::new(|| {
    // A table that does not parse cannot be released: a test reads it.
    parse(include_str!("data/last_names.toml")).expect("data/last_names.toml is well formed")
});

fn parse(text: &str) -> Result<Headers, String> {
    let table: toml::Table = text.parse().map_err(|error: toml::de::Error| error.to_string())?;
    let set = |name: &str| -> Result<HashSet<String>, String> {
        let entries = table.get(name).cloned().ok_or_else(|| format!("no {name}"))?;
        let entries: Vec<String> = entries.try_into().map_err(|error: toml::de::Error| error.to_string())?;
        Ok(entries.iter().map(|header| key(header)).collect())
    };
    Ok(Headers { second: set("second")?, before: set("before")? })
}

fn key(header: &str) -> String {
    split_words(header).concat()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::roster::{Cell, Location};

    #[test]
    fn the_table_parses() {
        parse(include_str!("data/last_names.toml")).unwrap();
        for header in ["SEGUNDO_APELLIDO", "apellidoMaterno", "APELLIDO2", "tussenvoegsel", "Namensvorsaetze"] {
            assert!(is_a_part(header), "{header}");
        }
        assert!(!is_a_part("Apellido") && !is_a_part("Prefix") && !is_a_part(""));
    }

    #[test]
    fn parts_are_put_together_once() {
        for (last, before, after, whole, left) in [
            ("García", "", "López", "García López", 0),
            ("García López", "", "López", "García López", 0),
            ("López", "", "López", "López López", 0),
            ("Montelópez", "", "López", "Montelópez López", 0),
            ("García", "", "n/a", "García", 0),
            ("García", "", "1001", "García", 1),
            ("Berg", "van der", "", "van der Berg", 0),
            ("van der Berg", "van der", "", "van der Berg", 0),
            ("Vandermeer", "van", "", "van Vandermeer", 0),
            ("Hooft", "'t", "", "'t Hooft", 0),
            ("Ancona", "d'", "", "d'Ancona", 0),
            ("Berg", "Dr.", "", "Berg", 1),
            ("Cruz", "de la", "Ruiz", "de la Cruz Ruiz", 0),
        ] {
            let cells = [before, after].map(Cell::text).into();
            let row = Row { at: Location { sheet: None, row: 2 }, cells, ragged: false };
            let columns = LastNameColumns { before: Some(0), after: Some(1) };
            let (got, over) = columns.whole(last, &row);
            assert_eq!((got.as_str(), over.len()), (whole, left));
        }
    }
}
