//! What a column's values say against its header: an address column without addresses, an NPI that everybody shares.

use std::collections::HashMap;

use crate::roster::Row;
use crate::staff::{Field, Npi};

use super::affix::{Affix, all_are};
use super::aliases::Slot;
use super::clean::{clean, says_nothing};
use super::roles::{RoleReading, read_role};

/// The fewest values that can speak against a header: below, a few slips of the pen would.
const FEWEST: usize = 3;

/// The values of one column in the sample, trimmed; blanks, and words for nothing, left out.
pub(crate) fn values(sample: &[Row], column: usize) -> Vec<&str> {
    let texts = sample.iter().map(|row| row.cell_text(column).trim());
    texts.filter(|text| !text.is_empty() && !says_nothing(text)).collect()
}

/// Why the values of a column cannot be what its header says, in words that complete "… ; say …"; none: nothing against.
pub(crate) fn speaks_against(slot: Slot, values: &[&str]) -> Option<String> {
    if let Slot::Field(Field::Level) = slot {
        let ours = |value: &&str| matches!(value.to_lowercase().as_str(), "admin" | "member" | "owner");
        let none = !values.is_empty() && !most(values, |value| ours(&value));
        return none.then(|| "most of its values are not admin or member".to_owned());
    }
    if values.len() < FEWEST {
        return None;
    }
    match slot {
        Slot::Field(Field::Email) => against_email(values),
        Slot::Field(Field::NpiNumber) => against_npi(values),
        Slot::Field(Field::PhoneNumber) => {
            let enough_digits = |value: &str| value.chars().filter(char::is_ascii_digit).count() >= 7;
            (!most(values, enough_digits)).then(|| "most of its values are no phone numbers".to_owned())
        }
        Slot::Field(Field::FirstName | Field::LastName) | Slot::FullName => {
            let like_a_name = |value: &str| value.chars().any(char::is_alphabetic) && !value.contains(['@', '_']);
            let digits = |value: &str| value.chars().filter(char::is_ascii_digit).count() * 2 > value.chars().count();
            (!most(values, |value| like_a_name(value) && !digits(value)))
                .then(|| "most of its values are no names".to_owned())
        }
        Slot::Field(Field::ClinicRole) => against_role(values),
        Slot::Suffix | Slot::Credential | Slot::Field(Field::Suffix2) => against_suffix(values),
        Slot::Field(_) => None,
    }
}

fn against_email(values: &[&str]) -> Option<String> {
    let address = |value: &str| {
        let cleaned = clean(value, Some(Field::Email)).text;
        cleaned.split_once('@').is_some_and(|(local, domain)| !local.is_empty() && domain.contains('.'))
    };
    if !most(values, address) {
        return Some("most of its values are no e-mail addresses".to_owned());
    }
    repeated(values).map(|(value, count)| {
        format!("one address ({value}) stands in {count} of {} rows, so it is not each person's own", values.len())
    })
}

fn against_npi(values: &[&str]) -> Option<String> {
    if let Some((value, count)) = repeated(values) {
        return Some(format!(
            "one number ({value}) stands in {count} of {} rows, so it is not each person's own",
            values.len()
        ));
    }
    let valid = |value: &str| Npi::parse(&clean(value, Some(Field::NpiNumber)).text).is_ok();
    // Numbers that lost their digits in a spreadsheet are each row's problem, not another number.
    let mangled = |value: &str| value.contains(['E', 'e']) && value.contains('+');
    let plausible = values.iter().filter(|value| valid(value) || mangled(value)).count();
    (plausible * 2 < values.len()).then(|| "most of its numbers do not have an NPI's check digit".to_owned())
}

/// The commonest value and how often it stands, when that is in most rows.
fn repeated(values: &[&str]) -> Option<(String, usize)> {
    let mut counts: HashMap<String, usize> = HashMap::new();
    for value in values {
        *counts.entry(value.to_lowercase()).or_default() += 1;
    }
    counts.into_iter().max_by_key(|(_, count)| *count).filter(|(_, count)| *count >= FEWEST && count * 2 > values.len())
}

