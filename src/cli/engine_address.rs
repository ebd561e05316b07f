//! Where the Docker Engine listens: what Docker's own client would use, and rootless engines.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};

use crate::settings::EngineAddress;
use crate::{Error, Result};

/// Who may name the engine, first come first served.
#[derive(Clone, Debug)]
pub struct Sources<'a> {
    /// `--docker-host`.
    pub option: Option<&'a str>,
    /// `DOCKER_HOST`.
    pub docker_host: Option<&'a str>,
    /// `DOCKER_CONTEXT`; without it the configuration's `currentContext` counts.
    pub docker_context: Option<&'a str>,
    /// Docker's configuration folder.
    pub docker_config: &'a Path,
    /// `XDG_RUNTIME_DIR`, where a rootless engine has its socket.
    pub runtime_dir: Option<PathBuf>,
    /// The machine's engine.
    pub default_socket: &'a Path,
}

/// The first address that a source names.
pub fn resolve(sources: &Sources<'_>) -> Result<EngineAddress> {
    if let Some(address) = sources.option {
        return parse(address, "--docker-host");
    }
    if let Some(address) = sources.docker_host {
        return parse(address, "DOCKER_HOST");
    }
    if let Some(address) = from_context(sources)? {
        return Ok(address);
    }
    let rootless = sources
        .runtime_dir
        .as_ref()
        .map(|folder| folder.join("docker.sock"));
    let socket = rootless.filter(|socket| socket.exists());
    Ok(EngineAddress::Unix(
        socket.unwrap_or_else(|| sources.default_socket.to_owned()),
    ))
}

/// The part of Docker's `config.json` that matters here.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct ClientConfig {
    #[serde(default)]
    current_context: String,
}

/// A context's `meta.json`.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Context {
    endpoints: Endpoints,
}

