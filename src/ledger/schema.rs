//! The tables, their versions, and the way from an older version to this one.
//!
//! The SQL below is what `.schema` shows in any SQLite client, comments included, so that the ledger explains itself.

use rusqlite::{Connection, TransactionBehavior};

/// Marks the file as ours (`AVOB`), so that another program's database is never migrated.
pub(super) const APPLICATION_ID: i32 = 0x4156_4F42;

/// One step a version: the step at index `n` leads from version `n` to `n + 1`. Never changed once released, only added to.
const STEPS: &[&str] = &[VERSION_1, VERSION_2, VERSION_3];

const VERSION_1: &str = "
CREATE TABLE secret (            -- one row, made with the ledger
  salt BLOB NOT NULL             -- goes before an address when it is fingerprinted
);
INSERT INTO secret (salt) VALUES (randomblob(32));

CREATE TABLE account (           -- an AutoScribe account: an origin and a clinic, or a key until its clinic shows
  id          INTEGER PRIMARY KEY,
  origin      TEXT NOT NULL,     -- scheme, host and port of the API
  clinic_id   TEXT,              -- as a listing showed it; NULL until then
  merged_into INTEGER REFERENCES account (id),  -- turned out to be that account: everything is there now
  UNIQUE (origin, clinic_id)
);

CREATE TABLE api_key (           -- which account a key opens; keys rotate, the account stays
  origin      TEXT NOT NULL,
  fingerprint BLOB NOT NULL,     -- SHA-256 of the key; never the key
  account     INTEGER NOT NULL REFERENCES account (id),
  PRIMARY KEY (origin, fingerprint)
) WITHOUT ROWID;
CREATE INDEX api_key_by_account ON api_key (account);

CREATE TABLE run (               -- one start of the program that may send
  number       INTEGER PRIMARY KEY,
  id           TEXT NOT NULL UNIQUE,   -- UUID of version 7
  account      INTEGER NOT NULL REFERENCES account (id),
  command      TEXT NOT NULL,
  roster_name  TEXT NOT NULL,
  roster_hash  BLOB NOT NULL,          -- SHA-256 of the roster's bytes
  results_path TEXT,
  started_at   TEXT NOT NULL,          -- every time is RFC 3339, UTC, to the millisecond
  ended_at     TEXT,                   -- NULL: at work, or killed
  exit_code    INTEGER,
  tool_version TEXT NOT NULL,
  row_count    INTEGER,                -- data rows in the roster
  forgotten_at TEXT                    -- when names, addresses and values were erased
);
CREATE INDEX run_by_account ON run (account);

CREATE TABLE person (            -- somebody an invitation was or may have been sent to
  id          INTEGER PRIMARY KEY,
  fingerprint BLOB NOT NULL UNIQUE,    -- SHA-256 of the salt and the lower-case address
  email       TEXT                     -- the lower-case address; NULL once forgotten
);

CREATE TABLE intent (            -- one request that was about to leave; written before its first byte
  id            INTEGER PRIMARY KEY,
  account       INTEGER NOT NULL REFERENCES account (id),
  run           INTEGER NOT NULL REFERENCES run (number),
  seq           INTEGER NOT NULL,      -- the row's place among the roster's data rows, from 0
  person        INTEGER NOT NULL REFERENCES person (id),
  content_hash  BLOB NOT NULL,         -- SHA-256 of what was sent
  attempt       INTEGER NOT NULL,      -- from 1
  sent_at       TEXT NOT NULL,
  timeout_ms    INTEGER NOT NULL,      -- so long after sent_at an answer was waited for
  state         TEXT NOT NULL DEFAULT 'open'
                CHECK (state IN ('open', 'confirmed', 'rejected', 'not_sent', 'unknown', 'absent')),
  closed_at     TEXT,
  http_status   INTEGER,               -- of the answer; NULL: there was none
  user_id       TEXT,
  found         TEXT CHECK (found IN ('answer', 'invitation', 'user', 'word')),
  error_code    TEXT,
  message       TEXT                   -- what the API said or what happened; NULL once forgotten
);
CREATE INDEX intent_by_person ON intent (person, account);
CREATE INDEX intent_by_run ON intent (run);
CREATE INDEX intent_in_doubt ON intent (account) WHERE state IN ('open', 'unknown');
CREATE INDEX intent_confirmed ON intent (account, closed_at) WHERE state = 'confirmed';

