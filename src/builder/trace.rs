//! BuildKit's trace of a build as steps that people can follow.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bollard_buildkit_proto::google::protobuf::Timestamp;
use bollard_buildkit_proto::moby::buildkit::v1::{StatusResponse, Vertex, VertexLog, VertexStatus};
use prost::Message as _;
use serde_json::Value;

use super::StepFailure;
use super::redact::Redactor;
use super::request::StepTitle;
use super::step_log::{LastLines, LineBuffer};
use crate::report::{Event, Outcome, Reporter, StepId};
use crate::{Error, Result};

const CONTEXT_VERTEX: &str = "[internal] load build context";
const CANCELED: &str = "context canceled";

/// Follows one build. Steps that are still open when it is dropped are reported as canceled.
pub(super) struct Progress {
    reporter: Arc<dyn Reporter>,
    titles: Vec<StepTitle>,
    redactor: Redactor,
    steps: HashMap<String, Step>,
    failed: Option<StepFailure>,
}

/// A vertex of BuildKit's graph.
struct Step {
    id: StepId,
    name: String,
    marker: Option<String>,
    title: String,
    state: State,
    began: Instant,
    logs: HashMap<i64, LineBuffer>,
    last_lines: LastLines,
    transfers: HashMap<String, (u64, u64)>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    /// Nothing was reported yet.
    Waiting,
    Open,
    Ended,
}

impl Progress {
    pub(super) fn new(
        reporter: Arc<dyn Reporter>,
        titles: Vec<StepTitle>,
        redactor: Redactor,
    ) -> Self {
        Self {
            reporter,
            titles,
            redactor,
            steps: HashMap::new(),
            failed: None,
        }
    }

    /// Takes the `aux` of a `moby.buildkit.trace` message.
    pub(super) fn apply(&mut self, aux: &Value) -> Result<()> {
        let unreadable = || Error::unexpected("the Docker Engine's build trace can't be read");
        let bytes = STANDARD
            .decode(aux.as_str().ok_or_else(unreadable)?)
            .map_err(|error| unreadable().caused_by(error))?;
        // Warnings are about the Dockerfile's style, which users don't write.
        let status = StatusResponse::decode(bytes.as_slice())
            .map_err(|error| unreadable().caused_by(error))?;
        // A step's last lines come with the news of its end.
        let (ended, going): (Vec<_>, Vec<_>) = status
            .vertexes
            .into_iter()
            .partition(|vertex| vertex.completed.is_some());
        for vertex in going.iter().chain(&ended) {
            self.begin(vertex);
        }
        for transfer in status.statuses {
            self.transfer(&transfer);
        }
        for log in status.logs {
            self.log(&log);
        }
        for vertex in &ended {
            self.end(vertex);
        }
        Ok(())
    }

    /// The step that made the build fail.
    pub(super) fn failed(&mut self) -> Option<StepFailure> {
        self.failed.take()
    }

    /// The build succeeded: whatever the trace left open is done.
    pub(super) fn finish(mut self) {
        for step in self.steps.values_mut() {
            step.close(self.reporter.as_ref(), Outcome::Done, step.began.elapsed());
        }
    }

    fn begin(&mut self, vertex: &Vertex) {
        let (titles, redactor) = (&self.titles, &self.redactor);
        let step = self
            .steps
            .entry(vertex.digest.clone())
            .or_insert_with(|| Step::new(vertex, titles, redactor));
        if vertex.started.is_some() && !step.is_internal() {
            step.open(self.reporter.as_ref());
        }
    }

    fn transfer(&mut self, status: &VertexStatus) {
        let Some(step) = self.steps.get_mut(&status.vertex) else {
            return;
        };
        let current = u64::try_from(status.current).unwrap_or(0);
        let total = u64::try_from(status.total).unwrap_or(0);
        let is_context = step.name == CONTEXT_VERTEX;
        if current == 0 || (total == 0 && !is_context) {
            return;
        }
        if is_context {
            step.open(self.reporter.as_ref());
        }
        step.transfers.insert(status.id.clone(), (current, total));
        if step.state == State::Open {
            let (done, total) = step
                .transfers
                .values()
                .fold((0, 0), |sum, part| (sum.0 + part.0, sum.1 + part.1));
            self.reporter.report(Event::StepProgress {
                id: step.id.clone(),
                done,
                total: (total > 0).then_some(total),
            });
        }
    }

    fn log(&mut self, log: &VertexLog) {
        let Some(step) = self.steps.get_mut(&log.vertex) else {
            return;
        };
        let lines = step
            .logs
            .entry(log.stream)
            .or_default()
            .push(&log.msg, &self.redactor);
        step.write(self.reporter.as_ref(), lines);
    }

    fn end(&mut self, vertex: &Vertex) {
        let Some(step) = self.steps.get_mut(&vertex.digest) else {
            return;
        };
        let mut rests = Vec::new();
        for buffer in step.logs.values_mut() {
            rests.extend(buffer.rest(&self.redactor));
        }
        step.write(self.reporter.as_ref(), rests);
        let outcome = if vertex.error.ends_with(CANCELED) {
            Outcome::Canceled
        } else if !vertex.error.is_empty() {
            let failure = StepFailure::new(
                step.marker.clone(),
                step.title.clone(),
                step.name.clone(),
                self.redactor.text(&vertex.error),
                step.last_lines.take(),
            );
            let how = failure.how();
            self.failed.get_or_insert(failure);
            Outcome::Failed(how)
        } else if vertex.cached || step.had_nothing_to_do(vertex) {
            Outcome::Cached
        } else {
            Outcome::Done
        };
        step.close(self.reporter.as_ref(), outcome, duration(vertex));
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        for step in self.steps.values_mut() {
            step.close(
                self.reporter.as_ref(),
                Outcome::Canceled,
                step.began.elapsed(),
            );
        }
    }
}

