//! One git event: is it for this repository, does its commit's `app.toml` want it built, and then
//! the build, from exactly that commit.

mod commit;
mod work_tree;

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use self::commit::EventCommit;
use self::work_tree::WorkTree;
use super::blocking::blocking;
use super::{BuildDocument, BuildOptions, build};
use crate::builder::SecretBytes;
use crate::config::{App, Webhook};
use crate::report::{Event as Report, Reporter};
use crate::settings::Settings;
use crate::source::{Source, without_user_info};
use crate::webhook::{
    Circumstances, Decision, Document, Event, Push, RefKind, RepositoryUrl, Scope, Verdict, decide,
};
use crate::{Error, Result};

/// How to act on an event.
pub struct WebhookOptions {
    /// The app's folder in the repository on record.
    pub folder: PathBuf,
    /// Who says that it happened.
    pub sender: Sender,
    /// How far to go.
    pub action: Action,
    /// What git gets when it has to clone: `GIT_SSH_COMMAND`, `GIT_ASKPASS`, proxies.
    pub git_environment: Vec<(OsString, OsString)>,
    /// Finds the value of a build secret by the name that `app.toml` gives it.
    pub secrets: SecretLookup,
}

/// Finds the value of a build secret by its name, if there is one; an error where nobody may have it.
pub type SecretLookup = Arc<dyn Fn(&str) -> Result<Option<SecretBytes>> + Send + Sync>;

/// Who says that an event happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sender {
    /// The CI job that runs us, in the repository it is about.
    Job,
    /// Somebody else: the repository must be the one on record.
    Request,
}

/// How far to go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Only say what would be done.
    Decide,
    /// Build, and leave the image on this machine.
    Build,
    /// Build and push.
    Publish,
}

/// Handles the events of one delivery, tags before branches: versions are named after tags. The
/// document is that of the first event that builds, with the builds of all; else of the first event,
/// with every event's reason. Exit 3 for events of
/// another repository. Dropping the future removes temporary work trees.
pub async fn webhook(
    events: &[Event],
    options: &WebhookOptions,
    settings: &Settings,
    reporter: &Arc<dyn Reporter>,
) -> Result<Document<BuildDocument>> {
    let folder = options.folder.clone();
    let record = blocking(move || Source::discover(&folder)).await?;
    let handler = Handler {
        record,
        options,
        // Like any CI: what a temporary work tree's `app.lock` would learn is lost.
        settings: Settings {
            ci: true,
            ..settings.clone()
        },
        reporter,
    };
    handler.check_repositories(events).await?;
    let mut delivery = Delivery::default();
    let mut documents = Vec::new();
    for event in tags_first(events) {
        documents.push(handler.handle(event, &mut delivery).await?);
    }
    let mut document =
        summary(documents).ok_or_else(|| Error::usage("the delivery holds no event"))?;
    document.builds = delivery.builds;
    Ok(document)
}

/// What the events of a delivery have come to so far.
#[derive(Default)]
struct Delivery {
    /// One for each version.
    builds: Vec<BuildDocument>,
    /// Commits that were built.
    commits: BTreeSet<String>,
    /// Tags by their commits.
    tags: BTreeMap<String, String>,
}

impl Delivery {
    fn add(&mut self, commit: String, build: BuildDocument) {
        self.commits.insert(commit);
        if self.builds.iter().all(|other| other.image != build.image) {
            self.builds.push(build);
        }
    }
}

fn is_tag(push: &Push) -> bool {
    push.reference.kind() == RefKind::Tag
}

fn tags_first(events: &[Event]) -> Vec<&Event> {
    let mut events: Vec<_> = events.iter().collect();
    events.sort_by_key(|event| !event.push().is_some_and(is_tag));
    events
}

struct Handler<'a> {
    /// The repository on record: what is asked about commits, and cloned.
    record: Source,
    options: &'a WebhookOptions,
    settings: Settings,
    reporter: &'a Arc<dyn Reporter>,
}

