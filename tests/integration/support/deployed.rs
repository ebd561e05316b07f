//! An app that is deployed to a cluster of its own on the real engine. What it leaves there is removed
//! when it is dropped.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream, ToSocketAddrs};
use std::ops::Deref;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::Value;

use super::app::{Built, error};
use super::engine::{docker_at, lines, unique};
use super::machine::Machine;
use super::{Sandbox, engine};

/// Answers each request with the text of the file `answer`; what else it does, the path says.
pub const SERVER: &str = r#"
import http.server, os, signal, socketserver, sys, threading, time

ANSWER = open("answer").read().strip()

class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        path = self.path.split("?")[0]
        status, text = 200, ANSWER
        if path == "/healthz" and os.path.exists("sick"):
            status, text = 503, open("sick").read()
        elif path.startswith("/sleep/"):
            time.sleep(float(path.removeprefix("/sleep/")))
        elif path.startswith("/env/"):
            text = os.environ.get(path.removeprefix("/env/"), "unset")
        elif path == "/die":
            os._exit(3)
        elif path == "/headers":
            text = "".join(f"{k.lower()}: {v}\n" for k, v in self.headers.items())
        body = text.encode() + b"\n"
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format, *args):
        print(format % args, flush=True)

class Server(socketserver.ThreadingMixIn, http.server.HTTPServer):
    daemon_threads = True
    request_queue_size = 512

server = Server(("", int(os.environ["PORT"])), Handler)
if not os.path.exists("stubborn"):
    signal.signal(signal.SIGTERM, lambda *_: threading.Thread(target=server.shutdown).start())
else:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("ready", flush=True)
server.serve_forever()
"#;

/// A repository with an app that can be deployed.
pub struct Deployed {
    sandbox: Sandbox,
    name: String,
    cluster: String,
    port: u16,
    /// The address of another engine than the machine's.
    engine: Option<String>,
}

impl Deployed {
    /// An app that answers `one`, with these tables in `app.toml`.
    pub fn new(tables: &str) -> Self {
        Self::on(unique("paas-test"), free_port(), tables)
    }

    /// Another app on the same cluster.
    pub fn beside(&self, tables: &str) -> Self {
        Self::on(self.cluster.clone(), self.port, tables)
    }

    /// An app that is deployed to another engine. Versions get there by [`Deployed::ships`] only.
    pub fn at(machine: &Machine, tables: &str) -> Self {
        let mut app = Self::new(tables);
        app.sandbox.use_engine(machine.address());
        app.engine = Some(machine.address().to_owned());
        machine.make_network(&app.cluster);
        app
    }

    /// Builds a version that answers so with the machine's engine, and brings it to the app's own.
    pub fn ships(&self, machine: &Machine, answer: &str) -> String {
        self.answers(answer);
        let mut command = self.paas(&["build", "--json", "--progress", "json"]);
        let output = command.env_remove("DOCKER_HOST").output().expect("paas");
        let built = Built::of(&output).document;
        machine.load(&[built["image"].as_str().unwrap()]);
        built["version"].as_str().unwrap().to_owned()
    }

    /// Uses the engine by this address, which is a way to the same.
    pub fn through(&mut self, address: &str) {
        self.sandbox.use_engine(address);
    }

    /// Docker's client at the app's engine.
    pub fn docker(&self, arguments: &[&str]) -> String {
        docker_at(self.engine.as_deref(), arguments)
    }

    fn on(cluster: String, port: u16, tables: &str) -> Self {
        let app = Self {
            sandbox: Sandbox::new(),
            name: unique("paas-test"),
            cluster,
            port,
            engine: None,
        };
        app.app_toml(tables);
        app.write("server.py", SERVER);
        app.sandbox
            .write("../home/.config/paas/clusters.toml", app.clusters());
        app.answers("one");
        app
    }

    /// Writes `app.toml` with these tables at its end.
    pub fn app_toml(&self, tables: &str) {
        let text = format!(
            "name = \"{}\"\n[build]\nbase = \"python\"\n\
             [start]\nscript = \"exec python server.py\"\nstop_timeout = \"5s\"\n\
             [environments.local]\ncluster = \"{}\"\n{}\n",
            self.name,
            self.cluster,
            if tables.contains("[health]") {
                tables.to_owned()
            } else {
                format!("{tables}\n[health]\npath = \"/healthz\"\ngrace = \"10s\"")
            }
        );
        self.write("app.toml", text);
    }

