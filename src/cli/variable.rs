//! What `paas env` and `paas secret` have in common.

use std::str::FromStr;

use jiff::Timestamp;
use serde::Serialize;

use super::Session;
use super::target::EnvironmentArgument;
use crate::cluster::Cluster;
use crate::ops::clusters;
use crate::ops::deploy::Selected;
use crate::ops::history::{self, Happening};
use crate::release::Target;
use crate::{Error, Result};

/// `NAME=VALUE`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assignment {
    /// An environment variable.
    pub name: String,
    /// Its value.
    pub value: String,
}

impl FromStr for Assignment {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let (variable, value) = text
            .split_once('=')
            .ok_or_else(|| Error::usage("write NAME=VALUE"))?;
        Ok(Self {
            name: name(variable)?,
            value: value.to_owned(),
        })
    }
}

/// Checks the name of an environment variable.
pub fn name(text: &str) -> Result<String> {
    let is_word = text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    if text.is_empty() || !is_word || text.starts_with(|c: char| c.is_ascii_digit()) {
        return Err(Error::usage("a variable's name has letters, digits and _"));
    }
    if text.starts_with("PAAS_") || text == "PORT" {
        return Err(Error::usage(format!("{text} is set by paas itself")));
    }
    Ok(text.to_owned())
}

/// Reads from the environment's cluster.
pub fn read<T>(
    session: &Session,
    environment: &EnvironmentArgument,
    read: impl AsyncFnOnce(&dyn Cluster, &Target) -> Result<T>,
) -> Result<T> {
    let folder = session.app_folder()?;
    let settings = session.settings()?;
    session.operate(async |reporter| {
        let selected = Selected::load(&folder, environment.environment.as_deref())?;
        let cluster = clusters::open(&selected.cluster, &settings, &reporter).await?;
        read(&*cluster, &selected.target).await
    })
}

/// What was changed.
#[derive(Debug, Default, Serialize)]
pub struct Changed<'a> {
    /// Names that have a new value.
    pub set: Vec<&'a str>,
    /// Names that have none any more.
    pub unset: Vec<&'a str>,
}

/// What `--json` prints of a change.
#[derive(Serialize)]
struct Document<'a> {
    app: String,
    environment: String,
    #[serde(flatten)]
    changed: &'a Changed<'a>,
}

/// Changes what is set on the environment's cluster, and writes down that it was done.
pub fn change(
    session: &Session,
    environment: &EnvironmentArgument,
    what: &str,
    changed: &Changed<'_>,
    change: impl AsyncFnOnce(&dyn Cluster, &Target) -> Result<()>,
) -> Result<()> {
    let who = session.settings()?.user;
    let target = read(session, environment, async |cluster, target| {
        change(cluster, target).await?;
        let happening = Happening {
            time: Timestamp::now(),
            who,
            what: what.to_owned(),
            error: None,
        };
        history::write(cluster, target, &happening).await?;
        Ok(target.clone())
    })?;
    if session.global.json {
        return session.ui.print_json(&Document {
            app: target.app_id(),
            environment: target.environment,
            changed,
        });
    }
    session
        .ui
        .note(&format!("{what}: counts from the next `paas deploy` on"));
    Ok(())
}
