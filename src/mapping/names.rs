//! Combined names: `Ruiz, Ana M., MD` taken apart.

use super::affix::{Affix, affix, is_firm, is_honorific, is_particle};

/// How a combined name is written where no comma says it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum NameOrder {
    /// With a comma last name first, without one first name first.
    #[default]
    Auto,
    /// `Ana Ruiz`; a comma still puts the last name first.
    FirstLast,
    /// `Ruiz Ana`, with or without a comma.
    LastFirst,
}

impl NameOrder {
    /// Reads the mapping file's word.
    pub(crate) fn parse(text: &str) -> Option<NameOrder> {
        match text {
            "auto" => Some(NameOrder::Auto),
            "first-last" => Some(NameOrder::FirstLast),
            "last-first" => Some(NameOrder::LastFirst),
            _ => None,
        }
    }

    /// The mapping file's word.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            NameOrder::Auto => "auto",
            NameOrder::FirstLast => "first-last",
            NameOrder::LastFirst => "last-first",
        }
    }
}

/// The parts of a name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct NameParts {
    pub(crate) first: String,
    pub(crate) middle: Option<String>,
    pub(crate) last: String,
    pub(crate) generation: Option<String>,
    pub(crate) credential: Option<String>,
    /// What was left off, in words.
    pub(crate) left_off: Vec<String>,
}

/// Why a combined name cannot be taken apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum NameUnclear {
    #[error("there is one name only, so it is not clear whether it is the first or the last")]
    OneName,
    #[error("this reads like a firm or a place, not like a person")]
    NotAPerson,
    #[error("it is not clear where the last name begins")]
    TooManyNames,
    #[error("there are more commas than a name has")]
    TooManyCommas,
    #[error("it is not clear whether the last word is a name or a degree")]
    NameOrDegree,
    #[error("there are several people in it")]
    SeveralPeople,
    #[error("there is an e-mail address in it")]
    Address,
    #[error("this is no name")]
    NoName,
}

/// Takes a combined name apart, or says why it cannot.
pub(crate) fn take_apart(text: &str, order: NameOrder) -> Result<NameParts, NameUnclear> {
    let mut parts = NameParts::default();
    let text = without_brackets(text, &mut parts.left_off);
    refuse_what_is_no_person(&text)?;
    let mut pieces: Vec<Vec<&str>> = text
        .split(',')
        .map(|piece| piece.split_whitespace().collect::<Vec<_>>())
        .filter(|piece| !piece.is_empty())
        .collect();
    let mut suffixes = Suffixes::default();
    while pieces.len() > 1 && suffixes.take_whole(pieces.last().map_or(&[][..], Vec::as_slice)) {
        pieces.pop();
    }
    let all_caps = !text.chars().any(char::is_lowercase);
    for piece in &mut pieces {
        drop_honorifics(piece, &mut parts.left_off);
    }
    match pieces.as_mut_slice() {
        [whole] => {
            suffixes.take_end(whole, 2, all_caps)?;
            place_whole(whole, order, &mut parts)?;
        }
        [last, rest] => {
            suffixes.take_end(last, 1, all_caps)?;
            suffixes.take_end(rest, 1, all_caps)?;
            place_last_first(last, rest, &mut parts)?;
        }
        [] => return Err(NameUnclear::NoName),
        _ => return Err(NameUnclear::TooManyCommas),
    }
    suffixes.into_parts(&mut parts);
    Ok(parts)
}

/// Leaves off `(1001)`, `(Radiology)`, `[x]`.
fn without_brackets(text: &str, left_off: &mut Vec<String>) -> String {
    let mut plain = text.to_owned();
    while let Some(open) = plain.find(['(', '[']) {
        // RT(R) and the like: a bracket that belongs to the word before it.
        if plain[..open].chars().next_back().is_some_and(char::is_alphanumeric) {
            break;
        }
        let Some(length) = plain[open..].find([')', ']']) else { break };
        left_off.push(plain[open..=open + length].to_owned());
        plain.replace_range(open..=open + length, " ");
    }
    plain
}

