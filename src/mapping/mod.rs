//! What columns and words mean: headers to a [`ColumnPlan`], a row to a [`Draft`].
//!
//! Knowledge is data, not code: tables compiled in from `src/mapping/data/`, each with its origin. To teach the tool a
//! header, add its words to `words.toml` and, if need be, a claim to `claims.csv`; to teach it a title, add a line to
//! `roles.csv`.
//!
//! | file | owns |
//! | --- | --- |
//! | `fold` | a header's letters as folded words |
//! | `words` | the words of a header as concepts |
//! | `aliases` | concepts to claims: what a header may feed; the judge of header lines |
//! | `headings` | a row of headers read together: shared beginnings, sections, two languages |
//! | `content` | what a column's values say against its header |
//! | `resolve` | which claim wins |
//! | `ask` | what is asked where none does |
//! | `columns`, `origin_notes` | [`ColumnPlan`], what stands at the end of that, and what it says of itself |
//! | `header_table` | the roster's headers, as a mapping file names them |
//! | `file`, `file_reader`, `set` | what a person has decided: the mapping file and `--set` |
//! | `decide` | the answers of a person, as they come |
//! | `roles`, `role_codes`, `role_jobs` | role words: the vocabulary, codes in the text, several jobs in one text |
//! | `role_rules`, `role_specialties` | the words that no vocabulary has, and which of two specialties says more |
//! | `names`, `affix` | combined names, and the words around them |
//! | `last_names` | last names in several columns |
//! | `clean`, `draft`, `draft_names` | one row: cleaned, gathered, its names in their places |
//! | `skip` and `gone`, `leaving` and `dates`, `not_people` | who is left out: by a word, by a day, by being nobody |
//! | `values` | the roster's own words for level and permissions |
//! | `texts` | the words of the rows that somebody may have to explain |
//! | `changes` | what has changed in a roster since its mapping file was written |
//! | `profiles` | level and permissions by role, proposed |
//! | `propose` | a plan written as a mapping file |
//!
//! The invariants: a column feeds one target at most; another person's address, a group's NPI and another system's rights are
//! never read without a mapping file that says so; a role that could be two is nobody's; nothing is invented for a blank.
//!
//! This room decides what feeds a field; whether a value is valid is [`crate::validation`]'s.

mod affix;
mod aliases;
mod ask;
mod changes;
mod clean;
mod columns;
mod content;
mod dates;
mod decide;
mod draft;
mod draft_names;
mod error;
mod file;
mod file_reader;
mod fold;
mod gone;
mod header_table;
mod headings;
mod last_names;
mod leaving;
mod names;
mod not_people;
mod origin_notes;
mod profiles;
mod propose;
mod resolve;
mod role_codes;
mod role_jobs;
mod role_rules;
mod role_specialties;
mod roles;
mod set;
mod skip;
mod target;
mod texts;
mod values;
mod words;

pub use aliases::KnownHeaders;
pub use changes::{HeaderChanges, Renamed};
pub use columns::{ColumnPlan, Question};
pub use error::{MappingError, Nearest};
pub use file::MappingFile;
pub(crate) use file::{FOR_ADMINS, PROFILE_FIELDS, ProfileValue, WITH_NPI};
pub use leaving::Leaving;
pub use names::NameOrder;
pub(crate) use profiles::Profiles;
pub use propose::{propose, reads_back};
pub(crate) use roles::RoleReading;
pub use set::Assignments;
pub use skip::{IdleSkips, UnknownStatus};
pub use target::Target;
pub use texts::RosterTexts;

use crate::roster::{CellKind, Location};
use crate::staff::Field;

/// Where a value came from, for messages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// The column with this header.
    Column(String),
    /// A part of the combined name in the column with this header.
    FullName(String),
    /// The mapping file's default.
    Default,
    /// `--set`.
    Set,
    /// The profile of this clinic role in the mapping file.
    Profile(String),
}

/// What a row says for one field, before anybody has judged it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldValue {
    /// The value, cleaned of invisible characters and wrappers; for `clinic_role` one of the 61 where `problem` is none.
    pub text: String,
    /// The cell's text before cleaning, for messages.
    pub raw: String,
    /// What the cell held.
    pub kind: CellKind,
    /// Where it came from.
    pub origin: Origin,
    /// Why the mapping could make nothing of it (an unknown or ambiguous role word, a name that cannot be taken apart).
    pub problem: Option<MappingProblem>,
}

/// A value that the mapping does not know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MappingProblem {
    /// A stable snake_case word (`role_unknown`, `role_ambiguous`, `name_unclear`).
    pub code: &'static str,
    /// What is wrong and what to do, without the place and the value.
    pub message: String,
}

/// A row, its cells gathered by field. A field that nothing feeds, or only blanks, is `None`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// Where the row stands.
    pub at: Location,
    /// What it says, by [`Field::index`].
    pub fields: [Option<FieldValue>; 13],
    /// The row is not for inviting, and why, in words (`Status is "Terminated"`).
    pub skip: Option<String>,
    /// What a column says of the day on which this person leaves.
    pub leaving: Option<Leaving>,
    /// The word of a status column that is not known.
    pub unknown_status: Option<UnknownStatus>,
    /// The profile of its role would let it create reports, had it an NPI.
    pub lacks_npi: bool,
    /// It may be a shared mailbox or an organisation.
    pub perhaps_nobody: bool,
    /// What was cleaned (`mailto:` taken off `Work Email`), in words.
    pub cleanings: Vec<String>,
    /// The row is ragged, so nothing in it can be trusted.
    pub ragged: bool,
}

impl Draft {
    /// The value for a field.
    pub fn get(&self, field: Field) -> Option<&FieldValue> {
        self.fields[field.index()].as_ref()
    }
}
