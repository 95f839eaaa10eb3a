//! What has changed in a roster's headers since its mapping file was written.

use std::collections::HashMap;

use super::aliases::{Slot, claims};
use super::error::MappingError;
use super::file::MappingFile;
use super::header_table::{HeaderTable, squashed};
use super::leaving::LeavingRule;
use super::skip::SkipRule;
use super::target::Target;
use crate::staff::Field;

/// The likeness from which two headers are one header, written otherwise.
const ALIKE: f64 = 0.93;

/// The headers that are gone, new or probably renamed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HeaderChanges {
    /// In the mapping file, not in the roster.
    pub gone: Vec<String>,
    /// In the roster, not in the mapping file's `[roster]`.
    pub new: Vec<String>,
    /// Gone under one name and there under another, for the same field.
    pub renamed: Vec<Renamed>,
}

/// A header that probably has another name now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Renamed {
    /// As the mapping file knows it.
    pub from: String,
    /// As the roster has it.
    pub to: String,
}

impl HeaderChanges {
    /// Nothing has changed.
    pub fn is_empty(&self) -> bool {
        self.gone.is_empty() && self.new.is_empty() && self.renamed.is_empty()
    }

    /// A sentence for each kind of change, without the full stop.
    pub fn lines(&self) -> Vec<String> {
        let mut lines: Vec<String> = self
            .renamed
            .iter()
            .map(|Renamed { from, to }| format!("\"{from}\" is gone, and \"{to}\" is probably its new name"))
            .collect();
        let list = |names: &[String]| names.iter().map(|name| format!("\"{name}\"")).collect::<Vec<_>>().join(", ");
        if !self.gone.is_empty() {
            lines.push(format!("gone: {}", list(&self.gone)));
        }
        if !self.new.is_empty() {
            lines.push(format!("new: {}", list(&self.new)));
        }
        lines
    }
}

impl MappingFile {
    /// What has changed in the roster since this file was written. Where the file does not list the roster's headers, only
    /// those are known that it uses, and nothing counts as new.
    pub fn changes(&self, headers: &[String]) -> HeaderChanges {
        let known: Vec<String> = match self.roster_headers.as_slice() {
            [] => self.names_used().map(|(_, name)| name.to_owned()).collect(),
            recorded => recorded.to_vec(),
        };
        let mut gone = without(&known, headers);
        gone.retain(|name| HeaderTable { headers }.is_missing(name));
        let mut candidates = without(headers, &known);
        let renamed = self.renamed(&mut gone, &mut candidates);
        let new = if self.roster_headers.is_empty() { Vec::new() } else { candidates };
        HeaderChanges { gone, new, renamed }
    }

    /// The roster has changed in a way that this file does not fit it any more.
    pub(super) fn misfit(&self, headers: &[String]) -> Option<MappingError> {
        let table = HeaderTable { headers };
        // Nobody who has left is invited because the column that said so has another name tonight.
        let told_who_left = self.recorded_tellers().filter(|name| table.is_missing(name));
        let mut lines: Vec<String> =
            told_who_left.map(|name| format!("\"{name}\", which told who has left, is gone")).collect();
        let misses = !lines.is_empty() || self.names_used().any(|(_, name)| table.is_missing(name));
        lines.extend(self.changes(headers).lines());
        (misses && !self.roster_headers.is_empty())
            .then(|| MappingError::RosterChanged { file: self.name.clone(), changes: lines })
    }

    /// Headers that the roster had when this file was written and that say by themselves who has left.
    fn recorded_tellers(&self) -> impl Iterator<Item = &String> {
        self.roster_headers.iter().filter(|name| tells_who_left(name) && !self.ignore.contains(name))
    }

    /// Columns that told who is left out and that the roster has lost, with the words that said so, where this file gives
    /// them. One that has a successor, which says it by itself, is not wanting.
    pub(crate) fn tellers_gone(&self, headers: &[String], renamed: &[Renamed]) -> Vec<(String, Option<Vec<String>>)> {
        let table = HeaderTable { headers };
        let gone = |name: &&String| {
            table.is_missing(name) && !renamed.iter().any(|renamed| squashed(&renamed.from) == squashed(name))
        };
        let ruled =
            self.skip.iter().filter(|(name, _)| gone(&name)).map(|(name, words)| (name.clone(), Some(words.clone())));
        let is_new = |header: &&String| !self.roster_headers.iter().any(|known| squashed(known) == squashed(header));
        let successors = headers.iter().filter(is_new).filter(|header| tells_who_left(header)).count();
        let by_itself =
            self.recorded_tellers().filter(gone).filter(|name| !self.skip.iter().any(|(ruled, _)| ruled == *name));
        ruled.chain(by_itself.skip(successors).map(|name| (name.clone(), None))).collect()
    }

    /// Takes over new names, and forgets headers that are gone, so that the rest can be used. What was read from them is
    /// remembered as lost.
    pub fn fit(&mut self, headers: &[String], renamed: &[Renamed]) {
        let table = HeaderTable { headers };
        let now = |name: String| match renamed.iter().find(|renamed| squashed(&renamed.from) == squashed(&name)) {
            Some(renamed) => Some(renamed.to.clone()),
            None => (!table.is_missing(&name)).then_some(name),
        };
        for (target, before) in std::mem::take(&mut self.columns) {
            let unread = before.is_empty();
            let names: Vec<String> = before.iter().cloned().filter_map(now).collect();
            if unread || !names.is_empty() {
                self.columns.insert(target, names);
            } else {
                self.lost.insert(target, before);
            }
        }
        self.ignore = std::mem::take(&mut self.ignore).into_iter().filter_map(now).collect();
        let skip = std::mem::take(&mut self.skip).into_iter();
        self.skip = skip.filter_map(|(name, words)| Some((now(name)?, words))).collect();
        if !self.roster_headers.is_empty() {
            self.roster_headers = headers.to_vec();
        }
    }

