//! Builds that are ended from outside leave nothing but build cache.

use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::support::app::App;

/// A build that would take ten minutes, in its script.
struct Running {
    app: App,
    child: Child,
    /// The argument of the script's `sleep`, that nothing else has.
    mark: String,
}

impl Running {
    fn start() -> Self {
        let mark = format!("600.{}", fastrand::u32(10_000_000..99_999_999));
        let app = App::debian(&format!("script = \"sleep {mark}\""));
        let child = Command::new(env!("CARGO_BIN_EXE_paas"))
            .args(["build", "--json", "--progress", "plain"])
            .current_dir(app.repo())
            .env_clear()
            .env("HOME", app.home())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let running = Self { app, child, mark };
        assert!(
            within(Duration::from_secs(30), || running.runs()),
            "the script never began"
        );
        running
    }

    /// Whether the step's process is there.
    fn runs(&self) -> bool {
        let found = Command::new("pgrep")
            .args(["--full", "--exact", &format!("sleep {}", self.mark)])
            .output();
        found.expect("pgrep (procps)").status.success()
    }

    fn is_gone_within(&self, patience: Duration) -> bool {
        within(patience, || !self.runs())
    }

    fn signal(&self, signal: &str) {
        let id = self.child.id().to_string();
        assert!(
            Command::new("kill")
                .args([signal, &id])
                .status()
                .unwrap()
                .success()
        );
    }

    /// Exit code and stderr, and how long it took.
    fn end(&mut self) -> (Option<i32>, String, Duration) {
        let began = Instant::now();
        let status = self.child.wait().unwrap();
        let took = began.elapsed();
        let stderr = std::io::read_to_string(self.child.stderr.take().unwrap()).unwrap();
        let stdout = std::io::read_to_string(self.child.stdout.take().unwrap()).unwrap();
        assert_eq!(stdout, "");
        (status.code(), stderr, took)
    }

    fn leaves_nothing(&self) {
        assert!(
            self.is_gone_within(Duration::from_secs(10)),
            "the step's process stays"
        );
        assert_eq!(self.app.images(), [""; 0]);
        assert!(!self.app.repo().join("app.lock").exists());
        // The next build works: no lock, no half-written state.
        self.app.app_toml("script = \"true\"");
        self.app.build(&[]);
    }
}

fn within(patience: Duration, condition: impl Fn() -> bool) -> bool {
    let began = Instant::now();
    while began.elapsed() < patience {
        if condition() {
            return true;
        }
        sleep(Duration::from_millis(20));
    }
    false
}

#[test]
fn a_signal_ends_the_build_in_the_engine_too() {
    for signal in ["-INT", "-TERM"] {
        let mut running = Running::start();
        running.signal(signal);
        let (code, stderr, took) = running.end();
        assert_eq!(code, Some(130), "{stderr}");
        assert!(took < Duration::from_secs(2), "{signal}: {took:?}");
        assert!(stderr.contains("interrupted"), "{stderr}");
        assert!(
            running.is_gone_within(Duration::from_secs(5)),
            "the step's process stays"
        );
        running.leaves_nothing();
    }
}

#[test]
fn a_killed_build_leaves_nothing_but_cache() {
    let mut running = Running::start();
    running.signal("-KILL");
    assert_eq!(running.end().0, None);
    running.leaves_nothing();
}
