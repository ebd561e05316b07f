//! Connections to instances for requests that ask for an upgrade.
//!
//! pingora 0.9.1 passes on two things at once: the end of a request without a body, and the answer.
//! Where the instance has answered 101 by then, it may take the answer first, and then the end of
//! the request for the end of the upgraded connection. So an answer is not looked at before
//! everything else that is ready was.

use std::io;
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll};

use async_trait::async_trait;
use pingora::connectors::L4Connect;
use pingora::protocols::l4::socket::SocketAddr;
use pingora::protocols::l4::stream::Stream;
use pingora::protocols::l4::virt::{VirtualSockOpt, VirtualSocket, VirtualSocketStream};
use pingora::{ErrorType, OkOrErr, OrErr, Result};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

/// A pool of its own for each, so that none is taken from those of other requests.
pub(super) fn group() -> u64 {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    NEXT.fetch_add(1, Ordering::Relaxed)
}

/// Makes such connections.
#[derive(Debug)]
pub(super) struct Patient;

#[async_trait]
impl L4Connect for Patient {
    async fn connect(&self, address: &SocketAddr) -> Result<Stream> {
        let refused = || format!("no connection to {address:?}");
        let address = address
            .as_inet()
            .or_err_with(ErrorType::InternalError, refused)?;
        let connected =
            tokio::time::timeout(super::CONNECT_TIMEOUT, TcpStream::connect(address)).await;
        let stream = connected
            .or_err_with(ErrorType::ConnectTimedout, refused)?
            .or_err_with(ErrorType::ConnectError, refused)?;
        stream
            .set_nodelay(true)
            .or_err_with(ErrorType::ConnectError, refused)?;
        let socket = PatientSocket {
            stream,
            looked: false,
        };
        Ok(VirtualSocketStream::new(Box::new(socket)).into())
    }
}

#[derive(Debug)]
struct PatientSocket {
    stream: TcpStream,
    /// Whether a read was tried before.
    looked: bool,
}

impl AsyncRead for PatientSocket {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if !std::mem::replace(&mut self.looked, true) {
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for PatientSocket {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

impl VirtualSocket for PatientSocket {
    fn set_socket_option(&self, _: VirtualSockOpt) -> io::Result<()> {
        Ok(())
    }
}
