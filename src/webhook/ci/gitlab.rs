use super::variables::Variables;
use super::{Event, ObjectId, Result, Subject, moved};
use crate::Error;
use crate::webhook::object_id::RefValue;
use crate::webhook::parse::MERGE_REQUEST;
use crate::webhook::{Provider, Push, RefKind, RefName, RepositoryUrl};

const OBJECT_ID: &str = "an object id of hex digits";

pub(super) fn event(variables: &Variables) -> Result<Event> {
    let plain = |text: &str| {
        let plain = text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
        plain.then(|| text.to_owned())
    };
    let name = variables.required_parsed("CI_PIPELINE_SOURCE", "the name of an event", plain)?;
    let subject = if is_for_merge_request(&name, variables) {
        Subject::Ignored(MERGE_REQUEST.to_owned())
    } else {
        Subject::Push(push(&name, variables)?)
    };
    Ok(Event {
        provider: Provider::GitLab,
        name,
        delivery: None,
        subject,
    })
}

/// Child pipelines have another source, but still the variables.
fn is_for_merge_request(source: &str, variables: &Variables) -> bool {
    matches!(
        source,
        "merge_request_event" | "external_pull_request_event"
    ) || variables.has("CI_MERGE_REQUEST_IID")
        || variables.has("CI_EXTERNAL_MERGE_REQUEST_IID")
}

fn push(source: &str, variables: &Variables) -> Result<Push> {
    let tag = variables.parsed("CI_COMMIT_TAG", "a tag's name", |short| {
        RefName::new(RefKind::Tag, short)
    })?;
    let reference = match tag {
        Some(tag) => tag,
        None => variables.required_parsed("CI_COMMIT_REF_NAME", "a branch's name", |short| {
            RefName::new(RefKind::Branch, short)
        })?,
    };
    let commit = variables.required_parsed("CI_COMMIT_SHA", OBJECT_ID, ObjectId::parse)?;
    // All zero also for schedules and pipelines started by hand, so it says nothing.
    let before = match variables.parsed("CI_COMMIT_BEFORE_SHA", OBJECT_ID, RefValue::parse)? {
        Some(RefValue::Object(id)) => Some(id),
        Some(RefValue::Nothing) | None => None,
    };
    let branch =
        |short: &str| RefName::new(RefKind::Branch, short).map(|name| name.short().to_owned());
    // A pipeline that someone started by hand is wanted, whatever the commit says.
    let message = variables
        .get("CI_COMMIT_MESSAGE")
        .filter(|_| source == "push");
    Ok(Push {
        repository: repository(variables)?,
        reference,
        change: moved(before, commit.clone(), Some(commit)),
        message,
        default_branch: variables.parsed("CI_DEFAULT_BRANCH", "a branch's name", branch)?,
        sender: variables.user("GITLAB_USER_LOGIN"),
        listed_paths: Vec::new(),
    })
}

fn repository(variables: &Variables) -> Result<RepositoryUrl> {
    let what = "a repository's address";
    let page = |text: &str| RepositoryUrl::parse(&format!("{}.git", text.trim_end_matches('/')));
    if let Some(url) = variables.parsed("CI_REPOSITORY_URL", what, RepositoryUrl::parse)? {
        return Ok(url);
    }
    variables
        .parsed("CI_PROJECT_URL", what, page)?
        .ok_or_else(|| {
            Error::usage(
                "neither of the CI's variables `CI_REPOSITORY_URL` and `CI_PROJECT_URL` is set",
            )
        })
}
