//! Names in capitals, written as names usually are: on request, never by themselves.

use crate::mapping::affix::{Affix, affix, is_lower_particle, is_particle};

/// Whether a name is written in capitals throughout, and is long enough that it matters.
pub(crate) fn is_all_caps(name: &str) -> bool {
    name.chars().filter(|c| c.is_alphabetic()).count() >= 3
        && !name.chars().any(is_small)
        && name.chars().any(char::is_uppercase)
}

/// A small letter; not `ß`, which stays as it is in `GROß`.
pub(super) fn is_small(c: char) -> bool {
    c.is_lowercase() && c != 'ß'
}

/// A first or middle name in capitals as names usually are: `JEAN-PIERRE` is `Jean-Pierre`, and `BEN` no particle.
pub(crate) fn recased(name: &str) -> String {
    name.split(' ').map(recased_word).collect::<Vec<_>>().join(" ")
}

/// A last name: `MCDONALD` is `McDonald`, `VAN DER BERG` is `van der Berg`, `III` stays.
pub(crate) fn recased_last(name: &str) -> String {
    let words: Vec<&str> = name.split(' ').collect();
    let mut recased: Vec<String> = Vec::with_capacity(words.len());
    for (at, word) in words.iter().enumerate() {
        let after_a_particle = at > 0 && recased[at - 1] == words[at - 1].to_lowercase();
        // `LE`, `DO` and `SAN` are names too where nothing follows them, or nothing that makes them small precedes.
        let small = at + 1 < words.len() && (is_lower_particle(word) || after_a_particle && is_particle(word));
        recased.push(if small { word.to_lowercase() } else { recased_word(word) });
    }
    recased.join(" ")
}

fn recased_word(word: &str) -> String {
    if affix(word) == Some(Affix::Generation) && !word.to_lowercase().contains('r') {
        return word.to_owned();
    }
    let mut out = String::with_capacity(word.len());
    let mut upper = true;
    for c in word.chars() {
        if upper {
            out.push(c)
        } else {
            out.extend(c.to_lowercase())
        }
        let after_mc = out.ends_with("Mc") && out.chars().rev().nth(2).is_none_or(|c| !c.is_alphanumeric());
        upper = !c.is_alphanumeric() || after_mc && word.chars().count() > 4;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn capitals_are_written_as_names_usually_are() {
        for (name, expected) in [
            ("MCDONALD", "McDonald"),
            ("O'NEIL", "O'Neil"),
            ("O'NEIL-MCDONALD", "O'Neil-McDonald"),
            ("SMITH-JONES", "Smith-Jones"),
            ("AL-SAYED", "Al-Sayed"),
            ("D'ANGELO", "D'Angelo"),
            ("JOHN III", "John III"),
            ("VAN DER BERG", "van der Berg"),
            ("DE LA CRUZ", "de la Cruz"),
            ("LUNA Y CAMPO", "Luna y Campo"),
            ("LE GALL", "Le Gall"),
            ("SAN MARTIN", "San Martin"),
            ("MC DONALD", "Mc Donald"),
            ("NGUYEN LE", "Nguyen Le"),
            ("ÉMILIE", "Émilie"),
        ] {
            assert!(is_all_caps(name));
            assert_eq!(recased_last(name), expected);
        }
        assert_eq!(["DO", "VAN", "LE"].map(recased_last), ["Do", "Van", "Le"]);
        assert_eq!(["BEN JAMES", "JEAN-PIERRE", "DU BOIS"].map(recased), ["Ben James", "Jean-Pierre", "Du Bois"]);
        assert!(!is_all_caps("Al") && !is_all_caps("J.") && !is_all_caps("李小龙"));
    }
}
