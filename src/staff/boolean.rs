//! The usual spellings of yes and no.

use unicode_normalization::UnicodeNormalization;

/// What means yes: English, then German, French, Spanish, Italian, Portuguese, then signs.
const YES: [&str; 29] = [
    "true",
    "t",
    "yes",
    "y",
    "1",
    "1.0",
    "on",
    "x",
    "enabled",
    "allowed",
    "granted",
    "ja",
    "j",
    "wahr",
    "oui",
    "vrai",
    "si",
    "sí",
    "sì",
    "s",
    "verdadero",
    "vero",
    "sim",
    "verdadeiro",
    "✓",
    "✔",
    "☑",
    "✅",
    "[x]",
];

/// What means no, in the same order. A cross (`✗`) is missing on purpose: some tick with it, some strike out.
const NO: [&str; 18] = [
    "false", "f", "no", "n", "0", "0.0", "off", "disabled", "denied", "nein", "falsch", "non", "faux", "falso", "não",
    "nao", "☐", "[ ]",
];

/// Reads yes or no in a usual spelling; case and the spaces around it do not matter.
///
/// `None` for every other text, blanks among them: what is not known is never `false`.
pub fn parse_boolean(text: &str) -> Option<bool> {
    // Composed, so that a "não" typed on a Mac, whose tilde may be a character of its own, is known too.
    let word = text.trim().nfc().collect::<String>().to_lowercase();
    if YES.contains(&word.as_str()) {
        Some(true)
    } else if NO.contains(&word.as_str()) {
        Some(false)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn usual_spellings_are_read() {
        for text in ["TRUE", "Yes", " y ", "1", "On", "x", "X", "Ja", "Oui", "S\u{ed}", "si\u{300}", "Sim", "Enabled"] {
            assert_eq!(parse_boolean(text), Some(true), "{text}");
        }
        for text in ["FALSE", "No", " n ", "0", "Off", "Nein", "Non", "Na\u{303}o", "não", "disabled", "FALSCH"] {
            assert_eq!(parse_boolean(text), Some(false), "{text}");
        }
    }

    #[test]
    fn what_is_not_known_is_neither() {
        for text in ["", " ", "-", "maybe", "N/A", "none", "2", "✗", "null", "nope", "Active", "admin", "yes no"] {
            assert_eq!(parse_boolean(text), None, "{text}");
        }
    }

    #[test]
    fn no_word_is_both() {
        assert!(YES.iter().all(|word| !NO.contains(word)));
    }

    proptest! {
        #[test]
        fn only_a_listed_word_is_false(text in "\\PC{0,8}") {
            if parse_boolean(&text) == Some(false) {
                prop_assert!(NO.contains(&text.trim().nfc().collect::<String>().to_lowercase().as_str()));
            }
        }
    }
}
