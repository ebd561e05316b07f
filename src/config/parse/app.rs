#![allow(
    clippy::unnecessary_wraps,
    reason = "all tables are read by functions of one shape"
)]

use std::collections::BTreeMap;
use std::num::NonZeroU16;
use std::time::Duration;

use super::environments;
use super::reader::Reader;
use crate::config::problem::Refusal;
use crate::config::values::{
    any, base, bytes, duration, environment_variable, group, mount, output, process, protocol,
    registry, relative, user,
};
use crate::config::{
    App, Autoscale, Build, Dependencies, Health, Hooks, Port, Probe, Process, Protocol, Resources,
    Start, User, Volume, Webhook,
};

/// `None` only when a problem was reported. Where one was, defaults stand for what couldn't be
/// read, so that the rest is checked too.
pub(super) fn read(file: Reader<'_>) -> Option<App> {
    let name = file.text("name", any);
    let build = file.table("build", build);
    let start = file.table("start", start).unwrap_or_else(default_start);
    let processes = file.named_tables("processes", process, read_process);
    let app = App {
        name: name.unwrap_or_default(),
        group: file.text("group", group),
        registry: file.text("registry", registry),
        webhook: file.table("webhook", webhook).unwrap_or_default(),
        health: file.table("health", health),
        env: run_time_env(&file),
        resources: file.table("resources", resources).unwrap_or_default(),
        volumes: volumes(&file),
        ports: ports(&file, start.port),
        hooks: file.table("hooks", hooks).unwrap_or_default(),
        autoscale: file.table("autoscale", autoscale),
        environments: environments::read(&file),
        start,
        processes,
        build: build?,
    };
    file.finish();
    Some(app)
}

fn build(table: Reader<'_>) -> Option<Build> {
    let base_name = table.text("base", base);
    let env = table.texts("env", environment_variable);
    let secrets = table
        .list("secrets", environment_variable)
        .unwrap_or_default();
    refuse_public_secrets(&table, &env, &secrets);
    let build = Build {
        script: table.script("script"),
        dependencies: table.table("dependencies", dependencies),
        cache: table.list("cache", mount),
        packages: table.list("packages", any).unwrap_or_default(),
        env,
        secrets,
        exclude: table.list("exclude", any).unwrap_or_default(),
        include: table.list("include", relative).unwrap_or_default(),
        runtime: table.text("runtime", base),
        output: table.list("output", output),
        base: base_name?,
    };
    table.finish();
    Some(build)
}

fn dependencies(table: Reader<'_>) -> Option<Dependencies> {
    let files = table.list("files", relative);
    let script = table.script("script");
    let output = table.list("output", output);
    table.finish();
    Some(Dependencies {
        files: files?,
        script: script?,
        output,
    })
}

fn default_start() -> Start {
    Start {
        script: None,
        port: NonZeroU16::new(8080).expect("not zero"),
        user: User::APP,
        stop_timeout: Duration::from_secs(30),
    }
}

fn start(table: Reader<'_>) -> Option<Start> {
    let default = default_start();
    let start = Start {
        script: table.script("script"),
        port: port(&table).unwrap_or(default.port),
        user: table.text("user", user).unwrap_or(default.user),
        stop_timeout: table
            .text("stop_timeout", duration)
            .unwrap_or(default.stop_timeout),
    };
    table.finish();
    Some(start)
}

fn read_process(table: Reader<'_>) -> Option<Process> {
    let script = table.script("script");
    table.finish();
    Some(Process { script: script? })
}

fn webhook(table: Reader<'_>) -> Option<Webhook> {
    let patterns = |key| table.list(key, any).unwrap_or_default();
    let webhook = Webhook {
        branches: patterns("branches"),
        tags: patterns("tags"),
        paths: patterns("paths"),
    };
    table.finish();
    Some(webhook)
}

fn health(table: Reader<'_>) -> Option<Health> {
    let path = table.text("path", any).map(Probe::Http);
    let tcp = table.flag("tcp");
    let script = table.script("script").map(Probe::Script);
    let timeout = table
        .text("timeout", duration)
        .unwrap_or(Duration::from_secs(2));
    let grace = table
        .text("grace", duration)
        .unwrap_or(Duration::from_secs(30));
    if tcp == Some(false) {
        let refusal = Refusal::new("`tcp = false` says nothing").hint("leave it out");
        table.problem(table.span_of("tcp"), refusal);
    }
    let probe = path.or(tcp.map(|_| Probe::Tcp)).or(script);
    table.check_one_of();
    table.finish();
    Some(Health {
        probe: probe?,
        timeout,
        grace,
    })
}

