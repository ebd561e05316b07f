use std::fs;
use std::path::{Path, PathBuf};

use crate::config::{LOCK_FILE, Lock, PinnedBase};

/// A repository with more folders than these is looked at in part.
const MOST_FOLDERS: usize = 20_000;
const DEEPEST: usize = 12;
/// Folders that are full of others and never hold an app of the repository's own.
const SKIPPED: [&str; 4] = ["node_modules", "target", "vendor", "venv"];

#[derive(Default)]
pub(super) struct Found {
    /// Each app's folder, relative, with a base it pins.
    pub pins: Vec<(PathBuf, PinnedBase)>,
    pub warnings: Vec<String>,
}

/// The pins in every `app.lock` below `root`, by path. Reads files: not for async threads.
pub(super) fn below(root: &Path) -> Found {
    let mut found = Found::default();
    let mut folders = vec![(root.to_owned(), 0)];
    let mut seen = 0;
    while let Some((folder, depth)) = folders.pop() {
        seen += 1;
        if seen > MOST_FOLDERS {
            let warning = format!("{} has more folders than are looked at", root.display());
            found.warnings.push(warning);
            break;
        }
        let mut has_lock = false;
        // Folders that can't be read hold no app of ours.
        for entry in fs::read_dir(&folder).into_iter().flatten().flatten() {
            let name = entry.file_name();
            let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
            has_lock |= name == LOCK_FILE;
            let name = name.to_string_lossy();
            let is_skipped = name.starts_with('.') || SKIPPED.contains(&&*name);
            if is_folder && !is_skipped && depth < DEEPEST {
                folders.push((entry.path(), depth + 1));
            }
        }
        if has_lock {
            add(root, &folder, &mut found);
        }
    }
    found.pins.sort_by(|(a, _), (b, _)| a.cmp(b));
    found
}

fn add(root: &Path, folder: &Path, found: &mut Found) {
    match Lock::load(folder) {
        Ok(lock) => {
            let app = folder.strip_prefix(root).unwrap_or(folder);
            let app = if app.as_os_str().is_empty() {
                Path::new(".")
            } else {
                app
            };
            let bases = lock.into_iter().flat_map(|lock| lock.bases);
            found.pins.extend(bases.map(|pin| (app.to_owned(), pin)));
        }
        Err(error) => found.warnings.push(error.to_string()),
    }
}
