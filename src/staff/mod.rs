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

impl StaffMember {
    /// A SHA-256 over everything that would be sent, the e-mail's case left out: equal for two rows that say the same
    /// of a person. It stands in the ledger in place of the person's details.
    pub fn content_hash(&self) -> [u8; 32] {
        let optional = |value: Option<&str>| value.unwrap_or_default().to_owned();
        let parts = [
            self.email.key().as_str().to_owned(),
            self.first_name.as_str().to_owned(),
            self.last_name.as_str().to_owned(),
            optional(self.middle_name.as_ref().map(PersonName::as_str)),
            optional(self.suffix1.as_ref().map(PersonName::as_str)),
            optional(self.suffix2.as_ref().map(PersonName::as_str)),
            optional(self.npi_number.as_ref().map(Npi::as_str)),
            optional(self.phone_number.as_ref().map(Phone::as_str)),
            self.clinic_role.as_str().to_owned(),
            self.level.as_str().to_owned(),
            [
                self.permissions.can_create_reports,
                self.permissions.can_manage_studies,
                self.permissions.has_dashboard_access,
            ]
            .map(|allowed| if allowed { "y" } else { "n" })
            .concat(),
        ];
        let mut hash = Sha256::new();
        for part in parts {
            // The length goes first, so that moving a letter from one field to the next changes the hash.
            hash.update((part.len() as u64).to_le_bytes());
            hash.update(part.as_bytes());
        }
        hash.finalize().into()
    }
}
