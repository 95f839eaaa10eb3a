//! What a column's values say against its header: an address column without addresses, an NPI that everybody shares.

use std::collections::HashMap;

use crate::roster::Row;
use crate::staff::{ClinicRole, Field, Npi};

use super::affix::{Affix, all_are, is_particle};
use super::aliases::Slot;
use super::clean::{clean, says_nothing};
use super::names::{NameOrder, NameUnclear, take_apart};
use super::roles::{RoleReading, read_role};

/// The fewest values that can speak against a header: below, a few slips of the pen would.
pub(super) const FEWEST: usize = 3;

/// The values of one column in the sample, trimmed, blanks and words for none left out.
pub(crate) fn values(sample: &[Row], column: usize) -> Vec<&str> {
    let says_something = |text: &&str| !text.is_empty() && !says_nothing(text);
    sample.iter().map(|row| row.cell_text(column).trim()).filter(says_something).collect()
}

/// Why the values of a column cannot be what its header says, in words that complete "… ; say …"; none: nothing against.
pub(crate) fn speaks_against(slot: Slot, values: &[&str]) -> Option<String> {
    if let Slot::Field(Field::Level) = slot {
        let ours = |value: &&str| matches!(value.to_lowercase().as_str(), "admin" | "member" | "owner");
        let none = !values.is_empty() && !most(values, |value| ours(&value));
        return none.then(|| "most of its values are not admin or member".to_owned());
    }
    // `Namenszusatz`: the "von" of a family name, which few people have.
    if matches!(slot, Slot::Suffix | Slot::Credential | Slot::Field(Field::Suffix2))
        && most(values, |value| value.split_whitespace().all(is_particle))
    {
        return Some("it holds particles of family names".to_owned());
    }
    if matches!(slot, Slot::Suffix) && most(values, is_of_an_age) {
        return Some("it holds age groups, not suffixes".to_owned());
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
            let names = most(values, |value| like_a_name(value) && !digits(value));
            (!names).then(|| "most of its values are no names".to_owned())
        }
        Slot::Field(Field::ClinicRole) => against_role(values),
        Slot::Suffix | Slot::Credential | Slot::Field(Field::Suffix2) => against_suffix(values),
        Slot::Field(_) => None,
    }
}

/// `SMITH JOHN A` among names without a comma: where some have the last name first, the others are not read first name
/// first, although they could be.
pub(super) fn against_first_name_first(values: &[&str]) -> Option<String> {
    if values.len() < FEWEST {
        return None;
    }
    let last_first = |value: &&&str| {
        value.split_whitespace().count() > 2
            && matches!(take_apart(value, NameOrder::Auto), Err(NameUnclear::InitialAtTheEnd))
    };
    let count = values.iter().filter(last_first).count();
    (count > 1 && count * 10 >= values.len()).then(|| {
        format!(
            "{count} of {} names in it end in an initial, so the last name seems to stand first without a comma, which \
             full_name = {{ column = …, order = \"last-first\" }} says",
            values.len()
        )
    })
}

/// Whether a column has nothing in it but AutoScribe's own clinic roles, several of them.
pub(super) fn are_clinic_roles(values: &[&str]) -> bool {
    let roles: Option<Vec<ClinicRole>> = values.iter().map(|value| ClinicRole::parse(value).ok()).collect();
    roles.is_some_and(|roles| roles.len() >= FEWEST && roles.iter().any(|role| *role != roles[0]))
}

/// Whether the values of a column are plainly what a slot holds, whatever the header says.
pub(super) fn show(slot: Slot, values: &[&str]) -> bool {
    let enough = values.len() >= FEWEST;
    let like: fn(&str) -> bool = match slot {
        Slot::FullName => |value| {
            let letters = value.chars().all(|c| c.is_alphabetic() || matches!(c, ' ' | ',' | '.' | '-' | '\''));
            letters && value.split_whitespace().count() >= 2
        },
        Slot::Field(Field::PhoneNumber) => |value| {
            let signs = |c: char| c.is_ascii_digit() || matches!(c, ' ' | '-' | '.' | '(' | ')' | '+' | '/');
            value.chars().all(signs) && value.chars().filter(char::is_ascii_digit).count() >= 7
        },
        Slot::Suffix | Slot::Credential | Slot::Field(Field::Suffix2) => |value| all_are(value, &SUFFIXES),
        Slot::Field(Field::Email) => |value| value.contains('@'),
        Slot::Field(Field::NpiNumber) => |value| Npi::parse(value).is_ok(),
        Slot::Field(Field::ClinicRole) => |value| read_role(value) != RoleReading::Unknown,
        Slot::Field(_) => return false,
    };
    // A slip of the pen in every fifth cell does not hide what a column is.
    let plainly = values.iter().filter(|value| like(value)).count() * 5 >= values.len() * 4;
    let in_order = slot != Slot::FullName || against_first_name_first(values).is_none();
    enough && plainly && in_order && speaks_against(slot, values).is_none()
}