impl Step {
    fn new(vertex: &Vertex, titles: &[StepTitle], redactor: &Redactor) -> Self {
        let name = redactor.text(&vertex.name);
        let title = titles.iter().find(|title| name.contains(&title.marker));
        let shown = match title {
            Some(title) => &title.title,
            None if name == CONTEXT_VERTEX => "send context",
            None => &name,
        };
        Self {
            id: StepId(vertex.digest.clone()),
            marker: title.map(|title| title.marker.clone()),
            title: shown.to_owned(),
            state: State::Waiting,
            began: Instant::now(),
            logs: HashMap::new(),
            last_lines: LastLines::default(),
            transfers: HashMap::new(),
            name,
        }
    }

    fn is_internal(&self) -> bool {
        self.name.starts_with("[internal]")
    }

    /// BuildKit doesn't call a base image cached that was there all along.
    fn had_nothing_to_do(&self, vertex: &Vertex) -> bool {
        self.name.contains("] FROM ") && duration(vertex) < Duration::from_millis(1)
    }

    fn open(&mut self, reporter: &dyn Reporter) {
        if self.state == State::Waiting {
            self.state = State::Open;
            self.began = Instant::now();
            reporter.report(Event::StepStarted {
                id: self.id.clone(),
                parent: None,
                name: self.title.clone(),
            });
        }
    }

    fn write(&mut self, reporter: &dyn Reporter, lines: Vec<String>) {
        for line in lines {
            self.last_lines.push(line.clone());
            if self.state == State::Open {
                reporter.report(Event::StepLog {
                    id: self.id.clone(),
                    line,
                });
            }
        }
    }

    fn close(&mut self, reporter: &dyn Reporter, outcome: Outcome, duration: Duration) {
        if self.state == State::Open {
            self.state = State::Ended;
            reporter.report(Event::StepEnded {
                id: self.id.clone(),
                outcome,
                duration,
            });
        }
    }
}

fn duration(vertex: &Vertex) -> Duration {
    let nanoseconds = |time: &Option<Timestamp>| {
        let time = time.as_ref()?;
        Some(i128::from(time.seconds) * 1_000_000_000 + i128::from(time.nanos))
    };
    match (nanoseconds(&vertex.started), nanoseconds(&vertex.completed)) {
        (Some(from), Some(to)) => Duration::from_nanos(u64::try_from(to - from).unwrap_or(0)),
        _ => Duration::ZERO,
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    #[derive(Default)]
    struct Recorder(Mutex<Vec<String>>);

    impl Reporter for Recorder {
        fn report(&self, event: Event) {
            let text = match event {
                Event::StepStarted { name, .. } => format!("start {name}"),
                Event::StepLog { line, .. } => format!("log {line}"),
                Event::StepProgress { done, total, .. } => format!("moved {done} of {total:?}"),
                Event::StepEnded { outcome, .. } => format!("end {outcome:?}"),
                event => format!("{event:?}"),
            };
            self.0.lock().unwrap().push(text);
        }
    }

    fn vertex(name: &str, completed: bool, error: &str) -> Vertex {
        let time = Timestamp::default();
        Vertex {
            digest: name.to_owned(),
            name: name.to_owned(),
            started: Some(time),
            completed: completed.then_some(time),
            error: error.to_owned(),
            ..Vertex::default()
        }
    }

    fn log(vertex: &str, text: &str) -> VertexLog {
        VertexLog {
            vertex: vertex.to_owned(),
            msg: text.as_bytes().to_vec(),
            stream: 1,
            ..VertexLog::default()
        }
    }

    fn apply(progress: &mut Progress, status: &StatusResponse) {
        let text = STANDARD.encode(status.encode_to_vec());
        progress.apply(&Value::String(text)).unwrap();
    }

    #[test]
    fn shows_what_people_care_about() {
        let recorder = Arc::new(Recorder::default());
        let titles = vec![StepTitle {
            marker: "make".into(),
            title: "build script".into(),
        }];
        let mut progress = Progress::new(recorder.clone(), titles, Redactor::default());
        apply(
            &mut progress,
            &StatusResponse {
                vertexes: vec![
                    vertex("[internal] load build definition", true, ""),
                    vertex(CONTEXT_VERTEX, false, ""),
                    vertex("RUN make", false, ""),
                    vertex("RUN other", false, ""),
                ],
                statuses: vec![VertexStatus {
                    id: "transferring context:".into(),
                    vertex: CONTEXT_VERTEX.into(),
                    current: 7,
                    ..VertexStatus::default()
                }],
                logs: vec![log("RUN make", "cc\nld: un")],
                ..StatusResponse::default()
            },
        );
        apply(
            &mut progress,
            &StatusResponse {
                vertexes: vec![
                    vertex("RUN other", true, "failed to solve: context canceled"),
                    vertex("RUN make", true, "process did not complete: exit code: 2"),
                ],
                logs: vec![log("RUN make", "defined")],
                ..StatusResponse::default()
            },
        );
        let failed = progress.failed().expect("a failed step");
        assert_eq!(failed.marker.as_deref(), Some("make"));
        assert_eq!(failed.last_lines, ["cc", "ld: undefined"]);
        assert_eq!(failed.exit_code, Some(2));
        drop(progress);
        insta::assert_snapshot!(recorder.0.lock().unwrap().join("\n"), @r#"
        start build script
        start RUN other
        start send context
        moved 7 of None
        log cc
        end Canceled
        log ld: undefined
        end Failed("exit status 2")
        end Canceled
        "#);
    }
}
