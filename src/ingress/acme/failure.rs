use std::error::Error as _;
use std::fmt;

use instant_acme::{Error, Problem};

/// Why there is no certificate.
#[derive(Debug)]
pub(super) enum Failure {
    /// What the authority answered, or that it did not.
    Authority(Error),
    /// The authority lets us have no account, or can't be asked for one.
    NoAccount(Error),
    /// The authority could not prove the host, in its words.
    Unproven(String),
    /// The authority does not prove hosts over HTTP.
    NoChallenge,
    /// What the authority gave can't be used.
    Unusable(String),
    /// It took too long.
    Slow,
    /// By this machine's clock, a new certificate is old already.
    Clock,
    /// The certificate or the account can't be kept.
    Kept(String),
}

impl Failure {
    /// The same, when it was an account that was asked for.
    pub(super) fn of_account(self) -> Self {
        match self {
            Self::Authority(error) => Self::NoAccount(error),
            other => other,
        }
    }

    /// Whether every host would fail so.
    pub(super) fn is_servers(&self) -> bool {
        match self {
            Self::Authority(error) => {
                !matches!(error, Error::Api(_) | Error::Timeout(_)) || self.lost_account()
            }
            Self::NoAccount(_) | Self::Kept(_) | Self::Clock => true,
            Self::Unproven(_) | Self::Unusable(_) | Self::NoChallenge | Self::Slow => false,
        }
    }

    /// Whether the authority does not know our account (any more).
    pub(super) fn lost_account(&self) -> bool {
        self.problem() == Some("accountDoesNotExist")
    }

    /// Whether the authority refuses for the number of requests.
    pub(super) fn asks_for_patience(&self) -> bool {
        self.problem() == Some("rateLimited")
    }

    /// The kind of problem (RFC 8555, section 6.7).
    fn problem(&self) -> Option<&str> {
        let Self::Authority(Error::Api(Problem { r#type, .. })) = self else {
            return None;
        };
        r#type.as_ref()?.strip_prefix("urn:ietf:params:acme:error:")
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Authority(error)
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Authority(error) => write_words(error, f),
            Self::NoAccount(error) => {
                f.write_str("no account: ")?;
                write_words(error, f)
            }
            Self::NoChallenge => f.write_str("it does not prove hosts over HTTP"),
            Self::Slow => f.write_str("it took too long"),
            Self::Clock => {
                f.write_str("there is one, which is old already by this machine's clock")
            }
            Self::Unproven(reason) | Self::Unusable(reason) | Self::Kept(reason) => {
                f.write_str(reason)
            }
        }
    }
}

/// With all causes; a problem in the authority's own words.
fn write_words(error: &Error, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    if let Error::Api(Problem {
        detail: Some(detail),
        ..
    }) = error
    {
        return f.write_str(detail);
    }
    write!(f, "{error}")?;
    let mut source = error.source();
    while let Some(cause) = source {
        write!(f, ": {cause}")?;
        source = cause.source();
    }
    Ok(())
}
