//! The HTTP proxy: one [`pingora`] application for all routes.

mod admission;
mod context;
mod forwarded;
mod pages;
mod request;
mod upgrade;

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use hyper::header;
use pingora::http::{RequestHeader, ResponseHeader};
use pingora::protocols::TcpKeepalive;
use pingora::proxy::{FailToProxy, ProxyHttp, ProxyWarnLogContext, Session};
use pingora::upstreams::peer::HttpPeer;
use pingora::{Error, ErrorSource, ErrorType, Result};

use super::access_log::{AccessLog, Line};
use super::certificates::Certificates;
use super::challenges::Challenges;
use super::connection;
use super::table::Table;
use admission::{Gate, Refusal};
use context::Context;
use pages::Page;
use request::Wish;

/// Instances are on this machine.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);
/// Between two reads of an answer. Nothing ends a request that is only slow.
const READ_TIMEOUT: Duration = Duration::from_mins(10);
/// While the instance takes nothing of the request.
const WRITE_TIMEOUT: Duration = Duration::from_mins(2);
/// Shorter than what servers keep idle connections for (gunicorn 2 s, Node 5 s), so that a request
/// rarely meets one that is being closed: if it changes something, it must not be sent twice.
const IDLE_TIMEOUT: Duration = Duration::from_millis(1500);
/// Finds out that an instance's host is gone below a connection that is silent for long.
const KEEPALIVE: TcpKeepalive = TcpKeepalive {
    idle: Duration::from_mins(1),
    interval: Duration::from_secs(10),
    count: 6,
    user_timeout: Duration::ZERO,
};

/// Where HTTPS is, for redirects.
#[derive(Clone, Debug)]
pub(super) struct Https {
    pub(super) port: u16,
    pub(super) certificates: Arc<Certificates>,
}

/// Passes requests on.
#[derive(Debug)]
pub(super) struct Proxy {
    gate: Gate,
    https: Option<Https>,
    challenges: Arc<Challenges>,
    log: Option<AccessLog>,
}

impl Proxy {
    pub(super) fn new(
        table: Arc<Table>,
        https: Option<Https>,
        challenges: Arc<Challenges>,
        log: Option<AccessLog>,
    ) -> Self {
        Self {
            gate: Gate::new(table),
            https,
            challenges,
            log,
        }
    }

    /// The HTTPS address of a request that must not be answered without.
    fn redirect(&self, session: &Session, host: &str) -> Option<String> {
        let https = self.https.as_ref().filter(|_| !encrypted(session))?;
        let wanted = |entry: &Arc<super::table::Entry>| entry.route.https;
        let snapshot = self.gate.table().snapshot();
        if !snapshot.host(host).is_some_and(wanted) || !https.certificates.has(host) {
            return None;
        }
        let target = session.req_header().uri.path_and_query();
        let target = target.map_or("/", |target| target.as_str());
        Some(match https.port {
            443 => format!("https://{host}{target}"),
            port => format!("https://{host}:{port}{target}"),
        })
    }

    /// Answers what is not passed on; whether it did.
    async fn answer(&self, session: &mut Session, context: &mut Context) -> Result<bool> {
        let parts: &hyper::http::request::Parts = session.req_header();
        if let Some(status) = request::too_large(parts) {
            session.set_keepalive(None);
            Page::new(status).send(session).await?;
            return Ok(true);
        }
        let Some(authority) = request::authority(parts) else {
            Page::new(400).send(session).await?;
            return Ok(true);
        };
        let host = request::normal(request::split_port(authority).0).into_owned();
        context.note(|line| line.host.clone_from(&host));
        context.host = host;
        context.wish = Wish::of(&parts.headers);
        if let Some(token) = parts
            .uri
            .path()
            .strip_prefix("/.well-known/acme-challenge/")
            && let Some(answer) = self.challenges.get(token)
        {
            let mut head = ResponseHeader::build(200, Some(3))?;
            head.insert_header(header::CONTENT_TYPE, "application/octet-stream")?;
            pages::send(session, head, answer).await?;
            return Ok(true);
        }
        if let Some(location) = self.redirect(session, &context.host) {
            let mut head = ResponseHeader::build(308, Some(3))?;
            head.insert_header(header::LOCATION, location)?;
            pages::send(session, head, String::new()).await?;
            return Ok(true);
        }
        Ok(false)
    }