impl Handler<'_> {
    fn note(&self, text: String) {
        self.reporter.report(Report::Note(text));
    }

    /// Before anything is done for one of them.
    async fn check_repositories(&self, events: &[Event]) -> Result<()> {
        if self.options.sender == Sender::Job {
            return Ok(());
        }
        let mut pushes = events.iter().filter_map(Event::push).peekable();
        if pushes.peek().is_none() {
            return Ok(());
        }
        let record = self.record.clone();
        let origin = blocking(move || record.origin()).await?;
        let known = origin.as_deref().and_then(RepositoryUrl::parse);
        pushes.try_for_each(|push| is_on_record(push, origin.as_deref(), known.as_ref()))
    }

    async fn handle(
        &self,
        event: &Event,
        delivery: &mut Delivery,
    ) -> Result<Document<BuildDocument>> {
        let moved = event.push().filter(|push| push.after().is_some());
        let Some(push) = moved else {
            // No rules are needed to see that there is nothing to build.
            let decision = decide(event, &Webhook::default(), &UNKNOWN)?;
            return Ok(self.document(event, &decision));
        };
        let found = EventCommit::find(push, &delivery.tags, self).await?;
        let commit = found.hex().to_owned();
        if is_tag(push) {
            let tag = push.reference.as_str().to_owned();
            delivery.tags.entry(commit.clone()).or_insert(tag);
        }
        let Some(app) = found.app().await? else {
            let reason = format!("commit {} has no app.toml here", found.short());
            return Ok(self.document(event, &Decision::Ignore(reason)));
        };
        let decision = self.decide(event, push, &app, &found).await?;
        let mut document = self.document(event, &decision);
        document.commit = found.id();
        // Another tag of a commit may be another version; a branch names none.
        let is_new = is_tag(push) || !delivery.commits.contains(&commit);
        if document.decision == Verdict::Build && self.options.action != Action::Decide && is_new {
            delivery.add(commit, self.build(found, &app).await?);
        }
        Ok(document)
    }

    async fn decide(
        &self,
        event: &Event,
        push: &Push,
        app: &App,
        found: &EventCommit,
    ) -> Result<Decision> {
        let changed = match push.before() {
            Some(before) if push.reference.kind() == RefKind::Branch => {
                found.changed_since(before).await?
            }
            _ => None,
        };
        let folder = self.record.folder.to_string_lossy();
        let known = Circumstances {
            default_branch: None,
            changed: changed.as_deref(),
            scope: Scope {
                folder: &folder,
                include: &app.build.include,
            },
        };
        decide(event, &app.webhook, &known)
    }

    /// The document of a decision, which is also told to whoever watches.
    fn document(&self, event: &Event, decision: &Decision) -> Document<BuildDocument> {
        if let Decision::Ignore(reason) = decision {
            self.note(format!("nothing to build: {reason}"));
        }
        Document::new(event, decision)
    }

    async fn build(&self, found: EventCommit, app: &App) -> Result<BuildDocument> {
        let mut secrets = BTreeMap::new();
        for name in &app.build.secrets {
            if let Some(value) = (self.options.secrets)(name)? {
                secrets.insert(name.clone(), value);
            }
        }
        let tree = WorkTree::of(found, app, self).await?;
        let options = BuildOptions {
            folder: tree.app_folder(),
            push: self.options.action == Action::Publish,
            secrets,
            ..BuildOptions::default()
        };
        build(&options, &self.settings, self.reporter).await
    }
}

const UNKNOWN: Circumstances = Circumstances {
    default_branch: None,
    changed: None,
    scope: Scope {
        folder: "",
        include: &[],
    },
};

fn is_on_record(push: &Push, origin: Option<&str>, known: Option<&RepositoryUrl>) -> Result<()> {
    let about = &push.repository;
    match (origin, known) {
        (_, Some(known)) if known.is_same_repository(about) => Ok(()),
        (Some(origin), _) => Err(Error::refused(format!(
            "the event is about {about}, this repository's origin is {}",
            without_user_info(origin).escape_debug()
        ))
        .hint("give the folder of that repository's clone: `-C PATH`")),
        (None, _) => Err(Error::refused(format!(
            "the event is about {about}, and this repository has no remote `origin` to tell whether it is the same"
        ))
        .hint(format!("if it is: `git remote add origin {about}`"))),
    }
}

/// One document for all events of a delivery; without builds.
fn summary<B>(mut documents: Vec<Document<B>>) -> Option<Document<B>> {
    let builds = |document: &Document<B>| document.decision == Verdict::Build;
    if let Some(at) = documents.iter().position(builds) {
        return Some(documents.swap_remove(at));
    }
    let reasons: Vec<_> = documents
        .iter()
        .filter_map(|document| document.reason.clone())
        .collect();
    let mut first = documents.into_iter().next()?;
    first.reason = Some(reasons.join("; "));
    Some(first)
}

impl fmt::Debug for WebhookOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WebhookOptions")
            .field("folder", &self.folder)
            .field("sender", &self.sender)
            .field("action", &self.action)
            .finish_non_exhaustive()
    }
}
