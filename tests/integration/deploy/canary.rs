//! One instance first.

use crate::support::deployed::Deployed;

fn two_instances() -> Deployed {
    let app = Deployed::new("");
    app.json(&["deploy"]);
    app.json(&["scale", "web=2"]);
    app.answers("two");
    app
}

/// How many of 40 answers are `two`.
fn share(app: &Deployed) -> usize {
    (0..40).filter(|_| app.answer() == "two").count()
}

#[test]
fn a_trial_gets_its_share_and_then_all() {
    let app = two_instances();
    let trial = app.json(&["deploy", "--canary", "web.2"]);
    assert_eq!(
        (&trial["status"], &trial["release"]),
        (&"canary".into(), &2.into())
    );
    let share = share(&app);
    assert!((8..=32).contains(&share), "{share} of 40");
    for _ in 0..5 {
        let on_purpose = app.get_with("/", "Paas-Release: canary\r\n");
        assert_eq!(on_purpose.1.trim(), "two");
        assert_eq!(
            app.get_with("/", "Paas-Release: stable\r\n").1.trim(),
            "one"
        );
    }
    let refused = app.fails(3, &["deploy"]);
    assert!(
        refused["hints"].to_string().contains("paas abort"),
        "{refused}"
    );

    let done = app.json(&["continue"]);
    assert_eq!(
        (&done["status"], &done["release"]),
        (&"live".into(), &2.into())
    );
    assert_eq!(self::share(&app), 40);
}

#[test]
fn an_aborted_trial_leaves_what_was() {
    let app = two_instances();
    app.json(&["deploy", "--canary", "web.1"]);
    let done = app.json(&["abort"]);
    assert_eq!(done["status"], "aborted");
    assert_eq!(share(&app), 0);
    let running = app.containers();
    assert_eq!(running.len(), 2, "{running:?}");
    assert!(
        running.iter().all(|line| line.ends_with("running")),
        "{running:?}"
    );
    assert_eq!(app.json(&["releases"])[0]["status"], "aborted");
    app.fails(3, &["continue"]);
}
