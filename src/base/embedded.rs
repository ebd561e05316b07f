use std::collections::BTreeMap;

use bytes::Bytes;
use include_dir::{Dir, include_dir};

use super::{Definition, DefinitionFile, is_name, toml_file};

static BASES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/base-images");

impl Definition {
    /// The platform's base of this name. Reads no other one.
    pub fn embedded(name: &str) -> Option<Self> {
        if !is_name(name) {
            return None;
        }
        BASES.get_dir(name).map(read)
    }

    /// All of the platform's, by name.
    pub fn embedded_all() -> Vec<Self> {
        let mut all: Vec<Self> = BASES.dirs().map(read).collect();
        all.sort_by(|a, b| a.name.cmp(&b.name));
        all
    }
}

fn read(folder: &Dir<'static>) -> Definition {
    let name = folder
        .path()
        .to_str()
        .expect("names of the platform's bases are UTF-8");
    let files: BTreeMap<String, DefinitionFile> = folder
        .files()
        .map(|file| {
            let path = file.path().strip_prefix(name).expect("within its folder");
            let file = DefinitionFile {
                content: Bytes::from_static(file.contents()),
                executable: false,
            };
            (path.to_string_lossy().into_owned(), file)
        })
        .collect();
    let display = format!("base-images/{name}/base.toml");
    toml_file::read(name, files, None, &display).expect("a test reads all of the platform's bases")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_one_is_valid() {
        let all = Definition::embedded_all();
        assert_eq!(all.len(), BASES.dirs().count());
        assert!(all.len() >= 15);
        for base in &all {
            assert!(is_name(&base.name));
            toml_file::check_patterns(base, &base.name).unwrap();
            let known = |name: &Option<String>| {
                name.as_deref()
                    .is_none_or(|name| BASES.get_dir(name).is_some())
            };
            assert!(known(&base.parent) && known(&base.runtime), "{}", base.name);
            let parent = "paas/parent:latest".parse().unwrap();
            let dockerfile = base.render(&parent).unwrap();
            assert!(dockerfile.starts_with("FROM paas/parent:latest\n"));
            let has = |step: &str| dockerfile.contains(&format!("\"{step}\"]"));
            assert_eq!(has("packages"), !base.packages.is_empty(), "{}", base.name);
            assert_eq!(has("setup"), base.setup().is_some(), "{}", base.name);
        }
        let digests: std::collections::BTreeSet<_> =
            all.iter().map(|base| base.digest().to_string()).collect();
        assert_eq!(digests.len(), all.len());
    }

    #[test]
    fn only_names_find_one() {
        for name in ["", ".", "..", "python/setup.sh", "python/", "/python", "x"] {
            assert!(Definition::embedded(name).is_none(), "{name:?}");
        }
    }

    #[test]
    fn has_what_its_file_says() {
        let python = Definition::embedded("python").unwrap();
        assert_eq!(python.parent.as_deref(), Some("python-runtime"));
        assert_eq!(
            (python.runtime(), python.user, python.rank),
            ("python-runtime", 10001, 50)
        );
        assert_eq!(python.defaults.dependencies_output, ["/venv"]);
        assert_eq!(python.defaults.start, None);
        let is_uv = |entry: &&crate::base::Detect| entry.name.as_deref() == Some("uv");
        let uv = python.detect.iter().find(is_uv).unwrap();
        let keys: Vec<_> = uv.values.keys().collect();
        assert_eq!(
            keys,
            ["build.dependencies.files", "build.dependencies.script"]
        );
        insta::assert_snapshot!(
            python
                .render(&"paas/python-runtime:1".parse().unwrap())
                .unwrap()
        );
    }
}
