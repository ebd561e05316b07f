//! Temporary folders that the next one clears up after a process that was killed.

use std::fs::{self, DirEntry, File};
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::settings::Settings;
use crate::{Error, Result};

/// Below the cache folder.
const FOLDER: &str = "scratch";
/// Held while one is made or cleared away, so that none goes between its making and its lock.
const GATE: &str = ".gate";

/// How long a program that was left alone may go on making files.
const TRIES: u32 = 50;
const PAUSE: Duration = Duration::from_millis(20);

/// A file that is still on its way to its name after so long never gets there.
const ABANDONED: Duration = Duration::from_hours(1);

/// A folder of this process's own, and of the programs that hold its lock; gone when dropped.
#[derive(Debug)]
pub struct Scratch {
    path: PathBuf,
    /// The folder itself. The system lets go of its lock when the last holder has ended, however.
    lock: File,
}

impl Scratch {
    /// Makes one, and removes those whose holders have ended. Blocks for a moment.
    pub fn new(cache_dir: &Path) -> Result<Self> {
        let folder = cache_dir.join(FOLDER);
        Self::make(&folder).map_err(|error| {
            Error::unavailable(format!(
                "cannot make a temporary folder in {}",
                folder.display()
            ))
            .caused_by(error)
        })
    }

    fn make(folder: &Path) -> io::Result<Self> {
        fs::create_dir_all(folder)?;
        let gate = File::create(folder.join(GATE))?;
        gate.lock()?;
        clear_up(folder);
        let made = tempfile::Builder::new()
            .prefix("paas-")
            .tempdir_in(folder)?;
        let lock = File::open(made.path())?;
        lock.lock()?;
        Ok(Self {
            path: made.keep(),
            lock,
        })
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// For a program that may outlive this process: the folder stays as long as it has this open.
    pub fn shared_lock(&self) -> io::Result<File> {
        self.lock.try_clone()
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        for _ in 0..TRIES {
            let removed = fs::remove_dir_all(&self.path);
            if removed.is_ok() || !self.path.exists() {
                return;
            }
            std::thread::sleep(PAUSE);
        }
    }
}

/// What can't be removed now is left to the next time.
fn clear_up(folder: &Path) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
        if is_folder && File::open(entry.path()).is_ok_and(|lock| lock.try_lock().is_ok()) {
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}

/// Removes hidden files of state and cache that a killed process never gave their names.
pub fn remove_abandoned_files(settings: &Settings) {
    let state = &settings.state_dir;
    let folders = [
        state.clone(),
        state.join("file-times"),
        settings.cache_dir.join("describe"),
    ];
    remove_abandoned_in(&folders);
}

fn remove_abandoned_in(folders: &[PathBuf]) {
    let entries = folders
        .iter()
        .filter_map(|folder| fs::read_dir(folder).ok());
    for entry in entries.flatten().flatten() {
        if is_abandoned(&entry) {
            // Another process may have been first.
            let _ = fs::remove_file(entry.path());
        }
    }
}

fn is_abandoned(entry: &DirEntry) -> bool {
    let is_hidden = entry.file_name().as_encoded_bytes().starts_with(b".");
    let Ok(metadata) = entry.metadata() else {
        return false;
    };
    let age = metadata
        .modified()
        .ok()
        .and_then(|time| time.elapsed().ok());
    is_hidden && metadata.is_file() && age.is_some_and(|age| age > ABANDONED)
}

#[cfg(test)]
mod tests {
    use std::time::SystemTime;

    use tempfile::TempDir;

    use super::*;

    #[test]
    fn is_gone_when_dropped() {
        let cache = TempDir::new().unwrap();
        let scratch = Scratch::new(cache.path()).unwrap();
        fs::create_dir(scratch.path().join("x")).unwrap();
        let path = scratch.path().to_owned();
        drop(scratch);
        assert!(!path.exists());
    }

    #[test]
    fn only_those_of_ended_holders_are_cleared_away() {
        let cache = TempDir::new().unwrap();
        let [held, killed, shared] = [(); 3].map(|()| Scratch::new(cache.path()).unwrap());
        // As the end of a process leaves them.
        let leave = |scratch: Scratch| {
            let scratch = std::mem::ManuallyDrop::new(scratch);
            rustix::fs::flock(&scratch.lock, rustix::fs::FlockOperation::Unlock).unwrap();
            scratch.path.clone()
        };
        fs::write(killed.path().join("x"), "").unwrap();
        let program = shared.shared_lock().unwrap();
        let shared = std::mem::ManuallyDrop::new(shared).path.clone();
        let killed = leave(killed);
        let _another = Scratch::new(cache.path()).unwrap();
        assert!(held.path().exists() && shared.exists());
        assert!(!killed.exists());
        drop(program);
    }

    #[test]
    fn only_old_files_without_a_name_are_abandoned() {
        let folder = TempDir::new().unwrap();
        for (name, is_old) in [(".tmpA", true), (".tmpB", false), ("kept", true)] {
            let file = File::create(folder.path().join(name)).unwrap();
            if is_old {
                file.set_modified(SystemTime::now() - 2 * ABANDONED)
                    .unwrap();
            }
        }
        remove_abandoned_in(&[folder.path().to_owned(), folder.path().join("none")]);
        let left = |name: &str| folder.path().join(name).exists();
        assert_eq!([".tmpA", ".tmpB", "kept"].map(left), [false, true, true]);
    }
}
