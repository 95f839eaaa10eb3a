//! What is allowed but looks odd: said once for the whole roster, with counts, before anything is sent.

mod providers;

use std::cmp::Reverse;
use std::collections::BTreeMap;

use self::providers::is_public;
use super::places::Places;
use super::text::{count, listed};
use crate::mapping::{Draft, Leaving, WITH_NPI};
use crate::staff::{Email, Field, Level, Phone, PhoneError};
use crate::validation::{SharedNpis, read_npi};

/// Numbers that pass the check digit and are nobody's: what templates and documentation show.
const PLACEHOLDER_NPIS: [&str; 2] = ["1111155556", "1234567893"];

/// More domains than this are counted, not kept: memory must not grow with the roster.
const DOMAINS: usize = 1000;
/// How many things of a kind a warning names.
const NAMED: usize = 3;

/// Collects what looks odd, row by row.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Warnings {
    rows: u64,
    admins: u64,
    local_phones: u64,
    placeholders: BTreeMap<&'static str, u64>,
    domains: BTreeMap<String, u64>,
    /// Who is still to leave, by the header of the column that says so.
    leaving: BTreeMap<String, Places>,
    /// Words of status columns that are not known.
    statuses: BTreeMap<String, u64>,
    nobody: Places,
    /// Who would create reports by their role's profile, had they an NPI.
    without_npi: Places,
    /// Addresses on domains beyond the first [`DOMAINS`].
    other_domains: u64,
}

impl Warnings {
    /// Nothing seen yet.
    pub fn new() -> Self {
        Warnings::default()
    }

    /// Looks at a row. Those that are left out, or whose cells may stand in wrong columns, say nothing here.
    pub fn observe(&mut self, draft: &Draft) {
        if let (Some(Leaving::ToCome(header)), None) = (&draft.leaving, &draft.skip) {
            self.leaving.entry(header.clone()).or_default().note(&draft.at);
        }
        if draft.ragged || draft.skip.is_some() {
            return;
        }
        self.rows += 1;
        if let Some(status) = draft.unknown_status.as_ref().filter(|status| !status.may_have_left) {
            let status = format!("\"{}\" in \"{}\"", status.word, status.header);
            if self.statuses.len() < DOMAINS || self.statuses.contains_key(&status) {
                *self.statuses.entry(status).or_default() += 1;
            }
        }
        if draft.perhaps_nobody {
            self.nobody.note(&draft.at);
        }
        if draft.lacks_npi {
            self.without_npi.note(&draft.at);
        }
        let text = |field| draft.get(field).map(|value| value.text.as_str());
        if text(Field::Level).is_some_and(|level| Level::parse(level) == Ok(Level::Admin)) {
            self.admins += 1;
        }
        if text(Field::PhoneNumber).is_some_and(|phone| Phone::parse(phone) == Err(PhoneError::NoAreaCode)) {
            self.local_phones += 1;
        }
        let npi = draft.get(Field::NpiNumber).and_then(read_npi);
        if let Some(known) =
            PLACEHOLDER_NPIS.into_iter().find(|known| npi.as_ref().is_some_and(|npi| npi.as_str() == *known))
        {
            *self.placeholders.entry(known).or_default() += 1;
        }
        if let Some(email) = text(Field::Email).and_then(|email| Email::parse(email).ok()) {
            self.observe_domain(email.domain());
        }
    }

    fn observe_domain(&mut self, domain: String) {
        if self.domains.len() < DOMAINS || self.domains.contains_key(&domain) {
            *self.domains.entry(domain).or_default() += 1;
        } else {
            self.other_domains += 1;
        }
    }

    /// The warnings, a sentence each; `shared` is what [`People`](crate::validation::People) found.
    pub fn lines(&self, shared: SharedNpis) -> Vec<String> {
        let leaving = self.leaving.iter().map(|(header, places)| {
            let (rows, have) = (count(places.rows(), "row", "rows"), if places.rows() == 1 { "has" } else { "have" });
            let shown = places.shown();
            Some(format!("{rows} {have} a date in \"{header}\" that is still to come ({shown}): invited all the same"))
        });
        [self.many_admins(), shared_npis(shared), self.placeholder_npis(), self.public_mail(), self.many_domains()]
            .into_iter()
            .chain([self.phones_without_area_code(), self.without_npi(), self.nobodies(), self.unknown_statuses()])
            .chain(leaving)
            .flatten()
            .collect()
    }

