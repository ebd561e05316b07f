//! Requests of git hosts: proof, decision, refusal.

use std::fs;

use predicates::prelude::*;

use super::{NOTHING, SECRET, deliver, document, github_push, head, shop, shop_with};
use crate::support::Sandbox;

const ANOTHER: &str = "1111111111111111111111111111111111111111";

#[test]
fn a_signed_push_of_the_default_branch_builds() {
    let sandbox = shop();
    let commit = head(&sandbox);
    let body = github_push("refs/heads/main", NOTHING, &commit);
    let document = document(&mut deliver(&sandbox, &body, &["--dry-run"]));
    assert_eq!(
        document,
        serde_json::json!({
            "provider": "github",
            "event": "push",
            "repository": super::ORIGIN,
            "ref": "refs/heads/main",
            "commit": commit,
            "decision": "build",
            "reason": null,
            "builds": [],
        })
    );
}

#[test]
fn without_a_valid_proof_nothing_is_read() {
    let sandbox = shop();
    let body = github_push("refs/heads/main", NOTHING, &head(&sandbox));
    let wrong = format!("X-Hub-Signature-256: sha256={}", "0".repeat(64));
    for (headers, message) in [
        (&[][..], "`X-Hub-Signature-256` is missing"),
        (&[wrong.as_str()][..], "does not fit the request"),
    ] {
        let headers = headers.iter().flat_map(|header| ["--header", *header]);
        sandbox
            .paas(&["webhook", "--event", "-", "--secret-from", "env:HOOK"])
            .args(["--header", "X-GitHub-Event: push"])
            .args(headers)
            .env("HOOK", SECRET)
            .write_stdin(body.as_str())
            .assert()
            .code(3)
            .stdout("")
            .stderr(predicate::str::contains(message).and(predicate::str::contains(SECRET).not()));
    }
    // Signed, then changed: JSON that is none must not even be noticed.
    deliver(&sandbox, &body, &[])
        .write_stdin("{ no json")
        .assert()
        .code(3)
        .stdout("");
}

#[test]
fn the_secret_may_be_a_line_in_a_file_and_headers_too() {
    let sandbox = shop();
    let body = github_push("refs/heads/main", NOTHING, &head(&sandbox));
    let files = sandbox.home();
    fs::write(files.join("secret"), format!("{SECRET}\r\n")).unwrap();
    fs::write(files.join("event"), &body).unwrap();
    let signature = super::signature(&body);
    let headers = format!("x-github-event: push\r\nX-Hub-Signature-256: sha256={signature}\r\n");
    fs::write(files.join("headers"), headers).unwrap();
    let place = |name: &str| files.join(name).display().to_string();
    let mut command = sandbox.paas(&["webhook", "--dry-run", "--event", &place("event")]);
    command
        .args(["--header", &format!("@{}", place("headers"))])
        .args(["--secret-from", &format!("file:{}", place("secret"))]);
    assert_eq!(document(&mut command)["decision"], "build");
}

#[test]
fn what_is_not_to_be_built_says_why_and_is_no_error() {
    let sandbox = shop_with("[webhook]\nbranches = [\"main\", \"release/*\"]\ntags = [\"v*\"]\n");
    let first = head(&sandbox);
    sandbox.write("other", "x").commit("second");
    let second = head(&sandbox);
    for (reference, before, after, reason) in [
        (
            "refs/heads/topic",
            first.as_str(),
            second.as_str(),
            "branch `topic` matches none of [webhook] branches",
        ),
        (
            "refs/heads/main",
            &first,
            NOTHING,
            "branch `main` was deleted",
        ),
        (
            "refs/heads/main",
            &second,
            &second,
            "branch `main` did not move",
        ),
    ] {
        let body = github_push(reference, before, after);
        let mut command = deliver(&sandbox, &body, &[]);
        let said = predicate::str::contains(reason);
        command.assert().code(0).stderr(said);
        let document = document(&mut command);
        assert_eq!(document["decision"], "ignore");
        assert_eq!(document["reason"], reason);
        assert_eq!(document["builds"], serde_json::json!([]));
    }
    let ping = "{\"zen\": \"Speak like a human.\", \"repository\": {}}";
    let mut command = sandbox.paas(&["webhook", "--event", "-"]);
    command
        .args(["--header", "X-GitHub-Event: ping"])
        .write_stdin(ping);
    assert_eq!(
        document(&mut command)["reason"],
        "GitHub only tries the webhook"
    );
}

#[test]
fn an_annotated_tag_leads_to_its_commit() {
    let sandbox = shop_with("[webhook]\ntags = [\"v*\"]\n");
    sandbox.git(&["tag", "--annotate", "v1.2.0", "--message", "one two"]);
    let object = sandbox.git(&["rev-parse", "v1.2.0"]);
    assert_ne!(object, head(&sandbox));
    let body = github_push("refs/tags/v1.2.0", NOTHING, &object);
    let document = document(&mut deliver(&sandbox, &body, &["--dry-run"]));
    assert_eq!(document["decision"], "build");
    assert_eq!(document["commit"], head(&sandbox));
}

#[test]
fn paths_are_compared_here() {
    let sandbox = shop_with("[webhook]\npaths = [\"api/**\"]\n");
    let first = head(&sandbox);
    sandbox.write("docs/index.md", "x").commit("second");
    let second = head(&sandbox);
    sandbox.write("api/main.py", "x").commit("third");
    let third = head(&sandbox);
    let decision = |before: &str, after: &str| {
        let body = github_push("refs/heads/main", before, after);
        document(&mut deliver(&sandbox, &body, &["--dry-run"]))["decision"].clone()
    };
    assert_eq!(decision(&first, &second), "ignore");
    assert_eq!(decision(&second, &third), "build");
    assert_eq!(decision(&first, &third), "build");
    // Not here to compare with.
    assert_eq!(decision(ANOTHER, &second), "build");
}

