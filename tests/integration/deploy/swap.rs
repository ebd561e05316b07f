//! Deploy, roll back, and what users see of it.

use crate::support::deployed::Deployed;

#[test]
fn a_version_comes_up_and_the_next_one_replaces_it() {
    let app = Deployed::new("");
    let first = app.json(&["deploy"]);
    assert_eq!(first["release"], 1);
    assert_eq!(first["status"], "live");
    assert_eq!(first["environment"], "local");
    assert_eq!(first["previous"], serde_json::Value::Null);
    assert_eq!(
        first["url"],
        format!("http://{}:{}", app.host(), app.port())
    );
    assert_eq!(app.answer(), "one");

    let second = app.answers("two").json(&["deploy"]);
    assert_eq!(
        (&second["release"], &second["previous"]),
        (&2.into(), &1.into())
    );
    assert_eq!(app.answer(), "two");

    // The first one's instance is kept for a fast way back.
    let states: Vec<String> = app.containers();
    assert_eq!(states.len(), 2, "{states:?}");
    assert!(states[0].ends_with(".1.web.1 paused"), "{states:?}");
    assert!(states[1].ends_with(".2.web.1 running"), "{states:?}");
}

#[test]
fn the_way_back_takes_image_and_configuration() {
    let app = Deployed::new("[env]\nCOLOR = \"green\"\n");
    app.json(&["deploy"]);
    app.app_toml("[env]\nCOLOR = \"blue\"\n");
    app.answers("two").json(&["deploy"]);
    assert_eq!(
        (app.answer(), app.get("/env/COLOR").1),
        ("two".into(), "blue\n".into())
    );

    let back = app.json(&["rollback"]);
    assert_eq!((&back["release"], &back["from"]), (&3.into(), &1.into()));
    assert_eq!(
        (app.answer(), app.get("/env/COLOR").1),
        ("one".into(), "green\n".into())
    );
    assert_eq!(app.containers().len(), 2, "no third instance was started");

    // And forth again: the newest that served and does not now.
    let forth = app.json(&["rollback"]);
    assert_eq!((&forth["release"], &forth["from"]), (&4.into(), &2.into()));
    assert_eq!(app.answer(), "two");

    let releases = app.json(&["releases"]);
    let statuses: Vec<(u64, &str)> = releases
        .as_array()
        .unwrap()
        .iter()
        .map(|row| {
            (
                row["release"].as_u64().unwrap(),
                row["status"].as_str().unwrap(),
            )
        })
        .collect();
    assert_eq!(statuses[0], (4, "live"));
    assert_eq!(statuses[1], (3, "previous"));
}

#[test]
fn what_serves_already_is_left_alone() {
    let app = Deployed::new("");
    app.json(&["deploy"]);
    let before = app.containers();
    let again = app.json(&["deploy"]);
    assert_eq!(
        (&again["status"], &again["release"]),
        (&"unchanged".into(), &1.into())
    );
    assert_eq!(app.containers(), before);
}

#[test]
fn a_plan_says_what_would_change_and_changes_nothing() {
    let app = Deployed::new("[env]\nCOLOR = \"green\"\n");
    let nothing = app.json(&["deploy", "--plan"]);
    assert_eq!(nothing["changes"], serde_json::Value::Null);
    app.json(&["deploy"]);
    let before = app.containers();
    assert_eq!(
        app.json(&["deploy", "--plan", "--exit-code"])["changes"],
        serde_json::json!([])
    );
    app.app_toml("[env]\nCOLOR = \"blue\"\n");
    let output = app
        .paas(&["deploy", "--plan", "--exit-code"])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(3));
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.contains("COLOR"), "{text}");
    assert_eq!(app.containers(), before);
}

#[test]
fn a_failed_deployment_shows_why_and_leaves_the_old_one_serving() {
    let app = Deployed::new("");
    app.json(&["deploy"]);
    let before = app.containers();
    app.app_toml("[health]\npath = \"/healthz\"\ngrace = \"1s\"\n");
    app.write("sick", "no database");
    let error = app.answers("two").fails(6, &["deploy"]);
    let text = error.to_string();
    assert!(
        text.contains("503") && text.contains("no database"),
        "{text}"
    );
    assert!(error["hints"].to_string().contains("#1 serves"), "{error}");
    assert_eq!(app.answer(), "one");
    assert_eq!(app.containers(), before);
    assert_eq!(app.json(&["releases"])[0]["status"], "failed");

    // The number is not used twice.
    app.git(&["rm", "--quiet", "sick"]);
    let next = app.answers("three").json(&["deploy"]);
    assert_eq!(next["release"], 3);
    assert_eq!(app.answer(), "three");
}

#[test]
fn a_rollback_to_a_release_whose_instances_are_gone_starts_them() {
    let app = Deployed::new("");
    for answer in ["one", "two", "three"] {
        app.answers(answer).json(&["deploy"]);
    }
    assert_eq!(
        app.containers().len(),
        2,
        "only the previous one's are kept"
    );
    let back = app.json(&["rollback", "1"]);
    assert_eq!((&back["release"], &back["from"]), (&4.into(), &1.into()));
    assert_eq!(app.answer(), "one");
}
