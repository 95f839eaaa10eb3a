//! One field at a time: a [`FieldValue`] to the domain's type, or the [`Fault`] that keeps it from being one.
//!
//! The rules themselves are the domain's (`crate::staff`); here stands what only a roster can do to a value: cells
//! that hold an error, a date or a shortened number.

use std::borrow::Cow;

use super::problem::Fault;
use crate::mapping::FieldValue;
use crate::roster::CellKind;
use crate::staff::{
    ClinicRole, Email, EmailError, Level, LevelError, NameError, Npi, NpiError, PersonName, Phone, PhoneError,
    parse_boolean,
};

/// What every field has in common: a cell that holds no value at all, and what the mapping could make nothing of.
pub(super) fn usable(value: &FieldValue) -> Result<(), Fault> {
    let text = value.text.trim();
    match value.kind {
        CellKind::Error => return Err(failed_formula()),
        CellKind::FormulaWithoutValue => {
            return Err(Fault::new(
                "formula_without_value",
                "the file does not hold this formula's result; open it in a spreadsheet and save it, or type the value",
            ));
        }
        // A text file, or a cell that was turned to text, shows the same faults by what it says.
        CellKind::Text if is_error_name(text) => return Err(failed_formula()),
        CellKind::Text if text.starts_with('=') => {
            return Err(Fault::new(
                "formula_without_value",
                "this is the text of a formula and not its result; type the value itself",
            ));
        }
        CellKind::Date => {
            return Err(Fault::new(
                "date_not_text",
                "the spreadsheet has made a date of this; format the cell as text and type the value again",
            ));
        }
        CellKind::Text | CellKind::Number | CellKind::InexactNumber | CellKind::Boolean => {}
    }
    match &value.problem {
        Some(problem) => Err(Fault { code: problem.code, message: problem.message.clone() }),
        None => Ok(()),
    }
}

fn failed_formula() -> Fault {
    Fault::new("cell_error", "the formula in this cell has failed; type the value itself")
}

/// `#N/A`, `#REF!`, `#NAME?` and their like in other languages (`#NV`, `#BEZUG!`, `#¿NOMBRE?`): what a spreadsheet
/// writes into a text file for a formula that has failed.
fn is_error_name(text: &str) -> bool {
    let Some(name) = text.strip_prefix('#') else {
        return false;
    };
    let is_marked = name.ends_with(['!', '?']);
    let in_capitals =
        name.chars().all(|c| !c.is_lowercase() && !c.is_whitespace()) && name.chars().any(char::is_alphabetic);
    matches!(name, "N/A" | "N/D" | "N/V" | "NV" | "GETTING_DATA") || (is_marked && in_capitals)
}

pub(super) fn email(value: &FieldValue) -> Result<Email, Fault> {
    Email::parse(&value.text).map_err(|error| {
        let code = match error {
            EmailError::Blank => "email_blank",
            EmailError::NoAt => "email_no_at",
            EmailError::Several => "email_several",
            EmailError::Space => "email_space",
            EmailError::Malformed => "email_malformed",
        };
        Fault::new(code, error)
    })
}

/// First and last name.
pub(super) fn name(value: &FieldValue) -> Result<PersonName, Fault> {
    PersonName::parse(&value.text).map_err(|error| Fault::new(name_code(error), error))
}

/// Middle name and suffixes: the same rules, and a way out more.
pub(super) fn optional_name(value: &FieldValue) -> Result<PersonName, Fault> {
    PersonName::parse(&value.text)
        .map_err(|error| Fault::new(name_code(error), format_args!("{error}; correct it, or leave the cell blank")))
}

fn name_code(error: NameError) -> &'static str {
    match error {
        // A field's value is never blank; should one come after all, it holds no letter either.
        NameError::Blank | NameError::NoLetter => "name_no_letter",
        NameError::Address => "name_is_address",
        NameError::Unreadable => "name_unreadable",
        NameError::TooLong => "name_too_long",
    }
}

pub(super) fn npi(value: &FieldValue) -> Result<Npi, Fault> {
    if has_lost_digits(value) {
        return Err(Fault::new(
            "npi_digits_lost",
            "a spreadsheet has shortened this number, its last digits are lost; look the NPI up, format the cell as \
             text and type all ten digits",
        ));
    }
    Npi::parse(&without_decimal_zero(&value.text)).map_err(|error| {
        let code = match error {
            NpiError::NotADigit(_) => "npi_not_digits",
            NpiError::Length(_) => "npi_length",
            NpiError::FirstDigit => "npi_first_digit",
            NpiError::CheckDigit => "npi_check_digit",
        };
        Fault::new(code, error)
    })
}

pub(super) fn phone(value: &FieldValue) -> Result<Phone, Fault> {
    if has_lost_digits(value) {
        return Err(Fault::new(
            "phone_digits_lost",
            "a spreadsheet has shortened this number, its last digits are lost; format the cell as text and type the \
             whole number, or leave the cell blank",
        ));
    }
    Phone::parse(&without_decimal_zero(&value.text)).map_err(|error| {
        let code = match error {
            PhoneError::Extension => "phone_extension",
            PhoneError::NoAreaCode => "phone_no_area_code",
            PhoneError::Length(_) => "phone_length",
            PhoneError::NotANumber(_) => "phone_not_a_number",
        };
        Fault::new(code, error)
    })
}

/// The NPI that a value holds, if it holds a valid one.
pub fn read_npi(value: &FieldValue) -> Option<Npi> {
    usable(value).and_then(|()| npi(value)).ok()
}

/// The phone number that a value holds, if it holds a valid one.
pub fn read_phone(value: &FieldValue) -> Option<Phone> {
    usable(value).and_then(|()| phone(value)).ok()
}

