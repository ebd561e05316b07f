use std::fmt;

use crate::{Error, Result};

/// What the host and we share. Never shown.
#[derive(Clone)]
pub struct Secret(Vec<u8>);

impl Secret {
    /// Exit 3 when it is empty or blank: it would prove nothing.
    pub fn new(secret: impl Into<Vec<u8>>) -> Result<Self> {
        let secret = secret.into();
        if secret.trim_ascii().is_empty() {
            return Err(Error::refused("the webhook's secret is empty")
                .hint("set the same random secret here and in the git host's webhook settings"));
        }
        Ok(Self(secret))
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Kind;

    #[test]
    fn an_empty_secret_is_none() {
        for secret in ["", " ", "\n\t"] {
            assert_eq!(Secret::new(secret).unwrap_err().kind(), Kind::Refused);
        }
    }

    #[test]
    fn debug_output_hides_it() {
        assert_eq!(
            format!("{:?}", Secret::new("hunter2").unwrap()),
            "Secret(…)"
        );
    }
}
