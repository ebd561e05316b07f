use std::collections::HashMap;
use std::fmt;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reqwest::header::{CONTENT_TYPE, HeaderValue};
use reqwest::{Method, Url};
use serde::Deserialize;
use tokio::time::Instant;

use super::challenge::Challenge;
use super::credentials::Keychain;
use super::endpoint::{Endpoint, is_loopback};
use super::failure::{Answer, Failure};
use super::transport::{Request, Transport};
use crate::credentials::Credentials;
use crate::image::Repository;
use crate::{Error, Result};

const TOKEN_LIMIT: usize = 256 * 1024;
/// What the token specification assumes where a service doesn't say.
const TOKEN_LIFE: Duration = Duration::from_mins(1);
const LONGEST_TOKEN_LIFE: Duration = Duration::from_hours(1);
/// A token this close to its end could expire on the way.
const MARGIN: Duration = Duration::from_secs(5);

/// What a token allows: `repository:trade/shop-api:pull`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Scope(String);

impl Scope {
    /// A sign-in for nothing in particular.
    pub fn none() -> Self {
        Self(String::new())
    }

    pub fn pull(repository: &Repository) -> Self {
        Self(format!("repository:{}:pull", repository.path()))
    }

    pub fn push(repository: &Repository) -> Self {
        Self(format!("repository:{}:pull,push", repository.path()))
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Signs requests in: finds credentials once for each host, and keeps tokens while they last.
pub(super) struct Signer {
    keychain: Keychain,
    credentials: tokio::sync::Mutex<HashMap<String, Option<Credentials>>>,
    granted: Mutex<HashMap<(String, Scope), Grant>>,
}

struct Grant {
    header: HeaderValue,
    /// `None` for a password.
    ends: Option<Instant>,
}

#[derive(Deserialize)]
struct TokenAnswer {
    #[serde(default)]
    token: String,
    #[serde(default)]
    access_token: String,
    expires_in: Option<u64>,
}

impl Signer {
    pub fn new(keychain: Keychain) -> Self {
        Self {
            keychain,
            credentials: tokio::sync::Mutex::default(),
            granted: Mutex::default(),
        }
    }

    pub fn with_helper_folder(mut self, folder: std::path::PathBuf) -> Self {
        self.keychain.helpers = Some(folder);
        self
    }

    /// Looked up once for each host, also by callers that come at the same time.
    pub async fn credentials(&self, host: &str) -> Result<Option<Credentials>> {
        let mut known = self.credentials.lock().await;
        if let Some(credentials) = known.get(host) {
            return Ok(credentials.clone());
        }
        let credentials = self.keychain.get(host).await?;
        known.insert(host.to_owned(), credentials.clone());
        Ok(credentials)
    }

    /// What signed such a request in before, unless its time is over.
    pub fn known(&self, endpoint: &Endpoint, scope: &Scope) -> Option<HeaderValue> {
        let granted = self.granted.lock().unwrap_or_else(PoisonError::into_inner);
        let grant = granted.get(&(endpoint.host().to_owned(), scope.clone()))?;
        let lasts = grant.ends.is_none_or(|ends| Instant::now() < ends);
        lasts.then(|| grant.header.clone())
    }

    /// Answers a 401: gets what the challenge asks for and keeps it.
    pub async fn sign_in(
        &self,
        transport: &Transport,
        endpoint: &Endpoint,
        scope: &Scope,
        challenge: &Challenge,
    ) -> Result<HeaderValue, Failure> {
        let host = endpoint.host();
        let credentials = self.credentials(host).await?;
        let grant = match challenge {
            Challenge::Basic => Grant {
                header: basic(host, credentials.as_ref())?,
                ends: None,
            },
            Challenge::Bearer {
                realm,
                service,
                scope: asked,
            } => {
                let request = TokenRequest {
                    realm: trusted_realm(host, realm)?,
                    service: service.as_deref(),
                    scope: asked.as_deref().unwrap_or(&scope.0),
                };
                let service = request.realm.path().to_owned();
                let (request, authorization) = request.build(host, credentials.as_ref())?;
                let answer = transport
                    .send(host, &request, authorization.as_ref())
                    .await?;
                token(host, &request.method, &service, &answer)?
            }
            Challenge::Other(scheme) => {
                return Err(Error::unavailable(format!(
                    "registry {host} asks for a sign-in by `{}`, which paas does not know",
                    scheme.escape_debug()
                ))
                .into());
            }
        };
        let header = grant.header.clone();
        let mut granted = self.granted.lock().unwrap_or_else(PoisonError::into_inner);
        granted.insert((host.to_owned(), scope.clone()), grant);
        Ok(header)
    }
}

struct TokenRequest<'a> {
    realm: Url,
    service: Option<&'a str>,
    scope: &'a str,
}

impl TokenRequest<'_> {
    /// A password is sent with GET (Docker's token protocol), an identity token is traded with POST
    /// (OAuth 2). Without credentials the token is for anybody.
    fn build(
        self,
        host: &str,
        credentials: Option<&Credentials>,
    ) -> Result<(Request, Option<HeaderValue>)> {
        let mut url = self.realm.clone();
        if let Some(service) = self.service {
            url.query_pairs_mut().append_pair("service", service);
        }
        let Some(Credentials::IdentityToken(token)) = credentials else {
            for scope in self.scope.split_whitespace() {
                url.query_pairs_mut().append_pair("scope", scope);
            }
            let authorization = credentials
                .map(|known| basic(host, Some(known)))
                .transpose()?;
            return Ok((Request::new(Method::GET, url, TOKEN_LIMIT), authorization));
        };
        url.query_pairs_mut()
            .append_pair("scope", self.scope)
            .append_pair("client_id", "paas")
            .append_pair("grant_type", "refresh_token")
            .append_pair("refresh_token", token);
        let form = url.query().unwrap_or_default().to_owned();
        let mut request = Request::new(Method::POST, self.realm, TOKEN_LIMIT);
        request.body = form.into();
        request.headers.insert(
            CONTENT_TYPE,
            HeaderValue::from_static("application/x-www-form-urlencoded"),
        );
        Ok((request, None))
    }
}

