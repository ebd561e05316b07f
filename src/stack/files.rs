use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use super::glob::Glob;

/// Larger files are read up to here: a program's entry point or list of dependencies is smaller.
pub const LARGEST_FILE: u64 = 1024 * 1024;

/// Beyond these, the deepest files are not looked at, and nothing more is read.
const MOST_FILES: usize = 5_000;
const MOST_BYTES: usize = 64 * 1024 * 1024;

/// Folders of somebody else's code, and of tests: no program of the app starts there.
const FOREIGN: [&str; 14] = [
    "__pycache__",
    "__tests__",
    "bower_components",
    "env",
    "fixtures",
    "node_modules",
    "site-packages",
    "spec",
    "test",
    "testdata",
    "tests",
    "third_party",
    "vendor",
    "venv",
];

type Read<'a> = dyn Fn(&str) -> Option<Vec<u8>> + 'a;

/// An app's files as the rules see them: shallow ones first, then by name; text is read when a rule
/// asks for it, once.
pub struct Files<'a> {
    paths: Vec<String>,
    read: Box<Read<'a>>,
    texts: RefCell<Texts>,
}

#[derive(Default)]
struct Texts {
    by_path: HashMap<String, Option<Rc<str>>>,
    bytes: usize,
}

impl<'a> Files<'a> {
    /// `paths` are relative to the app's folder, with `/` between folders; `read` gives the first
    /// [`LARGEST_FILE`] bytes of one, or `None` where it can't be read.
    pub fn new(
        paths: impl IntoIterator<Item = String>,
        read: impl Fn(&str) -> Option<Vec<u8>> + 'a,
    ) -> Self {
        let mut paths: Vec<String> = paths.into_iter().filter(|path| is_plain(path)).collect();
        paths.sort_by_cached_key(|path| (path.matches('/').count(), path.clone()));
        paths.truncate(MOST_FILES);
        Self {
            paths,
            read: Box::new(read),
            texts: RefCell::default(),
        }
    }

    /// Those that `glob` finds.
    pub fn find(&self, glob: &Glob) -> impl Iterator<Item = &str> {
        let paths = self.paths.iter().map(String::as_str);
        paths.filter(move |path| glob.finds(path))
    }

    /// Bytes that are no UTF-8 are replaced.
    pub fn text(&self, path: &str) -> Option<Rc<str>> {
        let mut texts = self.texts.borrow_mut();
        if let Some(text) = texts.by_path.get(path) {
            return text.clone();
        }
        let text = if texts.bytes < MOST_BYTES {
            (self.read)(path).map(|bytes| Rc::from(String::from_utf8_lossy(&bytes)))
        } else {
            None
        };
        texts.bytes += text.as_ref().map_or(0, |text: &Rc<str>| text.len());
        texts.by_path.insert(path.to_owned(), text.clone());
        text
    }
}

/// Paths become part of shell code: one that would need quotes is passed over.
fn is_plain(path: &str) -> bool {
    let mut parts = path.split('/').rev();
    let is_part = |part: &str| {
        !part.is_empty()
            && !part.starts_with('-')
            && part
                .chars()
                .all(|c| c.is_alphanumeric() || "._@+-".contains(c))
    };
    let is_folder =
        |part: &str| is_part(part) && !part.starts_with('.') && !FOREIGN.contains(&part);
    parts.next().is_some_and(is_part) && parts.all(is_folder)
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    fn found(paths: &[&str], glob: &str) -> Vec<String> {
        let files = Files::new(paths.iter().map(|&path| path.to_owned()), |_| None);
        files.find(&Glob::new(glob)).map(str::to_owned).collect()
    }

    #[test]
    fn shallow_files_come_first() {
        let paths = ["b/a/x.py", "z.py", "b/x.py", "a.py", "a/x.py"];
        assert_eq!(
            found(&paths, "**/*.py"),
            ["a.py", "z.py", "a/x.py", "b/x.py", "b/a/x.py"]
        );
    }

    #[test]
    fn foreign_hidden_and_odd_files_are_passed_over() {
        for path in [
            "node_modules/x.js",
            "web/vendor/x.js",
            "tests/x.js",
            ".yarn/x.js",
            "../x.js",
            "/x.js",
            "$(id).js",
            "a b.js",
            "a;b/x.js",
            "-x.js",
            "-a/x.js",
            "a'.js",
            "a\n.js",
            "",
        ] {
            assert!(found(&[path], "**").is_empty(), "{path:?}");
        }
        for path in ["vendor", "tests", "ä/b.js", ".babelrc.js", "@x/y+z_1-2.js"] {
            assert_eq!(found(&[path], "**"), [path]);
        }
    }

    #[test]
    fn work_is_bounded() {
        let many = (0..MOST_FILES).map(|n| format!("a/{n}.py"));
        let files = Files::new(many.chain(["z.py".to_owned()]), |_| None);
        let found: Vec<_> = files.find(&Glob::new("**/*.py")).collect();
        assert_eq!((found.len(), found[0]), (MOST_FILES, "z.py"));

        let reads = Cell::new(0);
        let large = usize::try_from(LARGEST_FILE).unwrap();
        let files = Files::new([], |_| {
            reads.set(reads.get() + 1);
            Some(vec![b'x'; large])
        });
        for n in 0..100 {
            files.text(&format!("{n}"));
            files.text(&format!("{n}"));
        }
        assert_eq!(reads.get(), MOST_BYTES / large);
    }

    #[test]
    fn any_bytes_are_text() {
        let files = Files::new([], |_| Some(b"a\xff\0b".to_vec()));
        assert_eq!(files.text("x").as_deref(), Some("a\u{fffd}\0b"));
    }
}
