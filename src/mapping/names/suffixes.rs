//! Generations (`Jr.`) and credentials (`MD`) after a name.

use crate::mapping::affix::{
    Affix, TitleOrName, affix, is_job_and_name, is_job_behind_a_name, is_particle, title_or_name,
};
use crate::mapping::roles::is_job;

use super::around::is_abbreviation;
use super::place::{has_vowel, is_initial};
use super::{NameOrder, NameParts, NameUnclear};

/// The words of a last name, and those of what follows it.
type LastAndGiven<'a, 'w> = (&'a [&'w str], &'a [&'w str]);

/// Suffixes as they are found, from the end.
#[derive(Default)]
pub(super) struct Suffixes {
    generation: Option<String>,
    credentials: Vec<String>,
}

impl Suffixes {
    /// Takes the pieces between commas in which there is nothing but suffixes: those at the end, and one that is between
    /// or before the names (`Smith, Jr., John` and `MD, Ana Ruiz`) if it could be no name.
    pub(super) fn take_pieces(&mut self, pieces: &mut Vec<Vec<&str>>) {
        while pieces.len() > 1 && pieces.last().is_some_and(|piece| self.take_whole(piece)) {
            pieces.pop();
        }
        let beside_names = match pieces.len() {
            3 => Some(1),
            2 => Some(0),
            _ => None,
        };
        if let Some(at) = beside_names.filter(|at| self.take_all(&pieces[*at], is_certain)) {
            pieces.remove(at);
        }
    }

    /// Takes a piece between commas when nothing but suffixes is in it.
    fn take_whole(&mut self, piece: &[&str]) -> bool {
        let is_suffix = |word: &str| match affix(word) {
            Some(Affix::Generation | Affix::Credential) => true,
            Some(Affix::CredentialOrName) => is_written_as_a_degree(word),
            _ => false,
        };
        self.take_all(piece, is_suffix)
    }

    fn take_all(&mut self, piece: &[&str], is_suffix: impl Fn(&str) -> bool) -> bool {
        let spelt_out = spelt_out(piece);
        if spelt_out.is_empty() || !spelt_out.iter().all(|(word, _)| is_suffix(word)) {
            return false;
        }
        for (word, _) in spelt_out.iter().rev() {
            self.take(word);
        }
        true
    }

    /// Takes suffixes off the end of a piece as long as `leave` words remain.
    pub(super) fn take_end(&mut self, piece: &mut Vec<&str>, leave: usize, all_caps: bool) -> Result<(), NameUnclear> {
        while let Some((word, length)) = spelt_out(piece).pop().filter(|(_, length)| piece.len() >= leave + length) {
            let as_degree = is_written_as_a_degree(&word);
            match affix(&word) {
                Some(Affix::Generation | Affix::Credential) => self.take(&word),
                Some(Affix::CredentialOrName) if all_caps => return Err(NameUnclear::NameOrDegree),
                Some(Affix::CredentialOrName) if as_degree => self.take(&word),
                _ => break,
            }
            piece.truncate(piece.len() - length);
        }
        Ok(())
    }

    /// Takes the suffixes from between a last name and the first name behind it: `Smith Jr. John`. In another order nobody
    /// knows what that is.
    pub(super) fn take_between<'a, 'w>(
        &mut self,
        whole: &'a [&'w str],
        order: NameOrder,
    ) -> Result<Option<LastAndGiven<'a, 'w>>, NameUnclear> {
        let inside = whole.len().saturating_sub(1);
        let Some(begin) = whole[..inside].iter().skip(1).position(|word| is_certain(word)).map(|at| at + 1) else {
            return Ok(None);
        };
        let length = whole[begin..inside].iter().take_while(|word| is_certain(word)).count();
        if order != NameOrder::LastFirst {
            return Err(NameUnclear::TooManyNames);
        }
        for word in whole[begin..begin + length].iter().rev() {
            self.take(word);
        }
        Ok(Some((&whole[..begin], &whole[begin + length..])))
    }

    fn take(&mut self, word: &str) {
        if affix(word) == Some(Affix::Generation) && self.generation.is_none() {
            self.generation = Some(word.to_owned());
        } else {
            self.credentials.insert(0, word.to_owned());
        }
    }

    pub(super) fn into_parts(self, parts: &mut NameParts) {
        parts.generation = self.generation;
        parts.credential = (!self.credentials.is_empty()).then(|| self.credentials.join(", "));
    }
}

