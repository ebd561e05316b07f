use std::path::{Path, PathBuf};

use crate::config::{self, APP_FILE, App, Environment};
use crate::ops::clusters::LOCAL;
use crate::release::Target;
use crate::{Error, Result};

/// The environment of an app whose `app.toml` names none.
const DEFAULT_ENVIRONMENT: &str = "local";

/// An app and one of its environments.
#[derive(Clone, Debug)]
pub struct Selected {
    /// The app's folder.
    pub folder: PathBuf,
    /// `app.toml`.
    pub app: App,
    /// What differs in the environment.
    pub environment: Environment,
    /// Names both on a cluster.
    pub target: Target,
    /// The cluster's name.
    pub cluster: String,
    /// The commit that `app` is of; `None`: it is what is on disk.
    pub commit: Option<String>,
}

impl Selected {
    /// The environment called `name` of the app in `folder`. Without a name: the only one that
    /// `app.toml` has, or `local` where it has none.
    pub fn load(folder: &Path, name: Option<&str>) -> Result<Self> {
        let app = config::load(&folder.join(APP_FILE))?.app;
        let (name, environment) = choose(&app, name)?;
        Ok(Self {
            folder: folder.to_owned(),
            target: Target {
                group: app.group.clone(),
                app: app.name.clone(),
                environment: name,
            },
            cluster: environment
                .cluster
                .clone()
                .unwrap_or_else(|| LOCAL.to_owned()),
            environment,
            app,
            commit: None,
        })
    }

    /// Why destructive work needs the app's name; `None`: the environment is not protected.
    pub fn protection(&self, what: &str) -> Option<String> {
        let environment = &self.target.environment;
        self.environment
            .protected
            .then(|| format!("{environment} is protected: {what} needs a confirmation"))
    }

    /// Refuses for this reason, where there is one, unless `confirmed` is the app's name.
    pub fn check_confirmed(&self, reason: Option<String>, confirmed: Option<&str>) -> Result<()> {
        let app = &self.app.name;
        match reason {
            Some(reason) if confirmed != Some(app) => {
                Err(Error::refused(reason).hint(format!("give the app's name: `--confirm {app}`")))
            }
            _ => Ok(()),
        }
    }
}

fn choose(app: &App, name: Option<&str>) -> Result<(String, Environment)> {
    let known: Vec<&str> = app.environments.keys().map(String::as_str).collect();
    let Some(name) = name else {
        return match app.environments.iter().next() {
            None => Ok((DEFAULT_ENVIRONMENT.to_owned(), Environment::default())),
            Some((name, only)) if known.len() == 1 => Ok((name.clone(), only.clone())),
            Some(_) => Err(Error::usage(format!(
                "the app has several environments: {}",
                known.join(", ")
            ))
            .hint("say which: `-e NAME`")),
        };
    };
    match app.environments.get(name) {
        Some(environment) => Ok((name.to_owned(), environment.clone())),
        None if name == DEFAULT_ENVIRONMENT => Ok((name.to_owned(), Environment::default())),
        None => {
            let missing = Error::usage(format!(
                "{APP_FILE} has no environment `{}`",
                name.escape_debug()
            ));
            Err(if known.is_empty() {
                missing.hint(format!("add `[environments.{name}]` to {APP_FILE}"))
            } else {
                missing.hint(format!("there are: {}", known.join(", ")))
            })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn app(environments: &str) -> App {
        let text = format!("name = \"shop\"\n[build]\nbase = \"python\"\n{environments}");
        config::parse(&text, APP_FILE).unwrap().app
    }

    #[test]
    fn without_a_name_it_is_the_only_one() {
        let chosen = |environments: &str, name| choose(&app(environments), name);
        assert_eq!(chosen("", None).unwrap().0, "local");
        assert_eq!(chosen("", Some("local")).unwrap().0, "local");
        let staging = "[environments.staging]\ncluster = \"test\"\n";
        let (name, environment) = chosen(staging, None).unwrap();
        assert_eq!(
            (&*name, environment.cluster.as_deref()),
            ("staging", Some("test"))
        );
        let error = chosen(staging, Some("prod")).unwrap_err();
        assert_eq!(error.hints(), ["there are: staging"]);
        let both = format!("{staging}[environments.production]\n");
        let error = chosen(&both, None).unwrap_err();
        assert_eq!(
            error.message(),
            "the app has several environments: production, staging"
        );
    }
}
