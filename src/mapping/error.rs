//! What is wrong with a mapping file or a `--set`, and what to do.

use std::path::PathBuf;

/// A mapping that cannot be used. Each says what is wrong; [`MappingError::hint`] says what to do.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum MappingError {
    /// The mapping file cannot be read.
    #[error("the mapping file {} cannot be read: {source}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The mapping file is no TOML.
    #[error("{file} is not well-formed TOML: {message}")]
    NotToml {
        /// The file's name.
        file: String,
        /// The parser's message, with line and column.
        message: String,
    },
    /// A key that means nothing.
    #[error("{file} has \"{key}\" in {place}, which means nothing there")]
    UnknownKey {
        /// The file's name.
        file: String,
        /// Where the key stands (`[columns]`).
        place: String,
        /// The key.
        key: String,
        /// The right name nearest to it, or the list of what may stand there.
        nearest: Nearest,
    },
    /// A value that cannot be used.
    #[error("{file}: {key} = {value} cannot be used")]
    BadValue {
        /// The file's name, or `--set`.
        file: String,
        /// The key, with its table.
        key: String,
        /// The value, as TOML.
        value: String,
        /// What may stand there.
        wanted: String,
    },
    /// A clinic role that is none.
    #[error("{file}: {place} names the clinic role \"{role}\", which is none of AutoScribe's 61")]
    UnknownRole {
        /// The file's name.
        file: String,
        /// Where it stands.
        place: String,
        /// What was written.
        role: String,
        /// The nearest roles.
        nearest: Nearest,
    },
    /// A header that the roster does not have.
    #[error("{place} names the column \"{header}\", which the roster does not have")]
    NoSuchColumn {
        /// Where it stands.
        place: String,
        /// The header.
        header: String,
        /// The roster's header nearest to it, or all of them.
        nearest: Nearest,
    },
    /// The roster has lost headers that the mapping file names, and the file knows what headers there were.
    #[error("the roster has changed since {file} was written: {}", changes.join("; "))]
    RosterChanged {
        /// The file's name.
        file: String,
        /// What has changed, a sentence each.
        changes: Vec<String>,
    },
    /// A header that the roster has more than once.
    #[error("{place} names the column \"{header}\", and the roster has {count} columns of that name")]
    AmbiguousColumn {
        /// Where it stands.
        place: String,
        /// The header.
        header: String,
        /// How many there are.
        count: usize,
    },
    /// One column for two fields.
    #[error("the mapping file gives the column \"{header}\" to both {one} and {other}")]
    ColumnTwice {
        /// The header.
        header: String,
        /// A field.
        one: String,
        /// Another.
        other: String,
    },
    /// A `--set` that is no `FIELD=VALUE`.
    #[error("--set {text} is not of the form FIELD=VALUE")]
    NotAnAssignment {
        /// What was given.
        text: String,
    },
    /// A `--set` for a field that belongs to a person.
    #[error("--set {field} is not possible: {field} is each person's own")]
    PersonalField {
        /// The field.
        field: &'static str,
    },
    /// A `--set` for no field.
    #[error("--set names the field \"{field}\", which there is not")]
    UnknownField {
        /// What was given.
        field: String,
        /// The nearest field, or all of them.
        nearest: Nearest,
    },
    /// Two `--set` for one field.
    #[error("--set gives {field} twice")]
    SetTwice {
        /// The field.
        field: &'static str,
    },
}

/// What a wrong name may have been meant for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Nearest {
    /// These, the most alike first.
    Like(Vec<String>),
    /// Nothing is like it; these are all there are.
    AnyOf(Vec<String>),
}

impl Nearest {
    /// The right names most like a wrong one.
    pub(crate) fn to<'a>(wrong: &str, right: impl IntoIterator<Item = &'a str>) -> Nearest {
        let all: Vec<&str> = right.into_iter().collect();
        let wanted = comparable(wrong);
        let mut likely: Vec<(f64, &str)> = all
            .iter()
            .map(|name| (strsim::jaro_winkler(&comparable(name), &wanted), *name))
            .filter(|(likeness, _)| *likeness > 0.8)
            .collect();
        likely.sort_by(|a, b| b.0.total_cmp(&a.0));
        if likely.is_empty() {
            Nearest::AnyOf(all.into_iter().map(str::to_owned).collect())
        } else {
            Nearest::Like(likely.into_iter().take(2).map(|(_, name)| name.to_owned()).collect())
        }
    }

    fn hint(&self) -> String {
        match self {
            Nearest::Like(names) => format!("Did you mean {}?", quoted(names, " or ")),
            Nearest::AnyOf(names) if names.len() > 40 => {
                format!("There are {}, and {} more.", quoted(&names[..40], ", "), names.len() - 40)
            }
            Nearest::AnyOf(names) => format!("There are {}.", quoted(names, ", ")),
        }
    }
}

fn comparable(name: &str) -> String {
    name.to_lowercase().replace(['-', '_'], " ")
}

fn quoted(names: &[String], between: &str) -> String {
    names.iter().map(|name| format!("\"{name}\"")).collect::<Vec<_>>().join(between)
}

impl MappingError {
    /// What to do.
    pub fn hint(&self) -> String {
        match self {
            MappingError::Unreadable { source, .. } if source.kind() == std::io::ErrorKind::InvalidData => {
                "Save it as UTF-8: in Notepad, Save As, Encoding.".to_owned()
            }
            MappingError::Unreadable { .. } => {
                "Check the path after --mapping and that you may read the file.".to_owned()
            }
            MappingError::NotToml { .. } => {
                "Mend that line. Texts stand in double quotes: email = \"Work Email\"; true and false without; no key stands twice.".to_owned()
            }
            MappingError::UnknownKey { nearest, .. }
            | MappingError::UnknownRole { nearest, .. }
            | MappingError::NoSuchColumn { nearest, .. }
            | MappingError::UnknownField { nearest, .. } => nearest.hint(),
            MappingError::BadValue { wanted, .. } => format!("Write {wanted}."),
            MappingError::RosterChanged { file, .. } => format!(
                "Have {file} brought up to date by map, at a terminal: it asks for the new names and keeps what was decided."
            ),
            MappingError::AmbiguousColumn { header, .. } => format!(
                "Say which one, counted from the left: \"{header} #1\" is the first, \"{header} #2\" the second."
            ),
            MappingError::ColumnTwice { .. } => {
                "Give it to one of them, or write another column for the other.".to_owned()
            }
            MappingError::NotAnAssignment { .. } => "Write --set level=member, for instance.".to_owned(),
            MappingError::PersonalField { .. } => {
                "Put it into the roster, or name the column that holds it in a mapping file.".to_owned()
            }
            MappingError::SetTwice { .. } => "Leave one of them out.".to_owned(),
        }
    }
}
