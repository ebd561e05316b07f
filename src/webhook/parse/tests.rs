use serde_json::json;

use super::wrong_fields_tests::{changed, github};
use super::*;
use crate::Kind;
use crate::webhook::{Headers, RefKind};

const OLD: &str = "1111111111111111111111111111111111111111";
const NEW: &str = "2222222222222222222222222222222222222222";
const TAG: &str = "3333333333333333333333333333333333333333";

macro_rules! fixture {
    ($name:literal) => {
        include_bytes!(concat!("../../../tests/webhook/", $name, ".json"))
    };
}

fn events(provider: Provider, headers: &str, body: &[u8]) -> Result<Vec<Event>> {
    let headers = Headers::parse(headers)?;
    assert_eq!(Provider::detect(&headers)?, provider);
    parse(&Payload::local(provider, &headers, body)?)
}

fn one(provider: Provider, headers: &str, body: &[u8]) -> Event {
    let mut events = events(provider, headers, body).unwrap();
    assert_eq!(events.len(), 1);
    events.remove(0)
}

fn push(event: &Event) -> &Push {
    event.push().unwrap_or_else(|| panic!("no push: {event:?}"))
}

fn id(text: &str) -> ObjectId {
    ObjectId::parse(text).unwrap()
}

#[test]
fn a_github_push_says_everything() {
    let headers = "X-GitHub-Event: push\nX-GitHub-Delivery: 72d3162e";
    let event = one(Provider::GitHub, headers, fixture!("github-push"));
    assert_eq!(
        (event.name.as_str(), event.delivery.as_deref()),
        ("push", Some("72d3162e"))
    );
    let expected = Push {
        repository: RepositoryUrl::parse("https://github.com/trade/shop-api.git").unwrap(),
        reference: RefName::parse("refs/heads/main").unwrap(),
        change: Change::Moved {
            before: Some(id(OLD)),
            after: Target {
                object: id(NEW),
                commit: None,
            },
            history: History::NotKnownRewritten,
        },
        message: Some("Add prices\n\nFor all of them.".to_owned()),
        default_branch: Some("main".to_owned()),
        sender: Some("ada".to_owned()),
        listed_paths: ["README.md", "api/old.py", "api/prices.py"]
            .map(str::to_owned)
            .to_vec(),
    };
    assert_eq!(event.subject, Subject::Push(expected));
    assert!(!push(&event).may_need_peeling());
}

#[test]
fn a_new_annotated_tag_may_need_peeling() {
    let event = one(
        Provider::GitHub,
        "X-GitHub-Event: push",
        fixture!("github-tag"),
    );
    let push = push(&event);
    assert_eq!(push.reference.kind(), RefKind::Tag);
    assert!(matches!(push.change, Change::Created { .. }));
    assert_eq!(push.after().unwrap().best(), &id(TAG));
    assert!(push.may_need_peeling());
    assert_eq!(push.message.as_deref(), Some("Release 1.4.2"));
}

#[test]
fn an_all_zero_after_is_a_deletion() {
    let gitlab = "X-Gitlab-Event: Push Hook";
    let events = [
        one(
            Provider::GitHub,
            "X-GitHub-Event: push",
            fixture!("github-delete"),
        ),
        one(Provider::GitLab, gitlab, fixture!("gitlab-delete")),
    ];
    for event in events {
        let push = push(&event);
        assert_eq!(
            push.change,
            Change::Deleted {
                before: Some(id(NEW))
            }
        );
        assert_eq!(push.after(), None);
        assert!(!push.may_need_peeling());
    }
}

#[test]
fn a_force_push_is_told() {
    let body = changed(fixture!("github-push"), &["forced"], json!(true));
    let event = github(&body).unwrap();
    assert!(matches!(
        push(&event).change,
        Change::Moved {
            history: History::Rewritten,
            ..
        }
    ));
}

#[test]
fn gitea_and_forgejo_follow_github() {
    let gitea = "X-GitHub-Event: push\nX-Gitea-Event: push\nX-Gitea-Delivery: 9";
    let forgejo = format!("{gitea}\nX-Forgejo-Event: push");
    for (provider, headers) in [(Provider::Gitea, gitea), (Provider::Forgejo, &forgejo)] {
        let event = one(provider, headers, fixture!("gitea-push"));
        assert_eq!(event.delivery.as_deref(), Some("9"));
        let push = push(&event);
        assert_eq!(
            push.repository.as_str(),
            "http://git.example.com:3000/trade/shop-api.git"
        );
        // There is no `head_commit` in it.
        assert_eq!(push.message.as_deref(), Some("Fix docs [skip ci]\n"));
        assert_eq!(push.listed_paths, ["docs/index.md"]);
    }
}

#[test]
fn gitlab_names_the_commit_of_a_tag() {
    let event = one(
        Provider::GitLab,
        "X-Gitlab-Event: Push Hook",
        fixture!("gitlab-push"),
    );
    let branch = push(&event);
    assert_eq!(branch.message.as_deref(), Some("Add prices\n"));
    assert_eq!(branch.before(), Some(&id(OLD)));
    assert_eq!(branch.sender.as_deref(), Some("ada"));
    assert_eq!(branch.listed_paths, ["README.md", "api/prices.py"]);

    let event = one(
        Provider::GitLab,
        "X-Gitlab-Event: Tag Push Hook",
        fixture!("gitlab-tag"),
    );
    let tag = push(&event);
    let after = tag.after().unwrap();
    assert_eq!((&after.object, after.best()), (&id(TAG), &id(NEW)));
    assert!(!tag.may_need_peeling());
    assert_eq!(tag.message.as_deref(), Some("Add prices\n"));
}

