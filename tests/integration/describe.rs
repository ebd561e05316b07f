//! `Source::head` against the real `git describe` on random histories.

use std::fmt::Write as _;
use std::process::{Command, Stdio};

use paas::source::{Head, Source};

use crate::support::Sandbox;

fn head(sandbox: &Sandbox) -> Head {
    Source::discover(&sandbox.repo()).unwrap().head().unwrap()
}

fn described(head: &Head) -> String {
    let tag = head.tag.as_deref().expect("a tag");
    format!("{tag}-{}-g{}", head.distance, head.abbreviation)
}

/// Deterministic, so that a failure can be repeated.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % bound
    }
}

/// A `git fast-import` stream: merges, equal and skewed times, annotated and lightweight tags,
/// several on a commit, odd names.
fn history(random: &mut Random, commits: u64) -> String {
    let mut stream = String::new();
    let mut time = 1_700_000_000_u64;
    for mark in 1..=commits {
        time = match random.below(6) {
            0 => time,
            1 => time - random.below(500),
            _ => time + random.below(300),
        };
        write!(
            stream,
            "commit refs/heads/b{mark}\nmark :{mark}\ncommitter A <a@b> {time} +0000\ndata 1\nx\n"
        )
        .unwrap();
        let parents = if mark == 1 {
            0
        } else {
            [1, 1, 1, 2, 2, 3][usize::try_from(random.below(6)).unwrap()]
        };
        let mut taken = Vec::new();
        for _ in 0..parents {
            let parent = mark - 1 - random.below((mark - 1).min(6));
            if parent > 0 && !taken.contains(&parent) {
                let word = if taken.is_empty() { "from" } else { "merge" };
                writeln!(stream, "{word} :{parent}").unwrap();
                taken.push(parent);
            }
        }
        stream.push('\n');
    }
    let tags = random.below(25);
    for number in 0..tags {
        let commit = 1 + random.below(commits);
        let name = ["v1.", "release/1.0+b.", "é-", "0-g12345678-", "z_"]
            [usize::try_from(random.below(5)).unwrap()];
        let name = format!("{name}{number}");
        if random.below(2) == 0 {
            write!(stream, "reset refs/tags/{name}\nfrom :{commit}\n\n").unwrap();
        } else {
            let when = time + random.below(3);
            write!(
                stream,
                "tag {name}\nfrom :{commit}\ntagger A <a@b> {when} +0000\ndata 1\nx\n"
            )
            .unwrap();
        }
    }
    write!(stream, "reset refs/heads/main\nfrom :{commits}\n\n").unwrap();
    stream
}

fn import(sandbox: &Sandbox, stream: &str) {
    use std::io::Write as _;
    let mut child = Command::new("git")
        .args(["fast-import", "--quiet", "--force"])
        .current_dir(sandbox.repo())
        .stdin(Stdio::piped())
        .spawn()
        .unwrap();
    child
        .stdin
        .take()
        .unwrap()
        .write_all(stream.as_bytes())
        .unwrap();
    assert!(child.wait().unwrap().success());
}

#[test]
fn agrees_with_git_on_random_histories() {
    for seed in 0..120 {
        let mut random = Random(seed);
        let sandbox = Sandbox::new();
        let commits = 1 + random.below(60);
        import(&sandbox, &history(&mut random, commits));
        for mark in [commits, commits / 2 + 1, commits / 3 + 1] {
            sandbox.git(&[
                "update-ref",
                "--no-deref",
                "HEAD",
                &format!("refs/heads/b{mark}"),
            ]);
            let head = head(&sandbox);
            if head.tag.is_some() {
                let expected = sandbox.git(&["describe", "--tags", "--long", "--abbrev=8"]);
                assert_eq!(described(&head), expected, "seed {seed}, commit {mark}");
            } else {
                let none = sandbox.git(&["tag", "--merged", "HEAD"]);
                assert_eq!(none, "", "seed {seed}, commit {mark}");
                let count = sandbox.git(&["rev-list", "--count", "HEAD"]);
                assert_eq!(
                    head.distance.to_string(),
                    count,
                    "seed {seed}, commit {mark}"
                );
            }
        }
    }
}

#[test]
fn a_remembered_description_follows_commits_and_tags() {
    let sandbox = Sandbox::new();
    let mut stream = String::new();
    for mark in 1..=600 {
        let commit = "commit refs/heads/main\nmark";
        let committer = "committer A <a@b> 1700000000 +0000\ndata 1\nx\n";
        write!(stream, "{commit} :{mark}\n{committer}\n").unwrap();
    }
    stream.push_str("reset refs/tags/v1\nfrom :1\n\n");
    import(&sandbox, &stream);
    let cache = sandbox.home().join("cache");
    let source = Source::discover(&sandbox.repo()).unwrap();
    let check = |expected: &str| {
        for _ in 0..2 {
            let head = source.head_with_cache(&cache).unwrap();
            assert_eq!(
                format!("{}-{}", head.tag.as_deref().unwrap(), head.distance),
                expected
            );
        }
    };
    check("v1-599");
    assert_eq!(
        std::fs::read_dir(cache.join("describe")).unwrap().count(),
        1
    );
    sandbox.git(&["tag", "--force", "v1", "HEAD~7"]);
    check("v1-7");
    sandbox.git(&["tag", "--force", "v1", "HEAD~590"]);
    check("v1-590");
    sandbox.git(&["commit", "--quiet", "--allow-empty", "--message", "x"]);
    check("v1-591");
}
