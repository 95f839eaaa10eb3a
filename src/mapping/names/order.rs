//! The order of a combined name's parts, as the column's header says it: `Last First`, `Nachname, Vorname`, `Nom Prénom`.

use std::sync::LazyLock;

use crate::mapping::fold::split_words;
use crate::mapping::words::{Concepts, WORDS};

use super::NameOrder;

/// What a header says of the order of a combined name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct HeaderOrder {
    pub(crate) order: NameOrder,
    /// A comma stands between the parts in the header.
    pub(crate) with_comma: bool,
}

/// A part of a name that a header's word names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    First,
    Last,
    /// `nom`, `Name`, `naam`: the last name beside a first one, and else a name of any kind.
    LastBesideFirst,
    /// `nome`, `nombre`: the first name beside a last one, and else a name of any kind.
    FirstBesideLast,
}

/// The order that a header says; none where it does not name both parts, or names one twice.
pub(crate) fn order_of_header(header: &str) -> Option<HeaderOrder> {
    // `Name (Last, First)`: what is in the brackets says how the name before them is written.
    let inside = header.split_once(['(', '[', '{']).map(|(_, inside)| inside);
    inside.and_then(order_of).or_else(|| order_of(header))
}

fn order_of(text: &str) -> Option<HeaderOrder> {
    // With each part, how many of the pieces between commas stand before it.
    let parts: Vec<(Part, usize)> = text
        .split(',')
        .enumerate()
        .flat_map(|(piece, text)| split_words(text).into_iter().flat_map(move |word| parts_of(&word, piece)))
        .collect();
    let names = |wanted: &[Part]| parts.iter().any(|(part, _)| wanted.contains(part));
    let (has_first, has_last) = (names(&[Part::First]), names(&[Part::Last]));
    let mut said: Vec<(bool, usize)> = parts
        .iter()
        .filter_map(|(part, piece)| match part {
            Part::Last => Some((true, *piece)),
            Part::First => Some((false, *piece)),
            Part::LastBesideFirst => (has_first && !has_last).then_some((true, *piece)),
            Part::FirstBesideLast => (has_last && !has_first).then_some((false, *piece)),
        })
        .collect();
    said.dedup_by_key(|(is_last, _)| *is_last);
    match said.as_slice() {
        [(last_is_first, one), (_, other)] => Some(HeaderOrder {
            order: if *last_is_first { NameOrder::LastFirst } else { NameOrder::FirstLast },
            with_comma: one != other,
        }),
        _ => None,
    }
}

/// The parts that a word names; two where they are written together (`lastfirst`).
fn parts_of(word: &str, piece: usize) -> Vec<(Part, usize)> {
    if let Some(part) = part(word) {
        return vec![(part, piece)];
    }
    let halves = (3..word.len().saturating_sub(2)).filter(|at| word.is_char_boundary(*at)).find_map(|at| {
        let (one, other) = word.split_at(at);
        Some(vec![(part(one)?, piece), (part(other)?, piece)])
    });
    halves.unwrap_or_default()
}

fn part(word: &str) -> Option<Part> {
    static FIRST: LazyLock<Concepts> = LazyLock::new(|| named(&["first", "vorname"]));
    static LAST: LazyLock<Concepts> = LazyLock::new(|| named(&["last", "surname"]));
    static LAST_BESIDE: LazyLock<Concepts> = LazyLock::new(|| named(&["nom", "name"]));
    static FIRST_BESIDE: LazyLock<Concepts> = LazyLock::new(|| named(&["nome", "nombre"]));
    let concepts = WORDS.of_words(&[word.to_owned()]);
    match (concepts.has_any(*FIRST), concepts.has_any(*LAST)) {
        (true, false) => Some(Part::First),
        (false, true) => Some(Part::Last),
        (true, true) => None,
        (false, false) if concepts.has_any(*LAST_BESIDE) => Some(Part::LastBesideFirst),
        (false, false) if concepts.has_any(*FIRST_BESIDE) => Some(Part::FirstBesideLast),
        (false, false) => None,
    }
}

fn named(names: &[&str]) -> Concepts {
    names.iter().filter_map(|name| WORDS.named(name)).fold(Concepts::default(), Concepts::with)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_says_which_part_comes_first() {
        let order = |header| order_of_header(header).map(|said| said.order);
        for header in [
            "Last Name First Name",
            "LastName FirstName",
            "LastNameFirstName",
            "lastname_firstname",
            "LASTFIRST",
            "Last/First",
            "Last, First",
            "Last Name, First Name",
            "Name (Last, First)",
            "Name (Last First MI)",
            "Name - Last First",
            "Last Name First",
            "Employee Name (Last Suffix, First MI)",
            "Surname, Given Name",
            "Nachname Vorname",
            "Nachname, Vorname",
            "Name, Vorname",
            "Name Vorname",
            "Nom Prénom",
            "NOM Prénom",
            "Nom et prénom",
            "Nom, prénoms",
            "Cognome Nome",
            "Cognome e Nome",
            "Apellidos y Nombre",
            "Apellidos, Nombre",
            "Achternaam, voornaam",
            "Naam Voornaam",
            "Sobrenome, Nome",
        ] {
            assert_eq!(order(header), Some(NameOrder::LastFirst), "{header}");
        }
        for header in [
            "First Last",
            "First and Last Name",
            "Name (First Last)",
            "FirstName LastName",
            "Vorname Nachname",
            "Vorname Name",
            "Vor- und Nachname, Vorname Nachname",
            "Prénom Nom",
            "Nome e Cognome",
            "Nombre y Apellidos",
            "Nome e Sobrenome",
        ] {
            let said = order(header);
            assert!(said != Some(NameOrder::LastFirst), "{header}");
            assert!(said.is_some() || header.contains("Vor-"), "{header}");
        }
        for header in
            ["Name", "Full Name", "Nombre completo", "Nom", "Last Name", "Employee", "Name / Nombre", "Nom / Name"]
        {
            assert_eq!(order(header), None, "{header}");
        }
        let with_comma = |header| order_of_header(header).is_some_and(|said| said.with_comma);
        assert!(with_comma("First, Last") && with_comma("Name (Last, First)") && !with_comma("First Last"));
    }
}
