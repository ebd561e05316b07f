use std::fmt;
use std::num::NonZeroU32;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::Process;
use crate::Error;

/// `web.2`: the second instance of the process `web`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct InstanceName {
    /// The process's name.
    pub process: String,
    /// From 1.
    pub number: NonZeroU32,
}

impl InstanceName {
    /// Whether it takes HTTP requests.
    pub fn is_web(&self) -> bool {
        self.process == Process::WEB
    }

    /// Names of `count` instances of `process`, from 1.
    pub fn range(process: &str, count: u32) -> impl Iterator<Item = Self> {
        (1..=count)
            .filter_map(NonZeroU32::new)
            .map(move |number| Self {
                process: process.to_owned(),
                number,
            })
    }
}

impl fmt::Display for InstanceName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.process, self.number)
    }
}

impl FromStr for InstanceName {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let parsed = text.rsplit_once('.').and_then(|(process, number)| {
            let plain = !number.starts_with(['0', '+']);
            let number = number.parse().ok().filter(|_| plain)?;
            (!process.is_empty()).then(|| Self {
                process: process.to_owned(),
                number,
            })
        });
        parsed.ok_or_else(|| {
            Error::usage(format!("`{}` is no instance", text.escape_debug()))
                .hint("instances are named PROCESS.NUMBER, as `web.1`; `paas status` shows them")
        })
    }
}

impl TryFrom<String> for InstanceName {
    type Error = Error;

    fn try_from(text: String) -> Result<Self, Error> {
        text.parse()
    }
}

impl From<InstanceName> for String {
    fn from(name: InstanceName) -> Self {
        name.to_string()
    }
}
