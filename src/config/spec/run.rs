//! What runs, and how.

use super::Kind::{Flag, Integer, Number, Script, Text, Texts};
use super::Presence::{Default, FromBase, Optional, Required};
use super::grammars::{
    DURATION, ENV_NAME, ENV_VALUE, HEALTH_PATH, NAME, PROTOCOL, SIZE, USER, VOLUME_PATH,
};
use super::tables::key;
use super::{Kind, Table};

pub(super) const ENV: Kind = Texts {
    names: &ENV_NAME,
    values: &ENV_VALUE,
};

pub(super) static START: Table = Table {
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

pub(super) static PROCESS: Table = Table {
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

pub(super) static HEALTH: Table = Table {
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

pub(super) static RESOURCES: Table = Table {
    doc: "Limits of each instance.",
    one_of: &[],
    keys: &[
        key("memory", Text(&SIZE), Optional, "\"256MiB\"", "Memory."),
        key("cpu", Number { max: 1024 }, Optional, "0.5", "Cores."),
    ],
};

pub(super) static VOLUME: Table = Table {
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

pub(super) static PORT: Table = Table {
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

pub(super) static HOOKS: Table = Table {
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

pub(super) static AUTOSCALE: Table = Table {
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
