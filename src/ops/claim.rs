//! Whether an image that somebody else may have made is the version that this build is about.

use std::collections::BTreeMap;
use std::fmt;

use super::fingerprint::Fingerprint;
use super::labels;
use crate::image::{Digest, Platform};
use crate::plan::ContentKey;

/// What this build would put into its image.
#[derive(Clone, Debug)]
pub(super) struct Claim {
    /// `[group/]name`.
    pub app: String,
    pub content: ContentKey,
    pub platform: Platform,
    /// 40 hex digits.
    pub commit: String,
    /// Digest of the context's files.
    pub files: Digest,
    pub configuration: Digest,
    /// The number behind `-r`.
    pub revision: u32,
    pub bases: Pinning,
    pub secrets: Option<Fingerprint>,
}

/// What says which bases a build takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pinning {
    /// `app.lock`: the same on every machine.
    Locked,
    /// Nothing; each build takes the newest, and a moved base is no other version.
    Newest,
}

/// How an image stands to a claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fit {
    /// The very content.
    Same,
    /// The same source and configuration, with what only the machine that built it knows: its
    /// secrets' fingerprint, or the bases that were the newest there.
    Stands,
}

/// Why an image is not what a claim is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Difference {
    /// Another app's, or not of ours.
    App,
    Platform(Option<Platform>),
    Source,
    Configuration,
    /// This machine built it with other values.
    Secrets,
}

impl Claim {
    /// Compares with what an image says of itself.
    pub fn judge(
        &self,
        labels: &BTreeMap<String, String>,
        platform: Option<&Platform>,
    ) -> Result<Fit, Difference> {
        let says = |label: &str, value: &str| labels.get(label).is_some_and(|has| has == value);
        if !says(labels::APP, &self.app) {
            return Err(Difference::App);
        }
        if says(labels::CONTENT, self.content.as_str()) {
            return Ok(Fit::Same);
        }
        if platform != Some(&self.platform) {
            return Err(Difference::Platform(platform.cloned()));
        }
        // A version whose content was there before tells of the commit that first had it.
        if !says(labels::COMMIT, &self.commit) && !says(labels::FILES, self.files.as_str()) {
            return Err(Difference::Source);
        }
        let same_configuration = says(labels::CONFIGURATION, self.configuration.as_str());
        let same_but_bases =
            self.bases == Pinning::Newest && says(labels::REVISION, &self.revision.to_string());
        if !same_configuration && !same_but_bases {
            return Err(Difference::Configuration);
        }
        let theirs = labels.get(labels::SECRETS).map(String::as_str);
        let theirs = theirs.and_then(Fingerprint::parse);
        match (&self.secrets, &theirs) {
            (Some(ours), Some(theirs)) if ours.contradicts(theirs) => Err(Difference::Secrets),
            _ => Ok(Fit::Stands),
        }
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::App => f.write_str("as an image that is not this app's"),
            Self::Platform(Some(platform)) => write!(f, "for {platform}"),
            Self::Platform(None) => f.write_str("for another platform"),
            Self::Source => f.write_str("with another source"),
            Self::Configuration => f.write_str("with another build configuration"),
            Self::Secrets => f.write_str("with other values of its build secrets"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn print(text: &str) -> Option<Fingerprint> {
        Fingerprint::parse(text)
    }

    fn claim(bases: Pinning) -> Claim {
        let [files, configuration] = [b"files", b"confi"].map(|text| Digest::of(text));
        let platform: Platform = "linux/amd64".parse().unwrap();
        Claim {
            app: "trade/shop".to_owned(),
            content: ContentKey::new(&configuration, &files, &platform, Some("here.1")),
            platform,
            commit: "3f9c".to_owned(),
            files,
            configuration,
            revision: 7,
            bases,
            secrets: print("here.1"),
        }
    }

    /// An image of another machine, of the same everything.
    fn labels() -> BTreeMap<String, String> {
        let claim = claim(Pinning::Locked);
        BTreeMap::from([
            (labels::APP.to_owned(), claim.app),
            (labels::CONTENT.to_owned(), "another".to_owned()),
            (labels::COMMIT.to_owned(), claim.commit),
            (labels::FILES.to_owned(), claim.files.to_string()),
            (
                labels::CONFIGURATION.to_owned(),
                claim.configuration.to_string(),
            ),
            (labels::REVISION.to_owned(), "7".to_owned()),
            (labels::SECRETS.to_owned(), "there.2".to_owned()),
        ])
    }

    #[test]
    fn one_difference_decides() {
        use Pinning::{Locked, Newest};
        let other = "other";
        for (bases, changes, expected) in [
            (Locked, &[][..], Ok(Fit::Stands)),
            (Newest, &[], Ok(Fit::Stands)),
            (Locked, &[(labels::APP, other)], Err(Difference::App)),
            (Locked, &[(labels::COMMIT, other)], Ok(Fit::Stands)),
            (Locked, &[(labels::FILES, other)], Ok(Fit::Stands)),
            (
                Locked,
                &[(labels::COMMIT, other), (labels::FILES, other)],
                Err(Difference::Source),
            ),
            (
                Locked,
                &[(labels::CONFIGURATION, other)],
                Err(Difference::Configuration),
            ),
            (Newest, &[(labels::CONFIGURATION, other)], Ok(Fit::Stands)),
            (
                Newest,
                &[(labels::CONFIGURATION, other), (labels::REVISION, "8")],
                Err(Difference::Configuration),
            ),
            (
                Locked,
                &[(labels::SECRETS, "here.2")],
                Err(Difference::Secrets),
            ),
            (Locked, &[(labels::SECRETS, "here.1")], Ok(Fit::Stands)),
        ] {
            let mut labels = labels();
            for (label, value) in changes {
                labels.insert((*label).to_owned(), (*value).to_owned());
            }
            let claim = claim(bases);
            let found = claim.judge(&labels, Some(&claim.platform));
            assert_eq!(found, expected, "{bases:?} {changes:?}");
        }
    }

    #[test]
    fn the_platform_has_to_fit_and_the_same_content_is_the_same() {
        let claim = claim(Pinning::Locked);
        let arm: Platform = "linux/arm64".parse().unwrap();
        let found = claim.judge(&labels(), Some(&arm));
        assert_eq!(found, Err(Difference::Platform(Some(arm))));
        let mut same = labels();
        same.insert(labels::CONTENT.to_owned(), claim.content.to_string());
        assert_eq!(claim.judge(&same, None), Ok(Fit::Same));
        assert_eq!(claim.judge(&BTreeMap::new(), None), Err(Difference::App));
    }
}
