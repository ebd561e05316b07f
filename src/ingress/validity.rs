use std::time::{SystemTime, UNIX_EPOCH};

use x509_parser::error::X509Error;
use x509_parser::nom;
use x509_parser::prelude::parse_x509_certificate;

/// From when until when a certificate can be used, in Unix seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Validity {
    /// Its first second.
    pub from: i64,
    /// Its last second.
    pub until: i64,
}

impl Validity {
    /// What stands in a certificate.
    pub(super) fn of(der: &[u8]) -> Result<Self, nom::Err<X509Error>> {
        let (_, certificate) = parse_x509_certificate(der)?;
        Ok(Self {
            from: certificate.validity.not_before.timestamp(),
            until: certificate.validity.not_after.timestamp(),
        })
    }

    /// Whether it is over at that time.
    pub fn is_over(self, now: i64) -> bool {
        self.until < now
    }

    /// When the next one is ordered: after two thirds, as authorities advise, which leaves the last
    /// third for whatever goes wrong.
    pub fn renewal(self) -> i64 {
        self.from + (self.until - self.from) / 3 * 2
    }
}

/// Of the machine's clock, which people may set.
pub(super) fn unix_now() -> i64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    now.map_or(0, |now| now.as_secs().cast_signed())
}
