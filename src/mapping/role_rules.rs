//! Rules for role texts that are in no vocabulary: `data/role_rules.csv` over the words of the text.
//!
//! They err on the side of asking: a word that no rule expects beside a specialty keeps the text from being decided
//! (`Radiology Coordinator` is no radiologist), and so do students, assistants and heads of something.

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::staff::ClinicRole;

use super::role_specialties;
use super::roles::RoleReading;

/// Alternatives of which one must be there: words one after the other, each a whole word or, with `*`, a beginning.
struct Group(Vec<Vec<String>>);

struct Rule {
    kind: Kind,
    roles: Vec<ClinicRole>,
    needs: Vec<Group>,
    unless: Vec<Group>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Noise,
    Ask,
    Is,
    Specialty,
    Doubt,
    Plain,
    Only,
    Code,
}

static RULES: LazyLock<Vec<Rule>> =
    // A table that does not parse cannot be released: a test reads it.
    LazyLock::new(|| parse(include_str!("data/role_rules.csv")).expect("data/role_rules.csv is well formed"));

fn parse(text: &str) -> Result<Vec<Rule>, String> {
    let mut reader = csv::ReaderBuilder::new().comment(Some(b'#')).from_reader(text.as_bytes());
    reader
        .records()
        .map(|record| {
            let record = record.map_err(|error| error.to_string())?;
            let column = |at: usize| record.get(at).unwrap_or_default();
            let roles = column(1).split('|').filter(|name| !name.is_empty());
            Ok(Rule {
                kind: parse_kind(column(0))?,
                roles: roles
                    .map(|name| ClinicRole::parse(name).map_err(|_| format!("no role {name}")))
                    .collect::<Result<_, _>>()?,
                needs: parse_groups(column(2)),
                unless: parse_groups(column(3)),
            })
        })
        .collect()
}

fn parse_kind(text: &str) -> Result<Kind, String> {
    Ok(match text {
        "noise" => Kind::Noise,
        "ask" => Kind::Ask,
        "is" => Kind::Is,
        "specialty" => Kind::Specialty,
        "doubt" => Kind::Doubt,
        "plain" => Kind::Plain,
        "only" => Kind::Only,
        "code" => Kind::Code,
        other => return Err(format!("kind {other}")),
    })
}

fn parse_groups(text: &str) -> Vec<Group> {
    let phrase = |text: &str| text.split('+').map(str::to_owned).collect();
    text.split_whitespace().map(|group| Group(group.split('|').map(phrase).collect())).collect()
}

impl Group {
    /// Where in the words an alternative stands, and how many words it takes.
    fn places<'a>(&'a self, words: &'a [&str]) -> impl Iterator<Item = (usize, usize)> + 'a {
        self.0.iter().flat_map(move |phrase| {
            let fits = move |window: &[&str]| window.iter().zip(phrase).all(|(word, pattern)| matches(word, pattern));
            words
                .windows(phrase.len())
                .enumerate()
                .filter(move |(_, window)| fits(window))
                .map(|(at, _)| (at, phrase.len()))
        })
    }

    fn is_in(&self, words: &[&str]) -> bool {
        self.places(words).next().is_some()
    }
}

/// `radiolog*` is Radiologist, Radiologue and Radiologie, but not Radiologietechnologe: what goes on for longer than an
/// ending is another word's compound.
fn matches(word: &str, pattern: &str) -> bool {
    const LONGEST_ENDING: usize = 7;
    match pattern.strip_suffix('*') {
        Some(stem) => word.strip_prefix(stem).is_some_and(|ending| ending.len() <= LONGEST_ENDING),
        None => word == pattern,
    }
}

impl Rule {
    fn fits(&self, words: &[&str]) -> bool {
        self.needs.iter().all(|group| group.is_in(words)) && !self.unless.iter().any(|group| group.is_in(words))
    }

    /// The first group is in the words, and nothing is that no group has.
    fn is_all_of(&self, words: &[&str]) -> bool {
        self.needs.first().is_some_and(|group| group.is_in(words))
            && words.iter().all(|word| self.needs.iter().any(|group| group.is_in(&[*word])))
    }
}

