//! Client connections, so that an upgraded one can be closed from elsewhere.

use std::sync::Arc;

use async_trait::async_trait;
use pingora::apps::{HttpServerApp, ServerApp};
use pingora::protocols::Stream;
use pingora::proxy::HttpProxy;
use pingora::server::ShutdownWatch;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::proxy::Proxy;

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
        let served = CLOSE.scope(close.clone(), self.proxy.process_new(stream, shutdown));
        tokio::select! {
            biased;
            stream = served => stream,
            () = close.cancelled() => None,
        }
    }

    async fn cleanup(&self) {
        self.proxy.http_cleanup().await;
    }
}
