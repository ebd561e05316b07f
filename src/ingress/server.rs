//! Starts and ends the ingress.

use std::io;
use std::net::SocketAddr;
use std::os::fd::OwnedFd;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use pingora::apps::{HttpServerApp as _, HttpServerOptions};
use pingora::listeners::tls::TlsSettings;
use pingora::proxy::{HttpProxy, http_proxy};
use pingora::server::configuration::ServerConf;
use tokio::sync::watch;
use tokio::time::{sleep, timeout};
use tokio_util::sync::{CancellationToken, DropGuard};
use tokio_util::task::TaskTracker;

use super::access_log::AccessLog;
use super::certificates::Certificates;
use super::challenges::Challenges;
use super::connection::Connections;
use super::proxy::{Https, Proxy};
use super::table::Table;
use super::worker::{Life, Port, Worker};
use crate::{Error, Result};

/// Idle connections to instances, of all routes.
const POOL: usize = 2048;
/// Client connections with HTTP/2 that are idle for so long are closed.
const H2_IDLE: Duration = Duration::from_mins(3);
/// A client has so long to ask on a connection that it had before another process took over.
const GRACE: Duration = Duration::from_secs(5);
/// For what is left when time is up: threads to end, lines of the log to be written.
const LAST_WORDS: Duration = Duration::from_secs(1);

/// How an ingress is started.
#[derive(Debug)]
pub struct IngressOptions {
    /// Where HTTP is served; port 0: a free one.
    pub http: SocketAddr,
    /// Where HTTPS is served.
    pub https: Option<SocketAddr>,
    /// Certificates lie in its folder `certificates`.
    pub state: PathBuf,
    /// `None`: no access log.
    pub access_log: Option<AccessLog>,
}

/// What a control server works with.
#[derive(Clone, Debug)]
pub struct Handles {
    /// The routes, to be changed while requests read them.
    pub table: Arc<Table>,
    /// Certificates for HTTPS.
    pub certificates: Arc<Certificates>,
    /// Answers for an ACME server.
    pub challenges: Arc<Challenges>,
    /// Where HTTP is served.
    pub http: SocketAddr,
    /// Where HTTPS is served.
    pub https: Option<SocketAddr>,
}

/// An ingress whose ports are open. Connections wait until it serves.
pub struct Ingress {
    handles: Handles,
    workers: Vec<Worker>,
    doors: Vec<OwnedFd>,
    clients: Clients,
    access_log: Option<AccessLog>,
}

/// Who is connected, to all workers.
struct Clients {
    proxies: Vec<Arc<HttpProxy<Proxy>>>,
    open: TaskTracker,
    closing: CancellationToken,
    /// Whether some of them speak TLS.
    encrypted: bool,
}

/// An ingress that serves.
pub struct Serving {
    table: Arc<Table>,
    stop: watch::Sender<bool>,
    life: Life,
    /// The workers' listening sockets, for a process that comes after this one.
    doors: Vec<OwnedFd>,
    clients: Clients,
    access_log: Option<AccessLog>,
    /// Dropped, the workers' threads end.
    threads: DropGuard,
}

impl Ingress {
    /// Opens its ports. Must be called within a tokio runtime.
    pub fn bind(options: &IngressOptions, table: Arc<Table>) -> Result<Self> {
        let count = std::thread::available_parallelism().map_or(1, usize::from);
        let open = |address| match table.inherited(address) {
            listeners if listeners.is_empty() => Port::open(address, count),
            listeners => Ok(Port::inherited(address, listeners)),
        };
        let http = open(options.http)?;
        let https = options.https.map(open).transpose()?;
        let handles = Handles {
            certificates: Arc::new(Certificates::open(&options.state.join("certificates"))?),
            challenges: Arc::default(),
            http: http.address,
            https: https.as_ref().map(|port| port.address),
            table,
        };
        let proxy = |_| Arc::new(proxy(&handles, options.access_log.clone()));
        let clients = Clients {
            proxies: (0..count).map(proxy).collect(),
            open: TaskTracker::new(),
            closing: CancellationToken::new(),
            encrypted: https.is_some(),
        };
        let workers = clients.proxies.iter().map(|proxy| {
            Worker::new(Connections {
                proxy: Arc::clone(proxy),
                open: clients.open.clone(),
                closing: clients.closing.clone(),
            })
        });
        let mut workers = workers.collect::<io::Result<Vec<_>>>().map_err(failed)?;
        let mut doors = Vec::new();
        for (port, encrypted) in [(Some(http), false), (https, true)] {
            let listeners = port.into_iter().flat_map(|port| port.listeners);
            for (number, listener) in listeners.enumerate() {
                doors.push(listener.try_clone().map_err(failed)?.into());
                let tls = encrypted.then(|| tls(&handles.certificates)).transpose()?;
                workers[number % count].listen(listener, tls);
            }
        }
        Ok(Self {
            handles,
            workers,
            doors,
            clients,
            access_log: options.access_log.clone(),
        })
    }

