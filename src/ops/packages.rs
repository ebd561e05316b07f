//! Why Debian packages could not be installed, from what apt wrote.

use std::sync::LazyLock;

use regex::Regex;

use crate::builder::StepFailure;
use crate::{Error, Kind};

static MISSING: LazyLock<Regex> = LazyLock::new(|| {
    let unknown = r"E: Unable to locate package (?<unknown>\S+)";
    let provided_by_none = r"E: Package '(?<none>\S+)' has no installation candidate";
    let version = r"E: Version '(?<version>\S+)' for '(?<of>\S+)' was not found";
    Regex::new(&format!("{unknown}|{provided_by_none}|{version}")).expect("a constant pattern")
});

/// What apt writes where it doesn't reach its servers; it goes on with the lists it has, and then
/// misses packages that exist.
const UNREACHABLE: [&str; 4] = [
    "Failed to fetch",
    "Temporary failure resolving",
    "Could not resolve",
    "Could not connect",
];

/// The error of a step that installs packages; `place` shows the line that names one.
pub(super) fn explain(step: &StepFailure, place: impl Fn(&str) -> Option<String>) -> Error {
    let log = step.last_lines.join("\n");
    let Some(code) = step.exit_code else {
        return Error::unavailable("the engine could not install the Debian packages")
            .caused_by(step.message.clone())
            .hint("`paas doctor` looks whether the engine is well");
    };
    if UNREACHABLE.iter().any(|sign| log.contains(sign)) {
        return Error::unavailable("Debian's package servers can't be reached from the build")
            .log(log)
            .hint("behind a proxy, set `http_proxy` and `https_proxy` for paas");
    }
    let missing = missing(&log);
    if missing.is_empty() {
        let message = format!("the Debian packages can't be installed: exit status {code}");
        return Error::new(Kind::BuildFailed, message).log(log);
    }
    let messages: Vec<_> = missing.iter().map(|it| it.message.as_str()).collect();
    let error = Error::new(Kind::BuildFailed, messages.join("; "))
        .hint("look for its name: `apt-cache search WORD` on a Debian, or packages.debian.org");
    let places: Vec<_> = missing.iter().filter_map(|it| place(&it.name)).collect();
    if places.is_empty() {
        error
    } else {
        error.detail(places.join("\n\n"))
    }
}

/// A package that apt doesn't find.
struct Missing {
    /// As it was asked for: `libpq5`, `libpq5=15.8-0`.
    name: String,
    message: String,
}

fn missing(log: &str) -> Vec<Missing> {
    let mut found: Vec<Missing> = Vec::new();
    for captures in MISSING.captures_iter(log) {
        let unknown = captures.name("unknown").or(captures.name("none"));
        let missing = match (unknown, captures.name("version"), captures.name("of")) {
            (Some(name), ..) => Missing {
                name: name.as_str().to_owned(),
                message: format!("there is no Debian package `{}`", name.as_str()),
            },
            (None, Some(version), Some(of)) => {
                let (version, of) = (version.as_str(), of.as_str());
                Missing {
                    name: format!("{of}={version}"),
                    message: format!("the Debian package `{of}` has no version `{version}`"),
                }
            }
            _ => continue,
        };
        if !found.iter().any(|known| known.name == missing.name) {
            found.push(missing);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::error::{Log, render};
    use crate::ui::palette::Palette;

    fn explained(lines: &[&str]) -> String {
        let step = StepFailure {
            marker: None,
            title: "install packages".to_owned(),
            name: "RUN".to_owned(),
            exit_code: Some(100),
            last_lines: lines.iter().map(ToString::to_string).collect(),
            message: "executor failed running".to_owned(),
        };
        let error = explain(&step, |name| Some(format!(" --> the line of {name}")));
        let text = render(&error, Log::Shown, Palette::NONE);
        format!("{} {text}", error.kind().exit_code())
    }

    #[test]
    fn what_apt_says_becomes_a_sentence() {
        let all = [
            &[
                "E: Unable to locate package libqp5",
                "E: Unable to locate package crul",
            ][..],
            &["E: Package 'python2' has no installation candidate"],
            &["E: Version '1.2' for 'curl' was not found"],
            &[
                "W: Failed to fetch http://deb.debian.org/x",
                "E: Unable to locate package curl",
            ],
            &["dpkg: error processing package x (--configure)"],
        ];
        let text: String = all.map(explained).concat();
        insta::assert_snapshot!(text, @r"
        5 error: there is no Debian package `libqp5`; there is no Debian package `crul`
         --> the line of libqp5

         --> the line of crul
        hint: look for its name: `apt-cache search WORD` on a Debian, or packages.debian.org
        5 error: there is no Debian package `python2`
         --> the line of python2
        hint: look for its name: `apt-cache search WORD` on a Debian, or packages.debian.org
        5 error: the Debian package `curl` has no version `1.2`
         --> the line of curl=1.2
        hint: look for its name: `apt-cache search WORD` on a Debian, or packages.debian.org
        4 error: Debian's package servers can't be reached from the build
        hint: behind a proxy, set `http_proxy` and `https_proxy` for paas
        5 error: the Debian packages can't be installed: exit status 100
        ");
    }
}
