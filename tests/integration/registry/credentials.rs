//! Credential helpers, and certificates.

use std::fs;
use std::path::{Path, PathBuf};

use paas::Kind;
use paas::credentials::Credentials;
use paas::registry::Client;
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};

use super::server::{Options, Server, upload};
use super::{settings, shop, tag};

fn with_config(json: &str) -> (Client, TempDir) {
    let home = TempDir::new().unwrap();
    fs::write(home.path().join("config.json"), json).unwrap();
    let helpers = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/integration/registry/helpers");
    (
        Client::new(&settings(home.path())).with_helper_folder(helpers),
        home,
    )
}

#[tokio::test]
async fn a_helper_signs_in_to_docker_registry() {
    let account = ("ada", "hunter2");
    let server = Server::start(&Options {
        account: Some(account),
        ..Options::default()
    });
    let repository = shop(&server);
    upload(&repository, "v1", Some(account)).await;
    let (client, _home) = with_config(r#"{"credsStore":"fake"}"#);
    assert!(
        client
            .resolve(&tag(&repository, "v1"))
            .await
            .unwrap()
            .is_some()
    );
}

#[tokio::test]
async fn helpers_are_asked_as_docker_asks_them() {
    let (client, _home) = with_config(
        r#"{"auths":{"file.example":{"auth":"YWRhOnB3"}},
            "credHelpers":{"missing.example":"missing","path.example":"../fake"},"credsStore":"fake"}"#,
    );
    let get = async |host| client.credentials_for(host).await;
    let token = Credentials::IdentityToken("hunter2".into());
    assert_eq!(get("token.example").await.unwrap(), Some(token));
    assert_eq!(get("unknown.example").await.unwrap(), None);
    assert!(
        get("file.example").await.unwrap().is_some(),
        "the file is asked last"
    );

    for (host, kind, message) in [
        (
            "damaged.example",
            Kind::Unavailable,
            "docker-credential-fake answered",
        ),
        (
            "broken.example",
            Kind::Unavailable,
            "docker-credential-fake failed",
        ),
        (
            "missing.example",
            Kind::Usage,
            "docker-credential-missing is not installed",
        ),
        (
            "path.example",
            Kind::Usage,
            "`../fake` in Docker's configuration",
        ),
    ] {
        let error = get(host).await.unwrap_err();
        assert_eq!(error.kind(), kind, "{error}");
        assert!(error.message().starts_with(message), "{error}");
        assert!(!format!("{error:?}").contains("hunter2"), "{error:?}");
    }
}

/// The clock jumps ahead as soon as everything waits.
#[tokio::test(start_paused = true)]
async fn a_helper_that_hangs_is_given_up() {
    let (client, _home) = with_config(r#"{"credsStore":"hangs"}"#);
    let error = client
        .credentials_for("registry.example")
        .await
        .unwrap_err();
    assert_eq!(error.kind(), Kind::Unavailable);
    assert_eq!(
        error.message(),
        "docker-credential-hangs did not answer within 30 s"
    );
}

/// Connects whatever it is asked for to `port` on this machine.
async fn proxy_to(port: u16) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut client, _)) = listener.accept().await {
            tokio::spawn(async move {
                let mut head = Vec::new();
                while !head.ends_with(b"\r\n\r\n") {
                    head.push(client.read_u8().await.unwrap());
                }
                assert!(head.starts_with(b"CONNECT registry.example:443 "));
                let mut server = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
                client.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await.unwrap();
                drop(copy_bidirectional(&mut client, &mut server).await);
            });
        }
    });
    format!("http://{address}")
}

#[tokio::test]
async fn https_goes_through_the_proxy_and_trusts_the_given_bundle_only() {
    let names = vec!["registry.example".to_owned()];
    let own = rcgen::generate_simple_self_signed(names.clone()).unwrap();
    let other = rcgen::generate_simple_self_signed(names).unwrap();
    let server = Server::start(&Options {
        tls: Some((own.cert.pem(), own.signing_key.serialize_pem())),
        ..Options::default()
    });
    let proxy = proxy_to(server.port()).await;
    let folder = TempDir::new().unwrap();
    let client = |name: &str, pem: &str| {
        let bundle: PathBuf = folder.path().join(name);
        fs::write(&bundle, pem).unwrap();
        let mut settings = settings(folder.path());
        settings.ca_bundle = Some(bundle);
        settings.proxies.insert("HTTPS_PROXY".into(), proxy.clone());
        Client::new(&settings)
    };
    let image = "registry.example/shop:v1".parse().unwrap();
    let trusting = client("own.pem", &(other.cert.pem() + &own.cert.pem()));
    assert_eq!(trusting.resolve(&image).await.unwrap(), None);

    let error = client("other.pem", &other.cert.pem())
        .resolve(&image)
        .await
        .unwrap_err();
    assert_eq!(error.kind(), Kind::Unavailable);
    assert!(error.message().contains("certificate"), "{error}");
    assert!(
        error.hints()[0].contains("other.pem"),
        "{:?}",
        error.hints()
    );
}
