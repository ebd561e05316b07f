//! A clone of somebody's repository, made with the `git` program in an environment of its own.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

use crate::{Error, Result};

/// Git's own helpers need a `PATH`; ours doesn't reach them.
const PATH: &str = "/usr/local/bin:/usr/bin:/bin";

/// Nothing that runs programs, whatever templates and attributes say.
const SETTINGS: [&str; 8] = [
    "core.hooksPath=/dev/null",
    "core.fsmonitor=false",
    "core.attributesFile=/dev/null",
    "gc.auto=0",
    "maintenance.auto=false",
    "submodule.recurse=false",
    "credential.helper=",
    "http.followRedirects=false",
];

/// What to clone.
#[derive(Clone, Debug)]
pub struct CheckoutRequest {
    /// `https://…`, `ssh://…` or `user@host:path`; see `allow_files`.
    pub url: String,
    /// 40 hex digits.
    pub commit: String,
    /// A folder that doesn't exist yet.
    pub into: PathBuf,
    /// Whether `file://…` and absolute paths are fine, too.
    pub allow_files: bool,
    /// What git gets besides an empty home: `GIT_SSH_COMMAND`, `GIT_ASKPASS`, `GIT_SSL_CAINFO`,
    /// proxies. The only way for credentials.
    pub environment: Vec<(OsString, OsString)>,
}

/// Clones the whole history with all tags (versions need them), checks the commit out and returns
/// the work tree. No submodules, hooks or filters. Blocks. Leaves no folder when it fails.
pub fn checkout(request: &CheckoutRequest) -> Result<PathBuf> {
    check(request)?;
    // Beside the clone: who gives up and removes the folder around it removes the home as well.
    let beside = request.into.parent().unwrap_or(Path::new("."));
    let git = Git {
        request,
        home: tempfile::tempdir_in(beside)
            .map_err(|e| Error::unavailable("cannot make a temporary folder").caused_by(e))?,
    };
    std::fs::create_dir(&request.into).map_err(|e| {
        Error::usage(format!("cannot make the folder {}", request.into.display())).caused_by(e)
    })?;
    let result = git.check_out();
    if result.is_err() {
        // The first error says more than one about cleaning up would.
        let _ = std::fs::remove_dir_all(&request.into);
    }
    result.map(|()| request.into.clone())
}

/// The URL without user and password, fit for messages.
pub fn without_user_info(url: &str) -> String {
    match user_info(url) {
        "" => url.to_owned(),
        secret => url.replacen(secret, "", 1),
    }
}

/// `user:password@`, or nothing. (In `git@host:path` it's no secret, and part of the address.)
fn user_info(url: &str) -> &str {
    let Some((_, rest)) = url.split_once("://") else {
        return "";
    };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or(rest);
    authority.rfind('@').map_or("", |at| &authority[..=at])
}

fn check(request: &CheckoutRequest) -> Result<()> {
    let commit = &request.commit;
    if commit.len() != 40
        || !commit
            .bytes()
            .all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
    {
        return Err(
            Error::usage(format!("`{}` is not a commit", commit.escape_debug()))
                .hint("a commit is 40 hex digits in lower case"),
        );
    }
    let url = &request.url;
    let is_scp_like = || {
        url.split_once(':').is_some_and(|(host, path)| {
            host.contains('@') && !host.contains('/') && !path.starts_with([':', '/'])
        })
    };
    let is_file = url.starts_with("file:///") || url.starts_with('/');
    let is_known = url.starts_with("https://")
        || url.starts_with("ssh://")
        || (is_file && request.allow_files)
        || is_scp_like();
    if is_known && !url.starts_with('-') && !url.chars().any(char::is_control) {
        return Ok(());
    }
    Err(Error::usage(format!(
        "cannot clone from `{}`",
        without_user_info(url).escape_debug()
    ))
    .hint("write `https://…`, `ssh://…` or `user@host:path`"))
}

struct Git<'a> {
    request: &'a CheckoutRequest,
    home: TempDir,
}

