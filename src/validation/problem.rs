//! One thing that is wrong with one row.

use std::fmt;

use crate::mapping::{FieldValue, Origin};
use crate::roster::Location;
use crate::staff::Field;

/// One thing that is wrong with one row: where, what, and what to do about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Where the row stands.
    pub at: Location,
    /// The header of the column to look at, where the roster has one.
    pub column: Option<String>,
    /// The field that the value was meant for.
    pub field: Option<Field>,
    /// The value, as the roster has it; blank for a blank cell.
    pub value: String,
    /// A stable snake_case word, one of [`CODES`](crate::validation::CODES).
    pub code: &'static str,
    /// What is wrong and what to do, without the place and without the value.
    pub message: String,
}

impl Problem {
    /// A problem with a value that a row gives for a field.
    pub(super) fn of_value(at: &Location, field: Field, value: &FieldValue, fault: Fault) -> Self {
        let message = match source_without_column(&value.origin) {
            Some(source) => format!("{} (it comes from {source})", fault.message),
            None => fault.message,
        };
        let column = column_of(&value.origin).map(str::to_owned);
        Problem { at: at.clone(), column, field: Some(field), value: value.raw.clone(), code: fault.code, message }
    }

    /// The name a person knows the place by: the header, or else the field.
    pub fn label(&self) -> Option<&str> {
        self.column.as_deref().or_else(|| self.field.map(Field::name))
    }
}

/// `Work Email "ana.example.org": there is no @ in it; write the whole address`: all but the row's place.
impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        /// What a message shows of a value at most: a pasted letter would hide the message.
        const SHOWN: usize = 80;
        let value = self.value.trim();
        match (self.label(), value.is_empty()) {
            (Some(label), true) => write!(f, "{label}: ")?,
            (Some(label), false) => write!(f, "{label} \"{}\": ", shortened(value, SHOWN))?,
            (None, false) => write!(f, "\"{}\": ", shortened(value, SHOWN))?,
            (None, true) => {}
        }
        f.write_str(&self.message)
    }
}

/// At most `limit` characters of a text, on one line.
fn shortened(text: &str, limit: usize) -> String {
    let mut short: String = text.chars().take(limit).map(|c| if c.is_control() { ' ' } else { c }).collect();
    if text.chars().nth(limit).is_some() {
        short.push('…');
    }
    short
}

/// What is wrong with a value, before it is known where the value stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Fault {
    /// See [`Problem::code`].
    pub code: &'static str,
    /// See [`Problem::message`].
    pub message: String,
}

impl Fault {
    /// A fault of this code, explained by this text.
    pub fn new(code: &'static str, message: impl fmt::Display) -> Self {
        Fault { code, message: message.to_string() }
    }
}

fn column_of(origin: &Origin) -> Option<&str> {
    match origin {
        Origin::Column(header) | Origin::FullName(header) => Some(header),
        Origin::Default | Origin::Set | Origin::Profile(_) => None,
    }
}

fn source_without_column(origin: &Origin) -> Option<String> {
    match origin {
        Origin::Column(_) | Origin::FullName(_) => None,
        Origin::Default => Some("the mapping file's default".to_owned()),
        Origin::Set => Some("--set".to_owned()),
        Origin::Profile(role) => Some(format!("the mapping file's profile \"{role}\"")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem(column: Option<&str>, value: &str) -> Problem {
        Problem {
            at: Location { sheet: None, row: 3 },
            column: column.map(str::to_owned),
            field: Some(Field::Email),
            value: value.to_owned(),
            code: "email_no_at",
            message: "there is no @ in it; write the whole address".to_owned(),
        }
    }

    #[test]
    fn the_text_names_the_column_and_the_value_once() {
        assert_eq!(
            problem(Some("Work Email"), " ana.example.org ").to_string(),
            "Work Email \"ana.example.org\": there is no @ in it; write the whole address"
        );
        assert_eq!(problem(None, "").to_string(), "email: there is no @ in it; write the whole address");
    }

    #[test]
    fn a_pasted_letter_is_cut_and_stays_on_one_line() {
        let text = problem(Some("Work Email"), &"so it\ngoes ".repeat(40)).to_string();
        assert!(text.contains("so it goes") && text.contains('…') && text.chars().count() < 160, "{text}");
    }

    #[test]
    fn a_value_that_no_column_gave_says_who_did() {
        let value = FieldValue {
            text: "boss".into(),
            raw: "boss".into(),
            kind: Default::default(),
            origin: Origin::Profile("Radiologist".into()),
            problem: None,
        };
        let at = Location { sheet: None, row: 3 };
        let problem =
            Problem::of_value(&at, Field::Level, &value, Fault::new("level_unknown", "write admin or member"));
        assert_eq!(
            problem.to_string(),
            "level \"boss\": write admin or member (it comes from the mapping file's profile \"Radiologist\")"
        );
    }
}
