use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;
use crate::config::{self, Probe, ScriptSource};
use crate::stack::{is_label, label};

fn text(text: &str) -> base::Proposal {
    base::Proposal::Text(text.to_owned())
}

fn inline(script: Option<&config::Script>) -> Option<String> {
    match &script?.source {
        ScriptSource::Inline(code) => Some(code.clone()),
        ScriptSource::File(_) => None,
    }
}

#[test]
fn explains_each_line() {
    let proposal = Proposal {
        base: "python".to_owned(),
        values: BTreeMap::from([
            (
                "build.dependencies.files".to_owned(),
                base::Proposal::List(vec!["Pipfile".to_owned()]),
            ),
            (
                "build.dependencies.script".to_owned(),
                text("pip install pipenv\npipenv sync\n"),
            ),
            ("start.script".to_owned(), text("exec gunicorn \"app:app\"")),
        ]),
        processes: BTreeMap::from([("worker".to_owned(), "exec rq".to_owned())]),
        before_deploy: Some("flask db upgrade".to_owned()),
        port: Some(3000),
        ..Proposal::default()
    };
    insta::assert_snapshot!(app_toml("shop", &proposal), @r##"
    # How this app is built and run. `paas schema` describes every key.
    name = "shop"

    [build]
    # What the build starts from: a name of `paas base list`, or any image.
    base = "python"

    # A layer of its own, made again only when one of these files changes.
    [build.dependencies]
    files = ["Pipfile"]
    script = """
    pip install pipenv
    pipenv sync
    """

    [start]
    # Takes requests on $PORT. With `exec`, the app itself is told when to stop.
    script = 'exec gunicorn "app:app"'
    # The one that the app listens on.
    port = 3000
    # stop_timeout = "30s"

    [processes.worker]
    script = "exec rq"

    # An instance is healthy once it answers `GET /`, by whatever status. A path says more.
    # [health]
    # path = "/healthz"

    [hooks]
    # Runs once, in the new image, before it takes requests.
    before_deploy = "flask db upgrade"

    # The running app's environment variables; secrets don't belong here.
    # [env]
    # LOG_LEVEL = "info"

    # Limits of each instance.
    # [resources]
    # memory = "256MiB"
    # cpu = 0.5

    # A place where it runs, and what is different there.
    # [environments.production]
    # domains = ["app.example.com"]
    # replicas = { web = 2 }
    # secrets = ["DATABASE_URL"]
    "##);
}

#[test]
fn what_is_not_known_is_a_comment() {
    let proposal = Proposal {
        base: "debian:trixie".to_owned(),
        ..Proposal::default()
    };
    let written = app_toml("x", &proposal);
    assert!(written.contains("\n# script = \"exec …\"\n"), "{written}");
    let app = config::parse(&written, "app.toml").unwrap().app;
    assert_eq!(app.start.script, None);
}

/// Whoever takes the `#` away gets a valid file.
#[test]
fn commented_examples_are_valid() {
    let proposal = Proposal {
        base: "python".to_owned(),
        values: BTreeMap::from([("start.script".to_owned(), text("exec x"))]),
        ..Proposal::default()
    };
    let written = app_toml("x", &proposal);
    let is_example = |line: &str| {
        let first = line.trim_start_matches("# ").split(' ').next().unwrap();
        line.starts_with("# [")
            || (line.contains(" = ") && first.chars().all(|c| c == '_' || c.is_alphanumeric()))
    };
    let open: Vec<_> = written
        .lines()
        .map(|line| {
            if is_example(line) {
                line.trim_start_matches("# ")
            } else {
                line
            }
        })
        .collect();
    let app = config::parse(&open.join("\n"), "app.toml").unwrap().app;
    assert_eq!(app.env["LOG_LEVEL"], "info");
    assert_eq!(app.environments["production"].replicas["web"], 2);
    assert!(app.resources.memory.is_some());
    assert_eq!(app.start.port.get(), 8080);
    assert!(app.health.is_some());
}

/// As the parser has scripts.
fn unix(script: &str) -> String {
    script.replace("\r\n", "\n")
}

const SCRIPT: &str = r#"([\x01-\x7f]|['"\\\n\r]|'''|"""|\PC){0,40}x"#;

proptest! {
    #[test]
    fn whatever_is_found_is_read_back(
        folder in r"(\PC|[\x00-\x7f]){0,60}",
        build in SCRIPT,
        start in SCRIPT,
        install in SCRIPT,
        worker in SCRIPT,
        release in SCRIPT,
        process in "[a-z][a-z0-9]{0,8}".prop_filter("taken", |name| name != "web"),
    ) {
        let name = label(&folder);
        prop_assert!(is_label(&name));
        let proposal = Proposal {
            base: "python".to_owned(),
            values: BTreeMap::from([
                ("build.script".to_owned(), text(&build)),
                ("build.dependencies.files".to_owned(), base::Proposal::List(vec!["a".to_owned()])),
                ("build.dependencies.script".to_owned(), text(&install)),
                ("start.script".to_owned(), text(&start)),
                ("health.path".to_owned(), text("/healthz")),
            ]),
            processes: BTreeMap::from([(process.clone(), worker.clone())]),
            before_deploy: Some(release.clone()),
            ..Proposal::default()
        };
        let app = config::parse(&app_toml(&name, &proposal), "app.toml").unwrap().app;
        prop_assert_eq!(app.name, name);
        prop_assert_eq!(inline(app.build.script.as_ref()), Some(unix(&build)));
        prop_assert_eq!(inline(app.start.script.as_ref()), Some(unix(&start)));
        let dependencies = app.build.dependencies.unwrap();
        prop_assert_eq!(inline(Some(&dependencies.script)), Some(unix(&install)));
        prop_assert_eq!(inline(Some(&app.processes[&process].script)), Some(unix(&worker)));
        prop_assert_eq!(inline(app.hooks.before_deploy.as_ref()), Some(unix(&release)));
        prop_assert_eq!(app.health.unwrap().probe, Probe::Http("/healthz".to_owned()));
    }
}
