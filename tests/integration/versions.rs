//! What a version says of the commit and of the tree, for every state git can be in.

use crate::support::app::App;
use crate::support::engine::inspect;

/// The version that a plan names: the same as a build's, without one.
fn version(app: &App, folder: &str) -> String {
    let plan = app.json(&["--directory", folder, "plan"]);
    plan["version"].as_str().unwrap().to_owned()
}

/// Where the version changes into `-dirty.<8 hex>`.
fn is_dirty(version: &str) -> bool {
    version.rsplit_once("-dirty.").is_some_and(|(_, content)| {
        content.len() == 8 && content.bytes().all(|byte| byte.is_ascii_hexdigit())
    })
}

fn commit(app: &App) -> String {
    app.git(&["rev-parse", "HEAD"])
}

#[test]
fn a_build_is_named_after_its_commit() {
    let app = App::tiny();
    let untagged = app.build(&[]);
    let head = commit(&app);
    let short = &head[..8];
    assert_eq!(untagged.version(), format!("untagged-1-g{short}-r1"));
    assert_eq!(untagged.text("commit"), head);
    assert!(untagged.document["git_tag"].is_null());
    app.commit("lock");
    app.git(&["tag", "--annotate", "--message=x", "v1.4.2"]);
    let tagged = app.build(&[]);
    let head = commit(&app);
    assert_eq!(tagged.version(), format!("v1.4.2-g{}-r1", &head[..8]));
    assert_eq!(tagged.text("git_tag"), "v1.4.2");
    app.write("main", "two").commit("two");
    app.write("main", "three").commit("three");
    let past = app.build(&[]);
    let described = past.version().strip_suffix("-r1").unwrap();
    assert_eq!(described, format!("v1.4.2-2-g{}", &commit(&app)[..8]));
    let shown = app.git(&["show", "--no-patch", "--format=%H", described]);
    assert_eq!(shown, commit(&app));
    let labels = &inspect(past.image())["Config"]["Labels"];
    assert_eq!(labels["org.opencontainers.image.revision"], commit(&app));
    assert_eq!(labels["org.opencontainers.image.version"], past.version());
    assert_eq!(
        labels["org.opencontainers.image.created"],
        "2026-01-02T03:04:05Z"
    );
}

#[test]
fn characters_that_no_tag_can_hold_are_replaced() {
    let app = App::tiny();
    app.git(&["tag", "release/1.0+rc"]);
    let built = app.build(&[]);
    let short = &commit(&app)[..8];
    assert_eq!(built.version(), format!("release-1.0_rc-g{short}-r1"));
    let labels = &inspect(built.image())["Config"]["Labels"];
    assert_eq!(labels["io.paas.git-tag"], "release/1.0+rc");
}

#[test]
fn a_tree_that_differs_from_its_commit_says_so() {
    let app = App::tiny();
    app.write(".gitignore", "*.log\n")
        .write(".dockerignore", "docs\n")
        .write("docs/a.md", "a")
        .commit("all");
    app.build(&[]);
    for (path, text, dirty) in [
        ("app.lock", None, false),
        ("docs/a.md", Some("b"), false),
        ("docs/new.md", Some("new"), false),
        ("x.log", Some("log"), false),
        ("main", Some("changed"), true),
        ("untracked", Some("new"), true),
        ("app.toml", Some("# comment"), true),
    ] {
        let file = app.repo().join(path);
        let before = std::fs::read(&file).ok();
        match text {
            Some("# comment") => app.app_toml("# comment"),
            Some(text) => app.write(path, text),
            None => &app,
        };
        assert_eq!(is_dirty(&version(&app, ".")), dirty, "{path}");
        match before {
            Some(before) => std::fs::write(&file, before).unwrap(),
            None => std::fs::remove_file(&file).unwrap(),
        }
    }
    std::fs::remove_file(app.repo().join("main")).unwrap();
    assert!(is_dirty(&version(&app, ".")), "a deleted file");
}

