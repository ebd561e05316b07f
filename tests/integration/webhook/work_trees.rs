//! Real builds: in place, and from a temporary work tree that doesn't outlive the command.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::{Child, Command};
use std::time::{Duration, Instant};

use super::{NOTHING, deliver, document, github_push, head, shop};
use crate::support::Sandbox;

/// Forgets the images of an app with a name of its own.
struct Images(String);

impl Drop for Images {
    fn drop(&mut self) {
        let docker = || Command::new("/usr/bin/docker");
        let listed = docker()
            .args(["images", "--quiet", &self.0])
            .output()
            .unwrap();
        for id in String::from_utf8(listed.stdout).unwrap().lines() {
            let _ = docker().args(["rmi", "--force", id]).output();
        }
    }
}

/// Where temporary work trees are.
fn scratch(sandbox: &Sandbox) -> PathBuf {
    sandbox.home().join(".cache/paas/scratch")
}

fn work_trees(sandbox: &Sandbox) -> Vec<PathBuf> {
    let entries = fs::read_dir(scratch(sandbox)).into_iter().flatten();
    let paths = entries.map(|entry| entry.unwrap().path());
    paths.filter(|path| path.is_dir()).collect()
}

#[test]
fn exactly_the_pushed_commit_is_built() {
    let sandbox = shop();
    let name = format!("hook-{:08x}", fastrand::u32(..));
    let repository = format!("127.0.0.1:5000/{name}");
    let _images = Images(repository.clone());
    let app = fs::read_to_string(sandbox.repo().join("app.toml")).unwrap();
    sandbox
        .write("app.toml", app.replace("shop-api", &name))
        .commit("second");
    let pushed = head(&sandbox);
    let push = |commit: &str, arguments: &[&str]| {
        let body = github_push("refs/heads/main", NOTHING, commit);
        let mut command = deliver(&sandbox, &body, arguments);
        command.args(["--registry", "127.0.0.1:5000"]);
        document(&mut command)
    };
    let in_place = push(&pushed, &[]);
    assert_eq!(in_place["decision"], "build");
    let build = &in_place["builds"][0];
    assert_eq!(build["commit"], pushed);
    assert_eq!(
        (&build["dirty"], &build["pushed"]),
        (&false.into(), &true.into())
    );
    let image = build["image"].as_str().unwrap();
    assert!(
        image.starts_with(&format!("{repository}:untagged-2-g{}", &pushed[..8])),
        "{image}"
    );

    // Checked out since: something else, with changes.
    sandbox.git(&["checkout", "--quiet", "--detach", "HEAD~1"]);
    sandbox.write("main.sh", "exit 1").write("untracked", "");
    let elsewhere = push(&pushed, &["--no-push"]);
    let again = &elsewhere["builds"][0];
    assert_eq!(
        (&again["commit"], &again["dirty"]),
        (&build["commit"], &false.into())
    );
    // The same version, found: nothing of the work tree's changes went into it.
    assert_eq!(
        (&again["image"], &again["cached"]),
        (&build["image"], &true.into())
    );
    assert_eq!(fs::read(sandbox.repo().join("main.sh")).unwrap(), b"exit 1");
    assert_eq!(work_trees(&sandbox), Vec::<PathBuf>::new());
}

#[test]
fn a_build_secret_can_not_be_the_webhooks_own() {
    let sandbox = shop();
    let app = fs::read_to_string(sandbox.repo().join("app.toml")).unwrap();
    let greedy = app.replace("[build]\n", "[build]\nsecrets = [\"HOOK\"]\n");
    sandbox.write("app.toml", greedy).commit("greedy");
    let body = github_push("refs/heads/main", NOTHING, &head(&sandbox));
    let said = predicates::str::contains("app.toml asks for HOOK");
    deliver(&sandbox, &body, &["--no-push"])
        .assert()
        .code(3)
        .stdout("")
        .stderr(said);
}

