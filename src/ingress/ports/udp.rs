use std::collections::HashMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::net::UdpSocket;
use tokio_util::sync::CancellationToken;

use super::Slot;
use crate::ingress::table::Tunnel;

/// After so long without an answer for it a client is forgotten; its next datagram begins anew.
const IDLE: Duration = Duration::from_secs(60);
/// More clients at once are not served, so that forged addresses cannot use up all descriptors.
const MOST_CLIENTS: usize = 1024;
const LARGEST_DATAGRAM: usize = 65_535;

type Clients = Arc<Mutex<HashMap<SocketAddr, Arc<UdpSocket>>>>;

/// Passes datagrams on; those of one client go to one instance, and its answers come back.
pub(super) async fn serve(socket: UdpSocket, port: u16, slot: Arc<Slot>) {
    let socket = Arc::new(socket);
    let clients = Clients::default();
    let mut datagram = vec![0; LARGEST_DATAGRAM];
    loop {
        // Errors are those of earlier datagrams, told by ICMP.
        let Ok((length, client)) = socket.recv_from(&mut datagram).await else {
            continue;
        };
        let known = lock(&clients).get(&client).cloned();
        let instance = match known {
            Some(instance) => Some(instance),
            None => begin(&socket, client, &clients, port, &slot).await,
        };
        if let Some(instance) = instance {
            // As lossy as UDP is.
            let _ = instance.send(&datagram[..length]).await;
        }
    }
}

/// Begins a client's session with an instance.
async fn begin(
    socket: &Arc<UdpSocket>,
    client: SocketAddr,
    clients: &Clients,
    port: u16,
    slot: &Slot,
) -> Option<Arc<UdpSocket>> {
    if lock(clients).len() >= MOST_CLIENTS {
        return None;
    }
    let entry = slot.load_full().filter(|entry| !entry.route.hold)?;
    let upstream = entry.live.as_ref()?.pick(&[])?;
    let close = CancellationToken::new();
    let tunnel = upstream.upgrade(close.clone());
    if slot
        .load()
        .as_ref()
        .is_none_or(|now| !Arc::ptr_eq(now, &entry))
    {
        return None;
    }
    let ip = upstream.address.ip();
    let any: IpAddr = match ip {
        IpAddr::V4(_) => Ipv4Addr::UNSPECIFIED.into(),
        IpAddr::V6(_) => Ipv6Addr::UNSPECIFIED.into(),
    };
    let instance = Arc::new(UdpSocket::bind((any, 0)).await.ok()?);
    instance.connect((ip, port)).await.ok()?;
    lock(clients).insert(client, Arc::clone(&instance));
    tokio::spawn(answer(
        Arc::clone(socket),
        client,
        Arc::clone(&instance),
        Arc::clone(clients),
        close,
        tunnel,
    ));
    Some(instance)
}

async fn answer(
    socket: Arc<UdpSocket>,
    client: SocketAddr,
    instance: Arc<UdpSocket>,
    clients: Clients,
    close: CancellationToken,
    _tunnel: Tunnel,
) {
    let mut datagram = vec![0; LARGEST_DATAGRAM];
    loop {
        tokio::select! {
            received = tokio::time::timeout(IDLE, instance.recv(&mut datagram)) => match received {
                Ok(Ok(length)) => {
                    let _ = socket.send_to(&datagram[..length], client).await;
                }
                _ => break,
            },
            () = close.cancelled() => break,
        }
    }
    lock(&clients).remove(&client);
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
