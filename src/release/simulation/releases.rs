use std::collections::BTreeMap;

use crate::release::{Image, Process, Release, Resources, Target, Volume};

/// What differs between the releases of a test.
#[derive(Clone, Debug)]
pub struct App {
    pub version: u32,
    pub web: Option<u32>,
    pub worker: Option<u32>,
    pub volume: bool,
    pub hook: bool,
}

impl App {
    pub fn version(version: u32) -> Self {
        Self {
            version,
            web: Some(2),
            worker: None,
            volume: false,
            hook: false,
        }
    }

    pub fn release(&self, number: u64) -> Release {
        let process = |replicas| Process {
            replicas,
            resources: Resources::default(),
        };
        let web = self.web.map(|count| ("web".to_owned(), process(count)));
        let worker = self
            .worker
            .map(|count| ("worker".to_owned(), process(count)));
        let volume = Volume {
            name: "data".into(),
            path: "/data".into(),
        };
        Release {
            target: Target {
                group: None,
                app: "shop".into(),
                environment: "local".into(),
            },
            number,
            from: None,
            created: i64::try_from(number).unwrap(),
            by: "someone@somewhere".into(),
            image: Image {
                version: format!("v{}", self.version),
                reference: format!("shop:v{}", self.version).parse().unwrap(),
                id: format!("sha256:{}", self.version),
                commit: String::new(),
            },
            processes: web.into_iter().chain(worker).collect(),
            port: 8080,
            stop_timeout: 30,
            env: BTreeMap::new(),
            secrets: BTreeMap::new(),
            health: None,
            volumes: self.volume.then_some(volume).into_iter().collect(),
            ports: Vec::new(),
            domains: Vec::new(),
            before_deploy: self.hook.then(|| "migrate".to_owned()),
            user: None,
            autoscale: None,
        }
    }
}
