use super::Kind::{Named, Text};
use super::Presence::{Optional, Required};
use super::build::BUILD;
use super::grammars::{APP_NAME, GROUP_NAME, NAME, REGISTRY};
use super::run::{AUTOSCALE, ENV, HEALTH, HOOKS, PORT, PROCESS, RESOURCES, START, VOLUME};
use super::targets::{ENVIRONMENT, WEBHOOK};
use super::{Key, Kind, Presence, Table};

pub(super) const fn key(
    name: &'static str,
    kind: Kind,
    presence: Presence,
    example: &'static str,
    doc: &'static str,
) -> Key {
    Key {
        name,
        kind,
        presence,
        doc,
        example,
    }
}

/// The whole file.
pub static APP: Table = Table {
    doc: "One app: one image, one or more processes.",
    one_of: &[],
    keys: &[
        key(
            "name",
            Text(&APP_NAME),
            Required,
            "\"shop-api\"",
            "The app's name; with the group, the name of its images.",
        ),
        key(
            "group",
            Text(&GROUP_NAME),
            Optional,
            "\"trade\"",
            "The namespace the app belongs to: `<registry>/<group>/<name>`. `paas` is taken.",
        ),
        key(
            "registry",
            Text(&REGISTRY),
            Optional,
            "\"registry.example.com\"",
            "Where versions are pushed, unless `--registry` or `PAAS_REGISTRY` says otherwise. Without any, images stay on the machine.",
        ),
        key(
            "build",
            Kind::Table(&BUILD),
            Required,
            "",
            "How the image is built.",
        ),
        key(
            "start",
            Kind::Table(&START),
            Optional,
            "",
            "The `web` process, and what all processes share.",
        ),
        key(
            "processes",
            Named {
                names: &NAME,
                table: &PROCESS,
            },
            Optional,
            "",
            "More processes of the same image. `web` is `[start]` itself.",
        ),
        key(
            "health",
            Kind::Table(&HEALTH),
            Optional,
            "",
            "How an instance shows that it is healthy. Without it, `web` has to answer `GET /`, by whatever status; other processes only have to run.",
        ),
        key(
            "env",
            ENV,
            Optional,
            "{ LOG_LEVEL = \"info\" }",
            "Run-time environment; a change needs no build. `PORT` comes from `start.port`, names that begin with `PAAS_` are taken.",
        ),
        key(
            "resources",
            Kind::Table(&RESOURCES),
            Optional,
            "",
            "Limits of each instance.",
        ),
        key(
            "volumes",
            Kind::Tables(&VOLUME),
            Optional,
            "",
            "Folders that outlive an instance.",
        ),
        key(
            "ports",
            Kind::Tables(&PORT),
            Optional,
            "",
            "Raw TCP or UDP ports besides the HTTP port.",
        ),
        key(
            "hooks",
            Kind::Table(&HOOKS),
            Optional,
            "",
            "Commands run around a deployment.",
        ),
        key(
            "autoscale",
            Kind::Table(&AUTOSCALE),
            Optional,
            "",
            "Instances by load, where the cluster can.",
        ),
        key(
            "webhook",
            Kind::Table(&WEBHOOK),
            Optional,
            "",
            "Which git events `paas webhook` builds.",
        ),
        key(
            "environments",
            Named {
                names: &NAME,
                table: &ENVIRONMENT,
            },
            Optional,
            "",
            "Deployment targets, and what differs there.",
        ),
    ],
};
