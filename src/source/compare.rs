//! When a file on disk is what the index says, without reading it.

use rustix::fs::{FileType, Stat};

use super::index::{EXECUTABLE, Entry, LINK, REGULAR, Stamp};
use crate::context::FileKind;

/// Whether git's record of a file still holds. A file modified no earlier than the index was
/// written may have changed again unnoticed ("racily clean"), and doesn't count.
pub fn is_unchanged(entry: &Entry, stat: &Stat, written: Stamp) -> bool {
    let modified = stamp(stat.st_mtime, stat.st_mtime_nsec);
    kind_is(entry, stat)
        && entry.size_is(stat)
        && same(entry.modified, modified)
        && same(entry.changed, stamp(stat.st_ctime, stat.st_ctime_nsec))
        && (entry.inode == 0 || entry.inode == low_bits(stat.st_ino))
        && is_before(entry.modified, written)
}

/// The x bit: the disk's, or git's where the repository says that the disk's means nothing.
pub fn is_executable(entry: &Entry, stat: &Stat, trusts_modes: bool) -> bool {
    if trusts_modes {
        stat.st_mode & 0o100 != 0
    } else {
        entry.is_executable()
    }
}

/// The mode under which git would store it.
pub fn mode_of(kind: &FileKind) -> u32 {
    match kind {
        FileKind::File {
            executable: true, ..
        } => EXECUTABLE,
        FileKind::File {
            executable: false, ..
        } => REGULAR,
        FileKind::Symlink { .. } => LINK,
    }
}

pub fn size(stat: &Stat) -> u64 {
    u64::try_from(stat.st_size).unwrap_or(0)
}

impl Entry {
    pub fn is_executable(&self) -> bool {
        self.mode == EXECUTABLE
    }

    /// The index holds the low 32 bits only.
    pub fn size_is(&self, stat: &Stat) -> bool {
        self.size == low_bits(size(stat))
    }
}

fn kind_is(entry: &Entry, stat: &Stat) -> bool {
    match FileType::from_raw_mode(stat.st_mode) {
        FileType::RegularFile => matches!(entry.mode, REGULAR | EXECUTABLE),
        FileType::Symlink => entry.mode == LINK,
        _ => false,
    }
}

/// Some programs write no nanoseconds into the index.
fn same(known: Stamp, found: Stamp) -> bool {
    known.seconds == found.seconds && (known.nanos == 0 || known.nanos == found.nanos)
}

fn is_before(modified: Stamp, written: Stamp) -> bool {
    if modified.nanos == 0 || written.nanos == 0 {
        modified.seconds < written.seconds
    } else {
        modified < written
    }
}

fn stamp(seconds: i64, nanos: impl TryInto<u32>) -> Stamp {
    // The index holds the low 32 bits of the seconds.
    Stamp {
        seconds: i64::from(low_bits(seconds.cast_unsigned())),
        nanos: nanos.try_into().unwrap_or(0),
    }
}

fn low_bits(number: u64) -> u32 {
    u32::try_from(number & 0xffff_ffff).expect("32 bits")
}
