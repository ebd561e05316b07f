//! Whether the cluster can be used, and what is missing.

mod permissions;

use futures_util::{StreamExt as _, stream};
use k8s_openapi::api::authorization::v1::{
    ResourceAttributes, SelfSubjectAccessReview, SelfSubjectAccessReviewSpec,
};
use k8s_openapi::api::core::v1::Namespace;
use k8s_openapi::api::networking::v1::IngressClass;
use kube::api::{ListParams, PostParams};
use kube::{Api, ResourceExt};

use super::Kubernetes;
use crate::Result;
use crate::cluster::Finding;

use permissions::{NEEDED, Permission, role};

/// The oldest minor version that has what we use.
const OLDEST: u32 = 20;
/// Questions on their way.
const AT_ONCE: usize = 16;
/// Marks the class of Ingresses that name none.
const IS_DEFAULT: &str = "ingressclass.kubernetes.io/is-default-class";

impl Kubernetes {
    /// Fails where the API server does not answer at all.
    pub(super) async fn findings(&self) -> Result<Vec<Finding>> {
        let version = self.ask(|| self.client.apiserver_version()).await;
        let version = version.map_err(|error| self.fault(error))?;
        let mut findings = vec![of_version(&version.major, &version.minor)];
        findings.push(self.namespace_finding().await?);
        findings.push(self.ingress_finding().await?);
        findings.push(self.metrics_finding().await?);
        findings.push(self.permissions_finding().await?);
        Ok(findings)
    }

    async fn namespace_finding(&self) -> Result<Finding> {
        let what = format!("namespace {}", self.namespace);
        let api = Api::<Namespace>::all(self.client.clone());
        let problem = match self.ask(|| api.get(&self.namespace)).await {
            Ok(found) if found.metadata.deletion_timestamp.is_some() => Some(
                "it is being deleted: wait until it is gone and make it anew, or choose another"
                    .to_owned(),
            ),
            Ok(_) => None,
            Err(kube::Error::Api(status)) if status.is_not_found() => Some(format!(
                "it is not there: `kubectl create namespace {}`",
                self.namespace
            )),
            // Whoever has rights in it alone can't see it.
            Err(kube::Error::Api(status)) if status.is_forbidden() => None,
            Err(error) => return Err(self.fault(error)),
        };
        Ok(Finding { what, problem })
    }

    async fn ingress_finding(&self) -> Result<Finding> {
        let api = Api::<IngressClass>::all(self.client.clone());
        let parameters = ListParams::default();
        let classes = match self.ask(|| api.list(&parameters)).await {
            Ok(classes) => classes.items,
            // They belong to the cluster: not everybody may see them.
            Err(kube::Error::Api(status)) if matches!(status.code, 403 | 404) => {
                return Ok(well("ingress (its classes can't be seen)"));
            }
            Err(error) => return Err(self.fault(error)),
        };
        let Some(wanted) = &self.options.ingress_class else {
            let is_default = |class: &IngressClass| {
                let annotation = class.annotations().get(IS_DEFAULT);
                annotation.is_some_and(|value| value == "true")
            };
            return Ok(well(match classes.iter().find(|class| is_default(class)) {
                Some(class) => format!("ingress (class {})", class.name_any()),
                None => "ingress (no class is the default one: `domains` need `--ingress-class`)"
                    .to_owned(),
            }));
        };
        let is_there = classes.iter().any(|class| class.name_any() == *wanted);
        Ok(Finding {
            what: format!("ingress class {wanted}"),
            problem: (!is_there).then(|| {
                let names: Vec<String> = classes.iter().map(ResourceExt::name_any).collect();
                match &names[..] {
                    [] => "it is not there, and no other".to_owned(),
                    _ => format!("it is not there; there are: {}", names.join(", ")),
                }
            }),
        })
    }

    async fn metrics_finding(&self) -> Result<Finding> {
        let groups = self.ask(|| self.client.list_api_groups()).await;
        let groups = groups.map_err(|error| self.fault(error))?.groups;
        let is_there = groups.iter().any(|group| group.name == "metrics.k8s.io");
        Ok(well(if is_there {
            "metrics"
        } else {
            "metrics (none: `paas status` shows neither CPU nor memory, `[autoscale]` does nothing)"
        }))
    }

    async fn permissions_finding(&self) -> Result<Finding> {
        let mut questions = Vec::new();
        for permission in NEEDED {
            for verb in permission.verbs {
                questions.push(async move {
                    let may = self.may(permission, verb).await?;
                    Ok((!may).then(|| format!("{verb} {}", permission.resource_and_group())))
                });
            }
        }
        let answers: Vec<Result<Option<String>>> =
            stream::iter(questions).buffered(AT_ONCE).collect().await;
        let mut missing = Vec::new();
        for answer in answers {
            missing.extend(answer?);
        }
        Ok(Finding {
            what: "permissions".to_owned(),
            problem: (!missing.is_empty()).then(|| {
                format!(
                    "missing: {}. Have this Role made and bound to whoever deploys:\n\n{}",
                    missing.join(", "),
                    role(&self.namespace)
                )
            }),
        })
    }

    async fn may(&self, permission: &Permission, verb: &str) -> Result<bool> {
        let (resource, subresource) = match permission.resource.split_once('/') {
            Some((resource, subresource)) => (resource, Some(subresource)),
            None => (permission.resource, None),
        };
        let review = SelfSubjectAccessReview {
            spec: SelfSubjectAccessReviewSpec {
                resource_attributes: Some(ResourceAttributes {
                    namespace: Some(self.namespace.clone()),
                    verb: Some(verb.to_owned()),
                    group: Some(permission.group.to_owned()),
                    resource: Some(resource.to_owned()),
                    subresource: subresource.map(str::to_owned),
                    ..ResourceAttributes::default()
                }),
                ..SelfSubjectAccessReviewSpec::default()
            },
            ..SelfSubjectAccessReview::default()
        };
        let api = Api::<SelfSubjectAccessReview>::all(self.client.clone());
        let parameters = PostParams::default();
        let answer = self.ask(|| api.create(&parameters, &review)).await;
        let answer = answer.map_err(|error| self.fault(error))?;
        Ok(answer.status.is_some_and(|status| status.allowed))
    }
}

fn well(what: impl Into<String>) -> Finding {
    Finding {
        what: what.into(),
        problem: None,
    }
}

/// Providers add a sign to the minor version: `27+`.
fn of_version(major: &str, minor: &str) -> Finding {
    let digits: String = minor.chars().take_while(char::is_ascii_digit).collect();
    let is_old = major == "1" && digits.parse().is_ok_and(|minor: u32| minor < OLDEST);
    Finding {
        what: format!("API server (Kubernetes {major}.{minor})"),
        problem: is_old.then(|| format!("it has to be 1.{OLDEST} or newer")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_has_to_be_new_enough() {
        let problem = |major, minor| of_version(major, minor).problem;
        assert_eq!(problem("1", "20"), None);
        assert_eq!(problem("1", "33+"), None);
        assert_eq!(problem("2", "0"), None);
        assert!(problem("1", "19").unwrap().contains("1.20"));
        assert!(problem("1", "9+").is_some());
    }
}
