//! A version that the registry holds is that version, whoever made it and whatever is asked for.

use std::process::Output;

use serde_json::Value;
use tempfile::TempDir;

use crate::registry::server::{Options, Server};
use crate::support::app::{App, Built, error};
use crate::support::engine::{docker, inspect};

/// One that builds an app: its own state, and so its own key for fingerprints. All of them share the
/// engine, so images are removed where it should be another machine's.
struct Machine<'a> {
    app: &'a App,
    state: TempDir,
    registry: String,
}

impl<'a> Machine<'a> {
    fn new(app: &'a App, server: &Server) -> Self {
        Self {
            app,
            state: TempDir::new().unwrap(),
            registry: server.host(),
        }
    }

    fn run(&self, token: &str, arguments: &[&str]) -> Output {
        let options = ["--registry", &self.registry, "--json", "--progress", "json"];
        let mut command = self.app.paas(&[arguments, &options].concat());
        command
            .env("PAAS_STATE_DIR", self.state.path())
            .env("TOKEN", token)
            .output()
            .unwrap()
    }

    fn build(&self, token: &str, arguments: &[&str]) -> Built {
        Built::of(&self.run(token, &[&["build"], arguments].concat()))
    }

    /// The message and all hints.
    fn refused(&self, token: &str, arguments: &[&str]) -> String {
        error(&self.run(token, &[&["build"], arguments].concat()), 3).to_string()
    }
}

/// An app with a secret and a committed lock.
fn app_with_secret() -> App {
    let app = App::tiny();
    app.app_toml("secrets = [\"TOKEN\"]");
    app.commit("secret");
    let lock = app.paas(&["build"]).env("TOKEN", "x").output().unwrap();
    assert_eq!(lock.status.code(), Some(0), "{lock:?}");
    app.commit("lock");
    forget(&app);
    app
}

fn forget(app: &App) {
    for id in app.images() {
        docker(&["rmi", "--force", &id]);
    }
}

fn says(built: &Built, kind: &str, what: &str) -> bool {
    let mut events = built.events.iter();
    events.any(|event| event["event"] == kind && event.to_string().contains(what))
}

fn id(image: &str) -> Value {
    inspect(image)["Id"].clone()
}

#[test]
fn another_machine_takes_what_was_published() {
    let (server, app) = (Server::start(&Options::default()), app_with_secret());
    let (one, two) = (Machine::new(&app, &server), Machine::new(&app, &server));
    let first = one.build("same", &["--push"]);
    assert!(first.ran_the_engine());
    // The next version's labels tell of the commit before.
    app.commit("nothing changed");
    let published = one.build("same", &["--push"]);
    assert_eq!(published.digest(), first.digest());
    forget(&app);

    let taken = two.build("same", &["--push"]);
    assert!(!taken.ran_the_engine(), "{:?}", taken.events);
    assert_eq!(taken.document["cached"], true);
    assert_eq!(taken.digest(), published.digest());
    let note = format!("took {} from the registry", published.version());
    assert!(says(&taken, "note", &note), "{:?}", taken.events);
    drop(server);
    let again = two.build("same", &[]);
    assert_eq!(again.digest(), published.digest(), "without the registry");
    assert!(
        !again.ran_the_engine() && !says(&again, "note", "took"),
        "{:?}",
        again.events
    );
}

#[test]
fn what_is_published_wins_over_what_this_machine_has() {
    let servers = [(); 2].map(|()| Server::start(&Options::default()));
    let app = app_with_secret();
    let (one, two) = (
        Machine::new(&app, &servers[0]),
        Machine::new(&app, &servers[0]),
    );
    let elsewhere = Machine {
        state: two.state,
        ..Machine::new(&app, &servers[1])
    };
    let published = one.build("same", &["--push"]);
    docker(&["rmi", published.image()]);
    let own = elsewhere.build("same", &[]);
    docker(&["tag", own.image(), published.image()]);
    let two = Machine {
        registry: servers[0].host(),
        ..elsewhere
    };
    let taken = two.build("same", &["--push"]);
    assert_eq!(taken.digest(), published.digest());
    assert!(
        says(&taken, "warning", "the name moves"),
        "{:?}",
        taken.events
    );
    assert_ne!(id(published.image()), id(own.image()));
}

#[test]
fn a_secret_that_changed_here_is_told_from_another_machines() {
    let (server, app) = (Server::start(&Options::default()), app_with_secret());
    let one = Machine::new(&app, &server);
    let published = one.build("old", &["--push"]);
    let before = id(published.image());
    for arguments in [&[][..], &["--push"]] {
        let refused = one.refused("new", arguments);
        assert!(
            refused.contains("other values of its build secrets"),
            "{refused}"
        );
        assert!(refused.contains("a new git tag"), "{refused}");
        assert_eq!(id(published.image()), before, "the name stays");
    }
    forget(&app);
    let refused = one.refused("new", &[]);
    assert!(
        refused.contains("other values"),
        "without the image: {refused}"
    );

    app.commit("another version");
    let next = one.build("new", &["--push"]);
    assert!(next.ran_the_engine());
    assert_ne!(next.digest(), published.digest());
}

