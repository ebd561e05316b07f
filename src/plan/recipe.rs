use std::collections::BTreeMap;

use serde::Serialize;

use super::template;
use crate::config::{App, BaseName, Dependencies, PinnedBase, Script, ScriptSource, User};
use crate::image::{Digest, Reference, Repository};
use crate::{Error, Result};

/// The build configuration with the base's defaults filled in: what a config revision counts.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Recipe {
    /// What the build starts from.
    pub base: PinnedImage,
    /// What the final image starts from.
    pub runtime: PinnedImage,
    /// Debian packages of both.
    pub packages: Vec<String>,
    /// The dependencies' layer.
    pub dependencies: Option<DependencyStep>,
    /// The build script; without one the source goes to the final image as it is.
    pub build: Option<Code>,
    /// Build-time environment.
    pub env: BTreeMap<String, String>,
    /// Names of build-time secrets.
    pub secrets: Vec<String>,
    /// Folders kept between builds.
    pub cache: Vec<String>,
    /// What the final image takes from the build.
    pub output: Vec<String>,
    /// Patterns that leave files out of the context.
    pub exclude: Vec<String>,
    /// Paths outside the app's folder that belong to the context.
    pub include: Vec<String>,
    /// Start scripts by process, `web` among them.
    pub processes: BTreeMap<String, Code>,
    /// `$PORT`.
    pub port: u16,
    /// Who the app runs as, `uid:gid`.
    pub user: String,
    /// Seconds, rounded up.
    pub stop_timeout: u64,
}

/// An image with the digest that a build uses.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PinnedImage {
    /// As `app.toml` has it.
    pub name: String,
    /// What a Dockerfile's `FROM` says: by digest, or a local tag made from the image ID.
    #[serde(skip)]
    pub reference: Reference,
    /// The manifest's digest, or the image ID of an image that is on this machine only; `None` as
    /// long as no build has pinned it.
    pub digest: Option<Digest>,
}

impl PinnedImage {
    /// The image that `app.lock` pins. A local image has no digest that a `FROM` could name, so it
    /// is known by a tag made from its ID.
    pub fn of(pin: &PinnedBase) -> Self {
        let reference = match &pin.repository {
            Some(repository) => repository.at(&pin.digest),
            None => local_name(&pin.name, &pin.digest),
        };
        Self {
            name: pin.name.clone(),
            reference,
            digest: Some(pin.digest.clone()),
        }
    }

    /// The pinned image of that name, or one that no build has pinned yet.
    fn among(pins: &[PinnedBase], base: &BaseName) -> Self {
        let name = base.to_string();
        let pin = pins.iter().find(|pin| pin.name == name);
        pin.map_or_else(|| Self::unpinned(base), Self::of)
    }

    fn unpinned(base: &BaseName) -> Self {
        let (name, reference) = match base {
            BaseName::Named(name) => (name.clone(), named(name, "latest")),
            BaseName::Image(reference) => (reference.to_string(), reference.clone()),
        };
        Self {
            name,
            reference,
            digest: None,
        }
    }
}

/// The tag by which a Dockerfile names a base image that is on this machine only.
pub fn local_name(name: &str, id: &Digest) -> Reference {
    let is_named = name.parse::<Repository>().is_ok() && !name.contains(['/', '.', ':']);
    named(if is_named { name } else { "pinned" }, id.short())
}

fn named(name: &str, tag: &str) -> Reference {
    let repository: Repository = format!("paas/{name}")
        .parse()
        .expect("a base's name is a path");
    repository.tagged(tag).expect("hex digits or a word")
}

/// The dependencies' layer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DependencyStep {
    /// Copied to `/app` before the script.
    pub files: Vec<String>,
    /// Installs them.
    pub script: Code,
    /// Copied to the final image as layers of their own.
    pub output: Vec<String>,
}

/// Shell code of a step or process.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Code {
    /// Inline, or a file of the context.
    #[serde(flatten)]
    pub source: CodeSource,
    /// The line of `app.toml` it came from; `None` for a base's default.
    #[serde(skip)]
    pub line: Option<usize>,
}

/// Inline, or a file of the context.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum CodeSource {
    /// The code.
    Script(String),
    /// A path in the context.
    File(String),
}

/// What a base image proposes for apps that say nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Defaults {
    /// Where dependencies are installed to.
    pub dependencies_output: Vec<String>,
    /// Caches.
    pub cache: Vec<String>,
    /// What the final image takes.
    pub output: Option<Vec<String>>,
    /// Build script.
    pub build: Option<String>,
    /// Start script.
    pub start: Option<String>,
}

