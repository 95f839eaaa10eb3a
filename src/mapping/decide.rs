//! What a person decides of a mapping file, answer by answer.

use crate::staff::{ClinicRole, Field};

use super::file::MappingFile;
use super::roles::role_key;
use super::set::Assignments;
use super::target::Target;

impl MappingFile {
    /// The file says where a target is read from, be it nowhere.
    pub(crate) fn decides(&self, target: Target) -> bool {
        self.columns.contains_key(&target)
    }

    /// A target is read from these columns, as the file names them; from nowhere if there are none.
    pub(crate) fn decide_column(&mut self, target: Target, names: Vec<String>) {
        self.lost.remove(&target);
        self.columns.insert(target, names);
    }

    /// Rows are left out by these words in a column, as the file names it.
    pub(crate) fn decide_skip(&mut self, name: String, words: Vec<String>) {
        self.skip.retain(|(header, _)| *header != name);
        self.skip.push((name, words));
        // As they are read back.
        self.skip.sort();
    }

    /// A field's value where a row says nothing; it has been checked.
    pub(crate) fn decide_default(&mut self, field: Field, value: &str) {
        self.defaults.insert(field, value.to_owned());
    }

    /// What a role word of the roster means.
    pub(crate) fn decide_role(&mut self, word: &str, role: ClinicRole) {
        if self.roles.insert(role_key(word), role).is_some() {
            self.role_words.retain(|(other, _)| role_key(other) != role_key(word));
        }
        self.role_words.push((word.to_owned(), role));
    }

    /// What a word of the roster means for level or a permission.
    pub(crate) fn decide_value(&mut self, field: Field, word: &str, value: &str) {
        self.values.set(field, word, value);
    }

    /// Takes `--set` for defaults; what the file says already stays.
    pub(crate) fn adopt(&mut self, set: &Assignments) {
        for field in Field::ALL {
            if let Some(value) = set.get(field) {
                self.defaults.entry(field).or_insert_with(|| value.to_owned());
            }
        }
    }
}