#[test]
fn the_rules_are_the_commits_own() {
    let sandbox = shop();
    let first = head(&sandbox);
    sandbox.write("app.toml", "broken").commit("second");
    let second = head(&sandbox);
    let push = |after: &str| github_push("refs/heads/main", NOTHING, after);
    let built = document(&mut deliver(&sandbox, &push(&first), &["--dry-run"]));
    assert_eq!(built["decision"], "build");
    let place = predicate::str::contains(format!("{}:app.toml", &second[..8]));
    deliver(&sandbox, &push(&second), &["--dry-run"])
        .assert()
        .code(2)
        .stderr(place);

    sandbox.git(&["rm", "--quiet", "app.toml"]);
    sandbox.commit("third");
    let third = head(&sandbox);
    let ignored = document(&mut deliver(
        &sandbox,
        &push(&third),
        &["--dry-run", "-C", "."],
    ));
    let reason = format!("commit {} has no app.toml here", &third[..8]);
    assert_eq!(ignored["reason"], reason);
}

#[test]
fn another_repository_is_refused() {
    let sandbox = shop();
    let body = github_push("refs/heads/main", NOTHING, &head(&sandbox));
    let push = |message: &str, hint: &str| {
        let said = predicate::str::contains(message).and(predicate::str::contains(hint));
        deliver(&sandbox, &body, &["--dry-run"])
            .assert()
            .code(3)
            .stdout("")
            .stderr(said.and(predicate::str::contains("s3cr3t").not()));
    };
    sandbox.git(&[
        "remote",
        "set-url",
        "origin",
        "https://ada:s3cr3t@github.com/else/where.git",
    ]);
    push(
        "this repository's origin is https://github.com/else/where.git",
        "-C PATH",
    );
    sandbox.git(&["remote", "set-url", "origin", "/srv/git/shop-api.git"]);
    push(
        "this repository's origin is /srv/git/shop-api.git",
        "-C PATH",
    );
    sandbox.git(&["remote", "remove", "origin"]);
    push("has no remote `origin`", "git remote add origin");
    // The same place by another way is fine.
    sandbox.git(&["remote", "add", "origin", "git@github.com:trade/shop-api"]);
    assert_eq!(
        document(&mut deliver(&sandbox, &body, &["--dry-run"]))["decision"],
        "build"
    );
}

#[test]
fn bitbucket_tells_several_changes_at_once() {
    let sandbox = shop_with("[webhook]\nbranches = [\"main\"]\n");
    let commit = head(&sandbox);
    sandbox.git(&[
        "remote",
        "set-url",
        "origin",
        "git@bitbucket.org:trade/shop-api.git",
    ]);
    let change = |name: &str| {
        serde_json::json!({
            "old": null,
            "new": {"type": "branch", "name": name, "target": {"hash": commit, "message": "m"}},
        })
    };
    let deliver = |changes: &[serde_json::Value]| {
        let body = serde_json::json!({
            "repository": {"links": {"html": {"href": "https://bitbucket.org/trade/shop-api"}}},
            "push": {"changes": changes},
        });
        let mut command = sandbox.paas(&["webhook", "--dry-run", "--event", "-"]);
        command
            .args(["--header", "X-Event-Key: repo:push"])
            .write_stdin(body.to_string());
        document(&mut command)
    };
    let one = deliver(&[change("topic"), change("main")]);
    assert_eq!(
        (&one["decision"], &one["reason"]),
        (&"build".into(), &serde_json::Value::Null)
    );
    assert_eq!(one["ref"], "refs/heads/main");
    let none = deliver(&[change("topic"), change("other")]);
    assert_eq!(none["decision"], "ignore");
    assert_eq!(
        none["reason"],
        "branch `topic` matches none of [webhook] branches; \
         branch `other` matches none of [webhook] branches"
    );
}

#[test]
fn a_payload_has_its_limit() {
    let sandbox = shop();
    let body = " ".repeat(25 * 1024 * 1024 + 1);
    let said = predicate::str::contains("the payload is larger than 25 MiB");
    deliver(&sandbox, &body, &[])
        .assert()
        .code(3)
        .stdout("")
        .stderr(said);
}

#[test]
fn wrong_use_is_explained() {
    let sandbox = Sandbox::new();
    sandbox.write("app.toml", "name = \"a\"\n").commit("first");
    for (arguments, message) in [
        (&[][..], "there is no event"),
        (
            &["--event", "absent.json", "--provider", "github"],
            "cannot read the event from absent.json",
        ),
        (
            &["--event", "app.toml"],
            "no header names the git host's event",
        ),
        (
            &["--event", "app.toml", "--header", "hunter2"],
            "is not `Name: value`",
        ),
        (
            &["--event", "app.toml", "--provider", "sourceforge"],
            "invalid value 'sourceforge'",
        ),
        (
            &["--event", "app.toml", "--secret-from", "hunter2"],
            "env:NAME",
        ),
        (&["--secret-from", "env:HOOK"], "--event"),
    ] {
        let said = predicate::str::contains(message).and(predicate::str::contains("hunter2").not());
        let mut command = sandbox.paas(&["webhook"]);
        command
            .args(arguments)
            .assert()
            .code(2)
            .stdout("")
            .stderr(said);
    }
}
