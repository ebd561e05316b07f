use paas::ingress::protocol::Route;

use super::world::{Instance, World, route};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn https_with_a_certificate_per_host() {
    let world = World::start();
    let instance = Instance::start("a").await;
    let https = Route {
        https: true,
        ..route("a.test", 1, &[&instance.address])
    };
    world.table().put("a", https).unwrap();
    assert_eq!(
        world.get("a.test", "/").await.0,
        200,
        "HTTP serves while there is no certificate"
    );

    let made = rcgen::generate_simple_self_signed(["a.test".to_owned()]).unwrap();
    let pem = format!("{}{}", made.cert.pem(), made.signing_key.serialize_pem());
    let certificates = std::sync::Arc::clone(&world.handles.certificates);
    tokio::task::spawn_blocking(move || {
        certificates.put("a.test", &pem).unwrap();
        assert!(certificates.put("../a", &pem).is_err());
        assert!(certificates.put("b.test", "nothing").is_err());
        assert!(certificates.has("a.test") && !certificates.has("b.test"));
    })
    .await
    .unwrap();

    let port = world.handles.https.unwrap().port();
    let plain = world.client().build().unwrap();
    let redirect = plain
        .get(world.url("a.test", "/path?x=1"))
        .send()
        .await
        .unwrap();
    assert_eq!(redirect.status(), 308);
    assert_eq!(
        redirect.headers()["location"],
        format!("https://a.test:{port}/path?x=1")
    );

    // Another test may have installed it.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let certificate = reqwest::Certificate::from_pem(made.cert.pem().as_bytes()).unwrap();
    let client = world
        .client()
        .tls_certs_only([certificate])
        .build()
        .unwrap();
    let answer = client
        .get(format!("https://a.test:{port}/headers"))
        .send()
        .await
        .unwrap();
    assert_eq!(answer.version(), reqwest::Version::HTTP_2, "by ALPN");
    let seen = answer.text().await.unwrap();
    assert!(seen.contains("x-forwarded-proto: https\n"), "{seen}");
    assert!(
        seen.contains(&format!("x-forwarded-host: a.test:{port}\n")),
        "{seen}"
    );
    assert!(seen.contains(&format!("host: a.test:{port}\n")), "{seen}");
    assert!(
        client
            .get(format!("https://b.test:{port}/"))
            .send()
            .await
            .is_err()
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn challenges_are_answered_for_any_host() {
    let world = World::start();
    world.handles.challenges.put("token", "token.thumbprint");
    let path = "/.well-known/acme-challenge/token";
    assert_eq!(
        world.get("nobody.test", path).await,
        (200, "token.thumbprint".to_owned())
    );
    world.handles.challenges.remove("token");
    assert_eq!(world.get("nobody.test", path).await.0, 404);
}
