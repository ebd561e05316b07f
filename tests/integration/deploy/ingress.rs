//! The ingress itself: restarted, killed, and without room for its state.

use std::process::Command;
use std::time::{Duration, Instant};

use crate::support::deployed::{Deployed, request};
use crate::support::engine::docker;

fn restart_policy(container: &str) -> String {
    let format = "{{.HostConfig.RestartPolicy.Name}}";
    docker(&["inspect", "--format", format, container])
        .trim()
        .to_owned()
}

/// Waits until the app answers: how long that took.
fn back_within(app: &Deployed, patience: Duration) -> Duration {
    let begun = Instant::now();
    while begun.elapsed() < patience {
        if let Ok((200, _)) = request(app.port(), &app.host(), "/", "") {
            return begun.elapsed();
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    panic!("no answer within {patience:?}");
}

#[test]
fn an_engine_that_starts_again_runs_what_serves_and_nothing_else() {
    let app = Deployed::new("[processes.worker]\nscript = \"exec sleep 1000\"\n");
    app.json(&["deploy"]);
    app.answers("two").json(&["deploy"]);
    for (instance, policy) in [
        ("1.web.1", "no"),
        ("1.worker.1", "no"),
        ("2.web.1", "unless-stopped"),
        ("2.worker.1", "unless-stopped"),
    ] {
        assert_eq!(
            restart_policy(&app.container(instance)),
            policy,
            "{instance}"
        );
    }
    assert_eq!(restart_policy(&app.ingress()), "always");
    app.json(&["rollback"]);
    assert_eq!(restart_policy(&app.container("1.web.1")), "unless-stopped");
    assert_eq!(restart_policy(&app.container("2.web.1")), "no");
}

#[test]
fn an_instance_has_its_address_again_after_a_restart() {
    let app = Deployed::new("");
    app.json(&["deploy"]);
    docker(&["restart", "--time", "5", &app.container("1.web.1")]);
    back_within(&app, Duration::from_secs(5));
    docker(&["stop", "--time", "5", &app.container("1.web.1")]);
    docker(&["start", &app.container("1.web.1")]);
    back_within(&app, Duration::from_secs(5));
}

#[test]
fn an_ingress_that_is_restarted_has_its_routes_by_itself() {
    let app = Deployed::new("");
    app.json(&["deploy"]);
    docker(&["restart", "--time", "5", &app.ingress()]);
    back_within(&app, Duration::from_secs(5));

    let format = "{{.State.Pid}}";
    let pid = docker(&["inspect", "--format", format, &app.ingress()]);
    let killed = Command::new("kill").args(["-KILL", pid.trim()]).status();
    assert!(killed.unwrap().success());
    back_within(&app, Duration::from_secs(10));

    // To the engine this is a stop that somebody wanted: the next command starts it.
    docker(&["kill", &app.ingress()]);
    assert_eq!(app.answers("two").json(&["deploy"])["status"], "live");
    assert_eq!(app.answer(), "two");
}

/// Makes the ingress's volume as large as `size` before anybody else does.
fn small_state(app: &Deployed, size: &str) {
    let label = format!("io.paas.cluster={}", app.cluster());
    let options = format!("o=size={size},uid=10001,gid=10001,mode=0700");
    docker(&[
        "volume",
        "create",
        "--driver",
        "local",
        "--opt",
        "type=tmpfs",
        "--opt",
        "device=tmpfs",
        "--opt",
        &options,
        "--label",
        &label,
        &app.ingress(),
    ]);
}

/// Leaves room for so many small files.
fn leave_room(app: &Deployed, files: usize) {
    let script = format!(
        "cd /var/lib/paas; cat /dev/zero > fill 2>/dev/null; \
         truncate -s $(($(stat -c %s fill) - {files} * 4096)) fill"
    );
    docker(&["exec", &app.ingress(), "sh", "-c", &script]);
}

fn free_room(app: &Deployed) {
    docker(&["exec", &app.ingress(), "rm", "/var/lib/paas/fill"]);
}

#[test]
fn a_full_disk_at_any_step_stops_a_deployment_and_nothing_else() {
    let app = Deployed::new("");
    small_state(&app, "512k");
    app.json(&["deploy"]);
    let mut old = "one".to_owned();
    for files in 0..5 {
        let new = format!("with room for {files}");
        app.answers(&new);
        leave_room(&app, files);
        let output = app.run(&["deploy"]);
        let said = String::from_utf8_lossy(&output.stderr);
        let answer = app.answer();
        match output.status.code() {
            Some(0) => assert_eq!(answer, new, "{said}"),
            Some(4) => {
                assert!(said.contains("the disk of the ingress is full"), "{said}");
                assert!(answer == old || answer == new, "{answer}: {said}");
            }
            code => panic!("room for {files}: exit {code:?}: {said}"),
        }
        if files == 0 {
            assert_eq!(output.status.code(), Some(4), "{said}");
            assert_eq!(answer, old);
        }
        free_room(&app);
        super::faults::converges(&app, &[&old, &new], &format!("with room for {files}"));
        old = new;
    }
}

/// What `paas cluster check` says of all that is not well.
fn problems(app: &Deployed, code: i32) -> Vec<(String, String)> {
    let output = app.run(&["cluster", "check", app.cluster()]);
    let said = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(code), "{said}");
    let findings: Vec<serde_json::Value> = serde_json::from_str(&said).expect("JSON");
    for part in ["Docker Engine", "memory", "disk", "network", "ingress"] {
        let mut looked = findings
            .iter()
            .filter_map(|finding| finding["what"].as_str());
        assert!(looked.any(|what| what.starts_with(part)), "{part}: {said}");
    }
    let unwell = findings.iter().filter_map(|finding| {
        let problem = finding["problem"].as_str()?.to_owned();
        Some((finding["what"].as_str()?.to_owned(), problem))
    });
    unwell.collect()
}

#[test]
fn a_check_says_what_is_wrong() {
    let app = Deployed::new("");
    assert_eq!(problems(&app, 0), []);
    let taken = std::net::TcpListener::bind(("0.0.0.0", app.port())).unwrap();
    let found = problems(&app, 4);
    assert!(found[0].1.contains("held by another program"), "{found:?}");
    drop(taken);
    app.json(&["deploy"]);
    assert_eq!(problems(&app, 0), []);
    docker(&["stop", "--time", "5", &app.ingress()]);
    let found = problems(&app, 4);
    assert!(found[0].1.contains("does not run"), "{found:?}");
    app.json(&["deploy"]);
    assert_eq!(problems(&app, 0), []);
    let other = format!("[{}]\nengine = \"docker\"\nhttp_port = 1\n", app.cluster());
    app.write("../home/.config/paas/clusters.toml", other);
    let found = problems(&app, 4);
    assert!(found[0].1.contains("other ports"), "{found:?}");
}
