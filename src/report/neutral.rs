//! Cells that a spreadsheet would take for a formula, made harmless.

use std::borrow::Cow;

/// What a spreadsheet may take for a formula, and the sign that keeps it from it.
pub(super) const RISKY: [char; 8] = ['=', '+', '-', '@', '\'', '\t', '\r', '\n'];

/// The header of the column with a row's problems; a file that has it is one we wrote.
pub(super) const PROBLEMS_COLUMN: &str = "avara_problems";

/// The text with one `'` before it, if it starts with a sign that a spreadsheet may act on.
pub(super) fn neutralise(text: &str) -> Cow<'_, str> {
    if text.starts_with(RISKY) { Cow::Owned(format!("'{text}")) } else { Cow::Borrowed(text) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_first_sign_counts() {
        assert_eq!(neutralise("=1+1"), "'=1+1");
        assert_eq!(neutralise("'=1+1"), "''=1+1");
        assert_eq!(neutralise("a=1"), "a=1");
        assert_eq!(neutralise(""), "");
    }
}
