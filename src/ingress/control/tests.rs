//! Over real sockets, with the client that `cluster` has.

use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Stdio;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::process::Command;
use tokio_util::task::AbortOnDropHandle;

use super::{ChangeStop, Conflict, Control, Routing, Token};
use crate::Kind;
use crate::cluster::Lease as _;
use crate::cluster::docker::keeper::{Keeper, Overwrite};
use crate::ingress::protocol::{
    About, CertificateState, Drain, Drained, Fence, Holder, PROTOCOL, Probe, ProbeAnswer, Route,
    Traffic,
};

#[derive(Default)]
struct Memory(Mutex<BTreeMap<String, Route>>);

#[async_trait]
impl Routing for Memory {
    async fn put(&self, key: &str, route: Route) -> Result<(), Conflict> {
        let mut routes = self.0.lock().unwrap();
        for (other, taken) in routes.iter().filter(|(other, _)| *other != key) {
            if let Some(host) = route.hosts.iter().find(|host| taken.hosts.contains(host)) {
                return Err(Conflict(format!("{host} belongs to {other}")));
            }
        }
        routes.insert(key.to_owned(), route);
        Ok(())
    }

    async fn remove(&self, key: &str) -> bool {
        self.0.lock().unwrap().remove(key).is_some()
    }

    fn routes(&self) -> BTreeMap<String, Route> {
        self.0.lock().unwrap().clone()
    }

    async fn drain(&self, upstreams: &[String], _: Duration) -> Drained {
        Drained {
            in_flight: 0,
            closed: upstreams.len() as u64,
        }
    }

    fn certificates(&self) -> BTreeMap<String, CertificateState> {
        BTreeMap::new()
    }

    fn traffic(&self, _: &str, mark: bool) -> BTreeMap<u64, Traffic> {
        BTreeMap::from([(u64::from(mark), Traffic::default())])
    }

    fn metrics(&self) -> String {
        "paas_requests 1\n".to_owned()
    }
}

struct Server {
    address: String,
    keeper: Keeper,
    warnings: Vec<String>,
    stop: ChangeStop,
    _task: AbortOnDropHandle<()>,
}

async fn serve(folder: &Path) -> Server {
    let about = About {
        protocol: PROTOCOL,
        version: "0".to_owned(),
        http_port: 80,
        https_port: None,
        ending: false,
    };
    let token = Token::new("sesame".to_owned()).unwrap();
    let opened = Control::open(folder, Arc::new(Memory::default()), token, about);
    let (control, warnings) = opened.await.unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    Server {
        keeper: Keeper::new(&address, "sesame"),
        address,
        warnings,
        stop: control.changes(),
        _task: AbortOnDropHandle::new(tokio::spawn(control.serve(listener))),
    }
}

fn holder(who: &str) -> Holder {
    Holder {
        who: who.to_owned(),
        what: "deploy v1".to_owned(),
        since: jiff::Timestamp::now().as_second() - 12,
    }
}

fn route(host: &str) -> Route {
    Route {
        hosts: vec![host.to_owned()],
        ..Route::default()
    }
}

/// The status of a request sent byte by byte as given.
async fn status(address: &str, request: &str) -> u16 {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = vec![0; 12];
    stream.read_exact(&mut answer).await.unwrap();
    String::from_utf8(answer).unwrap()[9..].parse().unwrap()
}

fn request(line: &str, token: &str) -> String {
    format!(
        "{line} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\nContent-Length: 0\r\n\r\n"
    )
}

