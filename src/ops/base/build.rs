use std::collections::BTreeMap;
use std::time::{Duration, SystemTime};

use jiff::Timestamp;
use serde::Serialize;

use super::image::{BaseImage, DEFINITION, NAME, PARENT, repository};
use super::root;
use crate::base::{Definition, Profile};
use crate::builder::{BuildFailure, BuildRequest, Content, Entry, Image, StepTitle};
use crate::image::{Digest, Reference};
use crate::ops::network::BuildNetwork;
use crate::ops::step::Step;
use crate::ops::{Tools, packages};
use crate::plan::template;
use crate::{Error, Result};

/// Marks the step that installs packages.
const PACKAGES: &str = r#"/run/paas/steps/run", "packages""#;

/// The files' time in images, 2026-01-01. It may be the same for all contents: the key under which
/// the engine keeps them has the content's digest.
const FILE_TIME: Duration = Duration::from_hours(490_896);

/// What is done although nothing has changed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Forced {
    /// Gets the root anew, and with it everything that is made from it.
    pub pull: bool,
    /// Runs every step of the base that is asked for.
    pub no_cache: bool,
}

/// What came of a build.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Built {
    /// The image.
    #[serde(flatten)]
    pub image: BaseImage,
    /// It was there, made from this definition and the present parent.
    pub unchanged: bool,
}

/// What a base is made from.
pub(super) struct Parent {
    pub reference: Reference,
    pub id: Digest,
}

/// Builds a base, after those that it is made from where they are missing or out of date. An image
/// whose labels say that it was made from this definition and the present parent stays.
pub async fn build(definition: &Definition, forced: Forced, tools: &Tools<'_>) -> Result<Built> {
    let chain = chain(definition)?;
    let network = BuildNetwork::new(tools.settings, tools.reporter).await?;
    let root = chain.first().expect("the definition itself at least");
    let mut parent = root::ensure(root, forced.pull, tools).await?;
    let mut done = 0;
    loop {
        done += 1;
        let line = &chain[..done];
        let base = &line[done - 1];
        let is_last = done == chain.len();
        let built = match current(base, &parent, tools).await? {
            Some(image) if !(is_last && forced.no_cache) => Built {
                image: BaseImage::of(&base.name, &image),
                unchanged: true,
            },
            _ => {
                let request = request(line, &parent, is_last && forced.no_cache, &network)?;
                make(base, request, tools).await?
            }
        };
        if is_last {
            return Ok(built);
        }
        parent = Parent {
            reference: repository(&base.name, None)?.tagged(built.image.id.short())?,
            id: built.image.id,
        };
    }
}

/// From the root to `definition`.
fn chain(definition: &Definition) -> Result<Vec<Definition>> {
    let mut chain = vec![definition.clone()];
    while let Some(parent) = chain[chain.len() - 1].parent_definition()? {
        if chain.iter().any(|base| base.name == parent.name) {
            return Err(
                Error::usage(format!("the base `{}` is made from itself", parent.name))
                    .hint("change `parent` in one of the base.toml files"),
            );
        }
        chain.push(parent);
    }
    chain.reverse();
    Ok(chain)
}

/// The image that a build would make again, with its tag by content.
async fn current(base: &Definition, parent: &Parent, tools: &Tools<'_>) -> Result<Option<Image>> {
    let repository = repository(&base.name, None)?;
    let Some(found) = tools.engine.image(repository.tagged("latest")?).await? else {
        return Ok(None);
    };
    let says = |label: &str, value: &Digest| {
        found.config.labels.get(label).map(String::as_str) == Some(value.as_str())
    };
    if !says(DEFINITION, &base.digest()) || !says(PARENT, &parent.id) {
        return Ok(None);
    }
    let by_content = repository.tagged(found.id.short())?;
    if !found.tags.contains(&by_content) {
        tools.engine.tag(&found.id, &by_content).await?;
    }
    Ok(Some(found))
}

async fn make(base: &Definition, request: BuildRequest, tools: &Tools<'_>) -> Result<Built> {
    let title = format!("base image {}", base.name);
    let step = Step::start(tools.reporter, &title, &title);
    let built = tools.engine.build(request, tools.reporter).await;
    let id = step.end_with(built.map_err(|failure| {
        let error = match failure {
            BuildFailure::Step(step) if step.marker.as_deref() == Some(PACKAGES) => {
                packages::explain(&step, |_| None)
            }
            failure => failure.into(),
        };
        error.hint(format!("it is the base image `{}` that failed", base.name))
    }))?;
    let by_content = repository(&base.name, None)?.tagged(id.short())?;
    tools.engine.tag(&id, &by_content).await?;
    let image = tools.engine.image(&id).await?;
    let image = image.ok_or_else(|| {
        Error::unavailable(format!("the new image {by_content} has gone"))
            .hint("somebody removed it meanwhile: build again")
    })?;
    Ok(Built {
        image: BaseImage::of(&base.name, &image),
        unchanged: false,
    })
}

