//! Rows that are not staff to invite: a column that says so plainly, or the mapping file's words.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use crate::roster::Row;

use super::fold::{fold, split_words};
use super::gone::{self, begins_with_one_of, behind_a_job, beside_a_name, holds};

/// A column and the words in it that leave a row out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SkipRule {
    pub(crate) column: usize,
    pub(crate) header: String,
    /// The mapping file's words: the whole cell, case and accents aside.
    exact: Option<HashSet<String>>,
    /// Whose compiled-in words count too, by the header.
    kind: Option<&'static str>,
    /// One of the roster's first rows has a word that is known, so the column is about what its header says.
    speaks: bool,
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
        let kind = kind_of(header)?;
        Some(SkipRule { column, header: header.to_owned(), exact: None, kind: Some(kind), speaks: false })
    }

    /// The mapping file's rule. The words that say it by themselves go on saying it.
    pub(crate) fn of_words(column: usize, header: &str, words: &[String]) -> SkipRule {
        let exact = words.iter().map(|word| fold(word.trim())).collect();
        SkipRule { column, header: header.to_owned(), exact: Some(exact), kind: kind_of(header), speaks: false }
    }

    /// Looks at the roster's first rows; gives back nothing where they are about something else: who is married.
    pub(crate) fn looked_at(mut self, sample: &[Row]) -> Option<SkipRule> {
        let mut texts =
            sample.iter().map(|row| fold(row.cell_text(self.column).trim())).filter(|text| !text.is_empty());
        let is_marital = self.exact.is_none() && texts.clone().any(|text| MARITAL.contains(&text.as_str()));
        self.speaks = texts.any(|text| self.leaves_out(&text) || self.is_here(&text));
        (!is_marital).then_some(self)
    }

    /// Why the row is left out, in words.
    pub(crate) fn applies(&self, row: &Row) -> Option<String> {
        let text = row.cell_text(self.column).trim();
        (!text.is_empty() && self.leaves_out(&fold(text))).then(|| format!("{} is \"{text}\"", self.header.trim()))
    }

    fn leaves_out(&self, folded: &str) -> bool {
        if self.exact.as_ref().is_some_and(|words| words.contains(folded)) {
            return true;
        }
        let by_itself = self.words(&TABLE.words).filter(|_| !self.is_of_remarks());
        // What stands inside does not count against a word for the contrary: that is asked.
        by_itself.is_some_and(|words| {
            begins_with_one_of(folded, words) || holds_telling(folded, words) && !self.is_here(folded)
        })
    }

    /// Remarks leave nobody out, whatever they say.
    pub(crate) fn is_of_remarks(&self) -> bool {
        self.kind == Some("notes") && self.exact.is_none()
    }

    fn is_here(&self, folded: &str) -> bool {
        let here = self.words(&TABLE.here);
        here.is_some_and(|words| begins_with_one_of(folded, words) || holds(folded, |word| words.contains(word)))
    }

    /// It says both that somebody is here and that somebody has left.
    fn is_torn(&self, folded: &str) -> bool {
        self.is_here(folded) && self.words(&TABLE.words).is_some_and(|words| holds_telling(folded, words))
    }

    fn words<'t>(&self, table: &'t HashMap<String, HashSet<String>>) -> Option<&'t HashSet<String>> {
        table.get(self.kind?)
    }

    /// What a cell says, if it plainly says that somebody is here.
    pub(crate) fn says_here<'r>(&self, row: &'r Row) -> Option<&'r str> {
        let text = row.cell_text(self.column).trim();
        let folded = fold(text);
        let here = !self.leaves_out(&folded) && self.is_here(&folded) && !self.is_torn(&folded);
        (!text.is_empty() && here).then_some(text)
    }

    /// A word that says neither that somebody has left nor that somebody is here, and that no mapping file has decided about.
    pub(crate) fn not_known(&self, row: &Row) -> Option<UnknownStatus> {
        let text = row.cell_text(self.column).trim();
        let folded = fold(text);
        if self.is_of_remarks() {
            let says = self.words(&TABLE.words).is_some_and(|words| is_said(&folded, words));
            let header = self.header.trim().to_owned();
            return says.then(|| UnknownStatus { header, word: text.to_owned(), may_have_left: true });
        }
        let tells = self.exact.is_none() && self.words(&TABLE.here).is_some();
        let here = self.is_here(&folded) && !self.is_torn(&folded);
        let known = text.is_empty() || self.leaves_out(&folded) || here;
        let header = self.header.trim().to_owned();
        (tells && !known).then(|| UnknownStatus { header, word: text.to_owned(), may_have_left: self.speaks })
    }
}

