use super::{Event, ObjectId, Pattern, Push, RefKind, RefName, Subject};
use crate::Result;
use crate::config::Webhook;

/// What in the head commit's message keeps a push from building, in any case.
const SKIP_MARKS: [&str; 3] = ["[skip ci]", "[ci skip]", "[no ci]"];

/// Which files of the repository make up an app, as paths from its root.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scope<'a> {
    /// The app's folder; empty at the root.
    pub folder: &'a str,
    /// `[build] include`: files and folders.
    pub include: &'a [String],
}

/// What is known besides the event.
#[derive(Clone, Copy, Debug)]
pub struct Circumstances<'a> {
    /// Short name of the repository's default branch; the event's own counts where this is `None`.
    pub default_branch: Option<&'a str>,
    /// Paths from the repository's root that differ between before and after; `None`: not known,
    /// which builds.
    pub changed: Option<&'a [String]>,
    /// The app's files.
    pub scope: Scope<'a>,
}

/// Whether an app is built for an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    /// It is.
    Build {
        /// The branch or tag.
        reference: RefName,
        /// The commit, or the tag object that leads to it (`Push::may_need_peeling`).
        commit: ObjectId,
    },
    /// It is not; the reason is a sentence for people.
    Ignore(String),
}

/// Applies `[webhook]` to an event. Exit 2 for a pattern that is none.
pub fn decide(event: &Event, rules: &Webhook, known: &Circumstances) -> Result<Decision> {
    let push = match &event.subject {
        Subject::Push(push) => push,
        Subject::Ping => {
            return Ok(Decision::Ignore(format!(
                "{} only tries the webhook",
                event.provider
            )));
        }
        Subject::Ignored(reason) => return Ok(Decision::Ignore(reason.clone())),
    };
    let kind = push.reference.kind();
    let short = push.reference.short();
    let Some(after) = push.after() else {
        return Ok(Decision::Ignore(format!("{kind} `{short}` was deleted")));
    };
    if push.before() == Some(&after.object) {
        return Ok(Decision::Ignore(format!("{kind} `{short}` did not move")));
    }
    let objection = match kind {
        RefKind::Branch => branch_objection(push, rules, known)?,
        RefKind::Tag => tag_objection(push, rules)?,
    };
    Ok(match objection.or_else(|| skip_objection(push)) {
        Some(reason) => Decision::Ignore(reason),
        None => Decision::Build {
            reference: push.reference.clone(),
            commit: after.best().clone(),
        },
    })
}

fn branch_objection(push: &Push, rules: &Webhook, known: &Circumstances) -> Result<Option<String>> {
    let short = push.reference.short();
    if rules.branches.is_empty() {
        let Some(default) = known.default_branch.or(push.default_branch.as_deref()) else {
            return Ok(Some(format!(
                "whether `{short}` is the default branch is not known: set [webhook] branches"
            )));
        };
        if short != default {
            return Ok(Some(format!(
                "branch `{short}` is not the default branch `{default}`"
            )));
        }
    } else if !any_matches(&rules.branches, &[short])? {
        return Ok(Some(format!(
            "branch `{short}` matches none of [webhook] branches"
        )));
    }
    path_objection(rules, known)
}

/// A new tag has nothing to be compared with, so paths don't count for tags.
fn tag_objection(push: &Push, rules: &Webhook) -> Result<Option<String>> {
    let short = push.reference.short();
    if rules.tags.is_empty() {
        return Ok(Some(format!(
            "tag `{short}` does not build: [webhook] tags is empty"
        )));
    }
    if !any_matches(&rules.tags, &[short])? {
        return Ok(Some(format!(
            "tag `{short}` matches none of [webhook] tags"
        )));
    }
    Ok(None)
}

fn path_objection(rules: &Webhook, known: &Circumstances) -> Result<Option<String>> {
    let Some(changed) = known.changed else {
        return Ok(None);
    };
    if !rules.paths.is_empty() {
        let changed: Vec<_> = changed.iter().map(String::as_str).collect();
        let matches = any_matches(&rules.paths, &changed)?;
        return Ok((!matches).then(|| "no changed path matches [webhook] paths".to_owned()));
    }
    if changed.iter().any(|path| known.scope.contains(path)) {
        return Ok(None);
    }
    Ok(Some(match known.scope.folder.trim_matches('/') {
        "" => "nothing changed".to_owned(),
        folder if known.scope.include.is_empty() => format!("nothing changed in `{folder}`"),
        folder => format!("nothing changed in `{folder}` and what it includes"),
    }))
}

fn skip_objection(push: &Push) -> Option<String> {
    let message = push.message.as_deref()?.to_ascii_lowercase();
    let mark = SKIP_MARKS.into_iter().find(|mark| message.contains(mark))?;
    Some(format!("the head commit's message says {mark}"))
}

fn any_matches(patterns: &[String], texts: &[&str]) -> Result<bool> {
    for pattern in patterns {
        let pattern = Pattern::parse(pattern)?;
        if texts.iter().any(|text| pattern.matches(text)) {
            return Ok(true);
        }
    }
    Ok(false)
}

impl Scope<'_> {
    /// Whether the path is in the app's folder, or in what it includes.
    pub fn contains(&self, path: &str) -> bool {
        is_below(path, self.folder) || self.include.iter().any(|include| is_below(path, include))
    }
}

fn is_below(path: &str, folder: &str) -> bool {
    let folder = folder.trim_end_matches('/');
    match path.strip_prefix(folder) {
        _ if folder.is_empty() => true,
        Some(rest) => rest.is_empty() || rest.starts_with('/'),
        None => false,
    }
}

#[cfg(test)]
mod tests;
