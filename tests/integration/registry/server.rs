//! docker-registry, started for one test, and an image pushed by hand.

use std::fs;
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use bytes::Bytes;
use paas::image::{Digest, Repository};
use tempfile::TempDir;

/// Killed when dropped.
pub struct Server {
    child: Child,
    port: u16,
    _folder: TempDir,
}

/// What the registry asks for and shows.
#[derive(Default)]
pub struct Options {
    /// Name and password (Basic).
    pub account: Option<(&'static str, &'static str)>,
    /// Certificate and key, PEM.
    pub tls: Option<(String, String)>,
}

impl Server {
    pub fn start(options: &Options) -> Self {
        let folder = TempDir::new().unwrap();
        let path = |name: &str| folder.path().join(name).display().to_string();
        let port = TcpListener::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap()
            .port();
        let mut config = serde_json::json!({
            "version": "0.1",
            "log": {"level": "error"},
            "storage": {"filesystem": {"rootdirectory": path("data")}},
            "http": {"addr": format!("127.0.0.1:{port}")},
        });
        if let Some((certificate, key)) = &options.tls {
            fs::write(path("cert.pem"), certificate).unwrap();
            fs::write(path("key.pem"), key).unwrap();
            config["http"]["tls"] =
                serde_json::json!({"certificate": path("cert.pem"), "key": path("key.pem")});
        }
        if let Some((name, password)) = options.account {
            let line = Command::new("htpasswd")
                .args(["-nbB", name, password])
                .output()
                .unwrap();
            assert!(line.status.success(), "htpasswd (apache2-utils)");
            fs::write(path("htpasswd"), line.stdout).unwrap();
            config["auth"] =
                serde_json::json!({"htpasswd": {"realm": "test", "path": path("htpasswd")}});
        }
        // Every JSON document is a YAML document.
        fs::write(path("config.yml"), config.to_string()).unwrap();
        let child = Command::new("docker-registry")
            .args(["serve", &path("config.yml")])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("docker-registry");
        let mut server = Self {
            child,
            port,
            _folder: folder,
        };
        server.wait();
        server
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    pub fn host(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    fn wait(&mut self) {
        for _ in 0..500 {
            assert!(
                self.child.try_wait().unwrap().is_none(),
                "docker-registry ended"
            );
            if TcpStream::connect(("127.0.0.1", self.port)).is_ok() {
                return;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        panic!("docker-registry does not listen on port {}", self.port);
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// An image of one layer, as `upload` pushed it.
pub struct Uploaded {
    pub manifest: Bytes,
    pub digest: Digest,
    pub layer: Digest,
}

/// Pushes a tiny image to a registry on this machine.
pub async fn upload(repository: &Repository, tag: &str, account: Option<(&str, &str)>) -> Uploaded {
    drop(rustls::crypto::ring::default_provider().install_default());
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let signed = |request: reqwest::RequestBuilder| match account {
        Some((name, password)) => request.basic_auth(name, Some(password)),
        None => request,
    };
    let base = format!(
        "http://{}/v2/{}",
        repository.host().unwrap(),
        repository.path()
    );
    let config = serde_json::json!({
        "architecture": "amd64", "os": "linux", "created": "2026-01-02T03:04:05Z",
        "config": {"Labels": {"io.paas.version": tag}},
        "history": [{"created_by": "COPY . /app"}],
    })
    .to_string();
    let layer = format!("layer of {repository}");
    for blob in [&config, &layer] {
        let begun = signed(http.post(format!("{base}/blobs/uploads/")))
            .send()
            .await
            .unwrap();
        let location = begun.headers()["location"].to_str().unwrap();
        let mut url = begun.url().join(location).unwrap();
        url.query_pairs_mut()
            .append_pair("digest", Digest::of(blob.as_bytes()).as_str());
        let put = signed(http.put(url))
            .body(blob.clone())
            .send()
            .await
            .unwrap();
        assert_eq!(put.status(), 201);
    }
    let descriptor = |blob: &str, kind: &str| {
        serde_json::json!({
            "mediaType": format!("application/vnd.oci.image.{kind}"),
            "digest": Digest::of(blob.as_bytes()), "size": blob.len(),
        })
    };
    let media_type = "application/vnd.oci.image.manifest.v1+json";
    let manifest = serde_json::json!({
        "schemaVersion": 2, "mediaType": media_type,
        "config": descriptor(&config, "config.v1+json"),
        "layers": [descriptor(&layer, "layer.v1.tar")],
    })
    .to_string();
    let put = http
        .put(format!("{base}/manifests/{tag}"))
        .header("content-type", media_type)
        .body(manifest.clone());
    assert_eq!(signed(put).send().await.unwrap().status(), 201);
    Uploaded {
        digest: Digest::of(manifest.as_bytes()),
        layer: Digest::of(layer.as_bytes()),
        manifest: manifest.into(),
    }
}