/// Whether the values of a column that only might be it leave anything to ask a person.
pub(super) fn leave_a_doubt(slot: Slot, values: &[&str]) -> bool {
    if values.len() < FEWEST {
        return true;
    }
    match slot {
        Slot::Field(Field::Level) => values.iter().any(|value| grants_something(value)),
        Slot::Field(Field::ClinicRole) => {
            let numbered = values.iter().all(|value| value.chars().all(|c| c.is_ascii_digit()));
            numbered || values.iter().any(|value| read_role(value) != RoleReading::Unknown)
        }
        _ => speaks_against(slot, values).is_none(),
    }
}

/// A word for rights, or a yes or no that may be about them.
fn grants_something(value: &str) -> bool {
    const RIGHTS: [&str; 2] = ["member", "user"];
    const ANSWERS: [&str; 10] = ["yes", "no", "y", "n", "true", "false", "1", "0", "x", "ja"];
    let value = value.to_lowercase();
    grants_more(&value) || RIGHTS.iter().any(|word| value.contains(word)) || ANSWERS.contains(&value.as_str())
}

/// A word for more rights than others have.
pub(super) fn grants_more(value: &str) -> bool {
    const MORE: [&str; 4] = ["admin", "owner", "super", "root"];
    let value = value.to_lowercase();
    MORE.iter().any(|word| value.contains(word))
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
    let zeros = |value: &&&str| value.chars().all(|c| c == '0');
    let count = values.len();
    let values: Vec<&str> = values.iter().filter(|value| !zeros(value)).copied().collect();
    let values = values.as_slice();
    if values.is_empty() {
        return Some(format!("there is nothing in it but zeros ({count} rows)"));
    }
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
    let access_word = |value: &str| {
        let value = value.to_lowercase();
        ACCESS_WORDS.contains(&value.as_str()) || value.ends_with(" administrator") || value.ends_with(" admin")
    };
    if most(values, access_word) {
        return Some("it holds another system's access roles, not jobs".to_owned());
    }
    let numbers = values.iter().filter(|value| value.chars().all(|c| c.is_ascii_digit())).count();
    (known == 0 && numbers == values.len()).then(|| "it holds numbers without a legend".to_owned())
}

/// Words of other systems' access roles. Origin: role columns of chat, school and scheduling systems.
const ACCESS_WORDS: [&str; 32] = [
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
    "subscriber",
    "contributor",
    "author",
    "customer",
    "student",
    "teacher",
    "instructor",
    "observer",
    "agent",
    "end-user",
    "end user",
    "light agent",
    "read only",
    "read-only",
    "global reader",
    "regular user",
    "general manager",
];

/// What stands behind a name.
const SUFFIXES: [Affix; 3] = [Affix::Generation, Affix::Credential, Affix::CredentialOrName];

fn against_suffix(values: &[&str]) -> Option<String> {
    if most(values, |value| all_are(value, &[Affix::Honorific])) {
        return Some("it holds forms of address, not suffixes".to_owned());
    }
    let long =
        |value: &str| !all_are(value, &SUFFIXES) && value.split_whitespace().any(|word| word.chars().count() > 6);
    most(values, long).then(|| "most of its values are neither Jr. nor degrees".to_owned())
}

/// What a column headed `Generation` says in a survey.
fn is_of_an_age(value: &str) -> bool {
    let value = value.to_lowercase();
    ["gen ", "gen-", "genx", "geny", "genz", "millen", "boomer", "baby", "silent"]
        .iter()
        .any(|word| value.starts_with(word))
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
        assert!(against(npi, &["0000000000", "0000000000", "0000000000"]));
        assert!(!against(npi, &["0000000000", "0000000000", "1234567893"]));
    }

    #[test]
    fn a_last_name_in_front_without_a_comma_is_asked_about() {
        let against = |values: &[&str]| against_first_name_first(values).is_some();
        assert!(against(&["SMITH JOHN A", "RUIZ ANA", "ROE JANE Q"]));
        assert!(!against(&["John A Smith", "Ana Ruiz", "Roe, Jane Q", "Ana R."]));
        assert!(!against(&["SMITH JOHN A", "Ana Ruiz", "Jane Roe"]));
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
        assert!(against(Slot::Suffix, &["von", "van der"]));
        assert!(against(Slot::Suffix, &["Gen X", "Millennial"]) && !against(Slot::Suffix, &["Jr."]));
        assert!(against(Slot::Suffix, &["Registered Nurse", "Technologist", "Radiologist"]));
        assert!(against(Slot::Field(Field::ClinicRole), &["Dr.", "Mr.", "Dr."]));
        assert!(against(Slot::Field(Field::ClinicRole), &["employee", "admin", "employee"]));
        assert!(!against(Slot::Field(Field::ClinicRole), &["Radiologist", "admin", "Wizard"]));
    }
}
