//! An API server that goes away for a while, as one that is restarted or upgraded: seen through a proxy of our
//! own that cuts its connections.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use crate::app::{App, wait_for_line};
use crate::cluster::kubeconfig;

/// Passes bytes on, unless it is told to be away.
pub struct Proxy {
    port: u16,
    away: Arc<AtomicBool>,
    open: Arc<Mutex<Vec<TcpStream>>>,
}

impl Proxy {
    fn before(server: String) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port");
        let proxy = Self {
            port: listener.local_addr().unwrap().port(),
            away: Arc::default(),
            open: Arc::default(),
        };
        let (away, open) = (Arc::clone(&proxy.away), Arc::clone(&proxy.open));
        thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                if away.load(Ordering::SeqCst) {
                    continue;
                }
                let Ok(server) = TcpStream::connect(&server) else {
                    continue;
                };
                let copy = |stream: &TcpStream| stream.try_clone().expect("a handle");
                open.lock().unwrap().extend([copy(&client), copy(&server)]);
                pass(copy(&client), copy(&server));
                pass(server, client);
            }
        });
        proxy
    }

    /// Cuts all connections, and takes none for so long.
    pub fn goes_away(&self, time: Duration) {
        self.away.store(true, Ordering::SeqCst);
        for stream in self.open.lock().unwrap().drain(..) {
            let _ = stream.shutdown(Shutdown::Both);
        }
        thread::sleep(time);
        self.away.store(false, Ordering::SeqCst);
    }
}

fn pass(mut from: TcpStream, mut to: TcpStream) {
    thread::spawn(move || {
        let mut buffer = [0; 16 * 1024];
        while let Ok(read @ 1..) = from.read(&mut buffer) {
            if to.write_all(&buffer[..read]).is_err() {
                break;
            }
        }
        let _ = to.shutdown(Shutdown::Both);
    });
}

/// An app that is deployed through a proxy.
pub fn through_a_proxy(tables: &str) -> (App, Proxy) {
    let app = App::new(tables);
    let text = std::fs::read_to_string(kubeconfig()).unwrap();
    let address = text
        .split("server: ")
        .nth(1)
        .and_then(|rest| rest.split(['\n', ',', '}']).next())
        .map(|address| address.trim().trim_matches('"').to_owned())
        .expect("a server");
    let proxy = Proxy::before(address.trim_start_matches("https://").to_owned());
    let behind = format!("https://127.0.0.1:{}", proxy.port);
    app.reached_by(&text.replace(&address, &behind));
    (app, proxy)
}

#[test]
fn a_deployment_outlives_a_restart_of_the_api_server_at_any_moment() {
    let (app, proxy) = through_a_proxy("[hooks]\nbefore_deploy = \"echo begun; sleep 1\"\n");
    app.json(&["deploy"]);
    let mut dice = fastrand::Rng::with_seed(3);
    for round in 0..3 {
        let answer = format!("round {round}");
        app.answers(&answer);
        let after = Duration::from_millis(dice.u64(..3000));
        let mut running = app.spawn(&["deploy"]);
        wait_for_line(&mut running, "begun");
        thread::sleep(after);
        let ended = running.try_wait().unwrap();
        assert!(ended.is_none(), "it was faster than {after:?}: {ended:?}");
        proxy.goes_away(Duration::from_secs(7));
        let code = running.wait().unwrap().code();
        assert_eq!(code, Some(0), "away after {after:?}");
        app.comes_to_answer(&answer);
    }
}

#[test]
fn a_deployer_that_is_cut_off_for_good_changes_nothing_once_another_took_over() {
    let (app, proxy) = through_a_proxy("[hooks]\nbefore_deploy = \"echo begun; sleep 6\"\n");
    let mut cut_off = app.spawn(&["deploy"]);
    wait_for_line(&mut cut_off, "begun");
    // With it go the app's containers.
    let direct = App::beside(&app);
    thread::scope(|scope| {
        scope.spawn(|| proxy.goes_away(Duration::from_secs(35)));
        direct.answers("two").json(&["deploy", "--wait"]);
        direct.comes_to_answer("two");
    });
    let code = cut_off.wait().unwrap().code();
    assert!(matches!(code, Some(4 | 7)), "{code:?}");
    app.comes_to_answer("two");
    let rows = app.json(&["releases"]);
    let live: Vec<_> = rows
        .as_array()
        .unwrap()
        .iter()
        .filter(|row| row["status"] == "live")
        .collect();
    assert_eq!(live.len(), 1, "{rows}");
}
