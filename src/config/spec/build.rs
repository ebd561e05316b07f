//! `[build]`.

use super::Kind::{List, Script, Text};
use super::Presence::{Default, FromBase, Required};
use super::grammars::{
    APP_PATH, BASE, CACHE_PATH, ENV_NAME, EXCLUDE, OUTPUT_PATH, PACKAGE, REPOSITORY_PATH,
};
use super::run::ENV;
use super::tables::key;
use super::{Kind, Table};

pub(super) static BUILD: Table = Table {
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
            "Files and folders elsewhere in the repository that belong to the app, from the repository's root: for repositories with several apps. They are in `/app` under that path: `/app/libs/common`.",
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
