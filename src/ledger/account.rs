//! Accounts: which one a key opens, and how a key joins the account of its clinic.

use rusqlite::{Connection, OptionalExtension};

use super::lock::AccountLock;
use super::writer::Kind;
use super::{AccountId, KeyFingerprint, Ledger, LedgerError};

impl Ledger {
    /// The account that a key opens at an origin; a new one if this ledger has never seen the key there.
    ///
    /// # Errors
    /// [`LedgerError::CannotRecord`].
    pub async fn account(&self, origin: &str, key: &KeyFingerprint) -> Result<AccountId, LedgerError> {
        let (origin, key) = (origin.to_owned(), *key);
        self.ask(Kind::Ask, move |database| account_of(database.sql(), &origin, &key)).await
    }

    /// The account that a key opens at an origin, if this ledger has seen the key there. Writes nothing.
    ///
    /// # Errors
    /// [`LedgerError::CannotRecord`].
    pub async fn known_account(&self, origin: &str, key: &KeyFingerprint) -> Result<Option<AccountId>, LedgerError> {
        let (origin, key) = (origin.to_owned(), *key);
        self.ask(Kind::Ask, move |database| known_account(database.sql(), &origin, &key)).await
    }

    /// Everything by which a run may have locked an account: each of its keys, and its clinic.
    ///
    /// # Errors
    /// [`LedgerError::CannotRecord`].
    pub async fn lock_identities(&self, account: AccountId) -> Result<Vec<String>, LedgerError> {
        self.ask(Kind::Ask, move |database| lock_identities(database.sql(), account)).await
    }

    /// A listing showed the clinic of an account: from now on it is that clinic's account, joined with what the
    /// ledger knew of the clinic through other keys. Use the answer from here on.
    ///
    /// # Errors
    /// [`LedgerError::WrongClinic`] when the account is known as another clinic's; [`LedgerError::CannotRecord`].
    pub async fn join_clinic(&self, account: AccountId, clinic_id: &str) -> Result<AccountId, LedgerError> {
        let clinic_id = clinic_id.to_owned();
        self.ask(Kind::Merge, move |database| join(database.sql(), account, &clinic_id)).await
    }

    /// The clinic of an account, as far as a listing has shown it.
    ///
    /// # Errors
    /// [`LedgerError::CannotRecord`].
    pub async fn clinic(&self, account: AccountId) -> Result<Option<String>, LedgerError> {
        self.ask(Kind::Ask, move |database| {
            let account = current(database.sql(), account)?;
            let mut statement = database.sql().prepare_cached("SELECT clinic_id FROM account WHERE id = ?1")?;
            Ok(statement.query_row([account], |row| row.get(0))?)
        })
        .await
    }

    /// Whether something of ours is surely in this account: then the ledger can stand in for lists that are forbidden.
    ///
    /// # Errors
    /// [`LedgerError::CannotRecord`].
    pub async fn account_is_known(&self, account: AccountId) -> Result<bool, LedgerError> {
        self.ask(Kind::Ask, move |database| {
            let account = current(database.sql(), account)?;
            let mut statement = database
                .sql()
                .prepare_cached("SELECT EXISTS (SELECT 1 FROM intent WHERE account = ?1 AND state = 'confirmed')")?;
            Ok(statement.query_row([account], |row| row.get(0))?)
        })
        .await
    }
}

/// The account that an id stands for now: it may have been joined to another since the id was given out.
pub(super) fn current(sql: &Connection, account: AccountId) -> Result<i64, LedgerError> {
    let mut statement = sql.prepare_cached("SELECT coalesce(merged_into, id) FROM account WHERE id = ?1")?;
    Ok(statement.query_row([account.0], |row| row.get(0))?)
}

fn known_account(sql: &Connection, origin: &str, key: &KeyFingerprint) -> Result<Option<AccountId>, LedgerError> {
    let mut known = sql.prepare_cached("SELECT account FROM api_key WHERE origin = ?1 AND fingerprint = ?2")?;
    Ok(known.query_row((origin, key.0), |row| row.get(0)).optional()?.map(AccountId))
}

fn lock_identities(sql: &Connection, account: AccountId) -> Result<Vec<String>, LedgerError> {
    let account = current(sql, account)?;
    let mut keys = sql.prepare_cached("SELECT origin, fingerprint FROM api_key WHERE account = ?1")?;
    let key = |row: &rusqlite::Row<'_>| {
        let origin: String = row.get(0)?;
        Ok(AccountLock::key_identity(&origin, &KeyFingerprint(row.get(1)?)))
    };
    let mut identities = keys.query_map([account], key)?.collect::<Result<Vec<_>, _>>()?;
    let mut clinic = sql.prepare_cached("SELECT origin, clinic_id FROM account WHERE id = ?1")?;
    let (origin, clinic): (String, Option<String>) =
        clinic.query_row([account], |row| Ok((row.get(0)?, row.get(1)?)))?;
    identities.extend(clinic.map(|clinic| AccountLock::clinic_identity(&origin, &clinic)));
    Ok(identities)
}

fn account_of(sql: &Connection, origin: &str, key: &KeyFingerprint) -> Result<AccountId, LedgerError> {
    if let Some(account) = known_account(sql, origin, key)? {
        return Ok(account);
    }
    sql.execute("INSERT INTO account (origin) VALUES (?1)", [origin])?;
    let account = sql.last_insert_rowid();
    sql.execute("INSERT INTO api_key (origin, fingerprint, account) VALUES (?1, ?2, ?3)", (origin, key.0, account))?;
    Ok(AccountId(account))
}

fn join(sql: &Connection, account: AccountId, clinic_id: &str) -> Result<AccountId, LedgerError> {
    let account = current(sql, account)?;
    let (origin, known): (String, Option<String>) =
        sql.query_row("SELECT origin, clinic_id FROM account WHERE id = ?1", [account], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })?;
    match known {
        Some(known) if known == clinic_id => return Ok(AccountId(account)),
        Some(known) => return Err(LedgerError::WrongClinic { known, shown: clinic_id.to_owned() }),
        None => {}
    }
    let clinics = "SELECT id FROM account WHERE origin = ?1 AND clinic_id = ?2";
    match sql.query_row(clinics, (&origin, clinic_id), |row| row.get(0)).optional()? {
        None => {
            sql.execute("UPDATE account SET clinic_id = ?2 WHERE id = ?1", (account, clinic_id))?;
            Ok(AccountId(account))
        }
        Some(clinic) => {
            merge(sql, account, clinic)?;
            Ok(AccountId(clinic))
        }
    }
}

/// Moves everything of one account into another. The old one stays as a signpost, for ids that are still in use.
fn merge(sql: &Connection, from: i64, into: i64) -> Result<(), LedgerError> {
    for statement in [
        "UPDATE api_key SET account = ?2 WHERE account = ?1",
        "UPDATE run SET account = ?2 WHERE account = ?1",
        "UPDATE intent SET account = ?2 WHERE account = ?1",
        // Signposts to the old one, so that one step always leads to the goal.
        "UPDATE account SET merged_into = ?2 WHERE merged_into = ?1 OR id = ?1",
    ] {
        sql.execute(statement, [from, into])?;
    }
    Ok(())
}
