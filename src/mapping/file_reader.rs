//! Walks a parsed mapping file; every mistake names the place, the value and what to write.

use std::collections::{BTreeMap, HashMap};

use toml::{Table, Value};

use crate::staff::{ClinicRole, Field};

use super::error::{MappingError, Nearest};
use super::file::{DEFAULT_PROFILE, FOR_ADMINS, MappingFile, PROFILE_FIELDS, Profile, ProfileValue, WITH_NPI};
use super::names::NameOrder;
use super::roles::role_key;
use super::set::{checked, is_settable};
use super::target::Target;
use super::values::ValueWords;

/// What a mapping file may hold.
const TABLES: [&str; 9] = ["columns", "ignore", "defaults", "roles", "values", "profiles", "skip", "names", "roster"];

/// Reads a file's tables; knows its name for messages.
pub(super) struct Reader<'a> {
    pub(super) file: &'a str,
}

impl Reader<'_> {
    /// Reads the whole file.
    pub(super) fn read(&self, table: &Table) -> Result<MappingFile, MappingError> {
        let mut file = MappingFile { name: self.file.to_owned(), ..MappingFile::default() };
        for (key, value) in table {
            match key.as_str() {
                "columns" => self.columns(value, &mut file)?,
                "ignore" => file.ignore = self.texts("ignore", value)?,
                "defaults" => file.defaults = self.defaults(value)?,
                "roles" => self.roles(value, &mut file)?,
                "values" => file.values = self.values(value)?,
                "profiles" => self.profiles(value, &mut file)?,
                "skip" => file.skip = self.skip(value)?,
                "names" => file.recase = self.names(value)?,
                "roster" => file.roster_headers = self.roster(value)?,
                _ => return Err(self.unknown_key("the file", key, TABLES)),
            }
        }
        self.no_column_twice(&file)?;
        Ok(file)
    }

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
            if let Some(before) = file.roles.insert(role_key(word), role).filter(|before| *before != role) {
                let wanted = format!("\"{before}\", as for the same word in another case");
                return Err(self.bad(&format!("roles.\"{word}\""), value, &wanted));
            }
            file.role_words.push((word.clone(), role));
        }
        Ok(())
    }

    fn values(&self, value: &Value) -> Result<ValueWords, MappingError> {
        let mut values = ValueWords::default();
        for (key, words) in self.table("values", value)? {
            let field = self.profile_field("[values]", key)?;
            let place = format!("values.{key}");
            for (word, value) in self.table(&place, words)? {
                let place = format!("{place}.\"{word}\"");
                let meaning = checked(field, &self.scalar(&place, value)?, self.file, &place)?;
                if let Some(before) = values.set(field, word, &meaning).filter(|before| *before != meaning) {
                    return Err(self.bad(&place, value, &format!("{before}, as for the same word in another case")));
                }
            }
        }
        Ok(values)
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
        let mut values = BTreeMap::new();
        for (key, value) in self.table(place, value)? {
            let field = self.profile_field(&format!("[{place}]"), key)?;
            let (key, text) = (format!("{place}.{key}"), self.scalar(&format!("{place}.{key}"), value)?);
            let value = match field {
                Field::CanCreateReports if text == WITH_NPI => ProfileValue::WithNpi,
                Field::HasDashboardAccess if text == FOR_ADMINS => ProfileValue::ForAdmins,
                Field::HasDashboardAccess => {
                    let read = checked(field, &text, self.file, &key);
                    ProfileValue::Always(read.map_err(|_| self.bad(&key, value, "true, false or \"for-admins\""))?)
                }
                Field::CanCreateReports => {
                    let read = checked(field, &text, self.file, &key);
                    ProfileValue::Always(read.map_err(|_| self.bad(&key, value, "true, false or \"with-npi\""))?)
                }
                _ => ProfileValue::Always(checked(field, &text, self.file, &key)?),
            };
            values.insert(field, value);
        }
        Ok(Profile::of(values))
    }

    /// Level or one of the permissions.
    fn profile_field(&self, place: &str, key: &str) -> Result<Field, MappingError> {
        let field = PROFILE_FIELDS.into_iter().find(|field| field.name() == key);
        field.ok_or_else(|| self.unknown_key(place, key, PROFILE_FIELDS.into_iter().map(Field::name)))
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

    fn roster(&self, value: &Value) -> Result<Vec<String>, MappingError> {
        let mut headers = Vec::new();
        for (key, value) in self.table("roster", value)? {
            match key.as_str() {
                "headers" => headers = self.texts("roster.headers", value)?,
                _ => return Err(self.unknown_key("[roster]", key, ["headers"])),
            }
        }
        Ok(headers)
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
