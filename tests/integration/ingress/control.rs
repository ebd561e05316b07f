//! `paas ingress` as its container runs it: the control API over real sockets.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use paas::ingress::protocol::PROTOCOL;
use serde_json::{Value, json};
use tempfile::TempDir;

const TOKEN: &str = "0123456789abcdef";

/// A process with its state folder.
pub struct Ingress {
    pub process: Child,
    pub state: TempDir,
    pub http: u16,
    control: u16,
    /// More of its environment.
    variables: Vec<(&'static str, String)>,
}

impl Ingress {
    fn start() -> Self {
        Self::start_on(free_port(), Vec::new())
    }

    /// With more in its environment.
    pub fn start_on(http: u16, variables: Vec<(&'static str, String)>) -> Self {
        let state = TempDir::new().unwrap();
        let control = free_port();
        let process = spawn(&state, http, control, &variables);
        let ingress = Self {
            process,
            state,
            http,
            control,
            variables,
        };
        ingress.wait();
        ingress
    }

    /// Another process on the same state and ports, but with a control port of its own.
    pub fn successor(&self) -> Successor {
        self.successor_on(free_port())
    }

    /// The same with this control port.
    pub fn successor_on(&self, control: u16) -> Successor {
        let process = spawn(&self.state, self.http, control, &self.variables);
        Successor { process, control }
    }

    /// Is steered through its successor from now on. Returns the process that was there before.
    pub fn follow(&mut self, successor: Successor) -> Child {
        self.control = successor.control;
        let before = std::mem::replace(&mut self.process, successor.process);
        self.wait();
        before
    }

    fn wait(&self) {
        let begun = Instant::now();
        while TcpStream::connect(("127.0.0.1", self.control)).is_err() {
            assert!(
                begun.elapsed() < Duration::from_secs(10),
                "it does not start"
            );
            thread::sleep(Duration::from_millis(5));
        }
    }

    /// Killed, and started again on what it had written.
    pub fn restart(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
        self.process = spawn(&self.state, self.http, self.control, &self.variables);
        self.wait();
    }

    pub fn connect(&self) -> Connection {
        let stream = TcpStream::connect(("127.0.0.1", self.control)).unwrap();
        stream
            .set_read_timeout(Some(Duration::from_secs(10)))
            .unwrap();
        Connection(BufReader::new(stream))
    }

    fn ask(&self, method: &str, path: &str, headers: &str, body: &str) -> (u16, String) {
        self.connect().ask(method, path, headers, body)
    }

    fn get(&self, path: &str) -> Value {
        let (status, body) = self.ask("GET", path, "", "");
        assert_eq!(status, 200, "{path}: {body}");
        serde_json::from_str(&body).unwrap()
    }

    pub fn put(&self, path: &str, body: &str) -> u16 {
        self.ask("PUT", path, "", body).0
    }
}

/// A process that takes the place of an [`Ingress`].
pub struct Successor {
    pub process: Child,
    control: u16,
}

impl Drop for Ingress {
    fn drop(&mut self) {
        drop(self.process.kill());
        drop(self.process.wait());
    }
}

/// A connection to the control API.
pub struct Connection(BufReader<TcpStream>);

impl Connection {
    fn ask(&mut self, method: &str, path: &str, headers: &str, body: &str) -> (u16, String) {
        let token = format!("Authorization: Bearer {TOKEN}\r\n");
        self.ask_with(method, path, &format!("{token}{headers}"), body)
    }

    fn ask_with(&mut self, method: &str, path: &str, headers: &str, body: &str) -> (u16, String) {
        let length = body.len();
        write!(
            self.0.get_mut(),
            "{method} {path} HTTP/1.1\r\nHost: x\r\nContent-Length: {length}\r\n{headers}\r\n{body}"
        )
        .unwrap();
        let mut line = String::new();
        self.0.read_line(&mut line).unwrap();
        let status = line.split(' ').nth(1).expect("a status").parse().unwrap();
        let mut length = 0;
        while line != "\r\n" {
            line.clear();
            self.0.read_line(&mut line).unwrap();
            if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
                length = value.trim().parse().unwrap();
            }
        }
        let mut body = vec![0; length];
        self.0.read_exact(&mut body).unwrap();
        (status, String::from_utf8(body).unwrap())
    }

