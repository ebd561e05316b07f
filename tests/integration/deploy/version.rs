//! Which version is deployed, and what is said before anything is done.

use serde_json::Value;

use crate::support::deployed::Deployed;
use crate::support::engine::{docker, lines};

fn images(app: &Deployed) -> usize {
    let label = format!("label=io.paas.app={}", app.name());
    lines(&docker(&["images", "--quiet", "--filter", &label])).len()
}

fn changed(plan: &Value, what: &str) -> bool {
    let changes = plan["changes"].as_array().expect("changes");
    changes.iter().any(|change| change["what"] == what)
}

#[test]
fn a_plan_builds_nothing_and_says_what_would_be_built() {
    let app = Deployed::new("");
    let plan = app.json(&["deploy", "--plan"]);
    assert_eq!(
        (&plan["missing"], &plan["live"]),
        (&true.into(), &Value::Null)
    );
    assert_eq!((images(&app), app.containers().len()), (0, 0));

    app.json(&["deploy"]);
    let plan = app.json(&["deploy", "--plan", "--exit-code"]);
    assert_eq!(plan["missing"], false, "{plan}");
    assert_eq!(plan["changes"], serde_json::json!([]), "{plan}");

    app.answers("two");
    let output = app.run(&["deploy", "--plan", "--exit-code"]);
    assert_eq!(output.status.code(), Some(3));
    let plan: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(plan["missing"], true, "{plan}");
    assert!(
        changed(&plan, "version") && changed(&plan, "image"),
        "{plan}"
    );
    assert_eq!(images(&app), 1);
    let said = app.paas(&["deploy", "--plan"]).output().unwrap();
    let said = String::from_utf8(said.stdout).unwrap();
    assert!(said.contains("would be built first"), "{said}");

    app.json(&["build"]);
    let plan = app.json(&["deploy", "--plan"]);
    assert_eq!(plan["missing"], false, "{plan}");
    assert!(changed(&plan, "image"), "{plan}");
    assert_eq!(app.answer(), "one");
}

#[test]
fn a_version_brings_the_configuration_of_its_commit() {
    let app = Deployed::new(
        "env = { COLOR = \"red\" }\n[hooks]\nbefore_deploy = { file = \"migrate.sh\" }\n",
    );
    app.write("migrate.sh", "test $COLOR = red\n");
    let first = app.answers("one").json(&["deploy"]);
    let first = first["version"].as_str().unwrap();
    app.app_toml(
        "env = { COLOR = \"blue\" }\n[processes.worker]\nscript = \"exec sleep 1000\"\n\
         [hooks]\nbefore_deploy = { file = \"migrate.sh\" }\n",
    );
    app.write("migrate.sh", "test $COLOR = blue\n");
    app.answers("two").json(&["deploy"]);
    assert_eq!(app.get("/env/COLOR").1.trim(), "blue");

    let plan = app.json(&["deploy", first, "--plan"]);
    let commit = plan["configuration"].as_str().unwrap();
    assert!(first.contains(&commit[..8]), "{plan}");
    assert!(changed(&plan, "env") && changed(&plan, "process"), "{plan}");

    let output = app.run(&["deploy", first]);
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{said}");
    assert!(said.contains("as it was with this version"), "{said}");
    assert_eq!(app.answer(), "one");
    assert_eq!(app.get("/env/COLOR").1.trim(), "red");
    let status = app.json(&["status"]);
    let processes = status["releases"][0]["processes"].as_object().unwrap();
    assert_eq!(processes.keys().collect::<Vec<_>>(), ["web"]);

    // What no commit holds is deployed with what is on disk.
    app.write("answer", "dirty");
    let dirty = app.json(&["build"]);
    let output = app.run(&["deploy", dirty["version"].as_str().unwrap()]);
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{said}");
    assert!(said.contains("today's app.toml counts"), "{said}");
    assert_eq!(app.get("/env/COLOR").1.trim(), "blue");
}
