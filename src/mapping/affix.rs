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

/// What a title can be beside a title, where it stands without a dot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TitleOrName {
    /// `Schwester`, `Nurse`: a family name at most, so that before two names it is the job.
    Job,
    /// `Pastor`, `Pan`: a given or a family name.
    Name,
    /// `Don`, `Lady`: a given name so often that before one name it is that.
    GivenName,
}

struct Affixes {
    honorifics: HashSet<String>,
    dotted_titles: HashSet<String>,
    jobs: HashSet<String>,
    titles_or_names: HashSet<String>,
    titles_or_given_names: HashSet<String>,
    given_names: HashSet<String>,
    not_known: HashSet<String>,
    born: HashSet<String>,
    jobs_that_are_names: HashSet<String>,
    jobs_behind: HashSet<String>,
    of_maria: HashSet<String>,
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
        dotted_titles: set("titles_with_a_dot")?,
        jobs: set("jobs_before_names")?,
        titles_or_names: set("titles_that_are_names")?,
        titles_or_given_names: set("titles_that_are_given_names")?,
        given_names: set("given_names_that_are_no_family_names")?,
        not_known: set("names_not_known")?,
        born: set("before_a_former_name")?,
        of_maria: set("names_of_maria")?,
        jobs_behind: set("jobs_behind_names")?,
        jobs_that_are_names: set("jobs_that_are_names")?,
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

/// A form of address in front of a name: what some people are called too only with its dot (`Br.`, `Ir.`).
pub(crate) fn is_title(word: &str) -> bool {
    !is_initials(word) && (is_honorific(word) || word.contains('.') && AFFIXES.dotted_titles.contains(&key(word)))
}

/// `B.R.` and `D.R.`, whatever they would be without the dots between them.
fn is_initials(word: &str) -> bool {
    let one_capital = |part: &str| part.chars().count() == 1 && part.chars().all(char::is_uppercase);
    word.trim_end_matches('.').split_once('.').is_some() && word.trim_end_matches('.').split('.').all(one_capital)
}

/// A word that is a title or a name; none where it is surely no title, or surely one.
pub(crate) fn title_or_name(word: &str) -> Option<TitleOrName> {
    let (key, affixes) = (key(word), &*AFFIXES);
    if is_initials(word) {
        return None;
    }
    if affixes.jobs.contains(&key) {
        return Some(TitleOrName::Job);
    }
    if affixes.titles_or_given_names.contains(&key) {
        return Some(TitleOrName::GivenName);
    }
    (affixes.titles_or_names.contains(&key) || affixes.dotted_titles.contains(&key)).then_some(TitleOrName::Name)
}

/// `FNU`: first name unknown.
pub(crate) fn says_not_known(word: &str) -> bool {
    AFFIXES.not_known.contains(&key(word))
}

/// `geb.`, `née`: the name before a marriage follows.
pub(crate) fn says_born(word: &str) -> bool {
    !word.starts_with(char::is_uppercase) && AFFIXES.born.contains(&key(word))
}

/// `Carmen`, as in `María del Carmen`.
pub(crate) fn is_of_maria(word: &str) -> bool {
    AFFIXES.of_maria.contains(&key(word))
}

/// A word for a job that nobody is called: `Technologist`.
pub(crate) fn is_job_behind_a_name(word: &str) -> bool {
    AFFIXES.jobs_behind.contains(&key(word))
}

/// A word for a job that is a family or a given name as well: `Porter`.
pub(crate) fn is_job_and_name(word: &str) -> bool {
    AFFIXES.jobs_that_are_names.contains(&key(word))
}

/// A first name that is common, and hardly anybody's last name.
pub(crate) fn is_given_name(word: &str) -> bool {
    AFFIXES.given_names.contains(&key(word))
}

/// A title only before another: `PD Dr. Ana Ruiz`; elsewhere it may be initials.
pub(crate) fn is_title_before_titles(word: &str) -> bool {
    AFFIXES.before_titles.contains(&key(word))
}

/// `de`, `van`, `von`: the beginning of a family name.
pub(crate) fn is_particle(word: &str) -> bool {
    AFFIXES.particles.contains(&key(word))
}

/// Particles written small, and nothing else: `von`, `van der`. What is a degree as well is none.
pub(crate) fn are_particles(text: &str) -> bool {
    let is = |word: &str| is_particle(word) && affix(word).is_none() && !word.chars().any(char::is_uppercase);
    !text.trim().is_empty() && text.split_whitespace().all(is)
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

/// `Jr.`, and nothing else.
pub(crate) fn is_generation(text: &str) -> bool {
    all_are(text, &[Affix::Generation])
}

/// `MD, PhD`, and nothing else.
pub(crate) fn is_credential(text: &str) -> bool {
    all_are(text, &[Affix::Credential, Affix::CredentialOrName])
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
