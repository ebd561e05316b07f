//! A secret is in no place but the step that uses it.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use memchr::memmem;

use crate::support::app::{App, Built, error};
use crate::support::engine::{docker, sh};

const CANARY: &str = "canary-8c1f0e77d3b94a55";
const BUILD: &str = "secrets = [\"TOKEN\"]\n\
    dependencies = { files = [\"main\"], output = [\"/opt/d\"], script = '''\n\
      mkdir -p /opt/d; echo \"dependencies say $TOKEN\"; printf %s \"$TOKEN\" | sha256sum > /opt/d/sum\n\
      test \"$(cat /run/paas/secrets/TOKEN)\" = \"$TOKEN\"''' }\n\
    script = '''echo \"build says $TOKEN\"; echo \"$TOKEN\" >&2; echo ${#TOKEN} > length'''";

fn has(bytes: &[u8], what: &str) -> bool {
    memmem::find(bytes, what.as_bytes()).is_some()
}

fn search(folder: &Path, found: &mut Vec<String>) {
    for entry in fs::read_dir(folder).into_iter().flatten() {
        let entry = entry.unwrap();
        if entry.file_type().unwrap().is_dir() {
            search(&entry.path(), found);
        } else if has(&fs::read(entry.path()).unwrap_or_default(), CANARY) {
            found.push(entry.path().display().to_string());
        }
    }
}

fn save(image: &str) -> Vec<u8> {
    let output = Command::new("/usr/bin/docker")
        .args(["save", image])
        .output();
    output.unwrap().stdout
}

/// `how` is an argument of `--secret` or nothing; `variable` the value of `$TOKEN`.
fn build(app: &App, how: Option<&str>, variable: Option<&str>, stdin: &str, style: &str) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_paas"));
    command
        .args(["build", "--json", "--progress", style])
        .args(how.iter().flat_map(|how| ["--secret", how]))
        .current_dir(app.repo())
        .env_clear()
        .env("HOME", app.home())
        .envs(variable.map(|value| ("TOKEN", value)))
        .envs([("OTHER", CANARY)])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    drop(child.stdin.take().unwrap().write_all(stdin.as_bytes()));
    child.wait_with_output().unwrap()
}

#[test]
fn a_secret_leaves_no_trace() {
    let app = App::debian(BUILD);
    let file = tempfile::NamedTempFile::new().unwrap();
    fs::write(file.path(), CANARY).unwrap();
    let from_file = format!("TOKEN=file:{}", file.path().display());
    let mut digests = Vec::new();
    for (how, variable, stdin, style) in [
        (None, Some(CANARY), "", "json"),
        (Some("TOKEN"), Some(CANARY), "", "plain"),
        (Some("TOKEN=env:OTHER"), Some("not this one"), "", "plain"),
        (Some(from_file.as_str()), None, "", "json"),
        (Some("TOKEN=-"), None, CANARY, "plain"),
    ] {
        // The first one runs; those after it have the same value.
        let output = build(&app, how, variable, stdin, style);
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(0), "{how:?}: {stderr}");
        assert!(!has(&output.stderr, CANARY), "{how:?}: {stderr}");
        assert!(!has(&output.stdout, CANARY), "{how:?}");
        if digests.is_empty() {
            assert!(stderr.contains("dependencies say ***"), "{stderr}");
            assert!(stderr.contains("build says ***"), "{stderr}");
        }
        let document: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        digests.push(document["digest"].as_str().unwrap().to_owned());
    }
    assert!(
        digests.iter().all(|digest| *digest == digests[0]),
        "{digests:?}"
    );

    let image = &digests[0];
    let sum = sh(
        image,
        "cat /opt/d/sum length; env; ls -A /run/paas/secrets 2>&1 || :",
    );
    let expected = paas::image::Digest::of(CANARY.as_bytes());
    assert!(sum.starts_with(expected.hex()), "the step had it: {sum}");
    assert!(sum.contains(&format!("{}\n", CANARY.len())), "{sum}");
    assert!(!sum.contains("TOKEN"), "{sum}");
    assert!(!has(&save(image), CANARY), "a layer or the configuration");
    for text in [
        docker(&["history", "--no-trunc", image]),
        docker(&["image", "inspect", image]),
    ] {
        assert!(!text.contains(CANARY), "{text}");
    }
    let mut found = Vec::new();
    search(&app.home(), &mut found);
    search(&app.repo(), &mut found);
    assert_eq!(found, [""; 0]);
}