fn against_role(values: &[&str]) -> Option<String> {
    if most(values, |value| all_are(value, &[Affix::Honorific])) {
        return Some("it holds forms of address, not jobs".to_owned());
    }
    let known = values.iter().filter(|value| read_role(value) != RoleReading::Unknown).count();
    let access_word = |value: &str| ACCESS_WORDS.contains(&value.to_lowercase().as_str());
    if most(values, access_word) {
        return Some("it holds another system's access roles, not jobs".to_owned());
    }
    let numbers = values.iter().filter(|value| value.chars().all(|c| c.is_ascii_digit())).count();
    (known == 0 && numbers == values.len()).then(|| "it holds numbers without a legend".to_owned())
}

/// Words of other systems' access roles. Origin: role columns of chat, school and scheduling systems.
const ACCESS_WORDS: [&str; 16] = [
    "admin",
    "administrator",
    "user",
    "employee",
    "member",
    "owner",
    "viewer",
    "editor",
    "guest",
    "staff",
    "basic",
    "standard",
    "limited",
    "limited_user",
    "superadmin",
    "general manager",
];

fn against_suffix(values: &[&str]) -> Option<String> {
    const SUFFIXES: [Affix; 3] = [Affix::Generation, Affix::Credential, Affix::CredentialOrName];
    if most(values, |value| all_are(value, &[Affix::Honorific])) {
        return Some("it holds forms of address, not suffixes".to_owned());
    }
    let long =
        |value: &str| !all_are(value, &SUFFIXES) && value.split_whitespace().any(|word| word.chars().count() > 6);
    most(values, long).then(|| "most of its values are neither Jr. nor degrees".to_owned())
}

fn most(values: &[&str], is: impl Fn(&str) -> bool) -> bool {
    values.iter().filter(|value| is(value)).count() * 2 > values.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn against(slot: Slot, values: &[&str]) -> bool {
        speaks_against(slot, values).is_some()
    }

    #[test]
    fn addresses_are_addresses_and_each_persons_own() {
        let email = Slot::Field(Field::Email);
        assert!(!against(email, &["a@example.org", "mailto:b@example.org", "C <c@example.org>"]));
        assert!(against(email, &["Company Email", "Personal Email", "Company Email"]));
        assert!(against(email, &["boss@example.org", "boss@example.org", "boss@example.org", "a@example.org"]));
        assert!(!against(email, &["none", "n/a"]));
    }

    #[test]
    fn an_npi_that_is_shared_or_fails_is_not_each_persons() {
        let npi = Slot::Field(Field::NpiNumber);
        assert!(!against(npi, &["1234567893", "1003000126", "1234567890"]));
        assert!(against(npi, &["1234567893", "1234567893", "1234567893", "1003000126"]));
        assert!(against(npi, &["1234567890", "2345678901", "3456789012"]));
        assert!(!against(npi, &["1.23E+09", "1.00E+09", "1.24E+09"]));
    }

    #[test]
    fn levels_are_ours_or_asked_about() {
        let level = Slot::Field(Field::Level);
        assert!(!against(level, &["member", "Admin"]));
        assert!(against(level, &["L3", "L4"]));
    }

    #[test]
    fn suffixes_and_roles_are_told_by_what_they_hold() {
        assert!(against(Slot::Suffix, &["Dr.", "Mr.", "Ms."]));
        assert!(!against(Slot::Suffix, &["Jr.", "MD", "III"]));
        assert!(against(Slot::Suffix, &["Registered Nurse", "Technologist", "Radiologist"]));
        assert!(against(Slot::Field(Field::ClinicRole), &["Dr.", "Mr.", "Dr."]));
        assert!(against(Slot::Field(Field::ClinicRole), &["employee", "admin", "employee"]));
        assert!(!against(Slot::Field(Field::ClinicRole), &["Radiologist", "admin", "Wizard"]));
    }
}
