use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use serde::Serialize;

use super::blocking::blocking;
use super::claim::{Claim, Pinning};
use super::fingerprint::Fingerprint;
use super::lookup::Lookup;
use super::network::BuildNetwork;
use super::plan::{self, BuildPlan};
use super::project::Project;
use super::{Bases, Toolbox, Tools, context, dirty, labels, pins, push, scratch, steps};
use crate::builder::{BuildRequest, Image, SecretBytes};
use crate::config::{APP_FILE, PinnedBase};
use crate::image::{Digest, Platform};
use crate::plan::Layout;
use crate::registry::Client;
use crate::report::{Event, Reporter};
use crate::settings::Settings;
use crate::source::FileTimes;
use crate::{Error, Result};

/// Whether `app.lock` may change.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Locked {
    /// Not where `CI` is set.
    #[default]
    Auto,
    /// `--locked`: it must fit. A repository without one still builds, and gets none.
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
    /// What to build for; `None`: what the engine builds for by itself.
    pub platform: Option<Platform>,
    /// Push a version of uncommitted changes.
    pub allow_dirty: bool,
    /// Values of the build secrets.
    pub secrets: BTreeMap<String, SecretBytes>,
}

/// What a digest is the digest of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DigestKind {
    /// A manifest: all machines can pull it from the registry.
    Manifest,
    /// The engine's image: no other machine knows it.
    ImageId,
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
    /// What `digest` is.
    #[serde(skip)]
    pub digest_kind: DigestKind,
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
    let project = project(options, settings, reporter).await?;
    let toolbox = Toolbox::open(settings, reporter).await?;
    let tools = toolbox.tools();
    let build = Build {
        options,
        project: &project,
        tools,
        secrets: secrets(options, &project)?,
    };
    let registry = registry(options, &project, settings)?;
    let (bases, ()) = tokio::try_join!(
        Bases::pinned(&project.folder, &project.app, project.lock.as_ref(), &tools),
        answers(registry.as_deref(), tools.client),
    )?;
    let plan = Arc::new(BuildPlan::new(&project, settings, &bases)?);
    let may_write = build.check_lock(&plan)?;
    scratch::remove_abandoned_files(settings);
    let platform = build.platform(&bases).await?;
    let claim = build.claim(&plan, platform).await?;

    let found = build.find(&plan, &claim).await?;
    let cached = found.is_some();
    let image = match found {
        Some(image) => image,
        None => build.run(&plan, &bases.pins, &claim).await?,
    };
    // An image that was taken from the registry may have bases that this lock doesn't pin.
    let configuration = image.config.labels.get(labels::CONFIGURATION);
    let is_of_lock = configuration.is_some_and(|it| it == plan.lock.configuration.as_str());
    if may_write && is_of_lock && plan.moves_lock(&project) {
        let (lock, folder) = (plan.lock.clone(), project.folder.clone());
        blocking(move || lock.save(&folder)).await?;
    }
    let pushed = if options.push {
        Some(push::publish(&tools, &plan.reference, &image).await?)
    } else {
        None
    };
    let is_pushed = pushed.is_some();
    let digest =
        pushed.or_else(|| push::known_digest(&image, plan.reference.repository()).cloned());
    let digest_kind = match digest {
        Some(_) => DigestKind::Manifest,
        None => DigestKind::ImageId,
    };
    Ok(BuildDocument {
        app: project.id(),
        version: plan.version.to_string(),
        image: plan.reference.to_string(),
        digest: digest.unwrap_or(image.id),
        digest_kind,
        git_tag: project.head.tag.clone(),
        commit: project.head.commit.clone(),
        config_revision: plan.lock.revision,
        dirty: !project.listing.changed.is_empty(),
        cached,
        pushed: is_pushed,
        seconds: started.elapsed().as_secs_f64(),
    })
}

/// The registry that must answer before anything is built.
fn registry(
    options: &BuildOptions,
    project: &Project,
    settings: &Settings,
) -> Result<Option<String>> {
    if !options.push {
        return Ok(None);
    }
    let repository = project.repository(settings)?;
    push::registry_of(&repository).map(|host| Some(host.to_owned()))
}

/// Nothing is built for a registry that doesn't answer.
async fn answers(registry: Option<&str>, client: &Client) -> Result<()> {
    let Some(host) = registry else {
        return Ok(());
    };
    client.ping(host).await.map_err(|error| {
        error.hint("nothing was built; without `--push` a build needs no registry")
    })
}

/// What is on disk, if it may be built as `options` say.
async fn project(
    options: &BuildOptions,
    settings: &Settings,
    reporter: &Arc<dyn Reporter>,
) -> Result<Arc<Project>> {
    let project = Project::loaded(&options.folder, settings).await?;
    for note in &project.notes {
        reporter.report(Event::Note(note.clone()));
    }
    let changed = &project.listing.changed;
    if options.push {
        dirty::refuse(changed, options.allow_dirty)?;
        push::registry_of(&project.repository(settings)?)?;
    }
    if let Some(reason) = dirty::reason(changed) {
        let refused = if options.allow_dirty {
            ""
        } else {
            "; `paas push` will refuse it"
        };
        reporter.report(Event::Note(format!("{reason}{refused}")));
    }
    Ok(Arc::new(project))
}

