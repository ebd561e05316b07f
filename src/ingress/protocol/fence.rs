use std::fmt;
use std::str::FromStr;

/// A lease as a change names it: the value of [`super::FENCE_HEADER`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fence {
    /// The lease's key.
    pub key: String,
    /// [`super::Lease::fence`].
    pub fence: u64,
}

impl fmt::Display for Fence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.key, self.fence)
    }
}

/// A text that is not a key, a blank and a number.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("a fence is a key, a blank and a number")]
pub struct BadFence;

impl FromStr for Fence {
    type Err = BadFence;

    fn from_str(text: &str) -> Result<Self, BadFence> {
        let (key, fence) = text.split_once(' ').ok_or(BadFence)?;
        Ok(Self {
            key: key.to_owned(),
            fence: fence.parse().map_err(|_| BadFence)?,
        })
    }
}
