use std::net::{Ipv4Addr, Ipv6Addr};

use reqwest::Url;

use crate::image::Repository;
use crate::{Error, Result};

/// The key under which Docker's configuration holds Docker Hub's credentials.
const DOCKER_HUB_KEY: &str = "https://index.docker.io/v1/";

/// Where one registry's API is, and how it is spoken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Endpoint {
    host: String,
    base: Url,
}

impl Endpoint {
    /// The registry of a repository; one without a host lives in no registry.
    pub fn of(repository: &Repository) -> Result<Self> {
        match repository.host() {
            Some(host) => Self::at(host),
            None => Err(
                Error::usage(format!("`{repository}` names no registry")).hint(
                    "set `registry` in app.toml, PAAS_REGISTRY or `--registry` (host, with port where needed)",
                ),
            ),
        }
    }

    /// The registry at `host[:port]`. Engines speak plain HTTP to this machine and HTTPS to every
    /// other one; so do we.
    pub fn at(host: &str) -> Result<Self> {
        let scheme = if is_loopback(host) { "http" } else { "https" };
        let api = if is_docker_hub(host) {
            "registry-1.docker.io"
        } else {
            host
        };
        let base = Url::parse(&format!("{scheme}://{api}/v2/"))
            .ok()
            .filter(|url| {
                url.username().is_empty() && url.path() == "/v2/" && url.query().is_none()
            })
            .ok_or_else(|| {
                Error::usage(format!("`{}` is not a registry", host.escape_debug()))
                    .hint("write its host name, with `:port` where needed, without `https://`")
            })?;
        Ok(Self {
            host: host.to_owned(),
            base,
        })
    }

    /// As the user writes it, with the port.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// What answers whether the API is there.
    pub fn root(&self) -> Url {
        self.base.clone()
    }

    /// A URL of the API below `/v2/`.
    pub fn url(&self, repository: &Repository, rest: &str) -> Url {
        let path = repository.path();
        let library = if is_docker_hub(&self.host) && !path.contains('/') {
            "library/"
        } else {
            ""
        };
        self.base
            .join(&format!("{library}{path}/{rest}"))
            .expect("the grammar of repositories, tags and digests is safe in a path")
    }

    /// Whether `url` is this very registry: scheme, host and port.
    pub fn serves(&self, url: &Url) -> bool {
        url.origin() == self.base.origin()
    }
}

/// What Docker's configuration calls a registry.
pub(super) fn credentials_key(host: &str) -> &str {
    if is_docker_hub(host) {
        DOCKER_HUB_KEY
    } else {
        host
    }
}

/// Whether a host (with or without a port) is this machine.
pub(super) fn is_loopback(host: &str) -> bool {
    let name = match host.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or_default(),
        None => host.split(':').next().unwrap_or_default(),
    };
    name.eq_ignore_ascii_case("localhost")
        || name.parse::<Ipv4Addr>().is_ok_and(|ip| ip.is_loopback())
        || name.parse::<Ipv6Addr>().is_ok_and(|ip| ip.is_loopback())
}

fn is_docker_hub(host: &str) -> bool {
    matches!(host, "docker.io" | "index.docker.io")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(repository: &str) -> String {
        let repository = repository.parse().unwrap();
        Endpoint::of(&repository)
            .unwrap()
            .url(&repository, "tags/list")
            .to_string()
    }

    #[test]
    fn this_machine_speaks_plain_http_and_the_others_do_not() {
        for (repository, expected) in [
            (
                "127.0.0.1:5000/a/b",
                "http://127.0.0.1:5000/v2/a/b/tags/list",
            ),
            ("127.9.9.9/b", "http://127.9.9.9/v2/b/tags/list"),
            ("localhost/b", "http://localhost/v2/b/tags/list"),
            ("localhost:1/b", "http://localhost:1/v2/b/tags/list"),
            ("[::1]:5000/b", "http://[::1]:5000/v2/b/tags/list"),
            ("10.0.0.1:5000/b", "https://10.0.0.1:5000/v2/b/tags/list"),
            (
                "localhost.example/b",
                "https://localhost.example/v2/b/tags/list",
            ),
            (
                "127.0.0.1.example/b",
                "https://127.0.0.1.example/v2/b/tags/list",
            ),
            (
                "docker.io/debian",
                "https://registry-1.docker.io/v2/library/debian/tags/list",
            ),
        ] {
            assert_eq!(url(repository), expected);
        }
    }

    #[test]
    fn hosts_that_are_more_than_a_host_are_refused() {
        for host in [
            "",
            "a/b",
            "user@example.com",
            "example.com?x",
            "https://example.com",
            "a b",
        ] {
            assert!(Endpoint::at(host).is_err(), "{host:?}");
        }
        assert!(Endpoint::of(&"trade/shop".parse().unwrap()).is_err());
    }
}
