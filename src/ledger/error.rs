//! What can go wrong with the ledger, sorted by who has to do something about it.

use std::io;
use std::path::{Path, PathBuf};

/// Why the ledger cannot do what was asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LedgerError {
    /// The state folder or a file in it is not a place where a ledger can be.
    #[error("the ledger cannot be kept in {}: {why}", .path.display())]
    Place {
        /// The folder or file.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// The SQLite that this program was built with has a known fault.
    #[error("SQLite {found} can lose what was committed; 3.51.3 or newer is needed")]
    OldSqlite {
        /// The version.
        found: String,
    },
    /// A newer version of this program has written the ledger.
    #[error("the ledger {} was written by a newer version (schema {found}, this version knows {known})", .path.display())]
    Newer {
        /// The ledger's file.
        path: PathBuf,
        /// Its schema.
        found: i64,
        /// The newest schema that this version knows.
        known: i64,
    },
    /// The file is no ledger, or no longer a whole one.
    #[error("the ledger {} is damaged: {why}", .path.display())]
    Damaged {
        /// The ledger's file.
        path: PathBuf,
        /// What was found.
        why: String,
    },
    /// Writing failed. This is final: whatever is asked of the ledger afterwards gets the same answer.
    #[error("the ledger cannot record: {why}")]
    CannotRecord {
        /// What SQLite or the system said.
        why: String,
    },
    /// The key is known to belong to another clinic than the account shows now.
    #[error("this key belonged to clinic {known} so far, and the account now shows clinic {shown}")]
    WrongClinic {
        /// The clinic that the ledger knows for this key.
        known: String,
        /// The clinic that the account shows.
        shown: String,
    },
    /// No run has an id that begins like this.
    #[error("no run begins with \"{prefix}\"")]
    NoSuchRun {
        /// What was typed.
        prefix: String,
    },
    /// Several runs have an id that begins like this.
    #[error("{count} runs begin with \"{prefix}\"")]
    AmbiguousRun {
        /// What was typed.
        prefix: String,
        /// How many.
        count: u64,
    },
    /// No row in doubt has this short id.
    #[error("no row in doubt has the id \"{id}\"")]
    NotInDoubt {
        /// What was typed.
        id: String,
    },
}

/// Who has to do something: decides the exit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LedgerErrorKind {
    /// The person who typed the command: a path, an id (exit 2).
    Usage,
    /// Whoever keeps the keys (exit 4).
    Account,
    /// Whoever looks after this machine (exit 6).
    Machine,
}

impl LedgerError {
    /// Who has to do something about it.
    pub const fn kind(&self) -> LedgerErrorKind {
        match self {
            LedgerError::Place { .. }
            | LedgerError::NoSuchRun { .. }
            | LedgerError::AmbiguousRun { .. }
            | LedgerError::NotInDoubt { .. } => LedgerErrorKind::Usage,
            LedgerError::WrongClinic { .. } => LedgerErrorKind::Account,
            LedgerError::OldSqlite { .. }
            | LedgerError::Newer { .. }
            | LedgerError::Damaged { .. }
            | LedgerError::CannotRecord { .. } => LedgerErrorKind::Machine,
        }
    }

    /// What to do about it.
    pub fn hint(&self) -> &'static str {
        match self {
            LedgerError::Place { .. } => {
                "name a folder of your own, on a local disk, with --state-dir, or mend the one that is named"
            }
            LedgerError::OldSqlite { .. } => "build this program with its bundled SQLite",
            LedgerError::Newer { .. } => "use the newest version of avara-onboard on this machine; nothing was changed",
            LedgerError::Damaged { .. } => {
                "restore the state folder from a backup; without one, move the folder aside and run again: \
                 the account's own lists then show who is already there. Nothing was changed"
            }
            LedgerError::CannotRecord { .. } => {
                "nothing more is sent. Make room on the disk, or mend it, close whatever else has the ledger open, \
                 and run the same command again: it finishes what is left"
            }
            LedgerError::WrongClinic { .. } => {
                "check that the key is the right one for this clinic; if the clinic itself has changed, \
                 use another --state-dir for it"
            }
            LedgerError::NoSuchRun { .. } => "list the runs with: avara-onboard runs",
            LedgerError::AmbiguousRun { .. } => "type more of the run's id, as avara-onboard runs shows it",
            LedgerError::NotInDoubt { .. } => "list the rows in doubt with: avara-onboard resolve",
        }
    }

    /// After it the ledger takes nothing more.
    pub(super) const fn is_final(&self) -> bool {
        matches!(self, LedgerError::CannotRecord { .. } | LedgerError::Damaged { .. })
    }

    /// What the system said about a file: a full disk is the machine's fault, all else that of the place.
    pub(super) fn io(path: &Path, error: &io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
                LedgerError::CannotRecord { why: format!("{}: {error}", path.display()) }
            }
            _ => LedgerError::place(path, error),
        }
    }

    /// A path that is no place for a ledger.
    pub(super) fn place(path: &Path, why: impl ToString) -> Self {
        LedgerError::Place { path: path.to_owned(), why: why.to_string() }
    }
}

/// A statement that fails is a failure to record: every statement of this room is right, so it is the disk or the file.
impl From<rusqlite::Error> for LedgerError {
    fn from(error: rusqlite::Error) -> Self {
        LedgerError::CannotRecord { why: error.to_string() }
    }
}