fn refuse_what_is_no_person(text: &str) -> Result<(), NameUnclear> {
    if text.contains('@') {
        return Err(NameUnclear::Address);
    }
    if text.contains(['&', '/', '+']) && !text.to_lowercase().contains("r/l") && !text.contains("/L") {
        return Err(NameUnclear::NotAPerson);
    }
    if text.contains([';', '|', '\n']) || text.split_whitespace().any(|word| matches!(word, "and" | "und" | "et")) {
        return Err(NameUnclear::SeveralPeople);
    }
    if text.split([' ', ',']).any(is_firm) {
        return Err(NameUnclear::NotAPerson);
    }
    if !text.chars().any(char::is_alphabetic) || text.chars().any(|c| c.is_ascii_digit()) && !has_only_ordinals(text) {
        return Err(NameUnclear::NoName);
    }
    Ok(())
}

fn has_only_ordinals(text: &str) -> bool {
    text.split([' ', ',']).filter(|word| word.contains(|c: char| c.is_ascii_digit())).all(|word| affix(word).is_some())
}

fn drop_honorifics(piece: &mut Vec<&str>, left_off: &mut Vec<String>) {
    while piece.first().is_some_and(|word| is_honorific(word) && is_title_like(word)) {
        left_off.push(piece.remove(0).to_owned());
    }
}

/// A name without the honorifics that it begins with, and what they were; `None` where it begins with none, or is
/// nothing else.
pub(crate) fn without_honorific(name: &str) -> Option<(String, String)> {
    let mut words: Vec<&str> = name.split_whitespace().collect();
    let mut left_off = Vec::new();
    drop_honorifics(&mut words, &mut left_off);
    (!words.is_empty() && !left_off.is_empty()).then(|| (words.join(" "), left_off.join(" ")))
}

/// `M` before a name is an initial, `M.` in French a title; only longer words are surely titles.
fn is_title_like(word: &str) -> bool {
    word.trim_end_matches('.').chars().count() > 1
}

/// Suffixes as they are found, from the end.
#[derive(Default)]
struct Suffixes {
    generation: Option<String>,
    credentials: Vec<String>,
}

impl Suffixes {
    /// Takes a piece between commas when nothing but suffixes is in it.
    fn take_whole(&mut self, piece: &[&str]) -> bool {
        let kinds: Vec<Option<Affix>> = piece.iter().map(|word| affix(word)).collect();
        let capital = |word: &str| !word.chars().any(char::is_lowercase);
        let is_suffix = |(word, kind): (&&str, &Option<Affix>)| match kind {
            Some(Affix::Generation | Affix::Credential) => true,
            Some(Affix::CredentialOrName) => capital(word),
            _ => false,
        };
        if piece.is_empty() || !piece.iter().zip(&kinds).all(is_suffix) {
            return false;
        }
        // `RUIZ, MA`: a whole name in capitals whose second half could be either is left to take_apart's other ways.
        for (word, kind) in piece.iter().zip(kinds).rev() {
            self.take(word, kind);
        }
        true
    }

    /// Takes suffixes off the end of a piece as long as `leave` words remain.
    fn take_end(&mut self, piece: &mut Vec<&str>, leave: usize, all_caps: bool) -> Result<(), NameUnclear> {
        while piece.len() > leave {
            let Some(word) = piece.last().copied() else { break };
            match affix(word) {
                kind @ Some(Affix::Generation | Affix::Credential) => self.take(word, kind),
                Some(Affix::CredentialOrName) if all_caps => return Err(NameUnclear::NameOrDegree),
                kind @ Some(Affix::CredentialOrName) if !word.chars().any(char::is_lowercase) => self.take(word, kind),
                _ => break,
            }
            piece.pop();
        }
        Ok(())
    }

    fn take(&mut self, word: &str, kind: Option<Affix>) {
        if kind == Some(Affix::Generation) && self.generation.is_none() {
            self.generation = Some(word.to_owned());
        } else {
            self.credentials.insert(0, word.to_owned());
        }
    }

