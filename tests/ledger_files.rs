//! The ledger's folder and files: who may read them, what is refused, what survives.
#![cfg(unix)]

mod ledger_support;

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;
use std::process::Command;

use avara_onboard::ledger::{FILE_NAME, Known, Ledger, LedgerError, LedgerErrorKind, default_state_dir};
use ledger_support::{account, at, begin, intent, invite, outcome, person};

/// A ledger with one person invited and one in doubt, closed again.
async fn made(folder: &Path) {
    let ledger = Ledger::open(folder).unwrap();
    let key = account(&ledger, "key").await;
    let run = begin(&ledger, key, at(0)).await;
    invite(&ledger, run, key, 1).await;
    ledger.intend(intent(run, key, 2)).await.unwrap();
}

fn refusal(folder: &Path) -> LedgerError {
    match Ledger::open(folder) {
        Ok(_) => panic!("{} was opened", folder.display()),
        Err(error) => error,
    }
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

/// Not a test of its own: run in a process whose umask its parent has set.
#[tokio::test]
async fn a_temporary_ledger_works_and_leaves_nothing() {
    let ledger = Ledger::temporary().unwrap();
    let key = account(&ledger, "key").await;
    let run = begin(&ledger, key, at(0)).await;
    invite(&ledger, run, key, 1).await;
    ledger.record(&run, outcome(0)).await.unwrap();
    assert_eq!(ledger.outcomes(&run, 0, 10).await.unwrap(), [outcome(0)]);
    drop(ledger);
    let next = Ledger::temporary().unwrap();
    let key = account(&next, "key").await;
    assert_eq!(next.known(key, vec![person(1)]).await.unwrap(), [None]);
}

#[tokio::test]
async fn child_makes_a_ledger() {
    let Some(folder) = std::env::var_os("LEDGER_TEST_FOLDER") else { return };
    let ledger = Ledger::open(Path::new(&folder)).unwrap();
    let key = account(&ledger, "key").await;
    let run = begin(&ledger, key, at(0)).await;
    invite(&ledger, run, key, 1).await;
    ledger.record(&run, outcome(0)).await.unwrap();
    ledger.flush().await.unwrap();
    for entry in fs::read_dir(&folder).unwrap().chain(fs::read_dir(Path::new(&folder).join("locks")).unwrap()) {
        let path = entry.unwrap().path();
        let expected = if path.is_dir() { 0o700 } else { 0o600 };
        assert_eq!(mode(&path), expected, "{}", path.display());
    }
    assert!(Path::new(&folder).join("ledger.sqlite3-wal").exists());
}

#[test]
fn files_are_private_whatever_the_umask() {
    for umask in ["000", "077", "777"] {
        let parent = tempfile::tempdir().unwrap();
        let folder = parent.path().join("state");
        let status = Command::new("sh")
            .args(["-c", &format!("umask {umask}; exec \"$0\" --exact child_makes_a_ledger")])
            .arg(std::env::current_exe().unwrap())
            .env("LEDGER_TEST_FOLDER", &folder)
            .output()
            .unwrap();
        assert!(status.status.success(), "{}", String::from_utf8_lossy(&status.stdout));
        assert_eq!(mode(&folder), 0o700);
        assert_eq!(mode(&folder.join(FILE_NAME)), 0o600);
    }
}

#[tokio::test]
async fn a_file_that_was_open_to_others_is_closed_to_them_and_a_folder_keeps_its_mode() {
    let folder = tempfile::tempdir().unwrap();
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
    made(folder.path()).await;
    let file = folder.path().join(FILE_NAME);
    fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
    Ledger::open(folder.path()).unwrap();
    assert_eq!((mode(&file), mode(folder.path())), (0o600, 0o755));
}

/// Not a test of its own: run in a process with an environment that its parent has set.
#[test]
fn child_says_where_its_state_is() {
    if std::env::var_os("LEDGER_TEST_SAY").is_some() {
        println!("\nstate {:?}", default_state_dir());
    }
}

#[test]
fn the_state_folder_follows_the_convention() {
    let said = |variables: &[(&str, &str)]| {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args(["--exact", "child_says_where_its_state_is", "--nocapture"]);
        let output = command.env_clear().env("LEDGER_TEST_SAY", "1").envs(variables.iter().copied()).output().unwrap();
        String::from_utf8(output.stdout).unwrap().lines().find(|line| line.starts_with("state ")).unwrap().to_owned()
    };
    if cfg!(target_os = "linux") {
        let (home, state) = (("HOME", "/home/ana"), ("XDG_STATE_HOME", "/var/ana"));
        assert_eq!(said(&[home]), r#"state Some("/home/ana/.local/state/avara-onboard")"#);
        assert_eq!(said(&[home, state]), r#"state Some("/var/ana/avara-onboard")"#);
    }
}

#[tokio::test]
async fn a_folder_several_levels_down_is_made() {
    let parent = tempfile::tempdir().unwrap();
    let folder = parent.path().join("a/b/state");
    made(&folder).await;
    assert_eq!(mode(&folder), 0o700);
    assert_eq!(mode(&parent.path().join("a")), 0o700);
}

#[test]
fn what_is_no_place_for_a_ledger_is_refused_by_name() {
    let parent = tempfile::tempdir().unwrap();
    let at = |name: &str| parent.path().join(name);
    fs::write(at("file"), "").unwrap();
    fs::create_dir(at("real")).unwrap();
    symlink(at("real"), at("link")).unwrap();
    for name in ["file", "link", "file/below"] {
        let error = refusal(&at(name));
        assert_eq!(error.kind(), LedgerErrorKind::Usage, "{error}");
        assert!(error.to_string().contains(name) && error.hint().contains("--state-dir"), "{error}");
    }

    for (name, make) in [
        ("folder", (|path: &Path| fs::create_dir(path).unwrap()) as fn(&Path)),
        ("link", |path| symlink("/dev/null", path).unwrap()),
    ] {
        for file in [FILE_NAME, "ledger.sqlite3-wal", "ledger.sqlite3-shm"] {
            let state = at(&format!("state-{name}-{file}"));
            fs::create_dir(&state).unwrap();
            make(&state.join(file));
            let error = refusal(&state);
            assert_eq!(error.kind(), LedgerErrorKind::Usage, "{error}");
            assert!(error.to_string().contains(file), "{error}");
        }
    }
}

#[tokio::test]
async fn a_newer_ledger_is_refused_and_left_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    made(folder.path()).await;
    let file = folder.path().join(FILE_NAME);
    let client = rusqlite::Connection::open(&file).unwrap();
    client.pragma_update(None, "user_version", 99).unwrap();
    drop(client);
    let before = fs::read(&file).unwrap();
    let error = refusal(folder.path());
    assert!(matches!(error, LedgerError::Newer { found: 99, .. }), "{error}");
    assert_eq!(error.kind(), LedgerErrorKind::Machine);
    assert_eq!(fs::read(&file).unwrap(), before);
}

#[test]
fn another_programs_database_is_refused_and_left_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join(FILE_NAME);
    rusqlite::Connection::open(&file).unwrap().execute_batch("CREATE TABLE notes (text TEXT)").unwrap();
    let before = fs::read(&file).unwrap();
    let error = refusal(folder.path());
    assert!(matches!(error, LedgerError::Place { .. }), "{error}");
    assert_eq!(fs::read(&file).unwrap(), before);
}

#[tokio::test]
async fn a_damaged_ledger_is_refused_with_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    made(folder.path()).await;
    let file = folder.path().join(FILE_NAME);
    let whole = fs::read(&file).unwrap();
    let mut damages = vec![b"seven".to_vec(), vec![b'x'; whole.len()]];
    // Cut off inside the header, after it, in the middle, one page short.
    damages.extend([60, 100, whole.len() / 2, whole.len() - 4096].map(|length| whole[..length].to_vec()));
    // Each page but the first overwritten: tables, indexes, rows. (Nothing checks the first page's unused tail.)
    damages.extend((1..whole.len() / 4096).map(|page| {
        let mut bytes = whole.clone();
        bytes[page * 4096..(page + 1) * 4096].fill(0xA5);
        bytes
    }));
    for (number, damage) in damages.into_iter().enumerate() {
        fs::write(&file, damage).unwrap();
        let error = refusal(folder.path());
        assert!(matches!(error, LedgerError::Damaged { .. }), "{number}: {error}");
        assert!(error.hint().contains("backup"));
        assert_eq!(error.kind(), LedgerErrorKind::Machine);
    }
    fs::write(&file, whole).unwrap();
    Ledger::open(folder.path()).unwrap();
}

