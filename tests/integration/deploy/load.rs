//! Nobody notices a deployment: requests go on through all of them.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::Duration;

use crate::support::deployed::{Deployed, request};

/// What came of the requests.
#[derive(Default)]
struct Tally {
    over: AtomicBool,
    answered: AtomicU64,
    lost: std::sync::Mutex<Vec<String>>,
}

impl Tally {
    fn count(&self, result: std::io::Result<u16>) {
        match result {
            Ok(200) => {
                self.answered.fetch_add(1, Ordering::Relaxed);
            }
            other => self.lost.lock().unwrap().push(format!("{other:?}")),
        }
    }

    fn goes_on(&self) -> bool {
        !self.over.load(Ordering::Relaxed)
    }
}

/// Requests on one connection; where the other side says that it closes it, on a new one.
fn keep_alive(port: u16, host: &str, tally: &Tally) {
    while tally.goes_on() {
        let Ok(stream) = TcpStream::connect(("127.0.0.1", port)) else {
            tally.count(Err(std::io::Error::other("no connection")));
            continue;
        };
        let mut reader = BufReader::new(stream);
        while tally.goes_on() {
            match one_of_many(&mut reader, host) {
                Ok((status, closes)) => {
                    tally.count(Ok(status));
                    if closes {
                        break;
                    }
                }
                Err(error) => {
                    tally.count(Err(error));
                    break;
                }
            }
        }
    }
}

fn one_of_many(stream: &mut BufReader<TcpStream>, host: &str) -> std::io::Result<(u16, bool)> {
    write!(stream.get_mut(), "GET / HTTP/1.1\r\nHost: {host}\r\n\r\n")?;
    let mut line = String::new();
    stream.read_line(&mut line)?;
    let status = line
        .split(' ')
        .nth(1)
        .and_then(|status| status.parse().ok());
    let status = status.ok_or_else(|| std::io::Error::other(format!("no answer: {line:?}")))?;
    let (mut length, mut closes) = (0, false);
    loop {
        line.clear();
        stream.read_line(&mut line)?;
        let header = line.trim().to_ascii_lowercase();
        if header.is_empty() {
            break;
        }
        if let Some(value) = header.strip_prefix("content-length:") {
            length = value.trim().parse().unwrap_or(0);
        }
        closes |= header == "connection: close";
    }
    let mut body = vec![0; length];
    stream.read_exact(&mut body)?;
    Ok((status, closes))
}

#[test]
fn no_request_is_lost_over_deployments_rollbacks_and_failures() {
    let app = Deployed::new("[processes.worker]\nscript = \"exec sleep 1000\"\n");
    app.json(&["deploy"]);
    let tally = Tally::default();
    let (port, host) = (app.port(), app.host());
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| keep_alive(port, &host, &tally));
            scope.spawn(|| {
                while tally.goes_on() {
                    tally.count(request(port, &host, "/", "").map(|(status, _)| status));
                }
            });
        }
        scope.spawn(|| {
            while tally.goes_on() {
                tally.count(request(port, &host, "/sleep/3", "").map(|(status, _)| status));
            }
        });
        let result = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            for round in 0..3 {
                let measured = app.answers(&format!("round {round}")).json(&["deploy"]);
                assert_eq!(measured["traffic"]["failed"], 0, "{measured}");
                assert!(
                    measured["traffic"]["requests"].as_u64().unwrap() > 0,
                    "{measured}"
                );
                app.json(&["rollback"]);
                app.json(&["rollback"]);
            }
            app.write("sick", "no");
            app.app_toml("[health]\npath = \"/healthz\"\ngrace = \"300ms\"\n");
            app.answers("sick").fails(6, &["deploy"]);
            thread::sleep(Duration::from_millis(200));
        }));
        tally.over.store(true, Ordering::Relaxed);
        if let Err(panic) = result {
            std::panic::resume_unwind(panic);
        }
    });
    let lost = tally.lost.lock().unwrap();
    let answered = tally.answered.load(Ordering::Relaxed);
    assert!(
        lost.is_empty(),
        "{} of {answered} were lost: {:?}",
        lost.len(),
        &lost[..lost.len().min(5)]
    );
    assert!(answered > 500, "only {answered} requests");
}
