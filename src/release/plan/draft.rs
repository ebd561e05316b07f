use std::collections::BTreeSet;

use crate::release::{
    Instance, InstanceState, Observed, Outcome, Plan, Record, Release, Slot, Step,
};

/// A plan in the making, and what will be once its steps so far have been carried out.
pub(super) struct Draft {
    state: Observed,
    stages: Vec<Vec<Step>>,
}

impl Draft {
    pub fn of(observed: &Observed) -> Self {
        Self {
            state: observed.clone(),
            stages: Vec::new(),
        }
    }

    pub fn into_plan(self) -> Plan {
        Plan {
            stages: self.stages,
        }
    }

    /// What will be.
    pub fn state(&self) -> &Observed {
        &self.state
    }

    /// Adds a stage; one without steps is none.
    pub fn then(&mut self, steps: impl IntoIterator<Item = Step>) {
        let steps: Vec<_> = steps.into_iter().collect();
        for step in &steps {
            self.apply(step);
        }
        if !steps.is_empty() {
            self.stages.push(steps);
        }
    }

    /// Starts those of `slots` that don't run.
    pub fn start(&mut self, slots: &BTreeSet<Slot>) {
        let idle = slots.iter().filter(|slot| !self.runs(slot));
        let steps: Vec<_> = idle
            .map(|slot| Step::Start {
                release: slot.release,
                instance: slot.instance.clone(),
            })
            .collect();
        self.then(steps);
    }

    pub fn await_healthy(&mut self, slots: &BTreeSet<Slot>) {
        self.then(slots.iter().map(|slot| Step::AwaitHealthy {
            release: slot.release,
            instance: slot.instance.clone(),
        }));
    }

    /// Drains those of `slots` that run and take requests.
    pub fn drain(&mut self, slots: &BTreeSet<Slot>) {
        let busy = slots
            .iter()
            .filter(|slot| slot.instance.is_web() && self.runs(slot));
        let steps: Vec<_> = busy
            .map(|slot| Step::Drain {
                release: slot.release,
                instance: slot.instance.clone(),
            })
            .collect();
        self.then(steps);
    }

    pub fn conclude(&mut self, release: u64, outcome: Outcome) {
        self.then([Step::Conclude { release, outcome }]);
    }

    pub fn runs(&self, slot: &Slot) -> bool {
        self.state.instance(slot).is_some_and(Instance::is_running)
    }

    fn apply(&mut self, step: &Step) {
        match step {
            Step::Record(release) => self.record(release),
            Step::Start { release, instance } => {
                self.instance(*release, instance).state = InstanceState::Running;
            }
            Step::Pause { release, instance } => {
                self.instance(*release, instance).state = InstanceState::Paused;
            }
            Step::Stop { release, instance } => {
                self.instance(*release, instance).state = InstanceState::Stopped;
            }
            Step::Remove { release, instance } => self
                .state
                .instances
                .retain(|one| one.release != *release || one.name != *instance),
            Step::Hold => self.state.held = true,
            Step::Switch(live) => {
                self.state.live = live.clone();
                self.state.held = false;
                self.state.stale_route = false;
                let serving = self.state.serving(live);
                for instance in &mut self.state.instances {
                    instance.routed = instance.is_running()
                        && instance.name.is_web()
                        && serving.contains(&instance.slot());
                }
            }
            Step::Conclude { release, outcome } => {
                if let Some(record) = self.state.releases.get_mut(release) {
                    record.outcome = Some(outcome.clone());
                }
            }
            Step::Fetch(_)
            | Step::RunHook { .. }
            | Step::AwaitHealthy { .. }
            | Step::Watch { .. }
            | Step::Drain { .. } => {}
        }
    }

    fn record(&mut self, release: &Release) {
        let record = Record {
            release: release.clone(),
            outcome: None,
        };
        self.state.releases.insert(release.number, record);
    }

    fn instance(&mut self, release: u64, name: &crate::release::InstanceName) -> &mut Instance {
        let instances = &mut self.state.instances;
        let place = instances
            .iter()
            .position(|one| one.release == release && one.name == *name);
        let place = place.unwrap_or_else(|| {
            instances.push(Instance {
                name: name.clone(),
                release,
                state: InstanceState::Created,
                routed: false,
            });
            instances.len() - 1
        });
        &mut instances[place]
    }
}
