//! Apps that share a cluster: what one holds, another can't take, and what one does, others don't notice.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream, UdpSocket};
use std::time::Duration;

use crate::support::deployed::{Deployed, free_port};

/// Answers HTTP, echoes what comes on upgraded connections and on the raw port.
const ECHO: &str = r#"
import http.server, os, socket, socketserver, threading

class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        if "Upgrade" in self.headers:
            self.send_response(101)
            self.send_header("Connection", "upgrade")
            self.send_header("Upgrade", "websocket")
            self.end_headers()
            while data := self.connection.recv(1024):
                self.connection.sendall(data)
            self.close_connection = True
            return
        body = open("answer").read().encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

class Echo(socketserver.BaseRequestHandler):
    def handle(self):
        while data := self.request.recv(1024):
            self.request.sendall(data)

class Datagram(socketserver.BaseRequestHandler):
    def handle(self):
        data, sock = self.request
        sock.sendto(data, self.client_address)

def serve(server):
    threading.Thread(target=server.serve_forever, daemon=True).start()

if "RAW" in os.environ:
    address = ("", int(os.environ["RAW"]))
    serve(socketserver.ThreadingTCPServer(address, Echo))
    serve(socketserver.UDPServer(address, Datagram))
http.server.ThreadingHTTPServer(("", int(os.environ["PORT"])), Handler).serve_forever()
"#;

pub(super) fn raw_port(port: u16) -> String {
    format!(
        "[[ports]]\nport = {port}\n[[ports]]\nport = {port}\nprotocol = \"udp\"\n\
         [env]\nRAW = \"{port}\"\n[health]\ntcp = true\n"
    )
}

pub(super) fn echoing(app: Deployed) -> Deployed {
    app.write("server.py", ECHO);
    app.answers("one");
    app
}

fn answers_tcp(port: u16) {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
    talks(&mut stream);
}

pub(super) fn answers_udp(port: u16) {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    socket.connect(("127.0.0.1", port)).unwrap();
    socket
        .set_read_timeout(Some(Duration::from_secs(5)))
        .unwrap();
    socket.send(b"datagram").unwrap();
    let mut answer = [0; 8];
    socket.recv(&mut answer).unwrap();
    assert_eq!(&answer, b"datagram");
}

fn talks(stream: &mut TcpStream) {
    stream
        .set_read_timeout(Some(Duration::from_secs(5)))
        .unwrap();
    stream.write_all(b"are you there?").unwrap();
    let mut answer = [0; 14];
    stream.read_exact(&mut answer).unwrap();
    assert_eq!(&answer, b"are you there?");
}

/// What a deployment that fails leaves of an app that served nothing before.
fn nothing_is_left(app: &Deployed) {
    let left = app.containers();
    assert!(
        !left.iter().any(|line| line.contains(app.name())),
        "{left:?}"
    );
    assert_eq!(app.get("/").0, 404);
}

#[test]
fn raw_ports_pass_bytes_and_datagrams_across_deployments() {
    let port = free_port();
    let app = echoing(Deployed::new(&raw_port(port)));
    app.json(&["deploy"]);
    answers_tcp(port);
    answers_udp(port);
    app.answers("two").json(&["deploy"]);
    answers_tcp(port);
    answers_udp(port);
    // Whoever asks for it no more gives it back.
    app.app_toml("[health]\ntcp = true\n");
    app.answers("three").json(&["deploy"]);
    TcpListener::bind(("0.0.0.0", port)).expect("the port is free again");
}

#[test]
fn a_port_that_another_program_holds_is_named_and_nothing_changes() {
    let app = echoing(Deployed::new("[health]\ntcp = true\n"));
    app.json(&["deploy"]);
    let before = app.containers();
    let other = TcpListener::bind("0.0.0.0:0").unwrap();
    let port = other.local_addr().unwrap().port();
    app.app_toml(&raw_port(port));
    let error = app.answers("two").fails(3, &["deploy"]);
    let text = error.to_string();
    assert!(text.contains(&format!("{port}/tcp")), "{text}");
    assert!(text.contains("another program"), "{text}");
    assert!(error["hints"].to_string().contains("#1 serves"), "{text}");
    assert_eq!(app.get("/").1, "one");
    assert_eq!(app.containers(), before);
    drop(other);
    app.json(&["deploy"]);
    assert_eq!(app.get("/").1, "two");
    answers_tcp(port);
}

#[test]
fn a_port_or_a_host_of_a_neighbour_is_named_and_nothing_is_left() {
    let port = free_port();
    let first = echoing(Deployed::new(&raw_port(port)));
    first.json(&["deploy"]);
    let second = echoing(first.beside(&raw_port(port)));
    let error = second.fails(3, &["deploy"]);
    let text = error.to_string();
    assert!(text.contains(&format!("{port}/tcp")), "{text}");
    assert!(text.contains(first.name()), "{text}");
    nothing_is_left(&second);
    answers_tcp(port);

    let domain = format!("domains = [\"{}\"]\n[health]\ntcp = true\n", first.host());
    second.app_toml(&domain);
    let error = second.answers("two").fails(3, &["deploy"]);
    let text = error.to_string();
    assert!(text.contains(&first.host()), "{text}");
    assert!(text.contains("belongs to"), "{text}");
    nothing_is_left(&second);
    assert_eq!(first.get("/").1, "one");
}

#[test]
fn a_socket_of_one_app_stays_open_while_another_is_deployed() {
    let first = echoing(Deployed::new(""));
    first.json(&["deploy"]);
    let second = first.beside("");
    second.json(&["deploy"]);
    let mut socket = upgraded(&first);
    for round in 0..4 {
        second.answers(&format!("round {round}")).json(&["deploy"]);
        talks(&mut socket);
    }
    second.json(&["rollback"]);
    assert_eq!(second.answer(), "round 2");
    talks(&mut socket);
    assert_eq!(first.get("/").1, "one");
}

fn upgraded(app: &Deployed) -> TcpStream {
    let mut stream = TcpStream::connect(("127.0.0.1", app.port())).unwrap();
    write!(
        stream,
        "GET /socket HTTP/1.1\r\nHost: {}\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\
         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
        app.host()
    )
    .unwrap();
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        stream.read_exact(&mut byte).unwrap();
        head.push(byte[0]);
    }
    let head = String::from_utf8(head).unwrap();
    assert!(head.starts_with("HTTP/1.1 101"), "{head}");
    stream
}