#[test]
fn an_empty_file_beside_a_log_is_damage_and_not_a_new_ledger() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("ledger.sqlite3-wal"), "a log of something").unwrap();
    assert!(matches!(refusal(folder.path()), LedgerError::Damaged { .. }));
    assert_eq!(fs::read(folder.path().join("ledger.sqlite3-wal")).unwrap(), b"a log of something");
}

#[tokio::test]
async fn an_empty_file_alone_is_damage_too() {
    let folder = tempfile::tempdir().unwrap();
    made(folder.path()).await;
    for name in [FILE_NAME, "ledger.sqlite3-wal"] {
        // The log may be gone with the last run.
        let _ = fs::write(folder.path().join(name), "");
    }
    let error = refusal(folder.path());
    assert!(matches!(&error, LedgerError::Damaged { why, .. } if why.contains("empty")), "{error}");
    assert_eq!(fs::read(folder.path().join(FILE_NAME)).unwrap(), b"");
}

#[tokio::test]
async fn what_a_start_that_was_cut_off_has_left_is_made_anew() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("ledger.sqlite3.new"), "half of a ledger").unwrap();
    made(folder.path()).await;
    assert!(!folder.path().join("ledger.sqlite3.new").exists());
}

/// The files as they were on the disk at some moment, with how many intents had been acknowledged by then.
struct Synced {
    acknowledged: u64,
    database: Vec<u8>,
    log: Vec<u8>,
}

