//! Where the ledger lies: the state folder, its files, and opening them without harm.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

use rusqlite::{Connection, OpenFlags};

use super::LedgerError;
use super::database::Database;
use super::schema::{self, Found};

/// The ledger's file in the state folder.
pub const FILE_NAME: &str = "ledger.sqlite3";
/// SQLite's write-ahead log beside it.
const LOG_NAME: &str = "ledger.sqlite3-wal";
/// What a new ledger is called until it is whole.
const NEW_NAME: &str = "ledger.sqlite3.new";
/// The folder of the locks in the state folder.
pub(super) const LOCKS: &str = "locks";
/// The first version of SQLite without the fault that loses a commit when the log starts over.
const SQLITE_NEEDED: i32 = 3_051_003;
/// Up to this size a ledger is read through at every start.
const READ_THROUGH: u64 = 64 << 20;

/// The state folder by the platform's convention: `$XDG_STATE_HOME` or `~/.local/state`, `~/Library/Application Support`,
/// `AppData\Local`.
///
/// `None` where there is none, for instance without a home: a folder has to be named then.
pub fn default_state_dir() -> Option<PathBuf> {
    use etcetera::BaseStrategy;
    let strategy = etcetera::base_strategy::choose_native_strategy().ok()?;
    // On Windows the data folder may roam from machine to machine, and a ledger with its locks must not.
    let elsewhere = || if cfg!(windows) { strategy.cache_dir() } else { strategy.data_dir() };
    let base = strategy.state_dir().unwrap_or_else(elsewhere);
    Some(base.join("avara-onboard"))
}

/// Opens the ledger of a state folder, made if it is not there.
pub(super) fn open(state_dir: &Path) -> Result<Database, LedgerError> {
    check_sqlite()?;
    make_folder(state_dir)?;
    make_folder(&state_dir.join(LOCKS))?;
    // Of fifty processes that start at once, one makes the file, sets its mode and its tables; the others come after.
    let _opening = opening(state_dir)?;
    let path = state_dir.join(FILE_NAME);
    let log = file_len(&state_dir.join(LOG_NAME))?;
    refuse_what_is_no_file(&path)?;
    if log == 0 && !path.exists() {
        make(&path)?;
    }
    let size = file_len(&path)?;
    check_start(&path)?;
    open_private(&path).map_err(|error| LedgerError::io(&path, &error))?;
    let mut connection = Connection::open_with_flags(&path, OpenFlags::SQLITE_OPEN_READ_WRITE)
        .map_err(|error| unreadable(&path, &error))?;
    // A log that was left behind means that a run was killed, or that one is at work.
    let read_through = size <= READ_THROUGH || log > 0;
    prepare(&path, &mut connection, read_through)?;
    Database::new(connection).map_err(|error| LedgerError::Damaged { path, why: error.to_string() })
}

/// Sets a connection up, step by step; what is not ours is left before anything in it is changed.
fn prepare(path: &Path, connection: &mut Connection, read_through: bool) -> Result<(), LedgerError> {
    let failed = |error| unreadable(path, &error);
    Database::set_up(connection).map_err(failed)?;
    must_be_ours(path, schema::look(connection).map_err(failed)?)?;
    if read_through {
        let report: String = connection.query_row("PRAGMA quick_check(1)", [], |row| row.get(0)).map_err(failed)?;
        if report != "ok" {
            return Err(LedgerError::Damaged { path: path.to_owned(), why: report.replace('\n', " ") });
        }
    }
    // With a write-ahead log a reader (somebody with a SQLite client) never holds us up.
    let mode: String =
        connection.pragma_update_and_check(None, "journal_mode", "WAL", |row| row.get(0)).map_err(failed)?;
    if mode != "wal" {
        return Err(LedgerError::place(path, format!("its journal stays in mode {mode}")));
    }
    must_be_ours(path, schema::migrate(connection).map_err(failed)?)
}

fn must_be_ours(path: &Path, found: Found) -> Result<(), LedgerError> {
    match found {
        Found::New | Found::Ledger { .. } => Ok(()),
        Found::Newer { found, known } => Err(LedgerError::Newer { path: path.to_owned(), found, known }),
        Found::Foreign => Err(LedgerError::place(path, "the file is another program's database")),
    }
}

/// One that is gone with its process. When it grows, SQLite keeps it in a file without a name, which no other process can
/// open; a million rows would not fit in memory.
pub(super) fn temporary() -> Result<Database, LedgerError> {
    let mut connection = Connection::open("")?;
    Database::set_up(&connection)?;
    // Nothing of it is to outlast the process, so nothing waits for the disk.
    connection.pragma_update(None, "synchronous", "OFF")?;
    schema::migrate(&mut connection)?;
    Database::new(connection)
}

/// The same without files.
pub(super) fn in_memory() -> Result<Database, LedgerError> {
    let mut connection = Connection::open_in_memory()?;
    Database::set_up(&connection)?;
    schema::migrate(&mut connection)?;
    Database::new(connection)
}

fn check_sqlite() -> Result<(), LedgerError> {
    if rusqlite::version_number() < SQLITE_NEEDED {
        return Err(LedgerError::OldSqlite { found: rusqlite::version().to_owned() });
    }
    Ok(())
}

/// A lock held while a ledger is opened. Waits: nobody holds it for longer than that takes.
fn opening(state_dir: &Path) -> Result<File, LedgerError> {
    let path = state_dir.join(LOCKS).join("opening.lock");
    let file = open_private(&path).map_err(|error| LedgerError::io(&path, &error))?;
    file.lock().map_err(|error| LedgerError::io(&path, &error))?;
    Ok(file)
}

