//! A build secret's value must not show in anything that is kept, but a changed one must build
//! again. A keyed hash does both: without the key, which stays on this machine, it can't be guessed
//! at.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::builder::SecretBytes;
use crate::{Error, Result};

const KEY_FILE: &str = "fingerprint.key";
const KEY_LENGTH: usize = 32;

/// 32 hex digits that change when a name or value does; `None` without secrets.
pub(super) fn of(
    secrets: &BTreeMap<String, SecretBytes>,
    state_dir: &Path,
) -> Result<Option<String>> {
    if secrets.is_empty() {
        return Ok(None);
    }
    let mut mac = Hmac::<Sha256>::new_from_slice(&key(state_dir)?).expect("HMAC takes any key");
    for (name, value) in secrets {
        for part in [name.as_bytes(), value.expose()] {
            mac.update(&(part.len() as u64).to_be_bytes());
            mac.update(part);
        }
    }
    Ok(Some(hex::encode(&mac.finalize().into_bytes()[..16])))
}

/// This machine's key, made when first asked for.
fn key(state_dir: &Path) -> Result<Vec<u8>> {
    let path = state_dir.join(KEY_FILE);
    let fail = |error: std::io::Error| {
        Error::unavailable(format!("cannot keep {}", path.display())).caused_by(error)
    };
    match fs::read(&path) {
        Ok(key) if key.len() == KEY_LENGTH => return Ok(key),
        Ok(_) => {}
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
        Err(error) => return Err(fail(error)),
    }
    fs::create_dir_all(state_dir).map_err(fail)?;
    let mut key = vec![0; KEY_LENGTH];
    getrandom::fill(&mut key).map_err(|error| {
        Error::unexpected("the system has no random numbers").caused_by(error.to_string())
    })?;
    let temporary = state_dir.join(format!(".{KEY_FILE}.{}", std::process::id()));
    let mut file = fs::OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&temporary)
        .map_err(fail)?;
    file.write_all(&key)
        .and_then(|()| file.sync_all())
        .map_err(fail)?;
    fs::rename(&temporary, &path).map_err(fail)?;
    // Another process may have been first or last; what is there now is the key.
    fs::read(&path).map_err(fail)
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
        let of = |pairs: &[(&str, &str)]| of(&secrets(pairs), folder.path()).unwrap();
        assert_eq!(of(&[]), None);
        let one = of(&[("A", "hunter2")]);
        assert_eq!(one, of(&[("A", "hunter2")]));
        let others = [
            of(&[("A", "hunter3")]),
            of(&[("B", "hunter2")]),
            of(&[("Ah", "unter2")]),
        ];
        assert!(others.iter().all(|other| *other != one));
    }

    #[test]
    fn another_machine_has_another_fingerprint_and_nobody_else_reads_the_key() {
        let [here, there] = [(); 2].map(|()| tempfile::TempDir::new().unwrap());
        let secret = secrets(&[("A", "hunter2")]);
        let here_print = of(&secret, here.path()).unwrap();
        assert_ne!(here_print, of(&secret, there.path()).unwrap());
        let mode = fs::metadata(here.path().join(KEY_FILE))
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}
