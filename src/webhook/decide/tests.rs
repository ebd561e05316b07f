use super::*;
use crate::webhook::{Change, History, Provider, RepositoryUrl, Target};

const OLD: &str = "1111111111111111111111111111111111111111";
const NEW: &str = "2222222222222222222222222222222222222222";

fn id(text: &str) -> ObjectId {
    ObjectId::parse(text).unwrap()
}

fn target(text: &str) -> Target {
    Target {
        object: id(text),
        commit: None,
    }
}

fn moved() -> Change {
    Change::Moved {
        before: Some(id(OLD)),
        after: target(NEW),
        history: History::NotKnownRewritten,
    }
}

fn push(reference: &str) -> Push {
    Push {
        repository: RepositoryUrl::parse("https://host.example/trade/shop.git").unwrap(),
        reference: RefName::parse(reference).unwrap(),
        change: moved(),
        message: Some("Add prices".to_owned()),
        default_branch: Some("main".to_owned()),
        sender: None,
        listed_paths: Vec::new(),
    }
}

fn event(subject: Subject) -> Event {
    Event {
        provider: Provider::GitHub,
        name: "push".to_owned(),
        delivery: None,
        subject,
    }
}

fn strings(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

const NOTHING_KNOWN: Circumstances = Circumstances {
    default_branch: None,
    changed: None,
    scope: Scope {
        folder: "",
        include: &[],
    },
};

fn outcome(push: Push, rules: &Webhook, known: &Circumstances) -> String {
    match decide(&event(Subject::Push(push)), rules, known).unwrap() {
        Decision::Build { reference, commit } => {
            format!("build {reference} {:.4}", commit.as_str())
        }
        Decision::Ignore(reason) => format!("ignore: {reason}"),
    }
}

#[test]
fn branches_and_tags_are_chosen_by_the_rules() {
    let rules = |branches: &[&str], tags: &[&str]| Webhook {
        branches: strings(branches),
        tags: strings(tags),
        paths: Vec::new(),
    };
    let cases = [
        ("refs/heads/main", rules(&[], &[])),
        ("refs/heads/feature/x", rules(&[], &[])),
        ("refs/heads/main", rules(&["release/*"], &[])),
        ("refs/heads/release/1", rules(&["main", "release/*"], &[])),
        ("refs/heads/release/1/2", rules(&["release/*"], &[])),
        ("refs/heads/release/1/2", rules(&["release/**"], &[])),
        ("refs/heads/v1", rules(&["main"], &["v*"])),
        ("refs/tags/main", rules(&[], &[])),
        ("refs/tags/v1.2", rules(&[], &["v*"])),
        ("refs/tags/x1.2", rules(&[], &["v*", "release-*"])),
    ];
    let shown: Vec<_> = cases
        .into_iter()
        .map(|(reference, rules)| {
            let outcome = outcome(push(reference), &rules, &NOTHING_KNOWN);
            format!(
                "{reference} {:?} {:?} → {outcome}",
                rules.branches, rules.tags
            )
        })
        .collect();
    insta::assert_snapshot!(shown.join("\n"), @r#"
    refs/heads/main [] [] → build refs/heads/main 2222
    refs/heads/feature/x [] [] → ignore: branch `feature/x` is not the default branch `main`
    refs/heads/main ["release/*"] [] → ignore: branch `main` matches none of [webhook] branches
    refs/heads/release/1 ["main", "release/*"] [] → build refs/heads/release/1 2222
    refs/heads/release/1/2 ["release/*"] [] → ignore: branch `release/1/2` matches none of [webhook] branches
    refs/heads/release/1/2 ["release/**"] [] → build refs/heads/release/1/2 2222
    refs/heads/v1 ["main"] ["v*"] → ignore: branch `v1` matches none of [webhook] branches
    refs/tags/main [] [] → ignore: tag `main` does not build: [webhook] tags is empty
    refs/tags/v1.2 [] ["v*"] → build refs/tags/v1.2 2222
    refs/tags/x1.2 [] ["v*", "release-*"] → ignore: tag `x1.2` matches none of [webhook] tags
    "#);
}

#[test]
fn the_default_branch_on_record_counts_before_the_events() {
    let known = Circumstances {
        default_branch: Some("trunk"),
        ..NOTHING_KNOWN
    };
    let rules = Webhook::default();
    assert_eq!(
        outcome(push("refs/heads/main"), &rules, &known),
        "ignore: branch `main` is not the default branch `trunk`"
    );
    assert_eq!(
        outcome(push("refs/heads/trunk"), &rules, &known),
        "build refs/heads/trunk 2222"
    );
    let unknown = Push {
        default_branch: None,
        ..push("refs/heads/main")
    };
    assert_eq!(
        outcome(unknown, &rules, &NOTHING_KNOWN),
        "ignore: whether `main` is the default branch is not known: set [webhook] branches"
    );
}

#[test]
fn changed_paths_are_held_against_the_apps_files_or_the_patterns() {
    /// Folder, `[webhook] paths`, changed paths.
    type Case<'a> = (&'a str, &'a [&'a str], Option<&'a [&'a str]>);

    let include = strings(&["libs/money", "VERSION"]);
    let cases: &[Case] = &[
        ("", &[], None),
        ("", &[], Some(&[])),
        ("", &[], Some(&["README.md"])),
        ("api", &[], None),
        ("api", &[], Some(&["api/app.py"])),
        ("api/", &[], Some(&["api/app.py"])),
        ("api", &[], Some(&["api2/app.py", "app/api"])),
        ("api", &[], Some(&["web/app.js", "libs/money/x.py"])),
        ("api", &[], Some(&["libs/moneyx", "VERSION.txt"])),
        ("api", &[], Some(&["VERSION"])),
        ("api", &["web/**"], Some(&["web/app.js"])),
        ("api", &["web/**"], Some(&["api/app.py"])),
        ("api", &["*.md"], Some(&["docs/a.md"])),
        ("api", &["**/*.md"], Some(&["docs/a.md"])),
        ("api", &["web/**"], None),
    ];
    let shown: Vec<_> = cases
        .iter()
        .map(|(folder, paths, changed)| {
            let rules = Webhook {
                paths: strings(paths),
                ..Webhook::default()
            };
            let changed_paths = changed.map(strings);
            let known = Circumstances {
                default_branch: None,
                changed: changed_paths.as_deref(),
                scope: Scope {
                    folder,
                    include: if folder.is_empty() { &[] } else { &include },
                },
            };
            let outcome = outcome(push("refs/heads/main"), &rules, &known);
            format!("{folder:?} {paths:?} {changed:?} → {outcome}")
        })
        .collect();
    insta::assert_snapshot!(shown.join("\n"), @r#"
    "" [] None → build refs/heads/main 2222
    "" [] Some([]) → ignore: nothing changed
    "" [] Some(["README.md"]) → build refs/heads/main 2222
    "api" [] None → build refs/heads/main 2222
    "api" [] Some(["api/app.py"]) → build refs/heads/main 2222
    "api/" [] Some(["api/app.py"]) → build refs/heads/main 2222
    "api" [] Some(["api2/app.py", "app/api"]) → ignore: nothing changed in `api` and what it includes
    "api" [] Some(["web/app.js", "libs/money/x.py"]) → build refs/heads/main 2222
    "api" [] Some(["libs/moneyx", "VERSION.txt"]) → ignore: nothing changed in `api` and what it includes
    "api" [] Some(["VERSION"]) → build refs/heads/main 2222
    "api" ["web/**"] Some(["web/app.js"]) → build refs/heads/main 2222
    "api" ["web/**"] Some(["api/app.py"]) → ignore: no changed path matches [webhook] paths
    "api" ["*.md"] Some(["docs/a.md"]) → ignore: no changed path matches [webhook] paths
    "api" ["**/*.md"] Some(["docs/a.md"]) → build refs/heads/main 2222
    "api" ["web/**"] None → build refs/heads/main 2222
    "#);
}

