//! Which files are in the context: git's ignore rules, Docker's, and what neither can take.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::net::UnixListener;

use paas::Error;
use paas::source::{Listing, ListingRequest, Source};

use crate::support::Sandbox;

fn list(sandbox: &Sandbox, request: ListingRequest) -> Result<Listing, Error> {
    Source::discover(&sandbox.repo())?.listing(&ListingRequest {
        explain: true,
        ..request
    })
}

fn listing(sandbox: &Sandbox) -> Listing {
    list(sandbox, ListingRequest::default()).unwrap()
}

fn paths(listing: &Listing) -> Vec<&str> {
    listing
        .files
        .iter()
        .map(|file| file.path.as_str())
        .collect()
}

fn left_out(listing: &Listing) -> Vec<String> {
    let lines = listing.left_out.iter().map(|left| {
        let line = left
            .rule
            .line
            .map(|line| format!(":{line}"))
            .unwrap_or_default();
        format!(
            "{} ← {}{line} {}",
            left.path, left.rule.origin, left.rule.pattern
        )
    });
    lines.collect()
}

#[test]
fn agrees_with_git_on_random_ignore_files() {
    let mut seed = 7_u64;
    let mut below = |bound: usize| {
        seed = seed
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(seed >> 33).unwrap() % bound
    };
    let names = ["a", "b", "ab", "a.b", "[a]", "-a", "a b", "ä"];
    let patterns = [
        "a",
        "/a",
        "a/",
        "*",
        "!a",
        "!*/",
        "a*",
        "?b",
        "**/a",
        "a/**",
        "a/**/b",
        "!a/b",
        "[ab]",
        "[!a]",
        "\\[a]",
        "a\\ ",
        "a b  ",
        "# x",
        "\\#",
        "*.b",
        "**",
        "!/b/",
        "a/*",
        "/*/b",
        "[]a]",
        "[a",
        "-a",
        "\u{e4}",
        "!**/b",
        "***",
        "a**b",
        "[[:alpha:]]",
        "/",
        "!",
        "\\",
        "b\r",
        "x/../a",
    ];
    for round in 0..150 {
        let sandbox = Sandbox::new();
        for _ in 0..12 {
            let depth = 1 + below(3);
            let path: Vec<&str> = (0..depth).map(|_| names[below(names.len())]).collect();
            let path = sandbox.repo().join(path.join("/"));
            // A name may be a file already where a folder is wanted.
            if fs::create_dir_all(path.parent().unwrap()).is_ok() && !path.exists() {
                fs::write(path, "").unwrap();
            }
        }
        if below(2) == 0 {
            sandbox.git(&["add", "--all"]);
        }
        let mut ignores = vec![".gitignore".into(), ".git/info/exclude".into()];
        ignores.extend(names.iter().map(|name| format!("{name}/.gitignore")));
        for ignore in ignores {
            let file = sandbox.repo().join(ignore);
            if file.parent().unwrap().is_dir() && below(2) == 0 {
                let lines: Vec<_> = (0..=below(4))
                    .map(|_| patterns[below(patterns.len())])
                    .collect();
                fs::write(file, lines.join("\n") + "\n").unwrap();
            }
        }
        let command = [
            "ls-files",
            "-z",
            "--cached",
            "--others",
            "--exclude-standard",
        ];
        let expected = sandbox.git(&command);
        let expected: BTreeSet<_> = expected
            .split('\0')
            .filter(|path| !path.is_empty())
            .collect();
        let found = listing(&sandbox);
        let found: BTreeSet<_> = paths(&found).into_iter().collect();
        assert_eq!(found, expected, "round {round}");
    }
}

#[test]
fn says_which_rule_left_a_file_out() {
    let sandbox = Sandbox::new();
    sandbox
        .write(".gitignore", "# logs\n*.log\nnode_modules/\n")
        .write("api/.gitignore", "!keep.log\ndata\n")
        .write(".git/info/exclude", "mine\n")
        .write(".dockerignore", "docs\n!docs/README.md\n")
        .write("../home/config/git/ignore", "*.swp\n");
    for path in [
        "x.log",
        "api/keep.log",
        "api/x.log",
        "api/data/x",
        "node_modules/x/y",
        "mine",
        ".a.swp",
        "docs/a",
        "docs/README.md",
        "test/a",
        "app.toml",
        "app.lock",
        "a",
    ] {
        sandbox.write(path, "");
    }
    let request = ListingRequest {
        exclude: vec!["test".to_owned()],
        config_home: Some(sandbox.home().join("config")),
        ..ListingRequest::default()
    };
    let listing = list(&sandbox, request).unwrap();
    let expected = [
        ".gitignore",
        "a",
        "api/.gitignore",
        "api/keep.log",
        "docs/README.md",
    ];
    assert_eq!(paths(&listing), expected);
    let expected = [
        ".a.swp ← HOME/config/git/ignore:1 *.swp",
        "api/data/ ← api/.gitignore:2 data",
        "api/x.log ← .gitignore:2 *.log",
        "docs/a ← .dockerignore:1 docs",
        "mine ← .git/info/exclude:1 mine",
        "node_modules/ ← .gitignore:3 node_modules/",
        "test/a ← app.toml test",
        "x.log ← .gitignore:2 *.log",
    ];
    let home = sandbox.home().display().to_string();
    let found: Vec<_> = left_out(&listing)
        .iter()
        .map(|l| l.replace(&home, "HOME"))
        .collect();
    assert_eq!(found, expected);
}