/// The app's secrets with their values.
fn secrets(options: &BuildOptions, project: &Project) -> Result<BTreeMap<String, SecretBytes>> {
    let names = &project.app.build.secrets;
    if let Some(unknown) = options.secrets.keys().find(|name| !names.contains(name)) {
        return Err(
            Error::usage(format!("the app has no build secret {unknown}"))
                .hint(format!("add it to `secrets` of [build] in {APP_FILE}")),
        );
    }
    names
        .iter()
        .map(|name| match options.secrets.get(name) {
            Some(value) => Ok((name.clone(), value.clone())),
            None => Err(
                Error::usage(format!("the build secret {name} has no value")).hint(format!(
                    "set the variable {name}, or give `--secret {name}=file:PATH`"
                )),
            ),
        })
        .collect()
}

/// One build's parts.
struct Build<'a> {
    options: &'a BuildOptions,
    project: &'a Arc<Project>,
    tools: Tools<'a>,
    secrets: BTreeMap<String, SecretBytes>,
}

impl Build<'_> {
    /// Whether `app.lock` may be written; refuses where it would have to be and may not.
    fn check_lock(&self, plan: &BuildPlan) -> Result<bool> {
        match (self.options.locked, self.tools.settings.ci) {
            (Locked::Never, _) | (Locked::Auto, false) => Ok(true),
            _ => {
                plan::check_lock(self.project, plan)?;
                Ok(false)
            }
        }
    }

    /// What the engine builds for. To ask it takes longer than all else of a build that has nothing
    /// to do, so a base that is there and runs on this very machine is taken for the answer: the
    /// engine builds only on what runs on it.
    async fn platform(&self, bases: &Bases) -> Result<Platform> {
        if let Some(platform) = &self.options.platform {
            return Ok(platform.clone());
        }
        let engine = self.tools.engine;
        let base = match bases.pins.last() {
            Some(pin) => match &pin.repository {
                Some(repository) => engine.image(repository.at(&pin.digest)).await?,
                None => engine.image(&pin.digest).await?,
            },
            None => None,
        };
        match base {
            Some(base) if base.platform == Platform::of_this_machine() => Ok(base.platform),
            _ => engine.platform().await,
        }
    }

    /// What the image would be made of.
    async fn claim(&self, plan: &BuildPlan, platform: Platform) -> Result<Claim> {
        let secrets = if self.secrets.is_empty() {
            None
        } else {
            let (secrets, state) = (self.secrets.clone(), self.tools.settings.state_dir.clone());
            blocking(move || Fingerprint::of(&secrets, &state)).await?
        };
        let print = secrets.as_ref().map(ToString::to_string);
        Ok(Claim {
            app: self.project.id(),
            content: plan.content(self.project, &platform, print.as_deref()),
            platform,
            commit: self.project.head.commit.clone(),
            files: self.project.listing.digest(),
            configuration: plan.lock.configuration.clone(),
            revision: plan.lock.revision,
            bases: match &self.project.lock {
                Some(_) => Pinning::Locked,
                None => Pinning::Newest,
            },
            secrets,
        })
    }

    async fn find(&self, plan: &BuildPlan, claim: &Claim) -> Result<Option<Image>> {
        // A build that stays here doesn't wait long for a registry that is down.
        let impatient = pins::impatient(self.tools.settings);
        let lookup = Lookup {
            tools: &self.tools,
            client: if self.options.push {
                self.tools.client
            } else {
                &impatient
            },
            options: self.options,
            reference: &plan.reference,
            claim,
        };
        lookup.find().await
    }

    /// Has the engine build it.
    async fn run(
        &self,
        plan: &Arc<BuildPlan>,
        pins: &[PinnedBase],
        claim: &Claim,
    ) -> Result<Image> {
        for pin in pins {
            pins::ensure_local(pin, &self.tools).await?;
        }
        let network = BuildNetwork::new(self.tools.settings, self.tools.reporter).await?;
        let (project, planned) = (Arc::clone(self.project), Arc::clone(plan));
        let settings = self.tools.settings.clone();
        let entries = blocking(move || context::entries(&project, &planned, &settings)).await?;
        let dockerfile = plan.dockerfile(self.project, &Layout::served());
        let shared_key = format!(
            "{}:{}",
            self.project.id(),
            self.project.source.root.display()
        );
        let mut args = network.args;
        args.extend(self.project.app.build.env.clone());
        let print = claim.secrets.as_ref().map(ToString::to_string);
        args.extend(print.map(|print| ("PAAS_SECRETS".to_owned(), print)));
        let request = BuildRequest {
            entries,
            source_root: Some(self.project.source.root.clone()),
            args,
            labels: labels::of(self.project, plan, &claim.content, claim.secrets.as_ref()),
            secrets: self.secrets.clone().into_iter().collect(),
            public_secrets: network.public_secrets,
            tags: vec![plan.reference.clone()],
            platform: self.options.platform.as_ref().map(ToString::to_string),
            no_cache: self.options.no_cache,
            steps: steps::titles(&plan.recipe),
            ..BuildRequest::new(dockerfile, shared_key)
        };
        let id = self
            .tools
            .engine
            .build(request, self.tools.reporter)
            .await
            .map_err(|failure| steps::explain(&plan.recipe, &self.project.folder, failure))?;
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
        let times = FileTimes::location(&settings.state_dir, &self.project.id());
        blocking(move || FileTimes::forget(&times)).await?;
        self.tools.engine.remove(&plan.reference).await?;
        Err(Error::unavailable("files changed during the build")
            .hint("build again when nothing writes to them"))
    }
}
