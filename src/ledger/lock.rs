//! One run at a time on an account: an exclusive lock on a file, held for the whole run.
//!
//! The system frees the lock when its process ends, however it ends, so a crashed holder leaves nothing to clean.
//! The files stay: to delete one would let two processes hold locks on two files of the same name.

use std::fs::{File, TryLockError};
use std::io::{self, Read, Seek, Write};
use std::path::Path;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::id::hex;
use super::{KeyFingerprint, place};
use crate::fault_point;

/// Who holds a lock: written into its file for whoever finds it taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holder {
    /// The process.
    pub pid: u32,
    /// The command it runs.
    pub command: String,
    /// When it started.
    pub started_at: Timestamp,
}

/// Why a lock cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum LockError {
    /// Another run is at work on this account.
    #[error("another run is at work on this account{}", describe(.holder.as_ref()))]
    Held {
        /// Who; `None` in the moment before it has written its name.
        holder: Option<Holder>,
    },
    /// The lock cannot be taken here. Never treated as free.
    #[error("the lock {path} cannot be taken: {source}")]
    Io {
        /// The lock's file.
        path: String,
        /// What the system said.
        source: io::Error,
    },
}

fn describe(holder: Option<&Holder>) -> String {
    match holder {
        Some(Holder { pid, command, started_at }) => {
            format!(": process {pid} ({command}), since {started_at:.0}")
        }
        None => String::new(),
    }
}

impl LockError {
    /// What to do about it.
    pub const fn hint(&self) -> &'static str {
        match self {
            LockError::Held { .. } => "wait until it has ended, then run the same command again",
            LockError::Io { .. } => "name a folder on a local disk with --state-dir: locks do not work where it is now",
        }
    }
}

/// The lock on an account. Dropping it frees the account.
#[derive(Debug)]
pub struct AccountLock {
    file: File,
}

impl AccountLock {
    /// What to lock as long as only a key is known.
    pub fn key_identity(origin: &str, key: &KeyFingerprint) -> String {
        format!("key {origin} {}", hex(&key.0))
    }

    /// What to lock as soon as the clinic is known.
    pub fn clinic_identity(origin: &str, clinic_id: &str) -> String {
        format!("clinic {origin} {clinic_id}")
    }

    /// Takes the lock on an identity, at once or not at all.
    ///
    /// # Errors
    /// [`LockError::Held`] when another process, or this one, has it; [`LockError::Io`] when it cannot be known.
    pub fn acquire(state_dir: &Path, identity: &str, holder: &Holder) -> Result<AccountLock, LockError> {
        let folder = state_dir.join(place::LOCKS);
        let path = folder.join(file_name(identity));
        let failed = |source| LockError::Io { path: path.display().to_string(), source };
        place::make_folder(state_dir)
            .and_then(|()| place::make_folder(&folder))
            .map_err(io::Error::other)
            .map_err(failed)?;
        fault_point!("lock.before_taking");
        let mut file = place::open_private(&path).map_err(failed)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(LockError::Held { holder: read_holder(&mut file) }),
            Err(TryLockError::Error(source)) => return Err(failed(source)),
        }
        fault_point!("lock.after_taking");
        write_holder(&mut file, Some(holder)).map_err(failed)?;
        Ok(AccountLock { file })
    }
}

impl Drop for AccountLock {
    fn drop(&mut self) {
        // Nobody must be named who is no longer at work. If that fails, the system still frees the lock.
        let _ = write_holder(&mut self.file, None);
        let _ = self.file.unlock();
    }
}

/// A name without anything of the account in it, of fixed length, valid on every file system.
fn file_name(identity: &str) -> String {
    let digest: [u8; 32] = Sha256::digest(identity.as_bytes()).into();
    format!("{}.lock", hex(&digest[..16]))
}

fn read_holder(file: &mut File) -> Option<Holder> {
    let mut text = String::new();
    file.take(4096).read_to_string(&mut text).ok()?;
    serde_json::from_str(&text).ok()
}

fn write_holder(file: &mut File, holder: Option<&Holder>) -> io::Result<()> {
    file.set_len(0)?;
    file.rewind()?;
    if let Some(holder) = holder {
        file.write_all(&serde_json::to_vec(holder)?)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn holder(pid: u32) -> Holder {
        Holder { pid, command: "invite".to_owned(), started_at: "2026-11-23T02:00:00Z".parse().unwrap() }
    }

    #[test]
    fn the_second_is_told_who_holds_it_and_gets_it_afterwards() {
        let folder = tempfile::tempdir().unwrap();
        let first = AccountLock::acquire(folder.path(), "one", &holder(1)).unwrap();
        let refused = AccountLock::acquire(folder.path(), "one", &holder(2)).unwrap_err();
        assert_eq!(
            refused.to_string(),
            "another run is at work on this account: process 1 (invite), since 2026-11-23T02:00:00Z"
        );
        AccountLock::acquire(folder.path(), "another", &holder(2)).unwrap();
        drop(first);
        AccountLock::acquire(folder.path(), "one", &holder(2)).unwrap();
    }

    #[test]
    fn of_fifty_at_once_one_has_it() {
        let folder = tempfile::tempdir().unwrap();
        let start = std::sync::Barrier::new(50);
        let locks: Vec<_> = std::thread::scope(|scope| {
            let contend = |pid| {
                let (folder, start) = (folder.path(), &start);
                scope.spawn(move || {
                    start.wait();
                    AccountLock::acquire(folder, "one", &holder(pid))
                })
            };
            let contenders: Vec<_> = (0..50).map(contend).collect();
            contenders.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        assert_eq!(locks.iter().filter(|lock| lock.is_ok()).count(), 1);
        assert!(locks.iter().flat_map(|lock| lock.as_ref().err()).all(|e| matches!(e, LockError::Held { .. })));
    }

    #[test]
    fn what_a_crashed_holder_wrote_stops_nobody() {
        let folder = tempfile::tempdir().unwrap();
        let mut crashed = AccountLock::acquire(folder.path(), "one", &holder(1)).unwrap();
        // As after a kill: its words are still there, its lock is not.
        crashed.file.unlock().unwrap();
        let next = AccountLock::acquire(folder.path(), "one", &holder(2)).unwrap();
        assert_eq!(read_holder(&mut File::open(lock_path(folder.path())).unwrap()), Some(holder(2)));
        crashed.file = tempfile::tempfile().unwrap();
        drop(next);
    }

    #[test]
    fn a_folder_that_is_none_is_an_error_and_never_taken_for_free() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("locks"), "").unwrap();
        let error = AccountLock::acquire(folder.path(), "one", &holder(1)).unwrap_err();
        assert!(matches!(error, LockError::Io { .. }), "{error}");
        assert!(error.hint().contains("--state-dir"));
    }

    #[test]
    fn identities_do_not_meet() {
        let key = KeyFingerprint::of("made-up");
        let names = [
            AccountLock::key_identity("https://one.test", &key),
            AccountLock::key_identity("https://other.test", &key),
            AccountLock::clinic_identity("https://one.test", "clinic-1"),
        ]
        .map(|identity| file_name(&identity));
        assert!(names[0] != names[1] && names[1] != names[2] && names[0] != names[2]);
    }

    fn lock_path(state_dir: &Path) -> std::path::PathBuf {
        state_dir.join("locks").join(file_name("one"))
    }
}
