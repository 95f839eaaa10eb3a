//! Whether accents that were read as windows-1252 make sense.
//!
//! Every byte is something in windows-1252, so a file of an old Mac, of DOS or in Cyrillic reads without an error and mangles every
//! name: `José` becomes `JosŽ`. Such a word has a sign or a capital where no name has one, and is shown to a person.

use std::fs::File;
use std::io::{BufRead, BufReader, Seek};

use encoding_rs::{Encoding, IBM866, MACINTOSH, WINDOWS_1250, WINDOWS_1251, WINDOWS_1252};

use super::encoding::LineCounter;

/// More of a word than this is not looked at.
const WORD: usize = 64;

/// A word that makes no sense.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct OddWord {
    /// The line of its first accent, and the byte in the file, both from 1.
    pub(super) line: u64,
    pub(super) byte: u64,
    /// How it reads as windows-1252.
    pub(super) text: String,
    /// Encodings in which it makes sense, and how it reads in each.
    pub(super) readings: Vec<(&'static str, String)>,
}

/// The first word of a file that makes no sense in windows-1252.
pub(super) fn first_odd_word(file: &mut File) -> std::io::Result<Option<OddWord>> {
    file.rewind()?;
    let mut reader = BufReader::with_capacity(64 * 1024, file);
    let mut words = Words::default();
    loop {
        let chunk = reader.fill_buf()?;
        let length = chunk.len();
        let odd = if length == 0 { words.take(b' ') } else { chunk.iter().find_map(|byte| words.take(*byte)) };
        if odd.is_some() || length == 0 {
            return Ok(odd);
        }
        reader.consume(length);
    }
}

/// The word that is being read, and where.
#[derive(Default)]
struct Words {
    word: Vec<u8>,
    lines: LineCounter,
    byte: u64,
    /// The line and byte of the word's first accent.
    accent: Option<(u64, u64)>,
}

impl Words {
    /// Takes the next byte; gives the word that it ends, if that is odd.
    fn take(&mut self, byte: u8) -> Option<OddWord> {
        self.byte += 1;
        self.lines.feed(&[byte]);
        if byte.is_ascii_alphabetic() || !byte.is_ascii() {
            if !byte.is_ascii() {
                self.accent.get_or_insert((self.lines.line(), self.byte));
            }
            if self.word.len() < WORD {
                self.word.push(byte);
            }
            return None;
        }
        let odd = self.accent.filter(|_| is_odd(&self.word)).map(|(line, byte)| OddWord {
            line,
            byte,
            text: decoded(WINDOWS_1252, &self.word),
            readings: readings(&self.word),
        });
        self.word.clear();
        self.accent = None;
        odd
    }
}

/// A sign between two letters, a capital in the middle of small letters, or three accented letters and no plain one.
fn is_odd(word: &[u8]) -> bool {
    let sign_within = word
        .windows(3)
        .any(|three| three[0].is_ascii_alphabetic() && is_sign(three[1]) && three[2].is_ascii_alphabetic());
    let capital_after_small = word.windows(2).any(|two| two[0].is_ascii_lowercase() && is_capital(two[1]));
    let capital_before_small = word
        .windows(3)
        .any(|three| three[0].is_ascii_uppercase() && is_capital(three[1]) && three[2].is_ascii_lowercase());
    let accents_only = word.len() >= 3 && word.iter().all(|byte| *byte >= 0xC0 && !matches!(byte, 0xD7 | 0xF7));
    sign_within || capital_after_small || capital_before_small || accents_only
}

/// What stands in no word of windows-1252. Apostrophes, dashes, dots, spaces, ordinals and trademarks do stand in words.
fn is_sign(byte: u8) -> bool {
    const IN_WORDS: [u8; 20] = [
        0x8A, 0x8C, 0x8E, 0x91, 0x92, 0x96, 0x97, 0x9A, 0x9C, 0x9E, 0x9F, 0xA0, 0xA9, 0xAA, 0xAD, 0xAE, 0xB0, 0xB4,
        0xB7, 0xBA,
    ];
    matches!(byte, 0x80..=0xBF | 0xD7 | 0xF7) && !IN_WORDS.contains(&byte)
}

fn is_capital(byte: u8) -> bool {
    matches!(byte, 0x8A | 0x8C | 0x8E | 0x9F | 0xC0..=0xD6 | 0xD8..=0xDE)
}

fn decoded(encoding: &'static Encoding, word: &[u8]) -> String {
    encoding.decode_without_bom_handling(word).0.into_owned()
}

/// The encodings in which the word is one: letters only, and no capital behind a small letter.
fn readings(word: &[u8]) -> Vec<(&'static str, String)> {
    let candidates =
        [("macintosh", MACINTOSH), ("windows-1250", WINDOWS_1250), ("windows-1251", WINDOWS_1251), ("ibm866", IBM866)];
    let sound = |text: &str| {
        let letters: Vec<char> = text.chars().collect();
        let plain = text.chars().any(|c| c.is_ascii_alphabetic());
        // Cyrillic and Latin letters do not mix in a word, and a word without a plain letter is not Latin.
        let one_script = text.chars().all(|c| ('\u{400}'..'\u{500}').contains(&c) != plain);
        let cased = |pair: &[char]| !(pair[0].is_lowercase() && pair[1].is_uppercase());
        one_script && letters.iter().all(|c| c.is_alphabetic()) && letters.windows(2).all(cased)
    };
    let read = candidates.map(|(name, encoding)| (name, decoded(encoding, word)));
    read.into_iter().filter(|(_, text)| sound(text)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    fn odd(bytes: &[u8]) -> Option<OddWord> {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(bytes).unwrap();
        first_odd_word(&mut file).unwrap()
    }

    #[test]
    fn names_of_windows_are_not_odd() {
        for text in [
            "José Müller, Zoë Lefèvre, ÅSE Østergård, Jürgen Weiß, François",
            "JOSÉ MARÍA, Ángel Núñez, Çelik, Œuvre, Šimon Žižek",
            "O\u{2019}Neil\u{2013}Smith, D´Angelo, Nº 3, 1ª, 25°C, Acme®Care, Gal·la, €5, \u{201c}Annie\u{201d} \u{2026}",
        ] {
            let (bytes, _, unmappable) = WINDOWS_1252.encode(text);
            assert!(!unmappable);
            assert_eq!(odd(&bytes), None, "{text}");
        }
    }

    #[test]
    fn names_of_other_systems_are() {
        let mac = odd(b"Name,Email\nAna,a@example.org\nJos\x8e,j@example.org\n").unwrap();
        assert_eq!((mac.line, mac.byte, mac.text.as_str()), (3, 33, "JosŽ"));
        assert_eq!(mac.readings, [("macintosh", "José".to_owned())]);
        let cyrillic = odd(b"\xc0\xed\xed\xe0").unwrap();
        assert!(cyrillic.readings.contains(&("windows-1251", "Анна".to_owned())), "{cyrillic:?}");
        // DOS: no encoding here knows it, so none is named.
        let dos = odd(b"Ana\nNo\x89l").unwrap();
        assert_eq!((dos.line, dos.text.as_str()), (2, "No‰l"));
    }
}
