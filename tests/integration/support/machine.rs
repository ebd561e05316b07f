//! A Docker Engine of the test's own, to be hurt: with a folder, a socket and networks of its own.
//! Containers in it reach the machine and each other, nothing else.

use std::cell::RefCell;
use std::fs::File;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use super::engine::docker_at;

/// The engine's process, and everything that it has.
pub struct Machine {
    folder: TempDir,
    address: String,
    /// The second part of its networks' addresses: two engines must not have the same.
    network: u8,
    daemon: RefCell<Option<Child>>,
}

impl Machine {
    /// An engine that runs.
    pub fn start() -> Self {
        let machine = Self::new();
        machine.begin();
        machine
    }

    /// One whose disk holds so much, as `mount` writes it.
    pub fn with_disk(size: &str) -> Self {
        let machine = Self::new();
        let data = machine.data();
        std::fs::create_dir(&data).unwrap();
        let options = format!("size={size}");
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &options, "tmpfs", &data])
            .status();
        assert!(mounted.unwrap().success(), "a disk can be mounted by root");
        machine.begin();
        machine
    }

    fn new() -> Self {
        let folder = TempDir::new().unwrap();
        let address = format!("unix://{}/docker.sock", folder.path().display());
        let machine = Self {
            folder,
            address,
            network: fastrand::u8(100..250),
            daemon: RefCell::default(),
        };
        let (bridge, address) = (machine.bridge(), format!("10.{}.255.1/24", machine.network));
        ip(&["link", "add", "name", &bridge, "type", "bridge"]);
        ip(&["address", "add", &address, "dev", &bridge]);
        ip(&["link", "set", &bridge, "up"]);
        machine
    }

    fn bridge(&self) -> String {
        format!("paas-test-{}", self.network)
    }

    /// As `DOCKER_HOST` has it.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// Where everything of it is kept.
    pub fn data(&self) -> String {
        self.path("data")
    }

    /// Docker's client.
    pub fn docker(&self, arguments: &[&str]) -> String {
        docker_at(Some(&self.address), arguments)
    }

    /// Makes a cluster's network, of addresses that the machine's engine gives to nobody.
    pub fn make_network(&self, cluster: &str) {
        let label = format!("io.paas.cluster={cluster}");
        let (subnet, range) = (
            format!("10.{}.0.0/24", self.network),
            format!("10.{}.0.0/25", self.network),
        );
        let name = format!("paas-{cluster}");
        self.docker(&[
            "network",
            "create",
            "--label",
            &label,
            "--subnet",
            &subnet,
            "--ip-range",
            &range,
            &name,
        ]);
    }

    /// Copies images here from the machine's engine.
    pub fn load(&self, images: &[&str]) {
        let mut save = Command::new("/usr/bin/docker")
            .arg("save")
            .args(images)
            .stdout(Stdio::piped())
            .spawn()
            .expect("docker");
        let loaded = Command::new("/usr/bin/docker")
            .args(["--host", &self.address, "load", "--quiet"])
            .stdin(save.stdout.take().expect("a pipe"))
            .output()
            .expect("docker");
        assert!(save.wait().unwrap().success(), "docker save {images:?}");
        assert!(loaded.status.success(), "docker load: {loaded:?}");
    }

    /// Starts the engine, and waits until it answers.
    pub fn begin(&self) {
        assert!(self.try_begin(), "{}", self.log());
    }

    fn log(&self) -> String {
        std::fs::read_to_string(self.path("log")).unwrap_or_default()
    }

    fn try_begin(&self) -> bool {
        // Killed with the engine, its containerd may be a zombie, which the next one would wait for.
        drop(std::fs::remove_file(
            self.path("run/containerd/containerd.pid"),
        ));
        let log = File::options()
            .create(true)
            .append(true)
            .open(self.folder.path().join("log"))
            .unwrap();
        // It ends with the test, however that ends.
        let daemon = Command::new("setpriv")
            .args(["--pdeathsig", "TERM", "dockerd", "--host", &self.address])
            .args([
                "--data-root",
                &self.data(),
                "--exec-root",
                &self.path("run"),
            ])
            .args(["--pidfile", &self.path("pid"), "--shutdown-timeout", "5"])
            // The machine's engine has its own rules there, and its own bridge: an engine that is
            // to have none, or pools of addresses, removes `docker0`.
            .args(["--bridge", &self.bridge()])
            .args([
                "--iptables=false",
                "--ip-masq=false",
                "--userland-proxy=false",
            ])
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            .spawn()
            .expect("setpriv and dockerd");
        *self.daemon.borrow_mut() = Some(daemon);
        let begun = Instant::now();
        while begun.elapsed() < Duration::from_secs(60) {
            if self.answers() {
                return true;
            }
            thread::sleep(Duration::from_millis(50));
        }
        false
    }

    fn answers(&self) -> bool {
        let asked = Command::new("/usr/bin/docker")
            .args(["--host", &self.address, "version"])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status();
        asked.unwrap().success()
    }

    /// Sends the engine this signal, and waits for its end.
    pub fn end(&self, signal: &str) {
        let Some(mut daemon) = self.daemon.borrow_mut().take() else {
            return;
        };
        let pid = daemon.id().to_string();
        drop(Command::new("kill").args([signal, &pid]).status());
        drop(daemon.wait());
    }

    fn path(&self, name: &str) -> String {
        self.folder.path().join(name).display().to_string()
    }

    /// Mounts below its folder, the innermost first.
    fn mounts(&self) -> Vec<String> {
        let all = std::fs::read_to_string("/proc/self/mounts").unwrap_or_default();
        let below = |at: &&str| Path::new(at).starts_with(self.folder.path());
        let mut mounts: Vec<String> = all
            .lines()
            .filter_map(|line| line.split(' ').nth(1))
            .filter(below)
            .map(str::to_owned)
            .collect();
        mounts.reverse();
        mounts
    }
}

impl Drop for Machine {
    fn drop(&mut self) {
        if !self.answers() {
            self.end("-KILL");
            self.try_begin();
        }
        if self.answers() {
            let script = "docker --host $0 ps --all --quiet | xargs --no-run-if-empty docker --host $0 rm --force";
            drop(
                Command::new("sh")
                    .args(["-c", script, &self.address])
                    .stdout(Stdio::null())
                    .status(),
            );
            let networks = "docker --host $0 network prune --force";
            drop(
                Command::new("sh")
                    .args(["-c", networks, &self.address])
                    .stdout(Stdio::null())
                    .status(),
            );
        }
        self.end("-TERM");
        drop(
            Command::new("ip")
                .args(["link", "delete", &self.bridge()])
                .status(),
        );
        for mount in self.mounts() {
            drop(Command::new("umount").args(["--lazy", &mount]).status());
        }
    }
}

fn ip(arguments: &[&str]) {
    let done = Command::new("ip").args(arguments).status();
    assert!(done.unwrap().success(), "ip {arguments:?}");
}
