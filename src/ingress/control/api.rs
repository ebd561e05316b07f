use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use hyper::body::Incoming;
use hyper::header::IF_NONE_MATCH;
use hyper::http::request::Parts;
use hyper::{Method, Request};
use serde::de::DeserializeOwned;
use tokio::time::timeout;

use super::answer::{self, Answer, Refusal};
use super::leases::ConnectionId;
use super::name::{DocumentName, Key};
use super::probe;
use super::state::{Overwrite, State};
use super::token::Token;
use crate::ingress::protocol::{
    About, Drain, FENCE_HEADER, Fence, Holder, Lease, Probe, ProbeAnswer,
};

type Result<T, E = Refusal> = std::result::Result<T, E>;

/// Of a body: a document or a route is far smaller.
const LARGEST_BODY: usize = 1024 * 1024;
/// For all of a body to arrive.
const BODY_TIME: Duration = Duration::from_secs(10);
/// A request that drains has no longer than this.
const LONGEST_DRAIN: Duration = Duration::from_secs(60 * 60);
const LONGEST_PROBE: Duration = Duration::from_secs(60);

/// What answers requests, shared by all connections.
pub(super) struct Api {
    pub(super) state: Arc<State>,
    pub(super) token: Token,
    pub(super) about: About,
}

impl Api {
    pub(super) async fn answer(
        &self,
        connection: ConnectionId,
        request: Request<Incoming>,
    ) -> Answer {
        let (head, body) = request.into_parts();
        let answered = match (&head.method, head.uri.path()) {
            (&Method::GET, "/metrics") => Ok(answer::text(self.state.routing.metrics())),
            _ if !self.token.is_in(&head.headers) => Err(Refusal::Unauthorized),
            _ => match read(body).await {
                Ok(body) => self.carry_out(connection, &head, &body).await,
                Err(refusal) => Err(refusal),
            },
        };
        answered.unwrap_or_else(Refusal::into_answer)
    }

    async fn carry_out(
        &self,
        connection: ConnectionId,
        head: &Parts,
        body: &Bytes,
    ) -> Result<Answer> {
        let path = head.uri.path();
        let words: Vec<_> = path.trim_start_matches('/').splitn(3, '/').collect();
        match (&head.method, words.as_slice()) {
            (&Method::GET, ["v1", "about"]) => Ok(answer::json(&About {
                ending: self.state.is_frozen(),
                ..self.about.clone()
            })),
            (&Method::GET, ["v1", "routes"]) => Ok(answer::json(&self.state.routing.routes())),
            (&Method::GET, ["v1", "certificates"]) => {
                Ok(answer::json(&self.state.routing.certificates()))
            }
            (&Method::POST, ["v1", "probe"]) => Ok(answer::json(&probe(&parsed(body)?).await?)),
            (&Method::POST, ["v1", "probes"]) => probes(&parsed::<Vec<Probe>>(body)?).await,
            (_, ["v1", "routes", rest]) => self.route(head, rest, body).await,
            (_, ["v1", "leases", key]) => self.lease(head, connection, key, body).await,
            (&Method::GET, ["v1", "documents"]) => {
                let prefix = query(head, "prefix").unwrap_or_default();
                Ok(answer::json(&self.state.documents(prefix).await?))
            }
            (_, ["v1", "documents", name]) => self.document(head, name, body).await,
            (
                method,
                [
                    "v1",
                    "about" | "routes" | "certificates" | "probe" | "probes" | "documents",
                ],
            ) => Err(Refusal::Method(method.to_string())),
            _ => Err(Refusal::NotFound(path.to_owned())),
        }
    }

    async fn route(&self, head: &Parts, rest: &str, body: &Bytes) -> Result<Answer> {
        let (key, verb) = rest.split_once('/').unwrap_or((rest, ""));
        let key = key_of(key)?;
        let fence = fence(head)?;
        match (&head.method, verb) {
            (&Method::PUT, "") => {
                let route = parsed(body)?;
                self.state.put_route(&key, route, fence.as_ref()).await?;
            }
            (&Method::DELETE, "") => self.state.delete_route(&key, fence.as_ref()).await?,
            (&Method::POST, "drain") => {
                self.state.honor(fence.as_ref())?;
                let drain: Drain = parsed(body)?;
                let time = Duration::from_millis(drain.timeout_ms).min(LONGEST_DRAIN);
                let drained = self.state.routing.drain(&drain.upstreams, time).await;
                return Ok(answer::json(&drained));
            }
            (&Method::GET, "traffic") => {
                let mark = query(head, "mark").is_some_and(|mark| mark == "true");
                let traffic = self.state.routing.traffic(key.as_str(), mark);
                return Ok(answer::json(&traffic));
            }
            (method, "" | "drain" | "traffic") => {
                return Err(Refusal::Method(method.to_string()));
            }
            _ => return Err(Refusal::NotFound(head.uri.path().to_owned())),
        }
        Ok(answer::done())
    }

