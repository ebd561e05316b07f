//! What an ejected Dockerfile's context leaves out: as near to `paas build` as Docker's own rules
//! come.

use std::fs;
use std::path::Path;

use super::Project;
use crate::config::{APP_FILE, LOCK_FILE};
use crate::plan::Layout;
use crate::source::Excludes;
use crate::{Error, Result};

/// Docker reads it instead of `.dockerignore`, which stays as it is.
pub(super) const FILE: &str = "Dockerfile.dockerignore";

/// The rules: what Docker ignored before, what `app.toml` excludes, what git ignores. Those of git
/// that Docker can't say are there as the files that they leave out, or don't, today. `project` is
/// loaded with explanations.
pub(super) fn text(project: &Project, layout: &Layout) -> Result<String> {
    let folder = &project.folder;
    let of_docker = read(&folder.join(".dockerignore"))?;
    let mut rules: Vec<String> = of_docker.lines().map(str::to_owned).collect();
    rules.extend(project.app.build.exclude.clone());
    // The last match wins, and what git ignores may be private.
    if !project.source.folder.as_os_str().is_empty() {
        let of_repository = read(&project.source.root.join(".gitignore"))?;
        // A rule with a folder in it is about the repository's folders, not the app's.
        let by_name = of_repository.lines().filter(|line| !is_anchored(line));
        rules.extend(by_name.filter_map(docker_rule));
    }
    let of_app = read(&folder.join(".gitignore"))?;
    rules.extend(of_app.lines().filter_map(docker_rule));
    rules.extend(left_out_by_git(project));
    rules.extend(taken_back(project, &rules)?);
    rules.extend([".git", APP_FILE, LOCK_FILE, "Dockerfile", FILE].map(str::to_owned));
    rules.push(format!("!{}", layout.own.trim_end_matches('/')));
    Ok(rules.join("\n") + "\n")
}

/// From nested `.gitignore`s, `.git/info/exclude` and the user's own file as well.
fn left_out_by_git(project: &Project) -> impl Iterator<Item = String> {
    let is_of_git = |origin: &str| origin != ".dockerignore" && origin != APP_FILE;
    let left_out = project.listing.left_out.iter();
    left_out
        .filter(move |left| is_of_git(&left.rule.origin))
        .map(|left| literal(left.path.trim_end_matches('/')))
}

/// Files of the app that the rules would leave out: git has them all the same, or an exception for
/// them.
fn taken_back(project: &Project, rules: &[String]) -> Result<Vec<String>> {
    let excludes = Excludes::new(&rules.join("\n"), &[])?;
    let files = project.listing.files.iter();
    Ok(files
        .filter(|file| excludes.rule_for(file.path.as_bytes()).is_some())
        .map(|file| format!("!{}", literal(&file.path)))
        .collect())
}

/// A rule for one path. A line can't end in a space or hold a line's end, so any character stands
/// for those.
fn literal(path: &str) -> String {
    let mut rule = String::with_capacity(path.len());
    for character in path.chars() {
        match character {
            '*' | '?' | '[' | ']' | '\\' | '!' | '#' => rule.extend(['\\', character]),
            character if character.is_whitespace() || character.is_control() => rule.push('?'),
            character => rule.push(character),
        }
    }
    rule
}

fn read(path: &Path) -> Result<String> {
    match fs::read(path) {
        Ok(bytes) => Ok(String::from_utf8_lossy(&bytes).into_owned()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(String::new()),
        Err(error) => Err(Error::usage(format!("cannot read {}", path.display())).caused_by(error)),
    }
}

/// Whether git takes the rule from the file's own folder, and not by name in any folder.
fn is_anchored(rule: &str) -> bool {
    rule.trim().trim_end_matches('/').contains('/')
}

/// A line of `.gitignore` as one of `.dockerignore`, whose rules are all anchored.
fn docker_rule(line: &str) -> Option<String> {
    let line = line.trim();
    if line.is_empty() || line.starts_with('#') {
        return None;
    }
    let (sign, rule) = match line.strip_prefix('!') {
        Some(rule) => ("!", rule),
        None => ("", line),
    };
    let place = if is_anchored(rule) { "" } else { "**/" };
    Some(format!("{sign}{place}{}", rule.trim_matches('/')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_a_rule_for_itself_only() {
        for path in ["a/b.env", "#a", "!a", "a*[b]?\\c", " a b "] {
            let excludes = Excludes::new(&literal(path), &[]).unwrap();
            assert!(excludes.rule_for(path.as_bytes()).is_some(), "{path}");
            assert!(excludes.rule_for(b"abc").is_none(), "{path}");
        }
    }

    #[test]
    fn rules_of_git_become_rules_of_docker() {
        for (git, docker) in [
            ("*.log", Some("**/*.log")),
            ("node_modules/", Some("**/node_modules")),
            ("/build", Some("build")),
            ("docs/*.pdf", Some("docs/*.pdf")),
            ("!keep.log", Some("!**/keep.log")),
            ("# why", None),
            ("", None),
        ] {
            assert_eq!(docker_rule(git).as_deref(), docker, "{git}");
        }
    }
}
