use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::TcpStream;

use super::answer::Refusal;
use super::api::Api;
use super::leases::ConnectionId;

/// A connection that says nothing for longer is closed; leases are renewed more often.
const IDLE: Duration = Duration::from_secs(30);

/// Serves one connection to its end, which ends the leases that were taken on it.
pub(super) async fn serve(api: Arc<Api>, id: ConnectionId, stream: TcpStream) {
    api.state.expect(id);
    let _leases = ReleaseAtEnd {
        api: Arc::clone(&api),
        id,
    };
    // Without effect on what is right, so is its failure.
    drop(stream.set_nodelay(true));
    let service = service_fn(|request| {
        let api = Arc::clone(&api);
        async move {
            // A client that goes away drops this future, but a change has no middle.
            let answer = tokio::spawn(async move { api.answer(id, request).await });
            let answer = answer.await;
            Ok::<_, Infallible>(answer.unwrap_or_else(|_| Refusal::Defect.into_answer()))
        }
    });
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(IDLE);
    // What is wrong with a connection is its client's to tell.
    drop(http.serve_connection(TokioIo::new(stream), service).await);
}

struct ReleaseAtEnd {
    api: Arc<Api>,
    id: ConnectionId,
}

impl Drop for ReleaseAtEnd {
    fn drop(&mut self) {
        self.api.state.forget(self.id);
    }
}
