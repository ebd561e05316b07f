//! A connected engine, a base made of busybox, a reporter that remembers, and names that clean up
//! after themselves.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use paas::builder::{BuildRequest, Content, Engine, Entry};
use paas::image::Reference;
use paas::report::{Event, Outcome, Reporter};
use paas::settings::EngineAddress;

pub const SOCKET: &str = "/var/run/docker.sock";
/// Fixed, so that a second build finds the same files.
pub const LONG_AGO: Duration = Duration::from_secs(1_700_000_000);

pub async fn engine() -> Engine {
    Engine::connect(&EngineAddress::Unix(SOCKET.into()))
        .await
        .expect("a Docker Engine at /var/run/docker.sock")
}

/// A name that nothing else has.
pub fn unique(prefix: &str) -> String {
    let folder = tempfile::Builder::new()
        .prefix("")
        .rand_bytes(12)
        .tempdir()
        .unwrap();
    let random = folder
        .path()
        .file_name()
        .unwrap()
        .to_string_lossy()
        .to_lowercase();
    format!("{prefix}-{random}")
}

/// The name of a test's image, removed in the end.
pub struct TestImage(pub Reference);

impl TestImage {
    pub fn new() -> Self {
        Self(
            format!("paas-test/{}:1", unique("builder"))
                .parse()
                .unwrap(),
        )
    }
}

impl Drop for TestImage {
    fn drop(&mut self) {
        docker(&["image", "rm", "--force", &self.0.to_string()]);
    }
}

/// Docker's own client, to look at results with other eyes than ours.
pub fn docker(arguments: &[&str]) -> String {
    let output = Command::new("/usr/bin/docker")
        .args(arguments)
        .output()
        .expect("docker");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// Runs a shell script in an image.
pub fn run(image: &TestImage, script: &str) -> String {
    let name = image.0.to_string();
    docker(&[
        "run",
        "--rm",
        "--network=none",
        &name,
        "/bin/busybox",
        "sh",
        "-c",
        script,
    ])
}

/// A script as a step: `RUN` in exec form with busybox's shell.
pub fn step(options: &str, script: &str) -> String {
    let words = serde_json::to_string(&["/bin/busybox", "sh", "-euc", script]).unwrap();
    format!("RUN {options} {words}\n")
}

/// A Dockerfile that starts from nothing but busybox, and the request that has it. There may be no
/// registry to fetch a base image from. busybox must be static: Debian's `busybox-static`.
pub fn request(steps: &str) -> BuildRequest {
    let busybox = ["/bin/busybox", "/usr/bin/busybox"]
        .into_iter()
        .find(|path| Path::new(path).exists())
        .expect("busybox: apt-get install busybox-static");
    let dockerfile = format!("FROM scratch\nCOPY bin /bin\n{steps}");
    let mut request = BuildRequest::new(dockerfile, unique("key"));
    request.entries.push(Entry {
        path: "bin/busybox".into(),
        mode: 0o755,
        modified: UNIX_EPOCH + LONG_AGO,
        content: Content::Disk {
            path: busybox.into(),
            size: fs::metadata(busybox).unwrap().len(),
        },
    });
    request
}

pub fn entry(path: &str, content: Content) -> Entry {
    Entry {
        path: path.into(),
        mode: 0o644,
        modified: UNIX_EPOCH + LONG_AGO,
        content,
    }
}

pub fn file(path: &str, text: &str) -> Entry {
    entry(path, Content::Bytes(text.as_bytes().into()))
}

pub fn at(mut entry: Entry, modified: SystemTime) -> Entry {
    entry.modified = modified;
    entry
}

#[derive(Default)]
pub struct Recorder(Mutex<Vec<Event>>);

impl Reporter for Recorder {
    fn report(&self, event: Event) {
        self.0.lock().unwrap().push(event);
    }
}

impl Recorder {
    pub fn new() -> (Arc<Self>, Arc<dyn Reporter>) {
        let recorder = Arc::new(Self::default());
        (recorder.clone(), recorder)
    }

    pub fn events(&self) -> Vec<Event> {
        self.0.lock().unwrap().clone()
    }

    /// What the step shown as `name` wrote.
    pub fn log(&self, name: &str) -> Vec<String> {
        let events = self.events();
        let step = events.iter().find_map(|event| match event {
            Event::StepStarted {
                id, name: shown, ..
            } if shown == name => Some(id.clone()),
            _ => None,
        });
        let lines = events.iter().filter_map(|event| match event {
            Event::StepLog { id, line } if Some(id) == step.as_ref() => Some(line.clone()),
            _ => None,
        });
        lines.collect()
    }

    /// How the step shown as `name` ended.
    pub fn outcome(&self, name: &str) -> Option<Outcome> {
        let events = self.events();
        let step = events.iter().find_map(|event| match event {
            Event::StepStarted {
                id, name: shown, ..
            } if shown == name => Some(id.clone()),
            _ => None,
        })?;
        events.into_iter().find_map(|event| match event {
            Event::StepEnded { id, outcome, .. } if id == step => Some(outcome),
            _ => None,
        })
    }

    /// Bytes of context that the engine says it received.
    pub fn context_bytes(&self) -> u64 {
        let events = self.events();
        let step = events.iter().find_map(|event| match event {
            Event::StepStarted { id, name, .. } if name == "send context" => Some(id.clone()),
            _ => None,
        });
        let moved = events.iter().filter_map(|event| match event {
            Event::StepProgress { id, done, .. } if Some(id) == step.as_ref() => Some(*done),
            _ => None,
        });
        moved.max().unwrap_or(0)
    }
}
