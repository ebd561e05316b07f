//! Repositories of other shapes: several apps, submodules, LFS, sparse, of somebody else; and
//! clones of them.

use std::fs;

use paas::source::{CheckoutRequest, Listing, ListingRequest, Source, checkout};
use paas::{Error, Kind};

use crate::support::Sandbox;

fn list(sandbox: &Sandbox, folder: &str, include: &[&str]) -> Result<Listing, Error> {
    let include = include.iter().map(|path| (*path).to_owned()).collect();
    let request = ListingRequest {
        include,
        ..ListingRequest::default()
    };
    Source::discover(&sandbox.repo().join(folder))?.listing(&request)
}

fn paths(listing: &Listing) -> Vec<&str> {
    listing
        .files
        .iter()
        .map(|file| file.path.as_str())
        .collect()
}

fn message<T: std::fmt::Debug>(result: Result<T, Error>) -> String {
    let error = result.unwrap_err();
    format!("{} | {}", error.message(), error.hints().join(" | "))
}

#[test]
fn one_of_several_apps_sees_its_folder_and_what_it_includes() {
    let sandbox = Sandbox::new();
    for path in [
        "web/app.toml",
        "web/a",
        "libs/common/x",
        "libs/other/y",
        "api/b",
        "VERSION",
    ] {
        sandbox.write(path, path);
    }
    sandbox.commit("all");
    let clean = list(&sandbox, "web", &["libs/common", "VERSION"]).unwrap();
    assert_eq!(paths(&clean), ["VERSION", "a", "libs/common/x"]);

    sandbox
        .write("libs/other/y", "changed")
        .write("api/new", "")
        .write("libs/common2/x", "");
    sandbox.git(&["rm", "--quiet", "api/b"]);
    assert_eq!(
        list(&sandbox, "web", &["libs/common", "VERSION"])
            .unwrap()
            .changed,
        [""; 0]
    );
    sandbox
        .write("libs/common/x", "changed")
        .write("web/app.toml", "changed");
    let changed = list(&sandbox, "web", &["libs/common", "VERSION"])
        .unwrap()
        .changed;
    assert_eq!(changed, ["app.toml", "libs/common/x"]);
}

#[test]
fn includes_must_make_sense() {
    let sandbox = Sandbox::new();
    for path in ["apps/web/a", "apps/web/libs/x", "libs/x", "a"] {
        sandbox.write(path, "");
    }
    sandbox.commit("all");
    for (include, expected) in [
        ("../x", "can't be included"),
        ("/etc", "can't be included"),
        (".", "can't be included"),
        (".git/config", "can't be included"),
        ("missing", "doesn't exist"),
        ("apps", "contains the app's own folder"),
        ("libs", "both in the app's folder and an included path"),
        ("a", "both in the app's folder and an included path"),
    ] {
        let text = message(list(&sandbox, "apps/web", &[include]));
        assert!(text.contains(expected), "{include}: {text}");
    }
    let inside = list(&sandbox, "apps/web", &["apps/web/libs"]).unwrap();
    assert_eq!(paths(&inside), ["a", "libs/x"]);
}

#[test]
fn a_submodule_belongs_to_the_content() {
    let library = Sandbox::new();
    library
        .write("lib.py", "1")
        .write(".gitignore", "*.log\n")
        .commit("one");
    let sandbox = Sandbox::new();
    sandbox.write("a", "");
    let url = library.repo().display().to_string();
    let allow = "protocol.file.allow=always";
    sandbox.git(&[
        "-c",
        allow,
        "submodule",
        "--quiet",
        "add",
        &url,
        "vendor/lib",
    ]);
    sandbox.commit("all");
    let clean = list(&sandbox, "", &[]).unwrap();
    let expected = [
        ".gitmodules",
        "a",
        "vendor/lib/.gitignore",
        "vendor/lib/lib.py",
    ];
    assert_eq!((paths(&clean), clean.changed.len()), (expected.to_vec(), 0));

    sandbox
        .write("vendor/lib/x.log", "")
        .write("vendor/lib/lib.py", "22");
    assert_eq!(
        list(&sandbox, "", &[]).unwrap().changed,
        ["vendor/lib/lib.py"]
    );
    sandbox.git(&["-C", "vendor/lib", "commit", "--quiet", "-am", "two"]);
    assert_eq!(list(&sandbox, "", &[]).unwrap().changed, ["vendor/lib"]);
    assert_eq!(
        paths(&list(&sandbox, "vendor/lib", &[]).unwrap()),
        [".gitignore", "lib.py"]
    );

    sandbox.git(&["submodule", "--quiet", "deinit", "--force", "vendor/lib"]);
    let text = message(list(&sandbox, "", &[]));
    assert!(
        text.starts_with("the submodule `vendor/lib` is not checked out"),
        "{text}"
    );
    assert!(text.contains("git submodule update --init"), "{text}");
    sandbox.write(".dockerignore", "vendor\n");
    assert_eq!(
        paths(&list(&sandbox, "", &[]).unwrap()),
        [".gitmodules", "a"]
    );
}

