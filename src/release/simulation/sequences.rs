//! The order of steps, read by people.

use super::run::text;
use super::{App, Ended, Engine, Request};
use crate::Kind;
use crate::release::{Intent, Outcome, Plan, plan};

fn one(version: u32) -> App {
    App {
        web: Some(1),
        ..App::version(version)
    }
}

fn after(requests: &[Request]) -> Engine {
    let mut engine = Engine::default();
    for request in requests {
        assert_eq!(engine.run(request, &[]), Ended::Done);
        engine.check_settled();
    }
    engine
}

#[track_caller]
fn check(engine: &Engine, request: &Request, expected: &str) {
    assert_eq!(text(&engine.plan(request)), expected);
}

#[test]
fn first_deployment() {
    let app = App {
        hook: true,
        worker: Some(1),
        ..one(1)
    };
    check(
        &Engine::default(),
        &Request::Deploy(app),
        "fetch 1 | record 1 | hook 1 | start 1 web.1, start 1 worker.1 | await 1 web.1, await 1 worker.1 \
         | switch 1 | watch 1 | accept 1",
    );
}

#[test]
fn third_deployment() {
    let worker = |version| App {
        worker: Some(1),
        ..one(version)
    };
    let engine = after(&[Request::Deploy(worker(1)), Request::Deploy(worker(2))]);
    check(
        &engine,
        &Request::Deploy(worker(3)),
        "fetch 3 | record 3 | start 3 web.1, start 3 worker.1 | await 3 web.1, await 3 worker.1 | switch 3 \
         | watch 3 | accept 3 | drain 2 web.1 \
         | remove 1 web.1, remove 1 worker.1, pause 2 web.1, stop 2 worker.1",
    );
}

#[test]
fn rollback_is_a_matter_of_traffic() {
    let hooked = |version| App {
        hook: true,
        ..one(version)
    };
    let mut engine = after(&[Request::Deploy(hooked(1)), Request::Deploy(hooked(2))]);
    check(
        &engine,
        &Request::Rollback,
        "fetch 3 | record 3 | start 1 web.1 | await 1 web.1 | switch 3 | watch 3 | accept 3 \
         | drain 2 web.1 | pause 2 web.1",
    );
    engine.run(&Request::Rollback, &[]);
    // A rollback of the rollback, and one to a rollback.
    check(
        &engine,
        &Request::Rollback,
        "fetch 4 | record 4 | start 2 web.1 | await 2 web.1 | switch 4 | watch 4 | accept 4 \
         | drain 1 web.1 | pause 1 web.1",
    );
    engine.run(&Request::Rollback, &[]);
    check(
        &engine,
        &Request::RollbackTo(3),
        "fetch 5 | record 5 | start 1 web.1 | await 1 web.1 | switch 5 | watch 5 | accept 5 \
         | drain 2 web.1 | pause 2 web.1",
    );
    assert_eq!(engine.hooks(), [1, 2]);
    engine.settle();
}

#[test]
fn releases_with_a_volume_take_turns() {
    let app = |version| App {
        volume: true,
        worker: Some(1),
        ..one(version)
    };
    let mut engine = after(&[Request::Deploy(app(1))]);
    check(
        &engine,
        &Request::Deploy(app(2)),
        "fetch 2 | record 2 | hold | drain 1 web.1 | stop 1 web.1, stop 1 worker.1 \
         | start 2 web.1, start 2 worker.1 | await 2 web.1, await 2 worker.1 | switch 2 | watch 2 | accept 2",
    );
    engine.breaks_soon.insert("v2".into());
    let plan = plan_to_give_up(&mut engine, &Request::Deploy(app(2)), "watch 2");
    assert_eq!(
        text(&plan),
        "hold | drain 2 web.1 | stop 2 web.1, stop 2 worker.1 | start 1 web.1, start 1 worker.1 \
         | await 1 web.1, await 1 worker.1 | switch 1 | fail 2 | remove 2 web.1, remove 2 worker.1"
    );
}

#[test]
fn what_fails_under_watch_goes_back_at_once() {
    let mut engine = after(&[Request::Deploy(one(1))]);
    let plan = plan_to_give_up(&mut engine, &Request::Deploy(one(2)), "watch 2");
    assert_eq!(
        text(&plan),
        "switch 1 | fail 2 | drain 2 web.1 | remove 2 web.1"
    );
}

