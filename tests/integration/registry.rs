//! The registry client: against docker-registry, and against a registry that misbehaves.

mod credentials;
mod fake;
mod faults;
pub mod server;
mod sign_in;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use paas::image::{Digest, Reference, Repository};
use paas::registry::{Client, Content, MediaType};
use paas::settings::{EngineAddress, Settings};
use server::{Options, Server, upload};
use tokio::task::JoinSet;

/// Settings that know nothing but Docker's configuration in `home`.
fn settings(home: &Path) -> Settings {
    Settings {
        engine: EngineAddress::Unix("/nonexistent".into()),
        registry: None,
        default_registry: None,
        ca_bundle: None,
        proxies: BTreeMap::new(),
        docker_config: home.to_owned(),
        state_dir: home.to_owned(),
        cache_dir: home.to_owned(),
        config_home: None,
        kubeconfig: Vec::new(),
        clusters_file: "/nowhere/clusters.toml".into(),
        program: "/nowhere/paas".into(),
        user: "test@test".into(),
        ci: false,
    }
}

fn client() -> Client {
    Client::new(&settings(Path::new("/nonexistent")))
}

/// A repository of that registry.
fn shop(server: &Server) -> Repository {
    format!("{}/trade/shop", server.host()).parse().unwrap()
}

fn tag(repository: &Repository, tag: &str) -> Reference {
    repository.tagged(tag).unwrap()
}

#[tokio::test]
async fn finds_an_image_by_tag_and_digest() {
    let server = Server::start(&Options::default());
    let repository = shop(&server);
    let image = upload(&repository, "v1", None).await;
    let client = client();

    let found = client
        .resolve(&tag(&repository, "v1"))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(found.digest, image.digest);
    assert_eq!(found.media_type, MediaType::OciManifest);
    assert_eq!(found.size, image.manifest.len() as u64);
    assert_eq!(
        client
            .resolve(&repository.at(&image.digest))
            .await
            .unwrap()
            .unwrap(),
        found
    );

    let content = client
        .manifest(&tag(&repository, "v1"))
        .await
        .unwrap()
        .unwrap();
    assert_eq!((content.manifest, &content.bytes), (found, &image.manifest));
    let Content::Image { config, layers } = content.content else {
        panic!("an image");
    };
    assert_eq!(layers[0].digest, image.layer);
    let config = client
        .config(&repository, &config.digest)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(config.labels["io.paas.version"], "v1");
    assert_eq!(config.history[0].created_by, "COPY . /app");
    assert_eq!(config.created.unwrap().to_string(), "2026-01-02T03:04:05Z");
}

#[tokio::test]
async fn what_is_not_there_is_none() {
    let server = Server::start(&Options::default());
    let repository = shop(&server);
    let client = client();
    let missing = Digest::of(b"missing");
    assert_eq!(client.resolve(&tag(&repository, "v1")).await.unwrap(), None);
    assert_eq!(
        client.tags(&repository).await.unwrap(),
        Vec::<String>::new()
    );

    upload(&repository, "v1", None).await;
    assert_eq!(client.resolve(&tag(&repository, "v2")).await.unwrap(), None);
    assert_eq!(
        client.manifest(&repository.at(&missing)).await.unwrap(),
        None
    );
    assert_eq!(client.config(&repository, &missing).await.unwrap(), None);
}

#[tokio::test]
async fn a_new_name_for_the_same_image() {
    let server = Server::start(&Options::default());
    let repository = shop(&server);
    let image = upload(&repository, "v1", None).await;
    let client = client();
    let content = client
        .manifest(&tag(&repository, "v1"))
        .await
        .unwrap()
        .unwrap();
    let put = client
        .put_manifest(
            &tag(&repository, "v2"),
            content.bytes,
            content.manifest.media_type,
        )
        .await
        .unwrap();
    assert_eq!(put, image.digest);
    let found = client
        .resolve(&tag(&repository, "v2"))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(found.digest, image.digest);
    assert_eq!(client.tags(&repository).await.unwrap(), ["v1", "v2"]);
}

#[tokio::test]
async fn a_manifest_without_its_layers_is_refused() {
    let server = Server::start(&Options::default());
    let repository = shop(&server);
    let image = upload(&repository, "v1", None).await;
    let text = std::str::from_utf8(&image.manifest).unwrap();
    let dangling = text.replace(image.layer.hex(), Digest::of(b"missing").hex());
    let error = client()
        .put_manifest(
            &tag(&repository, "v2"),
            dangling.into(),
            MediaType::OciManifest,
        )
        .await
        .unwrap_err();
    assert_eq!(error.kind(), paas::Kind::Refused);
    assert!(
        error
            .detail_text()
            .unwrap()
            .contains("MANIFEST_BLOB_UNKNOWN"),
        "{error:?}"
    );
}

#[tokio::test]
async fn many_ask_at_once() {
    let server = Server::start(&Options::default());
    let repository = shop(&server);
    let image = upload(&repository, "v1", None).await;
    let client = Arc::new(client());
    let mut tasks = JoinSet::new();
    for _ in 0..50 {
        let (client, name) = (client.clone(), tag(&repository, "v1"));
        tasks.spawn(async move { client.resolve(&name).await });
    }
    for found in tasks.join_all().await {
        assert_eq!(found.unwrap().unwrap().digest, image.digest);
    }
}

#[tokio::test]
async fn a_client_costs_nothing_until_it_asks() {
    let mut settings = settings(Path::new("/nonexistent"));
    settings.ca_bundle = Some("/nonexistent/ca.pem".into());
    let server = Server::start(&Options::default());
    let took = |_| {
        let start = Instant::now();
        drop(Client::new(&settings));
        start.elapsed()
    };
    // The best of some: a busy machine may interrupt any one.
    assert!((0..10).map(took).min().unwrap() < Duration::from_millis(1));

    let client = Client::new(&settings);
    let plain = client.resolve(&tag(&shop(&server), "v1")).await;
    assert_eq!(plain.unwrap(), None, "plain HTTP needs no certificates");

    let error = client
        .resolve(&"registry.example/x:v1".parse().unwrap())
        .await
        .unwrap_err();
    assert_eq!(error.kind(), paas::Kind::Usage);
    assert!(error.message().contains("/nonexistent/ca.pem"), "{error}");
}
