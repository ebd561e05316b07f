//! GitHub, and Gitea and Forgejo, whose payloads follow it.

use super::{
    PULL_REQUEST, Push, Reference, Result, Subject, Value, branch, change, history, listed_paths,
    message_of, reference, repository, sender,
};
use crate::webhook::json::Field;

pub(super) fn subject(event: &str, body: &[u8]) -> Result<Subject> {
    match event {
        "push" => push(&Value::parse(body)?.root()),
        "ping" => Ok(Subject::Ping),
        _ if event.starts_with("pull_request") => Ok(Subject::Ignored(PULL_REQUEST.to_owned())),
        _ => Ok(Subject::Ignored(format!("`{event}` events do not build"))),
    }
}

fn push(root: &Field) -> Result<Subject> {
    let name = match reference(&root.get("ref")?)? {
        Reference::Buildable(name) => name,
        Reference::Other(subject) => return Ok(subject),
    };
    let history = history(&root.get("forced")?)?;
    let home = root.get("repository")?;
    let commits = root.get("commits")?;
    let mut push = Push {
        repository: repository(&home.get("clone_url")?)?,
        reference: name,
        change: change(&root.get("before")?, &root.get("after")?, None, history)?,
        message: root
            .get("head_commit")?
            .get("message")?
            .text()?
            .map(str::to_owned),
        default_branch: branch(&home.get("default_branch")?)?,
        sender: sender(&root.get("sender")?.get("login")?)?,
        listed_paths: listed_paths(&commits)?,
    };
    // Older Gitea has no `head_commit`.
    if push.message.is_none()
        && let Some(after) = push.after()
    {
        push.message = message_of(&commits, &after.object)?;
    }
    Ok(Subject::Push(push))
}
