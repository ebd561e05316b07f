//! `paas init` with the real binary.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use paas::config::{self, App, Script, ScriptSource};

use crate::support::Sandbox;

const FLASK: &str = "app = Flask(__name__)\n";

fn app(sandbox: &Sandbox) -> App {
    config::load(&sandbox.repo().join("app.toml")).unwrap().app
}

fn code(script: &Script) -> String {
    match &script.source {
        ScriptSource::Inline(code) => code.clone(),
        ScriptSource::File(path) => panic!("a file: {path}"),
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let to = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &to);
        } else {
            fs::copy(entry.path(), to).unwrap();
        }
    }
}

/// Without the options that are a matter of taste.
fn essence(script: &str) -> String {
    let start = script.lines().next().unwrap_or_default();
    let words = start
        .split(' ')
        .filter(|word| !word.starts_with(['-', '$']));
    words.take(3).collect::<Vec<_>>().join(" ")
}

#[test]
fn the_examples_are_what_init_writes() {
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples");
    let folders = fs::read_dir(examples).unwrap();
    let folders: Vec<PathBuf> = folders
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.join("app.toml").is_file())
        .collect();
    assert!(folders.len() >= 9);
    for folder in folders {
        let sandbox = Sandbox::new();
        copy(&folder, &sandbox.repo());
        let theirs = app(&sandbox);
        let run = sandbox.paas(&["init", "--yes", "--force"]).assert().code(0);
        run.stdout("");
        let ours = app(&sandbox);
        assert_eq!(ours.name, "repo");
        assert_eq!(ours.build.base, theirs.build.base);
        assert_eq!(ours.build.packages, theirs.build.packages);
        assert_eq!(ours.build.output, theirs.build.output);
        let dependencies = |app: &App| {
            let dependencies = app.build.dependencies.as_ref()?;
            Some((dependencies.files.clone(), code(&dependencies.script)))
        };
        assert_eq!(dependencies(&ours), dependencies(&theirs));
        let build = |app: &App| {
            app.build
                .script
                .as_ref()
                .map(|script| essence(&code(script)))
        };
        let (our_build, their_build) = (build(&ours), build(&theirs));
        assert_eq!(our_build.is_some(), their_build.is_some());
        let start = |app: &App| {
            app.start
                .script
                .as_ref()
                .map(|script| essence(&code(script)))
        };
        if theirs.name == "static-site" {
            assert_eq!(start(&ours).as_deref(), Some("exec static-server"));
            continue;
        }
        assert_eq!(start(&ours), start(&theirs), "{}", theirs.name);
        let probe = |app: &App| app.health.as_ref().map(|health| health.probe.clone());
        assert_eq!(probe(&ours), probe(&theirs), "{}", theirs.name);
    }
}