/// Writes intents one by one, past the size at which SQLite starts the log over, and keeps the files of many moments.
async fn history(folder: &Path) -> Vec<Synced> {
    let ledger = Ledger::open(folder).unwrap();
    let key = account(&ledger, "key").await;
    let run = begin(&ledger, key, at(0)).await;
    let mut history = Vec::new();
    for number in 0..400 {
        ledger.intend(intent(run, key, number)).await.unwrap();
        if number % 23 == 0 {
            history.push(Synced {
                acknowledged: number + 1,
                database: fs::read(folder.join(FILE_NAME)).unwrap(),
                log: fs::read(folder.join("ledger.sqlite3-wal")).unwrap(),
            });
        }
    }
    history
}

/// How many intents a ledger restored from these files knows; they must be the first ones, without a gap.
async fn recovered(database: &[u8], log: &[u8]) -> Result<u64, LedgerError> {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join(FILE_NAME), database).unwrap();
    fs::write(folder.path().join("ledger.sqlite3-wal"), log).unwrap();
    let ledger = Ledger::open(folder.path())?;
    let doubts = ledger.in_doubt(account(&ledger, "key").await).await?;
    assert!(doubts.iter().zip(0..).all(|(doubt, seq)| doubt.seq == seq), "a gap in what was recovered");
    Ok(doubts.len() as u64)
}

#[tokio::test]
async fn after_a_power_cut_whatever_was_acknowledged_is_there() {
    let folder = tempfile::tempdir().unwrap();
    let history = history(folder.path()).await;
    assert!(history.windows(2).any(|pair| pair[0].database != pair[1].database), "the log never started over");
    for (synced, later) in history.iter().zip(history.iter().skip(1)) {
        assert!(recovered(&synced.database, &synced.log).await.unwrap() >= synced.acknowledged);
        // Torn while the next groups were being written: any part of the later log, or nonsense, behind what was synced.
        let is_same_log = later.database == synced.database && later.log.len() > synced.log.len();
        let torn = if is_same_log { later.log[synced.log.len()..].to_vec() } else { vec![0xA5; 9_000] };
        for cut in [1, 24, torn.len() / 3, torn.len() - 1] {
            let log = [&synced.log, &torn[..cut]].concat();
            assert!(recovered(&synced.database, &log).await.unwrap() >= synced.acknowledged, "cut at {cut}");
        }
    }
}

#[tokio::test]
async fn files_cut_back_further_than_any_power_cut_are_recovered_without_a_gap_or_refused() {
    let folder = tempfile::tempdir().unwrap();
    let history = history(folder.path()).await;
    for synced in history.iter().step_by(3) {
        for tenth in 0..10 {
            let log = &synced.log[..synced.log.len() * tenth / 10];
            let database = &synced.database[..synced.database.len() * (10 - tenth) / 10];
            // A refusal is right, and so is less than there was; a panic, a gap or a half read row is not.
            for (database, log) in [(&synced.database[..], log), (database, &synced.log[..])] {
                match recovered(database, log).await {
                    Ok(intents) => assert!(intents <= synced.acknowledged),
                    Err(error) => assert_eq!(error.kind(), LedgerErrorKind::Machine, "{error}"),
                }
            }
        }
    }
}

#[tokio::test]
async fn any_sqlite_client_reads_it_during_a_run() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = Ledger::open(folder.path()).unwrap();
    let key = account(&ledger, "key").await;
    let run = begin(&ledger, key, at(0)).await;
    invite(&ledger, run, key, 1).await;
    ledger.flush().await.unwrap();
    let client = rusqlite::Connection::open(folder.path().join(FILE_NAME)).unwrap();
    let row: (String, String, String) = client
        .query_row("SELECT email, state, sent_at FROM intent JOIN person ON person.id = intent.person", [], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?))
        })
        .unwrap();
    assert_eq!(row, ("person1@example.org".into(), "confirmed".into(), format!("{:.3}", at(1_001))));
    let known = ledger.known(key, vec![person(1)]).await.unwrap();
    assert!(matches!(known[0], Some(Known::Confirmed { .. })));
    let bytes = fs::read(folder.path().join(FILE_NAME)).unwrap();
    assert!(!bytes.windows(3).any(|window| window == b"key "), "the key is nowhere");
}
