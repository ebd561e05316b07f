use std::fmt;

/// One image: `<git-tag>[-<n>]-g<commit>-r<config revision>[-dirty.<8 hex>]`, at most 63 characters.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Version(String);

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
