use super::Kind::{Flag, Integer, Integers, List, Named, Number, Script, Text, Texts};
use super::Presence::{Default, FromBase, Optional, Required};
use super::grammars::{
    APP_NAME, APP_PATH, BASE, CACHE_PATH, DOMAIN, DURATION, ENV_NAME, ENV_VALUE, EXCLUDE, GLOB,
    GROUP_NAME, HEALTH_PATH, NAME, OUTPUT_PATH, PACKAGE, PROTOCOL, REGISTRY, REPOSITORY_PATH, SIZE,
    USER, VOLUME_PATH,
};
use super::{Key, Kind, Presence, Table};

const fn key(
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

const ENV: Kind = Texts {
    names: &ENV_NAME,
    values: &ENV_VALUE,
};

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
            "How an instance shows that it is healthy. Without it, running is enough.",
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

static BUILD: Table = Table {
    doc: "How the image is built.",
    one_of: &[],
    keys: &[
        key(
            "base",
            Text(&BASE),
            Required,
            "\"python\"",
            "What the build starts from: a base image by its short name, or any image reference.",
        ),
        key(
            "script",
            Script,
            FromBase,
            "\"python -m compileall .\"",
            "Builds the app: run with `sh -eu` in `/app`, which holds the source. `\"true\"` builds nothing.",
        ),
        key(
            "dependencies",
            Kind::Table(&DEPENDENCIES),
            FromBase,
            "",
            "Installs what the app depends on in a layer of its own, so that a change of the source does not.",
        ),
        key(
            "cache",
            List(&CACHE_PATH),
            FromBase,
            "[\"/root/.cache/pip\"]",
            "Folders kept between builds, never in the image.",
        ),
        key(
            "packages",
            List(&PACKAGE),
            Default("[]"),
            "[\"libpq5\"]",
            "Debian packages, at build and at run time.",
        ),
        key(
            "env",
            ENV,
            Default("{}"),
            "{ PYTHONOPTIMIZE = \"1\" }",
            "Environment of the build scripts only.",
        ),
        key(
            "secrets",
            List(&ENV_NAME),
            Default("[]"),
            "[\"PIP_INDEX_PASSWORD\"]",
            "Variables that `paas build` takes from its own environment and gives to the build scripts: never in a layer, the history, a label or a log.",
        ),
        key(
            "exclude",
            List(&EXCLUDE),
            Default("[]"),
            "[\"docs/**\"]",
            "Files that are no part of the app, in the syntax of `.dockerignore`, on top of `.gitignore` and `.dockerignore`.",
        ),
        key(
            "include",
            List(&REPOSITORY_PATH),
            Default("[]"),
            "[\"libs/common\"]",
            "Files and folders elsewhere in the repository that belong to the app, from the repository's root: for repositories with several apps.",
        ),
        key(
            "runtime",
            Text(&BASE),
            FromBase,
            "\"python\"",
            "Base of the final image; without a choice of the base image's own, the base itself.",
        ),
        key(
            "output",
            List(&OUTPUT_PATH),
            FromBase,
            "[\"/app\"]",
            "What the final image takes from the build; `/app` unless the base image says otherwise.",
        ),
    ],
};

static DEPENDENCIES: Table = Table {
    doc: "A layer of its own, before the source.",
    one_of: &[],
    keys: &[
        key(
            "files",
            List(&APP_PATH),
            Required,
            "[\"requirements.txt\"]",
            "The files that the script needs; the layer is made again when one of them changes.",
        ),
        key(
            "script",
            Script,
            Required,
            "\"pip install -r requirements.txt\"",
            "Installs the dependencies: run with `sh -eu` in `/app`, which holds only these files.",
        ),
        key(
            "output",
            List(&OUTPUT_PATH),
            FromBase,
            "[\"/venv\"]",
            "What the final image takes from this layer.",
        ),
    ],
};

static START: Table = Table {
    doc: "The `web` process, and what all processes share.",
    one_of: &[],
    keys: &[
        key(
            "script",
            Script,
            FromBase,
            "\"exec gunicorn app:app --bind 0.0.0.0:$PORT\"",
            "Starts the `web` process.",
        ),
        key(
            "port",
            Integer { min: 1, max: 65535 },
            Default("8080"),
            "8080",
            "The HTTP port, also given as `$PORT`.",
        ),
        key(
            "user",
            Text(&USER),
            Default("\"app\""),
            "\"app\"",
            "Who the processes run as: `app` (10001:10001), `uid` (the group has the same number), `uid:gid`, or `root`, which has to be spelled out.",
        ),
        key(
            "stop_timeout",
            Text(&DURATION),
            Default("\"30s\""),
            "\"30s\"",
            "From SIGTERM to SIGKILL.",
        ),
    ],
};

static PROCESS: Table = Table {
    doc: "One more process.",
    one_of: &[],
    keys: &[key(
        "script",
        Script,
        Required,
        "\"exec celery -A app worker\"",
        "Starts it.",
    )],
};

static HEALTH: Table = Table {
    doc: "How an instance shows that it is healthy: exactly one of `path`, `tcp` and `script`.",
    one_of: &["path", "tcp", "script"],
    keys: &[
        key(
            "path",
            Text(&HEALTH_PATH),
            Optional,
            "\"/healthz\"",
            "GET this path on the HTTP port; 2xx and 3xx are healthy.",
        ),
        key(
            "tcp",
            Flag,
            Optional,
            "true",
            "`true`: the HTTP port accepts connections.",
        ),
        key(
            "script",
            Script,
            Optional,
            "\"pg_isready\"",
            "Exits with 0 in the instance.",
        ),
        key(
            "timeout",
            Text(&DURATION),
            Default("\"2s\""),
            "\"2s\"",
            "For one answer.",
        ),
        key(
            "grace",
            Text(&DURATION),
            Default("\"30s\""),
            "\"30s\"",
            "How long an instance may take to become healthy.",
        ),
    ],
};

static RESOURCES: Table = Table {
    doc: "Limits of each instance.",
    one_of: &[],
    keys: &[
        key("memory", Text(&SIZE), Optional, "\"256MiB\"", "Memory."),
        key("cpu", Number { max: 1024 }, Optional, "0.5", "Cores."),
    ],
};

static VOLUME: Table = Table {
    doc: "A folder that outlives an instance.",
    one_of: &[],
    keys: &[
        key(
            "name",
            Text(&NAME),
            Required,
            "\"uploads\"",
            "Its name, once in the file.",
        ),
        key(
            "path",
            Text(&VOLUME_PATH),
            Required,
            "\"/var/lib/shop/uploads\"",
            "Where an instance finds it.",
        ),
    ],
};

static PORT: Table = Table {
    doc: "A raw port.",
    one_of: &[],
    keys: &[
        key(
            "port",
            Integer { min: 1, max: 65535 },
            Required,
            "5005",
            "In the container and on the host.",
        ),
        key(
            "protocol",
            Text(&PROTOCOL),
            Default("\"tcp\""),
            "\"tcp\"",
            "`tcp` or `udp`.",
        ),
    ],
};

static HOOKS: Table = Table {
    doc: "Commands run around a deployment.",
    one_of: &[],
    keys: &[key(
        "before_deploy",
        Script,
        Optional,
        "\"python manage.py migrate\"",
        "Once, in the new image, before it takes traffic.",
    )],
};

static AUTOSCALE: Table = Table {
    doc: "Instances by load, where the cluster can.",
    one_of: &[],
    keys: &[
        key(
            "min",
            Integer { min: 1, max: 1000 },
            Default("1"),
            "2",
            "At least so many instances.",
        ),
        key(
            "max",
            Integer { min: 1, max: 1000 },
            Required,
            "10",
            "At most so many; not less than `min`.",
        ),
        key(
            "cpu",
            Integer { min: 1, max: 100 },
            Default("70"),
            "70",
            "CPU use to aim at, in percent.",
        ),
    ],
};

static WEBHOOK: Table = Table {
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

static ENVIRONMENT: Table = Table {
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
            "resources",
            Kind::Table(&RESOURCES),
            Optional,
            "",
            "Instead of `[resources]`, as a whole.",
        ),
    ],
};
