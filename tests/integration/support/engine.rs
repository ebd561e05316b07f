//! Docker's own client, to look at results with other eyes than ours.

use std::cell::RefCell;
use std::io::Write;
use std::process::{Command, Stdio};

use serde_json::Value;

/// A name that nothing else has.
pub fn unique(prefix: &str) -> String {
    let folder = tempfile::Builder::new().prefix("").rand_bytes(12).tempdir();
    let path = folder.expect("a temporary folder").keep();
    std::fs::remove_dir(&path).expect("an empty folder");
    let random = path.file_name().expect("a name").to_string_lossy();
    format!("{prefix}-{}", random.to_lowercase())
}

/// stdout of a command that must succeed.
pub fn docker(arguments: &[&str]) -> String {
    docker_at(None, arguments)
}

/// The same with the engine at an address.
pub fn docker_at(host: Option<&str>, arguments: &[&str]) -> String {
    let output = Command::new("/usr/bin/docker")
        .args(host.map(|host| format!("--host={host}")))
        .args(arguments)
        .output()
        .expect("docker");
    assert!(
        output.status.success(),
        "docker {arguments:?}: {}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// The lines that are not empty.
pub fn lines(text: &str) -> Vec<String> {
    text.lines()
        .filter(|line| !line.is_empty())
        .map(str::to_owned)
        .collect()
}

/// What `docker inspect` says of an image.
pub fn inspect(image: &str) -> Value {
    let text = docker(&["image", "inspect", image]);
    let mut list: Vec<Value> = serde_json::from_str(&text).expect("JSON");
    list.remove(0)
}

/// Runs a shell script in an image, instead of its start script.
pub fn sh(image: &str, script: &str) -> String {
    let shell = ["run", "--rm", "--network=none", "--entrypoint=/bin/sh"];
    docker(&[&shell[..], &[image, "-euc", script]].concat())
}

/// Removes an app's containers and images, by its label.
pub fn remove_app(name: &str) {
    let label = format!("label=io.paas.app={name}");
    remove(
        &["ps", "--all", "--quiet", "--filter", &label],
        &["rm", "--force"],
    );
    remove(
        &["images", "--quiet", "--filter", &label],
        &["rmi", "--force"],
    );
}

/// Removes a cluster with everything that runs on it.
pub fn remove_cluster(name: &str) {
    let label = format!("label=io.paas.cluster={name}");
    remove(
        &["ps", "--all", "--quiet", "--filter", &label],
        &["rm", "--force", "--volumes"],
    );
    remove(
        &["volume", "ls", "--quiet", "--filter", &label],
        &["volume", "rm", "--force"],
    );
    remove(
        &["network", "ls", "--quiet", "--filter", &label],
        &["network", "rm"],
    );
}

/// Runs in drops, perhaps while a test panics: says nothing.
fn remove(list: &[&str], with: &[&str]) {
    let list = Command::new("/usr/bin/docker").args(list).output();
    let found = list.map(|output| lines(&String::from_utf8_lossy(&output.stdout)));
    let found = found.unwrap_or_default();
    if !found.is_empty() {
        quietly(Command::new("/usr/bin/docker").args(with).args(found));
    }
}

fn quietly(command: &mut Command) {
    drop(command.stdout(Stdio::null()).stderr(Stdio::null()).status());
}

/// A base image of one file, on this machine only.
pub struct TinyBase {
    name: String,
    ids: RefCell<Vec<String>>,
}

impl TinyBase {
    pub fn new() -> Self {
        let base = Self {
            name: format!("{}:1", unique("paas-test-base")),
            ids: RefCell::default(),
        };
        base.import("one");
        base
    }

    /// As `app.toml` has it.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Gives the name to a new image. Returns its ID.
    pub fn import(&self, text: &str) -> String {
        let mut tar = Command::new("/usr/bin/docker")
            .args(["import", "-", &self.name])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("docker");
        let mut stdin = tar.stdin.take().expect("a pipe");
        stdin.write_all(&archive(text)).expect("docker reads");
        drop(stdin);
        let output = tar.wait_with_output().expect("docker");
        assert!(output.status.success(), "docker import");
        let id = String::from_utf8_lossy(&output.stdout).trim().to_owned();
        self.ids.borrow_mut().push(id.clone());
        id
    }
}

impl Drop for TinyBase {
    fn drop(&mut self) {
        let ids = self.ids.borrow();
        quietly(
            Command::new("/usr/bin/docker")
                .args(["rmi", "--force"])
                .args(&*ids),
        );
    }
}

/// A tar archive with one file (POSIX.1-1988).
fn archive(text: &str) -> Vec<u8> {
    let mut header = [0_u8; 512];
    let mut put = |at: usize, bytes: &[u8]| header[at..at + bytes.len()].copy_from_slice(bytes);
    put(0, b"base.txt");
    put(100, b"0000644\0");
    put(108, b"0000000\0");
    put(116, b"0000000\0");
    put(124, format!("{:011o}\0", text.len()).as_bytes());
    put(136, b"14000000000\0");
    put(148, b"        ");
    put(156, b"0");
    put(257, b"ustar\x0000");
    let sum: u32 = header.iter().map(|byte| u32::from(*byte)).sum();
    header[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    let mut tar = header.to_vec();
    tar.extend(text.as_bytes());
    tar.resize(tar.len().next_multiple_of(512) + 1024, 0);
    tar
}
