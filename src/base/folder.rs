use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use super::{Definition, DefinitionFile, is_name, toml_file};
use crate::{Error, Result};

/// Files of a definition are kept in memory.
const LARGEST: u64 = 64 * 1024 * 1024;
const MOST_FILES: usize = 10_000;

impl Definition {
    /// Reads a team's own base from its folder, whose name is the base's.
    pub fn load(folder: &Path) -> Result<Self> {
        let shown = folder.display().to_string().escape_debug().to_string();
        let folder = fs::canonicalize(folder)
            .map_err(|error| Error::usage(format!("{shown} can't be read")).caused_by(error))?;
        let name = folder.file_name().and_then(|name| name.to_str());
        let name = name.filter(|name| is_name(name)).ok_or_else(|| {
            Error::usage(format!("the folder {shown} can't name a base image"))
                .hint("rename it: lower-case letters, digits and hyphens, at most 63")
        })?;
        let mut reading = Reading::default();
        reading.add(&folder, "")?;
        let display = format!("{shown}/base.toml");
        let definition = toml_file::read(name, reading.files, Some(folder.clone()), &display)?;
        toml_file::check_patterns(&definition, &display)?;
        Ok(definition)
    }

    /// What it is made from: the folder beside its own, or one of the platform's. `None` for a root.
    pub fn parent_definition(&self) -> Result<Option<Self>> {
        let Some(parent) = &self.parent else {
            return Ok(None);
        };
        let beside = self.folder.as_ref().and_then(|folder| folder.parent());
        if let Some(folder) = beside.map(|beside| beside.join(parent))
            && folder.join("base.toml").is_file()
        {
            return Self::load(&folder).map(Some);
        }
        Self::embedded(parent).map(Some).ok_or_else(|| {
            Error::usage(format!("the parent `{parent}` of base `{}` is unknown", self.name))
                .hint("`paas base list` shows the platform's bases; a team's own is a folder beside this one")
        })
    }
}

#[derive(Default)]
struct Reading {
    files: BTreeMap<String, DefinitionFile>,
    bytes: u64,
}

impl Reading {
    fn add(&mut self, folder: &Path, prefix: &str) -> Result<()> {
        let unreadable = |path: &Path, error| {
            Error::usage(format!("{} can't be read", path.display())).caused_by(error)
        };
        for entry in fs::read_dir(folder).map_err(|error| unreadable(folder, error))? {
            let path = entry.map_err(|error| unreadable(folder, error))?.path();
            let metadata = fs::symlink_metadata(&path).map_err(|error| unreadable(&path, error))?;
            let name = path.file_name().and_then(|name| name.to_str());
            let Some(name) = name.map(|name| format!("{prefix}{name}")) else {
                return Err(Error::usage(format!(
                    "the name of {} is not UTF-8",
                    path.display()
                )));
            };
            if metadata.is_dir() {
                self.add(&path, &format!("{name}/"))?;
                continue;
            }
            if !metadata.is_file() {
                return Err(
                    Error::usage(format!("{} is not a regular file", path.display()))
                        .hint("symbolic links, pipes and devices are refused in a base's folder"),
                );
            }
            self.bytes += metadata.len();
            if self.bytes > LARGEST || self.files.len() == MOST_FILES {
                return Err(Error::usage(format!(
                    "{} holds more than 64 MiB or {MOST_FILES} files",
                    folder.display()
                ))
                .hint("a base's folder holds nothing but its definition"));
            }
            let content = fs::read(&path)
                .map_err(|error| unreadable(&path, error))?
                .into();
            let executable = metadata.permissions().mode() & 0o100 != 0;
            self.files.insert(
                name,
                DefinitionFile {
                    content,
                    executable,
                },
            );
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
