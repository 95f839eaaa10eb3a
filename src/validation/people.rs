//! Rows held against each other: the same person twice, and rows that contradict each other.
//!
//! One person is one e-mail address; names never decide. Rows with the same address that would send the same are one
//! person written twice; with anything different, none of them can be trusted. The same NPI with different addresses
//! is two people with one identity, and cannot be right either.
//!
//! A row leaves 32 bytes here and none of its text: keyed fingerprints of its address, its NPI and all that would be
//! sent. Two addresses that fell on one 64-bit fingerprint (less than 1 in 10 million for a million rows) would refuse
//! two rows, never send one wrongly.

use std::collections::HashMap;
use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;
use std::sync::{Arc, OnceLock};

use super::fields::{self, read_npi};
use super::problem::{Fault, Problem};
use crate::mapping::{Draft, FieldValue};
use crate::roster::Location;
use crate::staff::{Email, EmailKey, Field};

/// How many other rows a message names.
const NAMED: usize = 5;

/// How a row stands to the others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// No other row has its e-mail address or its NPI, or it is the first of several that say the same.
    Alone,
    /// An earlier row says the same of the same person.
    DuplicateOf {
        /// That row's place among the data rows.
        seq: u64,
        /// Where a person finds it (`17`, `Staff!17`).
        at: String,
    },
    /// Other rows say something else of this person; none of them may be sent.
    Contradicts(Vec<Problem>),
}

/// How often NPIs are shared by rows with different e-mail addresses.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SharedNpis {
    /// NPIs that stand on rows with different addresses.
    pub npis: u64,
    /// The rows they stand on.
    pub rows: u64,
}

/// Every row seen, as fingerprints. First [`observe`](People::observe) all rows, then ask for their
/// [`standing`](People::standing).
#[derive(Debug, Default)]
pub struct People {
    hasher: RandomState,
    sheet: Option<Arc<str>>,
    seen: Vec<Seen>,
    groups: OnceLock<Groups>,
}

/// What is kept of a row.
#[derive(Clone, Copy, Debug)]
struct Seen {
    /// Of the address; where it is not valid, of its text, and then `content` is [`NOBODY`].
    who: u64,
    /// Of the NPI; [`NO_NPI`] where there is none that is valid.
    npi: u64,
    /// Of all that would be sent.
    content: u64,
    place: Place,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    seq: u32,
    row: u32,
}

/// The row takes no part in the comparison by address.
const NOBODY: u64 = 0;
/// The row takes no part in the comparison by NPI.
const NO_NPI: u64 = 0;

/// The rows that share something, by fingerprint; whoever is in neither table is alone.
#[derive(Debug, Default)]
struct Groups {
    by_email: HashMap<u64, EmailGroup>,
    by_npi: HashMap<u64, NpiGroup>,
    shared_npis: SharedNpis,
}

/// Several rows with one address.
#[derive(Debug)]
struct EmailGroup {
    /// The first of them, in roster order, one more than a message names.
    first: Vec<Place>,
    rows: u64,
    differ: bool,
}

/// One NPI with several addresses.
#[derive(Debug)]
struct NpiGroup {
    /// The first row of each of the first addresses, one more than a message names.
    first: Vec<(u64, Place)>,
    people: u64,
}

impl People {
    /// Nobody seen yet.
    pub fn new() -> Self {
        People::default()
    }

    /// Takes note of a row. Rows that are skipped, ragged or without any e-mail take no part.
    pub fn observe(&mut self, seq: u64, at: &Location, draft: &Draft) {
        if let Some(mut seen) = self.fingerprints(draft) {
            seen.place = Place { seq: narrow(seq), row: narrow(at.row) };
            self.seen.push(seen);
            if self.sheet.is_none() {
                self.sheet.clone_from(&at.sheet);
            }
            self.groups.take();
        }
    }

