//! Made-up rows for the tests of this room and of those behind it.

use crate::mapping::{Draft, FieldValue, Origin};
use crate::roster::{CellKind, Location};
use crate::staff::Field;

/// The value of a text cell.
pub(crate) fn value(header: &str, text: &str) -> FieldValue {
    FieldValue {
        text: text.to_owned(),
        raw: text.to_owned(),
        kind: CellKind::Text,
        origin: Origin::Column(header.to_owned()),
        problem: None,
    }
}

/// A row with these values, each under the field's own name; blank ones are left out.
pub(crate) fn draft(row: u64, values: &[(Field, &str)]) -> Draft {
    let mut draft = Draft {
        at: Location { sheet: None, row },
        fields: Default::default(),
        skip: None,
        leaving: None,
        unknown_status: None,
        lacks_npi: false,
        perhaps_nobody: false,
        cleanings: Vec::new(),
        ragged: false,
    };
    for (field, text) in values {
        draft.fields[field.index()] = (!text.is_empty()).then(|| value(field.name(), text));
    }
    draft
}

/// The values of a radiologist with nothing wrong.
pub(crate) const ANA: [(Field, &str); 13] = [
    (Field::Email, "ana.ruiz@example.org"),
    (Field::FirstName, "Ana"),
    (Field::LastName, "Ruiz"),
    (Field::MiddleName, "M."),
    (Field::Suffix1, "Jr."),
    (Field::Suffix2, "MD"),
    (Field::NpiNumber, "1234567893"),
    (Field::PhoneNumber, "(555) 555-0142"),
    (Field::ClinicRole, "Radiologist"),
    (Field::Level, "member"),
    (Field::CanCreateReports, "yes"),
    (Field::CanManageStudies, "no"),
    (Field::HasDashboardAccess, "Y"),
];

/// [`ANA`]'s row with some values changed; `""` leaves one out.
pub(crate) fn ana_with(row: u64, changes: &[(Field, &str)]) -> Draft {
    let mut values = ANA.to_vec();
    for (field, text) in changes {
        values[field.index()].1 = text;
    }
    draft(row, &values)
}
