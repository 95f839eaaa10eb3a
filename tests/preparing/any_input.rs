//! Whatever is handed in, the program ends by itself and says why.

use avara_onboard::mapping::MappingFile;
use proptest::prelude::*;

use crate::desk::Desk;

/// Text made of what mapping files are made of, in any order.
fn nearly_a_mapping_file() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "[columns]",
        "[roles]",
        "[profiles.default]",
        "[profiles.\"Radiologist\"]",
        "[skip]",
        "[names]",
        "[roster]",
        "[defaults]",
        "email",
        "full_name",
        "level",
        "can_create_reports",
        "recase",
        "headers",
        "ignore",
        "column",
        "order",
        "=",
        "=",
        "=",
        "\"x\"",
        "\"\"",
        "'",
        "\"",
        "[",
        "]",
        "{",
        "}",
        ",",
        "\n",
        "\n",
        "\n",
        " ",
        "true",
        "1e999",
        "\\u0000",
        "\"with-npi\"",
        "\"member\"",
        "1979-05-27",
        "#",
        "é",
        "\u{feff}",
        "Radiologist",
    ]);
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

/// Bytes that begin as some kind of roster does.
fn nearly_a_roster() -> impl Strategy<Value = Vec<u8>> {
    let start = prop::sample::select(vec![
        &b""[..],
        b"PK\x03\x04",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        b"\xff\xfe",
        b"\xef\xbb\xbf",
        b"%PDF-1.7",
        b"email,first_name,last_name\n",
        b"Email;Name\n\"",
        b"Email\tName\r",
        b"<html><table><tr><td>",
        b"{\\rtf1",
    ]);
    (start, prop::collection::vec(any::<u8>(), 0..600)).prop_map(|(start, rest)| [start, &rest].concat())
}

proptest! {
    #[test]
    fn a_mapping_file_of_any_text_is_read_or_refused(text in "\\PC*") {
        let _ = MappingFile::parse(&text, "m.toml");
    }

    #[test]
    fn a_mapping_file_of_likely_pieces_is_read_or_refused_with_a_remedy(text in nearly_a_mapping_file()) {
        if let Err(error) = MappingFile::parse(&text, "m.toml") {
            prop_assert!(!error.to_string().is_empty() && !error.hint().is_empty());
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn a_roster_of_any_bytes_is_read_or_refused(bytes in nearly_a_roster()) {
        let desk = Desk::new();
        desk.write("roster.csv", &bytes);
        for command in ["check", "map"] {
            let ended = desk.run(&[command, "roster.csv"]);
            // 101 is a panic, and no code a signal.
            prop_assert!(matches!(ended.code, Some(0..=2)), "{command}: {ended:?}");
            prop_assert!(ended.code == Some(0) || !ended.out.is_empty() || !ended.err.is_empty());
        }
    }
}
