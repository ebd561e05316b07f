//! A deployed app's own host name gets a certificate, by the options of its cluster.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use crate::ingress::pebble::Pebble;
use crate::support::deployed::{Deployed, free_port, request};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_domain_is_served_by_https_after_its_deployment() {
    let app = Deployed::new("domains = [\"shop.test\"]\n");
    let pebble = Pebble::start(app.port(), Duration::from_hours(24 * 90));
    let https = free_port();
    app.write("../home/ca.pem", pebble.ca());
    let (name, ca) = (app.cluster(), app.home().join("ca.pem"));
    app.paas(&["cluster", "remove", name]).assert().success();
    app.paas(&["cluster", "add", name])
        .args(["--http-port", &app.port().to_string()])
        .args(["--https-port", &https.to_string()])
        .args(["--acme-directory", &pebble.directory()])
        .args(["--acme-contact", "ada@example.org", "--acme-ca"])
        .arg(ca)
        .assert()
        .success();
    app.json(&["deploy"]);

    let begun = Instant::now();
    while request(app.port(), "shop.test", "/", "").unwrap().0 != 308 {
        assert!(begun.elapsed() < Duration::from_secs(30), "no certificate");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let client = reqwest::Client::builder()
        .no_proxy()
        .tls_certs_only([pebble.root().await])
        .resolve("shop.test", SocketAddr::from(([127, 0, 0, 1], https)))
        .build()
        .unwrap();
    let answer = client.get(format!("https://shop.test:{https}/"));
    let text = answer.send().await.unwrap().text().await.unwrap();
    assert_eq!(text.trim(), "one");
}
