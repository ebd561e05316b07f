use std::net::Ipv4Addr;
use std::time::Duration;

use paas::ingress::protocol::{RawPort, Route, Transport};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream, UdpSocket};

use super::world::{World, eventually, route};

/// Instances have addresses of their own, as containers do.
const INSTANCE: Ipv4Addr = Ipv4Addr::new(127, 0, 0, 2);

fn with_port(port: u16, protocol: Transport) -> Route {
    Route {
        ports: vec![RawPort { port, protocol }],
        ..route("a.test", 1, &["127.0.0.2:1"])
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_tcp_port_is_open_as_long_as_its_route_asks_for_it() {
    let instance = TcpListener::bind((INSTANCE, 0)).await.unwrap();
    let port = instance.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = instance.accept().await {
            tokio::spawn(async move {
                let (mut read, mut write) = stream.split();
                let _ = tokio::io::copy(&mut read, &mut write).await;
            });
        }
    });
    let world = World::start();
    world
        .table()
        .put("a", with_port(port, Transport::Tcp))
        .unwrap();
    let mut client = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
    let mut answer = [0; 4];
    client.write_all(b"ping").await.unwrap();
    client.read_exact(&mut answer).await.unwrap();
    assert_eq!(&answer, b"ping");

    let other = Route {
        hosts: vec![],
        ..with_port(port, Transport::Tcp)
    };
    let conflict = world.table().put("b", other).unwrap_err();
    assert_eq!(
        conflict.to_string(),
        format!("port {port}/tcp is held by a")
    );

    let drained = world
        .table()
        .drain(&["127.0.0.2:1".to_owned()], Duration::from_secs(1))
        .await;
    assert_eq!(drained.closed, 1);
    assert!(matches!(client.read(&mut answer).await, Ok(0) | Err(_)));

    world.table().put("a", route("a.test", 1, &[])).unwrap();
    eventually("the end", || {
        std::net::TcpStream::connect(("127.0.0.1", port)).is_err()
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_port_of_another_program_changes_nothing() {
    let other = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = other.local_addr().unwrap().port();
    let world = World::start();
    let conflict = world
        .table()
        .put("a", with_port(port, Transport::Tcp))
        .unwrap_err();
    assert_eq!(
        conflict.to_string(),
        format!("port {port}/tcp is held by another program")
    );
    assert!(world.table().routes().is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn datagrams_come_back_to_whoever_sent_them() {
    let instance = UdpSocket::bind((INSTANCE, 0)).await.unwrap();
    let port = instance.local_addr().unwrap().port();
    tokio::spawn(async move {
        let mut datagram = [0; 64];
        while let Ok((length, from)) = instance.recv_from(&mut datagram).await {
            instance.send_to(&datagram[..length], from).await.unwrap();
        }
    });
    let world = World::start();
    world
        .table()
        .put("a", with_port(port, Transport::Udp))
        .unwrap();
    let clients = [
        UdpSocket::bind("127.0.0.1:0").await.unwrap(),
        UdpSocket::bind("127.0.0.1:0").await.unwrap(),
    ];
    for (client, text) in clients.iter().zip([b"one", b"two"]) {
        client.connect(("127.0.0.1", port)).await.unwrap();
        client.send(text).await.unwrap();
    }
    for (client, text) in clients.iter().zip([b"one", b"two"]) {
        let mut datagram = [0; 64];
        let received =
            tokio::time::timeout(Duration::from_secs(5), client.recv(&mut datagram)).await;
        assert_eq!(&datagram[..received.unwrap().unwrap()], text);
    }
}
