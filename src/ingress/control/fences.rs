use std::io;
use std::time::{SystemTime, UNIX_EPOCH};

use super::folder::Folder;

/// The file with the first number that was not reserved yet.
const FILE: &str = "fences";
/// Numbers are reserved in blocks, so that most leases write nothing.
const BLOCK: u64 = 1024;

/// Gives out numbers that grow, over restarts too.
#[derive(Debug)]
pub(super) struct Fences {
    folder: Folder,
    next: u64,
    reserved: u64,
}

impl Fences {
    /// Where the file is lost, numbers begin at the time in seconds: beyond all that were given out
    /// at fewer than one a second.
    pub(super) fn open(folder: Folder) -> io::Result<Self> {
        let saved = folder.read(FILE)?;
        let saved = saved.and_then(|text| std::str::from_utf8(&text).ok()?.trim().parse().ok());
        let next = saved.unwrap_or_else(unix_seconds);
        Ok(Self {
            folder,
            next,
            reserved: next,
        })
    }

    /// Blocks when a new block has to be reserved.
    pub(super) fn next(&mut self) -> io::Result<u64> {
        if self.next == self.reserved {
            let reserved = self.next + BLOCK;
            self.folder.write(FILE, reserved.to_string().as_bytes())?;
            self.reserved = reserved;
        }
        let fence = self.next;
        self.next += 1;
        Ok(fence)
    }
}

fn unix_seconds() -> u64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(1, |since| since.as_secs())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_grow_over_restarts_blocks_and_a_lost_file() {
        let temp = tempfile::tempdir().unwrap();
        let open = || Fences::open(Folder::open(temp.path().to_owned()).unwrap()).unwrap();
        let mut last = 0;
        for _ in 0..3 {
            let mut fences = open();
            for _ in 0..=BLOCK {
                let fence = fences.next().unwrap();
                assert!(fence > last, "{fence} after {last}");
                last = fence;
            }
        }
        std::fs::write(temp.path().join(FILE), "many").unwrap();
        assert!(open().next().unwrap() > 1_700_000_000);
    }
}
