//! The cluster's ingress: found by its container's name, made when it is missing.

use std::collections::HashMap;
use std::net::{Ipv4Addr, TcpListener};
use std::sync::{MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use bollard::models::{
    ContainerCreateBody, ContainerInspectResponse, HostConfig, Mount, MountType,
    MountVolumeOptions, RestartPolicyNameEnum,
};
use bollard::query_parameters::CreateContainerOptionsBuilder;

use super::blueprint::{hardened, restart};
use super::keeper::{Keeper, Relay};
use super::start::policy;
use super::{DockerHost, HostSettings, names};
use crate::builder::{Engine, is_status};
use crate::ingress::AcmeOptions;
use crate::ingress::protocol::PROTOCOL;
use crate::{Error, Result};

/// From the container's start to its first answer.
pub(super) const READY: Duration = Duration::from_secs(10);
const ASK_EVERY: Duration = Duration::from_millis(10);
/// Ports that a user other than root may listen on begin here.
const UNPRIVILEGED: u16 = 1024;
/// Where control ports are looked for.
const CONTROL_PORTS: std::ops::Range<u16> = 17_600..17_900;
/// Where HTTP is served unless somebody asks for another port.
const HTTP_PORT: u16 = 8080;
/// How far the HTTP port may be from the usual one.
const PORTS_TRIED: u16 = 100;

/// Variables of the ingress's container: how it is steered, and where it listens.
const CONTROL_PORT: &str = "PAAS_INGRESS_CONTROL_PORT";
const TOKEN: &str = "PAAS_INGRESS_TOKEN";
pub(super) const HTTP_VARIABLE: &str = "PAAS_INGRESS_HTTP_PORT";
pub(super) const HTTPS_PORT: &str = "PAAS_INGRESS_HTTPS_PORT";
const ACME_DIRECTORY: &str = "PAAS_INGRESS_ACME_DIRECTORY";
const ACME_CONTACT: &str = "PAAS_INGRESS_ACME_CONTACT";
const ACME_CA: &str = "PAAS_INGRESS_ACME_CA";
const STATE: &str = "PAAS_INGRESS_STATE";
const STATE_FOLDER: &str = "/var/lib/paas";

impl DockerHost {
    /// The ingress's control API; `None` where there never was one, or all that it kept is gone.
    pub(super) async fn keeper(&self) -> Result<Option<Keeper>> {
        if let Some(keeper) = self.remembered_keeper().clone() {
            return Ok(Some(keeper));
        }
        let found = self.inspect(&self.names.ingress()).await?;
        if let Some(found) = found.filter(runs) {
            let keeper = self.keeper_of(&found);
            self.remembered_keeper().clone_from(&keeper);
            return Ok(keeper);
        }
        if let Some(keeper) = self.next_keeper().await? {
            return Ok(Some(keeper));
        }
        // What it keeps would be told to be nothing.
        if self.has_volume(&self.names.ingress()).await? {
            return Err(self.stopped());
        }
        Ok(None)
    }

    /// Who steers the ingress in a container; `None`: it is none.
    pub(super) fn keeper_of(&self, found: &ContainerInspectResponse) -> Option<Keeper> {
        keeper_of(&self.engine, found)
    }

    fn stopped(&self) -> Error {
        Error::unavailable(format!(
            "the ingress of the cluster `{}` does not run, so nobody reaches its apps",
            self.names.cluster()
        ))
        .hint("the next `paas deploy` or `paas rollback` starts it")
    }

    fn remembered_keeper(&self) -> MutexGuard<'_, Option<Keeper>> {
        self.keeper.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The same, where it has to be there.
    pub(super) async fn steering(&self) -> Result<Keeper> {
        self.keeper().await?.ok_or_else(|| self.stopped())
    }

    /// Looks again who it is, next time.
    pub(super) fn forget_keeper(&self) {
        *self.remembered_keeper() = None;
    }

    /// The same, made or started where it is missing, and replaced where it speaks an older protocol.
    pub(super) async fn steering_or_made(&self) -> Result<Keeper> {
        const TRIES: u32 = 3;
        let mut tries = 0;
        loop {
            tries += 1;
            let keeper = self.running_keeper().await?;
            match self.ready(&keeper).await {
                Ok(PROTOCOL) => {
                    *self.remembered_keeper() = Some(keeper.clone());
                    return Ok(keeper);
                }
                Ok(older) if older < PROTOCOL && tries < TRIES => {
                    Box::pin(self.upgrade_ingress()).await?;
                }
                Ok(protocol) => {
                    return Err(Error::unavailable(format!(
                        "the ingress speaks protocol {protocol}, and {PROTOCOL} is needed"
                    ))
                    .hint("use the newest `paas` that works on this cluster"));
                }
                Err(error) => {
                    let lines = self.last_lines(&self.names.ingress(), &[]).await;
                    return Err(error.detail(lines.join("\n")));
                }
            }
        }
    }

    /// Of a container that was started.
    async fn running_keeper(&self) -> Result<Keeper> {
        const TRIES: u32 = 5;
        let name = self.names.ingress();
        self.remove_ended_ingresses().await?;
        for _ in 0..TRIES {
            match self.inspect(&name).await? {
                // An upgrade is under way, or was cut short.
                Some(found) if policy(&found) == Some(RestartPolicyNameEnum::NO) => {
                    Box::pin(self.settle_ingress()).await?;
                }
                Some(found) => {
                    if !runs(&found) {
                        self.start_container(&name).await?;
                    }
                    return self.keeper_of(&found).ok_or_else(|| {
                        Error::refused(format!("the container `{name}` is no ingress of paas"))
                            .hint("remove it, or give the cluster another name")
                    });
                }
                None if self.inspect(&self.names.next_ingress()).await?.is_some() => {
                    Box::pin(self.settle_ingress()).await?;
                }
                None => self.make_ingress().await?,
            }
        }
        Err(Error::unavailable(
            "the ingress is removed as soon as it was made",
        ))
    }

    /// Its protocol, as soon as it answers.
    pub(super) async fn ready(&self, keeper: &Keeper) -> Result<u32> {
        let begun = Instant::now();
        loop {
            match keeper.about().await {
                Ok(about) => return Ok(about.protocol),
                Err(error) if begun.elapsed() > READY => {
                    return Err(Error::unavailable("the ingress does not start").caused_by(error));
                }
                Err(_) => tokio::time::sleep(ASK_EVERY).await,
            }
        }
    }

    /// Creates the container. When somebody else was faster, theirs counts.
    async fn make_ingress(&self) -> Result<()> {
        let image = self.ingress_image().await?;
        let ports = Ports::free(&self.engine, &self.settings)?;
        self.create_ingress(image, &ports).await
    }

    /// The same with these ports.
    pub(super) async fn create_ingress(&self, image: String, ports: &Ports) -> Result<()> {
        let body = self.ingress_body(image, ports)?;
        let options = CreateContainerOptionsBuilder::new()
            .name(&self.names.ingress())
            .build();
        let client = self.engine.client();
        match client.create_container(Some(options), body).await {
            // 404: a clean-up was faster than this, and took the image.
            Err(error) if !is_status(&error, 409) && !is_status(&error, 404) => {
                Err(self.engine.fault(error))
            }
            _ => Ok(()),
        }
    }

    pub(super) fn ingress_body(&self, image: String, ports: &Ports) -> Result<ContainerCreateBody> {
        let mut token = [0_u8; 32];
        getrandom::fill(&mut token)
            .map_err(|error| Error::unexpected("there are no random numbers").caused_by(error))?;
        let mut env = vec![
            format!("{CONTROL_PORT}={}", ports.control),
            format!("{TOKEN}={}", hex::encode(token)),
            format!("{HTTP_VARIABLE}={}", ports.http),
            format!("{STATE}={STATE_FOLDER}"),
        ];
        if let Some(port) = ports.https {
            env.push(format!("{HTTPS_PORT}={port}"));
            let acme = acme_variables(&self.settings.acme);
            env.extend(acme.filter_map(|(name, value)| Some(format!("{name}={}", value?))));
        }
        let as_root = ports.are_privileged();
        let mut labels = self.names.labels();
        labels.insert(names::ROLE.to_owned(), names::INGRESS.to_owned());
        Ok(ContainerCreateBody {
            image: Some(image),
            user: Some(if as_root { "0:0" } else { "10001:10001" }.to_owned()),
            env: Some(env),
            labels: Some(labels),
            host_config: Some(HostConfig {
                network_mode: Some("host".to_owned()),
                init: Some(true),
                readonly_rootfs: Some(true),
                // The volume may be another user's: of an ingress with other ports.
                cap_add: as_root
                    .then(|| vec!["NET_BIND_SERVICE".to_owned(), "DAC_OVERRIDE".to_owned()]),
                restart_policy: Some(restart(RestartPolicyNameEnum::ALWAYS)),
                mounts: Some(vec![Mount {
                    typ: Some(MountType::VOLUME),
                    source: Some(self.names.ingress()),
                    target: Some(STATE_FOLDER.to_owned()),
                    volume_options: Some(MountVolumeOptions {
                        // Root without capabilities may write only what is root's; the image's
                        // folder belongs to the other user.
                        no_copy: Some(as_root),
                        labels: Some(self.names.labels()),
                        ..MountVolumeOptions::default()
                    }),
                    ..Mount::default()
                }]),
                ..hardened(false)
            }),
            ..ContainerCreateBody::default()
        })
    }
}

/// Where certificates are ordered.
pub(super) fn acme_variables(
    options: &AcmeOptions,
) -> impl Iterator<Item = (&'static str, Option<&str>)> {
    [
        (ACME_DIRECTORY, options.directory.as_deref()),
        (ACME_CONTACT, options.contact.as_deref()),
        (ACME_CA, options.ca.as_deref()),
    ]
    .into_iter()
}

/// Where an ingress listens.
pub(super) struct Ports {
    control: u16,
    pub(super) http: u16,
    pub(super) https: Option<u16>,
}

impl Ports {
    /// Ports that were asked for have to be free; the usual one may be the next that is.
    pub(super) fn free(engine: &Engine, settings: &HostSettings) -> Result<Self> {
        let (http, https) = (settings.http_port, settings.https_port);
        check_free(engine, http.into_iter().chain(https))?;
        let last = HTTP_PORT.saturating_add(PORTS_TRIED);
        let free = |port: &u16| is_free(engine, Ipv4Addr::UNSPECIFIED, *port);
        let http = http
            .or_else(|| (HTTP_PORT..=last).find(free))
            .ok_or_else(|| Error::refused(format!("no port from {HTTP_PORT} to {last} is free")))?;
        Ok(Self {
            control: control_port(engine)?,
            http,
            https,
        })
    }

    /// Those of an ingress that takes the place of one with these variables.
    pub(super) fn after(
        engine: &Engine,
        settings: &HostSettings,
        old: &HashMap<&str, &str>,
    ) -> Result<Self> {
        let port = |name: &str| old.get(name).and_then(|port| port.parse().ok());
        let (old_http, old_https) = (port(HTTP_VARIABLE), port(HTTPS_PORT));
        let http = settings.http_port.or(old_http).unwrap_or(HTTP_PORT);
        let wanted = std::iter::once(http).chain(settings.https_port);
        check_free(
            engine,
            wanted.filter(|port| ![old_http, old_https].contains(&Some(*port))),
        )?;
        let ports = Self {
            control: control_port(engine)?,
            http,
            https: settings.https_port,
        };
        let old_http = old_http.unwrap_or(HTTP_PORT);
        let privileged = |port: u16| port < UNPRIVILEGED;
        if !ports.are_privileged() && (privileged(old_http) || old_https.is_some_and(privileged)) {
            return Err(Error::refused(
                "an ingress that had a port below 1024 keeps its state as root, and can't do without",
            )
            .hint("keep one of the ports, or give the cluster another name"));
        }
        Ok(ports)
    }

    fn are_privileged(&self) -> bool {
        self.http < UNPRIVILEGED || self.https.is_some_and(|port| port < UNPRIVILEGED)
    }
}

fn check_free(engine: &Engine, mut ports: impl Iterator<Item = u16>) -> Result<()> {
    match ports.find(|port| !is_free(engine, Ipv4Addr::UNSPECIFIED, *port)) {
        Some(taken) => Err(
            Error::refused(format!("port {taken} is held by another program"))
                .hint("end that program, or give the cluster another port: `paas cluster add`"),
        ),
        None => Ok(()),
    }
}

fn control_port(engine: &Engine) -> Result<u16> {
    let begin = fastrand::usize(..CONTROL_PORTS.len());
    CONTROL_PORTS
        .cycle()
        .skip(begin)
        .take(CONTROL_PORTS.len())
        .find(|port| is_free(engine, Ipv4Addr::LOCALHOST, *port))
        .ok_or_else(|| Error::unavailable("no port is free for the ingress's control"))
}

/// A port that we may not use is not taken for that: the ingress may. On another machine nobody can tell; an
/// ingress that can't have one there says so in its log.
fn is_free(engine: &Engine, address: Ipv4Addr, port: u16) -> bool {
    if !engine.is_local() {
        return true;
    }
    match TcpListener::bind((address, port)) {
        Ok(_) => true,
        Err(error) => error.kind() != std::io::ErrorKind::AddrInUse,
    }
}

pub(super) fn runs(found: &ContainerInspectResponse) -> bool {
    let state = found.state.as_ref();
    state.and_then(|state| state.running).unwrap_or(false)
}

/// A container's variables.
pub(super) fn environment(found: &ContainerInspectResponse) -> HashMap<&str, &str> {
    let config = found.config.as_ref();
    let env = config.and_then(|config| config.env.as_ref());
    let pairs = env.into_iter().flatten();
    pairs.filter_map(|pair| pair.split_once('=')).collect()
}

pub(super) fn keeper_of(engine: &Engine, found: &ContainerInspectResponse) -> Option<Keeper> {
    let env = environment(found);
    let (port, token) = (env.get(CONTROL_PORT)?, *env.get(TOKEN)?);
    if engine.is_local() {
        return Some(Keeper::new(format!("127.0.0.1:{port}"), token));
    }
    let relay = Relay::new(engine.clone(), found.id.clone()?);
    Some(Keeper::through(relay, token))
}
