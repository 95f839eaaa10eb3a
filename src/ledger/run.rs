//! Runs: their beginning, their end, and finding them again.

use rusqlite::{Connection, OptionalExtension, Row};

use super::account::current;
use super::database::Database;
use super::sql::{Count, Utc};
use super::writer::Kind;
use super::{AccountId, Ledger, LedgerError, NewRun, RunFilter, RunId, RunSummary};
use crate::outcome::Status;

impl Ledger {
    /// Writes down that a run begins.
    ///
    /// # Errors
    /// [`LedgerError::CannotRecord`].
    pub async fn begin_run(&self, run: NewRun) -> Result<RunId, LedgerError> {
        self.ask(Kind::Ask, move |database| begin(database.sql(), &run)).await
    }

    /// Writes down that a run has ended by itself, after everything it has handed in.
    ///
    /// # Errors
    /// [`LedgerError::CannotRecord`].
    pub async fn end_run(&self, run: &RunId, ended_at: jiff::Timestamp, exit_code: u8) -> Result<(), LedgerError> {
        let run = *run;
        self.ask(Kind::Ask, move |database| {
            let mut end =
                database.sql().prepare_cached("UPDATE run SET ended_at = ?2, exit_code = ?3 WHERE id = ?1")?;
            end.execute((run.to_string(), Utc(ended_at), exit_code))?;
            Ok(())
        })
        .await
    }

    /// Past runs, the newest first.
    ///
    /// # Errors
    /// [`LedgerError::CannotRecord`].
    pub async fn runs(&self, filter: RunFilter) -> Result<Vec<RunSummary>, LedgerError> {
        self.ask(Kind::Ask, move |database| list(database, filter)).await
    }

    /// The one run whose id begins like this.
    ///
    /// # Errors
    /// [`LedgerError::NoSuchRun`], [`LedgerError::AmbiguousRun`], [`LedgerError::CannotRecord`].
    pub async fn find_run(&self, prefix: &str) -> Result<RunSummary, LedgerError> {
        let prefix = prefix.trim().to_ascii_lowercase();
        self.ask(Kind::Ask, move |database| find(database.sql(), prefix)).await
    }
}

/// The number by which other tables name a run.
pub(super) fn number(sql: &Connection, run: RunId) -> Result<i64, LedgerError> {
    let mut statement = sql.prepare_cached("SELECT number FROM run WHERE id = ?1")?;
    let number = statement.query_row([run.to_string()], |row| row.get(0)).optional()?;
    number.ok_or_else(|| LedgerError::NoSuchRun { prefix: run.to_string() })
}

/// Reads a run's id from a column.
pub(super) fn id_from(row: &Row<'_>, column: &str) -> rusqlite::Result<RunId> {
    let text: String = row.get(column)?;
    uuid::Uuid::parse_str(&text)
        .map(RunId)
        .map_err(|error| rusqlite::Error::FromSqlConversionFailure(0, rusqlite::types::Type::Text, Box::new(error)))
}

fn begin(sql: &Connection, run: &NewRun) -> Result<RunId, LedgerError> {
    let id = RunId::new(run.started_at);
    let mut insert = sql.prepare_cached(
        "INSERT INTO run (id, account, command, roster_name, roster_hash, results_path, started_at, tool_version, row_count)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
    )?;
    insert.execute((
        id.to_string(),
        current(sql, run.account)?,
        &run.command,
        &run.roster_name,
        run.roster_hash,
        run.results_path.as_ref().map(|path| path.to_string_lossy()),
        Utc(run.started_at),
        &run.tool_version,
        run.rows.map(Count),
    ))?;
    Ok(id)
}

const SUMMARY: &str = "
    SELECT run.*, account.origin, account.clinic_id
    FROM run JOIN account ON account.id = run.account";

fn list(database: &Database, filter: RunFilter) -> Result<Vec<RunSummary>, LedgerError> {
    let sql = database.sql();
    let account = filter.account.map(|account| current(sql, account)).transpose()?;
    let mut statement = sql.prepare_cached(&format!(
        "{SUMMARY} WHERE ?1 IS NULL OR run.account = ?1 ORDER BY run.started_at DESC, run.number DESC LIMIT ?2"
    ))?;
    let runs = statement.query_map((account, filter.most), summary)?.collect::<Result<Vec<_>, _>>()?;
    runs.into_iter().map(|run| with_outcomes(sql, run)).collect()
}

fn find(sql: &Connection, prefix: String) -> Result<RunSummary, LedgerError> {
    // Compared by length, not by LIKE: a typed % or _ means itself.
    let mut statement =
        sql.prepare_cached(&format!("{SUMMARY} WHERE substr(run.id, 1, length(?1)) = ?1 AND ?1 <> '' LIMIT 2"))?;
    let mut runs = statement.query_map([&prefix], summary)?.collect::<Result<Vec<_>, _>>()?;
    match (runs.pop(), runs.is_empty()) {
        (None, _) => Err(LedgerError::NoSuchRun { prefix }),
        (Some(run), true) => with_outcomes(sql, run),
        (Some(_), false) => {
            let count = "SELECT count(*) FROM run WHERE substr(id, 1, length(?1)) = ?1";
            let Count(count) = sql.query_row(count, [&prefix], |row| row.get(0))?;
            Err(LedgerError::AmbiguousRun { prefix, count })
        }
    }
}

fn summary(row: &Row<'_>) -> rusqlite::Result<(i64, RunSummary)> {
    let time = |column: &str| Ok::<_, rusqlite::Error>(row.get::<_, Option<Utc>>(column)?.map(|Utc(time)| time));
    let Utc(started_at) = row.get("started_at")?;
    let run = RunSummary {
        id: id_from(row, "id")?,
        account: AccountId(row.get("account")?),
        origin: row.get("origin")?,
        clinic_id: row.get("clinic_id")?,
        command: row.get("command")?,
        roster_name: row.get("roster_name")?,
        roster_hash: row.get("roster_hash")?,
        results_path: row.get::<_, Option<String>>("results_path")?.map(Into::into),
        started_at,
        ended_at: time("ended_at")?,
        exit_code: row.get("exit_code")?,
        tool_version: row.get("tool_version")?,
        rows: row.get::<_, Option<Count>>("row_count")?.map(|Count(rows)| rows),
        outcomes: Vec::new(),
        forgotten_at: time("forgotten_at")?,
    };
    Ok((row.get("number")?, run))
}

fn with_outcomes(sql: &Connection, (number, mut run): (i64, RunSummary)) -> Result<RunSummary, LedgerError> {
    let mut statement =
        sql.prepare_cached("SELECT status, count(*) FROM outcome WHERE run = ?1 AND NOT noted GROUP BY status")?;
    let counts = statement.query_map([number], |row| {
        let Count(rows) = row.get(1)?;
        Ok((row.get::<_, Status>(0)?, rows))
    })?;
    run.outcomes = counts.collect::<Result<_, _>>()?;
    run.outcomes.sort_by_key(|&(status, _)| Status::ALL.iter().position(|&each| each == status));
    Ok(run)
}
