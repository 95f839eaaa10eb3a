//! What stands around a name and is no part of it: forms of address, nicknames, numbers, firms.

use crate::mapping::affix::{
    Affix, TitleOrName, affix, all_are, is_firm, is_given_name, is_honorific, is_particle, is_title,
    is_title_before_titles, says_born, says_not_known, title_or_name,
};

use super::{NameOrder, NameUnclear};

/// Where a piece of a name stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stands {
    /// There is no comma.
    Alone(NameOrder),
    BeforeComma,
    AfterComma,
}

/// What is left off a name, in words.
#[derive(Default)]
pub(super) struct Asides {
    pub(super) left_off: Vec<String>,
}

impl Asides {
    /// The text without `(1001)`, `(Radiology)`, `[x]`, `"Nina"` and the star of a footnote.
    pub(super) fn leave_off(&mut self, text: &str) -> String {
        const MARKS: [char; 4] = ['*', '\u{2020}', '\u{2021}', '\u{2022}'];
        self.left_off.extend(text.matches(MARKS).map(str::to_owned));
        let mut plain = text.replace(MARKS, " ");
        if let Some((name, after)) = plain.split_once(';')
            && all_are(after, &[Affix::Generation, Affix::Credential])
        {
            plain = format!("{name},{}", after.replace(';', ","));
        }
        if let Some((name, after)) = DASHES.iter().find_map(|dash| plain.split_once(dash))
            && all_are(after, &[Affix::Generation, Affix::Credential])
        {
            plain = format!("{name}, {after}");
        }
        while let Some((from, to)) = aside(&plain) {
            self.left_off.push(plain[from..to].to_owned());
            plain.replace_range(from..to, " ");
        }
        plain
    }

    /// Takes a piece between commas in which there is nothing but forms of address: `Ruiz, Ana, Dr. med.`
    pub(super) fn take_forms_of_address(&mut self, piece: &[&str]) -> bool {
        // `Sr.` between commas is a generation; before a name it is the Spanish form of address.
        let is_title_only = |word: &str| is_title(word) && matches!(affix(word), None | Some(Affix::Honorific));
        let all = piece.first().is_some_and(|word| is_title_only(word))
            && piece.iter().all(|word| is_title_only(word) || goes_with_a_title(word));
        if all {
            self.left_off.extend(piece.iter().map(|word| (*word).to_owned()));
        }
        all
    }

    /// Takes the forms of address off the beginning of a piece, with what belongs to them: `Dr. rer. nat.`
    pub(super) fn drop_honorifics(&mut self, piece: &mut Vec<&str>) {
        let mut dropped = false;
        while let [first, rest @ ..] = piece.as_slice() {
            let title = is_title(first) && is_longer_than_an_initial(first);
            let before_a_title = is_title_before_titles(first) && rest.first().is_some_and(|next| is_honorific(next));
            if !(title || before_a_title || dropped && goes_with_a_title(first)) {
                break;
            }
            self.left_off.push(piece.remove(0).to_owned());
            dropped = true;
        }
    }

    /// Takes off a first word that is a job or a title, and refuses one that may be a name as well: `Schwester Ana Ruiz`,
    /// `Pastor Ruiz`. So too an abbreviation that nobody knows.
    pub(super) fn drop_jobs(&mut self, piece: &mut Vec<&str>, stands: Stands) -> Result<(), NameUnclear> {
        let [first, others @ ..] = piece.as_slice() else { return Ok(()) };
        if others.is_empty() {
            return Ok(());
        }
        let whole_name_follows = others.len() > 1;
        let certain = match (title_or_name(first), stands) {
            (None, _) if is_abbreviation(first) => false,
            (None, _) => return Ok(()),
            // A name in two words, as it is written everywhere else in the column.
            (Some(_), Stands::Alone(NameOrder::LastFirst)) if !whole_name_follows => return Ok(()),
            (Some(TitleOrName::Job), Stands::Alone(NameOrder::Auto | NameOrder::FirstLast)) => whole_name_follows,
            (Some(TitleOrName::Job), Stands::AfterComma) => true,
            (Some(TitleOrName::GivenName), Stands::Alone(_)) if !whole_name_follows => return Ok(()),
            (Some(TitleOrName::GivenName), Stands::BeforeComma | Stands::AfterComma) => return Ok(()),
            // `Pastor Ruiz, Ana` has two last names.
            (Some(TitleOrName::Name), Stands::BeforeComma) => return Ok(()),
            (Some(_), _) => false,
        };
        if !certain {
            return Err(NameUnclear::TitleOrName);
        }
        self.left_off.push(piece.remove(0).to_owned());
        Ok(())
    }
}

