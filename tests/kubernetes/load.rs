//! Nobody notices a deployment: requests through the Service go on.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::Duration;

use crate::app::App;
use crate::support::deployed::request_to;

#[test]
fn no_request_is_lost_over_twenty_deployments_and_rollbacks() {
    let app = App::new("");
    app.json(&["deploy"]);
    app.json(&["scale", "web=2"]);
    assert_eq!(app.answer(), "one");
    let address = app.address();
    let over = AtomicBool::new(false);
    let answered = AtomicU64::new(0);
    let lost = Mutex::new(Vec::new());
    let ask = |path: &str| {
        while !over.load(Ordering::Relaxed) {
            match request_to((&*address, 80), "app", path, "") {
                Ok((200, _)) => {
                    answered.fetch_add(1, Ordering::Relaxed);
                }
                other => lost.lock().unwrap().push(format!("{other:?}")),
            }
            thread::sleep(Duration::from_millis(5));
        }
    };
    thread::scope(|scope| {
        scope.spawn(|| ask("/"));
        scope.spawn(|| ask("/"));
        scope.spawn(|| ask("/sleep/2"));
        let result = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            for round in 0..7 {
                app.answers(&format!("round {round}")).json(&["deploy"]);
                app.json(&["rollback"]);
                app.json(&["rollback"]);
            }
            thread::sleep(Duration::from_secs(10));
        }));
        over.store(true, Ordering::Relaxed);
        if let Err(panic) = result {
            std::panic::resume_unwind(panic);
        }
    });
    let (lost, answered) = (lost.lock().unwrap(), answered.into_inner());
    assert!(
        lost.is_empty(),
        "{} of {answered} were lost: {:?}",
        lost.len(),
        &lost[..lost.len().min(5)]
    );
    assert!(answered > 1000, "only {answered} requests");
}
