//! Raw ports on the host, passed on to the live release's instances.

mod tcp;
mod udp;

use std::collections::HashMap;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;

use arc_swap::ArcSwapOption;
use tokio::task::AbortHandle;

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
}

#[derive(Debug)]
struct Open {
    key: Arc<str>,
    slot: Arc<Slot>,
    listener: AbortHandle,
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
        }
    }
}

impl Ports {
    /// On one address only.
    pub(super) fn on(host: IpAddr) -> Self {
        Self {
            hosts: vec![host],
            open: HashMap::new(),
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

    fn listen(&self, key: &Arc<str>, port: RawPort) -> Result<Open, Conflict> {
        let slot = Arc::new(Slot::empty());
        let serve = Arc::clone(&slot);
        let task = match port.protocol {
            Transport::Tcp => self
                .bind(port.port, |address| {
                    let listener = std::net::TcpListener::bind(address)?;
                    listener.set_nonblocking(true)?;
                    tokio::net::TcpListener::from_std(listener)
                })
                .map(|listener| tokio::spawn(tcp::serve(listener, port.port, serve))),
            Transport::Udp => self
                .bind(port.port, |address| {
                    let socket = std::net::UdpSocket::bind(address)?;
                    socket.set_nonblocking(true)?;
                    tokio::net::UdpSocket::from_std(socket)
                })
                .map(|socket| tokio::spawn(udp::serve(socket, port.port, serve))),
        };
        let task = task.map_err(|error| match error.kind() {
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
        })
    }

    fn bind<T>(&self, port: u16, bind: impl Fn(SocketAddr) -> io::Result<T>) -> io::Result<T> {
        let mut result = Err(io::ErrorKind::AddrNotAvailable.into());
        for host in &self.hosts {
            result = bind((*host, port).into());
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
