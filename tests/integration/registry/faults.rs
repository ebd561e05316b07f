//! Faults that must be survived, and those that must not be believed.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use axum::body::Body;
use paas::image::{Digest, Reference};
use paas::registry::Client;
use paas::report::{Event, Reporter};
use paas::retry::Policy;
use paas::{Error, Kind};

use super::fake::{Fake, reply};

const MANIFEST_TYPE: (&str, &str) = ("content-type", "application/vnd.oci.image.manifest.v1+json");

/// As patient as the default, in a hundredth of the time.
fn quick() -> Client {
    super::client().with_policy(Policy {
        first_delay: Duration::from_millis(2),
        ..Policy::default()
    })
}

fn manifest() -> String {
    let descriptor = serde_json::json!({"mediaType": "x", "digest": Digest::of(b"x"), "size": 1});
    serde_json::json!({"config": descriptor, "layers": [descriptor]}).to_string()
}

fn image(fake: &Fake) -> Reference {
    format!("{}/shop:v1", fake.host()).parse().unwrap()
}

/// Asks for the manifest of a registry that always gives this answer.
async fn always(
    answer: impl Fn() -> axum::response::Response + Send + Sync + 'static,
) -> (Error, usize) {
    let fake = Fake::answering(move |_, _| answer()).await;
    let error = quick().manifest(&image(&fake)).await.unwrap_err();
    (error, fake.seen().len())
}

#[tokio::test]
async fn passing_faults_are_survived() {
    let fake = Fake::answering(|_, before| match before {
        0 => reply(500, &[], "oops"),
        1 => reply(502, &[], "<html>"),
        // Announced, begun, and cut.
        2 => {
            let pieces = [Ok("{\"conf"), Err(std::io::Error::other("cut"))];
            let body = Body::from_stream(futures_util::stream::iter(pieces));
            reply(200, &[MANIFEST_TYPE, ("content-length", "500")], body)
        }
        _ => reply(200, &[MANIFEST_TYPE], manifest()),
    })
    .await;
    let content = quick().manifest(&image(&fake)).await.unwrap().unwrap();
    assert_eq!(content.bytes, manifest());
    assert_eq!(fake.seen().len(), 4);
}

#[tokio::test]
async fn lasting_faults_end_as_unavailable() {
    let (error, tries) = always(|| reply(503, &[], "")).await;
    assert_eq!((error.kind(), tries), (Kind::Unavailable, 5));
    assert!(error.message().contains("503"), "{error}");
}

#[derive(Default)]
struct Warnings(Mutex<Vec<String>>);

impl Reporter for Warnings {
    fn report(&self, event: Event) {
        let Event::Warning(text) = event else {
            panic!("{event:?}");
        };
        self.0.lock().unwrap().push(text);
    }
}

#[tokio::test]
async fn each_further_try_is_told() {
    let fake = Fake::answering(|_, before| match before {
        0 => reply(503, &[], ""),
        _ => reply(404, &[], ""),
    })
    .await;
    let warnings = Arc::new(Warnings::default());
    let client = quick().with_reporter(warnings.clone());
    assert_eq!(client.resolve(&image(&fake)).await.unwrap(), None);
    let told = warnings.0.lock().unwrap().clone();
    assert_eq!(told.len(), 1);
    assert!(
        told[0].contains("503") && told[0].ends_with("(1 of 5 tries)"),
        "{told:?}"
    );
}

#[tokio::test]
async fn nobody_there_is_unavailable() {
    let closed = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let reference = format!("{closed}/shop:v1").parse().unwrap();
    let error = quick().resolve(&reference).await.unwrap_err();
    assert_eq!(error.kind(), Kind::Unavailable);
    assert!(error.message().contains("cannot be reached"), "{error}");
}

#[tokio::test]
async fn retry_after_is_honoured_up_to_a_limit() {
    let fake = Fake::answering(|_, before| match before {
        0 => reply(429, &[("retry-after", "1")], ""),
        _ => reply(200, &[MANIFEST_TYPE], manifest()),
    })
    .await;
    let start = Instant::now();
    assert!(quick().manifest(&image(&fake)).await.unwrap().is_some());
    assert!(start.elapsed() >= Duration::from_secs(1));

    let start = Instant::now();
    let (error, tries) = always(|| reply(429, &[("retry-after", "3600")], "")).await;
    assert_eq!((error.kind(), tries), (Kind::Unavailable, 1));
    assert_eq!(error.hints(), ["try again in 3600 s"]);
    assert!(start.elapsed() < Duration::from_secs(5));
}

