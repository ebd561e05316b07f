use std::collections::BTreeMap;

use super::*;
use crate::Kind;
use crate::webhook::{Provider, Push};

const OLD: &str = "1111111111111111111111111111111111111111";
const NEW: &str = "2222222222222222222222222222222222222222";

fn detect(text: &str) -> Result<Option<Ci>> {
    let variables: BTreeMap<&str, &str> = text
        .lines()
        .filter_map(|line| line.trim().split_once('='))
        .collect();
    Ci::detect(|name| variables.get(name).map(|value| (*value).to_owned()))
}

fn ci(text: &str) -> Ci {
    detect(text).unwrap().expect("a CI")
}

fn event(text: &str) -> Event {
    let mut events = ci(text).events(None).unwrap();
    assert_eq!(events.len(), 1);
    events.remove(0)
}

fn push(event: &Event) -> &Push {
    event.push().unwrap_or_else(|| panic!("no push: {event:?}"))
}

fn ignored(text: &str) -> String {
    match event(text).subject {
        Subject::Ignored(reason) => reason,
        other => panic!("not ignored: {other:?}"),
    }
}

const GITHUB: &str = "GITHUB_ACTIONS=true
    GITHUB_EVENT_NAME=push
    GITHUB_EVENT_PATH=/github/workflow/event.json
    GITHUB_SERVER_URL=https://github.com
    GITHUB_REPOSITORY=trade/shop-api
    GITHUB_REF=refs/heads/main
    GITHUB_SHA=2222222222222222222222222222222222222222
    GITHUB_ACTOR=ada
    ";

const GITLAB: &str = "GITLAB_CI=true
    CI_PIPELINE_SOURCE=push
    CI_REPOSITORY_URL=https://gitlab-ci-token:hunter2@gitlab.example.com/trade/shop-api.git
    CI_PROJECT_URL=https://gitlab.example.com/trade/shop-api
    CI_COMMIT_REF_NAME=main
    CI_COMMIT_SHA=2222222222222222222222222222222222222222
    CI_COMMIT_BEFORE_SHA=1111111111111111111111111111111111111111
    CI_COMMIT_MESSAGE=Add prices
    CI_DEFAULT_BRANCH=main
    GITLAB_USER_LOGIN=ada
    ";

const BITBUCKET: &str = "BITBUCKET_BUILD_NUMBER=7
    BITBUCKET_GIT_HTTP_ORIGIN=http://bitbucket.org/trade/shop-api
    BITBUCKET_BRANCH=main
    BITBUCKET_COMMIT=2222222222222222222222222222222222222222
    ";

#[test]
fn outside_of_a_ci_there_is_no_event() {
    for text in ["", "CI=true", "GITHUB_ACTIONS=\nGITLAB_CI=", "GITHUB_SHA=x"] {
        assert_eq!(detect(text).unwrap(), None, "{text}");
    }
}

#[test]
fn a_push_in_actions_is_the_event_files() {
    let body = include_bytes!("../../../tests/webhook/github-push.json");
    let ci = ci(GITHUB);
    let path = "/github/workflow/event.json";
    assert_eq!(ci.event_file(), Some(Path::new(path)));
    let events = ci.events(Some(body)).unwrap();
    assert_eq!(events[0].provider, Provider::GitHub);
    assert_eq!(push(&events[0]).before().unwrap().as_str(), OLD);
}

#[test]
fn without_the_file_the_variables_make_the_event() {
    let event = event(GITHUB);
    let push = push(&event);
    assert_eq!(event.name, "push");
    assert_eq!(
        push.repository.as_str(),
        "https://github.com/trade/shop-api.git"
    );
    assert_eq!(push.reference.as_str(), "refs/heads/main");
    assert_eq!(push.after().unwrap().best().as_str(), NEW);
    assert_eq!(push.before(), None);
    assert_eq!(push.sender.as_deref(), Some("ada"));
}

#[test]
fn gitea_and_forgejo_are_told_from_github() {
    let body = include_bytes!("../../../tests/webhook/gitea-push.json");
    for (variable, provider) in [
        ("GITEA_ACTIONS", Provider::Gitea),
        ("FORGEJO_ACTIONS", Provider::Forgejo),
    ] {
        let text = format!("{GITHUB}\n{variable}=true");
        let events = ci(&text).events(Some(body)).unwrap();
        assert_eq!(
            (events[0].provider, events[0].name.as_str()),
            (provider, "push")
        );
    }
}

#[test]
fn a_build_asked_for_by_hand_is_of_the_jobs_commit() {
    let body = include_bytes!("../../../tests/webhook/github-dispatch.json");
    for name in [
        "workflow_dispatch",
        "schedule",
        "repository_dispatch",
        "release",
    ] {
        let text = GITHUB.replace("NAME=push", &format!("NAME={name}"));
        let events = ci(&text).events(Some(body)).unwrap();
        let push = push(&events[0]);
        assert_eq!(push.reference.as_str(), "refs/heads/main");
        assert_eq!(push.default_branch.as_deref(), Some("trunk"));
    }
}

