//! Threads that serve: one per processor, each with its own listening sockets, connections and pool of
//! connections to instances. What a request needs never waits for another thread.

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::os::fd::IntoRawFd;
use std::sync::Arc;

use pingora::listeners::ListenerConfig;
use pingora::listeners::tls::TlsSettings;
use pingora::server::{Fds, ListenFds};
use pingora::services::Service as _;
use pingora::services::listening::Service;
use tokio::net::TcpSocket;
use tokio::sync::{oneshot, watch};
use tokio_util::sync::CancellationToken;

use super::connection::Connections;
use crate::{Error, Result};

/// Connections that wait to be taken, of each socket.
const BACKLOG: u32 = 4096;

/// A port that is open, with a socket for each worker: the kernel spreads connections over them.
pub(super) struct Port {
    pub(super) address: SocketAddr,
    pub(super) listeners: Vec<TcpListener>,
}

impl Port {
    /// One that listens already, for an earlier process.
    pub(super) fn inherited(address: SocketAddr, listeners: Vec<TcpListener>) -> Self {
        Self { address, listeners }
    }

    /// Port 0: a free one. Must be called within a tokio runtime.
    pub(super) fn open(address: SocketAddr, workers: usize) -> Result<Self> {
        listen(address, workers).map_err(|error| match error.kind() {
            io::ErrorKind::AddrInUse => {
                Error::refused(format!("{address} is held by another program"))
            }
            _ => Error::unavailable(format!("{address} cannot be listened on")).caused_by(error),
        })
    }
}

fn listen(address: SocketAddr, workers: usize) -> io::Result<Port> {
    // Sockets that share a port would share it with another program's as well.
    let address = TcpListener::bind(address)?.local_addr()?;
    let listeners = (0..workers).map(|_| {
        let socket = match address {
            SocketAddr::V4(_) => TcpSocket::new_v4(),
            SocketAddr::V6(_) => TcpSocket::new_v6(),
        }?;
        socket.set_reuseaddr(true)?;
        socket.set_reuseport(true)?;
        socket.bind(address)?;
        socket.listen(BACKLOG)?.into_std()
    });
    Ok(Port {
        address,
        listeners: listeners.collect::<io::Result<_>>()?,
    })
}

/// Serves on a thread of its own.
pub(super) struct Worker {
    service: Service<Connections>,
    sockets: Fds,
}

impl Worker {
    pub(super) fn new(app: Connections) -> Self {
        Self {
            service: Service::new("ingress".to_owned(), app),
            sockets: Fds::new(),
        }
    }

    pub(super) fn listen(&mut self, listener: TcpListener, tls: Option<TlsSettings>) {
        // pingora would try for half a minute and then panic where a port is taken, so it gets
        // sockets that listen already, by name.
        let socket = listener.into_raw_fd();
        let name = socket.to_string();
        self.sockets.add(name.clone(), socket);
        let mut config = ListenerConfig::tcp(name);
        if let Some(tls) = tls {
            config = config.tls(tls);
        }
        self.service.endpoints().add_listener(config);
    }

    /// Serves until `stopped`, and what it has taken until `end`. The receiver is told when no more
    /// connections are taken.
    pub(super) fn start(
        self,
        stopped: watch::Receiver<bool>,
        end: CancellationToken,
    ) -> oneshot::Receiver<()> {
        let (closed, closing) = oneshot::channel();
        let Self {
            mut service,
            sockets,
        } = self;
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .expect("a runtime was made before");
            runtime.block_on(async move {
                let sockets: ListenFds = Arc::new(sockets.into());
                service.start_service(Some(sockets), stopped, 1).await;
                let _ = closed.send(());
                end.cancelled().await;
            });
        });
        closing
    }
}
