//! One row by itself: everything that is wrong with it, in one pass.

use super::fields;
use super::problem::{Fault, Problem};
use crate::mapping::{Draft, FieldValue, Leaving, Origin, UnknownStatus};
use crate::staff::{Field, Level, Permissions, StaffMember};

/// What holds for every row of a run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rules {
    /// Fields that neither a column nor the mapping file nor `--set` feeds. That is one question to the person who
    /// runs this, not a problem of each row.
    pub unfed: Vec<Field>,
    /// The header that feeds a field, by [`Field::index`]: a blank cell is named by it.
    pub columns: [Option<String>; 13],
}

/// What a row is, by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Judgement {
    /// Somebody who can be invited.
    Ready(StaffMember),
    /// Nothing is wrong with the row, but a field that nobody feeds is wanting.
    Incomplete,
    /// Everything that is wrong with it, in the order of the fields; at least one problem.
    Invalid(Vec<Problem>),
    /// The mapping says that the row is not for inviting; in words, why.
    Skipped(String),
}

/// Judges one row.
pub fn judge(rules: &Rules, draft: &Draft) -> Judgement {
    // First of all: in a ragged row the word that would skip it may stand in a wrong column too.
    if draft.ragged {
        return Judgement::Invalid(vec![ragged(draft)]);
    }
    if let Some(why) = &draft.skip {
        return Judgement::Skipped(why.clone());
    }
    let mut bench = Bench { rules, draft, problems: Vec::new() };
    let person = bench.person();
    bench.may_have_left();
    match (bench.problems, person) {
        (problems, _) if !problems.is_empty() => Judgement::Invalid(problems),
        (_, Some(person)) => Judgement::Ready(person),
        (_, None) => Judgement::Incomplete,
    }
}

fn ragged(draft: &Draft) -> Problem {
    Problem {
        at: draft.at.clone(),
        column: None,
        field: None,
        value: String::new(),
        code: "row_ragged",
        message:
            "this row has more or fewer cells than the header, so its values may stand in wrong columns; look for \
                  a missing cell, or for a comma that wants quotes around its text"
                .to_owned(),
    }
}

/// A row on the bench, and what was found wrong with it so far.
struct Bench<'a> {
    rules: &'a Rules,
    draft: &'a Draft,
    problems: Vec<Problem>,
}

/// What a blank permission is told.
const YES_OR_NO: &str = "write yes or no (a blank is never taken for a no)";

