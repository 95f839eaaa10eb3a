//! The names of what is sent.

use std::fmt;
use std::str::FromStr;

/// A parameter of `POST /v1/autoScribe/users`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[allow(missing_docs, reason = "each is the invite page's parameter of the same name")]
pub enum Field {
    Email,
    FirstName,
    LastName,
    MiddleName,
    Suffix1,
    Suffix2,
    NpiNumber,
    PhoneNumber,
    ClinicRole,
    Level,
    CanCreateReports,
    CanManageStudies,
    HasDashboardAccess,
}

impl Field {
    /// Every field, in the order people are shown them.
    pub const ALL: [Field; 13] = [
        Field::Email,
        Field::FirstName,
        Field::LastName,
        Field::MiddleName,
        Field::Suffix1,
        Field::Suffix2,
        Field::NpiNumber,
        Field::PhoneNumber,
        Field::ClinicRole,
        Field::Level,
        Field::CanCreateReports,
        Field::CanManageStudies,
        Field::HasDashboardAccess,
    ];

    /// The name in snake_case, as on the invite page, in mapping files and in messages.
    pub const fn name(self) -> &'static str {
        match self {
            Field::Email => "email",
            Field::FirstName => "first_name",
            Field::LastName => "last_name",
            Field::MiddleName => "middle_name",
            Field::Suffix1 => "suffix1",
            Field::Suffix2 => "suffix2",
            Field::NpiNumber => "npi_number",
            Field::PhoneNumber => "phone_number",
            Field::ClinicRole => "clinic_role",
            Field::Level => "level",
            Field::CanCreateReports => "can_create_reports",
            Field::CanManageStudies => "can_manage_studies",
            Field::HasDashboardAccess => "has_dashboard_access",
        }
    }

    /// Whether the invite page wants it for everybody. `npi_number` is wanted only of those who create reports.
    pub const fn is_required(self) -> bool {
        !matches!(self, Field::MiddleName | Field::Suffix1 | Field::Suffix2 | Field::NpiNumber | Field::PhoneNumber)
    }

    /// Whether it is one of the three permissions.
    pub const fn is_permission(self) -> bool {
        matches!(self, Field::CanCreateReports | Field::CanManageStudies | Field::HasDashboardAccess)
    }

    /// This field's place in [`Field::ALL`], for tables with a slot a field.
    pub const fn index(self) -> usize {
        self as usize
    }
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// The text is no field's name; holds the nearest one, when there is one near.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no field \"{text}\"{}", nearest.map(|field| format!("; did you mean {field}?")).unwrap_or_default())]
pub struct UnknownField {
    /// What was given.
    pub text: String,
    /// The field whose name is most like it.
    pub nearest: Option<Field>,
}

impl FromStr for Field {
    type Err = UnknownField;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wanted = text.trim().to_ascii_lowercase().replace('-', "_");
        if let Some(field) = Field::ALL.into_iter().find(|field| field.name() == wanted) {
            return Ok(field);
        }
        let nearest = Field::ALL
            .into_iter()
            .map(|field| (strsim::jaro_winkler(field.name(), &wanted), field))
            .filter(|(likeness, _)| *likeness > 0.75)
            .max_by(|a, b| a.0.total_cmp(&b.0))
            .map(|(_, field)| field);
        Err(UnknownField { text: text.to_owned(), nearest })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_reads_back_from_its_name() {
        for (index, field) in Field::ALL.into_iter().enumerate() {
            assert_eq!(field.name().parse::<Field>(), Ok(field));
            assert_eq!(field.index(), index);
        }
    }

    #[test]
    fn a_slip_of_the_pen_names_the_nearest_field() {
        let error = "can_create_report".parse::<Field>().unwrap_err();
        assert_eq!(error.nearest, Some(Field::CanCreateReports));
        assert_eq!("colour".parse::<Field>().unwrap_err().nearest, None);
    }
}
