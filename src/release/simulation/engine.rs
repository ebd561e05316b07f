use std::collections::{BTreeMap, BTreeSet};

use crate::release::{Instance, InstanceState, Live, Observed, Outcome, Record, Slot, Step};

/// What goes wrong at a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The step does nothing and fails.
    Fails,
    /// The step does its work and fails.
    FailsAfterwards,
    /// Whoever carries out the plan is gone before the step.
    Killed,
    /// Whoever carries out the plan is gone after it.
    KilledAfterwards,
    /// An instance that ran ends, the n-th.
    Dies(usize),
    /// An instance is removed behind our back, the n-th.
    Vanishes(usize),
    /// Everything that ran runs under a new address; what was frozen has ended.
    EngineRestarts,
}

impl Fault {
    pub const KINDS: [Self; 9] = [
        Self::Fails,
        Self::FailsAfterwards,
        Self::Killed,
        Self::KilledAfterwards,
        Self::Dies(0),
        Self::Dies(2),
        Self::Vanishes(0),
        Self::Vanishes(2),
        Self::EngineRestarts,
    ];
}

#[derive(Clone, Debug)]
struct Container {
    state: InstanceState,
    address: u32,
    /// Whether it answered as healthy since it was started.
    proven: bool,
    /// Requests that it has not answered yet.
    in_flight: bool,
}

/// Does what steps say, and panics where that must not be.
#[derive(Clone, Debug, Default)]
pub struct Engine {
    releases: BTreeMap<u64, Record>,
    live: Live,
    containers: BTreeMap<Slot, Container>,
    route: BTreeSet<u32>,
    held: bool,
    addresses: u32,
    /// Releases by the version that never become healthy.
    pub never_healthy: BTreeSet<String>,
    /// Those that do not stay so.
    pub breaks_soon: BTreeSet<String>,
    /// Something was lost that no plan is to blame for.
    excused: bool,
    hooks: Vec<u64>,
    /// What served when the command began.
    ran: BTreeSet<Slot>,
}

impl Engine {
    pub fn observe(&self) -> Observed {
        let instances = self.containers.iter().map(|(slot, container)| Instance {
            name: slot.instance.clone(),
            release: slot.release,
            state: container.state,
            routed: container.state == InstanceState::Running
                && self.route.contains(&container.address),
        });
        Observed {
            releases: self.releases.clone(),
            live: self.live.clone(),
            instances: instances.collect(),
            held: self.held,
            stale_route: self.route.iter().any(|address| !self.answers(*address)),
            maintenance: false,
        }
    }

    fn answers(&self, address: u32) -> bool {
        let mut containers = self.containers.values();
        containers.any(|one| one.address == address && one.state == InstanceState::Running)
    }

    /// A command begins.
    pub fn begin(&mut self) {
        let observed = self.observe();
        self.ran = observed.serving(&observed.live);
        self.ran
            .retain(|slot| observed.instance(slot).is_some_and(Instance::is_running));
    }

    pub fn hooks(&self) -> &[u64] {
        &self.hooks
    }

    pub fn carry_out(&mut self, step: &Step) -> Result<(), String> {
        let done = self.attempt(step);
        self.check(step);
        for container in self.containers.values_mut() {
            let routed = !self.held && self.route.contains(&container.address);
            container.in_flight |= routed && container.state == InstanceState::Running;
        }
        done
    }

    fn attempt(&mut self, step: &Step) -> Result<(), String> {
        match step {
            Step::Fetch(_) => {}
            Step::Record(release) => {
                let record = Record {
                    release: (**release).clone(),
                    outcome: None,
                };
                let taken = self.releases.insert(release.number, record);
                assert_eq!(taken, None, "a release is never changed");
            }
            Step::RunHook { release } => self.hooks.push(*release),
            Step::Start { release, instance } => self.start(&slot(*release, instance)),
            Step::AwaitHealthy { release, instance } => {
                return self.await_healthy(&slot(*release, instance));
            }
            Step::Hold => self.held = true,
            Step::Switch(live) => self.switch(live),
            Step::Watch { release } => return self.watch(*release),
            Step::Drain { release, instance } => {
                if let Some(container) = self.containers.get_mut(&slot(*release, instance)) {
                    assert!(
                        self.held || !self.route.contains(&container.address),
                        "drained while it gets requests"
                    );
                    container.in_flight = false;
                }
            }
            Step::Pause { release, instance } => {
                assert!(!self.releases[release].release.is_single_writer());
                self.retire(&slot(*release, instance), InstanceState::Paused);
            }
            Step::Stop { release, instance } => {
                self.retire(&slot(*release, instance), InstanceState::Stopped);
            }
            Step::Remove { release, instance } => {
                let slot = slot(*release, instance);
                self.retire(&slot, InstanceState::Stopped);
                self.containers.remove(&slot);
            }
            Step::Conclude { release, outcome } => {
                let record = self.releases.get_mut(release).expect("it was recorded");
                assert_eq!(record.outcome, None, "concluded twice");
                record.outcome = Some(outcome.clone());
            }
        }
        Ok(())
    }

    fn start(&mut self, slot: &Slot) {
        assert!(self.releases.contains_key(&slot.release), "no parameters");
        self.addresses += 1;
        let fresh = self.addresses;
        let container = self.containers.entry(slot.clone()).or_insert(Container {
            state: InstanceState::Created,
            address: fresh,
            proven: false,
            in_flight: false,
        });
        match container.state {
            InstanceState::Running => {}
            InstanceState::Paused => container.state = InstanceState::Running,
            InstanceState::Created | InstanceState::Stopped => {
                container.state = InstanceState::Running;
                container.address = fresh;
                container.proven = false;
            }
        }
    }

