//! The steps of an app's build: what people read while they run, and when they fail.

use std::path::Path;

use super::packages;
use crate::builder::{BuildFailure, StepFailure, StepTitle};
use crate::config::{self, APP_FILE};
use crate::plan::Recipe;
use crate::{Error, Kind};

const PACKAGES: &str = r#""packages"]"#;

/// What marks a step in the Dockerfile, its script, and what people read.
const STEPS: [(&str, &str, &str); 3] = [
    (PACKAGES, "packages", "install packages"),
    (r#""dependencies"]"#, "dependencies", "install dependencies"),
    (r#""build"]"#, "build", "run the build script"),
];

pub(super) fn titles(recipe: &Recipe) -> Vec<StepTitle> {
    let title = |marker: &str, title: &str| StepTitle {
        marker: marker.to_owned(),
        title: title.to_owned(),
    };
    let scripts = STEPS.map(|(marker, _, shown)| title(marker, shown));
    let bases = [&recipe.base, &recipe.runtime].map(|base| {
        title(
            &base.reference.to_string(),
            &format!("base image {}", base.name),
        )
    });
    let others = [
        (" WORKDIR /app", "prepare /app"),
        ("COPY paas/dependencies/", "copy the dependency files"),
        ("COPY --from=dependencies", "take the dependencies"),
        ("COPY --from=build", "take the build's output"),
        ("COPY paas/runtime/", "add the start scripts"),
        (" app/ /app/", "copy the source"),
        ("exporting to image", "write the image"),
    ];
    let others = others.map(|(marker, shown)| title(marker, shown));
    scripts.into_iter().chain(others).chain(bases).collect()
}

/// Says which script of the `app.toml` in `folder` failed, or which of its packages.
pub(super) fn explain(recipe: &Recipe, folder: &Path, failure: BuildFailure) -> Error {
    let BuildFailure::Step(step) = failure else {
        return failure.into();
    };
    if step.marker.as_deref() == Some(PACKAGES) {
        let file = folder.join(APP_FILE);
        return packages::explain(&step, |name| {
            config::place_of(&file, "build", "packages", name)
        });
    }
    let script = step.marker.as_deref().and_then(|marker| {
        let wanted = STEPS.iter().find(|(known, ..)| *known == marker)?.1;
        recipe.scripts().find(|(name, _)| name == wanted)
    });
    match script {
        Some((name, code)) => failed_script(&name, code.line, &step),
        None => BuildFailure::Step(step).into(),
    }
}

fn failed_script(name: &str, line: Option<usize>, step: &StepFailure) -> Error {
    let Some(code) = step.exit_code else {
        return Error::unavailable(format!("the engine could not run the {name} script"))
            .caused_by(step.message.clone())
            .hint("`paas doctor` looks whether the engine is well");
    };
    let place = line.map_or_else(
        || "the base image's default".to_owned(),
        |line| format!("{APP_FILE}:{line}"),
    );
    let message = format!("the {name} script failed: exit status {code} ({place})");
    let error = Error::new(Kind::BuildFailed, message);
    if step.last_lines.is_empty() {
        error.hint("it wrote nothing; add `set -x` to the script to see its commands")
    } else {
        error.log(step.last_lines.join("\n"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn step(exit_code: Option<i64>) -> StepFailure {
        StepFailure {
            marker: None,
            title: "run the build script".to_owned(),
            name: "[build 2/2] RUN".to_owned(),
            exit_code,
            last_lines: vec!["oops".to_owned()],
            message: "could not find bridge docker0".to_owned(),
        }
    }

    #[test]
    fn a_script_that_ran_failed_and_one_that_could_not_run_did_not() {
        let failed = failed_script("build", Some(7), &step(Some(2)));
        assert_eq!(failed.kind(), Kind::BuildFailed);
        assert_eq!(
            failed.message(),
            "the build script failed: exit status 2 (app.toml:7)"
        );
        let prevented = failed_script("build", Some(7), &step(None));
        assert_eq!(prevented.kind(), Kind::Unavailable);
    }
}
