use std::path::PathBuf;
use std::time::{Duration, Instant};

use serde::Deserialize;

use super::{ApiVersion, Engine, wire};
use crate::{Error, Result};

/// As long as an engine counts for somebody else.
const COUNTING: Duration = Duration::from_secs(30);

/// What `paas doctor` shows of an engine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EngineInfo {
    /// `20.10.24`.
    pub version: String,
    /// The newest API version it speaks.
    pub api: ApiVersion,
    /// `overlay2`; `overlayfs` where images are kept in containerd.
    pub storage_driver: String,
    /// Where it keeps everything, on its own machine.
    pub root_dir: PathBuf,
    /// `x86_64`.
    pub architecture: String,
    /// What runs it: `Debian GNU/Linux 12 (bookworm)`.
    pub operating_system: String,
    /// Processors.
    pub cpus: u64,
    /// Bytes of memory.
    pub memory: u64,
}

/// What takes room, in bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DiskUsage {
    /// Layers of images, shared ones once.
    pub images: u64,
    /// Build cache that belongs to no image.
    pub build_cache: u64,
}

/// Both forms of the answer: since API 1.52 there are sums.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct Usage {
    layers_size: Option<i64>,
    build_cache: Option<Vec<CacheRecord>>,
    #[serde(rename = "ImageUsage")]
    images: Option<Sum>,
    #[serde(rename = "BuildCacheUsage")]
    cache: Option<Sum>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct CacheRecord {
    size: i64,
    shared: bool,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct Sum {
    total_size: i64,
}

impl From<Usage> for DiskUsage {
    fn from(usage: Usage) -> Self {
        let records = usage.build_cache.unwrap_or_default();
        let own = records.iter().filter(|record| !record.shared);
        let cached = own.map(|record| record.size.max(0)).sum();
        let images = usage.images.map(|sum| sum.total_size);
        let cache = usage.cache.map(|sum| sum.total_size);
        let bytes = |count: i64| u64::try_from(count).unwrap_or(0);
        Self {
            images: bytes(images.or(usage.layers_size).unwrap_or(0)),
            build_cache: bytes(cache.unwrap_or(cached)),
        }
    }
}

impl Engine {
    /// What it is and what it runs on.
    pub async fn info(&self) -> Result<EngineInfo> {
        let info = self
            .docker
            .info()
            .await
            .map_err(|error| self.fault(error))?;
        let count = |number: Option<i64>| number.and_then(|n| n.try_into().ok()).unwrap_or(0);
        Ok(EngineInfo {
            version: info.server_version.unwrap_or_default(),
            api: self.api,
            storage_driver: info.driver.unwrap_or_default(),
            root_dir: info.docker_root_dir.unwrap_or_default().into(),
            architecture: info.architecture.unwrap_or_default(),
            operating_system: info.operating_system.unwrap_or_default(),
            cpus: count(info.ncpu),
            memory: count(info.mem_total),
        })
    }

    /// What takes room. The engine counts, which can take seconds, and for one client at a time.
    pub async fn disk_usage(&self) -> Result<DiskUsage> {
        let begun = Instant::now();
        loop {
            match self.count_disk_usage().await {
                Err(error) if is_counting(&error) && begun.elapsed() < COUNTING => {
                    tokio::time::sleep(Duration::from_millis(100)).await;
                }
                counted => return counted,
            }
        }
    }

    async fn count_disk_usage(&self) -> Result<DiskUsage> {
        let request = wire::get(&self.path("/system/df"));
        let usage: Usage = self.wire.send(request).await?.document().await?;
        Ok(usage.into())
    }

    /// Removes build cache, the least recently used first, until `keep` bytes are left. Returns
    /// the bytes freed.
    pub async fn prune_build_cache(&self, keep: u64) -> Result<u64> {
        #[derive(Deserialize)]
        struct Pruned {
            #[serde(rename = "SpaceReclaimed", default)]
            reclaimed: u64,
        }
        let name = if self.api < ApiVersion::new(1, 48) {
            "keep-storage"
        } else {
            "reserved-space"
        };
        let request = wire::post(&self.path("/build/prune"), &[(name, &keep.to_string())]);
        let pruned: Pruned = self.wire.send(request).await?.document().await?;
        Ok(pruned.reclaimed)
    }
}

/// Engines before 23 refuse to count while they count for somebody else.
fn is_counting(error: &Error) -> bool {
    error.message().contains("operation is already running")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_usage_of_both_generations() {
        for text in [
            r#"{"LayersSize": 7, "Images": null, "BuildCache": [{"Size": 5, "Shared": false}, {"Size": 9, "Shared": true}]}"#,
            r#"{"ImageUsage": {"TotalSize": 7}, "BuildCacheUsage": {"TotalSize": 5, "Reclaimable": 1}}"#,
        ] {
            let usage: DiskUsage = serde_json::from_str::<Usage>(text).unwrap().into();
            assert_eq!((usage.images, usage.build_cache), (7, 5));
        }
    }
}
