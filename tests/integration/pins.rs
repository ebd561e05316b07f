//! Which digest a base is pinned to, and how a pin comes to the engine.

use std::collections::BTreeMap;
use std::sync::Arc;

use paas::builder::{BuildRequest, Engine};
use paas::config::{BaseName, PinnedBase};
use paas::image::{Digest, Reference};
use paas::ops::{Tools, pins, transfer};
use paas::registry::Client;
use paas::report::{Event, Reporter};
use paas::settings::{EngineAddress, Settings};
use paas::{Kind, Result};
use tempfile::TempDir;

use crate::builder::bench::{Recorder, SOCKET, TestImage, docker, engine, file, unique};

const REGISTRY: &str = "127.0.0.1:5000";
/// Nothing listens there.
const CLOSED: &str = "127.0.0.1:1";

struct Bench {
    settings: Settings,
    engine: Engine,
    client: Client,
    recorder: Arc<Recorder>,
    reporter: Arc<dyn Reporter>,
    _folder: TempDir,
}

impl Bench {
    async fn new() -> Self {
        let folder = TempDir::new().unwrap();
        let settings = Settings {
            engine: EngineAddress::Unix(SOCKET.into()),
            registry: None,
            default_registry: None,
            ca_bundle: None,
            proxies: BTreeMap::new(),
            docker_config: folder.path().join("docker"),
            state_dir: folder.path().join("state"),
            cache_dir: "/nonexistent".into(),
            config_home: None,
            kubeconfig: Vec::new(),
            clusters_file: "/nowhere/clusters.toml".into(),
            program: "/nowhere/paas".into(),
            user: "test@test".into(),
            ci: false,
        };
        let (recorder, reporter) = Recorder::new();
        Self {
            engine: engine().await,
            client: Client::new(&settings),
            settings,
            recorder,
            reporter,
            _folder: folder,
        }
    }

    fn tools(&self) -> Tools<'_> {
        Tools {
            settings: &self.settings,
            engine: &self.engine,
            client: &self.client,
            reporter: &self.reporter,
        }
    }

    /// A small image of its own content.
    async fn image(&self, name: &str) -> (TestImage, Digest) {
        let image = TestImage(name.parse().unwrap());
        let mut request = BuildRequest::new("FROM scratch\nCOPY app /app\n", unique("key"));
        request.entries.push(file("app/text", &unique("text")));
        request.tags.push(image.0.clone());
        let id = self.engine.build(request, &self.reporter).await.unwrap();
        (image, id)
    }

    async fn resolve(&self, name: &str, registry: Option<&str>) -> Result<PinnedBase> {
        let name = if name.contains([':', '/', '@']) {
            BaseName::Image(name.parse().unwrap())
        } else {
            BaseName::Named(name.to_owned())
        };
        pins::resolve(&name, registry, &self.tools()).await
    }

    fn warnings(&self) -> Vec<String> {
        let events = self.recorder.events().into_iter();
        events
            .filter_map(|event| match event {
                Event::Warning(text) => Some(text),
                _ => None,
            })
            .collect()
    }
}

fn pinned(name: &str, repository: Option<&str>, digest: &Digest) -> PinnedBase {
    PinnedBase {
        name: name.to_owned(),
        repository: repository.map(|name| name.parse().unwrap()),
        digest: digest.clone(),
        profile: None,
    }
}

#[tokio::test]
async fn a_named_base_is_the_registrys_or_this_machines() {
    let bench = Bench::new().await;
    let name = unique("paas-test-pin");
    let (_image, id) = bench.image(&format!("paas/{name}:latest")).await;
    let here = pinned(&name, None, &id);
    assert_eq!(bench.resolve(&name, None).await.unwrap(), here);
    assert_eq!(bench.resolve(&name, Some(REGISTRY)).await.unwrap(), here);
    assert_eq!(bench.warnings(), [""; 0]);
    assert_eq!(bench.resolve(&name, Some(CLOSED)).await.unwrap(), here);
    let warnings = bench.warnings();
    assert!(
        warnings[0].contains(CLOSED) && warnings[0].contains("of this machine"),
        "{warnings:?}"
    );

    let repository = format!("{REGISTRY}/paas/{name}");
    let (there, _) = bench.image(&format!("{repository}:latest")).await;
    let digest = transfer::push(&there.0, &bench.tools()).await.unwrap();
    let expected = pinned(&name, Some(&repository), &digest);
    let found = bench.resolve(&name, Some(REGISTRY)).await.unwrap();
    assert_eq!(found, expected);

    let unknown = bench.resolve(&unique("no"), None).await.unwrap_err();
    assert_eq!(unknown.kind(), Kind::Usage);
}

