use bytes::Bytes;

/// A file of a definition's folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DefinitionFile {
    /// What is in it.
    pub content: Bytes,
    /// Whether its owner may execute it.
    pub executable: bool,
}

impl DefinitionFile {
    /// As text.
    pub fn text(&self) -> Option<&str> {
        std::str::from_utf8(&self.content).ok()
    }
}
