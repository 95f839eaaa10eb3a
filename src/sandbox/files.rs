//! The files a sandbox writes: one JSON value a line, each on its way to the disk before the request is answered.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::Path;

use serde::Serialize;

/// A file of JSON lines, readable by its owner only.
#[derive(Debug)]
pub(super) struct JsonLines(File);

impl JsonLines {
    /// Opens a file to be continued, or makes it.
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        let mut options = OpenOptions::new();
        options.append(true).create(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        options.open(path).map(JsonLines)
    }

    /// Appends a value as one line, in one write: a reader never sees half of it.
    pub(super) fn append(&mut self, value: &impl Serialize) -> io::Result<()> {
        let mut line = serde_json::to_vec(value)?;
        line.push(b'\n');
        self.0.write_all(&line)?;
        self.0.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_continued_and_private() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("mail.jsonl");
        JsonLines::open(&path).unwrap().append(&"one").unwrap();
        JsonLines::open(&path).unwrap().append(&2).unwrap();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "\"one\"\n2\n");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        }
    }
}
