use std::fs;
use std::os::unix::fs::symlink;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use paas::builder::{BuildFailure, BuildRequest, Content};
use paas::report::Silent;
use paas::{Error, Kind};

use super::bench::{
    LONG_AGO, Recorder, TestImage, at, engine, entry, file, request, run, step, unique,
};

const MEBIBYTE: usize = 1024 * 1024;

#[tokio::test]
async fn sends_only_what_changed() {
    let engine = engine().await;
    let key = unique("incremental");
    let build = async |third: u8| {
        let mut request = BuildRequest::new("FROM scratch\nCOPY app /app\n", &key);
        for (name, filling) in [("a", 1), ("b", 2), ("c", third)] {
            let content = Content::Bytes(vec![filling; MEBIBYTE].into());
            let modified = UNIX_EPOCH + LONG_AGO + Duration::from_secs(filling.into());
            request
                .entries
                .push(at(entry(&format!("app/{name}"), content), modified));
        }
        let image = TestImage::new();
        request.tags.push(image.0.clone());
        let (recorder, reporter) = Recorder::new();
        engine.build(request, &reporter).await.unwrap();
        recorder.context_bytes() / MEBIBYTE as u64
    };
    assert_eq!(build(3).await, 3);
    assert_eq!(build(3).await, 0);
    assert_eq!(build(4).await, 1);
}

#[tokio::test]
async fn leaves_out_what_no_step_needs() {
    let engine = engine().await;
    let image = TestImage::new();
    let mut request = BuildRequest::new("FROM scratch\nCOPY a/b /b\n", unique("part"));
    request.entries.push(file("a/b/in", "x"));
    request
        .entries
        .push(entry("a/other", Content::Bytes(vec![1; MEBIBYTE].into())));
    request.tags.push(image.0.clone());
    let (recorder, reporter) = Recorder::new();
    engine.build(request, &reporter).await.unwrap();
    assert!(recorder.context_bytes() < MEBIBYTE as u64);
}

#[tokio::test]
async fn finds_what_steps_name() {
    let engine = engine().await;
    let image = TestImage::new();
    let steps = "COPY [\"a/späße +1\", \"/1\"]\nCOPY a/*.txt /2/\nCOPY a/link /3\n";
    let mut request = request(steps);
    request.entries.push(file("a/späße +1", "one"));
    request.entries.push(file("a/x.txt", "two"));
    request.entries.push(file("b/y", "three"));
    request
        .entries
        .push(entry("a/link", Content::Link("../b".into())));
    request.tags.push(image.0.clone());
    let silent: Arc<dyn paas::report::Reporter> = Arc::new(Silent);
    engine.build(request, &silent).await.unwrap();
    let seen = run(
        &image,
        "for f in 1 2/x.txt 3/y; do busybox cat /$f; echo; done",
    );
    assert_eq!(seen, "one\ntwo\nthree\n");
}

#[tokio::test]
async fn files_arrive_as_they_are() {
    let engine = engine().await;
    let image = TestImage::new();
    let mut request = request("COPY app /app\n");
    let long = "n".repeat(255);
    for name in [
        "-rf",
        "new\nline",
        "*[a-z]?",
        "back\\slash",
        "späße",
        " ",
        &long,
    ] {
        request
            .entries
            .push(file(&format!("app/names/{name}"), name));
    }
    let mut script = file("app/run", "#!/bin/busybox sh\necho ran\n");
    script.mode = 0o755;
    request.entries.push(script);
    request
        .entries
        .push(entry("app/link", Content::Link("../etc/shadow".into())));
    request
        .entries
        .push(entry("app/loop", Content::Link("loop".into())));
    request.entries.push(entry("app/empty", Content::Folder));
    request.tags.push(image.0.clone());
    let silent: Arc<dyn paas::report::Reporter> = Arc::new(Silent);
    engine.build(request, &silent).await.unwrap();

    let seen = run(
        &image,
        r#"cd /app/names; for f in *; do printf %s "$f" | busybox cmp - "./$f" && echo same; done"#,
    );
    assert_eq!(seen, "same\n".repeat(7));
    let listed = run(
        &image,
        "cd /app; ./run; busybox readlink link; busybox readlink loop; busybox stat -c '%a %u %g %Y' run names/-rf; busybox ls empty",
    );
    assert_eq!(
        listed.lines().collect::<Vec<_>>(),
        [
            "ran",
            "../etc/shadow",
            "loop",
            "755 0 0 1700000000",
            "644 0 0 1700000000"
        ]
    );
}

