use std::path::Path;

use serde::Serialize;
use tera::{Context, Tera};

use super::template;
use super::{Layout, Recipe};

/// What the template sees. Every value in it has passed a grammar (reference, path, variable name,
/// number): text of the user's own never becomes text of the Dockerfile.
#[derive(Serialize)]
struct View<'a> {
    recipe: &'a Recipe,
    base: String,
    runtime: String,
    layout: &'a Layout,
    cache_mounts: Vec<CacheMount<'a>>,
    installed: Vec<&'a str>,
    /// Whether the final image takes its files from a build.
    is_built: bool,
}

#[derive(Serialize)]
struct CacheMount<'a> {
    id: String,
    target: &'a str,
}

/// The Dockerfile of `recipe`. `app` names the app's caches on the engine.
pub fn render(recipe: &Recipe, app: &str, layout: &Layout) -> String {
    let view = View {
        recipe,
        base: recipe.base.reference.to_string(),
        runtime: recipe.runtime.reference.to_string(),
        layout,
        cache_mounts: recipe
            .cache
            .iter()
            .map(|target| CacheMount {
                id: format!("paas/{app}{target}"),
                target,
            })
            .collect(),
        installed: installed(recipe),
        is_built: recipe.is_built(),
    };
    let context = Context::from_serialize(&view).expect("plain data");
    let mut tera = Tera::default();
    tera.add_raw_template("Dockerfile", template::DOCKERFILE)
        .expect("a template of our own");
    tera.render("Dockerfile", &context)
        .expect("a template of our own")
}

/// The dependencies' folders that the final image takes as layers of their own: those that it
/// doesn't take from the build anyway.
fn installed(recipe: &Recipe) -> Vec<&str> {
    let built: &[String] = if recipe.is_built() {
        &recipe.output
    } else {
        &[]
    };
    let is_built = |path: &str| {
        built
            .iter()
            .any(|output| Path::new(path).starts_with(output))
    };
    let outputs = recipe.dependencies.iter().flat_map(|step| &step.output);
    outputs
        .map(String::as_str)
        .filter(|path| !is_built(path))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config;
    use crate::plan::Defaults;

    fn dockerfile(text: &str) -> String {
        let app = config::parse(text, "app.toml").unwrap().app;
        let base = &app.build.base;
        let runtime = app.build.runtime.as_ref().unwrap_or(base);
        let recipe = Recipe::of(&app, base, runtime, &[], Defaults::default()).unwrap();
        // The mounts of every step are the same and long.
        let text = render(&recipe, "shop", &Layout::served());
        text.replace("--mount=type=secret,id=paas-ca,target=/run/paas/ca.pem --mount=type=secret,id=paas-truststore,target=/run/paas/truststore.jks", "[authorities]")
    }

    #[test]
    fn without_a_build_the_source_goes_straight_into_the_image() {
        let text = "name = \"site\"\n[build]\nbase = \"static\"\n[start]\nscript = \"exec static-server\"\n";
        insta::assert_snapshot!(dockerfile(text), @r#"
        FROM paas/static:latest
        USER 10001:10001
        WORKDIR /app
        COPY paas/runtime/ /paas/
        ENV PORT=8080
        EXPOSE 8080
        ENTRYPOINT ["/bin/sh", "/paas/start"]
        CMD ["web"]
        COPY --chown=10001:10001 app/ /app/
        "#);
    }

    #[test]
    fn dependencies_and_build_have_stages_of_their_own() {
        let text = r#"
            name = "shop"
            [build]
            base = "python"
            runtime = "python-runtime"
            script = "python -m compileall ."
            dependencies = { files = ["requirements.txt"], script = "pip install -r requirements.txt", output = ["/venv", "/app/lib"] }
            cache = ["/root/.cache/pip"]
            packages = ["libpq5"]
            env = { PYTHONOPTIMIZE = "1\nLABEL pwned=yes" }
            secrets = ["TOKEN"]
            [start]
            script = "exec gunicorn app:app"
        "#;
        insta::assert_snapshot!(dockerfile(text), @r#"
        FROM paas/python:latest AS dependencies
        USER 0:0
        RUN --mount=type=bind,source=paas/steps/packages,target=/run/paas/steps [authorities] --mount=type=cache,id=paas-apt-archives,target=/var/cache/apt/archives,sharing=locked --mount=type=cache,id=paas-apt-lists,target=/var/lib/apt/lists,sharing=locked ["/bin/sh", "/run/paas/steps/run", "packages"]
        WORKDIR /app
        ARG PYTHONOPTIMIZE
        ARG PAAS_SECRETS
        COPY paas/dependencies/ /app/
        RUN --mount=type=bind,source=paas/steps/dependencies,target=/run/paas/steps [authorities] --mount=type=cache,id=paas/shop/root/.cache/pip,target=/root/.cache/pip,sharing=locked --mount=type=secret,id=TOKEN,target=/run/paas/secrets/TOKEN ["/bin/sh", "/run/paas/steps/run", "dependencies"]

        FROM dependencies AS build
        ARG PYTHONOPTIMIZE
        ARG PAAS_SECRETS
        COPY app/ /app/
        RUN --mount=type=bind,source=paas/steps/build,target=/run/paas/steps [authorities] --mount=type=cache,id=paas/shop/root/.cache/pip,target=/root/.cache/pip,sharing=locked --mount=type=secret,id=TOKEN,target=/run/paas/secrets/TOKEN ["/bin/sh", "/run/paas/steps/run", "build"]

        FROM paas/python-runtime:latest
        USER 0:0
        RUN --mount=type=bind,source=paas/steps/packages,target=/run/paas/steps [authorities] --mount=type=cache,id=paas-apt-archives,target=/var/cache/apt/archives,sharing=locked --mount=type=cache,id=paas-apt-lists,target=/var/lib/apt/lists,sharing=locked ["/bin/sh", "/run/paas/steps/run", "packages"]
        USER 10001:10001
        WORKDIR /app
        COPY --from=dependencies /venv /venv
        COPY paas/runtime/ /paas/
        ENV PORT=8080
        EXPOSE 8080
        ENTRYPOINT ["/bin/sh", "/paas/start"]
        CMD ["web"]
        COPY --from=build --chown=10001:10001 /app /app
        "#);
    }
}
