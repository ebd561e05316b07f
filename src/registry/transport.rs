use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use reqwest::header::{CONTENT_LENGTH, HeaderMap, HeaderValue, LOCATION};
use reqwest::{Method, NoProxy, Proxy, Url, redirect};
use tokio::sync::OnceCell;

use super::failure::{Answer, Failure};
use super::tls;
use crate::{Error, Result};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
const REDIRECTS: usize = 5;
const USER_AGENT: &str = concat!("paas/", env!("CARGO_PKG_VERSION"));

/// One request, without what signs it.
#[derive(Clone, Debug)]
pub(super) struct Request {
    pub method: Method,
    pub url: Url,
    pub headers: HeaderMap,
    pub body: Bytes,
    /// A longer answer is an error.
    pub limit: usize,
}

impl Request {
    pub fn new(method: Method, url: Url, limit: usize) -> Self {
        Self {
            method,
            url,
            headers: HeaderMap::new(),
            body: Bytes::new(),
            limit,
        }
    }
}

/// Carries requests: plain HTTP without a proxy, HTTPS with one where it is set.
pub(super) struct Transport {
    ca_bundle: Option<PathBuf>,
    proxies: BTreeMap<String, String>,
    timeout: Duration,
    plain: OnceCell<reqwest::Client>,
    secure: OnceCell<reqwest::Client>,
}

impl Transport {
    pub fn new(ca_bundle: Option<PathBuf>, proxies: BTreeMap<String, String>) -> Self {
        Self {
            ca_bundle,
            proxies,
            timeout: Duration::from_secs(30),
            plain: OnceCell::new(),
            secure: OnceCell::new(),
        }
    }

    pub fn with_timeout(self, timeout: Duration) -> Self {
        Self { timeout, ..self }
    }

    /// Sends one request and reads the whole answer. Redirects are followed for GET and HEAD, never
    /// from HTTPS to HTTP; `authorization` goes to the first URL's origin only. `host` is what
    /// errors call the other side.
    pub async fn send(
        &self,
        host: &str,
        request: &Request,
        authorization: Option<&HeaderValue>,
    ) -> Result<Answer, Failure> {
        let mut url = request.url.clone();
        for _ in 0..=REDIRECTS {
            let client = self.client(url.scheme()).await?;
            let mut builder = client
                .request(request.method.clone(), url.clone())
                .headers(request.headers.clone());
            if let Some(value) = authorization.filter(|_| url.origin() == request.url.origin()) {
                builder = builder.header(reqwest::header::AUTHORIZATION, value);
            }
            if !request.body.is_empty() {
                builder = builder.body(request.body.clone());
            }
            let response = builder
                .send()
                .await
                .map_err(|error| self.transport_failure(host, error))?;
            let follow = matches!(request.method, Method::GET | Method::HEAD);
            match response.headers().get(LOCATION) {
                Some(location) if follow && response.status().is_redirection() => {
                    url = redirected(host, &url, location)?;
                }
                _ => return self.read(host, request, response).await,
            }
        }
        Err(Error::unavailable(format!("registry {host} redirects without end")).into())
    }

