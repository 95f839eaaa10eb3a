//! A row of headers read together: what stands before all of them says nothing about any (`tblStaff.Email`,
//! `Contact: Phone` beside `Contact: First Name`), and a header in two languages says one thing (`Email / Correo`).

use std::sync::LazyLock;

use crate::staff::Field;

use super::aliases::{Slot, is_name, slots};
use super::fold::split_words;
use super::words::{Concepts, WORDS};

/// The fewest headers that can share a beginning by more than chance.
const FEWEST: usize = 3;

/// Words before a header that only say whose row it is: the roster's own people, or a table nobody knows. A manager's, a
/// practice's and a private section are about something else, and keep their words.
static WHOSE_ROW: LazyLock<Concepts> =
    LazyLock::new(|| of_names(&["?", "self", "employee", "staff", "user", "provider", "contact", "fill"]));

/// Words that are more than their parts (`User Role` is no `Role`), so nothing is taken off them.
static WHOLE: LazyLock<Concepts> = LazyLock::new(|| of_names(&["admin_flag", "user_type", "login"]));

/// Words that say a column is about something else than the people of the roster.
static NOT_THE_ROWS: LazyLock<Concepts> =
    LazyLock::new(|| of_names(&["other_person", "org", "practice", "secondary", "meta"]));

fn of_names(names: &[&str]) -> Concepts {
    names.iter().filter_map(|name| WORDS.named(name)).fold(Concepts::default(), Concepts::with)
}

/// The concepts of every header of a row.
pub(super) fn read_row(headers: &[&str]) -> Vec<Concepts> {
    let alone: Vec<Concepts> = headers.iter().map(|header| read_alone(header)).collect();
    let shared = shared_words(headers);
    let persons = if shared == 0 { persons_section(headers, &alone) } else { None };
    let in_row = |(header, alone): (&&str, &Concepts)| match (&persons, section(header)) {
        (Some(persons), Some((name, rest))) if name == *persons => read_alone(rest),
        _ if shared > 0 && !alone.has_any(*WHOLE) => {
            WORDS.of_words(split_words(header).get(shared..).unwrap_or_default())
        }
        _ => *alone,
    };
    headers.iter().zip(&alone).map(in_row).collect()
}

/// Which headers name another person, a group, a place or a second of something.
pub(super) fn somebody_elses(headers: &[&str]) -> Vec<bool> {
    read_row(headers).into_iter().map(|concepts| concepts.has_any(*NOT_THE_ROWS)).collect()
}

/// Whether a heading over several columns is a part of a column's name: it says that the column is somebody else's (`Manager`
/// over `Email`), says what it is at all (`Phone` over `Work`), or tells it from another of its name.
pub(super) fn belongs_under(heading: &str, name: &str, is_double: bool) -> bool {
    let said = WORDS.read(heading);
    // A heading with words that nobody knows is the title of the whole list as often as not.
    if said.has(Concepts::UNKNOWN) || said.without(*WHOSE_ROW).is_empty() {
        return false;
    }
    let (alone, together) = (read_alone(name), said.with(read_alone(name)));
    let is_something = |concepts| !slots(concepts).is_empty();
    let turns_away = is_something(alone) && said.has_any(*NOT_THE_ROWS) && !alone.has_any(*NOT_THE_ROWS);
    let names = !is_something(alone) && is_something(together);
    turns_away || names || is_double
}

/// Which headers have a word that nobody knows.
pub(super) fn unknown_words(headers: &[&str]) -> Vec<bool> {
    read_row(headers).into_iter().map(|concepts| concepts.has(Concepts::UNKNOWN)).collect()
}

/// A header by itself. Where its words together mean nothing, it may be written in two languages, or bear a remark.
fn read_alone(header: &str) -> Concepts {
    let whole = WORDS.read(header);
    if !slots(whole).is_empty() {
        return whole;
    }
    two_languages(header).or_else(|| without_remark(header)).unwrap_or(whole)
}

/// What both halves of `Email / Correo` say.
fn two_languages(header: &str) -> Option<Concepts> {
    let halves = header.split(['/', '|', '\n', '(', ')']).filter(|half| !half.trim().is_empty());
    let read: Vec<Concepts> = halves.map(|half| WORDS.read(half)).collect();
    match read.as_slice() {
        [one, other] if slots(*one).iter().any(|slot| slots(*other).contains(slot)) => Some(*one),
        _ => None,
    }
}

/// What `Name (as on your badge)` says without its remark, unless the remark says that it is something else (`Email
/// (Spouse)`). After an NPI a word nobody knows may be a group's name.
fn without_remark(header: &str) -> Option<Concepts> {
    let (before, rest) = header.split_once('(')?;
    let (remark, after) = rest.split_once(')')?;
    let (column, remark) = (WORDS.read(&format!("{before} {after}")), WORDS.read(remark));
    let harmless = remark.without(*WHOSE_ROW).is_empty();
    let of_a_group = remark.has(Concepts::UNKNOWN) && slots(column).contains(&Slot::Field(Field::NpiNumber));
    (harmless && !of_a_group && !slots(column).is_empty()).then_some(column)
}

