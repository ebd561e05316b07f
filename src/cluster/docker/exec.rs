//! Commands of people: in an instance, or in a container of their own.

use std::pin::Pin;

use async_trait::async_trait;
use bollard::container::LogOutput;
use bollard::errors::Error as EngineError;
use bollard::exec::{CreateExecOptions, StartExecOptions, StartExecResults};
use bollard::models::{ContainerCreateBody, ContainerWaitResponse};
use bollard::query_parameters::{
    AttachContainerOptionsBuilder, CreateContainerOptionsBuilder, ResizeContainerTTYOptionsBuilder,
    ResizeExecOptionsBuilder, WaitContainerOptionsBuilder,
};
use futures_util::{Stream, StreamExt as _, stream};
use tokio::io::AsyncWrite;

use super::DockerHost;
use super::blueprint::Blueprint;
use crate::builder::{Engine, is_status};
use crate::cluster::{Output, Process, Secrets, TerminalSize};
use crate::release::{InstanceName, Release, Target};
use crate::{Error, Result};

type Bytes = Pin<Box<dyn Stream<Item = std::result::Result<LogOutput, EngineError>> + Send>>;
type Waiting =
    Pin<Box<dyn Stream<Item = std::result::Result<ContainerWaitResponse, EngineError>> + Send>>;

/// A command that runs.
struct Running {
    engine: Engine,
    input: Option<Pin<Box<dyn AsyncWrite + Send>>>,
    output: Option<Bytes>,
    end: End,
}

/// How its exit status is learnt.
enum End {
    Exec(String),
    Container(String, Waiting),
}

#[async_trait]
impl Process for Running {
    fn input(&mut self) -> Option<Pin<Box<dyn AsyncWrite + Send>>> {
        self.input.take()
    }

    fn output(&mut self) -> Pin<Box<dyn Stream<Item = Result<Output>> + Send>> {
        let engine = self.engine.clone();
        let Some(output) = self.output.take() else {
            return Box::pin(stream::empty());
        };
        Box::pin(output.map(move |piece| match piece {
            Ok(LogOutput::StdErr { message }) => Ok(Output::Stderr(message)),
            Ok(other) => Ok(Output::Stdout(other.into_bytes())),
            Err(error) => Err(engine.fault(error)),
        }))
    }

    async fn resize(&mut self, size: TerminalSize) -> Result<()> {
        let (columns, rows) = (i32::from(size.columns), i32::from(size.rows));
        let client = self.engine.client();
        let resized = match &self.end {
            End::Exec(id) => {
                let options = ResizeExecOptionsBuilder::new().w(columns).h(rows).build();
                client.resize_exec(id, options).await
            }
            End::Container(name, _) => {
                let options = ResizeContainerTTYOptionsBuilder::new()
                    .w(columns)
                    .h(rows)
                    .build();
                client.resize_container_tty(name, options).await
            }
        };
        match resized {
            // It has ended meanwhile.
            Err(EngineError::DockerResponseServerError { .. }) | Ok(()) => Ok(()),
            Err(error) => Err(self.engine.fault(error)),
        }
    }

    async fn wait(&mut self) -> Result<i64> {
        match &mut self.end {
            End::Exec(id) => {
                let found = self.engine.client().inspect_exec(id).await;
                let found = found.map_err(|error| self.engine.fault(error))?;
                Ok(found.exit_code.unwrap_or(1))
            }
            End::Container(_, waiting) => match waiting.next().await {
                Some(Ok(ended)) => Ok(ended.status_code),
                Some(Err(EngineError::DockerContainerWaitError { code, .. })) => Ok(code),
                Some(Err(error)) => Err(self.engine.fault(error)),
                None => Err(Error::unavailable("the Docker Engine lost the command")),
            },
        }
    }
}

