//! Debian's `pebble`, the ACME server that Let's Encrypt tests clients with, and its DNS server.

use std::fs::{self, File};
use std::io::Write;
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use serde_json::json;
use tempfile::TempDir;

use super::control::free_port;

/// It really proves hosts, on a port of loopback that each name resolves to.
pub struct Pebble {
    acme: Child,
    names: Child,
    folder: TempDir,
    acme_port: u16,
    management: u16,
    names_management: u16,
    ca: String,
}

impl Pebble {
    /// Proves hosts on port `http`; certificates are valid for `validity`.
    pub fn start(http: u16, validity: Duration) -> Self {
        let folder = TempDir::new().unwrap();
        let (acme_port, management) = (free_port(), free_port());
        let (dns, names_management) = (free_port(), free_port());
        let config = json!({ "pebble": {
            "listenAddress": local(acme_port),
            "managementListenAddress": local(management),
            "certificate": folder.path().join("certificate.pem"),
            "privateKey": folder.path().join("key.pem"),
            "httpPort": http,
            "tlsPort": free_port(),
            "certificateValidityPeriod": validity.as_secs(),
        }});
        fs::write(folder.path().join("config.json"), config.to_string()).unwrap();
        let ca = make_certificate(folder.path());
        let names = Command::new("pebble-challtestsrv")
            .args(["-defaultIPv4", "127.0.0.1", "-defaultIPv6", ""])
            .args(["-http01", "", "-https01", "", "-tlsalpn01", ""])
            .args(["-dns01", &local(dns)])
            .args(["-management", &local(names_management)])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("pebble-challtestsrv; scripts/setup installs it");
        let log = File::create(folder.path().join("log")).unwrap();
        let acme = Command::new("pebble")
            .args(["-config", "config.json", "-dnsserver", &local(dns)])
            .current_dir(folder.path())
            .env("PEBBLE_VA_NOSLEEP", "1")
            // By default it refuses some requests by chance, and those that follow would be counted.
            .env("PEBBLE_WFE_NONCEREJECT", "0")
            .stderr(log.try_clone().unwrap())
            .stdout(log)
            .spawn()
            .expect("pebble; scripts/setup installs it");
        let pebble = Self {
            acme,
            names,
            folder,
            acme_port,
            management,
            names_management,
            ca,
        };
        for port in [acme_port, management, names_management] {
            pebble.wait(port);
        }
        pebble
    }

    fn wait(&self, port: u16) {
        let begun = Instant::now();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(begun.elapsed() < Duration::from_secs(10), "{}", self.log());
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// What an ingress is told to use it.
    pub fn variables(&self, https: u16) -> Vec<(&'static str, String)> {
        vec![
            ("PAAS_INGRESS_HTTPS_PORT", https.to_string()),
            ("PAAS_INGRESS_ACME_DIRECTORY", self.directory()),
            ("PAAS_INGRESS_ACME_CONTACT", "ada@example.org".to_owned()),
            ("PAAS_INGRESS_ACME_CA", self.ca.clone()),
        ]
    }

    /// Where an account is opened.
    pub fn directory(&self) -> String {
        format!("https://{}/dir", local(self.acme_port))
    }

    /// Who vouches for the directory's own HTTPS.
    pub fn ca(&self) -> &str {
        &self.ca
    }

    /// From now on this host's name resolves to nothing.
    pub fn forget_name(&self, host: &str) {
        let body = json!({ "host": format!("{host}.") }).to_string();
        let address = ("127.0.0.1", self.names_management);
        let mut stream = TcpStream::connect(address).unwrap();
        let length = body.len();
        write!(
            stream,
            "POST /set-servfail HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n{body}"
        )
        .unwrap();
        let answer = std::io::read_to_string(stream).unwrap();
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    }

    /// What its certificates chain to.
    pub async fn root(&self) -> reqwest::Certificate {
        // Another test may have installed it.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let ca = reqwest::Certificate::from_pem(self.ca.as_bytes()).unwrap();
        let builder = reqwest::Client::builder().no_proxy();
        let client = builder.tls_certs_only([ca]).build().unwrap();
        let root = format!("https://{}/roots/0", local(self.management));
        let root = client
            .get(root)
            .send()
            .await
            .unwrap()
            .bytes()
            .await
            .unwrap();
        reqwest::Certificate::from_pem(&root).unwrap()
    }

    /// How often it was asked for a path so far.
    pub fn asked(&self, path: &str) -> usize {
        self.log().matches(&format!("POST {path} ->")).count()
    }

    fn log(&self) -> String {
        fs::read_to_string(self.folder.path().join("log")).unwrap()
    }
}

impl Drop for Pebble {
    fn drop(&mut self) {
        for process in [&mut self.acme, &mut self.names] {
            drop(process.kill());
            drop(process.wait());
        }
    }
}

fn local(port: u16) -> String {
    format!("127.0.0.1:{port}")
}

/// The server's own certificate in `folder`; returns the authority that made it.
fn make_certificate(folder: &Path) -> String {
    let mut params = CertificateParams::new([]).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let ca = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
    let key = KeyPair::generate().unwrap();
    let params = CertificateParams::new(["127.0.0.1".to_owned()]).unwrap();
    let certificate = params.signed_by(&key, &ca).unwrap();
    fs::write(folder.join("certificate.pem"), certificate.pem()).unwrap();
    fs::write(folder.join("key.pem"), key.serialize_pem()).unwrap();
    ca.pem()
}
