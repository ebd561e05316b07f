//! What is read of a request before it is known where it goes.

use std::borrow::Cow;

use hyper::header::{self, HeaderMap};
use hyper::http::request::Parts;

/// Bytes of all header names and values.
const MOST_HEADER_BYTES: usize = 64 * 1024;
const MOST_HEADERS: usize = 128;
const LONGEST_TARGET: usize = 16 * 1024;

/// Which release a client asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wish {
    None,
    Canary,
    Stable,
}

const RELEASE: &str = "paas-release";

impl Wish {
    /// The header decides, then the cookie.
    pub(super) fn of(headers: &HeaderMap) -> Self {
        if let Some(value) = headers.get(RELEASE) {
            return Self::parse(value.as_bytes());
        }
        for cookies in headers.get_all(header::COOKIE) {
            for cookie in cookies.as_bytes().split(|byte| *byte == b';') {
                let cookie = cookie.trim_ascii();
                if let Some(value) = cookie.strip_prefix(b"paas-release=") {
                    return Self::parse(value);
                }
            }
        }
        Self::None
    }

    fn parse(value: &[u8]) -> Self {
        match value {
            b"canary" => Self::Canary,
            b"stable" => Self::Stable,
            _ => Self::None,
        }
    }
}

/// The host that a request names, as it was sent: `Host`, or the URI's with HTTP/2.
pub(super) fn authority(parts: &Parts) -> Option<&str> {
    match parts.uri.authority() {
        Some(authority) => Some(authority.as_str()),
        None => parts.headers.get(header::HOST)?.to_str().ok(),
    }
}

/// A host name and its port: `example.org:80`, `[::1]:80`.
pub(super) fn split_port(authority: &str) -> (&str, Option<u16>) {
    match authority.rsplit_once(':') {
        Some((name, port)) if !port.contains(']') => (name, port.parse().ok()),
        _ => (authority, None),
    }
}

/// A host name as routes have it: lower case, no final dot.
pub(super) fn normal(name: &str) -> Cow<'_, str> {
    let name = name.strip_suffix('.').unwrap_or(name);
    if name.bytes().any(|byte| byte.is_ascii_uppercase()) {
        Cow::Owned(name.to_ascii_lowercase())
    } else {
        Cow::Borrowed(name)
    }
}

/// The status for a request that is larger than is passed on.
pub(super) fn too_large(parts: &Parts) -> Option<u16> {
    let bytes = || {
        parts
            .headers
            .iter()
            .map(|(name, value)| name.as_str().len() + value.len())
    };
    if parts.headers.len() > MOST_HEADERS || bytes().sum::<usize>() > MOST_HEADER_BYTES {
        return Some(431);
    }
    let target = parts
        .uri
        .path_and_query()
        .map_or(0, |target| target.as_str().len());
    (target > LONGEST_TARGET).then_some(414)
}

#[cfg(test)]
mod tests {
    use super::*;
    use hyper::http::HeaderValue;

    #[test]
    fn a_wish_is_a_header_or_a_cookie() {
        for (name, value, wish) in [
            ("paas-release", "canary", Wish::Canary),
            ("paas-release", "stable", Wish::Stable),
            ("paas-release", "7", Wish::None),
            ("cookie", "a=b; paas-release=canary;c=d", Wish::Canary),
            ("cookie", "paas-release=stable", Wish::Stable),
            ("cookie", "xpaas-release=canary", Wish::None),
            ("accept", "*/*", Wish::None),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(name, HeaderValue::from_static(value));
            assert_eq!(Wish::of(&headers), wish, "{name}: {value}");
        }
    }

    #[test]
    fn hosts_are_compared_without_port_case_and_final_dot() {
        for (authority, name, port) in [
            ("Example.ORG:8080", "example.org", Some(8080)),
            ("example.org.", "example.org", None),
            ("[::1]:80", "[::1]", Some(80)),
            ("[::1]", "[::1]", None),
            ("", "", None),
        ] {
            let (found, found_port) = split_port(authority);
            assert_eq!(
                (normal(found).as_ref(), found_port),
                (name, port),
                "{authority}"
            );
        }
    }
}
