//! Decides between the columns that claim the same target.

use std::collections::BTreeMap;

use crate::roster::Row;
use crate::staff::Field;

use super::affix::{is_credential, is_generation};
use super::aliases::{Certainty, Claim, Slot, claims};
use super::columns::Question;
use super::content::{FEWEST, against_first_name_first, are_clinic_roles, show, speaks_against, values};
use super::headings::{somebody_elses, unknown_words};
use super::names::{NameOrder, order_of_header};
use super::target::Target;
use super::words::WORDS;

/// What the mapping file has decided.
#[derive(Default)]
pub(super) struct Decided {
    pub(super) columns: BTreeMap<Target, Vec<usize>>,
    pub(super) ignored: Vec<usize>,
}

/// Who feeds what, and what is left to ask.
#[derive(Default)]
pub(super) struct Resolved {
    pub(super) sources: BTreeMap<Target, Vec<usize>>,
    pub(super) questions: Vec<Question>,
    /// The best column for a combined name, where it is not read.
    pub(super) spare_name: Option<usize>,
}

/// The order in which slots take their columns: whoever comes first has the first choice of a column that could be two
/// things (a `Title` is a job before it is a degree).
const ORDER: [Slot; 15] = [
    Slot::Field(Field::Email),
    Slot::Field(Field::NpiNumber),
    Slot::Field(Field::FirstName),
    Slot::Field(Field::LastName),
    Slot::Field(Field::MiddleName),
    Slot::FullName,
    Slot::Field(Field::PhoneNumber),
    Slot::Field(Field::ClinicRole),
    Slot::Suffix,
    Slot::Field(Field::Suffix2),
    Slot::Credential,
    Slot::Field(Field::Level),
    Slot::Field(Field::CanCreateReports),
    Slot::Field(Field::CanManageStudies),
    Slot::Field(Field::HasDashboardAccess),
];

/// What a combined name feeds.
const NAME_PARTS: [Target; 3] =
    [Target::Field(Field::FirstName), Target::Field(Field::LastName), Target::Field(Field::MiddleName)];

/// Where a generation and a credential go, in this order.
const SUFFIXES: [Target; 2] = [Target::Field(Field::Suffix1), Target::Field(Field::Suffix2)];

/// Decides.
pub(super) fn resolve(
    headers: &[String],
    sample: &[Row],
    decided: &Decided,
    given: &dyn Fn(Field) -> bool,
) -> Resolved {
    let names: Vec<&str> = headers.iter().map(String::as_str).collect();
    let mut resolver = Resolver {
        headers,
        sample,
        decided,
        given,
        claims: claims(&names),
        is_somebody_elses: somebody_elses(&names),
        unknown_words: unknown_words(&names),
        taken: vec![false; headers.len()],
        resolved: Resolved { sources: decided.columns.clone(), questions: Vec::new(), spare_name: None },
    };
    for column in decided.columns.values().flatten().chain(&decided.ignored) {
        resolver.taken[*column] = true;
    }
    for slot in ORDER {
        resolver.fill(slot);
    }
    resolver.order_suffixes();
    resolver.resolved.spare_name = resolver.claimants(Slot::FullName, |_| true).first().map(|(_, column)| *column);
    resolver.resolved
}

/// The state of a decision: what is taken, what has been decided, what is asked.
pub(super) struct Resolver<'a> {
    pub(super) headers: &'a [String],
    sample: &'a [Row],
    decided: &'a Decided,
    pub(super) given: &'a dyn Fn(Field) -> bool,
    claims: Vec<Vec<Claim>>,
    pub(super) is_somebody_elses: Vec<bool>,
    /// The header has a word that nobody knows.
    unknown_words: Vec<bool>,
    pub(super) taken: Vec<bool>,
    pub(super) resolved: Resolved,
}

