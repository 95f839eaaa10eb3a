//! The words of headers as concepts: `Work E-Mail *` is {work, email}, whatever its language, case and punctuation.
//!
//! The table is `data/words.toml`; nothing here knows what a concept is good for.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::fold::split_words;

/// A set of concepts, as the bits of their places in the table.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Concepts(u128);

impl Concepts {
    /// The one concept that is in no table: a word nobody knows.
    pub(crate) const UNKNOWN: Concepts = Concepts(1);

    pub(crate) const fn with(self, other: Concepts) -> Concepts {
        Concepts(self.0 | other.0)
    }

    pub(crate) const fn without(self, other: Concepts) -> Concepts {
        Concepts(self.0 & !other.0)
    }

    /// Whether all of `other` is in it.
    pub(crate) const fn has(self, other: Concepts) -> bool {
        self.0 & other.0 == other.0
    }

    /// Whether some of `other` is in it.
    pub(crate) const fn has_any(self, other: Concepts) -> bool {
        self.0 & other.0 != 0
    }

    pub(crate) const fn is_empty(self) -> bool {
        self.0 == 0
    }
}

/// The table of words.
pub(crate) struct Words {
    by_name: HashMap<String, Concepts>,
    by_phrase: HashMap<String, Concepts>,
    longest_phrase: usize,
}

/// The compiled-in table.
pub(crate) static WORDS: LazyLock<Words> =
    // A table that does not parse cannot be released: a test reads it.
    LazyLock::new(|| Words::parse(include_str!("data/words.toml")).expect("data/words.toml is well formed"));

impl Words {
    fn parse(text: &str) -> Result<Words, String> {
        let table: toml::Table = text.parse().map_err(|error: toml::de::Error| error.to_string())?;
        let mut words = Words { by_name: HashMap::new(), by_phrase: HashMap::new(), longest_phrase: 1 };
        if table.len() > 126 {
            return Err("more than 126 concepts".to_owned());
        }
        for (place, (concept, entries)) in table.into_iter().enumerate() {
            let bit = Concepts(1 << (place + 1));
            words.by_name.insert(concept.clone(), bit);
            let entries: Vec<String> = entries.try_into().map_err(|error| format!("{concept}: {error}"))?;
            for entry in entries {
                words.longest_phrase = words.longest_phrase.max(entry.split(' ').count());
                if words.by_phrase.insert(entry.clone(), bit).is_some() {
                    return Err(format!("\"{entry}\" stands twice"));
                }
            }
        }
        words.glue_phrases();
        Ok(words)
    }

    /// A phrase written as one word (`userprincipalname`) means the same, unless the table has that word.
    fn glue_phrases(&mut self) {
        let phrases = self.by_phrase.iter().filter(|(phrase, _)| phrase.contains(' '));
        let mut glued: Vec<(String, Concepts)> =
            phrases.map(|(phrase, concepts)| (phrase.replace(' ', ""), *concepts)).collect();
        // Of two phrases that look alike without their spaces, always the same one wins.
        glued.sort_by(|one, other| (&one.0, one.1.0).cmp(&(&other.0, other.1.0)));
        for (word, concepts) in glued {
            self.by_phrase.entry(word).or_insert(concepts);
        }
    }

    /// The concept of this name; `?` is the unknown one.
    pub(crate) fn named(&self, name: &str) -> Option<Concepts> {
        if name == "?" { Some(Concepts::UNKNOWN) } else { self.by_name.get(name).copied() }
    }

    /// The concepts of a header. A name space that nobody knows (`vendor:emails`) says nothing.
    pub(crate) fn read(&self, header: &str) -> Concepts {
        if let Some(technical) = technical_name(header) {
            let concepts = self.of_words(&split_words(technical));
            if !concepts.without(self.fill()).has_any(Concepts::UNKNOWN) && !concepts.without(self.fill()).is_empty() {
                return concepts;
            }
        }
        let header = without_section(header);
        match header.split_once(':') {
            Some((space, name))
                if self.of_words(&split_words(space)) == Concepts::UNKNOWN && !name.trim().is_empty() =>
            {
                self.of_words(&split_words(name))
            }
            _ => self.of_words(&split_words(&header)),
        }
    }

    fn fill(&self) -> Concepts {
        self.by_name.get("fill").copied().unwrap_or_default()
    }

    /// The concepts of a header's words, phrases first.
    pub(crate) fn of_words(&self, words: &[String]) -> Concepts {
        let mut found = Concepts::default();
        let mut at = 0;
        while at < words.len() {
            let longest = self.longest_phrase.min(words.len() - at);
            let phrase = (2..=longest)
                .rev()
                .find_map(|length| Some((length, *self.by_phrase.get(&words[at..at + length].join(" "))?)));
            let (length, concepts) = phrase.unwrap_or_else(|| (1, self.of_word(&words[at])));
            found = found.with(concepts);
            at += length;
        }
        found
    }

