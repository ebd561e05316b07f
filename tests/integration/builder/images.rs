use std::io;
use std::sync::Arc;

use bytes::Bytes;
use futures_util::stream;
use paas::Kind;
use paas::builder::{BuildRequest, Engine};
use paas::image::{Digest, Reference};
use paas::report::{Event, Outcome, Reporter, Silent};

use super::bench::{Recorder, TestImage, docker, engine, file, unique};

const REGISTRY: &str = "127.0.0.1:5000";

async fn build(engine: &Engine, image: &TestImage, text: &str) -> Digest {
    let steps = "COPY app /app\nEXPOSE 8080\nUSER 10001\nWORKDIR /app\nENTRYPOINT [\"/x\"]\nSTOPSIGNAL SIGINT\n";
    let mut request = BuildRequest::new(format!("FROM scratch\n{steps}"), unique("key"));
    request.entries.push(file("app/text", text));
    request
        .labels
        .insert("io.paas.test".into(), unique("label"));
    request.tags.push(image.0.clone());
    let silent: Arc<dyn Reporter> = Arc::new(Silent);
    engine.build(request, &silent).await.unwrap()
}

#[tokio::test]
async fn inspects_lists_tags_and_removes() {
    let engine = engine().await;
    let (image, other) = (TestImage::new(), TestImage::new());
    let id = build(&engine, &image, "text").await;

    let found = engine.image(&id).await.unwrap().expect("by ID");
    assert_eq!(found.tags, std::slice::from_ref(&image.0));
    assert_eq!(found.config.user, "10001");
    assert_eq!(found.config.exposed_ports, ["8080/tcp"]);
    assert_eq!(found.config.entrypoint, ["/x"]);
    assert_eq!(found.config.working_dir, "/app");
    assert_eq!(found.config.stop_signal.as_deref(), Some("SIGINT"));
    assert!(found.created.is_some() && found.size > 0 && !found.layers.is_empty());

    let label = format!("io.paas.test={}", found.config.labels["io.paas.test"]);
    let listed = engine.images(&[&label]).await.unwrap();
    assert_eq!(listed.len(), 1);
    assert_eq!((&listed[0].id, &listed[0].tags), (&id, &found.tags));
    assert_eq!(
        engine.images(&[&label, "io.paas.test=not"]).await.unwrap(),
        []
    );

    engine.tag(&id, &other.0).await.unwrap();
    assert_eq!(engine.image(&other.0).await.unwrap().unwrap().id, id);
    assert!(engine.remove(&image.0).await.unwrap());
    assert!(engine.image(&image.0).await.unwrap().is_none());
    assert!(engine.image(&id).await.unwrap().is_some());
    assert!(engine.remove(&other.0).await.unwrap());
    assert!(!engine.remove(&other.0).await.unwrap());
    let gone = engine.tag(&id, &other.0).await.unwrap_err();
    assert_eq!(gone.kind(), Kind::Unavailable);
}

#[tokio::test]
async fn pushes_and_pulls() {
    let engine = engine().await;
    let image = TestImage(
        format!("{REGISTRY}/paas-test/{}:1", unique("push"))
            .parse()
            .unwrap(),
    );
    build(&engine, &image, &unique("text")).await;
    let (recorder, reporter) = Recorder::new();
    let digest = engine.push(&image.0, None, &reporter).await.unwrap();
    let ends = |recorder: &Recorder| -> Vec<Outcome> {
        let events = recorder.events().into_iter();
        events
            .filter_map(|event| match event {
                Event::StepEnded { outcome, .. } => Some(outcome),
                _ => None,
            })
            .collect()
    };
    assert!(ends(&recorder).contains(&Outcome::Done));

    let (recorder, reporter) = Recorder::new();
    assert_eq!(
        engine.push(&image.0, None, &reporter).await.unwrap(),
        digest
    );
    assert!(!ends(&recorder).is_empty());
    assert!(ends(&recorder).iter().all(|end| *end == Outcome::Cached));

    engine.remove(&image.0).await.unwrap();
    let pinned = image.0.repository().at(&digest);
    engine.pull(&pinned, None, &reporter).await.unwrap();
    let found = engine.image(&pinned).await.unwrap().expect("pulled");
    assert_eq!(found.repo_digests, std::slice::from_ref(&pinned));
    docker(&["image", "rm", &pinned.to_string()]);
}

#[tokio::test]
async fn transfers_that_fail_say_why() {
    let engine = engine().await;
    let silent: Arc<dyn Reporter> = Arc::new(Silent);
    let missing: Reference = format!("{REGISTRY}/paas-test/{}:1", unique("no"))
        .parse()
        .unwrap();
    let error = engine.push(&missing, None, &silent).await.unwrap_err();
    assert!(
        error.message().contains("doesn't have it") || error.message().contains("has no image"),
        "{error:?}"
    );
    let error = engine.pull(&missing, None, &silent).await.unwrap_err();
    assert_eq!(error.kind(), Kind::Refused, "{error:?}");

    let image = TestImage("127.0.0.1:1/paas-test/closed:1".parse().unwrap());
    build(&engine, &image, "x").await;
    let error = engine.push(&image.0, None, &silent).await.unwrap_err();
    assert_eq!(error.kind(), Kind::Unavailable, "{error:?}");
}

#[tokio::test]
async fn imports_a_root() {
    let engine = engine().await;
    let image = TestImage::new();
    // Two blocks of zeros: the end of a tar.
    let tar = stream::iter(vec![Ok::<_, io::Error>(Bytes::from(vec![0; 1024]))]);
    let id = engine
        .import_root(tar, &image.0, &["ENV A=b", "USER 10001"])
        .await
        .unwrap();
    let found = engine.image(&image.0).await.unwrap().unwrap();
    assert_eq!((found.id, found.config.user.as_str()), (id, "10001"));
    assert_eq!(found.config.env, ["A=b"]);

    let broken = stream::iter(vec![Err(io::Error::other("the archive ended early"))]);
    let name: Reference = format!("paas-test/{}:1", unique("broken")).parse().unwrap();
    let error = engine.import_root(broken, &name, &[]).await.unwrap_err();
    assert_eq!(error.kind(), Kind::Unavailable, "{error:?}");
    assert!(engine.image(&name).await.unwrap().is_none());
}

#[tokio::test]
async fn tells_about_itself() {
    let engine = engine().await;
    let platform = docker(&["version", "--format", "{{.Server.Os}}/{{.Server.Arch}}"]);
    assert_eq!(
        engine.platform().await.unwrap(),
        platform.trim().parse().unwrap()
    );
    let info = engine.info().await.unwrap();
    assert_eq!(info.api, engine.api_version());
    assert!(!info.version.is_empty() && !info.storage_driver.is_empty() && info.memory > 0);
    engine.images(&[]).await.unwrap();
    engine.disk_usage().await.unwrap();
    engine.prune_build_cache(u64::MAX / 2).await.unwrap();
}
