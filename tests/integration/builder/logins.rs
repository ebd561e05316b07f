//! Credentials reach the registry they are for.

use std::sync::{Arc, Mutex};

use paas::Error;
use paas::Kind;
use paas::builder::BuildRequest;
use paas::credentials::Credentials;
use paas::report::{Reporter, Silent};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

use super::bench::{TestImage, docker, engine, unique};

/// `ada:canary-pw` as HTTP's basic authentication.
const AUTHORIZATION: &str = "authorization: basic ywrhomnhbmfyes1wdw==";

/// What a connection begins with that wants encryption.
const TLS_HANDSHAKE: u8 = 0x16;

/// A registry that asks for a login and has nothing.
struct Registry {
    host: String,
    requests: Arc<Mutex<Vec<String>>>,
}

impl Registry {
    async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let host = listener.local_addr().unwrap().to_string();
        let requests = Arc::new(Mutex::new(Vec::new()));
        let seen = requests.clone();
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let seen = seen.clone();
                tokio::spawn(async move {
                    let mut head = Vec::new();
                    while !head.windows(4).any(|end| end == b"\r\n\r\n") {
                        let read = stream.read_buf(&mut head).await.unwrap_or(0);
                        if read == 0 || head[0] == TLS_HANDSHAKE {
                            return;
                        }
                    }
                    let head = String::from_utf8_lossy(&head).to_lowercase();
                    let answer = if head.contains("authorization:") {
                        "HTTP/1.1 403 Forbidden\r\n"
                    } else {
                        "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic realm=\"x\"\r\n"
                    };
                    seen.lock().unwrap().push(head);
                    let rest = "Connection: close\r\nContent-Length: 0\r\n\r\n";
                    let _ = stream.write_all(format!("{answer}{rest}").as_bytes()).await;
                });
            }
        });
        Self { host, requests }
    }

    fn was_shown_the_login(&self) -> bool {
        let requests = self.requests.lock().unwrap();
        requests.iter().any(|head| head.contains(AUTHORIZATION))
    }
}

fn ada() -> Credentials {
    Credentials::Password {
        username: "ada".into(),
        password: "canary-pw".into(),
    }
}

#[tokio::test]
async fn a_base_image_is_fetched_with_a_login() {
    let registry = Registry::start().await;
    let host = registry.host.clone();
    let mut request = BuildRequest::new(format!("FROM {host}/base:1\n"), unique("login"));
    request.credentials = Arc::new(move |asked| (asked == host).then(ada));
    let silent: Arc<dyn Reporter> = Arc::new(Silent);
    let error: Error = engine()
        .await
        .build(request, &silent)
        .await
        .unwrap_err()
        .into();
    assert!(registry.was_shown_the_login(), "{error:?}");
    assert_eq!(error.kind(), Kind::Refused, "{error:?}");
    assert!(!format!("{error:?}").contains("canary-pw"));
}

#[tokio::test]
async fn a_push_is_refused_with_advice() {
    let engine = engine().await;
    let registry = Registry::start().await;
    let image = TestImage(format!("{}/x:1", registry.host).parse().unwrap());
    let silent: Arc<dyn Reporter> = Arc::new(Silent);
    let mut request = BuildRequest::new("FROM scratch\nLABEL x=y\n", unique("login"));
    request.tags.push(image.0.clone());
    engine.build(request, &silent).await.unwrap();
    assert!(!docker(&["image", "inspect", &image.0.to_string()]).is_empty());

    for credentials in [None, Some(ada())] {
        let pushed = engine.push(&image.0, credentials.as_ref(), &silent).await;
        let error = pushed.unwrap_err();
        assert_eq!(error.kind(), Kind::Refused, "{error:?}");
        assert!(error.hints()[0].contains(&format!("docker login {}", registry.host)));
        assert_eq!(registry.was_shown_the_login(), credentials.is_some());
    }
}