/// What the rules make of a text, given by its key.
pub(crate) fn read(key: &str, vocabulary: &HashMap<String, RoleReading>) -> RoleReading {
    let all: Vec<&str> = key.split(' ').filter(|word| !word.is_empty()).collect();
    let words = without_noise(&all);
    if words.is_empty() {
        return RoleReading::Unknown;
    }
    if words.len() < all.len()
        && let Some(known) = vocabulary.get(&words.join(" "))
    {
        return known.clone();
    }
    let decisive = |rule: &&Rule| matches!(rule.kind, Kind::Ask | Kind::Is) && rule.fits(&words);
    let only = |rule: &&Rule| rule.kind == Kind::Only && rule.is_all_of(&words);
    match RULES.iter().find(decisive).or_else(|| RULES.iter().find(only)) {
        Some(rule) if rule.kind == Kind::Is => professions(&words),
        Some(rule) => match (rule.kind, rule.roles.as_slice()) {
            (Kind::Only, [role]) => RoleReading::Is(*role),
            (_, roles) => RoleReading::Ambiguous(roles.to_vec()),
        },
        None => read_specialty(&words),
    }
}

/// The professions that a text names: one decides, `Phlebotomist, Receptionist` does not. A nurse who is more than that
/// (a practitioner, an anesthetist, a manager) may say so beside it.
fn professions(words: &[&str]) -> RoleReading {
    const MORE_THAN_A_NURSE: [ClinicRole; 3] =
        [ClinicRole::NursePractitioner, ClinicRole::CertifiedRegisteredNurseAnesthetist, ClinicRole::NurseManager];
    let fitting = RULES.iter().filter(|rule| rule.kind == Kind::Is && rule.fits(words));
    let mut roles = RoleReading::ambiguous(fitting.flat_map(|rule| rule.roles.clone()).collect()).roles();
    if roles.iter().any(|role| MORE_THAN_A_NURSE.contains(role)) {
        roles.retain(|role| *role != ClinicRole::RegisteredNurse);
    }
    match roles.as_slice() {
        [role] => RoleReading::Is(*role),
        _ => RoleReading::Ambiguous(roles),
    }
}

/// A CMS specialty number in front, words that say nothing of the role, and abbreviations of what stands before them
/// (`Interventional Pain Management (IPM)`), left out.
fn without_noise<'a>(words: &[&'a str]) -> Vec<&'a str> {
    let mut noise = vec![false; words.len()];
    for rule in RULES.iter().filter(|rule| rule.kind == Kind::Noise) {
        for (at, length) in rule.needs.iter().flat_map(|group| group.places(words)) {
            noise[at..at + length].fill(true);
        }
    }
    for at in (0..words.len()).filter(|at| abbreviates(words[*at], &words[..*at])) {
        noise[at] = true;
    }
    let number = |word: &str| word.len() <= 2 && word.bytes().all(|byte| byte.is_ascii_digit());
    // CMS went on with C0 to D8 when the numbers of two digits were used up.
    let lettered = |word: &str| matches!(word.as_bytes(), [b'c' | b'd', b'0'..=b'9']);
    let rest = if words.len() > 1 && lettered(words[0]) { 1 } else { 0 };
    let told = words.iter().zip(noise).skip(rest).filter(|(word, noise)| !noise && !number(word));
    told.map(|(word, _)| *word).collect()
}

