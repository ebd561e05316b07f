//! From a host's payload to events. Each host has a file of its own.

mod bitbucket;
mod github;
mod gitlab;

use super::json::{Field, Value};
use super::object_id::RefValue;
use super::ref_name::is_ref;
use super::{
    Change, Event, History, ObjectId, Payload, Provider, Push, RefName, RepositoryUrl, Subject,
    Target,
};
use crate::{Error, Result};

/// What a person reads where a pull request does not build.
pub(super) const PULL_REQUEST: &str =
    "pull requests are not built: their code may come from a fork";

/// The same where they are called merge requests.
pub(super) const MERGE_REQUEST: &str =
    "merge requests are not built: their code may come from a fork";

/// The events of a payload: one, or one per changed ref (Bitbucket). Exit 2 names the field that is
/// missing or wrong.
pub fn parse(payload: &Payload) -> Result<Vec<Event>> {
    let provider = payload.provider();
    let headers = payload.headers();
    let name = provider.event_name(headers)?;
    let delivery = provider.delivery_id(headers)?;
    if is_form(headers.only("Content-Type")?) {
        return Err(Error::usage("the payload is a form, not JSON")
            .hint("choose the content type `application/json` in the webhook's settings"));
    }
    let subjects = match provider {
        Provider::GitHub | Provider::Gitea | Provider::Forgejo => {
            vec![github::subject(&name, payload.body())?]
        }
        Provider::GitLab => vec![gitlab::subject(payload.body())?],
        Provider::Bitbucket => bitbucket::subjects(&name, payload.body())?,
    };
    Ok(subjects
        .into_iter()
        .map(|subject| Event {
            provider,
            name: name.clone(),
            delivery: delivery.clone(),
            subject,
        })
        .collect())
}

fn is_form(content_type: Option<&str>) -> bool {
    content_type.is_some_and(|value| value.starts_with("application/x-www-form-urlencoded"))
}

/// A pushed ref, or why it is none that could build.
enum Reference {
    Buildable(RefName),
    Other(Subject),
}

/// A full ref name, which may be of another kind than branch and tag.
fn reference(field: &Field) -> Result<Reference> {
    let text = field.required_text()?;
    if let Some(name) = RefName::parse(text) {
        return Ok(Reference::Buildable(name));
    }
    let branch_or_tag = text.starts_with("refs/heads/") || text.starts_with("refs/tags/");
    if is_ref(text) && !branch_or_tag {
        let reason = format!("`{text}` is neither a branch nor a tag");
        return Ok(Reference::Other(Subject::Ignored(reason)));
    }
    Err(field.not("a ref name that git allows"))
}

/// `before` and `after` as GitHub and GitLab write them, all-zero for nothing.
fn change(
    before: &Field,
    after: &Field,
    commit: Option<ObjectId>,
    history: History,
) -> Result<Change> {
    let old = match ref_value(before)? {
        RefValue::Object(id) => Some(id),
        RefValue::Nothing => None,
    };
    let RefValue::Object(object) = ref_value(after)? else {
        return Ok(Change::Deleted { before: old });
    };
    let after = Target { object, commit };
    Ok(match old {
        None => Change::Created { after },
        before => Change::Moved {
            before,
            after,
            history,
        },
    })
}

/// From `forced`, which is absent where the host does not say.
fn history(forced: &Field) -> Result<History> {
    Ok(if forced.flag()? {
        History::Rewritten
    } else {
        History::NotKnownRewritten
    })
}

fn ref_value(field: &Field) -> Result<RefValue> {
    field
        .parsed("an object id of 40 or 64 hex digits", RefValue::parse)?
        .ok_or_else(|| field.missing())
}

fn object_id(field: &Field) -> Result<Option<ObjectId>> {
    field.parsed("an object id of 40 or 64 hex digits", ObjectId::parse)
}

fn repository(field: &Field) -> Result<RepositoryUrl> {
    field
        .parsed("a repository's http or ssh address", RepositoryUrl::parse)?
        .ok_or_else(|| field.missing())
}

fn branch(field: &Field) -> Result<Option<String>> {
    field.parsed("a branch name that git allows", |text| {
        RefName::new(super::RefKind::Branch, text).map(|name| name.short().to_owned())
    })
}

/// A user's name is for people only: one that could disturb a terminal is left out.
fn sender(field: &Field) -> Result<Option<String>> {
    let plain = |name: &&str| name.len() <= 255 && !name.chars().any(char::is_control);
    Ok(field.text()?.filter(plain).map(str::to_owned))
}

/// Paths in `commits[].added`, `.modified` and `.removed`, sorted.
fn listed_paths(commits: &Field) -> Result<Vec<String>> {
    let mut paths = Vec::new();
    for commit in commits.items()? {
        for list in ["added", "modified", "removed"] {
            for path in commit.get(list)?.items()? {
                paths.push(path.required_text()?.to_owned());
            }
        }
    }
    paths.sort();
    paths.dedup();
    Ok(paths)
}

/// The message of the commit `id` in `commits`.
fn message_of(commits: &Field, id: &ObjectId) -> Result<Option<String>> {
    for commit in commits.items()? {
        if commit.get("id")?.text()? == Some(id.as_str()) {
            return Ok(commit.get("message")?.text()?.map(str::to_owned));
        }
    }
    Ok(None)
}

/// The default branch that a GitHub, Gitea or Forgejo payload of any event names.
pub(super) fn default_branch(payload: &Payload) -> Result<Option<String>> {
    branch(
        &Value::parse(payload.body())?
            .root()
            .get("repository")?
            .get("default_branch")?,
    )
}

#[cfg(test)]
mod hostile_tests;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod wrong_fields_tests;
