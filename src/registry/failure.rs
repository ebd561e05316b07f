use std::error::Error as StdError;
use std::time::Duration;
use std::{fmt, io};

use reqwest::header::{HeaderMap, RETRY_AFTER};
use reqwest::{Method, StatusCode};
use serde::Deserialize;

use crate::retry::Verdict;
use crate::{Error, Kind};

/// An error, and whether asking again may help.
pub(super) struct Failure {
    pub error: Error,
    pub verdict: Verdict,
}

/// Everything but what is made with `passing` is final.
impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self {
            error,
            verdict: Verdict::Stop,
        }
    }
}

impl Failure {
    pub fn passing(error: Error) -> Self {
        Self {
            error,
            verdict: Verdict::Again,
        }
    }

    /// No answer, or half of one, from `host`. URLs stay out of the message: a redirect's may carry
    /// a signature.
    pub fn transport(host: &str, error: reqwest::Error, authorities: &str) -> Self {
        let error = error.without_url();
        if error.is_builder() {
            return Error::unexpected(format!("no request to {host} could be made"))
                .caused_by(error)
                .into();
        }
        if certificate_error(&error) {
            return Error::unavailable(format!(
                "the certificate of registry {host} is not trusted"
            ))
            .caused_by(root_cause(&error))
            .hint(format!("its authority is not in {authorities}"))
            .into();
        }
        let message = if error.is_timeout() {
            format!("registry {host} did not answer in time")
        } else if error.is_connect() {
            format!("registry {host} cannot be reached")
        } else {
            format!("the connection to registry {host} broke")
        };
        Self::passing(
            Error::unavailable(message)
                .caused_by(root_cause(&error))
                .hint("check that the registry runs, and the spelling of its name"),
        )
    }

    /// An answer that is neither success nor a plain "not there".
    pub fn answer(host: &str, method: &Method, path: &str, answer: &Answer) -> Self {
        let status = answer.status;
        let said = Said(&answer.body);
        let error = |kind, message: String| {
            let error = Error::new(kind, message);
            match said.to_string() {
                said if said.is_empty() => error,
                said => error.detail(said),
            }
        };
        match status {
            StatusCode::UNAUTHORIZED => error(
                Kind::Refused,
                format!("registry {host} asks for a sign-in to {method} {path}"),
            )
            .hint(format!("run `docker login {host}`"))
            .into(),
            StatusCode::FORBIDDEN => error(
                Kind::Refused,
                format!("registry {host} denies {method} {path}"),
            )
            .hint(format!(
                "run `docker login {host}` as somebody who may, or ask for access"
            ))
            .into(),
            StatusCode::TOO_MANY_REQUESTS | StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_EARLY => {
                Self::later(
                    error(
                        Kind::Unavailable,
                        format!("registry {host} asks to slow down ({status})"),
                    ),
                    &answer.headers,
                )
            }
            status if status.is_server_error() => Self::later(
                error(
                    Kind::Unavailable,
                    format!("registry {host} answered {status} to {method} {path}"),
                ),
                &answer.headers,
            ),
            status if status.is_client_error() => error(
                Kind::Refused,
                format!("registry {host} refused {method} {path} ({status})"),
            )
            .into(),
            _ => error(
                Kind::Unavailable,
                format!("registry {host} answered {status} to {method} {path}"),
            )
            .into(),
        }
    }

    fn later(error: Error, headers: &HeaderMap) -> Self {
        match retry_after(headers) {
            Some(wait) => Self {
                error: error.hint(format!("try again in {} s", wait.as_secs())),
                verdict: Verdict::AgainAfter(wait),
            },
            None => Self::passing(error),
        }
    }
}

/// A registry's whole answer; the body is bounded.
pub(super) struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: bytes::Bytes,
}

impl Answer {
    /// A header's text, where it is there and readable.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }
}

/// The layers of the HTTP client above it say nothing to people.
fn root_cause(error: &reqwest::Error) -> String {
    let mut cause: &dyn StdError = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    cause.to_string()
}

/// Seconds only: the date form depends on two clocks that agree.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let seconds = headers
        .get(RETRY_AFTER)?
        .to_str()
        .ok()?
        .trim()
        .parse()
        .ok()?;
    Some(Duration::from_secs(seconds))
}

/// `io::Error::source` skips the error it wraps, which is where rustls' own is.
fn certificate_error(error: &reqwest::Error) -> bool {
    let mut next: Option<&(dyn StdError + 'static)> = Some(error);
    while let Some(error) = next {
        let wrapped = error
            .downcast_ref::<io::Error>()
            .and_then(io::Error::get_ref)
            .map(|inner| inner as &(dyn StdError + 'static));
        let found = [Some(error), wrapped].into_iter().flatten().any(|error| {
            matches!(
                error.downcast_ref::<rustls::Error>(),
                Some(rustls::Error::InvalidCertificate(_))
            )
        });
        if found {
            return true;
        }
        next = wrapped.or_else(|| error.source());
    }
    false
}

/// The registry's own words (`errors[].code`, `.message`), on one short line each, without control
/// characters: they end up on a terminal.
struct Said<'a>(&'a [u8]);

impl fmt::Display for Said<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        #[derive(Deserialize)]
        struct Body {
            errors: Vec<Entry>,
        }
        #[derive(Deserialize)]
        struct Entry {
            #[serde(default)]
            code: String,
            #[serde(default)]
            message: String,
        }
        let Ok(body) = serde_json::from_slice::<Body>(self.0) else {
            return Ok(());
        };
        for (index, entry) in body.errors.iter().take(3).enumerate() {
            let line: String = format!("{}: {}", entry.code, entry.message)
                .chars()
                .filter(|character| !character.is_control())
                .take(200)
                .collect();
            write!(f, "{}{line}", if index == 0 { "" } else { "\n" })?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_registrys_words_are_short_and_without_control_characters() {
        let body = serde_json::json!({"errors": [
            {"code": "DENIED", "message": format!("\u{1b}[31mno{}", "x".repeat(1000))},
            {"code": "UNKNOWN"},
        ]})
        .to_string();
        let said = Said(body.as_bytes()).to_string();
        assert!(said.starts_with("DENIED: [31mno"), "{said}");
        assert_eq!(said.lines().map(str::len).collect::<Vec<_>>(), [200, 9]);
        assert_eq!(Said(b"<html>").to_string(), "");
    }
}
