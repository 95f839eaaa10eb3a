//! Why a file of ours cannot be written.

use std::io;
use std::path::{Path, PathBuf};

/// Why a file of ours cannot be written.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    /// The path names something that is not ours to overwrite.
    #[error("{} is {what}; name a plain file, or one that is not there yet", path.display())]
    Special {
        /// What was asked for.
        path: PathBuf,
        /// What stands there (`a folder`).
        what: &'static str,
    },
    /// The path names the roster.
    #[error("{} is the roster itself; name another file", path.display())]
    Roster {
        /// What was asked for.
        path: PathBuf,
    },
    /// It can be told beforehand that it cannot be written.
    #[error("{} cannot be written ({source}); name a file in a folder of yours", path.display())]
    Unwritable {
        /// What was asked for.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The machine cannot write it.
    #[error("{} cannot be written: {source}", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A workbook has no room for it.
    #[error("{} cannot be written: {why}", path.display())]
    Workbook {
        /// The file.
        path: PathBuf,
        /// Why.
        why: String,
    },
}

impl ReportError {
    /// An I/O error on this file.
    pub(super) fn write(path: &Path, source: io::Error) -> Self {
        ReportError::Write { path: path.to_owned(), source }
    }

    /// Known before anything is read or sent: the path was a mistake (exit 2), not the machine (exit 6).
    pub fn is_usage(&self) -> bool {
        matches!(self, ReportError::Special { .. } | ReportError::Roster { .. } | ReportError::Unwritable { .. })
    }
}