#[tokio::test]
async fn an_image_by_reference_is_its_registrys_or_this_machines() {
    let bench = Bench::new().await;
    let repository = format!("{REGISTRY}/paas-test/{}", unique("pin"));
    let name = format!("{repository}:1");
    let missing = bench.resolve(&name, None).await.unwrap_err();
    assert_eq!(missing.kind(), Kind::Usage);

    let (image, id) = bench.image(&name).await;
    let here = bench.resolve(&name, None).await.unwrap();
    assert_eq!(here, pinned(&name, None, &id));
    let digest = transfer::push(&image.0, &bench.tools()).await.unwrap();
    let there = pinned(&name, Some(&repository), &digest);
    assert_eq!(bench.resolve(&name, None).await.unwrap(), there);

    let by_digest = format!("{repository}@{digest}");
    let found = bench.resolve(&by_digest, Some(CLOSED)).await.unwrap();
    assert_eq!(found, pinned(&by_digest, Some(&repository), &digest));

    let (local, id) = bench.image(&format!("paas-test/{}:1", unique("pin"))).await;
    let name = local.0.to_string();
    let found = bench.resolve(&name, None).await.unwrap();
    assert_eq!(
        found,
        pinned(&name, None, &id),
        "no registry is asked for it"
    );
    assert_eq!(bench.warnings(), [""; 0]);

    let closed = format!("{CLOSED}/paas-test/{}:1", unique("pin"));
    let (_image, id) = bench.image(&closed).await;
    let found = bench.resolve(&closed, None).await.unwrap();
    assert_eq!(found, pinned(&closed, None, &id));
    assert_eq!(bench.warnings().len(), 1);
}

#[tokio::test]
async fn a_pin_comes_to_the_engine() {
    let bench = Bench::new().await;
    let repository = format!("{REGISTRY}/paas-test/{}", unique("pin"));
    let (image, id) = bench.image(&format!("{repository}:1")).await;
    let digest = transfer::push(&image.0, &bench.tools()).await.unwrap();

    let local = pinned("some/image:1", None, &id);
    let here = pins::ensure_local(&local, &bench.tools()).await.unwrap();
    let _tag = TestImage(here.reference.clone());
    assert_eq!(
        here.reference.to_string(),
        format!("paas/pinned:{}", id.short())
    );
    assert_eq!(here.digest.as_ref(), Some(&id));
    let again = pins::ensure_local(&local, &bench.tools()).await.unwrap();
    assert_eq!(again, here);

    let named = pinned(&unique("paas-test-pin"), None, &id);
    let here = pins::ensure_local(&named, &bench.tools()).await.unwrap();
    let tag = TestImage(here.reference);
    assert_eq!(
        tag.0.to_string(),
        format!("paas/{}:{}", named.name, id.short())
    );
    assert_eq!(bench.engine.image(&tag.0).await.unwrap().unwrap().id, id);

    docker(&["image", "rm", "--force", id.as_str()]);
    let gone = pins::ensure_local(&local, &bench.tools())
        .await
        .unwrap_err();
    assert_eq!(gone.kind(), Kind::Refused);
    assert!(gone.hints()[0].contains("paas base update"), "{gone:?}");

    let pin = pinned("x", Some(&repository), &digest);
    let pulled = pins::ensure_local(&pin, &bench.tools()).await.unwrap();
    let reference: Reference = format!("{repository}@{digest}").parse().unwrap();
    let _pulled = TestImage(reference.clone());
    assert_eq!(pulled.reference, reference);
    let found = bench.engine.image(&reference).await.unwrap().unwrap();
    assert_eq!(found.id, id);
}
