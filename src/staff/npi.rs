//! The National Provider Identifier.

use std::fmt;

/// A National Provider Identifier: ten digits, the first 1 or 2, the last a check digit.
///
/// Source of the rule: CMS, "Requirements for National Provider Identifier (NPI) and NPI check digit": the Luhn formula
/// over `80840` (the prefix of health identifiers of the United States) followed by the ten digits.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Npi(String);

impl Npi {
    /// Reads ten digits. Spaces around them, and spaces, dots and hyphens between them, are taken out; nothing is padded.
    ///
    /// # Errors
    /// Names what is wrong with the number; see [`NpiError`].
    pub fn parse(text: &str) -> Result<Self, NpiError> {
        let digits: String = text
            .trim()
            .chars()
            .filter(|c| !(c.is_whitespace() || matches!(c, '-' | '.' | '\u{2010}'..='\u{2015}')))
            .collect();
        if let Some(odd) = digits.chars().find(|c| !c.is_ascii_digit()) {
            return Err(NpiError::NotADigit(odd));
        }
        if digits.len() != 10 {
            return Err(NpiError::Length(digits.len()));
        }
        if !digits.starts_with(['1', '2']) {
            return Err(NpiError::FirstDigit);
        }
        if !luhn_over_80840(&digits) {
            return Err(NpiError::CheckDigit);
        }
        Ok(Npi(digits))
    }

    /// The ten digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The Luhn sum of `80840` and these digits is a multiple of ten.
fn luhn_over_80840(digits: &str) -> bool {
    /// What `80840` adds to the sum: 8+0+8+8+0, its doubled digits reduced.
    const PREFIX: u32 = 24;
    let sum: u32 = digits
        .bytes()
        .rev()
        .enumerate()
        .map(|(place, byte)| {
            let digit = u32::from(byte - b'0');
            match place % 2 {
                0 => digit,
                _ => digit * 2 / 10 + digit * 2 % 10,
            }
        })
        .sum();
    (PREFIX + sum).is_multiple_of(10)
}

impl fmt::Display for Npi {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// The number is a person's; a log must not get it by accident.
impl fmt::Debug for Npi {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Npi(…)")
    }
}

/// Why a text is no NPI.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NpiError {
    /// A character that is no digit.
    #[error("an NPI is ten digits; \"{0}\" is none")]
    NotADigit(char),
    /// Too many or too few digits.
    #[error("an NPI has ten digits, this has {0}; look the number up, digits are never filled in")]
    Length(usize),
    /// The first digit is neither 1 nor 2.
    #[error("an NPI begins with 1 or 2; this may be another number")]
    FirstDigit,
    /// The check digit is wrong.
    #[error("the check digit is wrong, so a digit was mistyped; look the number up")]
    CheckDigit,
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_known_numbers() {
        assert_eq!(Npi::parse("1234567893").map(|npi| npi.to_string()), Ok("1234567893".into()));
        assert_eq!(Npi::parse(" 123 456-7893 ").map(|npi| npi.to_string()), Ok("1234567893".into()));
        assert_eq!(Npi::parse("1234567890"), Err(NpiError::CheckDigit));
        assert_eq!(Npi::parse("0987654321"), Err(NpiError::FirstDigit));
        assert_eq!(Npi::parse("0000000000"), Err(NpiError::FirstDigit));
        assert_eq!(Npi::parse("123456789"), Err(NpiError::Length(9)));
        assert_eq!(Npi::parse("1.23E+09"), Err(NpiError::NotADigit('E')));
        assert_eq!(Npi::parse("１234567893"), Err(NpiError::NotADigit('１')));
    }

    proptest! {
        #[test]
        fn exactly_one_check_digit_fits(nine in "[12][0-9]{8}") {
            let fitting = (0..10).filter(|digit| Npi::parse(&format!("{nine}{digit}")).is_ok()).count();
            prop_assert_eq!(fitting, 1);
        }

        #[test]
        fn one_mistyped_digit_is_always_seen(nine in "[12][0-9]{8}", place in 1usize..10, by in 1u8..10) {
            let good = (0..10).map(|d| format!("{nine}{d}")).find(|n| Npi::parse(n).is_ok()).unwrap();
            let mut bytes = good.into_bytes();
            bytes[place] = b'0' + (bytes[place] - b'0' + by) % 10;
            let mistyped = String::from_utf8(bytes).unwrap();
            prop_assert!(Npi::parse(&mistyped).is_err());
        }
    }
}