/// Refuses what may be a degree that is in no table: a word in capitals behind a whole name, or among words that are not
/// (`Ana Ruiz, QXZ`, `Ruiz, Ana QXZ`), and one without a vowel (`RUIZ, QXZ`).
pub(super) fn refuse_perhaps_degrees(last: &[&str], rest: &[&str], all_caps: bool) -> Result<(), NameUnclear> {
    let whole_name = last.len() > 1 && !all_caps && last.iter().any(|word| word.chars().any(char::is_lowercase));
    let may_be_degree = |word: &str| is_short(word) && (is_written_as_a_degree(word) || is_abbreviation(word));
    let job = last.len() > 1 && (is_a_job(&rest.join(" ")) || rest.last().is_some_and(|word| is_a_job(word)));
    let behind_a_name = whole_name && !rest.is_empty() && rest.iter().all(|word| may_be_degree(word));
    let without_vowel = matches!(rest, [word] if has_no_vowel(word));
    let in_front = matches!(rest, [first, _, ..] if is_certain(first));
    let job_behind = matches!(rest, [_, .., word] if is_a_job(word) && !is_job_and_name(word));
    if job
        || job_behind
        || behind_a_name
        || without_vowel
        || in_front
        || ends_in_a_degree(last)
        || ends_in_a_degree(rest)
    {
        return Err(NameUnclear::NameOrDegree);
    }
    Ok(())
}

/// The last of several words is in capitals, and one before it is not, or it has no vowel, or is a job: `Ana Ruiz Technologist`.
pub(super) fn ends_in_a_degree(words: &[&str]) -> bool {
    let [before @ .., word] = words else { return false };
    let counts = |word: &&&str| !is_particle(word) && !is_initial(word);
    let small = before.iter().filter(counts).any(|word| word.chars().any(char::is_lowercase));
    if before.len() > 1 && is_a_job(word) && !is_job_and_name(word) {
        return true;
    }
    !before.is_empty()
        && !is_particle(word)
        && is_short(word)
        && (small && is_written_as_a_degree(word) || before.len() > 1 && has_no_vowel(word))
}

fn is_a_job(text: &str) -> bool {
    is_job(text) || is_job_behind_a_name(text) || title_or_name(text) == Some(TitleOrName::Job)
}

/// As long as degrees are.
fn is_short(word: &str) -> bool {
    (2..=6).contains(&word.chars().filter(|c| c.is_alphabetic()).count())
}

/// Three letters or more, all capitals and none a vowel: no name.
pub(super) fn has_no_vowel(word: &str) -> bool {
    word.chars().filter(|c| c.is_alphabetic()).count() > 2 && !word.chars().any(char::is_lowercase) && !has_vowel(word)
}

/// Two capitals side by side or one at the end: `DO`, `D.O.`, `LAc` and `DiS.`, but not `Do`, `Lac` and `J.`
fn is_written_as_a_degree(word: &str) -> bool {
    let letters: Vec<char> = word.chars().filter(|c| *c != '.').collect();
    let ends_in_a_capital = letters.len() > 1 && letters.last().is_some_and(|c| c.is_uppercase());
    ends_in_a_capital || letters.windows(2).any(|pair| pair.iter().all(|c| c.is_uppercase()))
}

fn is_certain(word: &str) -> bool {
    matches!(affix(word), Some(Affix::Generation | Affix::Credential))
}

/// The words of a piece, `M. D.` and `Ph. D.` as one, each with how many words it is.
fn spelt_out(piece: &[&str]) -> Vec<(String, usize)> {
    let mut words: Vec<(String, usize)> = Vec::with_capacity(piece.len());
    for word in piece {
        let letter = word.len() == 2 && word.ends_with('.');
        let joined = words.last().map(|(before, _)| format!("{before}{word}"));
        let goes_on = letter && words.last().is_some_and(|(before, _)| before.len() <= 3 && before.ends_with('.'));
        match (joined, words.last_mut()) {
            (Some(joined), Some(last)) if goes_on && affix(&joined) == Some(Affix::Credential) => {
                *last = (joined, last.1 + 1);
            }
            _ => words.push(((*word).to_owned(), 1)),
        }
    }
    words
}

