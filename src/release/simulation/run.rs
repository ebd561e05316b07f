use super::{App, Engine, Fault};
use crate::release::{
    InstanceName, Intent, Observed, Outcome, Plan, Release, Step, plan, rollback,
};

/// A command.
#[derive(Clone, Debug)]
pub enum Request {
    Deploy(App),
    Canary(App, u32),
    Rollback,
    RollbackTo(u64),
    Continue,
    Abort,
    Scale(u32),
    Settle,
}

/// How it went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    Done,
    Refused,
    Failed,
    Killed,
}

impl Request {
    pub fn intent(&self, observed: &Observed) -> Option<Intent> {
        let deploy = |release: Release, canary| Intent::Deploy {
            release: Box::new(release),
            canary,
        };
        let number = observed.next_number();
        Some(match self {
            Self::Deploy(app) => deploy(app.release(number), None),
            Self::Canary(app, count) => {
                let names = InstanceName::range("web", *count).collect();
                deploy(app.release(number), Some(names))
            }
            Self::Rollback => deploy(rollback(observed, None, 0, "me").ok()?, None),
            Self::RollbackTo(to) => deploy(rollback(observed, Some(*to), 0, "me").ok()?, None),
            Self::Continue => Intent::Continue,
            Self::Abort => Intent::Abort,
            Self::Scale(count) => Intent::Scale([("web".to_owned(), *count)].into()),
            Self::Settle => Intent::Settle,
        })
    }
}

impl Engine {
    /// Carries a command out as `paas` does, with a fault at each of these steps, counted over what is
    /// done to give up too.
    pub fn run(&mut self, request: &Request, faults: &[(usize, Fault)]) -> Ended {
        self.begin();
        let observed = self.observe();
        let Some(intent) = request.intent(&observed) else {
            return Ended::Refused;
        };
        let Ok(steps) = plan(&observed, &intent) else {
            return Ended::Refused;
        };
        let tried = match &intent {
            Intent::Deploy { release, .. } => Some(release.number),
            Intent::Continue => observed.live.canary.map(|canary| canary.release),
            _ => None,
        };
        let mut done = 0;
        let mut ended = self.carry_out_all(&steps, faults, &mut done);
        if let (Ended::Failed, Some(release)) = (ended, tried) {
            let reason = Outcome::Failed("a step failed".into());
            let intent = Intent::GiveUp { release, reason };
            let back = plan(&self.observe(), &intent).expect("giving up is always possible");
            if self.carry_out_all(&back, faults, &mut done) == Ended::Killed {
                ended = Ended::Killed;
            }
        }
        ended
    }

    fn carry_out_all(&mut self, plan: &Plan, faults: &[(usize, Fault)], done: &mut usize) -> Ended {
        for step in plan.steps() {
            let fault = faults.iter().find(|(at, _)| at == done);
            *done += 1;
            match fault.map(|(_, fault)| *fault) {
                Some(Fault::Fails) => return Ended::Failed,
                Some(Fault::Killed) => return Ended::Killed,
                Some(Fault::FailsAfterwards) => {
                    let _ = self.carry_out(step);
                    return Ended::Failed;
                }
                Some(Fault::KilledAfterwards) => {
                    let _ = self.carry_out(step);
                    return Ended::Killed;
                }
                Some(other) => self.suffer(other),
                None => {}
            }
            if self.carry_out(step).is_err() {
                return Ended::Failed;
            }
        }
        Ended::Done
    }

    /// The plan for a command, to be counted and read.
    pub fn plan(&self, request: &Request) -> Plan {
        let observed = self.observe();
        let intent = request.intent(&observed).expect("possible");
        plan(&observed, &intent).expect("not refused")
    }

    /// Settles, and holds that nothing is left to do.
    pub fn settle(&mut self) {
        assert_eq!(self.run(&Request::Settle, &[]), Ended::Done);
        self.check_settled();
        assert_eq!(self.plan(&Request::Settle), Plan::default());
    }
}

/// `fetch 2 | record 2 | start 2 web.1, start 2 web.2`, a stage between two bars.
pub fn text(plan: &Plan) -> String {
    let stages = plan.stages.iter().map(|stage| {
        let steps: Vec<_> = stage.iter().map(step).collect();
        steps.join(", ")
    });
    stages.collect::<Vec<_>>().join(" | ")
}

fn step(step: &Step) -> String {
    match step {
        Step::Fetch(release) => format!("fetch {}", release.number),
        Step::Record(release) => format!("record {}", release.number),
        Step::RunHook { release } => format!("hook {release}"),
        Step::Start { release, instance } => format!("start {release} {instance}"),
        Step::AwaitHealthy { release, instance } => format!("await {release} {instance}"),
        Step::Hold => "hold".to_owned(),
        Step::Switch(live) => {
            let number = live.release.unwrap_or_default();
            match &live.canary {
                Some(canary) => format!("switch {number}+{}", canary.release),
                None => format!("switch {number}"),
            }
        }
        Step::Watch { release } => format!("watch {release}"),
        Step::Drain { release, instance } => format!("drain {release} {instance}"),
        Step::Pause { release, instance } => format!("pause {release} {instance}"),
        Step::Stop { release, instance } => format!("stop {release} {instance}"),
        Step::Remove { release, instance } => format!("remove {release} {instance}"),
        Step::Conclude { release, outcome } => match outcome {
            Outcome::Accepted => format!("accept {release}"),
            Outcome::Failed(_) => format!("fail {release}"),
            Outcome::Aborted => format!("abort {release}"),
        },
    }
}
