//! Text that a spreadsheet would run as a formula is written with one `'` before it, and read back without it.
//!
//! The writers of results and rejects neutralise every cell; the reader restores the cells of a file that carries
//! our [`PROBLEMS_COLUMN`], and of no other. `restore(neutralise(text)) == text` for every text.

use std::borrow::Cow;

/// The column of a rejects file that says what is wrong; its presence tells that we wrote the file.
pub const PROBLEMS_COLUMN: &str = "avara_problems";

/// Every column that we add to a rejects file; none of them is part of a roster.
pub const OWN_COLUMNS: [&str; 3] = [PROBLEMS_COLUMN, "avara_status", "avara_row"];

/// Whether a spreadsheet might take this text for a formula, or lose its first character.
fn is_dangerous(text: &str) -> bool {
    text.starts_with(['=', '+', '-', '@', '\'', '\t', '\r', '\n'])
}

/// Whether this cell of a file of ours carries a `'` that [`neutralise`] put there.
pub fn is_guarded(cell: &str) -> bool {
    cell.strip_prefix('\'').is_some_and(is_dangerous)
}

/// The text as it goes into a CSV file: one `'` before what a spreadsheet would run.
pub fn neutralise(text: &str) -> Cow<'_, str> {
    if is_dangerous(text) { Cow::Owned(format!("'{text}")) } else { Cow::Borrowed(text) }
}

/// The text as it was before [`neutralise`].
pub fn restore(cell: &str) -> Cow<'_, str> {
    match cell.strip_prefix('\'') {
        Some(text) if is_dangerous(text) => Cow::Borrowed(text),
        _ => Cow::Borrowed(cell),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_formula_is_harmless_and_comes_back() {
        assert_eq!(neutralise("=cmd|' /C calc'!A0"), "'=cmd|' /C calc'!A0");
        assert_eq!(neutralise("Ana"), "Ana");
        assert_eq!(neutralise("'already"), "''already");
        assert_eq!(restore("'plain"), "'plain");
        assert_eq!(restore("''already"), "'already");
        assert!(is_guarded("'+1 555 0100") && !is_guarded("+1 555 0100") && !is_guarded("'O"));
    }

    proptest! {
        #[test]
        fn every_text_comes_back(text in "['=+@\\-\t\r\n]{0,3}.{0,8}") {
            let written = neutralise(&text);
            prop_assert_eq!(restore(&written), text.as_str());
            prop_assert!(!written.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']));
        }
    }
}
