//! What the ledger knows of people, and which intents are in doubt.
//!
//! The rule: a confirmation settles every intent of that person up to itself; an intent without a known end that is
//! newer than the newest confirmation is a doubt; a refusal counts only for somebody with neither. So an invitation
//! that may have gone out is never hidden by what happened to another attempt, and somebody who was once invited is
//! never again taken for new.

use std::time::Duration;

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row};

use super::account::current;
use super::database::Database;
use super::sql::{Count, Utc};
use super::writer::Kind;
use super::{
    AccountId, Closing, Control, DoubtfulIntent, FoundAs, IntentId, Known, Ledger, LedgerError, Settlement, ShortId,
    intent, run,
};
use crate::staff::EmailKey;

impl Ledger {
    /// What is known of each of these people in an account, in their order.
    ///
    /// # Errors
    /// [`LedgerError::CannotRecord`].
    pub async fn known(&self, account: AccountId, people: Vec<EmailKey>) -> Result<Vec<Option<Known>>, LedgerError> {
        self.ask(Kind::Ask, move |database| {
            let account = current(database.sql(), account)?;
            people.iter().map(|person| known(database, account, person)).collect()
        })
        .await
    }

    /// Keeps that a person has been told what the roster says now of somebody who was invited with other details.
    ///
    /// # Errors
    /// [`LedgerError::CannotRecord`], once any earlier write has failed.
    pub async fn told(&self, account: AccountId, email: EmailKey, hash: [u8; 32]) -> Result<(), LedgerError> {
        self.leave(Kind::Record, move |database| {
            let (account, Some(person)) = (current(database.sql(), account)?, database.person(&email)?) else {
                return Ok(());
            };
            let sql = format!("UPDATE intent SET told_hash = ?3 WHERE id = (SELECT id FROM ({SETTLED}))");
            database.sql().prepare_cached(&sql)?.execute((account, person, hash))?;
            Ok(())
        })
        .await
    }

    /// Every intent of an account whose end is not known, the oldest first.
    ///
    /// # Errors
    /// [`LedgerError::CannotRecord`].
    pub async fn in_doubt(&self, account: AccountId) -> Result<Vec<DoubtfulIntent>, LedgerError> {
        self.ask(Kind::Ask, move |database| {
            let account = current(database.sql(), account)?;
            let mut statement = database.sql().prepare_cached(&accounts_doubts())?;
            Ok(statement.query_map([account], doubtful)?.collect::<Result<_, _>>()?)
        })
        .await
    }

    /// The same of every account in this ledger, each with its account.
    ///
    /// # Errors
    /// [`LedgerError::CannotRecord`].
    pub async fn in_doubt_anywhere(&self) -> Result<Vec<(AccountId, DoubtfulIntent)>, LedgerError> {
        self.ask(Kind::Ask, |database| {
            let mut statement = database.sql().prepare_cached(&format!("{IN_DOUBT} ORDER BY intent.id"))?;
            Ok(statement.query_map([], doubtful_in)?.collect::<Result<_, _>>()?)
        })
        .await
    }

    /// The invitations of an account that were confirmed last, the newest first: what a listing has to show before it
    /// is believed. What only a person said is left out.
    ///
    /// # Errors
    /// [`LedgerError::CannotRecord`].
    pub async fn last_confirmed(&self, account: AccountId, most: u32) -> Result<Vec<Control>, LedgerError> {
        self.ask(Kind::Ask, move |database| {
            let account = current(database.sql(), account)?;
            let mut statement = database.sql().prepare_cached(CONTROLS)?;
            Ok(statement.query_map((account, most), control)?.collect::<Result<_, _>>()?)
        })
        .await
    }

    /// Settles a doubt by a person's word, and gives back what was in doubt.
    ///
    /// # Errors
    /// [`LedgerError::NotInDoubt`] where nothing in doubt has this id; [`LedgerError::CannotRecord`].
    pub async fn resolve(
        &self,
        short_id: &str,
        settlement: Settlement,
        at: Timestamp,
    ) -> Result<DoubtfulIntent, LedgerError> {
        let short_id = short_id.to_owned();
        self.ask(Kind::Ask, move |database| resolve(database.sql(), &short_id, settlement, at)).await
    }

    /// The intent in doubt that has this short id, and its account.
    ///
    /// # Errors
    /// [`LedgerError::NotInDoubt`], [`LedgerError::CannotRecord`].
    pub async fn find_doubt(&self, short_id: &str) -> Result<(AccountId, DoubtfulIntent), LedgerError> {
        let short_id = short_id.to_owned();
        self.ask(Kind::Ask, move |database| find(database.sql(), &short_id)).await
    }
}

/// Intents in doubt, with what a [`DoubtfulIntent`] holds of them; further conditions may follow.
pub(super) const IN_DOUBT: &str = "
    SELECT intent.*, run.id AS run_id, person.email
    FROM intent JOIN run ON run.number = intent.run JOIN person ON person.id = intent.person
    WHERE intent.state IN ('open', 'unknown') AND NOT EXISTS (
      SELECT 1 FROM intent AS later
      WHERE later.account = intent.account AND later.person = intent.person AND later.id > intent.id
        AND later.state = 'confirmed')";

fn accounts_doubts() -> String {
    format!("{IN_DOUBT} AND intent.account = ?1 ORDER BY intent.id")
}

fn persons_doubt() -> String {
    format!("{IN_DOUBT} AND intent.account = ?1 AND intent.person = ?2 ORDER BY intent.id LIMIT 1")
}

