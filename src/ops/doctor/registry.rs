use super::{Check, PATIENCE};
use crate::credentials::Credentials;
use crate::registry::Client;
use crate::{Error, Result};

const NAME: &str = "registry";

/// Whether it is there and takes our credentials.
pub(super) async fn check(client: &Client, host: Option<&str>) -> Check {
    let Some(host) = host else {
        return Check::ok(NAME, "none: images stay on this machine")
            .hint("name one with `registry` in app.toml, PAAS_REGISTRY or `--registry`");
    };
    let answer = tokio::time::timeout(PATIENCE, ask(client, host)).await;
    let late = || Error::unavailable(format!("{host} did not answer within 5 s"));
    match answer.unwrap_or_else(|_| Err(late())) {
        Ok(message) => Check::ok(NAME, message),
        Err(error) => Check::unavailable(NAME, &error),
    }
}

async fn ask(client: &Client, host: &str) -> Result<String> {
    let credentials = client.credentials_for(host).await?;
    client.ping(host).await?;
    Ok(match credentials {
        Some(Credentials::Password { username, .. }) => {
            format!("{host} answers, signed in as {username}")
        }
        Some(Credentials::IdentityToken(_)) => format!("{host} answers, signed in by a token"),
        None => format!("{host} answers, without a sign-in"),
    })
}