    fn many_admins(&self) -> Option<String> {
        // In whole numbers: more than a tenth.
        (self.admins > 0 && self.admins * 10 > self.rows).then(|| {
            format!(
                "{} of {} would become {}: more than one in ten; admins can manage users and settings",
                self.admins,
                count(self.rows, "row", "rows"),
                if self.admins == 1 { "an admin" } else { "admins" }
            )
        })
    }

    fn placeholder_npis(&self) -> Option<String> {
        let rows: u64 = self.placeholders.values().sum();
        let numbers: Vec<String> = self.placeholders.keys().map(|npi| (*npi).to_owned()).collect();
        (rows > 0).then(|| {
            format!(
                "the NPI {} stands on {}: templates show it as an example, it is nobody's",
                listed(&numbers, numbers.len() as u64),
                count(rows, "row", "rows")
            )
        })
    }

    fn public_mail(&self) -> Option<String> {
        let public: Vec<_> = self.by_frequency().into_iter().filter(|(domain, _)| is_public(domain)).collect();
        let rows: u64 = public.iter().map(|(_, rows)| rows).sum();
        (rows > 0).then(|| {
            format!(
                "{} ({}): private addresses, or typed wrong",
                match rows {
                    1 => "1 address is on a public mail provider".to_owned(),
                    rows => format!("{rows} addresses are on public mail providers"),
                },
                named(&public, 0)
            )
        })
    }

    fn many_domains(&self) -> Option<String> {
        let work: Vec<_> = self.by_frequency().into_iter().filter(|(domain, _)| !is_public(domain)).collect();
        (work.len() > 1).then(|| {
            let more = if self.other_domains > 0 { "more than " } else { "" };
            format!(
                "the addresses are on {more}{} domains ({}); look at the rare ones, a typing error may hide there",
                work.len(),
                named(&work, self.other_domains)
            )
        })
    }

    fn phones_without_area_code(&self) -> Option<String> {
        (self.local_phones > 0).then(|| {
            format!(
                "{} seven digits only: the area code is missing, AutoScribe wants it",
                if self.local_phones == 1 {
                    "1 phone number has".to_owned()
                } else {
                    format!("{} phone numbers have", self.local_phones)
                }
            )
        })
    }

    fn without_npi(&self) -> Option<String> {
        let people = if self.without_npi.rows() == 1 { "person has" } else { "people have" };
        (self.without_npi.rows() > 0).then(|| {
            format!(
                "{} {people} no NPI, so the role's profile (\"{WITH_NPI}\") does not let them create reports ({}); that can be \
                 changed later only on the AutoScribe dashboard",
                self.without_npi.rows(),
                self.without_npi.shown()
            )
        })
    }

    fn unknown_statuses(&self) -> Option<String> {
        let named: Vec<String> =
            self.statuses.iter().map(|(status, rows)| format!("{status} ({})", count(*rows, "row", "rows"))).collect();
        let shown = &named[..named.len().min(NAMED)];
        (!named.is_empty()).then(|| {
            format!(
                "{}: it is not known whether that means that somebody has left, and they are invited all the same; if it does, name \
                 it under [skip] in the mapping file",
                listed(shown, named.len() as u64)
            )
        })
    }

    fn nobodies(&self) -> Option<String> {
        let like = if self.nobody.rows() == 1 { "row looks" } else { "rows look" };
        (self.nobody.rows() > 0).then(|| {
            format!(
                "{} {like} like a shared mailbox or an organisation, not a person ({}); whoever reads that mailbox could sign \
                 in: take it out, or leave it out with [skip] in the mapping file",
                self.nobody.rows(),
                self.nobody.shown()
            )
        })
    }

    fn by_frequency(&self) -> Vec<(&str, u64)> {
        let mut domains: Vec<_> = self.domains.iter().map(|(domain, rows)| (domain.as_str(), *rows)).collect();
        domains.sort_by_key(|(_, rows)| Reverse(*rows)); // stable: by name where counts are equal
        domains
    }
}

fn shared_npis(shared: SharedNpis) -> Option<String> {
    (shared.npis > 0).then(|| {
        format!(
            "{} on {} with different e-mail addresses, which will not be sent; where one NPI stands on most rows, the \
             column holds the clinic's number and not each person's: map another column",
            if shared.npis == 1 { "1 NPI stands".to_owned() } else { format!("{} NPIs stand", shared.npis) },
            count(shared.rows, "row", "rows")
        )
    })
}

/// `example.org 280, other.test 3 and 2 more`.
fn named(domains: &[(&str, u64)], beyond: u64) -> String {
    let first: Vec<String> = domains.iter().take(NAMED).map(|(domain, rows)| format!("{domain} {rows}")).collect();
    listed(&first, domains.len() as u64 + beyond)
}

#[cfg(test)]
mod tests;
