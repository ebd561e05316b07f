//! The state of a repository and the listing of an app's files, on real repositories.

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::Path;

use paas::source::{FileKind, Listing, ListingRequest, Source};
use paas::{Error, Kind};

use crate::support::Sandbox;

fn list(sandbox: &Sandbox, folder: &str) -> Result<Listing, Error> {
    let request = ListingRequest {
        explain: true,
        ..ListingRequest::default()
    };
    Source::discover(&sandbox.repo().join(folder))?.listing(&request)
}

fn listing(sandbox: &Sandbox) -> Listing {
    list(sandbox, "").unwrap()
}

fn paths(listing: &Listing) -> Vec<&str> {
    listing
        .files
        .iter()
        .map(|file| file.path.as_str())
        .collect()
}

fn refusal<T: std::fmt::Debug>(result: Result<T, Error>) -> String {
    let error = result.unwrap_err();
    assert!(!error.hints().is_empty(), "{error} has no hint");
    format!("{} | {}", error.message(), error.hints()[0])
}

/// A repository with one commit: `app.toml`, `a.py`, `lib/b.py`.
fn sandbox() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox
        .write("app.toml", "name = 'x'")
        .write("a.py", "a\n")
        .write("lib/b.py", "b\n");
    sandbox.commit("first");
    sandbox
}

#[test]
fn a_clean_tree_is_what_was_committed() {
    let sandbox = sandbox();
    let listing = listing(&sandbox);
    assert_eq!(paths(&listing), ["a.py", "lib/b.py"]);
    assert_eq!(listing.changed, [""; 0]);
    assert_eq!(listing.dirty(), None);
    for file in &listing.files {
        let expected = sandbox.git(&["rev-parse", &format!("HEAD:{}", file.path)]);
        let hex = file.blob.map(|byte| format!("{byte:02x}")).concat();
        assert_eq!(hex, expected);
    }
}

#[test]
fn every_kind_of_change_is_seen() {
    type Change = fn(&Sandbox);
    let cases: [(&str, Change, &[&str]); 14] = [
        (
            "content",
            |s| {
                s.write("a.py", "c\n");
            },
            &["a.py"],
        ),
        (
            "same size",
            |s| {
                s.write("lib/b.py", "c\n");
            },
            &["lib/b.py"],
        ),
        (
            "untracked",
            |s| {
                s.write("lib/new/x", "");
            },
            &["lib/new/x"],
        ),
        (
            "deleted",
            |s| fs::remove_file(s.repo().join("a.py")).unwrap(),
            &["a.py"],
        ),
        (
            "deleted folder",
            |s| fs::remove_dir_all(s.repo().join("lib")).unwrap(),
            &["lib/b.py"],
        ),
        (
            "x bit",
            |s| {
                let mode = fs::Permissions::from_mode(0o755);
                fs::set_permissions(s.repo().join("a.py"), mode).unwrap();
            },
            &["a.py"],
        ),
        (
            "staged only",
            |s| {
                s.write("a.py", "c\n").git(&["add", "a.py"]);
            },
            &["a.py"],
        ),
        (
            "staged deletion",
            |s| {
                s.git(&["rm", "--quiet", "-r", "lib"]);
            },
            &["lib/b.py"],
        ),
        (
            "staged and undone on disk",
            |s| {
                s.write("a.py", "c\n").git(&["add", "a.py"]);
                s.write("a.py", "a\n");
            },
            &["a.py"],
        ),
        (
            "intent to add",
            |s| {
                s.write("new", "c\n")
                    .git(&["add", "--intent-to-add", "new"]);
            },
            &["new"],
        ),
        (
            "file to folder",
            |s| {
                fs::remove_file(s.repo().join("a.py")).unwrap();
                s.write("a.py/x", "");
            },
            &["a.py", "a.py/x"],
        ),
        (
            "folder to link",
            |s| {
                fs::rename(s.repo().join("lib"), s.repo().join("moved")).unwrap();
                symlink("moved", s.repo().join("lib")).unwrap();
            },
            &["lib", "lib/b.py", "moved/b.py"],
        ),
        (
            "assume unchanged",
            |s| {
                s.git(&["update-index", "--assume-unchanged", "a.py"]);
                s.write("a.py", "longer\n");
            },
            &["a.py"],
        ),
        (
            "app.toml",
            |s| {
                s.write("app.toml", "name = 'y'");
            },
            &["app.toml"],
        ),
    ];
    for (name, change, expected) in cases {
        let sandbox = sandbox();
        let before = listing(&sandbox);
        change(&sandbox);
        let after = listing(&sandbox);
        assert_eq!(after.changed, expected, "{name}");
        assert!(after.dirty().is_some(), "{name}");
        let same = before.digest() == after.digest();
        let harmless = name == "app.toml" || name.ends_with("undone on disk");
        assert_eq!(same, harmless, "{name}");
    }
}

