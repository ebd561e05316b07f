use super::variables::Variables;
use super::{Event, ObjectId, Result, Subject, moved};
use crate::webhook::parse::PULL_REQUEST;
use crate::webhook::{Provider, Push, RefKind, RefName, RepositoryUrl};

pub(super) fn event(variables: &Variables) -> Result<Event> {
    let (name, subject) = if variables.has("BITBUCKET_PR_ID") {
        ("pullrequest", Subject::Ignored(PULL_REQUEST.to_owned()))
    } else {
        ("repo:push", subject(variables)?)
    };
    Ok(Event {
        provider: Provider::Bitbucket,
        name: name.to_owned(),
        delivery: None,
        subject,
    })
}

fn subject(variables: &Variables) -> Result<Subject> {
    let branch = variables.parsed("BITBUCKET_BRANCH", "a branch's name", |short| {
        RefName::new(RefKind::Branch, short)
    })?;
    let tag = variables.parsed("BITBUCKET_TAG", "a tag's name", |short| {
        RefName::new(RefKind::Tag, short)
    })?;
    let Some(reference) = tag.or(branch) else {
        return Ok(Subject::Ignored(
            "the pipeline runs for neither a branch nor a tag".to_owned(),
        ));
    };
    let commit = variables.required_parsed(
        "BITBUCKET_COMMIT",
        "an object id of hex digits",
        ObjectId::parse,
    )?;
    let address = |text: &str| {
        let text = text.trim_end_matches('/');
        RepositoryUrl::parse(&format!(
            "{}.git",
            text.strip_suffix(".git").unwrap_or(text)
        ))
    };
    Ok(Subject::Push(Push {
        repository: variables.required_parsed(
            "BITBUCKET_GIT_HTTP_ORIGIN",
            "a repository's address",
            address,
        )?,
        reference,
        change: moved(None, commit.clone(), Some(commit)),
        message: None,
        default_branch: None,
        sender: None,
        listed_paths: Vec::new(),
    }))
}