#[test]
fn a_version_that_is_only_here_moves_with_a_warning() {
    let app = app_with_secret();
    let build = |token: &str, arguments: &[&str]| {
        let all = [&["build", "--json", "--progress", "json"], arguments].concat();
        Built::of(&app.paas(&all).env("TOKEN", token).output().unwrap())
    };
    let first = build("old", &[]);
    assert!(!says(&first, "warning", "the name moves"));
    for (token, arguments) in [("new", &[][..]), ("new", &["--no-cache"])] {
        let before = id(first.image());
        let moved = build(token, arguments);
        assert!(moved.ran_the_engine());
        assert_eq!(moved.version(), first.version());
        assert!(
            says(&moved, "warning", "the name moves"),
            "{arguments:?} {:?}",
            moved.events
        );
        assert_ne!(id(first.image()), before);
    }
}

#[test]
fn nothing_builds_a_published_version_again() {
    let (server, app) = (Server::start(&Options::default()), app_with_secret());
    let one = Machine::new(&app, &server);
    let published = one.build("same", &["--push"]);
    let before = id(published.image());
    for (arguments, reason) in [
        (&["--no-cache"][..], "leave `--no-cache` out"),
        (&["--no-cache", "--push"], "leave `--no-cache` out"),
        (&["--platform", "linux/s390x"], "in the registry for linux/"),
    ] {
        let refused = one.refused("same", arguments);
        assert!(refused.contains(reason), "{refused}");
        assert!(refused.contains("a version never changes"), "{refused}");
        assert_eq!(id(published.image()), before);
    }
    let architecture = docker(&["version", "--format", "{{.Server.Arch}}"]);
    let own = format!("linux/{}", architecture.trim());
    let same = one.build("same", &["--platform", &own]);
    assert_eq!(same.document["cached"], true, "the engine's own platform");
    assert!(!same.ran_the_engine());
}

#[test]
fn a_base_that_moved_is_no_other_version() {
    let (server, app) = (Server::start(&Options::default()), App::tiny());
    let host = server.host();
    let build = |ci: &str| {
        let all = [
            "build",
            "--push",
            "--registry",
            &host,
            "--json",
            "--progress",
            "json",
        ];
        Built::of(&app.paas(&all).env("CI", ci).output().unwrap())
    };
    let published = build("true");
    app.base().import("two");
    forget(&app);
    // Neither one's app.lock may pin what that version was not built on.
    for ci in ["true", ""] {
        let taken = build(ci);
        assert_eq!(taken.digest(), published.digest());
        assert_eq!(taken.document["cached"], true);
        assert!(!app.repo().join("app.lock").exists(), "CI={ci:?}");
    }
}

#[test]
fn what_is_not_this_apps_is_not_taken() {
    let (server, app) = (Server::start(&Options::default()), App::tiny());
    let one = Machine::new(&app, &server);
    let name = one.build("", &[]).image().to_owned();
    docker(&["tag", app.base().name(), &name]);
    docker(&["push", "--quiet", &name]);
    forget(&app);
    let refused = one.refused("", &[]);
    assert!(
        refused.contains("an image that is not this app's"),
        "{refused}"
    );
    docker(&["rmi", &name]);
}

#[test]
fn a_machine_without_the_base_finds_the_content_too() {
    let (server, app) = (Server::start(&Options::default()), App::tiny());
    let base = format!("{}/base:1", server.host());
    docker(&["tag", app.base().name(), &base]);
    docker(&["push", "--quiet", &base]);
    let text = std::fs::read_to_string(app.repo().join("app.toml")).unwrap();
    app.write("app.toml", text.replace(app.base().name(), &base));
    app.commit("a base in the registry");
    let one = Machine::new(&app, &server);
    let published = one.build("", &["--push"]);
    app.commit("lock");
    forget(&app);
    let known = inspect(&base)["RepoDigests"].clone();
    let known = known.as_array().unwrap().iter();
    let of_registry = known
        .filter_map(Value::as_str)
        .filter(|name| name.starts_with(&server.host()));
    let names: Vec<_> = of_registry.chain([base.as_str()]).collect();
    docker(&[&["rmi"], &names[..]].concat());

    let found = one.build("", &[]);
    assert_eq!(found.digest(), published.digest());
    assert!(!found.ran_the_engine(), "{:?}", found.events);
}
