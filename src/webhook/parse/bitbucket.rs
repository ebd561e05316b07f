use super::{
    Change, PULL_REQUEST, Push, RefName, RepositoryUrl, Result, Subject, Target, Value, branch,
    history, sender,
};
use crate::webhook::RefKind;
use crate::webhook::json::Field;
use crate::webhook::object_id::ObjectId;

/// One push moves several refs, each of which is an event.
pub(super) fn subjects(event: &str, body: &[u8]) -> Result<Vec<Subject>> {
    match event {
        "repo:push" => pushes(&Value::parse(body)?.root()),
        "diagnostics:ping" => Ok(vec![Subject::Ping]),
        _ if event.starts_with("pullrequest:") => {
            Ok(vec![Subject::Ignored(PULL_REQUEST.to_owned())])
        }
        _ => Ok(vec![Subject::Ignored(format!(
            "`{event}` events do not build"
        ))]),
    }
}

fn pushes(root: &Field) -> Result<Vec<Subject>> {
    let home = root.get("repository")?;
    let page = home.get("links")?.get("html")?.get("href")?;
    let page = page
        .parsed("a repository's address", clone_address)?
        .ok_or_else(|| page.missing())?;
    let default_branch = branch(&home.get("mainbranch")?.get("name")?)?;
    let sender = sender(&root.get("actor")?.get("nickname")?)?;
    let changes = root.get("push")?.get("changes")?;
    if changes.is_empty() {
        return Err(changes.missing());
    }
    let mut subjects = Vec::new();
    for change in changes.items()? {
        subjects.push(push(
            &change,
            &page,
            default_branch.as_deref(),
            sender.as_deref(),
        )?);
    }
    if subjects.is_empty() {
        subjects.push(Subject::Ignored(
            "the push changed no branch and no tag".to_owned(),
        ));
    }
    Ok(subjects)
}

/// A push names the repository's page only; clones have the same address with `.git`.
fn clone_address(page: &str) -> Option<RepositoryUrl> {
    RepositoryUrl::parse(&format!("{}.git", page.trim_end_matches('/')))
}

fn push(
    change: &Field,
    repository: &RepositoryUrl,
    default_branch: Option<&str>,
    sender: Option<&str>,
) -> Result<Subject> {
    let (old, new) = (change.get("old")?, change.get("new")?);
    let named = if new.is_empty() { &old } else { &new };
    let kind = match named.get("type")?.required_text()? {
        "branch" => RefKind::Branch,
        "tag" => RefKind::Tag,
        _ => {
            return Ok(Subject::Ignored(
                "the ref is neither a git branch nor a tag".to_owned(),
            ));
        }
    };
    let name = named.get("name")?;
    let reference = name
        .parsed("a ref name that git allows", |text| {
            RefName::new(kind, text)
        })?
        .ok_or_else(|| name.missing())?;
    let before = target(&old)?;
    let history = history(&change.get("forced")?)?;
    let after = target(&new)?.map(|object| Target {
        commit: Some(object.clone()),
        object,
    });
    let change = match (before, after) {
        (before, None) => Change::Deleted { before },
        (None, Some(after)) => Change::Created { after },
        (before, Some(after)) => Change::Moved {
            before,
            after,
            history,
        },
    };
    Ok(Subject::Push(Push {
        repository: repository.clone(),
        reference,
        change,
        message: new
            .get("target")?
            .get("message")?
            .text()?
            .map(str::to_owned),
        default_branch: default_branch.map(str::to_owned),
        sender: sender.map(str::to_owned),
        listed_paths: Vec::new(),
    }))
}

/// Bitbucket gives an annotated tag's commit, not the tag object.
fn target(side: &Field) -> Result<Option<ObjectId>> {
    if side.is_empty() {
        return Ok(None);
    }
    let hash = side.get("target")?.get("hash")?;
    super::object_id(&hash)?
        .map(Some)
        .ok_or_else(|| hash.missing())
}
