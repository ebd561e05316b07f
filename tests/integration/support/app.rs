//! An app with a name of its own, built by the real binary in the real engine. What it leaves
//! there is removed when it is dropped.

use std::ops::Deref;
use std::process::Output;

use serde_json::Value;

use super::Sandbox;
use super::engine::{TinyBase, docker, lines, unique};

/// A repository with an `app.toml`.
pub struct App {
    sandbox: Sandbox,
    name: String,
    base: Option<TinyBase>,
}

/// What `paas build --json --progress json` said.
pub struct Built {
    /// stdout.
    pub document: Value,
    /// stderr, an event a line.
    pub events: Vec<Value>,
}

impl App {
    /// An app on a base of one file: nothing can run in it, but building takes half a second.
    pub fn tiny() -> Self {
        Self::with_base(Some(TinyBase::new()), "")
    }

    /// An app on `paas/debian`, with these lines in `[build]`.
    pub fn debian(build: &str) -> Self {
        Self::with_base(None, build)
    }

    fn with_base(base: Option<TinyBase>, build: &str) -> Self {
        let app = Self {
            sandbox: Sandbox::new(),
            name: unique("paas-test"),
            base,
        };
        app.app_toml(build);
        app.write("main", "one").commit("first");
        app
    }

    /// Its name in `app.toml`.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The base of [`App::tiny`].
    pub fn base(&self) -> &TinyBase {
        self.base.as_ref().expect("a base of its own")
    }

    /// Writes `app.toml` with these lines in `[build]`, and the tables after it.
    pub fn app_toml(&self, build: &str) -> &Sandbox {
        self.write("app.toml", self.app_toml_with(build))
    }

    /// The text of it.
    pub fn app_toml_with(&self, build: &str) -> String {
        let all = format!("\n{build}");
        let (build, tables) = all.split_at(all.find("\n[").unwrap_or(all.len()));
        let base = self.base.as_ref().map_or("debian", TinyBase::name);
        let start = if tables.contains("[start]") {
            ""
        } else {
            "[start]\nscript = \"exec sleep 600\"\n"
        };
        format!(
            "name = \"{}\"\n[build]\nbase = \"{base}\"{build}\n{start}{tables}\n",
            self.name
        )
    }

    /// Builds; fails where the binary does.
    pub fn build(&self, arguments: &[&str]) -> Built {
        Built::of(&self.run(&[&["build"], arguments].concat()))
    }

    /// Runs with `--json --progress json`.
    pub fn run(&self, arguments: &[&str]) -> Output {
        let output = ["--json", "--progress", "json"];
        let all = [arguments, &output].concat();
        self.paas(&all).output().expect("paas")
    }

    /// The document of a command that succeeds.
    pub fn json(&self, arguments: &[&str]) -> Value {
        Built::of(&self.run(arguments)).document
    }

    /// The error event of a command that must exit with `code`.
    pub fn fails(&self, code: i32, arguments: &[&str]) -> Value {
        error(&self.run(arguments), code)
    }

    /// IDs of its images in the engine.
    pub fn images(&self) -> Vec<String> {
        let label = format!("label=io.paas.app={}", self.name);
        lines(&docker(&[
            "images",
            "--quiet",
            "--no-trunc",
            "--filter",
            &label,
        ]))
    }
}

impl Deref for App {
    type Target = Sandbox;

    fn deref(&self) -> &Sandbox {
        &self.sandbox
    }
}

impl Drop for App {
    fn drop(&mut self) {
        super::engine::remove_app(&self.name);
    }
}

impl Built {
    /// Of a command that must succeed.
    pub fn of(output: &Output) -> Self {
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(0), "{stderr}");
        Self {
            document: serde_json::from_slice(&output.stdout).expect("JSON on stdout"),
            events: events(output),
        }
    }

    /// A text of the document.
    pub fn text(&self, key: &str) -> &str {
        self.document[key]
            .as_str()
            .unwrap_or_else(|| panic!("{key} of {}", self.document))
    }

    pub fn version(&self) -> &str {
        self.text("version")
    }

    pub fn image(&self) -> &str {
        self.text("image")
    }

    pub fn digest(&self) -> &str {
        self.text("digest")
    }

    /// Whether the engine built: every build reports steps of BuildKit's.
    pub fn ran_the_engine(&self) -> bool {
        let mut started = self
            .events
            .iter()
            .filter(|event| event["event"] == "step_started");
        started.any(|event| {
            event["name"]
                .as_str()
                .is_some_and(|name| name.starts_with("base image "))
        })
    }
}

/// The lines of stderr.
pub fn events(output: &Output) -> Vec<Value> {
    let stderr = String::from_utf8_lossy(&output.stderr);
    let events = stderr.lines().map(serde_json::from_str);
    events
        .collect::<Result<_, _>>()
        .unwrap_or_else(|_| panic!("events: {stderr}"))
}

/// The error event of a command that must have exited with `code`.
pub fn error(output: &Output, code: i32) -> Value {
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(code), "{stderr}");
    let stdout = String::from_utf8_lossy(&output.stdout);
    assert_eq!(stdout, "", "{stderr}");
    let last = events(output).pop().expect("an event");
    assert_eq!(last["event"], "error", "{stderr}");
    assert_eq!(last["exit_code"], code);
    last
}