/// A last name without the suffixes that it ends in, and these: `SMITH, JR` and `Ruiz MD`, but not `Kim Do`. `None` where
/// there are none.
pub(crate) fn without_suffixes(last: &str) -> Option<(String, NameParts)> {
    let (name, after) = last.split_once(',').map_or((last, ""), |(name, after)| (name, after));
    let mut suffixes = Suffixes::default();
    let mut words: Vec<&str> = name.split_whitespace().collect();
    let after: Vec<&str> = after.split([',', ' ']).filter(|word| !word.is_empty()).collect();
    if !after.is_empty() && !suffixes.take_whole(&after) || words.is_empty() {
        return None;
    }
    // What is both a name and a degree is the name here, as in `DO` and `Kim Do`.
    let ends_in_a_suffix = |words: &[&str]| words.len() > 1 && words.last().is_some_and(|word| is_certain(word));
    while ends_in_a_suffix(&words) {
        suffixes.take(words.pop()?);
    }
    let mut parts = NameParts::default();
    suffixes.into_parts(&mut parts);
    (parts.generation.is_some() || parts.credential.is_some()).then(|| (words.join(" "), parts))
}

/// The two that a suffix column says in one cell: `Jr., MD`. `None` where it says one kind only, or something else.
pub(crate) fn generation_and_credential(text: &str) -> Option<(String, String)> {
    let words: Vec<&str> = text.split([',', ';', ' ']).filter(|word| !word.is_empty()).collect();
    let mut suffixes = Suffixes::default();
    let mut parts = NameParts::default();
    suffixes.take_whole(&words).then(|| suffixes.into_parts(&mut parts));
    parts.generation.zip(parts.credential)
}

/// A first name without the middle initial that it ends in, and this: `John M.`
pub(crate) fn without_initial(first: &str) -> Option<(String, String)> {
    let (name, initial) = first.trim().rsplit_once(' ')?;
    let letter = initial.strip_suffix('.').unwrap_or(initial);
    let one_letter = letter.chars().count() == 1 && letter.chars().all(char::is_uppercase);
    let name = name.trim_end();
    (one_letter && name.chars().filter(|c| c.is_alphabetic()).count() > 1)
        .then(|| (name.to_owned(), initial.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn suffixes_in_a_last_names_column_are_found() {
        for (last, expected) in [
            ("SMITH, JR", Some(("SMITH", "JR", ""))),
            ("Smith Jr.", Some(("Smith", "Jr.", ""))),
            ("Smith III", Some(("Smith", "III", ""))),
            ("Ruiz, MD", Some(("Ruiz", "", "MD"))),
            ("Ruiz MD, PhD", Some(("Ruiz", "", "MD, PhD"))),
            ("Ruiz, DO", Some(("Ruiz", "", "DO"))),
            ("Smith, Jr., M. D.", Some(("Smith", "Jr.", "M.D."))),
            ("Ruiz", None),
            ("Do", None),
            ("Van Do", None),
            ("Ruiz, Ana", None),
            ("MD", None),
        ] {
            let found = without_suffixes(last);
            let parts = found.as_ref().map(|(name, parts)| {
                let text = |part: &Option<String>| part.clone().unwrap_or_default();
                (name.clone(), text(&parts.generation), text(&parts.credential))
            });
            let expected = expected.map(|(name, one, other)| (name.to_owned(), one.to_owned(), other.to_owned()));
            assert_eq!(parts, expected, "{last}");
        }
        let both = |text| generation_and_credential(text);
        assert_eq!(both("Jr., MD"), Some(("Jr.".to_owned(), "MD".to_owned())));
        assert_eq!(both("MD, PhD III"), Some(("III".to_owned(), "MD, PhD".to_owned())));
        assert_eq!(["Jr.", "MD, PhD", "Jr., Radiologist", ""].map(both), [None, None, None, None]);
        assert_eq!(without_initial("John M."), Some(("John".to_owned(), "M.".to_owned())));
        assert_eq!(without_initial("MARY J"), Some(("MARY".to_owned(), "J".to_owned())));
        assert_eq!(
            ["Ana", "J. R.", "Ana Maria", "Ana-M.", "Ana m"].map(without_initial),
            [None, None, None, None, None]
        );
    }
}
