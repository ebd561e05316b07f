use std::fs::Permissions;
use std::io::Write;
use std::ops::Range;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use tempfile::Builder;
use toml::de::{DeTable, DeValue};

use super::{FORMAT, LOCK_FILE, Lock};
use crate::config::file;
use crate::config::problem::{Problems, Refusal};
use crate::{Error, Result};

const HEADER: &str = "# Written by paas; commit this file.\n\n";

impl Lock {
    /// The `app.lock` in the folder `dir`, if there is one.
    pub fn load(dir: &Path) -> Result<Option<Self>> {
        let path = dir.join(LOCK_FILE);
        let display = path.display().to_string().escape_debug().to_string();
        let text = file::read(&path, &display)?;
        text.map(|text| Self::parse(&text, &display)).transpose()
    }

    /// The file's text: the same for the same lock.
    pub fn to_toml(&self) -> Result<String> {
        let body = toml::to_string(self)
            .map_err(|e| Error::unexpected(format!("{LOCK_FILE} can't be written")).caused_by(e))?;
        Ok(format!("{HEADER}{body}"))
    }

    /// Replaces the `app.lock` in the folder `dir` at once: a reader sees the old one or the new one.
    pub fn save(&self, dir: &Path) -> Result<()> {
        let text = self.to_toml()?;
        replace(dir, &text).map_err(|e| {
            Error::usage(format!(
                "{} can't be written",
                dir.join(LOCK_FILE).display()
            ))
            .caused_by(e)
        })
    }

    fn parse(text: &str, display: &str) -> Result<Self> {
        let fail = |span: Range<usize>, refusal| {
            let problems = Problems::default();
            problems.add(span, refusal);
            Err(problems.into_error(display, text))
        };
        if let Some(span) = conflict(text) {
            let refusal = Refusal::new(format!("{display} has an unresolved merge conflict"));
            return fail(span, refusal.hint(format!(
                "take either side (`git checkout --ours {LOCK_FILE}`), then `paas build` writes it anew"
            )));
        }
        if let Some((span, version)) = unknown_version(text) {
            let message = format!("{display} has format {version}, known is {FORMAT}");
            return fail(
                span,
                Refusal::new(message).hint("a newer paas wrote it: update paas"),
            );
        }
        toml::from_str(text).or_else(|e| {
            let message = format!("{display} is not valid: {}", e.message());
            fail(
                e.span().unwrap_or(0..0),
                Refusal::new(message).hint(format!(
                    "restore it from git: `git checkout HEAD -- {LOCK_FILE}`"
                )),
            )
        })
    }
}

/// Where git left its markers.
fn conflict(text: &str) -> Option<Range<usize>> {
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        if ["<<<<<<<", "=======", ">>>>>>>"]
            .iter()
            .any(|marker| line.starts_with(marker))
        {
            return Some(at..at + line.trim_end().len());
        }
        at += line.len();
    }
    None
}

fn unknown_version(text: &str) -> Option<(Range<usize>, String)> {
    let document = DeTable::parse(text).ok()?;
    let version = document.get_ref().get("version")?;
    let DeValue::Integer(number) = version.get_ref() else {
        return None;
    };
    let known = number.as_str() == FORMAT.to_string();
    (!known).then(|| (version.span(), number.as_str().to_owned()))
}

fn replace(dir: &Path, text: &str) -> std::io::Result<()> {
    let mut file = Builder::new()
        .prefix(".app.lock.")
        .permissions(Permissions::from_mode(0o666))
        .tempfile_in(dir)?;
    file.write_all(text.as_bytes())?;
    file.as_file().sync_all()?;
    file.persist(dir.join(LOCK_FILE)).map_err(|e| e.error)?;
    std::fs::File::open(dir)?.sync_all()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::fs;

    use insta::assert_snapshot;
    use tempfile::TempDir;

    use super::super::PinnedBase;
    use super::*;
    use crate::image::Digest;

    fn lock() -> Lock {
        let base = |name: &str, repository: Option<&str>| PinnedBase {
            name: name.to_owned(),
            repository: repository.map(|name| name.parse().unwrap()),
            digest: Digest::of(name.as_bytes()),
            profile: None,
        };
        let inputs = [
            ("build.script", "2c26b46b68ff"),
            ("base.python", "fcde2b2edba5"),
        ];
        let inputs: BTreeMap<_, _> = inputs
            .map(|(key, digest)| (key.to_owned(), digest.to_owned()))
            .into();
        let bases = vec![
            base("python", Some("registry.example/paas/python")),
            base("node", None),
        ];
        Lock::next(None, Digest::of(b"configuration"), inputs, bases)
    }

    fn error(text: &str) -> String {
        let error = Lock::parse(text, "app.lock").unwrap_err();
        let detail = error.detail_text().unwrap_or_default();
        format!("{error}\n{detail}\n{}", error.hints().join("\n"))
    }

    #[test]
    fn is_written_for_people_and_diffs() {
        insta::assert_snapshot!(lock().to_toml().unwrap());
    }

    #[test]
    fn reads_what_it_saved_and_leaves_nothing_else() {
        let dir = TempDir::new().unwrap();
        assert_eq!(Lock::load(dir.path()).unwrap(), None);
        lock().save(dir.path()).unwrap();
        lock().save(dir.path()).unwrap();
        assert_eq!(Lock::load(dir.path()).unwrap(), Some(lock()));
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1);
        let mode = fs::metadata(dir.path().join(LOCK_FILE))
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o400, 0o400);
        assert_ne!(mode & 0o044, 0, "others may read it, as the umask allows");
    }

    #[test]
    fn a_folder_that_is_gone_is_an_error() {
        let dir = TempDir::new().unwrap();
        let error = lock().save(&dir.path().join("gone")).unwrap_err();
        assert!(
            error.message().ends_with("gone/app.lock can't be written"),
            "{error}"
        );
    }

    #[test]
    fn a_link_is_not_followed() {
        let dir = TempDir::new().unwrap();
        fs::write(dir.path().join("elsewhere"), lock().to_toml().unwrap()).unwrap();
        std::os::unix::fs::symlink("elsewhere", dir.path().join(LOCK_FILE)).unwrap();
        let error = Lock::load(dir.path()).unwrap_err();
        assert!(
            error.message().ends_with("app.lock is not a regular file"),
            "{error}"
        );
    }

    #[test]
    fn a_merge_conflict_is_recognised() {
        let text = "version = 1\n<<<<<<< HEAD\nrevision = 7\n=======\nrevision = 8\n>>>>>>> x\n";
        assert_snapshot!(error(text));
    }

    #[test]
    fn a_newer_format_asks_for_a_newer_program() {
        assert_snapshot!(error("version = 2\nsomething = \"new\"\n"));
    }

    #[test]
    fn errors_show_the_place() {
        assert_snapshot!(error("version = 1\nrevision = \"x\"\n"));
        assert_snapshot!(error(
            "version = 1\nrevision = 1\nconfiguration = \"md5:1\"\n"
        ));
        assert_snapshot!(error("version = \n"));
    }
}