    async fn read(
        &self,
        host: &str,
        request: &Request,
        mut response: reqwest::Response,
    ) -> Result<Answer, Failure> {
        let too_long = || {
            let limit = request.limit / 1024;
            Failure::from(Error::unavailable(format!(
                "registry {host} sent more than {limit} KiB"
            )))
        };
        let announced = response.headers().get(CONTENT_LENGTH);
        let announced = announced.and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
        let is_head = request.method == Method::HEAD;
        if !is_head && announced.is_some_and(|length| length > request.limit) {
            return Err(too_long());
        }
        let mut body = BytesMut::new();
        while let Some(chunk) = response
            .chunk()
            .await
            .map_err(|error| self.transport_failure(host, error))?
        {
            if body.len() + chunk.len() > request.limit {
                return Err(too_long());
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Answer {
            status: response.status(),
            headers: std::mem::take(response.headers_mut()),
            body: body.freeze(),
        })
    }

    fn transport_failure(&self, host: &str, error: reqwest::Error) -> Failure {
        let authorities = match &self.ca_bundle {
            Some(bundle) => bundle.display().to_string(),
            None => "the system's certificate authorities".to_owned(),
        };
        Failure::transport(host, error, &authorities)
    }

    async fn client(&self, scheme: &str) -> Result<&reqwest::Client> {
        if scheme == "https" {
            self.secure.get_or_try_init(|| self.secure_client()).await
        } else {
            self.plain
                .get_or_try_init(async || {
                    built(
                        self.builder()
                            .tls_backend_preconfigured(tls::trusting_nobody()),
                    )
                })
                .await
        }
    }

    async fn secure_client(&self) -> Result<reqwest::Client> {
        let mut builder = self.builder();
        if let Some(bundle) = self.ca_bundle.clone() {
            let config = tokio::task::spawn_blocking(move || tls::trusting(&bundle))
                .await
                .map_err(|error| {
                    Error::unexpected("loading certificates ended").caused_by(error)
                })??;
            builder = builder.tls_backend_preconfigured(config);
        } else {
            tls::ensure_provider();
        }
        if let Some(proxy) = self.proxy()? {
            builder = builder.proxy(proxy);
        }
        built(builder)
    }

    /// Redirects are ours, for the sake of credentials; the environment's proxies are not looked at.
    fn builder(&self) -> reqwest::ClientBuilder {
        reqwest::Client::builder()
            .user_agent(USER_AGENT)
            .redirect(redirect::Policy::none())
            .no_proxy()
            .connect_timeout(CONNECT_TIMEOUT.min(self.timeout))
            .timeout(self.timeout)
    }

    /// The URL stays out of the error: it may hold a password.
    fn proxy(&self) -> Result<Option<Proxy>> {
        let Some(url) = self
            .proxy_setting("https_proxy")
            .or_else(|| self.proxy_setting("all_proxy"))
        else {
            return Ok(None);
        };
        let proxy =
            Proxy::all(url).map_err(|_| Error::usage("the setting https_proxy is not a URL"))?;
        let exceptions = self
            .proxy_setting("no_proxy")
            .and_then(NoProxy::from_string);
        Ok(Some(proxy.no_proxy(exceptions)))
    }

    fn proxy_setting(&self, name: &str) -> Option<&str> {
        let upper = name.to_ascii_uppercase();
        let value = self
            .proxies
            .get(name)
            .or_else(|| self.proxies.get(&upper))?;
        Some(value.as_str()).filter(|value| !value.is_empty())
    }
}

fn built(builder: reqwest::ClientBuilder) -> Result<reqwest::Client> {
    builder
        .build()
        .map_err(|error| Error::unexpected("the HTTP client cannot be made").caused_by(error))
}

/// Where a redirect leads, if it is somewhere to go.
fn redirected(host: &str, from: &Url, location: &HeaderValue) -> Result<Url> {
    let to = location
        .to_str()
        .ok()
        .and_then(|location| from.join(location).ok());
    to.filter(|to| to.scheme() == "https" || (to.scheme() == "http" && from.scheme() == "http"))
        .filter(|to| to.has_host() && to.username().is_empty() && to.password().is_none())
        .ok_or_else(|| {
            Error::unavailable(format!("registry {host} redirects to somewhere unsafe"))
                .hint("from HTTPS, only HTTPS is followed")
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn redirects_never_leave_https_nor_carry_a_user() {
        for (from, location, expected) in [
            (
                "https://a/v2/x",
                "https://b/y?sig=1",
                Some("https://b/y?sig=1"),
            ),
            ("https://a/v2/x", "/y", Some("https://a/y")),
            ("http://a/v2/x", "http://b/y", Some("http://b/y")),
            ("http://a/v2/x", "https://b/y", Some("https://b/y")),
            ("https://a/v2/x", "http://a/v2/x", None),
            ("https://a/v2/x", "https://u:p@b/", None),
            ("https://a/v2/x", "file:///etc/passwd", None),
            ("https://a/v2/x", "https://", None),
        ] {
            let to = redirected("a", &from.parse().unwrap(), &location.parse().unwrap());
            assert_eq!(
                to.ok().map(String::from).as_deref(),
                expected,
                "{from} to {location}"
            );
        }
    }
}
