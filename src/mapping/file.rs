//! The mapping file: what a person has decided about a roster, in TOML.
//!
//! ```toml
//! ignore = ["Manager Email"]      # headers that are left unread, whatever they look like
//!
//! [columns]                       # what is read from which header
//! email = "Work Email"
//! phone_number = ["Work Phone", "Mobile"]    # the first that is not blank in the row
//! full_name = { column = "Name", order = "last-first" }    # "first-last", "last-first" or "auto"; or full_name = "Name"
//! middle_name = []                # read from nowhere
//!
//! [defaults]                      # for rows that say nothing
//! level = "member"
//!
//! [roles]                         # the roster's words, in AutoScribe's clinic roles
//! "Rad Tech" = "Imaging Technologist"
//!
//! [values.level]                  # the roster's words for admin and member, and for yes and no (`[values.can_create_reports]`)
//! "Power User" = "admin"
//!
//! [profiles."Radiologist"]        # what a clinic role brings, where no column says otherwise
//! can_create_reports = "with-npi" # true, false, or true exactly for rows that have an NPI
//! can_manage_studies = true
//! has_dashboard_access = true     # true, false, or "for-admins": true exactly for them
//! level = "member"
//!
//! [profiles.default]              # the same for everybody else
//! can_create_reports = false
//!
//! [skip]                          # rows that are not invited: a header, and the words in it that say so
//! "Employment Status" = ["Terminated", "Retired"]
//!
//! [names]
//! recase = false                  # true: names that are all upper case are written as names usually are
//!
//! [roster]                        # the headers that the roster had when this file was written, to tell what has changed
//! headers = ["Name", "Work Email", "Employment Status"]
//! ```
//!
//! Every part is optional. A header is written as it stands in the roster; of two equal headers the second is
//! `"Phone #2"`. What a file does not decide is decided as without one.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use toml::Table;

use crate::staff::{ClinicRole, Field};

use super::error::MappingError;
use super::file_reader::Reader;
use super::names::NameOrder;
use super::target::Target;
use super::values::ValueWords;

/// What a mapping file says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MappingFile {
    /// Its name, for messages.
    pub(crate) name: String,
    /// Headers by target, in the order they are tried.
    pub(crate) columns: BTreeMap<Target, Vec<String>>,
    /// How the combined name is written.
    pub(crate) name_order: Option<NameOrder>,
    /// Headers that are left unread.
    pub(crate) ignore: Vec<String>,
    /// Values for blank or absent fields.
    pub(crate) defaults: BTreeMap<Field, String>,
    /// Roles by [`role_key`].
    pub(crate) roles: HashMap<String, ClinicRole>,
    /// The same as they were written, for writing the file again.
    pub(crate) role_words: Vec<(String, ClinicRole)>,
    /// The roster's words for level and permissions.
    pub(crate) values: ValueWords,
    /// What a role brings.
    pub(crate) profiles: BTreeMap<ClinicRole, Profile>,
    /// What all other roles bring.
    pub(crate) default_profile: Profile,
    /// Words that leave a row out, by header.
    pub(crate) skip: Vec<(String, Vec<String>)>,
    /// Names in capitals are written as names usually are.
    pub(crate) recase: bool,
    /// The roster's headers when the file was written; none where it does not say.
    pub(crate) roster_headers: Vec<String>,
    /// What it read from columns that the roster has lost, by [`MappingFile::fit`]; no part of a file.
    pub(crate) lost: BTreeMap<Target, Vec<String>>,
}

/// Level and permissions that come with a role.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Profile {
    values: BTreeMap<Field, ProfileValue>,
}

/// A value of a profile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum ProfileValue {
    /// For everybody of the role.
    Always(String),
    /// `true` exactly where the row has an NPI.
    WithNpi,
    /// `true` exactly where the row makes an admin.
    ForAdmins,
}

