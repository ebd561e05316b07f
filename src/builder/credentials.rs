use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE;
use serde_json::json;

use crate::credentials::Credentials;

/// Finds credentials for a registry's host (`docker.io`, `registry.example:5000`). It is called off
/// the async threads, so it may ask a credential helper.
pub type CredentialSource = Arc<dyn Fn(&str) -> Option<Credentials> + Send + Sync>;

/// The value of `X-Registry-Auth`.
pub(super) fn header(credentials: Option<&Credentials>, host: &str) -> String {
    let login = match credentials {
        None => json!({}),
        Some(Credentials::Password { username, password }) => {
            json!({ "username": username, "password": password, "serveraddress": host })
        }
        Some(Credentials::IdentityToken(token)) => {
            json!({ "identitytoken": token, "serveraddress": host })
        }
    };
    URL_SAFE.encode(login.to_string())
}