    fn into_parts(self, parts: &mut NameParts) {
        parts.generation = self.generation;
        parts.credential = (!self.credentials.is_empty()).then(|| self.credentials.join(", "));
    }
}

/// `Ruiz, Ana Maria`: the comma says it all.
fn place_last_first(last: &[&str], rest: &[&str], parts: &mut NameParts) -> Result<(), NameUnclear> {
    match (last, rest) {
        ([], _) | (_, []) => Err(NameUnclear::OneName),
        (last, [first, middle @ ..]) => {
            parts.last = last.join(" ");
            place_first(first, middle, parts);
            Ok(())
        }
    }
}

fn place_first(first: &str, middle: &[&str], parts: &mut NameParts) {
    parts.first = first.to_owned();
    parts.middle = (!middle.is_empty()).then(|| middle.join(" "));
}

fn place_whole(words: &[&str], order: NameOrder, parts: &mut NameParts) -> Result<(), NameUnclear> {
    match (words, order) {
        ([], _) => Err(NameUnclear::NoName),
        ([_], _) => Err(NameUnclear::OneName),
        (words, NameOrder::LastFirst) => {
            let particles = words.iter().take_while(|word| is_particle(word)).count();
            match words.split_at_checked(particles + 1) {
                Some((last, rest @ [first, middle @ ..])) if rest.len() <= 2 => {
                    parts.last = last.join(" ");
                    place_first(first, middle, parts);
                    Ok(())
                }
                Some((_, [])) | None => Err(NameUnclear::OneName),
                Some(_) => Err(NameUnclear::TooManyNames),
            }
        }
        (words, NameOrder::Auto | NameOrder::FirstLast) => place_first_last(words, parts),
    }
}

/// The last name is the last word and the particles before it; between it and the first name one word, or initials.
fn place_first_last(words: &[&str], parts: &mut NameParts) -> Result<(), NameUnclear> {
    let first_particle = words.iter().skip(1).position(|word| is_particle(word) && !is_initial(word)).map(|at| at + 1);
    let begin = first_particle.filter(|begin| begin + 1 < words.len()).unwrap_or(words.len() - 1);
    let (before, last) = words.split_at(begin);
    match before {
        [] => Err(NameUnclear::OneName),
        [first, middle @ ..] if middle.len() <= 1 || middle.iter().all(|word| is_initial(word)) => {
            parts.last = last.join(" ");
            place_first(first, middle, parts);
            Ok(())
        }
        _ => Err(NameUnclear::TooManyNames),
    }
}

fn is_initial(word: &str) -> bool {
    word.trim_end_matches('.').chars().count() == 1
}

/// Whether a name is written in capitals throughout, and is long enough that it matters.
pub(crate) fn is_all_caps(name: &str) -> bool {
    name.chars().filter(|c| c.is_alphabetic()).count() >= 3
        && !name.chars().any(char::is_lowercase)
        && name.chars().any(char::is_uppercase)
}

/// A name in capitals as names usually are: `MCDONALD` is `McDonald`, `O'NEIL` is `O'Neil`, `III` stays.
pub(crate) fn recased(name: &str) -> String {
    name.split(' ').map(recased_word).collect::<Vec<_>>().join(" ")
}

