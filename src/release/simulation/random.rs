//! Random commands, one after the other, with faults in some of them.

use proptest::prelude::*;

use super::{App, Engine, Fault, Request};

fn apps() -> impl Strategy<Value = App> {
    let count = || prop_oneof![1 => Just(None), 5 => (0..4_u32).prop_map(Some)];
    let parts = (
        1..5_u32,
        count(),
        count(),
        prop::bool::weighted(0.2),
        any::<bool>(),
    );
    parts.prop_map(|(version, web, worker, volume, hook)| App {
        version,
        web,
        worker,
        volume,
        hook,
    })
}

fn requests() -> impl Strategy<Value = Request> {
    prop_oneof![
        6 => apps().prop_map(Request::Deploy),
        3 => (apps(), 1..3_u32).prop_map(|(app, count)| Request::Canary(app, count)),
        3 => Just(Request::Rollback),
        1 => (1..6_u64).prop_map(Request::RollbackTo),
        2 => Just(Request::Continue),
        1 => Just(Request::Abort),
        2 => (0..4_u32).prop_map(Request::Scale),
        1 => Just(Request::Settle),
    ]
}

fn faults() -> impl Strategy<Value = Vec<(usize, Fault)>> {
    let fault = prop_oneof![
        Just(Fault::Fails),
        Just(Fault::FailsAfterwards),
        Just(Fault::Killed),
        Just(Fault::KilledAfterwards),
        (0..6_usize).prop_map(Fault::Dies),
        (0..9_usize).prop_map(Fault::Vanishes),
        Just(Fault::EngineRestarts),
    ];
    prop::collection::vec((0..24_usize, fault), 0..3)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(2000) })]

    #[test]
    fn whatever_was_done_one_more_command_ends_it(
        commands in prop::collection::vec((requests(), faults(), any::<bool>()), 1..9),
        next in apps(),
    ) {
        let mut engine = Engine::default();
        for (request, faults, settles) in commands {
            engine.run(&request, &faults);
            if settles {
                engine.settle();
            }
        }
        let mut settled = engine.clone();
        settled.settle();
        engine.run(&Request::Abort, &[]);
        engine.run(&Request::Deploy(next.clone()), &[]);
        engine.check_settled();
        let observed = engine.observe();
        let live = observed.live.release.and_then(|live| observed.release(live));
        let version = live.map(|live| live.image.version.clone());
        prop_assert_eq!(version, Some(format!("v{}", next.version)));
    }
}
