//! Another ingress in place of the one that runs. The new process gets the old one's listening
//! sockets, and the old one ends by itself when its requests have (`ingress::handover`).
//!
//! The new container is made beside the old one, and gets its name when it serves. At every point
//! [`DockerHost::settle_ingress`] can tell from the engine which of the two counts.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use bollard::models::{ContainerInspectResponse, RestartPolicyNameEnum as Restart};
use bollard::query_parameters::{CreateContainerOptionsBuilder, RenameContainerOptionsBuilder};

use super::blueprint::restart;
use super::ingress::{self, HTTP_VARIABLE, HTTPS_PORT, Ports, acme_variables, runs};
use super::keeper::Keeper;
use super::start::policy;
use super::{DockerHost, names};
use crate::builder::is_status;
use crate::ingress::protocol::About;
use crate::report::Event;
use crate::{Error, Kind, Result};

/// Ingresses that speak an older protocol know no handover, or another one.
const HANDOVER_SINCE: u32 = 3;
/// Until its requests have ended an old ingress is waited for; it gives them a minute itself.
const END: Duration = Duration::from_secs(75);
/// The same where it is asked to end at once.
const STOP_SECONDS: u64 = 10;
const LOOK_EVERY: Duration = Duration::from_millis(20);
/// So soon an ingress notices that the one which was to take over is gone.
const NOTICED: Duration = Duration::from_secs(2);
/// Whoever looks on is told what takes longer.
const UNNOTICED: Duration = Duration::from_secs(1);

impl DockerHost {
    /// Whether there was something to do. `Kind::Busy` while a deployment is under way.
    pub(super) async fn upgrade_ingress(&self) -> Result<bool> {
        Box::pin(self.settle_ingress()).await?;
        let Some(old) = self.inspect(&self.names.ingress()).await? else {
            return Ok(false);
        };
        let image = self.ingress_image().await?;
        let ports = Ports::after(&self.engine, &self.settings, &ingress::environment(&old))?;
        if self.is_as_wanted(&old, &image, &ports) {
            return Ok(false);
        }
        self.forget_keeper();
        if !runs(&old) {
            self.remove_container(id(&old)).await?;
            self.create_ingress(image, &ports).await?;
            Box::pin(self.steering_or_made()).await?;
            return Ok(true);
        }
        let hands_over = self.hands_over(&old).await?;
        let next = self.make_next(image, &ports).await?;
        if let Err(error) = self.start_next(&old, &next, hands_over).await {
            match self.serves(&next).await {
                // It has taken over.
                Ok(true) => {}
                Ok(false) => {
                    self.remove_container(&next).await?;
                    self.bring_back(id(&old)).await?;
                    return Err(error);
                }
                // The next command settles it.
                Err(_) => return Err(error),
            }
        }
        self.put_in_place(Some(&old), &next).await?;
        self.await_end(id(&old)).await?;
        self.remove_container(id(&old)).await?;
        Ok(true)
    }

    /// Finishes or reverts an upgrade that was cut short.
    pub(super) async fn settle_ingress(&self) -> Result<()> {
        let (current, next) = (self.names.ingress(), self.names.next_ingress());
        let (old, next) = tokio::try_join!(self.inspect(&current), self.inspect(&next))?;
        match next {
            Some(next) if self.serves(id(&next)).await? => {
                self.put_in_place(old.as_ref(), id(&next)).await?;
            }
            next => {
                if let Some(next) = next {
                    self.remove_container(id(&next)).await?;
                }
                if let Some(old) = old.filter(|old| policy(old) == Some(Restart::NO)) {
                    self.bring_back(id(&old)).await?;
                }
            }
        }
        self.remove_ended_ingresses().await
    }

    /// Whether the ingress in this container can be steered, so that it has taken over.
    async fn serves(&self, container: &str) -> Result<bool> {
        let found = self.inspect(container).await?.filter(runs);
        match found.and_then(|found| self.keeper_of(&found)) {
            Some(keeper) => Ok(self.ready(&keeper).await.is_ok()),
            None => Ok(false),
        }
    }

