//! Starts and ends the ingress.

use std::io;
use std::net::SocketAddr;
use std::os::fd::OwnedFd;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use pingora::apps::HttpServerOptions;
use pingora::listeners::tls::TlsSettings;
use pingora::proxy::{HttpProxy, http_proxy};
use pingora::server::configuration::ServerConf;
use tokio::sync::{oneshot, watch};
use tokio_util::sync::{CancellationToken, DropGuard};
use tokio_util::task::TaskTracker;

use super::access_log::AccessLog;
use super::certificates::Certificates;
use super::challenges::Challenges;
use super::connection::Connections;
use super::proxy::{Https, Proxy};
use super::table::Table;
use super::worker::{Port, Worker};
use crate::{Error, Result};

/// Idle connections to instances, of all routes.
const POOL: usize = 2048;
/// Client connections with HTTP/2 that are idle for so long are closed.
const H2_IDLE: Duration = Duration::from_mins(3);

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
    connections: TaskTracker,
}

/// An ingress that serves.
pub struct Serving {
    table: Arc<Table>,
    stop: watch::Sender<bool>,
    working: Vec<oneshot::Receiver<()>>,
    /// The workers' listening sockets, for a process that comes after this one.
    doors: Vec<OwnedFd>,
    connections: TaskTracker,
    /// Dropped, the workers' threads end.
    _threads: DropGuard,
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
        let connections = TaskTracker::new();
        let worker = || {
            Worker::new(Connections {
                proxy: Arc::new(proxy(&handles, options.access_log.clone())),
                open: connections.clone(),
            })
        };
        let mut workers: Vec<Worker> = (0..count).map(|_| worker()).collect();
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
            connections,
        })
    }

    /// For the control server.
    pub fn handles(&self) -> &Handles {
        &self.handles
    }

    /// Takes connections, each on one of the workers' threads.
    pub fn serve(self) -> Serving {
        let (stop, stopped) = watch::channel(false);
        let end = CancellationToken::new();
        let workers = self.workers.into_iter();
        let working = workers
            .map(|worker| worker.start(stopped.clone(), end.clone()))
            .collect();
        Serving {
            table: self.handles.table,
            stop,
            working,
            doors: self.doors,
            connections: self.connections,
            _threads: end.drop_guard(),
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

    /// Takes no more connections, closes upgraded ones, lets requests end for at most `limit`.
    pub async fn end(self, limit: Duration) {
        // Without a receiver the workers have ended already.
        let _ = self.stop.send(true);
        for worker in self.working {
            let _ = worker.await;
        }
        drop(self.doors);
        self.connections.close();
        self.table.close();
        let _ = tokio::time::timeout(limit, self.connections.wait()).await;
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
