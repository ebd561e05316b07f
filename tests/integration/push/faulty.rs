//! A proxy in front of a registry that breaks the first uploads.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// What happens instead of a PUT or PATCH.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The connection ends.
    Cut,
    Status500,
}

pub struct Faulty {
    port: u16,
    left: Arc<AtomicUsize>,
}

impl Faulty {
    /// Passes everything on to `upstream`, but for that many uploads.
    pub fn start(upstream: u16, fault: Fault, count: usize) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let left = Arc::new(AtomicUsize::new(count));
        let counter = Arc::clone(&left);
        thread::spawn(move || {
            for client in listener.incoming() {
                let (client, left) = (client.unwrap(), Arc::clone(&counter));
                let server = TcpStream::connect(("127.0.0.1", upstream)).unwrap();
                thread::spawn(move || serve(client, server, fault, &left));
            }
        });
        Self { port, left }
    }

    pub fn host(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// Faults to come.
    pub fn left(&self) -> usize {
        self.left.load(Ordering::SeqCst)
    }
}

fn serve(mut client: TcpStream, mut server: TcpStream, fault: Fault, left: &AtomicUsize) {
    let (mut from, mut to) = (server.try_clone().unwrap(), client.try_clone().unwrap());
    thread::spawn(move || {
        let _ = std::io::copy(&mut from, &mut to);
        let _ = to.shutdown(Shutdown::Both);
    });
    let mut buffer = vec![0; 64 * 1024];
    while let Ok(count @ 1..) = client.read(&mut buffer) {
        // Clients begin a request with a write of its own.
        let is_upload = buffer.starts_with(b"PUT ") || buffer.starts_with(b"PATCH ");
        let take = |left: usize| left.checked_sub(1);
        if is_upload
            && left
                .fetch_update(Ordering::SeqCst, Ordering::SeqCst, take)
                .is_ok()
        {
            if fault == Fault::Status500 {
                let answer = b"HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
                let _ = client.write_all(answer);
            }
            break;
        }
        if server.write_all(&buffer[..count]).is_err() {
            break;
        }
    }
    let _ = client.shutdown(Shutdown::Both);
    let _ = server.shutdown(Shutdown::Both);
}
