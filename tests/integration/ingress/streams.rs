use std::convert::Infallible;
use std::time::{Duration, Instant};

use bytes::Bytes;
use futures_util::StreamExt;

use super::world::{Instance, World, route};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn large_bodies_pass_both_ways() {
    let world = World::start();
    let instance = Instance::start("a").await;
    world
        .table()
        .put("a", route("a.test", 1, &[&instance.address]))
        .unwrap();
    let client = world.client().build().unwrap();

    let chunk = Bytes::from((0..=255).cycle().take(64 * 1024).collect::<Vec<u8>>());
    let chunks = 128;
    let sum = |sum: u64, byte: &u8| sum.wrapping_mul(31) + u64::from(*byte);
    let expected = (0..chunks).fold(0, |total, _| chunk.iter().fold(total, sum));
    let body =
        futures_util::stream::iter((0..chunks).map(move |_| Ok::<_, Infallible>(chunk.clone())));
    let upload = client.post(world.url("a.test", "/upload"));
    let answer = upload
        .body(reqwest::Body::wrap_stream(body))
        .send()
        .await
        .unwrap();
    assert_eq!(
        answer.text().await.unwrap(),
        format!("{} {expected}", chunks * 64 * 1024)
    );

    let answer = client
        .get(world.url("a.test", "/download?chunks=128"))
        .send()
        .await
        .unwrap();
    let bytes = answer.bytes().await.unwrap();
    assert_eq!(bytes.len(), 128 * 64 * 1024);
    assert!(bytes.iter().all(|byte| *byte == 7));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_that_does_not_read_holds_the_instance_back() {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let sent = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&sent);
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let _ = stream.read(&mut [0; 4096]).await.unwrap();
        stream
            .write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 1000000000\r\n\r\n")
            .await
            .unwrap();
        while stream.write_all(&vec![0; 65536]).await.is_ok() {
            count.fetch_add(65536, Ordering::SeqCst);
        }
    });
    let world = World::start();
    world
        .table()
        .put("a", route("a.test", 1, &[&address]))
        .unwrap();
    let answer = world
        .client()
        .build()
        .unwrap()
        .get(world.url("a.test", "/"))
        .send()
        .await
        .unwrap();
    tokio::time::sleep(Duration::from_millis(700)).await;
    let before = sent.load(Ordering::SeqCst);
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert_eq!(
        sent.load(Ordering::SeqCst),
        before,
        "something buffers without end"
    );
    assert!(before < 64 * 1024 * 1024, "{before} bytes are in buffers");
    drop(answer);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn events_come_as_they_happen() {
    let world = World::start();
    let instance = Instance::start("a").await;
    world
        .table()
        .put("a", route("a.test", 1, &[&instance.address]))
        .unwrap();
    let begun = Instant::now();
    let client = world.client().build().unwrap();
    let answer = client
        .get(world.url("a.test", "/events"))
        .send()
        .await
        .unwrap();
    let mut events = answer.bytes_stream();
    let first = events.next().await.unwrap().unwrap();
    assert_eq!(first, "data: 0\n\n");
    assert!(
        begun.elapsed() < Duration::from_millis(280),
        "{:?}",
        begun.elapsed()
    );
    assert_eq!(events.next().await.unwrap().unwrap(), "data: 1\n\n");
    assert_eq!(events.next().await.unwrap().unwrap(), "data: 2\n\n");
    assert!(events.next().await.is_none());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn http_2_without_encryption_by_prior_knowledge() {
    let world = World::start();
    let instance = Instance::start("a").await;
    world
        .table()
        .put("a", route("a.test", 1, &[&instance.address]))
        .unwrap();
    let client = world.client().http2_prior_knowledge().build().unwrap();
    let answers = (0..20).map(|_| client.get(world.url("a.test", "/slow?ms=100")).send());
    for answer in futures_util::stream::iter(answers)
        .buffer_unordered(20)
        .collect::<Vec<_>>()
        .await
    {
        let answer = answer.unwrap();
        assert_eq!(answer.version(), reqwest::Version::HTTP_2);
        assert_eq!(answer.text().await.unwrap(), "a");
    }
    assert_eq!(
        client
            .get(world.url("nobody.test", "/"))
            .send()
            .await
            .unwrap()
            .status(),
        404
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_ends_when_its_requests_have() {
    let world = World::start();
    let instance = Instance::start("a").await;
    world
        .table()
        .put("a", route("a.test", 1, &[&instance.address]))
        .unwrap();
    let client = world.client().build().unwrap();
    let idle = client.get(world.url("a.test", "/")).send().await.unwrap();
    assert_eq!(idle.text().await.unwrap(), "a");
    let slow = tokio::spawn(client.get(world.url("a.test", "/slow?ms=500")).send());
    super::world::eventually("the slow request", || instance.hits() == 2).await;
    let begun = Instant::now();
    let http = world.handles.http;
    world.serving.end(Duration::from_secs(10)).await;
    assert!(
        begun.elapsed() < Duration::from_secs(3),
        "{:?}",
        begun.elapsed()
    );
    assert_eq!(slow.await.unwrap().unwrap().text().await.unwrap(), "a");
    assert!(tokio::net::TcpStream::connect(http).await.is_err());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_request_may_be_shorter_than_what_http2_begins_with() {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let world = World::start();
    let mut stream = tokio::net::TcpStream::connect(world.handles.http)
        .await
        .unwrap();
    stream.write_all(b"GET / HTTP/1.0\r\n\r\n").await.unwrap();
    let mut answer = String::new();
    let read = stream.read_to_string(&mut answer);
    tokio::time::timeout(Duration::from_secs(5), read)
        .await
        .expect("an answer")
        .unwrap();
    assert!(answer.contains(" 400 "), "{answer}");
}
