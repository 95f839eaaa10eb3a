//! A roster's own words for level and permissions: `Administrator` for an admin, `Signs` for a yes.
//!
//! Such words are another system's until a person has said what they mean, so no table has any.

use std::collections::BTreeMap;

use crate::staff::{Field, Level, parse_boolean};

use super::fold::fold;

/// What a person has said of words, by field: the mapping file's `[values.FIELD]`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct ValueWords {
    by_field: BTreeMap<Field, BTreeMap<String, Meaning>>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Meaning {
    /// The word as it was written.
    word: String,
    /// `admin`, `member`, `true` or `false`.
    value: String,
}

impl ValueWords {
    /// What a word means; none where nobody has said.
    pub(crate) fn get(&self, field: Field, word: &str) -> Option<&str> {
        Some(self.by_field.get(&field)?.get(&key(word))?.value.as_str())
    }

    /// Notes what a word means. Gives back what the same word, in another case or spacing, was said to mean before.
    pub(crate) fn set(&mut self, field: Field, word: &str, value: &str) -> Option<String> {
        let meaning = Meaning { word: word.to_owned(), value: value.to_owned() };
        self.by_field.entry(field).or_default().insert(key(word), meaning).map(|before| before.value)
    }

    /// The fields that words are known for.
    pub(crate) fn fields(&self) -> impl Iterator<Item = Field> {
        self.by_field.keys().copied()
    }

    /// The words of a field, as they were written, with what they mean.
    pub(crate) fn of(&self, field: Field) -> impl Iterator<Item = (&str, &str)> {
        let words = self.by_field.get(&field).into_iter().flatten();
        words.map(|(_, meaning)| (meaning.word.as_str(), meaning.value.as_str()))
    }
}

/// Words are compared by this: case, accents and spacing aside.
fn key(word: &str) -> String {
    fold(word).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A text that says the level, or yes or no, without anybody's help.
pub(crate) fn is_plain(field: Field, text: &str) -> bool {
    match field {
        Field::Level => Level::parse(text).is_ok(),
        _ => parse_boolean(text).is_some(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_known_in_any_spelling_and_for_its_field_only() {
        let mut words = ValueWords::default();
        assert_eq!(words.set(Field::Level, "Power  User", "admin"), None);
        assert_eq!(words.get(Field::Level, "POWER USER"), Some("admin"));
        assert_eq!(words.get(Field::CanCreateReports, "Power User"), None);
        assert_eq!(words.set(Field::Level, "power user", "member").as_deref(), Some("admin"));
        assert_eq!(words.of(Field::Level).collect::<Vec<_>>(), [("power user", "member")]);
    }

    #[test]
    fn only_plain_words_need_no_help() {
        assert!(is_plain(Field::Level, "Admin") && is_plain(Field::HasDashboardAccess, "Yes"));
        for (field, text) in [(Field::Level, "Y"), (Field::Level, "Owner"), (Field::CanManageStudies, "Reads")] {
            assert!(!is_plain(field, text), "{text}");
        }
    }
}