    pub fn lease(&mut self, key: &str) -> (u16, Value) {
        let holder = json!({ "who": "ada@laptop", "what": "deploy", "since": 1 });
        let (status, body) = self.ask(
            "POST",
            &format!("/v1/leases/{key}"),
            "",
            &holder.to_string(),
        );
        (status, serde_json::from_str(&body).unwrap())
    }
}

fn spawn(state: &TempDir, http: u16, control: u16, variables: &[(&'static str, String)]) -> Child {
    Command::new(env!("CARGO_BIN_EXE_paas"))
        .arg("ingress")
        .env_clear()
        .env("HOME", state.path())
        .env("PAAS_INGRESS_HTTP_PORT", http.to_string())
        .env("PAAS_INGRESS_CONTROL_PORT", control.to_string())
        .env("PAAS_INGRESS_TOKEN", TOKEN)
        .env("PAAS_INGRESS_STATE", state.path())
        .envs(variables.iter().cloned())
        .stdout(Stdio::null())
        .stderr(Stdio::inherit())
        .spawn()
        .unwrap()
}

pub fn free_port() -> u16 {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    listener.local_addr().unwrap().port()
}

/// A server that answers every connection with `text`.
pub fn upstream(text: &'static str) -> String {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let address = listener.local_addr().unwrap().to_string();
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            thread::spawn(move || {
                let mut reader = BufReader::new(&stream);
                let mut line = String::new();
                while reader.read_line(&mut line).is_ok_and(|count| count > 2) {
                    line.clear();
                }
                let length = text.len();
                let answer = format!(
                    "HTTP/1.1 200 OK\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{text}"
                );
                drop((&stream).write_all(answer.as_bytes()));
            });
        }
    });
    address
}

fn route(host: &str, upstream: &str) -> String {
    json!({ "hosts": [host], "live": { "release": 1, "upstreams": [upstream] } }).to_string()
}

#[test]
fn nobody_steers_without_the_token() {
    let ingress = Ingress::start();
    for headers in [
        "",
        "Authorization: Bearer wrong\r\n",
        "Authorization: Bearer \r\n",
    ] {
        let (status, _) = ingress
            .connect()
            .ask_with("GET", "/v1/documents", headers, "");
        assert_eq!(status, 401, "{headers}");
    }
    assert_eq!(ingress.get("/v1/about")["protocol"], PROTOCOL);
}

#[test]
fn what_was_answered_is_there_after_a_kill() {
    let mut ingress = Ingress::start();
    let upstream = upstream("hello");
    assert_eq!(
        ingress.put("/v1/routes/shop.local", &route("shop.localhost", &upstream)),
        204
    );
    assert_eq!(
        ingress.put("/v1/documents/targets/shop.local/env/COLOR", "red"),
        204
    );
    assert_eq!(
        ingress.put("/v1/documents/targets/shop.local/env/SIZE", "xl"),
        204
    );
    assert_eq!(
        ingress
            .ask(
                "DELETE",
                "/v1/documents/targets/shop.local/env/SIZE",
                "",
                ""
            )
            .0,
        204
    );
    ingress.restart();
    assert_eq!(
        ingress.get("/v1/documents?prefix=targets%2Fshop.local%2F"),
        json!({ "targets/shop.local/env/COLOR": "red" })
    );
    let answer = crate::support::deployed::request(ingress.http, "shop.localhost", "/", "");
    assert_eq!(answer.unwrap(), (200, "hello".to_owned()));
}