#[test]
fn an_lfs_pointer_is_not_the_file() {
    let pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:\
        2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae\nsize 3\n";
    let sandbox = Sandbox::new();
    sandbox.write(
        ".gitattributes",
        "*.bin filter=lfs diff=lfs merge=lfs -text\n",
    );
    sandbox
        .write("model.bin", pointer)
        .write("docs.txt", pointer)
        .commit("pointer");
    let text = message(list(&sandbox, "", &[]));
    assert!(text.contains("`model.bin` is an LFS pointer"), "{text}");
    assert!(text.contains("git lfs pull"), "{text}");
    sandbox.write("model.bin", "foo");
    assert_eq!(list(&sandbox, "", &[]).unwrap().changed, [""; 0]);
    sandbox.write("model.bin", "bar");
    assert_eq!(list(&sandbox, "", &[]).unwrap().changed, ["model.bin"]);
}

#[test]
fn converted_line_ends_are_no_change() {
    let sandbox = Sandbox::new();
    sandbox
        .write(".gitattributes", "*.txt text\n")
        .write("a.txt", "1\n")
        .write("a.bin", "1\n");
    sandbox.commit("all");
    sandbox.write("a.txt", "1\r\n").write("a.bin", "1\r\n");
    assert_eq!(list(&sandbox, "", &[]).unwrap().changed, ["a.bin"]);
}

#[test]
fn a_sparse_checkout_is_refused_where_files_are_missing() {
    let sandbox = Sandbox::new();
    sandbox.write("web/a", "").write("api/b", "").commit("all");
    sandbox.git(&["sparse-checkout", "set", "web"]);
    let error = list(&sandbox, "", &[]).unwrap_err();
    assert_eq!(error.kind(), Kind::Refused);
    assert!(
        error.message().contains("`api/b` is not in the work tree"),
        "{error}"
    );
    assert_eq!(paths(&list(&sandbox, "web", &[]).unwrap()), ["a"]);
}

#[test]
fn every_version_of_the_index_is_read() {
    for version in ["2", "3", "4"] {
        let sandbox = Sandbox::new();
        for path in ["a/b/c", "a/b/d", "a/bc", "z"] {
            sandbox.write(path, path);
        }
        sandbox.commit("all");
        sandbox.git(&[
            "update-index",
            "--force-write-index",
            "--index-version",
            version,
        ]);
        let found = list(&sandbox, "", &[]).unwrap();
        assert_eq!(paths(&found), ["a/b/c", "a/b/d", "a/bc", "z"]);
        assert_eq!(found.changed, [""; 0], "version {version}");
    }
    let sandbox = Sandbox::new();
    sandbox.write("a", "").commit("a");
    sandbox.git(&["update-index", "--split-index"]);
    assert!(message(list(&sandbox, "", &[])).contains("git update-index --no-split-index"));
}

#[test]
fn nothing_that_the_repository_configures_runs() {
    let sandbox = Sandbox::new();
    let trap = sandbox.home().join("trap");
    let command = format!("touch '{}'", trap.display());
    sandbox
        .write(".gitattributes", "* filter=trap diff=trap\n")
        .write("a", "1")
        .commit("a");
    for key in [
        "core.fsmonitor",
        "filter.trap.clean",
        "filter.trap.process",
        "diff.trap.textconv",
    ] {
        sandbox.git(&["config", key, &command]);
    }
    sandbox.write("a", "2").write("b", "");
    let source = Source::discover(&sandbox.repo()).unwrap();
    source.head().unwrap();
    let changed = source.listing(&ListingRequest::default()).unwrap().changed;
    assert_eq!(changed, ["a", "b"]);
    assert!(!trap.exists());
}

#[test]
fn somebody_elses_repository_is_refused() {
    let sandbox = Sandbox::new();
    sandbox.commit("a");
    let folders = [sandbox.repo(), sandbox.repo().join(".git")];
    let owned = folders
        .iter()
        .all(|f| std::os::unix::fs::chown(f, Some(65534), None).is_ok());
    assert!(owned, "these tests run as root, in a container");
    let error = Source::discover(&sandbox.repo()).unwrap_err();
    assert_eq!(error.kind(), Kind::Refused);
    assert!(error.hints()[0].contains("safe.directory"), "{error}");
}

#[test]
fn a_checkout_has_history_and_runs_nothing() {
    let origin = Sandbox::new();
    origin.write("a", "1").commit("one").git(&["tag", "v1"]);
    origin.write("a", "2").commit("two");
    let commit = origin.git(&["rev-parse", "HEAD"]);
    origin.write("a", "3").commit("three");
    let into = origin.home().join("checkout");
    let request = CheckoutRequest {
        url: format!("file://{}", origin.repo().display()),
        commit,
        into: into.clone(),
        allow_files: true,
        environment: Vec::new(),
    };
    let source = Source::discover(&checkout(&request).unwrap()).unwrap();
    let head = source.head().unwrap();
    assert_eq!(
        (head.tag.as_deref(), head.distance, head.branch),
        (Some("v1"), 1, None)
    );
    assert_eq!(
        source.listing(&ListingRequest::default()).unwrap().changed,
        [""; 0]
    );

    let missing = CheckoutRequest {
        commit: "1".repeat(40),
        into: origin.home().join("missing"),
        ..request.clone()
    };
    let error = checkout(&missing).unwrap_err();
    assert_eq!(error.kind(), Kind::Unavailable);
    assert!(!missing.into.exists());
    let forbidden = CheckoutRequest {
        allow_files: false,
        ..missing
    };
    assert_eq!(checkout(&forbidden).unwrap_err().kind(), Kind::Usage);
    assert!(fs::exists(into).unwrap());
}
