use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use paas::ingress::AccessLog;

use super::world::{Instance, World, eventually, route, sink};

/// A server that upgrades every connection, and then echoes.
async fn echo() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            tokio::spawn(async move {
                let head = head(&mut stream).await;
                assert!(head.to_lowercase().contains("upgrade: websocket"), "{head}");
                let answer = "HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: upgrade\r\n\r\n";
                stream.write_all(answer.as_bytes()).await.unwrap();
                let (mut read, mut write) = stream.split();
                let _ = tokio::io::copy(&mut read, &mut write).await;
            });
        }
    });
    address
}

async fn head(stream: &mut TcpStream) -> String {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.unwrap());
    }
    String::from_utf8(head).unwrap()
}

async fn open(world: &World, host: &str) -> TcpStream {
    let mut stream = TcpStream::connect(world.handles.http).await.unwrap();
    let request = format!(
        "GET /socket HTTP/1.1\r\nhost: {host}\r\nupgrade: websocket\r\nconnection: upgrade\r\n\
         sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    let head = head(&mut stream).await;
    assert!(head.starts_with("HTTP/1.1 101"), "{head}");
    stream
}

async fn talks(stream: &mut TcpStream) {
    for text in [&b"hello"[..], &[0, 255, 13, 10]] {
        stream.write_all(text).await.unwrap();
        let mut answer = vec![0; text.len()];
        stream.read_exact(&mut answer).await.unwrap();
        assert_eq!(answer, text);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_upgraded_connection_outlives_changes_until_it_is_drained() {
    let world = World::start();
    let (a, b) = (echo().await, echo().await);
    let next = Instance::start("next").await;
    world.table().put("a", route("a.test", 1, &[&a])).unwrap();
    world.table().put("b", route("b.test", 1, &[&b])).unwrap();
    let mut socket_a = open(&world, "a.test").await;
    let mut socket_b = open(&world, "b.test").await;
    talks(&mut socket_a).await;
    for release in 2..22 {
        world
            .table()
            .put("a", route("a.test", release, &[&next.address]))
            .unwrap();
    }
    talks(&mut socket_a).await;
    talks(&mut socket_b).await;
    assert_eq!(
        world.table().traffic("a", false)[&1].in_flight,
        0,
        "it is not a request any more"
    );

    let drained = world.table().drain(&[a], Duration::from_secs(5)).await;
    assert_eq!((drained.in_flight, drained.closed), (0, 1));
    let end = tokio::time::timeout(Duration::from_secs(2), socket_a.read(&mut [0; 1])).await;
    assert!(matches!(end.unwrap(), Ok(0) | Err(_)));
    talks(&mut socket_b).await;

    drop(socket_b);
    let gone = async {
        while world
            .table()
            .drain(std::slice::from_ref(&b), Duration::ZERO)
            .await
            .closed
            > 0
        {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(2), gone)
        .await
        .unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_upgraded_connection_that_is_closed_is_in_the_log() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("log");
    let world = World::with_log(Some(AccessLog::to(sink(&file))));
    let a = echo().await;
    world.table().put("a", route("a.test", 1, &[&a])).unwrap();
    let mut socket = open(&world, "a.test").await;
    talks(&mut socket).await;
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "", "it goes on");
    world.table().drain(&[a], Duration::ZERO).await;
    eventually("a line", || {
        let log = std::fs::read_to_string(&file).unwrap();
        log.contains(r#""path":"/socket","status":101"#)
    })
    .await;
}