#[test]
fn a_route_that_cannot_be_in_force_changes_nothing() {
    let mut ingress = Ingress::start();
    let upstream = upstream("first");
    assert_eq!(
        ingress.put("/v1/routes/first", &route("shop.localhost", &upstream)),
        204
    );
    let (status, body) = ingress.ask(
        "PUT",
        "/v1/routes/second",
        "",
        &route("shop.localhost", &upstream),
    );
    assert_eq!(status, 409);
    assert!(body.contains("first"), "who has the host: {body}");
    assert_eq!(ingress.put("/v1/routes/first", "{\"hosts\": 7}"), 400);
    ingress.restart();
    let routes = ingress.get("/v1/routes");
    assert_eq!(
        routes.as_object().unwrap().keys().collect::<Vec<_>>(),
        ["first"]
    );
}

#[test]
fn a_lease_is_free_as_soon_as_its_holder_is_gone() {
    let ingress = Ingress::start();
    let mut ada = ingress.connect();
    let (status, lease) = ada.lease("shop");
    assert_eq!(status, 200);
    let mut bob = ingress.connect();
    let (status, holder) = bob.lease("shop");
    assert_eq!((status, &holder["who"]), (409, &json!("ada@laptop")));
    assert_eq!(
        bob.ask("PUT", "/v1/leases/shop", "", "").0,
        409,
        "not Bob's to renew"
    );
    assert_eq!(ada.ask("PUT", "/v1/leases/shop", "", "").0, 204);

    let fence = format!("Paas-Fence: shop {}\r\n", lease["fence"]);
    assert_eq!(bob.ask("PUT", "/v1/documents/x", &fence, "1").0, 204);
    drop(ada);
    let begun = Instant::now();
    while bob.lease("shop").0 != 200 {
        assert!(begun.elapsed() < Duration::from_secs(2), "still held");
        thread::sleep(Duration::from_millis(5));
    }
    assert_eq!(
        bob.ask("PUT", "/v1/documents/x", &fence, "2").0,
        409,
        "Ada's is over"
    );
    assert_eq!(ingress.get("/v1/documents"), json!({ "x": "1" }));
}

#[test]
fn names_are_not_paths() {
    let ingress = Ingress::start();
    for name in [
        "../x",
        "a/../../x",
        "/etc/passwd",
        "%2e%2e/x",
        ".x",
        "a//b",
        "",
    ] {
        let status = ingress.put(&format!("/v1/documents/{name}"), "x");
        assert!([400, 404].contains(&status), "{name}: {status}");
    }
    assert_eq!(ingress.get("/v1/documents"), json!({}));
    assert_eq!(
        ingress
            .ask("PUT", "/v1/documents/once", "If-None-Match: *\r\n", "1")
            .0,
        204
    );
    assert_eq!(
        ingress
            .ask("PUT", "/v1/documents/once", "If-None-Match: *\r\n", "2")
            .0,
        409
    );
}

#[test]
fn a_probe_says_what_it_saw() {
    let ingress = Ingress::start();
    let probe = |upstream: &str, path: Option<&str>| {
        let question = json!({ "upstream": upstream, "path": path, "timeout_ms": 500 });
        let (status, body) = ingress.ask("POST", "/v1/probe", "", &question.to_string());
        assert_eq!(status, 200, "{body}");
        serde_json::from_str::<Value>(&body).unwrap()
    };
    let well = upstream("fine");
    assert_eq!(probe(&well, Some("/"))["answer"], "healthy");
    assert_eq!(probe(&well, None)["answer"], "healthy");
    let nobody = format!("127.0.0.1:{}", free_port());
    assert_eq!(
        probe(&nobody, Some("/")),
        json!({ "answer": "none", "reason": "connection refused" })
    );
    let silent = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let address = silent.local_addr().unwrap().to_string();
    assert_eq!(
        probe(&address, Some("/")),
        json!({ "answer": "none", "reason": "connected, but no answer within 500ms" })
    );
    assert_eq!(probe(&address, None)["answer"], "healthy");
}