#[tokio::test]
async fn a_restart_keeps_routes_documents_and_the_order_of_fences() {
    let temp = tempfile::tempdir().unwrap();
    let folder = temp.path().join("state");
    let server = serve(&folder).await;
    let keeper = &server.keeper;
    keeper
        .put_route("shop", &route("a.test"), None)
        .await
        .unwrap();
    keeper
        .put_route("gone", &route("b.test"), None)
        .await
        .unwrap();
    keeper.delete_route("gone", None).await.unwrap();
    for name in ["targets/shop/env/A", "targets/shop/env/B", "other"] {
        let put = keeper.put_document(name, "one", Overwrite::Allowed, None);
        put.await.unwrap();
    }
    keeper
        .delete_document("targets/shop/env/B", None)
        .await
        .unwrap();
    let put = keeper.put_document("other", "two", Overwrite::Refused, None);
    assert_eq!(put.await.unwrap_err().kind(), Kind::Refused);
    let first = keeper.lease("shop", &holder("ada")).await.unwrap();
    let first = first.fence().fence;
    for (path, mode) in [
        ("routes", 0o700),
        ("routes/shop.json", 0o600),
        ("documents/other", 0o600),
    ] {
        let metadata = std::fs::metadata(folder.join(path)).unwrap();
        assert_eq!(metadata.permissions().mode() & 0o777, mode, "{path}");
    }
    drop(server);
    std::fs::write(folder.join("routes/bad.json"), "{").unwrap();

    let server = serve(&folder).await;
    assert!(
        server.warnings[0].contains("bad.json.broken"),
        "{:?}",
        server.warnings
    );
    let keeper = &server.keeper;
    let routes = keeper.routes().await.unwrap();
    assert_eq!(
        routes,
        BTreeMap::from([("shop".to_owned(), route("a.test"))])
    );
    let documents = keeper.documents("targets/shop/").await.unwrap();
    assert_eq!(
        documents,
        BTreeMap::from([("targets/shop/env/A".to_owned(), "one".to_owned())])
    );
    assert_eq!(keeper.documents("other").await.unwrap()["other"], "one");
    let second = keeper.lease("shop", &holder("ada")).await.unwrap();
    assert!(second.fence().fence > first);
}

#[tokio::test]
async fn a_route_that_conflicts_leaves_everything_as_it_was() {
    let temp = tempfile::tempdir().unwrap();
    let server = serve(temp.path()).await;
    let keeper = &server.keeper;
    keeper
        .put_route("shop", &route("a.test"), None)
        .await
        .unwrap();
    keeper
        .put_route("blog", &route("b.test"), None)
        .await
        .unwrap();
    let before = std::fs::read(temp.path().join("routes/blog.json")).unwrap();
    let error = keeper
        .put_route("blog", &route("a.test"), None)
        .await
        .unwrap_err();
    assert_eq!(
        (error.kind(), error.message()),
        (Kind::Refused, "a.test belongs to shop")
    );
    assert_eq!(keeper.routes().await.unwrap()["blog"], route("b.test"));
    assert_eq!(
        std::fs::read(temp.path().join("routes/blog.json")).unwrap(),
        before
    );
    assert_eq!(
        std::fs::read_dir(temp.path().join("routes"))
            .unwrap()
            .count(),
        2
    );
}

#[tokio::test]
async fn a_fence_is_honored_only_while_its_lease_is_held() {
    let temp = tempfile::tempdir().unwrap();
    let server = serve(temp.path()).await;
    let keeper = &server.keeper;
    let lease = keeper.lease("shop", &holder("ada@laptop")).await.unwrap();
    let busy = keeper.lease("shop", &holder("bob")).await.err().unwrap();
    assert_eq!(busy.kind(), Kind::Busy);
    assert!(
        busy.message()
            .starts_with("ada@laptop is at work (deploy v1), since 1"),
        "{busy}"
    );
    let fence = lease.fence().clone();
    lease.check().await.unwrap();
    let allowed = route("a.test");
    let put = keeper.put_route("shop", &allowed, Some(&fence));
    put.await.unwrap();
    let wrong = Fence {
        fence: fence.fence + 1,
        ..fence.clone()
    };
    let put = keeper
        .put_route("shop", &route("b.test"), Some(&wrong))
        .await;
    assert_eq!(put.unwrap_err().kind(), Kind::Busy);
    Box::new(lease).release().await.unwrap();
    let _next = keeper.lease("shop", &holder("bob")).await.unwrap();
    for lost in [
        keeper
            .put_route("shop", &route("b.test"), Some(&fence))
            .await,
        keeper.delete_route("shop", Some(&fence)).await,
        keeper
            .put_document("a", "b", Overwrite::Allowed, Some(&fence))
            .await,
        keeper.delete_document("a", Some(&fence)).await,
    ] {
        assert_eq!(lost.unwrap_err().kind(), Kind::Busy);
    }
    assert_eq!(keeper.routes().await.unwrap()["shop"], route("a.test"));
}