#[test]
fn paths_do_not_count_for_tags() {
    let rules = Webhook {
        tags: strings(&["v*"]),
        paths: strings(&["api/**"]),
        ..Webhook::default()
    };
    let known = Circumstances {
        changed: Some(&[]),
        ..NOTHING_KNOWN
    };
    assert_eq!(
        outcome(push("refs/tags/v1"), &rules, &known),
        "build refs/tags/v1 2222"
    );
}

#[test]
fn what_moved_nothing_or_is_gone_never_builds() {
    let rules = Webhook {
        tags: strings(&["**"]),
        ..Webhook::default()
    };
    let changes = [
        Change::Created { after: target(NEW) },
        Change::Moved {
            before: None,
            after: target(NEW),
            history: History::NotKnownRewritten,
        },
        Change::Moved {
            before: Some(id(OLD)),
            after: target(NEW),
            history: History::Rewritten,
        },
        Change::Moved {
            before: Some(id(NEW)),
            after: target(NEW),
            history: History::NotKnownRewritten,
        },
        Change::Deleted {
            before: Some(id(OLD)),
        },
        Change::Deleted { before: None },
    ];
    let shown: Vec<_> = ["refs/heads/main", "refs/tags/v1"]
        .into_iter()
        .flat_map(|reference| {
            changes.clone().map(|change| {
                outcome(
                    Push {
                        change,
                        ..push(reference)
                    },
                    &rules,
                    &NOTHING_KNOWN,
                )
            })
        })
        .collect();
    insta::assert_snapshot!(shown.join("\n"), @r"
    build refs/heads/main 2222
    build refs/heads/main 2222
    build refs/heads/main 2222
    ignore: branch `main` did not move
    ignore: branch `main` was deleted
    ignore: branch `main` was deleted
    build refs/tags/v1 2222
    build refs/tags/v1 2222
    build refs/tags/v1 2222
    ignore: tag `v1` did not move
    ignore: tag `v1` was deleted
    ignore: tag `v1` was deleted
    ");
}

#[test]
fn a_tags_commit_is_built_where_the_host_names_it() {
    let rules = Webhook {
        tags: strings(&["*"]),
        ..Webhook::default()
    };
    let after = Target {
        object: id(NEW),
        commit: Some(id(OLD)),
    };
    let push = Push {
        change: Change::Created { after },
        ..push("refs/tags/v1")
    };
    assert_eq!(
        outcome(push, &rules, &NOTHING_KNOWN),
        "build refs/tags/v1 1111"
    );
}

#[test]
fn marks_in_the_message_skip() {
    let cases = [
        ("Fix [skip ci]", Some("[skip ci]")),
        ("Fix\n\n[CI Skip] it", Some("[ci skip]")),
        ("[no ci]", Some("[no ci]")),
        ("skip ci", None),
        ("[skipci]", None),
        ("[skip  ci]", None),
        ("", None),
    ];
    let rules = Webhook {
        tags: strings(&["*"]),
        ..Webhook::default()
    };
    for (message, mark) in cases {
        for reference in ["refs/heads/main", "refs/tags/v1"] {
            let push = Push {
                message: Some(message.to_owned()),
                ..push(reference)
            };
            let expected = match mark {
                Some(mark) => format!("ignore: the head commit's message says {mark}"),
                None => format!("build {reference} 2222"),
            };
            assert_eq!(outcome(push, &rules, &NOTHING_KNOWN), expected, "{message}");
        }
    }
}

#[test]
fn pings_and_ignored_events_say_so() {
    let rules = Webhook::default();
    let ignored = Subject::Ignored("`issues` events do not build".to_owned());
    let shown = [Subject::Ping, ignored]
        .map(|subject| {
            format!(
                "{:?}",
                decide(&event(subject), &rules, &NOTHING_KNOWN).unwrap()
            )
        })
        .join("\n");
    insta::assert_snapshot!(shown, @r#"
    Ignore("GitHub only tries the webhook")
    Ignore("`issues` events do not build")
    "#);
}

#[test]
fn a_pattern_that_is_none_is_an_error() {
    let known = Circumstances {
        changed: Some(&[]),
        ..NOTHING_KNOWN
    };
    let bad = || strings(&["[a"]);
    let cases = [
        (
            "refs/heads/main",
            Webhook {
                branches: bad(),
                ..Webhook::default()
            },
        ),
        (
            "refs/tags/v1",
            Webhook {
                tags: bad(),
                ..Webhook::default()
            },
        ),
        (
            "refs/heads/main",
            Webhook {
                paths: bad(),
                ..Webhook::default()
            },
        ),
    ];
    for (reference, rules) in cases {
        let error = decide(&event(Subject::Push(push(reference))), &rules, &known).unwrap_err();
        assert_eq!(error.kind(), crate::Kind::Usage);
        assert!(error.message().contains("`[a`"), "{error}");
    }
}
