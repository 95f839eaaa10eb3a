//! How a command ends: an exit code, and if it failed, what to tell whom.

use std::fmt;

use crate::ledger::{LedgerError, LedgerErrorKind};
use crate::roster::RosterError;
use crate::settings::SettingsError;
use crate::survey::SurveyError;

/// A command that could not do its work: what happened, what to do, and the exit code.
#[derive(Debug)]
pub struct Failure {
    /// The process's exit code.
    pub code: u8,
    /// What happened.
    pub message: String,
    /// What to do about it.
    pub hint: Option<String>,
    /// A stable word for scripts, where there is one.
    pub word: Option<&'static str>,
}

impl Failure {
    /// A failure of usage, configuration or reading: nothing was sent.
    pub fn usage(message: impl fmt::Display) -> Self {
        Failure::with_code(2, message)
    }

    /// A failure with another exit code.
    pub fn with_code(code: u8, message: impl fmt::Display) -> Self {
        Failure { code, message: message.to_string(), hint: None, word: None }
    }

    /// Output that could not be written.
    pub fn output(error: std::io::Error) -> Self {
        Failure::with_code(6, format!("the output cannot be written: {error}"))
    }

    /// For people, on stderr.
    pub fn render(&self) -> String {
        let hint = self.hint.as_ref().map(|hint| format!("\nhint: {hint}")).unwrap_or_default();
        format!("error: {}{hint}", self.message)
    }

    /// For scripts, on stdout.
    pub fn json(&self) -> String {
        let document = serde_json::json!({
            "error": self.message, "error_code": self.word, "hint": self.hint, "exit_code": self.code,
        });
        format!("{document}\n")
    }

    /// Adds what to do.
    #[must_use]
    pub fn hint(mut self, hint: impl fmt::Display) -> Self {
        self.hint = Some(hint.to_string());
        self
    }
}

impl From<SettingsError> for Failure {
    fn from(error: SettingsError) -> Self {
        Failure::with_code(error.exit_code(), error)
    }
}

impl From<SurveyError> for Failure {
    fn from(error: SurveyError) -> Self {
        Failure { code: 2, message: error.to_string(), hint: error.hint(), word: Some(error.code()) }
    }
}

impl From<RosterError> for Failure {
    fn from(error: RosterError) -> Self {
        SurveyError::from(error).into()
    }
}

impl From<LedgerError> for Failure {
    fn from(error: LedgerError) -> Self {
        let code = match error.kind() {
            LedgerErrorKind::Usage => 2,
            LedgerErrorKind::Account => 4,
            LedgerErrorKind::Machine => 6,
        };
        Failure::with_code(code, &error).hint(error.hint())
    }
}