#[test]
fn a_bitbucket_push_is_several_events() {
    let headers = "X-Event-Key: repo:push\nX-Request-UUID: u1\nX-Attempt-Number: 1";
    let events = events(Provider::Bitbucket, headers, fixture!("bitbucket-push")).unwrap();
    let shown: Vec<_> = events
        .iter()
        .map(|event| match &event.subject {
            Subject::Push(push) => {
                let after = push
                    .after()
                    .map_or("gone", |after| &after.best().as_str()[..2]);
                let before = push.before().map_or("none", |before| &before.as_str()[..2]);
                format!("{} {before} → {after}", push.reference)
            }
            other => format!("{other:?}"),
        })
        .collect();
    insta::assert_snapshot!(shown.join("\n"), @r#"
    refs/heads/main 11 → 22
    refs/tags/v1.4.2 none → 22
    refs/heads/feature/prices 22 → gone
    Ignored("the ref is neither a git branch nor a tag")
    "#);
    let first = push(&events[0]);
    assert!(matches!(
        first.change,
        Change::Moved {
            history: History::Rewritten,
            ..
        }
    ));
    assert_eq!(
        first.repository.as_str(),
        "https://bitbucket.org/trade/shop-api.git"
    );
    assert!(
        events
            .iter()
            .all(|event| event.delivery.as_deref() == Some("u1"))
    );
    assert!(!push(&events[1]).may_need_peeling());
}

#[test]
fn other_events_are_ignored_with_a_reason() {
    let gitlab = "X-Gitlab-Event: Merge Request Hook";
    let cases: &[(Provider, &str, &[u8])] = &[
        (Provider::GitHub, "X-GitHub-Event: ping", fixture!("github-ping")),
        (Provider::GitHub, "X-GitHub-Event: pull_request", b"{}"),
        (Provider::GitHub, "X-GitHub-Event: issues", b"{}"),
        (Provider::Gitea, "X-Gitea-Event: pull_request_comment", b"{}"),
        (Provider::Gitea, "X-Gitea-Event: create", b"{}"),
        (Provider::GitLab, gitlab, fixture!("gitlab-merge-request")),
        (Provider::GitLab, "X-Gitlab-Event: Note Hook", br#"{"object_kind":"note"}"#),
        (Provider::GitLab, "X-Gitlab-Event: System Hook", br#"{"event_name":"user_create"}"#),
        (Provider::Bitbucket, "X-Event-Key: pullrequest:created", b"{}"),
        (Provider::Bitbucket, "X-Event-Key: repo:fork", b"{}"),
        (Provider::Bitbucket, "X-Event-Key: diagnostics:ping", b"{}"),
        (
            Provider::Bitbucket,
            "X-Event-Key: repo:push",
            br#"{"push":{"changes":[]},"repository":{"links":{"html":{"href":"https://bitbucket.org/a/b"}}}}"#,
        ),
    ];
    let shown: Vec<_> = cases
        .iter()
        .map(|(provider, headers, body)| format!("{:?}", one(*provider, headers, body).subject))
        .collect();
    insta::assert_snapshot!(shown.join("\n"), @r#"
    Ping
    Ignored("pull requests are not built: their code may come from a fork")
    Ignored("`issues` events do not build")
    Ignored("pull requests are not built: their code may come from a fork")
    Ignored("`create` events do not build")
    Ignored("merge requests are not built: their code may come from a fork")
    Ignored("`note` events do not build")
    Ignored("`user_create` events do not build")
    Ignored("pull requests are not built: their code may come from a fork")
    Ignored("`repo:fork` events do not build")
    Ping
    Ignored("the push changed no branch and no tag")
    "#);
}

#[test]
fn refs_that_are_no_branches_or_tags_are_ignored() {
    for name in [
        "refs/pull/1/head",
        "refs/notes/commits",
        "refs/for/main",
        "refs/stash",
    ] {
        let event = github(&changed(fixture!("github-push"), &["ref"], json!(name))).unwrap();
        let reason = format!("`{name}` is neither a branch nor a tag");
        assert_eq!(event.subject, Subject::Ignored(reason));
    }
}

#[test]
fn forms_are_refused_with_the_way_out() {
    let headers = "X-GitHub-Event: push\nContent-Type: application/x-www-form-urlencoded";
    let error = events(Provider::GitHub, headers, b"payload=%7B%7D").unwrap_err();
    assert_eq!(error.kind(), Kind::Usage);
    assert!(error.hints()[0].contains("application/json"));
}

#[test]
fn an_event_header_is_needed_once() {
    for headers in [
        "X-GitHub-Event:",
        "X-GitHub-Event: push\nx-github-event: ping",
    ] {
        assert!(
            events(Provider::GitHub, headers, fixture!("github-push")).is_err(),
            "{headers}"
        );
    }
}

#[test]
fn a_users_name_never_disturbs_a_terminal() {
    let event = github(&changed(
        fixture!("github-push"),
        &["sender", "login"],
        json!("ada\u{1b}[2J"),
    ))
    .unwrap();
    assert_eq!(push(&event).sender, None);
}