CREATE TABLE outcome (           -- the one result of a data row: a line of the results file
  run         INTEGER NOT NULL REFERENCES run (number),
  seq         INTEGER NOT NULL,        -- the row's place among the roster's data rows, from 0
  place       TEXT NOT NULL,           -- where a person finds the row: 17, Staff!17
  email       TEXT NOT NULL,           -- blank once forgotten, likewise the names and the error
  first_name  TEXT NOT NULL,
  last_name   TEXT NOT NULL,
  status      TEXT NOT NULL,           -- the word of the results file
  same_as     INTEGER,                 -- a duplicate: the seq of the row that it repeats
  user_id     TEXT,
  error_code  TEXT NOT NULL,
  error       TEXT NOT NULL,
  attempts    INTEGER NOT NULL,
  http_status INTEGER,
  sent_at     TEXT,
  PRIMARY KEY (run, seq)
) WITHOUT ROWID;
";

/// Every row of a roster is known before the first is sent, and how soon an invitation showed outlasts the run.
const VERSION_2: &str = "
ALTER TABLE outcome ADD COLUMN noted INTEGER NOT NULL -- 1: noted before the first send, in case the run is cut off
  DEFAULT 0;
ALTER TABLE intent ADD COLUMN lead_ms INTEGER NOT NULL -- its request left within so long of sent_at, or not at all
  DEFAULT 0;
ALTER TABLE intent ADD COLUMN showed_after_ms -- so long after sent_at, at most, a list showed the invitation
  INTEGER;
DROP INDEX intent_by_run;
CREATE INDEX intent_by_row ON intent (run, seq);
";

/// Which details of somebody have changed, and that a person has been told.
const VERSION_3: &str = "
ALTER TABLE intent ADD COLUMN field_marks BLOB; -- a byte for each field of what was sent; NULL: nobody kept them
ALTER TABLE intent ADD COLUMN told_hash BLOB;   -- SHA-256 of what the roster said when a change was last told
";

/// What a database turns out to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Found {
    /// Nothing is in it yet.
    New,
    /// A ledger of this or an older version.
    Ledger { version: usize },
    /// A newer version's.
    Newer { found: i64, known: i64 },
    /// Another program's database.
    Foreign,
}

/// Looks at a database without changing it.
pub(super) fn look(connection: &Connection) -> rusqlite::Result<Found> {
    look_for(connection, STEPS.len())
}

fn look_for(connection: &Connection, known: usize) -> rusqlite::Result<Found> {
    let version: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    let application: i32 = connection.pragma_query_value(None, "application_id", |row| row.get(0))?;
    let tables: i64 = connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    Ok(match (application, usize::try_from(version)) {
        (0, Ok(0)) if tables == 0 => Found::New,
        (APPLICATION_ID, Ok(version @ 1..)) if version <= known => Found::Ledger { version },
        (APPLICATION_ID, Ok(1..)) => Found::Newer { found: version, known: i64::try_from(known).unwrap_or(i64::MAX) },
        _ => Found::Foreign,
    })
}

/// Brings a database, new or old, to the current version; what is newer or not ours is left as it is.
pub(super) fn migrate(connection: &mut Connection) -> rusqlite::Result<Found> {
    migrate_by(connection, STEPS)
}

