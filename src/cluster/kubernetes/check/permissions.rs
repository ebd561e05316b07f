//! What whoever deploys has to be allowed: all of it within one namespace.

use std::fmt::Write as _;

/// Verbs for a resource.
pub(super) struct Permission {
    pub(super) group: &'static str,
    /// With its subresource: `pods/log`.
    pub(super) resource: &'static str,
    pub(super) verbs: &'static [&'static str],
}

impl Permission {
    /// `deployments.apps`
    pub(super) fn resource_and_group(&self) -> String {
        match self.group {
            "" => self.resource.to_owned(),
            group => format!("{}.{group}", self.resource),
        }
    }
}

const fn permission(
    group: &'static str,
    resource: &'static str,
    verbs: &'static [&'static str],
) -> Permission {
    Permission {
        group,
        resource,
        verbs,
    }
}

/// Of objects that are made by server-side apply, and found by labels.
const APPLIED: &[&str] = &["get", "list", "create", "patch", "delete"];

/// All that is asked of the API server.
pub(super) const NEEDED: &[Permission] = &[
    permission("", "configmaps", APPLIED),
    permission("", "secrets", APPLIED),
    permission("", "services", APPLIED),
    permission("", "endpoints", &["get"]),
    permission("", "persistentvolumeclaims", APPLIED),
    permission("", "pods", APPLIED),
    permission("", "pods/log", &["get"]),
    permission("", "pods/exec", &["create"]),
    permission("", "pods/proxy", &["get"]),
    permission("", "events", &["list"]),
    permission("apps", "deployments", APPLIED),
    permission("batch", "jobs", APPLIED),
    permission("networking.k8s.io", "ingresses", APPLIED),
    permission("policy", "poddisruptionbudgets", APPLIED),
    permission("autoscaling", "horizontalpodautoscalers", APPLIED),
    permission(
        "coordination.k8s.io",
        "leases",
        &["get", "list", "create", "update", "patch", "delete"],
    ),
    permission("metrics.k8s.io", "pods", &["list"]),
];

/// The Role that gives [`NEEDED`], as YAML.
pub(super) fn role(namespace: &str) -> String {
    let mut text = format!(
        "apiVersion: rbac.authorization.k8s.io/v1\n\
         kind: Role\n\
         metadata:\n  name: paas\n  namespace: {namespace:?}\n\
         rules:\n"
    );
    for Permission {
        group,
        resource,
        verbs,
    } in NEEDED
    {
        let rule = format!(
            "  - apiGroups: [{group:?}]\n    resources: [{resource:?}]\n    verbs: {verbs:?}\n"
        );
        let _ = write!(text, "{rule}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_role_names_all_that_is_needed() {
        let text = role("shop");
        assert!(text.starts_with("apiVersion: rbac.authorization.k8s.io/v1\nkind: Role\n"));
        assert!(text.contains("  namespace: \"shop\"\n"));
        let rule = "  - apiGroups: [\"apps\"]\n    resources: [\"deployments\"]\n    \
                    verbs: [\"get\", \"list\", \"create\", \"patch\", \"delete\"]\n";
        assert!(text.contains(rule), "{text}");
        assert_eq!(text.matches("- apiGroups").count(), NEEDED.len());
    }
}
