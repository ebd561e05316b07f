//! Volumes of apps, made so that the app's user may write to them.

use std::io;

use bollard::models::{ContainerCreateBody, HostConfig, Mount, MountType, MountVolumeOptions};
use bytes::Bytes;

use super::DockerHost;
use super::blueprint::LocalImage;
use crate::Result;
use crate::builder::is_status;
use crate::image::Reference;
use crate::release::Release;

const BLOCK: usize = 512;

impl DockerHost {
    /// Makes the volumes of `release` that are missing. A new volume takes owner and content of the
    /// folder that it first covers: so it first covers an empty one of the app's user, in a
    /// container that is never started.
    pub(super) async fn volumes(&self, release: &Release, image: &LocalImage) -> Result<()> {
        let Some(owner) = owner(&image.user) else {
            // The engine makes them, for root.
            return Ok(());
        };
        for volume in &release.volumes {
            let name = self.names.volume(&release.target, &volume.name);
            if self.has_volume(&name).await? {
                continue;
            }
            let folder = self.empty_folder(owner).await?;
            let made = ContainerCreateBody {
                image: Some(folder.to_string()),
                cmd: Some(vec!["-".to_owned()]),
                labels: Some(self.names.labels_of(&release.target)),
                host_config: Some(HostConfig {
                    mounts: Some(vec![Mount {
                        typ: Some(MountType::VOLUME),
                        source: Some(name),
                        target: Some("/volume".to_owned()),
                        volume_options: Some(MountVolumeOptions {
                            labels: Some(self.names.labels_of(&release.target)),
                            ..MountVolumeOptions::default()
                        }),
                        ..Mount::default()
                    }]),
                    ..HostConfig::default()
                }),
                ..ContainerCreateBody::default()
            };
            let made = self.engine.client().create_container(None, made).await;
            let made = made.map_err(|error| self.engine.fault(error))?;
            self.remove_container(&made.id).await?;
        }
        Ok(())
    }

    pub(super) async fn has_volume(&self, name: &str) -> Result<bool> {
        match self.engine.client().inspect_volume(name).await {
            Ok(_) => Ok(true),
            Err(error) if is_status(&error, 404) => Ok(false),
            Err(error) => Err(self.engine.fault(error)),
        }
    }

    /// An image with one folder, `/volume`.
    async fn empty_folder(&self, (uid, gid): (u32, u32)) -> Result<Reference> {
        let name: Reference = format!("paas/volume:{uid}-{gid}").parse()?;
        if self.engine.image(&name).await?.is_none() {
            let tar = Bytes::from(archive(uid, gid));
            let tar = futures_util::stream::iter([Ok::<_, io::Error>(tar)]);
            self.engine.import_root(tar, &name, &[]).await?;
        }
        Ok(name)
    }
}

/// `10001:10001` as numbers; `None` for root, and for names that only the image knows.
fn owner(user: &str) -> Option<(u32, u32)> {
    let (uid, gid) = user.split_once(':').unwrap_or((user, "0"));
    let owner = (uid.parse().ok()?, gid.parse().ok()?);
    (owner.0 != 0).then_some(owner)
}

/// A tar archive of one folder (POSIX.1-1988).
fn archive(uid: u32, gid: u32) -> Vec<u8> {
    let mut header = [0_u8; BLOCK];
    let mut put = |at: usize, bytes: &[u8]| header[at..at + bytes.len()].copy_from_slice(bytes);
    put(0, b"volume/");
    put(100, b"0000755\0");
    put(108, format!("{:07o}\0", uid & 0o7_777_777).as_bytes());
    put(116, format!("{:07o}\0", gid & 0o7_777_777).as_bytes());
    put(124, b"00000000000\0");
    put(136, b"00000000000\0");
    put(148, b"        ");
    put(156, b"5");
    put(257, b"ustar\x0000");
    let sum: u32 = header.iter().map(|byte| u32::from(*byte)).sum();
    header[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    let mut tar = header.to_vec();
    tar.resize(3 * BLOCK, 0);
    tar
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_numbers_can_own_a_folder() {
        assert_eq!(owner("10001:10001"), Some((10001, 10001)));
        assert_eq!(owner("5"), Some((5, 0)));
        for user in ["", "0", "0:0", "app", "5:app"] {
            assert_eq!(owner(user), None, "{user}");
        }
    }
}
