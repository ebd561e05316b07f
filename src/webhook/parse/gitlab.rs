use super::{
    History, MERGE_REQUEST, Push, Reference, Result, Subject, Value, branch, change, listed_paths,
    message_of, object_id, reference, repository, sender,
};
use crate::webhook::json::Field;

/// Told by the body, which a signature covers; the header's `System Hook` stands for many.
pub(super) fn subject(body: &[u8]) -> Result<Subject> {
    let document = Value::parse(body)?;
    let root = document.root();
    let kind = match root.get("object_kind")? {
        kind if kind.is_empty() => root.get("event_name")?,
        kind => kind,
    };
    match kind
        .parsed("the name of an event", event_name)?
        .ok_or_else(|| kind.missing())?
    {
        "push" | "tag_push" => push(&root),
        "merge_request" => Ok(Subject::Ignored(MERGE_REQUEST.to_owned())),
        other => Ok(Subject::Ignored(format!("`{other}` events do not build"))),
    }
}

fn event_name(text: &str) -> Option<&str> {
    let plain = text.len() <= 64 && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    plain.then_some(text)
}

fn push(root: &Field) -> Result<Subject> {
    let name = match reference(&root.get("ref")?)? {
        Reference::Buildable(name) => name,
        Reference::Other(subject) => return Ok(subject),
    };
    let project = root.get("project")?;
    let commits = root.get("commits")?;
    let commit = object_id(&root.get("checkout_sha")?)?;
    let change = change(
        &root.get("before")?,
        &root.get("after")?,
        commit,
        History::NotKnownRewritten,
    )?;
    let mut push = Push {
        repository: repository(&project.get("git_http_url")?)?,
        reference: name,
        change,
        message: None,
        default_branch: branch(&project.get("default_branch")?)?,
        sender: sender(&root.get("user_username")?)?,
        listed_paths: listed_paths(&commits)?,
    };
    if let Some(after) = push.after() {
        push.message = message_of(&commits, after.best())?;
    }
    Ok(Subject::Push(push))
}