    async fn lease(
        &self,
        head: &Parts,
        connection: ConnectionId,
        key: &str,
        body: &Bytes,
    ) -> Result<Answer> {
        let key = key_of(key)?;
        match head.method {
            Method::POST => {
                let holder: Holder = parsed(body)?;
                let fence = self.state.take_lease(&key, holder, connection).await?;
                return Ok(answer::json(&Lease { fence }));
            }
            Method::PUT => self.state.renew_lease(&key, connection)?,
            Method::DELETE => self.state.release_lease(&key, connection)?,
            _ => return Err(Refusal::Method(head.method.to_string())),
        }
        Ok(answer::done())
    }

    async fn document(&self, head: &Parts, name: &str, body: &Bytes) -> Result<Answer> {
        let name = DocumentName::parse(name)
            .ok_or_else(|| Refusal::Bad(format!("{name:?} is not a document's name")))?;
        let fence = fence(head)?;
        match head.method {
            Method::PUT => {
                let text = String::from_utf8(body.to_vec())
                    .map_err(|_| Refusal::Bad("a document is UTF-8".to_owned()))?;
                let overwrite = overwrite(head)?;
                let put = self
                    .state
                    .put_document(&name, text, overwrite, fence.as_ref());
                put.await?;
            }
            Method::DELETE => self.state.delete_document(&name, fence.as_ref()).await?,
            _ => return Err(Refusal::Method(head.method.to_string())),
        }
        Ok(answer::done())
    }
}

/// As many at once as leave file handles for requests.
const PROBES_AT_ONCE: usize = 64;

async fn probes(probes: &[Probe]) -> Result<Answer> {
    let answers = stream::iter(probes).map(probe).buffered(PROBES_AT_ONCE);
    let answers: Vec<ProbeAnswer> = answers.try_collect().await?;
    Ok(answer::json(&answers))
}

async fn probe(probe: &Probe) -> Result<ProbeAnswer> {
    let time = Duration::from_millis(probe.timeout_ms).min(LONGEST_PROBE);
    let request = probe::Question::new(&probe.upstream, probe.path.as_deref(), time);
    Ok(request.map_err(Refusal::Bad)?.ask().await)
}

async fn read(body: Incoming) -> Result<Bytes> {
    let collected = timeout(BODY_TIME, Limited::new(body, LARGEST_BODY).collect());
    let collected = collected.await.map_err(|_| Refusal::TooSlow)?;
    let collected = collected.map_err(|error| match error.downcast::<LengthLimitError>() {
        Ok(_) => Refusal::TooLarge(LARGEST_BODY),
        Err(error) => Refusal::Bad(format!("the body can't be read: {error}")),
    })?;
    Ok(collected.to_bytes())
}

fn parsed<T: DeserializeOwned>(body: &Bytes) -> Result<T> {
    serde_json::from_slice(body).map_err(|error| Refusal::Bad(format!("the body: {error}")))
}

fn key_of(text: &str) -> Result<Key> {
    Key::parse(text).ok_or_else(|| Refusal::Bad(format!("{text:?} is not a key")))
}

fn fence(head: &Parts) -> Result<Option<Fence>> {
    let Some(value) = head.headers.get(FENCE_HEADER) else {
        return Ok(None);
    };
    let fence = value.to_str().unwrap_or_default().parse();
    fence
        .map(Some)
        .map_err(|bad| Refusal::Bad(format!("{FENCE_HEADER}: {bad}")))
}

fn overwrite(head: &Parts) -> Result<Overwrite> {
    match head
        .headers
        .get(IF_NONE_MATCH)
        .map(hyper::http::HeaderValue::as_bytes)
    {
        None => Ok(Overwrite::Allowed),
        Some(b"*") => Ok(Overwrite::Refused),
        Some(_) => Err(Refusal::Bad("if-none-match: only * is known".to_owned())),
    }
}

fn query(head: &Parts, name: &str) -> Option<String> {
    let query = head.uri.query().unwrap_or_default();
    form_urlencoded::parse(query.as_bytes())
        .find(|(key, _)| key == name)
        .map(|(_, value)| value.into_owned())
}
