//! Outcomes: the results of a run's rows, written as they become known, read in the roster's order.

use rusqlite::types::{FromSql, FromSqlResult, ToSql, ToSqlOutput, ValueRef};
use rusqlite::{Connection, Row};

use super::sql::{Count, Utc};
use super::writer::Kind;
use super::{Ledger, LedgerError, RunId, SentInvitation, run};
use crate::outcome::Outcome;
use crate::staff::EmailKey;

impl Ledger {
    /// Writes a row's outcome, in place of an earlier one. Needs no flush of its own: it is on disk with the next
    /// group or within 50 ms. Times are kept to the millisecond.
    ///
    /// # Errors
    /// [`LedgerError::CannotRecord`], once any earlier write has failed.
    pub async fn record(&self, run: &RunId, outcome: Outcome) -> Result<(), LedgerError> {
        let run = *run;
        self.leave(Kind::Record, move |database| write(database.sql(), run, &outcome, Written::Outcome)).await
    }

    /// Outcomes of a run from a place on, in the roster's order, as far as there is no gap: what may be written to
    /// the results file now. A duplicate has the `user_id` of the row that it repeats.
    ///
    /// # Errors
    /// [`LedgerError::CannotRecord`], [`LedgerError::NoSuchRun`].
    pub async fn outcomes(&self, run: &RunId, from_seq: u64, most: usize) -> Result<Vec<Outcome>, LedgerError> {
        let (run, most) = (*run, u64::try_from(most).unwrap_or(u64::MAX));
        let stored = self.ask(Kind::Ask, move |database| read(database.sql(), run, from_seq, most)).await?;
        let whole = |(stored, seq): &(Stored, u64)| stored.outcome.seq == *seq && stored.written == Written::Outcome;
        Ok(stored.into_iter().zip(from_seq..).take_while(whole).map(|(stored, _)| stored.outcome).collect())
    }

    /// The invitations that a run sent or may have sent, in the roster's order, one for each row. Whoever was found to
    /// have been there before is none of them.
    ///
    /// # Errors
    /// [`LedgerError::CannotRecord`], [`LedgerError::NoSuchRun`].
    pub async fn sent_in(&self, run: &RunId) -> Result<Vec<SentInvitation>, LedgerError> {
        let run = *run;
        self.ask(Kind::Ask, move |database| sent(database.sql(), run)).await
    }
}

/// A 400, 409, 413 or 422 was no to our request, so what the lists showed afterwards was not made by it.
const SENT: &str = "
    SELECT intent.seq, intent.user_id, intent.sent_at, person.email,
           coalesce(outcome.place, '') AS place, coalesce(outcome.first_name, '') AS first_name,
           coalesce(outcome.last_name, '') AS last_name
    FROM intent JOIN person ON person.id = intent.person
         LEFT JOIN outcome ON outcome.run = intent.run AND outcome.seq = intent.seq
    WHERE intent.run = ?1 AND intent.state IN ('confirmed', 'open', 'unknown')
      AND coalesce(intent.http_status, 0) NOT IN (400, 409, 413, 422)
    ORDER BY intent.seq, intent.id";

fn sent(sql: &Connection, run: RunId) -> Result<Vec<SentInvitation>, LedgerError> {
    let mut select = sql.prepare_cached(SENT)?;
    let mut all: Vec<SentInvitation> = Vec::new();
    for found in select.query_map([run::number(sql, run)?], sent_invitation)? {
        let found = found?;
        match all.last_mut() {
            // A row that was sent twice, the first time in doubt: its user shows with the second.
            Some(known) if known.seq == found.seq => known.user_id = found.user_id.or(known.user_id.take()),
            _ => all.push(found),
        }
    }
    Ok(all)
}

fn sent_invitation(row: &Row<'_>) -> rusqlite::Result<SentInvitation> {
    let (Count(seq), Utc(sent_at)) = (row.get("seq")?, row.get("sent_at")?);
    Ok(SentInvitation {
        seq,
        row: row.get("place")?,
        email: row.get::<_, Option<String>>("email")?.as_deref().map(EmailKey::of),
        first_name: row.get("first_name")?,
        last_name: row.get("last_name")?,
        user_id: row.get("user_id")?,
        sent_at,
    })
}

/// What a line of the table is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Written {
    /// What became of a row.
    Outcome,
    /// What became of it if the run should be cut off before it has an outcome.
    Note,
}

impl ToSql for Written {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok((*self == Written::Note).into())
    }
}

impl FromSql for Written {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        bool::column_result(value).map(|noted| if noted { Written::Note } else { Written::Outcome })
    }
}

/// A line of the table.
pub(super) struct Stored {
    pub outcome: Outcome,
    pub written: Written,
    /// Of a duplicate: what the line of the row is that it repeats.
    pub original: Option<Written>,
}

pub(super) fn write(sql: &Connection, run: RunId, outcome: &Outcome, written: Written) -> Result<(), LedgerError> {
    let mut insert = sql.prepare_cached(
        "INSERT OR REPLACE INTO outcome (run, seq, place, email, first_name, last_name, status, same_as, user_id,
                                         error_code, error, attempts, http_status, sent_at, noted)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)",
    )?;
    insert.execute((
        run::number(sql, run)?,
        Count(outcome.seq),
        &outcome.row,
        &outcome.email,
        &outcome.first_name,
        &outcome.last_name,
        outcome.status,
        outcome.same_as.map(Count),
        &outcome.user_id,
        &outcome.error_code,
        &outcome.error,
        outcome.attempts,
        outcome.http_status,
        outcome.sent_at.map(Utc),
        written,
    ))?;
    Ok(())
}

pub(super) fn read(sql: &Connection, run: RunId, from_seq: u64, most: u64) -> Result<Vec<Stored>, LedgerError> {
    let run = run::number(sql, run)?;
    let mut select = sql.prepare_cached(
        "SELECT outcome.*, coalesce(outcome.user_id, original.user_id) AS known_user_id, original.noted AS original_noted
         FROM outcome LEFT JOIN outcome AS original ON original.run = outcome.run AND original.seq = outcome.same_as
         WHERE outcome.run = ?1 AND outcome.seq >= ?2 ORDER BY outcome.seq LIMIT ?3",
    )?;
    let stored = select.query_map((run, Count(from_seq), Count(most)), |row| {
        Ok(Stored { outcome: outcome(row)?, written: row.get("noted")?, original: row.get("original_noted")? })
    })?;
    Ok(stored.collect::<Result<_, _>>()?)
}

fn outcome(row: &Row<'_>) -> rusqlite::Result<Outcome> {
    let Count(seq) = row.get("seq")?;
    Ok(Outcome {
        seq,
        row: row.get("place")?,
        email: row.get("email")?,
        first_name: row.get("first_name")?,
        last_name: row.get("last_name")?,
        status: row.get("status")?,
        same_as: row.get::<_, Option<Count>>("same_as")?.map(|Count(seq)| seq),
        user_id: row.get("known_user_id")?,
        error_code: row.get("error_code")?,
        error: row.get("error")?,
        attempts: row.get("attempts")?,
        http_status: row.get("http_status")?,
        sent_at: row.get::<_, Option<Utc>>("sent_at")?.map(|Utc(time)| time),
    })
}
