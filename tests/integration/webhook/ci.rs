//! The event of the CI job that runs us.

use std::fs;

use super::{NOTHING, document, github_push, head, shop, shop_with};
use crate::support::Sandbox;

/// `paas webhook` in a GitLab job.
fn gitlab(sandbox: &Sandbox, commit: &str, variables: &[(&str, &str)]) -> assert_cmd::Command {
    let mut command = sandbox.paas(&["webhook", "--dry-run"]);
    command.envs([
        ("CI", "true"),
        ("GITLAB_CI", "true"),
        ("CI_PIPELINE_SOURCE", "push"),
        ("CI_PROJECT_URL", "https://gitlab.example/trade/shop-api"),
        ("CI_DEFAULT_BRANCH", "main"),
        ("CI_COMMIT_SHA", commit),
        ("CI_COMMIT_REF_NAME", "main"),
        ("CI_COMMIT_BRANCH", "main"),
        ("CI_COMMIT_BEFORE_SHA", NOTHING),
    ]);
    command.envs(variables.iter().copied());
    command
}

#[test]
fn gitlabs_variables_are_the_event() {
    let sandbox = shop_with("[webhook]\npaths = [\"api/**\"]\n");
    let first = head(&sandbox);
    sandbox.write("docs/a", "x").commit("second");
    let second = head(&sandbox);
    let started_by_hand = document(&mut gitlab(&sandbox, &second, &[]));
    assert_eq!(started_by_hand["provider"], "gitlab");
    assert_eq!(
        started_by_hand["repository"],
        "https://gitlab.example/trade/shop-api.git"
    );
    assert_eq!(started_by_hand["decision"], "build");
    let before = [("CI_COMMIT_BEFORE_SHA", first.as_str())];
    let pushed = document(&mut gitlab(&sandbox, &second, &before));
    assert_eq!(pushed["reason"], "no changed path matches [webhook] paths");
    let topic = [
        ("CI_COMMIT_REF_NAME", "topic"),
        ("CI_COMMIT_BRANCH", "topic"),
    ];
    let topic = document(&mut gitlab(&sandbox, &second, &topic));
    assert_eq!(
        topic["reason"],
        "branch `topic` is not the default branch `main`"
    );
}

#[test]
fn github_writes_the_event_down() {
    let sandbox = shop();
    let commit = head(&sandbox);
    let event = sandbox.home().join("event.json");
    fs::write(&event, github_push("refs/heads/main", NOTHING, &commit)).unwrap();
    let job = |arguments: &[&str]| {
        let mut command = sandbox.paas(&["webhook", "--dry-run"]);
        command.args(arguments).envs([
            ("GITHUB_ACTIONS", "true"),
            ("GITHUB_EVENT_NAME", "push"),
            ("GITHUB_SERVER_URL", "https://github.com"),
            ("GITHUB_REPOSITORY", "trade/shop-api"),
            ("GITHUB_REF", "refs/heads/main"),
            ("GITHUB_SHA", &commit),
        ]);
        command.env("GITHUB_EVENT_PATH", &event);
        command
    };
    for arguments in [&[][..], &["--event", event.to_str().unwrap()]] {
        let document = document(&mut job(arguments));
        assert_eq!(document["decision"], "build", "{arguments:?}");
        assert_eq!(document["commit"], commit);
    }
}

/// GitLab checks out without history; the address on record has it.
#[test]
fn a_commit_that_is_not_here_is_fetched_from_the_origin_on_record() {
    let upstream = shop_with("[webhook]\ntags = [\"v*\"]\n");
    let clone = shop();
    let address = upstream.repo().display().to_string();
    clone.git(&["remote", "set-url", "origin", &address]);
    upstream.write("later", "x").commit("later");
    upstream.git(&["tag", "--annotate", "v2", "--message", "two"]);
    let commit = head(&upstream);
    let document = document(&mut gitlab(&clone, &commit, &[("CI_COMMIT_TAG", "v2")]));
    assert_eq!(document["decision"], "build");
    assert_eq!(document["commit"], commit);
    let absent = "1111111111111111111111111111111111111111";
    gitlab(&clone, absent, &[]).assert().code(4).stdout("");
}
