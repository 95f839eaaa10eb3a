//! Asks which column tells who is left out, where the one that did is gone.

use std::collections::BTreeMap;

use super::Study;
use super::columns::{chosen, listed};
use super::person::{Person, answer, shown};
use crate::cli::failure::Failure;
use crate::mapping::ColumnPlan;
use crate::roster::RosterItem;

/// A column with more words than this tells something else.
const MOST_WORDS: usize = 30;

/// Asks for every such column.
pub(super) fn ask(person: &mut dyn Person, study: &mut Study) -> Result<(), Failure> {
    for (gone, words) in std::mem::take(&mut study.tellers_gone) {
        let plan = study.plan()?;
        let columns: Vec<usize> = plan.unread();
        person.tell(&format!(
            "\n\"{gone}\" told who is not to be invited, and it is gone. Which column tells it now?{}",
            listed(&plan, study, &columns)
        ));
        let column = loop {
            let typed = answer(person, "A number, a header, or 0 if nobody is left out by it any more:")?;
            match chosen(&typed, &plan, &columns, true).as_deref() {
                Ok([]) => break None,
                Ok([column]) => break Some(*column),
                Ok(_) => person.tell("One column, please."),
                Err(why) => person.tell(why),
            }
        };
        let Some(column) = column else { continue };
        let name = plan.name_of(column);
        match words {
            Some(words) => study.file.decide_skip(name, words),
            // It says so by itself.
            None if plan.tells_who_left(column) => {}
            None => {
                let words = ask_words(person, study, &plan, column)?;
                study.file.decide_skip(name, words);
            }
        }
    }
    Ok(())
}

fn ask_words(person: &mut dyn Person, study: &Study, plan: &ColumnPlan, column: usize) -> Result<Vec<String>, Failure> {
    let mut words: BTreeMap<String, u64> = BTreeMap::new();
    for item in study.roster.rows()? {
        if let RosterItem::Row(row) = item? {
            let word = row.cell_text(column).trim();
            if !word.is_empty() && (words.len() < MOST_WORDS || words.contains_key(word)) {
                *words.entry(word.to_owned()).or_default() += 1;
            }
        }
    }
    let words: Vec<(String, u64)> = words.into_iter().collect();
    let mut text = format!("\nWhich words in \"{}\" say that somebody is not to be invited?", plan.name_of(column));
    for (number, (word, rows)) in words.iter().enumerate() {
        text.push_str(&format!("\n  {:>2}  {}  ({rows})", number + 1, shown(word)));
    }
    person.tell(&text);
    loop {
        let typed = answer(person, "Numbers, with spaces between:")?;
        let numbers = typed.split([',', ' ', ';']).filter(|word| !word.is_empty());
        let picked: Option<Vec<String>> = numbers
            .map(|number| words.get(number.parse::<usize>().ok()?.checked_sub(1)?).map(|(word, _)| word.clone()))
            .collect();
        match picked {
            Some(picked) if !picked.is_empty() => return Ok(picked),
            _ => person.tell(&format!("Type numbers from 1 to {}.", words.len())),
        }
    }
}
