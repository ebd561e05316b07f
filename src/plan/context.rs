use std::path::PathBuf;
use std::sync::Arc;

use super::template;
use super::{CodeSource, Recipe};
use crate::context::{ContextFile, FileKind, Listing};
use crate::{Error, Result};

/// Where a Dockerfile finds the app's files and ours in its context.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Layout {
    /// Prefix of the app's files: `app/`, or `.` for an ejected Dockerfile.
    pub source: String,
    /// Prefix of ours: `paas/`.
    pub own: String,
}

impl Layout {
    /// The virtual tree that `paas build` serves: two folders, so that no name in the repository
    /// can meet a name of ours.
    pub fn served() -> Self {
        Self {
            source: "app/".to_owned(),
            own: "paas/".to_owned(),
        }
    }

    /// A real tree, for `paas eject`.
    pub fn ejected() -> Self {
        Self {
            source: ".".to_owned(),
            own: ".paas/".to_owned(),
        }
    }
}

/// One file of ours or of the app, at its place in the context.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Placed {
    /// Relative, `/` between components.
    pub path: String,
    /// Where its bytes are.
    pub content: PlacedContent,
    /// The path in the listing, whose time the entry carries; `None` for files of ours.
    pub listed: Option<String>,
}

/// Where the bytes of an entry are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PlacedContent {
    /// In memory.
    Bytes(Arc<[u8]>),
    /// On disk.
    Disk {
        /// Where.
        origin: PathBuf,
        /// Bytes.
        size: u64,
        /// Git's x bit.
        executable: bool,
    },
    /// A symbolic link.
    Link(PathBuf),
}

/// The files of ours, sorted by path: steps with their scripts, start scripts, dependency files.
/// Fails when a script or dependency file is not among the context's files.
pub fn own_files(recipe: &Recipe, listing: &Listing, layout: &Layout) -> Result<Vec<Placed>> {
    let mut files = Vec::new();
    let own = &layout.own;
    let bytes = |path: String, text: &str| Placed {
        path,
        content: PlacedContent::Bytes(text.as_bytes().into()),
        listed: None,
    };
    if !recipe.packages.is_empty() {
        let list = recipe.packages.join("\n") + "\n";
        files.push(bytes(format!("{own}steps/packages/packages"), &list));
        files.push(bytes(format!("{own}steps/packages/run"), template::STEP));
    }
    let steps = [
        (
            "dependencies",
            recipe.dependencies.as_ref().map(|step| &step.script),
        ),
        ("build", recipe.build.as_ref()),
    ];
    for (name, code) in steps {
        let Some(code) = code else { continue };
        files.push(script(
            format!("{own}steps/{name}/{name}.sh"),
            &code.source,
            listing,
        )?);
        files.push(bytes(format!("{own}steps/{name}/run"), template::STEP));
    }
    if let Some(step) = &recipe.dependencies {
        for path in &step.files {
            let file = listed(listing, path, "[build] dependencies.files")?;
            files.push(place(format!("{own}dependencies/{path}"), file));
        }
    }
    files.push(bytes(format!("{own}runtime/start"), template::START));
    for (name, code) in &recipe.processes {
        files.push(script(
            format!("{own}runtime/processes/{name}.sh"),
            &code.source,
            listing,
        )?);
    }
    files.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(files)
}

/// The app's files at their places, in the listing's order.
pub fn app_files<'a>(
    listing: &'a Listing,
    layout: &'a Layout,
) -> impl Iterator<Item = Placed> + 'a {
    listing
        .files
        .iter()
        .map(|file| place(format!("{}{}", layout.source, file.path), file))
}

fn script(path: String, source: &CodeSource, listing: &Listing) -> Result<Placed> {
    match source {
        CodeSource::Script(code) => Ok(Placed {
            path,
            content: PlacedContent::Bytes(format!("{}\n", code.trim_end()).into_bytes().into()),
            listed: None,
        }),
        CodeSource::File(file) => Ok(place(path, listed(listing, file, "a script")?)),
    }
}

fn listed<'a>(listing: &'a Listing, path: &str, what: &str) -> Result<&'a ContextFile> {
    let index = listing
        .files
        .binary_search_by(|file| file.path.as_str().cmp(path));
    match index {
        Ok(index) => Ok(&listing.files[index]),
        Err(_) => Err(Error::usage(format!(
            "{what} names `{path}`, which is not in the context"
        ))
        .hint("`paas plan --context` lists the files, and the rule for each that is left out")),
    }
}

fn place(path: String, file: &ContextFile) -> Placed {
    let content = match &file.kind {
        FileKind::File { executable, size } => PlacedContent::Disk {
            origin: file.origin.clone(),
            size: *size,
            executable: *executable,
        },
        FileKind::Symlink { target } => PlacedContent::Link(target.clone()),
    };
    Placed {
        path,
        content,
        listed: Some(file.path.clone()),
    }
}