/// How many words all headers begin with; none if those words say more than whose row it is.
fn shared_words(headers: &[&str]) -> usize {
    let rows: Vec<Vec<String>> =
        headers.iter().filter(|header| !header.trim().is_empty()).map(|header| split_words(header)).collect();
    let Some((first, others)) = rows.split_first() else { return 0 };
    let alike = |row: &Vec<String>| first.iter().zip(row).take_while(|(a, b)| a == b).count();
    let shared = others.iter().map(alike).min().unwrap_or(0);
    let harmless = WORDS.of_words(&first[..shared]).without(*WHOSE_ROW).is_empty();
    let something_is_left = rows.iter().all(|row| row.len() > shared);
    if rows.len() >= FEWEST && harmless && something_is_left { shared } else { 0 }
}

/// The one section that the people's names stand in, if no other column is a name.
fn persons_section(headers: &[&str], alone: &[Concepts]) -> Option<Vec<String>> {
    let mut found: Option<Vec<String>> = None;
    for (header, alone) in headers.iter().zip(alone) {
        match section(header) {
            Some((name, rest)) if is_name(read_alone(rest)) => {
                let harmless = WORDS.of_words(&name).without(*WHOSE_ROW).is_empty();
                if !harmless || found.as_ref().is_some_and(|found| *found != name) {
                    return None;
                }
                found = Some(name);
            }
            _ if is_name(*alone) => return None,
            _ => {}
        }
    }
    found
}

/// `Contact` and `Phone` of `Contact: Phone` or `Contact.Phone`.
fn section(header: &str) -> Option<(Vec<String>, &str)> {
    let (name, rest) = header.split_once([':', '.'])?;
    let name = split_words(name);
    (!name.is_empty() && !rest.trim().is_empty()).then_some((name, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(names: &str) -> Concepts {
        of_names(&names.split(' ').collect::<Vec<_>>())
    }

    #[test]
    fn what_all_headers_begin_with_says_nothing() {
        let table = ["tblStaff.FirstName", "tblStaff.LastName", "tblStaff.Email", "tblStaff.ManagerEmail"];
        assert_eq!(read_row(&table), [of("first name"), of("last name"), of("email"), of("other_person email")]);
        let provider = ["Provider_First", "Provider_Last", "Provider_Email"];
        assert_eq!(read_row(&provider), [of("first"), of("last"), of("email")]);
        let user = ["user_name", "user_email", "user_role"];
        assert_eq!(read_row(&user), [of("login"), of("email"), of("admin_flag")]);
    }

    #[test]
    fn somebody_elses_columns_stay_somebody_elses() {
        let managers = ["Manager First Name", "Manager Last Name", "Manager Email"];
        assert!(read_row(&managers).iter().all(|concepts| concepts.has(of("other_person"))));
        let home = ["Home: First Name", "Home: Last Name", "Home: Email"];
        assert!(read_row(&home).iter().all(|concepts| concepts.has(of("home"))));
    }

    #[test]
    fn the_section_with_the_names_is_the_persons() {
        let headers = ["Contact: First Name", "Contact: Last Name", "Contact: Email", "Account: Phone", "NPI"];
        assert_eq!(read_row(&headers)[2..], [of("email"), of("org phone"), of("npi")]);
        let two = ["Contact: First Name", "Contact: Email", "Patient: First Name"];
        assert!(read_row(&two)[1].has(of("contact email")));
    }

    #[test]
    fn a_remark_is_left_off_unless_it_changes_whose_it_is() {
        let headers =
            ["Name (as it stands on the badge)", "NPI (for providers)", "First Name (Spouse)", "NPI (Acme Imaging)"];
        let read = read_row(&headers);
        assert_eq!(read[0], of("name"));
        assert!(slots(read[1]).contains(&Slot::Field(Field::NpiNumber)));
        assert!(slots(read[2]).is_empty() && slots(read[3]).is_empty());
    }

    #[test]
    fn a_heading_belongs_to_a_name_where_it_says_more() {
        for (heading, name) in
            [("Phone", "Work"), ("Manager", "Email"), ("Billing", "NPI"), ("Emergency Contact", "Name")]
        {
            assert!(belongs_under(heading, name, false), "{heading} over {name}");
        }
        for (heading, name) in
            [("Phone", "Cell"), ("Phone", "Title"), ("Staff", "Email"), ("Work", "Email"), ("Acme Practice", "Email")]
        {
            assert!(!belongs_under(heading, name, false), "{heading} over {name}");
        }
        assert!(belongs_under("Work", "Email", true) && !belongs_under("Acme", "Email", true));
    }

    #[test]
    fn two_languages_say_one_thing() {
        let headers = ["Name / Nombre", "Phone / Fax", "Correo\n(Email)"];
        assert_eq!(read_row(&headers), [of("name"), of("phone not_phone"), of("email")]);
    }
}