#[derive(Deserialize)]
struct Endpoints {
    docker: Endpoint,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Endpoint {
    host: String,
}

fn from_context(sources: &Sources<'_>) -> Result<Option<EngineAddress>> {
    let config: Option<ClientConfig> = read(&sources.docker_config.join("config.json"))?;
    let config = config.unwrap_or_default();
    let name = sources.docker_context.unwrap_or(&config.current_context);
    if name.is_empty() || name == "default" {
        return Ok(None);
    }
    // Docker's client names the folder after the hash of the context's name.
    let folder = hex::encode(Sha256::digest(name));
    let contexts = sources.docker_config.join("contexts");
    let context: Option<Context> = read(&contexts.join("meta").join(&folder).join("meta.json"))?;
    let Some(context) = context else {
        return Err(Error::usage(format!("there is no Docker context `{name}`"))
            .hint("`docker context ls` lists them; `docker context use default` leaves this one"));
    };
    let source = format!("Docker context `{name}`");
    let address = parse(&context.endpoints.docker.host, &source)?;
    if matches!(address, EngineAddress::Tcp(_)) && contexts.join("tls").join(&folder).exists() {
        return Err(needs_tls(&source, &context.endpoints.docker.host));
    }
    Ok(Some(address))
}

fn read<T: DeserializeOwned>(path: &Path) -> Result<Option<T>> {
    let failed = || Error::usage(format!("cannot read {}", path.display()));
    match fs::read(path) {
        Ok(bytes) => serde_json::from_slice(&bytes)
            .map(Some)
            .map_err(|error| failed().caused_by(error)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(failed().caused_by(error)),
    }
}

/// `address` as `source`, an option or variable, gives it.
pub fn parse(address: &str, source: &str) -> Result<EngineAddress> {
    let (scheme, rest) = address.split_once("://").unwrap_or(("", address));
    match scheme {
        "unix" | "" if rest.starts_with('/') => Ok(EngineAddress::Unix(rest.into())),
        "tcp" | "http" => host_and_port(rest)
            .map(EngineAddress::Tcp)
            .ok_or_else(|| not_an_address(address, source)),
        "https" => Err(needs_tls(source, address)),
        "ssh" => Err(
            Error::usage(format!("{source}: {address} is reached through SSH"))
                .hint(format!(
                    "open a tunnel with `ssh -nNT -L /tmp/docker.sock:/var/run/docker.sock {}`",
                    rest.trim_end_matches('/')
                ))
                .hint("then run paas with `--docker-host unix:///tmp/docker.sock`"),
        ),
        _ => Err(not_an_address(address, source)),
    }
}

/// `host:port`; without a port Docker's 2375.
fn host_and_port(rest: &str) -> Option<String> {
    let rest = rest.trim_end_matches('/');
    let is_plain = |c: char| c.is_ascii_alphanumeric() || ".-_[]:".contains(c);
    if rest.is_empty() || !rest.chars().all(is_plain) {
        return None;
    }
    let after_host = rest.rsplit_once(']').map_or(rest, |(_, port)| port);
    match after_host.rsplit_once(':') {
        Some((_, port)) => port.parse::<u16>().ok().map(|_| rest.to_owned()),
        None => Some(format!("{rest}:2375")),
    }
}

fn needs_tls(source: &str, address: &str) -> Error {
    Error::usage(format!(
        "{source}: {address} wants TLS, which is not supported"
    ))
    .hint("tunnel its socket through SSH and name it with `--docker-host unix:///PATH`")
}

fn not_an_address(address: &str, source: &str) -> Error {
    Error::usage(format!(
        "{source}: `{address}` is not an address of a Docker Engine"
    ))
    .hint("write `unix:///PATH` or `tcp://HOST:PORT`")
}

#[cfg(test)]
mod tests {
    use tempfile::TempDir;

    use super::*;

    fn unix(path: &str) -> EngineAddress {
        EngineAddress::Unix(path.into())
    }

    fn tcp(address: &str) -> EngineAddress {
        EngineAddress::Tcp(address.to_owned())
    }

    fn sources(docker_config: &Path) -> Sources<'_> {
        Sources {
            option: None,
            docker_host: None,
            docker_context: None,
            docker_config,
            runtime_dir: None,
            default_socket: Path::new("/default.sock"),
        }
    }

    /// Writes a context as Docker's client does.
    fn write_context(docker_config: &Path, name: &str, host: &str) -> PathBuf {
        let folder = hex::encode(Sha256::digest(name));
        let meta = docker_config.join("contexts/meta").join(&folder);
        fs::create_dir_all(&meta).unwrap();
        let json = serde_json::json!({
            "Name": name,
            "Metadata": {},
            "Endpoints": { "docker": { "Host": host, "SkipTLSVerify": false } },
        });
        fs::write(meta.join("meta.json"), json.to_string()).unwrap();
        docker_config.join("contexts/tls").join(folder)
    }

    #[test]
    fn addresses_are_understood_as_docker_does() {
        for (text, address) in [
            ("unix:///run/docker.sock", unix("/run/docker.sock")),
            ("/run/docker.sock", unix("/run/docker.sock")),
            ("tcp://10.0.0.1:2376", tcp("10.0.0.1:2376")),
            ("tcp://docker", tcp("docker:2375")),
            ("http://docker:1/", tcp("docker:1")),
            ("tcp://[::1]:2375", tcp("[::1]:2375")),
            ("tcp://[::1]", tcp("[::1]:2375")),
        ] {
            assert_eq!(parse(text, "DOCKER_HOST").unwrap(), address, "{text}");
        }
        for text in [
            "",
            "docker",
            "unix://relative",
            "tcp://",
            "tcp://a:99999",
            "tcp://a/b",
            "npipe://./x",
        ] {
            let error = parse(text, "DOCKER_HOST").unwrap_err();
            assert!(
                error
                    .message()
                    .ends_with("is not an address of a Docker Engine"),
                "{text}"
            );
        }
    }

    #[test]
    fn ssh_comes_with_the_tunnel_to_use() {
        let error = parse("ssh://ada@host", "DOCKER_HOST").unwrap_err();
        assert_eq!(
            error.message(),
            "DOCKER_HOST: ssh://ada@host is reached through SSH"
        );
        assert!(
            error.hints()[0].ends_with("/var/run/docker.sock ada@host`"),
            "{:?}",
            error.hints()
        );
    }

    #[test]
    fn the_nearest_source_wins() {
        let config = TempDir::new().unwrap();
        let runtime = TempDir::new().unwrap();
        let mut sources = sources(config.path());
        assert_eq!(resolve(&sources).unwrap(), unix("/default.sock"));

        sources.runtime_dir = Some(runtime.path().to_owned());
        assert_eq!(resolve(&sources).unwrap(), unix("/default.sock"));
        let rootless = runtime.path().join("docker.sock");
        fs::write(&rootless, "").unwrap();
        assert_eq!(resolve(&sources).unwrap(), EngineAddress::Unix(rootless));

        write_context(config.path(), "current", "unix:///current.sock");
        write_context(config.path(), "other", "tcp://other:2375");
        fs::write(
            config.path().join("config.json"),
            r#"{"currentContext":"current"}"#,
        )
        .unwrap();
        assert_eq!(resolve(&sources).unwrap(), unix("/current.sock"));

        sources.docker_context = Some("other");
        assert_eq!(resolve(&sources).unwrap(), tcp("other:2375"));
        sources.docker_host = Some("unix:///variable.sock");
        assert_eq!(resolve(&sources).unwrap(), unix("/variable.sock"));
        sources.option = Some("unix:///option.sock");
        assert_eq!(resolve(&sources).unwrap(), unix("/option.sock"));
    }

    #[test]
    fn a_context_must_be_there_and_readable_and_without_tls() {
        let config = TempDir::new().unwrap();
        let mut sources = sources(config.path());
        sources.docker_context = Some("gone");
        let error = resolve(&sources).unwrap_err();
        assert_eq!(error.message(), "there is no Docker context `gone`");

        let tls = write_context(config.path(), "secure", "tcp://secure:2376");
        fs::create_dir_all(tls.join("docker")).unwrap();
        sources.docker_context = Some("secure");
        let error = resolve(&sources).unwrap_err();
        assert!(
            error
                .message()
                .ends_with("wants TLS, which is not supported"),
            "{error}"
        );

        fs::write(config.path().join("config.json"), "{").unwrap();
        let error = resolve(&sources).unwrap_err();
        assert!(error.message().ends_with("config.json"), "{error}");
    }
}
