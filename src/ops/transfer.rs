//! Images on their way between the engine and registries: signed in, and tried again.

use super::Tools;
use crate::credentials::Credentials;
use crate::image::{Digest, Reference};
use crate::registry::Client;
use crate::report::Event;
use crate::retry::{Policy, Verdict, retry};
use crate::{Error, Kind, Result};

/// Docker Hub's, where a name has no host.
const DEFAULT_HOST: &str = "docker.io";

/// Pushes a tag and returns the manifest's digest.
pub async fn push(name: &Reference, tools: &Tools<'_>) -> Result<Digest> {
    let credentials = credentials(tools.client, name).await?;
    again(tools, || {
        tools
            .engine
            .push(name, credentials.as_ref(), tools.reporter)
    })
    .await
}

/// Fetches an image by tag or digest.
pub async fn pull(name: &Reference, tools: &Tools<'_>) -> Result<()> {
    let credentials = credentials(tools.client, name).await?;
    again(tools, || {
        tools
            .engine
            .pull(name, credentials.as_ref(), tools.reporter)
    })
    .await
}

/// What `docker login` stored for the registry of `name`, as the engine takes it.
pub async fn credentials(client: &Client, name: &Reference) -> Result<Option<Credentials>> {
    let host = name.repository().host().unwrap_or(DEFAULT_HOST);
    client.credentials_for(host).await
}

async fn again<T, F>(tools: &Tools<'_>, operation: impl FnMut() -> F) -> Result<T>
where
    F: Future<Output = Result<T>>,
{
    let verdict = |error: &Error| match error.kind() {
        Kind::Unavailable => Verdict::Again,
        _ => Verdict::Stop,
    };
    retry(
        &Policy::default(),
        verdict,
        |attempt| {
            tools.reporter.report(Event::Warning(format!(
                "{}; trying again in {:.1} s ({} of {} tries)",
                attempt.error,
                attempt.delay.as_secs_f64(),
                attempt.number,
                attempt.of,
            )));
        },
        operation,
    )
    .await
}