#[test]
fn a_dirty_version_is_its_content() {
    let app = App::tiny();
    app.build(&[]);
    let dirty = |text: &str| {
        app.write("main", text);
        app.build(&[])
    };
    let (one, two, again) = (dirty("a"), dirty("b"), dirty("a"));
    assert_eq!(one.document["dirty"], true);
    assert_ne!(one.version(), two.version());
    assert_eq!(one.version(), again.version());
    assert_eq!(one.digest(), again.digest());
    assert_eq!(again.document["cached"], true);
}

#[test]
fn an_app_in_a_folder_is_not_concerned_with_others() {
    let app = App::tiny();
    let toml = app.app_toml_with("include = [\"libs\"]");
    app.git(&["rm", "--quiet", "--cached", "app.toml", "main"]);
    std::fs::remove_file(app.repo().join("app.toml")).unwrap();
    app.write("shop/app.toml", toml)
        .write("shop/main", "x")
        .write("libs/common", "x")
        .write("other/main", "x")
        .commit("all");
    let first = app.build(&["--directory", "shop"]);
    app.write("other/main", "y").write("new", "y");
    assert!(!is_dirty(&version(&app, "shop")), "outside");
    app.commit("others");
    let second = app.build(&["--directory", "shop"]);
    assert_ne!(first.version(), second.version());
    assert_eq!(first.digest(), second.digest());
    assert_eq!(second.document["cached"], true);
    assert!(!second.ran_the_engine());

    app.write("libs/common", "y");
    assert!(is_dirty(&version(&app, "shop")), "an included folder");
    app.commit("library");
    let third = app.build(&["--directory", "shop"]);
    assert_ne!(second.digest(), third.digest());
}

#[test]
fn every_kind_of_checkout_builds() {
    let app = App::tiny();
    app.git(&["tag", "v1"]);
    let expected = format!("v1-g{}-r1", &commit(&app)[..8]);
    app.git(&["checkout", "--quiet", "--detach"]);
    assert_eq!(version(&app, "."), expected, "detached");
    app.git(&["worktree", "add", "--quiet", "../tree", "HEAD"]);
    assert_eq!(version(&app, "../tree"), expected, "worktree");
    let built = app.build(&["--directory", "../tree"]);
    assert_eq!(built.version(), expected);
    app.git(&["switch", "--quiet", "main"]);

    let library = App::tiny();
    let url = library.repo().display().to_string();
    app.git(&[
        "-c",
        "protocol.file.allow=always",
        "submodule",
        "--quiet",
        "add",
        &url,
        "library",
    ]);
    app.commit("submodule");
    let with = app.json(&["plan", "--context"]);
    let paths: Vec<_> = with["files"]
        .as_array()
        .unwrap()
        .iter()
        .map(|file| &file["path"])
        .collect();
    assert!(paths.iter().any(|path| *path == "library/main"), "{with}");
    assert!(!is_dirty(&version(&app, ".")), "submodule");
    // In the submodule the app is the submodule's, by its own commit.
    let inside = version(&app, "library");
    assert_eq!(inside, format!("untagged-1-g{}-r1", &commit(&library)[..8]));
}

#[test]
fn what_has_no_version_is_refused_in_words() {
    let app = App::tiny();
    app.write("main", "two").commit("two");
    let url = format!("file://{}", app.repo().display());
    app.git(&["clone", "--quiet", "--depth=1", &url, "../shallow"]);
    let error = app.fails(2, &["--directory", "../shallow", "build"]);
    assert!(
        error["message"].as_str().unwrap().contains("shallow"),
        "{error}"
    );
    assert!(
        error["hints"][0]
            .as_str()
            .unwrap()
            .contains("git fetch --unshallow"),
        "{error}"
    );

    app.git(&["init", "--quiet", "../empty"]);
    std::fs::copy(
        app.repo().join("app.toml"),
        app.repo().join("../empty/app.toml"),
    )
    .unwrap();
    let error = app.fails(2, &["--directory", "../empty", "build"]);
    assert_eq!(error["message"], "the repository has no commit yet");

    let outside = app.repo().join("../outside");
    std::fs::create_dir(&outside).unwrap();
    std::fs::copy(app.repo().join("app.toml"), outside.join("app.toml")).unwrap();
    let error = app.fails(2, &["--directory", "../outside", "build"]);
    assert!(
        error["message"]
            .as_str()
            .unwrap()
            .contains("not in a git repository"),
        "{error}"
    );
}
