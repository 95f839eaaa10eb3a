//! Commands that a person is told to type next. One that reads a roster again carries all that is needed to read the same.

use std::borrow::Cow;
use std::path::Path;

use super::args::RosterArgs;
use crate::roster::RosterOptions;

/// What `map` writes where there is no mapping file yet.
const NEW_MAPPING: &str = "mapping.toml";

/// `map` for a roster that was read so: the mapping file is brought up to date where there is one, and what was set is
/// written into it.
pub fn map(args: &RosterArgs, options: &RosterOptions) -> String {
    let mut words = Vec::new();
    words.extend(args.set.iter().flat_map(|set| ["--set".to_owned(), set.clone()]));
    let mapping = args.mapping.as_ref().map(|mapping| mapping.to_string_lossy().into_owned());
    words.extend(mapping.iter().flat_map(|mapping| ["--mapping".to_owned(), mapping.clone()]));
    words.extend(["--write".to_owned(), mapping.unwrap_or_else(|| NEW_MAPPING.to_owned())]);
    reading("map", &args.roster, options, &words)
}

/// `check` for a roster that was read so, by this mapping file.
pub fn check(roster: &Path, options: &RosterOptions, mapping: Option<&Path>) -> String {
    let words = mapping.map(|mapping| ["--mapping".to_owned(), mapping.to_string_lossy().into_owned()]);
    reading("check", roster, options, words.as_ref().map(<[_; 2]>::as_slice).unwrap_or_default())
}

/// What makes a file its owner's alone.
pub fn owner_only(file: &Path) -> String {
    format!("chmod 600 {}", quoted(&file.to_string_lossy()))
}

fn reading(command: &str, roster: &Path, options: &RosterOptions, words: &[String]) -> String {
    let RosterOptions { sheet, encoding, delimiter, header_row } = options.clone();
    let given = [
        ("--sheet", sheet),
        ("--encoding", encoding),
        ("--delimiter", delimiter),
        ("--header-row", header_row.map(|row| row.to_string())),
    ];
    let given = given.into_iter().filter_map(|(option, value)| Some([option.to_owned(), value?]));
    let mut line = format!("avara-onboard {command} {}", quoted(&roster.to_string_lossy()));
    for word in given.flatten().chain(words.iter().cloned()) {
        line.push(' ');
        line.push_str(&quoted(&word));
    }
    line
}

/// A word as a shell takes it for one.
fn quoted(word: &str) -> Cow<'_, str> {
    // A backslash is part of a path there, and neither of the two shells knows single quotes as sh does.
    let (plain, quotes) = if cfg!(windows) { ("-_./:=@\\", ('"', "\"\"")) } else { ("-_./:=@", ('\'', "'\\''")) };
    if !word.is_empty() && word.chars().all(|c| c.is_alphanumeric() || plain.contains(c)) {
        return word.into();
    }
    let (quote, inside) = quotes;
    format!("{quote}{}{quote}", word.replace(quote, inside)).into()
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    fn args(mapping: Option<&str>, set: &[&str]) -> RosterArgs {
        RosterArgs {
            roster: "HR export.xlsx".into(),
            mapping: mapping.map(Into::into),
            set: set.iter().map(|set| (*set).to_owned()).collect(),
            sheet: None,
            encoding: None,
            delimiter: None,
            header_row: None,
        }
    }

    #[test]
    fn the_same_roster_is_read_the_same_again() {
        let options = RosterOptions {
            sheet: Some("Staff 2026".into()),
            encoding: Some("windows-1252".into()),
            delimiter: Some(";".into()),
            header_row: Some(4),
        };
        assert_eq!(
            map(&args(None, &["level=member"]), &options),
            "avara-onboard map 'HR export.xlsx' --sheet 'Staff 2026' --encoding windows-1252 --delimiter ';' --header-row 4 \
             --set level=member --write mapping.toml"
        );
        assert_eq!(
            check(Path::new("staff.csv"), &options, Some(Path::new("m.toml"))),
            "avara-onboard check staff.csv --sheet 'Staff 2026' --encoding windows-1252 --delimiter ';' --header-row 4 \
             --mapping m.toml"
        );
    }

    #[test]
    fn a_mapping_file_that_is_there_is_brought_up_to_date() {
        assert_eq!(
            map(&args(Some("clinic's.toml"), &[]), &RosterOptions::default()),
            "avara-onboard map 'HR export.xlsx' --mapping 'clinic'\\''s.toml' --write 'clinic'\\''s.toml'"
        );
    }

    #[test]
    fn a_shell_takes_each_word_for_what_it_is() {
        for word in ["Zoë's $HOME", "", "~", "a;b", "`x`", "a\tb", "staff.csv", "#1", "*"] {
            let typed = format!("printf %s {}", quoted(word));
            let said = std::process::Command::new("/bin/sh").args(["-c", &typed]).output().unwrap();
            assert_eq!(String::from_utf8(said.stdout).unwrap(), word);
        }
    }
}
