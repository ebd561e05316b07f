//! The cluster's network. Instances have addresses of our choosing on it, so that an instance is
//! found at the same address after the engine was restarted, and routes stay true.

use std::net::Ipv4Addr;
use std::time::Duration;

use bollard::models::{Ipam, IpamConfig, NetworkCreateRequest, NetworkInspect};

use super::DockerHost;
use super::keeper::Keeper;
use super::lease::holder;
use crate::builder::is_status;
use crate::{Error, Kind, Result};

/// The addresses that instances may have: the upper half of the network's. The lower half is the
/// engine's own, for containers that need no fixed one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Addresses {
    first: u32,
    count: u32,
}

impl Addresses {
    /// Of `10.1.0.0/16`; `None` when it has no room.
    fn of(subnet: &str) -> Option<Self> {
        let (address, length) = subnet.split_once('/')?;
        let address: Ipv4Addr = address.parse().ok()?;
        let length: u32 = length.parse().ok().filter(|length| *length <= 28)?;
        let half = 1 << (31 - length);
        Some(Self {
            first: u32::from(address) + half,
            // The last one is the broadcast address.
            count: half - 1,
        })
    }

    /// Any of them. One that is taken makes the start fail, and another one is drawn.
    pub(super) fn draw(self) -> Ipv4Addr {
        Ipv4Addr::from(self.first + fastrand::u32(0..self.count))
    }
}

/// The lower half of `subnet`, in the same notation.
fn lower_half(subnet: &str) -> Option<String> {
    let (address, length) = subnet.split_once('/')?;
    let length: u32 = length.parse().ok()?;
    Some(format!("{address}/{}", length + 1))
}

impl DockerHost {
    /// The network's addresses; it is made when it is missing.
    pub(super) async fn addresses(&self) -> Result<Addresses> {
        let found = self.addresses.get_or_try_init(|| async {
            if let Some(network) = self.network().await?.filter(is_finished) {
                return self.addresses_of(&network);
            }
            let keeper = self.steering().await?;
            // Engines allow two networks of one name, so they are made one at a time.
            let _alone = self.alone(&keeper, "network").await?;
            match self.network().await? {
                Some(network) if self.is_half_made(&network) => self.remove_network().await?,
                Some(network) => return self.addresses_of(&network),
                None => {}
            }
            self.make_network().await
        });
        found.await.copied()
    }

    /// As the engine describes it; `None`: there is none.
    pub(super) async fn network(&self) -> Result<Option<NetworkInspect>> {
        let client = self.engine.client();
        match client.inspect_network(&self.names.network(), None).await {
            Ok(network) => Ok(Some(network)),
            Err(error) if is_status(&error, 404) => Ok(None),
            Err(error) => Err(self.engine.fault(error)),
        }
    }

    /// The engine knows which addresses are free, but gives fixed ones only in a network that was
    /// made with a subnet: so it is asked for any, and then for the same once more.
    async fn make_network(&self) -> Result<Addresses> {
        self.create_network(None).await?;
        let network = self.network().await?.ok_or_else(vanished)?;
        let subnet = subnet(&network).ok_or_else(unusable)?;
        let range = lower_half(&subnet).ok_or_else(unusable)?;
        self.remove_network().await?;
        self.create_network(Some(IpamConfig {
            subnet: Some(subnet.clone()),
            ip_range: Some(range),
            ..IpamConfig::default()
        }))
        .await?;
        Addresses::of(&subnet).ok_or_else(unusable)
    }

    async fn create_network(&self, addresses: Option<IpamConfig>) -> Result<()> {
        let request = NetworkCreateRequest {
            name: self.names.network(),
            driver: Some("bridge".to_owned()),
            labels: Some(self.names.labels()),
            ipam: addresses.map(|config| Ipam {
                config: Some(vec![config]),
                ..Ipam::default()
            }),
            ..NetworkCreateRequest::default()
        };
        let made = self.engine.client().create_network(request).await;
        made.map(drop).map_err(|error| {
            Error::unavailable(format!(
                "the network `{}` can't be made",
                self.names.network()
            ))
            .caused_by(self.engine.fault(error))
            .hint("engines have about 30 networks at most: see `docker network ls`")
        })
    }

    async fn remove_network(&self) -> Result<()> {
        let client = self.engine.client();
        let removed = client.remove_network(&self.names.network()).await;
        removed.map_err(|error| self.engine.fault(error))
    }

    pub(super) fn is_ours(&self, network: &NetworkInspect) -> bool {
        let labels = network.labels.as_ref();
        let cluster = labels.and_then(|labels| labels.get(super::names::CLUSTER));
        cluster.map(String::as_str) == Some(self.names.cluster())
    }

    /// Whether somebody was gone before it was made for the second time; nothing is on it yet.
    fn is_half_made(&self, network: &NetworkInspect) -> bool {
        let containers = network.containers.as_ref();
        let is_used = containers.is_some_and(|containers| !containers.is_empty());
        self.is_ours(network) && !is_finished(network) && !is_used
    }

    /// Those of a network that is there.
    fn addresses_of(&self, network: &NetworkInspect) -> Result<Addresses> {
        if !self.is_ours(network) {
            return Err(Error::refused(format!(
                "the network `{}` was not made by paas",
                self.names.network()
            ))
            .hint("remove it, or give the cluster another name"));
        }
        subnet(network)
            .filter(|_| is_finished(network))
            .and_then(|subnet| Addresses::of(&subnet))
            .ok_or_else(unusable)
    }

    /// Waits for the lease of something that is made once for the whole cluster.
    async fn alone(&self, keeper: &Keeper, what: &str) -> Result<super::keeper::KeeperLease> {
        const TRIES: u32 = 200;
        let key = format!("cluster.{what}");
        let mut tries = 0;
        loop {
            match keeper
                .lease(&key, &holder(&self.settings.holder, what))
                .await
            {
                Err(error) if error.kind() == Kind::Busy && tries < TRIES => tries += 1,
                other => return other,
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
    }
}

fn configuration(network: &NetworkInspect) -> Option<&IpamConfig> {
    network.ipam.as_ref()?.config.as_ref()?.first()
}

fn subnet(network: &NetworkInspect) -> Option<String> {
    configuration(network)?.subnet.clone()
}

/// Whether it was made with a subnet.
pub(super) fn is_finished(network: &NetworkInspect) -> bool {
    configuration(network).is_some_and(|config| config.ip_range.is_some())
}

fn vanished() -> Error {
    Error::unavailable("the cluster's network was removed meanwhile").hint("try again")
}

fn unusable() -> Error {
    Error::unavailable("the cluster's network has no addresses to give")
        .hint("remove it with `docker network rm`: it is made anew")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instances_live_in_the_upper_half() {
        for (subnet, lowest, highest) in [
            ("172.20.0.0/16", [172, 20, 128, 0], [172, 20, 255, 254]),
            ("192.168.16.0/20", [192, 168, 24, 0], [192, 168, 31, 254]),
            ("10.0.0.0/28", [10, 0, 0, 8], [10, 0, 0, 14]),
        ] {
            let addresses = Addresses::of(subnet).unwrap();
            for _ in 0..100 {
                let address = addresses.draw();
                assert!(address >= Ipv4Addr::from(lowest) && address <= Ipv4Addr::from(highest));
            }
        }
        assert_eq!(Addresses::of("10.0.0.0/30"), None);
        assert_eq!(Addresses::of("fd00::/64"), None);
        assert_eq!(
            lower_half("172.20.0.0/16").as_deref(),
            Some("172.20.0.0/17")
        );
    }
}
