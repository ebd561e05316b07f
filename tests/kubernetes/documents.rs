//! Settings, maintenance, events.

use crate::app::App;
use crate::support::deployed::request_to;

#[test]
fn settings_count_from_the_next_deployment_on_and_a_rollback_brings_them_back() {
    let app = App::new("");
    app.json(&["deploy"]);
    app.paas(&["env", "set", "COLOUR=green"]).assert().success();
    assert_eq!(app.get("/env/COLOUR").1.trim(), "unset");
    app.json(&["deploy"]);
    app.comes_to_answer_on("/env/COLOUR", "green");
    app.json(&["rollback"]);
    app.comes_to_answer_on("/env/COLOUR", "unset");
    let events = app.json(&["events"]);
    let said = |what: &str| events.to_string().contains(what);
    assert!(said("as #2") && said("roll back to #1"), "{events}");
}

#[test]
fn maintenance_takes_visitors_away_and_deployments_go_on_behind_it() {
    let app = App::new("");
    app.json(&["deploy"]);
    assert_eq!(app.answer(), "one");
    app.paas(&["maintenance", "on"]).assert().success();
    let address = app.address();
    app.cluster.waits_for("visitors to be sent away", |_| {
        request_to((&*address, 80), "app", "/", "").is_err()
    });
    app.answers("two").json(&["deploy"]);
    assert!(request_to((&*address, 80), "app", "/", "").is_err());
    app.paas(&["maintenance", "off"]).assert().success();
    app.comes_to_answer("two");
}
