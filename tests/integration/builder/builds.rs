use paas::builder::{SecretBytes, StepTitle};
use paas::report::Outcome;

use super::bench::{Recorder, TestImage, engine, file, request, run, step};

#[tokio::test]
async fn builds_and_reports() {
    let engine = engine().await;
    let image = TestImage::new();
    let steps = step(
        "--mount=type=secret,id=TOKEN",
        "cat /run/secrets/TOKEN; echo; echo done",
    );
    let mut request = request(&format!("COPY app /app\nARG K\nENV K=$K\n{steps}"));
    request.entries.push(file("app/src/a.txt", "hello"));
    request.tags.push(image.0.clone());
    request.args.insert("K".into(), "a \"b\"\n$c `d`".into());
    request
        .labels
        .insert("io.paas.test".into(), "x \"y\"\n$z".into());
    request
        .secrets
        .push(("TOKEN".into(), SecretBytes::new("canary-5f1e")));
    request.steps.push(StepTitle {
        marker: "/run/secrets/TOKEN".into(),
        title: "use the token".into(),
    });
    request.no_cache = true;
    let (recorder, reporter) = Recorder::new();
    let id = engine.build(request.clone(), &reporter).await.unwrap();

    assert_eq!(recorder.log("use the token"), ["***", "done"]);
    assert_eq!(recorder.outcome("use the token"), Some(Outcome::Done));
    assert_eq!(run(&image, "busybox cat /app/src/a.txt"), "hello");
    let found = engine.image(&image.0).await.unwrap().expect("the image");
    assert_eq!(found.id, id);
    assert_eq!(found.config.labels["io.paas.test"], "x \"y\"\n$z");
    assert!(
        found.config.env.contains(&"K=a \"b\"\n$c `d`".to_owned()),
        "{:?}",
        found.config.env
    );

    request.no_cache = false;
    let (recorder, reporter) = Recorder::new();
    assert_eq!(engine.build(request, &reporter).await.unwrap(), id);
    assert_eq!(recorder.outcome("use the token"), Some(Outcome::Cached));
}
