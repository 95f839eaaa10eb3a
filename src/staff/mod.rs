//! The domain: one member of staff, as AutoScribe wants them.
//!
//! Every type here can only be made by parsing, so that a [`StaffMember`] in hand is one that may be sent. No I/O.
//! The rules are those of the invite page (`POST /v1/autoScribe/users`) unless a type names another source.

mod boolean;
mod email;
mod field;
mod level;
mod name;
mod npi;
mod phone;
mod role;

pub use boolean::parse_boolean;
pub use email::{Email, EmailError, EmailKey};
pub use field::Field;
pub use level::{Level, LevelError};
pub use name::{NameError, PersonName};
pub use npi::{Npi, NpiError};
pub use phone::{Phone, PhoneError};
pub use role::{ClinicRole, UnknownClinicRole};

use sha2::{Digest, Sha256};

/// What a user may do, beside their [`Level`]. All three are always sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Permissions {
    /// May generate and sign radiology reports; needs an NPI.
    pub can_create_reports: bool,
    /// May create, update and manage studies.
    pub can_manage_studies: bool,
    /// May use the dashboard; an admin must have it.
    pub has_dashboard_access: bool,
}

/// A member of staff who can be invited: every rule of the invite page holds.
///
/// Only [`crate::validation`] makes one, from a roster's row.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct StaffMember {
    /// The address the invitation goes to, and the login.
    pub email: Email,
    /// First (given) name.
    pub first_name: PersonName,
    /// Last (family) name.
    pub last_name: PersonName,
    /// Middle name or initial.
    pub middle_name: Option<PersonName>,
    /// First name suffix: a generation (`Jr.`) before a credential (`MD`).
    pub suffix1: Option<PersonName>,
    /// Second name suffix.
    pub suffix2: Option<PersonName>,
    /// National Provider Identifier; present whenever reports may be created.
    pub npi_number: Option<Npi>,
    /// Phone number, digits only.
    pub phone_number: Option<Phone>,
    /// One of the 61 roles of the invite page.
    pub clinic_role: ClinicRole,
    /// `admin` or `member`.
    pub level: Level,
    /// The three permissions.
    pub permissions: Permissions,
}

/// See [`StaffMember::field_marks`].
pub type FieldMarks = [u8; Field::ALL.len()];

impl StaffMember {
    /// A SHA-256 over everything that would be sent, the e-mail's case left out: equal for two rows that say the same
    /// of a person. It stands in the ledger in place of the person's details.
    pub fn content_hash(&self) -> [u8; 32] {
        let said = Field::ALL.map(|field| self.said(field));
        let (parts, permissions) = said.split_at(Field::CanCreateReports.index());
        let mut hash = Sha256::new();
        for part in parts.iter().chain([&permissions.concat()]) {
            // The length goes first, so that moving a letter from one field to the next changes the hash.
            hash.update((part.len() as u64).to_le_bytes());
            hash.update(part.as_bytes());
        }
        hash.finalize().into()
    }

    /// A byte for each field, in their order: from those of two versions of a person it can be told which fields differ,
    /// though not what they said. One change in 256 does not show; the [content hash](Self::content_hash) has it.
    pub fn field_marks(&self) -> FieldMarks {
        let email = self.email.key();
        Field::ALL.map(|field| {
            let hash = Sha256::new().chain_update(email.as_str()).chain_update([0, field.index() as u8]);
            hash.chain_update(self.said(field)).finalize()[0]
        })
    }

    /// The fields that were otherwise when these marks were made.
    pub fn changed_since(&self, marks: &FieldMarks) -> Vec<Field> {
        let now = self.field_marks();
        Field::ALL.into_iter().filter(|field| now[field.index()] != marks[field.index()]).collect()
    }

    /// What would be sent for a field, as text that says the same for whoever means the same.
    fn said(&self, field: Field) -> String {
        let name = |name: &Option<PersonName>| name.as_ref().map(PersonName::as_str).unwrap_or_default().to_owned();
        let allowed = |allowed| if allowed { "y" } else { "n" }.to_owned();
        match field {
            Field::Email => self.email.key().as_str().to_owned(),
            Field::FirstName => self.first_name.as_str().to_owned(),
            Field::LastName => self.last_name.as_str().to_owned(),
            Field::MiddleName => name(&self.middle_name),
            Field::Suffix1 => name(&self.suffix1),
            Field::Suffix2 => name(&self.suffix2),
            Field::NpiNumber => self.npi_number.as_ref().map(Npi::as_str).unwrap_or_default().to_owned(),
            Field::PhoneNumber => self.phone_number.as_ref().map(Phone::as_str).unwrap_or_default().to_owned(),
            Field::ClinicRole => self.clinic_role.as_str().to_owned(),
            Field::Level => self.level.as_str().to_owned(),
            Field::CanCreateReports => allowed(self.permissions.can_create_reports),
            Field::CanManageStudies => allowed(self.permissions.can_manage_studies),
            Field::HasDashboardAccess => allowed(self.permissions.has_dashboard_access),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ana() -> StaffMember {
        StaffMember {
            email: Email::parse("Ana@Example.org").unwrap(),
            first_name: PersonName::parse("Ana").unwrap(),
            last_name: PersonName::parse("Ruiz").unwrap(),
            middle_name: None,
            suffix1: Some(PersonName::parse("MD").unwrap()),
            suffix2: None,
            npi_number: Some(Npi::parse("1982736450").unwrap()),
            phone_number: Some(Phone::parse("555 555 0123").unwrap()),
            clinic_role: ClinicRole::parse("Radiologist").unwrap(),
            level: Level::Member,
            permissions: Permissions {
                can_create_reports: true,
                can_manage_studies: false,
                has_dashboard_access: false,
            },
        }
    }

    #[test]
    fn the_content_hash_is_the_one_that_ledgers_hold() {
        let hash: String = ana().content_hash().iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(hash, "1dfd0632aa59b61d1f7268db288d0b8ee53f7a7828fa484d5acd2e24d8167e7c");
    }

    #[test]
    fn marks_tell_which_fields_differ_and_not_what_they_say() {
        let marks = ana().field_marks();
        assert_eq!(ana().changed_since(&marks), []);
        let other_case = StaffMember { email: Email::parse("ana@example.org").unwrap(), ..ana() };
        assert_eq!(other_case.changed_since(&marks), []);
        let moved = StaffMember { suffix1: None, suffix2: ana().suffix1, level: Level::Admin, ..ana() };
        assert_eq!(moved.changed_since(&marks), [Field::Suffix1, Field::Suffix2, Field::Level]);
        // Nobody's marks can be compared with somebody else's.
        let somebody = StaffMember { email: Email::parse("bo@example.org").unwrap(), ..ana() };
        assert!(somebody.changed_since(&marks).len() > Field::ALL.len() / 2);
    }
}
