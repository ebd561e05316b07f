use std::io;
use std::os::unix::fs::MetadataExt as _;
use std::process::{ExitStatus, Stdio};
use std::sync::{Arc, OnceLock};

use bytes::Bytes;
use futures_util::Stream;
use futures_util::stream;
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, BufReader};
use tokio::process::{Child, ChildStdout, Command};

use crate::base::Bootstrap;
use crate::image::{Digest, Reference};
use crate::ops::Tools;
use crate::ops::scratch::Scratch;
use crate::ops::step::Step;
use crate::{Error, Result};

use super::image::DEFINITION;

const CHUNK: usize = 128 * 1024;
const LAST_LINES: usize = 20;
const PATH: &str = "ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// Makes a root file system with mmdebstrap, on the way into the engine.
pub(super) async fn import(
    bootstrap: &Bootstrap,
    name: &Reference,
    recipe: &Digest,
    tools: &Tools<'_>,
) -> Result<Digest> {
    let step = Step::start(
        tools.reporter,
        format!("mmdebstrap {name}"),
        &format!("make a minimal Debian ({})", bootstrap.suite),
    );
    let result = run(bootstrap, name, recipe, &step, tools).await;
    step.end_with(result)
}

async fn run(
    bootstrap: &Bootstrap,
    name: &Reference,
    recipe: &Digest,
    step: &Step,
    tools: &Tools<'_>,
) -> Result<Digest> {
    let scratch = Scratch::new(&tools.settings.cache_dir)?;
    let lock = scratch
        .shared_lock()
        .map_err(|error| Error::unavailable("cannot keep a temporary folder").caused_by(error))?;
    let mut command = Command::new("mmdebstrap");
    // Where it isn't root it works as yet another user, who must get there: not below our home.
    if std::fs::metadata(scratch.path()).is_ok_and(|folder| folder.uid() == 0) {
        command.env("TMPDIR", scratch.path());
    }
    let mut child = command
        .args(arguments(bootstrap))
        // It reads nothing, and what it works in stays locked for as long as it runs.
        .stdin(lock)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .map_err(|error| {
            Error::unavailable("cannot run mmdebstrap, which makes the first base image")
                .caused_by(error)
                .hint("`apt-get install mmdebstrap`, or use a machine that reaches a registry")
        })?;
    let stdout = child.stdout.take().expect("piped");
    let stderr = child.stderr.take().expect("piped");
    let ended = Arc::new(OnceLock::new());
    let tar = tar(child, stdout, Arc::clone(&ended));
    let label = format!("LABEL {DEFINITION}={recipe}");
    let changes = [PATH, "CMD [\"/bin/sh\"]", &label];
    let import = tools.engine.import_root(tar, name, &changes);
    let (imported, last_lines) = tokio::join!(import, follow(stderr, step));
    match ended.get() {
        Some(status) if !status.success() => Err(Error::unavailable(format!(
            "mmdebstrap failed ({status})"
        ))
        .log(last_lines.join("\n"))
        .hint("it needs Debian's archive and its keys (`apt-get install debian-archive-keyring`)")),
        _ => imported,
    }
}

/// mmdebstrap's output; an error in its place when it fails, so that half an archive is no image.
fn tar(
    child: Child,
    stdout: ChildStdout,
    ended: Arc<OnceLock<ExitStatus>>,
) -> impl Stream<Item = io::Result<Bytes>> + Send + 'static {
    stream::try_unfold(
        (child, stdout, ended),
        |(mut child, mut stdout, ended)| async move {
            let mut chunk = Vec::with_capacity(CHUNK);
            if stdout.read_buf(&mut chunk).await? > 0 {
                return Ok(Some((Bytes::from(chunk), (child, stdout, ended))));
            }
            let status = child.wait().await?;
            let status = *ended.get_or_init(|| status);
            if status.success() {
                Ok(None)
            } else {
                Err(io::Error::other(format!("mmdebstrap failed ({status})")))
            }
        },
    )
}

async fn follow(stderr: impl AsyncRead + Unpin, step: &Step) -> Vec<String> {
    let mut lines = BufReader::new(stderr).split(b'\n');
    let mut last = Vec::new();
    // What can't be read is no reason to fail: mmdebstrap's status tells.
    while let Ok(Some(line)) = lines.next_segment().await {
        let line = String::from_utf8_lossy(&line).into_owned();
        if last.len() == LAST_LINES {
            last.remove(0);
        }
        last.push(line.clone());
        step.log(line);
    }
    last
}

fn arguments(bootstrap: &Bootstrap) -> Vec<String> {
    let mut arguments: Vec<String> = [
        "--variant=minbase",
        // Without it Debian 12 pulls Perl in.
        "--include=usr-is-merged",
        "--hook-dir=/usr/share/mmdebstrap/hooks/merged-usr",
        "--aptopt=Acquire::Languages \"none\"",
        "--aptopt=APT::Install-Recommends \"false\"",
    ]
    .map(str::to_owned)
    .into();
    let options = [
        ("path-exclude", &bootstrap.exclude),
        ("path-include", &bootstrap.keep),
    ];
    for (option, paths) in options {
        arguments.extend(
            paths
                .iter()
                .map(|path| format!("--dpkgopt={option}={path}")),
        );
    }
    arguments.extend(["--format=tar", &bootstrap.suite, "-"].map(str::to_owned));
    arguments.extend(bootstrap.sources.iter().cloned());
    arguments
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Definition;

    #[test]
    fn the_arguments_are_those_of_the_documentation() {
        let debian = Definition::embedded("debian").unwrap();
        insta::assert_snapshot!(arguments(&debian.bootstrap.unwrap()).join("\n"));
    }

    #[tokio::test]
    async fn a_line_in_another_encoding_does_not_end_the_reading() {
        let reporter: Arc<dyn crate::report::Reporter> = Arc::new(crate::report::Silent);
        let step = Step::start(&reporter, "x".to_owned(), "x");
        let lines = follow(&b"one\ncaf\xe9\nlast"[..], &step).await;
        assert_eq!(lines, ["one", "caf\u{fffd}", "last"]);
    }
}
