//! Client connections, so that an upgraded one can be closed from elsewhere.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use pingora::apps::{HttpServerApp as _, ReusedHttpStream, ServerApp};
use pingora::protocols::Stream;
use pingora::protocols::http::ServerSession;
use pingora::proxy::HttpProxy;
use pingora::server::ShutdownWatch;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::proxy::Proxy;

/// For so long a connection is kept on which no request comes.
const IDLE: Duration = Duration::from_mins(1);

tokio::task_local! {
    static CLOSE: CancellationToken;
}

/// What closes the connection whose task this is; `None` with HTTP/2, where requests have tasks of
/// their own and are never upgraded.
pub(super) fn close_token() -> Option<CancellationToken> {
    CLOSE.try_with(Clone::clone).ok()
}

/// Serves each connection until it ends or is closed.
pub(super) struct Connections {
    pub(super) proxy: Arc<HttpProxy<Proxy>>,
    /// All that are open.
    pub(super) open: TaskTracker,
    /// From then on those are closed on which nothing was asked yet.
    pub(super) closing: CancellationToken,
}

impl Connections {
    async fn serve(&self, mut stream: Stream, shutdown: &ShutdownWatch) -> Option<Stream> {
        if stream.get_ssl_digest().is_some() || self.begins_http2(&mut stream).await? {
            return self.proxy.process_new(stream, shutdown).await;
        }
        let mut session = ServerSession::new_http1(stream);
        let idle = (!*shutdown.borrow()).then_some(IDLE.as_secs());
        session.set_keepalive(idle);
        let mut reused = self.proxy.process_new_http(session, shutdown).await;
        while let Some((stream, settings)) = reused.map(ReusedHttpStream::consume) {
            let mut session = ServerSession::new_http1(stream);
            if let Some(settings) = settings {
                settings.apply_to_session(&mut session);
            }
            reused = self.proxy.process_new_http(session, shutdown).await;
        }
        None
    }

    /// Whether HTTP/2 is spoken without having been agreed on; `None`: nothing is, in time.
    async fn begins_http2(&self, stream: &mut Stream) -> Option<bool> {
        tokio::select! {
            biased;
            begins = timeout(IDLE, begins_http2(stream)) => begins.ok()?,
            () = self.closing.cancelled() => None,
        }
    }
}

/// pingora looks at the whole preface, without a limit of time, and a whole request with HTTP/1.0 may
/// be shorter; the beginning no request lacks.
async fn begins_http2(stream: &mut Stream) -> Option<bool> {
    const PREFACE: &[u8; 24] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
    let mut first = [0; 3];
    // It has ended, or failed.
    stream.try_peek(&mut first).await.ok()?;
    if first != PREFACE[..3] {
        return Some(false);
    }
    stream.try_peek(&mut [0; PREFACE.len()]).await.ok()?;
    Some(true)
}

#[async_trait]
impl ServerApp for Connections {
    async fn process_new(
        self: &Arc<Self>,
        stream: Stream,
        shutdown: &ShutdownWatch,
    ) -> Option<Stream> {
        let _open = self.open.token();
        let close = CancellationToken::new();
        let served = CLOSE.scope(close.clone(), self.serve(stream, shutdown));
        tokio::select! {
            biased;
            stream = served => stream,
            () = close.cancelled() => None,
        }
    }

    /// Nothing yet: whoever is connected may go on for a while, see [`super::server::Serving::end`].
    async fn cleanup(&self) {}
}