/// Dashes between words, of which one may stand before a degree.
const DASHES: [&str; 4] = [" - ", " \u{2013} ", " \u{2014} ", " -- "];

/// `med.` and `rer.` after `Dr.`
fn goes_with_a_title(word: &str) -> bool {
    word.ends_with('.') && !word.chars().any(char::is_uppercase)
}

/// `Hptm.`: more than an initial, and no particle.
pub(super) fn is_abbreviation(word: &str) -> bool {
    let letters = word.chars().filter(|c| c.is_alphabetic()).count();
    let initials = word.split(['.', '-']).all(|part| part.chars().count() <= 1);
    word.ends_with('.') && letters > 2 && !initials && !is_particle(word)
}

/// Where the first aside of a text stands.
fn aside(text: &str) -> Option<(usize, usize)> {
    bracketed(text).or_else(|| quoted(text))
}

/// `(…)` and `[…]`, except a bracket of the credential before it: `RT(R)`.
fn bracketed(text: &str) -> Option<(usize, usize)> {
    text.match_indices(['(', '[']).find_map(|(open, _)| {
        let before = text[..open].rsplit([' ', ',']).next().unwrap_or_default();
        let stem = before.split('(').next().unwrap_or_default();
        let of_a_credential = matches!(affix(stem), Some(Affix::Credential | Affix::CredentialOrName));
        let close = text[open..].find([')', ']'])?;
        (!of_a_credential).then_some((open, open + close + 1))
    })
}

/// A nickname in quotes. Where the quote is an apostrophe, it must stand around whole words, unlike that of `'t Hooft`.
fn quoted(text: &str) -> Option<(usize, usize)> {
    const DOUBLE: [char; 4] = ['"', '\u{201c}', '\u{201d}', '\u{201e}'];
    const SINGLE: [char; 3] = ['\'', '\u{2018}', '\u{2019}'];
    let begins_a_word = |at: usize| text[..at].chars().next_back().is_none_or(char::is_whitespace);
    let ends_a_word = |at: usize| text[at..].chars().next().is_none_or(|c| c.is_whitespace() || c == ',');
    let pair = |quotes: &'static [char], whole_words: bool| {
        let (open, mark) = text.match_indices(quotes).find(|(at, _)| !whole_words || begins_a_word(*at))?;
        let inside = open + mark.len();
        let closing = |(at, mark): &(usize, &str)| *at > 0 && (!whole_words || ends_a_word(inside + at + mark.len()));
        let (length, mark) = text[inside..].match_indices(quotes).find(closing)?;
        Some((open, inside + length + mark.len()))
    };
    pair(&DOUBLE, false).or_else(|| pair(&SINGLE, true))
}

/// The words of a piece; `Dr.Ana` is two.
pub(super) fn words(piece: &str) -> Vec<&str> {
    piece
        .split_whitespace()
        .flat_map(|word| match word.find('.').map(|dot| word.split_at(dot + 1)) {
            Some((title, name)) if is_glued(word, title, name) => vec![title, name],
            _ => vec![word],
        })
        .collect()
}

fn is_glued(word: &str, title: &str, name: &str) -> bool {
    is_longer_than_an_initial(title) && is_title(title) && !is_title(word) && name.chars().count() > 1
}

