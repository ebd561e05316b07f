//! Commands of people: in an instance, or in a pod of their own.

use std::pin::Pin;

use async_trait::async_trait;
use futures_util::{Stream, StreamExt as _, stream};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Status;
use kube::ResourceExt as _;
use tokio::io::AsyncWrite;
use tokio_stream::wrappers::ReceiverStream;

use super::Kubernetes;
use super::errand::Errand;
use super::spdy::{Conversation, Place};
use crate::cluster::marked::{MARK, end_marked};
use crate::cluster::{Output, Process, TerminalSize};
use crate::release::{InstanceName, Target};
use crate::{Error, Result};

/// A command that runs.
struct Running {
    conversation: Conversation,
    place: Place,
    mark: String,
    /// The pod that is there for it alone.
    errand: Option<Errand>,
}

#[async_trait]
impl Process for Running {
    fn input(&mut self) -> Option<Pin<Box<dyn AsyncWrite + Send>>> {
        let input = self.conversation.input.take()?;
        Some(Box::pin(input))
    }

    fn output(&mut self) -> Pin<Box<dyn Stream<Item = Result<Output>> + Send>> {
        match self.conversation.output.take() {
            Some(output) => Box::pin(ReceiverStream::new(output).map(Ok)),
            None => Box::pin(stream::empty()),
        }
    }

    async fn resize(&mut self, size: TerminalSize) -> Result<()> {
        self.conversation.resize(size);
        Ok(())
    }

    async fn end(&mut self) -> Result<()> {
        if let Some(errand) = self.errand.take() {
            return errand.end().await;
        }
        let ending = end_marked(&self.mark).map(str::to_owned);
        let failed = |error| Error::unavailable("the command could not be ended").caused_by(error);
        let ended = self.place.start(&ending, false).await.map_err(failed)?;
        let lost = |_| Error::unavailable("the connection was lost while the command was ended");
        ended.status.await.map(drop).map_err(lost)
    }

    async fn wait(&mut self) -> Result<i64> {
        let status = (&mut self.conversation.status).await;
        if let Some(errand) = self.errand.take() {
            errand.end().await?;
        }
        let status = status.map_err(|_| {
            Error::unavailable("the connection to the command was lost")
                .hint("whether it ended can't be told from here")
        })?;
        exit(&status)
    }
}

/// The exit status that the API's answer holds.
fn exit(status: &Status) -> Result<i64> {
    if status.status.as_deref() == Some("Success") {
        return Ok(0);
    }
    let details = status.details.iter();
    let mut causes = details.flat_map(|details| details.causes.iter().flatten());
    let code = causes.find(|cause| cause.reason.as_deref() == Some("ExitCode"));
    let code = code.and_then(|cause| cause.message.as_ref()?.parse().ok());
    code.ok_or_else(|| {
        let message = status.message.clone().unwrap_or_default();
        Error::refused("the command can't be run").caused_by(message)
    })
}

impl Kubernetes {
    /// In an instance of what serves.
    pub(super) async fn run_in(
        &self,
        target: &Target,
        instance: &InstanceName,
        command: &[String],
        terminal: Option<TerminalSize>,
    ) -> Result<Box<dyn Process>> {
        let observed = self.look(target).await?;
        let mut slots = observed.serving(&observed.live).into_iter();
        let slot = slots.find(|slot| slot.instance == *instance);
        let slot = slot.ok_or_else(|| {
            Error::usage(format!("no {instance} serves of {target}"))
                .hint("`paas status` shows the instances")
        })?;
        let fleets = self.sight(target).await?.fleets;
        let pods = self.instance_pods_of(target, &fleets).await?;
        let pod = pods
            .iter()
            .find(|pod| pod.release == slot.release && pod.instance == *instance)
            .ok_or_else(|| does_not_run(instance))?;
        let place = self.place(pod.pod.name_any(), &instance.process);
        let running = self.run_at(place, command, terminal, || does_not_run(instance));
        Ok(Box::new(running.await?))
    }

    /// In a pod of its own, with the live release's image and parameters, removed at its end.
    pub(super) async fn run_beside(
        &self,
        target: &Target,
        command: &[String],
        terminal: Option<TerminalSize>,
    ) -> Result<Box<dyn Process>> {
        let observed = self.look(target).await?;
        let release = observed
            .live
            .release
            .and_then(|number| observed.release(number))
            .ok_or_else(|| {
                Error::refused(format!("nothing serves of {target}"))
                    .hint("`paas deploy` brings a version up")
            })?;
        let errand = self.errand(release).await?;
        let place = self.place(errand.name().to_owned(), Errand::CONTAINER);
        let gone = || Error::unavailable("the pod for the command is gone");
        let mut running = self.run_at(place, command, terminal, gone).await?;
        running.errand = Some(errand);
        Ok(Box::new(running))
    }

    fn place(&self, pod: String, container: &str) -> Place {
        Place {
            client: self.client.clone(),
            namespace: self.namespace.clone(),
            pod,
            container: container.to_owned(),
        }
    }

    async fn run_at(
        &self,
        place: Place,
        command: &[String],
        terminal: Option<TerminalSize>,
        gone: impl Fn() -> Error,
    ) -> Result<Running> {
        let mark = format!("{:016x}", fastrand::u64(..));
        let marked = ["env".to_owned(), format!("{MARK}={mark}")];
        let marked = [&marked, command].concat();
        let started = place.start(&marked, terminal.is_some()).await;
        let conversation = started.map_err(|error| match &error {
            // Kubelets say with 500 that there is no such container.
            kube::Error::Api(status) if matches!(status.code, 400 | 404 | 500) => {
                gone().caused_by(status.message.clone())
            }
            _ => self.fault(error),
        })?;
        if let Some(size) = terminal {
            conversation.resize(size);
        }
        Ok(Running {
            conversation,
            place,
            mark,
            errand: None,
        })
    }
}

fn does_not_run(instance: &InstanceName) -> Error {
    Error::refused(format!("{instance} does not run"))
        .hint("`paas status` shows what it does; the next `paas deploy` mends it")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_exit_status_is_a_cause_of_the_failure() {
        let status = |value| serde_json::from_value::<Status>(value).unwrap();
        assert_eq!(exit(&status(json!({ "status": "Success" }))).unwrap(), 0);
        let failed = json!({
            "status": "Failure",
            "reason": "NonZeroExitCode",
            "details": { "causes": [{ "reason": "ExitCode", "message": "42" }] },
        });
        assert_eq!(exit(&status(failed)).unwrap(), 42);
        let unstartable = json!({ "status": "Failure", "message": "no such file" });
        assert_eq!(
            exit(&status(unstartable)).unwrap_err().kind(),
            crate::Kind::Refused
        );
    }
}