/// A job that clones for three seconds, in the middle of it.
fn cloning(sandbox: &Sandbox) -> Child {
    sandbox.git(&[
        "remote",
        "set-url",
        "origin",
        "ssh://git@host.invalid/trade/shop-api.git",
    ]);
    let slow = program(sandbox, "slow", "exec sleep 3");
    let mut job = Command::new(env!("CARGO_BIN_EXE_paas"));
    job.args(["webhook", "--dry-run"])
        .current_dir(sandbox.repo())
        .env_clear()
        .envs([
            ("PATH", "/usr/bin:/bin"),
            ("HOME", sandbox.home().to_str().unwrap()),
            ("GIT_SSH_COMMAND", slow.to_str().unwrap()),
            ("GITLAB_CI", "true"),
            ("CI_PIPELINE_SOURCE", "push"),
            ("CI_PROJECT_URL", "https://gitlab.example/trade/shop-api"),
            ("CI_COMMIT_SHA", "1111111111111111111111111111111111111111"),
            ("CI_COMMIT_REF_NAME", "main"),
            ("CI_COMMIT_BRANCH", "main"),
        ]);
    let before = work_trees(sandbox);
    let job = job.spawn().unwrap();
    let deadline = Instant::now() + Duration::from_secs(20);
    while work_trees(sandbox).iter().all(|tree| before.contains(tree)) {
        assert!(Instant::now() < deadline, "it never cloned");
        std::thread::sleep(Duration::from_millis(20));
    }
    // In the middle of `git fetch`.
    std::thread::sleep(Duration::from_millis(300));
    job
}

fn signal(job: &Child, signal: &str) {
    let id = job.id().to_string();
    let kill = Command::new("kill").args([signal, &id]).status();
    assert!(kill.unwrap().success());
}

fn program(sandbox: &Sandbox, name: &str, script: &str) -> PathBuf {
    let path = sandbox.home().join(name);
    fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    path
}

#[test]
fn an_interrupted_clone_leaves_nothing() {
    let sandbox = shop();
    let mut job = cloning(&sandbox);
    signal(&job, "-INT");
    assert_eq!(job.wait().unwrap().code(), Some(130));
    assert_eq!(work_trees(&sandbox), Vec::<PathBuf>::new());
}

#[test]
fn what_a_killed_clone_leaves_goes_with_the_next() {
    let sandbox = shop();
    let mut killed = cloning(&sandbox);
    let left = work_trees(&sandbox);
    assert_eq!(left.len(), 1);
    signal(&killed, "-KILL");
    killed.wait().unwrap();
    let mut next = cloning(&sandbox);
    let own = work_trees(&sandbox);
    signal(&next, "-INT");
    next.wait().unwrap();
    assert!(own.len() == 1 && own != left, "{left:?} {own:?}");
    assert_eq!(work_trees(&sandbox), Vec::<PathBuf>::new());
}

#[test]
fn a_tag_names_the_version_of_a_branch_in_the_same_delivery() {
    let sandbox = shop();
    let name = format!("hook-{:08x}", fastrand::u32(..));
    let _images = Images(name.clone());
    let app = fs::read_to_string(sandbox.repo().join("app.toml")).unwrap();
    sandbox
        .write(
            "app.toml",
            app.replace("shop-api", &name) + "[webhook]\ntags = [\"v*\"]\n",
        )
        .commit("second");
    // The remote has a tag that isn't here yet.
    let remote = sandbox.home().join("remote.git");
    let remote = remote.to_str().unwrap();
    sandbox.git(&["clone", "--quiet", "--bare", ".", remote]);
    sandbox.git(&["-C", remote, "tag", "v1.0.0", "main"]);
    sandbox.git(&[
        "remote",
        "set-url",
        "origin",
        "git@bitbucket.org:trade/shop-api.git",
    ]);
    let ssh = program(&sandbox, "ssh", &format!("exec git upload-pack {remote}"));
    let commit = head(&sandbox);
    let change = |kind: &str, name: &str| {
        serde_json::json!({
            "old": null,
            "new": {"type": kind, "name": name, "target": {"hash": commit, "message": "m"}},
        })
    };
    let body = serde_json::json!({
        "repository": {"links": {"html": {"href": "https://bitbucket.org/trade/shop-api"}}},
        "push": {"changes": [change("branch", "main"), change("tag", "v1.0.0")]},
    });
    let mut command = sandbox.paas(&["webhook", "--no-push", "--event", "-"]);
    command
        .args(["--header", "X-Event-Key: repo:push"])
        .env("GIT_SSH_COMMAND", ssh)
        .write_stdin(body.to_string());
    let document = document(&mut command);
    assert_eq!(document["ref"], "refs/tags/v1.0.0");
    let builds = document["builds"].as_array().unwrap();
    assert_eq!(builds.len(), 1, "{document}");
    let version = builds[0]["version"].as_str().unwrap();
    assert!(version.starts_with("v1.0.0-g"), "{version}");
}
