//! A build secret's value must not show in anything that is kept, but a changed one must build
//! again. A keyed hash does both: without the key, which stays on this machine, it can't be guessed
//! at.

use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::io::{self, Write};
use std::path::Path;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::builder::SecretBytes;
use crate::{Error, Result};

const KEY_FILE: &str = "fingerprint.key";
const KEY_LENGTH: usize = 32;

/// Stands for the values of an app's build secrets, on the machine whose key made it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Fingerprint {
    /// Names the key.
    machine: String,
    values: String,
}

impl Fingerprint {
    /// Changes when a name or value does; `None` without secrets. Blocks.
    pub fn of(secrets: &BTreeMap<String, SecretBytes>, state_dir: &Path) -> Result<Option<Self>> {
        if secrets.is_empty() {
            return Ok(None);
        }
        let key = key(state_dir)?;
        let parts = secrets
            .iter()
            .flat_map(|(name, value)| [name.as_bytes(), value.expose()]);
        Ok(Some(Self {
            // No secret has an empty name, so no values have this hash.
            machine: keyed(&key, [&b""[..]].into_iter(), 8),
            values: keyed(&key, parts, 16),
        }))
    }

    /// What [`fmt::Display`] wrote into a label.
    pub fn parse(label: &str) -> Option<Self> {
        let (machine, values) = label.split_once('.')?;
        Some(Self {
            machine: machine.to_owned(),
            values: values.to_owned(),
        })
    }

    /// Whether both are of one machine, and so tell that the values differ. Nothing can be told of
    /// those of two machines.
    pub fn contradicts(&self, other: &Self) -> bool {
        self.machine == other.machine && self.values != other.values
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.machine, self.values)
    }
}

/// Hex digits of the first `length` bytes of the keyed hash.
fn keyed<'a>(key: &[u8], parts: impl Iterator<Item = &'a [u8]>, length: usize) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes any key");
    for part in parts {
        mac.update(&(part.len() as u64).to_be_bytes());
        mac.update(part);
    }
    hex::encode(&mac.finalize().into_bytes()[..length])
}

/// This machine's key, made when first asked for.
fn key(state_dir: &Path) -> Result<Vec<u8>> {
    let path = state_dir.join(KEY_FILE);
    let fail = |error: io::Error| {
        Error::unavailable(format!("cannot keep {}", path.display())).caused_by(error)
    };
    if !path.exists() {
        create_key(state_dir, &path, fail)?;
    }
    // Another process may have been first: what is there now is the key.
    let key = fs::read(&path).map_err(fail)?;
    if key.len() == KEY_LENGTH {
        return Ok(key);
    }
    Err(Error::unavailable(format!("{} is damaged", path.display()))
        .hint("remove it: apps with build secrets are built once more, with a new key"))
}

fn create_key(state_dir: &Path, path: &Path, fail: impl Fn(io::Error) -> Error) -> Result<()> {
    fs::create_dir_all(state_dir).map_err(&fail)?;
    let mut key = [0; KEY_LENGTH];
    getrandom::fill(&mut key).map_err(|error| {
        Error::unexpected("the system has no random numbers").caused_by(error.to_string())
    })?;
    // Readable by its owner only.
    let mut file = tempfile::NamedTempFile::new_in(state_dir).map_err(&fail)?;
    file.write_all(&key)
        .and_then(|()| file.as_file().sync_all())
        .map_err(&fail)?;
    match file.persist_noclobber(path) {
        Err(failure) if failure.error.kind() != io::ErrorKind::AlreadyExists => {
            Err(fail(failure.error))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    fn secrets(pairs: &[(&str, &str)]) -> BTreeMap<String, SecretBytes> {
        pairs
            .iter()
            .map(|(name, value)| ((*name).to_owned(), SecretBytes::new(*value)))
            .collect()
    }

    #[test]
    fn a_fingerprint_changes_with_name_and_value() {
        let folder = tempfile::TempDir::new().unwrap();
        let of = |pairs: &[(&str, &str)]| Fingerprint::of(&secrets(pairs), folder.path()).unwrap();
        assert_eq!(of(&[]), None);
        let one = of(&[("A", "hunter2")]);
        assert_eq!(one, of(&[("A", "hunter2")]));
        let others = [
            of(&[("A", "hunter3")]),
            of(&[("B", "hunter2")]),
            of(&[("Ah", "unter2")]),
        ];
        let one = one.unwrap();
        for other in others {
            let other = other.unwrap();
            assert!(one.contradicts(&other), "{one} {other}");
            assert_eq!(Fingerprint::parse(&other.to_string()), Some(other));
        }
    }

    #[test]
    fn another_machine_has_another_fingerprint_and_nobody_else_reads_the_key() {
        let [here, there] = [(); 2].map(|()| tempfile::TempDir::new().unwrap());
        let secret = secrets(&[("A", "hunter2")]);
        let [one, other] =
            [&here, &there].map(|folder| Fingerprint::of(&secret, folder.path()).unwrap().unwrap());
        assert_ne!(one, other);
        assert!(
            !one.contradicts(&other),
            "nothing is known of another machine's"
        );
        let mode = fs::metadata(here.path().join(KEY_FILE))
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600);
    }

    #[test]
    fn processes_that_start_at_once_have_one_key() {
        for _ in 0..20 {
            let folder = tempfile::TempDir::new().unwrap();
            let start = std::sync::Barrier::new(8);
            let keys: Vec<_> = std::thread::scope(|scope| {
                let first = || {
                    start.wait();
                    key(folder.path()).unwrap()
                };
                let threads: Vec<_> = (0..8).map(|_| scope.spawn(first)).collect();
                threads
                    .into_iter()
                    .map(|thread| thread.join().unwrap())
                    .collect()
            });
            assert!(keys.iter().all(|key| *key == keys[0]));
            assert_eq!(
                fs::read_dir(folder.path()).unwrap().count(),
                1,
                "nothing is left behind"
            );
        }
    }

    #[test]
    fn a_damaged_key_is_not_replaced_in_silence() {
        let folder = tempfile::TempDir::new().unwrap();
        fs::write(folder.path().join(KEY_FILE), "short").unwrap();
        let error = key(folder.path()).unwrap_err();
        assert!(
            error.message().ends_with("fingerprint.key is damaged"),
            "{error}"
        );
    }
}
