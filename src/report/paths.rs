//! Where our files go, and what is never overwritten.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

use super::ReportError;

/// Where the results go unless it was said: `ROSTER-STEM.results.YYYYMMDD-HHMMSS.csv` beside the roster, a number added
/// if that is taken, in the current folder if the roster's cannot be written.
pub fn default_results(roster: &Path, now: &jiff::ZonedDateTime) -> PathBuf {
    default_path(roster, "results", "csv", now, can_be_written)
}

/// Where the rejects go unless it was said: as [`default_results`], `xlsx` for a workbook and `csv` for a text file.
pub fn default_rejects(roster: &Path, now: &jiff::ZonedDateTime, extension: &str) -> PathBuf {
    default_path(roster, "rejects", extension, now, can_be_written)
}

/// Where `revoke` writes what became of a run's invitations unless it was said: as [`default_results`].
pub fn default_revoked(roster: &Path, now: &jiff::ZonedDateTime) -> PathBuf {
    default_path(roster, "revoked", "csv", now, can_be_written)
}

fn default_path(
    roster: &Path,
    what: &str,
    extension: &str,
    now: &jiff::ZonedDateTime,
    can_be_written: impl Fn(&Path) -> bool,
) -> PathBuf {
    let beside = roster.parent().unwrap_or(Path::new(""));
    let time = now.strftime("%Y%m%d-%H%M%S");
    let named = |number: u32| {
        let mut name: OsString = roster.file_stem().unwrap_or("roster".as_ref()).to_owned();
        name.push(match number {
            1 => format!(".{what}.{time}.{extension}"),
            _ => format!(".{what}.{time}-{number}.{extension}"),
        });
        name
    };
    let folder = if can_be_written(beside) { beside } else { Path::new("") };
    let free = |path: &PathBuf| path.symlink_metadata().is_err();
    (1..1000).map(|number| folder.join(named(number))).find(free).unwrap_or_else(|| folder.join(named(1000)))
}

fn can_be_written(folder: &Path) -> bool {
    probe(folder).is_ok()
}

/// Tried, not read off the permissions: a mount may be read-only, and an administrator may do everything.
fn probe(folder: &Path) -> io::Result<()> {
    let probe = folder.join(format!(".avara-onboard-{}", std::process::id()));
    match private().create_new(true).open(&probe) {
        Ok(_) => fs::remove_file(&probe),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(error),
    }
}

/// Refuses what [`refuse_special`] and [`refuse_roster`] refuse, and a file that cannot be written: to be called before
/// anything is read, for every file that was named. Changes nothing.
///
/// # Errors
/// All of them [usage errors](ReportError::is_usage).
pub fn check_output(path: &Path, roster: &Path) -> Result<(), ReportError> {
    refuse_special(path)?;
    refuse_roster(path, roster)?;
    let tried = match path.exists() {
        true => OpenOptions::new().append(true).open(path).map(drop),
        false => probe(path.parent().unwrap_or(Path::new(""))),
    };
    tried.map_err(|source| ReportError::Unwritable { path: path.to_owned(), source })
}

/// Two names of one file, also where it is not there yet.
pub fn same_place(one: &Path, other: &Path) -> bool {
    let place = |path: &Path| {
        let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
        let folder = absolute.parent().map(|parent| parent.canonicalize().unwrap_or_else(|_| parent.to_owned()));
        (folder, absolute.file_name().map(ToOwned::to_owned))
    };
    place(one) == place(other)
}

/// Takes a file of its own for a default name: of two runs that begin in the same second, one takes the next number.
///
/// # Errors
/// When no file can be made there.
pub fn reserve(name: impl Fn() -> PathBuf) -> Result<PathBuf, ReportError> {
    loop {
        let path = name();
        match private().create_new(true).open(&path) {
            Ok(_) => return Ok(path),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(source) => return Err(ReportError::Unwritable { path, source }),
        }
    }
}

/// Refuses a path where something stands that is not a plain file: a folder, a link, a device.
///
/// # Errors
/// [`ReportError::Special`], naming what stands there.
pub fn refuse_special(path: &Path) -> Result<(), ReportError> {
    let Ok(found) = path.symlink_metadata() else {
        return Ok(()); // nothing there, or nothing to be known of it: creating it will say
    };
    let kind = found.file_type();
    let what = match () {
        () if kind.is_file() => return Ok(()),
        () if kind.is_dir() => "a folder",
        () if kind.is_symlink() => "a link to another file",
        () => "a device or a pipe",
    };
    Err(ReportError::Special { path: path.to_owned(), what })
}

/// Refuses a path that names the roster, by whatever way: it would be overwritten before it has been read.
///
/// # Errors
/// [`ReportError::Roster`].
pub fn refuse_roster(path: &Path, roster: &Path) -> Result<(), ReportError> {
    match (path.canonicalize(), roster.canonicalize()) {
        (Ok(ours), Ok(theirs)) if ours == theirs || is_same_file(&ours, &theirs) => {
            Err(ReportError::Roster { path: path.to_owned() })
        }
        _ => Ok(()),
    }
}

