//! A repository, a private home and the real binary.

pub mod app;
pub mod deployed;
pub mod engine;
pub mod machine;
pub mod tap;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

/// A git repository in a temporary folder, with a home of its own: no user configuration, fixed
/// identity and dates.
pub struct Sandbox {
    folder: TempDir,
    docker_host: Option<String>,
}

impl Sandbox {
    /// An empty repository on branch `main`.
    pub fn new() -> Self {
        let sandbox = Self {
            folder: TempDir::new().expect("a temporary folder"),
            docker_host: None,
        };
        fs::create_dir_all(sandbox.home()).unwrap();
        fs::create_dir_all(sandbox.repo()).unwrap();
        sandbox.git(&["init", "--quiet", "--initial-branch=main"]);
        sandbox
    }

    /// From now on the binary uses the engine at this address.
    pub fn use_engine(&mut self, docker_host: &str) {
        self.docker_host = Some(docker_host.to_owned());
    }

    /// The work tree's root.
    pub fn repo(&self) -> PathBuf {
        self.folder.path().join("repo")
    }

    /// `$HOME`, which also holds state and cache.
    pub fn home(&self) -> PathBuf {
        self.folder.path().join("home")
    }

    /// Writes a file below the root, with its folders.
    pub fn write(&self, path: impl AsRef<Path>, content: impl AsRef<[u8]>) -> &Self {
        let path = self.repo().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
        self
    }

    /// Adds everything and commits.
    pub fn commit(&self, message: &str) -> &Self {
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "--allow-empty", "--message", message]);
        self
    }

    /// Runs git in the root; panics with its output when it fails. Returns stdout, trimmed.
    pub fn git(&self, arguments: &[&str]) -> String {
        let output = self
            .clean(Command::new("git"))
            .args(arguments)
            .output()
            .expect("git");
        assert!(
            output.status.success(),
            "git {arguments:?}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    }

    /// The binary under test, in the repository's root, with nothing inherited but `PATH`.
    pub fn paas(&self, arguments: &[&str]) -> assert_cmd::Command {
        let mut command = self.clean(Command::new(env!("CARGO_BIN_EXE_paas")));
        command.args(arguments);
        assert_cmd::Command::from_std(command)
    }

    /// Runs `paas` with `arguments`, as a shell reads them, in a terminal of its own, where somebody
    /// types `keys` (as printf has them) once `question` stands there. Returns the exit status and all
    /// that the terminal showed.
    pub fn in_a_terminal(&self, arguments: &str, question: &str, keys: &str) -> (i32, String) {
        let program = env!("CARGO_BIN_EXE_paas");
        let log = self.home().join("terminal");
        // Typing earlier could be lost when the terminal changes its mode.
        let typing = format!(
            "n=0; until grep -q '{question}' {log} 2>/dev/null || [ $n -gt 400 ]; do n=$((n+1)); sleep 0.05; done; \
             sleep 0.3; printf '{keys}'; sleep 2",
            log = log.display(),
        );
        let session = format!(
            "({typing}) | script --quiet --flush --return --command '{program} {arguments}' {}",
            log.display(),
        );
        let output = self
            .clean(Command::new("sh"))
            .args(["-c", &session])
            .env("TERM", "xterm")
            .output()
            .expect("script(1) of util-linux");
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        (output.status.code().unwrap_or(-1), said)
    }

    pub(crate) fn clean(&self, mut command: Command) -> Command {
        command
            .current_dir(self.repo())
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", self.home())
            .env("LC_ALL", "C.UTF-8")
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("GIT_AUTHOR_NAME", "Ada")
            .env("GIT_AUTHOR_EMAIL", "ada@example.com")
            .env("GIT_COMMITTER_NAME", "Ada")
            .env("GIT_COMMITTER_EMAIL", "ada@example.com")
            .env("GIT_AUTHOR_DATE", "2026-01-02T03:04:05Z")
            .env("GIT_COMMITTER_DATE", "2026-01-02T03:04:05Z")
            .envs(self.docker_host.iter().map(|host| ("DOCKER_HOST", host)));
        command
    }
}
