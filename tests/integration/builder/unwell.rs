//! Engines that are absent, foreign, too old, hanging or dying.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use paas::builder::{BuildRequest, Engine};
use paas::report::{Event, Reporter, Silent};
use paas::settings::EngineAddress;
use paas::{Error, Kind};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, copy_bidirectional};
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::watch;

use super::bench::{Recorder, SOCKET, request, step, unique};

const WELL: &str =
    "HTTP/1.1 200 OK\r\nApi-Version: 1.41\r\nOstype: linux\r\nContent-Length: 2\r\n\r\nOK";

/// A socket that answers each request as it is told.
struct Fake {
    folder: TempDir,
}

/// What to write in answer to a path, then whether to close; `None` never answers.
type Script = fn(&str) -> Option<String>;

impl Fake {
    fn new(script: Script) -> Self {
        let fake = Self {
            folder: TempDir::new().unwrap(),
        };
        let listener = UnixListener::bind(fake.socket()).unwrap();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(answer(stream, script));
            }
        });
        fake
    }

    fn socket(&self) -> PathBuf {
        self.folder.path().join("docker.sock")
    }

    async fn connect(&self) -> Result<Engine, Error> {
        Engine::connect(&EngineAddress::Unix(self.socket())).await
    }

    async fn build(&self) -> Error {
        let engine = self.connect().await.unwrap();
        let silent: Arc<dyn Reporter> = Arc::new(Silent);
        let build = engine.build(BuildRequest::new("FROM scratch\n", unique("x")), &silent);
        let ended = tokio::time::timeout(Duration::from_secs(5), build).await;
        ended.expect("no hanging").unwrap_err().into()
    }
}

async fn answer(mut stream: UnixStream, script: Script) {
    let mut head = Vec::new();
    while !head.windows(4).any(|end| end == b"\r\n\r\n") {
        if stream.read_buf(&mut head).await.unwrap_or(0) == 0 {
            return;
        }
    }
    let head = String::from_utf8_lossy(&head);
    let target = head.split_whitespace().nth(1).unwrap_or_default();
    let path = target.split('?').next().unwrap_or_default();
    match script(path.trim_start_matches("/v1.41")) {
        Some(text) => {
            let _ = stream.write_all(text.as_bytes()).await;
            if text.starts_with("HTTP/1.1 101") {
                std::future::pending::<()>().await;
            }
        }
        None => std::future::pending().await,
    }
}

fn status(line: &str, headers: &str, body: &str) -> String {
    format!(
        "HTTP/1.1 {line}\r\n{headers}Content-Length: {}\r\n\r\n{body}",
        body.len()
    )
}

#[tokio::test]
async fn what_is_no_usable_engine_says_so() {
    let cases: [(Script, &str); 6] = [
        (
            |_| Some(status("200 OK", "Api-Version: 1.39\r\n", "OK")),
            "too old: it speaks API 1.39",
        ),
        (
            |_| {
                Some(status(
                    "200 OK",
                    "Api-Version: 1.41\r\nLibpod-Api-Version: 4.3.1\r\n",
                    "OK",
                ))
            },
            "is Podman's, which has no BuildKit",
        ),
        (
            |_| Some(status("200 OK", "", "hello")),
            "is not a Docker Engine",
        ),
        (
            |_| Some("SSH-2.0-OpenSSH_9.2\r\n".into()),
            "is not a Docker Engine",
        ),
        (
            |_| {
                Some(status(
                    "500 Internal Server Error",
                    "",
                    r#"{"message":"on fire"}"#,
                ))
            },
            "answered 500: on fire",
        ),
        (|_| Some(String::new()), "closed the connection"),
    ];
    for (script, message) in cases {
        let error = Fake::new(script).connect().await.unwrap_err();
        assert_eq!(error.kind(), Kind::Unavailable, "{message}");
        assert!(error.message().contains(message), "{error:?}");
    }
}

#[tokio::test]
async fn an_absent_engine_says_what_to_do() {
    for address in [
        EngineAddress::Unix("/nonexistent/docker.sock".into()),
        EngineAddress::Tcp("127.0.0.1:1".into()),
    ] {
        let error = Engine::connect(&address).await.unwrap_err();
        assert_eq!(error.kind(), Kind::Unavailable);
        assert!(
            error
                .hints()
                .iter()
                .any(|hint| hint.contains("systemctl start docker"))
        );
    }
}

#[tokio::test]
async fn a_hanging_engine_is_given_up() {
    let began = Instant::now();
    let error = Fake::new(|_| None).connect().await.unwrap_err();
    assert_eq!(error.kind(), Kind::Unavailable);
    assert!(
        error.message().contains("did not answer within"),
        "{error:?}"
    );
    assert!(began.elapsed() < Duration::from_secs(15));
}