#[tokio::test]
async fn slow_answers_are_given_up() {
    let fake = Fake::start(|_, _| (Duration::from_mins(1), reply(200, &[], ""))).await;
    let client = super::client()
        .with_timeout(Duration::from_millis(200))
        .with_policy(Policy::ONCE);
    let error = client.resolve(&image(&fake)).await.unwrap_err();
    assert_eq!(error.kind(), Kind::Unavailable);
    assert!(error.message().contains("in time"), "{error}");
}

#[tokio::test]
async fn other_content_is_not_believed() {
    let asked = Digest::of(b"asked for");
    let fake = Fake::answering(|seen, _| {
        let body = if seen.method == "HEAD" {
            String::new()
        } else {
            manifest()
        };
        reply(200, &[MANIFEST_TYPE], body)
    })
    .await;
    let pinned = image(&fake).repository().at(&asked);
    for error in [
        quick().manifest(&pinned).await.map(drop).unwrap_err(),
        quick().resolve(&pinned).await.map(drop).unwrap_err(),
        quick()
            .config(pinned.repository(), &asked)
            .await
            .map(drop)
            .unwrap_err(),
    ] {
        assert_eq!(error.kind(), Kind::Unavailable);
        assert!(error.message().contains("served other content"), "{error}");
    }

    let named = Digest::of(b"named").to_string();
    let (error, _) = always(move || {
        reply(
            200,
            &[MANIFEST_TYPE, ("docker-content-digest", &named)],
            manifest(),
        )
    })
    .await;
    assert!(error.message().contains("served other content"), "{error}");
}

#[tokio::test]
async fn huge_and_malformed_answers_are_refused_at_once() {
    let (error, tries) = always(|| reply(200, &[MANIFEST_TYPE], vec![b'['; 5 << 20])).await;
    assert_eq!((error.kind(), tries), (Kind::Unavailable, 1));
    assert!(error.message().contains("more than 4096 KiB"), "{error}");

    // Nothing announced: the limit holds while it streams.
    let (error, _) = always(|| {
        let endless =
            futures_util::stream::repeat_with(|| Ok::<_, std::io::Error>(vec![b'['; 1 << 16]));
        reply(200, &[MANIFEST_TYPE], Body::from_stream(endless))
    })
    .await;
    assert!(error.message().contains("more than 4096 KiB"), "{error}");

    for body in ["<html>", "{\"config\":1}", "{}"] {
        let (error, tries) = always(move || reply(200, &[MANIFEST_TYPE], body)).await;
        assert_eq!((error.kind(), tries), (Kind::Unavailable, 1), "{body}");
    }
}

#[tokio::test]
async fn a_head_that_says_too_little_is_followed_by_a_get() {
    for status in [200, 405] {
        let fake = Fake::answering(move |seen, _| match seen.method.as_str() {
            "HEAD" => reply(status, &[], ""),
            _ => reply(200, &[MANIFEST_TYPE], manifest()),
        })
        .await;
        let found = quick().resolve(&image(&fake)).await.unwrap().unwrap();
        assert_eq!(found.digest, Digest::of(manifest().as_bytes()));
    }
}

#[tokio::test]
async fn tags_come_page_by_page_without_what_is_no_tag() {
    let fake = Fake::answering(|seen, _| match seen.path.as_str() {
        "/v2/shop/tags/list?n=1000" => reply(
            200,
            &[("link", r#"</v2/shop/tags/list?last=b>; rel="next""#)],
            r#"{"tags":["a","b"]}"#,
        ),
        _ => reply(200, &[], r#"{"tags":["c","\u001b[31mred","-d"]}"#),
    })
    .await;
    assert_eq!(
        quick().tags(image(&fake).repository()).await.unwrap(),
        ["a", "b", "c"]
    );
}

#[tokio::test]
async fn pages_that_never_end_or_lead_elsewhere_are_refused() {
    for link in [
        r#"<?n=1000>; rel="next""#,
        r#"<http://127.0.0.2:1/v2/shop/tags/list>; rel="next""#,
    ] {
        let fake =
            Fake::answering(move |_, _| reply(200, &[("link", link)], r#"{"tags":["a"]}"#)).await;
        let error = quick().tags(image(&fake).repository()).await.unwrap_err();
        assert_eq!(error.kind(), Kind::Unavailable, "{link}");
        assert_eq!(fake.seen().len(), 1, "{link}");
    }

    // Always another page, each with a new address and nothing new on it.
    let fake = Fake::answering(|_, before| {
        let link = format!("</v2/shop/tags/list?last={before}>; rel=next");
        reply(200, &[("link", &link)], r#"{"tags":[]}"#)
    })
    .await;
    assert!(quick().tags(image(&fake).repository()).await.is_err());
}

#[tokio::test]
async fn redirects_end() {
    let (error, tries) = always(|| reply(307, &[("location", "/v2/again")], "")).await;
    assert_eq!((error.kind(), tries), (Kind::Unavailable, 6));
}
