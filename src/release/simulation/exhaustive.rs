//! Each fault at each step of each kind of command.

use super::{App, Ended, Engine, Fault, Request};
use crate::release::{Outcome, Step};

/// What was done before, and what is done under faults.
fn scenarios() -> Vec<(Vec<Request>, Request)> {
    let app = App::version;
    let full = |version| App {
        worker: Some(1),
        hook: true,
        ..app(version)
    };
    let volume = |version| App {
        volume: true,
        worker: Some(1),
        ..app(version)
    };
    let workers = |version| App {
        web: None,
        worker: Some(2),
        ..app(version)
    };
    let deploy = Request::Deploy;
    let tried = vec![deploy(app(1)), deploy(app(2)), Request::Canary(app(3), 1)];
    let back = vec![deploy(app(1)), deploy(app(2)), Request::Rollback];
    vec![
        (vec![], deploy(full(1))),
        (vec![], deploy(volume(1))),
        (vec![deploy(full(1))], deploy(full(2))),
        (vec![deploy(app(1)), deploy(full(2))], deploy(app(3))),
        (vec![deploy(volume(1))], deploy(volume(2))),
        (
            vec![deploy(volume(1)), deploy(volume(2))],
            Request::Rollback,
        ),
        (vec![deploy(app(1))], deploy(volume(2))),
        (vec![deploy(volume(1))], deploy(app(2))),
        (vec![deploy(workers(1))], deploy(workers(2))),
        (vec![deploy(app(1))], deploy(workers(2))),
        (vec![deploy(workers(1))], deploy(app(2))),
        (vec![deploy(full(1)), deploy(full(2))], Request::Rollback),
        (back.clone(), Request::Rollback),
        (back, deploy(app(3))),
        (
            vec![deploy(app(1)), deploy(app(2)), deploy(app(3))],
            Request::RollbackTo(1),
        ),
        (
            vec![deploy(app(1)), deploy(app(2))],
            Request::Canary(app(3), 1),
        ),
        (vec![deploy(full(1))], Request::Canary(full(2), 2)),
        (tried.clone(), Request::Continue),
        (tried, Request::Abort),
        (vec![deploy(app(1)), deploy(app(2))], Request::Scale(4)),
        (vec![deploy(app(1)), deploy(app(2))], Request::Scale(1)),
        (vec![deploy(app(1)), deploy(app(2))], Request::Scale(0)),
        (vec![deploy(volume(1))], Request::Scale(3)),
    ]
}

/// Versions from 1 that the release of the command may break in.
#[derive(Clone, Copy, Debug)]
enum Health {
    Good,
    Never,
    BreaksSoon,
}

#[test]
fn every_fault_at_every_step_leaves_what_the_next_command_mends() {
    let mut cases = 0;
    for (history, request) in scenarios() {
        for health in [Health::Good, Health::Never, Health::BreaksSoon] {
            let mut before = Engine::default();
            for earlier in &history {
                assert_eq!(before.run(earlier, &[]), Ended::Done, "{earlier:?}");
                before.check_settled();
            }
            let Some(version) = breaking(&request, health) else {
                continue;
            };
            match health {
                Health::Good => {}
                Health::Never => drop(before.never_healthy.insert(version)),
                Health::BreaksSoon => drop(before.breaks_soon.insert(version)),
            }
            // As many again to give up.
            let steps = before.plan(&request).steps().count() * 2;
            for at in 0..steps {
                for fault in Fault::KINDS {
                    let case = || try_fault(&before, &request, at, fault);
                    let held = std::panic::catch_unwind(std::panic::AssertUnwindSafe(case));
                    assert!(
                        held.is_ok(),
                        "{health:?}: {fault:?} at step {at} of {request:?} after {history:?}"
                    );
                    cases += 1;
                }
            }
        }
    }
    assert!(cases > 5000, "{cases} cases are too few");
}

/// The version that breaks, where the request brings one.
fn breaking(request: &Request, health: Health) -> Option<String> {
    match (request, health) {
        (_, Health::Good) => Some(String::new()),
        (Request::Deploy(app) | Request::Canary(app, _), _) => Some(format!("v{}", app.version)),
        _ => None,
    }
}

fn try_fault(before: &Engine, request: &Request, at: usize, fault: Fault) {
    let mut engine = before.clone();
    let steps: Vec<_> = before.plan(request).steps().cloned().collect();
    let ended = engine.run(request, &[(at, fault)]);
    check_outcome(before, &engine, &steps, (at, fault), ended);

    let mut settled = engine.clone();
    settled.settle();
    agree(before, &settled);
    assert_eq!(
        settled.run(request, &[]) == Ended::Failed,
        breaks(&settled, request)
    );
    settled.settle();

    // Without settling first.
    let next = Request::Deploy(App::version(9));
    if engine.observe().live.canary.is_some() {
        assert_eq!(engine.run(&Request::Abort, &[]), Ended::Done);
        engine.check_settled();
    }
    assert_eq!(
        engine.run(&next, &[]),
        Ended::Done,
        "{request:?} {at} {fault:?}"
    );
    engine.check_settled();
    let observed = engine.observe();
    let live = observed
        .live
        .release
        .and_then(|live| observed.release(live));
    assert_eq!(live.unwrap().image.version, "v9");
}

fn breaks(engine: &Engine, request: &Request) -> bool {
    match request {
        Request::Deploy(app) | Request::Canary(app, _) => {
            let version = format!("v{}", app.version);
            // What was killed under watch is taken for good.
            let observed = engine.observe();
            let live = observed
                .live
                .release
                .and_then(|live| observed.release(live));
            let canary = observed.live.canary.as_ref();
            let serves = live.is_some_and(|live| live.image.version == version) || canary.is_some();
            !serves
                && (engine.never_healthy.contains(&version)
                    || engine.breaks_soon.contains(&version))
        }
        _ => false,
    }
}

/// A step that failed before the release was accepted leaves what served.
fn check_outcome(
    before: &Engine,
    after: &Engine,
    steps: &[Step],
    (at, fault): (usize, Fault),
    ended: Ended,
) {
    let accepted = steps
        .iter()
        .position(|step| matches!(step, Step::Conclude { .. }));
    let deploys = steps.iter().any(|step| matches!(step, Step::Watch { .. }));
    let switched = accepted.or_else(|| {
        let watched = steps
            .iter()
            .position(|step| matches!(step, Step::Watch { .. }));
        watched.map(|at| at + 1)
    });
    let fails = matches!(fault, Fault::Fails | Fault::FailsAfterwards);
    let in_time = switched.is_some_and(|switched| at < switched);
    if deploys && fails && in_time {
        assert_eq!(ended, Ended::Failed);
        // A canary that fails when it is to serve alone is taken back whole.
        let (old, new) = (before.observe().live, after.observe().live);
        assert_eq!(
            (new.release, new.canary),
            (old.release, None),
            "{at} {fault:?}"
        );
    }
}

/// What serves and what is written down agree.
fn agree(before: &Engine, after: &Engine) {
    let (old, new) = (before.observe(), after.observe());
    for (number, record) in &new.releases {
        if old.releases.contains_key(number) {
            continue;
        }
        match record.outcome {
            Some(Outcome::Accepted) => assert_eq!(new.live.release, Some(*number)),
            Some(_) => assert_eq!(new.live.release, old.live.release),
            None => assert!(new.live.canary.is_some()),
        }
    }
}
