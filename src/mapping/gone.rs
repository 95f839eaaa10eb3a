//! Words that say that somebody has left: as a status, beside a name, over a part of a list.

use std::collections::HashSet;

use super::fold::fold;

/// Words that turn the one beside them into its contrary, or tell of somebody who came back.
const CONTRARY: [&str; 17] = [
    "not",
    "no",
    "non",
    "nicht",
    "never",
    "nao",
    "rehired",
    "rehire",
    "reinstated",
    "returning",
    "returned",
    "semi",
    "pre",
    "replaces",
    "replacing",
    "replacement",
    "formerly",
];

/// What may follow a word beside a day: `Left on 3/1`, `gekündigt zum 1.4.`
const BEFORE_A_DAY: [&str; 16] =
    ["on", "as", "of", "effective", "eff", "since", "per", "zum", "am", "seit", "le", "au", "el", "il", "em", "dal"];

/// A shorter word than this is looked for only where it stands alone.
const TELLING: usize = 5;

/// Whether a folded cell is one of these words, or begins with one before a sign (`Inactive - Payroll Eligible`) or a day
/// (`Term 3/1`).
pub(super) fn begins_with_one_of(folded: &str, words: &HashSet<String>) -> bool {
    const SIGNS: [char; 6] = ['-', '(', '/', ':', ',', '\u{2013}'];
    let folded = trimmed(folded);
    if words.contains(folded) {
        return true;
    }
    // The hyphen of `left-handed` is none.
    let divides = |(at, sign): &(usize, &str)| {
        let (before, after) = (folded[..*at].ends_with(' '), folded[at + sign.len()..].starts_with(' '));
        *sign != "-" || before || after
    };
    let mut before_a_sign = folded.match_indices(SIGNS).filter(divides).map(|(at, _)| folded[..at].trim_end());
    let tokens = tokens(folded);
    before_a_sign.any(|word| word.len() > 3 && words.contains(word) && !has_contrary(&tokens, &[]))
        || stands_before_a_day(&tokens, words)
}

/// Whether a folded cell holds a word or a phrase, whole, that `tells` by itself: `Voluntary Termination`, `T-Terminated`.
pub(super) fn holds(folded: &str, tells: impl Fn(&str) -> bool) -> bool {
    let tokens = tokens(trimmed(folded));
    (1..=tokens.len().min(5)).any(|length| {
        tokens.windows(length).any(|window| {
            let phrase = window.join(" ");
            phrase.len() >= TELLING && tells(&phrase) && !has_contrary(&tokens, window)
        })
    })
}

fn trimmed(folded: &str) -> &str {
    folded.trim().trim_end_matches(['.', ';', '!'])
}

fn tokens(folded: &str) -> Vec<&str> {
    folded.split(|c: char| !c.is_alphanumeric()).filter(|token| !token.is_empty()).collect()
}

fn has_contrary(tokens: &[&str], but: &[&str]) -> bool {
    tokens.iter().any(|token| CONTRARY.contains(token) && !but.contains(token))
}

fn stands_before_a_day(tokens: &[&str], words: &HashSet<String>) -> bool {
    let of_a_day = |token: &&str| token.chars().any(|c| c.is_ascii_digit()) || BEFORE_A_DAY.contains(token);
    let Some((first, rest)) = tokens.split_first() else { return false };
    first.len() > 2 && !rest.is_empty() && words.contains(*first) && rest.iter().all(of_a_day)
}

/// The word beside a name that says that somebody has left: `Zeller, Max - TERMINATED 3/2026`, `Max Zeller (resigned)`,
/// `Max Zeller †`. Behind a sign any of the `status` words counts, at either end of the name only those that nobody is called.
pub(super) fn beside_a_name(text: &str, status: &HashSet<String>, never_a_name: &HashSet<String>) -> Option<String> {
    if text.trim_end().ends_with('\u{2020}') {
        return Some("\u{2020}".to_owned());
    }
    let said = behind_signs(text).find(|said| {
        let folded = fold(said);
        folded.len() > 2 && status.contains(&folded) || never_a_name.contains(&folded)
    });
    let name = without_brackets(text);
    let words: Vec<&str> =
        name.split(|c: char| !c.is_alphanumeric() && c != '-').filter(|word| !word.is_empty()).collect();
    let several = words.len() > 1;
    let mut ends = [words.first(), words.last()].into_iter().flatten().filter(|_| several);
    said.or_else(|| ends.find(|word| never_a_name.contains(&fold(word))).copied()).map(str::to_owned)
}

