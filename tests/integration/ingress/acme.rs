//! Certificates from a real ACME server, by the real binary.

use std::net::SocketAddr;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use reqwest::tls::TlsInfo;
use serde_json::json;

use super::control::{Ingress, free_port, upstream};
use super::pebble::Pebble;
use crate::support::deployed::request;

const YEAR: Duration = Duration::from_hours(24 * 365);

/// An ingress that orders from a server of its own.
struct World {
    ingress: Ingress,
    pebble: Pebble,
    https: SocketAddr,
    root: reqwest::Certificate,
}

impl World {
    async fn start(validity: Duration) -> Self {
        let (http, https) = (free_port(), free_port());
        let pebble = Pebble::start(http, validity);
        let ingress = Ingress::start_on(http, pebble.variables(https));
        let https = SocketAddr::from(([127, 0, 0, 1], https));
        let root = pebble.root().await;
        Self {
            ingress,
            pebble,
            https,
            root,
        }
    }

    fn route(&self, host: &str, https: bool) {
        let backend = json!({ "release": 1, "upstreams": [upstream("hello")] });
        let route = json!({ "hosts": [host], "https": https, "live": backend }).to_string();
        assert_eq!(self.ingress.put(&format!("/v1/routes/{host}"), &route), 204);
    }

    /// The certificate that a page comes with, as soon as one comes.
    async fn certificate(&self, host: &str) -> Vec<u8> {
        let begun = Instant::now();
        loop {
            match self.try_certificate(host).await {
                Ok(certificate) => return certificate,
                Err(error) => assert!(begun.elapsed() < Duration::from_secs(30), "{error:?}"),
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    async fn try_certificate(&self, host: &str) -> reqwest::Result<Vec<u8>> {
        let url = format!("https://{host}:{}/", self.https.port());
        // A client that knows the ingress already would resume its session, and see the certificate of
        // the first time.
        let client = reqwest::Client::builder()
            .no_proxy()
            .tls_certs_only([self.root.clone()])
            .tls_info(true)
            .timeout(Duration::from_secs(5))
            .resolve(host, self.https)
            .build()?;
        let answer = client.get(url).send().await?;
        let info = answer.extensions().get::<TlsInfo>().unwrap();
        let certificate = info.peer_certificate().unwrap().to_vec();
        assert_eq!(answer.text().await?, "hello");
        Ok(certificate)
    }

    fn http(&self, host: &str) -> u16 {
        request(self.ingress.http, host, "/", "").unwrap().0
    }

    fn account(&self) -> PathBuf {
        let folder = self.ingress.state.path().join("acme");
        let mut files = std::fs::read_dir(folder).unwrap();
        files.next().unwrap().unwrap().path()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_host_gets_its_certificate_although_another_cannot() {
    // Hosts are ordered by name, so that the bad one is first.
    let world = World::start(YEAR).await;
    world.pebble.forget_name("bad.test");
    world.route("bad.test", true);
    world.route("good.test", true);
    world.route("plain.test", false);
    assert_eq!(
        world.http("good.test"),
        200,
        "nobody waits for certificates"
    );
    world.certificate("good.test").await;
    assert_eq!(world.http("good.test"), 308);
    assert_eq!(world.http("bad.test"), 200);
    assert_eq!(world.http("plain.test"), 200);
    assert!(world.try_certificate("bad.test").await.is_err());
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(world.pebble.asked("/order-plz"), 2, "the bad one rests");
    let account = std::fs::metadata(world.account()).unwrap();
    assert_eq!(account.permissions().mode() & 0o777, 0o600);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_kill_keeps_account_and_certificate() {
    let mut world = World::start(YEAR).await;
    world.route("a.test", true);
    let certificate = world.certificate("a.test").await;
    let account = std::fs::read(world.account()).unwrap();
    world.ingress.restart();
    assert_eq!(world.certificate("a.test").await, certificate);
    world.route("b.test", true);
    world.certificate("b.test").await;
    assert_eq!(world.pebble.asked("/order-plz"), 2, "one for each host");
    assert_eq!(world.pebble.asked("/sign-me-up"), 1, "one account");
    assert_eq!(std::fs::read(world.account()).unwrap(), account);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_certificate_is_renewed_before_its_end() {
    let world = World::start(Duration::from_secs(15)).await;
    world.route("a.test", true);
    let first = world.certificate("a.test").await;
    let begun = Instant::now();
    // Each page is proof that the one which is served has not come to its end.
    while world.try_certificate("a.test").await.unwrap() == first {
        assert!(begun.elapsed() < Duration::from_secs(14), "not renewed");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert!(begun.elapsed() > Duration::from_secs(7), "too early");
}