#[tokio::test]
async fn an_engine_that_fails_during_a_build_is_unavailable() {
    const SWITCHED: &str = "HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n";
    const CUT: &str = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\n{\"id\":1}\n";
    const EMPTY: &str = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
    let cases: [(Script, &str); 5] = [
        (
            |path| match path {
                "/_ping" => Some(WELL.into()),
                _ => Some(status("503 Busy", "", r#"{"message":"later"}"#)),
            },
            "answered 503: later",
        ),
        (
            |path| match path {
                "/_ping" => Some(WELL.into()),
                "/session" => Some(SWITCHED.into()),
                _ => Some(status(
                    "500 Internal Server Error",
                    "",
                    r#"{"message":"no space left on device"}"#,
                )),
            },
            "disk is full",
        ),
        (
            |path| match path {
                "/_ping" => Some(WELL.into()),
                "/session" => Some(SWITCHED.into()),
                _ => Some(CUT.replace("{\"id\":1}", "{      }")),
            },
            "broke off",
        ),
        (
            |path| match path {
                "/_ping" => Some(WELL.into()),
                "/session" => Some(SWITCHED.into()),
                _ => Some(String::new()),
            },
            "closed the connection",
        ),
        (
            |path| match path {
                "/_ping" => Some(WELL.into()),
                "/session" => Some(SWITCHED.into()),
                _ => Some(EMPTY.into()),
            },
            "without an image or an error",
        ),
    ];
    for (script, message) in cases {
        let error = Fake::new(script).build().await;
        assert_eq!(error.kind(), Kind::Unavailable, "{error:?}");
        assert!(error.message().contains(message), "{error:?}");
    }
}

/// The real engine behind a socket that closes every connection at once when told.
#[tokio::test]
async fn an_engine_that_dies_during_a_step_ends_the_build() {
    let folder = TempDir::new().unwrap();
    let socket = folder.path().join("docker.sock");
    let listener = UnixListener::bind(&socket).unwrap();
    let (kill, killed) = watch::channel(false);
    tokio::spawn(async move {
        while let Ok((mut near, _)) = listener.accept().await {
            let mut killed = killed.clone();
            if *killed.borrow() {
                continue;
            }
            tokio::spawn(async move {
                let mut far = UnixStream::connect(SOCKET).await.unwrap();
                tokio::select! {
                    _ = copy_bidirectional(&mut near, &mut far) => {}
                    _ = killed.changed() => {}
                }
            });
        }
    });
    let engine = Engine::connect(&EngineAddress::Unix(socket)).await.unwrap();
    let script = format!("echo started; : {}; busybox sleep 60", unique("dies"));
    let (recorder, reporter) = Recorder::new();
    let build = engine.build(request(&step("", &script)), &reporter);
    let death = async {
        while !recorder
            .events()
            .iter()
            .any(|event| matches!(event, Event::StepLog { .. }))
        {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        kill.send(true).unwrap();
        std::future::pending::<()>().await;
    };
    let ended = tokio::select! {
        ended = tokio::time::timeout(Duration::from_secs(30), build) => ended.expect("no hanging"),
        () = death => unreachable!(),
    };
    let error = Error::from(ended.unwrap_err());
    assert_eq!(error.kind(), Kind::Unavailable, "{error:?}");
}

/// The real engine behind a socket that cuts the first session in the middle of a file.
#[tokio::test]
async fn a_session_that_is_lost_is_opened_once_more() {
    const ENOUGH_FOR_THE_HEAD: u64 = 40_000;
    let folder = TempDir::new().unwrap();
    let socket = folder.path().join("docker.sock");
    let listener = UnixListener::bind(&socket).unwrap();
    let sessions = Arc::new(AtomicUsize::new(0));
    let opened = Arc::clone(&sessions);
    tokio::spawn(async move {
        while let Ok((near, _)) = listener.accept().await {
            let opened = Arc::clone(&opened);
            tokio::spawn(async move {
                let mut first = vec![0; 64];
                near.readable().await.unwrap();
                let read = near.try_read(&mut first).unwrap_or(0);
                first.truncate(read);
                let is_session = String::from_utf8_lossy(&first).contains("/session");
                let cut = is_session && opened.fetch_add(1, Ordering::SeqCst) == 0;
                let far = UnixStream::connect(SOCKET).await.unwrap();
                let (mut requests, mut to_client) = near.into_split();
                let (mut answers, mut to_engine) = far.into_split();
                to_engine.write_all(&first).await.unwrap();
                let limit = if cut { ENOUGH_FOR_THE_HEAD } else { u64::MAX };
                let mut up = (&mut requests).take(limit);
                tokio::select! {
                    _ = tokio::io::copy(&mut up, &mut to_engine) => {}
                    _ = tokio::io::copy(&mut answers, &mut to_client) => {}
                }
            });
        }
    });
    let engine = Engine::connect(&EngineAddress::Unix(socket)).await.unwrap();
    let secret = "x".repeat(200_000);
    let script = format!(
        "test $(busybox wc -c < /run/secrets/large) = 200000; : {}",
        unique("lost")
    );
    let mut request = request(&step("--mount=type=secret,id=large", &script));
    request.public_secrets = vec![("large".to_owned(), secret.into_bytes().into())];
    let (recorder, reporter) = Recorder::new();
    engine.build(request, &reporter).await.unwrap();
    assert_eq!(sessions.load(Ordering::SeqCst), 2);
    let events = recorder.events();
    let is_note = |event: &Event| matches!(event, Event::Note(note) if note.contains("once more"));
    assert_eq!(
        events.iter().filter(|event| is_note(event)).count(),
        1,
        "{events:?}"
    );
}