    /// Finds a way to an instance.
    async fn admit(&self, context: &mut Context) -> Result<(), Refusal> {
        // Begins anew, so that this request's own earlier try does not count.
        context.passage = None;
        let found = self
            .gate
            .admit(&context.host, context.wish, &context.tried)
            .await;
        match found {
            Ok(admitted) => {
                context.enter(admitted);
                Ok(())
            }
            Err(refusal) => {
                refusal.count();
                let key = refusal.entry().map(|entry| Arc::clone(&entry.key));
                context.note(|line| line.target = key);
                Err(refusal)
            }
        }
    }
}

#[async_trait]
impl ProxyHttp for Proxy {
    type CTX = Context;

    fn new_ctx(&self) -> Context {
        Context::new()
    }

    fn init_downstream_modules(&self, _: &mut pingora::modules::http::HttpModules) {
        // Without pingora's module for compression: answers stay as they are.
    }

    async fn request_filter(&self, session: &mut Session, context: &mut Context) -> Result<bool> {
        if let Some(log) = &self.log {
            context.line = Some(log.begin(context.arrived, line(session)));
        }
        if self.answer(session, context).await? {
            return Ok(true);
        }
        match self.admit(context).await {
            Ok(()) => Ok(false),
            Err(refusal) => {
                refusal.page().send(session).await?;
                Ok(true)
            }
        }
    }

    async fn upstream_peer(
        &self,
        session: &mut Session,
        context: &mut Context,
    ) -> Result<Box<HttpPeer>> {
        if context.passage.as_ref().is_none_or(|passage| passage.used)
            && let Err(refusal) = self.admit(context).await
        {
            return Err(Error::explain(
                ErrorType::HTTPStatus(refusal.page().status),
                "no other instance takes the request",
            ));
        }
        let passage = context.passage.as_mut().expect("it was admitted");
        passage.used = true;
        let mut peer = HttpPeer::new(passage.visit.upstream().address, false, String::new());
        peer.group_key = passage.group;
        let options = &mut peer.options;
        options.connection_timeout = Some(CONNECT_TIMEOUT);
        options.total_connection_timeout = Some(CONNECT_TIMEOUT);
        // An upgraded connection may be silent for as long as it likes.
        let upgrade = session.is_upgrade_req();
        options.read_timeout = (!upgrade).then_some(READ_TIMEOUT);
        options.write_timeout = Some(WRITE_TIMEOUT);
        options.idle_timeout = Some(IDLE_TIMEOUT);
        options.tcp_keepalive = Some(KEEPALIVE);
        if upgrade {
            options.custom_l4 = Some(Arc::new(upgrade::Patient));
            peer.group_key = upgrade::group();
        }
        Ok(Box::new(peer))
    }

    async fn upstream_request_filter(
        &self,
        session: &mut Session,
        request: &mut RequestHeader,
        context: &mut Context,
    ) -> Result<()> {
        let origin = forwarded::Origin {
            client: client(session),
            encrypted: encrypted(session),
            authority: request::authority(session.req_header()).unwrap_or(&context.host),
        };
        forwarded::replace(request, &origin)
    }

    async fn response_filter(
        &self,
        session: &mut Session,
        response: &mut ResponseHeader,
        context: &mut Context,
    ) -> Result<()> {
        let status = response.status;
        if !status.is_informational() || status.as_u16() == 101 {
            context.note(|line| line.status = status.as_u16());
        }
        if let Some(passage) = context.passage.as_mut() {
            if !status.is_informational() {
                passage.measured.answer(status.is_server_error());
            } else if status.as_u16() == 101 {
                passage.measured.answer(false);
                passage.measured.end();
                let upstream = passage.visit.upstream();
                context.tunnel = connection::close_token().map(|close| upstream.upgrade(close));
                context.passage = None;
                // Frames are small, and nobody waits between them.
                session.set_write_timeout(None);
            }
        }
        Ok(())
    }

