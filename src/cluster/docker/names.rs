//! What things of a cluster are called in its engine, and the labels by which they are found again.

use std::collections::HashMap;

use crate::release::{InstanceName, Target};

/// The cluster's name; on everything.
pub(super) const CLUSTER: &str = "io.paas.cluster";
/// The target's key.
pub(super) const TARGET: &str = "io.paas.target";
/// The whole release, as JSON.
pub(super) const RELEASE: &str = "io.paas.release";
/// Its number.
pub(super) const NUMBER: &str = "io.paas.release.number";
/// `web.2`; only instances have it.
pub(super) const INSTANCE: &str = "io.paas.instance";
/// What a container that is no instance is for: `hook`, `run`, `ingress`.
pub(super) const ROLE: &str = "io.paas.role";
/// The role of ingresses, and of their images.
pub(super) const INGRESS: &str = "ingress";

/// Names of one cluster.
#[derive(Clone, Debug)]
pub(super) struct Names {
    cluster: String,
}

impl Names {
    pub(super) fn new(cluster: &str) -> Self {
        Self {
            cluster: cluster.to_owned(),
        }
    }

    pub(super) fn cluster(&self) -> &str {
        &self.cluster
    }

    pub(super) fn network(&self) -> String {
        format!("paas-{}", self.cluster)
    }

    /// The ingress's container, and its volume.
    pub(super) fn ingress(&self) -> String {
        format!("paas-{}-ingress", self.cluster)
    }

    /// The container that is to take the ingress's place.
    pub(super) fn next_ingress(&self) -> String {
        format!("{}.next", self.ingress())
    }

    /// One that was replaced and still ends: another name each time.
    pub(super) fn old_ingress(&self) -> String {
        format!("{}{:08x}", self.old_ingress_prefix(), fastrand::u32(..))
    }

    /// How such names begin.
    pub(super) fn old_ingress_prefix(&self) -> String {
        format!("{}.old.", self.ingress())
    }

    pub(super) fn instance(&self, target: &Target, release: u64, name: &InstanceName) -> String {
        format!("{}.{release}.{name}", self.of(target))
    }

    pub(super) fn volume(&self, target: &Target, name: &str) -> String {
        format!("{}.{name}", self.of(target))
    }

    /// Of a container that is for one command: another one each time.
    pub(super) fn one_off(&self, target: &Target, role: &str) -> String {
        format!("{}.{role}.{:08x}", self.of(target), fastrand::u32(..))
    }

    fn of(&self, target: &Target) -> String {
        format!("{}.{}", self.network(), target.key())
    }

    /// Labels of everything that belongs to the cluster.
    pub(super) fn labels(&self) -> HashMap<String, String> {
        HashMap::from([(CLUSTER.to_owned(), self.cluster.clone())])
    }

    /// Labels of what belongs to `target`.
    pub(super) fn labels_of(&self, target: &Target) -> HashMap<String, String> {
        let mut labels = self.labels();
        labels.insert(TARGET.to_owned(), target.key());
        labels
    }

    /// The filter by which the engine lists what has all `labels`.
    pub(super) fn filter(labels: HashMap<String, String>) -> HashMap<String, Vec<String>> {
        let labels = labels.into_iter();
        let wanted = labels.map(|(name, value)| format!("{name}={value}"));
        HashMap::from([("label".to_owned(), wanted.collect())])
    }
}

/// Where a target's documents are; ends with a slash.
pub(super) fn documents(target: &Target) -> String {
    format!("targets/{}/", target.key())
}

/// The target with this key.
pub(super) fn target(key: &str) -> Option<Target> {
    let parts: Vec<&str> = key.split('.').collect();
    let (group, app, environment) = match parts[..] {
        [app, environment] => (None, app, environment),
        [group, app, environment] => (Some(group), app, environment),
        _ => return None,
    };
    Some(Target {
        group: group.map(str::to_owned),
        app: app.to_owned(),
        environment: environment.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_gives_its_target_back() {
        for group in [None, Some("trade".to_owned())] {
            let shop = Target {
                group,
                app: "shop-api".to_owned(),
                environment: "production".to_owned(),
            };
            assert_eq!(target(&shop.key()), Some(shop));
        }
        assert_eq!(target("alone"), None);
        assert_eq!(target("a.b.c.d"), None);
    }

    #[test]
    fn names_say_whose_they_are() {
        let names = Names::new("local");
        let shop = target("shop.staging").unwrap();
        let web = "web.2".parse().unwrap();
        assert_eq!(
            names.instance(&shop, 3, &web),
            "paas-local.shop.staging.3.web.2"
        );
        assert_eq!(names.volume(&shop, "data"), "paas-local.shop.staging.data");
        assert_eq!(names.ingress(), "paas-local-ingress");
    }
}
