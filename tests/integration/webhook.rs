//! `paas webhook`: payloads and CI jobs, against real repositories.

mod ci;
mod payloads;
mod work_trees;

use hmac::{Hmac, KeyInit, Mac};
use serde_json::Value;
use sha2::Sha256;

use crate::support::Sandbox;

const SECRET: &str = "correct horse battery staple";
const ORIGIN: &str = "https://github.com/trade/shop-api.git";

/// A repository with an app in its root, cloned from GitHub as far as it knows.
fn shop() -> Sandbox {
    shop_with("")
}

/// The same with more in its `app.toml`.
fn shop_with(rules: &str) -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.git(&["remote", "add", "origin", ORIGIN]);
    let app = format!(
        "name = \"shop-api\"\n[build]\nbase = \"debian\"\n[start]\nscript = \"exec sleep 1\"\n{rules}"
    );
    sandbox.write("app.toml", app).write("main.sh", "true\n");
    sandbox.commit("first");
    sandbox
}

fn head(sandbox: &Sandbox) -> String {
    sandbox.git(&["rev-parse", "HEAD"])
}

/// A push as GitHub tells it.
fn github_push(reference: &str, before: &str, after: &str) -> String {
    serde_json::json!({
        "ref": reference,
        "before": before,
        "after": after,
        "repository": {"clone_url": ORIGIN, "default_branch": "main"},
        "head_commit": {"id": after, "message": "first"},
        "sender": {"login": "ada"},
    })
    .to_string()
}

fn signature(body: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).unwrap();
    mac.update(body.as_bytes());
    hex::encode(mac.finalize().into_bytes())
}

/// `paas webhook` with a signed push of GitHub's on stdin.
fn deliver(sandbox: &Sandbox, body: &str, arguments: &[&str]) -> assert_cmd::Command {
    let signature = format!("X-Hub-Signature-256: sha256={}", signature(body));
    let mut command = sandbox.paas(&["webhook", "--event", "-"]);
    command
        .args(["--header", "X-GitHub-Event: push", "--header", &signature])
        .args(["--secret-from", "env:HOOK"])
        .args(arguments)
        .env("HOOK", SECRET)
        .write_stdin(body);
    command
}

/// The document on stdout, once the command has ended well.
fn document(command: &mut assert_cmd::Command) -> Value {
    let output = command.output().unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{stderr}");
    serde_json::from_slice(&output.stdout).expect("one JSON document")
}

const NOTHING: &str = "0000000000000000000000000000000000000000";