#[tokio::test]
async fn a_killed_holder_is_free_at_once() {
    let temp = tempfile::tempdir().unwrap();
    let server = serve(temp.path()).await;
    let body = serde_json::to_string(&holder("victim")).unwrap();
    let (host, port) = server.address.split_once(':').unwrap();
    let script = format!(
        "exec 3<>/dev/tcp/{host}/{port}; printf 'POST /v1/leases/shop HTTP/1.1\\r\\nHost: x\\r\\n\
         Authorization: Bearer sesame\\r\\nContent-Length: {}\\r\\n\\r\\n%s' '{body}' >&3; head -c 12 <&3; exec sleep 60",
        body.len()
    );
    let mut child = Command::new("bash")
        .args(["-c", &script])
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut answer = [0; 12];
    let stdout = child.stdout.as_mut().unwrap();
    stdout.read_exact(&mut answer).await.unwrap();
    assert_eq!(&answer, b"HTTP/1.1 200");
    assert!(server.keeper.lease("shop", &holder("x")).await.is_err());
    child.kill().await.unwrap();
    let killed = Instant::now();
    while server.keeper.lease("shop", &holder("x")).await.is_err() {
        assert!(killed.elapsed() < Duration::from_secs(2), "still held");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_holders_never_hold_at_once() {
    let temp = tempfile::tempdir().unwrap();
    let server = serve(temp.path()).await;
    let inside = Arc::new(AtomicUsize::new(0));
    let race = |who: &'static str| {
        let (keeper, inside) = (server.keeper.clone(), Arc::clone(&inside));
        tokio::spawn(async move {
            let mut taken = 0;
            while taken < 100 {
                let Ok(lease) = keeper.lease("shop", &holder(who)).await else {
                    continue;
                };
                assert_eq!(
                    inside.fetch_add(1, Ordering::SeqCst),
                    0,
                    "{who} is not alone"
                );
                tokio::task::yield_now().await;
                inside.fetch_sub(1, Ordering::SeqCst);
                Box::new(lease).release().await.unwrap();
                taken += 1;
                tokio::time::sleep(Duration::from_micros(200)).await;
            }
        })
    };
    let (one, two) = tokio::join!(race("ada"), race("bob"));
    one.unwrap();
    two.unwrap();
}

#[tokio::test]
async fn strangers_and_hostile_names_are_refused() {
    let temp = tempfile::tempdir().unwrap();
    let server = serve(temp.path()).await;
    for (line, token, expected) in [
        ("GET /v1/about", "sesame", 200),
        ("GET /v1/about", "sesamf", 401),
        ("GET /v1/about", "", 401),
        ("PUT /v1/documents/a", "sesam", 401),
        ("GET /metrics", "", 200),
        ("GET /v1/nothing", "sesame", 404),
        ("PATCH /v1/routes/a", "sesame", 405),
        ("DELETE /v1/routes/..", "sesame", 400),
        ("DELETE /v1/routes/%2e%2e", "sesame", 400),
        ("PUT /v1/documents/../routes/x.json", "sesame", 400),
        ("PUT /v1/documents//etc/passwd", "sesame", 400),
        ("PUT /v1/documents/a/%00", "sesame", 400),
        ("PUT /v1/routes/a", "sesame", 400),
    ] {
        let found = status(&server.address, &request(line, token)).await;
        assert_eq!(found, expected, "{line} {token}");
    }
    assert_eq!(
        std::fs::read_dir(temp.path().join("documents"))
            .unwrap()
            .count(),
        0
    );
    let large = "x".repeat(1024 * 1024 + 1);
    let put = server
        .keeper
        .put_document("a", &large, Overwrite::Allowed, None);
    assert!(put.await.is_err());
    assert_eq!(server.keeper.documents("").await.unwrap(), BTreeMap::new());
}

#[tokio::test]
async fn an_ingress_that_is_not_there_is_unavailable() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    drop(listener);
    let error = Keeper::new(address, "sesame").about().await.unwrap_err();
    assert_eq!(error.kind(), Kind::Unavailable);
    assert_eq!(error.message(), "the ingress does not answer");
    assert!(!error.hints().is_empty());
}

