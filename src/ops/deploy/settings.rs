//! What users set on a cluster for a target: variables and secrets. They count from the next release on.

use std::collections::BTreeMap;

use crate::builder::SecretBytes;
use crate::cluster::{Cluster, Secrets};
use crate::release::{SecretRevision, Target};
use crate::{Error, Result};

/// Documents `env/NAME` hold a variable's value.
pub(super) const ENV: &str = "env/";
/// Documents `secrets/NAME/REVISION` hold a secret's value.
pub(super) const SECRETS: &str = "secrets/";
/// Documents `current-secrets/NAME` hold the revision that the next release gets.
pub(super) const CURRENT_SECRETS: &str = "current-secrets/";

/// Bytes of `NAME=VALUE` and the NUL behind it that Linux gives to a program: `MAX_ARG_STRLEN`.
const LONGEST_VARIABLE: usize = 128 * 1024;

/// What is set for a target.
#[derive(Clone, Debug, Default)]
pub struct TargetSettings {
    /// Variables that win over those of `app.toml`.
    pub env: BTreeMap<String, String>,
    /// The revision of each secret that the next release gets.
    pub secrets: BTreeMap<String, SecretRevision>,
    /// The values of these and of older revisions.
    pub values: Secrets,
}

impl TargetSettings {
    /// Reads them from the cluster.
    pub async fn load(cluster: &dyn Cluster, target: &Target) -> Result<Self> {
        let (env, current, values) = tokio::try_join!(
            cluster.documents(target, ENV),
            cluster.documents(target, CURRENT_SECRETS),
            cluster.documents(target, SECRETS),
        )?;
        let mut settings = Self::default();
        for (name, text) in env {
            let name = name.strip_prefix(ENV).unwrap_or(&name);
            settings.env.insert(name.to_owned(), text);
        }
        for (name, revision) in current {
            let name = name.strip_prefix(CURRENT_SECRETS).unwrap_or(&name);
            settings
                .secrets
                .insert(name.to_owned(), SecretRevision(revision));
        }
        for (path, value) in values {
            let path = path.strip_prefix(SECRETS).unwrap_or(&path);
            if let Some((name, revision)) = path.split_once('/') {
                let key = (name.to_owned(), revision.to_owned());
                settings
                    .values
                    .insert(key, SecretBytes::new(value.into_bytes()));
            }
        }
        Ok(settings)
    }
}

/// Sets a variable for the releases that follow, or with `None` leaves it to `app.toml` again.
pub async fn set_variable(
    cluster: &dyn Cluster,
    target: &Target,
    name: &str,
    value: Option<&str>,
) -> Result<()> {
    check_length(name, value.unwrap_or_default())?;
    let document = format!("{ENV}{name}");
    cluster.write_document(target, &document, value).await
}

/// Sets a secret for the releases that follow. A value that it has already leaves its revision, so
/// that nothing has to be deployed.
pub async fn set_secret(
    cluster: &dyn Cluster,
    target: &Target,
    name: &str,
    value: &str,
) -> Result<()> {
    check_length(name, value)?;
    let set = TargetSettings::load(cluster, target).await?;
    if let Some(revision) = set.secrets.get(name) {
        let key = (name.to_owned(), revision.0.clone());
        if set
            .values
            .get(&key)
            .is_some_and(|old| old.expose() == value.as_bytes())
        {
            return Ok(());
        }
    }
    let revision = format!("{:012x}", fastrand::u64(..) >> 16);
    let document = format!("{SECRETS}{name}/{revision}");
    cluster
        .write_document(target, &document, Some(value))
        .await?;
    let current = format!("{CURRENT_SECRETS}{name}");
    cluster
        .write_document(target, &current, Some(&revision))
        .await
}

/// The releases that follow get this secret no more. Its values stay for a way back.
pub async fn remove_secret(cluster: &dyn Cluster, target: &Target, name: &str) -> Result<()> {
    let current = format!("{CURRENT_SECRETS}{name}");
    cluster.write_document(target, &current, None).await
}

/// Refuses what no program could be started with.
fn check_length(name: &str, value: &str) -> Result<()> {
    if name.len() + value.len() + 2 > LONGEST_VARIABLE {
        return Err(Error::usage(format!(
            "the value of {name} has {} bytes: name and value of a variable may have 128 KiB",
            value.len()
        ))
        .hint("keep it in a file of the image or a volume, and say in the variable where it is"));
    }
    Ok(())
}
