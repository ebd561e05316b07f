use std::fmt;

use serde::Serialize;

/// A repository's address without user, password, query and fragment. It says which repository an
/// event is about; clone the address on record, never this one.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(transparent)]
pub struct RepositoryUrl(String);

impl RepositoryUrl {
    /// Takes `http`, `https` and `ssh` URLs, and `user@host:path`, which becomes an `ssh` URL.
    pub fn parse(text: &str) -> Option<Self> {
        let (scheme, authority, path) = split(text)?;
        let host = match authority.rsplit_once('@') {
            Some((_, host)) => host,
            None => authority,
        };
        (is_host_and_port(host) && is_path(path))
            .then(|| Self(format!("{scheme}://{}/{path}", host.to_ascii_lowercase())))
    }

    /// With scheme and host.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether both are the same repository on the same host, whatever the scheme, the port and the
    /// `.git` at the end.
    pub fn is_same_repository(&self, other: &Self) -> bool {
        self.place() == other.place()
    }

    fn place(&self) -> (&str, &str) {
        let (_, rest) = self.0.split_once("://").expect("built with a scheme");
        let (authority, path) = rest.split_once('/').expect("built with a path");
        let host = match authority.rsplit_once(':') {
            Some((host, port)) if is_port(port) => host,
            _ => authority,
        };
        let path = path.trim_end_matches('/');
        (host, path.strip_suffix(".git").unwrap_or(path))
    }
}

/// Scheme, authority, and the path without the slash before it.
fn split(text: &str) -> Option<(&str, &str, &str)> {
    if let Some((scheme, rest)) = text.split_once("://") {
        let scheme = ["http", "https", "ssh"]
            .into_iter()
            .find(|known| *known == scheme)?;
        let (authority, path) = rest.split_once('/')?;
        return Some((scheme, authority, path));
    }
    let (authority, path) = text.split_once(':')?;
    authority
        .contains('@')
        .then_some(("ssh", authority, path.strip_prefix('/').unwrap_or(path)))
}

fn is_host_and_port(text: &str) -> bool {
    let (host, port) = match text.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((address, rest)) => {
            let is_address = address.parse::<std::net::Ipv6Addr>().is_ok();
            return is_address && rest.strip_prefix(':').map_or(rest.is_empty(), is_port);
        }
        None => text
            .split_once(':')
            .map_or((text, None), |(host, port)| (host, Some(port))),
    };
    let labels = host.len() <= 253 && host.split('.').all(is_label);
    labels && port.is_none_or(is_port)
}

fn is_label(label: &str) -> bool {
    let inner = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
    !label.is_empty() && label.len() <= 63 && !label.starts_with('-') && label.bytes().all(inner)
}

fn is_port(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit()) && text.parse::<u16>().is_ok_and(|port| port > 0)
}

/// What hosts' paths consist of: no blanks, no quotes, no query, nothing that climbs.
fn is_path(path: &str) -> bool {
    let character = |c: char| {
        c.is_alphanumeric()
            || matches!(c, '-' | '_' | '.' | '~' | '/' | '+' | '%' | '@' | ':' | '=')
    };
    let path = path.strip_suffix('/').unwrap_or(path);
    path.len() <= 1024
        && path.chars().all(character)
        && path
            .split('/')
            .all(|part| !matches!(part, "" | "." | "..") && !part.starts_with('-'))
}

impl fmt::Display for RepositoryUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn users_and_passwords_are_dropped() {
        let cases = [
            (
                "https://github.com/ada/shop.git",
                "https://github.com/ada/shop.git",
            ),
            (
                "https://ada:tok@en@GitHub.com/ada/shop.git",
                "https://github.com/ada/shop.git",
            ),
            (
                "http://127.0.0.1:3000/ada/shop",
                "http://127.0.0.1:3000/ada/shop",
            ),
            (
                "ssh://git@host:2222/ada/shop.git",
                "ssh://host:2222/ada/shop.git",
            ),
            ("git@host:ada/shop.git", "ssh://host/ada/shop.git"),
            ("https://[::1]:8080/a/b", "https://[::1]:8080/a/b"),
            ("https://host/~ada/shop/", "https://host/~ada/shop/"),
        ];
        for (text, expected) in cases {
            assert_eq!(RepositoryUrl::parse(text).unwrap().as_str(), expected);
        }
    }

    #[test]
    fn other_transports_and_hostile_urls_are_none() {
        let texts = [
            "",
            "/srv/repo",
            "../repo",
            "file:///etc/passwd",
            "ext::sh -c id",
            "git://host/x",
            "ftp://host/x",
            "HTTPS://host/x",
            "https://host",
            "https://host/",
            "https:///x",
            "ssh://-oProxyCommand=id/x",
            "-oProxyCommand=id@-h:x",
            "git@-oProxyCommand=id:x",
            "https://host/../x",
            "https://host/a//b",
            "https://host/-x",
            "https://host/a b",
            "https://host/a?b",
            "https://host/a#b",
            "https://host/a\n",
            "https://ho st/a",
            "https://host:0/a",
            "https://host:70000/a",
            "https://host:/a",
            "https://host:+80/a",
            "https://[::1/a",
            "https://[x]/a",
            "https://host/$(id)",
            "https://host/`id`",
            "https://host/'",
            "host:path",
            "C:\\repo",
            "git@host:",
            "https://.host/a",
        ];
        for text in texts {
            assert_eq!(RepositoryUrl::parse(text), None, "{text:?}");
        }
    }

    #[test]
    fn one_repository_has_several_addresses() {
        let url = |text| RepositoryUrl::parse(text).unwrap();
        let https = url("https://host.example/ada/shop.git");
        for other in [
            "git@host.example:ada/shop.git",
            "ssh://git@Host.example:22/ada/shop",
            "http://host.example:3000/ada/shop/",
        ] {
            assert!(https.is_same_repository(&url(other)), "{other}");
        }
        for other in [
            "https://host.example/ada/shop2",
            "https://example/ada/shop",
            "https://host.example/x/ada/shop",
        ] {
            assert!(!https.is_same_repository(&url(other)), "{other}");
        }
    }
}
