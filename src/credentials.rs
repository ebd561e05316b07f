//! What signs a request in to a registry: ours, and the engine's.

use std::fmt;

/// What signs a request in to a registry. `Debug` hides the secret parts.
#[derive(Clone, PartialEq, Eq)]
pub enum Credentials {
    /// A name and a password (or an access token in its place).
    Password {
        /// Who.
        username: String,
        /// Never shown.
        password: String,
    },
    /// What a token service gave instead of keeping the password; only good for getting tokens.
    IdentityToken(String),
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Password { username, .. } => f
                .debug_struct("Password")
                .field("username", username)
                .finish_non_exhaustive(),
            Self::IdentityToken(_) => f.write_str("IdentityToken(..)"),
        }
    }
}
