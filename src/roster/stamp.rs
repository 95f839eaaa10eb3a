//! Whether a file is still the file it was: its size, its time and, where that is cheap, its identity.

use std::fs::{File, Metadata};
use std::path::Path;
use std::time::SystemTime;

use super::error::RosterError;

/// What identifies a state of a file without reading it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stamp {
    size: u64,
    modified: Option<SystemTime>,
    identity: Option<(u64, u64)>,
}

impl Stamp {
    /// The stamp of an open file.
    pub(super) fn of_open(file: &File, name: &str) -> Result<Self, RosterError> {
        file.metadata().map(|metadata| Stamp::of(&metadata)).map_err(|error| RosterError::io(name, error))
    }

    /// The file's size in bytes.
    pub(super) fn size(self) -> u64 {
        self.size
    }

    fn of(metadata: &Metadata) -> Self {
        Stamp { size: metadata.len(), modified: metadata.modified().ok(), identity: identity(metadata) }
    }

    /// Fails when the file at `path` is no longer in this state; a file that has vanished has changed too.
    pub(super) fn check(self, path: &Path) -> Result<(), RosterError> {
        match std::fs::metadata(path) {
            Ok(metadata) if Stamp::of(&metadata) == self => Ok(()),
            _ => Err(RosterError::Changed { file: path.display().to_string() }),
        }
    }
}

#[cfg(unix)]
fn identity(metadata: &Metadata) -> Option<(u64, u64)> {
    use std::os::unix::fs::MetadataExt;
    Some((metadata.dev(), metadata.ino()))
}

#[cfg(not(unix))]
fn identity(_: &Metadata) -> Option<(u64, u64)> {
    None
}
