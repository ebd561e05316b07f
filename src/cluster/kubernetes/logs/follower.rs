use std::collections::{HashMap, HashSet};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use k8s_openapi::api::apps::v1::Deployment;
use k8s_openapi::api::core::v1::Pod;
use kube::api::ListParams;
use kube::{Api, ResourceExt as _};
use tokio::task::{AbortHandle, JoinSet};
use tokio::time::{sleep_until, timeout};

use super::super::api::{AWAY, patiently};
use super::super::fleet::Fleet;
use super::super::pods::{InstancePod, assign};
use super::super::{Kubernetes, fault, names};
use super::reader::{Read, Reader};
use super::{Container, containers, is_without_log, parameters, parameters_after};
use crate::cluster::LogOptions;
use crate::cluster::merge::Sender;
use crate::release::{InstanceName, Target};

/// How soon the lines of a new pod are followed.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// A pod that is gone has said all by then.
const LAST_WORDS: Duration = Duration::from_secs(5);
/// Whoever reads has so long to take the last line.
const SENDING: Duration = Duration::from_secs(60);

/// Follows the pods of a target.
pub(super) struct Follower {
    pods: Api<Pod>,
    deployments: Api<Deployment>,
    selector: String,
    cluster: String,
    namespace: String,
    options: LogOptions,
    /// All that were there at first are followed.
    is_begun: bool,
    sender: Sender,
    followed: HashMap<String, Followed>,
    readers: JoinSet<Done>,
}

/// A pod. Its name among ours stays what it was at first, whatever becomes of its neighbours.
struct Followed {
    instance: InstanceName,
    release: u64,
    /// The time of its last line.
    last: Option<Timestamp>,
    /// Containers whose log was read to its end.
    read: HashSet<String>,
    reader: Option<AbortHandle>,
    /// When it was found to be gone.
    gone: Option<Instant>,
}

/// A reader that ended.
struct Done {
    uid: String,
    container: Container,
    read: Read,
}

impl Follower {
    pub(super) fn new(
        kubernetes: &Kubernetes,
        target: &Target,
        options: LogOptions,
        sender: Sender,
    ) -> Self {
        Self {
            pods: kubernetes.api(),
            deployments: kubernetes.api(),
            selector: names::role_selector(target, names::Role::Instance),
            cluster: kubernetes.cluster.clone(),
            namespace: kubernetes.namespace.clone(),
            options,
            is_begun: false,
            sender,
            followed: HashMap::new(),
            readers: JoinSet::new(),
        }
    }

    /// Until nobody reads, or the API server can't be asked any more.
    pub(super) async fn run(mut self) {
        loop {
            if let Err(error) = self.look().await {
                let error = fault::of(error, &self.cluster, &self.namespace);
                // Nobody reads any more, or this is the last thing they read.
                let _ = timeout(SENDING, self.sender.send(Err(error))).await;
                return;
            }
            // Whoever comes later is followed from its beginning.
            self.options.tail = None;
            self.options.since = None;
            self.is_begun = true;
            let next = tokio::time::Instant::now() + LOOK_EVERY;
            loop {
                tokio::select! {
                    () = sleep_until(next) => break,
                    () = self.sender.closed() => return,
                    Some(done) = self.readers.join_next() => {
                        if let Ok(done) = done
                            && let Err(error) = self.note(done)
                        {
                            let error = fault::of(error, &self.cluster, &self.namespace);
                            let _ = self.sender.send(Err(error)).await;
                            return;
                        }
                    }
                }
            }
        }
    }