/// The words of a mapping file's `[skip]` that no row has had so far, by column.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct IdleSkips {
    columns: Vec<IdleColumn>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct IdleColumn {
    column: usize,
    header: String,
    words: Vec<String>,
    folded: Vec<String>,
}

impl IdleSkips {
    pub(super) fn of<'f>(rules: impl Iterator<Item = (usize, &'f String, &'f Vec<String>)>) -> IdleSkips {
        let idle = rules.filter(|(_, _, words)| !words.is_empty()).map(|(column, header, words)| IdleColumn {
            column,
            header: header.clone(),
            words: words.clone(),
            folded: words.iter().map(|word| fold(word.trim())).collect(),
        });
        IdleSkips { columns: idle.collect() }
    }

    /// Looks at a row: a column of which it has a word is idle no more.
    pub fn see(&mut self, row: &Row) {
        self.columns.retain(|idle| !idle.folded.contains(&fold(row.cell_text(idle.column).trim())));
    }

    /// The headers of which no row has had a word, with the words.
    pub fn left(&self) -> impl Iterator<Item = (&str, &[String])> {
        self.columns.iter().map(|idle| (idle.header.as_str(), idle.words.as_slice()))
    }
}

/// The word of a status column that is not known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownStatus {
    /// The column's header.
    pub header: String,
    /// The cell's text.
    pub word: String,
    /// Other words of the column are known, so this one may say that somebody has left; else the column may be about
    /// something else.
    pub may_have_left: bool,
}

/// Words of a `Status` column that is about something else.
const MARITAL: [&str; 14] = [
    "married",
    "single",
    "divorced",
    "widowed",
    "widow",
    "widower",
    "verheiratet",
    "ledig",
    "geschieden",
    "marie",
    "mariee",
    "celibataire",
    "casado",
    "casada",
];

fn kind_of(header: &str) -> Option<&'static str> {
    let without_section = header.split(" (Employment Profile)").next().unwrap_or(header);
    // `Status [READ ONLY]`, as some exports say of a column.
    let without_remark = without_section.split(" [").next().unwrap_or(without_section);
    let kind = |header: &str| TABLE.kinds.get(&split_words(header).join(" "));
    kind(without_section).or_else(|| kind(without_remark)).map(String::as_str)
}

/// Whether a cell holds one of the words that tell by themselves: a phrase of them, or what nobody and no job is called.
/// `Resource` and `Expired` may be about anything.
fn holds_telling(folded: &str, words: &HashSet<String>) -> bool {
    let telling = TABLE.words.get("beside_a_name");
    holds(folded, |word| {
        words.contains(word) && word.contains(' ') || telling.is_some_and(|telling| telling.contains(word))
    })
}

/// Whether a cell says one of the words, somewhere in it.
fn is_said(folded: &str, words: &HashSet<String>) -> bool {
    begins_with_one_of(folded, words) || holds(folded, |word| words.contains(word))
}

/// A cell that can only say that somebody has left, whatever its column is called.
pub(crate) fn says_left(text: &str) -> bool {
    TABLE.words.get("anywhere").is_some_and(|words| is_said(&fold(text.trim()), words))
}

/// The word beside a name that says that somebody has left.
pub(crate) fn left_in_name(text: &str) -> Option<String> {
    let words_of = |kind: &str| TABLE.words.get(kind);
    beside_a_name(text, words_of("beside_a_sign")?, words_of("beside_a_name")?)
}

