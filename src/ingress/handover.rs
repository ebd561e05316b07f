//! A process that is started on the state of one that serves takes its place. It is given all
//! listening sockets, so that no connection is refused or lost, and the first ends when its requests
//! have.
//!
//! They talk over a socket in the state's folder, which only the ingress's user reaches. The first
//! sends each of its sockets with a byte [`SOCKET`], then [`END`]; the second answers [`END`] as soon
//! as it can serve, and the first confirms with [`END`] that it has not lost patience. Up to then
//! nothing has happened. Or the first sends [`BUSY`] and who is at work, or [`FAILED`] and why.

use std::fs::{self, Permissions};
use std::io::{self, IoSlice, IoSliceMut, Read as _, Write as _};
use std::mem::MaybeUninit;
use std::net::{SocketAddr, TcpListener, UdpSocket};
use std::os::fd::{AsFd as _, OwnedFd};
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rustix::net::sockopt::socket_type;
use rustix::net::{
    RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, SendAncillaryBuffer,
    SendAncillaryMessage, SendFlags, SocketType, recvmsg, sendmsg,
};
use tokio::net::UnixListener;
use tokio::task::spawn_blocking;

use crate::{Error, Kind, Result};

const FILE: &str = "handover.sock";
/// Its name while the process that it leads to does not serve yet.
const NEXT_FILE: &str = "handover.next.sock";
const SOCKET: u8 = b'S';
const END: u8 = b'E';
const BUSY: u8 = b'B';
const FAILED: u8 = b'F';
/// What the other side does takes less.
const PATIENCE: Duration = Duration::from_secs(10);

/// Listening sockets of another process.
#[derive(Debug, Default)]
pub(super) struct Sockets {
    tcp: Vec<TcpListener>,
    udp: Vec<UdpSocket>,
}

impl Sockets {
    /// Those that listen on this address.
    pub(super) fn take_tcp(&mut self, address: SocketAddr) -> Vec<TcpListener> {
        let there = |socket: &mut TcpListener| socket.local_addr().is_ok_and(|at| at == address);
        self.tcp.extract_if(.., there).collect()
    }

    /// The one on this address.
    pub(super) fn take_udp(&mut self, address: SocketAddr) -> Option<UdpSocket> {
        let there = |socket: &mut UdpSocket| socket.local_addr().is_ok_and(|at| at == address);
        self.udp.extract_if(.., there).next()
    }

    fn add(&mut self, socket: OwnedFd) -> io::Result<()> {
        match socket_type(&socket)? {
            SocketType::STREAM => self.tcp.push(socket.into()),
            _ => self.udp.push(socket.into()),
        }
        Ok(())
    }
}

/// The process that still serves.
pub(super) struct Predecessor(UnixStream);

impl Predecessor {
    /// It has stopped serving when this returns `Ok`, and goes on otherwise.
    pub(super) fn relieve(mut self) -> Result<()> {
        self.0.write_all(&[END]).map_err(unfinished)?;
        let mut confirmation = [0];
        self.0.read_exact(&mut confirmation).map_err(unfinished)?;
        if confirmation == [END] {
            Ok(())
        } else {
            Err(unfinished(io::ErrorKind::InvalidData.into()))
        }
    }
}

/// Why a process does not hand over, in words.
pub(super) enum Refusal {
    /// Somebody is at work.
    Busy(String),
    /// It can't.
    Failed(String),
}

impl Refusal {
    fn message(&self) -> Vec<u8> {
        match self {
            Self::Busy(who) => [&[BUSY], who.as_bytes()].concat(),
            Self::Failed(why) => [&[FAILED], why.as_bytes()].concat(),
        }
    }
}

