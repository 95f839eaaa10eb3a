//! A row to a [`Draft`].

use jiff::civil::Date;

use crate::roster::{CellKind, Row};
use crate::staff::{ClinicRole, Field, Level};

use super::clean::clean;
use super::columns::ColumnPlan;
use super::draft_names::split_suffixes;
use super::file::ProfileValue;
use super::leaving::{self, Leaving};
use super::not_people::{self, Unlikely};
use super::roles::{RoleReading, is_physicians};
use super::skip::{left_in_name, left_in_role};
use super::target::Target;
use super::{Draft, FieldValue, MappingProblem, Origin};

impl ColumnPlan {
    /// Gathers what a row says, field by field.
    pub fn draft(&self, row: &Row) -> Draft {
        let mut draft = Draft {
            at: row.at.clone(),
            fields: Default::default(),
            skip: self.skip.iter().find_map(|rule| rule.applies(row)),
            leaving: self.today.and_then(|today| self.leaving_of(row, today)),
            unknown_status: self.skip.iter().find_map(|rule| rule.not_known(row)),
            lacks_npi: false,
            perhaps_nobody: false,
            cleanings: Vec::new(),
            ragged: row.ragged,
        };
        for field in Field::ALL {
            self.read_column(field, row, &mut draft);
        }
        split_suffixes(&mut draft);
        self.join_last_name(row, &mut draft);
        self.read_full_name(row, &mut draft);
        self.look_at_names(&mut draft);
        self.leave_out(row, &mut draft);
        let role = self.read_role(&mut draft);
        self.fill_blanks(role, &mut draft);
        if draft.skip.is_some() {
            draft.cleanings.clear();
        }
        draft
    }

    /// What the row says of somebody's leaving; what contradicts it makes it unclear.
    fn leaving_of(&self, row: &Row, today: Date) -> Option<Leaving> {
        let leaving = leaving::of_row(&self.leaving, self.rehired, row, today)?;
        let here = self.skip.iter().find_map(|rule| Some((rule.header.trim(), rule.says_here(row)?)));
        match (leaving, here) {
            (Leaving::Past(header), Some((status, word))) => {
                let value =
                    self.leaving.iter().find(|rule| rule.header == header).map(|rule| row.cell_text(rule.column));
                let message = format!(
                    "this day has passed, but \"{status}\" says \"{word}\"; correct one of the two, or name the wrong column under \
                     ignore in the mapping file"
                );
                Some(Leaving::Unclear { header, value: value.unwrap_or_default().trim().to_owned(), message })
            }
            (leaving, _) => Some(leaving),
        }
    }

    /// Whoever has left, and whatever is no person.
    fn leave_out(&self, row: &Row, draft: &mut Draft) {
        if let (None, Some(Leaving::Past(header))) = (&draft.skip, &draft.leaving) {
            draft.skip = Some(format!("the date in \"{header}\" has passed"));
        }
        // A second licence or place of the person above, or a heading: there is nobody in it.
        if draft.skip.is_none() && !draft.ragged && draft.fields.iter().all(Option::is_none) {
            draft.skip = Some("all columns that are read are blank in this row".to_owned());
        }
        if let (None, false, Some(heading)) = (&draft.skip, draft.ragged, not_people::heading(row)) {
            draft.skip = Some(format!("nothing stands in the row but \"{heading}\""));
        }
        if draft.skip.is_none() {
            draft.skip = self.left_by_name(row, draft);
        }
        let address = self.sources.get(&Target::Field(Field::Email)).and_then(|columns| columns.first());
        // A mapping file that says itself what to leave out by the address has the last word.
        if draft.skip.is_some() || address.is_some_and(|column| self.skip.iter().any(|rule| rule.column == *column)) {
            return;
        }
        let text = |field| draft.get(field).map(|value| value.text.as_str());
        let whole = [Field::FirstName, Field::LastName].iter().find_map(|field| {
            draft
                .get(*field)
                .filter(|value| matches!(value.origin, Origin::FullName(_)))
                .map(|value| value.raw.as_str())
        });
        let (first, last) = (text(Field::FirstName), text(Field::LastName));
        let name = match (first, last) {
            _ if whole.is_some() => whole.unwrap_or_default().to_owned(),
            // A room has no first and last name, but one to be shown by.
            (None, None) => self.spare_name.map(|column| row.cell_text(column).to_owned()).unwrap_or_default(),
            // The same twice is a name that was not taken apart, or a word to fill both cells.
            (Some(first), Some(last)) if first == last => first.to_owned(),
            _ => [first, last].map(Option::unwrap_or_default).join(" "),
        };
        match not_people::look(text(Field::Email), name.trim()) {
            Some(Unlikely::Surely(why)) => draft.skip = Some(why),
            unlikely => draft.perhaps_nobody = unlikely.is_some(),
        }
    }