#[tokio::test]
async fn a_probe_tells_precisely() {
    let temp = tempfile::tempdir().unwrap();
    let server = serve(temp.path()).await;
    for (answer, path, expected) in [
        (
            "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\n\r\n",
            Some("/"),
            "Healthy",
        ),
        ("", None, "Healthy"),
        ("", Some("/"), "closed the connection without an answer"),
        ("220 smtp\r\n", Some("/"), "not HTTP"),
        (
            "HTTP/1.1 503 No\r\nContent-Length: 4\r\n\r\ncold",
            Some("/"),
            "status: 503, body: \"cold\"",
        ),
        ("wait", Some("/"), "no answer within 300ms"),
    ] {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let upstream = listener.local_addr().unwrap().to_string();
        let _instance = AbortOnDropHandle::new(tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut asked = [0; 1024];
            drop(stream.read(&mut asked).await);
            if answer == "wait" {
                std::future::pending::<()>().await;
            }
            drop(stream.write_all(answer.as_bytes()).await);
        }));
        let probe = Probe {
            upstream,
            path: path.map(str::to_owned),
            timeout_ms: 300,
        };
        let found = format!("{:?}", server.keeper.probe(&probe).await.unwrap());
        assert!(found.contains(expected), "{answer:?}: {found}");
    }
    let probe = Probe {
        upstream: "127.0.0.1:1".to_owned(),
        path: None,
        timeout_ms: 300,
    };
    let refused = ProbeAnswer::None {
        reason: "connection refused".to_owned(),
    };
    assert_eq!(server.keeper.probe(&probe).await.unwrap(), refused);
    let all = vec![probe; 3];
    assert_eq!(server.keeper.probes(&all).await.unwrap(), vec![refused; 3]);
    let drain = Drain {
        upstreams: vec!["a:1".to_owned()],
        timeout_ms: 1,
    };
    assert_eq!(server.keeper.drain("shop", &drain).await.unwrap().closed, 1);
    assert!(
        server
            .keeper
            .traffic("shop", true)
            .await
            .unwrap()
            .contains_key(&1)
    );
}

#[tokio::test]
async fn changes_that_meet_a_handover_are_told_to_wait() {
    let temp = tempfile::tempdir().unwrap();
    let server = serve(temp.path()).await;
    let keeper = &server.keeper;
    server.stop.freeze().await.unwrap();
    assert!(keeper.about().await.unwrap().ending);
    let lease = keeper.lease("shop.local", &holder("ada")).await;
    assert_eq!(lease.err().unwrap().kind(), Kind::Busy);
    let put = keeper.put_route("shop.local", &route("a.test"), None).await;
    assert_eq!(put.unwrap_err().kind(), Kind::Busy);
    server.stop.thaw().await;
    assert!(!keeper.about().await.unwrap().ending);
    keeper.lease("shop.local", &holder("ada")).await.unwrap();
}
