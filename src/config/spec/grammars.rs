use std::sync::OnceLock;

use regex::Regex;

use crate::config::problem::{Refusal, quoted};

/// What a string must look like. The pattern also stands in the JSON Schema, so it keeps to what
/// Rust's and ECMAScript's regular expressions share.
#[derive(Debug)]
pub struct Grammar {
    /// With its article: `a host name`.
    pub what: &'static str,
    /// Completes the sentence "`what` is …".
    pub rule: &'static str,
    /// Anchored at both ends.
    pub pattern: &'static str,
    /// Bytes.
    pub max: usize,
    compiled: OnceLock<Regex>,
}

impl Grammar {
    const fn new(
        what: &'static str,
        rule: &'static str,
        max: usize,
        pattern: &'static str,
    ) -> Self {
        Self {
            what,
            rule,
            pattern,
            max,
            compiled: OnceLock::new(),
        }
    }

    /// Whether `text` keeps to the pattern and the length.
    pub fn accepts(&self, text: &str) -> bool {
        let pattern = self
            .compiled
            .get_or_init(|| Regex::new(self.pattern).expect("a constant pattern"));
        text.len() <= self.max && pattern.is_match(text)
    }

    /// The text, or why it is refused.
    pub(in crate::config) fn check<'t>(&self, text: &'t str) -> Result<&'t str, Refusal> {
        if self.accepts(text) {
            return Ok(text);
        }
        Err(
            Refusal::new(format!("{} is not {}", quoted(text), self.what))
                .hint(format!("{} is {}", self.what, self.rule)),
        )
    }
}

const LABEL: &str = "^[a-z0-9]([a-z0-9-]*[a-z0-9])?$";
const ABSOLUTE: &str = "^/[A-Za-z0-9._/@+-]+$";
const ABSOLUTE_RULE: &str =
    "`/` and letters, digits, `.`, `_`, `/`, `@`, `+` and `-`, without `..`, and no system folder";

pub(super) static APP_NAME: Grammar = Grammar::new(
    "an app name",
    "lower-case letters, digits and `-` between them, at most 40 characters",
    40,
    LABEL,
);
pub(in crate::config) static GROUP_NAME: Grammar = Grammar::new(
    "a group name",
    "lower-case letters, digits and `-` between them, at most 40 characters",
    40,
    LABEL,
);
pub(super) static NAME: Grammar = Grammar::new(
    "a name",
    "lower-case letters, digits and `-` between them, at most 40 characters",
    40,
    LABEL,
);
pub(in crate::config) static REGISTRY: Grammar = Grammar::new(
    "a registry host",
    "`host` or `host:port`, without scheme and path: `registry.example.com`, `localhost:5000`",
    255,
    r"^([A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)*|\[[a-fA-F0-9:]+\])(:[0-9]+)?$",
);
pub(super) static BASE: Grammar = Grammar::new(
    "a base image",
    "a name that `paas base list` shows, or an image reference `[registry/]name[:tag][@sha256:…]`",
    512,
    "^[A-Za-z0-9][A-Za-z0-9._/:@-]*$",
);
pub(in crate::config) static SCRIPT: Grammar = Grammar::new(
    "a script",
    "shell code of at most 64 KiB, not blank",
    64 * 1024,
    r"^[^\x00]*[^\x00\s][^\x00]*$",
);
pub(in crate::config) static SCRIPT_FILE: Grammar = Grammar::new(
    "a path in the app's folder",
    "relative, with `/` between folders, without `..`",
    1024,
    RELATIVE,
);
const RELATIVE: &str = r"^[^\x00-\x1f\x7f/\\][^\x00-\x1f\x7f\\]*$";
pub(super) static APP_PATH: Grammar = Grammar::new(
    "a path in the app's folder",
    "relative, with `/` between folders, without `..`",
    1024,
    RELATIVE,
);
pub(super) static REPOSITORY_PATH: Grammar = Grammar::new(
    "a path in the repository",
    "relative to the repository's root, with `/` between folders, without `..`",
    1024,
    RELATIVE,
);
pub(super) static CACHE_PATH: Grammar =
    Grammar::new("a folder to cache", ABSOLUTE_RULE, 255, ABSOLUTE);
pub(super) static OUTPUT_PATH: Grammar = Grammar::new(
    "a path to take from the build",
    ABSOLUTE_RULE,
    255,
    ABSOLUTE,
);
pub(super) static VOLUME_PATH: Grammar =
    Grammar::new("a volume's path", ABSOLUTE_RULE, 255, ABSOLUTE);
pub(super) static ENV_NAME: Grammar = Grammar::new(
    "a variable name",
    "letters, digits and `_`, not beginning with a digit",
    255,
    "^[A-Za-z_][A-Za-z0-9_]*$",
);
pub(in crate::config) static ENV_VALUE: Grammar = Grammar::new(
    "a variable's value",
    "any text without NUL, at most 64 KiB",
    64 * 1024,
    r"^[^\x00]*$",
);
pub(super) static PACKAGE: Grammar = Grammar::new(
    "a Debian package",
    "a name like `libpq5`, or with a version `libpq5=15.8-0+deb12u1`",
    255,
    "^[a-z0-9][a-z0-9+.-]+(=[A-Za-z0-9][A-Za-z0-9.+:~-]*)?$",
);
pub(super) static EXCLUDE: Grammar = Grammar::new(
    "a pattern",
    "one line of a `.dockerignore` file",
    1024,
    r"^[^\x00-\x1f\x7f]*[^\x00-\x20\x7f][^\x00-\x1f\x7f]*$",
);
pub(super) static GLOB: Grammar = Grammar::new(
    "a pattern",
    "a name in which `*` stands for anything but `/`, and `**` for anything",
    1024,
    r"^[^\x00-\x20\x7f]+$",
);
pub(super) static USER: Grammar = Grammar::new(
    "a user",
    "`app`, `root`, or a numeric `uid` or `uid:gid`",
    21,
    "^(app|root|[0-9]{1,10}(:[0-9]{1,10})?)$",
);
pub(super) static DURATION: Grammar = Grammar::new(
    "a duration",
    "a whole number with `ms`, `s`, `m` or `h`, from 1 ms to 1 h: `\"30s\"`",
    16,
    "^[0-9]+(ms|s|m|h)$",
);
pub(super) static SIZE: Grammar = Grammar::new(
    "an amount of memory",
    "a whole number with `KiB`, `MiB`, `GiB`, `KB`, `MB` or `GB`, at least 4 MiB: `\"256MiB\"`",
    24,
    "^[0-9]+(KiB|MiB|GiB|KB|MB|GB)$",
);
pub(super) static HEALTH_PATH: Grammar = Grammar::new(
    "a path to ask",
    "`/` and printable ASCII without spaces and `#`",
    1024,
    r#"^/[!"$-~]*$"#,
);
pub(super) static PROTOCOL: Grammar =
    Grammar::new("a protocol", "`tcp` or `udp`", 3, "^(tcp|udp)$");
pub(super) static DOMAIN: Grammar = Grammar::new(
    "a host name",
    "lower-case labels of letters, digits and `-` with `.` between them, without scheme, port, path and `*`: `shop.example.com`",
    253,
    r"^([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)*[a-z]([a-z0-9-]*[a-z0-9])?$",
);
