//! `paas base` with the real binary, engine and registry: a team derives a base, builds, pushes and
//! pins it.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::Command;

use paas::config::Lock;
use serde_json::Value;

use crate::builder::bench::{docker, unique};
use crate::registry::server::{Options, Server};
use crate::support::Sandbox;

const REGISTRY: &str = "127.0.0.1:5000";
const DOCKERFILE: &str =
    "FROM {{ parent }}\nCOPY base/etc /etc\n{% include \"base/setup.Dockerfile.tera\" %}\n";

/// A team's base in `bases/<name>` of a repository, whose images are removed in the end.
struct Team {
    sandbox: Sandbox,
    name: String,
    /// A line of the only certificate that build steps are told to trust.
    marker: String,
}

impl Team {
    fn new(parent: &str, setup: &str) -> Self {
        let sandbox = Sandbox::new();
        let name = unique("paas-test-base");
        let authority = rcgen::generate_simple_self_signed(vec!["authority.test".into()]).unwrap();
        let pem = authority.cert.pem();
        let marker = pem.lines().nth(3).unwrap().to_owned();
        let folder = format!("bases/{name}");
        let toml = format!(
            "description = \"the team's own\"\nparent = \"{parent}\"\n[start]\nscript = \"exec true\"\n"
        );
        sandbox
            .write("ca.pem", pem)
            .write(format!("{folder}/base.toml"), toml)
            .write(format!("{folder}/Dockerfile.tera"), DOCKERFILE)
            .write(format!("{folder}/etc/team.conf"), "the very own\n")
            .write(format!("{folder}/setup.sh"), setup);
        Self {
            sandbox,
            name,
            marker,
        }
    }

    /// Standard output of a command that succeeds, as JSON.
    fn json(&self, arguments: &[&str]) -> Value {
        let arguments = [arguments, &["--json"]].concat();
        let output = self.paas(&arguments).output().unwrap();
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(0), "{arguments:?}: {stderr}");
        serde_json::from_slice(&output.stdout).unwrap()
    }

    fn paas(&self, arguments: &[&str]) -> assert_cmd::Command {
        let mut command = self.sandbox.paas(arguments);
        command.env("PAAS_CA_BUNDLE", self.sandbox.repo().join("ca.pem"));
        command
    }

    fn build(&self) -> Value {
        self.json(&["base", "build", &format!("bases/{}", self.name)])[0].take()
    }

    fn image(&self) -> String {
        format!("paas/{}", self.name)
    }

    fn row(&self) -> Value {
        let rows = self.json(&["base", "list"]);
        let mut rows = rows.as_array().unwrap().iter();
        rows.find(|row| row["name"] == *self.name).unwrap().clone()
    }

    fn pin(&self) -> paas::config::PinnedBase {
        let lock = Lock::load(&self.sandbox.repo().join("shop")).unwrap();
        let mut bases = lock.unwrap().bases;
        assert_eq!(bases.len(), 1);
        bases.remove(0)
    }
}

impl Drop for Team {
    fn drop(&mut self) {
        // The second pattern has any registry's name.
        for name in [self.image(), format!("*/{}", self.image())] {
            let images = docker(&["images", "--format={{.Repository}}:{{.Tag}}", &name]);
            for image in images.lines() {
                docker(&["image", "rm", "--force", image]);
            }
        }
    }
}

#[test]
fn a_team_derives_builds_pushes_and_pins_a_base() {
    let setup = "grep -q BEGIN \"$SSL_CERT_FILE\"\necho one >/team\n";
    let team = Team::new("debian", setup);
    let first = team.build();
    assert_eq!(first["unchanged"], false);
    let id = first["id"].as_str().unwrap();
    let by_content = format!("{}:{}", team.image(), &id["sha256:".len()..][..12]);
    let shown = docker(&[
        "run",
        "--rm",
        &by_content,
        "/bin/cat",
        "/team",
        "/etc/team.conf",
    ]);
    assert_eq!(shown, "one\nthe very own\n");
    let labels = docker(&["inspect", "--format={{json .Config.Labels}}", &by_content]);
    let labels: Value = serde_json::from_str(&labels).unwrap();
    let parent = docker(&["inspect", "--format={{.Id}}", "paas/debian:latest"]);
    assert_eq!(labels["io.paas.base"], *team.name);
    assert_eq!(labels["io.paas.base.parent"], parent.trim());
    assert_eq!(
        labels["org.opencontainers.image.description"],
        "the team's own"
    );

    let again = team.build();
    assert_eq!(
        (&again["unchanged"], &again["id"]),
        (&true.into(), &first["id"])
    );

    pin_follows(&team, id);
}

/// From the local image to a newer one, and from there to the registry's.
fn pin_follows(team: &Team, first: &str) {
    // How it starts is told by the base, whose folder the app doesn't know.
    let app = format!("name = \"shop\"\n[build]\nbase = \"{}\"\n", team.name);
    team.sandbox.write("shop/app.toml", app);
    let check = ["-C", "shop", "base", "update", "--check"];
    team.paas(&check).assert().code(3);
    assert!(!team.sandbox.repo().join("shop/app.lock").exists());
    let update = team.json(&["-C", "shop", "base", "update"]);
    assert_eq!(update["revision"], 1);
    assert_eq!(team.pin().digest.as_str(), first);
    assert_eq!(team.row()["behind"], serde_json::json!([]));

    team.sandbox
        .write(format!("bases/{}/setup.sh", team.name), "echo two >/team\n");
    let second = team.build();
    assert_eq!(second["unchanged"], false);
    assert_ne!(second["id"], first);
    assert_eq!(team.row()["behind"], serde_json::json!(["shop"]));
    assert_eq!(team.row()["image"]["id"], second["id"]);

    let pushed = team.json(&["base", "push", &team.name, "--registry", REGISTRY]);
    let in_registry = ["-C", "shop", "base", "update", "--registry", REGISTRY];
    let update = team.json(&in_registry);
    assert_eq!(
        (&update["previous_revision"], &update["revision"]),
        (&1.into(), &2.into())
    );
    let pin = team.pin();
    assert_eq!(pushed[0]["digest"], pin.digest.as_str());
    let repository = format!("{REGISTRY}/{}", team.image());
    assert_eq!(pin.repository.unwrap().as_str(), repository);
    assert_eq!(team.json(&in_registry)["changed"], false);
    assert_eq!(team.row()["behind"], serde_json::json!([]));
}

