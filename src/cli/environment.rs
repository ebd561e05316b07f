//! The only reader of the process's environment.

use std::collections::{BTreeMap, HashMap};
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use super::engine_address::{self, Sources};
use super::user_config::UserConfig;
use crate::config::registry_host;
use crate::settings::Settings;
use crate::{Error, Result};

/// Where Linux distributions and others keep the machine's certificate authorities.
const SYSTEM_CA_BUNDLES: [&str; 5] = [
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
];

/// Variables of common tools that name a bundle of authorities; the first file that exists counts.
const CA_VARIABLES: [&str; 3] = ["SSL_CERT_FILE", "CURL_CA_BUNDLE", "REQUESTS_CA_BUNDLE"];

const PROXY_VARIABLES: [&str; 5] = [
    "http_proxy",
    "https_proxy",
    "no_proxy",
    "all_proxy",
    "ftp_proxy",
];

/// Environment variables, and the places on the machine that count when no variable says otherwise.
#[derive(Clone, Debug)]
pub struct Environment {
    variables: HashMap<String, OsString>,
    system_ca_bundles: Vec<PathBuf>,
    default_docker_socket: PathBuf,
}

/// Options of the command line that win over the environment.
#[derive(Clone, Copy, Debug, Default)]
pub struct Overrides<'a> {
    /// `--docker-host`.
    pub docker_host: Option<&'a str>,
    /// `--registry`.
    pub registry: Option<&'a str>,
}

