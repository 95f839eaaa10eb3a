//! Combined names: `Ruiz, Ana M., MD` taken apart.
//!
//! What stands around a name comes off first, then the suffixes from its end, and what is left is placed. Where two
//! readings are possible a person is asked: a name that is wrong is sent, a name that is asked about is not.

mod around;
#[cfg(test)]
mod laws;
mod place;
mod recase;
mod suffixes;
#[cfg(test)]
mod tests;

pub(crate) use around::without_honorific;
pub(crate) use recase::{is_all_caps, recased, recased_last};
pub(crate) use suffixes::{without_initial, without_suffixes};

use super::roles::is_role_word;
use around::Asides;
use suffixes::Suffixes;

/// How a combined name is written where no comma says it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum NameOrder {
    /// With a comma last name first, without one first name first; a last name in capitals (`RUIZ Ana`) wherever it stands.
    #[default]
    Auto,
    /// `Ana Ruiz`; a comma still puts the last name first.
    FirstLast,
    /// `Ruiz Ana`, with or without a comma.
    LastFirst,
}

impl NameOrder {
    /// Reads the mapping file's word.
    pub(crate) fn parse(text: &str) -> Option<NameOrder> {
        match text {
            "auto" => Some(NameOrder::Auto),
            "first-last" => Some(NameOrder::FirstLast),
            "last-first" => Some(NameOrder::LastFirst),
            _ => None,
        }
    }

    /// The mapping file's word.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            NameOrder::Auto => "auto",
            NameOrder::FirstLast => "first-last",
            NameOrder::LastFirst => "last-first",
        }
    }
}

/// The parts of a name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct NameParts {
    pub(crate) first: String,
    pub(crate) middle: Option<String>,
    pub(crate) last: String,
    pub(crate) generation: Option<String>,
    pub(crate) credential: Option<String>,
    /// What was left off, in words.
    pub(crate) left_off: Vec<String>,
}

/// Why a combined name cannot be taken apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum NameUnclear {
    #[error("there is one name only, so it is not clear whether it is the first or the last")]
    OneName,
    #[error("this reads like a firm or a place, not like a person")]
    NotAPerson,
    #[error("it is not clear where the last name begins")]
    TooManyNames,
    #[error("there are more commas than a name has")]
    TooManyCommas,
    #[error("it is not clear whether the last word is a name or a degree")]
    NameOrDegree,
    #[error("it is not clear whether the first word is a last name or initials")]
    NameOrInitials,
    #[error("the last word is an initial, so it is not clear which word is the last name")]
    InitialAtTheEnd,
    #[error("it is not clear whether \"M.\" is an initial or Monsieur")]
    TitleOrInitial,
    #[error("what stands after the dash may be no part of the name")]
    Dash,
    #[error("there are several people in it")]
    SeveralPeople,
    #[error("there is an e-mail address in it")]
    Address,
    #[error("this is no name")]
    NoName,
}

/// Takes a combined name apart, or says why it cannot.
pub(crate) fn take_apart(text: &str, order: NameOrder) -> Result<NameParts, NameUnclear> {
    let mut asides = Asides::default();
    let text = asides.leave_off(text);
    around::refuse_what_is_no_person(&text)?;
    let all_caps = !text.chars().any(char::is_lowercase);
    let mut pieces: Vec<Vec<&str>> = text.split(',').map(around::words).filter(|piece| !piece.is_empty()).collect();
    let mut suffixes = Suffixes::default();
    pieces.retain(|piece| !asides.take_forms_of_address(piece));
    suffixes.take_pieces(&mut pieces);
    for piece in &mut pieces {
        asides.drop_honorifics(piece);
    }
    let mut parts = NameParts::default();
    match pieces.as_mut_slice() {
        [whole] => {
            suffixes.take_end(whole, 2, all_caps)?;
            place::whole(whole, order, &mut parts)?;
        }
        [last, rest] => {
            suffixes.take_end(last, 1, all_caps)?;
            suffixes.take_end(rest, 1, all_caps)?;
            place::last_first(last, rest, &mut parts)?;
        }
        [] => return Err(NameUnclear::NoName),
        _ => return Err(NameUnclear::TooManyCommas),
    }
    // `Locum Radiologist`: a post that nobody has yet.
    if is_role_word(&parts.last) {
        return Err(NameUnclear::NotAPerson);
    }
    suffixes.into_parts(&mut parts);
    parts.left_off = asides.left_off;
    Ok(parts)
}
