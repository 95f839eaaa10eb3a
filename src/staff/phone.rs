//! The phone number.

use std::fmt;

/// A phone number as the API takes it: 10 to 15 digits, nothing else.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Phone(String);

impl Phone {
    /// Takes out a leading `+` and the usual punctuation, and counts what is left. A leading `00` or `0` stays: which
    /// country it is dialled from is not known here.
    ///
    /// # Errors
    /// See [`PhoneError`]. An extension is an error, never cut off: the number would reach somebody else.
    pub fn parse(text: &str) -> Result<Self, PhoneError> {
        let text = text.trim();
        let text = text.strip_prefix("tel:").unwrap_or(text).trim_start();
        let text = text.strip_prefix(['+', '＋']).unwrap_or(text);
        // A number column that went through a data frame comes with `.0`, which is no digit of the number.
        let number =
            text.strip_suffix(".0").filter(|digits| digits.bytes().all(|byte| byte.is_ascii_digit())).unwrap_or(text);
        let mut digits = String::with_capacity(15);
        for c in number.chars() {
            match c {
                '0'..='9' => digits.push(c),
                ' ' | '(' | ')' | '-' | '.' | '/' | '\u{a0}' | '\u{202f}' | '\u{2009}' | '\u{2010}'..='\u{2015}' => {}
                _ if has_extension(number) => return Err(PhoneError::Extension),
                other => return Err(PhoneError::NotANumber(other)),
            }
        }
        match digits.len() {
            10..=15 => Ok(Phone(digits)),
            7 => Err(PhoneError::NoAreaCode),
            length => Err(PhoneError::Length(length)),
        }
    }

    /// The digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// `x101`, `ext. 101`, `#101`, `,101`, `;ext=101`, or the same in German, after at least a few digits.
fn has_extension(number: &str) -> bool {
    let lower = number.to_lowercase();
    let Some(letter) = lower.find(|c: char| c.is_alphabetic() || matches!(c, '#' | ',' | ';')) else {
        return false;
    };
    let before = lower[..letter].chars().filter(char::is_ascii_digit).count();
    let word = lower[letter..].trim_start_matches([';', ',', ' ']);
    let marked = ["x", "ext", "#", "durchwahl", "dw", "poste", "int"].iter().any(|mark| word.starts_with(mark))
        || word.starts_with(|c: char| c.is_ascii_digit());
    before >= 5 && marked && word.chars().any(|c| c.is_ascii_digit())
}

impl fmt::Display for Phone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// The number is a person's; a log must not get it by accident.
impl fmt::Debug for Phone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Phone(…)")
    }
}

/// Why a text is no phone number that the API takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PhoneError {
    /// An extension follows the number.
    #[error("AutoScribe takes no extension; write the direct number, or leave the cell blank")]
    Extension,
    /// Seven digits: a local number.
    #[error("seven digits have no area code; write the whole number, or leave the cell blank")]
    NoAreaCode,
    /// Another number of digits.
    #[error(
        "a phone number has 10 to 15 digits, this has {0}; write it with its area or country code, or leave the cell blank"
    )]
    Length(usize),
    /// Something that stands in no number.
    #[error("\"{0}\" stands in no phone number; write digits, or leave the cell blank")]
    NotANumber(char),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn punctuation_is_taken_out() {
        for (text, digits) in [
            ("(555) 123-4567", "5551234567"),
            ("555.123.4567", "5551234567"),
            ("+1 555 123 4567", "15551234567"),
            ("+43 1 234 56 78 90", "43123456 7890".replace(' ', "").as_str()),
            ("0664/123 45 67", "06641234567"),
            ("555\u{2011}123\u{2011}4567", "5551234567"),
            ("tel:+1-555-123-4567", "15551234567"),
            ("5551234567.0", "5551234567"),
        ] {
            assert_eq!(Phone::parse(text).map(|p| p.to_string()), Ok(digits.to_owned()), "{text}");
        }
    }

    #[test]
    fn what_is_no_number_says_why() {
        for text in ["555-123-4567 x101", "5551234567 ext. 9", "555 123 4567 #22", "5551234567;ext=4", "5551234567, 12"]
        {
            assert_eq!(Phone::parse(text), Err(PhoneError::Extension), "{text}");
        }
        assert_eq!(Phone::parse("555-1234"), Err(PhoneError::NoAreaCode));
        assert_eq!(Phone::parse("+1-555-0001"), Err(PhoneError::Length(8)));
        assert_eq!(Phone::parse("1234567890123456"), Err(PhoneError::Length(16)));
        assert_eq!(Phone::parse("Unlisted"), Err(PhoneError::NotANumber('U')));
        assert_eq!(Phone::parse("5.551234567E9"), Err(PhoneError::NotANumber('E')));
        assert_eq!(Phone::parse("555+1234567"), Err(PhoneError::NotANumber('+')));
    }
}
