use serde::Serialize;

use super::Bases;
use super::project::Project;
use crate::config::{self, Lock};
use crate::image::{Platform, Reference, Version};
use crate::plan::{self, ContentKey, Layout, PinnedImage, Recipe};
use crate::settings::Settings;
use crate::{Error, Result};

/// Everything that decides a version, before anything is contacted.
#[derive(Debug)]
pub struct BuildPlan {
    /// The build configuration.
    pub recipe: Recipe,
    /// `app.lock` as this build would leave it.
    pub lock: Lock,
    /// What differs from the `app.lock` that is there, in words; empty when nothing does.
    pub changes: Vec<String>,
    /// The image's name.
    pub version: Version,
    /// Repository and version.
    pub reference: Reference,
}

impl BuildPlan {
    /// Plans with pinned bases.
    pub fn new(project: &Project, settings: &Settings, bases: &Bases) -> Result<Self> {
        let (build, runtime) = (&bases.build, &bases.runtime);
        let defaults = bases.defaults.clone();
        let recipe = Recipe::of(&project.app, build, runtime, &bases.pins, defaults)?;
        let previous = project.lock.as_ref();
        let lock = Lock::next(
            previous,
            recipe.digest(),
            recipe.inputs(),
            bases.pins.clone(),
        );
        let changes = previous.map_or_else(Vec::new, |previous| {
            config::changes(previous, &lock)
                .iter()
                .map(ToString::to_string)
                .collect()
        });
        let dirty = project.listing.dirty();
        let version = Version::new(&project.head, lock.revision, dirty.as_ref());
        let reference = project.repository(settings)?.tagged(version.as_str())?;
        Ok(Self {
            recipe,
            lock,
            changes,
            version,
            reference,
        })
    }

    /// Stands for the image's content.
    pub fn content(
        &self,
        project: &Project,
        platform: &Platform,
        secrets: Option<&str>,
    ) -> ContentKey {
        ContentKey::new(
            &self.recipe.digest(),
            &project.listing.digest(),
            platform,
            secrets,
        )
    }

    /// The Dockerfile for a context of that layout.
    pub fn dockerfile(&self, project: &Project, layout: &Layout) -> String {
        plan::render(&self.recipe, &project.id(), layout)
    }

    /// Whether the build would write `app.lock`.
    pub fn moves_lock(&self, project: &Project) -> bool {
        project.lock.as_ref() != Some(&self.lock)
    }
}

/// What `paas plan` prints.
#[derive(Debug, Serialize)]
pub struct PlanDocument {
    /// `[group/]name`.
    pub app: String,
    /// What would be built.
    pub version: String,
    /// With its repository.
    pub image: String,
    /// 40 hex digits.
    pub commit: String,
    /// The branch; `null` when detached.
    pub branch: Option<String>,
    /// Nearest tag; `null` when there is none.
    pub git_tag: Option<String>,
    /// Commits since the tag, or all of them.
    pub distance: usize,
    /// Paths that differ from the commit.
    pub changed: Vec<String>,
    /// The number behind `-r`.
    pub config_revision: u32,
    /// The number in `app.lock`; `null` without one.
    pub locked_revision: Option<u32>,
    /// Why the two differ.
    pub config_changes: Vec<String>,
    /// The bases and their pins.
    pub bases: Vec<PinnedImage>,
    /// Number of files in the context.
    pub files: usize,
    /// Bytes of them.
    pub bytes: u64,
    /// The content key; `null` while a base is not pinned or the app has build secrets.
    pub content: Option<ContentKey>,
    /// What `content` is for: this machine's platform, as no engine is asked for its own; `null`
    /// without `content`.
    pub platform: Option<Platform>,
    /// The build configuration.
    pub recipe: Recipe,
}

impl PlanDocument {
    /// Plans without contacting anything.
    pub fn new(project: &Project, settings: &Settings) -> Result<(Self, BuildPlan)> {
        let platform = Platform::of_this_machine();
        let bases = Bases::known(project)?;
        let plan = BuildPlan::new(project, settings, &bases)?;
        let content = (bases.are_pinned() && plan.recipe.secrets.is_empty())
            .then(|| plan.content(project, &platform, None));
        let sizes = project.listing.files.iter().map(|file| file.kind.size());
        let mut used = vec![plan.recipe.base.clone()];
        if bases.runtime != bases.build {
            used.push(plan.recipe.runtime.clone());
        }
        let document = Self {
            app: project.id(),
            version: plan.version.to_string(),
            image: plan.reference.to_string(),
            commit: project.head.commit.clone(),
            branch: project.head.branch.clone(),
            git_tag: project.head.tag.clone(),
            distance: project.head.distance,
            changed: project.listing.changed.clone(),
            config_revision: plan.lock.revision,
            locked_revision: project.lock.as_ref().map(|lock| lock.revision),
            config_changes: plan.changes.clone(),
            bases: used,
            files: project.listing.files.len(),
            bytes: sizes.sum(),
            platform: content.is_some().then_some(platform),
            content,
            recipe: plan.recipe.clone(),
        };
        Ok((document, plan))
    }
}

/// Refuses a build that would have to change `app.lock`. A repository without one still builds.
pub(super) fn check_lock(project: &Project, plan: &BuildPlan) -> Result<()> {
    match &project.lock {
        Some(lock) if *lock != plan.lock => Err(Error::refused(format!(
            "app.lock is out of date: it says r{}, this configuration is r{}",
            lock.revision, plan.lock.revision
        ))
        .detail(plan.changes.join("\n"))
        .hint("run `paas build` on your machine and commit app.lock")),
        _ => Ok(()),
    }
}
