//! File times for builds. A path's time is when this builder first saw its present content:
//! constant times make `make` and cargo miss changes, fresh ones rebuild everything.

use std::collections::HashMap;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::index::Blob;
use crate::context::Listing;
use crate::{Error, Result};

/// First bytes of the file; another layout gets another number.
const MAGIC: &[u8; 8] = b"paastm1\n";

/// When each path of one app got its present content, as this builder saw it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FileTimes(HashMap<String, Seen>);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Seen {
    blob: Blob,
    executable: bool,
    /// Since 1970.
    time: Duration,
}

impl FileTimes {
    /// Where the times of an app are kept: below `state_dir`, by the app's identity (its
    /// repository and folder, or group and name).
    pub fn location(state_dir: &Path, app: &str) -> PathBuf {
        let name = crate::image::Digest::of(app.as_bytes());
        state_dir.join("file-times").join(&name.hex()[..32])
    }

    /// Reads the file; a missing or damaged one is empty, which only costs a rebuild.
    pub fn load(file: &Path) -> Self {
        std::fs::read(file)
            .ok()
            .and_then(|bytes| decode(&bytes))
            .unwrap_or_default()
    }

    /// Removes the file: everything is new to the next build.
    pub fn forget(file: &Path) -> Result<()> {
        match std::fs::remove_file(file) {
            Err(e) if e.kind() != std::io::ErrorKind::NotFound => {
                Err(Error::unavailable(format!("cannot remove {}", file.display())).caused_by(e))
            }
            _ => Ok(()),
        }
    }

    /// Replaces the file at once, so that a reader sees the old or the new one, whoever else
    /// writes. Not synced to the disk: what a power cut damages counts as empty, and the build would
    /// wait for it.
    pub fn save(&self, file: &Path) -> Result<()> {
        let fail = |e: std::io::Error| {
            Error::unavailable(format!("cannot write {}", file.display())).caused_by(e)
        };
        let folder = file.parent().unwrap_or(Path::new("."));
        std::fs::create_dir_all(folder).map_err(fail)?;
        let mut temporary = tempfile::NamedTempFile::new_in(folder).map_err(fail)?;
        temporary.write_all(&self.encode()).map_err(fail)?;
        temporary.persist(file).map_err(|e| fail(e.error))?;
        Ok(())
    }

    /// The times after seeing `listing` at `now`: unchanged content keeps its time, anything else
    /// gets `now`, older content that comes back too.
    #[must_use]
    pub fn updated(&self, listing: &Listing, now: SystemTime) -> Self {
        let now = now.duration_since(UNIX_EPOCH).unwrap_or_default();
        let times = listing.files.iter().map(|file| {
            let executable = file.kind.is_executable();
            let known = self.0.get(&file.path);
            let known = known.filter(|k| k.blob == file.blob && k.executable == executable);
            let time = known.map_or(now, |known| known.time);
            (
                file.path.clone(),
                Seen {
                    blob: file.blob,
                    executable,
                    time,
                },
            )
        });
        Self(times.collect())
    }

    /// The time of a path of the listing that these times were updated with.
    pub fn of(&self, path: &str) -> Option<SystemTime> {
        self.0.get(path).map(|seen| UNIX_EPOCH + seen.time)
    }

    fn encode(&self) -> Vec<u8> {
        let mut paths: Vec<_> = self.0.iter().collect();
        paths.sort_unstable_by_key(|(path, _)| *path);
        let mut bytes = MAGIC.to_vec();
        for (path, seen) in paths {
            bytes.extend_from_slice(&seen.blob);
            bytes.push(u8::from(seen.executable));
            bytes.extend_from_slice(&seen.time.as_secs().to_be_bytes());
            bytes.extend_from_slice(&seen.time.subsec_nanos().to_be_bytes());
            bytes.extend_from_slice(path.as_bytes());
            bytes.push(0);
        }
        bytes.extend_from_slice(crate::image::Digest::of(&bytes).short().as_bytes());
        bytes
    }
}

