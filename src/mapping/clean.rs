//! Takes off a value what certainly does not belong to it, and says what it was.

use crate::staff::Field;

use super::fold::is_invisible;

/// A value after cleaning, and what was taken off, in words.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Cleaned {
    pub(crate) text: String,
    pub(crate) taken_off: Vec<&'static str>,
}

/// Cleans a cell's text for a field (none: a combined name).
pub(crate) fn clean(raw: &str, field: Option<Field>) -> Cleaned {
    let mut taken_off = Vec::new();
    let mut text = visible(raw, &mut taken_off);
    match field {
        Some(Field::Email) => clean_email(&mut text, &mut taken_off),
        Some(Field::NpiNumber | Field::PhoneNumber) => clean_digits(&mut text, field, &mut taken_off),
        _ => {}
    }
    if field.is_some_and(may_be_nothing) && says_nothing(&text) {
        text.clear();
        taken_off.push("a word for nothing (N/A, none, -)");
    }
    Cleaned { text, taken_off }
}

/// Fields that a person may lack. Where something is wanted, or a blank would be filled up, the word is a problem instead.
fn may_be_nothing(field: Field) -> bool {
    matches!(field, Field::MiddleName | Field::Suffix1 | Field::Suffix2 | Field::NpiNumber | Field::PhoneNumber)
}

/// A word that people and databases write where there is nothing: `N/A` under NPI, `NMN` (no middle name). One that says
/// only that it is not known yet (`TBD`) is none of them.
pub(crate) fn says_nothing(text: &str) -> bool {
    const NOTHING: [&str; 18] = [
        "n/a",
        "n.a.",
        "n.a",
        "none",
        "(none)",
        "nil",
        "null",
        "-",
        "--",
        "---",
        "\u{2013}",
        "\u{2014}",
        "not applicable",
        "nmn",
        "nmi",
        "keine",
        "aucun",
        "ninguno",
    ];
    NOTHING.iter().any(|word| word.eq_ignore_ascii_case(text.trim()))
}

/// The text without invisible characters and without spaces around it; no-break spaces become spaces.
fn visible(raw: &str, taken_off: &mut Vec<&'static str>) -> String {
    let trimmed = raw.trim();
    if trimmed.is_ascii() {
        return trimmed.to_owned();
    }
    if trimmed.contains(is_invisible) {
        taken_off.push("invisible characters");
    }
    if trimmed.contains(['\u{a0}', '\u{202f}', '\u{2007}']) {
        taken_off.push("no-break spaces");
    }
    let seen = trimmed.chars().filter(|c| !is_invisible(*c));
    let plain: String = seen.map(|c| if matches!(c, '\u{a0}' | '\u{202f}' | '\u{2007}') { ' ' } else { c }).collect();
    plain.trim().to_owned()
}

fn clean_email(text: &mut String, taken_off: &mut Vec<&'static str>) {
    if let Some(address) = bracketed_address(text) {
        *text = address;
        taken_off.push("the name around the address");
    }
    if text.get(..7).is_some_and(|start| start.eq_ignore_ascii_case("mailto:")) {
        text.replace_range(..7, "");
        *text = text.trim_start().to_owned();
        taken_off.push("\"mailto:\"");
    }
    let end = text.trim_end_matches(['.', ',', ';', ' ']).len();
    if end < text.len() && end > 0 {
        text.truncate(end);
        taken_off.push("the punctuation after the address");
    }
}

/// The address of `Name <a@b.org>`, `<a@b.org>` or `a@b.org <mailto:a@b.org>`.
fn bracketed_address(text: &str) -> Option<String> {
    let (before, rest) = text.split_once('<')?;
    let (inside, after) = rest.split_once('>')?;
    let address = inside.trim();
    let plain =
        address.get(..7).filter(|start| start.eq_ignore_ascii_case("mailto:")).map_or(address, |_| &address[7..]);
    let repeated = before.trim().eq_ignore_ascii_case(plain);
    let certain = after.trim().trim_matches([';', ',']).is_empty()
        && plain.contains('@')
        && !plain.contains(['<', ' '])
        && (repeated || !before.contains('@'));
    certain.then(|| plain.to_owned())
}

