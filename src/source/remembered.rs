use std::io::Write as _;
use std::path::{Path, PathBuf};

use git2::{Oid, Repository};

use super::history::Description;
use crate::image::Digest;

/// The last description of a repository's HEAD, in a file of the cache folder. It holds for one
/// commit and one set of tags. A missing, damaged or unwritable file only costs time.
pub struct Remembered {
    file: PathBuf,
    key: Digest,
}

impl Remembered {
    /// `tags` are all tags with what they point at, in a fixed order.
    pub fn new(folder: &Path, repository: &Repository, head: Oid, tags: &[(Vec<u8>, Oid)]) -> Self {
        let mut state = head.as_bytes().to_vec();
        for (name, target) in tags {
            state.extend_from_slice(target.as_bytes());
            state.extend_from_slice(name);
            state.push(0);
        }
        let name = Digest::of(repository.path().as_os_str().as_encoded_bytes());
        Self {
            file: folder.join("describe").join(&name.hex()[..32]),
            key: Digest::of(&state),
        }
    }

    /// What was stored for this very state.
    pub fn load(&self) -> Option<Description> {
        self.decode(&std::fs::read_to_string(&self.file).ok()?)
    }

    /// Replaces the file at once.
    pub fn store(&self, description: &Description) {
        let write = || {
            let folder = self.file.parent().unwrap_or(Path::new("."));
            std::fs::create_dir_all(folder)?;
            let mut temporary = tempfile::NamedTempFile::new_in(folder)?;
            temporary.write_all(self.encode(description).as_bytes())?;
            temporary.persist(&self.file).map_err(|e| e.error)?;
            Ok::<_, std::io::Error>(())
        };
        // Without the file, the next command walks again.
        let _ = write();
    }

    fn encode(&self, description: &Description) -> String {
        let tag = description.tag.as_deref().unwrap_or_default();
        let text = format!("{}\n{}\n{tag}\n", self.key, description.distance);
        format!("{text}{}\n", Digest::of(text.as_bytes()))
    }

    fn decode(&self, text: &str) -> Option<Description> {
        let mut lines = text.lines();
        (lines.next()? == self.key.as_str()).then_some(())?;
        let distance = lines.next()?.parse().ok()?;
        let tag = lines
            .next()
            .filter(|tag| !tag.is_empty())
            .map(str::to_owned);
        let description = Description { tag, distance };
        (self.encode(&description) == text).then_some(description)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn holds_for_one_state_and_only_when_whole() {
        let remembered = |key: &[u8]| Remembered {
            file: PathBuf::new(),
            key: Digest::of(key),
        };
        let one = remembered(b"one");
        for tag in [Some("v1".to_owned()), None] {
            let text = one.encode(&Description {
                tag: tag.clone(),
                distance: 7,
            });
            assert_eq!(one.decode(&text), Some(Description { tag, distance: 7 }));
            assert_eq!(remembered(b"two").decode(&text), None);
            for length in 0..text.len() {
                assert_eq!(one.decode(&text[..length]), None, "cut at {length}");
            }
            assert_eq!(one.decode(&text.replace("\n7\n", "\n8\n")), None);
        }
    }
}