/// Credentials go where the registry says, as long as nobody on the way can read them.
fn trusted_realm(host: &str, realm: &str) -> Result<Url> {
    Url::parse(realm)
        .ok()
        .filter(|url| url.username().is_empty() && url.password().is_none())
        .filter(|url| {
            let to = url.host_str().unwrap_or_default();
            url.scheme() == "https" || (url.scheme() == "http" && is_loopback(to))
        })
        .ok_or_else(|| {
            Error::unavailable(format!(
                "registry {host} names a token service that is not safe"
            ))
            .hint("credentials are only sent by HTTPS")
        })
}

fn basic(host: &str, credentials: Option<&Credentials>) -> Result<HeaderValue> {
    match credentials {
        Some(Credentials::Password { username, password }) => {
            let encoded = STANDARD.encode(format!("{username}:{password}"));
            Ok(sensitive(&format!("Basic {encoded}")).expect("base64 is ASCII"))
        }
        Some(Credentials::IdentityToken(_)) => Err(Error::refused(format!(
            "registry {host} wants a password, but there is an identity token only"
        ))
        .hint(format!("run `docker login {host}`"))),
        None => Err(
            Error::refused(format!("registry {host} asks for a sign-in"))
                .hint(format!("run `docker login {host}`")),
        ),
    }
}

fn token(host: &str, method: &Method, service: &str, answer: &Answer) -> Result<Grant, Failure> {
    if matches!(answer.status.as_u16(), 401 | 403) {
        return Err(
            Error::refused(format!("registry {host} does not accept the sign-in"))
                .hint(format!("run `docker login {host}`"))
                .into(),
        );
    }
    if !answer.status.is_success() {
        return Err(Failure::answer(host, method, service, answer));
    }
    let unusable = || {
        Error::unavailable(format!(
            "the token service of registry {host} gave no token"
        ))
    };
    let answer: TokenAnswer = serde_json::from_slice(&answer.body).map_err(|_| unusable())?;
    let token = [answer.token, answer.access_token]
        .into_iter()
        .find(|token| !token.is_empty());
    let header = token
        .and_then(|token| sensitive(&format!("Bearer {token}")))
        .ok_or_else(unusable)?;
    let life = answer
        .expires_in
        .map_or(TOKEN_LIFE, Duration::from_secs)
        .min(LONGEST_TOKEN_LIFE);
    Ok(Grant {
        header,
        ends: Some(Instant::now() + life.saturating_sub(MARGIN)),
    })
}

/// A header that `Debug` does not show.
fn sensitive(value: &str) -> Option<HeaderValue> {
    let mut header = HeaderValue::from_str(value).ok()?;
    header.set_sensitive(true);
    Some(header)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_only_go_where_nobody_can_read_them() {
        for (realm, trusted) in [
            ("https://auth.example/token", true),
            ("http://127.0.0.1:5001/token", true),
            ("http://auth.example/token", false),
            ("http://127.0.0.1.example/token", false),
            ("https://user:word@auth.example/token", false),
            ("ftp://auth.example", false),
            ("/token", false),
        ] {
            assert_eq!(
                trusted_realm("r.example", realm).is_ok(),
                trusted,
                "{realm}"
            );
        }
    }

    #[test]
    fn identity_tokens_travel_in_the_body() {
        let request = TokenRequest {
            realm: "https://a.example/t".parse().unwrap(),
            service: Some("r&d"),
            scope: "repository:x:pull",
        };
        let credentials = Credentials::IdentityToken("hunter2".into());
        let (request, authorization) = request.build("r.example", Some(&credentials)).unwrap();
        assert_eq!(
            (request.method, request.url.as_str()),
            (Method::POST, "https://a.example/t")
        );
        assert_eq!(
            request.body,
            "service=r%26d&scope=repository%3Ax%3Apull&client_id=paas&grant_type=refresh_token&refresh_token=hunter2"
        );
        assert_eq!(authorization, None);
    }
}
