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
//! [profiles."Radiologist"]        # what a clinic role brings, where no column says otherwise
//! can_create_reports = "with-npi" # true, false, or true exactly for rows that have an NPI
//! can_manage_studies = true
//! has_dashboard_access = true
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
//! ```
//!
//! Every part is optional. A header is written as it stands in the roster; of two equal headers the second is
//! `"Phone #2"`. What a file does not decide is decided as without one.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use toml::{Table, Value};

use crate::staff::{ClinicRole, Field};

use super::error::{MappingError, Nearest};
use super::names::NameOrder;
use super::roles::role_key;
use super::set::{checked, is_settable};
use super::target::Target;

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
    /// What a role brings.
    pub(crate) profiles: BTreeMap<ClinicRole, Profile>,
    /// What all other roles bring.
    pub(crate) default_profile: Profile,
    /// Words that leave a row out, by header.
    pub(crate) skip: Vec<(String, Vec<String>)>,
    /// Names in capitals are written as names usually are.
    pub(crate) recase: bool,
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
}

impl Profile {
    pub(crate) fn get(&self, field: Field) -> Option<&ProfileValue> {
        self.values.get(&field)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (Field, &ProfileValue)> {
        self.values.iter().map(|(field, value)| (*field, value))
    }

    /// A profile of these values.
    pub(crate) fn of(values: impl IntoIterator<Item = (Field, ProfileValue)>) -> Profile {
        Profile { values: values.into_iter().collect() }
    }
}

const TABLES: [&str; 7] = ["columns", "ignore", "defaults", "roles", "profiles", "skip", "names"];
pub(crate) const PROFILE_FIELDS: [Field; 4] =
    [Field::Level, Field::CanCreateReports, Field::CanManageStudies, Field::HasDashboardAccess];
/// The profile of all roles that have none of their own.
const DEFAULT_PROFILE: &str = "default";
pub(crate) const WITH_NPI: &str = "with-npi";

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
        let reader = Reader { file: name };
        let mut file = MappingFile { name: name.to_owned(), ..MappingFile::default() };
        for (key, value) in &table {
            match key.as_str() {
                "columns" => reader.columns(value, &mut file)?,
                "ignore" => file.ignore = reader.texts("ignore", value)?,
                "defaults" => file.defaults = reader.defaults(value)?,
                "roles" => reader.roles(value, &mut file)?,
                "profiles" => reader.profiles(value, &mut file)?,
                "skip" => file.skip = reader.skip(value)?,
                "names" => file.recase = reader.names(value)?,
                _ => return Err(reader.unknown_key("the file", key, TABLES)),
            }
        }
        reader.no_column_twice(&file)?;
        Ok(file)
    }

    /// What a role's profile says of a field, and the name of that profile.
    pub(crate) fn profile(&self, role: Option<ClinicRole>, field: Field) -> Option<(&'static str, &ProfileValue)> {
        let own = role.and_then(|role| Some((role.as_str(), self.profiles.get(&role)?.get(field)?)));
        own.or_else(|| Some((DEFAULT_PROFILE, self.default_profile.get(field)?)))
    }
}

/// Walks the parsed file; knows its name for messages.
struct Reader<'a> {
    file: &'a str,
}

