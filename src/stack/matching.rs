use regex::Regex;

use super::files::Files;
use super::glob::Glob;
use super::placeholders::Found;
use crate::base::{Condition, Detect};

/// What an entry's conditions found, or `None` when it doesn't apply.
pub fn apply(entry: &Detect, files: &Files<'_>) -> Option<Found> {
    let finds = |glob: &String| files.find(&Glob::new(glob)).next().is_some();
    if !entry.files.iter().all(finds) {
        return None;
    }
    let found = match &entry.matching {
        Some(condition) => first(condition, files)?,
        None => Found::default(),
    };
    let without = entry.without.as_ref();
    match without.and_then(|condition| first(condition, files)) {
        Some(_) => None,
        None => Some(found),
    }
}

/// The first file, in the order of the globs, whose text the pattern finds.
fn first(condition: &Condition, files: &Files<'_>) -> Option<Found> {
    let regex = Regex::new(&condition.pattern).ok()?;
    condition.files.iter().find_map(|glob| {
        let glob = Glob::new(glob);
        let mut paths = files.find(&glob);
        paths.find_map(|path| find_in(path, &regex, files))
    })
}

fn find_in(path: &str, regex: &Regex, files: &Files<'_>) -> Option<Found> {
    let text = if regex.as_str().is_empty() {
        None
    } else {
        Some(files.text(path)?)
    };
    let captures = regex.captures(text.as_deref().unwrap_or_default())?;
    let groups = regex.capture_names().flatten();
    Some(Found::new(path, groups, &captures))
}