    fn clusters(&self) -> String {
        format!(
            "[{}]\nengine = \"docker\"\nhttp_port = {}\n",
            self.cluster, self.port
        )
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

    /// Its cluster's name.
    pub fn cluster(&self) -> &str {
        &self.cluster
    }

    /// The host that the ingress knows it by.
    pub fn host(&self) -> String {
        format!("{}.localhost", self.name)
    }

    /// Where the ingress listens.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Runs with `--json --progress json`.
    pub fn run(&self, arguments: &[&str]) -> std::process::Output {
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
        let all = [arguments, &["--progress", "plain"]].concat();
        self.command(&all).spawn().expect("paas")
    }

    /// A command whose stdout and stderr the caller reads.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = self.sandbox.clean(Command::new(env!("CARGO_BIN_EXE_paas")));
        command
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    /// What the ingress answers on `path`: status and body.
    pub fn get(&self, path: &str) -> (u16, String) {
        self.get_with(path, "")
    }

    /// The same, with more header lines, each with its line end.
    pub fn get_with(&self, path: &str, headers: &str) -> (u16, String) {
        request(self.port, &self.host(), path, headers)
            .unwrap_or_else(|error| panic!("GET {path}: {error}"))
    }

    /// The body that the app answers with `/`.
    pub fn answer(&self) -> String {
        let (status, body) = self.get("/");
        assert_eq!(status, 200, "{body}");
        body.trim().to_owned()
    }

    /// Its cluster's ingress: the container, and the volume with its state.
    pub fn ingress(&self) -> String {
        format!("paas-{}-ingress", self.cluster)
    }

    /// The container of an instance: `1.web.2`.
    pub fn container(&self, instance: &str) -> String {
        let end = format!(".{instance}");
        let names = self.containers().into_iter();
        let mut names = names.filter_map(|line| Some(line.split_once(' ')?.0.to_owned()));
        names
            .find(|name| name.contains(&self.name) && name.ends_with(&end))
            .unwrap_or_else(|| panic!("no {instance} in {:?}", self.containers()))
    }

    /// Names of the containers of its cluster, the ingress's apart, with their states.
    pub fn containers(&self) -> Vec<String> {
        let label = format!("label=io.paas.cluster={}", self.cluster);
        let format = "{{.Names}} {{.State}}";
        let all = self.docker(&["ps", "--all", "--filter", &label, "--format", format]);
        let mut names: Vec<String> = lines(&all)
            .into_iter()
            .filter(|line| !line.contains("-ingress "))
            .collect();
        names.sort();
        names
    }
}

impl Deref for Deployed {
    type Target = Sandbox;

    fn deref(&self) -> &Sandbox {
        &self.sandbox
    }
}

impl Drop for Deployed {
    fn drop(&mut self) {
        if self.engine.is_none() {
            engine::remove_cluster(&self.cluster);
        }
        engine::remove_app(&self.name);
    }
}

/// GET by a connection of its own.
pub fn request(port: u16, host: &str, path: &str, headers: &str) -> std::io::Result<(u16, String)> {
    request_to(("127.0.0.1", port), host, path, headers)
}

/// The same to another address than loopback.
pub fn request_to(
    address: impl ToSocketAddrs,
    host: &str,
    path: &str,
    headers: &str,
) -> std::io::Result<(u16, String)> {
    let mut stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(Duration::from_secs(90)))?;
    write!(
        stream,
        "GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n{headers}\r\n"
    )?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer)?;
    let answer = String::from_utf8_lossy(&answer).into_owned();
    let status = answer
        .split(' ')
        .nth(1)
        .and_then(|status| status.parse().ok())
        .ok_or_else(|| std::io::Error::other(format!("no answer: {answer:?}")))?;
    let body = answer
        .split_once("\r\n\r\n")
        .map(|(_, body)| body.to_owned())
        .unwrap_or_default();
    Ok((status, body))
}

/// One that nobody listens on, on loopback.
pub fn free_port() -> u16 {
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
    listener.local_addr().expect("an address").port()
}