    /// A name or a job beside which somebody has written that they have left, also where only another column's name is read. A
    /// mapping file that says what to leave out by that column has the last word.
    fn left_by_name(&self, row: &Row, draft: &Draft) -> Option<String> {
        let cell = |field: Field| {
            let value = draft.get(field)?;
            let (Origin::Column(header) | Origin::FullName(header)) = &value.origin else { return None };
            Some((header.as_str(), value.raw.as_str()))
        };
        let names = [Field::LastName, Field::FirstName].into_iter().filter_map(cell);
        let spare = self.spare_name.map(|column| (self.headers[column].trim(), row.cell_text(column)));
        let by_name = names.chain(spare).map(|(header, text)| (header, left_in_name(text)));
        let by_job = cell(Field::ClinicRole).map(|(header, text)| (header, left_in_role(text)));
        let decided = |header: &str| self.skip.iter().any(|rule| rule.header.trim() == header);
        by_name
            .chain(by_job)
            .filter(|(header, _)| !decided(header))
            .find_map(|(header, word)| Some(format!("\"{}\" stands in \"{header}\"", word?)))
    }

    fn read_column(&self, field: Field, row: &Row, draft: &mut Draft) {
        let Some((column, raw)) = self.first_filled(Target::Field(field), row) else { return };
        let kind = row.cells.get(column).map(|cell| cell.kind).unwrap_or_default();
        let cleaned = clean(raw, Some(field));
        let header = self.headers[column].trim();
        note_cleanings(&cleaned.taken_off, header, draft);
        if cleaned.text.is_empty() {
            return;
        }
        let text = self.file.values.get(field, &cleaned.text).map_or(cleaned.text.clone(), str::to_owned);
        // A number that was written with a `.0` has all its digits.
        let exact = kind == CellKind::InexactNumber && cleaned.taken_off.contains(&"\".0\" after the digits");
        draft.fields[field.index()] = Some(FieldValue {
            text,
            raw: raw.to_owned(),
            kind: if exact { CellKind::Text } else { kind },
            origin: Origin::Column(header.to_owned()),
            problem: None,
        });
    }

    /// The row's role, where a column gives it beyond doubt.
    fn read_role(&self, draft: &mut Draft) -> Option<ClinicRole> {
        let value = draft.fields[Field::ClinicRole.index()].as_mut()?;
        match self.reading_of(&value.text) {
            RoleReading::Is(role) => {
                value.text = role.as_str().to_owned();
                self.compare_with_credentials(role, draft);
                return Some(role);
            }
            RoleReading::Ambiguous(roles) => {
                value.problem = Some(MappingProblem { code: "role_ambiguous", message: ambiguous_message(&roles) });
            }
            RoleReading::Unknown => {
                let message = unknown_message(&value.text);
                value.problem = Some(MappingProblem { code: "role_unknown", message });
            }
        }
        None
    }