fn migrate_by(connection: &mut Connection, steps: &[&str]) -> rusqlite::Result<Found> {
    // Immediate, and looked at inside: of two processes that start at once, one migrates and the other sees it done.
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let found = look_for(&transaction, steps.len())?;
    let done = match found {
        Found::New => 0,
        Found::Ledger { version } => version,
        Found::Newer { .. } | Found::Foreign => return Ok(found),
    };
    for (index, step) in steps.iter().enumerate().skip(done) {
        transaction.execute_batch(step)?;
        transaction.pragma_update(None, "user_version", i64::try_from(index + 1).unwrap_or(i64::MAX))?;
    }
    transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
    transaction.commit()?;
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_older_version_is_led_to_the_newest_with_its_rows() {
        let steps = [
            "CREATE TABLE a (x INTEGER); INSERT INTO a VALUES (7);",
            "ALTER TABLE a ADD COLUMN y INTEGER;",
            "UPDATE a SET y = x + 1;",
        ];
        for from in 1..=steps.len() {
            let mut connection = Connection::open_in_memory().unwrap();
            migrate_by(&mut connection, &steps[..from]).unwrap();
            migrate_by(&mut connection, &steps).unwrap();
            assert_eq!(look_for(&connection, steps.len()).unwrap(), Found::Ledger { version: steps.len() });
            let row: (i64, i64) =
                connection.query_row("SELECT x, y FROM a", [], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
            assert_eq!(row, (7, 8));
        }
    }

    #[test]
    fn a_ledger_of_version_1_keeps_its_outcomes_and_none_becomes_a_note() {
        let mut connection = Connection::open_in_memory().unwrap();
        migrate_by(&mut connection, &STEPS[..1]).unwrap();
        connection
            .execute_batch(
                "INSERT INTO account (id, origin) VALUES (1, 'https://api.example.test');
                 INSERT INTO run (number, id, account, command, roster_name, roster_hash, started_at, tool_version)
                 VALUES (1, 'r', 1, 'invite', 'staff.csv', x'07', '2026-03-02T10:00:00.000Z', '0.1.0');
                 INSERT INTO outcome (run, seq, place, email, first_name, last_name, status, error_code, error, attempts)
                 VALUES (1, 0, '2', 'ana@example.org', 'Ana', 'Ruiz', 'invited', '', '', 1);",
            )
            .unwrap();
        migrate(&mut connection).unwrap();
        let row = connection.query_row("SELECT email, noted FROM outcome", [], |row| Ok((row.get(0)?, row.get(1)?)));
        assert_eq!(row.unwrap(), ("ana@example.org".to_owned(), false));
    }

    #[test]
    fn a_step_that_fails_leaves_the_older_version_whole() {
        let mut connection = Connection::open_in_memory().unwrap();
        migrate_by(&mut connection, &["CREATE TABLE a (x INTEGER)"]).unwrap();
        let broken = ["", "ALTER TABLE a ADD COLUMN y INTEGER; SELECT nonsense"];
        migrate_by(&mut connection, &broken).unwrap_err();
        let version: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0)).unwrap();
        assert_eq!(version, 1);
        connection.prepare("SELECT y FROM a").unwrap_err();
    }

    #[test]
    fn a_newer_version_and_another_programs_database_are_left_alone() {
        let mut newer = Connection::open_in_memory().unwrap();
        migrate_by(&mut newer, &["CREATE TABLE a (x)", "CREATE TABLE b (x)"]).unwrap();
        assert_eq!(migrate_by(&mut newer, &["CREATE TABLE a (x)"]).unwrap(), Found::Newer { found: 2, known: 1 });

        let mut foreign = Connection::open_in_memory().unwrap();
        foreign.execute_batch("CREATE TABLE notes (text TEXT)").unwrap();
        assert_eq!(migrate(&mut foreign).unwrap(), Found::Foreign);
        let tables: i64 = foreign.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0)).unwrap();
        assert_eq!(tables, 1);
    }

    #[test]
    fn the_schema_carries_its_own_explanation() {
        let mut connection = Connection::open_in_memory().unwrap();
        migrate(&mut connection).unwrap();
        let mut statement = connection.prepare("SELECT name, sql FROM sqlite_schema WHERE type = 'table'").unwrap();
        let tables = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
        for table in tables {
            let (name, sql): (String, String) = table.unwrap();
            assert!(sql.contains("--"), "{name} has no comment");
        }
    }
}
