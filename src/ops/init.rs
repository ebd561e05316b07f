//! Writes an `app.toml` for a repository that has none.

use std::collections::HashMap;
use std::fs::{self, Permissions};
use std::io::{Read as _, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use crate::base::Definition;
use crate::config::{self, APP_FILE};
use crate::image::Reference;
use crate::source::{FileKind, ListingRequest, Source};
use crate::stack::{self, Files, LARGEST_FILE, Proposal};
use crate::{Error, Result};

/// Where to write, and what is known already.
#[derive(Clone, Debug, Default)]
pub struct InitOptions {
    /// The app's folder.
    pub folder: PathBuf,
    /// The app's name; otherwise the folder's.
    pub name: Option<String>,
    /// Whether to replace an `app.toml`.
    pub force: bool,
    /// `$XDG_CONFIG_HOME` or `~/.config`, for the user's own `git/ignore`.
    pub config_home: Option<PathBuf>,
}

/// What was found in an app's folder.
pub struct Survey {
    /// Where the file will be.
    pub path: PathBuf,
    /// The app's name.
    pub name: String,
    /// The best first.
    pub proposals: Vec<Proposal>,
    bases: Vec<Definition>,
    files: Files<'static>,
    force: bool,
}

/// Looks at the files that git would commit. Blocks. Fails where there is an `app.toml` that it may
/// not replace.
pub fn survey(options: &InitOptions) -> Result<Survey> {
    let source = Source::discover(&options.folder)?;
    let folder = source.root.join(&source.folder);
    let path = folder.join(APP_FILE);
    if !options.force && fs::symlink_metadata(&path).is_ok() {
        return Err(exists(&path));
    }
    let name = match &options.name {
        Some(name) if stack::is_label(name) => name.clone(),
        Some(name) => return Err(not_a_name(name)),
        None => stack::label(&folder.file_name().unwrap_or_default().to_string_lossy()),
    };
    let files = files(source, options)?;
    let bases = Definition::embedded_all();
    Ok(Survey {
        path,
        name,
        proposals: stack::propose(&bases, &files),
        bases,
        files,
        force: options.force,
    })
}

impl Survey {
    /// The proposals that nothing tells apart: one, or a question.
    pub fn best(&self) -> &[Proposal] {
        let Some(first) = self.proposals.first() else {
            return &[];
        };
        let is_best = |proposal: &Proposal| proposal.equals_in_rank(first);
        &self.proposals[..self.proposals.partition_point(is_best)]
    }

    /// Bases for apps, of which a person can choose one.
    pub fn choice(&self) -> impl Iterator<Item = &Definition> {
        let is_for_apps = |base: &&Definition| !base.detect.is_empty() || base.parent.is_none();
        self.bases.iter().filter(is_for_apps)
    }

    /// What an app on the base `base` would say: a name, or any image reference.
    pub fn with_base(&self, base: &str) -> Result<Proposal> {
        let definition = self.bases.iter().find(|known| known.name == base);
        let is_image = base.contains(['.', ':', '/', '@']) && base.parse::<Reference>().is_ok();
        if definition.is_none() && !is_image {
            let names: Vec<_> = self.choice().map(|base| base.name.as_str()).collect();
            return Err(
                Error::usage(format!("no base image is called `{}`", base.escape_debug())).hint(
                    format!(
                        "take one of {}, or an image reference like `debian:trixie`",
                        names.join(", ")
                    ),
                ),
            );
        }
        Ok(stack::propose_base(base, definition, &self.files))
    }

    /// Why there is no proposal.
    pub fn nothing_found(&self) -> Error {
        let looked_for: Vec<_> = self.choice().filter_map(looked_for).collect();
        Error::usage("no file tells what the app is written in")
            .detail(format!("looked for\n{}", looked_for.join("\n")))
            .hint("name the base image: `paas init --base NAME`")
    }

    /// Writes the file in one piece.
    pub fn write(&self, proposal: &Proposal) -> Result<()> {
        let text = stack::app_toml(&self.name, proposal);
        config::parse(&text, APP_FILE)?;
        let failed =
            |error| Error::usage(format!("cannot write {}", self.path.display())).caused_by(error);
        let folder = self.path.parent().unwrap_or(Path::new("."));
        let mut file = tempfile::Builder::new()
            .prefix(".app.toml.")
            .permissions(Permissions::from_mode(0o666))
            .tempfile_in(folder)
            .map_err(failed)?;
        file.write_all(text.as_bytes()).map_err(failed)?;
        file.as_file().sync_all().map_err(failed)?;
        let persisted = if self.force {
            file.persist(&self.path)
        } else {
            file.persist_noclobber(&self.path)
        };
        match persisted {
            Ok(_) => Ok(()),
            Err(error) if error.error.kind() == std::io::ErrorKind::AlreadyExists => {
                Err(exists(&self.path))
            }
            Err(error) => Err(failed(error.error)),
        }
    }
}

/// `python: manage.py, requirements.txt …`
fn looked_for(base: &Definition) -> Option<String> {
    let named = base.detect.iter().filter(|entry| entry.name.is_some());
    let globs = named.flat_map(|entry| {
        let matching = entry.matching.iter().flat_map(|matching| &matching.files);
        entry.files.iter().chain(matching)
    });
    let mut distinct: Vec<&str> = Vec::new();
    for glob in globs {
        if !distinct.contains(&glob.as_str()) {
            distinct.push(glob);
        }
    }
    (!distinct.is_empty()).then(|| format!("  {}: {}", base.name, distinct.join(", ")))
}

fn files(source: Source, options: &InitOptions) -> Result<Files<'static>> {
    let listing = source.listing(&ListingRequest {
        config_home: options.config_home.clone(),
        ..ListingRequest::default()
    })?;
    let is_file = |kind: &FileKind| matches!(kind, FileKind::File { .. });
    let by_path: HashMap<_, _> = listing
        .files
        .into_iter()
        .filter(|file| is_file(&file.kind))
        .map(|file| (file.path.clone(), file))
        .collect();
    let paths: Vec<_> = by_path.keys().cloned().collect();
    Ok(Files::new(paths, move |path| {
        let file = source.open_content(by_path.get(path)?).ok()?;
        let mut bytes = Vec::new();
        file.take(LARGEST_FILE).read_to_end(&mut bytes).ok()?;
        Some(bytes)
    }))
}

fn exists(path: &Path) -> Error {
    Error::refused(format!("{} exists", path.display())).hint("replace it with `--force`")
}

fn not_a_name(name: &str) -> Error {
    Error::usage(format!("`{}` is not an app name", name.escape_debug())).hint(format!(
        "lower-case letters, digits and `-` between them, at most 40 characters: `{}`",
        stack::label(name)
    ))
}
