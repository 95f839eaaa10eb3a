//! Combined names: `Ruiz, Ana M., MD` taken apart.
//!
//! What stands around a name comes off first, then the suffixes from its end, and what is left is placed. Where two
//! readings are possible a person is asked: a name that is wrong is sent, a name that is asked about is not.

mod around;
#[cfg(test)]
mod laws;
mod order;
mod place;
mod recase;
mod suffixes;
#[cfg(test)]
mod tests;

pub(crate) use around::{without_aside, without_honorific};
pub(crate) use order::{HeaderOrder, order_of_header};
pub(crate) use recase::{is_all_caps, recased, recased_last};
pub(crate) use suffixes::{generation_and_credential, without_initial, without_suffixes};

use super::roles::is_role_word;
use around::{Asides, Stands};
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
    /// A comma, and no order, has told the last name from the first.
    pub(crate) by_comma: bool,
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
    #[error("it is not clear which of its words are the last name")]
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
    MonsieurOrInitial,
    #[error("it is not clear whether the word in front is a title or a name")]
    TitleOrName,
    #[error("the word in capitals seems to be the last name, but it does not stand where the order puts that")]
    CapitalsAgainstOrder,
    #[error("the header puts the first name before the comma, most people the last")]
    CommaAgainstHeader,
    #[error("what stands after the dash may be no part of the name")]
    Dash,
    #[error("there are several people in it")]
    SeveralPeople,
    #[error("there may be two people in it")]
    PerhapsTwoPeople,
    #[error("there is an e-mail address in it")]
    Address,
    #[error("FNU, LNU and NFN say that a name is not known")]
    NotKnown,
    #[error("there is a former name in it")]
    BornName,
    #[error("this is no name")]
    NoName,
}

impl NameUnclear {
    /// What a person can do about it, for a name that is written like this.
    pub(crate) const fn remedy(self, has_comma: bool) -> &'static str {
        match self {
            NameUnclear::OneName => "put first and last name into columns of their own, or add the one that is missing",
            NameUnclear::NotAPerson | NameUnclear::NoName => {
                "if it is no person, leave the row out (name a column and its words in the mapping file, [skip]); if it is, \
                 put first and last name into columns of their own"
            }
            NameUnclear::TooManyCommas => {
                "leave one comma, as in \"Last, First\", or put the parts into columns of their own"
            }
            NameUnclear::NameOrDegree => "put the degree into a column of its own, and first and last name too",
            NameUnclear::MonsieurOrInitial | NameUnclear::TitleOrName => {
                "leave a title out, or put first and last name into columns of their own"
            }
            NameUnclear::Dash => "take out the dash and what stands after it, or write a double name without spaces",
            NameUnclear::SeveralPeople | NameUnclear::PerhapsTwoPeople if has_comma => {
                "write one row for each of them; if it is one person, put first and last name into columns of their own"
            }
            NameUnclear::SeveralPeople | NameUnclear::PerhapsTwoPeople => {
                "write one row for each of them; if it is one person, write it as \"Last, First\""
            }
            NameUnclear::Address => "take the address out of the name",
            NameUnclear::BornName => "take the former name out, or put first and last name into columns of their own",
            NameUnclear::NotKnown => "write the name that the person is to be known by",
            NameUnclear::CommaAgainstHeader => {
                "put first and last name into columns of their own, or give the column a header that says how its names are \
                 written (\"Last, First\")"
            }
            NameUnclear::TooManyNames
            | NameUnclear::NameOrInitials
            | NameUnclear::InitialAtTheEnd
            | NameUnclear::CapitalsAgainstOrder
                if has_comma =>
            {
                "put first and last name into columns of their own"
            }
            NameUnclear::TooManyNames | NameUnclear::CapitalsAgainstOrder => {
                "write it as \"Last, First\", or put first and last name into columns of their own"
            }
            NameUnclear::NameOrInitials | NameUnclear::InitialAtTheEnd => {
                "write it as \"Last, First\", put first and last name into columns of their own, or say the order in the \
                 mapping file, [columns], full_name"
            }
        }
    }
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
            asides.drop_jobs(whole, Stands::Alone(order))?;
            match suffixes.take_between(whole, order)? {
                Some((last, given)) => place::last_first(last, given, &mut parts)?,
                None => place::whole(whole, order, &mut parts)?,
            }
        }
        [last, rest] => {
            suffixes.take_end(last, 1, all_caps)?;
            suffixes.take_end(rest, 1, all_caps)?;
            asides.drop_jobs(last, Stands::BeforeComma)?;
            asides.drop_jobs(rest, Stands::AfterComma)?;
            suffixes::refuse_perhaps_degrees(last, rest, all_caps)?;
            around::refuse_two_people(last, rest)?;
            place::last_first(last, rest, &mut parts)?;
            parts.by_comma = true;
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
