//! An app that is deployed to a namespace of its own.

use std::io::{BufRead as _, BufReader};
use std::ops::Deref;
use std::process::{Child, Command, Output, Stdio};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use k8s_openapi::api::core::v1::Service;
use serde_json::Value;

use crate::cluster::{Cluster, kubeconfig};
use crate::support::Sandbox;
use crate::support::app::{Built, error};
use crate::support::deployed::{SERVER, request_to};
use crate::support::engine::{remove_app, unique};

/// A repository with an app.
pub struct App {
    sandbox: Sandbox,
    name: String,
    pub cluster: Arc<Cluster>,
}

impl App {
    /// An app that answers `one`, with these tables in `app.toml`.
    pub fn new(tables: &str) -> Self {
        let app = Self {
            sandbox: Sandbox::new(),
            name: unique("paas-test"),
            cluster: Arc::new(Cluster::new()),
        };
        app.write("server.py", SERVER);
        app.options("");
        app.app_toml(tables);
        app.answers("one");
        app
    }

    /// The same app on another machine.
    pub fn beside(other: &Self) -> Self {
        let app = Self {
            sandbox: Sandbox::new(),
            name: other.name.clone(),
            cluster: Arc::clone(&other.cluster),
        };
        app.write("server.py", SERVER);
        app.options("");
        app.app_toml("");
        app
    }

    /// Has the cluster's definition say this as well.
    pub fn options(&self, options: &str) {
        let text = format!(
            "[kube]\nengine = \"kubernetes\"\n[kube.kubernetes]\nkubeconfig = \"{}\"\n\
             namespace = {:?}\nlocal_images = true\nunroute_seconds = 3\n{options}\n",
            kubeconfig().display(),
            self.cluster.namespace()
        );
        self.write("../home/.config/paas/clusters.toml", text);
    }

    /// Has the cluster reached by this kubeconfig.
    pub fn reached_by(&self, text: &str) {
        let own = self.home().join("kubeconfig");
        std::fs::write(&own, text).unwrap();
        let definition = self.home().join(".config/paas/clusters.toml");
        let text = std::fs::read_to_string(&definition).unwrap();
        let (all, own) = (
            kubeconfig().display().to_string(),
            own.display().to_string(),
        );
        let text = text.replace(&all, &own);
        std::fs::write(&definition, text).unwrap();
    }

    /// Has the cluster reached by somebody who may do nothing there.
    pub fn as_nobody(&self) {
        let nobody = kubeconfig().with_file_name("kubeconfig-nobody");
        self.reached_by(&std::fs::read_to_string(nobody).unwrap());
    }

    /// Writes `app.toml` with these tables at its end.
    pub fn app_toml(&self, tables: &str) {
        let health = if tables.contains("[health]") {
            ""
        } else {
            "[health]\npath = \"/healthz\"\ngrace = \"20s\"\n"
        };
        let environment = if tables.contains("[environments.") {
            ""
        } else {
            "[environments.local]\ncluster = \"kube\"\n"
        };
        let text = format!(
            "name = \"{}\"\n[build]\nbase = \"python\"\n\
             [start]\nscript = \"exec python server.py\"\nstop_timeout = \"5s\"\n\
             {environment}{health}{tables}\n",
            self.name
        );
        self.write("app.toml", text);
    }

    /// Commits that the app answers so from its next deployment on.
    pub fn answers(&self, text: &str) -> &Self {
        self.write("answer", text).commit(text);
        self
    }

    /// Its name in `app.toml`.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Runs with `--json --progress json`.
    pub fn run(&self, arguments: &[&str]) -> Output {
        let all = [arguments, &["--json", "--progress", "json"]].concat();
        self.paas(&all).output().expect("paas")
    }

    /// The document of a command that succeeds.
    pub fn json(&self, arguments: &[&str]) -> Value {
        Built::of(&self.run(arguments)).document
    }

    /// The error event of a command that must exit with `code`.
    pub fn fails(&self, code: i32, arguments: &[&str]) -> Value {
        error(&self.run(arguments), code)
    }

    /// Starts a command that the caller ends, with plain progress.
    pub fn spawn(&self, arguments: &[&str]) -> Child {
        let mut command = self.sandbox.clean(Command::new(env!("CARGO_BIN_EXE_paas")));
        command
            .args(arguments)
            .args(["--progress", "plain"])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command.spawn().expect("paas")
    }

    /// The cluster's address of its Service.
    pub fn address(&self) -> String {
        let services = self.cluster.list::<Service>("");
        let service = services.first().expect("a Service");
        let spec = service.spec.clone().expect("a spec");
        spec.cluster_ip.expect("an address")
    }

    /// What it answers on `path`, tried for a moment: nodes learn of a change within a second or so. Until they know
    /// the address, somebody else may answer there, with 404.
    pub fn get(&self, path: &str) -> (u16, String) {
        let address = self.address();
        let mut last = None;
        for _ in 0..25 {
            match request_to((&*address, 80), "app", path, "") {
                Ok(answer) if answer.0 != 404 => return answer,
                other => last = Some(other),
            }
            thread::sleep(Duration::from_millis(200));
        }
        panic!("GET {path}: {last:?}")
    }

    /// The body that it answers with `/`.
    pub fn answer(&self) -> String {
        let (status, body) = self.get("/");
        assert_eq!(status, 200, "{body}");
        body.trim().to_owned()
    }

    /// It answers so once nodes know.
    pub fn comes_to_answer(&self, text: &str) {
        self.comes_to_answer_on("/", text);
    }

    /// The same on another path.
    pub fn comes_to_answer_on(&self, path: &str, text: &str) {
        for _ in 0..25 {
            if self.get(path).1.trim() == text {
                return;
            }
            thread::sleep(Duration::from_millis(200));
        }
        assert_eq!(self.get(path).1.trim(), text);
    }
}

impl Deref for App {
    type Target = Sandbox;

    fn deref(&self) -> &Sandbox {
        &self.sandbox
    }
}

impl Drop for App {
    fn drop(&mut self) {
        remove_app(&self.name);
    }
}

/// Reads stderr up to a line with this text; what follows is read and thrown away.
pub fn wait_for_line(running: &mut Child, text: &str) {
    let mut lines = BufReader::new(running.stderr.take().unwrap()).lines();
    let mut seen = Vec::new();
    let found = lines.by_ref().map_while(Result::ok).find(|line| {
        seen.push(line.clone());
        line.contains(text)
    });
    assert!(found.is_some(), "no line with {text:?}: {seen:?}");
    thread::spawn(move || lines.for_each(drop));
}
