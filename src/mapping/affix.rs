//! The words that stand around a name: honorifics before it, generations (`Jr.`) and credentials (`MD`) after it.

use std::collections::HashSet;
use std::sync::LazyLock;

/// What a word around a name is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Affix {
    /// `Dr.`, `Mrs.`, `Frau`.
    Honorific,
    /// `Jr.`, `III`.
    Generation,
    /// `MD`, `PA-C`, `RT(R)`.
    Credential,
    /// `DO`, `MA`: a credential that is also a surname.
    CredentialOrName,
}

struct Affixes {
    honorifics: HashSet<String>,
    generations: HashSet<String>,
    credentials: HashSet<String>,
    names_too: HashSet<String>,
    before_titles: HashSet<String>,
    particles: HashSet<String>,
    lower_particles: HashSet<String>,
    firms: HashSet<String>,
    firms_that_are_names: HashSet<String>,
}

static AFFIXES: LazyLock<Affixes> = LazyLock::new(|| {
    // A table that does not parse cannot be released: a test reads it.
    parse(include_str!("data/affixes.toml")).expect("data/affixes.toml is well formed")
});

fn parse(text: &str) -> Result<Affixes, String> {
    let table: toml::Table = text.parse().map_err(|error: toml::de::Error| error.to_string())?;
    let set = |name: &str| -> Result<HashSet<String>, String> {
        let entries = table.get(name).cloned().ok_or_else(|| format!("no {name}"))?;
        entries.try_into().map_err(|error: toml::de::Error| error.to_string())
    };
    Ok(Affixes {
        honorifics: set("honorifics")?,
        generations: set("generations")?,
        credentials: set("credentials")?,
        names_too: set("credentials_that_are_names")?,
        before_titles: set("titles_before_titles")?,
        particles: set("particles")?,
        lower_particles: set("lower_particles")?,
        firms: set("firms")?,
        firms_that_are_names: set("firms_that_are_names")?,
    })
}

fn key(word: &str) -> String {
    word.chars().filter(|c| !matches!(c, '.' | ',')).flat_map(char::to_lowercase).collect()
}

/// What a word is that stands before or after a name; none: a part of the name.
pub(crate) fn affix(word: &str) -> Option<Affix> {
    let key = key(word);
    let affixes = &*AFFIXES;
    if affixes.generations.contains(&key) {
        return Some(Affix::Generation);
    }
    if affixes.names_too.contains(&key) {
        return Some(Affix::CredentialOrName);
    }
    if affixes.credentials.contains(&key)
        || key
            .split(['-', '/', '('])
            .next()
            .is_some_and(|stem| stem.len() < key.len() && stem.len() >= 2 && affixes.credentials.contains(stem))
    {
        return Some(Affix::Credential);
    }
    affixes.honorifics.contains(&key).then_some(Affix::Honorific)
}

/// A form of address, whatever else the word may be behind a name (`Ms.`).
pub(crate) fn is_honorific(word: &str) -> bool {
    AFFIXES.honorifics.contains(&key(word))
}

/// A title only before another: `PD Dr. Ana Ruiz`; elsewhere it may be initials.
pub(crate) fn is_title_before_titles(word: &str) -> bool {
    AFFIXES.before_titles.contains(&key(word))
}

/// `de`, `van`, `von`: the beginning of a family name.
pub(crate) fn is_particle(word: &str) -> bool {
    AFFIXES.particles.contains(&key(word))
}

/// A particle that is written small before a name; `Le` and `Mc` are not.
pub(crate) fn is_lower_particle(word: &str) -> bool {
    AFFIXES.lower_particles.contains(&key(word))
}

/// A word that no person is called: `Inc`, `Clinic`. `Co` and `Sa` are family names too, unless they are written as firms
/// write them (`Co.`, `SA`), which tells nothing where everything is in capitals.
pub(crate) fn is_firm(word: &str, all_caps: bool) -> bool {
    let as_firms_do = word.contains('.') || !all_caps && !word.chars().any(char::is_lowercase);
    let key = key(word);
    AFFIXES.firms.contains(&key) || as_firms_do && AFFIXES.firms_that_are_names.contains(&key)
}

/// Whether all words of a cell are affixes of one of these kinds: `MD, PhD`.
pub(crate) fn all_are(text: &str, kinds: &[Affix]) -> bool {
    let mut words = text.split([' ', ',', ';']).filter(|word| !word.is_empty()).peekable();
    words.peek().is_some() && words.all(|word| affix(word).is_some_and(|kind| kinds.contains(&kind)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_parses() {
        parse(include_str!("data/affixes.toml")).unwrap();
    }

    #[test]
    fn words_around_names_are_told_apart() {
        for (word, kind) in [
            ("Dr.", Some(Affix::Honorific)),
            ("Jr.", Some(Affix::Generation)),
            ("III", Some(Affix::Generation)),
            ("M.D.", Some(Affix::Credential)),
            ("PA-C", Some(Affix::Credential)),
            ("RT(R)(CT)", Some(Affix::Credential)),
            ("FNP-BC", Some(Affix::Credential)),
            ("OTR/L", Some(Affix::Credential)),
            ("Do", Some(Affix::CredentialOrName)),
            ("Ruiz", None),
            ("de", None),
        ] {
            assert_eq!(affix(word), kind, "{word}");
        }
        assert!(is_particle("de") && is_firm("Inc.", false) && is_firm("Co.", false) && !is_firm("Co", false));
        assert!(all_are("MD, PhD", &[Affix::Credential]));
        assert!(!all_are("Staff Nurse", &[Affix::Credential]));
    }
}
