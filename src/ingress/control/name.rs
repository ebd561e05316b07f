use std::fmt;

/// Longest file name of most file systems is 255 bytes; the rest is for the suffix.
const LONGEST_FILE_NAME: usize = 240;
/// Stands for `/` in file names; no part holds it.
const SLASH: &str = "%2F";

/// The key of a route or lease: one part of `[A-Za-z0-9_.-]`, without a leading dot.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Key(String);

impl Key {
    pub(super) fn parse(text: &str) -> Option<Self> {
        let short = text.len() <= LONGEST_FILE_NAME;
        (short && is_part(text)).then(|| Self(text.to_owned()))
    }

    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A document's name: such parts, with slashes between them. All documents lie in one folder, so
/// that a name is never a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct DocumentName(String);

impl DocumentName {
    pub(super) fn parse(text: &str) -> Option<Self> {
        let name = Self(text.to_owned());
        let good = text.split('/').all(is_part) && name.file_name().len() <= LONGEST_FILE_NAME;
        good.then_some(name)
    }

    pub(super) fn of_file(file_name: &str) -> Option<Self> {
        Self::parse(&file_name.replace(SLASH, "/"))
    }

    pub(super) fn file_name(&self) -> String {
        self.0.replace('/', SLASH)
    }

    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for DocumentName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn is_part(text: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"_.-".contains(&byte);
    !text.is_empty() && !text.starts_with('.') && text.bytes().all(allowed)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOSTILE: [&str; 14] = [
        "", ".", "..", ".hidden", "a b", "a%2Fb", "a\\b", "a\0", "ä", "a\n", "a;id", "$(id)",
        "a?b", "~",
    ];

    #[test]
    fn names_are_not_paths() {
        for text in HOSTILE {
            assert_eq!(Key::parse(text), None, "{text:?}");
            assert_eq!(DocumentName::parse(text), None, "{text:?}");
            assert_eq!(DocumentName::parse(&format!("a/{text}")), None, "{text:?}");
            assert_eq!(DocumentName::parse(&format!("{text}/a")), None, "{text:?}");
        }
        assert_eq!(Key::parse("a/b"), None);
        assert_eq!(Key::parse(&"a".repeat(241)), None);
        assert_eq!(DocumentName::parse(&"a/".repeat(61)), None);
    }

    #[test]
    fn a_file_tells_its_document() {
        let name = DocumentName::parse("targets/trade.shop-api.production/env/A_B").unwrap();
        let file = name.file_name();
        assert!(!file.contains('/'));
        assert_eq!(DocumentName::of_file(&file), Some(name));
        assert!(Key::parse("trade.shop-api.production").is_some());
    }
}
