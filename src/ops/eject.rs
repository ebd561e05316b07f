mod ignored;

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::Bases;
use super::plan::BuildPlan;
use super::project::Project;
use crate::config::BaseName;
use crate::plan::{Layout, Placed, PlacedContent, own_files};
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
    /// What else it takes.
    pub notes: Vec<String>,
}

/// Writes the Dockerfile and its scripts into the app's folder, for those who want to leave.
pub fn eject(folder: &Path, settings: &Settings, force: bool) -> Result<EjectDocument> {
    let project = Project::load(folder, settings, true)?;
    let bases = Bases::known(&project)?;
    let plan = BuildPlan::new(&project, settings, &bases)?;
    if !project.app.build.include.is_empty() {
        return Err(
            Error::refused("an app that includes folders beside its own can't be ejected")
                .hint("a Dockerfile sees only the folder that it is built in"),
        );
    }
    let layout = Layout::ejected();
    let dockerfile = plan.dockerfile(&project, &layout);
    let mut files = vec![Written::text(
        ignored::FILE,
        ignored::text(&project, &layout)?,
    )];
    for placed in own_files(&plan.recipe, &project.listing, &layout)? {
        files.push(Written::of(placed)?);
    }
    // Last: where it is, all that it needs is there.
    files.push(Written::text("Dockerfile", dockerfile));
    let is_taken = |file: &&Written| folder.join(&file.path).symlink_metadata().is_ok();
    let taken = files.iter().find(is_taken);
    if !force && let Some(taken) = taken {
        return Err(Error::refused(format!("{} is there already", taken.path))
            .hint("`paas eject --force` replaces it"));
    }
    for file in &files {
        file.write(folder, force)?;
    }
    Ok(EjectDocument {
        command: command(&project),
        notes: notes(&bases),
        folder: folder.to_owned(),
        files: files.into_iter().map(|file| file.path).collect(),
    })
}

/// A file on its way to the app's folder.
struct Written {
    path: String,
    content: Vec<u8>,
    executable: bool,
}

impl Written {
    fn text(path: &str, text: String) -> Self {
        Self {
            path: path.to_owned(),
            content: text.into_bytes(),
            executable: false,
        }
    }

    fn of(placed: Placed) -> Result<Self> {
        let (content, executable) = match placed.content {
            PlacedContent::Bytes(bytes) => (bytes.to_vec(), false),
            PlacedContent::Disk {
                origin, executable, ..
            } => {
                let content = fs::read(&origin).map_err(|error| {
                    Error::usage(format!("cannot read {}", origin.display())).caused_by(error)
                })?;
                (content, executable)
            }
            PlacedContent::Link(target) => {
                return Err(Error::usage(format!(
                    "a link to {} can't be a script or a dependency file of an ejected Dockerfile",
                    target.display()
                )));
            }
        };
        Ok(Self {
            path: placed.path,
            content,
            executable,
        })
    }

    fn write(&self, folder: &Path, force: bool) -> Result<()> {
        let path = folder.join(&self.path);
        let fail = |error: std::io::Error| {
            Error::unavailable(format!("cannot write {}", path.display())).caused_by(error)
        };
        let folder = path.parent().expect("a file has a folder");
        fs::create_dir_all(folder).map_err(fail)?;
        let temporary = tempfile::NamedTempFile::new_in(folder).map_err(fail)?;
        fs::write(temporary.path(), &self.content).map_err(fail)?;
        let mode = if self.executable { 0o755 } else { 0o644 };
        fs::set_permissions(temporary.path(), fs::Permissions::from_mode(mode)).map_err(fail)?;
        let persisted = if force {
            temporary.persist(&path)
        } else {
            // Somebody may have made one since we looked.
            temporary.persist_noclobber(&path)
        };
        persisted.map_err(|error| fail(error.error))?;
        Ok(())
    }
}

fn command(project: &Project) -> String {
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
        project.app.name
    )
}

/// Docker finds such a base on this machine only.
fn notes(bases: &Bases) -> Vec<String> {
    let names = [&bases.build, &bases.runtime];
    let mut local = Vec::new();
    for name in names {
        let pin = bases.pins.iter().find(|pin| pin.name == name.to_string());
        let is_local = match pin {
            Some(pin) => pin.repository.is_none(),
            None => matches!(name, BaseName::Named(_)),
        };
        let text = name.to_string();
        if is_local && !local.contains(&text) {
            local.push(text);
        }
    }
    let note = |name| {
        format!(
            "the base `{name}` is in no registry that app.lock knows: elsewhere Docker won't find it; `paas base push` publishes it"
        )
    };
    local.into_iter().map(note).collect()
}
