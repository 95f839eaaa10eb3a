//! The questions of a plan: what a person must decide, why, and what to write.

use crate::staff::Field;

use super::aliases::{Certainty, Slot};
use super::columns::Question;
use super::content::{grants_more, leave_a_doubt, show};
use super::resolve::{Resolver, is_read, name_in_file};
use super::skip::SkipRule;
use super::target::Target;

impl Resolver<'_> {
    /// Several columns could be it, and nothing tells which.
    pub(super) fn ask_which(&mut self, target: Target, columns: &[usize]) {
        let names = self.names_in_file(columns);
        let reason = format!("{} columns could be {target}: {}.", columns.len(), quoted(&names, ", "));
        let remedy =
            format!("Name the right one in the mapping file, [columns]: {target} = {}.", quoted(&names, " or "));
        self.ask(target, columns, reason, &remedy);
    }

    /// Nothing is read: whatever could be it, and is not surely it, is asked about, also where a default or a profile gives the
    /// field: what a row says itself would come first.
    pub(super) fn ask_about_the_rest(&mut self, slot: Slot, target: Target, refused: &[(usize, String)]) {
        // A suffix that is none is left unread and nobody misses it.
        let is_missed = !matches!(slot, Slot::Suffix | Slot::Credential | Slot::Field(Field::Suffix2));
        for (column, doubt) in refused.iter().filter(|_| is_missed) {
            self.ask_about_refused(target, *column, doubt);
        }
        let candidates: Vec<usize> = self
            .claimants(slot, |certainty| certainty == Certainty::Ask)
            .into_iter()
            .map(|(_, column)| column)
            .filter(|column| self.is_worth_a_question(slot, *column))
            .collect();
        let credentials_do = slot == Slot::Suffix && !self.claimants(Slot::Credential, is_read).is_empty();
        let candidates = if candidates.is_empty() { self.unnamed(slot) } else { candidates };
        if candidates.is_empty() || credentials_do {
            return;
        }
        let names = self.names_in_file(&candidates);
        let reason = format!(
            "{} may hold {target}, or something that only looks like it ({}).",
            quoted(&names, ", "),
            doubt(target)
        );
        let (if_right, if_not) = match names.len() {
            1 => ("If it is right", "if not"),
            _ => ("If one of them is right", "if none is"),
        };
        let remedy = format!(
            "{if_right}, write in the mapping file, [columns]: {target} = {}; {if_not}: {target} = [].",
            quoted(&names, " or ")
        );
        self.ask(target, &candidates, reason, &remedy);
    }

    fn ask_about_refused(&mut self, target: Target, column: usize, doubt: &str) {
        let name = name_in_file(self.headers, column);
        let reason = format!("The header \"{name}\" says {target}, but {doubt}.");
        let remedy = format!(
            "If it is right all the same, write in the mapping file, [columns]: {target} = \"{name}\"; if not, name the \
             right column, or leave it unread: {target} = []."
        );
        self.ask(target, &[column], reason, &remedy);
    }

    /// Columns whose headers say nothing of what their values plainly are: addresses under `Contact`, NPIs under `ID`,
    /// jobs under `Category`.
    fn unnamed(&self, slot: Slot) -> Vec<usize> {
        if !matches!(slot, Slot::Field(Field::Email | Field::NpiNumber | Field::ClinicRole)) {
            return Vec::new();
        }
        let open = |column: &usize| !self.taken[*column] && !self.is_somebody_elses[*column];
        (0..self.headers.len()).filter(open).filter(|column| show(slot, &self.values(*column))).collect()
    }

    /// A column that only might be it is not asked about when its values settle that it is not, or when it has none.
    fn is_worth_a_question(&self, slot: Slot, column: usize) -> bool {
        !self.is_silent(column)
            && leave_a_doubt(slot, &self.values(column))
            && !self.tells_kinds_of_account(slot, column)
    }

    /// `userType`, read for who is no member of staff, is no level where nobody in it is more than another.
    fn tells_kinds_of_account(&self, slot: Slot, column: usize) -> bool {
        slot == Slot::Field(Field::Level)
            && SkipRule::of_header(column, &self.headers[column]).is_some()
            && !self.values(column).is_empty()
            && !self.values(column).iter().any(|value| grants_more(value))
    }

    fn ask(&mut self, target: Target, columns: &[usize], reason: String, remedy: &str) {
        let blocking = match target {
            Target::FullName => true,
            // Without level and permissions the run refuses anyway, and names more ways out than a column.
            Target::Field(Field::Level) => false,
            Target::Field(field) => field.is_required() && !field.is_permission() && !(self.given)(field),
        };
        self.resolved.questions.push(Question {
            target,
            headers: self.names(columns),
            columns: columns.to_vec(),
            why: format!("{reason} {remedy}"),
            reason,
            blocking,
        });
    }
}

fn quoted(headers: &[String], between: &str) -> String {
    headers.iter().map(|header| format!("\"{}\"", header.trim())).collect::<Vec<_>>().join(between)
}

/// What a doubtful column of a target usually turns out to be.
fn doubt(target: Target) -> &'static str {
    match target {
        Target::Field(Field::Email) => "a private, a second or somebody else's address, or a login",
        Target::Field(Field::NpiNumber) => "a group's, a location's or another person's number",
        Target::Field(Field::PhoneNumber) => "a private number, or a practice's",
        Target::Field(Field::Level | Field::CanCreateReports | Field::CanManageStudies | Field::HasDashboardAccess) => {
            "another system's rights, which are never taken over by themselves"
        }
        Target::Field(Field::FirstName | Field::LastName) => "a name somebody goes by, not the legal one",
        Target::Field(Field::ClinicRole) => "a grade, a code or another system's role",
        Target::Field(Field::Suffix1 | Field::Suffix2) => "a form of address, a job, or a particle of the name",
        Target::Field(Field::MiddleName) => "a part of another name",
        Target::FullName => "a login, a firm, or somebody else's name",
    }
}