/// `line` begins with the root and ends with the base.
fn request(
    line: &[Definition],
    parent: &Parent,
    no_cache: bool,
    network: &BuildNetwork,
) -> Result<BuildRequest> {
    let base = line.last().expect("the base itself at least");
    let definition = base.digest();
    let key = format!("paas-base-{}-{}", base.name, definition.short());
    let mut request = BuildRequest::new(base.render(&parent.reference)?, key);
    request.entries = context(base);
    request.args.clone_from(&network.args);
    request.public_secrets.clone_from(&network.public_secrets);
    request.labels = labels(base, &definition, &parent.id);
    if let Some(profile) = Profile::of_chain(line) {
        let label = Profile::LABEL.to_owned();
        request.labels.insert(label, profile.to_label());
    }
    request.tags = vec![repository(&base.name, None)?.tagged("latest")?];
    request.no_cache = no_cache;
    let title = |marker: &str, title: &str| StepTitle {
        marker: marker.to_owned(),
        title: format!("{}: {title}", base.name),
    };
    request.steps = vec![
        title(PACKAGES, "install packages"),
        title(r#"/run/paas/steps/run", "setup""#, "set up"),
        title("COPY base/", "copy its files"),
        title("exporting to image", "write the image"),
        title("] FROM ", "base image"),
    ];
    Ok(request)
}

fn labels(base: &Definition, definition: &Digest, parent: &Digest) -> BTreeMap<String, String> {
    let title = format!("paas/{}", base.name);
    let now = Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
    [
        (NAME, base.name.as_str()),
        (DEFINITION, definition.as_str()),
        (PARENT, parent.as_str()),
        ("org.opencontainers.image.title", &title),
        ("org.opencontainers.image.description", &base.description),
        ("org.opencontainers.image.created", &now),
    ]
    .map(|(label, value)| (label.to_owned(), value.to_owned()))
    .into()
}

/// The steps' files, and the definition's own below `base/`.
fn context(base: &Definition) -> Vec<Entry> {
    let file = |path: String, mode, bytes: &[u8]| Entry {
        path,
        mode,
        modified: SystemTime::UNIX_EPOCH + FILE_TIME,
        content: Content::Bytes(bytes.into()),
    };
    let step = |path: &str, bytes: &[u8]| file(format!("paas/steps/{path}"), 0o644, bytes);
    let mut entries = vec![
        step("packages/run", template::STEP.as_bytes()),
        step("packages/packages", base.packages.join("\n").as_bytes()),
        step("setup/run", template::STEP.as_bytes()),
    ];
    entries.extend(
        base.setup()
            .map(|setup| step("setup/setup.sh", &setup.content)),
    );
    entries.extend(base.other_files().map(|(path, other)| {
        let mode = if other.executable { 0o755 } else { 0o644 };
        file(format!("base/{path}"), mode, &other.content)
    }));
    entries
}

#[cfg(test)]
mod tests {
    use std::fs;

    use tempfile::TempDir;

    use super::*;

    #[test]
    fn a_base_is_not_made_from_itself() {
        let folder = TempDir::new().unwrap();
        for (name, parent) in [("a", "b"), ("b", "c"), ("c", "b")] {
            let path = folder.path().join(name);
            fs::create_dir(&path).unwrap();
            let toml = format!("description = 'x'\nparent = '{parent}'\n");
            fs::write(path.join("base.toml"), toml).unwrap();
        }
        let a = Definition::load(&folder.path().join("a")).unwrap();
        let error = chain(&a).unwrap_err();
        assert_eq!(error.message(), "the base `b` is made from itself");
    }

    #[test]
    fn the_context_holds_the_steps_and_nothing_of_the_definition_itself() {
        let php = Definition::embedded("php-runtime").unwrap();
        let paths: Vec<_> = context(&php).into_iter().map(|entry| entry.path).collect();
        assert_eq!(
            paths,
            [
                "paas/steps/packages/run",
                "paas/steps/packages/packages",
                "paas/steps/setup/run",
                "paas/steps/setup/setup.sh",
            ]
        );
    }
}
