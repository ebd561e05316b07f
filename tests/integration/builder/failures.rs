use std::sync::Arc;
use std::time::{Duration, Instant};

use paas::builder::{BuildFailure, SecretBytes, StepTitle};
use paas::report::{Event, Outcome, Reporter, Silent};
use paas::{Error, Kind};

use super::bench::{Recorder, TestImage, docker, engine, file, request, run, step, unique};

#[tokio::test]
async fn a_failing_step_says_where_and_how() {
    let engine = engine().await;
    let script = "i=0; while [ $i -lt 50 ]; do echo line $i; i=$((i+1)); done; cat /run/secrets/S >&2; printf 'no end'; exit 42";
    let mut request = request(&step("--mount=type=secret,id=S", script));
    request
        .secrets
        .push(("S".into(), SecretBytes::new("canary-88\nsecond-line\n")));
    request.steps.push(StepTitle {
        marker: "exit 42".into(),
        title: "compile".into(),
    });
    let (recorder, reporter) = Recorder::new();
    let Err(BuildFailure::Step(step)) = engine.build(request, &reporter).await else {
        panic!("no step failed");
    };
    assert_eq!(step.exit_code, Some(42));
    assert_eq!(step.marker.as_deref(), Some("exit 42"));
    assert_eq!(step.last_lines.len(), 30);
    assert!(step.last_lines.contains(&"line 49".to_owned()), "{step:?}");
    assert!(step.last_lines.contains(&"no end".to_owned()), "{step:?}");
    assert!(!format!("{step:?}").contains("canary"));
    assert!(!format!("{step:?}").contains("second-line"));
    assert!(matches!(
        recorder.outcome("compile"),
        Some(Outcome::Failed(_))
    ));
    assert_eq!(
        Error::from(BuildFailure::Step(step)).kind(),
        Kind::BuildFailed
    );
}

#[tokio::test]
async fn a_missing_base_is_no_build_error() {
    let engine = engine().await;
    let silent: Arc<dyn Reporter> = Arc::new(Silent);
    let mut request = request("");
    request.dockerfile = "FROM 127.0.0.1:1/nothing:here\n".into();
    let error = engine.build(request, &silent).await.unwrap_err();
    let error = Error::from(error);
    assert_eq!(error.kind(), Kind::Unavailable);
    assert!(
        error.message().contains("127.0.0.1:1/nothing:here"),
        "{error:?}"
    );
}

#[tokio::test]
async fn a_secret_is_only_where_it_is_mounted() {
    const CANARY: &str = "canary-d41d8cd98f";
    let engine = engine().await;
    let image = TestImage::new();
    let script = "busybox sha256sum < /run/secrets/S > /sum; s=$(cat /run/secrets/S); echo $s; printf canary-; busybox sleep 0.3; echo d41d8cd98f";
    let mut request = request(&step("--mount=type=secret,id=S", script));
    request
        .dockerfile
        .push_str(&step("--mount=type=secret,id=OTHER", "ls /run/secrets"));
    request.no_cache = true;
    request.secrets.push(("S".into(), SecretBytes::new(CANARY)));
    request.tags.push(image.0.clone());
    let (recorder, reporter) = Recorder::new();
    engine.build(request, &reporter).await.unwrap();

    assert_eq!(run(&image, "busybox wc -c < /sum").trim(), "68");
    let events = format!("{:?}", recorder.events());
    assert!(
        events.contains("***") && !events.contains(CANARY),
        "{events}"
    );
    let name = image.0.to_string();
    let saved = docker(&["image", "save", &name]);
    assert!(saved.contains("manifest.json") && !saved.contains(CANARY));
    for shown in [
        docker(&["history", "--no-trunc", &name]),
        docker(&["image", "inspect", &name]),
    ] {
        assert!(!shown.is_empty() && !shown.contains(CANARY));
    }
}

#[tokio::test]
async fn two_builds_at_once() {
    let engine = engine().await;
    let build = async |text: &'static str| {
        let image = TestImage::new();
        let mut request = request(&format!("COPY app /app\n{}", step("", "busybox sleep 1")));
        request.entries.push(file("app/text", text));
        request.tags.push(image.0.clone());
        let silent: Arc<dyn Reporter> = Arc::new(Silent);
        engine.build(request, &silent).await.unwrap();
        run(&image, "busybox cat /app/text")
    };
    let (one, two) = tokio::join!(build("one"), build("two"));
    assert_eq!((one.as_str(), two.as_str()), ("one", "two"));
}

#[tokio::test]
async fn dropping_the_build_ends_it_in_the_engine() {
    let engine = engine().await;
    let image = TestImage::new();
    let mark = unique("sleeper");
    let mut request = request(&step(
        "",
        &format!("echo started; : {mark}; busybox sleep 600; :"),
    ));
    request.tags.push(image.0.clone());
    let (recorder, reporter) = Recorder::new();
    {
        let build = engine.build(request, &reporter);
        let started = async {
            while !recorder
                .events()
                .iter()
                .any(|event| matches!(event, Event::StepLog { .. }))
            {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        };
        tokio::select! {
            ended = build => panic!("{ended:?}"),
            () = started => {}
        }
    }
    assert!(runs(&mark));
    assert!(matches!(
        recorder.events().last(),
        Some(Event::StepEnded {
            outcome: Outcome::Canceled,
            ..
        })
    ));
    let dropped = Instant::now();
    while runs(&mark) {
        assert!(dropped.elapsed() < Duration::from_secs(2), "still runs");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert!(engine.image(&image.0).await.unwrap().is_none());
}

/// Whether a process with `mark` among its arguments runs on this machine.
fn runs(mark: &str) -> bool {
    let processes = std::fs::read_dir("/proc").unwrap().flatten();
    processes
        .filter_map(|process| std::fs::read(process.path().join("cmdline")).ok())
        .any(|arguments| String::from_utf8_lossy(&arguments).contains(mark))
}
