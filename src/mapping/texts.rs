//! The words of a roster's rows that somebody may have to say the meaning of.

use std::collections::BTreeMap;

use crate::roster::Row;
use crate::staff::Field;

use super::columns::ColumnPlan;
use super::file::PROFILE_FIELDS;
use super::values::is_plain;
use super::{Draft, Origin};

/// A column with more different texts than this holds no roles, and no words for rights.
const MOST: usize = 5_000;

/// Words and how many people have them. Whoever is left out does not count.
#[derive(Clone, Debug, Default)]
pub struct RosterTexts {
    /// The role texts, known or not.
    pub roles: BTreeMap<String, u64>,
    /// Words for level and permissions that say neither, by field.
    pub values: BTreeMap<Field, BTreeMap<String, u64>>,
}

impl RosterTexts {
    /// Adds the words of a row, as a plan reads it.
    pub fn add(&mut self, plan: &ColumnPlan, row: &Row) {
        let draft = plan.draft(row);
        if draft.skip.is_some() {
            return;
        }
        if let Some(text) = plan.role_texts(row) {
            count(&mut self.roles, text);
        }
        for (field, text) in unknown_values(&draft) {
            count(self.values.entry(field).or_default(), text.to_owned());
        }
    }
}

fn count(words: &mut BTreeMap<String, u64>, text: String) {
    if words.len() < MOST || words.contains_key(&text) {
        *words.entry(text).or_default() += 1;
    }
}

/// What the row's own cells say of level and permissions in words that nobody knows.
fn unknown_values(draft: &Draft) -> impl Iterator<Item = (Field, &str)> {
    PROFILE_FIELDS.into_iter().filter_map(|field| {
        let value = draft.get(field)?;
        let in_a_cell = matches!(value.origin, Origin::Column(_));
        (in_a_cell && !is_plain(field, &value.text)).then_some((field, value.text.as_str()))
    })
}