pub(super) fn role(value: &FieldValue) -> Result<ClinicRole, Fault> {
    ClinicRole::parse(&value.text).map_err(|error| {
        let near: Vec<_> = ClinicRole::nearest(&value.text, 3).into_iter().map(ClinicRole::as_str).collect();
        let hint = match near.as_slice() {
            [] => String::new(),
            near => format!("; the nearest are {}", near.join(", ")),
        };
        Fault::new("role_unknown", format_args!("{error}{hint}; correct it, or say in the mapping file what it means"))
    })
}

pub(super) fn level(value: &FieldValue) -> Result<Level, Fault> {
    Level::parse(&value.text).map_err(|error| {
        let code = match error {
            LevelError::Owner => "level_owner",
            LevelError::Unknown => "level_unknown",
        };
        Fault::new(code, format_args!("{error}, or say what it means in the mapping file, [values.level]"))
    })
}

pub(super) fn boolean(value: &FieldValue) -> Result<bool, Fault> {
    parse_boolean(&value.text).ok_or_else(|| {
        Fault::new(
            "boolean_unknown",
            "this says neither yes nor no, and is never taken for a no; write yes or no, or say what it means in the \
             mapping file, [values]",
        )
    })
}

/// The fault of a field that a row leaves blank though it is needed.
pub(super) fn blank(code: &'static str, what_to_do: &str) -> Fault {
    Fault::new(code, format_args!("it is blank; {what_to_do}"))
}

/// A number that a spreadsheet has shortened: told by the cell, or in a text file by its exponent (`1.23E+09`).
fn has_lost_digits(value: &FieldValue) -> bool {
    value.kind == CellKind::InexactNumber || is_scientific(value.text.trim())
}

fn is_scientific(text: &str) -> bool {
    let Some((mantissa, exponent)) = text.split_once(['e', 'E']) else {
        return false;
    };
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    let exponent = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
    let mantissa_ok = match mantissa.split_once(['.', ',']) {
        Some((whole, fraction)) => digits(whole) && digits(fraction),
        None => digits(mantissa),
    };
    mantissa_ok && digits(exponent)
}

/// `1234567893.0`, as data tools write a whole number, is the number without its `.0`. Taken as punctuation the point
/// would leave a digit too many, which a phone number would not even notice.
fn without_decimal_zero(text: &str) -> Cow<'_, str> {
    match text.trim().split_once('.') {
        Some((whole, zeros))
            if whole.len() >= 9
                && whole.bytes().all(|b| b.is_ascii_digit())
                && !zeros.is_empty()
                && zeros.bytes().all(|b| b == b'0') =>
        {
            Cow::Owned(whole.to_owned())
        }
        _ => Cow::Borrowed(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mapping::Origin;

    fn value(text: &str, kind: CellKind) -> FieldValue {
        FieldValue {
            text: text.to_owned(),
            raw: text.to_owned(),
            kind,
            origin: Origin::Column("NPI".to_owned()),
            problem: None,
        }
    }

    #[test]
    fn lost_digits_are_seen_in_cells_and_in_text() {
        for (text, kind) in [
            ("1.23E+09", CellKind::Text),
            ("1,23457E+09", CellKind::Text),
            ("1e9", CellKind::Text),
            ("1234567893", CellKind::InexactNumber),
        ] {
            assert_eq!(npi(&value(text, kind)).unwrap_err().code, "npi_digits_lost", "{text}");
            assert_eq!(phone(&value(text, kind)).unwrap_err().code, "phone_digits_lost", "{text}");
        }
        assert_eq!(npi(&value("E123", CellKind::Text)).unwrap_err().code, "npi_not_digits");
        assert_eq!(npi(&value("12E", CellKind::Text)).unwrap_err().code, "npi_not_digits");
    }

    #[test]
    fn a_decimal_zero_adds_no_digit() {
        assert_eq!(npi(&value("1234567893.0", CellKind::Text)).unwrap().as_str(), "1234567893");
        assert_eq!(phone(&value("5551234567.0", CellKind::Text)).unwrap().as_str(), "5551234567");
        assert_eq!(phone(&value("555.123.4567", CellKind::Text)).unwrap().as_str(), "5551234567");
    }

    #[test]
    fn a_cell_without_a_value_is_no_value() {
        for (kind, code) in [
            (CellKind::Error, "cell_error"),
            (CellKind::FormulaWithoutValue, "formula_without_value"),
            (CellKind::Date, "date_not_text"),
        ] {
            assert_eq!(usable(&value("#N/A", kind)).unwrap_err().code, code);
        }
        for text in ["#N/A", "#REF!", "#NAME?", "#DIV/0!", " #NV ", "#BEZUG!", "#¿NOMBRE?", "#N/D"] {
            assert_eq!(usable(&value(text, CellKind::Text)).unwrap_err().code, "cell_error", "{text}");
        }
        for text in ["=A2&\" \"&B2", "=cmd|'/c calc'!A1"] {
            assert_eq!(usable(&value(text, CellKind::Text)).unwrap_err().code, "formula_without_value", "{text}");
        }
        for text in ["#12", "#Ana!", "#", "Ana #1", "!"] {
            assert!(usable(&value(text, CellKind::Text)).is_ok(), "{text}");
        }
        assert!(usable(&value("TRUE", CellKind::Boolean)).is_ok());
        assert_eq!(read_npi(&value("1234567893", CellKind::Number)).unwrap().as_str(), "1234567893");
        assert_eq!(read_npi(&value("1234567893", CellKind::Error)), None);
    }
}