pub(super) fn resources(table: Reader<'_>) -> Option<Resources> {
    let resources = Resources {
        memory: table.text("memory", bytes),
        cpu: table.number("cpu"),
    };
    table.finish();
    Some(resources)
}

fn volumes(file: &Reader<'_>) -> Vec<Volume> {
    let mut volumes: Vec<Volume> = Vec::new();
    for volume in file.tables("volumes", read_volume) {
        let (span, volume) = (volume.span(), volume.into_inner());
        if volumes.iter().any(|other| other.name == volume.name) {
            let message = format!("two volumes are named `{}`", volume.name);
            file.problem(span, Refusal::new(message));
        } else if volumes.iter().any(|other| other.path == volume.path) {
            let message = format!("two volumes are at `{}`", volume.path);
            file.problem(span, Refusal::new(message));
        } else {
            volumes.push(volume);
        }
    }
    volumes
}

fn read_volume(table: Reader<'_>) -> Option<Volume> {
    let name = table.text("name", any);
    let path = table.text("path", mount);
    table.finish();
    Some(Volume {
        name: name?,
        path: path?,
    })
}

fn ports(file: &Reader<'_>, http: NonZeroU16) -> Vec<Port> {
    let mut ports: Vec<Port> = Vec::new();
    for port in file.tables("ports", read_port) {
        let (span, port) = (port.span(), port.into_inner());
        if port
            == (Port {
                port: http,
                protocol: Protocol::Tcp,
            })
        {
            let refusal = Refusal::new(format!("port {http} is the HTTP port"))
                .hint("`start.port` needs no entry in [[ports]]");
            file.problem(span, refusal);
        } else if ports.contains(&port) {
            file.problem(
                span,
                Refusal::new(format!("port {} is there twice", port.port)),
            );
        } else {
            ports.push(port);
        }
    }
    ports
}

fn read_port(table: Reader<'_>) -> Option<Port> {
    let port = port(&table);
    let protocol = table.text("protocol", protocol).unwrap_or(Protocol::Tcp);
    table.finish();
    Some(Port {
        port: port?,
        protocol,
    })
}

fn port(table: &Reader<'_>) -> Option<NonZeroU16> {
    table.integer("port").and_then(NonZeroU16::new)
}

fn hooks(table: Reader<'_>) -> Option<Hooks> {
    let hooks = Hooks {
        before_deploy: table.script("before_deploy"),
    };
    table.finish();
    Some(hooks)
}

fn autoscale(table: Reader<'_>) -> Option<Autoscale> {
    let min = table.integer("min").unwrap_or(1);
    let max = table.integer("max");
    let cpu = table.integer("cpu").unwrap_or(70);
    if max.is_some_and(|max| max < min) {
        table.problem(
            table.span_of("max"),
            Refusal::new("`max` is less than `min`"),
        );
    }
    table.finish();
    Some(Autoscale {
        min,
        max: max?,
        cpu,
    })
}

/// `[env]`, of the file or an environment.
pub(super) fn run_time_env(table: &Reader<'_>) -> BTreeMap<String, String> {
    let env = table.texts("env", environment_variable);
    if env.contains_key("PORT") {
        let refusal = Refusal::new("`PORT` is taken").hint("set `port` in [start]");
        table.problem(table.span_of_name("env", "PORT"), refusal);
    }
    env
}

/// A secret that stands in `env` as well would be public, or hidden by it.
pub(super) fn refuse_public_secrets(
    table: &Reader<'_>,
    env: &BTreeMap<String, String>,
    secrets: &[String],
) {
    for secret in secrets.iter().filter(|secret| env.contains_key(*secret)) {
        let refusal = Refusal::new(format!("`{secret}` is a secret as well"))
            .hint("keep it in `secrets` only");
        table.problem(table.span_of_name("env", secret), refusal);
    }
}
