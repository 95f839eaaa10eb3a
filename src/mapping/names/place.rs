//! Which words of a name are the first, the middle and the last name.

use crate::mapping::affix::{Affix, affix, is_of_maria, is_particle};

use super::recase::is_small;
use super::suffixes::{ends_in_a_degree, has_no_vowel};
use super::{NameOrder, NameParts, NameUnclear};

/// `Ruiz, Ana Maria`: the comma says it all. `Berg, Jan van der` is sorted by the name behind its particles.
pub(super) fn last_first(last: &[&str], rest: &[&str], parts: &mut NameParts) -> Result<(), NameUnclear> {
    let particles = rest.iter().rev().take_while(|word| is_particle(word) && !is_initial(word)).count();
    let (rest, particles) = rest.split_at(rest.len() - particles.min(rest.len().saturating_sub(1)));
    match (last, rest) {
        ([], _) | (_, []) => Err(NameUnclear::OneName),
        (last, [first, middle @ ..]) => {
            parts.last = [particles, last].concat().join(" ");
            first_and_middle(first, middle, parts);
            Ok(())
        }
    }
}

/// A name without a comma.
pub(super) fn whole(words: &[&str], order: NameOrder, parts: &mut NameParts) -> Result<(), NameUnclear> {
    match words {
        [] => return Err(NameUnclear::NoName),
        [_] => return Err(NameUnclear::OneName),
        [.., word] if matches!(affix(word), Some(Affix::Generation | Affix::Credential)) => {
            return Err(NameUnclear::OneName);
        }
        ["M.", ..] if order != NameOrder::LastFirst => return Err(NameUnclear::MonsieurOrInitial),
        _ => {}
    }
    match (capitals(words), order) {
        (Capitals::Begin(length), NameOrder::Auto | NameOrder::LastFirst) => {
            given_beside(&words[length..], &words[..length], parts)
        }
        (Capitals::End(length), NameOrder::Auto | NameOrder::FirstLast) => {
            let (given, last) = words.split_at(words.len() - length);
            // No name is without a vowel: an unknown degree, `Ana Ruiz RPSGT`. Behind two names even one with a vowel may be
            // a degree, if it is as short.
            let no_name = last.last().is_some_and(|word| !has_vowel(word)) && words.len() > 2;
            let whole_name_before = given.iter().filter(|word| !is_initial(word)).count() > 1;
            if no_name || whole_name_before && ends_in_a_degree(words) {
                return Err(NameUnclear::NameOrDegree);
            }
            given_beside(given, last, parts)
        }
        // `Ana RUIZ` where the last name is to come first.
        (Capitals::End(_), NameOrder::LastFirst) | (Capitals::Begin(_), NameOrder::FirstLast) => {
            Err(NameUnclear::CapitalsAgainstOrder)
        }
        _ if words.len() > 2 && given_and_last_before_a_degree(words) => Err(NameUnclear::NameOrDegree),
        (Capitals::NameOrInitials, NameOrder::Auto) => Err(NameUnclear::NameOrInitials),
        (_, NameOrder::LastFirst) => last_name_in_front(words, parts),
        (_, NameOrder::Auto) if begins_with_particles(words) => match particles_in_front(words) + 2 {
            length if length == words.len() => last_name_in_front(words, parts),
            _ => Err(NameUnclear::TooManyNames),
        },
        _ => first_name_in_front(words, parts),
    }
}

/// `Ana Ruiz ND`, and `RUIZ Ana QXZ`; but `Ana M. LI` has no last name before the capitals.
fn given_and_last_before_a_degree(words: &[&str]) -> bool {
    let before = &words[..words.len() - 1];
    before.iter().filter(|word| !is_initial(word)).count() > 1
        && (ends_in_a_degree(words) || words.last().is_some_and(|word| has_no_vowel(word)))
}

/// Where the words stand that are written in capitals beside others that are not: the family name, as in `RUIZ Ana`.
#[derive(Debug, PartialEq, Eq)]
enum Capitals {
    /// So many words in front, with their particles.
    Begin(usize),
    /// So many words at the end.
    End(usize),
    /// `LI Wei`, `JP Ruiz`: two letters in front.
    NameOrInitials,
    /// Nowhere, or not in one place.
    SayNothing,
}

fn capitals(words: &[&str]) -> Capitals {
    let of_the_last = |word: &&&str| is_in_capitals(word) || is_small_particle(word);
    let begin = words.iter().take_while(of_the_last).count();
    let end = words.iter().rev().take_while(of_the_last).count();
    let letters = |part: &[&str]| -> usize {
        part.iter()
            .filter(|word| is_in_capitals(word))
            .map(|word| word.chars().filter(|c| c.is_alphabetic()).count())
            .sum()
    };
    let rest_is_not = |rest: &[&str]| {
        !rest.iter().any(|word| is_in_capitals(word)) && rest.iter().any(|word| word.chars().any(is_small))
    };
    match (letters(&words[..begin]), letters(&words[words.len() - end..])) {
        (2, 0) if rest_is_not(&words[begin..]) => Capitals::NameOrInitials,
        (3.., 0) if rest_is_not(&words[begin..]) => Capitals::Begin(begin),
        (0, 3..) if rest_is_not(&words[..words.len() - end]) => Capitals::End(end),
        _ => Capitals::SayNothing,
    }
}

