use std::net::Ipv4Addr;
use std::path::PathBuf;

use clap::{Args, Subcommand};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::Session;
use crate::ingress::{self, AccessLog, AcmeOptions, RunOptions};
use crate::ui::{Ui, terminal};
use crate::{Error, Result};

const ENVIRONMENT: &str = "\
Clusters on a Docker host start it by themselves, in a container. Environment:
  PAAS_INGRESS_HTTP_PORT      where HTTP is served
  PAAS_INGRESS_HTTPS_PORT     where HTTPS is served [default: nowhere]
  PAAS_INGRESS_CONTROL_PORT   where `paas` steers it, on loopback
  PAAS_INGRESS_TOKEN          what `paas` has to know for that
  PAAS_INGRESS_STATE          the folder that outlives the process
  PAAS_INGRESS_ACME_DIRECTORY where certificates are ordered [default: Let's Encrypt]
  PAAS_INGRESS_ACME_CONTACT   a mail address for that authority
  PAAS_INGRESS_ACME_CA        who vouches for its HTTPS, the PEM itself [default: the system's]
  PAAS_INGRESS_ACCESS_LOG     off: no line on stdout for each request";

/// `paas ingress`.
#[derive(Args, Debug)]
#[command(after_help = ENVIRONMENT)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Ingress {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Pass stdin and stdout on to the control port: how `paas` steers an ingress on another machine
    Relay,
}

impl Ingress {
    /// Serves until SIGTERM.
    pub fn run(self, session: &Session) -> Result<()> {
        if let Some(Command::Relay) = self.command {
            return relay(session);
        }
        let required = |name: &str| {
            let value = session.environment.variable(name)?;
            value.ok_or_else(|| {
                Error::usage(format!("{name} is not set"))
                    .hint("`paas deploy` starts an ingress with all that it needs")
            })
        };
        let optional = |name: &str| {
            let value = session.environment.variable(name)?;
            Ok::<_, Error>(value.map(str::to_owned))
        };
        let access_log = session.environment.variable("PAAS_INGRESS_ACCESS_LOG")?;
        let options = RunOptions {
            http_port: port(
                "PAAS_INGRESS_HTTP_PORT",
                required("PAAS_INGRESS_HTTP_PORT")?,
            )?,
            https_port: session
                .environment
                .variable("PAAS_INGRESS_HTTPS_PORT")?
                .map(|text| port("PAAS_INGRESS_HTTPS_PORT", text))
                .transpose()?,
            control_port: port(
                "PAAS_INGRESS_CONTROL_PORT",
                required("PAAS_INGRESS_CONTROL_PORT")?,
            )?,
            token: required("PAAS_INGRESS_TOKEN")?.to_owned(),
            state: PathBuf::from(required("PAAS_INGRESS_STATE")?),
            acme: AcmeOptions {
                directory: optional("PAAS_INGRESS_ACME_DIRECTORY")?,
                contact: optional("PAAS_INGRESS_ACME_CONTACT")?,
                ca: optional("PAAS_INGRESS_ACME_CA")?,
            },
            access_log: (access_log != Some("off")).then(|| AccessLog::to(Ui::data_sink())),
            version: env!("CARGO_PKG_VERSION").to_owned(),
        };
        // Fails only when there is one already.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let ui = session.ui.clone();
        ingress::run(options, move |warning| ui.warning(warning))
    }
}

/// Ends with either side: whoever is gone on this side must not keep a lease on the other.
fn relay(session: &Session) -> Result<()> {
    let name = "PAAS_INGRESS_CONTROL_PORT";
    let text = session.environment.variable(name)?.unwrap_or_default();
    let port = port(name, text)?;
    session.operate(async |_| {
        let stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await;
        let stream = stream
            .map_err(|error| Error::unavailable("the ingress does not answer").caused_by(error))?;
        let (mut answers, mut questions) = stream.into_split();
        let mut typed = terminal::typed();
        let mut buffer = vec![0; 64 * 1024];
        loop {
            tokio::select! {
                bytes = typed.recv() => match bytes {
                    Some(bytes) if questions.write_all(&bytes).await.is_ok() => {}
                    _ => return Ok(()),
                },
                count = answers.read(&mut buffer) => match count {
                    Ok(count @ 1..) => terminal::write_stdout(&buffer[..count])?,
                    _ => return Ok(()),
                },
            }
        }
    })
}

fn port(name: &str, text: &str) -> Result<u16> {
    text.parse()
        .map_err(|_| Error::usage(format!("{name} is not a port: {}", text.escape_debug())))
}
