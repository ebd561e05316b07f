//! A process that takes the place of the one that serves.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::Child;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};
use serde_json::json;

use super::control::{Ingress, free_port};
use crate::support::deployed::request;

/// An instance that says `hello` on each request. Returns its address.
fn instance() -> String {
    let web = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let address = web.local_addr().unwrap().to_string();
    thread::spawn(move || {
        for mut stream in web.incoming().flatten() {
            thread::spawn(move || {
                let mut head = [0; 1024];
                while stream.read(&mut head).is_ok_and(|count| count > 0) {
                    if head.starts_with(b"GET /slow") {
                        thread::sleep(Duration::from_secs(2));
                    }
                    let answer = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";
                    drop(stream.write_all(answer.as_bytes()));
                }
            });
        }
    });
    address
}

fn ends(process: &mut Child, within: Duration) -> i32 {
    let begun = Instant::now();
    loop {
        if let Some(status) = process.try_wait().unwrap() {
            return status.code().unwrap();
        }
        assert!(begun.elapsed() < within, "it goes on");
        thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn a_successor_gets_the_ports_and_no_connection_is_lost() {
    let mut ingress = Ingress::start_on(free_port(), Vec::new());
    let backend = json!({ "release": 1, "upstreams": [instance()] });
    let route = json!({ "hosts": ["a.test"], "live": backend }).to_string();
    assert_eq!(ingress.put("/v1/routes/a", &route), 204);
    let http = ingress.http;
    let over = AtomicBool::new(false);
    let got = |path: &str| match request(http, "a.test", path, "") {
        Ok((200, body)) if body == "hello" => Ok(()),
        other => Err(format!("{other:?}")),
    };
    thread::scope(|scope| {
        let load = scope.spawn(|| {
            let answers = std::iter::repeat_with(|| got("/"));
            let answers = answers.take_while(|_| !over.load(Ordering::Relaxed));
            answers.collect::<Vec<_>>()
        });
        for _ in 0..3 {
            let slow = scope.spawn(|| got("/slow"));
            thread::sleep(Duration::from_millis(300));
            let successor = ingress.successor();
            let mut before = ingress.follow(successor);
            let took = Instant::now();
            assert_eq!(ends(&mut before, Duration::from_secs(10)), 0);
            assert!(
                took.elapsed() > Duration::from_secs(1),
                "it waits for what runs"
            );
            assert_eq!(slow.join().unwrap(), Ok(()));
        }
        over.store(true, Ordering::Relaxed);
        let answers = load.join().unwrap();
        let count = answers.len();
        let lost: Vec<_> = answers.into_iter().filter_map(Result::err).collect();
        assert_eq!(lost, [] as [String; 0], "of {count}");
        assert!(count > 100, "{count}");
    });
    // What the first process began, the last one steers.
    assert_eq!(ingress.put("/v1/routes/a", &route), 204);
}

#[test]
fn nobody_takes_over_while_somebody_has_a_lease() {
    let mut ingress = Ingress::start_on(free_port(), Vec::new());
    let mut connection = ingress.connect();
    assert_eq!(connection.lease("shop.production").0, 200);
    let mut refused = ingress.successor();
    assert_eq!(ends(&mut refused.process, Duration::from_secs(5)), 7);
    assert_eq!(
        ingress.put("/v1/routes/a", r#"{"hosts":[],"live":null}"#),
        204
    );
    assert!(ingress.process.try_wait().unwrap().is_none());
    drop(connection);
    thread::sleep(Duration::from_millis(200));
    let successor = ingress.successor();
    assert_eq!(
        ends(&mut ingress.follow(successor), Duration::from_secs(5)),
        0
    );
}

#[test]
fn a_successor_that_fails_leaves_everything_as_it_was() {
    let mut ingress = Ingress::start_on(free_port(), Vec::new());
    // It has the sockets by then, and its control port is taken.
    let taken = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let mut failed = ingress.successor_on(taken.local_addr().unwrap().port());
    assert_eq!(ends(&mut failed.process, Duration::from_secs(5)), 4);
    thread::sleep(Duration::from_millis(200));
    assert_eq!(
        ingress.put("/v1/routes/a", r#"{"hosts":[],"live":null}"#),
        204
    );
    assert!(ingress.process.try_wait().unwrap().is_none());
    let (status, _) = request(ingress.http, "a.test", "/", "").unwrap();
    assert_eq!(status, 404);
}

/// Reads until the other side closes the connection.
fn the_rest(mut stream: impl Read) -> String {
    let mut answer = Vec::new();
    // Without TLS's own end it is an error.
    drop(stream.read_to_end(&mut answer));
    String::from_utf8(answer).unwrap()
}

fn connect(port: u16) -> TcpStream {
    let stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
    let limit = Some(Duration::from_secs(10));
    stream.set_read_timeout(limit).unwrap();
    stream
}

#[test]
fn whoever_is_connected_may_ask_once_more() {
    const REQUEST: &[u8] = b"GET / HTTP/1.1\r\nHost: a.test\r\n\r\n";
    let https = free_port();
    let variables = vec![("PAAS_INGRESS_HTTPS_PORT", https.to_string())];
    let mut ingress = Ingress::start_on(free_port(), variables);
    let made = rcgen::generate_simple_self_signed(["a.test".to_owned()]).unwrap();
    let pem = format!("{}{}", made.cert.pem(), made.signing_key.serialize_pem());
    std::fs::write(ingress.state.path().join("certificates/a.test.pem"), pem).unwrap();
    ingress.restart();
    let backend = json!({ "release": 1, "upstreams": [instance()] });
    let route = json!({ "hosts": ["a.test"], "live": backend }).to_string();
    assert_eq!(ingress.put("/v1/routes/a", &route), 204);

    let mut roots = RootCertStore::empty();
    roots.add(made.cert.der().clone()).unwrap();
    // Another test may have installed it.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let config = ClientConfig::builder().with_root_certificates(roots);
    let config = Arc::new(config.with_no_client_auth());
    let encrypt = |stream| {
        let name = "a.test".try_into().unwrap();
        StreamOwned::new(
            ClientConnection::new(Arc::clone(&config), name).unwrap(),
            stream,
        )
    };

    let mut half = connect(ingress.http);
    half.write_all(&REQUEST[..20]).unwrap();
    let mut kept = connect(ingress.http);
    kept.write_all(REQUEST).unwrap();
    let mut first = Vec::new();
    while !first.ends_with(b"hello") {
        let mut byte = [0];
        kept.read_exact(&mut byte).unwrap();
        first.push(byte[0]);
    }
    let mut greeted = encrypt(connect(https));
    greeted.conn.complete_io(&mut greeted.sock).unwrap();
    let accepted = connect(https);
    let silent = connect(ingress.http);
    thread::sleep(Duration::from_millis(100));

    let successor = ingress.successor();
    let mut before = ingress.follow(successor);
    assert_eq!(request(ingress.http, "a.test", "/", "").unwrap().0, 200);
    thread::sleep(Duration::from_millis(500));
    assert!(before.try_wait().unwrap().is_none());
    half.write_all(&REQUEST[20..]).unwrap();
    kept.write_all(REQUEST).unwrap();
    greeted.write_all(REQUEST).unwrap();
    let mut accepted = encrypt(accepted);
    accepted.write_all(REQUEST).unwrap();
    for (who, answer) in [
        ("half a request", the_rest(half)),
        ("a second request", the_rest(kept)),
        ("TLS without a request", the_rest(greeted)),
        ("TLS not begun", the_rest(accepted)),
    ] {
        assert!(answer.starts_with("HTTP/1.1 200"), "{who}: {answer:?}");
        assert!(answer.ends_with("hello"), "{who}: {answer:?}");
    }
    // Not for those who ask for nothing.
    assert_eq!(ends(&mut before, Duration::from_secs(10)), 0);
    assert_eq!(the_rest(silent), "");
}