/// The word behind a job that says it.
pub(crate) fn left_in_role(text: &str) -> Option<String> {
    behind_a_job(text, TABLE.words.get("beside_a_name")?).map(str::to_owned)
}

/// A heading over people who have left.
pub(crate) fn heads_leavers(text: &str) -> bool {
    TABLE.words.get("beside_a_name").is_some_and(|words| gone::heads_leavers(text, words))
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
            ("Relationship", "Spouse"),
            ("Record Type", "Facility"),
            ("Status", "I - Inactive"),
            ("Status", "Terminated - Full time"),
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
            ("Status", "Active - Resource Nurse"),
            ("Status", "Patient Care"),
            ("User Type", "Service Desk Analyst"),
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
        let unknown = not_known("Status", "Sleeping").unwrap();
        assert_eq!(
            (unknown.header.as_str(), unknown.word.as_str(), unknown.may_have_left),
            ("Status", "Sleeping", false)
        );
        assert!(not_known("Terminated", "3/1/2024").is_some() && not_known("Active", "perhaps").is_some());
        assert!(not_known("Status", "Active, was terminated in 2019").is_some(), "both are said");
        for (header, text) in
            [("Status", "Active - Full time"), ("Statut", "en congé"), ("Status", ""), ("Action", "Add")]
        {
            assert_eq!(not_known(header, text), None, "{text}");
        }
    }

    #[test]
    fn a_remark_leaves_nobody_out_and_may_say_that_somebody_has_left() {
        let row =
            |text: &str| Row { at: Location { sheet: None, row: 2 }, cells: vec![Cell::text(text)], ragged: false };
        let rule = SkipRule::of_header(0, "Comments").unwrap();
        for text in
            ["resigned 3/1", "Last day was Friday", "TERMINATED", "left 2/15", "do not invite", "retired last year"]
        {
            assert!(rule.applies(&row(text)).is_none() && rule.not_known(&row(text)).is_some(), "{text}");
        }
        for text in ["", "left-handed", "not retired", "covers for Dr. Ito", "parking left of the gate"] {
            assert_eq!(rule.not_known(&row(text)), None, "{text}");
        }
        let decided = SkipRule::of_words(0, "Comments", &[]);
        assert_eq!(decided.not_known(&row("TERMINATED")), None);
        assert!(decided.applies(&row("TERMINATED")).is_some());
    }

    #[test]
    fn the_mapping_files_words_add_to_those_that_are_known() {
        let row =
            |text: &str| Row { at: Location { sheet: None, row: 2 }, cells: vec![Cell::text(text)], ragged: false };
        let rule = SkipRule::of_words(0, "Status", &["Moonlighting".to_owned()]);
        assert!(["moonlighting", "Terminated"].iter().all(|text| rule.applies(&row(text)).is_some()));
        assert!(rule.applies(&row("Active")).is_none());
        assert_eq!(rule.not_known(&row("Sleeping")), None, "the file has decided");
    }

    #[test]
    fn a_column_speaks_where_its_words_are_known_and_not_of_marriage() {
        let looked_at = |texts: &[&str]| {
            let row = |text: &&str| Row {
                at: Location { sheet: None, row: 2 },
                cells: vec![Cell::text(*text)],
                ragged: false,
            };
            let sample: Vec<Row> = texts.iter().map(row).collect();
            let rule = SkipRule::of_header(0, "Status").unwrap().looked_at(&sample)?;
            Some(sample.iter().filter_map(|row| rule.not_known(row)).any(|unknown| unknown.may_have_left))
        };
        assert_eq!(looked_at(&["Active", "Sleeping"]), Some(true));
        assert_eq!(looked_at(&["Blue", "Yellow"]), Some(false));
        assert_eq!(looked_at(&["Married", "Separated", "Single"]), None);
    }

    #[test]
    fn the_reason_names_column_and_word() {
        let row = Row { at: Location { sheet: None, row: 2 }, cells: vec![Cell::text(" Gone ")], ragged: false };
        let rule = SkipRule::of_words(0, "State of affairs", &["gone".to_owned()]);
        assert_eq!(rule.applies(&row).as_deref(), Some("State of affairs is \"Gone\""));
    }
}
