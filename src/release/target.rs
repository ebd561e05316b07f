use std::fmt;

use serde::{Deserialize, Serialize};

/// An app's environment on a cluster: what is deployed to.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Target {
    /// The app's group.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// The app's name.
    pub app: String,
    /// The environment's name.
    pub environment: String,
}

impl Target {
    /// The app with its group: `trade/shop-api`.
    pub fn app_id(&self) -> String {
        match &self.group {
            Some(group) => format!("{group}/{}", self.app),
            None => self.app.clone(),
        }
    }

    /// A name for keys, unique on a cluster: `trade.shop-api.production`. None of its parts, all of
    /// them DNS labels, holds a dot.
    pub fn key(&self) -> String {
        match &self.group {
            Some(group) => format!("{group}.{}.{}", self.app, self.environment),
            None => format!("{}.{}", self.app, self.environment),
        }
    }
}

/// `trade/shop-api in production`, for people.
impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} in {}", self.app_id(), self.environment)
    }
}
