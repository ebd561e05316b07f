use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::world::{Instance, World, eventually, route};

/// An address where nobody listens.
async fn nowhere() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    listener.local_addr().unwrap().to_string()
}

/// Counts are complete shortly after the client has its answer.
async fn counts(world: &World, requests: u64, lost: u64) {
    let settled = || {
        let traffic = &world.table().traffic("a", false)[&1];
        (traffic.requests, traffic.lost, traffic.in_flight) == (requests, lost, 0)
    };
    eventually(&format!("{requests} requests, {lost} lost"), settled).await;
}

/// What a server does with one request.
#[derive(Clone, Copy)]
enum Manner {
    Answer,
    /// Closes without a byte.
    Close,
    /// Closes in the middle of the body.
    Cut,
}

/// A server that behaves by the number of the request on a connection; it counts requests.
async fn moody(manners: &'static [Manner]) -> (String, Arc<AtomicU64>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let requests = Arc::new(AtomicU64::new(0));
    let counted = Arc::clone(&requests);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(behave(stream, manners, Arc::clone(&counted)));
        }
    });
    (address, requests)
}

async fn behave(mut stream: TcpStream, manners: &[Manner], requests: Arc<AtomicU64>) {
    for manner in manners {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            match stream.read_u8().await {
                Ok(byte) => head.push(byte),
                Err(_) => return,
            }
        }
        requests.fetch_add(1, Ordering::SeqCst);
        let answer: &[u8] = match manner {
            Manner::Answer => b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok",
            Manner::Cut => b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nok",
            Manner::Close => return,
        };
        stream.write_all(answer).await.unwrap();
        if matches!(manner, Manner::Cut) {
            return;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refused_connection_is_tried_elsewhere() {
    let world = World::start();
    let instance = Instance::start("a").await;
    let nowhere = nowhere().await;
    world
        .table()
        .put("a", route("a.test", 1, &[&nowhere, &instance.address]))
        .unwrap();
    let client = world.client().build().unwrap();
    for _ in 0..10 {
        let answer = client
            .post(world.url("a.test", "/"))
            .body("text")
            .send()
            .await
            .unwrap();
        assert_eq!(
            answer.status(),
            200,
            "nothing was sent, so even a POST may go elsewhere"
        );
    }
    assert_eq!(instance.hits(), 10);
    counts(&world, 10, 0).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn where_nobody_listens_is_a_bad_gateway() {
    let world = World::start();
    let nowhere = nowhere().await;
    world
        .table()
        .put("a", route("a.test", 1, &[&nowhere]))
        .unwrap();
    assert_eq!(
        world.get("a.test", "/").await,
        (502, "The application gave no answer.\n".to_owned())
    );
    counts(&world, 0, 1).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_sent_is_not_sent_again() {
    let world = World::start();
    let (address, requests) = moody(&[Manner::Close]).await;
    world
        .table()
        .put("a", route("a.test", 1, &[&address]))
        .unwrap();
    let client = world.client().build().unwrap();
    for (count, method) in [(1, "GET"), (2, "POST")] {
        let method = reqwest::Method::from_bytes(method.as_bytes()).unwrap();
        let answer = client
            .request(method.clone(), world.url("a.test", "/"))
            .send()
            .await
            .unwrap();
        assert_eq!(answer.status(), 502, "{method}");
        assert_eq!(requests.load(Ordering::SeqCst), count, "{method}");
    }
    counts(&world, 0, 2).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_kept_connection_that_closes_is_replaced_for_reads_only() {
    let world = World::start();
    let (address, requests) = moody(&[Manner::Answer, Manner::Close]).await;
    world
        .table()
        .put("a", route("a.test", 1, &[&address]))
        .unwrap();
    let client = world.client().build().unwrap();
    let url = world.url("a.test", "/");
    for count in [1, 3, 5] {
        let answer = client.get(&url).send().await.unwrap();
        assert_eq!(answer.text().await.unwrap(), "ok");
        assert_eq!(
            requests.load(Ordering::SeqCst),
            count,
            "the second on a connection is lost"
        );
    }
    let post = client.post(&url).send().await.unwrap();
    assert_eq!(post.status(), 502);
    assert_eq!(requests.load(Ordering::SeqCst), 6);
    counts(&world, 3, 1).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_that_is_cut_is_lost() {
    let world = World::start();
    let (address, requests) = moody(&[Manner::Cut]).await;
    world
        .table()
        .put("a", route("a.test", 1, &[&address]))
        .unwrap();
    let client = world.client().build().unwrap();
    let answer = client.get(world.url("a.test", "/")).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    assert!(
        answer.text().await.is_err(),
        "the client sees that it is cut"
    );
    assert_eq!(requests.load(Ordering::SeqCst), 1);
    eventually("the count", || {
        world.table().traffic("a", false)[&1].lost == 1
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_that_leaves_is_nobodys_loss() {
    let world = World::start();
    let instance = Instance::start("a").await;
    world
        .table()
        .put("a", route("a.test", 1, &[&instance.address]))
        .unwrap();
    let client = world
        .client()
        .timeout(Duration::from_millis(150))
        .build()
        .unwrap();
    assert!(
        client
            .get(world.url("a.test", "/slow?ms=3000"))
            .send()
            .await
            .is_err()
    );
    let in_flight = || world.table().traffic("a", false)[&1].in_flight;
    eventually("the end", || in_flight() == 0).await;
    assert_eq!(world.table().traffic("a", false)[&1].lost, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reused_address_meets_no_connection_of_its_former_owner() {
    let world = World::start();
    let (address, requests) = moody(&[Manner::Answer, Manner::Answer]).await;
    let client = world.client().build().unwrap();
    world
        .table()
        .put("a", route("a.test", 1, &[&address]))
        .unwrap();
    assert_eq!(
        client
            .get(world.url("a.test", "/"))
            .send()
            .await
            .unwrap()
            .status(),
        200
    );
    let accepted = || {
        world
            .table()
            .traffic("b", false)
            .get(&1)
            .map_or(0, |traffic| traffic.requests)
    };
    world.table().remove("a");
    world
        .table()
        .put("b", route("b.test", 1, &[&address]))
        .unwrap();
    // Two answers fit on a connection, so the first connection would have only one left.
    for count in 1..=2 {
        assert_eq!(
            client
                .post(world.url("b.test", "/"))
                .send()
                .await
                .unwrap()
                .status(),
            200
        );
        assert_eq!(accepted(), count);
    }
    assert_eq!(requests.load(Ordering::SeqCst), 3);
}
