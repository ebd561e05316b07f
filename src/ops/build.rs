use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use serde::Serialize;

use super::lookup::Lookup;
use super::network::BuildNetwork;
use super::plan::{self, BuildPlan};
use super::project::Project;
use super::{Bases, Tools, context, fingerprint, labels, pins, push, steps};
use crate::builder::{BuildRequest, Engine, Image, SecretBytes};
use crate::config::{APP_FILE, PinnedBase};
use crate::image::Digest;
use crate::plan::{ContentKey, Layout};
use crate::registry::Client;
use crate::report::{Event, Reporter};
use crate::settings::Settings;
use crate::source::FileTimes;
use crate::{Error, Result};

/// Whether `app.lock` may change.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Locked {
    /// Not where `CI` is set; a repository without the file still builds there.
    #[default]
    Auto,
    /// `--locked`: it must be there and fit.
    Always,
    /// `--no-locked`.
    Never,
}

/// How to build.
#[derive(Clone, Debug, Default)]
pub struct BuildOptions {
    /// The app's folder.
    pub folder: PathBuf,
    /// Publish the version.
    pub push: bool,
    /// Run every step again.
    pub no_cache: bool,
    /// Whether `app.lock` may change.
    pub locked: Locked,
    /// `linux/arm64`.
    pub platform: Option<String>,
    /// Push a version of uncommitted changes.
    pub allow_dirty: bool,
    /// Values of the build secrets.
    pub secrets: BTreeMap<String, SecretBytes>,
}

/// What came of a build.
#[derive(Clone, Debug, Serialize)]
pub struct BuildDocument {
    /// `[group/]name`.
    pub app: String,
    /// `v1.4.2-3-g3f9c2d1a-r7`.
    pub version: String,
    /// Repository and version.
    pub image: String,
    /// The manifest's digest once a registry has it, before that the engine's image ID.
    pub digest: Digest,
    /// Nearest git tag.
    pub git_tag: Option<String>,
    /// 40 hex digits.
    pub commit: String,
    /// The number behind `-r`.
    pub config_revision: u32,
    /// Whether the content differs from the commit.
    pub dirty: bool,
    /// Whether the content was there already, so that nothing was built.
    pub cached: bool,
    /// Whether the registry has this version.
    pub pushed: bool,
    /// From start to end.
    pub seconds: f64,
}

/// Makes a version of what is on disk: finds it where nothing changed, else builds it.
pub async fn build(
    options: &BuildOptions,
    settings: &Settings,
    reporter: &Arc<dyn Reporter>,
) -> Result<BuildDocument> {
    let started = Instant::now();
    let project = Project::loaded(&options.folder, settings).await?;
    for note in &project.notes {
        reporter.report(Event::Note(note.clone()));
    }
    let is_dirty = !project.listing.changed.is_empty();
    if options.push {
        push::check_clean(&project.listing.changed, options.allow_dirty)?;
        push::check_has_registry(&project.repository(settings)?)?;
    }

    let client = Client::new(settings).with_reporter(Arc::clone(reporter));
    let engine = Engine::connect(&settings.engine).await?;
    let tools = Tools {
        settings,
        engine: &engine,
        client: &client,
        reporter,
    };
    let build = Build {
        options,
        project: &project,
        tools,
    };
    let bases = Bases::pinned(&project.app, project.lock.as_ref(), &tools).await?;
    let plan = BuildPlan::new(&project, settings, &bases)?;
    let may_write = build.check_lock(&plan)?;
    let secrets = fingerprint::of(&build.secrets()?, &settings.state_dir)?;
    let content = plan.content(&project, options.platform.as_deref(), secrets.as_deref());

    let found = if options.no_cache {
        None
    } else {
        build.find(&plan, &content).await?
    };
    let cached = found.is_some();
    let image = match found {
        Some(image) => image,
        None => build.run(&plan, &bases.pins, &content, secrets).await?,
    };
    if may_write && plan.moves_lock(&project) {
        plan.lock.save(&project.folder)?;
    }
    let pushed = if options.push {
        Some(push::publish(&tools, &plan.reference, &image).await?)
    } else {
        None
    };
    Ok(BuildDocument {
        app: project.id(),
        version: plan.version.to_string(),
        image: plan.reference.to_string(),
        digest: pushed
            .clone()
            .unwrap_or_else(|| push::known_digest(&image, plan.reference.repository())),
        git_tag: project.head.tag.clone(),
        commit: project.head.commit.clone(),
        config_revision: plan.lock.revision,
        dirty: is_dirty,
        cached,
        pushed: pushed.is_some(),
        seconds: started.elapsed().as_secs_f64(),
    })
}