    /// Pairs what is gone with what is new for the same field, where only one is; both leave their lists.
    fn renamed(&self, gone: &mut Vec<String>, new: &mut Vec<String>) -> Vec<Renamed> {
        let used: HashMap<String, Target> =
            self.names_used().filter_map(|(target, name)| Some((squashed(name), target?))).collect();
        let mut renamed = Vec::new();
        gone.retain(|from| {
            let targets = used.get(&squashed(from)).map_or_else(|| targets_of(from), |target| vec![*target]);
            let fits = |to: &&String| {
                targets_of(to).iter().any(|target| targets.contains(target))
                    || strsim::jaro_winkler(&squashed(from), &squashed(to)) > ALIKE
            };
            let fitting: Vec<String> = new.iter().filter(fits).cloned().collect();
            let [to] = fitting.as_slice() else { return true };
            new.retain(|name| name != to);
            renamed.push(Renamed { from: from.clone(), to: to.clone() });
            false
        });
        renamed
    }

    /// The headers that this file names, with what they feed.
    fn names_used(&self) -> impl Iterator<Item = (Option<Target>, &str)> {
        let columns = self.columns.iter().flat_map(|(target, names)| names.iter().map(|name| (Some(*target), name)));
        let others = self.ignore.iter().chain(self.skip.iter().map(|(name, _)| name)).map(|name| (None, name));
        columns.chain(others).map(|(target, name)| (target, name.as_str()))
    }
}

/// The header says by itself that its column tells who has left.
fn tells_who_left(name: &str) -> bool {
    SkipRule::of_header(0, name).is_some_and(|rule| !rule.is_of_remarks()) || LeavingRule::of_header(0, name).is_some()
}

/// What a header may feed by itself.
fn targets_of(header: &str) -> Vec<Target> {
    let of_slot = |slot: Slot| match slot {
        Slot::Field(field) => Target::Field(field),
        Slot::FullName => Target::FullName,
        Slot::Suffix => Target::Field(Field::Suffix1),
        Slot::Credential => Target::Field(Field::Suffix2),
    };
    claims(&[header]).into_iter().flatten().map(|claim| of_slot(claim.slot)).collect()
}

/// The names of one list that the other does not have, each as often as it is missing.
fn without(names: &[String], others: &[String]) -> Vec<String> {
    let mut there: HashMap<String, usize> = HashMap::new();
    for other in others {
        *there.entry(squashed(other)).or_default() += 1;
    }
    let missing = |name: &&String| match there.get_mut(&squashed(name)) {
        _ if name.trim().is_empty() => false,
        Some(left) if *left > 0 => {
            *left -= 1;
            false
        }
        _ => true,
    };
    names.iter().filter(missing).map(|name| name.trim().to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "ignore = [\"Badge\"]\n[columns]\nemail = \"Work Email\"\nphone_number = [\"Phone #2\"]\n\
                        [roster]\nheaders = [\"Work Email\", \"Phone\", \"Phone\", \"Badge\", \"Site\", \"\"]\n";

    fn headers(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    fn names(of: &[&str], text: &str) -> HeaderChanges {
        MappingFile::parse(text, "m.toml").unwrap().changes(&headers(of))
    }

    #[test]
    fn the_same_headers_in_another_order_are_no_change() {
        assert!(names(&["SITE", "Phone", "Badge", "work  email", "Phone", ""], FILE).is_empty());
    }

    #[test]
    fn gone_new_and_renamed_are_told_apart() {
        let changes = names(&["E-Mail Address", "Phone", "Phone", "Badge", "Shoe Size"], FILE);
        let renamed = Renamed { from: "Work Email".to_owned(), to: "E-Mail Address".to_owned() };
        assert_eq!(
            changes,
            HeaderChanges { gone: headers(&["Site"]), new: headers(&["Shoe Size"]), renamed: vec![renamed] }
        );
        assert_eq!(
            changes.lines(),
            [
                "\"Work Email\" is gone, and \"E-Mail Address\" is probably its new name",
                "gone: \"Site\"",
                "new: \"Shoe Size\""
            ]
        );
    }

    #[test]
    fn two_new_headers_for_one_field_are_no_renaming() {
        let changes = names(&["E-Mail Address", "Email", "Phone", "Phone", "Badge", "Site"], FILE);
        assert_eq!(changes.gone, ["Work Email"]);
        assert_eq!(changes.new, ["E-Mail Address", "Email"]);
    }

    #[test]
    fn without_a_record_only_what_the_file_names_can_be_gone() {
        let text = "[columns]\nemail = \"Work Email\"\nlast_name = \"Last\"\n";
        let changes = names(&["E-Mail Address", "Last", "Shoe Size"], text);
        assert_eq!(changes.lines(), ["\"Work Email\" is gone, and \"E-Mail Address\" is probably its new name"]);
        assert!(names(&["Work Email", "Last", "Shoe Size"], text).is_empty());
    }

    #[test]
    fn a_file_is_fitted_to_what_is_left() {
        let mut file = MappingFile::parse(FILE, "m.toml").unwrap();
        let now = headers(&["E-Mail Address", "Phone", "Site"]);
        let changes = file.changes(&now);
        file.fit(&now, &changes.renamed);
        assert_eq!(file.columns.values().flatten().collect::<Vec<_>>(), ["E-Mail Address"]);
        assert!(file.ignore.is_empty());
    }
}
