//! `paas ingress`: the proxy and the control API in one process, until SIGTERM.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use tokio::net::TcpListener;
use tokio::runtime::Builder;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::Notify;
use tokio_util::task::AbortOnDropHandle;

use super::AccessLog;
use super::acme::{Acme, AcmeOptions, Failures, Warn};
use super::certificates::Certificates;
use super::control::{Conflict, Control, Routing, Token};
use super::handover::{self, Refusal, Succession};
use super::metrics;
use super::protocol::{About, CertificateState, Drained, PROTOCOL, Route, Traffic};
use super::server::{Ingress, IngressOptions};
use super::table::Table;
use crate::{Error, Result};

/// Requests that run have so long to end. An engine kills a container 10 s after it asked it to stop.
const END_LIMIT: Duration = Duration::from_secs(9);
/// The same, where nobody waits for the end.
const SUCCEEDED_LIMIT: Duration = Duration::from_mins(1);

/// What an ingress is started with.
#[derive(Debug)]
pub struct RunOptions {
    /// Where HTTP is served.
    pub http_port: u16,
    /// Where HTTPS is served.
    pub https_port: Option<u16>,
    /// Where the control API is served, on loopback only.
    pub control_port: u16,
    /// What a client of the control API has to know.
    pub token: String,
    /// The folder that outlives the process.
    pub state: PathBuf,
    /// Where certificates are ordered, when HTTPS is served.
    pub acme: AcmeOptions,
    /// `None`: requests are not logged.
    pub access_log: Option<AccessLog>,
    /// `paas --version`.
    pub version: String,
}

/// Serves until SIGTERM or SIGINT, or until another process on the same state takes its place. `warn`
/// is told what of the kept state can't be used, and which hosts get no certificate.
pub fn run(options: RunOptions, warn: impl Fn(&str) + Send + Sync + 'static) -> Result<()> {
    let runtime = Builder::new_multi_thread().enable_all().build();
    let runtime = runtime.map_err(failed)?;
    let result = runtime.block_on(serve(options, Arc::new(warn)));
    // What is left had its time.
    runtime.shutdown_background();
    result
}

