use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::Bases;
use super::plan::BuildPlan;
use super::project::Project;
use crate::plan::{Layout, PlacedContent, own_files};
use crate::settings::Settings;
use crate::{Error, Result};

/// What was written.
#[derive(Clone, Debug, Serialize)]
pub struct EjectDocument {
    /// Where.
    pub folder: PathBuf,
    /// Relative to it.
    pub files: Vec<String>,
    /// The command that builds the image without `paas`.
    pub command: String,
}

/// Writes the Dockerfile and its scripts into the app's folder, for those who want to leave.
pub fn eject(folder: &Path, settings: &Settings, force: bool) -> Result<EjectDocument> {
    let project = Project::load(folder, settings, false)?;
    let bases = Bases::known(&project.app, project.lock.as_ref())?;
    let plan = BuildPlan::new(&project, settings, &bases)?;
    if !project.app.build.include.is_empty() {
        return Err(
            Error::refused("an app that includes folders beside its own can't be ejected")
                .hint("a Dockerfile sees only the folder that it is built in"),
        );
    }
    let layout = Layout::ejected();
    let mut files = vec![(
        "Dockerfile".to_owned(),
        plan.dockerfile(&project, &layout).into_bytes(),
    )];
    for placed in own_files(&plan.recipe, &project.listing, &layout)? {
        files.push((placed.path, bytes(&placed.content)?));
    }
    if !force && let Some((taken, _)) = files.iter().find(|(path, _)| folder.join(path).exists()) {
        return Err(Error::refused(format!("{taken} is there already"))
            .hint("`paas eject --force` replaces it"));
    }
    for (path, content) in &files {
        write(&folder.join(path), content)?;
    }
    Ok(EjectDocument {
        command: command(&project, &plan),
        folder: folder.to_owned(),
        files: files.into_iter().map(|(path, _)| path).collect(),
    })
}

fn bytes(content: &PlacedContent) -> Result<Vec<u8>> {
    match content {
        PlacedContent::Bytes(bytes) => Ok(bytes.to_vec()),
        PlacedContent::Disk { origin, .. } => fs::read(origin).map_err(|error| {
            Error::usage(format!("cannot read {}", origin.display())).caused_by(error)
        }),
        PlacedContent::Link(target) => Err(Error::usage(format!(
            "a link to {} can't be a script or a dependency file of an ejected Dockerfile",
            target.display()
        ))),
    }
}

fn write(path: &Path, content: &[u8]) -> Result<()> {
    let fail = |error: std::io::Error| {
        Error::unavailable(format!("cannot write {}", path.display())).caused_by(error)
    };
    let folder = path.parent().expect("a file has a folder");
    fs::create_dir_all(folder).map_err(fail)?;
    let temporary = tempfile::NamedTempFile::new_in(folder).map_err(fail)?;
    fs::write(temporary.path(), content).map_err(fail)?;
    fs::set_permissions(temporary.path(), fs::Permissions::from_mode(0o644)).map_err(fail)?;
    temporary.persist(path).map_err(|error| fail(error.error))?;
    Ok(())
}

fn command(project: &Project, plan: &BuildPlan) -> String {
    let build = &project.app.build;
    // A name and a value of the user's: shown to be run in a shell, so the value stays a variable.
    let arguments = build.env.keys().map(|name| format!(" --build-arg {name}"));
    let secrets = build
        .secrets
        .iter()
        .map(|name| format!(" --secret id={name},env={name}"));
    let options: String = arguments.chain(secrets).collect();
    format!(
        "DOCKER_BUILDKIT=1 docker build{options} --tag {} .",
        plan.reference
    )
}
