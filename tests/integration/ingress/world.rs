use std::convert::Infallible;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Query, Request, State};
use axum::http::HeaderMap;
use axum::routing::{any, get, post};
use futures_util::StreamExt;
use paas::ingress::protocol::{Backend, Route};
use paas::ingress::table::Table;
use paas::ingress::{AccessLog, Handles, Ingress, IngressOptions, Serving};
use tokio::net::TcpListener;

/// An ingress on ports of its own.
pub struct World {
    pub handles: Handles,
    pub serving: Serving,
    _state: tempfile::TempDir,
}

pub const LOOPBACK: std::net::SocketAddr =
    std::net::SocketAddr::new(std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST), 0);

impl World {
    pub fn start() -> Self {
        Self::with_log(None)
    }

    pub fn with_log(access_log: Option<AccessLog>) -> Self {
        let state = tempfile::tempdir().unwrap();
        let options = IngressOptions {
            http: LOOPBACK,
            https: Some(LOOPBACK),
            state: state.path().to_owned(),
            access_log,
        };
        let ingress =
            Ingress::bind(&options, Arc::new(Table::with_ports_on(LOOPBACK.ip()))).unwrap();
        Self {
            handles: ingress.handles().clone(),
            serving: ingress.serve(),
            _state: state,
        }
    }

    pub fn table(&self) -> &Table {
        &self.handles.table
    }

    pub fn url(&self, host: &str, path: &str) -> String {
        format!("http://{host}:{}{path}", self.handles.http.port())
    }

    /// Knows all hosts of these tests.
    pub fn client(&self) -> reqwest::ClientBuilder {
        let mut builder = reqwest::Client::builder()
            .no_proxy()
            .timeout(Duration::from_secs(20));
        for host in ["a.test", "b.test", "nobody.test"] {
            builder = builder.resolve(host, self.handles.http);
        }
        builder.redirect(reqwest::redirect::Policy::none())
    }

    pub async fn get(&self, host: &str, path: &str) -> (u16, String) {
        let answer = self
            .client()
            .build()
            .unwrap()
            .get(self.url(host, path))
            .send()
            .await
            .unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    }
}

pub fn backend(release: u64, upstreams: &[&str]) -> Backend {
    Backend {
        release,
        upstreams: upstreams
            .iter()
            .map(|&upstream| upstream.to_owned())
            .collect(),
    }
}

/// A route of one host to instances.
pub fn route(host: &str, release: u64, upstreams: &[&str]) -> Route {
    Route {
        hosts: vec![host.to_owned()],
        live: Some(backend(release, upstreams)),
        ..Route::default()
    }
}

/// A web server that tells its name.
pub struct Instance {
    pub address: String,
    pub hits: Arc<AtomicU64>,
}

#[derive(Clone)]
struct About {
    name: &'static str,
    hits: Arc<AtomicU64>,
}

impl Instance {
    pub async fn start(name: &'static str) -> Self {
        let listener = TcpListener::bind(LOOPBACK).await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let hits = Arc::new(AtomicU64::new(0));
        let about = About {
            name,
            hits: Arc::clone(&hits),
        };
        let app = Router::new()
            .route("/headers", any(headers))
            .route("/upload", post(upload))
            .route("/download", get(download))
            .route("/events", get(events))
            .route("/slow", get(slow))
            .fallback(any(|State(about): State<About>| async move {
                about.hits.fetch_add(1, Ordering::SeqCst);
                about.name
            }))
            .with_state(about);
        tokio::spawn(async move { axum::serve(listener, app).await });
        Self { address, hits }
    }

    pub fn hits(&self) -> u64 {
        self.hits.load(Ordering::SeqCst)
    }
}

async fn headers(request: Request) -> String {
    let headers = request.headers().iter();
    headers
        .map(|(name, value)| format!("{name}: {}\n", value.to_str().unwrap()))
        .collect()
}

async fn upload(body: Body) -> String {
    let sum = |sum: u64, chunk: &Bytes| {
        chunk
            .iter()
            .fold(sum, |sum, byte| sum.wrapping_mul(31) + u64::from(*byte))
    };
    let mut chunks = body.into_data_stream();
    let (mut bytes, mut check) = (0, 0);
    while let Some(chunk) = chunks.next().await {
        let chunk = chunk.unwrap();
        bytes += chunk.len();
        check = sum(check, &chunk);
    }
    format!("{bytes} {check}")
}

async fn download(Query(query): Query<std::collections::HashMap<String, usize>>) -> Body {
    let chunk = Bytes::from(vec![7; 64 * 1024]);
    let chunks = (0..query["chunks"]).map(move |_| Ok::<_, Infallible>(chunk.clone()));
    Body::from_stream(futures_util::stream::iter(chunks))
}

async fn events() -> (HeaderMap, Body) {
    let events = futures_util::stream::unfold(0, |count| async move {
        if count > 0 {
            tokio::time::sleep(Duration::from_millis(300)).await;
        }
        (count < 3).then(|| (Ok::<_, Infallible>(format!("data: {count}\n\n")), count + 1))
    });
    let headers = HeaderMap::from_iter([(
        axum::http::header::CONTENT_TYPE,
        "text/event-stream".parse().unwrap(),
    )]);
    (headers, Body::from_stream(events))
}

async fn slow(
    State(about): State<About>,
    Query(query): Query<std::collections::HashMap<String, u64>>,
) -> &'static str {
    about.hits.fetch_add(1, Ordering::SeqCst);
    tokio::time::sleep(Duration::from_millis(query["ms"])).await;
    about.name
}

/// Waits until something is so, at most five seconds.
pub async fn eventually(what: &str, condition: impl Fn() -> bool) {
    for _ in 0..500 {
        if condition() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("{what} did not come to be");
}

/// A file that threads append to.
pub fn sink(path: &Path) -> Box<dyn std::io::Write + Send> {
    Box::new(std::fs::File::create(path).unwrap())
}
