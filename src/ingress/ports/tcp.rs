use std::sync::Arc;
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::Slot;
use crate::ingress::protocol::Route;
use crate::ingress::table::{Tunnel, Upstream};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// After an `accept` that failed, for want of file descriptors.
const PAUSE: Duration = Duration::from_millis(100);

/// Passes connections on, each to one instance.
pub(super) async fn serve(listener: TcpListener, port: u16, slot: Arc<Slot>) {
    loop {
        match listener.accept().await {
            Ok((client, _)) => {
                tokio::spawn(pass_on(client, port, Arc::clone(&slot)));
            }
            Err(_) => tokio::time::sleep(PAUSE).await,
        }
    }
}

async fn pass_on(mut client: TcpStream, port: u16, slot: Arc<Slot>) {
    let close = CancellationToken::new();
    let Some((mut instance, _tunnel)) = connect(port, &slot, &close).await else {
        return;
    };
    // Without delay it is only slower.
    let _ = client.set_nodelay(true);
    let _ = instance.set_nodelay(true);
    tokio::select! {
        // Either side may end it as it likes; there is nobody to tell.
        _ = tokio::io::copy_bidirectional(&mut client, &mut instance) => {}
        () = close.cancelled() => {}
    }
}

/// Connects to an instance; while the route is held, waits for the next one.
async fn connect(port: u16, slot: &Slot, close: &CancellationToken) -> Option<(TcpStream, Tunnel)> {
    let deadline = Instant::now() + Route::HOLD_LIMIT;
    let mut tried: Vec<Arc<Upstream>> = Vec::new();
    loop {
        let entry = slot.load_full()?;
        if entry.route.hold {
            tokio::time::timeout_at(deadline, entry.replaced.cancelled())
                .await
                .ok()?;
            tried.clear();
            continue;
        }
        let upstream = Arc::clone(entry.live.as_ref()?.pick(&tried)?);
        // Registered before the slot is looked at again: a drain that did not see it came after
        // a change that is seen here.
        let tunnel = upstream.upgrade(close.clone());
        if slot
            .load()
            .as_ref()
            .is_none_or(|now| !Arc::ptr_eq(now, &entry))
        {
            continue;
        }
        let address = (upstream.address.ip(), port);
        match tokio::time::timeout(CONNECT_TIMEOUT, TcpStream::connect(address)).await {
            Ok(Ok(stream)) => return Some((stream, tunnel)),
            _ => tried.push(upstream),
        }
    }
}
