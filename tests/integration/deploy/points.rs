//! Commands that die at each request by which they change something.

use std::collections::BTreeSet;

use super::faults::converges;
use super::kills::{lease_is_free, no_orphans};
use crate::support::deployed::Deployed;
use crate::support::tap::{Moment, Tap};

/// Something new to do, so that each command has the same requests.
fn change(app: &Deployed, arguments: &[&str], number: usize) {
    match arguments[0] {
        "deploy" => {
            app.answers(&format!("answer {number}"));
        }
        "scale" => {
            app.json(&["scale", "web=1"]);
        }
        _ => {}
    }
}

/// Kills the command at each of its changing requests, before it is sent or before it is answered in
/// turns; the next commands find one release that serves, and no leftovers.
fn dies_at_each(arguments: &[&str]) {
    let tap = Tap::new();
    let mut app = Deployed::new("");
    app.json(&["deploy"]);
    app.answers("two").json(&["deploy"]);
    app.through(&tap.address());
    change(&app, arguments, 0);
    tap.seen();
    app.json(arguments);
    let points = tap.seen();
    let named: BTreeSet<&String> = points.iter().collect();
    assert!(named.len() >= 5, "{named:?}");
    let mut survived = 0;
    for (number, point) in points.iter().enumerate() {
        let moment = if number % 2 == 0 {
            Moment::Before
        } else {
            Moment::After
        };
        let what = format!("{arguments:?} killed at {number}, {point}, {moment:?}");
        change(&app, arguments, number + 1);
        let before = app.answer();
        let mut running = app.spawn(arguments);
        tap.doom(number, moment, running.id());
        let ended = running.wait().unwrap();
        tap.spare();
        // It may have had to ask less than the first time.
        survived += usize::from(ended.code().is_some());
        let wanted = std::fs::read_to_string(app.repo().join("answer")).unwrap();
        lease_is_free(&app, &what);
        let (status, now) = app.get("/");
        assert_eq!(status, 200, "{what}: {now}; before: {before}");
        converges(&app, &[now.trim(), &wanted], &what);
        no_orphans(&app, &what);
    }
    assert!(
        survived <= 1.max(points.len() / 10),
        "{survived} of {points:?}"
    );
}

#[test]
fn a_deployment_may_die_at_each_request() {
    dies_at_each(&["deploy"]);
}

#[test]
fn a_rollback_may_die_at_each_request() {
    dies_at_each(&["rollback"]);
}

#[test]
fn scaling_may_die_at_each_request() {
    dies_at_each(&["scale", "web=2"]);
}