impl Environment {
    /// The process's own. Variables whose names are not UTF-8 are none of ours.
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the one place that reads it"
    )]
    pub fn of_process() -> Self {
        let variables = std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value)))
            .collect();
        Self {
            variables,
            system_ca_bundles: SYSTEM_CA_BUNDLES.iter().map(PathBuf::from).collect(),
            default_docker_socket: PathBuf::from("/var/run/docker.sock"),
        }
    }

    /// A variable that is set and not empty.
    pub fn variable(&self, name: &str) -> Result<Option<&str>> {
        let Some(value) = self.variables.get(name).filter(|value| !value.is_empty()) else {
            return Ok(None);
        };
        let text = value.to_str();
        text.map(Some)
            .ok_or_else(|| Error::usage(format!("the variable {name} is not UTF-8")))
    }

    /// The folder the program was started in.
    pub fn current_folder(&self) -> Result<PathBuf> {
        std::env::current_dir()
            .map_err(|error| Error::usage("the current folder is gone").caused_by(error))
    }

    /// Whether this is a CI run: `CI` is set, and not to `false` or `0`.
    pub fn ci(&self) -> bool {
        let value = self.path("CI");
        value.is_some_and(|value| value != Path::new("false") && value != Path::new("0"))
    }

    /// `NO_COLOR`, see no-color.org.
    pub fn no_color(&self) -> bool {
        self.path("NO_COLOR").is_some()
    }

    /// Whether the terminal can't move its cursor.
    pub fn dumb_terminal(&self) -> bool {
        self.path("TERM")
            .is_some_and(|terminal| terminal == Path::new("dumb"))
    }

    /// Whether the locale's characters are UTF-8's; the first variable that is set counts.
    pub fn has_utf8(&self) -> bool {
        let set = ["LC_ALL", "LC_CTYPE", "LANG"]
            .iter()
            .find_map(|name| self.path(name));
        set.is_some_and(|locale| {
            let locale = locale.to_string_lossy().to_ascii_lowercase();
            locale.ends_with("utf-8") || locale.ends_with("utf8")
        })
    }

    /// Everything operations need to know, as values.
    pub fn settings(&self, overrides: &Overrides<'_>) -> Result<Settings> {
        let docker_config = match self.path("DOCKER_CONFIG") {
            Some(folder) => folder,
            None => self.home()?.join(".docker"),
        };
        let sources = Sources {
            option: overrides.docker_host,
            docker_host: self.variable("DOCKER_HOST")?,
            docker_context: self.variable("DOCKER_CONTEXT")?,
            docker_config: &docker_config,
            runtime_dir: self.absolute("XDG_RUNTIME_DIR"),
            default_socket: &self.default_docker_socket,
        };
        let registry = match overrides.registry {
            Some(registry) => Some((registry, "--registry")),
            None => self
                .variable("PAAS_REGISTRY")?
                .map(|registry| (registry, "PAAS_REGISTRY")),
        };
        let registry = registry.map(|(text, origin)| registry_host(text, origin));
        let user_config = UserConfig::read(&self.folder("XDG_CONFIG_HOME", ".config")?)?;
        Ok(Settings {
            engine: engine_address::resolve(&sources)?,
            registry: registry.transpose()?,
            default_registry: user_config.registry,
            ca_bundle: self.ca_bundle()?,
            proxies: self.proxies()?,
            docker_config,
            state_dir: match self.path("PAAS_STATE_DIR") {
                Some(folder) => folder,
                None => self.folder("XDG_STATE_HOME", ".local/state")?,
            },
            cache_dir: self.folder("XDG_CACHE_HOME", ".cache")?,
            config_home: Some(self.base_folder("XDG_CONFIG_HOME", ".config")?),
            kubeconfig: self.kubeconfig()?,
            clusters_file: self
                .folder("XDG_CONFIG_HOME", ".config")?
                .join("clusters.toml"),
            program: std::env::current_exe().unwrap_or_else(|_| PathBuf::from("paas")),
            user: self.user(),
            ci: self.ci(),
        })
    }

    /// As kubectl finds them.
    fn kubeconfig(&self) -> Result<Vec<PathBuf>> {
        match self.path("KUBECONFIG") {
            Some(files) => Ok(std::env::split_paths(&files)
                .filter(|file| !file.as_os_str().is_empty())
                .collect()),
            None => Ok(vec![self.home()?.join(".kube/config")]),
        }
    }

    /// `user@host`, for people who look at what was done.
    fn user(&self) -> String {
        let named = ["USER", "LOGNAME"]
            .iter()
            .find_map(|name| self.variable(name).ok().flatten());
        let user = named.map_or_else(
            || match rustix::process::getuid().as_raw() {
                0 => "root".to_owned(),
                id => format!("uid {id}"),
            },
            ToOwned::to_owned,
        );
        let system = rustix::system::uname();
        format!("{user}@{}", system.nodename().to_string_lossy())
    }

    fn ca_bundle(&self) -> Result<Option<PathBuf>> {
        // Set to nothing, it says: none.
        if let Some(value) = self.variables.get("PAAS_CA_BUNDLE") {
            let bundle = PathBuf::from(value);
            return if value.is_empty() {
                Ok(None)
            } else if bundle.is_file() {
                Ok(Some(bundle))
            } else {
                let bundle = bundle.display();
                Err(Error::usage(format!(
                    "PAAS_CA_BUNDLE: there is no file {bundle}"
                )))
            };
        }
        let named = CA_VARIABLES.iter().filter_map(|name| self.path(name));
        let mut candidates = named.chain(self.system_ca_bundles.iter().cloned());
        Ok(candidates.find(|bundle| bundle.is_file()))
    }

    fn proxies(&self) -> Result<BTreeMap<String, String>> {
        let mut proxies = BTreeMap::new();
        for lower in PROXY_VARIABLES {
            for name in [lower.to_owned(), lower.to_uppercase()] {
                if let Some(value) = self.variable(&name)? {
                    proxies.insert(name, value.to_owned());
                }
            }
        }
        Ok(proxies)
    }

    /// Our folder in one of the XDG base directories.
    fn folder(&self, variable: &str, below_home: &str) -> Result<PathBuf> {
        Ok(self.base_folder(variable, below_home)?.join("paas"))
    }

    fn base_folder(&self, variable: &str, below_home: &str) -> Result<PathBuf> {
        match self.absolute(variable) {
            Some(base) => Ok(base),
            None => Ok(self.home()?.join(below_home)),
        }
    }

    fn home(&self) -> Result<PathBuf> {
        self.absolute("HOME")
            .ok_or_else(|| Error::usage("HOME is not an absolute path"))
    }

    fn path(&self, variable: &str) -> Option<PathBuf> {
        self.variables
            .get(variable)
            .filter(|value| !value.is_empty())
            .map(PathBuf::from)
    }

    /// The XDG base directory specification has relative paths ignored.
    fn absolute(&self, variable: &str) -> Option<PathBuf> {
        self.path(variable).filter(|path| path.is_absolute())
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use tempfile::TempDir;

    use super::*;
    use crate::settings::EngineAddress;

    /// A home, and files that stand for the machine's.
    struct Machine {
        folder: TempDir,
    }

    impl Machine {
        fn new() -> Self {
            Self {
                folder: TempDir::new().unwrap(),
            }
        }

        fn path(&self, path: &str) -> PathBuf {
            self.folder.path().join(path)
        }

        fn write(&self, path: &str, content: &str) -> PathBuf {
            let path = self.path(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, content).unwrap();
            path
        }

        /// `~` in a value stands for the home.
        fn environment(&self, variables: &[(&str, &str)]) -> Environment {
            let home = self.folder.path().to_str().unwrap();
            let variables = [("HOME", "~")]
                .iter()
                .chain(variables)
                .map(|(name, value)| ((*name).to_owned(), value.replace('~', home).into()));
            Environment {
                variables: variables.collect(),
                system_ca_bundles: vec![self.path("etc/first.pem"), self.path("etc/second.pem")],
                default_docker_socket: PathBuf::from("/var/run/docker.sock"),
            }
        }

        fn settings(&self, variables: &[(&str, &str)]) -> Settings {
            self.environment(variables)
                .settings(&Overrides::default())
                .unwrap()
        }
    }

    #[test]
    fn nothing_set_means_defaults_in_the_home() {
        let machine = Machine::new();
        let settings = machine.settings(&[]);
        assert_eq!(
            settings.engine,
            EngineAddress::Unix("/var/run/docker.sock".into())
        );
        assert_eq!(settings.registry_for(None), None);
        assert_eq!(settings.ca_bundle, None);
        assert!(settings.proxies.is_empty());
        assert_eq!(settings.docker_config, machine.path(".docker"));
        assert_eq!(settings.state_dir, machine.path(".local/state/paas"));
        assert!(!settings.ci);
    }

    #[test]
    fn folders_follow_their_variables() {
        let machine = Machine::new();
        for (variables, state_dir) in [
            (&[("XDG_STATE_HOME", "~/state")][..], "state/paas"),
            (&[("XDG_STATE_HOME", "relative")], ".local/state/paas"),
            (
                &[("XDG_STATE_HOME", "~/state"), ("PAAS_STATE_DIR", "~/own")],
                "own",
            ),
        ] {
            assert_eq!(
                machine.settings(variables).state_dir,
                machine.path(state_dir)
            );
        }
        let docker_config = machine
            .settings(&[("DOCKER_CONFIG", "~/docker")])
            .docker_config;
        assert_eq!(docker_config, machine.path("docker"));
    }

    #[test]
    fn the_registry_comes_from_the_nearest_source() {
        let machine = Machine::new();
        machine.write(".config/paas/config.toml", "registry = \"user.example\"\n");
        let settings = machine.settings(&[]);
        assert_eq!(settings.registry_for(None), Some("user.example"));
        assert_eq!(
            settings.registry_for(Some("app.example")),
            Some("app.example")
        );
        let settings = machine.settings(&[("PAAS_REGISTRY", "variable.example")]);
        assert_eq!(
            settings.registry_for(Some("app.example")),
            Some("variable.example")
        );
        let overrides = Overrides {
            registry: Some("option.example"),
            ..Overrides::default()
        };
        let environment = machine.environment(&[("PAAS_REGISTRY", "variable.example")]);
        let settings = environment.settings(&overrides).unwrap();
        assert_eq!(
            settings.registry_for(Some("app.example")),
            Some("option.example")
        );
    }

    #[test]
    fn the_bundle_comes_from_the_first_source_that_has_one() {
        let machine = Machine::new();
        let second = machine.write("etc/second.pem", "");
        let own = machine.write("own.pem", "");
        let curl = machine.write("curl.pem", "");
        for (variables, bundle) in [
            (&[][..], Some(&second)),
            (&[("SSL_CERT_FILE", "~/missing.pem")], Some(&second)),
            (
                &[
                    ("SSL_CERT_FILE", "~/missing.pem"),
                    ("CURL_CA_BUNDLE", "~/curl.pem"),
                ],
                Some(&curl),
            ),
            (
                &[
                    ("SSL_CERT_FILE", "~/curl.pem"),
                    ("PAAS_CA_BUNDLE", "~/own.pem"),
                ],
                Some(&own),
            ),
            (
                &[("SSL_CERT_FILE", "~/curl.pem"), ("PAAS_CA_BUNDLE", "")],
                None,
            ),
        ] {
            assert_eq!(
                machine.settings(variables).ca_bundle.as_ref(),
                bundle,
                "{variables:?}"
            );
        }
        let environment = machine.environment(&[("PAAS_CA_BUNDLE", "~/missing.pem")]);
        let error = environment.settings(&Overrides::default()).unwrap_err();
        assert!(
            error
                .message()
                .starts_with("PAAS_CA_BUNDLE: there is no file"),
            "{error}"
        );
    }

    #[test]
    fn proxies_keep_their_spelling() {
        let machine = Machine::new();
        let proxies = machine
            .settings(&[
                ("http_proxy", "http://proxy:3128"),
                ("HTTPS_PROXY", "http://proxy:3129"),
                ("no_proxy", "localhost"),
                ("ALL_PROXY", ""),
                ("UNRELATED_PROXY", "x"),
            ])
            .proxies;
        let found: Vec<_> = proxies
            .iter()
            .map(|(name, value)| (&**name, &**value))
            .collect();
        assert_eq!(
            found,
            [
                ("HTTPS_PROXY", "http://proxy:3129"),
                ("http_proxy", "http://proxy:3128"),
                ("no_proxy", "localhost"),
            ]
        );
    }

    #[test]
    fn ci_is_what_says_so() {
        let machine = Machine::new();
        for (value, ci) in [
            ("true", true),
            ("1", true),
            ("", false),
            ("false", false),
            ("0", false),
        ] {
            assert_eq!(machine.environment(&[("CI", value)]).ci(), ci, "{value:?}");
        }
    }
}