/// Makes a folder that only its owner can enter. One that is there already keeps its mode: it may be somebody else's.
pub(super) fn make_folder(path: &Path) -> Result<(), LedgerError> {
    match fs::symlink_metadata(path) {
        Ok(found) if found.is_dir() => return Ok(()),
        Ok(found) => return Err(LedgerError::place(path, format!("it is {}, not a folder", what_it_is(&found)))),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(LedgerError::io(path, &error)),
    }
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    let missing: Vec<_> = path.ancestors().take_while(|folder| !folder.exists()).collect();
    builder.create(path).map_err(|error| LedgerError::io(path, &error))?;
    // A umask can also take the owner's own bits away.
    #[cfg(unix)]
    fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(0o700))
        .map_err(|error| LedgerError::io(path, &error))?;
    // The ledger in it is worth nothing if the folder itself is gone after a power cut.
    missing.into_iter().try_for_each(|folder| keep_entry(folder).map_err(|error| LedgerError::io(folder, &error)))
}

/// Nothing is followed and nothing special is written to. The files beside the ledger get its mode from SQLite.
fn refuse_what_is_no_file(path: &Path) -> Result<(), LedgerError> {
    for name in [FILE_NAME, LOG_NAME, NEW_NAME, "ledger.sqlite3-shm", "ledger.sqlite3-journal"] {
        let path = path.with_file_name(name);
        match fs::symlink_metadata(&path) {
            Ok(found) if found.is_file() => {}
            Ok(found) => return Err(LedgerError::place(&path, format!("it is {}, not a file", what_it_is(&found)))),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(LedgerError::io(&path, &error)),
        }
    }
    Ok(())
}

/// Makes a new ledger under another name, and gives it its own when it is whole: one that is empty was not made so.
fn make(path: &Path) -> Result<(), LedgerError> {
    let new = path.with_file_name(NEW_NAME);
    let failed = |error: io::Error| LedgerError::io(&new, &error);
    // What a start that was cut off has left.
    match fs::remove_file(&new) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(failed(error)),
        _ => {}
    }
    let file = open_private(&new).map_err(failed)?;
    let mut connection = Connection::open_with_flags(&new, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    // In memory: a journal of a file that is thrown away when it is not whole helps nobody.
    connection.pragma_update_and_check(None, "journal_mode", "MEMORY", |_| Ok(()))?;
    schema::migrate(&mut connection)?;
    connection.close().map_err(|(_, error)| error)?;
    file.sync_all().map_err(failed)?;
    fs::rename(&new, path).map_err(failed)?;
    keep_entry(path).map_err(|error| LedgerError::io(path, &error))
}

/// Opens a file for reading and writing, made with mode 0600 whatever the umask; nothing in it is touched.
pub(super) fn open_private(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options.open(path)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        // A umask can only take bits away, also the owner's own; and an older file may be open to others.
        if file.metadata()?.permissions().mode() & 0o777 != 0o600 {
            file.set_permissions(fs::Permissions::from_mode(0o600))?;
        }
    }
    Ok(file)
}

/// Flushes the folder that something is in, so that what was just made is still there after a power cut.
fn keep_entry(path: &Path) -> io::Result<()> {
    #[cfg(unix)]
    if let Some(folder) = path.parent() {
        let here = folder.as_os_str().is_empty();
        File::open(if here { Path::new(".") } else { folder })?.sync_all()?;
    }
    Ok(())
}

fn file_len(path: &Path) -> Result<u64, LedgerError> {
    match fs::symlink_metadata(path) {
        Ok(found) => Ok(found.len()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(0),
        Err(error) => Err(LedgerError::io(path, &error)),
    }
}

fn what_it_is(found: &fs::Metadata) -> &'static str {
    let kind = found.file_type();
    if kind.is_symlink() {
        "a symbolic link"
    } else if kind.is_dir() {
        "a folder"
    } else if kind.is_file() {
        "a file"
    } else {
        "a device or a pipe"
    }
}

/// Looks at the file before SQLite does: SQLite takes an empty one for a new database, and drops the log beside it.
fn check_start(path: &Path) -> Result<(), LedgerError> {
    use io::Read;
    const MAGIC: &[u8] = b"SQLite format 3\0";
    let damaged = |why: &str| Err(LedgerError::Damaged { path: path.to_owned(), why: why.to_owned() });
    let mut start = Vec::with_capacity(MAGIC.len());
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return damaged("it is gone, and its log is not"),
        Err(error) => return Err(LedgerError::io(path, &error)),
    };
    file.take(MAGIC.len() as u64).read_to_end(&mut start).map_err(|error| LedgerError::io(path, &error))?;
    match start.as_slice() {
        MAGIC => Ok(()),
        [] => damaged("it is empty, and no run leaves it so"),
        _ => damaged("it does not begin like an SQLite file"),
    }
}

/// Sorts what SQLite says on opening: the file is damaged, or the system does not let us.
fn unreadable(path: &Path, error: &rusqlite::Error) -> LedgerError {
    use rusqlite::ErrorCode::{CannotOpen, DatabaseCorrupt, NotADatabase, PermissionDenied, ReadOnly};
    match error.sqlite_error_code() {
        Some(DatabaseCorrupt | NotADatabase) => LedgerError::Damaged { path: path.to_owned(), why: error.to_string() },
        Some(CannotOpen | PermissionDenied | ReadOnly) => LedgerError::place(path, error),
        _ => LedgerError::CannotRecord { why: error.to_string() },
    }
}