#[test]
fn what_is_no_content_is_no_change() {
    let sandbox = sandbox();
    sandbox.write(".gitignore", "*.log\n").commit("ignore");
    sandbox.write("x.log", "").write("app.lock", "");
    fs::create_dir_all(sandbox.repo().join("empty/folder")).unwrap();
    assert_eq!(listing(&sandbox).changed, [""; 0]);
}

#[test]
fn a_touched_file_is_no_change() {
    let sandbox = sandbox();
    sandbox.write("a.py", "a\n");
    assert_eq!(listing(&sandbox).changed, [""; 0]);
}

#[test]
fn states_without_a_version_are_errors() {
    let empty = Sandbox::new();
    let message = refusal(Source::discover(&empty.repo()).unwrap().head());
    assert!(
        message.starts_with("the repository has no commit yet | commit first"),
        "{message}"
    );

    let bare = Sandbox::new();
    bare.git(&["init", "--quiet", "--bare", "bare"]);
    let message = refusal(Source::discover(&bare.repo().join("bare")));
    assert!(message.contains("is in a bare repository"), "{message}");

    let nothing = tempfile::tempdir().unwrap();
    let error = Source::discover(nothing.path()).unwrap_err();
    assert_eq!(error.kind(), Kind::Usage);
    assert!(error.hints()[0].contains("git init"), "{error}");
}

#[test]
fn a_shallow_clone_never_invents_a_count() {
    let sandbox = sandbox();
    sandbox.git(&["tag", "v1"]);
    for name in ["two", "three", "four"] {
        sandbox.commit(name);
    }
    let origin = format!("file://{}", sandbox.repo().display());
    for (depth, expected) in [("1", None), ("3", None), ("4", Some(3))] {
        let clone = sandbox.repo().join(format!("../clone{depth}"));
        let path = clone.to_str().unwrap();
        sandbox.git(&["clone", "--quiet", "--depth", depth, &origin, path]);
        let head = Source::discover(&clone).unwrap().head();
        match expected {
            Some(distance) => assert_eq!(head.unwrap().distance, distance),
            None => assert!(refusal(head).contains("git fetch --unshallow --tags")),
        }
    }
}

#[test]
fn worktrees_and_detached_heads_are_repositories_too() {
    let sandbox = sandbox();
    let tree = sandbox.repo().join("../tree");
    sandbox.git(&[
        "worktree",
        "add",
        "--quiet",
        "--detach",
        tree.to_str().unwrap(),
    ]);
    let source = Source::discover(&tree.join("lib")).unwrap();
    let head = source.head().unwrap();
    assert_eq!((head.branch, head.distance), (None, 1));
    assert_eq!(source.folder, Path::new("lib"));
    let files = source.listing(&ListingRequest::default()).unwrap();
    assert_eq!((paths(&files), files.changed.len()), (vec!["b.py"], 0));
    let main = Source::discover(&sandbox.repo()).unwrap().head().unwrap();
    assert_eq!(main.branch.as_deref(), Some("main"));
}

#[test]
fn links_stay_links_and_stay_inside() {
    let sandbox = sandbox();
    symlink("lib/b.py", sandbox.repo().join("link")).unwrap();
    symlink("loop", sandbox.repo().join("loop")).unwrap();
    symlink("nowhere", sandbox.repo().join("lib/dangling")).unwrap();
    sandbox.commit("links");
    let files = listing(&sandbox);
    assert_eq!(
        paths(&files),
        ["a.py", "lib/b.py", "lib/dangling", "link", "loop"]
    );
    assert_eq!(
        files.files[3].kind,
        FileKind::Symlink {
            target: "lib/b.py".into()
        }
    );
    assert_eq!(files.changed, [""; 0]);

    symlink("/etc/shadow", sandbox.repo().join("lib/out")).unwrap();
    assert!(refusal(list(&sandbox, "")).contains("`lib/out` leads out of the app"));
    fs::remove_file(sandbox.repo().join("lib/out")).unwrap();
    symlink("../a.py", sandbox.repo().join("lib/up")).unwrap();
    assert!(list(&sandbox, "").is_ok());
    assert!(refusal(list(&sandbox, "lib")).contains("`up` leads out of the app"));
}