/// `RUIZ`, and `McDONALD` too: at least two letters, small ones only as in a prefix.
fn is_in_capitals(word: &str) -> bool {
    let upper = word.chars().filter(|c| c.is_uppercase()).count();
    match word.chars().filter(|c| is_small(*c)).count() {
        0 => upper >= 2 && !word.trim_end_matches('.').contains('.'),
        1 | 2 => upper >= 4,
        _ => false,
    }
}

fn is_small_particle(word: &str) -> bool {
    is_particle(word) && !word.chars().any(char::is_uppercase)
}

pub(super) fn has_vowel(word: &str) -> bool {
    // What is not written in Latin letters has no vowels to look for; accents are on vowels more often than not.
    word.chars().any(|c| !c.is_ascii() || "aeiouy".contains(c.to_ascii_lowercase()))
}

/// The capitals are the last name; beside them stand a first and at most one middle name, or initials.
fn given_beside(given: &[&str], last: &[&str], parts: &mut NameParts) -> Result<(), NameUnclear> {
    match given {
        [] => Err(NameUnclear::OneName),
        [first, middle @ ..] if middle.len() <= 1 || middle.iter().all(|word| is_initial(word)) => {
            parts.last = last.join(" ");
            first_and_middle(first, middle, parts);
            Ok(())
        }
        _ => Err(NameUnclear::TooManyNames),
    }
}

/// `de la Cruz Maria`: no first name is a particle that is written small, nor two that belong together. `Van` and `Al`
/// alone are first names too.
fn begins_with_particles(words: &[&str]) -> bool {
    let pair = |one: &str, two: &str| {
        let two = two.to_lowercase();
        match one.to_lowercase().as_str() {
            "de" => ["la", "las", "los"].contains(&two.as_str()),
            "van" | "von" => ["der", "den", "dem", "de"].contains(&two.as_str()),
            _ => false,
        }
    };
    matches!(words, [first, ..] if is_small_particle(first)) || matches!(words, [one, two, ..] if pair(one, two))
}

fn particles_in_front(words: &[&str]) -> usize {
    words.iter().take_while(|word| is_particle(word)).count()
}

/// The last name is the first word and the particles before it. Of three names the second may be a last or a first one.
fn last_name_in_front(words: &[&str], parts: &mut NameParts) -> Result<(), NameUnclear> {
    match words.split_at_checked(particles_in_front(words) + 1) {
        Some((_, [_, middle @ ..])) if middle.iter().any(|word| !is_initial(word)) => Err(NameUnclear::TooManyNames),
        Some((last, given)) => given_beside(given, last, parts),
        None => Err(NameUnclear::OneName),
    }
}

/// The last name is the last word and the particles before it; between it and the first name one word, or initials.
fn first_name_in_front(words: &[&str], parts: &mut NameParts) -> Result<(), NameUnclear> {
    if words.last().is_some_and(|word| is_initial(word)) {
        return Err(NameUnclear::InitialAtTheEnd);
    }
    let begins_the_last = |word: &&str| is_particle(word) && !is_initial(word) || *word == "v." && is_titlecase(words);
    let first_particle = words.iter().skip(1).position(begins_the_last).map(|at| at + 1);
    let begin = first_particle.filter(|begin| begin + 1 < words.len()).unwrap_or(words.len() - 1);
    let (given, last) = words.split_at(begin);
    if goes_on_a_given_name(given, last) {
        return Err(NameUnclear::TooManyNames);
    }
    given_beside(given, last, parts)
}

/// `María` and `del Carmen Ruiz`: the first name goes on behind its particle.
fn goes_on_a_given_name(given: &[&str], last: &[&str]) -> bool {
    let names: Vec<&&str> = last.iter().skip_while(|word| is_particle(word)).collect();
    let after_maria = given.last().is_some_and(|word| word.to_lowercase().starts_with('m'));
    after_maria && names.len() < last.len() && names.len() > 1 && is_of_maria(names[0])
}

/// Names with large first letters: among these `v.` is von or van, and no initial.
fn is_titlecase(words: &[&str]) -> bool {
    words.first().is_some_and(|word| word.starts_with(char::is_uppercase))
}

fn first_and_middle(first: &str, middle: &[&str], parts: &mut NameParts) {
    parts.first = first.to_owned();
    parts.middle = (!middle.is_empty()).then(|| middle.join(" "));
}

pub(super) fn is_initial(word: &str) -> bool {
    word.trim_end_matches('.').chars().count() == 1
}
