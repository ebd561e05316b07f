//! Starts and ends the ingress.

use std::net::{SocketAddr, TcpListener};
use std::os::fd::IntoRawFd;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use pingora::apps::HttpServerOptions;
use pingora::listeners::ListenerConfig;
use pingora::listeners::tls::TlsSettings;
use pingora::proxy::{HttpProxy, http_proxy};
use pingora::server::configuration::ServerConf;
use pingora::server::{Fds, ListenFds};
use pingora::services::Service as _;
use pingora::services::listening::Service;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio_util::task::TaskTracker;

use super::access_log::AccessLog;
use super::certificates::Certificates;
use super::challenges::Challenges;
use super::connection::Connections;
use super::proxy::{Https, Proxy};
use super::table::Table;
use crate::{Error, Result};

/// Idle connections to instances, of all routes.
const POOL: usize = 2048;
/// Client connections with HTTP/2 that are idle for so long are closed.
const H2_IDLE: Duration = Duration::from_mins(3);

/// Requests that run have so long to end. An engine kills a container 10 s after it asked it to stop.
const END_LIMIT: Duration = Duration::from_secs(9);

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
    service: Service<Connections>,
    sockets: Fds,
    connections: TaskTracker,
}

/// An ingress that serves.
pub struct Serving {
    table: Arc<Table>,
    stop: watch::Sender<bool>,
    service: JoinHandle<()>,
    connections: TaskTracker,
}

impl Ingress {
    /// Opens its ports.
    pub fn bind(options: IngressOptions, table: Arc<Table>) -> Result<Self> {
        let (http, http_listener) = listen(options.http)?;
        let https = options.https.map(listen).transpose()?;
        let handles = Handles {
            table,
            certificates: Arc::new(Certificates::open(&options.state.join("certificates"))?),
            challenges: Arc::default(),
            http,
            https: https.as_ref().map(|(address, _)| *address),
        };
        let connections = TaskTracker::new();
        let app = Connections {
            proxy: Arc::new(proxy(&handles, options.access_log)),
            open: connections.clone(),
        };
        // pingora would try for half a minute and then panic where a port is taken, so it gets
        // sockets that listen already, by name.
        let mut sockets = Fds::new();
        let mut service = Service::new("ingress".to_owned(), app);
        let name = http.to_string();
        sockets.add(name.clone(), http_listener.into_raw_fd());
        service.endpoints().add_listener(ListenerConfig::tcp(name));
        if let Some((address, listener)) = https {
            let name = address.to_string();
            sockets.add(name.clone(), listener.into_raw_fd());
            let tls = tls(&handles.certificates)?;
            service
                .endpoints()
                .add_listener(ListenerConfig::tcp(name).tls(tls));
        }
        Ok(Self {
            handles,
            service,
            sockets,
            connections,
        })
    }

    /// For the control server.
    pub fn handles(&self) -> &Handles {
        &self.handles
    }

    /// Takes connections, on the tokio runtime that this is called in.
    pub fn serve(self) -> Serving {
        let (stop, stopped) = watch::channel(false);
        let sockets: ListenFds = Arc::new(self.sockets.into());
        let mut service = self.service;
        let service = tokio::spawn(async move {
            service.start_service(Some(sockets), stopped, 1).await;
        });
        Serving {
            table: self.handles.table,
            stop,
            service,
            connections: self.connections,
        }
    }
}

impl Serving {
    /// Takes no more connections, closes upgraded ones, lets requests end for at most `limit`.
    pub async fn end(self, limit: Duration) {
        // Without a receiver the service has ended already.
        let _ = self.stop.send(true);
        let _ = self.service.await;
        self.connections.close();
        self.table.close_upgraded();
        let _ = tokio::time::timeout(limit, self.connections.wait()).await;
    }
}

/// Serves until SIGTERM or SIGINT. `control` restores the routes and begins what is to run beside,
/// before the first request is taken.
pub fn run<C, F>(options: IngressOptions, control: C) -> Result<()>
where
    C: FnOnce(Handles) -> F,
    F: Future<Output = Result<()>>,
{
    let failed = |error| Error::unexpected("the ingress cannot be started").caused_by(error);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build();
    let runtime = runtime.map_err(failed)?;
    let result = runtime.block_on(async {
        let mut terminate = signal(SignalKind::terminate()).map_err(failed)?;
        let mut interrupt = signal(SignalKind::interrupt()).map_err(failed)?;
        let ingress = Ingress::bind(options, Arc::default())?;
        control(ingress.handles().clone()).await?;
        let serving = ingress.serve();
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        serving.end(END_LIMIT).await;
        Ok(())
    });
    // What is left had its time.
    runtime.shutdown_background();
    result
}

fn proxy(handles: &Handles, log: Option<AccessLog>) -> HttpProxy<Proxy> {
    let conf = Arc::new(ServerConf {
        threads: std::thread::available_parallelism().map_or(1, usize::from),
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

fn listen(address: SocketAddr) -> Result<(SocketAddr, TcpListener)> {
    let failed = |error: std::io::Error| match error.kind() {
        std::io::ErrorKind::AddrInUse => {
            Error::refused(format!("{address} is held by another program"))
        }
        _ => Error::unavailable(format!("{address} cannot be listened on")).caused_by(error),
    };
    let listener = TcpListener::bind(address).map_err(failed)?;
    // tokio blocks a thread on one that is not.
    listener.set_nonblocking(true).map_err(failed)?;
    let address = listener.local_addr().map_err(failed)?;
    Ok((address, listener))
}

fn tls(certificates: &Arc<Certificates>) -> Result<TlsSettings> {
    let mut tls = TlsSettings::intermediate("", "")
        .map_err(|error| Error::unexpected("HTTPS cannot be set up").caused_by(error))?;
    tls.set_cert_resolver(Arc::clone(certificates) as Arc<_>);
    tls.enable_h2();
    Ok(tls)
}
