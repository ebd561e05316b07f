//! GitHub Actions, and Gitea's and Forgejo's, which set the same variables.

use std::path::PathBuf;

use super::variables::Variables;
use super::{Ci, Event, EventFile, Headers, ObjectId, Result, Subject, UseFor, moved};
use crate::webhook::parse::PULL_REQUEST;
use crate::webhook::{Provider, Push, RefName, RepositoryUrl};

/// Events of a branch or tag that someone wants built. A workflow on any other event may run with
/// rights of the repository for code that isn't of the repository.
const BUILDING: [&str; 5] = [
    "push",
    "release",
    "repository_dispatch",
    "schedule",
    "workflow_dispatch",
];

pub(super) fn provider(variables: &Variables) -> Option<Provider> {
    [
        ("FORGEJO_ACTIONS", Provider::Forgejo),
        ("GITEA_ACTIONS", Provider::Gitea),
        ("GITHUB_ACTIONS", Provider::GitHub),
    ]
    .into_iter()
    .find(|(name, _)| variables.has(name))
    .map(|(_, provider)| provider)
}

pub(super) fn ci(provider: Provider, variables: &Variables) -> Result<Ci> {
    let plain = |text: &str| {
        let plain = text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
        plain.then(|| text.to_owned())
    };
    let name = variables.required_parsed("GITHUB_EVENT_NAME", "the name of an event", plain)?;
    let event = |subject| Event {
        provider,
        name: name.clone(),
        delivery: None,
        subject,
    };
    if !BUILDING.contains(&name.as_str()) {
        let reason = match name.as_str() {
            "pull_request" | "pull_request_target" => PULL_REQUEST.to_owned(),
            other => format!("`{other}` events do not build"),
        };
        return Ok(Ci::of(event(Subject::Ignored(reason))));
    }
    let use_for = if name == "push" {
        let mut headers = Headers::new();
        headers.add(provider.event_header(), &name)?;
        UseFor::Event(headers)
    } else {
        UseFor::DefaultBranch
    };
    let event_file = variables.get("GITHUB_EVENT_PATH").map(|path| EventFile {
        path: PathBuf::from(path),
        use_for,
    });
    Ok(Ci {
        event: event(Subject::Push(push(variables)?)),
        event_file,
    })
}

fn push(variables: &Variables) -> Result<Push> {
    let server = variables.required("GITHUB_SERVER_URL")?;
    let server = server.trim_end_matches('/');
    let address = |name: &str| RepositoryUrl::parse(&format!("{server}/{name}.git"));
    let object =
        variables.required_parsed("GITHUB_SHA", "an object id of hex digits", ObjectId::parse)?;
    Ok(Push {
        repository: variables.required_parsed(
            "GITHUB_REPOSITORY",
            "a repository's name below GITHUB_SERVER_URL",
            address,
        )?,
        reference: variables.required_parsed("GITHUB_REF", "a branch or tag", RefName::parse)?,
        change: moved(None, object, None),
        message: None,
        default_branch: None,
        sender: variables.user("GITHUB_ACTOR"),
        listed_paths: Vec::new(),
    })
}
