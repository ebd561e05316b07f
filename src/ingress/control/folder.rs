use std::ffi::OsString;
use std::fs::{self, DirBuilder, File};
use std::io::{self, Write as _};
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

/// What files begin with that were not finished.
const UNFINISHED: &str = ".unfinished-";
/// What files end with that could not be read.
const BROKEN: &str = ".broken";

/// A folder of small files, each of which is there as a whole or not at all. All of it blocks.
#[derive(Clone, Debug)]
pub(super) struct Folder(PathBuf);

impl Folder {
    /// Makes it where it is missing, and removes what an earlier process did not finish.
    pub(super) fn open(path: PathBuf) -> io::Result<Self> {
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(&path)?;
        let folder = Self(path);
        for entry in fs::read_dir(&folder.0)? {
            let entry = entry?;
            if entry.file_name().to_string_lossy().starts_with(UNFINISHED) {
                fs::remove_file(entry.path())?;
            }
        }
        if let Some(parent) = folder.0.parent() {
            sync(parent)?;
        }
        Ok(folder)
    }

    /// Writes the content, under no name yet.
    pub(super) fn stage(&self, name: &str, content: &[u8]) -> io::Result<Staged> {
        let mut file = tempfile::Builder::new()
            .prefix(UNFINISHED)
            .tempfile_in(&self.0)?;
        file.write_all(content)?;
        Ok(Staged {
            file,
            folder: self.0.clone(),
            name: name.to_owned(),
        })
    }

    pub(super) fn write(&self, name: &str, content: &[u8]) -> io::Result<()> {
        self.stage(name, content)?.commit()
    }

    /// Whether there was one.
    pub(super) fn remove(&self, name: &str) -> io::Result<bool> {
        match fs::remove_file(self.0.join(name)) {
            Ok(()) => sync(&self.0).map(|()| true),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
            Err(error) => Err(error),
        }
    }

    pub(super) fn holds(&self, name: &str) -> bool {
        self.0.join(name).exists()
    }

    /// `None`: there is no such file.
    pub(super) fn read(&self, name: &str) -> io::Result<Option<Vec<u8>>> {
        match fs::read(self.0.join(name)) {
            Ok(content) => Ok(Some(content)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// The names of its files, sorted.
    pub(super) fn names(&self) -> io::Result<Vec<OsString>> {
        let mut names = Vec::new();
        for entry in fs::read_dir(&self.0)? {
            let entry = entry?;
            let name = entry.file_name();
            let text = name.to_string_lossy();
            let ours = !text.starts_with(UNFINISHED) && !text.ends_with(BROKEN);
            if ours && entry.file_type()?.is_file() {
                names.push(name);
            }
        }
        names.sort();
        Ok(names)
    }

    /// Keeps a file that makes no sense under another name, for people to look at.
    pub(super) fn set_aside(&self, name: &OsString) -> io::Result<PathBuf> {
        let mut aside = name.clone();
        aside.push(BROKEN);
        let aside = self.0.join(aside);
        fs::rename(self.0.join(name), &aside)?;
        sync(&self.0)?;
        Ok(aside)
    }
}

/// A file that has no name yet; dropped, it is gone.
pub(super) struct Staged {
    file: NamedTempFile,
    folder: PathBuf,
    name: String,
}

impl Staged {
    /// Gives it its name, in place of another file, once it lies on disk.
    pub(super) fn commit(self) -> io::Result<()> {
        self.file.as_file().sync_all()?;
        let path = self.folder.join(&self.name);
        self.file.persist(path).map_err(|failed| failed.error)?;
        sync(&self.folder)
    }
}

/// A new or removed name lasts only once its folder is synced.
fn sync(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

/// Whether there is no room for more.
pub(super) fn is_full(error: &io::Error) -> bool {
    use io::ErrorKind::{FileTooLarge, QuotaExceeded, StorageFull};
    matches!(error.kind(), StorageFull | QuotaExceeded | FileTooLarge)
}
