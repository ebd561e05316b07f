//! Volumes.

use serde_json::{Value, json};

use super::super::names::{self, Role};
use super::Blueprint;

impl Blueprint<'_> {
    /// The claim of a volume. Nobody owns it: what is in it outlives the app.
    pub(in super::super) fn claim(&self, volume: &str) -> Value {
        let mut spec = json!({
            "accessModes": ["ReadWriteOnce"],
            "resources": { "requests": { "storage": self.options.volume_size } },
        });
        if let Some(class) = &self.options.storage_class {
            spec["storageClassName"] = json!(class);
        }
        json!({
            "apiVersion": "v1",
            "kind": "PersistentVolumeClaim",
            "metadata": {
                "name": names::part(&self.release.target, "volume", &[volume]),
                "labels": names::labels(&self.release.target, Role::Volume),
                "annotations": { names::VOLUME: volume },
            },
            "spec": spec,
        })
    }
}
