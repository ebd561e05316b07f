//! What a repository says is an attacker's input: texts that would be instructions, names that
//! would be options, files that would be somebody else's.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::process::Command;

use crate::support::app::App;
use crate::support::engine::{docker, inspect, sh};

const TEXTS: [&str; 8] = [
    "x\"\nLABEL pwned=yes\nRUN touch /pwned",
    "x\nLABEL pwned=yes",
    "{{ 7*7 }}{% include \"/etc/passwd\" %}",
    "$(touch /pwned)`touch /pwned`",
    "'; touch /pwned; '",
    "x \\\nLABEL pwned=yes",
    "a;id",
    "A/../b",
];

/// The text as a TOML string.
fn quoted(text: &str) -> String {
    serde_json::to_string(text).unwrap()
}

fn is_pwned(app: &App, image: &str) -> bool {
    let all = inspect(image).to_string() + &docker(&["history", "--no-trunc", image]);
    all.contains("pwned=yes") || all.contains("\"pwned\":") || {
        docker(&["create", "--name", app.name(), image]);
        let copied = Command::new("/usr/bin/docker")
            .args(["cp", &format!("{}:/pwned", app.name()), "-"])
            .output()
            .unwrap();
        docker(&["rm", app.name()]);
        copied.status.success()
    }
}

/// Every field that takes text, with a hole for it.
const FIELDS: [&str; 25] = [
    "name = @\n[build]\nbase = \"BASE\"",
    "name = \"x\"\ngroup = @\n[build]\nbase = \"BASE\"",
    "name = \"x\"\nregistry = @\n[build]\nbase = \"BASE\"",
    "name = \"x\"\n[build]\nbase = @",
    "name = \"x\"\n[build]\nbase = \"BASE\"\nruntime = @",
    "name = \"x\"\n[build]\nbase = \"BASE\"\npackages = [@]",
    "name = \"x\"\n[build]\nbase = \"BASE\"\ncache = [@]",
    "name = \"x\"\n[build]\nbase = \"BASE\"\ncache = [\"/@\"]",
    "name = \"x\"\n[build]\nbase = \"BASE\"\noutput = [@]",
    "name = \"x\"\n[build]\nbase = \"BASE\"\noutput = [\"/@\"]",
    "name = \"x\"\n[build]\nbase = \"BASE\"\nsecrets = [@]",
    "name = \"x\"\n[build]\nbase = \"BASE\"\nenv = { @ = \"x\" }",
    "name = \"x\"\n[build]\nbase = \"BASE\"\nscript = { file = @ }",
    "name = \"x\"\n[build]\nbase = \"BASE\"\ninclude = [@]",
    "name = \"x\"\n[build]\nbase = \"BASE\"\ndependencies = { files = [@], script = \"true\" }",
    "name = \"x\"\n[build]\nbase = \"BASE\"\ndependencies = { files = [\"main\"], script = \"true\", output = [@] }",
    "name = \"x\"\n[build]\nbase = \"BASE\"\n[start]\nuser = @",
    "name = \"x\"\n[build]\nbase = \"BASE\"\n[start]\nstop_timeout = @",
    "name = \"x\"\n[build]\nbase = \"BASE\"\n[processes.@]\nscript = \"x\"",
    "name = \"x\"\n[build]\nbase = \"BASE\"\n[health]\npath = @",
    "name = \"x\"\n[build]\nbase = \"BASE\"\n[resources]\nmemory = @",
    "name = \"x\"\n[build]\nbase = \"BASE\"\n[[volumes]]\nname = @\npath = \"/data\"",
    "name = \"x\"\n[build]\nbase = \"BASE\"\n[[volumes]]\nname = \"data\"\npath = @",
    "name = \"x\"\n[build]\nbase = \"BASE\"\n[environments.@]\ncluster = \"x\"",
    "name = \"x\"\n[build]\nbase = \"BASE\"\n[environments.x]\ndomains = [@]",
];

