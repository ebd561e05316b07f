use rustls::pki_types::CertificateDer;
use sha1::{Digest as _, Sha1};

const MAGIC: u32 = 0xFEED_FEED;
const VERSION: u32 = 2;
const TRUSTED_CERTIFICATE: u32 = 2;
/// Java's default; nothing in the file is secret, and Java reads it without.
const PASSWORD: &str = "changeit";

/// A Java key store (JKS, as `sun.security.provider.JavaKeyStore` writes it) that trusts `certificates`. The same bytes
/// for the same certificates.
pub(super) fn jks(certificates: &[CertificateDer<'_>]) -> Vec<u8> {
    let mut store = Vec::new();
    for number in [MAGIC, VERSION, length(certificates.len())] {
        store.extend(number.to_be_bytes());
    }
    for (index, certificate) in certificates.iter().enumerate() {
        store.extend(TRUSTED_CERTIFICATE.to_be_bytes());
        text(&mut store, &format!("ca{index}"));
        // When it was added, in milliseconds.
        store.extend(0_u64.to_be_bytes());
        text(&mut store, "X.509");
        store.extend(length(certificate.len()).to_be_bytes());
        store.extend_from_slice(certificate);
    }
    let digest = integrity(&store);
    store.extend(digest);
    store
}

/// Java's `writeUTF`; our texts are ASCII.
fn text(store: &mut Vec<u8>, text: &str) {
    let length = u16::try_from(text.len()).expect("texts of ours are short");
    store.extend(length.to_be_bytes());
    store.extend(text.as_bytes());
}

fn length(length: usize) -> u32 {
    u32::try_from(length).expect("a bundle is far smaller")
}

fn integrity(store: &[u8]) -> [u8; 20] {
    let mut hash = Sha1::new();
    for unit in PASSWORD.encode_utf16() {
        hash.update(unit.to_be_bytes());
    }
    hash.update(b"Mighty Aphrodite");
    hash.update(store);
    hash.finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn has_the_format_of_java() {
        let certificates = [CertificateDer::from(vec![7; 3])];
        let store = jks(&certificates);
        let (content, digest) = store.split_at(store.len() - 20);
        let entry = "00000002 0003636130 0000000000000000 0005582e353039 00000003070707";
        let expected = format!("feedfeed 00000002 00000001 {entry}").replace(' ', "");
        assert_eq!(hex::encode(content), expected);
        // Of Python's hashlib over the same.
        assert_eq!(
            hex::encode(digest),
            "667b2d0d4414de0b4e7c7a4546e70f6cb6b16dc4"
        );
    }
}