    /// For the control server.
    pub fn handles(&self) -> &Handles {
        &self.handles
    }

    /// Takes connections, each on one of the workers' threads.
    pub fn serve(self) -> Serving {
        let (stop, stopped) = watch::channel(false);
        let life = Life::new(stopped);
        for worker in self.workers {
            worker.start(life.clone());
        }
        Serving {
            table: self.handles.table,
            stop,
            threads: life.end.clone().drop_guard(),
            life,
            doors: self.doors,
            clients: self.clients,
            access_log: self.access_log,
        }
    }
}

impl Serving {
    /// All listening sockets, for a process that comes after this one.
    pub(super) fn sockets(&self) -> io::Result<Vec<OwnedFd>> {
        let mut sockets = self.table.sockets()?;
        for door in &self.doors {
            sockets.push(door.try_clone()?);
        }
        Ok(sockets)
    }

    /// Returns when a worker has ended by itself: connections to its share of a port would wait for good.
    pub(super) async fn broken(&self) {
        self.life.broken.cancelled().await;
    }

    /// Takes no more connections, closes upgraded ones, lets requests end for at most `limit`.
    pub async fn end(self, limit: Duration) {
        self.end_after(Duration::ZERO, limit).await;
    }

    /// The same after another process took over: whoever is connected may ask once more.
    pub(super) async fn end_succeeded(self, limit: Duration) {
        self.end_after(GRACE, limit).await;
    }

    async fn end_after(self, grace: Duration, limit: Duration) {
        // Without a receiver the workers have ended already.
        let _ = self.stop.send(true);
        self.life.accepting.wait().await;
        drop(self.doors);
        self.table.close();
        let _ = timeout(limit, self.clients.end(grace)).await;
        drop(self.threads);
        let last_words = async {
            self.life.running.wait().await;
            if let Some(log) = &self.access_log {
                log.flush().await;
            }
        };
        let _ = timeout(LAST_WORDS, last_words).await;
    }
}

impl Clients {
    /// Returns when all are gone. Up to `grace` requests may begin; each is its connection's last.
    async fn end(&self, grace: Duration) {
        self.open.close();
        if self.encrypted {
            // Nobody knows of connections whose TLS has not begun or not ended.
            sleep(grace).await;
        } else {
            let _ = timeout(grace, self.open.wait()).await;
        }
        self.closing.cancel();
        for proxy in &self.proxies {
            proxy.http_cleanup().await;
        }
        self.open.wait().await;
    }
}

fn proxy(handles: &Handles, log: Option<AccessLog>) -> HttpProxy<Proxy> {
    let conf = Arc::new(ServerConf {
        threads: 1,
        upstream_keepalive_pool_size: POOL,
        ..ServerConf::default()
    });
    let redirect = handles.https.map(|address| Https {
        port: address.port(),
        certificates: Arc::clone(&handles.certificates),
    });
    let table = Arc::clone(&handles.table);
    let proxy = Proxy::new(table, redirect, Arc::clone(&handles.challenges), log);
    let mut proxy = http_proxy(&conf, proxy);
    let mut server = HttpServerOptions::default();
    server.h2c = true;
    server.h2_idle_timeout = Some(H2_IDLE);
    proxy.server_options = Some(server);
    proxy
}

fn failed(error: io::Error) -> Error {
    Error::unexpected("the ingress cannot be started").caused_by(error)
}

fn tls(certificates: &Arc<Certificates>) -> Result<TlsSettings> {
    let mut tls = TlsSettings::intermediate("", "")
        .map_err(|error| Error::unexpected("HTTPS cannot be set up").caused_by(error))?;
    tls.set_cert_resolver(Arc::clone(certificates) as Arc<_>);
    tls.enable_h2();
    Ok(tls)
}
