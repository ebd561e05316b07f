use std::fmt;
use std::str::FromStr;

/// A version of the Docker Engine's API: `1.41`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ApiVersion {
    /// Before the point.
    pub major: usize,
    /// After it.
    pub minor: usize,
}

impl ApiVersion {
    /// The oldest one that works: Docker 19.03, the first with a complete BuildKit.
    pub const OLDEST: Self = Self::new(1, 40);

    /// `major.minor`.
    pub const fn new(major: usize, minor: usize) -> Self {
        Self { major, minor }
    }
}

impl FromStr for ApiVersion {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let (major, minor) = text.split_once('.').ok_or(())?;
        Ok(Self {
            major: major.parse().map_err(|_| ())?,
            minor: minor.parse().map_err(|_| ())?,
        })
    }
}

impl fmt::Display for ApiVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn compares_numbers_not_text() {
        let parse = |text: &str| text.parse::<ApiVersion>().unwrap();
        assert!(parse("1.9") < ApiVersion::OLDEST);
        assert!(parse("1.51") > ApiVersion::OLDEST);
        assert_eq!(parse("1.41").to_string(), "1.41");
        assert!("1".parse::<ApiVersion>().is_err());
    }
}
