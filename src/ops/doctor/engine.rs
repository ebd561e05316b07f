use std::path::PathBuf;

use super::{Check, PATIENCE, at_most};
use crate::builder::{Engine, EngineInfo};
use crate::settings::EngineAddress;
use crate::{Error, Result};

const GB: u64 = 1_000_000_000;

/// Less free than this, and the next base image may not fit.
const LEAST_FREE: u64 = 5 * GB;

/// Less free than this part of the disk, and it fills soon.
const LEAST_PERCENT: u64 = 10;

/// More build cache than this is worth a thought.
const MUCH_CACHE: u64 = 20 * GB;

pub(super) async fn connect(address: &EngineAddress) -> Result<Engine> {
    tokio::time::timeout(PATIENCE, Engine::connect(address))
        .await
        .map_err(|_| {
            Error::unavailable("the Docker Engine did not answer within 5 s")
                .hint("see what it is doing: `sudo journalctl --unit docker --since -10min`")
        })?
}

/// Of an engine that has answered.
pub(super) async fn checks(engine: &Engine, address: &EngineAddress) -> Vec<Check> {
    let (info, cache) = tokio::join!(info(engine), cache(engine));
    match info {
        Ok(info) => vec![described(&info), disk(info.root_dir, address).await, cache],
        Err(error) => vec![Check::unavailable("engine", &error), cache],
    }
}

async fn info(engine: &Engine) -> Result<EngineInfo> {
    tokio::time::timeout(PATIENCE, engine.info())
        .await
        .map_err(|_| Error::unavailable("the Docker Engine did not describe itself within 5 s"))?
}

/// Every engine that `Engine::connect` accepts has BuildKit.
fn described(info: &EngineInfo) -> Check {
    Check::ok(
        "engine",
        format!(
            "Docker {}, API {}, BuildKit, {}, {}, {} CPUs, {} memory",
            info.version,
            info.api,
            info.storage_driver,
            info.architecture,
            info.cpus,
            gigabytes(info.memory)
        ),
    )
}

async fn disk(root: PathBuf, address: &EngineAddress) -> Check {
    if matches!(address, EngineAddress::Tcp(_)) {
        return Check::ok("disk", "on the engine's machine: not looked at");
    }
    let shown = root.display().to_string();
    let space = at_most(move || {
        rustix::fs::statvfs(&root)
            .map_err(|error| Error::unavailable("no such folder").caused_by(error))
    });
    match space.await {
        // With the engine in a virtual machine, its folder is not on this disk.
        Err(_) => Check::ok(
            "disk",
            format!("{shown} is not on this machine: not looked at"),
        ),
        Ok(space) => rated(
            space.f_bavail.saturating_mul(space.f_frsize),
            space.f_blocks.saturating_mul(space.f_frsize),
            &shown,
        ),
    }
}

fn rated(free: u64, all: u64, place: &str) -> Check {
    let percent = free.saturating_mul(100) / all.max(1);
    let message = format!(
        "{} free ({percent} %) for images in {place}",
        gigabytes(free)
    );
    if free < LEAST_FREE || percent < LEAST_PERCENT {
        Check::warning("disk", message).hint("remove old versions and build cache: `paas gc`")
    } else {
        Check::ok("disk", message)
    }
}

async fn cache(engine: &Engine) -> Check {
    const NAME: &str = "build cache";
    match tokio::time::timeout(PATIENCE, engine.disk_usage()).await {
        Err(_) => Check::ok(NAME, "the engine is still counting after 5 s"),
        Ok(Err(error)) => Check::unavailable(NAME, &error),
        Ok(Ok(usage)) => {
            let message = format!(
                "{}, besides {} of images",
                gigabytes(usage.build_cache),
                gigabytes(usage.images)
            );
            if usage.build_cache > MUCH_CACHE {
                Check::warning(NAME, message).hint("remove what was not used lately: `paas gc`")
            } else {
                Check::ok(NAME, message)
            }
        }
    }
}

fn gigabytes(bytes: u64) -> String {
    format!("{}.{} GB", bytes / GB, bytes % GB * 10 / GB)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops::Status;

    #[test]
    fn little_space_is_worth_a_warning() {
        for (free, all, status) in [
            (50 * GB, 100 * GB, Status::Ok),
            (10 * GB, 100 * GB, Status::Ok),
            (9 * GB, 100 * GB, Status::Warning),
            (5 * GB, 10 * GB, Status::Ok),
            (5 * GB - 1, 10 * GB, Status::Warning),
            (0, 0, Status::Warning),
        ] {
            assert_eq!(rated(free, all, "/").status, status, "{free} of {all}");
        }
        let message = rated(12_345_678_901, 100 * GB, "/var/lib/docker").message;
        assert_eq!(message, "12.3 GB free (12 %) for images in /var/lib/docker");
    }
}
