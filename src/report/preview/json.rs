//! The JSON document of `check --format json`: the preview, then the problems, streamed.

use std::collections::BTreeMap;
use std::io::{self, Write};

use serde::{Serialize, Serializer};

use super::{Counts, Preview, Question, RosterFacts, Source};
use crate::validation::Problem;

/// The document while it is being written. Begun, it must be [finished](CheckJson::finish) to be whole.
#[derive(Debug)]
pub struct CheckJson<W: Write> {
    out: W,
    problems: u64,
}

/// The document but for its last key.
#[derive(Serialize)]
struct Head<'a> {
    roster: &'a RosterFacts,
    #[serde(serialize_with = "as_map")]
    mapping: &'a [Source],
    questions: &'a [Question],
    ignored: &'a [String],
    roles: &'a BTreeMap<String, Option<&'static str>>,
    counts: Counts,
    notes: &'a [String],
    warnings: &'a [String],
}

/// One entry of `problems`.
#[derive(Serialize)]
struct Line<'a> {
    row: String,
    column: Option<&'a str>,
    field: Option<&'static str>,
    value: &'a str,
    code: &'static str,
    message: &'a str,
}

impl<W: Write> CheckJson<W> {
    /// Writes all that comes before the problems.
    ///
    /// # Errors
    /// The output cannot be written.
    pub fn begin(mut out: W, preview: &Preview) -> io::Result<Self> {
        let head = serde_json::to_string(&Head {
            roster: &preview.roster,
            mapping: &preview.sources,
            questions: &preview.questions,
            ignored: &preview.ignored,
            roles: &preview.roles,
            counts: preview.counts,
            notes: &preview.notes,
            warnings: &preview.warnings,
        })?;
        // A struct is an object, so its last character is the brace that comes back in `finish`.
        let open = head.strip_suffix('}').unwrap_or(&head);
        write!(out, "{open},\n\"problems\":[")?;
        Ok(CheckJson { out, problems: 0 })
    }

    /// Writes one problem, on a line of its own.
    ///
    /// # Errors
    /// The output cannot be written.
    pub fn problem(&mut self, problem: &Problem) -> io::Result<()> {
        self.line(&Line {
            row: problem.at.to_string(),
            column: problem.column.as_deref(),
            field: problem.field.map(crate::staff::Field::name),
            value: &problem.value,
            code: problem.code,
            message: &problem.message,
        })
    }

    /// Writes why the whole roster could not be read: a problem of no row.
    ///
    /// # Errors
    /// The output cannot be written.
    pub fn refusal(&mut self, code: &'static str, message: &str) -> io::Result<()> {
        self.line(&Line { row: String::new(), column: None, field: None, value: "", code, message })
    }

    fn line(&mut self, line: &Line<'_>) -> io::Result<()> {
        let line = serde_json::to_string(line)?;
        let separator = if self.problems == 0 { "\n" } else { ",\n" };
        self.problems += 1;
        write!(self.out, "{separator}{line}")
    }

    /// Closes the document and gives the output back.
    ///
    /// # Errors
    /// The output cannot be written.
    pub fn finish(mut self) -> io::Result<W> {
        writeln!(self.out, "\n]}}")?;
        self.out.flush()?;
        Ok(self.out)
    }
}

/// Only what is read from columns: a field that a default or a profile feeds has no headers to list.
fn as_map<S: Serializer>(sources: &&[Source], serializer: S) -> Result<S::Ok, S::Error> {
    let with_headers = sources.iter().filter(|source| !source.headers.is_empty());
    serializer.collect_map(with_headers.map(|source| (&source.target, &source.headers)))
}
