//! Intents: written before a request leaves, closed when its end is known.

use std::time::Duration;

use jiff::Timestamp;
use rusqlite::Connection;

use super::account::current;
use super::database::Database;
use super::sql::{Count, Utc};
use super::writer::Kind;
use super::{Closing, FoundAs, IntentId, Ledger, LedgerError, NewIntent, run};

impl Ledger {
    /// Writes an intent, and comes back when it is durable: only then may the request's first byte leave.
    ///
    /// # Errors
    /// [`LedgerError::CannotRecord`]: nothing may be sent, now or later.
    pub async fn intend(&self, intent: NewIntent) -> Result<IntentId, LedgerError> {
        self.ask(Kind::Intend, move |database| write(database, &intent)).await
    }

    /// Writes how an intent ended. Needs no flush of its own: it is on disk with the next group or within 50 ms, and
    /// if that is lost the intent is in doubt, which is safe.
    ///
    /// What is confirmed stays confirmed, and a confirmation outweighs every other end; otherwise only an intent that
    /// is open or unknown can be closed.
    ///
    /// # Errors
    /// [`LedgerError::CannotRecord`], once any earlier write has failed.
    pub async fn close(&self, intent: IntentId, closing: Closing, at: Timestamp) -> Result<(), LedgerError> {
        self.leave(Kind::Close, move |database| end(database.sql(), intent, &closing, at)).await
    }

    /// Keeps how long after its request an invitation showed in a listing, at most: the shortest that was seen.
    ///
    /// # Errors
    /// [`LedgerError::CannotRecord`], once any earlier write has failed.
    pub async fn showed(&self, intent: IntentId, after: Duration) -> Result<(), LedgerError> {
        let after = milliseconds(after);
        self.leave(Kind::Record, move |database| {
            let mut update = database.sql().prepare_cached(
                "UPDATE intent SET showed_after_ms = min(coalesce(showed_after_ms, ?2), ?2) WHERE id = ?1",
            )?;
            update.execute((intent.0, after))?;
            Ok(())
        })
        .await
    }
}

fn milliseconds(duration: Duration) -> Count {
    Count(u64::try_from(duration.as_millis()).unwrap_or(u64::MAX))
}

fn write(database: &Database, intent: &NewIntent) -> Result<IntentId, LedgerError> {
    let sql = database.sql();
    // The address is filled in again if it had been forgotten: it is in use again.
    let mut person = sql.prepare_cached(
        "INSERT INTO person (fingerprint, email) VALUES (?1, ?2)
         ON CONFLICT (fingerprint) DO UPDATE SET email = excluded.email
         RETURNING id",
    )?;
    let person: i64 =
        person.query_row((database.fingerprint(&intent.person), intent.person.as_str()), |row| row.get(0))?;
    let mut insert = sql.prepare_cached(
        "INSERT INTO intent (account, run, seq, person, content_hash, attempt, sent_at, timeout_ms, lead_ms, field_marks)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
    )?;
    insert.execute((
        current(sql, intent.account)?,
        run::number(sql, intent.run)?,
        Count(intent.seq),
        person,
        intent.content_hash,
        intent.attempt,
        Utc(intent.at),
        milliseconds(intent.timeout),
        milliseconds(intent.lead),
        intent.field_marks,
    ))?;
    Ok(IntentId(sql.last_insert_rowid()))
}

/// A closing, column by column.
#[derive(Default)]
struct Columns<'a> {
    state: &'static str,
    http_status: Option<u16>,
    user_id: Option<&'a str>,
    found: Option<&'static str>,
    error_code: Option<&'a str>,
    message: Option<&'a str>,
}

impl<'a> From<&'a Closing> for Columns<'a> {
    fn from(closing: &'a Closing) -> Self {
        match closing {
            Closing::Confirmed { user_id, http_status, found } => Columns {
                state: "confirmed",
                http_status: *http_status,
                user_id: user_id.as_deref(),
                found: Some(found.word()),
                ..Columns::default()
            },
            Closing::Rejected { http_status, code, message } => Columns {
                state: "rejected",
                http_status: Some(*http_status),
                error_code: Some(code),
                message: Some(message),
                ..Columns::default()
            },
            Closing::NotSent { why } => Columns { state: "not_sent", message: Some(why), ..Columns::default() },
            Closing::Unknown { why, http_status } => {
                Columns { state: "unknown", http_status: *http_status, message: Some(why), ..Columns::default() }
            }
            Closing::Absent => Columns { state: "absent", ..Columns::default() },
        }
    }
}

/// Writes an ending, where it may still be written.
pub(super) fn end(sql: &Connection, intent: IntentId, closing: &Closing, at: Timestamp) -> Result<(), LedgerError> {
    // Looked up in the lists, a row keeps the status of the answer that left it in doubt. The second UPDATE fills in
    // the id of somebody who was confirmed by an entry that showed none.
    let mut update = sql.prepare_cached(
        "UPDATE intent SET state = ?2, closed_at = ?3, http_status = coalesce(?4, http_status), user_id = ?5,
                           found = ?6, error_code = ?7, message = ?8
         WHERE id = ?1 AND state <> 'confirmed' AND (state IN ('open', 'unknown') OR ?2 = 'confirmed')",
    )?;
    let columns = Columns::from(closing);
    let Columns { state, http_status, user_id, found, error_code, message } = columns;
    let changed = update.execute((intent.0, state, Utc(at), http_status, user_id, found, error_code, message))?;
    if changed == 0 && user_id.is_some() {
        let mut fill = sql.prepare_cached(
            "UPDATE intent SET user_id = ?2 WHERE id = ?1 AND state = 'confirmed' AND user_id IS NULL",
        )?;
        fill.execute((intent.0, user_id))?;
    }
    Ok(())
}

impl FoundAs {
    pub(super) const fn word(self) -> &'static str {
        match self {
            FoundAs::Answer => "answer",
            FoundAs::Invitation => "invitation",
            FoundAs::User => "user",
            FoundAs::Word => "word",
        }
    }
}