impl Profile {
    pub(crate) fn get(&self, field: Field) -> Option<&ProfileValue> {
        self.values.get(&field)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    pub(crate) fn set(&mut self, field: Field, value: ProfileValue) {
        self.values.insert(field, value);
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (Field, &ProfileValue)> {
        self.values.iter().map(|(field, value)| (*field, value))
    }

    /// A profile of these values.
    pub(crate) fn of(values: impl IntoIterator<Item = (Field, ProfileValue)>) -> Profile {
        Profile { values: values.into_iter().collect() }
    }
}

pub(crate) const PROFILE_FIELDS: [Field; 4] =
    [Field::Level, Field::CanCreateReports, Field::CanManageStudies, Field::HasDashboardAccess];
/// The profile of all roles that have none of their own.
pub(crate) const DEFAULT_PROFILE: &str = "default";
pub(crate) const WITH_NPI: &str = "with-npi";
pub(crate) const FOR_ADMINS: &str = "for-admins";

impl MappingFile {
    /// Reads a file.
    ///
    /// # Errors
    /// It cannot be read, is no TOML, or says something that means nothing.
    pub fn read(path: &Path) -> Result<MappingFile, MappingError> {
        let text = std::fs::read_to_string(path)
            .map_err(|source| MappingError::Unreadable { path: path.to_owned(), source })?;
        MappingFile::parse(&text, &path.display().to_string())
    }

    /// Reads a file's text; `name` is what messages call it.
    ///
    /// # Errors
    /// It is no TOML, or says something that means nothing.
    pub fn parse(text: &str, name: &str) -> Result<MappingFile, MappingError> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let table: Table = text.parse().map_err(|error: toml::de::Error| MappingError::NotToml {
            file: name.to_owned(),
            message: error.to_string().trim().to_owned(),
        })?;
        Reader { file: name }.read(&table)
    }

    /// What a role's profile says of a field, and the name of that profile.
    pub(crate) fn profile(&self, role: Option<ClinicRole>, field: Field) -> Option<(&'static str, &ProfileValue)> {
        let own = role.and_then(|role| Some((role.as_str(), self.profiles.get(&role)?.get(field)?)));
        own.or_else(|| Some((DEFAULT_PROFILE, self.default_profile.get(field)?)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mapping::roles::role_key;

    const WHOLE: &str = r#"
        ignore = ["Manager Email"]
        [columns]
        email = "Work Email"
        phone_number = ["Work Phone", "Mobile"]
        full_name = { column = "Name", order = "last-first" }
        middle_name = []
        [defaults]
        level = "member"
        can_manage_studies = false
        [roles]
        "Rad  Tech" = "imaging technologist"
        [values.level]
        "Power User" = "Admin"
        [values.can_create_reports]
        Signs = "yes"
        [profiles."Radiologist"]
        can_create_reports = "with-npi"
        level = "admin"
        [profiles.default]
        can_create_reports = false
        [skip]
        "Status" = ["Terminated"]
        [names]
        recase = true
        [roster]
        headers = ["Work Email", "Name"]
    "#;

    #[test]
    fn every_part_is_read() {
        let file = MappingFile::parse(WHOLE, "m.toml").unwrap();
        assert_eq!(file.columns[&Target::Field(Field::PhoneNumber)], ["Work Phone", "Mobile"]);
        assert_eq!(file.columns[&Target::FullName], ["Name"]);
        assert_eq!(file.columns[&Target::Field(Field::MiddleName)], Vec::<String>::new());
        assert_eq!(file.name_order, Some(NameOrder::LastFirst));
        assert_eq!(file.defaults[&Field::CanManageStudies], "false");
        assert_eq!(file.roles[&role_key("rad tech")], ClinicRole::ImagingTechnologist);
        assert_eq!(file.values.get(Field::Level, "power user"), Some("admin"));
        assert_eq!(file.values.get(Field::CanCreateReports, "SIGNS"), Some("true"));
        let report = |role| file.profile(role, Field::CanCreateReports);
        let never = ProfileValue::Always("false".to_owned());
        assert_eq!(report(Some(ClinicRole::Radiologist)), Some(("Radiologist", &ProfileValue::WithNpi)));
        assert_eq!(report(Some(ClinicRole::Scribe)), Some(("default", &never)));
        assert_eq!(report(None), Some(("default", &never)));
        assert!(file.recase);
        assert_eq!(file.roster_headers, ["Work Email", "Name"]);
        assert_eq!(MappingFile::parse("", "empty.toml").unwrap().columns, BTreeMap::new());
    }

    #[test]
    fn every_mistake_names_the_remedy() {
        for (text, message, hint) in [
            (
                "[column]\nemail = 'x'",
                "m.toml has \"column\" in the file, which means nothing there",
                "Did you mean \"columns\"?",
            ),
            (
                "[columns]\ne_mail = 'x'",
                "m.toml has \"e_mail\" in [columns], which means nothing there",
                "Did you mean \"email\"?",
            ),
            ("[defaults]\nlevel = 'owner'", "m.toml: defaults.level = owner cannot be used", "Write admin or member."),
            ("[defaults]\nemail = 'a@example.org'", "m.toml has \"email\" in [defaults]", "There are"),
            ("[roles]\nRad = 'Radiologst'", "names the clinic role \"Radiologst\"", "Did you mean \"Radiologist\""),
            (
                "[values.level]\nBoss = 'owner'",
                "values.level.\"Boss\" = owner cannot be used",
                "Write admin or member.",
            ),
            ("[values.email]\nBoss = 'x'", "has \"email\" in [values]", "There are"),
            (
                "[roles]\n'CT TECH' = 'Other'\n'ct tech' = 'Imaging Technologist'",
                "roles.\"ct tech\" = \"Imaging Technologist\" cannot be used",
                "Write \"Other\", as for the same word in another case.",
            ),
            (
                "[values.level]\nBoss = 'admin'\nboss = 'member'",
                "values.level.\"boss\" = \"member\" cannot be used",
                "Write admin, as for the same word in another case.",
            ),
            (
                "[profiles.Radiology]\nlevel = 'member'",
                "names the clinic role \"Radiology\"",
                "Did you mean \"Radiologist\"",
            ),
            (
                "[profiles.Radiologist]\ncan_create_reports = 'perhaps'",
                "cannot be used",
                "Write true, false or \"with-npi\".",
            ),
            ("[profiles.Radiologist]\nemail = 'x'", "has \"email\" in [profiles.\"Radiologist\"]", "There are"),
            ("[columns]\nemail = 7", "columns.email = 7 cannot be used", "Write a text in double quotes"),
            (
                "[columns]\nemail = 'A'\nlast_name = 'A'",
                "gives the column \"A\" to both email and last_name",
                "Give it",
            ),
            ("[names]\nrecase = 'no'", "names.recase = \"no\" cannot be used", "Write true or false."),
            ("[roster]\nheader = ['x']", "has \"header\" in [roster]", "Did you mean \"headers\"?"),
            ("columns = 3", "columns = 3 cannot be used", "Write a table"),
            ("email = Work Email", "m.toml is not well-formed TOML", "double quotes"),
        ] {
            let error = MappingFile::parse(text, "m.toml").unwrap_err();
            assert!(error.to_string().contains(message), "{text}: {error}");
            assert!(error.hint().contains(hint), "{text}: {}", error.hint());
        }
    }
}