/// Docker's documentation, and what moby/patternmatcher's own tests hold.
#[test]
fn dockerignore_is_read_as_docker_reads_it() {
    let all = [
        "README.md",
        "a.md",
        "src/a.md",
        "src/c.rs",
        "src/deep/b.md",
        "temp",
        "tempx",
        "x/temp",
        "ä",
    ];
    let cases: [(&str, &[&str]); 23] = [
        ("", &all),
        ("# x\n\n  \n", &all),
        ("temp", &["temp"]),
        ("/temp", &["temp"]),
        ("./temp/", &["temp"]),
        ("  temp  ", &["temp"]),
        ("?", &["x/temp", "ä"]),
        ("temp?", &["tempx"]),
        ("*/temp*", &["x/temp"]),
        ("**/temp", &["temp", "x/temp"]),
        ("*.md", &["README.md", "a.md"]),
        (
            "**/*.md",
            &["README.md", "a.md", "src/a.md", "src/deep/b.md"],
        ),
        ("**.md", &["README.md", "a.md", "src/a.md", "src/deep/b.md"]),
        ("*.md\n!README.md", &["a.md"]),
        ("!README.md\n*.md", &["README.md", "a.md"]),
        ("src\n!src/deep", &["src/a.md", "src/c.rs"]),
        ("src/**", &["src/a.md", "src/c.rs", "src/deep/b.md"]),
        ("src/**/b.md", &["src/deep/b.md"]),
        ("src/../temp", &["temp"]),
        ("[a-b].md", &["a.md"]),
        ("te\\mp", &["temp"]),
        (
            "*\n!src/c.rs\n!app.toml",
            &[
                "README.md",
                "a.md",
                "src/a.md",
                "src/deep/b.md",
                "temp",
                "tempx",
                "x/temp",
                "ä",
            ],
        ),
        ("\u{feff}temp\r\ntempx\r\n", &["temp", "tempx"]),
    ];
    for (text, excluded) in cases {
        let sandbox = Sandbox::new();
        for path in all {
            sandbox.write(path, "");
        }
        sandbox.commit("all");
        sandbox.write(".dockerignore", text);
        let found = listing(&sandbox);
        // Two of the cases leave nothing out.
        let excluded: BTreeSet<_> = if excluded == all {
            BTreeSet::new()
        } else {
            excluded.iter().copied().collect()
        };
        let expected: Vec<_> = all
            .into_iter()
            .filter(|path| !excluded.contains(path))
            .collect();
        assert_eq!(paths(&found), expected, "{text:?}");
    }
    for bad in ["!", "[a", "a\\"] {
        let sandbox = Sandbox::new();
        sandbox.write(".dockerignore", format!("ok\n{bad}\n"));
        let error = list(&sandbox, ListingRequest::default()).unwrap_err();
        assert!(error.message().contains(".dockerignore, line 2"), "{error}");
    }
}

#[test]
fn takes_any_name_that_is_utf8() {
    let sandbox = Sandbox::new();
    let longest = "x".repeat(255);
    for name in ["a\nb", "-rf", "a\\b", "{{x}}", "$(id)", longest.as_str()] {
        sandbox.write(name, "");
    }
    sandbox.commit("names");
    let found = listing(&sandbox);
    assert_eq!(
        paths(&found),
        ["$(id)", "-rf", "a\nb", "a\\b", &longest, "{{x}}"]
    );
    assert_eq!(found.changed, [""; 0]);

    let name = std::ffi::OsStr::from_bytes(b"\xff\x1b[1m");
    fs::write(sandbox.repo().join(name), "").unwrap();
    let error = list(&sandbox, ListingRequest::default()).unwrap_err();
    assert_eq!(
        error.message(),
        "the file name `\\xff\\x1b[1m` is not UTF-8"
    );
    sandbox.write(".dockerignore", "??[[]1m\n");
    assert!(list(&sandbox, ListingRequest::default()).is_ok());
}

#[test]
fn passes_over_what_git_cannot_store() {
    let sandbox = Sandbox::new();
    sandbox.write("a", "").commit("a");
    sandbox.write("nested/file", "");
    sandbox.git(&["init", "--quiet", "nested"]);
    let _socket = UnixListener::bind(sandbox.repo().join("socket")).unwrap();
    let fifo = sandbox.repo().join("fifo");
    assert!(
        std::process::Command::new("mkfifo")
            .arg(&fifo)
            .status()
            .unwrap()
            .success()
    );
    let found = listing(&sandbox);
    assert_eq!((paths(&found), found.changed.len()), (vec!["a"], 0));
    let expected = [
        "fifo ← paas neither a file nor a link",
        "nested/ ← paas a git repository of its own",
        "socket ← paas neither a file nor a link",
    ];
    assert_eq!(left_out(&found), expected);
    // In the place of a tracked file it's a change.
    fs::rename(fifo, sandbox.repo().join("a")).unwrap();
    assert_eq!(listing(&sandbox).changed, ["a"]);
}

#[test]
fn reads_content_without_following_links() {
    use std::io::Read as _;
    let sandbox = Sandbox::new();
    sandbox
        .write("folder/a", "inside")
        .write("secret/a", "outside")
        .commit("a");
    let source = Source::discover(&sandbox.repo()).unwrap();
    let listing = source.listing(&ListingRequest::default()).unwrap();
    let mut text = String::new();
    source
        .open_content(&listing.files[0])
        .unwrap()
        .read_to_string(&mut text)
        .unwrap();
    assert_eq!(text, "inside");
    fs::rename(sandbox.repo().join("folder"), sandbox.repo().join("old")).unwrap();
    std::os::unix::fs::symlink("secret", sandbox.repo().join("folder")).unwrap();
    assert!(source.open_content(&listing.files[0]).is_err());
}