pub(super) fn refuse_what_is_no_person(text: &str) -> Result<(), NameUnclear> {
    if text.contains('@') {
        return Err(NameUnclear::Address);
    }
    if text.contains(['&', '/', '+']) && !text.to_lowercase().contains("r/l") && !text.contains("/L") {
        return Err(NameUnclear::NotAPerson);
    }
    if text.split([' ', ',']).any(says_not_known) {
        return Err(NameUnclear::NotKnown);
    }
    // `Weber geb. Roth, Anna`
    if text.split([' ', ',']).skip(1).any(|word| says_born(word) && !text.ends_with(word)) {
        return Err(NameUnclear::BornName);
    }
    if text.contains([';', '|', '\n']) || joins_people(text) {
        return Err(NameUnclear::SeveralPeople);
    }
    let all_caps = !text.chars().any(char::is_lowercase);
    if text.split([' ', ',']).any(|word| is_firm(word, all_caps)) {
        return Err(NameUnclear::NotAPerson);
    }
    if !text.chars().any(char::is_alphabetic) || text.chars().any(|c| c.is_ascii_digit()) && !has_only_ordinals(text) {
        return Err(NameUnclear::NoName);
    }
    if text.split_whitespace().any(|word| matches!(word, "-" | "\u{2013}" | "\u{2014}" | "--")) {
        return Err(NameUnclear::Dash);
    }
    Ok(())
}

/// `Ana and Ken Ruiz`, but not `von und zu Stein`.
fn joins_people(text: &str) -> bool {
    let words: Vec<&str> = text.split_whitespace().collect();
    words.iter().enumerate().any(|(at, word)| {
        matches!(*word, "and" | "und" | "et") && !(at > 0 && is_particle(words[at - 1]) && words.len() > at + 2)
    })
}

/// `John Smith, Jane Doe`, but not `García López, María José`: the word in front is a first name that is seldom a last name.
pub(super) fn refuse_two_people(before: &[&str], after: &[&str]) -> Result<(), NameUnclear> {
    match (before, after) {
        ([first, _], [_, _]) if is_given_name(first) => Err(NameUnclear::PerhapsTwoPeople),
        _ => Ok(()),
    }
}

fn has_only_ordinals(text: &str) -> bool {
    text.split([' ', ',']).filter(|word| word.contains(|c: char| c.is_ascii_digit())).all(|word| affix(word).is_some())
}

/// A name without the honorifics that it begins with, and what they were; `None` where it begins with none, or is
/// nothing else. In front of a first name a job is one too: `Schwester Ana`.
pub(crate) fn without_honorific(name: &str, is_first: bool) -> Option<(String, String)> {
    let mut words = words(name);
    let mut asides = Asides::default();
    asides.drop_honorifics(&mut words);
    if is_first && words.len() > 1 && title_or_name(words[0]) == Some(TitleOrName::Job) {
        asides.left_off.push(words.remove(0).to_owned());
    }
    (!words.is_empty() && !asides.left_off.is_empty()).then(|| (words.join(" "), asides.left_off.join(" ")))
}

/// A name in a column of its own without what stands in brackets or quotes in it, and what that was; `None` where there is
/// none, or nothing else.
pub(crate) fn without_aside(name: &str) -> Option<(String, String)> {
    let mut plain = name.to_owned();
    let mut left_off = Vec::new();
    while let Some((from, to)) = aside(&plain) {
        left_off.push(plain[from..to].to_owned());
        plain.replace_range(from..to, " ");
    }
    let plain = plain.split_whitespace().collect::<Vec<_>>().join(" ");
    (!plain.is_empty() && !left_off.is_empty()).then(|| (plain, left_off.join(" ")))
}

/// `M` before a name is an initial, `M.` in French a title; only longer words are surely titles.
fn is_longer_than_an_initial(word: &str) -> bool {
    word.trim_end_matches('.').chars().count() > 1
}