impl Resolver<'_> {
    fn fill(&mut self, slot: Slot) {
        let Some(target) = self.target_of(slot) else { return };
        let mut readable = self.readable(slot);
        // AutoScribe's own words say more than anybody's titles.
        if slot == Slot::Field(Field::ClinicRole)
            && let Some(at) = readable
                .iter()
                .position(|(_, column)| is_role(&self.headers[*column]) && are_clinic_roles(&self.values(*column)))
        {
            readable.swap(0, at);
            readable[0].0.rank = u8::MAX;
        }
        let mut refused: Vec<(usize, String)> = Vec::new();
        while let Some(best) = readable.first().map(|(claim, _)| claim.rank) {
            let alike = |(claim, column): &&(Claim, usize)| {
                claim.rank == best && self.is_silent(*column) == self.is_silent(readable[0].1)
            };
            let tied: Vec<usize> = readable.iter().take_while(alike).map(|(_, column)| *column).collect();
            let (spoken_against, sound): (Vec<_>, Vec<_>) =
                tied.iter().partition::<Vec<usize>, _>(|column| self.against(slot, **column).is_some());
            for column in spoken_against {
                refused.push((column, self.against(slot, column).unwrap_or_default()));
            }
            let at_work = (slot == Slot::Field(Field::PhoneNumber)).then(|| self.perhaps_at_work(best)).flatten();
            match sound.as_slice() {
                [] => {
                    readable.drain(..tied.len());
                }
                [column, others @ ..] if others.iter().all(|other| self.same_values(*column, *other)) => {
                    if let Some(perhaps) = at_work {
                        return self.ask_which(target, &[perhaps, *column]);
                    }
                    self.read(target, *column, others);
                    self.fill_its_blanks(slot, target, *column);
                    return;
                }
                several => return self.ask_which(target, several),
            }
        }
        self.ask_about_the_rest(slot, target, &refused);
    }

    /// Beside a mobile phone's column, one of phone numbers whose header has a word nobody knows: it may be the phone at work,
    /// which comes first.
    fn perhaps_at_work(&self, chosen: u8) -> Option<usize> {
        const MOBILE: u8 = 70;
        let slot = Slot::Field(Field::PhoneNumber);
        let unknown = |column: &usize| self.unknown_words[*column] && show(slot, &self.values(*column));
        let asked = self.claimants(slot, |certainty| certainty == Certainty::Ask);
        asked.into_iter().map(|(_, column)| column).find(unknown).filter(|_| chosen <= MOBILE)
    }

    /// Where a slot's column goes; nowhere if that has been decided or is not wanted.
    fn target_of(&self, slot: Slot) -> Option<Target> {
        let target = match slot {
            Slot::Field(Field::Suffix1) => return None,
            Slot::Field(field) => Target::Field(field),
            Slot::FullName => {
                let known = |field: &Field| self.feeds(Target::Field(*field)) || self.is_asked(Target::Field(*field));
                let name_is_whole = [Field::FirstName, Field::LastName].iter().all(known);
                let settled = name_is_whole || self.is_decided(Target::FullName);
                return (!settled).then_some(Target::FullName);
            }
            Slot::Suffix => Target::Field(Field::Suffix1),
            Slot::Credential if self.credential_is_decided() => return None,
            Slot::Credential => {
                let taken = |target| self.is_decided(target) || self.feeds(target) || self.is_asked(target);
                return SUFFIXES.into_iter().find(|target| !taken(*target));
            }
        };
        let by_full_name = NAME_PARTS.contains(&target)
            && self.decided.columns.get(&Target::FullName).is_some_and(|columns| !columns.is_empty());
        (!self.is_decided(target) && !by_full_name).then_some(target)
    }

    fn is_decided(&self, target: Target) -> bool {
        self.decided.columns.contains_key(&target)
    }

    fn feeds(&self, target: Target) -> bool {
        self.resolved.sources.get(&target).is_some_and(|columns| !columns.is_empty())
    }

    /// The mapping file has given one of the suffixes a credential's column.
    fn credential_is_decided(&self) -> bool {
        let columns = SUFFIXES.iter().filter_map(|target| self.decided.columns.get(target)).flatten();
        columns.copied().any(|column| self.claims[column].iter().any(|claim| claim.slot == Slot::Credential))
    }

    fn is_asked(&self, target: Target) -> bool {
        self.resolved.questions.iter().any(|question| question.target == target)
    }

    /// The free columns that claim a slot, the best first.
    pub(super) fn claimants(&self, slot: Slot, is: impl Fn(Certainty) -> bool) -> Vec<(Claim, usize)> {
        let mut found: Vec<(Claim, usize)> = self
            .claims
            .iter()
            .enumerate()
            .filter(|(column, _)| !self.taken[*column])
            .flat_map(|(column, claims)| claims.iter().map(move |claim| (*claim, column)))
            .filter(|(claim, _)| claim.slot == slot && is(claim.certainty))
            .collect();
        found.sort_by(|a, b| b.0.rank.cmp(&a.0.rank).then(a.1.cmp(&b.1)));
        found
    }

    /// The columns that may be read for a slot, the best first; one without any value is read only for want of another.
    fn readable(&self, slot: Slot) -> Vec<(Claim, usize)> {
        let shown =
            |(claim, column): &(Claim, usize)| claim.certainty != Certainty::Shown || show(slot, &self.values(*column));
        let mut readable = self.claimants(slot, is_read);
        readable.retain(shown);
        readable.sort_by_key(|(_, column)| self.is_silent(*column));
        readable
    }

    pub(super) fn values(&self, column: usize) -> Vec<&str> {
        values(self.sample, column)
    }

    /// The sample is long enough to tell, and the column says nothing in it.
    pub(super) fn is_silent(&self, column: usize) -> bool {
        self.sample.len() >= FEWEST && self.values(column).is_empty()
    }

    fn against(&self, slot: Slot, column: usize) -> Option<String> {
        let values = self.values(column);
        let order_is_said = || {
            let said = order_of_header(&self.headers[column]);
            said.is_some_and(|said| said.order == NameOrder::LastFirst)
        };
        speaks_against(slot, &values).or_else(|| match slot {
            Slot::FullName if !order_is_said() => against_first_name_first(&values),
            _ => None,
        })
    }

    /// Both columns say the same wherever they say anything; two blank columns do not count as the same.
    fn same_values(&self, one: usize, other: usize) -> bool {
        !self.values(one).is_empty()
            && self.sample.iter().all(|row| row.cell_text(one).trim() == row.cell_text(other).trim())
    }

    /// Of two columns of suffixes the one with the generations comes first.
    fn order_suffixes(&mut self) {
        let [one, two] = SUFFIXES;
        let column_of = |target| match self.resolved.sources.get(&target).map(Vec::as_slice) {
            Some([column]) if !self.is_decided(target) => Some(*column),
            _ => None,
        };
        let (Some(first), Some(second)) = (column_of(one), column_of(two)) else { return };
        let all = |column, is: fn(&str) -> bool| {
            let values = self.values(column);
            !values.is_empty() && values.into_iter().all(is)
        };
        if all(first, is_credential) && all(second, is_generation) {
            self.resolved.sources.insert(one, vec![second]);
            self.resolved.sources.insert(two, vec![first]);
        }
    }

    fn read(&mut self, target: Target, column: usize, same: &[usize]) {
        self.resolved.sources.insert(target, vec![column]);
        if target == Target::FullName {
            // It feeds the parts that are still open.
            self.resolved.questions.retain(|question| !NAME_PARTS.contains(&question.target));
        }
        self.taken[column] = true;
        for other in same {
            self.taken[*other] = true;
        }
    }

    /// A specialty stands for physicians only, in a roster of all staff: where it is blank, the job title is read.
    fn fill_its_blanks(&mut self, slot: Slot, target: Target, column: usize) {
        if slot != Slot::Field(Field::ClinicRole) {
            return;
        }
        let fills = |other: &usize| {
            let says = |row: &Row, column: usize| !values(std::slice::from_ref(row), column).is_empty();
            self.against(slot, *other).is_none()
                && self.sample.iter().any(|row| !says(row, column) && says(row, *other))
        };
        if let Some(other) = self.readable(slot).into_iter().map(|(_, other)| other).find(fills) {
            self.resolved.sources.entry(target).or_default().push(other);
            self.taken[other] = true;
        }
    }

    pub(super) fn names_in_file(&self, columns: &[usize]) -> Vec<String> {
        columns.iter().map(|column| name_in_file(self.headers, *column)).collect()
    }

    pub(super) fn names(&self, columns: &[usize]) -> Vec<String> {
        columns.iter().map(|column| self.headers[*column].clone()).collect()
    }
}

/// A header that speaks of a role, and not of a job, a title or a specialty.
fn is_role(header: &str) -> bool {
    let says = |name| WORDS.named(name).is_some_and(|concept| WORDS.read(header).has(concept));
    says("role") || says("clinic_role")
}

/// How the mapping file names a column: its header, numbered where there are several of it.
pub(super) fn name_in_file(headers: &[String], column: usize) -> String {
    let header = headers[column].trim();
    let same = |at: &usize| headers[*at].trim() == header;
    match (0..headers.len()).filter(same).count() {
        1 => header.to_owned(),
        _ => format!("{header} #{}", (0..=column).filter(same).count()),
    }
}

pub(super) fn is_read(certainty: Certainty) -> bool {
    certainty != Certainty::Ask
}
