//! What an instance is told of the client. The ingress is the first proxy, so whatever a client
//! says of these is a lie, and is replaced.

use std::net::IpAddr;

use hyper::header::HeaderName;
use hyper::http::HeaderValue;
use pingora::Result;
use pingora::http::RequestHeader;

/// How a request came.
pub(super) struct Origin<'a> {
    pub(super) client: Option<IpAddr>,
    pub(super) encrypted: bool,
    /// As the client sent it, with port.
    pub(super) authority: &'a str,
}

const FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");
const HOST: HeaderName = HeaderName::from_static("x-forwarded-host");
const PORT: HeaderName = HeaderName::from_static("x-forwarded-port");
const REAL_IP: HeaderName = HeaderName::from_static("x-real-ip");
/// `Forwarded` (RFC 7239) is not written; `Proxy` becomes `HTTP_PROXY` in CGI (httpoxy).
const NEVER: [&str; 5] = [
    "forwarded",
    "proxy",
    "x-forwarded-server",
    "x-forwarded-ssl",
    "x-forwarded-scheme",
];

/// Replaces the headers of `request`.
pub(super) fn replace(request: &mut RequestHeader, origin: &Origin<'_>) -> Result<()> {
    for name in NEVER {
        request.remove_header(name);
    }
    remove_lookalikes(request);
    if let Some(client) = origin.client {
        let client = HeaderValue::from_str(&client.to_canonical().to_string())
            .expect("an address has no control characters");
        request.insert_header(REAL_IP, client.clone())?;
        request.insert_header(FOR, client)?;
    } else {
        request.remove_header(&REAL_IP);
        request.remove_header(&FOR);
    }
    let (scheme, default_port) = if origin.encrypted {
        ("https", 443)
    } else {
        ("http", 80)
    };
    request.insert_header(PROTO, HeaderValue::from_static(scheme))?;
    request.insert_header(HOST, origin.authority)?;
    let (_, port) = super::request::split_port(origin.authority);
    request.insert_header(PORT, HeaderValue::from(port.unwrap_or(default_port)))?;
    Ok(())
}

/// `X_Forwarded_For` is the same variable as `X-Forwarded-For` to CGI and WSGI.
fn remove_lookalikes(request: &mut RequestHeader) {
    let lookalike = |name: &HeaderName| {
        let name = name.as_str();
        name.contains('_')
            && (name.starts_with("x_") || name.starts_with("x-") || name.starts_with("forwarded"))
    };
    if !request.headers.keys().any(lookalike) {
        return;
    }
    let names: Vec<HeaderName> = request
        .headers
        .keys()
        .filter(|name| lookalike(name))
        .cloned()
        .collect();
    for name in &names {
        request.remove_header(name);
    }
}