impl Reader<'_> {
    fn columns(&self, value: &Value, file: &mut MappingFile) -> Result<(), MappingError> {
        for (key, value) in self.table("columns", value)? {
            let target = Target::parse(key).map_err(|nearest| MappingError::UnknownKey {
                file: self.file.to_owned(),
                place: "[columns]".to_owned(),
                key: key.clone(),
                nearest,
            })?;
            let place = format!("columns.{key}");
            let headers = match (target, value) {
                (Target::FullName, Value::Table(table)) => self.full_name(&place, table, file)?,
                _ => self.texts(&place, value)?,
            };
            file.columns.insert(target, headers);
        }
        Ok(())
    }

    fn full_name(&self, place: &str, table: &Table, file: &mut MappingFile) -> Result<Vec<String>, MappingError> {
        let mut headers = None;
        for (key, value) in table {
            match key.as_str() {
                "column" => headers = Some(self.texts(&format!("{place}.column"), value)?),
                "order" => {
                    let order = value.as_str().and_then(NameOrder::parse);
                    let order = order.ok_or_else(|| {
                        self.bad(&format!("{place}.order"), value, "\"first-last\", \"last-first\" or \"auto\"")
                    })?;
                    file.name_order = Some(order);
                }
                _ => return Err(self.unknown_key(&format!("[{place}]"), key, ["column", "order"])),
            }
        }
        headers.ok_or_else(|| {
            let whole = Value::Table(table.clone());
            self.bad(place, &whole, "full_name = { column = \"Name\", order = \"last-first\" }")
        })
    }

    fn defaults(&self, value: &Value) -> Result<BTreeMap<Field, String>, MappingError> {
        let mut defaults = BTreeMap::new();
        for (key, value) in self.table("defaults", value)? {
            let settable = Field::ALL.into_iter().filter(|field| is_settable(*field));
            let field = settable.clone().find(|field| field.name() == key);
            let field = field.ok_or_else(|| self.unknown_key("[defaults]", key, settable.map(Field::name)))?;
            let text = self.scalar(&format!("defaults.{key}"), value)?;
            defaults.insert(field, checked(field, &text, self.file, &format!("defaults.{key}"))?);
        }
        Ok(defaults)
    }

    fn roles(&self, value: &Value, file: &mut MappingFile) -> Result<(), MappingError> {
        for (word, value) in self.table("roles", value)? {
            let text = self.scalar(&format!("roles.\"{word}\""), value)?;
            let role = self.role(&format!("[roles] \"{word}\""), &text)?;
            file.roles.insert(role_key(word), role);
            file.role_words.push((word.clone(), role));
        }
        Ok(())
    }

    fn role(&self, place: &str, text: &str) -> Result<ClinicRole, MappingError> {
        ClinicRole::parse(text).map_err(|_| MappingError::UnknownRole {
            file: self.file.to_owned(),
            place: place.to_owned(),
            role: text.to_owned(),
            nearest: Nearest::to(text, ClinicRole::ALL.into_iter().map(ClinicRole::as_str)),
        })
    }

    fn profiles(&self, value: &Value, file: &mut MappingFile) -> Result<(), MappingError> {
        for (name, value) in self.table("profiles", value)? {
            let place = format!("profiles.\"{name}\"");
            let profile = self.profile(&place, value)?;
            if name == DEFAULT_PROFILE {
                file.default_profile = profile;
            } else {
                file.profiles.insert(self.role(&format!("[{place}]"), name)?, profile);
            }
        }
        Ok(())
    }

    fn profile(&self, place: &str, value: &Value) -> Result<Profile, MappingError> {
        let mut profile = Profile::default();
        for (key, value) in self.table(place, value)? {
            let field = PROFILE_FIELDS.into_iter().find(|field| field.name() == key);
            let field = field.ok_or_else(|| {
                self.unknown_key(&format!("[{place}]"), key, PROFILE_FIELDS.into_iter().map(Field::name))
            })?;
            let (key, text) = (format!("{place}.{key}"), self.scalar(&format!("{place}.{key}"), value)?);
            let value = match field {
                Field::CanCreateReports if text == WITH_NPI => ProfileValue::WithNpi,
                Field::CanCreateReports => {
                    let read = checked(field, &text, self.file, &key);
                    ProfileValue::Always(read.map_err(|_| self.bad(&key, value, "true, false or \"with-npi\""))?)
                }
                _ => ProfileValue::Always(checked(field, &text, self.file, &key)?),
            };
            profile.values.insert(field, value);
        }
        Ok(profile)
    }

    fn skip(&self, value: &Value) -> Result<Vec<(String, Vec<String>)>, MappingError> {
        self.table("skip", value)?
            .iter()
            .map(|(header, words)| Ok((header.clone(), self.texts(&format!("skip.\"{header}\""), words)?)))
            .collect()
    }

    fn names(&self, value: &Value) -> Result<bool, MappingError> {
        let mut recase = false;
        for (key, value) in self.table("names", value)? {
            match key.as_str() {
                "recase" => {
                    recase = value.as_bool().ok_or_else(|| self.bad("names.recase", value, "true or false"))?;
                }
                _ => return Err(self.unknown_key("[names]", key, ["recase"])),
            }
        }
        Ok(recase)
    }

    /// A column that feeds two fields is a slip of the pen.
    fn no_column_twice(&self, file: &MappingFile) -> Result<(), MappingError> {
        let mut seen: HashMap<&str, Target> = HashMap::new();
        for (target, headers) in &file.columns {
            for header in headers {
                if let Some(other) = seen.insert(header.trim(), *target) {
                    return Err(MappingError::ColumnTwice {
                        header: header.clone(),
                        one: other.to_string(),
                        other: target.to_string(),
                    });
                }
            }
        }
        Ok(())
    }

    fn table<'v>(&self, place: &str, value: &'v Value) -> Result<&'v Table, MappingError> {
        value.as_table().ok_or_else(|| self.bad(place, value, &format!("a table: [{place}] on a line of its own")))
    }

    fn texts(&self, place: &str, value: &Value) -> Result<Vec<String>, MappingError> {
        const WANTED: &str = "a text in double quotes, or several in square brackets";
        match value {
            Value::Array(values) => values
                .iter()
                .map(|value| value.as_str().map(str::to_owned).ok_or_else(|| self.bad(place, value, WANTED)))
                .collect(),
            Value::String(text) => Ok(vec![text.clone()]),
            _ => Err(self.bad(place, value, WANTED)),
        }
    }

    fn scalar(&self, place: &str, value: &Value) -> Result<String, MappingError> {
        match value {
            Value::String(text) => Ok(text.trim().to_owned()),
            Value::Boolean(_) | Value::Integer(_) => Ok(value.to_string()),
            _ => Err(self.bad(place, value, "one value: true, false, or a text in double quotes")),
        }
    }

    fn bad(&self, key: &str, value: &Value, wanted: &str) -> MappingError {
        MappingError::BadValue {
            file: self.file.to_owned(),
            key: key.to_owned(),
            value: value.to_string(),
            wanted: wanted.to_owned(),
        }
    }

    fn unknown_key<'n>(&self, place: &str, key: &str, right: impl IntoIterator<Item = &'n str>) -> MappingError {
        MappingError::UnknownKey {
            file: self.file.to_owned(),
            place: place.to_owned(),
            key: key.to_owned(),
            nearest: Nearest::to(key, right),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
        [profiles."Radiologist"]
        can_create_reports = "with-npi"
        level = "admin"
        [profiles.default]
        can_create_reports = false
        [skip]
        "Status" = ["Terminated"]
        [names]
        recase = true
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
        let report = |role| file.profile(role, Field::CanCreateReports);
        let never = ProfileValue::Always("false".to_owned());
        assert_eq!(report(Some(ClinicRole::Radiologist)), Some(("Radiologist", &ProfileValue::WithNpi)));
        assert_eq!(report(Some(ClinicRole::Scribe)), Some(("default", &never)));
        assert_eq!(report(None), Some(("default", &never)));
        assert!(file.recase);
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
            ("columns = 3", "columns = 3 cannot be used", "Write a table"),
            ("email = Work Email", "m.toml is not well-formed TOML", "double quotes"),
        ] {
            let error = MappingFile::parse(text, "m.toml").unwrap_err();
            assert!(error.to_string().contains(message), "{text}: {error}");
            assert!(error.hint().contains(hint), "{text}: {}", error.hint());
        }
    }
}