impl Recipe {
    /// Whether the final image takes its files from a build: there is a script, or dependencies of
    /// which it would take nothing otherwise, such as `/app/node_modules`.
    pub fn is_built(&self) -> bool {
        let step = self.dependencies.as_ref();
        self.build.is_some() || step.is_some_and(|step| step.output.is_empty())
    }

    /// Fills in the base's defaults. Fails when there is nothing to start.
    pub fn of(
        app: &App,
        base: &BaseName,
        runtime: &BaseName,
        pins: &[PinnedBase],
        defaults: Defaults,
    ) -> Result<Self> {
        let [base, runtime] = [base, runtime].map(|base| PinnedImage::among(pins, base));
        let build = &app.build;
        let web = match (&app.start.script, defaults.start) {
            (Some(script), _) => Code::from(script),
            (None, Some(default)) => Code::default_of_base(default),
            (None, None) => {
                return Err(
                    Error::usage("app.toml does not say how to start the app").hint(format!(
                        "add `[start]` with `script = \"exec …\"`; the base `{}` has no default",
                        base.name
                    )),
                );
            }
        };
        let mut processes: BTreeMap<String, Code> = app
            .processes
            .iter()
            .map(|(name, process)| (name.clone(), Code::from(&process.script)))
            .collect();
        processes.insert("web".to_owned(), web);

        Ok(Self {
            packages: build.packages.clone(),
            dependencies: build
                .dependencies
                .as_ref()
                .map(|step| DependencyStep::new(step, defaults.dependencies_output)),
            build: build
                .script
                .as_ref()
                .map(Code::from)
                .or_else(|| defaults.build.map(Code::default_of_base)),
            env: build.env.clone(),
            secrets: build.secrets.clone(),
            cache: build.cache.clone().unwrap_or(defaults.cache),
            output: build
                .output
                .clone()
                .or(defaults.output)
                .unwrap_or_else(|| vec!["/app".to_owned()]),
            exclude: build.exclude.clone(),
            include: build.include.clone(),
            processes,
            port: app.start.port.get(),
            user: app.start.user.numeric(),
            stop_timeout: app
                .start
                .stop_timeout
                .as_millis()
                .div_ceil(1000)
                .try_into()
                .unwrap_or(u64::MAX),
            base,
            runtime,
        })
    }

    /// A short digest per key, so that a change of the configuration can be named.
    pub fn inputs(&self) -> BTreeMap<String, String> {
        let value = serde_json::to_value(self).expect("strings, numbers and lists only");
        let mut inputs = BTreeMap::new();
        for (key, value) in value.as_object().expect("a struct") {
            match value {
                serde_json::Value::Null => {}
                serde_json::Value::Array(items) if items.is_empty() => {}
                serde_json::Value::Object(map) if map.is_empty() => {}
                value => {
                    let digest = Digest::of(value.to_string().as_bytes());
                    inputs.insert(key.clone(), digest.short().to_owned());
                }
            }
        }
        inputs.insert("template".to_owned(), template::digest().short().to_owned());
        inputs
    }

    /// The digest of the whole build configuration, the templates included.
    pub fn digest(&self) -> Digest {
        let recipe = serde_json::to_vec(self).expect("strings, numbers and lists only");
        Digest::of(format!("{}\n{}", Digest::of(&recipe), template::digest()).as_bytes())
    }

    /// Every script with its name: `build`, `dependencies`, `start web`.
    pub fn scripts(&self) -> impl Iterator<Item = (String, &Code)> {
        let steps = [
            self.dependencies
                .as_ref()
                .map(|step| ("dependencies".to_owned(), &step.script)),
            self.build.as_ref().map(|code| ("build".to_owned(), code)),
        ];
        let starts = self
            .processes
            .iter()
            .map(|(name, code)| (format!("start {name}"), code));
        steps.into_iter().flatten().chain(starts)
    }
}

impl DependencyStep {
    fn new(step: &Dependencies, default_output: Vec<String>) -> Self {
        Self {
            files: step.files.clone(),
            script: Code::from(&step.script),
            output: step.output.clone().unwrap_or(default_output),
        }
    }
}

impl Code {
    fn default_of_base(script: String) -> Self {
        Self {
            source: CodeSource::Script(script),
            line: None,
        }
    }
}

impl From<&Script> for Code {
    fn from(script: &Script) -> Self {
        let source = match &script.source {
            ScriptSource::Inline(code) => CodeSource::Script(code.clone()),
            ScriptSource::File(path) => CodeSource::File(path.clone()),
        };
        Self {
            source,
            line: script.line,
        }
    }
}

impl User {
    fn numeric(self) -> String {
        format!("{}:{}", self.uid, self.gid)
    }
}
