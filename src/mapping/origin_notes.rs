//! What is in use beside the columns that feed fields, in sentences.

use crate::staff::Field;

use super::columns::ColumnPlan;
use super::header_table::squashed;
use super::last_names::is_a_part;
use super::names::{HeaderOrder, NameOrder};

impl ColumnPlan {
    /// What is in use beside columns, a sentence each.
    pub fn origin_notes(&self) -> Vec<String> {
        let name = &self.file.name;
        let mut notes: Vec<String> =
            self.changes().lines().iter().map(|line| format!("Since {name} was written: {line}.")).collect();
        for (field, value) in &self.file.defaults {
            notes.push(format!("{field} is \"{value}\" where the row says nothing ({name}, [defaults])."));
        }
        for field in Field::ALL {
            if let Some(value) = self.set.get(field) {
                notes.push(format!("{field} is \"{value}\" where nothing else says it (--set)."));
            }
        }
        if !self.file.profiles.is_empty() {
            let roles = self.file.profiles.keys().map(|role| role.as_str()).collect::<Vec<_>>().join(", ");
            notes.push(format!("Level and permissions go by clinic role for {roles} ({name}, [profiles])."));
        }
        if !self.file.default_profile.is_empty() {
            notes.push(format!("Everybody else's level and permissions come from [profiles.default] ({name})."));
        }
        let ends = "if that is not so, name it under ignore in the mapping file";
        for column in self.last_name.columns() {
            let place = if self.last_name.before == Some(column) { "before" } else { "behind" };
            notes.push(format!(
                "\"{}\" is read as a part of the last name and put {place} the rest of it; {ends}.",
                self.headers[column].trim()
            ));
        }
        let ignored = |column: usize| {
            let header = squashed(&self.headers[column]);
            self.file.ignore.iter().any(|name| [&header, &squashed(&self.name_of(column))].contains(&&squashed(name)))
        };
        for column in self.unused().filter(|column| is_a_part(&self.headers[*column]) && !ignored(*column)) {
            notes.push(format!(
                "\"{}\" may hold a part of people's last names, and it is not read; {ends}, and if it is, put it and the last name \
                 into one column.",
                self.headers[column].trim()
            ));
        }
        let told = |said: &&HeaderOrder| said.order == NameOrder::LastFirst && self.file.name_order.is_none();
        for (column, _) in self.header_orders.iter().filter(|(_, said)| told(said)) {
            notes.push(format!(
                "The last name is read first in \"{}\", because the header says so (a mapping file says it otherwise: \
                 full_name = {{ column = …, order = \"first-last\" }}).",
                self.headers[*column].trim()
            ));
        }
        for rule in self.skip.iter().filter(|rule| !rule.is_of_remarks()) {
            notes.push(format!("Rows are left out by the words in \"{}\".", rule.header.trim()));
        }
        for (header, said) in &self.unread_leavers {
            notes.push(format!(
                "\"{header}\" is not read, and a row has \"{said}\" there: if that says who has left, name it under [skip] in \
                 the mapping file, with its words; if not, under ignore."
            ));
        }
        for rule in &self.leaving {
            notes.push(format!("Rows whose date in \"{}\" has passed are left out.", rule.header));
        }
        notes
    }
}
