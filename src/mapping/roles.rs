//! Role words: titles, specialties, credentials and taxonomy codes to the 61 clinic roles.
//!
//! In this order: the mapping file's words, the roles' own names, the vocabulary (`data/roles.csv`), the rules
//! (`data/role_rules.csv`). What could be two roles is never decided.

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::staff::ClinicRole;

use super::fold::{fold, is_invisible};
use super::role_rules;

/// What a role text means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum RoleReading {
    /// This role.
    Is(ClinicRole),
    /// A person has to decide; these are likely.
    Ambiguous(Vec<ClinicRole>),
    /// Nothing known.
    Unknown,
}

/// Role texts are compared by this: folded, punctuation to spaces, `D.O.` and `DO` alike.
pub(crate) fn role_key(text: &str) -> String {
    let visible: String = text.chars().filter(|c| !is_invisible(*c) && !matches!(c, '\'' | '\u{2019}')).collect();
    let folded = fold(&visible);
    let mut key = String::with_capacity(folded.len());
    let mut letters_alone = false;
    for word in folded.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()) {
        let letter = word.chars().count() == 1 && word.chars().all(char::is_alphabetic);
        let goes_on = letter && letters_alone;
        if !key.is_empty() && !goes_on {
            key.push(' ');
        }
        key.push_str(word);
        letters_alone = letter;
    }
    key
}

static VOCABULARY: LazyLock<HashMap<String, RoleReading>> = LazyLock::new(|| {
    // A table that does not parse cannot be released: a test reads it.
    parse_vocabulary(include_str!("data/roles.csv")).expect("data/roles.csv is well formed")
});

fn parse_vocabulary(text: &str) -> Result<HashMap<String, RoleReading>, String> {
    let mut vocabulary: HashMap<String, RoleReading> = HashMap::new();
    let mut reader = csv::ReaderBuilder::new().comment(Some(b'#')).from_reader(text.as_bytes());
    for record in reader.records() {
        let record = record.map_err(|error| error.to_string())?;
        let column = |at: usize| record.get(at).unwrap_or_default();
        let role = ClinicRole::parse(column(2)).map_err(|_| format!("no role {}", column(2)))?;
        let reading = match column(3) {
            "exact" => RoleReading::Is(role),
            "ambiguous" => RoleReading::Ambiguous(vec![role]),
            other => return Err(format!("confidence {other}")),
        };
        let entry = vocabulary.entry(role_key(column(0))).or_insert_with(|| reading.clone());
        *entry = merged(entry, &reading).ok_or_else(|| format!("\"{}\" is two roles", column(0)))?;
    }
    for role in ClinicRole::ALL {
        vocabulary.insert(role_key(role.as_str()), RoleReading::Is(role));
    }
    Ok(vocabulary)
}

/// Two entries that are one text to [`role_key`]: doubt wins, and two different certainties are a fault of the table.
fn merged(one: &RoleReading, other: &RoleReading) -> Option<RoleReading> {
    match (one, other) {
        (RoleReading::Is(a), RoleReading::Is(b)) => (a == b).then(|| one.clone()),
        (RoleReading::Unknown, other) | (other, RoleReading::Unknown) => Some(other.clone()),
        _ => {
            let mut roles = one.roles();
            roles.extend(other.roles().into_iter().filter(|role| !one.roles().contains(role)));
            Some(RoleReading::Ambiguous(roles))
        }
    }
}

impl RoleReading {
    /// The roles it names.
    pub(crate) fn roles(&self) -> Vec<ClinicRole> {
        match self {
            RoleReading::Is(role) => vec![*role],
            RoleReading::Ambiguous(roles) => roles.clone(),
            RoleReading::Unknown => Vec::new(),
        }
    }

    /// The role, where there is no doubt.
    pub(crate) fn certain(&self) -> Option<ClinicRole> {
        match self {
            RoleReading::Is(role) => Some(*role),
            _ => None,
        }
    }
}

/// What a role text means without a mapping file.
pub(crate) fn read_role(text: &str) -> RoleReading {
    let key = role_key(text);
    if let Some(reading) = VOCABULARY.get(&key) {
        return reading.clone();
    }
    let several = several_roles(text);
    if several.len() > 1 { RoleReading::Ambiguous(several) } else { role_rules::read(&key, &VOCABULARY) }
}

/// The roles of a person who has several jobs: `Medical Assistant / Scribe`, `MA / Front Desk`. None where the parts can
/// all be one job (`CT/MRI Technologist`, `RN/BSN`): then the whole text is read.
fn several_roles(text: &str) -> Vec<ClinicRole> {
    let parts: Vec<RoleReading> = text
        .split(['/', ';', '|', '+'])
        .map(role_key)
        .map(|part| VOCABULARY.get(&part).cloned().unwrap_or_else(|| role_rules::read(&part, &VOCABULARY)))
        .collect();
    let mut roles: Vec<ClinicRole> = Vec::new();
    for role in parts.iter().filter_map(RoleReading::certain) {
        if !roles.contains(&role) {
            roles.push(role);
        }
    }
    // What is doubtful by itself is another job only if it cannot be the one that is certain.
    let [one] = roles.as_slice() else { return roles };
    let others: Vec<ClinicRole> =
        parts.iter().map(RoleReading::roles).filter(|likely| !likely.contains(one)).flatten().collect();
    for role in others {
        if !roles.contains(&role) {
            roles.push(role);
        }
    }
    roles
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_vocabulary_parses_and_contradicts_itself_nowhere() {
        parse_vocabulary(include_str!("data/roles.csv")).unwrap();
    }

    #[test]
    fn punctuation_and_case_do_not_matter() {
        assert_eq!(role_key("D.O."), role_key("do"));
        assert_eq!(role_key("R.R.A."), "rra");
        assert_eq!(role_key("RT(R)(CT)"), "rt r ct");
        assert_eq!(role_key("Pathologists\u{2019} Assistant"), "pathologists assistant");
        assert_eq!(role_key("  MRI-Tech "), "mri tech");
    }

    #[test]
    fn two_jobs_are_asked_about_and_one_job_in_two_words_is_not() {
        for text in ["MA / Front Desk", "Medical Assistant/Scribe", "Front Desk + Phlebotomist"] {
            assert!(read_role(text).certain().is_none() && read_role(text).roles().len() > 1, "{text}");
        }
        for (text, role) in [
            ("CT/MRI Technologist", ClinicRole::ImagingTechnologist),
            ("X-Ray / CT Tech", ClinicRole::ImagingTechnologist),
            ("RN/BSN", ClinicRole::RegisteredNurse),
        ] {
            assert_eq!(read_role(text), RoleReading::Is(role), "{text}");
        }
    }

    #[test]
    fn the_61_roles_are_themselves() {
        for role in ClinicRole::ALL {
            assert_eq!(read_role(role.as_str()), RoleReading::Is(role));
            assert_eq!(read_role(&role.as_str().to_uppercase()), RoleReading::Is(role));
        }
    }
}