#[test]
fn code_of_others_never_builds_in_ci() {
    let github = |name: &str| GITHUB.replace("NAME=push", &format!("NAME={name}"));
    let gitlab = |source: &str| GITLAB.replace("SOURCE=push", &format!("SOURCE={source}"));
    let reasons = [
        ignored(&github("pull_request").replace("refs/heads/main", "refs/pull/1/merge")),
        ignored(&github("pull_request_target")),
        ignored(&github("workflow_run")),
        ignored(&github("issue_comment")),
        ignored(&gitlab("merge_request_event")),
        ignored(&gitlab("external_pull_request_event")),
        ignored(&format!(
            "{}\nCI_MERGE_REQUEST_IID=3",
            gitlab("parent_pipeline")
        )),
        ignored(&format!("{BITBUCKET}\nBITBUCKET_PR_ID=3")),
        ignored(&BITBUCKET.replace("BITBUCKET_BRANCH=main", "")),
    ]
    .join("\n");
    insta::assert_snapshot!(reasons, @r"
    pull requests are not built: their code may come from a fork
    pull requests are not built: their code may come from a fork
    `workflow_run` events do not build
    `issue_comment` events do not build
    merge requests are not built: their code may come from a fork
    merge requests are not built: their code may come from a fork
    merge requests are not built: their code may come from a fork
    pull requests are not built: their code may come from a fork
    the pipeline runs for neither a branch nor a tag
    ");
}

#[test]
fn gitlabs_variables_make_a_push() {
    let event = event(GITLAB);
    let push = push(&event);
    assert_eq!(
        push.repository.as_str(),
        "https://gitlab.example.com/trade/shop-api.git"
    );
    assert_eq!(push.before().unwrap().as_str(), OLD);
    assert_eq!(push.message.as_deref(), Some("Add prices"));
    assert_eq!(push.default_branch.as_deref(), Some("main"));
    assert!(!format!("{event:?}").contains("hunter2"));
}

#[test]
fn a_pipeline_started_by_hand_is_not_skipped() {
    for source in ["web", "schedule", "api", "trigger"] {
        let event = event(&GITLAB.replace("SOURCE=push", &format!("SOURCE={source}")));
        assert_eq!(event.name, source);
        assert_eq!(push(&event).message, None);
    }
}

#[test]
fn gitlabs_tags_and_new_pipelines_have_nothing_before() {
    let zero = "0".repeat(40);
    let text = GITLAB.replace(OLD, &zero).replace(
        "CI_COMMIT_REF_NAME=main",
        "CI_COMMIT_REF_NAME=v1\nCI_COMMIT_TAG=v1",
    );
    let event = event(&text);
    let push = push(&event);
    assert_eq!(push.reference.as_str(), "refs/tags/v1");
    assert_eq!(push.before(), None);
    assert!(!push.may_need_peeling());
}

#[test]
fn bitbuckets_variables_make_a_push() {
    let branch = event(BITBUCKET);
    assert_eq!(push(&branch).reference.as_str(), "refs/heads/main");
    assert_eq!(
        push(&branch).repository.as_str(),
        "http://bitbucket.org/trade/shop-api.git"
    );
    let tag = event(&BITBUCKET.replace("BITBUCKET_BRANCH=main", "BITBUCKET_TAG=v1"));
    assert_eq!(push(&tag).reference.as_str(), "refs/tags/v1");
}

#[test]
fn wrong_variables_are_named_and_not_shown() {
    let cases = [
        GITHUB.replace("GITHUB_EVENT_NAME=push", ""),
        GITHUB.replace("NAME=push", "NAME=a b"),
        GITHUB.replace("refs/heads/main", "refs/heads/--upload-pack=x"),
        GITHUB.replace(NEW, "HEAD"),
        GITHUB.replace("trade/shop-api", "../../etc"),
        GITHUB.replace("GITHUB_SERVER_URL=https://github.com", ""),
        GITLAB.replace("CI_PIPELINE_SOURCE=push", ""),
        GITLAB.replace("CI_COMMIT_REF_NAME=main", "CI_COMMIT_REF_NAME=-x"),
        GITLAB.replace(OLD, "0000"),
        GITLAB.replace("@gitlab.example.com", "@gitlab example.com"),
        GITLAB
            .replace("CI_REPOSITORY_URL=", "X=")
            .replace("CI_PROJECT_URL=", "Y="),
        BITBUCKET.replace("BITBUCKET_COMMIT=", "X="),
        BITBUCKET.replace("http://bitbucket.org", "file://"),
    ];
    let messages = cases
        .map(|text| {
            let error = detect(&text).unwrap_err();
            assert_eq!(error.kind(), Kind::Usage);
            assert!(!format!("{error:?}").contains("hunter2"));
            error.message().to_owned()
        })
        .join("\n");
    insta::assert_snapshot!(messages, @r"
    the CI's variable `GITHUB_EVENT_NAME` is not set
    the CI's variable `GITHUB_EVENT_NAME` is not the name of an event
    the CI's variable `GITHUB_REF` is not a branch or tag
    the CI's variable `GITHUB_SHA` is not an object id of hex digits
    the CI's variable `GITHUB_REPOSITORY` is not a repository's name below GITHUB_SERVER_URL
    the CI's variable `GITHUB_SERVER_URL` is not set
    the CI's variable `CI_PIPELINE_SOURCE` is not set
    the CI's variable `CI_COMMIT_REF_NAME` is not a branch's name
    the CI's variable `CI_COMMIT_BEFORE_SHA` is not an object id of hex digits
    the CI's variable `CI_REPOSITORY_URL` is not a repository's address
    neither of the CI's variables `CI_REPOSITORY_URL` and `CI_PROJECT_URL` is set
    the CI's variable `BITBUCKET_COMMIT` is not set
    the CI's variable `BITBUCKET_GIT_HTTP_ORIGIN` is not a repository's address
    ");
}