#[test]
fn says_what_it_found_and_what_is_next() {
    let sandbox = Sandbox::new();
    sandbox.write("app.py", FLASK).write("index.html", "");
    let output = sandbox.paas(&["init"]).output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert!(output.stdout.is_empty());
    let said = String::from_utf8(output.stderr).unwrap();
    let said = said.replace(sandbox.repo().to_str().unwrap(), "[repo]");
    insta::assert_snapshot!(said, @r"
    found Flask (base python)
    found static site as well: `--base static` takes it
    warning: add gunicorn to the app's requirements: the start script needs it
    wrote [repo]/app.toml
    next: read it, commit it (`git add app.toml && git commit`), then `paas build`
    ");
}

#[test]
fn json_is_one_document() {
    let sandbox = Sandbox::new();
    sandbox
        .write("api/app.py", FLASK)
        .write("api/requirements.txt", "flask\n");
    let arguments = ["init", "--json", "--name", "shop", "-C", "api"];
    let output = sandbox.paas(&arguments).output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    let document: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let path = sandbox.repo().canonicalize().unwrap().join("api/app.toml");
    assert_eq!(
        document,
        serde_json::json!({
            "path": path,
            "base": "python",
            "detected": ["Flask", "pip"],
            "notes": ["add gunicorn to the app's requirements: the start script needs it"],
        })
    );
    assert_eq!(config::load(&path).unwrap().app.name, "shop");
    let left: Vec<_> = fs::read_dir(path.parent().unwrap()).unwrap().collect();
    assert_eq!(left.len(), 3, "no temporary file stays");
}

#[test]
fn replaces_nothing_without_being_told() {
    let sandbox = Sandbox::new();
    sandbox.write("app.py", FLASK).write("app.toml", "mine");
    let refused = sandbox.paas(&["init", "--yes"]).assert().code(3);
    refused.stderr(predicates::str::contains("`--force`"));
    assert_eq!(
        fs::read_to_string(sandbox.repo().join("app.toml")).unwrap(),
        "mine"
    );
    sandbox.paas(&["init", "--yes", "--force"]).assert().code(0);
    assert_eq!(app(&sandbox).name, "repo");

    // A link is replaced, not what it points at, even where that doesn't exist.
    let path = sandbox.repo().join("app.toml");
    for target in ["elsewhere", "nowhere"] {
        sandbox.write("elsewhere", "theirs");
        fs::remove_file(&path).unwrap();
        symlink(target, &path).unwrap();
        sandbox.paas(&["init", "--yes"]).assert().code(3);
        sandbox.paas(&["init", "--yes", "--force"]).assert().code(0);
        assert!(!path.is_symlink());
        let elsewhere = fs::read_to_string(sandbox.repo().join("elsewhere")).unwrap();
        assert_eq!(elsewhere, "theirs");
        assert!(!sandbox.repo().join("nowhere").exists());
    }
}

#[test]
fn asks_for_what_it_cannot_do() {
    let outside = tempfile::tempdir().unwrap();
    let folder = outside.path().to_str().unwrap();
    let sandbox = Sandbox::new();
    for (arguments, code, said) in [
        (&["init", "-C", folder][..], 2, "`git init`"),
        (&["init"], 2, "looked for"),
        (&["init", "--yes"], 2, "  go: go.mod, "),
        (
            &["init", "--base", "pyton"],
            2,
            "no base image is called `pyton`",
        ),
        (
            &["init", "--base", "a b/c"],
            2,
            "no base image is called `a b/c`",
        ),
        (&["init", "--name", "My App", "--base", "go"], 2, "`my-app`"),
    ] {
        let run = sandbox.paas(arguments).assert().code(code);
        run.stdout("").stderr(predicates::str::contains(said));
    }
    assert!(!sandbox.repo().join("app.toml").exists());
    sandbox
        .paas(&["init", "--base", "debian:trixie"])
        .assert()
        .code(0);
    assert!(app(&sandbox).start.script.is_none());
}

#[test]
fn ignored_files_and_links_tell_nothing() {
    let sandbox = Sandbox::new();
    sandbox
        .write(".gitignore", "main.go\n")
        .write("go.mod", "")
        .write("main.go", "func main() {")
        .write("outside.txt", FLASK);
    symlink("outside.txt", sandbox.repo().join("app.py")).unwrap();
    sandbox.paas(&["init", "--yes"]).assert().code(2);
}

fn two_stacks() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox
        .write("app.py", FLASK)
        .write("go.mod", "")
        .write("main.go", "func main() {");
    sandbox
}

#[test]
fn two_stacks_without_a_terminal_need_a_flag() {
    let sandbox = two_stacks();
    let message = "error: the app may be Go (base go) or Flask (base python)\n\
                   hint: choose with `--base go` or `--base python`, or take the first with `--yes`\n";
    sandbox
        .paas(&["init"])
        .assert()
        .code(2)
        .stdout("")
        .stderr(message);
    sandbox.paas(&["init", "--base", "python"]).assert().code(0);
    assert_eq!(
        app(&sandbox).build.base,
        config::BaseName::Named("python".to_owned())
    );
    sandbox.paas(&["init", "--yes", "--force"]).assert().code(0);
    assert_eq!(
        app(&sandbox).build.base,
        config::BaseName::Named("go".to_owned())
    );
}

/// What `paas init` says in a terminal where somebody types `keys` once asked `question`.
fn in_a_terminal(sandbox: &Sandbox, question: &str, keys: &str) -> String {
    let (status, said) = sandbox.in_a_terminal("init", question, keys);
    assert_eq!(status, 0, "{said}");
    said
}

#[test]
fn two_stacks_are_a_question() {
    let sandbox = two_stacks();
    let said = in_a_terminal(&sandbox, "What is the app", "\\033[B\\r");
    assert!(said.contains("Flask (base python)"), "{said}");
    assert_eq!(
        app(&sandbox).build.base,
        config::BaseName::Named("python".to_owned())
    );
}

#[test]
fn no_stack_is_a_question() {
    let sandbox = Sandbox::new();
    let said = in_a_terminal(&sandbox, "Which base image", "\\r");
    assert!(said.contains("debian: Debian 12"), "{said}");
    assert_eq!(
        app(&sandbox).build.base,
        config::BaseName::Named("debian".to_owned())
    );
}
