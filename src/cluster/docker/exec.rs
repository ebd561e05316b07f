//! Commands of people: in an instance, or in a container of their own.

use std::pin::Pin;

use async_trait::async_trait;
use bollard::errors::Error as EngineError;
use bollard::exec::{CreateExecOptions, StartExecResults};
use bollard::models::{ContainerCreateBody, ContainerWaitResponse};
use bollard::query_parameters::{
    CreateContainerOptionsBuilder, ResizeContainerTTYOptionsBuilder, ResizeExecOptionsBuilder,
    StopContainerOptionsBuilder, WaitContainerOptionsBuilder,
};
use futures_util::{Stream, StreamExt as _, stream};
use tokio::io::{AsyncRead, AsyncWrite};

use super::DockerHost;
use super::blueprint::Blueprint;
use super::leftovers::{RUN, WaitedFor};
use super::output::{self, Outputs};
use crate::builder::{Engine, is_status};
use crate::cluster::marked::{MARK, end_marked};
use crate::cluster::{Output, Process, Secrets, TerminalSize};
use crate::release::{InstanceName, Release, Target};
use crate::{Error, Result};

type Waiting =
    Pin<Box<dyn Stream<Item = std::result::Result<ContainerWaitResponse, EngineError>> + Send>>;

/// For a container's command to end after SIGTERM.
const GOODBYE_SECONDS: i32 = 2;

/// A command that runs.
struct Running {
    engine: Engine,
    input: Option<Pin<Box<dyn AsyncWrite + Send>>>,
    output: Option<Outputs>,
    end: End,
    /// Shows that somebody still waits for it.
    _waited_for: Option<WaitedFor>,
}

/// How its exit status is learnt.
enum End {
    Exec {
        id: String,
        container: String,
        mark: String,
    },
    Container(String, Waiting),
}

#[async_trait]
impl Process for Running {
    fn input(&mut self) -> Option<Pin<Box<dyn AsyncWrite + Send>>> {
        self.input.take()
    }

    fn output(&mut self) -> Pin<Box<dyn Stream<Item = Result<Output>> + Send>> {
        let output = self.output.take();
        output.unwrap_or_else(|| Box::pin(stream::empty()))
    }

    async fn resize(&mut self, size: TerminalSize) -> Result<()> {
        let (columns, rows) = (i32::from(size.columns), i32::from(size.rows));
        let client = self.engine.client();
        let resized = match &self.end {
            End::Exec { id, .. } => {
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

    async fn end(&mut self) -> Result<()> {
        let client = self.engine.client();
        match &self.end {
            End::Exec {
                container, mark, ..
            } => {
                let options = CreateExecOptions {
                    attach_stdout: Some(true),
                    cmd: Some(end_marked(mark).to_vec()),
                    ..CreateExecOptions::default()
                };
                let ended = async {
                    let made = client.create_exec(container, options).await?;
                    if let StartExecResults::Attached { mut output, .. } =
                        client.start_exec(&made.id, None).await?
                    {
                        while output.next().await.is_some() {}
                    }
                    Ok(())
                };
                ended.await.map_err(|error| self.engine.fault(error))
            }
            End::Container(name, _) => {
                let options = StopContainerOptionsBuilder::new()
                    .t(GOODBYE_SECONDS)
                    .build();
                match client.stop_container(name, Some(options)).await {
                    Err(error) if !is_status(&error, 304) && !is_status(&error, 404) => {
                        Err(self.engine.fault(error))
                    }
                    // The engine removes it.
                    _ => Ok(()),
                }
            }
        }
    }

    async fn wait(&mut self) -> Result<i64> {
        match &mut self.end {
            End::Exec { id, .. } => {
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

fn outputs(reader: impl AsyncRead + Send + 'static, terminal: Option<TerminalSize>) -> Outputs {
    match terminal {
        Some(_) => output::of_terminal(reader),
        None => output::of_both(reader),
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
        let mark = format!("{:016x}", fastrand::u64(..));
        let options = CreateExecOptions {
            env: Some(vec![format!("{MARK}={mark}")]),
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
        let options = serde_json::json!({ "Detach": false, "Tty": terminal.is_some() });
        let path = format!("/exec/{id}/start");
        let attached = self.engine.attach(&path, &options).await?;
        let (output, input) = tokio::io::split(attached);
        let mut running = Running {
            engine: self.engine.clone(),
            input: Some(Box::pin(input)),
            output: Some(outputs(output, terminal)),
            end: End::Exec {
                id,
                container: name,
                mark,
            },
            _waited_for: None,
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
        self.remove_leftovers(target, &[RUN]).await?;
        let running = self.one_off(release, &secrets, RUN, command, terminal);
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
        let with_input = role == RUN;
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
        let waited_for = if role == RUN {
            Some(self.mark_waited_for(&name).await?)
        } else {
            None
        };
        let client = self.engine.client();
        let options = CreateContainerOptionsBuilder::new().name(&name).build();
        let made = client.create_container(Some(options), body).await;
        made.map_err(|error| self.engine.fault(error))?;
        let path = format!(
            "/containers/{name}/attach?stream=1&stdout=1&stderr=1&stdin={}",
            u8::from(with_input)
        );
        let attached = self.engine.attach(&path, &serde_json::json!({})).await?;
        let (output, input) = tokio::io::split(attached);
        let waiting = self.wait_for(&name);
        if let Err(error) = self.start_container(&name).await {
            self.remove_container(&name).await?;
            return Err(error);
        }
        let mut running = Running {
            engine: self.engine.clone(),
            input: with_input.then(|| Box::pin(input) as Pin<Box<dyn AsyncWrite + Send>>),
            output: Some(outputs(output, terminal)),
            end: End::Container(name, waiting),
            _waited_for: waited_for,
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