    /// An ingress is to serve again, after the one that was to take over is gone.
    async fn bring_back(&self, container: &str) -> Result<()> {
        self.set_restart(container, Restart::ALWAYS).await?;
        let Some(found) = self.inspect(container).await? else {
            return Ok(());
        };
        if self.is_relieved(&found).await {
            self.end(container, STOP_SECONDS).await?;
        }
        self.start_container(container).await
    }

    /// Whether it takes no connections any more, though it runs.
    async fn is_relieved(&self, found: &ContainerInspectResponse) -> bool {
        let Some(keeper) = self.keeper_of(found).filter(|_| runs(found)) else {
            return false;
        };
        let begun = Instant::now();
        while keeper.about().await.is_ok_and(|about| about.ending) {
            if begun.elapsed() > NOTICED {
                return true;
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
        false
    }

    /// What `paas cluster check` says of an ingress that is not as it would be made now.
    pub(super) async fn ingress_differs(&self, about: &About) -> Result<Option<String>> {
        let Some(found) = self.inspect(&self.names.ingress()).await? else {
            return Ok(None);
        };
        let environment = ingress::environment(&found);
        let is = |name: &str, port: u16| environment.get(name).copied() == Some(&*port.to_string());
        let http = self
            .settings
            .http_port
            .is_none_or(|port| is(HTTP_VARIABLE, port));
        let https = match self.settings.https_port {
            Some(port) => is(HTTPS_PORT, port),
            None => !environment.contains_key(HTTPS_PORT),
        };
        let version = env!("CARGO_PKG_VERSION");
        let what = if !http || !https {
            "it listens on other ports than the cluster is defined with".to_owned()
        } else if !self.orders_as_wanted(&environment) {
            "it orders certificates elsewhere than the cluster is defined with".to_owned()
        } else if about.version != version {
            format!("it is of paas {}, this is {version}", about.version)
        } else {
            return Ok(None);
        };
        let cluster = self.names.cluster();
        Ok(Some(format!(
            "{what}; `paas cluster upgrade {cluster}` replaces it"
        )))
    }

    fn is_as_wanted(&self, old: &ContainerInspectResponse, image: &str, ports: &Ports) -> bool {
        let environment = ingress::environment(old);
        let config = old.config.as_ref();
        let port = |name: &str| environment.get(name).and_then(|port| port.parse().ok());
        config.and_then(|config| config.image.as_deref()) == Some(image)
            && port(HTTP_VARIABLE) == Some(ports.http)
            && port(HTTPS_PORT) == ports.https
            && self.orders_as_wanted(&environment)
    }

    fn orders_as_wanted(&self, environment: &HashMap<&str, &str>) -> bool {
        if self.settings.https_port.is_none() {
            return true;
        }
        acme_variables(&self.settings.acme)
            .all(|(name, value)| environment.get(name).copied() == value)
    }

    /// One that does not answer may serve all the same.
    async fn hands_over(&self, old: &ContainerInspectResponse) -> Result<bool> {
        match self.keeper_of(old) {
            Some(keeper) => Ok(self.ready(&keeper).await? >= HANDOVER_SINCE),
            None => Ok(false),
        }
    }

    /// The container that is to take over, not started.
    async fn make_next(&self, image: String, ports: &Ports) -> Result<String> {
        let mut body = self.ingress_body(image, ports)?;
        if let Some(config) = body.host_config.as_mut() {
            // It asks once, and whoever made it looks what came of it.
            config.restart_policy = Some(restart(Restart::NO));
        }
        let options = CreateContainerOptionsBuilder::new()
            .name(&self.names.next_ingress())
            .build();
        let client = self.engine.client();
        match client.create_container(Some(options), body).await {
            Ok(made) => Ok(made.id),
            Err(error) if is_status(&error, 409) => Err(Error::new(
                Kind::Busy,
                "somebody else replaces the ingress just now",
            )),
            Err(error) => Err(self.engine.fault(error)),
        }
    }

    /// Returns when it serves. The old one ends then, or before where it can't hand over.
    async fn start_next(
        &self,
        old: &ContainerInspectResponse,
        next: &str,
        hands_over: bool,
    ) -> Result<()> {
        // Or the engine would start it again when it has ended.
        self.set_restart(id(old), Restart::NO).await?;
        if !hands_over {
            self.end(id(old), STOP_SECONDS).await?;
        }
        self.start_container(next).await?;
        let begun = Instant::now();
        loop {
            let found = self.inspect(next).await?;
            let Some(found) = found else {
                return Err(Error::unavailable("the new ingress was removed meanwhile"));
            };
            if !runs(&found) {
                return Err(self.unstarted(&found).await);
            }
            let answer = match self.keeper_of(&found) {
                Some(keeper) => keeper.about().await,
                None => Err(Error::unexpected("the new ingress can't be steered")),
            };
            match answer {
                Ok(_) => return Ok(()),
                Err(error) if begun.elapsed() > ingress::READY => return Err(error),
                Err(_) => tokio::time::sleep(LOOK_EVERY).await,
            }
        }
    }

    /// Why it ended: its exit status is that of the command.
    async fn unstarted(&self, found: &ContainerInspectResponse) -> Error {
        let busy = i64::from(Kind::Busy.exit_code());
        let status = found.state.as_ref().and_then(|state| state.exit_code);
        let kind = if status == Some(busy) {
            Kind::Busy
        } else {
            Kind::Unavailable
        };
        let lines = self.last_lines(id(found), &[]).await;
        Error::new(kind, "the ingress was not replaced; the old one serves")
            .detail(lines.join("\n"))
    }

    /// The container `next` is the ingress from now on. By IDs: somebody else may do the same.
    async fn put_in_place(&self, old: Option<&ContainerInspectResponse>, next: &str) -> Result<()> {
        self.set_restart(next, Restart::ALWAYS).await?;
        if let Some(old) = old {
            self.rename(id(old), &self.names.old_ingress()).await?;
        }
        self.rename(next, &self.names.ingress()).await
    }

    async fn rename(&self, container: &str, name: &str) -> Result<()> {
        let options = RenameContainerOptionsBuilder::new().name(name).build();
        let renamed = self
            .engine
            .client()
            .rename_container(container, options)
            .await;
        match renamed {
            Err(error)
                if [400, 404, 409]
                    .iter()
                    .any(|status| is_status(&error, *status)) =>
            {
                Ok(())
            }
            renamed => renamed.map_err(|error| self.engine.fault(error)),
        }
    }

    async fn await_end(&self, container: &str) -> Result<()> {
        let begun = Instant::now();
        let mut told = false;
        while begun.elapsed() < END {
            if begun.elapsed() > UNNOTICED && !std::mem::replace(&mut told, true) {
                self.settings.reporter.report(Event::Note(
                    "the new ingress serves; waiting for requests to the old one to end".to_owned(),
                ));
            }
            match self.inspect(container).await? {
                Some(found) if runs(&found) => tokio::time::sleep(LOOK_EVERY).await,
                _ => break,
            }
        }
        Ok(())
    }

    /// Those that were replaced by commands that are gone.
    pub(super) async fn remove_ended_ingresses(&self) -> Result<()> {
        let mut labels = self.names.labels();
        labels.insert(names::ROLE.to_owned(), names::INGRESS.to_owned());
        let old = format!("/{}", self.names.old_ingress_prefix());
        for container in self.list(labels).await? {
            let names = container.names.unwrap_or_default();
            let is_old = names.iter().any(|name| name.starts_with(&old));
            let Some(id) = container.id.filter(|_| is_old) else {
                continue;
            };
            if self.inspect(&id).await?.is_some_and(|found| !runs(&found)) {
                self.remove_container(&id).await?;
            }
        }
        Ok(())
    }

    /// Of the one that is to take over, when it does.
    pub(super) async fn next_keeper(&self) -> Result<Option<Keeper>> {
        let next = self.inspect(&self.names.next_ingress()).await?;
        Ok(next.filter(runs).and_then(|next| self.keeper_of(&next)))
    }
}

fn id(found: &ContainerInspectResponse) -> &str {
    found.id.as_deref().unwrap_or_default()
}