impl Git<'_> {
    fn check_out(&self) -> Result<()> {
        let commit = self.request.commit.as_str();
        self.run(&["init", "--quiet", "--template="])?;
        self.fetch(&[
            "+refs/heads/*:refs/remotes/origin/*",
            "+refs/tags/*:refs/tags/*",
        ])?;
        if !self.has(commit)? {
            // Pull requests are on no branch; hosts give a commit by its name.
            self.fetch(&[commit])?;
        }
        self.run(&[
            "checkout",
            "--quiet",
            "--detach",
            "--no-recurse-submodules",
            commit,
        ])
    }

    fn fetch(&self, refs: &[&str]) -> Result<()> {
        let options = ["fetch", "--quiet", "--no-tags", "--no-recurse-submodules"];
        let url = [self.request.url.as_str()];
        self.run(&[&options, ["--end-of-options"].as_slice(), &url, refs].concat())
    }

    fn has(&self, commit: &str) -> Result<bool> {
        let output = self.output(&["cat-file", "-e", &format!("{commit}^{{commit}}")])?;
        Ok(output.status.success())
    }

    fn run(&self, arguments: &[&str]) -> Result<()> {
        let output = self.output(arguments)?;
        if output.status.success() {
            return Ok(());
        }
        let url = &self.request.url;
        let said = String::from_utf8_lossy(&output.stderr);
        let said = match user_info(url) {
            "" => said.into_owned(),
            secret => said.replace(secret, ""),
        };
        let what = format!(
            "`git {}` failed for {}",
            arguments[0],
            without_user_info(url)
        );
        Err(Error::unavailable(what).detail(said.trim_end()))
    }

    fn output(&self, arguments: &[&str]) -> Result<Output> {
        let protocols = if self.request.allow_files {
            "https:ssh:file"
        } else {
            "https:ssh"
        };
        let settings = SETTINGS.iter().flat_map(|setting| ["-c", *setting]);
        Command::new("git")
            .arg("-C")
            .arg(&self.request.into)
            .args(settings)
            .args(arguments)
            .env_clear()
            .env("PATH", PATH)
            .env("GIT_SSH_COMMAND", "ssh -oBatchMode=yes")
            .envs(
                self.request
                    .environment
                    .iter()
                    .map(|(name, value)| (name, value)),
            )
            .envs(self.fixed())
            .env("GIT_ALLOW_PROTOCOL", protocols)
            .stdin(Stdio::null())
            .output()
            .map_err(|e| {
                Error::unavailable("cannot run git")
                    .caused_by(e)
                    .hint("install git, 2.47.3 or newer")
            })
    }

    /// What nobody else decides.
    fn fixed(&self) -> [(&OsStr, &Path); 6] {
        [
            ("HOME".as_ref(), self.home.path()),
            ("XDG_CONFIG_HOME".as_ref(), self.home.path()),
            ("GIT_CONFIG_NOSYSTEM".as_ref(), Path::new("1")),
            ("GIT_CONFIG_GLOBAL".as_ref(), Path::new("/dev/null")),
            ("GIT_TERMINAL_PROMPT".as_ref(), Path::new("0")),
            ("LC_ALL".as_ref(), Path::new("C.UTF-8")),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(url: &str, commit: &str) -> CheckoutRequest {
        CheckoutRequest {
            url: url.to_owned(),
            commit: commit.to_owned(),
            into: PathBuf::from("/nowhere/x"),
            allow_files: false,
            environment: Vec::new(),
        }
    }

    #[test]
    fn knows_which_addresses_are_fine() {
        let commit = "0".repeat(40);
        for (url, fine) in [
            ("https://git.example/x", true),
            ("ssh://git@git.example/x", true),
            ("git@git.example:x/y.git", true),
            ("http://git.example/x", false),
            ("file:///srv/x", false),
            ("/srv/x", false),
            ("--upload-pack=touch /tmp/x", false),
            ("-oProxyCommand=x@y:z", false),
            ("ext::sh -c id", false),
            ("a@ext::sh -c id", false),
            ("https://git.example/x\ny", false),
            ("x", false),
        ] {
            assert_eq!(check(&request(url, &commit)).is_ok(), fine, "{url}");
        }
        for commit in ["HEAD", "--help", &"0".repeat(39), &"G".repeat(40)] {
            assert!(
                check(&request("https://git.example/x", commit)).is_err(),
                "{commit}"
            );
        }
    }

    #[test]
    fn strips_user_info() {
        for (url, shown) in [
            (
                "https://user:secret@git.example/x@y",
                "https://git.example/x@y",
            ),
            ("https://a@b:c@git.example", "https://git.example"),
            ("https://git.example/x", "https://git.example/x"),
            ("git@git.example:x", "git@git.example:x"),
        ] {
            assert_eq!(without_user_info(url), shown);
        }
    }
}