#[test]
fn a_pin_is_not_given_up_for_what_only_this_machine_has() {
    let team = Team::new("debian", "echo one >/team\n");
    team.build();
    let app = format!("name = \"shop\"\n[build]\nbase = \"{}\"\n", team.name);
    team.sandbox.write("shop/app.toml", app);
    let server = Server::start(&Options::default());
    let host = server.host();
    team.json(&["base", "push", &team.name, "--registry", &host]);
    let update = ["-C", "shop", "base", "update", "--registry", &host];
    team.json(&update);
    let repository = team.pin().repository.unwrap();
    assert_eq!(repository.as_str(), format!("{host}/{}", team.image()));
    let lock = || fs::read_to_string(team.sandbox.repo().join("shop/app.lock")).unwrap();
    let before = lock();
    drop(server);

    let away = format!("{repository} does not answer, and only this machine has");
    let mut command = team.paas(&update);
    let failed = command.assert().code(4).stdout("");
    failed.stderr(predicates::str::contains(away));
    assert_eq!(lock(), before);
}

#[test]
fn authorities_reach_the_steps_and_no_layer() {
    let setup =
        "keytool -list -keystore /run/paas/truststore.jks -storetype JKS -storepass changeit |
  grep -c trustedCertEntry >/trusted
java -XshowSettings:properties -version 2>&1 | grep -c trustStore=/run/paas >>/trusted
";
    let team = Team::new("java-runtime", setup);
    team.build();
    let image = format!("{}:latest", team.image());
    assert_eq!(
        docker(&["run", "--rm", &image, "/bin/cat", "/trusted"]),
        "1\n1\n"
    );
    // Layers are stored in there as they are: the file of the base's own is found.
    for (text, found) in [("the very own", "1\n"), (team.marker.as_str(), "0\n")] {
        let script = format!("/usr/bin/docker save {image} | grep -acF -e '{text}'");
        let output = Command::new("sh").args(["-c", &script]).output().unwrap();
        assert_eq!(String::from_utf8_lossy(&output.stdout), found, "{text}");
    }
}

/// mmdebstrap that fails after it has written a whole archive: two blocks of zeros end a tar.
const FAILING: &str = "#!/bin/sh\nhead -c 1024 /dev/zero\necho 'E: no such suite' >&2\nexit 25\n";

#[test]
fn a_bootstrap_that_fails_leaves_no_image() {
    let sandbox = Sandbox::new();
    let name = unique("paas-test-root");
    let toml = "description = \"x\"\n[bootstrap]\nsuite = \"gone\"\nsources = []\n";
    sandbox
        .write(format!("{name}/base.toml"), toml)
        .write(format!("{name}/Dockerfile.tera"), "FROM {{ parent }}\n")
        .write("bin/mmdebstrap", FAILING);
    let folder = format!("./{name}");
    let build = ["base", "build", &folder];
    let missing = predicates::str::contains("`apt-get install mmdebstrap`");
    let mut command = sandbox.paas(&build);
    command
        .env("PATH", "/nowhere")
        .assert()
        .code(4)
        .stderr(missing);

    let program = sandbox.repo().join("bin/mmdebstrap");
    fs::set_permissions(program, fs::Permissions::from_mode(0o755)).unwrap();
    let path = format!("{}:/usr/bin:/bin", sandbox.repo().join("bin").display());
    let failed = predicates::str::contains("error: mmdebstrap failed (exit status: 25)");
    let said = predicates::str::contains("E: no such suite");
    let mut command = sandbox.paas(&build);
    command
        .env("PATH", path)
        .assert()
        .code(4)
        .stderr(failed)
        .stderr(said);
    let images = docker(&["images", "--quiet", &format!("paas/{name}-bootstrap")]);
    assert_eq!(images, "");
}

#[test]
fn what_is_not_a_base_is_refused_before_the_engine_is_asked() {
    let sandbox = Sandbox::new();
    sandbox.write(
        "broken/base.toml",
        "description = \"x\"\nparent = \"debian\\nRUN id\"\n",
    );
    let no_engine = ["--docker-host", "unix:///nowhere.sock"];
    for (arguments, message) in [
        (&["base", "build", "pyton"][..], "did you mean `python`?"),
        (&["base", "build", "./gone"], "./gone can't be read"),
        (&["base", "build", "broken"], "broken/base.toml:2"),
        (&["base", "push", "python"], "no registry to push to"),
        (
            &["base", "push", "../x", "--registry", REGISTRY],
            "there is no base",
        ),
        (&["base", "update"], "no app.toml here or above"),
    ] {
        let arguments = [arguments, &no_engine].concat();
        let message = predicates::str::contains(message);
        sandbox
            .paas(&arguments)
            .assert()
            .code(2)
            .stdout("")
            .stderr(message);
    }
    let warning = predicates::str::contains("images are not shown");
    let listed = [&["base", "list"][..], &no_engine].concat();
    sandbox.paas(&listed).assert().code(0).stderr(warning);
}