fn decode(bytes: &[u8]) -> Option<FileTimes> {
    let (content, check) = bytes.split_at_checked(bytes.len().checked_sub(12)?)?;
    if crate::image::Digest::of(content).short().as_bytes() != check {
        return None;
    }
    let mut rest = content.strip_prefix(MAGIC)?;
    let mut times = HashMap::new();
    while !rest.is_empty() {
        let (blob, after) = rest.split_first_chunk::<20>()?;
        let (executable, after) = after.split_first_chunk::<1>()?;
        let (seconds, after) = after.split_first_chunk::<8>()?;
        let (nanos, after) = after.split_first_chunk::<4>()?;
        let end = after.iter().position(|&b| b == 0)?;
        let path = std::str::from_utf8(&after[..end]).ok()?.to_owned();
        let nanos = u32::from_be_bytes(*nanos);
        // A time that SystemTime can't hold would be a panic later.
        let seconds = u64::from_be_bytes(*seconds).min(1 << 40);
        let time = Duration::new(seconds, nanos.min(999_999_999));
        times.insert(
            path,
            Seen {
                blob: *blob,
                executable: executable[0] == 1,
                time,
            },
        );
        rest = &after[end + 1..];
    }
    Some(FileTimes(times))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{ContextFile, FileKind};

    fn listing(files: &[(&str, u8)]) -> Listing {
        let files = files.iter().map(|(path, content)| ContextFile {
            path: (*path).to_owned(),
            origin: PathBuf::new(),
            kind: FileKind::File {
                executable: false,
                size: 1,
            },
            blob: [*content; 20],
        });
        Listing {
            files: files.collect(),
            ..Listing::default()
        }
    }

    fn at(second: u64) -> SystemTime {
        UNIX_EPOCH + Duration::new(second, 5)
    }

    #[test]
    fn content_keeps_its_time_until_it_changes() {
        let times = FileTimes::default().updated(&listing(&[("a", 1), ("b", 1)]), at(1));
        let times = times.updated(&listing(&[("a", 1), ("b", 2)]), at(2));
        assert_eq!((times.of("a"), times.of("b")), (Some(at(1)), Some(at(2))));
        let times = times.updated(&listing(&[("b", 1)]), at(3));
        assert_eq!((times.of("a"), times.of("b")), (None, Some(at(3))));
        let times = times.updated(&listing(&[("a", 1), ("b", 1)]), at(4));
        assert_eq!((times.of("a"), times.of("b")), (Some(at(4)), Some(at(3))));
    }

    #[test]
    fn survives_the_disk_and_damage() {
        let folder = tempfile::tempdir().unwrap();
        let file = FileTimes::location(folder.path(), "trade/shop-api");
        assert_eq!(FileTimes::load(&file), FileTimes::default());
        let times = FileTimes::default().updated(&listing(&[("a\nb", 1), ("é", 2)]), at(9));
        times.save(&file).unwrap();
        assert_eq!(FileTimes::load(&file), times);
        assert_eq!(
            std::fs::read_dir(file.parent().unwrap()).unwrap().count(),
            1
        );

        let bytes = std::fs::read(&file).unwrap();
        for length in 0..bytes.len() {
            assert_eq!(decode(&bytes[..length]), None, "cut at {length}");
        }
        for at in 0..bytes.len() {
            let mut damaged = bytes.clone();
            damaged[at] ^= 1;
            assert_eq!(decode(&damaged), None, "flipped at {at}");
        }
    }

    #[test]
    fn writers_at_once_leave_one_whole_file() {
        let folder = tempfile::tempdir().unwrap();
        let file = FileTimes::location(folder.path(), "x");
        std::thread::scope(|scope| {
            for content in 0..8 {
                let file = &file;
                scope.spawn(move || {
                    let files = listing(&[("a", content)]);
                    for _ in 0..20 {
                        FileTimes::default()
                            .updated(&files, at(1))
                            .save(file)
                            .unwrap();
                    }
                });
            }
        });
        assert!(FileTimes::load(&file).of("a").is_some());
    }
}