/// Two names of one file (hard links).
#[cfg(unix)]
fn is_same_file(one: &Path, other: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    match (one.metadata(), other.metadata()) {
        (Ok(one), Ok(other)) => (one.dev(), one.ino()) == (other.dev(), other.ino()),
        _ => false,
    }
}

#[cfg(not(unix))]
fn is_same_file(_: &Path, _: &Path) -> bool {
    false
}

/// Creates a file that only its owner can read, or empties the one that stands there.
pub(super) fn create_private(path: &Path) -> Result<File, ReportError> {
    refuse_special(path)?;
    let opened = private().create(true).truncate(true).open(path).and_then(|file| {
        make_private(&file)?; // one that stood there keeps its permissions otherwise
        Ok(file)
    });
    opened.map_err(|error| ReportError::write(path, error))
}

/// Writes a whole file that only its owner can read, in the place of the one that stands there.
///
/// # Errors
/// When it cannot be written.
pub fn write_private(path: &Path, content: &[u8]) -> Result<(), ReportError> {
    use std::io::Write;
    let mut file = create_private(path)?;
    file.write_all(content).and_then(|()| file.sync_all()).map_err(|error| ReportError::write(path, error))
}

/// Opens a file to write at its end; a new one only its owner can read.
pub(super) fn append_private(path: &Path) -> io::Result<File> {
    private().append(true).create(true).open(path)
}

#[cfg(unix)]
fn private() -> OpenOptions {
    use std::os::unix::fs::OpenOptionsExt;
    let mut options = OpenOptions::new();
    options.write(true).mode(0o600);
    options
}

#[cfg(not(unix))]
fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true);
    options
}

#[cfg(unix)]
fn make_private(file: &File) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    file.set_permissions(fs::Permissions::from_mode(0o600))
}

#[cfg(not(unix))]
fn make_private(_: &File) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at_half_past_one() -> jiff::ZonedDateTime {
        jiff::civil::datetime(2026, 11, 23, 1, 30, 5, 0).to_zoned_datetime(jiff::tz::TimeZone::UTC).unwrap()
    }

    #[test]
    fn the_name_has_stem_and_time_and_a_number_if_taken() {
        let folder = tempfile::tempdir().unwrap();
        let roster = folder.path().join("staff.2026.xlsx");
        let first = default_results(&roster, &at_half_past_one());
        assert_eq!(first, folder.path().join("staff.2026.results.20261123-013005.csv"));
        File::create(&first).unwrap();
        let second = default_results(&roster, &at_half_past_one());
        assert_eq!(second, folder.path().join("staff.2026.results.20261123-013005-2.csv"));
        let rejects = default_rejects(&roster, &at_half_past_one(), "xlsx");
        assert_eq!(rejects, folder.path().join("staff.2026.rejects.20261123-013005.xlsx"));
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "the probe is gone");
    }

    #[test]
    fn a_folder_that_cannot_be_written_yields_to_the_current_one() {
        let path = default_path(Path::new("/archive/staff.csv"), "results", "csv", &at_half_past_one(), |_| false);
        assert_eq!(path, Path::new("staff.results.20261123-013005.csv"));
        assert!(!can_be_written(Path::new("no such folder")));
    }

    #[test]
    fn folders_and_links_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        assert!(refuse_special(&file).is_ok());
        File::create(&file).unwrap();
        assert!(refuse_special(&file).is_ok());
        assert!(refuse_special(folder.path()).unwrap_err().to_string().contains("is a folder"));
        #[cfg(unix)]
        {
            let link = folder.path().join("link");
            std::os::unix::fs::symlink(&file, &link).unwrap();
            assert!(refuse_special(&link).unwrap_err().is_usage());
            assert!(refuse_special(Path::new("/dev/null")).unwrap_err().to_string().contains("a device"));
        }
    }

    #[test]
    fn an_output_is_tried_without_being_touched() {
        let folder = tempfile::tempdir().unwrap();
        let roster = folder.path().join("staff.csv");
        let there = folder.path().join("results.csv");
        fs::write(&there, "old").unwrap();
        assert!(check_output(&there, &roster).is_ok());
        assert_eq!(fs::read_to_string(&there).unwrap(), "old");
        assert!(check_output(&folder.path().join("new.csv"), &roster).is_ok());
        assert!(check_output(&folder.path().join("no/such/folder.csv"), &roster).unwrap_err().is_usage());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "nothing is left behind");
    }

    #[test]
    fn the_roster_is_never_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        let roster = folder.path().join("staff.csv");
        File::create(&roster).unwrap();
        let round_about = folder.path().join(".").join("staff.csv");
        assert!(refuse_roster(&round_about, &roster).unwrap_err().is_usage());
        let hard_link = folder.path().join("other.csv");
        fs::hard_link(&roster, &hard_link).unwrap();
        #[cfg(unix)]
        assert!(refuse_roster(&hard_link, &roster).is_err());
        assert!(refuse_roster(&folder.path().join("results.csv"), &roster).is_ok());
    }

    #[cfg(unix)]
    #[test]
    fn our_files_are_for_their_owner_alone_also_where_one_stood() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("results.csv");
        fs::write(&path, "old").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        create_private(&path).unwrap();
        assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(path.metadata().unwrap().len(), 0);
    }
}
