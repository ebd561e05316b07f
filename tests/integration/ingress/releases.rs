use std::time::{Duration, Instant};

use paas::ingress::protocol::{Canary, Maintenance, Route};
use paas::ingress::table::Conflict;

use super::world::{Instance, World, backend, eventually, route};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn requests_go_to_their_host_and_no_further() {
    let world = World::start();
    let (a, b) = (Instance::start("a").await, Instance::start("b").await);
    world
        .table()
        .put("a", route("a.test", 1, &[&a.address]))
        .unwrap();
    world
        .table()
        .put("b", route("b.test", 1, &[&b.address]))
        .unwrap();
    assert_eq!(world.get("a.test", "/").await, (200, "a".to_owned()));
    assert_eq!(world.get("b.test", "/").await, (200, "b".to_owned()));
    let (status, page) = world.get("nobody.test", "/").await;
    assert_eq!(status, 404);
    assert!(!page.contains("test"), "it names apps: {page}");
    assert!(world.table().remove("a"));
    assert!(!world.table().remove("a"));
    assert_eq!(world.get("a.test", "/").await.0, 404);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_host_belongs_to_one_route() {
    let world = World::start();
    world.table().put("a", route("a.test", 1, &[])).unwrap();
    let conflict = world.table().put("b", route("a.test", 1, &[])).unwrap_err();
    assert_eq!(conflict.to_string(), "a.test belongs to a");
    assert_eq!(world.table().routes().len(), 1);
    let wrong = world
        .table()
        .put("b", route("b.test", 1, &["instance:80"]))
        .unwrap_err();
    assert!(matches!(wrong, Conflict::Upstream { .. }), "{wrong}");
    assert_eq!(world.get("a.test", "/").await.0, 503, "it has no instance");
    assert_eq!(world.table().traffic("a", false)[&1].lost, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_canary_gets_its_share_and_whoever_asks_for_it() {
    let world = World::start();
    let (live, canary) = (
        Instance::start("live").await,
        Instance::start("canary").await,
    );
    let put = |share| {
        let route = Route {
            canary: Some(Canary {
                backend: backend(2, &[&canary.address]),
                share,
            }),
            ..route("a.test", 1, &[&live.address])
        };
        world.table().put("a", route).unwrap();
    };
    let client = world.client().build().unwrap();
    put(0.25);
    for _ in 0..400 {
        client.get(world.url("a.test", "/")).send().await.unwrap();
    }
    assert!(
        (60..=140).contains(&canary.hits()),
        "{} of 400",
        canary.hits()
    );
    assert_eq!(canary.hits() + live.hits(), 400);

    for (share, name, value, expected) in [
        (0.0, "paas-release", "canary", "canary"),
        (0.0, "cookie", "x=y; paas-release=canary", "canary"),
        (1.0, "paas-release", "stable", "live"),
        (1.0, "accept", "*/*", "canary"),
    ] {
        put(share);
        let answer = client
            .get(world.url("a.test", "/"))
            .header(name, value)
            .send()
            .await
            .unwrap();
        assert_eq!(
            answer.text().await.unwrap(),
            expected,
            "{share} {name}: {value}"
        );
    }
    let traffic = world.table().traffic("a", false);
    assert_eq!(traffic[&1].requests, live.hits());
    assert_eq!(traffic[&2].requests, canary.hits());
    let measured = || {
        let traffic = world.table().traffic("a", false);
        traffic[&2].latency.buckets.iter().sum::<u64>()
    };
    eventually("all latencies", || measured() == canary.hits()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn held_requests_are_served_by_the_next_release() {
    let world = World::start();
    let (old, new) = (Instance::start("old").await, Instance::start("new").await);
    let hold = Route {
        hold: true,
        ..route("a.test", 1, &[&old.address])
    };
    world.table().put("a", hold.clone()).unwrap();
    let client = world.client().build().unwrap();
    let requests: Vec<_> = (0..50)
        .map(|_| tokio::spawn(client.get(world.url("a.test", "/")).send()))
        .collect();
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert_eq!(old.hits() + new.hits(), 0);
    world
        .table()
        .put(
            "a",
            Route {
                note: "still".to_owned(),
                ..hold
            },
        )
        .unwrap();
    tokio::time::sleep(Duration::from_millis(100)).await;
    world
        .table()
        .put("a", route("a.test", 2, &[&new.address]))
        .unwrap();
    for request in requests {
        assert_eq!(request.await.unwrap().unwrap().text().await.unwrap(), "new");
    }
    let gap = world.table().traffic("a", true)[&2].longest_gap_ms;
    assert!((250..5000).contains(&gap), "they waited: {gap}");
    assert!(world.table().traffic("a", true)[&2].longest_gap_ms < 250);
    assert_eq!(old.hits(), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn drain_waits_for_what_runs_and_nothing_new_begins() {
    let world = World::start();
    let (old, new) = (Instance::start("old").await, Instance::start("new").await);
    world
        .table()
        .put("a", route("a.test", 1, &[&old.address]))
        .unwrap();
    let client = world.client().build().unwrap();
    let slow = tokio::spawn(client.get(world.url("a.test", "/slow?ms=600")).send());
    eventually("the slow request", || old.hits() == 1).await;
    world
        .table()
        .put("a", route("a.test", 2, &[&new.address]))
        .unwrap();

    let short = world
        .table()
        .drain(
            std::slice::from_ref(&old.address),
            Duration::from_millis(50),
        )
        .await;
    assert_eq!(short.in_flight, 1);
    let begun = Instant::now();
    let drained = world
        .table()
        .drain(std::slice::from_ref(&old.address), Duration::from_secs(10))
        .await;
    assert_eq!((drained.in_flight, drained.closed), (0, 0));
    assert!(begun.elapsed() < Duration::from_secs(3));
    assert_eq!(slow.await.unwrap().unwrap().text().await.unwrap(), "old");
    for _ in 0..20 {
        client.get(world.url("a.test", "/")).send().await.unwrap();
    }
    assert_eq!(old.hits(), 1);
    let unknown = world
        .table()
        .drain(&["127.0.0.1:1".to_owned()], Duration::from_secs(10))
        .await;
    assert_eq!(unknown.in_flight, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_request_is_lost_or_late_while_routes_change() {
    let world = World::start();
    let instances = [Instance::start("x").await, Instance::start("y").await];
    world
        .table()
        .put("a", route("a.test", 1, &[&instances[0].address]))
        .unwrap();
    let client = world.client().build().unwrap();
    let load: Vec<_> = (0..4)
        .map(|_| {
            let (client, url) = (client.clone(), world.url("a.test", "/"));
            tokio::spawn(async move {
                for _ in 0..250 {
                    let answer = client.get(&url).send().await.unwrap();
                    assert_eq!(answer.status(), 200);
                }
            })
        })
        .collect();
    for change in 0..40_usize {
        let (old, new) = (&instances[change % 2], &instances[(change + 1) % 2]);
        let release = 2 + change as u64;
        world
            .table()
            .put("a", route("a.test", release, &[&new.address]))
            .unwrap();
        let drained = world
            .table()
            .drain(std::slice::from_ref(&old.address), Duration::from_secs(5))
            .await;
        assert_eq!(drained.in_flight, 0);
        let before = old.hits();
        tokio::time::sleep(Duration::from_millis(5)).await;
        assert_eq!(old.hits(), before, "a request began after the drain");
    }
    for task in load {
        task.await.unwrap();
    }
    let traffic = world.table().traffic("a", false);
    assert_eq!(traffic.values().map(|release| release.lost).sum::<u64>(), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn maintenance_is_told_to_people_and_programs() {
    let world = World::start();
    let instance = Instance::start("a").await;
    let route = Route {
        maintenance: Some(Maintenance {
            message: "Back at <5>".to_owned(),
        }),
        ..route("a.test", 1, &[&instance.address])
    };
    world.table().put("a", route).unwrap();
    assert_eq!(
        world.get("a.test", "/").await,
        (503, "Back at <5>\n".to_owned())
    );
    let client = world.client().build().unwrap();
    let page = client
        .get(world.url("a.test", "/"))
        .header("accept", "text/html")
        .send()
        .await
        .unwrap();
    assert!(page.headers().contains_key("retry-after"));
    assert!(page.text().await.unwrap().contains("Back at &lt;5&gt;"));
    assert_eq!(instance.hits(), 0);
    assert!(
        world
            .table()
            .traffic("a", false)
            .get(&1)
            .is_none_or(|traffic| traffic.lost == 0)
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn requests_are_spread_over_instances() {
    let world = World::start();
    let (x, y) = (Instance::start("x").await, Instance::start("y").await);
    world
        .table()
        .put("a", route("a.test", 1, &[&x.address, &y.address]))
        .unwrap();
    let client = world.client().build().unwrap();
    for _ in 0..20 {
        client.get(world.url("a.test", "/")).send().await.unwrap();
    }
    assert_eq!((x.hits(), y.hits()), (10, 10));
}