fn clean_digits(text: &mut String, field: Option<Field>, taken_off: &mut Vec<&'static str>) {
    if text.starts_with(['\'', '\u{2019}', '`']) && text.chars().nth(1).is_some_and(|c| c.is_ascii_digit() || c == '+')
    {
        text.remove(0);
        taken_off.push("the apostrophe before the digits");
    }
    if let Some(digits) =
        text.strip_suffix(".0").filter(|digits| digits.len() >= 7 && digits.bytes().all(|b| b.is_ascii_digit()))
    {
        *text = digits.to_owned();
        taken_off.push("\".0\" after the digits");
    }
    if field == Some(Field::NpiNumber) {
        let bare = text.strip_prefix("=\"").and_then(|rest| rest.strip_suffix('"'));
        if let Some(bare) = bare.map(str::to_owned) {
            *text = bare;
            taken_off.push("the formula around the digits");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cleaned(raw: &str, field: Field) -> String {
        clean(raw, Some(field)).text
    }

    #[test]
    fn wrappers_of_addresses_come_off() {
        for raw in [
            "ana@example.org",
            " ana@example.org ",
            "mailto:ana@example.org",
            "MAILTO:ana@example.org",
            "Ana Ruiz <ana@example.org>",
            "<ana@example.org>",
            "\"Ruiz, Ana\" <ana@example.org>;",
            "ana@example.org <mailto:ana@example.org>",
            "ana@example.org.",
            "ana@example.org;",
            "\u{feff}ana\u{200b}@example.org\u{a0}",
        ] {
            assert_eq!(cleaned(raw, Field::Email), "ana@example.org", "{raw}");
        }
    }

    #[test]
    fn a_word_for_nothing_is_nothing_where_that_may_be() {
        for raw in ["N/A", "none", "-", " n/a\u{a0}", "NULL", "\u{2013}"] {
            assert_eq!(cleaned(raw, Field::NpiNumber), "", "{raw}");
            assert_eq!(cleaned(raw, Field::MiddleName), "", "{raw}");
            assert_ne!(cleaned(raw, Field::Email), "", "{raw}");
            assert_ne!(cleaned(raw, Field::CanCreateReports), "", "{raw}");
        }
        // Names that look like it.
        assert_eq!(["Na", "Nan"].map(|name| cleaned(name, Field::MiddleName)), ["Na", "Nan"]);
        assert_eq!(cleaned("0", Field::NpiNumber), "0");
    }

    #[test]
    fn what_is_not_certain_stays() {
        for raw in
            ["ana@example.org; ken@example.org", "ana@example.org <ken@example.org>", "ana at example.org", "..."]
        {
            assert_eq!(cleaned(raw, Field::Email), raw);
        }
        assert_eq!(cleaned("1.23E+09", Field::NpiNumber), "1.23E+09");
        assert_eq!(cleaned("'Brien", Field::LastName), "'Brien");
    }

    #[test]
    fn digits_lose_what_spreadsheets_add() {
        assert_eq!(cleaned("1234567893.0", Field::NpiNumber), "1234567893");
        assert_eq!(cleaned("'1234567893", Field::NpiNumber), "1234567893");
        assert_eq!(cleaned("=\"1234567893\"", Field::NpiNumber), "1234567893");
        assert_eq!(cleaned("'+15555550101", Field::PhoneNumber), "+15555550101");
        assert_eq!(clean("'1234567893", Some(Field::NpiNumber)).taken_off, ["the apostrophe before the digits"]);
    }

    #[test]
    fn a_word_for_none_is_a_blank_where_a_blank_may_stand() {
        for text in ["N/A", " n/a ", "None", "-", "\u{2014}"] {
            assert_eq!(clean(text, Some(Field::NpiNumber)).text, "", "{text}");
        }
        assert_eq!(clean("NMN", Some(Field::MiddleName)).text, "");
        assert_eq!(clean("TBD", Some(Field::NpiNumber)).text, "TBD");
        assert_eq!(clean("n/a", Some(Field::Email)).text, "n/a", "an address must be there");
        assert_eq!(clean("None", Some(Field::LastName)).text, "None");
    }
}