    /// How a row that was observed stands to all the others that were.
    pub fn standing(&self, seq: u64, draft: &Draft) -> Standing {
        let Some(seen) = self.fingerprints(draft) else {
            return Standing::Alone;
        };
        let me = narrow(seq);
        let groups = self.groups();
        let same_email = groups.by_email.get(&seen.who).filter(|_| seen.content != NOBODY);
        let same_npi = groups.by_npi.get(&seen.npi).filter(|_| seen.npi != NO_NPI);
        let mut problems = Vec::new();
        if let Some(group) = same_email.filter(|group| group.differ) {
            problems.push(self.email_shared(draft, group, me));
        }
        if let Some(group) = same_npi {
            problems.push(self.npi_shared(draft, group, seen.who));
        }
        if !problems.is_empty() {
            return Standing::Contradicts(problems);
        }
        match same_email.and_then(|group| group.first.first()) {
            Some(first) if first.seq != me => {
                Standing::DuplicateOf { seq: u64::from(first.seq), at: self.location(*first).to_string() }
            }
            _ => Standing::Alone,
        }
    }

    /// How often NPIs are shared, for the preview.
    pub fn shared_npis(&self) -> SharedNpis {
        self.groups().shared_npis
    }

    fn groups(&self) -> &Groups {
        self.groups.get_or_init(|| Groups::of(&self.seen))
    }

    /// A row's fingerprints, its place left blank; `None` for a row that takes no part.
    fn fingerprints(&self, draft: &Draft) -> Option<Seen> {
        if draft.ragged || draft.skip.is_some() {
            return None;
        }
        let address = &draft.get(Field::Email)?.text;
        let content = match Email::parse(address) {
            Ok(_) => self.fingerprint(&normalised(draft)),
            Err(_) => NOBODY,
        };
        let npi = draft.get(Field::NpiNumber).and_then(read_npi);
        Some(Seen {
            who: self.fingerprint(&EmailKey::of(address)),
            npi: npi.map_or(NO_NPI, |npi| self.fingerprint(&npi)),
            content,
            place: Place { seq: 0, row: 0 },
        })
    }

    /// Never 0, which stands for "takes no part".
    fn fingerprint(&self, value: &impl std::hash::Hash) -> u64 {
        self.hasher.hash_one(value).max(1)
    }

    fn location(&self, place: Place) -> Location {
        Location { sheet: self.sheet.clone(), row: u64::from(place.row) }
    }

    fn email_shared(&self, draft: &Draft, group: &EmailGroup, me: u32) -> Problem {
        let others = group.first.iter().filter(|place| place.seq != me).copied();
        let message = format!(
            "{} the same address with other details, so none of them is sent; keep one row for each person, and give \
             each person an address of their own",
            self.rows_have(others, group.rows - 1)
        );
        contradiction(draft, Field::Email, "email_shared", message)
    }

    fn npi_shared(&self, draft: &Draft, group: &NpiGroup, who: u64) -> Problem {
        let others = group.first.iter().filter(|(other, _)| *other != who).map(|(_, place)| *place);
        let message = format!(
            "{} the same NPI with another e-mail address, so none of them is sent; an NPI belongs to one person: look \
             up whose it is, and take it out of the other rows",
            self.rows_have(others, group.people - 1)
        );
        contradiction(draft, Field::NpiNumber, "npi_shared", message)
    }

    /// `row 17 has`, `rows 17, 18 and 12 more have`.
    fn rows_have(&self, places: impl Iterator<Item = Place>, count: u64) -> String {
        let named: Vec<String> = places.take(NAMED).map(|place| self.location(place).to_string()).collect();
        match (named.as_slice(), count.saturating_sub(named.len() as u64)) {
            ([one], 0) => format!("row {one} has"),
            ([rest @ .., last], 0) => format!("rows {} and {last} have", rest.join(", ")),
            (named, more) => format!("rows {} and {more} more have", named.join(", ")),
        }
    }
}