async fn serve(options: RunOptions, warn: Warn) -> Result<()> {
    let mut terminate = signal(SignalKind::terminate()).map_err(failed)?;
    let mut interrupt = signal(SignalKind::interrupt()).map_err(failed)?;
    let token = Token::new(options.token)
        .ok_or_else(|| Error::usage("an ingress without a token can't be steered"))?;
    let (table, predecessor) = match handover::claim(&options.state)? {
        Some((sockets, predecessor)) => (Table::inheriting(sockets), Some(predecessor)),
        None => (Table::default(), None),
    };
    let everywhere = |port| SocketAddr::from((Ipv4Addr::UNSPECIFIED, port));
    let ingress = IngressOptions {
        http: everywhere(options.http_port),
        https: options.https_port.map(everywhere),
        state: options.state.clone(),
        access_log: options.access_log,
    };
    let ingress = Ingress::bind(&ingress, Arc::new(table))?;
    let handles = ingress.handles().clone();
    let about = About {
        protocol: PROTOCOL,
        version: options.version,
        http_port: options.http_port,
        https_port: options.https_port,
        ending: false,
    };
    let failures = Arc::<Failures>::default();
    let routes = Routes {
        table: Arc::clone(&handles.table),
        certificates: Arc::clone(&handles.certificates),
        failures: Arc::clone(&failures),
        changed: Arc::default(),
    };
    let changed = Arc::clone(&routes.changed);
    let (control, warnings) = Control::open(&options.state, Arc::new(routes), token, about)
        .await
        .map_err(|error| {
            let state = options.state.display();
            Error::unavailable(format!("cannot read what is kept in {state}")).caused_by(error)
        })?;
    for warning in warnings {
        warn(&warning);
    }
    handles.table.disinherit();
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, options.control_port));
    let listener = TcpListener::bind(address).await.map_err(|error| {
        Error::unavailable(format!("the control port {address} cannot be listened on"))
            .caused_by(error)
    })?;
    let acme = match handles.https {
        Some(_) => Some(Acme::new(
            options.acme,
            &options.state,
            &handles,
            changed,
            failures,
            Arc::clone(&warn),
        )?),
        None => None,
    };
    let succession = Succession::open(&options.state).map_err(failed)?;
    if let Some(predecessor) = predecessor {
        predecessor.relieve()?;
    }
    // Nobody else serves from now on, so nothing may end this process.
    if let Err(error) = succession.publish() {
        warn(&format!(
            "the next ingress can't take over without a gap: {error}"
        ));
    }
    let stop = control.changes();
    tokio::spawn(async move { control.serve(listener).await });
    // Its end: a successor answers challenges, so it has to order.
    let ordering = acme.map(|acme| AbortOnDropHandle::new(tokio::spawn(acme.run())));
    let serving = ingress.serve();
    let give = async || {
        let frozen = stop.freeze().await;
        frozen.map_err(|holder| {
            Refusal::Busy(format!("{} is at work ({})", holder.who, holder.what))
        })?;
        // Not before: a change may have opened a port meanwhile.
        match serving.sockets() {
            Ok(sockets) => Ok(sockets),
            Err(error) => {
                stop.thaw().await;
                Err(Refusal::Failed(error.to_string()))
            }
        }
    };
    let end = tokio::select! {
        _ = terminate.recv() => End::Asked,
        _ = interrupt.recv() => End::Asked,
        () = succession.succeeded(give, async || stop.thaw().await) => End::Succeeded,
        () = serving.broken() => End::Broken,
    };
    drop(ordering);
    match end {
        End::Asked | End::Broken => serving.end(END_LIMIT).await,
        End::Succeeded => serving.end_succeeded(SUCCEEDED_LIMIT).await,
    }
    match end {
        End::Asked | End::Succeeded => Ok(()),
        End::Broken => Err(Error::unexpected("a thread that served has ended")),
    }
}

/// Why it ends.
enum End {
    Asked,
    Succeeded,
    /// The engine starts it again.
    Broken,
}

fn failed(error: std::io::Error) -> Error {
    Error::unexpected("the ingress cannot be started").caused_by(error)
}

/// The table, and somebody who is told when it changes.
struct Routes {
    table: Arc<Table>,
    certificates: Arc<Certificates>,
    failures: Arc<Failures>,
    changed: Arc<Notify>,
}

#[async_trait]
impl Routing for Routes {
    async fn put(&self, key: &str, route: Route) -> Result<(), Conflict> {
        let put = self.table.put(key, route);
        self.changed.notify_one();
        put.map_err(|conflict| Conflict(conflict.to_string()))
    }

    async fn remove(&self, key: &str) -> bool {
        self.table.remove(key)
    }

    fn routes(&self) -> BTreeMap<String, Route> {
        self.table.routes()
    }

    async fn drain(&self, upstreams: &[String], timeout: Duration) -> Drained {
        self.table.drain(upstreams, timeout).await
    }

    fn traffic(&self, key: &str, mark: bool) -> BTreeMap<u64, Traffic> {
        self.table.traffic(key, mark)
    }

    fn certificates(&self) -> BTreeMap<String, CertificateState> {
        let routes = self.table.routes().into_values();
        let encrypted = routes.filter(|route| route.https);
        let hosts = encrypted.flat_map(|route| route.hosts);
        hosts
            .map(|host| {
                let certificate = self.certificates.of(&host);
                let state = CertificateState {
                    expires: certificate.map(|certificate| certificate.validity.until),
                    failure: self.failures.of(&host),
                };
                (host, state)
            })
            .collect()
    }

    fn metrics(&self) -> String {
        metrics(&self.table)
    }
}