/// A physician's specialty: one alone, in nothing but plain words, decides.
fn read_specialty(words: &[&str]) -> RoleReading {
    let mut roles: Vec<ClinicRole> = Vec::new();
    let mut doubtful = false;
    let mut covered = vec![false; words.len()];
    for rule in RULES.iter().filter(|rule| matches!(rule.kind, Kind::Specialty | Kind::Doubt | Kind::Plain)) {
        if rule.unless.iter().any(|group| group.is_in(words)) {
            continue;
        }
        for (at, length) in rule.needs.iter().flat_map(|group| group.places(words)) {
            covered[at..at + length].fill(true);
            doubtful |= rule.kind == Kind::Doubt;
            for role in rule.roles.iter().filter(|_| rule.kind != Kind::Plain) {
                if !roles.contains(role) {
                    roles.push(*role);
                }
            }
        }
    }
    roles = role_specialties::without_the_broader(roles, words);
    match roles.as_slice() {
        [] => RoleReading::Unknown,
        _ if covered.contains(&false) => RoleReading::Ambiguous(with_other(roles)),
        [role] if !doubtful => RoleReading::Is(*role),
        _ => RoleReading::Ambiguous(roles),
    }
}

fn with_other(mut roles: Vec<ClinicRole>) -> Vec<ClinicRole> {
    roles.push(ClinicRole::Other);
    roles
}

/// Whether a word is made of the first letters of the words before it.
fn abbreviates(word: &str, before: &[&str]) -> bool {
    let letters = word.chars().count();
    letters > 1
        && letters <= before.len()
        && word.chars().zip(&before[before.len() - letters..]).all(|(letter, word)| word.starts_with(letter))
}

/// The role of every NUCC code of a group, where the group has one.
pub(crate) fn role_of_codes_like(code: &str) -> Option<ClinicRole> {
    let starts = |rule: &Rule| {
        rule.needs.iter().flat_map(|group| &group.0).flatten().any(|start| code.starts_with(start.as_str()))
    };
    RULES.iter().find(|rule| rule.kind == Kind::Code && starts(rule)).and_then(|rule| rule.roles.first()).copied()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mapping::roles::read_role;

    #[test]
    fn the_table_parses() {
        parse(include_str!("data/role_rules.csv")).unwrap();
    }

    #[test]
    fn two_professions_in_one_text_are_asked_about() {
        for text in ["Phlebotomist, Receptionist", "Nurse Practitioner or Physician Assistant", "RN Phlebotomist"] {
            assert!(read_role(text).roles().len() > 1 && read_role(text).certain().is_none(), "{text}");
        }
        assert_eq!(read_role("MSN, RN, FNP-C"), RoleReading::Is(ClinicRole::NursePractitioner));
    }

    #[test]
    fn a_specialty_number_says_nothing() {
        for text in ["06 Cardiology", "C3 Interventional Cardiology", "Interventional Cardiology"] {
            assert_eq!(read_role(text), RoleReading::Is(ClinicRole::Cardiologist), "{text}");
        }
        assert_eq!(read_role("C3"), RoleReading::Unknown);
    }
}

#[cfg(test)]
mod hold_out {
    use super::*;
    use crate::mapping::roles::role_key;

    /// The rules alone on the vocabulary's texts, as if none of them were known: what unseen texts can expect.
    #[test]
    fn rules_alone_decide_most_titles_and_hardly_any_wrongly() {
        let empty = HashMap::new();
        let mut reader =
            csv::ReaderBuilder::new().comment(Some(b'#')).from_reader(include_str!("data/roles.csv").as_bytes());
        let (mut texts, mut right, mut wrong) = (0, 0, 0);
        for record in reader.records().map(Result::unwrap).filter(|record| &record[1] != "taxonomy") {
            let wanted = (&record[3] == "exact").then(|| ClinicRole::parse(&record[2]).unwrap());
            let got = read(&role_key(&record[0]), &empty).certain();
            texts += 1;
            right += usize::from(got == wanted);
            if got.is_some() && got != wanted {
                wrong += 1;
                println!("WRONG {} -> {got:?}, not {wanted:?} ({})", &record[0], &record[2]);
            } else if got != wanted {
                println!("  missed {} ({})", &record[0], &record[2]);
            }
        }
        let percent = |count: usize| count as f64 * 100.0 / texts as f64;
        println!("{texts} texts, {:.1} % right, {:.1} % wrong", percent(right), percent(wrong));
        assert!(right * 100 >= texts * 92 && wrong * 100 <= texts);
    }
}
