//! Text files whose bytes are not what they should be.

use avara_onboard::roster::RosterOptions;

use super::{all_refused, bad};
use crate::support::Desk;

fn utf16(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

#[test]
fn text_with_wrong_bytes() {
    let mixed = [&b"Name,Email\nZo\xc3\xab,zoe@example.org\n"[..], b"Jos\xe9,jose@example.org\n"].concat();
    let late = [
        &b"Name,Email\nZo\xc3\xab,z@example.org\n"[..],
        &b"Ana,a@example.org\n".repeat(9000),
        b"Jos\xe9,j@example.org\n",
    ]
    .concat();
    let marked = [&b"\xef\xbb\xbfName,Email\nJos\xe9,jose@example.org\n"[..]].concat();
    let half = [&b"\xff\xfe"[..], &utf16("Name,Email\nAna,ana@example.org\n"), b"\0\xd8\n\0"].concat();
    let odd = [&b"\xff\xfe"[..], &utf16("Name,Email\nAna,ana@example.org\n"), b"x"].concat();
    all_refused(vec![
        bad("a NUL", "Name,Email\nAna\0,ana@example.org\n", "nul_byte", "line 2: byte 15 "),
        bad("a NUL at the end", "Name,Email\nAna,ana@example.org\n\0", "nul_byte", "line 3: byte 32 "),
        bad("a NUL in UTF-16", [&b"\xff\xfe"[..], &utf16("Name,Email\nA\0")].concat(), "nul_byte", "line 2: byte 27 "),
        bad("a NUL in what is said to be windows-1252", "Name,Email\nAn\0a", "nul_byte", "line 2: byte 14 ")
            .with(|options| options.encoding = Some("windows-1252".into())),
        bad("two encodings", mixed, "mixed_encoding", "line 3: byte 36 of the file is not UTF-8, but line 2 is"),
        bad("one bad byte far below", late, "mixed_encoding", "line 9003:"),
        bad("a mark and a bad byte", marked, "undecodable_byte", "line 2: byte 18 "),
        bad(
            "a byte that no Windows writes",
            &b"Name,Email\nJos\x8f,jose@example.org\n"[..],
            "undecodable_byte",
            "line 2: byte 15 ",
        ),
        bad("half a character of UTF-16", half, "undecodable_byte", "line 3"),
        bad("an odd byte of UTF-16", odd, "undecodable_byte", "line 3"),
        bad("not what it is said to be", &b"Name,Email\nJos\xe9,j@example.org\n"[..], "undecodable_byte", "not UTF-8")
            .with(|options| options.encoding = Some("utf8".into())),
        bad("an encoding that is none", "Name,Email\n", "unknown_encoding", "--encoding klingon")
            .with(|options| options.encoding = Some("klingon".into())),
    ]);
}

#[test]
fn text_whose_accents_make_no_sense() {
    let latin = |word: &[u8]| [&b"Name,Email\n"[..], word, b",a@example.org\n"].concat();
    all_refused(vec![
        bad(
            "an old Mac's",
            latin(b"Andr\x8e Ruiz"),
            "doubtful_accents",
            "line 2: byte 16 of the file is not UTF-8, and as",
        ),
        bad("an old Mac's umlaut", latin(b"M\x9fller"), "doubtful_accents", "the word there is \"MŸller\""),
        bad("DOS", latin(b"S\x94ren"), "doubtful_accents", "the word there is \"S\u{201d}ren\""),
        bad("Cyrillic", latin(b"\xc0\xed\xed\xe0"), "doubtful_accents", "the word there is \"Àííà\""),
    ]);
}

#[test]
fn a_hint_names_the_encodings_in_which_a_word_makes_sense() {
    let desk = Desk::new("staff.csv", b"Name,Email\nJos\x8e,jose@example.org\n");
    let hint = desk.open().unwrap_err().hint().unwrap();
    assert!(hint.contains("--encoding macintosh reads \"José\""), "{hint}");
    let options = |encoding: &str| RosterOptions { encoding: Some(encoding.to_owned()), ..RosterOptions::default() };
    let name = |encoding: &str| desk.open_with(&options(encoding)).unwrap().sample(1).unwrap()[0].cells[0].text.clone();
    assert_eq!((name("macintosh").as_str(), name("windows-1252").as_str()), ("José", "JosŽ"));
}