/// Confirmations of the API's own, the newest first. Somebody found after a refusal was there before our request, nobody
/// knows since when.
const CONTROLS: &str = "
    SELECT intent.id, email, user_id, sent_at, closed_at, showed_after_ms FROM intent JOIN person ON person.id = intent.person
    WHERE account = ?1 AND state = 'confirmed' AND found <> 'word'
      AND (found = 'answer' OR coalesce(http_status, 0) NOT IN (400, 409, 413, 422))
    ORDER BY closed_at DESC, intent.id DESC LIMIT ?2";

/// The newest settled intent of a person that counts. 'confirmed' sorts before 'rejected': whoever was once invited is
/// never again taken for refused.
const SETTLED: &str = "
    SELECT intent.*, run.id AS run_id FROM intent JOIN run ON run.number = intent.run
    WHERE intent.account = ?1 AND person = ?2 AND state IN ('confirmed', 'rejected')
    ORDER BY state, intent.id DESC LIMIT 1";

fn doubtful(row: &Row<'_>) -> rusqlite::Result<DoubtfulIntent> {
    let id = IntentId(row.get("id")?);
    let (Count(seq), Count(timeout), Count(lead)) = (row.get("seq")?, row.get("timeout_ms")?, row.get("lead_ms")?);
    let Utc(at) = row.get("sent_at")?;
    Ok(DoubtfulIntent {
        id,
        short_id: ShortId::of(id),
        run: run::id_from(row, "run_id")?,
        seq,
        email: row.get::<_, Option<String>>("email")?.as_deref().map(EmailKey::of),
        content_hash: row.get("content_hash")?,
        attempt: row.get("attempt")?,
        at,
        lead: Duration::from_millis(lead),
        timeout: Duration::from_millis(timeout),
        closed_at: row.get::<_, Option<Utc>>("closed_at")?.map(|Utc(time)| time),
        http_status: row.get("http_status")?,
        why: row.get::<_, Option<String>>("message")?.unwrap_or_default(),
    })
}

fn doubtful_in(row: &Row<'_>) -> rusqlite::Result<(AccountId, DoubtfulIntent)> {
    Ok((AccountId(row.get("account")?), doubtful(row)?))
}

fn control(row: &Row<'_>) -> rusqlite::Result<Control> {
    let (Utc(sent_at), Utc(confirmed_at)) = (row.get("sent_at")?, row.get("closed_at")?);
    let showed_after: Option<Count> = row.get("showed_after_ms")?;
    Ok(Control {
        intent: IntentId(row.get("id")?),
        email: row.get::<_, Option<String>>("email")?.as_deref().map(EmailKey::of),
        user_id: row.get("user_id")?,
        sent_at,
        confirmed_at,
        showed_after: showed_after.map(|Count(ms)| Duration::from_millis(ms)),
    })
}

pub(super) fn known(database: &Database, account: i64, email: &EmailKey) -> Result<Option<Known>, LedgerError> {
    let Some(person) = database.person(email)? else { return Ok(None) };
    let sql = database.sql();
    let mut doubt = sql.prepare_cached(&persons_doubt())?;
    if let Some(doubt) = doubt.query_row((account, person), doubtful).optional()? {
        return Ok(Some(Known::InDoubt(Box::new(doubt))));
    }
    let mut settled = sql.prepare_cached(SETTLED)?;
    Ok(settled.query_row((account, person), settled_as).optional()?)
}

fn settled_as(row: &Row<'_>) -> rusqlite::Result<Known> {
    let Utc(at) = row.get("closed_at")?;
    let content_hash = row.get("content_hash")?;
    if row.get::<_, String>("state")? == "confirmed" {
        return Ok(Known::Confirmed {
            user_id: row.get("user_id")?,
            content_hash,
            field_marks: row.get("field_marks")?,
            told_hash: row.get("told_hash")?,
            at,
            run: run::id_from(row, "run_id")?,
        });
    }
    let text = |column: &str| Ok::<_, rusqlite::Error>(row.get::<_, Option<String>>(column)?.unwrap_or_default());
    Ok(Known::Rejected {
        content_hash,
        code: text("error_code")?,
        message: text("message")?,
        at,
        http_status: row.get("http_status")?,
    })
}

fn find(sql: &Connection, short_id: &str) -> Result<(AccountId, DoubtfulIntent), LedgerError> {
    let not_in_doubt = || LedgerError::NotInDoubt { id: short_id.to_owned() };
    let intent = ShortId::intent(short_id).ok_or_else(not_in_doubt)?;
    let mut statement = sql.prepare_cached(&format!("{IN_DOUBT} AND intent.id = ?1"))?;
    statement.query_row([intent.0], doubtful_in).optional()?.ok_or_else(not_in_doubt)
}

fn resolve(
    sql: &Connection,
    short_id: &str,
    settlement: Settlement,
    at: Timestamp,
) -> Result<DoubtfulIntent, LedgerError> {
    let (_, doubt) = find(sql, short_id)?;
    let closing = match settlement {
        Settlement::Sent => Closing::Confirmed { user_id: None, http_status: None, found: FoundAs::Word },
        Settlement::NotSent => Closing::Absent,
    };
    intent::end(sql, doubt.id, &closing, at)?;
    Ok(doubt)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::place;

    #[test]
    fn no_question_reads_through_all_intents() {
        let database = place::in_memory().unwrap();
        for question in [accounts_doubts(), persons_doubt(), CONTROLS.to_owned(), SETTLED.to_owned()] {
            let mut plan = database.sql().prepare(&format!("EXPLAIN QUERY PLAN {question}")).unwrap();
            for parameter in 1..=plan.parameter_count() {
                plan.raw_bind_parameter(parameter, 1).unwrap();
            }
            let steps: Vec<String> =
                plan.raw_query().mapped(|row| row.get("detail")).collect::<Result<_, _>>().unwrap();
            assert!(!steps.iter().any(|step| step.starts_with("SCAN")), "{question}\n{steps:#?}");
        }
    }
}
