use serde::{Deserialize, Serialize};

use super::{Definition, is_name};
use crate::plan::Defaults;
use crate::{Error, Result};

/// What apps on a base get unless they say otherwise. It travels as a label of the image, as a team's
/// base is used where its folder isn't.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Profile {
    /// Base of the final image.
    pub runtime: String,
    /// For keys of `app.toml`.
    pub defaults: Defaults,
}

/// As in base.toml, and in the label.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct BuildDefaults {
    #[serde(default)]
    cache: Vec<AbsolutePath>,
    output: Option<Vec<AbsolutePath>>,
    script: Option<String>,
    #[serde(default)]
    dependencies: DependencyDefaults,
}

#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct DependencyDefaults {
    #[serde(default)]
    output: Vec<AbsolutePath>,
}

#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct StartDefaults {
    script: Option<String>,
}

/// A word of a Dockerfile in the end.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(try_from = "String")]
struct AbsolutePath(String);

impl TryFrom<String> for AbsolutePath {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let allowed = |c: char| c.is_ascii_alphanumeric() || "/._+@-".contains(c);
        let valid = text.starts_with('/')
            && text.len() > 1
            && text.chars().all(allowed)
            && text[1..]
                .split('/')
                .all(|part| !["", ".", ".."].contains(&part));
        if valid {
            Ok(Self(text))
        } else {
            Err(format!("`{}` is not an absolute path", text.escape_debug()))
        }
    }
}

#[derive(Deserialize, Serialize)]
struct Label {
    runtime: String,
    build: BuildDefaults,
    start: StartDefaults,
}

pub(super) fn defaults(build: BuildDefaults, start: StartDefaults) -> Defaults {
    let texts = |paths: Vec<AbsolutePath>| paths.into_iter().map(|path| path.0).collect();
    Defaults {
        dependencies_output: texts(build.dependencies.output),
        cache: texts(build.cache),
        output: build.output.map(texts),
        build: build.script,
        start: start.script,
    }
}

impl Profile {
    /// The label's name.
    pub const LABEL: &str = "io.paas.base.profile";

    /// Of the last of a chain that begins with the root: what a base says nothing about is as on the
    /// one that it is made from, but for the runtime, which may lack what the base adds.
    pub fn of_chain(chain: &[Definition]) -> Option<Self> {
        let base = chain.last()?;
        let mut defaults = Defaults::default();
        for base in chain {
            let own = base.defaults.clone();
            let lists = [
                (&mut defaults.dependencies_output, own.dependencies_output),
                (&mut defaults.cache, own.cache),
            ];
            for (list, own) in lists {
                if !own.is_empty() {
                    *list = own;
                }
            }
            defaults.output = own.output.or(defaults.output);
            defaults.build = own.build.or(defaults.build);
            defaults.start = own.start.or(defaults.start);
        }
        Some(Self {
            runtime: base.runtime().to_owned(),
            defaults,
        })
    }

    /// The label's value.
    pub fn to_label(&self) -> String {
        let paths = |texts: &[String]| texts.iter().cloned().map(AbsolutePath).collect();
        let defaults = &self.defaults;
        let label = Label {
            runtime: self.runtime.clone(),
            build: BuildDefaults {
                cache: paths(&defaults.cache),
                output: defaults.output.as_deref().map(paths),
                script: defaults.build.clone(),
                dependencies: DependencyDefaults {
                    output: paths(&defaults.dependencies_output),
                },
            },
            start: StartDefaults {
                script: defaults.start.clone(),
            },
        };
        serde_json::to_string(&label).expect("strings and lists only")
    }

    /// Reads a label. Anybody may have written it.
    pub fn from_label(text: &str) -> Result<Self> {
        let unusable = || {
            Error::usage(format!("the base's label {} is not usable", Self::LABEL))
                .hint("build the base again with this version of paas, and push it")
        };
        let label: Label = serde_json::from_str(text).map_err(|e| unusable().caused_by(e))?;
        if !is_name(&label.runtime) {
            return Err(unusable());
        }
        Ok(Self {
            runtime: label.runtime,
            defaults: defaults(label.build, label.start),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_derived_base_keeps_what_it_says_nothing_about() {
        let chain: Vec<_> = ["debian", "python-runtime", "python", "static"]
            .map(|name| Definition::embedded(name).unwrap())
            .into();
        let profile = Profile::of_chain(&chain).unwrap();
        assert_eq!(profile.runtime, "static");
        assert_eq!(profile.defaults.dependencies_output, ["/venv"]);
        assert_eq!(
            profile.defaults.start.as_deref(),
            Some("exec static-server")
        );
        assert_eq!(Profile::from_label(&profile.to_label()).unwrap(), profile);
    }

    #[test]
    fn a_hostile_label_is_refused() {
        let label = |runtime: &str, path: &str| {
            serde_json::json!({
                "runtime": runtime,
                "build": { "cache": [path] },
                "start": {},
            })
            .to_string()
        };
        assert!(Profile::from_label(&label("ml", "/root/.cache/pip")).is_ok());
        for (runtime, path) in [
            ("ml\nRUN id", "/x"),
            ("../ml", "/x"),
            ("ml", "/x\nRUN id"),
            ("ml", "/x,readonly"),
            ("ml", "/x y"),
            ("ml", "/a/../../b"),
            ("ml", "x"),
            ("ml", "/"),
        ] {
            assert!(
                Profile::from_label(&label(runtime, path)).is_err(),
                "{path:?}"
            );
        }
        assert!(Profile::from_label("{").is_err());
    }
}
