//! Erasing people's details while keeping the protection: fingerprints, user ids and hashes stay, names, addresses
//! and values go, from the tables, from freed space and from the log.

use jiff::Timestamp;
use rusqlite::Connection;

use super::doubt::IN_DOUBT;
use super::sql::{Count, Utc};
use super::writer::Kind;
use super::{Forgotten, Ledger, LedgerError};

impl Ledger {
    /// Erases names, addresses and values of every run that began before a time. Whoever is also in a newer run keeps
    /// the address there. Nobody is invited again because of it.
    ///
    /// # Errors
    /// [`LedgerError::CannotRecord`].
    pub async fn forget(&self, older_than: Timestamp, at: Timestamp) -> Result<Forgotten, LedgerError> {
        self.ask(Kind::Forget, move |database| forget(database.sql(), older_than, at)).await
    }
}

fn forget(sql: &Connection, older_than: Timestamp, at: Timestamp) -> Result<Forgotten, LedgerError> {
    let old = Utc(older_than);
    let in_doubt = format!("SELECT count(*) FROM ({IN_DOUBT} AND run.started_at < ?1)");
    let Count(in_doubt) = sql.query_row(&in_doubt, [old], |row| row.get(0))?;
    let changed = |statement: &str| Ok::<_, LedgerError>(sql.execute(statement, [old])? as u64);
    let rows = changed(
        "UPDATE outcome SET email = '', first_name = '', last_name = '', error = ''
         WHERE run IN (SELECT number FROM run WHERE started_at < ?1)
           AND (email <> '' OR first_name <> '' OR last_name <> '' OR error <> '')",
    )?;
    // What the API said may quote an address.
    changed("UPDATE intent SET message = NULL WHERE run IN (SELECT number FROM run WHERE started_at < ?1)")?;
    let addresses = changed(
        "UPDATE person SET email = NULL
         WHERE email IS NOT NULL AND NOT EXISTS (
           SELECT 1 FROM intent JOIN run ON run.number = intent.run
           WHERE intent.person = person.id AND run.started_at >= ?1)",
    )?;
    let runs = sql
        .execute("UPDATE run SET forgotten_at = ?2 WHERE started_at < ?1 AND forgotten_at IS NULL", (old, Utc(at)))?
        as u64;
    Ok(Forgotten { runs, rows, addresses, in_doubt })
}
