//! The connection: how it is set up, and how a group of work is committed on it.

use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OptionalExtension};
use sha2::{Digest, Sha256};

use super::LedgerError;
use super::writer::Store;
use crate::staff::EmailKey;

/// How long another process (another account's run, a person with a SQLite client) may hold the file.
const BUSY: Duration = Duration::from_secs(10);

/// An open ledger at the current version. Owned by the writer, used by nobody else.
pub(super) struct Database {
    connection: Connection,
    salt: [u8; 32],
}

impl Database {
    /// Takes a connection whose schema is current.
    pub(super) fn new(connection: Connection) -> Result<Self, LedgerError> {
        connection.set_prepared_statement_cache_capacity(64);
        let salt = connection.query_row("SELECT salt FROM secret", [], |row| row.get(0))?;
        Ok(Database { connection, salt })
    }

    /// Settings that hold for a connection, not for the file: what a commit means, and that nothing erased stays.
    pub(super) fn set_up(connection: &Connection) -> rusqlite::Result<()> {
        connection.busy_timeout(BUSY)?;
        connection.pragma_update(None, "synchronous", "FULL")?;
        // On macOS a plain fsync leaves data in the disk's own cache; elsewhere these two change nothing.
        connection.pragma_update(None, "fullfsync", true)?;
        connection.pragma_update(None, "checkpoint_fullfsync", true)?;
        connection.pragma_update(None, "foreign_keys", true)?;
        // Freed space is overwritten: `forget` must leave nothing for a hex editor.
        connection.pragma_update(None, "secure_delete", true)?;
        // Scratch tables would be files with people's details in a shared temporary folder; a temporary ledger is one when
        // it grows (see `place::temporary`), and has no name there.
        connection.pragma_update(None, "temp_store", "MEMORY")?;
        Ok(())
    }

    /// The connection, for statements inside the group's transaction.
    pub(super) fn sql(&self) -> &Connection {
        &self.connection
    }

    /// What a person is known by once their address is forgotten.
    pub(super) fn fingerprint(&self, person: &EmailKey) -> [u8; 32] {
        Sha256::new().chain_update(self.salt).chain_update(person.as_str()).finalize().into()
    }

    /// The person's number, if any intent was ever written for them.
    pub(super) fn person(&self, person: &EmailKey) -> Result<Option<i64>, LedgerError> {
        let mut statement = self.connection.prepare_cached("SELECT id FROM person WHERE fingerprint = ?1")?;
        Ok(statement.query_row([self.fingerprint(person)], |row| row.get(0)).optional()?)
    }

    fn execute(&self, statement: &str) -> Result<(), LedgerError> {
        self.connection.prepare_cached(statement)?.execute([])?;
        Ok(())
    }
}

impl Store for Database {
    fn begin(&mut self) -> Result<(), LedgerError> {
        self.execute("BEGIN IMMEDIATE")
    }

    fn commit(&mut self) -> Result<(), LedgerError> {
        self.execute("COMMIT")
    }

    /// Copies the log into the file and empties it. While somebody reads the ledger it stays; the next close empties it.
    fn sweep(&mut self) -> Result<(), LedgerError> {
        self.connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
        Ok(())
    }

    fn rollback(&mut self) {
        // The first failure is the last write, so closing must not carry the log over into the file either: the log
        // holds what was durable, and the next start reads it.
        let _ = self.connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true);
        // It may have been rolled back already, by SQLite itself on a full disk for instance.
        if !self.connection.is_autocommit() {
            let _ = self.execute("ROLLBACK");
        }
    }

    fn begin_part(&mut self) -> Result<(), LedgerError> {
        self.execute("SAVEPOINT part")
    }

    fn keep_part(&mut self) -> Result<(), LedgerError> {
        self.execute("RELEASE part")
    }

    fn undo_part(&mut self) -> Result<(), LedgerError> {
        self.execute("ROLLBACK TO part")?;
        self.execute("RELEASE part")
    }
}

#[cfg(test)]
mod tests {
    use crate::ledger::place;

    #[test]
    fn what_a_commit_means_rests_on_these_settings() {
        let folder = tempfile::tempdir().unwrap();
        let database = place::open(folder.path()).unwrap();
        let setting = |name: &str| -> String {
            let value = |row: &rusqlite::Row<'_>| row.get::<_, rusqlite::types::Value>(0);
            match database.sql().pragma_query_value(None, name, value).unwrap() {
                rusqlite::types::Value::Integer(number) => number.to_string(),
                rusqlite::types::Value::Text(text) => text,
                other => panic!("{name}: {other:?}"),
            }
        };
        assert_eq!(setting("journal_mode"), "wal");
        assert_eq!(setting("synchronous"), "2", "FULL: a commit returns when its log is on the disk");
        assert_eq!(setting("fullfsync"), "1");
        assert_eq!(setting("checkpoint_fullfsync"), "1");
        assert_eq!(setting("foreign_keys"), "1");
        assert_eq!(setting("secure_delete"), "1");
    }
}