    fn of_word(&self, word: &str) -> Concepts {
        self.known(word).or_else(|| self.of_compound(word)).unwrap_or_else(|| self.of_unknown(word))
    }

    /// A word nobody knows that names a doer (`interviewer`, `requestor`) is somebody else in the people's rows.
    fn of_unknown(&self, word: &str) -> Concepts {
        const DOERS: [&str; 3] = ["er", "or", "eur"];
        let doer = word.len() > 5 && DOERS.iter().any(|ending| word.ends_with(ending));
        if doer { self.named("other_person").unwrap_or(Concepts::UNKNOWN) } else { Concepts::UNKNOWN }
    }

    fn known(&self, word: &str) -> Option<Concepts> {
        let singular =
            || word.strip_suffix('s').filter(|stem| stem.len() > 3).and_then(|stem| self.by_phrase.get(stem));
        self.by_phrase.get(word).or_else(singular).copied()
    }

    /// Takes a word apart that is several known words written together (`firstname`, `geschaeftstelefon`), in the
    /// fewest pieces. Pieces of fewer than three letters would find themselves everywhere, but for a last `id`, `no`, `nm`.
    fn of_compound(&self, word: &str) -> Option<Concepts> {
        const SHORT_ENDINGS: [&str; 4] = ["id", "no", "nm", "nr"];
        if !word.is_ascii() || word.len() < 5 || word.len() > 60 {
            return None;
        }
        let mut best: Vec<Option<(usize, Concepts)>> = vec![None; word.len() + 1];
        best[0] = Some((0, Concepts::default()));
        for end in 1..=word.len() {
            for start in 0..end {
                let (Some((pieces, before)), piece) = (best[start], &word[start..end]) else { continue };
                let long_enough = piece.len() >= 3 || (end == word.len() && SHORT_ENDINGS.contains(&piece));
                let Some(concepts) = long_enough.then(|| self.known(piece)).flatten() else { continue };
                if best[end].is_none_or(|(fewest, _)| pieces + 1 < fewest) {
                    best[end] = Some((pieces + 1, before.with(concepts)));
                }
            }
        }
        best[word.len()].map(|(_, concepts)| concepts)
    }
}

/// `displayName` of `Name [displayName] Required`: the form of identity systems' templates, whose technical name is exact
/// where the words before it are not.
fn technical_name(header: &str) -> Option<&str> {
    let (_, rest) = header.split_once(" [")?;
    let (name, _) = rest.split_once(']')?;
    (!name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')).then_some(name)
}

/// A report's section in brackets (`(Personal Profile)`) says where the column was picked, not what it holds.
fn without_section(header: &str) -> String {
    let trimmed = header.trim_end();
    match trimmed.rfind('(') {
        Some(open) if trimmed.to_lowercase().ends_with(" profile)") => trimmed[..open].to_owned(),
        _ => header.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn concepts(names: &str) -> Concepts {
        names.split(' ').fold(Concepts::default(), |set, name| set.with(WORDS.named(name).unwrap()))
    }

    #[test]
    fn the_table_parses_and_contradicts_itself_nowhere() {
        Words::parse(include_str!("data/words.toml")).unwrap();
    }

    #[test]
    fn spelling_does_not_matter() {
        for header in
            ["Work E-Mail *", "\u{feff}work\u{a0}email", "WORK_EMAIL", "workEmail", "workemail", "Work  e-mail"]
        {
            assert_eq!(WORDS.read(header), concepts("work email"), "{header}");
        }
        for header in ["NPI #", "NPINumber", "npi_no", "npinumber"] {
            assert_eq!(WORDS.read(header), concepts("npi number"), "{header}");
        }
        assert_eq!(WORDS.read("TelefonGeschäft"), concepts("phone work"));
        assert_eq!(WORDS.read("FName"), concepts("first"));
        assert_eq!(WORDS.read("EMail"), concepts("email"));
    }

    #[test]
    fn a_technical_name_in_brackets_is_the_name() {
        assert_eq!(WORDS.read("User name [userPrincipalName] Required"), concepts("upn"));
        assert_eq!(WORDS.read("Name [displayName] Required"), concepts("display name"));
        assert_eq!(WORDS.read("Email [required]"), concepts("email fill"));
    }

    #[test]
    fn sections_are_left_off() {
        assert_eq!(WORDS.read("Work Contact: Work Email (Personal Profile)"), concepts("work_contact work email"));
    }

    #[test]
    fn words_nobody_knows_are_unknown() {
        assert_eq!(WORDS.read("synerzip_email"), concepts("email").with(Concepts::UNKNOWN));
        assert_eq!(WORDS.read("Homepage"), Concepts::UNKNOWN);
    }
}