    fn await_healthy(&mut self, slot: &Slot) -> Result<(), String> {
        let version = &self.releases[&slot.release].release.image.version;
        let container = self.containers.get_mut(slot).ok_or("it is gone")?;
        if container.state != InstanceState::Running || self.never_healthy.contains(version) {
            return Err(format!("{} is not healthy", slot.instance));
        }
        container.proven = true;
        Ok(())
    }

    fn switch(&mut self, live: &Live) {
        let serving = self.observe().serving(live);
        let web = self.containers.iter().filter(|(slot, container)| {
            slot.instance.is_web()
                && serving.contains(slot)
                && container.state == InstanceState::Running
        });
        self.route = web.map(|(_, container)| container.address).collect();
        self.live = live.clone();
        self.held = false;
    }

    fn watch(&mut self, release: u64) -> Result<(), String> {
        let version = &self.releases[&release].release.image.version;
        let observed = self.observe();
        let old = if self.live.release == Some(release) {
            observed.previous()
        } else {
            self.live.release
        };
        let single = |number: u64| self.releases[&number].release.is_single_writer();
        let must_run = |number: &u64| !self.excused && !single(*number) && !single(release);
        if let Some(old) = old.filter(must_run) {
            let old = observed.runs_as(old);
            let mut ran = self.ran.iter().filter(|slot| slot.release == old);
            assert!(
                ran.all(|slot| self.containers[slot].state == InstanceState::Running),
                "the old release is put away before the new one is accepted"
            );
        }
        if self.breaks_soon.contains(version) {
            return Err("it broke".into());
        }
        Ok(())
    }

    fn retire(&mut self, slot: &Slot, state: InstanceState) {
        let Some(container) = self.containers.get_mut(slot) else {
            return;
        };
        if container.state == InstanceState::Running {
            let routed = !self.held && self.route.contains(&container.address);
            assert!(!routed, "{slot:?} is taken away while it gets requests");
            assert!(!container.in_flight, "{slot:?} has requests in flight");
        }
        if container.state != InstanceState::Stopped {
            container.state = state;
        }
    }

    /// What happens whoever does what.
    pub fn suffer(&mut self, fault: Fault) {
        let running = self
            .containers
            .iter()
            .filter(|(_, one)| one.state == InstanceState::Running)
            .map(|(slot, _)| slot.clone())
            .collect::<Vec<_>>();
        match fault {
            Fault::Dies(n) if !running.is_empty() => {
                self.excused = true;
                let container = self
                    .containers
                    .get_mut(&running[n % running.len()])
                    .unwrap();
                container.state = InstanceState::Stopped;
                container.in_flight = false;
            }
            Fault::Vanishes(n) if !self.containers.is_empty() => {
                self.excused = true;
                let n = n % self.containers.len();
                let slot = self.containers.keys().nth(n).unwrap().clone();
                self.containers.remove(&slot);
            }
            Fault::EngineRestarts => {
                self.excused = true;
                for container in self.containers.values_mut() {
                    container.in_flight = false;
                    match container.state {
                        InstanceState::Running => {
                            self.addresses += 1;
                            container.address = self.addresses;
                        }
                        InstanceState::Paused => container.state = InstanceState::Stopped,
                        InstanceState::Created | InstanceState::Stopped => {}
                    }
                }
            }
            _ => {}
        }
    }

    /// What has to be so after each step.
    fn check(&self, step: &Step) {
        let running: BTreeSet<_> = self
            .containers
            .iter()
            .filter(|(_, one)| one.state == InstanceState::Running)
            .map(|(slot, _)| slot.release)
            .collect();
        let shares = |number: &u64| self.releases[number].release.is_single_writer();
        assert!(
            running.len() < 2 || !running.iter().any(shares),
            "two releases write to a volume after {step:?}"
        );
        if self.excused {
            return;
        }
        let serves = |address: &u32| {
            let mut containers = self.containers.values();
            containers.any(|one| {
                one.address == *address && one.state == InstanceState::Running && one.proven
            })
        };
        assert!(
            self.held || self.route.iter().all(serves),
            "a request meets nothing healthy after {step:?}"
        );
        let serving = self.observe().serving(&self.live);
        let has_web = serving.iter().any(|slot| slot.instance.is_web());
        assert!(
            !has_web || self.held || !self.route.is_empty(),
            "nothing serves after {step:?}"
        );
    }

    /// What has to be so when all is quiet.
    pub fn check_settled(&mut self) {
        self.excused = false;
        let observed = self.observe();
        assert!(!self.held, "requests wait for ever");
        let serving = observed.serving(&self.live);
        let kept = observed.kept();
        let runs = |slot: &Slot| {
            let container = self.containers.get(slot);
            container.filter(|one| one.state == InstanceState::Running)
        };
        for slot in &serving {
            assert!(runs(slot).is_some(), "{slot:?} should run: {self:#?}");
        }
        for (slot, container) in &self.containers {
            let idle = container.state != InstanceState::Running;
            assert!(
                serving.contains(slot) || kept.contains(slot) && idle,
                "{slot:?} is an orphan: {self:#?}"
            );
        }
        let web = serving.iter().filter(|slot| slot.instance.is_web());
        let addresses: BTreeSet<_> = web.filter_map(runs).map(|one| one.address).collect();
        assert_eq!(self.route, addresses, "the route is not what serves");
        let canary = self.live.canary.as_ref().map(|canary| canary.release);
        for (number, record) in &self.releases {
            let open = record.outcome.is_none();
            assert_eq!(open, canary == Some(*number), "release {number}");
            if self.live.release == Some(*number) {
                assert_eq!(record.outcome, Some(Outcome::Accepted));
            }
        }
    }
}

fn slot(release: u64, instance: &crate::release::InstanceName) -> Slot {
    Slot {
        release,
        instance: instance.clone(),
    }
}