#[test]
fn a_text_that_has_a_grammar_is_refused_outside_of_it() {
    let app = App::tiny();
    for field in FIELDS {
        for text in TEXTS {
            // Names of files may hold almost anything; what isn't there is refused as well.
            let file = field
                .replace("BASE", app.base().name())
                .replace("\"/@\"", &quoted(&format!("/{text}")))
                .replace('@', &quoted(text));
            let file = if file.contains("[start]") {
                file.replace("[start]", "[start]\nscript = \"x\"")
            } else {
                file + "\n[start]\nscript = \"x\"\n"
            };
            app.write("app.toml", &file);
            let output = app.run(&["build"]);
            let stderr = String::from_utf8_lossy(&output.stderr);
            assert_eq!(output.status.code(), Some(2), "{file}\n{stderr}");
        }
    }
}

#[test]
fn a_text_that_may_be_anything_stays_a_text() {
    let text = TEXTS.join("|");
    let app = App::debian("");
    app.app_toml(&format!(
        "script = 'printf %s \"$VALUE\" > value'\nenv = {{ VALUE = {value} }}\nexclude = [{pattern}]\n\
         [start]\nscript = {start}\n[processes.other]\nscript = {start}\n[env]\nX = {value}\n\
         [hooks]\nbefore_deploy = {value}",
        value = quoted(&text),
        pattern = quoted("$(id){{ 7*7 }}"),
        start = quoted(&format!("cat <<'END'\n{text}\nEND\n")),
    ));
    app.commit("hostile");
    let built = app.build(&[]);
    assert_eq!(sh(built.image(), "cat value"), text);
    for process in ["web", "other"] {
        let said = docker(&["run", "--rm", "--network=none", built.image(), process]);
        assert_eq!(said, format!("{text}\n"));
    }
    assert!(!is_pwned(&app, built.image()));
}

#[test]
fn a_git_tag_and_a_branch_are_texts_too() {
    let app = App::tiny();
    app.git(&["tag", "v1$(id)`id`;'\"{{7}}"]);
    app.git(&["checkout", "--quiet", "-b", "x$(id)"]);
    let built = app.build(&[]);
    let labels = &inspect(built.image())["Config"]["Labels"];
    assert_eq!(labels["io.paas.git-tag"], "v1$(id)`id`;'\"{{7}}");
    assert!(
        built
            .version()
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b))
    );
}

#[test]
fn files_of_any_name_arrive_as_they_are() {
    let app = App::debian("script = 'true'");
    let long = "l".repeat(255);
    let names = [
        "-rf",
        "--help",
        "a b",
        "$x",
        "$(touch pwned)",
        "*[a]?",
        "'q\"",
        "back\\slash",
        "new\nline",
        "é ü",
        "#hash",
        "!bang",
        "Dockerfile",
        ".dockerignore",
        "paas",
        "app",
        "steps",
        &long,
    ];
    for name in names {
        let text = if name == ".dockerignore" {
            "# nothing\n"
        } else {
            name
        };
        fs::write(app.repo().join(name), text).unwrap();
    }
    app.write("sub/-d/run", "x")
        .write("Dockerfile", "FROM scratch\nLABEL pwned=yes\n");
    app.write("steps2/run", "exit 9");
    let run = app.repo().join("sub/-d/run");
    fs::set_permissions(run, fs::Permissions::from_mode(0o755)).unwrap();
    app.commit("names");
    let built = app.build(&[]);
    for name in names
        .iter()
        .filter(|name| !["Dockerfile", ".dockerignore"].contains(name))
    {
        let shell = [
            "run",
            "--rm",
            "--network=none",
            "--entrypoint=/bin/cat",
            built.image(),
            "--",
        ];
        let path = format!("/app/{name}");
        assert_eq!(docker(&[&shell[..], &[&path]].concat()), *name);
    }
    let modes = sh(
        built.image(),
        "stat -c %a sub/-d/run main; head -1 Dockerfile; ls | wc -l",
    );
    assert_eq!(
        modes,
        format!("755\n644\nFROM scratch\n{}\n", names.len() + 3)
    );
    assert!(!is_pwned(&app, built.image()));
}

