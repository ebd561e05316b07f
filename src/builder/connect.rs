use std::time::Duration;

use bollard::{ClientVersion, Docker};
use hyper::header::HeaderMap;
use serde::Deserialize;

use super::api_version::ApiVersion;
use super::wire::{self, Wire};
use super::{Engine, fault};
use crate::image::Platform;
use crate::settings::EngineAddress;
use crate::{Error, Result};

/// Longer than an overloaded engine takes to list or remove images; builds and transfers don't go
/// through bollard.
pub(super) const SMALL_REQUEST: Duration = Duration::from_mins(1);

impl Engine {
    /// Finds out what listens at `address`: one small request. Anything but a usable engine is
    /// `Kind::Unavailable`, with hints.
    pub async fn connect(address: &EngineAddress) -> Result<Self> {
        let wire = Wire::new(address.clone());
        let pong = wire.ask(wire::get("/_ping")).await?;
        let status = pong.response.status();
        if status.is_server_error() {
            let text = pong.text().await.unwrap_or_default();
            return Err(fault::answered(status.as_u16(), &fault::message_of(&text)));
        }
        let api = usable(address, pong.response.headers())?;
        Ok(Self {
            docker: client(address, api)?,
            wire,
            api,
        })
    }

    /// What it builds for when no platform is asked for. One request, of the slower kind (8 ms):
    /// the engine asks its helpers for their versions too.
    pub async fn platform(&self) -> Result<Platform> {
        #[derive(Deserialize)]
        #[serde(rename_all = "PascalCase")]
        struct Version {
            os: String,
            arch: String,
        }
        let request = wire::get(&self.path("/version"));
        let version: Version = self.wire.ask(request).await?.document().await?;
        Ok(Platform::new(&version.os, &version.arch, ""))
    }
}

fn usable(address: &EngineAddress, headers: &HeaderMap) -> Result<ApiVersion> {
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    if header("libpod-api-version").is_some() {
        return Err(Error::unavailable(format!(
            "{} is Podman's, which has no BuildKit",
            fault::name(address)
        ))
        .hint("use a Docker Engine: set DOCKER_HOST or pass `--docker-host`"));
    }
    let api: ApiVersion = header("api-version")
        .and_then(|text| text.parse().ok())
        .ok_or_else(|| fault::foreign(address))?;
    if header("ostype").is_some_and(|os| os != "linux") {
        return Err(
            Error::unavailable("this Docker Engine runs Windows containers")
                .hint("switch it to Linux containers"),
        );
    }
    if api < ApiVersion::OLDEST {
        return Err(Error::unavailable(format!(
            "the Docker Engine at {} is too old: it speaks API {api}, {} is needed",
            fault::name(address),
            ApiVersion::OLDEST
        ))
        .hint("install Docker 19.03 or newer"));
    }
    Ok(api)
}

fn client(address: &EngineAddress, api: ApiVersion) -> Result<Docker> {
    let newest = bollard::API_DEFAULT_VERSION;
    let newest = ApiVersion::new(newest.major_version, newest.minor_version);
    let spoken = api.min(newest);
    let version = ClientVersion {
        major_version: spoken.major,
        minor_version: spoken.minor,
    };
    let timeout = SMALL_REQUEST.as_secs();
    match address {
        EngineAddress::Unix(path) => {
            Docker::connect_with_socket(&path.to_string_lossy(), timeout, &version)
        }
        EngineAddress::Tcp(host) => {
            Docker::connect_with_http(&format!("http://{host}"), timeout, &version)
        }
    }
    .map_err(|error| fault::of_bollard(address, error))
}