impl DockerHost {
    /// In an instance of what serves.
    pub(super) async fn run_in(
        &self,
        target: &Target,
        instance: &InstanceName,
        command: &[String],
        terminal: Option<TerminalSize>,
    ) -> Result<Box<dyn Process>> {
        let observed = self.look(target).await?;
        let serving = observed.serving(&observed.live).into_iter();
        let mut slots = serving.filter(|slot| slot.instance == *instance);
        let slot = slots.next().ok_or_else(|| {
            Error::usage(format!("no {instance} serves of {target}"))
                .hint("`paas status` shows the instances")
        })?;
        let name = self.names.instance(target, slot.release, instance);
        let client = self.engine.client();
        let options = CreateExecOptions {
            attach_stdin: Some(true),
            attach_stdout: Some(true),
            attach_stderr: Some(true),
            tty: Some(terminal.is_some()),
            cmd: Some(command.to_vec()),
            ..CreateExecOptions::default()
        };
        let made = client.create_exec(&name, options).await;
        let id = made
            .map_err(|error| {
                if is_status(&error, 409) || is_status(&error, 404) {
                    Error::refused(format!("{instance} does not run"))
                        .hint("`paas status` shows what it does; the next `paas deploy` mends it")
                } else {
                    self.engine.fault(error)
                }
            })?
            .id;
        let options = StartExecOptions {
            tty: terminal.is_some(),
            ..StartExecOptions::default()
        };
        let started = client.start_exec(&id, Some(options)).await;
        let StartExecResults::Attached { output, input } =
            started.map_err(|error| self.engine.fault(error))?
        else {
            return Err(Error::unexpected("the Docker Engine did not attach"));
        };
        let mut running = Running {
            engine: self.engine.clone(),
            input: Some(input),
            output: Some(output),
            end: End::Exec(id),
        };
        if let Some(size) = terminal {
            running.resize(size).await?;
        }
        Ok(Box::new(running))
    }

    /// In a new container with the parameters of what serves.
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
        let secrets = self.secrets(target).await?;
        let running = self.one_off(release, &secrets, "run", command, terminal);
        Ok(Box::new(running.await?))
    }

    /// A container that runs one command and is removed at its end.
    pub(super) async fn one_off(
        &self,
        release: &Release,
        secrets: &Secrets,
        role: &str,
        command: &[String],
        terminal: Option<TerminalSize>,
    ) -> Result<impl Process + use<>> {
        let image = self.local_image(release).await?;
        self.volumes(release, &image).await?;
        let blueprint = Blueprint {
            names: &self.names,
            release,
            image: &image,
            secrets,
        };
        let with_input = role == "run";
        let body = ContainerCreateBody {
            tty: Some(terminal.is_some()),
            attach_stdin: Some(with_input),
            open_stdin: Some(with_input),
            stdin_once: Some(with_input),
            attach_stdout: Some(true),
            attach_stderr: Some(true),
            ..blueprint.one_off(role, command.to_vec())?
        };
        let name = self.names.one_off(&release.target, role);
        let client = self.engine.client();
        let options = CreateContainerOptionsBuilder::new().name(&name).build();
        let made = client.create_container(Some(options), body).await;
        made.map_err(|error| self.engine.fault(error))?;
        let options = AttachContainerOptionsBuilder::new()
            .stream(true)
            .stdin(with_input)
            .stdout(true)
            .stderr(true)
            .build();
        let attached = client.attach_container(&name, Some(options)).await;
        let attached = attached.map_err(|error| self.engine.fault(error))?;
        let waiting = self.wait_for(&name);
        if let Err(error) = self.start_container(&name).await {
            self.remove_container(&name).await?;
            return Err(error);
        }
        let mut running = Running {
            engine: self.engine.clone(),
            input: with_input.then_some(attached.input),
            output: Some(attached.output),
            end: End::Container(name, waiting),
        };
        if let Some(size) = terminal {
            running.resize(size).await?;
        }
        Ok(running)
    }

    /// The end of a container, asked for before it is started: afterwards it may be gone.
    fn wait_for(&self, name: &str) -> Waiting {
        let options = WaitContainerOptionsBuilder::new()
            .condition("removed")
            .build();
        let patient = self.engine.client().clone();
        let mut waiting = Box::pin(patient.wait_container(name, Some(options)));
        let (sender, receiver) = tokio::sync::oneshot::channel();
        tokio::spawn(async move {
            if let Some(ended) = waiting.next().await {
                // Nobody waits any more.
                let _ = sender.send(ended);
            }
        });
        Box::pin(stream::once(receiver).filter_map(async |ended| ended.ok()))
    }
}