/// What stands behind each bracket, star and dash.
fn behind_signs(text: &str) -> impl Iterator<Item = &str> {
    let signs = text.match_indices(['(', '[', '*', '\u{2013}', '\u{2014}']).map(|(at, sign)| at + sign.len());
    let signs = signs.chain(text.match_indices(" -").map(|(at, sign)| at + sign.len()));
    signs.map(|at| beginning(&text[at..]))
}

/// What stands before the first bracket or digit of what follows a sign.
fn beginning(text: &str) -> &str {
    let end = text.find(|c: char| c.is_ascii_digit() || matches!(c, '(' | ')' | '[' | ']' | '*' | ',' | ';' | ':'));
    text[..end.unwrap_or(text.len())].trim().trim_end_matches(['-', '.', '/']).trim()
}

fn without_brackets(text: &str) -> String {
    let mut depth = 0_usize;
    let outside = |c: &char| {
        match c {
            '(' | '[' => depth += 1,
            ')' | ']' => {
                depth = depth.saturating_sub(1);
                return false;
            }
            _ => {}
        }
        depth == 0
    };
    text.chars().filter(outside).collect()
}

/// Whether a heading stands over people who have left: `TERMINATED STAFF`, `Left in 2025:`, `Former Employees`.
pub(super) fn heads_leavers(text: &str, left: &HashSet<String>) -> bool {
    const FORMER: [&str; 12] = [
        "former",
        "formerly",
        "ex",
        "past",
        "previous",
        "ehemalige",
        "ehemals",
        "anciens",
        "anciennes",
        "antiguos",
        "exempleados",
        "leavers",
    ];
    let folded = fold(text);
    let tokens = tokens(&folded);
    let Some(first) = tokens.first() else { return false };
    let says = FORMER.contains(first) || *first == "left" && tokens.len() > 1;
    !text.contains(',') && (says || holds(&folded, |word| left.contains(word)))
}

/// Behind a sign, a word that a job cannot be called: `RN - TERMINATED`.
pub(super) fn behind_a_job<'t>(text: &'t str, never_a_job: &HashSet<String>) -> Option<&'t str> {
    behind_signs(text).find(|said| never_a_job.contains(&fold(said)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(words: &[&str]) -> HashSet<String> {
        words.iter().map(|word| (*word).to_owned()).collect()
    }

    #[test]
    fn a_cell_begins_with_its_word() {
        let left = words(&["t", "term", "terminated", "left", "retired", "not active"]);
        for text in
            ["terminated.", "term 3/2026", "left on 3/1", "t", "not active", "terminated 01/15/2025", "left - moved"]
        {
            assert!(begins_with_one_of(text, &left), "{text}");
        }
        for text in
            ["not retired", "retired - rehired", "long term", "left handed", "left-handed", "t 1", "t-terminated"]
        {
            assert!(!begins_with_one_of(text, &left), "{text}");
        }
    }

    #[test]
    fn a_word_that_tells_by_itself_is_found_anywhere() {
        let tells = |word: &str| ["terminated", "inactive", "retired", "no longer active", "left"].contains(&word);
        for text in ["t-terminated", "i - inactive", "status: inactive", "no longer active", "was terminated in may"] {
            assert!(holds(text, tells), "{text}");
        }
        for text in ["not retired", "retired - rehired", "semi-retired", "the left wing", ""] {
            assert!(!holds(text, tells), "{text}");
        }
    }

    #[test]
    fn a_job_with_a_word_behind_it() {
        let never = words(&["terminated", "retired"]);
        assert_eq!(behind_a_job("RN - TERMINATED 3/1", &never), Some("TERMINATED"));
        for text in ["Retired Physician", "RN (Student)", "Transporter - Patient", "Terminated"] {
            assert_eq!(behind_a_job(text, &never), None, "{text}");
        }
    }

    #[test]
    fn headings_of_leavers_are_told_from_others() {
        let status = words(&["terminated", "inactive", "retired"]);
        for text in ["TERMINATED STAFF", "Former Employees", "Left in 2025:", "Inactive", "Retired physicians"] {
            assert!(heads_leavers(text, &status), "{text}");
        }
        for text in
            ["FRONT OFFICE", "Left, Bob", "Radiologists", "Left", "PATIENT ACCESS", "Resource Nurses", "No", "N"]
        {
            assert!(!heads_leavers(text, &status), "{text}");
        }
    }
}
