//! A part of a person's name.

use std::fmt;

/// A first, last or middle name, or a suffix: at least one letter, no control characters.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct PersonName(String);

impl PersonName {
    /// The longest name taken, in characters. The invite page sets no limit; this one keeps a pasted paragraph out.
    pub const MAX_CHARS: usize = 200;

    /// Takes a name as it stands, without the spaces around it and with single spaces inside.
    ///
    /// # Errors
    /// See [`NameError`].
    pub fn parse(text: &str) -> Result<Self, NameError> {
        let name = text.split_whitespace().collect::<Vec<_>>().join(" ");
        if name.is_empty() {
            return Err(NameError::Blank);
        }
        if name.contains('@') {
            return Err(NameError::Address);
        }
        if name.contains('\u{fffd}') || name.chars().any(char::is_control) || is_misread(&name) {
            return Err(NameError::Unreadable);
        }
        if !name.chars().any(char::is_alphabetic) {
            return Err(NameError::NoLetter);
        }
        if name.chars().count() > Self::MAX_CHARS {
            return Err(NameError::TooLong);
        }
        Ok(PersonName(name))
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// `JosÃ©`: UTF-8 that some program has read as windows-1252 and saved. After a capital A with an accent no name has a sign.
fn is_misread(name: &str) -> bool {
    let sign = |c: char| matches!(c, '\u{80}'..='\u{bf}' | 'ƒ' | 'ˆ' | '˜' | '\u{2013}'..='\u{203a}' | '€' | '™' | 'Š' | 'š' | 'Œ' | 'œ' | 'Ž' | 'ž' | 'Ÿ');
    name.match_indices(['Â', 'Ã']).any(|(at, found)| name[at + found.len()..].starts_with(sign))
}

impl fmt::Display for PersonName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// A name is private; a log must not get it by accident.
impl fmt::Debug for PersonName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PersonName(…)")
    }
}

/// Why a text is no name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    /// Nothing there.
    #[error("it is blank")]
    Blank,
    /// An e-mail address in a name's column.
    #[error("this is an e-mail address, not a name")]
    Address,
    /// Characters that were broken on the way here.
    #[error("some characters were damaged before the file came here; type the name again")]
    Unreadable,
    /// Digits and signs only.
    #[error("a name has at least one letter")]
    NoLetter,
    /// More than [`PersonName::MAX_CHARS`].
    #[error("this is longer than any name (over 200 characters)")]
    TooLong,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_many_kinds_pass_as_they_are() {
        for name in ["Ana", "O'Neil", "de la Cruz", "Jean-Luc", "J.", "Müller", "李", "III", "Jr.", "RT(R)(CT)"] {
            assert_eq!(PersonName::parse(name).map(|n| n.to_string()), Ok(name.to_owned()));
        }
        assert_eq!(PersonName::parse("  Ana \u{a0} Maria ").map(|n| n.to_string()), Ok("Ana Maria".to_owned()));
    }

    #[test]
    fn what_is_no_name_says_why() {
        assert_eq!(PersonName::parse(" \t"), Err(NameError::Blank));
        assert_eq!(PersonName::parse("ana@example.org"), Err(NameError::Address));
        assert_eq!(PersonName::parse("M\u{fffd}ller"), Err(NameError::Unreadable));
        for misread in ["JosÃ©", "MÃ¼ller", "ZoÃ«", "Ã\u{2030}mile", "PeÃ±a"] {
            assert_eq!(PersonName::parse(misread), Err(NameError::Unreadable), "{misread}");
        }
        assert!(PersonName::parse("JOÃO SÃ").is_ok() && PersonName::parse("Ângela").is_ok());
        assert_eq!(PersonName::parse("1001"), Err(NameError::NoLetter));
        assert_eq!(PersonName::parse(&"a".repeat(201)), Err(NameError::TooLong));
    }
}