/// Carries `request` out up to the step `until`.
fn plan_to_give_up(engine: &mut Engine, request: &Request, until: &str) -> Plan {
    let release = engine.observe().next_number();
    for step in engine.plan(request).steps() {
        let stage = Plan {
            stages: vec![vec![step.clone()]],
        };
        if text(&stage) == until {
            break;
        }
        engine.carry_out(step).unwrap();
    }
    let reason = Outcome::Failed("unhealthy".into());
    plan(&engine.observe(), &Intent::GiveUp { release, reason }).unwrap()
}

#[test]
fn canary() {
    let mut engine = after(&[Request::Deploy(App::version(1))]);
    let canary = Request::Canary(App::version(2), 1);
    check(
        &engine,
        &canary,
        "fetch 2 | record 2 | start 2 web.1 | await 2 web.1 | switch 1+2 | watch 2 | drain 1 web.1 \
         | pause 1 web.1",
    );
    engine.run(&canary, &[]);
    engine.check_settled();
    check(
        &engine,
        &Request::Continue,
        "start 2 web.2 | await 2 web.1, await 2 web.2 | switch 2 | watch 2 | accept 2 | drain 1 web.2 \
         | pause 1 web.2",
    );
    check(
        &engine,
        &Request::Abort,
        "start 1 web.1 | await 1 web.1 | switch 1 | abort 2 | drain 2 web.1 | remove 2 web.1",
    );
}

#[test]
fn scale() {
    let mut engine = after(&[Request::Deploy(App::version(1))]);
    check(
        &engine,
        &Request::Scale(3),
        "start 1 web.3 | await 1 web.3 | switch 1",
    );
    engine.run(&Request::Scale(3), &[]);
    check(&engine, &Request::Scale(3), "");
    check(
        &engine,
        &Request::Scale(1),
        "switch 1 | drain 1 web.2, drain 1 web.3 | remove 1 web.2, remove 1 web.3",
    );
    engine.run(&Request::Deploy(App::version(2)), &[]);
    let serving = engine.observe().serving(&engine.observe().live);
    assert_eq!(serving.len(), 3, "the count stays over deployments");
    engine.run(&Request::Scale(2), &[]);
    assert!(engine.observe().live.replicas.is_empty());
    engine.settle();
}

#[test]
fn the_same_again_is_nothing_to_do() {
    let engine = after(&[Request::Deploy(one(1))]);
    check(&engine, &Request::Deploy(one(1)), "");
    check(&engine, &Request::RollbackTo(1), "");
    check(&engine, &Request::Settle, "");
}

#[test]
fn an_instance_removed_behind_our_back_is_back_after_the_next_command() {
    let mut engine = after(&[Request::Deploy(one(1))]);
    engine.suffer(super::Fault::Vanishes(0));
    check(
        &engine,
        &Request::Deploy(one(1)),
        "start 1 web.1 | await 1 web.1 | switch 1",
    );
}

#[test]
fn what_cannot_be_done_now_is_refused() {
    let deployed = after(&[Request::Deploy(App::version(1))]);
    let mut on_trial = deployed.clone();
    on_trial.run(&Request::Canary(App::version(2), 1), &[]);
    let volume = App {
        volume: true,
        ..App::version(3)
    };
    for (engine, request, kind) in [
        (&on_trial, Request::Deploy(App::version(3)), Kind::Refused),
        (
            &on_trial,
            Request::Canary(App::version(3), 1),
            Kind::Refused,
        ),
        (&on_trial, Request::Scale(3), Kind::Refused),
        (&deployed, Request::Continue, Kind::Refused),
        (&deployed, Request::Abort, Kind::Refused),
        (&deployed, Request::Canary(volume, 1), Kind::Refused),
        (&deployed, Request::Canary(App::version(2), 3), Kind::Usage),
        (&deployed, Request::Canary(App::version(2), 0), Kind::Usage),
        (
            &Engine::default(),
            Request::Canary(App::version(2), 1),
            Kind::Refused,
        ),
        (&Engine::default(), Request::Scale(3), Kind::Refused),
    ] {
        let observed = engine.observe();
        let intent = request.intent(&observed).unwrap();
        let error = plan(&observed, &intent).unwrap_err();
        assert_eq!(error.kind(), kind, "{request:?}: {error}");
        assert!(!error.hints().is_empty() || kind == Kind::Usage);
    }
}

#[test]
fn nothing_is_taken_away_when_the_live_record_is_lost() {
    let mut observed = after(&[Request::Deploy(one(1))]).observe();
    observed.releases.clear();
    let error = plan(&observed, &Intent::Settle).unwrap_err();
    assert_eq!(error.kind(), Kind::Unexpected);
}
