use std::fmt;

use crate::ingress::protocol::{RawPort, Transport};

/// Why a route was not taken; nothing was changed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Conflict {
    /// Another route has this host name.
    #[error("{host} belongs to {holder}")]
    Host {
        /// The name.
        host: String,
        /// The other route's key.
        holder: String,
    },
    /// Somebody listens on a raw port.
    #[error("port {} is held by {holder}", PortText(*port))]
    Port {
        /// The port.
        port: RawPort,
        /// Who.
        holder: PortHolder,
    },
    /// A raw port that cannot be opened for another reason, such as a missing right.
    #[error("port {} cannot be opened: {reason}", PortText(*port))]
    Closed {
        /// The port.
        port: RawPort,
        /// What the operating system says.
        reason: String,
    },
    /// An upstream that is not `address:port`.
    #[error("{upstream:?} is not an address and a port")]
    Upstream {
        /// As it was given.
        upstream: String,
    },
}

/// Who listens on a port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PortHolder {
    /// The route with this key.
    Route(String),
    /// Not this ingress.
    AnotherProgram,
}

impl fmt::Display for PortHolder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Route(key) => f.write_str(key),
            Self::AnotherProgram => f.write_str("another program"),
        }
    }
}

struct PortText(RawPort);

impl fmt::Display for PortText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let protocol = match self.0.protocol {
            Transport::Tcp => "tcp",
            Transport::Udp => "udp",
        };
        write!(f, "{}/{protocol}", self.0.port)
    }
}
