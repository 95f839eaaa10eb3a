//! Asks what the roster's own words for level and permissions mean.

use std::collections::BTreeMap;

use super::person::{Person, answer, shown};
use crate::cli::failure::Failure;
use crate::mapping::MappingFile;
use crate::staff::{Field, Level, parse_boolean};

/// Asks about every word of a level or permission column that is not understood, the most frequent first.
pub(super) fn ask(
    person: &mut dyn Person,
    file: &mut MappingFile,
    texts: &BTreeMap<Field, BTreeMap<String, u64>>,
) -> Result<(), Failure> {
    for (field, words) in texts {
        let mut words: Vec<(&String, u64)> = words.iter().map(|(word, rows)| (word, *rows)).collect();
        words.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
        if !words.is_empty() {
            person.tell(&format!("\n{field}: what do these words of the roster mean?"));
        }
        for (word, rows) in words {
            match ask_one(person, *field, word, rows)? {
                Answer::Means(value) => file.decide_value(*field, word, &value),
                Answer::Open => {}
                Answer::AllOpen => break,
            }
        }
    }
    Ok(())
}

enum Answer {
    Means(String),
    /// Left open: the rows are not sent, and the file says so.
    Open,
    /// This one and the field's others.
    AllOpen,
}

fn ask_one(person: &mut dyn Person, field: Field, word: &str, rows: u64) -> Result<Answer, Failure> {
    let noun = if rows == 1 { "row" } else { "rows" };
    let choice = if field == Field::Level { "admin or member" } else { "yes or no" };
    let question = format!("\"{}\" ({rows} {noun}): {choice}? [leave it open: these rows are not sent]", shown(word));
    loop {
        let typed = answer(person, &question)?;
        match typed.to_lowercase().as_str() {
            "" => return Ok(Answer::Open),
            "all" => return Ok(Answer::AllOpen),
            _ => {}
        }
        let value = match field {
            Field::Level => Level::parse(&typed).ok().map(|level| level.as_str().to_owned()),
            _ => parse_boolean(&typed).map(|yes| yes.to_string()),
        };
        if let Some(value) = value {
            return Ok(Answer::Means(value));
        }
        person.tell(&format!("Type {choice}; Enter leaves this word open, \"all\" this one and those that follow."));
    }
}

#[cfg(test)]
mod tests {
    use super::super::person::testing::Scripted;
    use super::*;

    #[test]
    fn each_word_is_asked_once_the_most_frequent_first() {
        let words = |words: &[(&str, u64)]| words.iter().map(|(word, rows)| ((*word).to_owned(), *rows)).collect();
        let texts = BTreeMap::from([
            (Field::Level, words(&[("Administrator", 1), ("User", 7), ("Guest", 2)])),
            (Field::CanCreateReports, words(&[("Signs", 3), ("Prelim", 2), ("Reads", 1)])),
        ]);
        let mut file = MappingFile::default();
        let mut person = Scripted::new(&["member", "owner", "", "Admin", "y", "all"]);
        ask(&mut person, &mut file, &texts).unwrap();
        assert!(person.answers.is_empty(), "not asked: {:?}", person.answers);
        assert!(person.heard.contains("\"User\" (7 rows): admin or member?"), "{}", person.heard);
        assert!(person.heard.contains("Type admin or member;"), "{}", person.heard);
        let decided = |field| file.values.of(field).collect::<Vec<_>>();
        assert_eq!(decided(Field::Level), [("Administrator", "admin"), ("User", "member")]);
        assert_eq!(decided(Field::CanCreateReports), [("Signs", "true")]);
    }
}
