//! What releases were and are to people: history, way back, differences.

use super::{App, Ended, Engine, Fault, Request};
use crate::Kind;
use crate::release::{SecretRevision, Status, diff, expired, history, rollback, same_parameters};

fn history_of(engine: &Engine) -> String {
    let entries = history(&engine.observe(), |image| image.version != "v1");
    let lines = entries.iter().map(|entry| {
        let back = if entry.can_roll_back { " back" } else { "" };
        format!("{} {}{back}", entry.number, entry.status)
    });
    lines.collect::<Vec<_>>().join(", ")
}

#[test]
fn every_release_has_its_status() {
    let mut engine = Engine::default();
    for version in 1..4 {
        engine.run(&Request::Deploy(App::version(version)), &[]);
    }
    engine.never_healthy.insert("v4".into());
    let failed = engine.run(&Request::Deploy(App::version(4)), &[]);
    assert_eq!(failed, Ended::Failed);
    engine.run(&Request::Rollback, &[]);
    engine.run(&Request::Canary(App::version(6), 1), &[]);
    assert_eq!(
        history_of(&engine),
        "6 canary, 5 live, 4 failed, 3 previous back, 2 superseded, 1 superseded"
    );
    engine.run(&Request::Abort, &[]);
    engine.run(&Request::Deploy(App::version(7)), &[(2, Fault::Killed)]);
    assert!(
        history_of(&engine).starts_with("7 interrupted, 6 aborted, 5 live"),
        "{}",
        history_of(&engine)
    );
}

#[test]
fn a_rollback_takes_everything_over_and_a_second_one_undoes_it() {
    let mut engine = Engine::default();
    for version in 1..4 {
        engine.run(&Request::Deploy(App::version(version)), &[]);
    }
    let observed = engine.observe();
    let release = rollback(&observed, None, 7, "me").unwrap();
    assert_eq!(
        (release.number, release.from, release.created),
        (4, Some(2), 7)
    );
    assert!(same_parameters(&release, observed.release(2).unwrap()));
    engine.run(&Request::Rollback, &[]);
    assert_eq!(engine.observe().runs_as(4), 2);
    assert_eq!(engine.observe().previous(), Some(3));
    // As a cluster says whose documents were lost: the release that the instances carry is live.
    let mut rebuilt = engine.observe();
    rebuilt.live.release = Some(2);
    assert_eq!(rebuilt.previous(), Some(3));
}

#[test]
fn one_cannot_go_back_to_what_never_served() {
    let mut engine = Engine::default();
    engine.run(&Request::Deploy(App::version(1)), &[]);
    engine.never_healthy.insert("v2".into());
    engine.run(&Request::Deploy(App::version(2)), &[]);
    let observed = engine.observe();
    for (to, kind) in [
        (None, Kind::Refused),
        (Some(2), Kind::Refused),
        (Some(9), Kind::Usage),
    ] {
        let error = rollback(&observed, to, 0, "me").unwrap_err();
        assert_eq!(error.kind(), kind, "{to:?}: {error}");
    }
}

#[test]
fn a_rollback_with_other_parameters_has_instances_of_its_own() {
    let mut engine = Engine::default();
    engine.run(&Request::Deploy(App::version(1)), &[]);
    engine.run(&Request::Deploy(App::version(2)), &[]);
    let observed = engine.observe();
    let mut release = rollback(&observed, None, 0, "me").unwrap();
    assert_eq!(release.runs_as(&observed.releases), 1);
    release
        .secrets
        .insert("KEY".into(), SecretRevision("new".into()));
    assert_eq!(release.runs_as(&observed.releases), 3);
}

#[test]
fn differences_are_told_in_order_and_without_secrets() {
    let mut old = App::version(1).release(1);
    let mut new = App {
        web: Some(1),
        worker: Some(2),
        volume: true,
        hook: true,
        ..App::version(2)
    }
    .release(2);
    old.env = [("A", "1"), ("B", "x"), ("C", "same")]
        .map(|(name, value)| (name.into(), value.into()))
        .into();
    new.env = [("B", "y\nz"), ("C", "same"), ("D", "")]
        .map(|(name, value)| (name.into(), value.into()))
        .into();
    old.secrets = [("S".into(), SecretRevision("0123456789".into()))].into();
    new.secrets = [("S".into(), SecretRevision("abcdefghij".into()))].into();
    new.domains = vec!["shop.example".into()];
    let changes: Vec<_> = diff(&old, &new).iter().map(ToString::to_string).collect();
    assert_eq!(
        changes,
        [
            "~ version: v1 → v2",
            "~ image: sha256:1 → sha256:2",
            "~ process web: 2 instances → 1 instance",
            "+ process worker = 2 instances",
            "- env A = 1",
            "~ env B: x → y\\nz",
            "+ env D",
            "~ secret S: 01234567 → abcdefgh",
            "+ domain shop.example",
            "+ volume data = /data",
            "+ before_deploy = migrate",
        ]
    );
    assert_eq!(diff(&old, &old), []);
    let change = serde_json::to_value(&diff(&old, &new)[4]).unwrap();
    let expected = serde_json::json!({"what": "env", "name": "A", "before": "1", "after": null});
    assert_eq!(change, expected);
}

#[test]
fn another_version_of_the_same_content_runs_the_same() {
    let old = App::version(1).release(1);
    let mut new = App::version(2).release(2);
    new.image.id.clone_from(&old.image.id);
    assert!(same_parameters(&old, &new));
    assert_eq!(diff(&old, &new).len(), 1, "the version");
    new.port = 1;
    assert!(!same_parameters(&old, &new));
}

#[test]
fn statuses_are_words() {
    let text = serde_json::to_string(&Status::Previous).unwrap();
    assert_eq!(text, format!("\"{}\"", Status::Previous));
}

#[test]
fn old_records_expire_unless_something_needs_them() {
    let mut engine = Engine::default();
    for version in 1..6 {
        engine.run(&Request::Deploy(App::version(version)), &[]);
    }
    engine.never_healthy.insert("v6".into());
    for _ in 0..3 {
        let failed = engine.run(&Request::Deploy(App::version(6)), &[]);
        assert_eq!(failed, Ended::Failed);
    }
    let observed = engine.observe();
    assert_eq!(expired(&observed, 10), [].into());
    assert_eq!(expired(&observed, 3), [1, 2].into());
    // The way back and what serves stay, and the newest number is never given out again.
    assert_eq!(expired(&observed, 0), [1, 2, 3, 6, 7].into());
    engine.run(&Request::RollbackTo(1), &[]);
    let observed = engine.observe();
    assert_eq!(observed.release(9).unwrap().from, Some(1));
    assert_eq!(expired(&observed, 1), [2, 3, 4, 6, 7].into());
    // Back and forth: the records don't grow with the number of rollbacks.
    for _ in 0..6 {
        engine.run(&Request::Rollback, &[]);
    }
    let observed = engine.observe();
    let left = observed.releases.len() - expired(&observed, 1).len();
    assert!(left <= 5, "{left}");
    assert_eq!(observed.runs_as(observed.live.release.unwrap()), 1);
}
