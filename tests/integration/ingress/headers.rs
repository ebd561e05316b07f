use std::time::Duration;

use paas::ingress::{AccessLog, metrics};

use super::world::{Instance, World, eventually, route, sink};

async fn seen(world: &World, headers: &[(&str, &str)]) -> String {
    let client = world.client().build().unwrap();
    let mut request = client.get(world.url("a.test", "/headers"));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.send().await.unwrap().text().await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_client_says_of_itself_is_replaced() {
    let world = World::start();
    let instance = Instance::start("a").await;
    world
        .table()
        .put("a", route("a.test", 1, &[&instance.address]))
        .unwrap();
    let port = world.handles.http.port();
    let seen = seen(
        &world,
        &[
            ("x-forwarded-for", "10.0.0.1"),
            ("x-forwarded-proto", "https"),
            ("x-forwarded-host", "evil.test"),
            ("x-forwarded-port", "443"),
            ("x-real-ip", "10.0.0.1"),
            ("x_forwarded_for", "10.0.0.1"),
            ("forwarded", "for=10.0.0.1"),
            ("proxy", "http://10.0.0.1"),
            ("te", "trailers"),
            ("keep-alive", "timeout=5"),
            ("x-mine", "kept"),
        ],
    )
    .await;
    for expected in [
        "x-forwarded-for: 127.0.0.1\n",
        "x-real-ip: 127.0.0.1\n",
        "x-forwarded-proto: http\n",
        &format!("x-forwarded-host: a.test:{port}\n"),
        &format!("x-forwarded-port: {port}\n"),
        &format!("host: a.test:{port}\n"),
        "x-mine: kept\n",
    ] {
        assert!(seen.contains(expected), "{expected} not in {seen}");
    }
    for never in ["10.0.0.1", "evil", "keep-alive", "te: "] {
        assert!(!seen.contains(never), "{never} in {seen}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn too_much_before_the_body_is_refused() {
    let world = World::start();
    let instance = Instance::start("a").await;
    world
        .table()
        .put("a", route("a.test", 1, &[&instance.address]))
        .unwrap();
    let client = world.client().build().unwrap();
    let url = world.url("a.test", "/");
    let large = client
        .get(&url)
        .header("x-large", "x".repeat(70_000))
        .send()
        .await
        .unwrap();
    assert_eq!(large.status(), 431);
    let mut many = client.get(&url);
    for index in 0..200 {
        many = many.header(format!("x-{index}"), "x");
    }
    assert_eq!(many.send().await.unwrap().status(), 431);
    let long = client
        .get(format!("{url}?{}", "x".repeat(20_000)))
        .send()
        .await
        .unwrap();
    assert_eq!(long.status(), 414);
    assert_eq!(instance.hits(), 0);
    assert_eq!(client.get(&url).send().await.unwrap().status(), 200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_line_and_a_count_for_each_request() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("log");
    let world = World::with_log(Some(AccessLog::to(sink(&file))));
    let instance = Instance::start("a").await;
    world
        .table()
        .put("a.production", route("a.test", 3, &[&instance.address]))
        .unwrap();
    world.get("a.test", "/path?token=secret").await;
    world.get("nobody.test", "/").await;
    let lines = || std::fs::read_to_string(&file).unwrap();
    eventually("two lines", || lines().lines().count() == 2).await;
    assert!(!lines().contains("secret"));
    let line: serde_json::Value = serde_json::from_str(lines().lines().next().unwrap()).unwrap();
    assert_eq!(line["target"], "a.production");
    assert_eq!(line["release"], 3);
    assert_eq!(line["upstream"], instance.address);
    assert_eq!(line["path"], "/path");
    assert_eq!((&line["status"], &line["bytes"]), (&200.into(), &1.into()));
    assert_eq!(line["client"], "127.0.0.1");

    let metrics = metrics(world.table());
    for expected in [
        "paas_requests_total{target=\"a.production\",release=\"3\"} 1\n",
        "paas_requests_lost_total{target=\"a.production\",release=\"3\"} 0\n",
        "paas_requests_in_flight{target=\"a.production\",release=\"3\"} 0\n",
        "paas_request_duration_seconds_bucket{target=\"a.production\",release=\"3\",le=\"+Inf\"} 1\n",
        "paas_request_duration_seconds_count{target=\"a.production\",release=\"3\"} 1\n",
    ] {
        assert!(metrics.contains(expected), "{expected} not in {metrics}");
    }
    let edges = metrics.lines().filter_map(|line| {
        let (_, edge) = line.split_once("release=\"3\",le=\"")?;
        edge.split('"').next()?.parse::<f64>().ok()
    });
    let edges: Vec<f64> = edges.filter(|edge| edge.is_finite()).collect();
    assert!(
        edges[0] < 0.0001 && edges[edges.len() - 1] > 120.0,
        "{edges:?}"
    );
    assert!(
        edges.windows(2).all(|pair| pair[1] / pair[0] < 1.5),
        "{edges:?}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_line_of_a_request_that_is_cut_at_the_end() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("log");
    let world = World::with_log(Some(AccessLog::to(sink(&file))));
    let instance = Instance::start("a").await;
    let route = route("a.test", 1, &[&instance.address]);
    world.table().put("a", route).unwrap();
    let request = world.client().build().unwrap();
    let request = request.get(world.url("a.test", "/slow?ms=20000")).send();
    let request = tokio::spawn(request);
    eventually("a request", || instance.hits() == 1).await;
    world.serving.end(Duration::from_millis(100)).await;
    let lines = std::fs::read_to_string(&file).unwrap();
    assert!(lines.contains("/slow"), "{lines:?}");
    assert!(request.await.unwrap().is_err());
}
