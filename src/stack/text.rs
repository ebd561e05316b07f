use super::proposal::Proposal;
use super::toml_text;
use crate::base;

const FURTHER: &str = r#"
# The running app's environment variables; secrets don't belong here.
# [env]
# LOG_LEVEL = "info"

# Limits of each instance.
# [resources]
# memory = "256MiB"
# cpu = 0.5

# A place where it runs, and what is different there.
# [environments.production]
# domains = ["app.example.com"]
# replicas = { web = 2 }
# secrets = ["DATABASE_URL"]
"#;

/// The text of an `app.toml`, with comments for people who see one for the first time.
pub fn app_toml(name: &str, proposal: &Proposal) -> String {
    let mut text = Text(String::new());
    text.comment("How this app is built and run. `paas schema` describes every key.");
    text.line("name", &toml_text::string(name));
    build(&mut text, proposal);
    start(&mut text, proposal);
    health(&mut text, proposal);
    if let Some(script) = &proposal.before_deploy {
        text.table("hooks");
        text.comment("Runs once, in the new image, before it takes requests.");
        text.line("before_deploy", &toml_text::string(script));
    }
    text.0 + FURTHER
}

fn build(text: &mut Text, proposal: &Proposal) {
    text.table("build");
    text.comment("What the build starts from: a name of `paas base list`, or any image.");
    text.line("base", &toml_text::string(&proposal.base));
    for (key, comment) in [
        (
            "packages",
            "Debian packages, for the build and the running app.",
        ),
        ("script", "Builds the app in /app, which holds the source."),
        ("output", "What the image takes from the build."),
        ("runtime", "What the image starts from."),
        ("exclude", "Files that are no part of the app."),
        ("cache", "Folders kept between builds, never in the image."),
    ] {
        text.value(proposal, "build", key, comment);
    }
    if proposal.values.contains_key("build.dependencies.files") {
        text.0.push('\n');
        text.comment("A layer of its own, made again only when one of these files changes.");
        text.0.push_str("[build.dependencies]\n");
        text.value(proposal, "build.dependencies", "files", "");
        text.value(proposal, "build.dependencies", "script", "");
        let output = "What the image takes from it.";
        text.value(proposal, "build.dependencies", "output", output);
    }
}

fn start(text: &mut Text, proposal: &Proposal) {
    text.table("start");
    let comment = "Takes requests on $PORT. With `exec`, the app itself is told when to stop.";
    if proposal.values.contains_key("start.script") {
        text.value(proposal, "start", "script", comment);
    } else {
        text.comment(comment);
        text.comment("script = \"exec …\"");
    }
    if let Some(port) = proposal.port {
        text.comment("The one that the app listens on.");
        text.line("port", &port.to_string());
    } else {
        text.comment("port = 8080");
    }
    text.comment("stop_timeout = \"30s\"");
    for (name, script) in &proposal.processes {
        text.table(&format!("processes.{name}"));
        text.line("script", &toml_text::string(script));
    }
}

fn health(text: &mut Text, proposal: &Proposal) {
    if !proposal.values.keys().any(|key| key.starts_with("health.")) {
        text.0.push('\n');
        text.comment(
            "An instance is healthy once it answers `GET /`, by whatever status. A path says more.",
        );
        text.comment("[health]");
        text.comment("path = \"/healthz\"");
        return;
    }
    text.table("health");
    let path = "An instance is healthy while this path answers 2xx or 3xx.";
    text.value(proposal, "health", "path", path);
    let tcp = "An instance is healthy while its port takes connections.";
    text.value(proposal, "health", "tcp", tcp);
    text.value(proposal, "health", "timeout", "For one answer.");
    text.value(
        proposal,
        "health",
        "grace",
        "How long it may take to become healthy.",
    );
}

struct Text(String);

impl Text {
    /// An empty one says nothing.
    fn comment(&mut self, comment: &str) {
        if !comment.is_empty() {
            self.0.extend(["# ", comment, "\n"]);
        }
    }

    fn table(&mut self, name: &str) {
        self.0.extend(["\n[", name, "]\n"]);
    }

    fn line(&mut self, key: &str, value: &str) {
        self.0.extend([key, " = ", value, "\n"]);
    }

    /// What is proposed for `key` of `table`, if anything is.
    fn value(&mut self, proposal: &Proposal, table: &str, key: &str, comment: &str) {
        let value = match proposal.values.get(&format!("{table}.{key}")) {
            None => return,
            Some(base::Proposal::Text(text)) => toml_text::string(text),
            Some(base::Proposal::List(texts)) => toml_text::list(texts),
            Some(base::Proposal::Flag(flag)) => flag.to_string(),
        };
        self.comment(comment);
        self.line(key, &value);
    }
}

#[cfg(test)]
mod tests;
