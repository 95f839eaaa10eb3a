//! Rows that are noted before a run's first send, so that a run that is cut off still knows every row of its roster.

use rusqlite::{Connection, OptionalExtension, Row};

use super::database::Database;
use super::rows::{self, Written};
use super::sql::{Count, Utc};
use super::writer::Kind;
use super::{Fate, Known, Ledger, LedgerError, RowRequest, RunId, RunRow, doubt, run};
use crate::outcome::{Outcome, Status};
use crate::staff::EmailKey;

impl Ledger {
    /// Notes rows with what became of them if the run should be cut off before they have an outcome. An outcome takes its
    /// note's place.
    ///
    /// # Errors
    /// [`LedgerError::CannotRecord`], once any earlier write has failed.
    pub async fn note(&self, run: &RunId, rows: Vec<Outcome>) -> Result<(), LedgerError> {
        let run = *run;
        let write = move |sql: &Connection| rows.iter().try_for_each(|row| rows::write(sql, run, row, Written::Note));
        self.leave(Kind::Record, move |database| write(database.sql())).await
    }

    /// Every row of a run from a place on, in the roster's order: its outcome, or its note and what is known of its
    /// request.
    ///
    /// # Errors
    /// [`LedgerError::CannotRecord`], [`LedgerError::NoSuchRun`].
    pub async fn rows(&self, run: &RunId, from_seq: u64, most: usize) -> Result<Vec<RunRow>, LedgerError> {
        let (run, most) = (*run, u64::try_from(most).unwrap_or(u64::MAX));
        self.ask(Kind::Ask, move |database| read(database, run, from_seq, most)).await
    }
}

fn read(database: &Database, run: RunId, from_seq: u64, most: u64) -> Result<Vec<RunRow>, LedgerError> {
    let stored = rows::read(database.sql(), run, from_seq, most)?;
    stored.into_iter().map(|stored| run_row(database, run, stored)).collect()
}

fn run_row(database: &Database, run: RunId, stored: rows::Stored) -> Result<RunRow, LedgerError> {
    let sql = database.sql();
    let rows::Stored { mut outcome, written, original } = stored;
    // The id of a row that is only noted is known by its request.
    if let (Some(seq), Some(Written::Note)) = (outcome.same_as, original) {
        outcome.user_id = request(sql, run, seq)?.and_then(|request| request.user_id);
    }
    Ok(match written {
        Written::Outcome => RunRow::Ended(outcome),
        Written::Note => {
            let request = match request(sql, run, outcome.seq)? {
                Some(request) => Some(request),
                None if outcome.status == Status::NotSent => earlier_doubt(database, run, &outcome)?,
                None => None,
            };
            RunRow::CutOff { note: outcome, request }
        }
    })
}

/// Nothing left for a row in this run, but an earlier run may have invited the person: that is not "not sent".
fn earlier_doubt(database: &Database, run: RunId, note: &Outcome) -> Result<Option<RowRequest>, LedgerError> {
    let sql = database.sql();
    let mut account = sql.prepare_cached("SELECT account FROM run WHERE number = ?1")?;
    let account: i64 = account.query_row([run::number(sql, run)?], |row| row.get(0))?;
    let Some(Known::InDoubt(doubt)) = doubt::known(database, account, &EmailKey::of(&note.email))? else {
        return Ok(None);
    };
    let why = format!("an earlier run ended before it was known: {}", doubt.why);
    let why = why.trim_end_matches([':', ' ']).to_owned();
    let fate = Fate::Unknown { why };
    Ok(Some(RowRequest { fate, user_id: None, attempts: 0, http_status: doubt.http_status, sent_at: doubt.at }))
}

/// The last request that left, or may have left, for a row; one that was confirmed goes before all. A doubt is settled by
/// a later confirmation of the same person.
const REQUEST: &str = "
    SELECT intent.*, later.id AS later, later.user_id AS later_user_id,
           (SELECT count(*) FROM intent AS sent
            WHERE sent.run = intent.run AND sent.seq = intent.seq AND sent.state <> 'not_sent') AS sends
    FROM intent LEFT JOIN intent AS later ON later.id = (
      SELECT max(settled.id) FROM intent AS settled
      WHERE settled.account = intent.account AND settled.person = intent.person AND settled.id > intent.id
        AND settled.state = 'confirmed')
    WHERE intent.run = ?1 AND intent.seq = ?2 AND intent.state <> 'not_sent'
    ORDER BY intent.state = 'confirmed' DESC, intent.id DESC LIMIT 1";

fn request(sql: &Connection, run: RunId, seq: u64) -> Result<Option<RowRequest>, LedgerError> {
    let mut select = sql.prepare_cached(REQUEST)?;
    Ok(select.query_row((run::number(sql, run)?, Count(seq)), row_request).optional()?)
}

fn row_request(row: &Row<'_>) -> rusqlite::Result<RowRequest> {
    let Utc(sent_at) = row.get("sent_at")?;
    let http_status: Option<u16> = row.get("http_status")?;
    let text = |column: &str| Ok::<_, rusqlite::Error>(row.get::<_, Option<String>>(column)?.unwrap_or_default());
    // The answer was no to our request, so what the lists showed afterwards was not made by it.
    let refused = matches!(http_status, Some(400 | 409 | 413 | 422));
    let fate = match row.get::<_, String>("state")?.as_str() {
        "confirmed" if !refused => Fate::Invited,
        "confirmed" => Fate::WasThere,
        "rejected" => Fate::Rejected { code: text("error_code")?, message: text("message")? },
        "absent" => Fate::Absent,
        _ if row.get::<_, Option<i64>>("later")?.is_some() => Fate::WasThere,
        _ => Fate::Unknown { why: text("message")? },
    };
    let user_id: Option<String> = match fate {
        Fate::Invited => row.get("user_id")?,
        Fate::WasThere => row.get::<_, Option<String>>("user_id")?.or(row.get("later_user_id")?),
        Fate::Rejected { .. } | Fate::Absent | Fate::Unknown { .. } => None,
    };
    Ok(RowRequest { fate, user_id, attempts: row.get("sends")?, http_status, sent_at })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::place;

    #[test]
    fn a_rows_request_is_found_by_index() {
        let database = place::in_memory().unwrap();
        let mut plan = database.sql().prepare(&format!("EXPLAIN QUERY PLAN {REQUEST}")).unwrap();
        let steps: Vec<String> =
            plan.query_map((1, 1), |row| row.get("detail")).unwrap().collect::<Result<_, _>>().unwrap();
        assert!(!steps.iter().any(|step| step.starts_with("SCAN")), "{steps:#?}");
    }
}
