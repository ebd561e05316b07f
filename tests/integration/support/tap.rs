//! A way to an engine and its ingress that sees each request which changes something, and can kill
//! the command that sent it.

use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::os::unix::net::{UnixListener, UnixStream};
use std::process::Command;
use std::sync::{Arc, Mutex};
use std::thread;

use tempfile::TempDir;

const ENGINE: &str = "/var/run/docker.sock";
/// How the engine tells of the ingress's port, which is replaced by one of ours.
const CONTROL: &[u8] = b"PAAS_INGRESS_CONTROL_PORT=";

/// When the command dies that sends a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    /// Nobody gets the request.
    Before,
    /// Nobody is told what came of it.
    After,
}

#[derive(Default)]
struct Watch {
    seen: Vec<String>,
    /// Which request, by number, is the last of the process with this ID.
    doomed: Option<(usize, Moment, u32)>,
}

/// The way.
pub struct Tap {
    folder: TempDir,
    watch: Arc<Mutex<Watch>>,
}

impl Tap {
    pub fn new() -> Self {
        let tap = Self {
            folder: TempDir::new().unwrap(),
            watch: Arc::default(),
        };
        let ingress = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let port = ingress.local_addr().unwrap().port();
        assert!(port >= 10_000, "as many digits as control ports have");
        let control = Arc::new(Mutex::new(String::new()));
        let engine = UnixListener::bind(tap.folder.path().join("docker.sock")).unwrap();
        let (watch, told) = (Arc::clone(&tap.watch), Arc::clone(&control));
        thread::spawn(move || {
            for client in engine.incoming().flatten() {
                let server = UnixStream::connect(ENGINE).unwrap();
                let (from, to) = (client.try_clone().unwrap(), server.try_clone().unwrap());
                let ends = (client.try_clone().unwrap(), server.try_clone().unwrap());
                let watch = Arc::clone(&watch);
                thread::spawn(move || {
                    pass_requests(from, to, &watch);
                    drop(ends.0.shutdown(Shutdown::Both));
                    drop(ends.1.shutdown(Shutdown::Both));
                });
                let told = Arc::clone(&told);
                thread::spawn(move || pass_answers(server, client, port, &told));
            }
        });
        let watch = Arc::clone(&tap.watch);
        thread::spawn(move || {
            for client in ingress.incoming().flatten() {
                let port: u16 = control.lock().unwrap().parse().unwrap();
                let Ok(server) = TcpStream::connect(("127.0.0.1", port)) else {
                    continue;
                };
                let (from, to) = (client.try_clone().unwrap(), server.try_clone().unwrap());
                let ends = (client.try_clone().unwrap(), server.try_clone().unwrap());
                let watch = Arc::clone(&watch);
                thread::spawn(move || {
                    pass_requests(from, to, &watch);
                    drop(ends.0.shutdown(Shutdown::Both));
                    drop(ends.1.shutdown(Shutdown::Both));
                });
                let (mut from, mut to) = (server, client);
                thread::spawn(move || drop(std::io::copy(&mut from, &mut to)));
            }
        });
        tap
    }

    /// As `DOCKER_HOST` has it.
    pub fn address(&self) -> String {
        format!("unix://{}/docker.sock", self.folder.path().display())
    }

    /// Requests so far that change something, by what they ask for; forgets them.
    pub fn seen(&self) -> Vec<String> {
        std::mem::take(&mut self.watch.lock().unwrap().seen)
    }

    /// The process dies with its request of this number, counted from 0.
    pub fn doom(&self, request: usize, moment: Moment, process: u32) {
        let mut watch = self.watch.lock().unwrap();
        watch.seen.clear();
        watch.doomed = Some((request, moment, process));
    }

    /// Nobody dies any more.
    pub fn spare(&self) {
        self.watch.lock().unwrap().doomed = None;
    }
}

/// hyper writes the head of a request at once, so it is at the beginning of what is read.
fn pass_requests(mut from: impl Read, mut to: impl Write, watch: &Mutex<Watch>) {
    let mut buffer = vec![0; 1 << 16];
    loop {
        let length = match from.read(&mut buffer) {
            Ok(0) => return,
            Ok(length) => length,
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            Err(_) => return,
        };
        let bytes = &buffer[..length];
        let doomed = change(bytes).and_then(|what| {
            let mut watch = watch.lock().unwrap();
            watch.seen.push(what);
            let number = watch.seen.len() - 1;
            watch.doomed.filter(|(request, ..)| *request == number)
        });
        if let Some((_, Moment::Before, process)) = doomed {
            kill(process);
            return;
        }
        if to.write_all(bytes).is_err() {
            return;
        }
        if let Some((_, Moment::After, process)) = doomed {
            kill(process);
        }
    }
}

fn kill(process: u32) {
    let sent = Command::new("kill")
        .args(["-KILL", &process.to_string()])
        .status();
    assert!(sent.unwrap().success());
}

/// What a request asks for, when it changes something: method and path, without numbers that are
/// others each time.
fn change(bytes: &[u8]) -> Option<String> {
    let line = bytes.split(|byte| *byte == b'\r').next()?;
    let line = std::str::from_utf8(line).ok()?;
    let mut words = line.split(' ');
    let (method, path, http) = (words.next()?, words.next()?, words.next()?);
    let changes = matches!(method, "POST" | "PUT" | "DELETE") && http == "HTTP/1.1";
    // These ask only.
    let asks = path.ends_with("/probe") || path.contains("/exec/") || path.ends_with("/session");
    (changes && !asks).then(|| format!("{method} {path}"))
}

fn pass_answers(mut from: UnixStream, mut to: UnixStream, port: u16, told: &Mutex<String>) {
    let mut buffer = vec![0; 1 << 20];
    while let Ok(length) = from.read(&mut buffer) {
        if length == 0 {
            break;
        }
        let bytes = &mut buffer[..length];
        let found = bytes
            .windows(CONTROL.len())
            .position(|part| part == CONTROL);
        if let Some(at) = found.map(|at| at + CONTROL.len())
            && bytes.len() >= at + 5
        {
            let real = String::from_utf8_lossy(&bytes[at..at + 5]).into_owned();
            *told.lock().unwrap() = real;
            bytes[at..at + 5].copy_from_slice(port.to_string().as_bytes());
        }
        if to.write_all(bytes).is_err() {
            break;
        }
    }
    drop(to.shutdown(Shutdown::Write));
}