/// Asks the process that serves on this state for its sockets; `None` where there is none. `Kind::Busy`
/// while somebody has a lease. Blocks.
pub(super) fn claim(state: &Path) -> Result<Option<(Sockets, Predecessor)>> {
    use io::ErrorKind::{ConnectionRefused, NotFound};
    let mut stream = match UnixStream::connect(state.join(FILE)) {
        Ok(stream) => stream,
        Err(error) if matches!(error.kind(), ConnectionRefused | NotFound) => return Ok(None),
        Err(error) => return Err(unfinished(error)),
    };
    stream
        .set_read_timeout(Some(PATIENCE))
        .map_err(unfinished)?;
    let mut sockets = Sockets::default();
    loop {
        match receive(&stream).map_err(unfinished)? {
            (SOCKET, Some(socket)) => sockets.add(socket).map_err(unfinished)?,
            (END, _) => return Ok(Some((sockets, Predecessor(stream)))),
            (byte @ (BUSY | FAILED), _) => {
                let mut why = String::new();
                stream.read_to_string(&mut why).map_err(unfinished)?;
                return Err(match byte {
                    BUSY => Error::new(Kind::Busy, why),
                    _ => unfinished(io::Error::other(why)),
                });
            }
            _ => return Err(unfinished(io::ErrorKind::InvalidData.into())),
        }
    }
}

fn unfinished(error: io::Error) -> Error {
    Error::unavailable("the ingress that serves does not hand over").caused_by(error)
}

/// Where a successor reports.
pub(super) struct Succession {
    listener: UnixListener,
    state: PathBuf,
}

impl Succession {
    /// Not yet to be found. Must be called within a tokio runtime.
    pub(super) fn open(state: &Path) -> io::Result<Self> {
        let path = state.join(NEXT_FILE);
        match fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let listener = UnixListener::bind(&path)?;
        fs::set_permissions(&path, Permissions::from_mode(0o600))?;
        Ok(Self {
            listener,
            state: state.to_owned(),
        })
    }

    /// Is found in place of an earlier process's from now on.
    pub(super) fn publish(&self) -> io::Result<()> {
        fs::rename(self.state.join(NEXT_FILE), self.state.join(FILE))
    }

    /// Returns when a successor serves. `give` says what it gets; `keep` is called when the one that got
    /// it did not take over.
    pub(super) async fn succeeded(
        self,
        mut give: impl AsyncFnMut() -> Result<Vec<OwnedFd>, Refusal>,
        keep: impl AsyncFn(),
    ) {
        loop {
            let Ok((stream, _)) = self.listener.accept().await else {
                tokio::time::sleep(Duration::from_millis(100)).await;
                continue;
            };
            let Ok(mut stream) = blocking(stream) else {
                continue;
            };
            match give().await {
                Ok(sockets) => {
                    let given = spawn_blocking(move || hand_over(stream, &sockets)).await;
                    if matches!(given, Ok(Ok(()))) {
                        return;
                    }
                    keep().await;
                }
                // Whoever asked may be gone.
                Err(refusal) => drop(stream.write_all(&refusal.message())),
            }
        }
    }
}

fn blocking(stream: tokio::net::UnixStream) -> io::Result<UnixStream> {
    let stream = stream.into_std()?;
    stream.set_nonblocking(false)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    Ok(stream)
}

fn hand_over(mut stream: UnixStream, sockets: &[OwnedFd]) -> io::Result<()> {
    for socket in sockets {
        send(&stream, socket)?;
    }
    stream.write_all(&[END])?;
    let mut answer = [0];
    stream.read_exact(&mut answer)?;
    if answer != [END] {
        return Err(io::ErrorKind::InvalidData.into());
    }
    // Who waited too long finds nobody to confirm to, or to confirm it.
    stream.write_all(&[END])
}

fn send(stream: &UnixStream, socket: &OwnedFd) -> io::Result<()> {
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
    let mut ancillary = SendAncillaryBuffer::new(&mut space);
    let one = [socket.as_fd()];
    let fits = ancillary.push(SendAncillaryMessage::ScmRights(&one));
    debug_assert!(fits, "there is space for one");
    let byte = [IoSlice::new(&[SOCKET])];
    sendmsg(stream, &byte, &mut ancillary, SendFlags::NOSIGNAL)?;
    Ok(())
}

/// One byte, and what came with it.
fn receive(stream: &UnixStream) -> io::Result<(u8, Option<OwnedFd>)> {
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
    let mut ancillary = RecvAncillaryBuffer::new(&mut space);
    let mut byte = [0];
    let received = recvmsg(
        stream,
        &mut [IoSliceMut::new(&mut byte)],
        &mut ancillary,
        RecvFlags::CMSG_CLOEXEC,
    )?;
    if received.bytes == 0 {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    let socket = ancillary.drain().find_map(|message| match message {
        RecvAncillaryMessage::ScmRights(mut sockets) => sockets.next(),
        _ => None,
    });
    Ok((byte[0], socket))
}
