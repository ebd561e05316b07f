use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::Serialize;

use super::{Bootstrap, DefinitionFile, Detect, Profile};
use crate::image::{Digest, Reference};
use crate::plan::{Defaults, template};

/// A base image as its folder describes it. Whatever is in it has passed its grammar.
#[derive(Clone, Debug)]
pub struct Definition {
    /// The folder's name; a DNS label.
    pub name: String,
    /// One line.
    pub description: String,
    /// The base that it is made from; `None` for a root, which has `pull` or `bootstrap`.
    pub parent: Option<String>,
    /// A root's image in a registry.
    pub pull: Option<Reference>,
    /// How a root is made where no registry has that image.
    pub bootstrap: Option<Bootstrap>,
    /// Debian packages.
    pub packages: Vec<String>,
    /// User and group that apps run as.
    pub user: u32,
    /// Base of the final image of apps; `None`: this one.
    pub runtime: Option<String>,
    /// The lowest wins among the bases that match in `paas init`.
    pub rank: u8,
    /// For apps that say nothing themselves.
    pub defaults: Defaults,
    /// What `paas init` proposes, in the file's order.
    pub detect: Vec<Detect>,
    /// Where it was loaded from; `None`: the binary.
    pub folder: Option<PathBuf>,
    pub(super) files: BTreeMap<String, DefinitionFile>,
}

impl Definition {
    /// The base of the final image of apps.
    pub fn runtime(&self) -> &str {
        self.runtime.as_deref().unwrap_or(&self.name)
    }

    /// Its script, where packages aren't enough.
    pub fn setup(&self) -> Option<&DefinitionFile> {
        self.files.get("setup.sh")
    }

    /// Files besides `base.toml`, `Dockerfile.tera` and `setup.sh`, by path within the folder.
    pub fn other_files(&self) -> impl Iterator<Item = (&str, &DefinitionFile)> {
        let own = ["base.toml", "Dockerfile.tera", "setup.sh"];
        let files = self.files.iter().map(|(path, file)| (path.as_str(), file));
        files.filter(move |(path, _)| !own.contains(path))
    }

    /// Stands for all that decides the image, apart from its parent: what `base.toml` says to
    /// `paas init` does not.
    pub fn digest(&self) -> Digest {
        #[derive(Serialize)]
        struct Content<'a> {
            description: &'a str,
            packages: &'a [String],
            pull: Option<&'a Reference>,
            bootstrap: Option<&'a Bootstrap>,
            profile: Option<String>,
            files: Vec<(&'a str, bool, Digest)>,
            templates: Digest,
        }
        let files = self.files.iter().filter(|(path, _)| *path != "base.toml");
        let content = Content {
            description: &self.description,
            packages: &self.packages,
            pull: self.pull.as_ref(),
            bootstrap: self.bootstrap.as_ref(),
            profile: Profile::of_chain(std::slice::from_ref(self)).map(|own| own.to_label()),
            files: files
                .map(|(path, file)| (path.as_str(), file.executable, Digest::of(&file.content)))
                .collect(),
            templates: Digest::of(
                [
                    template::STEP,
                    super::render::PACKAGES,
                    super::render::SETUP,
                ]
                .join("\0")
                .as_bytes(),
            ),
        };
        Digest::of(&serde_json::to_vec(&content).expect("strings, numbers and lists only"))
    }
}
