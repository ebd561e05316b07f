//! Where it is deployed, and when it is built.

use super::Kind::{Flag, Integer, Integers, List, Text};
use super::Presence::{Default, Optional};
use super::grammars::{DOMAIN, ENV_NAME, GLOB, NAME};
use super::run::{ENV, RESOURCES};
use super::tables::key;
use super::{Kind, Table};

pub(super) static WEBHOOK: Table = Table {
    doc: "Which git events `paas webhook` builds. In a pattern, `*` stops at `/` and `**` does not.",
    one_of: &[],
    keys: &[
        key(
            "branches",
            List(&GLOB),
            Default("[]"),
            "[\"main\", \"release/*\"]",
            "Branches; without any, the repository's default branch.",
        ),
        key(
            "tags",
            List(&GLOB),
            Default("[]"),
            "[\"v*\"]",
            "Tags; without any, none.",
        ),
        key(
            "paths",
            List(&GLOB),
            Default("[]"),
            "[\"services/api/**\"]",
            "Paths of which one must have changed; without any, the app's folder and what it includes.",
        ),
    ],
};

pub(super) static ENVIRONMENT: Table = Table {
    doc: "A deployment target, and what differs there.",
    one_of: &[],
    keys: &[
        key(
            "cluster",
            Text(&NAME),
            Optional,
            "\"prod\"",
            "The cluster that runs the app.",
        ),
        key(
            "protected",
            Flag,
            Default("false"),
            "true",
            "Whether destructive work asks for the app's name, and dirty versions are refused.",
        ),
        key(
            "domains",
            List(&DOMAIN),
            Default("[]"),
            "[\"shop.example.com\"]",
            "Host names of the `web` process.",
        ),
        key(
            "replicas",
            Integers {
                names: &NAME,
                max: 1000,
            },
            Default("{}"),
            "{ web = 4, worker = 2 }",
            "Instances by process, at most 1000; one where nothing is said.",
        ),
        key(
            "env",
            ENV,
            Default("{}"),
            "{ LOG_LEVEL = \"warning\" }",
            "On top of `[env]`.",
        ),
        key(
            "secrets",
            List(&ENV_NAME),
            Default("[]"),
            "[\"DATABASE_URL\"]",
            "Variables whose values are set with `paas secret set`, never here.",
        ),
        key(
            "keep_releases",
            Integer { min: 1, max: 1000 },
            Default("10"),
            "30",
            "Releases that stay for `paas rollback`; the one that serves and the one before stay in any case.",
        ),
        key(
            "resources",
            Kind::Table(&RESOURCES),
            Optional,
            "",
            "Instead of `[resources]`, as a whole.",
        ),
    ],
};