/// One build's parts.
struct Build<'a> {
    options: &'a BuildOptions,
    project: &'a Project,
    tools: Tools<'a>,
}

impl Build<'_> {
    /// Whether `app.lock` may be written; refuses where it would have to be and may not.
    fn check_lock(&self, plan: &BuildPlan) -> Result<bool> {
        match (self.options.locked, self.tools.settings.ci) {
            (Locked::Never, _) | (Locked::Auto, false) => Ok(true),
            (locked, _) => {
                plan::check_lock(self.project, plan, locked == Locked::Always)?;
                Ok(false)
            }
        }
    }

    /// The app's secrets with their values.
    fn secrets(&self) -> Result<BTreeMap<String, SecretBytes>> {
        let names = &self.project.app.build.secrets;
        if let Some(unknown) = self
            .options
            .secrets
            .keys()
            .find(|name| !names.contains(name))
        {
            return Err(
                Error::usage(format!("the app has no build secret {unknown}"))
                    .hint(format!("add it to `secrets` of [build] in {APP_FILE}")),
            );
        }
        names
            .iter()
            .map(|name| match self.options.secrets.get(name) {
                Some(value) => Ok((name.clone(), value.clone())),
                None => Err(
                    Error::usage(format!("the build secret {name} has no value")).hint(format!(
                        "set the variable {name}, or give `--secret {name}=file:PATH`"
                    )),
                ),
            })
            .collect()
    }

    async fn find(&self, plan: &BuildPlan, content: &ContentKey) -> Result<Option<Image>> {
        // A build that stays here doesn't wait long for a registry that is down.
        let impatient = pins::impatient(self.tools.settings);
        let lookup = Lookup {
            tools: &self.tools,
            client: if self.options.push {
                self.tools.client
            } else {
                &impatient
            },
            app: &self.project.id(),
            reference: &plan.reference,
            content,
        };
        lookup.find().await
    }

    /// Has the engine build it.
    async fn run(
        &self,
        plan: &BuildPlan,
        pins: &[PinnedBase],
        content: &ContentKey,
        secrets: Option<String>,
    ) -> Result<Image> {
        for pin in pins {
            pins::ensure_local(pin, &self.tools).await?;
        }
        let network = BuildNetwork::new(self.tools.settings, self.tools.reporter).await?;
        let entries = context::entries(self.project, plan, self.tools.settings)?;
        let dockerfile = plan.dockerfile(self.project, &Layout::served());
        let shared_key = format!(
            "{}:{}",
            self.project.id(),
            self.project.source.root.display()
        );
        let mut args = network.args;
        args.extend(self.project.app.build.env.clone());
        args.extend(secrets.map(|print| ("PAAS_SECRETS".to_owned(), print)));
        let request = BuildRequest {
            entries,
            source_root: Some(self.project.source.root.clone()),
            args,
            labels: labels::of(self.project, plan, content),
            secrets: self.secrets()?.into_iter().collect(),
            public_secrets: network.public_secrets,
            tags: vec![plan.reference.clone()],
            platform: self.options.platform.clone(),
            no_cache: self.options.no_cache,
            steps: steps::titles(&plan.recipe),
            ..BuildRequest::new(dockerfile, shared_key)
        };
        let id = self
            .tools
            .engine
            .build(request, self.tools.reporter)
            .await
            .map_err(|failure| steps::explain(&plan.recipe, failure))?;
        self.check_unchanged(plan).await?;
        let image = self.tools.engine.image(&plan.reference).await?;
        image.filter(|image| image.id == id).ok_or_else(|| {
            Error::unavailable(format!(
                "the image of {} vanished after its build",
                plan.version
            ))
            .hint("was another build of the same version running, or a clean-up? try again")
        })
    }

    /// A version says what is in it. If a file was written while the engine read them, the image
    /// goes, and so do the times by which the engine would take its copies for current.
    async fn check_unchanged(&self, plan: &BuildPlan) -> Result<()> {
        let settings = self.tools.settings;
        let now = Project::loaded(&self.project.folder, settings).await?;
        if now.listing.digest() == self.project.listing.digest() {
            return Ok(());
        }
        FileTimes::forget(&FileTimes::location(
            &settings.state_dir,
            &self.project.id(),
        ))?;
        self.tools.engine.remove(&plan.reference).await?;
        Err(Error::unavailable("files changed during the build")
            .hint("build again when nothing writes to them"))
    }
}
