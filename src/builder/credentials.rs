use std::fmt;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE;
use serde_json::json;

/// What a registry wants to see.
#[derive(Clone, PartialEq, Eq)]
pub enum Credentials {
    /// A user's, or a robot's.
    Password {
        /// The account.
        username: String,
        /// Its password or access token.
        password: String,
    },
    /// A refresh token of the registry's own.
    IdentityToken(String),
}

/// Finds credentials for a registry's host (`docker.io`, `registry.example:5000`). It is called off
/// the async threads, so it may ask a credential helper.
pub type CredentialSource = Arc<dyn Fn(&str) -> Option<Credentials> + Send + Sync>;

impl Credentials {
    /// The value of `X-Registry-Auth`.
    pub(super) fn header(credentials: Option<&Self>, host: &str) -> String {
        let login = match credentials {
            None => json!({}),
            Some(Self::Password { username, password }) => {
                json!({ "username": username, "password": password, "serveraddress": host })
            }
            Some(Self::IdentityToken(token)) => {
                json!({ "identitytoken": token, "serveraddress": host })
            }
        };
        URL_SAFE.encode(login.to_string())
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Credentials(***)")
    }
}