    /// A nurse practitioner whose specialty is cardiology is no cardiologist. The specialty counts before the credential
    /// all the same, so this is only said.
    fn compare_with_credentials(&self, role: ClinicRole, draft: &mut Draft) {
        let other_profession = [Field::Suffix1, Field::Suffix2]
            .iter()
            .filter_map(|field| self.reading_of(&draft.get(*field)?.text).certain())
            .find(|other| is_physicians(role) && !is_physicians(*other));
        if let Some(other) = other_profession {
            draft.cleanings.push(format!(
                "the credential says {other}, the role column {role}; {role} is taken, so check which is right"
            ));
        }
    }

    /// Profile, then default, then `--set`, for what the columns leave blank.
    fn fill_blanks(&self, role: Option<ClinicRole>, draft: &mut Draft) {
        for field in [Field::ClinicRole, Field::PhoneNumber] {
            self.fill_blank(field, draft);
        }
        let given = || draft.get(Field::ClinicRole).filter(|value| !matches!(value.origin, Origin::Column(_)));
        let role = role.or_else(|| given().and_then(|value| ClinicRole::parse(&value.text).ok()));
        for field in [Field::Level, Field::CanCreateReports, Field::CanManageStudies, Field::HasDashboardAccess] {
            if draft.fields[field.index()].is_none() {
                draft.fields[field.index()] = self.by_profile(field, role, draft);
            }
            self.fill_blank(field, draft);
        }
    }

    fn fill_blank(&self, field: Field, draft: &mut Draft) {
        let slot = &mut draft.fields[field.index()];
        if slot.is_some() {
            return;
        }
        let default = self.file.defaults.get(&field).map(|text| (text.as_str(), Origin::Default));
        let given = default.or_else(|| self.set.get(field).map(|text| (text, Origin::Set)));
        *slot = given.map(|(text, origin)| plain_value(text, origin));
    }

    /// A row whose role is not known gets what everybody else gets: it is not sent anyway, and its other fields need no
    /// problems of their own.
    fn by_profile(&self, field: Field, role: Option<ClinicRole>, draft: &mut Draft) -> Option<FieldValue> {
        let (profile, given) = self.file.profile(role, field)?;
        let text = match given {
            ProfileValue::Always(text) => text.as_str(),
            ProfileValue::WithNpi if draft.get(Field::NpiNumber).is_some() => "true",
            ProfileValue::WithNpi => "false",
            ProfileValue::ForAdmins => {
                let level = draft.get(Field::Level).and_then(|value| Level::parse(&value.text).ok());
                if level == Some(Level::Admin) { "true" } else { "false" }
            }
        };
        draft.lacks_npi |= *given == ProfileValue::WithNpi && text == "false";
        Some(plain_value(text, Origin::Profile(profile.to_owned())))
    }
}

fn plain_value(text: &str, origin: Origin) -> FieldValue {
    FieldValue { text: text.to_owned(), raw: text.to_owned(), kind: CellKind::Text, origin, problem: None }
}

pub(super) fn note_cleanings(taken_off: &[&'static str], header: &str, draft: &mut Draft) {
    draft.cleanings.extend(taken_off.iter().map(|what| format!("{what} taken off \"{header}\"")));
}

fn ambiguous_message(roles: &[ClinicRole]) -> String {
    let names = roles.iter().map(|role| role.as_str()).collect::<Vec<_>>().join(", or ");
    format!(
        "this could be more than one clinic role (perhaps {names}); decide it in the mapping file, [roles], or write the \
         clinic role into the roster"
    )
}

fn unknown_message(text: &str) -> String {
    let near = ClinicRole::nearest(text, 3).into_iter().map(ClinicRole::as_str).collect::<Vec<_>>().join(", ");
    let nearest = if near.is_empty() { String::new() } else { format!(" (the nearest are {near})") };
    format!(
        "this is none of the clinic roles, nor a title known for one{nearest}; say which it is in the mapping file, \
         [roles], or write the clinic role into the roster"
    )
}
