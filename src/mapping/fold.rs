//! The letters of headers: words split at punctuation, digits and capitals, lower case, without accents.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// The words of a header, folded.
pub(crate) fn split_words(header: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let plain = without_apostrophes(header);
    for (at, &c) in plain.iter().enumerate() {
        let before = at.checked_sub(1).map(|at| plain[at]);
        if before.is_some_and(|before| starts_word(before, c, plain.get(at + 1).copied())) {
            take_word(&mut word, &mut words);
        }
        match c {
            '#' => words.push("number".to_owned()),
            '&' => words.push("and".to_owned()),
            c if c.is_alphanumeric() || is_combining_mark(c) => word.push(c),
            _ => {}
        }
    }
    take_word(&mut word, &mut words);
    words
}

/// The characters of a header, apostrophes left out (`driver's`) but for those that divide words (`nom d'usage`).
fn without_apostrophes(header: &str) -> Vec<char> {
    let mut plain: Vec<char> = Vec::with_capacity(header.len());
    for c in header.nfkc().filter(|c| !is_invisible(*c)) {
        let after_one_letter = match plain.as_slice() {
            [letter] => letter.is_alphabetic(),
            [.., before, letter] => letter.is_alphabetic() && !before.is_alphanumeric(),
            [] => false,
        };
        match c {
            '\'' | '\u{2019}' | '`' if after_one_letter => plain.push(' '),
            '\'' | '\u{2019}' | '`' => {}
            c => plain.push(c),
        }
    }
    plain
}

/// A new word begins at a change from letter to digit or back, at a capital after a small letter, and at the last capital
/// of several before a small letter (`NPINumber`).
fn starts_word(before: char, c: char, after: Option<char>) -> bool {
    if !c.is_alphanumeric() {
        return !is_combining_mark(c);
    }
    c.is_numeric() != before.is_numeric()
        || (before.is_lowercase() && c.is_uppercase())
        || (before.is_uppercase() && c.is_uppercase() && after.is_some_and(char::is_lowercase))
}

fn take_word(word: &mut String, words: &mut Vec<String>) {
    if !word.is_empty() {
        words.push(fold(word));
        word.clear();
    }
}

/// Lower case without accents; German umlauts and ß as people type them without the keys.
pub(crate) fn fold(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    let mut folded = String::with_capacity(text.len());
    for c in text.nfc().flat_map(char::to_lowercase) {
        match c {
            'ä' | 'æ' => folded.push_str("ae"),
            'ö' | 'œ' => folded.push_str("oe"),
            'ü' => folded.push_str("ue"),
            'ß' => folded.push_str("ss"),
            'ø' => folded.push('o'),
            c if c.is_ascii() => folded.push(c),
            c => folded.extend(std::iter::once(c).nfd().filter(|c| !is_combining_mark(*c))),
        }
    }
    folded
}

/// Characters that nobody sees and that keep equal texts from being equal.
pub(crate) fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2064}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_end_at_signs_digits_and_capitals() {
        for (header, words) in [
            ("NPINumber", "npi number"),
            ("phone2Ext", "phone 2 ext"),
            ("Name & Degree", "name and degree"),
            ("Nom d\u{2019}usage", "nom d usage"),
            ("Driver's License #", "drivers license number"),
            ("Téléphone_Büro", "telephone buero"),
        ] {
            assert_eq!(split_words(header).join(" "), words, "{header}");
        }
    }
}