#[test]
fn a_name_that_is_no_text_is_refused_or_kept() {
    let app = App::tiny();
    fs::write(app.repo().join(OsStr::from_bytes(b"x\xff")), "x").unwrap();
    let output = app.run(&["build"]);
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(matches!(output.status.code(), Some(0 | 2)), "{stderr}");
    if output.status.code() == Some(2) {
        assert!(stderr.contains("UTF-8"), "{stderr}");
    }
}

#[test]
fn links_stay_links_and_lead_nowhere_else() {
    let app = App::debian("script = 'true'");
    app.write("folder/file", "x");
    symlink("folder/file", app.repo().join("inside")).unwrap();
    symlink("folder", app.repo().join("to-folder")).unwrap();
    symlink("loop", app.repo().join("loop")).unwrap();
    symlink("missing", app.repo().join("dangling")).unwrap();
    let pipe = app.repo().join("pipe");
    assert!(
        Command::new("mkfifo")
            .arg(&pipe)
            .status()
            .unwrap()
            .success()
    );
    app.git(&["add", "--all", "--", ":!pipe"]);
    app.git(&["commit", "--quiet", "--message=links"]);
    let built = app.build(&[]);
    let found = sh(
        built.image(),
        "for l in inside to-folder loop dangling; do readlink $l; done; test ! -e pipe; cat to-folder/file",
    );
    assert_eq!(found, "folder/file\nfolder\nloop\nmissing\nx");

    for target in ["/etc/shadow", "../../outside", "folder/../../x"] {
        let link = app.repo().join("out");
        symlink(target, &link).unwrap();
        let output = app.run(&["build"]);
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert!(
            matches!(output.status.code(), Some(2 | 3)),
            "{target}: {stderr}"
        );
        assert!(
            stderr.contains("out") && stderr.contains("link"),
            "{stderr}"
        );
        fs::remove_file(link).unwrap();
    }
    for field in [
        "script = { file = \"shadow\" }",
        "dependencies = { files = [\"shadow\"], script = \"cat shadow\" }",
    ] {
        let link = app.repo().join("shadow");
        symlink("/etc/shadow", &link).unwrap();
        app.app_toml(field);
        assert!(
            matches!(app.run(&["build"]).status.code(), Some(2 | 3)),
            "{field}"
        );
        fs::remove_file(link).unwrap();
    }
}

#[test]
fn what_a_script_writes_does_not_move_the_terminal() {
    let app =
        App::debian("script = '''printf \"\\033[2J\\033]0;pwned\\007\\rhidden\\n\"; exit 1'''");
    let output = app
        .paas(&["build", "--progress", "plain"])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(5));
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(stderr.contains("hidden"), "{stderr}");
    assert!(
        !stderr.contains('\u{1b}') && !stderr.contains('\u{7}'),
        "{stderr:?}"
    );
}

#[test]
fn configuration_of_the_repository_runs_no_programs() {
    let app = App::tiny();
    let mark = app.home().join("ran");
    let script = app.home().join("script");
    fs::write(
        &script,
        format!("#!/bin/sh\ntouch {}\ncat\n", mark.display()),
    )
    .unwrap();
    fs::set_permissions(&script, fs::Permissions::from_mode(0o755)).unwrap();
    let script = script.display().to_string();
    app.write(".gitattributes", "* filter=evil diff=evil\n")
        .commit("attributes");
    for key in [
        "core.fsmonitor",
        "core.hooksPath",
        "filter.evil.clean",
        "filter.evil.smudge",
        "diff.evil.textconv",
        "core.pager",
        "core.sshCommand",
    ] {
        app.git(&["config", key, &script]);
    }
    app.write("main", "changed");
    app.run(&["build"]);
    app.run(&["plan", "--context"]);
    assert!(!mark.exists());
}
