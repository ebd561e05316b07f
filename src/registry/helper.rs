use std::ffi::OsString;
use std::io;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use serde::Deserialize;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::process::Command;

use crate::credentials::Credentials;
use crate::{Error, Result};

/// A helper may ask its user to unlock a keychain; it may also hang.
const PATIENCE: Duration = Duration::from_secs(30);
const ANSWER_LIMIT: u64 = 1024 * 1024;
/// The helper protocol's way to say that it has no such credentials.
const NOT_FOUND: &str = "credentials not found in native keychain";
/// Stands for the username where the secret is an identity token.
const TOKEN: &str = "<token>";

/// A program that keeps credentials for Docker: `docker-credential-<name>`.
pub(super) struct Helper {
    program: OsString,
    name: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Found {
    username: String,
    secret: String,
}

impl Helper {
    /// Refuses names that could be a path.
    pub fn new(name: &str, folder: Option<&Path>) -> Result<Self> {
        let valid = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
        if name.is_empty() || !name.bytes().all(valid) {
            return Err(Error::usage(format!(
                "`{}` in Docker's configuration is not the name of a credential helper",
                name.escape_debug()
            )));
        }
        let name = format!("docker-credential-{name}");
        let program =
            folder.map_or_else(|| OsString::from(&name), |folder| folder.join(&name).into());
        Ok(Self { program, name })
    }

    /// Asks for a registry's credentials; `None` where the helper has none.
    pub async fn get(&self, key: &str) -> Result<Option<Credentials>> {
        let (succeeded, answer) = tokio::time::timeout(PATIENCE, self.run(key))
            .await
            .map_err(|_| {
                self.failed("did not answer within 30 s")
                    .hint("it may wait for a keychain to be unlocked")
            })??;
        if !succeeded {
            let text = String::from_utf8_lossy(&answer);
            return if text.trim() == NOT_FOUND {
                Ok(None)
            } else {
                Err(self
                    .failed("failed")
                    .hint(format!("run `echo {key} | {} get` to see why", self.name)))
            };
        }
        let found: Found = serde_json::from_slice(&answer)
            .map_err(|_| self.failed("answered something that is no credential"))?;
        Ok(if found.secret.is_empty() {
            None
        } else if found.username == TOKEN {
            Some(Credentials::IdentityToken(found.secret))
        } else {
            Some(Credentials::Password {
                username: found.username,
                password: found.secret,
            })
        })
    }

    /// Whether it succeeded, and its stdout. Dropping the future kills the program.
    async fn run(&self, key: &str) -> Result<(bool, Vec<u8>)> {
        let broken = |error: io::Error| self.failed("cannot be used").caused_by(error);
        let mut child = Command::new(&self.program)
            .arg("get")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .map_err(|error| match error.kind() {
                io::ErrorKind::NotFound => Error::usage(format!("{} is not installed", self.name))
                    .hint("Docker's config.json names it in `credsStore` or `credHelpers`"),
                _ => broken(error),
            })?;
        let mut stdin = child.stdin.take().expect("stdin is piped");
        let stdout = child.stdout.take().expect("stdout is piped");
        match stdin.write_all(key.as_bytes()).await {
            // It may answer without reading.
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => return Err(broken(error)),
            _ => drop(stdin),
        }
        let mut answer = Vec::new();
        stdout
            .take(ANSWER_LIMIT)
            .read_to_end(&mut answer)
            .await
            .map_err(broken)?;
        let status = child.wait().await.map_err(broken)?;
        Ok((status.success(), answer))
    }

    fn failed(&self, how: &str) -> Error {
        Error::unavailable(format!("{} {how}", self.name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_are_paths_are_refused() {
        for name in ["", "../x", "a/b", "a b", "a;id", "x\n", "é"] {
            assert!(Helper::new(name, None).is_err(), "{name:?}");
        }
        assert!(Helper::new("ecr-login_2", None).is_ok());
    }
}