    fn fail_to_connect(
        &self,
        _: &mut Session,
        _: &HttpPeer,
        context: &mut Context,
        mut error: Box<Error>,
    ) -> Box<Error> {
        // Nothing was sent.
        if let Some(passage) = &context.passage {
            let upstream = passage.visit.upstream();
            upstream.avoid();
            context.tried.push(Arc::clone(upstream));
        }
        error.set_retry(true);
        error
    }

    fn error_while_proxy(
        &self,
        _: &HttpPeer,
        session: &mut Session,
        mut error: Box<Error>,
        _: &mut Context,
        reused: bool,
    ) -> Box<Error> {
        // The instance may have closed an idle connection just when the request was sent. pingora
        // marks that as `ReusedOnly`, when not a byte of an answer came.
        let again = session.req_header().method.is_idempotent()
            && !session.as_ref().retry_buffer_truncated()
            && session.response_written().is_none();
        if again {
            error.retry.decide_reuse(reused);
        } else {
            error.set_retry(false);
        }
        error
    }

    async fn fail_to_proxy(
        &self,
        session: &mut Session,
        error: &Error,
        _: &mut Context,
    ) -> FailToProxy {
        let status = status_of(error);
        if status > 0 && session.response_written().is_none() {
            session.set_keepalive(None);
            // The client may be gone; the error is counted in any case.
            let _ = Page::new(status).send(session).await;
        }
        FailToProxy {
            error_code: status,
            can_reuse_downstream: false,
        }
    }

    async fn logging(&self, session: &mut Session, error: Option<&Error>, context: &mut Context) {
        if let Some(passage) = &context.passage {
            match error.map(Error::esource) {
                None => passage.measured.end(),
                // Refused ones were counted when they were.
                Some(_) if matches!(error.map(Error::etype), Some(ErrorType::HTTPStatus(_))) => {}
                Some(ErrorSource::Downstream) => {}
                Some(_) => passage.measured.lose(),
            }
        }
        context.passage = None;
        context.tunnel = None;
        context.note(|line| {
            let answer = session.response_written();
            line.status = answer.map_or(0, |answer| answer.status.as_u16());
            line.bytes = session.body_bytes_sent();
        });
        context.line = None;
    }

    fn suppress_error_log(&self, _: &Session, _: &Context, _: &Error) -> bool {
        true
    }

    fn suppress_proxy_warn_log(
        &self,
        _: &Session,
        _: &Context,
        _: &Error,
        _: ProxyWarnLogContext,
    ) -> bool {
        true
    }
}

/// What a client is told of an error; 0: nothing, it is gone.
fn status_of(error: &Error) -> u16 {
    match (error.esource(), error.etype()) {
        (_, ErrorType::HTTPStatus(status)) => *status,
        (
            ErrorSource::Upstream,
            ErrorType::ConnectTimedout | ErrorType::ReadTimedout | ErrorType::WriteTimedout,
        ) => 504,
        (ErrorSource::Upstream, _) => 502,
        (
            ErrorSource::Downstream,
            ErrorType::ReadError | ErrorType::WriteError | ErrorType::ConnectionClosed,
        ) => 0,
        (ErrorSource::Downstream, _) => 400,
        _ => 500,
    }
}

fn client(session: &Session) -> Option<IpAddr> {
    let address = session.client_addr()?.as_inet()?;
    Some(address.ip().to_canonical())
}

fn encrypted(session: &Session) -> bool {
    session
        .digest()
        .is_some_and(|digest| digest.ssl_digest.is_some())
}

/// What is known of a request before it is looked at.
fn line(session: &Session) -> Line {
    let request = session.req_header();
    Line {
        time: jiff::Timestamp::now().as_millisecond(),
        target: None,
        release: None,
        upstream: None,
        method: request.method.as_str().to_owned(),
        host: String::new(),
        path: request.uri.path().to_owned(),
        status: 0,
        bytes: 0,
        ms: 0.0,
        client: client(session),
    }
}