#[tokio::test]
async fn a_file_that_changes_meanwhile_is_named() {
    type Change = fn(&std::path::Path);
    let changes: [(&str, Change); 5] = [
        ("grew", |path| fs::write(path, [0; 11]).unwrap()),
        ("shrank", |path| fs::write(path, [0; 9]).unwrap()),
        ("vanished", |path| fs::remove_file(path).unwrap()),
        ("turned into a link", |path| {
            fs::remove_file(path).unwrap();
            symlink("/etc/passwd", path).unwrap();
        }),
        ("stopped being a regular file", |path| {
            fs::remove_file(path).unwrap();
            let made = std::process::Command::new("mkfifo")
                .arg(path)
                .status()
                .unwrap();
            assert!(made.success());
        }),
    ];
    let engine = engine().await;
    let folder = tempfile::tempdir().unwrap();
    for (how, change) in changes {
        let path = folder.path().join(how);
        fs::write(&path, [0; 10]).unwrap();
        let mut request = BuildRequest::new("FROM scratch\nCOPY x /\n", unique("changes"));
        let content = Content::Disk {
            path: path.clone(),
            size: 10,
        };
        request
            .entries
            .push(at(entry("x", content), SystemTime::now()));
        change(&path);
        let silent: Arc<dyn paas::report::Reporter> = Arc::new(Silent);
        let Err(BuildFailure::Engine(error)) = engine.build(request, &silent).await else {
            panic!("{how}");
        };
        assert_eq!(error.kind(), Kind::Unavailable);
        let expected = format!("`{}` {how} during the build", path.display());
        assert_eq!(error.message(), expected);
    }
}

#[tokio::test]
async fn a_folder_swapped_for_a_link_leads_nowhere() {
    let engine = engine().await;
    let folder = tempfile::tempdir().unwrap();
    let (source, elsewhere) = (
        folder.path().join("source"),
        folder.path().join("elsewhere"),
    );
    for place in [&source.join("sub"), &elsewhere] {
        fs::create_dir_all(place).unwrap();
        fs::write(place.join("x"), [0; 10]).unwrap();
    }
    let mut request = BuildRequest::new("FROM scratch\nCOPY x /\n", unique("swapped"));
    let path = source.join("sub/x");
    let content = Content::Disk { path, size: 10 };
    request
        .entries
        .push(at(entry("x", content), SystemTime::now()));
    request.source_root = Some(source.clone());
    let silent: Arc<dyn paas::report::Reporter> = Arc::new(Silent);
    let id = engine.build(request.clone(), &silent).await.unwrap();
    engine.remove(id).await.unwrap();

    fs::remove_dir_all(source.join("sub")).unwrap();
    symlink(&elsewhere, source.join("sub")).unwrap();
    request.shared_key = unique("swapped");
    let error = Error::from(engine.build(request, &silent).await.unwrap_err());
    assert!(error.message().contains("turned into a link"), "{error:?}");
}

#[tokio::test]
async fn memory_does_not_grow_with_the_context() {
    const SIZE: u64 = 256 << 20;
    let engine = engine().await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sparse");
    fs::File::create(&path).unwrap().set_len(SIZE).unwrap();
    let image = TestImage::new();
    let mut request = request(&step(
        "--mount=type=bind,source=app,target=/app",
        "busybox stat -c %s /app/sparse",
    ));
    request.entries.push(at(
        entry("app/sparse", Content::Disk { path, size: SIZE }),
        SystemTime::now(),
    ));
    request.tags.push(image.0.clone());
    // One key for all runs, and a new time: the engine keeps one copy and wants it anew.
    request.shared_key = "paas-test-memory".into();
    let (recorder, reporter) = Recorder::new();
    let before = peak_memory();
    engine
        .build(request, &reporter)
        .await
        .map_err(Error::from)
        .unwrap();
    assert!(recorder.context_bytes() >= SIZE);
    let grown = peak_memory() - before;
    // Other tests of the process count too.
    assert!(grown < SIZE / 2, "{grown} bytes more");
}

/// Bytes of memory that this process has had at most.
fn peak_memory() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))
        .unwrap();
    let kibibytes: u64 = line.trim().trim_end_matches(" kB").parse().unwrap();
    kibibytes * 1024
}