impl Bench<'_> {
    /// A date of leaving that cannot be read is no reason to invite somebody.
    fn may_have_left(&mut self) {
        if let Some(status) = self.draft.unknown_status.as_ref().filter(|status| status.may_have_left) {
            let UnknownStatus { header, word, .. } = status;
            self.problems.push(Problem {
                at: self.draft.at.clone(),
                column: Some(header.clone()),
                field: None,
                value: word.clone(),
                code: "status_unknown",
                message: format!(
                    "it is not known whether this means that the person has left; correct the cell, or write in the mapping file, \
                     under [skip]: \"{header}\" = [\"{word}\"] if it does, or \"{header}\" = [] if no unknown word there does"
                ),
            });
        }
        if let Some(Leaving::Unclear { header, value, message }) = &self.draft.leaving {
            self.problems.push(Problem {
                at: self.draft.at.clone(),
                column: Some(header.clone()),
                field: None,
                value: value.clone(),
                code: "leaving_date_unclear",
                message: message.clone(),
            });
        }
    }

    /// Looks at every field. `None` where one is wrong or wanting.
    fn person(&mut self) -> Option<StaffMember> {
        // Every field is looked at before the first `?`, so that all problems of the row are found.
        let email = self.required(
            Field::Email,
            "email_blank",
            "everybody invited needs an address of their own",
            fields::email,
        );
        let first_name = self.required(Field::FirstName, "first_name_blank", "write the first name", fields::name);
        let last_name = self.required(Field::LastName, "last_name_blank", "write the last name", fields::name);
        let middle_name = self.given(Field::MiddleName, fields::optional_name);
        let suffix1 = self.given(Field::Suffix1, fields::optional_name);
        let suffix2 = self.given(Field::Suffix2, fields::optional_name);
        let npi_number = self.given(Field::NpiNumber, fields::npi);
        let phone_number = self.given(Field::PhoneNumber, fields::phone);
        let clinic_role =
            self.required(Field::ClinicRole, "clinic_role_blank", "write the person's role", fields::role);
        let level = self.required(Field::Level, "level_blank", "write admin or member", fields::level);
        let can_create_reports =
            self.required(Field::CanCreateReports, "can_create_reports_blank", YES_OR_NO, fields::boolean);
        let can_manage_studies =
            self.required(Field::CanManageStudies, "can_manage_studies_blank", YES_OR_NO, fields::boolean);
        let has_dashboard_access =
            self.required(Field::HasDashboardAccess, "has_dashboard_access_blank", YES_OR_NO, fields::boolean);
        if can_create_reports == Some(true) {
            self.reports_need_an_npi();
        }
        if level == Some(Level::Admin) && has_dashboard_access == Some(false) {
            self.admins_need_the_dashboard();
        }
        Some(StaffMember {
            email: email?,
            first_name: first_name?,
            last_name: last_name?,
            middle_name,
            suffix1,
            suffix2,
            npi_number,
            phone_number,
            clinic_role: clinic_role?,
            level: level?,
            permissions: Permissions {
                can_create_reports: can_create_reports?,
                can_manage_studies: can_manage_studies?,
                has_dashboard_access: has_dashboard_access?,
            },
        })
    }

    /// Reads a field if the row gives it.
    fn given<T>(&mut self, field: Field, read: impl FnOnce(&FieldValue) -> Result<T, Fault>) -> Option<T> {
        let value = self.draft.get(field)?;
        match fields::usable(value).and_then(|()| read(value)) {
            Ok(read) => Some(read),
            Err(fault) => {
                self.push(Problem::of_value(&self.draft.at, field, value, fault));
                None
            }
        }
    }

    /// Reads a field that every row must give, unless nothing feeds it at all.
    fn required<T>(
        &mut self,
        field: Field,
        code: &'static str,
        what_to_do: &str,
        read: impl FnOnce(&FieldValue) -> Result<T, Fault>,
    ) -> Option<T> {
        if self.draft.get(field).is_none() && !self.rules.unfed.contains(&field) && !self.follows_from_the_role(field) {
            self.blank(field, code, what_to_do);
        }
        self.given(field, read)
    }

    /// A profile by role feeds the field, and there is a problem with the role already: mending that fills the field.
    fn follows_from_the_role(&self, field: Field) -> bool {
        (field.is_permission() || field == Field::Level)
            && self.column(field).is_none()
            && self.problems.iter().any(|problem| problem.field == Some(Field::ClinicRole))
    }

    fn reports_need_an_npi(&mut self) {
        // Where there is one that is not valid, that has been said.
        if self.draft.get(Field::NpiNumber).is_none() {
            let what_to_do = "who creates reports needs an NPI; write it, or set can_create_reports to no";
            self.blank(Field::NpiNumber, "npi_required", what_to_do);
        }
    }

    fn admins_need_the_dashboard(&mut self) {
        let field = Field::HasDashboardAccess;
        if let Some(value) = self.draft.get(field) {
            let message = match value.origin {
                Origin::Column(_) | Origin::FullName(_) => {
                    "an admin must have dashboard access; write yes here, or make the level member"
                }
                _ => {
                    "an admin must have dashboard access; give it in the mapping file, has_dashboard_access = \"for-admins\", or \
                     make the level member"
                }
            };
            let fault = Fault::new("admin_needs_dashboard", message);
            self.problems.push(Problem::of_value(&self.draft.at, field, value, fault));
        }
    }

    fn blank(&mut self, field: Field, code: &'static str, what_to_do: &str) {
        let Fault { code, message } = match self.column(field) {
            Some(_) => fields::blank(code, what_to_do),
            // No cell to point at: a profile or a default would have had to fill it.
            None => Fault::new(code, format_args!("nothing gives it for this row; {what_to_do}")),
        };
        self.problems.push(Problem {
            at: self.draft.at.clone(),
            column: self.column(field).map(str::to_owned),
            field: Some(field),
            value: String::new(),
            code,
            message,
        });
    }

    /// Adds a problem, unless the same has been said of the same cell: a combined name feeds several fields.
    fn push(&mut self, problem: Problem) {
        let same = |other: &Problem| {
            other.column.is_some()
                && (&other.column, &other.value, other.code) == (&problem.column, &problem.value, problem.code)
        };
        if !self.problems.iter().any(same) {
            self.problems.push(problem);
        }
    }

    fn column(&self, field: Field) -> Option<&str> {
        self.rules.columns[field.index()].as_deref()
    }
}

#[cfg(test)]
mod tests;
