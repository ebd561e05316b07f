use std::collections::{BTreeMap, BTreeSet};
use std::io::ErrorKind;
use std::path::Path;
use std::process::Stdio;

use serde::Deserialize;
use tokio::process::Command;

use super::{Check, PATIENCE};
use crate::{Error, Result};

/// The first git in which a hostile repository's submodules run no code (CVE-2025-48384).
const SAFE_SUBMODULES: [u32; 3] = [2, 47, 3];

/// The first with every option that our clones use.
const OLDEST: [u32; 3] = [2, 30, 0];

/// Only clones need the program; local repositories are read without it.
pub(super) async fn git() -> Check {
    const NAME: &str = "git";
    let Some(said) = output("git", "--version").await else {
        return Check::warning(NAME, "not installed: `paas webhook` can't clone")
            .hint("install git, 2.47.3 or newer");
    };
    let version = said.trim().trim_start_matches("git version ").to_owned();
    match numbers(&version) {
        None => Check::warning(NAME, format!("of unknown version: {version}")),
        Some(found) if found < OLDEST => Check::warning(
            NAME,
            format!("{version} is too old for `paas webhook`'s clones"),
        )
        .hint("install git 2.30, better 2.47.3 or newer"),
        Some(found) if found < SAFE_SUBMODULES => Check::ok(NAME, version).hint(
            "paas never clones submodules; where you do, before 2.47.3 they may run code \
             (CVE-2025-48384) unless your distribution has mended it",
        ),
        Some(_) => Check::ok(NAME, version),
    }
}

/// Programs that Docker's configuration names for credentials.
pub(super) async fn credential_helpers(folder: &Path) -> Option<Check> {
    const NAME: &str = "credentials";
    let names = match named_helpers(&folder.join("config.json")).await {
        Ok(names) if names.is_empty() => return None,
        Ok(names) => names,
        Err(error) => return Some(Check::problem(NAME, &error)),
    };
    let programs = names.iter().map(|name| format!("docker-credential-{name}"));
    let mut missing = Vec::new();
    let mut present = Vec::new();
    for program in programs {
        if is_installed(&program).await {
            present.push(program);
        } else {
            missing.push(program);
        }
    }
    Some(if missing.is_empty() {
        Check::ok(NAME, format!("{} installed", present.join(", ")))
    } else {
        Check::warning(NAME, format!("{} not installed", missing.join(", "))).hint(
            "install it, or take it out of `credsStore` or `credHelpers` in Docker's config.json",
        )
    })
}

/// Whether mmdebstrap, which makes a root for base images without a registry, is installed.
pub(super) async fn has_mmdebstrap() -> bool {
    is_installed("mmdebstrap").await
}

async fn named_helpers(path: &Path) -> Result<BTreeSet<String>> {
    #[derive(Default, Deserialize)]
    #[serde(rename_all = "camelCase", default)]
    struct Config {
        cred_helpers: BTreeMap<String, String>,
        creds_store: Option<String>,
    }
    let unusable = || {
        let path = path.display();
        Error::usage(format!("Docker's configuration {path} is not usable"))
    };
    let bytes = match tokio::fs::read(path).await {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(BTreeSet::new()),
        Err(error) => return Err(unusable().caused_by(error)),
    };
    // The parser's own message may quote a secret.
    let config: Config = serde_json::from_slice(&bytes).map_err(|error| {
        unusable().hint(format!(
            "look at line {}, column {}",
            error.line(),
            error.column()
        ))
    })?;
    let names = config.cred_helpers.into_values().chain(config.creds_store);
    let is_name = |name: &String| {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
        !name.is_empty() && name.bytes().all(plain)
    };
    Ok(names.filter(is_name).collect())
}

/// Whether it can be started; what it answers does not matter.
async fn is_installed(program: &str) -> bool {
    let mut command = Command::new(program);
    command.arg("--version").kill_on_drop(true);
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    match command.spawn() {
        Ok(mut child) => {
            // A helper that does not know the option may wait for something.
            let _ = tokio::time::timeout(PATIENCE, child.wait()).await;
            true
        }
        Err(error) => error.kind() != ErrorKind::NotFound,
    }
}

/// `None` when the program can't be run or takes too long.
async fn output(program: &str, argument: &str) -> Option<String> {
    let mut command = Command::new(program);
    command
        .arg(argument)
        .stdin(Stdio::null())
        .kill_on_drop(true);
    let output = tokio::time::timeout(PATIENCE, command.output()).await;
    let output = output.ok()?.ok()?;
    let success = output.status.success();
    success.then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Of `2.47.3`, `2.39.5 (Apple Git-154)`, `2.51.0.windows.1`.
fn numbers(version: &str) -> Option<[u32; 3]> {
    let mut parts = version.split(|c: char| !c.is_ascii_digit());
    let mut next = || parts.next()?.parse().ok();
    Some([next()?, next()?, next().unwrap_or(0)])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_versions_of_gits() {
        for (text, version) in [
            ("2.47.3", Some([2, 47, 3])),
            ("2.39.5 (Apple Git-154)", Some([2, 39, 5])),
            ("2.51.0.windows.1", Some([2, 51, 0])),
            ("2.9", Some([2, 9, 0])),
            ("unknown", None),
        ] {
            assert_eq!(numbers(text), version, "{text}");
        }
    }
}
