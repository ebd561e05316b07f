use std::sync::Arc;

use hyper::Request;
use serde::Deserialize;

use super::layers::Layers;
use super::messages::Messages;
use super::{Engine, credentials, fault, image, wire};
use crate::credentials::Credentials;
use crate::image::{Digest, Reference};
use crate::report::Reporter;
use crate::{Error, Result};

impl Engine {
    /// Pushes a tag and returns the manifest's digest. What may work when tried again is
    /// `Kind::Unavailable`; a registry that says no is `Kind::Refused`.
    pub async fn push(
        &self,
        name: &Reference,
        login: Option<&Credentials>,
        reporter: &Arc<dyn Reporter>,
    ) -> Result<Digest> {
        #[derive(Deserialize)]
        struct Pushed {
            #[serde(rename = "Digest")]
            digest: Digest,
        }
        let host = registry_host(name);
        let path = self.path(&format!("/images/{}/push", name.repository()));
        let query = [("tag", name.tag().unwrap_or("latest"))];
        let request = Request::post(wire::target(&path, &query))
            .header("X-Registry-Auth", credentials::header(login, host))
            .header("Content-Length", 0)
            .body(wire::empty())
            .expect("path and query are encoded");
        let exchange = self.wire.send(request).await?;
        if exchange.response.status() == 404 {
            return Err(image::gone(name));
        }
        let failed = |text: &str| transfer_failed(&format!("`{name}` can't be pushed"), host, text);
        if !exchange.response.status().is_success() {
            return Err(failed(&fault::message_of(&exchange.text().await?)));
        }
        let mut messages = Messages::of(exchange);
        let mut layers = Layers::new(reporter.clone(), format!("push {name}"));
        let mut digest = None;
        while let Some(message) = messages.next().await? {
            layers.apply(&message);
            if let Some(text) = message.error {
                layers.fail(&text);
                return Err(failed(&text));
            }
            let pushed = message
                .aux
                .and_then(|aux| serde_json::from_value::<Pushed>(aux).ok());
            digest = pushed.map(|pushed| pushed.digest).or(digest);
        }
        if digest.is_some() {
            layers.finish();
        }
        digest.ok_or_else(|| fault::cut(self.wire.address()))
    }
}

/// The registry's host; Docker Hub's where the name has none.
pub(super) fn registry_host(name: &Reference) -> &str {
    name.repository().host().unwrap_or("docker.io")
}

/// The engine reports a registry's answer as text only, within a stream that began with 200.
pub(super) fn transfer_failed(what: &str, host: &str, text: &str) -> Error {
    if let Some(full) = fault::disk_full(text) {
        return full;
    }
    let words = words(text);
    let says = |texts: &[&str]| texts.iter().any(|text| words.contains(text));
    let error = if says(&[
        "denied",
        "unauthorized",
        "no basic auth",
        "forbidden",
        "http 401",
        "http 403",
        "authentication required",
    ]) {
        Error::refused(format!("{what}: the registry says no")).hint(format!(
            "log in with an account that may: `docker login {host}`"
        ))
    } else if says(&["manifest unknown", "not found: manifest", ": not found"]) {
        Error::refused(format!("{what}: the registry doesn't have it")).hint("check name and tag")
    } else if says(&["does not exist locally"]) {
        Error::unavailable(format!("{what}: the Docker Engine doesn't have it"))
            .hint("it may have been removed meanwhile: build again")
    } else if says(&["server gave http response to https client"]) {
        Error::refused(format!("{what}: the registry speaks plain HTTP")).hint(format!(
            "add `{host}` to `insecure-registries` in /etc/docker/daemon.json"
        ))
    } else if says(&[
        "certificate signed by unknown authority",
        "failed to verify certificate",
    ]) {
        Error::refused(format!(
            "{what}: the engine doesn't trust the registry's certificate"
        ))
        .hint(format!(
            "put its authority into /etc/docker/certs.d/{host}/ca.crt"
        ))
    } else {
        Error::unavailable(what)
    };
    error.caused_by(text.to_owned())
}

/// The text in lower case without what names something: paths, addresses, references and
/// file names may be made of the very words that tell errors apart (an app called `denied-api`).
/// A name has a character within that no word has.
fn words(text: &str) -> String {
    let is_end = |c: char| !c.is_alphanumeric();
    let is_name = |word: &str| word.trim_matches(is_end).contains(is_end);
    let lower = text.to_lowercase();
    let words = lower.split_whitespace().map(|word| match word {
        name if is_name(name) && name.ends_with(':') => "_:",
        name if is_name(name) => "_",
        word => word,
    });
    words.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Kind;

    #[test]
    fn tells_a_no_from_a_maybe() {
        for (text, kind) in [
            (
                "denied: requested access to the resource is denied",
                Kind::Refused,
            ),
            ("unauthorized: authentication required", Kind::Refused),
            ("no basic auth credentials", Kind::Refused),
            (
                "error parsing HTTP 403 response body: unexpected end of JSON input",
                Kind::Refused,
            ),
            (
                "received unexpected HTTP status: 502 Bad Gateway",
                Kind::Unavailable,
            ),
            ("toomanyrequests: rate exceeded", Kind::Unavailable),
            ("Put \"http://r/v2/\": EOF", Kind::Unavailable),
            (
                "dial tcp 127.0.0.1:5000: connect: connection refused",
                Kind::Unavailable,
            ),
            (
                "write /var/lib/x: no space left on device",
                Kind::Unavailable,
            ),
        ] {
            assert_eq!(transfer_failed("x", "r", text).kind(), kind, "{text}");
        }
    }

    #[test]
    fn names_are_no_answers() {
        for (text, kind) in [
            (
                "Get \"http://r:5000/v2/denied-api/manifests/v1\": dial tcp: connection refused",
                Kind::Unavailable,
            ),
            (
                "failed to do request: Head \"https://r/v2/unauthorized/blobs/x\": EOF",
                Kind::Unavailable,
            ),
            (
                "received unexpected HTTP status: 502 Bad Gateway for r.example/denied:v1",
                Kind::Unavailable,
            ),
            (
                "r/forbidden/not-found:v1: unexpected EOF",
                Kind::Unavailable,
            ),
            (
                "failed to resolve reference \"r/not-found:v1\": r/not-found:v1: not found",
                Kind::Refused,
            ),
            (
                "manifest for r/shop:v1 not found: manifest unknown: manifest unknown",
                Kind::Refused,
            ),
            (
                "pull access denied for r/shop, repository does not exist or may require 'docker login'",
                Kind::Refused,
            ),
            (
                "errors:\ndenied: requested access to the resource is denied\nunauthorized: authentication required\n",
                Kind::Refused,
            ),
            (
                "unexpected status from HEAD request to http://r/v2/denied/blobs/x: 503 Service Unavailable",
                Kind::Unavailable,
            ),
            (
                "unexpected status from HEAD request to http://r/v2/shop/blobs/x: 403 Forbidden",
                Kind::Refused,
            ),
            (
                "An image does not exist locally with the tag: r/denied-api",
                Kind::Unavailable,
            ),
        ] {
            assert_eq!(transfer_failed("x", "r", text).kind(), kind, "{text}");
        }
    }
}
