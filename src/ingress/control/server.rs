use std::io;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio::time::sleep;

use super::api::Api;
use super::connection;
use super::leases::ConnectionId;
use super::routing::Routing;
use super::state::State;
use super::token::Token;
use crate::ingress::protocol::{About, Holder};

/// At once; more wait to be accepted.
const CONNECTIONS: usize = 512;
/// Before the next try when a connection can't be accepted: no file handles are left.
const BREATH: Duration = Duration::from_millis(50);

/// The control API over what a state folder holds.
pub struct Control {
    api: Arc<Api>,
}

/// Stops changes while another process takes over.
pub struct ChangeStop(Arc<State>);

impl ChangeStop {
    /// Refuses changes from now on; not while somebody has a lease.
    pub async fn freeze(&self) -> Result<(), Holder> {
        self.0.freeze().await
    }

    /// Takes changes again.
    pub async fn thaw(&self) {
        self.0.thaw().await;
    }
}

impl Control {
    /// Reads the folder back (it is made where it is missing) and puts its routes in force. The
    /// texts, for people, tell what could not be: the rest works.
    pub async fn open(
        folder: &Path,
        routing: Arc<dyn Routing>,
        token: Token,
        about: About,
    ) -> io::Result<(Self, Vec<String>)> {
        let (state, warnings) = State::open(folder, routing).await?;
        let api = Api {
            state: Arc::new(state),
            token,
            about,
        };
        Ok((Self { api: Arc::new(api) }, warnings))
    }

    /// What stops changes while another process takes over.
    pub fn changes(&self) -> ChangeStop {
        ChangeStop(Arc::clone(&self.api.state))
    }

    /// Serves until it is dropped, which closes all connections; changes that have begun are
    /// finished even so, as long as the runtime lives.
    pub async fn serve(self, listener: TcpListener) {
        let room = Arc::new(Semaphore::new(CONNECTIONS));
        let mut connections = JoinSet::new();
        for id in 0.. {
            let place = Arc::clone(&room).acquire_owned().await;
            let place = place.expect("nobody closes it");
            let stream = loop {
                match listener.accept().await {
                    Ok((stream, _)) => break stream,
                    Err(_) => sleep(BREATH).await,
                }
            };
            let api = Arc::clone(&self.api);
            connections.spawn(async move {
                connection::serve(api, ConnectionId(id), stream).await;
                drop(place);
            });
            while connections.try_join_next().is_some() {}
        }
    }
}
