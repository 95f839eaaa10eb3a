//! What a column can be read for.

use std::fmt;

use crate::staff::Field;

use super::error::Nearest;

/// A field, or a combined name that several fields are read from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Target {
    /// One field.
    Field(Field),
    /// First, middle and last name and the suffixes, in one column.
    FullName,
}

impl Target {
    /// The combined name's word in mapping files and messages.
    pub(crate) const FULL_NAME: &'static str = "full_name";

    /// Every target: the fields in their order, then the combined name.
    pub fn all() -> impl Iterator<Item = Target> {
        Field::ALL.into_iter().map(Target::Field).chain([Target::FullName])
    }

    /// The name in snake_case, as in mapping files.
    pub const fn name(self) -> &'static str {
        match self {
            Target::Field(field) => field.name(),
            Target::FullName => Target::FULL_NAME,
        }
    }

    pub(crate) fn parse(text: &str) -> Result<Target, Nearest> {
        Target::all()
            .find(|target| target.name() == text)
            .ok_or_else(|| Nearest::to(text, Target::all().map(Target::name)))
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}
