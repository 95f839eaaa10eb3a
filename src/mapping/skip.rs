//! Rows that are not staff to invite: a column that says so plainly, or the mapping file's words.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use crate::roster::Row;

use super::fold::{fold, split_words};

/// A column and the words in it that leave a row out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SkipRule {
    pub(crate) column: usize,
    pub(crate) header: String,
    words: Words,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Words {
    /// The mapping file's: the whole cell, case and accents aside.
    Exactly(HashSet<String>),
    /// The compiled-in words of a kind of column.
    Kind(&'static str),
}

struct Table {
    /// The kind of a column, by its folded header.
    kinds: HashMap<String, String>,
    /// The words of a kind, folded.
    words: HashMap<String, HashSet<String>>,
    /// Likewise the words that say the contrary, for kinds whose other words are pointed out.
    here: HashMap<String, HashSet<String>>,
}

static TABLE: LazyLock<Table> = LazyLock::new(|| {
    // A table that does not parse cannot be released: a test reads it.
    parse(include_str!("data/skip.toml")).expect("data/skip.toml is well formed")
});

fn parse(text: &str) -> Result<Table, String> {
    let file: toml::Table = text.parse().map_err(|error: toml::de::Error| error.to_string())?;
    let mut table = Table { kinds: HashMap::new(), words: HashMap::new(), here: HashMap::new() };
    for (kind, entry) in &file {
        let list = |key: &str| -> Result<Vec<String>, String> {
            let entries = entry.get(key).cloned().ok_or_else(|| format!("no {kind}.{key}"))?;
            entries.try_into().map_err(|error: toml::de::Error| error.to_string())
        };
        for header in list("headers")? {
            if table.kinds.insert(split_words(&header).join(" "), kind.clone()).is_some() {
                return Err(format!("\"{header}\" stands twice"));
            }
        }
        table.words.insert(kind.clone(), list("words")?.iter().map(|word| fold(word)).collect());
        if entry.get("here").is_some() {
            table.here.insert(kind.clone(), list("here")?.iter().map(|word| fold(word)).collect());
        }
    }
    Ok(table)
}

impl SkipRule {
    /// The rule that a column's header makes by itself, where it plainly is a status.
    pub(crate) fn of_header(column: usize, header: &str) -> Option<SkipRule> {
        let without_section = header.split(" (Employment Profile)").next().unwrap_or(header);
        // `Status [READ ONLY]`, as some exports say of a column.
        let without_remark = without_section.split(" [").next().unwrap_or(without_section);
        let kind = |header: &str| TABLE.kinds.get(&split_words(header).join(" "));
        let kind = kind(without_section).or_else(|| kind(without_remark))?;
        Some(SkipRule { column, header: header.to_owned(), words: Words::Kind(kind) })
    }

    /// The mapping file's rule.
    pub(crate) fn of_words(column: usize, header: &str, words: &[String]) -> SkipRule {
        let words = words.iter().map(|word| fold(word.trim())).collect();
        SkipRule { column, header: header.to_owned(), words: Words::Exactly(words) }
    }

    /// Why the row is left out, in words.
    pub(crate) fn applies(&self, row: &Row) -> Option<String> {
        let text = row.cell_text(self.column).trim();
        if text.is_empty() {
            return None;
        }
        let folded = fold(text);
        let left_out = match &self.words {
            Words::Exactly(words) => words.contains(&folded),
            Words::Kind(kind) => TABLE.words.get(*kind).is_some_and(|words| says_one_of(&folded, words)),
        };
        left_out.then(|| format!("{} is \"{text}\"", self.header.trim()))
    }
}

/// A cell that can only say that somebody has left, whatever its column is called.
pub(crate) fn says_left(text: &str) -> bool {
    TABLE.words.get("anywhere").is_some_and(|words| says_one_of(&fold(text.trim()), words))
}

/// The word beside a name that says that somebody has left: `Zeller, Max - TERMINATED 3/2026`, `Max Zeller (resigned)`. Behind
/// a sign any word for it counts, elsewhere only those that nobody is called.
pub(crate) fn left_in_name(text: &str) -> Option<String> {
    let words_of = |kind: &str| TABLE.words.get(kind);
    let (status, never_a_name) = (words_of("status")?, words_of("beside_a_name")?);
    let beside = text.match_indices(['(', '[', '*', '\u{2013}', '\u{2014}']).map(|(at, sign)| at + sign.len());
    let beside = beside.chain(text.match_indices(" -").map(|(at, sign)| at + sign.len()));
    let said = beside.map(|at| beginning(&text[at..])).find(|said| {
        let folded = fold(said);
        folded.len() > 3 && status.contains(&folded) || never_a_name.contains(&folded)
    });
    let mut words = text.split(|c: char| !c.is_alphanumeric() && c != '-').filter(|word| !word.is_empty());
    said.or_else(|| words.find(|word| never_a_name.contains(&fold(word)))).map(str::to_owned)
}

/// What stands before the first bracket or digit of what follows a sign.
fn beginning(text: &str) -> &str {
    let end = text.find(|c: char| c.is_ascii_digit() || matches!(c, '(' | ')' | '[' | ']' | '*' | ',' | ';' | ':'));
    text[..end.unwrap_or(text.len())].trim().trim_end_matches(['-', '.', '/']).trim()
}

impl SkipRule {
    /// A word that says neither that somebody has left nor that somebody is here, in words.
    pub(crate) fn not_known(&self, row: &Row) -> Option<String> {
        let Words::Kind(kind) = self.words else { return None };
        let (words, here) = (TABLE.words.get(kind)?, TABLE.here.get(kind)?);
        let text = row.cell_text(self.column).trim();
        let folded = fold(text);
        let known = text.is_empty() || says_one_of(&folded, words) || says_one_of(&folded, here);
        (!known).then(|| format!("\"{text}\" in \"{}\"", self.header.trim()))
    }
}

/// The cell is one of the words, or begins with one of more than a letter before a sign: `Inactive - Payroll Eligible`.
fn says_one_of(folded: &str, words: &HashSet<String>) -> bool {
    const SIGNS: [char; 6] = ['-', '(', '/', ':', ',', '\u{2013}'];
    let before_a_sign = || folded.match_indices(SIGNS).map(|(at, _)| folded[..at].trim_end());
    words.contains(folded) || before_a_sign().any(|word| word.len() > 3 && words.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::roster::{Cell, Location};

    fn skips(header: &str, text: &str) -> bool {
        let row = Row { at: Location { sheet: None, row: 2 }, cells: vec![Cell::text(text)], ragged: false };
        SkipRule::of_header(0, header).is_some_and(|rule| rule.applies(&row).is_some())
    }

    #[test]
    fn a_word_beside_a_name_says_who_has_left() {
        for (text, word) in [
            ("Zeller, Max - TERMINATED 3/2026", "TERMINATED"),
            ("Max Zeller (resigned 3/2026)", "resigned"),
            ("Max Zeller *RETIRED*", "RETIRED"),
            ("ZELLER MAX TERMED", "TERMED"),
            ("Max Zeller (No longer employed)", "No longer employed"),
            ("Zeller - left", "left"),
            ("Zeller [Inactive]", "Inactive"),
            ("Ruiz, Ana (DNU)", "DNU"),
        ] {
            assert_eq!(left_in_name(text).as_deref(), Some(word), "{text}");
        }
        for text in [
            "Left, Robert",
            "Ana Baja",
            "Ana Ruiz-Baja",
            "Ruiz, Ana (LOA)",
            "Ana Ruiz (Term Lecturer)",
            "Ana Ruiz (T)",
            "Parti, Jo",
            "Gone, Al - Nights",
        ] {
            assert_eq!(left_in_name(text), None, "{text}");
        }
    }

    #[test]
    fn the_table_parses() {
        parse(include_str!("data/skip.toml")).unwrap();
    }

    #[test]
    fn leavers_are_left_out_and_nobody_else() {
        for (header, text) in [
            ("Employment Status", "Terminated"),
            ("Position Status (Employment Profile)", "Terminated - Voluntary"),
            ("Status", "Inactive - Payroll Eligible"),
            ("Status", "T"),
            ("Active", "No"),
            ("IsActive", "FALSE"),
            ("Statut", "Sorti"),
            ("Statut", "Décédé"),
            ("Estatus", "Jubilada"),
            ("Mitarbeiterstatus", "Im Ruhestand"),
            ("aktiv", "nein"),
            ("Block sign in (Yes/No) [accountEnabled]", "Yes"),
            ("IsHidden", "1"),
            ("Action_Flag", "D"),
            ("Account enabled", "False"),
            ("Status [READ ONLY]", "Suspended"),
            ("Appointment Status", "Resigned"),
            ("USER_TYPE", "client"),
        ] {
            assert!(skips(header, text), "{header}: {text}");
        }
        for (header, text) in [
            ("Employment Status", "Full-Time"),
            ("Employment Status", "On Leave"),
            ("Status", "LOA"),
            ("Status", "Active"),
            ("Status", ""),
            ("Employment Type", "T"),
            ("Marital Status", "Separated"),
            ("License Status", "Inactive"),
            ("Active", "Yes"),
            ("IsHidden", "0"),
            ("Action_Flag", "A"),
        ] {
            assert!(!skips(header, text), "{header}: {text}");
        }
    }

    #[test]
    fn words_that_say_neither_are_pointed_out() {
        let not_known = |header: &str, text: &str| {
            let row = Row { at: Location { sheet: None, row: 2 }, cells: vec![Cell::text(text)], ragged: false };
            SkipRule::of_header(0, header).and_then(|rule| rule.not_known(&row))
        };
        assert_eq!(not_known("Status", "Sleeping").as_deref(), Some("\"Sleeping\" in \"Status\""));
        for (header, text) in
            [("Status", "Active - Full time"), ("Statut", "en congé"), ("Status", ""), ("Action", "Add")]
        {
            assert_eq!(not_known(header, text), None, "{text}");
        }
    }

    #[test]
    fn the_reason_names_column_and_word() {
        let row = Row { at: Location { sheet: None, row: 2 }, cells: vec![Cell::text(" Gone ")], ragged: false };
        let rule = SkipRule::of_words(0, "State of affairs", &["gone".to_owned()]);
        assert_eq!(rule.applies(&row).as_deref(), Some("State of affairs is \"Gone\""));
    }
}
