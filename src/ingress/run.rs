//! `paas ingress`: the proxy and the control API in one process, until SIGTERM.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use tokio::net::TcpListener;
use tokio::sync::Notify;

use super::AccessLog;
use super::acme::{Acme, AcmeOptions};
use super::control::{Conflict, Control, Routing, Token};
use super::metrics;
use super::protocol::{About, Drained, PROTOCOL, Route, Traffic};
use super::server::{self, Handles, IngressOptions};
use super::table::Table;
use crate::{Error, Result};

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

/// Serves until SIGTERM or SIGINT. `warn` is told what of the kept state can't be used, and which
/// hosts get no certificate.
pub fn run(options: RunOptions, warn: impl Fn(&str) + Send + Sync + 'static) -> Result<()> {
    let everywhere = |port| SocketAddr::from((Ipv4Addr::UNSPECIFIED, port));
    let ingress = IngressOptions {
        http: everywhere(options.http_port),
        https: options.https_port.map(everywhere),
        state: options.state.clone(),
        access_log: options.access_log,
    };
    let about = About {
        protocol: PROTOCOL,
        version: options.version,
        http_port: options.http_port,
        https_port: options.https_port,
    };
    server::run(ingress, async |handles: Handles| {
        let token = Token::new(options.token)
            .ok_or_else(|| Error::usage("an ingress without a token can't be steered"))?;
        let routes = Routes {
            table: Arc::clone(&handles.table),
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
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, options.control_port));
        let listener = TcpListener::bind(address).await.map_err(|error| {
            Error::unavailable(format!("the control port {address} cannot be listened on"))
                .caused_by(error)
        })?;
        tokio::spawn(async move { control.serve(listener).await });
        if handles.https.is_some() {
            let acme = Acme::new(
                options.acme,
                &options.state,
                &handles,
                changed,
                Arc::new(warn),
            )?;
            tokio::spawn(acme.run());
        }
        Ok(())
    })
}

/// The table, and somebody who is told when it changes.
struct Routes {
    table: Arc<Table>,
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

    fn metrics(&self) -> String {
        metrics(&self.table)
    }
}
