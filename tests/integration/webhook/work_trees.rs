//! Real builds: in place, and from a temporary work tree that doesn't outlive the command.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::Command;
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

/// A folder for temporary files of one test.
fn temporary(sandbox: &Sandbox) -> PathBuf {
    let folder = sandbox.home().join("tmp");
    fs::create_dir_all(&folder).unwrap();
    folder
}

fn is_empty(folder: &PathBuf) -> bool {
    fs::read_dir(folder).unwrap().next().is_none()
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
        command
            .args(["--registry", "127.0.0.1:5000"])
            .env("TMPDIR", temporary(&sandbox));
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
    assert!(is_empty(&temporary(&sandbox)));
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

#[test]
fn an_interrupted_clone_leaves_nothing() {
    let sandbox = shop();
    sandbox.git(&[
        "remote",
        "set-url",
        "origin",
        "ssh://git@host.invalid/trade/shop-api.git",
    ]);
    let slow = sandbox.home().join("slow");
    fs::write(&slow, "#!/bin/sh\nexec sleep 3\n").unwrap();
    fs::set_permissions(&slow, fs::Permissions::from_mode(0o755)).unwrap();
    let folder = temporary(&sandbox);
    let mut job = Command::new(env!("CARGO_BIN_EXE_paas"));
    job.args(["webhook", "--dry-run"])
        .current_dir(sandbox.repo())
        .env_clear()
        .envs([
            ("PATH", "/usr/bin:/bin"),
            ("HOME", sandbox.home().to_str().unwrap()),
            ("TMPDIR", folder.to_str().unwrap()),
            ("GIT_SSH_COMMAND", slow.to_str().unwrap()),
            ("GITLAB_CI", "true"),
            ("CI_PIPELINE_SOURCE", "push"),
            ("CI_PROJECT_URL", "https://gitlab.example/trade/shop-api"),
            ("CI_COMMIT_SHA", "1111111111111111111111111111111111111111"),
            ("CI_COMMIT_REF_NAME", "main"),
            ("CI_COMMIT_BRANCH", "main"),
        ]);
    let mut job = job.spawn().unwrap();
    let deadline = Instant::now() + Duration::from_secs(20);
    while is_empty(&folder) {
        assert!(Instant::now() < deadline, "it never cloned");
        std::thread::sleep(Duration::from_millis(20));
    }
    // In the middle of `git fetch`.
    std::thread::sleep(Duration::from_millis(300));
    let id = job.id().to_string();
    assert!(
        Command::new("kill")
            .args(["-INT", &id])
            .status()
            .unwrap()
            .success()
    );
    assert_eq!(job.wait().unwrap().code(), Some(130));
    assert!(
        is_empty(&folder),
        "{:?}",
        fs::read_dir(&folder).unwrap().collect::<Vec<_>>()
    );
}
