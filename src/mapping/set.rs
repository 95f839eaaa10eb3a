//! `--set FIELD=VALUE`: what fills a field that is blank in a row or that no column feeds.

use crate::staff::{ClinicRole, Field, Level, Phone};

use super::error::{MappingError, Nearest};

/// The values given with `--set`, checked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Assignments {
    values: [Option<String>; Field::ALL.len()],
}

impl Assignments {
    /// Reads `FIELD=VALUE` texts.
    ///
    /// # Errors
    /// A text of another form, an unknown field, a field that is each person's own, a value that can never be right.
    pub fn parse(texts: &[String]) -> Result<Assignments, MappingError> {
        let mut assignments = Assignments::default();
        for text in texts {
            let (name, value) =
                text.split_once('=').ok_or_else(|| MappingError::NotAnAssignment { text: text.clone() })?;
            let field = settable(name.trim())?;
            let value = checked(field, value.trim(), "--set", field.name())?;
            if assignments.values[field.index()].replace(value).is_some() {
                return Err(MappingError::SetTwice { field: field.name() });
            }
        }
        Ok(assignments)
    }

    /// The value for a field.
    pub fn get(&self, field: Field) -> Option<&str> {
        self.values[field.index()].as_deref()
    }
}

/// The fields that one value for everybody can make sense for.
pub(crate) fn is_settable(field: Field) -> bool {
    field.is_permission() || matches!(field, Field::Level | Field::ClinicRole | Field::PhoneNumber)
}

fn settable(name: &str) -> Result<Field, MappingError> {
    let field: Field = name.parse().map_err(|_| MappingError::UnknownField {
        field: name.to_owned(),
        nearest: Nearest::to(name, Field::ALL.into_iter().filter(|field| is_settable(*field)).map(Field::name)),
    })?;
    if is_settable(field) { Ok(field) } else { Err(MappingError::PersonalField { field: field.name() }) }
}

/// A value for everybody in the spelling the rest of the house expects; refused where it can be right for nobody.
pub(crate) fn checked(field: Field, value: &str, file: &str, key: &str) -> Result<String, MappingError> {
    let (read, wanted) = match field {
        Field::Level => (Level::parse(value).ok().map(|level| level.as_str().to_owned()), "admin or member".to_owned()),
        Field::ClinicRole => {
            let near = ClinicRole::nearest(value, 3).into_iter().map(ClinicRole::as_str).collect::<Vec<_>>();
            let wanted = match near.is_empty() {
                true => "one of the 61 clinic roles, such as \"Radiologist\" or \"Other\"".to_owned(),
                false => format!("one of the 61 clinic roles; the nearest are {}", near.join(", ")),
            };
            (ClinicRole::parse(value).ok().map(|role| role.to_string()), wanted)
        }
        Field::PhoneNumber => {
            (Phone::parse(value).ok().map(|phone| phone.to_string()), "a phone number of 10 to 15 digits".to_owned())
        }
        field if field.is_permission() => (permission(value), "true or false".to_owned()),
        _ => (Some(value.to_owned()).filter(|value| !value.is_empty()), "a value".to_owned()),
    };
    read.ok_or_else(|| MappingError::BadValue {
        file: file.to_owned(),
        key: key.to_owned(),
        value: value.to_owned(),
        wanted,
    })
}

fn permission(value: &str) -> Option<String> {
    match value.to_ascii_lowercase().as_str() {
        "true" | "yes" | "y" | "1" => Some("true".to_owned()),
        "false" | "no" | "n" | "0" => Some("false".to_owned()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(texts: &[&str]) -> Result<Assignments, MappingError> {
        Assignments::parse(&texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn values_are_read_in_one_spelling() {
        let set = parse(&["level=Member", "can-create-reports = no", "clinic_role=front desk operator"]).unwrap();
        assert_eq!(set.get(Field::Level), Some("member"));
        assert_eq!(set.get(Field::CanCreateReports), Some("false"));
        assert_eq!(set.get(Field::ClinicRole), Some("Front Desk Operator"));
        assert_eq!(set.get(Field::CanManageStudies), None);
    }

    #[test]
    fn what_is_each_persons_own_is_refused() {
        for field in ["email", "first_name", "last_name", "middle_name", "suffix1", "suffix2", "npi_number"] {
            let error = parse(&[&format!("{field}=x")]).unwrap_err();
            assert!(matches!(error, MappingError::PersonalField { .. }), "{field}");
        }
    }

    #[test]
    fn errors_say_what_to_write() {
        assert!(matches!(parse(&["level"]), Err(MappingError::NotAnAssignment { .. })));
        assert!(matches!(parse(&["level=member", "level=admin"]), Err(MappingError::SetTwice { .. })));
        let error = parse(&["can_create_report=true"]).unwrap_err();
        assert_eq!(error.hint(), "Did you mean \"can_create_reports\"?");
        let error = parse(&["clinic_role=Radiologst"]).unwrap_err();
        assert!(error.hint().contains("Radiologist"), "{}", error.hint());
        assert_eq!(parse(&["level=owner"]).unwrap_err().hint(), "Write admin or member.");
    }
}
