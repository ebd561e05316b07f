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
