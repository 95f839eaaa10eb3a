//! Tells a state folder on a network file system, where locks and flushes may not hold.

use std::path::Path;

/// File systems whose files are on another machine.
const NETWORK: &[&str] = &[
    "9p",
    "afs",
    "beegfs",
    "ceph",
    "cifs",
    "coda",
    "davfs",
    "fuse.ceph",
    "fuse.glusterfs",
    "fuse.rclone",
    "fuse.s3fs",
    "fuse.sshfs",
    "glusterfs",
    "gpfs",
    "lustre",
    "ncpfs",
    "nfs",
    "nfs4",
    "pvfs2",
    "smb2",
    "smb3",
    "smbfs",
];

/// The kind of network file system that a folder is on, for a warning; `None` on a local one, or where the platform
/// does not tell.
pub fn network_file_system(state_dir: &Path) -> Option<String> {
    let mounts = std::fs::read_to_string("/proc/self/mounts").ok()?;
    // The folder need not be there yet: its nearest ancestor decides.
    let there = state_dir.ancestors().find_map(|ancestor| ancestor.canonicalize().ok())?;
    kind_of(&mounts, &there)
}

fn kind_of(mounts: &str, folder: &Path) -> Option<String> {
    let mut nearest: Option<(usize, &str)> = None;
    for line in mounts.lines() {
        let mut words = line.split(' ').skip(1);
        let (Some(point), Some(kind)) = (words.next(), words.next()) else { continue };
        let point = unescape(point);
        let depth = Path::new(&point).components().count();
        // Of two mounts on one point the later one hides the earlier.
        if folder.starts_with(&point) && nearest.is_none_or(|(deepest, _)| depth >= deepest) {
            nearest = Some((depth, kind));
        }
    }
    nearest.filter(|(_, kind)| NETWORK.contains(kind)).map(|(_, kind)| kind.to_owned())
}

/// The kernel writes blanks and backslashes as octal.
fn unescape(text: &str) -> String {
    text.replace("\\040", " ").replace("\\011", "\t").replace("\\012", "\n").replace("\\134", "\\")
}

#[cfg(test)]
mod tests {
    use super::*;

    const MOUNTS: &str = "\
/dev/sda1 / ext4 rw 0 0
server:/home /home nfs4 rw 0 0
/dev/sdb1 /home/local ext4 rw 0 0
//server/share /mnt/staff\\040files cifs rw 0 0
";

    #[test]
    fn the_nearest_mount_decides() {
        let kind = |path: &str| kind_of(MOUNTS, Path::new(path));
        assert_eq!(kind("/home/ana/state").as_deref(), Some("nfs4"));
        assert_eq!(kind("/mnt/staff files/state").as_deref(), Some("cifs"));
        assert_eq!(kind("/home/local/state"), None);
        assert_eq!(kind("/homework"), None);
        assert_eq!(kind("/var/lib"), None);
    }
}
