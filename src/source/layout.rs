use crate::context::ContextFile;
use crate::{Error, Result};

/// The app's own files: they steer the build, and changing them is no change of the content.
const OWN: [&[u8]; 3] = [b"app.toml", b"app.lock", b".dockerignore"];

/// Which part of the repository is an app's content, and where it appears. Files of the app's
/// folder appear by their path from there, included ones by their path from the root.
pub struct Layout {
    /// Empty, or with `/` at the end.
    app: Vec<u8>,
    /// Without `/` at the end; none is inside another or in the app's folder.
    includes: Vec<Vec<u8>>,
}

impl Layout {
    /// `app` is the app's folder from the root; `includes` are paths from the root.
    pub fn new(app: &[u8], includes: &[String]) -> Result<Self> {
        let mut app = app.to_vec();
        if !app.is_empty() {
            app.push(b'/');
        }
        let mut layout = Self {
            app,
            includes: Vec::new(),
        };
        let mut includes = includes.to_vec();
        includes.sort();
        for include in &includes {
            let path = checked(include)?;
            let folder = [path.as_bytes(), b"/"].concat();
            if layout.app.starts_with(&folder) {
                return Err(Error::usage(format!(
                    "the included path `{}` contains the app's own folder",
                    include.escape_debug()
                ))
                .hint("include the folders beside it, one by one"));
            }
            if !layout.contains(path.as_bytes()) {
                layout.includes.push(path.into_bytes());
            }
        }
        Ok(layout)
    }

    /// The app's folder: empty, or with `/` at the end.
    pub fn app(&self) -> &[u8] {
        &self.app
    }

    /// Paths from the root that are content beside the app's folder.
    pub fn includes(&self) -> &[Vec<u8>] {
        &self.includes
    }

    /// Whether a path from the root is the app's content.
    pub fn contains(&self, path: &[u8]) -> bool {
        path.starts_with(&self.app) || self.includes.iter().any(|i| is_at_or_below(path, i))
    }

    /// Whether anything below a folder (with `/` at the end, or empty) is the app's content.
    pub fn reaches(&self, folder: &[u8]) -> bool {
        self.contains(folder)
            || self.app.starts_with(folder)
            || self
                .includes
                .iter()
                .any(|include| include.starts_with(folder))
    }

    /// Where a path from the root appears in the context.
    pub fn place<'a>(&self, path: &'a [u8]) -> &'a [u8] {
        path.strip_prefix(self.app.as_slice()).unwrap_or(path)
    }

    /// Refuses files of the app and included ones that would meet at one place. `files` is sorted.
    pub fn check_collisions(&self, files: &[ContextFile]) -> Result<()> {
        if self.app.is_empty() || self.includes.is_empty() {
            return Ok(());
        }
        let exists = |path: &[u8]| {
            files
                .binary_search_by(|f| f.path.as_bytes().cmp(path))
                .is_ok()
        };
        let meets = |path: &[u8]| {
            Error::refused(format!(
                "`{}` is both in the app's folder and an included path",
                path.escape_ascii()
            ))
            .hint("rename one of them: included files appear by their path from the root")
        };
        let mut pairs = files.windows(2);
        if let Some(pair) = pairs.find(|pair| pair[0].path == pair[1].path) {
            return Err(meets(pair[0].path.as_bytes()));
        }
        for include in &self.includes {
            let above = (0..include.len())
                .filter(|&at| include[at] == b'/')
                .map(|at| &include[..at]);
            if let Some(path) = above.clone().find(|path| exists(path)) {
                return Err(meets(path));
            }
            let below = [include.as_slice(), b"/"].concat();
            let start = files.partition_point(|file| file.path.as_bytes() < below.as_slice());
            let has_below = files
                .get(start)
                .is_some_and(|file| file.path.as_bytes().starts_with(&below));
            if exists(include) && has_below {
                return Err(meets(include));
            }
        }
        Ok(())
    }

    /// Whether a place in the context is one of the app's own files.
    pub fn is_own(place: &[u8]) -> bool {
        OWN.contains(&place)
    }
}

fn is_at_or_below(path: &[u8], folder: &[u8]) -> bool {
    path.strip_prefix(folder)
        .is_some_and(|rest| rest.is_empty() || rest[0] == b'/')
}

fn checked(include: &str) -> Result<String> {
    let path = include.trim_start_matches("./").trim_end_matches('/');
    let is_plain = path
        .split('/')
        .all(|part| !part.is_empty() && part != "." && part != ".." && part != ".git");
    if is_plain && !path.contains('\0') {
        Ok(path.to_owned())
    } else {
        Err(
            Error::usage(format!("`{}` can't be included", include.escape_debug()))
                .hint("write a path from the repository's root: `libs/common`"),
        )
    }
}