fn recased_word(word: &str) -> String {
    if affix(word) == Some(Affix::Generation) && !word.to_lowercase().contains('r') {
        return word.to_owned();
    }
    if is_particle(word) && word.chars().count() > 1 && !word.eq_ignore_ascii_case("st") {
        return word.to_lowercase();
    }
    let mut out = String::with_capacity(word.len());
    let mut upper = true;
    for c in word.chars() {
        if upper {
            out.push(c)
        } else {
            out.extend(c.to_lowercase())
        }
        upper = !c.is_alphanumeric() || (out == "Mc" && word.chars().count() > 4);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    /// first|middle|last|generation|credential
    fn apart(text: &str) -> String {
        match take_apart(text, NameOrder::Auto) {
            Ok(p) => [
                p.first,
                p.middle.unwrap_or_default(),
                p.last,
                p.generation.unwrap_or_default(),
                p.credential.unwrap_or_default(),
            ]
            .join("|"),
            Err(why) => format!("{why:?}"),
        }
    }

    #[test]
    fn names_come_apart() {
        for (text, expected) in [
            ("Ruiz, Ana", "Ana||Ruiz||"),
            ("RUIZ, ANA M", "ANA|M|RUIZ||"),
            ("Ruiz, Ana, Jr.", "Ana||Ruiz|Jr.|"),
            ("Diaz, Cal III", "Cal||Diaz|III|"),
            ("Smith Jr, John A.", "John|A.|Smith|Jr|"),
            ("Roe, Jane, DDS", "Jane||Roe||DDS"),
            ("Jane Roe, DDS", "Jane||Roe||DDS"),
            ("Jane Q. Roe, MD, PhD", "Jane|Q.|Roe||MD, PhD"),
            ("Jane Roe MD", "Jane||Roe||MD"),
            ("John M. Smith Jr.", "John|M.|Smith|Jr.|"),
            ("Smith, John M., Jr., MD", "John|M.|Smith|Jr.|MD"),
            ("Dr. Ken Ito", "Ken||Ito||"),
            ("Ana Ruiz (1001)", "Ana||Ruiz||"),
            ("Ruiz, Ana (Imaging North)", "Ana||Ruiz||"),
            ("de la Cruz, Maria", "Maria||de la Cruz||"),
            ("Maria de la Cruz", "Maria||de la Cruz||"),
            ("Jan van der Berg", "Jan||van der Berg||"),
            ("Ana Maria Ruiz", "Ana|Maria|Ruiz||"),
            ("Kim Do", "Kim||Do||"),
            ("Jane Roe, RT(R)(CT)", "Jane||Roe||RT(R)(CT)"),
            ("Jane Roe, RN, BSN", "Jane||Roe||RN, BSN"),
            ("Jane Roe OTR/L", "Jane||Roe||OTR/L"),
            ("J. R. R. Tolk", "J.|R. R.|Tolk||"),
        ] {
            assert_eq!(apart(text), expected, "{text}");
        }
    }

    #[test]
    fn what_is_unclear_is_said() {
        for (text, why) in [
            ("Ms. Johnson", "OneName"),
            ("Madonna", "OneName"),
            ("Smith, Jones & Co", "NotAPerson"),
            ("Acme Payroll, Inc.", "NotAPerson"),
            ("LINH THI DO", "NameOrDegree"),
            ("Ana Maria Ruiz Diaz", "TooManyNames"),
            ("ana@example.org", "Address"),
            ("Ana Ruiz; Ken Ito", "SeveralPeople"),
            ("1001", "NoName"),
        ] {
            assert_eq!(apart(text), why, "{text}");
        }
    }

    #[test]
    fn the_order_can_be_told() {
        let parts = take_apart("Ruiz Ana Maria", NameOrder::LastFirst).unwrap();
        assert_eq!(
            (parts.first.as_str(), parts.middle.as_deref(), parts.last.as_str()),
            ("Ana", Some("Maria"), "Ruiz")
        );
        let parts = take_apart("de la Cruz Maria", NameOrder::LastFirst).unwrap();
        assert_eq!((parts.first.as_str(), parts.last.as_str()), ("Maria", "de la Cruz"));
    }

    #[test]
    fn capitals_are_written_as_names_usually_are() {
        for (name, expected) in [
            ("MCDONALD", "McDonald"),
            ("O'NEIL", "O'Neil"),
            ("SMITH-JONES", "Smith-Jones"),
            ("JOHN III", "John III"),
            ("VAN DER BERG", "van der Berg"),
            ("ÉMILIE", "Émilie"),
        ] {
            assert!(is_all_caps(name));
            assert_eq!(recased(name), expected);
        }
        assert!(!is_all_caps("Al") && !is_all_caps("J.") && !is_all_caps("李小龙"));
    }
}
