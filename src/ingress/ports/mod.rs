//! Raw ports on the host, passed on to the live release's instances.

mod tcp;
mod udp;

use std::collections::HashMap;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::os::fd::{AsFd, OwnedFd};
use std::sync::Arc;

use arc_swap::ArcSwapOption;
use tokio::task::AbortHandle;

use crate::ingress::handover::Sockets;
use crate::ingress::protocol::{RawPort, Transport};
use crate::ingress::table::{Conflict, Entry, PortHolder};

/// The route that a port serves, as it is now.
type Slot = ArcSwapOption<Entry>;

/// The open ports of all routes.
#[derive(Debug)]
pub(super) struct Ports {
    /// Where to listen, the first address that this machine has.
    hosts: Vec<IpAddr>,
    open: HashMap<RawPort, Open>,
    /// What an earlier process opened.
    inherited: Sockets,
}

#[derive(Debug)]
struct Open {
    key: Arc<str>,
    slot: Arc<Slot>,
    listener: AbortHandle,
    /// The same as the listener's, for a process that comes after this one.
    socket: OwnedFd,
}

impl Drop for Open {
    fn drop(&mut self) {
        self.listener.abort();
    }
}

impl Default for Ports {
    /// On all addresses. A socket for IPv6 takes IPv4 too.
    fn default() -> Self {
        Self {
            hosts: vec![Ipv6Addr::UNSPECIFIED.into(), Ipv4Addr::UNSPECIFIED.into()],
            open: HashMap::new(),
            inherited: Sockets::default(),
        }
    }
}

impl Ports {
    /// Sockets that listen already, to be taken instead of opened.
    pub(super) fn inherit(&mut self, sockets: Sockets) {
        self.inherited = sockets;
    }

    /// Those for HTTP on this address.
    pub(super) fn inherited(&mut self, address: SocketAddr) -> Vec<std::net::TcpListener> {
        self.inherited.take_tcp(address)
    }

    /// For a process that comes after this one.
    pub(super) fn sockets(&self) -> io::Result<Vec<OwnedFd>> {
        let open = self.open.values();
        open.map(|open| open.socket.try_clone()).collect()
    }

    /// Closes all.
    pub(super) fn close_all(&mut self) {
        self.open.clear();
    }

    /// On one address only.
    pub(super) fn on(host: IpAddr) -> Self {
        Self {
            hosts: vec![host],
            ..Self::default()
        }
    }

    /// Opens what `key` asks for and does not have yet, everything or nothing. They wait for
    /// [`Ports::route`].
    pub(super) fn open(&mut self, key: &Arc<str>, ports: &[RawPort]) -> Result<(), Conflict> {
        let mut opened = Vec::new();
        for port in ports {
            match self.open.get(port) {
                Some(open) if open.key == *key => {}
                Some(open) => {
                    return Err(Conflict::Port {
                        port: *port,
                        holder: PortHolder::Route(open.key.to_string()),
                    });
                }
                None => opened.push((*port, self.listen(key, *port)?)),
            }
        }
        self.open.extend(opened);
        Ok(())
    }

    /// Lets the ports of a route serve `entry`, and closes those that it does not ask for.
    pub(super) fn route(&mut self, entry: &Arc<Entry>) {
        self.open.retain(|port, open| {
            let own = open.key == entry.key;
            let wanted = entry.route.ports.contains(port);
            if own && wanted {
                open.slot.store(Some(Arc::clone(entry)));
            }
            !own || wanted
        });
    }

    /// Closes the ports of a route.
    pub(super) fn close(&mut self, key: &str) {
        self.open.retain(|_, open| &*open.key != key);
    }

    fn listen(&mut self, key: &Arc<str>, port: RawPort) -> Result<Open, Conflict> {
        let slot = Arc::new(Slot::empty());
        let serve = Arc::clone(&slot);
        let opened = match port.protocol {
            Transport::Tcp => self.open_tcp(port.port).and_then(|listener| {
                let socket = listener.as_fd().try_clone_to_owned()?;
                Ok((tokio::spawn(tcp::serve(listener, port.port, serve)), socket))
            }),
            Transport::Udp => self.open_udp(port.port).and_then(|listener| {
                let socket = listener.as_fd().try_clone_to_owned()?;
                Ok((tokio::spawn(udp::serve(listener, port.port, serve)), socket))
            }),
        };
        let (task, socket) = opened.map_err(|error| match error.kind() {
            io::ErrorKind::AddrInUse => Conflict::Port {
                port,
                holder: PortHolder::AnotherProgram,
            },
            _ => Conflict::Closed {
                port,
                reason: error.to_string(),
            },
        })?;
        Ok(Open {
            key: Arc::clone(key),
            slot,
            listener: task.abort_handle(),
            socket,
        })
    }

    fn open_tcp(&mut self, port: u16) -> io::Result<tokio::net::TcpListener> {
        let listener = self.bind(port, |inherited, address| {
            match inherited.take_tcp(address).pop() {
                Some(listener) => Ok(listener),
                None => std::net::TcpListener::bind(address),
            }
        })?;
        listener.set_nonblocking(true)?;
        tokio::net::TcpListener::from_std(listener)
    }

    fn open_udp(&mut self, port: u16) -> io::Result<tokio::net::UdpSocket> {
        let socket = self.bind(port, |inherited, address| {
            match inherited.take_udp(address) {
                Some(socket) => Ok(socket),
                None => std::net::UdpSocket::bind(address),
            }
        })?;
        socket.set_nonblocking(true)?;
        tokio::net::UdpSocket::from_std(socket)
    }

    fn bind<T>(
        &mut self,
        port: u16,
        bind: impl Fn(&mut Sockets, SocketAddr) -> io::Result<T>,
    ) -> io::Result<T> {
        let mut result = Err(io::ErrorKind::AddrNotAvailable.into());
        for host in &self.hosts {
            result = bind(&mut self.inherited, (*host, port).into());
            if !result.as_ref().is_err_and(has_no_such_address) {
                break;
            }
        }
        result
    }
}

/// Whether this machine lacks the address family, as with IPv6 turned off.
fn has_no_such_address(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::AddrNotAvailable
        || error.raw_os_error() == Some(rustix::io::Errno::AFNOSUPPORT.raw_os_error())
}