#[test]
fn a_changed_secret_builds_again() {
    let app = App::debian(
        "secrets = [\"TOKEN\"]\nscript = 'printf %s \"$TOKEN\" | sha256sum > sum; date +%s%N > when'",
    );
    let with = |value: &str| Built::of(&build(&app, None, Some(value), "", "json"));
    let (one, same, two) = (with("value-one"), with("value-one"), with("value-two"));
    assert_eq!(one.digest(), same.digest());
    assert!(!same.ran_the_engine());
    assert!(two.ran_the_engine());
    let sum = sh(two.digest(), "cat sum");
    assert!(
        sum.starts_with(paas::image::Digest::of(b"value-two").hex()),
        "{sum}"
    );
    let mut found = Vec::new();
    search(&app.home(), &mut found);
    assert_eq!(found, [""; 0]);
}

#[test]
fn a_secret_of_several_lines_arrives_whole() {
    let app = App::debian(
        "secrets = [\"TOKEN\"]\nscript = '''sha256sum < /run/paas/secrets/TOKEN > sum; echo \"$TOKEN\"'''",
    );
    let value = "-----BEGIN KEY-----\nline-two-$x`y`'\"\\\nlast\n";
    let output = build(&app, Some("TOKEN=-"), None, value, "json");
    let built = Built::of(&output);
    let expected = paas::image::Digest::of(value.as_bytes());
    assert!(sh(built.image(), "cat sum").starts_with(expected.hex()));
    assert!(
        !has(&output.stderr, "line-two"),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

#[test]
fn a_failing_script_does_not_tell_either() {
    let app = App::debian("secrets = [\"TOKEN\"]\nscript = 'echo \"with $TOKEN\"; exit 1'");
    for style in ["json", "plain"] {
        let output = build(&app, None, Some(CANARY), "", style);
        assert_eq!(output.status.code(), Some(5));
        let text = String::from_utf8_lossy(&output.stderr);
        assert!(
            !text.contains(CANARY) && text.contains("with ***"),
            "{text}"
        );
    }
}

#[test]
fn a_secret_without_a_value_and_a_value_without_a_secret_are_mistakes() {
    let app = App::debian("secrets = [\"TOKEN\"]\nscript = 'true'");
    for (how, variable, message) in [
        (None, None, "the build secret TOKEN has no value"),
        (
            Some("OTHER"),
            Some("x"),
            "the app has no build secret OTHER",
        ),
        (
            Some("TOKEN=env:MISSING"),
            None,
            "the variable MISSING is not set",
        ),
        (
            Some("TOKEN=file:/nonexistent"),
            None,
            "cannot read the secret from /nonexistent",
        ),
    ] {
        let failed = error(&build(&app, how, variable, "", "json"), 2);
        assert_eq!(failed["message"], message);
    }
    let by_mistake = format!("TOKEN={CANARY}");
    let output = build(&app, Some(&by_mistake), None, "", "json");
    assert_eq!(output.status.code(), Some(2));
    assert!(!has(&output.stderr, CANARY));
}

#[test]
fn no_name_of_the_apps_meets_one_of_ours() {
    let names = ["name", "paas", "script", "secret", "step", "value"];
    let listed = names.map(|name| format!("\"{name}\"")).join(", ");
    let app = App::debian(&format!(
        "secrets = [{listed}]\nenv = {{ names = \"vim\", package = \"x\" }}\n\
         script = 'echo $name $paas $script $secret $step $value $names $package | sha256sum > sum'\n\
         [start]\nscript = 'echo $name $paas $script'\n[env]\nname = \"own\""
    ));
    let mut command = app.paas(&["build", "--json", "--progress", "json"]);
    let values = names.map(|name| (name, format!("the-{name}")));
    let built = Built::of(&command.envs(values).output().unwrap());
    let all = "the-name the-paas the-script the-secret the-step the-value vim x\n";
    let sum = paas::image::Digest::of(all.as_bytes());
    assert!(sh(built.image(), "cat sum").starts_with(sum.hex()));
    let started = docker(&[
        "run",
        "--rm",
        "--network=none",
        "--env=name=a",
        "--env=paas=b",
        "--env=script=c",
        built.image(),
    ]);
    assert_eq!(started.trim(), "a b c");
}