impl Groups {
    fn of(seen: &[Seen]) -> Self {
        let mut groups = Groups::default();
        // Positions are sorted, not rows: they are an eighth of the size, and the rows stay as they are.
        let mut order: Vec<u32> = (0..narrow(seen.len() as u64)).collect();
        let row = |index: &u32| &seen[*index as usize];
        order.sort_unstable_by_key(|index| (row(index).who, row(index).place));
        for run in order.chunk_by(|a, b| row(a).who == row(b).who) {
            groups.add_email(run.iter().map(row).filter(|seen| seen.content != NOBODY));
        }
        order.retain(|index| row(index).npi != NO_NPI);
        order.sort_unstable_by_key(|index| (row(index).npi, row(index).who, row(index).place));
        for run in order.chunk_by(|a, b| row(a).npi == row(b).npi) {
            groups.add_npi(run.iter().map(row));
        }
        groups
    }

    /// Takes the rows of one address, in roster order.
    fn add_email<'a>(&mut self, rows: impl Iterator<Item = &'a Seen> + Clone) {
        let Some(one) = rows.clone().next() else {
            return;
        };
        let count = rows.clone().count() as u64;
        if count > 1 {
            let differ = rows.clone().any(|seen| seen.content != one.content);
            let first = rows.take(NAMED + 1).map(|seen| seen.place).collect();
            self.by_email.insert(one.who, EmailGroup { first, rows: count, differ });
        }
    }

    /// Takes the rows of one NPI, sorted by address, then in roster order.
    fn add_npi<'a>(&mut self, rows: impl Iterator<Item = &'a Seen> + Clone) {
        let Some(one) = rows.clone().next() else {
            return;
        };
        let mut first: Vec<(u64, Place)> = rows.clone().map(|seen| (seen.who, seen.place)).collect();
        first.dedup_by_key(|(who, _)| *who);
        if first.len() > 1 {
            let people = first.len() as u64;
            first.sort_unstable_by_key(|(_, place)| *place);
            first.truncate(NAMED + 1);
            first.shrink_to_fit();
            self.shared_npis.npis += 1;
            self.shared_npis.rows += rows.count() as u64;
            self.by_npi.insert(one.npi, NpiGroup { first, people });
        }
    }
}

fn contradiction(draft: &Draft, field: Field, code: &'static str, message: String) -> Problem {
    let fault = Fault { code, message };
    match draft.get(field) {
        Some(value) => Problem::of_value(&draft.at, field, value, fault),
        None => Problem {
            at: draft.at.clone(),
            column: None,
            field: Some(field),
            value: String::new(),
            code,
            message: fault.message,
        },
    }
}

/// What a row would send, each value in its one form; where it is not valid, as it stands, which is never the same as a
/// valid one: a row that can be sent must not be taken for the repetition of one that cannot.
fn normalised(draft: &Draft) -> [Option<Result<String, String>>; 13] {
    Field::ALL.map(|field| draft.get(field).map(|value| normal_form(field, value)))
}

fn normal_form(field: Field, value: &FieldValue) -> Result<String, String> {
    let valid = fields::usable(value).and_then(|()| {
        Ok(match field {
            Field::Email => fields::email(value)?.key().as_str().to_owned(),
            Field::FirstName | Field::LastName | Field::MiddleName | Field::Suffix1 | Field::Suffix2 => {
                fields::name(value)?.to_string()
            }
            Field::NpiNumber => fields::npi(value)?.to_string(),
            Field::PhoneNumber => fields::phone(value)?.to_string(),
            Field::ClinicRole => fields::role(value)?.to_string(),
            Field::Level => fields::level(value)?.to_string(),
            Field::CanCreateReports | Field::CanManageStudies | Field::HasDashboardAccess => {
                fields::boolean(value)?.to_string()
            }
        })
    });
    valid.map_err(|_| value.text.trim().to_owned())
}

/// Rows and places are counted in 32 bits here: four thousand million rows are no roster.
fn narrow(number: u64) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests;
