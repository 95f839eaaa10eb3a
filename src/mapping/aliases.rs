//! What a header may feed: the claims of `data/claims.csv` over the concepts of its words.
//!
//! A claim is about one header; its conditions look at the others. Which column wins is [`super::columns`]'s decision.

use std::sync::LazyLock;

use crate::roster::HeaderJudge;
use crate::staff::Field;

use super::fold::split_words;
use super::headings::{self, read_row};
use super::words::{Concepts, WORDS};

/// What a column can be read for, before suffix and credential have been given their places.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Slot {
    /// A field; of the suffixes only the second, where a header numbers it.
    Field(Field),
    /// A combined name.
    FullName,
    /// Jr., III.
    Suffix,
    /// MD, RN.
    Credential,
}

/// How far a header alone can be trusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Certainty {
    /// Only asked about.
    Ask,
    /// Read if its values show that it is.
    Shown,
    /// Read if its values do not speak against it.
    Weak,
    /// Read.
    Sure,
}

/// That a column may feed a slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Claim {
    pub(crate) slot: Slot,
    pub(crate) certainty: Certainty,
    pub(crate) rank: u8,
}

#[derive(Clone, Copy, Debug)]
enum Condition {
    Fed(Slot),
    NotFed(Slot),
    SomeHas(Concepts),
    NoneHas(Concepts),
    BeforeName,
    NotBeforeName,
}

struct Rule {
    claim: Claim,
    needs: Concepts,
    may: Concepts,
    when: Vec<Condition>,
}

static RULES: LazyLock<Vec<Rule>> =
    // A table that does not parse cannot be released: a test reads it.
    LazyLock::new(|| parse_rules(include_str!("data/claims.csv")).expect("data/claims.csv is well formed"));

fn parse_rules(text: &str) -> Result<Vec<Rule>, String> {
    let mut reader = csv::ReaderBuilder::new().comment(Some(b'#')).from_reader(text.as_bytes());
    reader
        .records()
        .map(|record| {
            let record = record.map_err(|error| error.to_string())?;
            let column = |at: usize| record.get(at).unwrap_or_default();
            Ok(Rule {
                claim: Claim {
                    slot: parse_slot(column(0))?,
                    certainty: match column(1) {
                        "sure" => Certainty::Sure,
                        "weak" => Certainty::Weak,
                        "shown" => Certainty::Shown,
                        "ask" => Certainty::Ask,
                        other => return Err(format!("certainty {other}")),
                    },
                    rank: column(2).parse().map_err(|_| format!("rank {}", column(2)))?,
                },
                needs: concepts(column(3), ' ')?,
                may: concepts(column(4), ' ')?,
                when: column(5).split_whitespace().map(parse_condition).collect::<Result<_, _>>()?,
            })
        })
        .collect()
}

fn parse_slot(text: &str) -> Result<Slot, String> {
    match text {
        "full_name" => Ok(Slot::FullName),
        "suffix" => Ok(Slot::Suffix),
        "credential" => Ok(Slot::Credential),
        field => field.parse().map(Slot::Field).map_err(|error| error.to_string()),
    }
}

fn concepts(text: &str, between: char) -> Result<Concepts, String> {
    text.split(between).filter(|name| !name.is_empty()).try_fold(Concepts::default(), |set, name| {
        Ok(set.with(WORDS.named(name).ok_or_else(|| format!("no concept {name}"))?))
    })
}

fn parse_condition(text: &str) -> Result<Condition, String> {
    let (wanted, text) = text.strip_prefix('!').map_or((true, text), |rest| (false, rest));
    if text == "before_name" {
        return Ok(if wanted { Condition::BeforeName } else { Condition::NotBeforeName });
    }
    match (text.strip_prefix('~'), wanted) {
        (Some(names), true) => concepts(names, '+').map(Condition::SomeHas),
        (Some(names), false) => concepts(names, '+').map(Condition::NoneHas),
        (None, true) => parse_slot(text).map(Condition::Fed),
        (None, false) => parse_slot(text).map(Condition::NotFed),
    }
}

impl Rule {
    fn fits(&self, concepts: Concepts) -> bool {
        concepts.has(self.needs) && concepts.without(self.needs.with(self.may)).is_empty()
    }
}

