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
use tokio::runtime::{Builder, Runtime};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

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

/// What workers and whoever ends them tell each other.
#[derive(Clone)]
pub(super) struct Life {
    /// True: no more connections are to be taken.
    stopped: watch::Receiver<bool>,
    /// Workers that take connections.
    pub(super) accepting: TaskTracker,
    /// A worker has ended before it was to.
    pub(super) broken: CancellationToken,
    /// Connections that are left are to be dropped.
    pub(super) end: CancellationToken,
    /// Workers whose threads run.
    pub(super) running: TaskTracker,
}

impl Life {
    pub(super) fn new(stopped: watch::Receiver<bool>) -> Self {
        let [accepting, running] = [TaskTracker::new(), TaskTracker::new()];
        accepting.close();
        running.close();
        Self {
            stopped,
            accepting,
            broken: CancellationToken::new(),
            end: CancellationToken::new(),
            running,
        }
    }
}

/// Serves on a thread of its own.
pub(super) struct Worker {
    runtime: Own,
    service: Service<Connections>,
    sockets: Fds,
}

/// A runtime that may be dropped within another one.
struct Own(Option<Runtime>);

impl Drop for Own {
    fn drop(&mut self) {
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_background();
        }
    }
}

impl Worker {
    pub(super) fn new(app: Connections) -> io::Result<Self> {
        let runtime = Builder::new_current_thread().enable_all().build()?;
        Ok(Self {
            runtime: Own(Some(runtime)),
            service: Service::new("ingress".to_owned(), app),
            sockets: Fds::new(),
        })
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

    /// Serves until it is stopped, and what it has taken until the end.
    pub(super) fn start(self, life: Life) {
        let Self {
            mut runtime,
            mut service,
            sockets,
        } = self;
        let (accepting, running) = (life.accepting.token(), life.running.token());
        let serve = async move {
            // Dropped by a panic too.
            let broken = life.broken.drop_guard();
            let sockets: ListenFds = Arc::new(sockets.into());
            let stopped = life.stopped.clone();
            service.start_service(Some(sockets), life.stopped, 1).await;
            if *stopped.borrow() {
                broken.disarm();
            }
            drop(accepting);
            life.end.cancelled().await;
        };
        std::thread::spawn(move || {
            // What is cut says so in the log before the thread counts as gone.
            let _running = running;
            if let Some(runtime) = runtime.0.take() {
                runtime.block_on(serve);
            }
        });
    }
}
