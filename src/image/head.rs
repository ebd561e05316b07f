/// Where a commit stands among the tags.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// 40 hex digits.
    pub commit: String,
    /// Committer time, seconds since 1970.
    pub time: i64,
    /// Nearest reachable tag as git has it (raw), lightweight ones too.
    pub tag: Option<String>,
    /// Commits since the tag; without a tag, all commits.
    pub distance: usize,
    /// At least 8 hex digits, more where 8 are ambiguous.
    pub abbreviation: String,
    /// The branch; `None` when detached.
    pub branch: Option<String>,
}