/// The claims of every header of a row, the strongest first.
pub(crate) fn claims(headers: &[&str]) -> Vec<Vec<Claim>> {
    let read = read_row(headers);
    let surely_fed: Vec<Slot> = RULES
        .iter()
        .filter(|rule| rule.when.is_empty() && rule.claim.certainty >= Certainty::Weak)
        .filter(|rule| read.iter().any(|concepts| rule.fits(*concepts)))
        .map(|rule| rule.claim.slot)
        .collect();
    let holds = |condition: &Condition, at: usize| match condition {
        Condition::Fed(slot) => surely_fed.contains(slot),
        Condition::NotFed(slot) => !surely_fed.contains(slot),
        Condition::SomeHas(wanted) => read.iter().any(|concepts| concepts.has(*wanted)),
        Condition::NoneHas(wanted) => !read.iter().any(|concepts| concepts.has(*wanted)),
        Condition::BeforeName => read.get(at + 1).is_some_and(|next| is_name(*next)),
        Condition::NotBeforeName => !read.get(at + 1).is_some_and(|next| is_name(*next)),
    };
    let of_header = |(at, concepts): (usize, &Concepts)| {
        let mut claims: Vec<Claim> = Vec::new();
        for rule in RULES.iter().filter(|rule| rule.fits(*concepts)) {
            if rule.when.iter().all(|condition| holds(condition, at)) {
                match claims.iter_mut().find(|claim| claim.slot == rule.claim.slot) {
                    Some(claim) if (claim.certainty, claim.rank) < (rule.claim.certainty, rule.claim.rank) => {
                        *claim = rule.claim;
                    }
                    Some(_) => {}
                    None => claims.push(rule.claim),
                }
            }
        }
        claims
    };
    read.iter().enumerate().map(of_header).collect()
}

/// A header that only rules without conditions say is a part of a name, or a whole one.
pub(super) fn is_name(concepts: Concepts) -> bool {
    const NAMES: [Slot; 3] = [Slot::Field(Field::FirstName), Slot::Field(Field::LastName), Slot::FullName];
    RULES.iter().any(|rule| {
        rule.claim.rank > 60
            && rule.claim.certainty >= Certainty::Weak
            && NAMES.contains(&rule.claim.slot)
            && rule.fits(concepts)
    })
}

/// What a header may be read for, whatever stands beside it.
pub(super) fn slots(concepts: Concepts) -> Vec<Slot> {
    RULES
        .iter()
        .filter(|rule| rule.claim.certainty >= Certainty::Weak && rule.fits(concepts))
        .map(|rule| rule.claim.slot)
        .collect()
}

/// Judges header lines by the words that columns are known to be called.
#[derive(Clone, Copy, Debug, Default)]
pub struct KnownHeaders;

impl HeaderJudge for KnownHeaders {
    fn recognised(&self, cells: &[&str]) -> usize {
        let read = read_row(cells);
        cells.iter().zip(read).filter(|(cell, concepts)| is_known_header(cell, *concepts)).count()
    }

    fn belongs_under(&self, heading: &str, name: &str, is_double: bool) -> bool {
        headings::belongs_under(heading, name, is_double)
    }
}

/// The longest header that is one; a longer cell is prose.
const MAX_HEADER_CHARS: usize = 100;

fn is_known_header(cell: &str, concepts: Concepts) -> bool {
    let text = cell.trim();
    if text.is_empty() || text.contains('@') || text.chars().count() > MAX_HEADER_CHARS {
        return false;
    }
    let named_alone = RULES.iter().any(|rule| rule.claim.rank > 45 && rule.fits(concepts));
    named_alone || OTHER_HEADERS.contains(&split_words(text).join(" ").as_str())
}

/// Columns that rosters have and nobody maps. Origin: the same templates as the other tables.
static OTHER_HEADERS: LazyLock<Vec<&'static str>> = LazyLock::new(|| {
    include_str!("data/other_headers.txt").lines().filter(|line| !line.is_empty() && !line.starts_with('#')).collect()
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_parses() {
        parse_rules(include_str!("data/claims.csv")).unwrap();
    }

    #[test]
    fn other_headers_are_folded() {
        for header in OTHER_HEADERS.iter() {
            assert_eq!(split_words(header).join(" "), *header);
        }
    }

    #[test]
    fn header_lines_are_told_from_people_and_banners() {
        assert_eq!(KnownHeaders.recognised(&["First Name", "Last Name", "Work Email", "NPI #", "Department", ""]), 5);
        assert_eq!(KnownHeaders.recognised(&["Ana", "Ruiz", "ana@example.org", "1234567893", "Radiology", ""]), 0);
        assert_eq!(KnownHeaders.recognised(&["Contact: First Name", "Contact: Last Name", "Contact: E-mail"]), 3);
        assert_eq!(KnownHeaders.recognised(&["Employee Roster as of 09/01/2026", "", ""]), 0);
    }
}