    /// Begins to read what is not read yet, and ends where nothing can come any more.
    async fn look(&mut self) -> Result<(), kube::Error> {
        let parameters = ListParams::default().labels(&self.selector);
        let (deployments, pods) = tokio::try_join!(
            patiently(&AWAY, || self.deployments.list(&parameters)),
            patiently(&AWAY, || self.pods.list(&parameters)),
        )?;
        let fleets: Vec<Fleet> = deployments.iter().filter_map(Fleet::of).collect();
        let mut states: HashMap<String, (String, Vec<Container>)> = HashMap::new();
        for pod in &pods.items {
            let process = pod.labels().get(names::PROCESS).map_or("", String::as_str);
            let state = (pod.name_any(), containers(pod, process));
            states.insert(pod.uid().unwrap_or_default(), state);
        }
        for found in assign(&fleets, pods.items) {
            let wanted = self.options.instance.as_ref();
            let uid = found.pod.uid().unwrap_or_default();
            if !self.followed.contains_key(&uid) && wanted.is_none_or(|it| *it == found.instance) {
                self.meet(uid, &found, &states);
            }
        }
        self.go_on(&states);
        Ok(())
    }

    /// Begins with a pod.
    fn meet(
        &mut self,
        uid: String,
        found: &InstancePod,
        states: &HashMap<String, (String, Vec<Container>)>,
    ) {
        let containers = states.get(&uid).map(|(_, containers)| &containers[..]);
        let containers = containers.unwrap_or_default();
        // What one wrote before its last start, when nobody followed it, is no news.
        let skipped = if self.is_begun {
            0
        } else {
            containers.len().saturating_sub(1)
        };
        let (earlier, unread) = containers.split_at(skipped);
        let Some(next) = unread.first() else {
            return;
        };
        let followed = Followed {
            instance: found.instance.clone(),
            release: found.release,
            last: None,
            read: earlier
                .iter()
                .map(|container| container.id.clone())
                .collect(),
            reader: None,
            gone: None,
        };
        let reader = Reader {
            api: self.pods.clone(),
            pod: found.pod.name_any(),
            instance: found.instance.clone(),
            release: found.release,
            parameters: parameters(found, &self.options),
            after: None,
        };
        self.followed.insert(uid.clone(), followed);
        self.begin(uid, next.clone(), reader);
    }

    /// Goes on with those that are followed.
    fn go_on(&mut self, states: &HashMap<String, (String, Vec<Container>)>) {
        let mut due = Vec::new();
        self.followed.retain(|uid, followed| {
            let Some((pod, containers)) = states.get(uid) else {
                let gone = *followed.gone.get_or_insert_with(Instant::now);
                let is_over = followed.reader.is_none() || gone.elapsed() > LAST_WORDS;
                if let (true, Some(reader)) = (is_over, &followed.reader) {
                    reader.abort();
                }
                return !is_over;
            };
            let unread = containers
                .iter()
                .find(|container| !followed.read.contains(&container.id));
            if let (Some(container), None) = (unread, &followed.reader) {
                let reader = Reader {
                    api: self.pods.clone(),
                    pod: pod.clone(),
                    instance: followed.instance.clone(),
                    release: followed.release,
                    parameters: parameters_after(&followed.instance.process, followed.last),
                    after: followed.last,
                };
                due.push((uid.clone(), container.clone(), reader));
            }
            true
        });
        for (uid, container, reader) in due {
            self.begin(uid, container, reader);
        }
    }

    fn begin(&mut self, uid: String, container: Container, mut reader: Reader) {
        reader.parameters.previous = container.is_previous;
        let sender = self.sender.clone();
        let key = uid.clone();
        let handle = self.readers.spawn(async move {
            let read = reader.read(&sender).await;
            Done {
                uid,
                container,
                read,
            }
        });
        if let Some(followed) = self.followed.get_mut(&key) {
            followed.reader = Some(handle);
        }
    }

    /// Notes how far a log was read. What broke off is gone on with at the next look; who may not read never will.
    fn note(&mut self, done: Done) -> Result<(), kube::Error> {
        let Some(followed) = self.followed.get_mut(&done.uid) else {
            return Ok(());
        };
        followed.reader = None;
        followed.last = followed.last.max(done.read.last);
        match done.read.error {
            Some(kube::Error::Api(status)) if matches!(status.code, 401 | 403) => {
                return Err(kube::Error::Api(status));
            }
            Some(error) if !is_without_log(&error) => {}
            _ if done.container.has_ended => {
                followed.read.insert(done.container.id);
            }
            _ => {}
        }
        Ok(())
    }
}
