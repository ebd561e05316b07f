//! Signing in: tokens, passwords, and where they must not go.

use std::fs;
use std::path::Path;

use axum::response::Response;
use paas::Kind;
use paas::image::{Digest, Reference};
use paas::registry::Client;
use tempfile::TempDir;

use super::fake::{Fake, Seen, reply};
use super::server::{Options, Server, upload};
use super::{settings, shop, tag};

/// Docker's configuration after `docker login HOST` as ada, whose password is hunter2.
fn logged_in(host: &str) -> TempDir {
    // YWRhOmh1bnRlcjI= is `ada:hunter2`.
    configured(&format!(
        r#"{{"auths":{{"{host}":{{"auth":"YWRhOmh1bnRlcjI="}}}}}}"#
    ))
}

fn configured(json: &str) -> TempDir {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("config.json"), json).unwrap();
    folder
}

fn client(home: &Path) -> Client {
    Client::new(&settings(home))
}

#[tokio::test]
async fn a_password_opens_docker_registry() {
    let account = ("ada", "hunter2");
    let server = Server::start(&Options {
        account: Some(account),
        ..Options::default()
    });
    let repository = shop(&server);
    let image = upload(&repository, "v1", Some(account)).await;

    let home = logged_in(&server.host());
    let known = client(home.path());
    let found = known
        .resolve(&tag(&repository, "v1"))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(found.digest, image.digest);
    let second = tag(&repository, "v2");
    let put = known.put_manifest(&second, image.manifest, found.media_type);
    assert_eq!(put.await.unwrap(), image.digest);

    let wrong = configured(&format!(
        r#"{{"auths":{{"{}":{{"username":"ada","password":"wrong"}}}}}}"#,
        server.host()
    ));
    for stranger in [client(Path::new("/nonexistent")), client(wrong.path())] {
        let error = stranger.resolve(&tag(&repository, "v1")).await.unwrap_err();
        assert_eq!(error.kind(), Kind::Refused);
        assert_eq!(
            error.hints(),
            [format!("run `docker login {}`", server.host())]
        );
    }
}

/// A registry and its token service in one. Tokens are numbered; `accepted` says which are good.
async fn with_tokens(accepted: fn(usize) -> bool) -> Fake {
    let tokens = std::sync::atomic::AtomicUsize::new(0);
    Fake::answering(move |seen, _| answer(seen, &tokens, accepted)).await
}

fn answer(
    seen: &Seen,
    tokens: &std::sync::atomic::AtomicUsize,
    accepted: fn(usize) -> bool,
) -> Response {
    if seen.path.starts_with("/token") {
        let number = tokens.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        return reply(
            200,
            &[],
            format!(r#"{{"token":"t{number}","expires_in":300}}"#),
        );
    }
    let token = seen
        .header("authorization")
        .and_then(|value| value.strip_prefix("Bearer t"));
    if token.is_some_and(|number| accepted(number.parse().unwrap())) {
        return reply(404, &[], "");
    }
    let realm = format!(
        r#"Bearer realm="http://{}/token",service="s",scope="repository:shop:pull""#,
        seen.header("host").unwrap()
    );
    reply(401, &[("www-authenticate", &realm)], "")
}

fn image(fake: &Fake) -> Reference {
    format!("{}/shop:v1", fake.host()).parse().unwrap()
}

fn token_requests(fake: &Fake) -> Vec<Seen> {
    let is_token = |seen: &Seen| seen.path.starts_with("/token");
    fake.seen().into_iter().filter(is_token).collect()
}

#[tokio::test]
async fn a_token_is_fetched_once_and_kept() {
    let fake = with_tokens(|_| true).await;
    let home = logged_in(fake.host());
    let client = client(home.path());
    for _ in 0..3 {
        assert_eq!(client.resolve(&image(&fake)).await.unwrap(), None);
    }
    let asked = token_requests(&fake);
    assert_eq!(asked.len(), 1);
    assert_eq!(
        asked[0].path,
        "/token?service=s&scope=repository%3Ashop%3Apull"
    );
    assert_eq!(
        asked[0].header("authorization"),
        Some("Basic YWRhOmh1bnRlcjI=")
    );
    for seen in fake
        .seen()
        .iter()
        .filter(|seen| seen.path.starts_with("/v2/"))
    {
        let sent = seen.header("authorization").unwrap_or("Bearer");
        assert!(
            sent.starts_with("Bearer"),
            "the password goes to the token service only"
        );
    }
}

#[tokio::test]
async fn an_expired_token_is_replaced_once() {
    // The second request finds t0 expired.
    let fake = Fake::answering({
        let tokens = std::sync::atomic::AtomicUsize::new(0);
        move |seen, before| answer(seen, &tokens, if before < 3 { |_| true } else { |n| n > 0 })
    })
    .await;
    let client = client(Path::new("/nonexistent"));
    for _ in 0..2 {
        assert_eq!(client.resolve(&image(&fake)).await.unwrap(), None);
    }
    assert_eq!(token_requests(&fake).len(), 2);

    let never = with_tokens(|_| false).await;
    let error = client.resolve(&image(&never)).await.unwrap_err();
    assert_eq!(
        (error.kind(), token_requests(&never).len()),
        (Kind::Refused, 1)
    );
}

#[tokio::test]
async fn an_identity_token_is_traded_in_the_body() {
    let fake = with_tokens(|_| true).await;
    let home = configured(&format!(
        r#"{{"auths":{{"{}":{{"auth":"YWRhOg==","identitytoken":"hunter2"}}}}}}"#,
        fake.host()
    ));
    assert_eq!(
        client(home.path()).resolve(&image(&fake)).await.unwrap(),
        None
    );
    let asked = token_requests(&fake);
    assert_eq!(
        (asked[0].method.as_str(), asked[0].path.as_str()),
        ("POST", "/token")
    );
    assert!(
        asked[0].body.contains("refresh_token=hunter2"),
        "{}",
        asked[0].body
    );
}

#[tokio::test]
async fn a_redirect_to_another_host_carries_no_credentials() {
    let storage = Fake::answering(|_, _| reply(200, &[], "{}")).await;
    let elsewhere = format!("http://{}/bucket?signature=hunter3", storage.host());
    let fake = Fake::answering(move |seen, _| match seen.header("authorization") {
        None => reply(401, &[("www-authenticate", "Basic realm=\"x\"")], ""),
        Some(_) => reply(307, &[("location", &elsewhere)], ""),
    })
    .await;
    let home = logged_in(fake.host());
    let digest = Digest::of(b"{}");
    let found = client(home.path())
        .config(image(&fake).repository(), &digest)
        .await
        .unwrap();
    assert!(found.is_some());
    assert_eq!(
        fake.seen()[1].header("authorization"),
        Some("Basic YWRhOmh1bnRlcjI=")
    );
    assert_eq!(storage.seen()[0].path, "/bucket?signature=hunter3");
    assert_eq!(storage.seen()[0].header("authorization"), None);
}

#[tokio::test]
async fn a_token_service_that_anybody_can_overhear_gets_nothing() {
    let fake = Fake::answering(|_, _| {
        let realm = r#"Bearer realm="http://auth.example/token""#;
        reply(401, &[("www-authenticate", realm)], "")
    })
    .await;
    let home = logged_in(fake.host());
    let error = client(home.path())
        .resolve(&image(&fake))
        .await
        .unwrap_err();
    assert!(error.message().contains("not safe"), "{error}");
    assert!(!format!("{error:?}").contains("hunter2"));
}
