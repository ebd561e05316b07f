//! An app is taken off.

use crate::support::deployed::Deployed;
use crate::support::engine::{docker, lines};

const VOLUME: &str = "[[volumes]]\nname = \"data\"\npath = \"/data\"\n";

fn volumes(app: &Deployed) -> Vec<String> {
    let label = format!("label=io.paas.cluster={}", app.cluster());
    let all = docker(&["volume", "ls", "--quiet", "--filter", &label]);
    let all = lines(&all).into_iter();
    all.filter(|name| !name.ends_with("-ingress")).collect()
}

#[test]
fn all_of_it_goes_and_the_neighbour_and_the_volumes_stay() {
    let app = Deployed::new(VOLUME);
    let neighbour = app.beside("");
    app.paas(&["secret", "set", "TOKEN"])
        .write_stdin("canary-71f0")
        .assert()
        .success();
    app.json(&["env", "set", "COLOR=red"]);
    app.json(&["deploy"]);
    app.answers("two").json(&["deploy"]);
    neighbour.json(&["deploy"]);
    app.paas(&["exec", "web.1", "--", "sh", "-c", "echo kept > /data/file"])
        .assert()
        .success();

    let gone = app.json(&["remove"]);
    assert_eq!(gone["instances"], 2, "{gone}");
    assert_eq!(gone["kept_volumes"], serde_json::json!(["data"]));
    assert_eq!(app.get("/").0, 404);
    assert_eq!(neighbour.answer(), "one");
    assert_eq!(app.containers().len(), 1, "{:?}", app.containers());
    assert_eq!(app.json(&["releases"]), serde_json::json!([]));
    assert_eq!(app.json(&["env"]), serde_json::json!({}));
    assert_eq!(app.json(&["secret"]), serde_json::json!([]));
    let events = app.json(&["events"]);
    let last = events.as_array().unwrap().last().unwrap();
    assert_eq!(last["what"], "remove", "who removed what is still known");
    let kept = [
        "exec",
        &app.ingress(),
        "sh",
        "-c",
        "grep -rl canary-71f0 /var/lib/paas || true",
    ];
    assert_eq!(docker(&kept), "", "a secret's value is left");
    // Once more is fine.
    assert_eq!(app.json(&["remove"])["instances"], 0);

    // A new life begins at 1, with what was in the volume.
    assert_eq!(app.json(&["deploy"])["release"], 1);
    let file = app
        .paas(&["exec", "web.1", "--", "cat", "/data/file"])
        .output()
        .unwrap();
    assert_eq!(file.stdout, b"kept\n");
    let refused = app.fails(3, &["remove", "--volumes"]);
    assert!(refused.to_string().contains("--confirm"), "{refused}");
    assert_eq!(volumes(&app).len(), 1);
    let gone = app.json(&["remove", "--volumes", "--confirm", app.name()]);
    assert_eq!(gone["volumes"], serde_json::json!(["data"]));
    assert_eq!(volumes(&app), [""; 0]);
}

#[test]
fn it_works_where_only_the_volume_or_the_instances_are_left() {
    let app = Deployed::new("");
    app.json(&["deploy"]);
    docker(&["rm", "--force", &app.ingress()]);
    assert_eq!(app.json(&["remove"])["instances"], 1);
    assert_eq!(app.containers(), [""; 0]);
    assert_eq!(app.json(&["releases"]), serde_json::json!([]));

    app.json(&["deploy"]);
    docker(&["rm", "--force", &app.ingress()]);
    docker(&["volume", "rm", "--force", &app.ingress()]);
    assert_eq!(app.json(&["remove"])["instances"], 1);
    assert_eq!(app.containers(), [""; 0]);
}

#[test]
fn nothing_is_made_only_to_find_that_there_is_nothing() {
    let app = Deployed::new("secrets = [\"TOKEN\"]\n");
    assert_eq!(app.json(&["remove"])["instances"], 0);
    for arguments in [
        &["rollback"][..],
        &["scale", "web=2"],
        &["continue"],
        &["abort"],
        &["maintenance", "on"],
    ] {
        let error = app.fails(3, arguments);
        assert!(
            error.to_string().contains("nothing was deployed yet"),
            "{error}"
        );
    }
    app.fails(2, &["deploy"]);
    let logs = app.paas(&["logs"]).output().unwrap();
    assert_eq!(logs.status.code(), Some(0));
    let said = String::from_utf8_lossy(&logs.stderr);
    assert!(said.contains("nothing of"), "{said}");
    let label = format!("label=io.paas.cluster={}", app.cluster());
    for what in [&["ps", "--all"][..], &["volume", "ls"], &["network", "ls"]] {
        let list = [what, &["--quiet", "--filter", &label]].concat();
        assert_eq!(docker(&list), "", "{what:?}");
    }
}

#[test]
fn a_protected_environment_asks_for_the_name() {
    let app = Deployed::new("protected = true\n");
    app.json(&["build"]);
    app.commit("with app.lock");
    app.json(&["deploy"]);
    for arguments in [&["remove"][..], &["remove", "--confirm", "shop"]] {
        let error = app.fails(3, arguments);
        assert!(error.to_string().contains("protected"), "{error}");
    }
    let (status, said) = app.in_a_terminal("remove", "to go on", "shop\\r");
    assert_eq!(status, 3, "{said}");
    assert_eq!(app.answer(), "one");
    let typed = format!("{}\\r", app.name());
    let (status, said) = app.in_a_terminal("scale web=0", "to go on", &typed);
    assert_eq!(status, 0, "{said}");
    assert_eq!(app.containers(), [""; 0]);
    let (status, said) = app.in_a_terminal("remove", "to go on", &typed);
    assert_eq!(status, 0, "{said}");
    assert_eq!(app.json(&["releases"]), serde_json::json!([]));
}
