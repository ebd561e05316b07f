use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::*;
use crate::Kind;

/// The example of GitHub's documentation, "Validating webhook deliveries".
const SECRET: &str = "It's a Secret to Everybody";
const BODY: &[u8] = b"Hello, World!";
const HEX: &str = "757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";
const SHA1: &str = "sha1=01dc10d0c83e72ed246219cdd91669667fe2ca59";

/// The example of the Standard Webhooks specification's libraries.
const SIGNING_SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const SIGNED_BODY: &[u8] = br#"{"test": 2432232314}"#;
const SIGNED: &str = "webhook-id: msg_p5jXN8AQM9LWM0D4loKWxJek\nwebhook-timestamp: 1614265330\n";
const BASE64: &str = "g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
const TIME: u64 = 1_614_265_330;

fn at(seconds: u64) -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(seconds)
}

fn check(provider: Provider, headers: &str, body: &[u8], secret: &str) -> Result<Proof> {
    let headers = Headers::parse(headers)?;
    verify(provider, &headers, body, &Secret::new(secret)?, at(TIME))
}

/// Every refusal has exit code 3 and gives nothing away.
fn refusal(result: Result<Proof>, case: &str) -> String {
    let error = result.expect_err(case);
    assert_eq!(error.kind(), Kind::Refused, "{case}");
    let shown = format!("{error:?}");
    for hidden in [SECRET, HEX, SIGNING_SECRET, &SIGNING_SECRET[6..], BASE64] {
        assert!(!shown.contains(hidden), "{case}: {shown}");
    }
    error.message().to_owned()
}

#[test]
fn each_host_proves_itself_in_its_own_way() {
    let cases = [
        (
            Provider::GitHub,
            format!("X-Hub-Signature-256: sha256={HEX}"),
            Proof::Signature,
        ),
        (
            Provider::Gitea,
            format!("X-Gitea-Signature: {HEX}"),
            Proof::Signature,
        ),
        (
            Provider::Forgejo,
            format!("X-Forgejo-Signature: {HEX}"),
            Proof::Signature,
        ),
        (
            Provider::Forgejo,
            format!("X-Gitea-Signature: {HEX}"),
            Proof::Signature,
        ),
        (
            Provider::Bitbucket,
            format!("X-Hub-Signature: sha256={HEX}"),
            Proof::Signature,
        ),
        (
            Provider::GitLab,
            format!("X-Gitlab-Token: {SECRET}"),
            Proof::Token,
        ),
    ];
    for (provider, headers, expected) in cases {
        assert_eq!(
            check(provider, &headers, BODY, SECRET).unwrap(),
            expected,
            "{headers}"
        );
    }
}

#[test]
fn one_hosts_proof_is_not_anothers() {
    let cases = [
        (Provider::GitHub, format!("X-Gitea-Signature: {HEX}")),
        (Provider::GitHub, format!("X-Hub-Signature: sha256={HEX}")),
        (Provider::GitHub, format!("X-Gitlab-Token: {SECRET}")),
        (
            Provider::Gitea,
            format!("X-Hub-Signature-256: sha256={HEX}"),
        ),
        (Provider::Gitea, format!("X-Forgejo-Signature: {HEX}")),
        (
            Provider::Bitbucket,
            format!("X-Hub-Signature-256: sha256={HEX}"),
        ),
        (
            Provider::GitLab,
            format!("X-Hub-Signature-256: sha256={HEX}"),
        ),
    ];
    for (provider, headers) in cases {
        let message = refusal(check(provider, &headers, BODY, SECRET), &headers);
        assert!(
            message.contains("missing") || message.contains("SHA-1"),
            "{message}"
        );
    }
}

#[test]
fn anything_but_the_exact_signature_is_refused() {
    let flipped = format!("{}{}", &HEX[..63], "8");
    let values = [
        String::new(),
        "0".repeat(64),
        flipped,
        HEX[..63].to_owned(),
        HEX[..62].to_owned(),
        HEX[..40].to_owned(),
        format!("{HEX}00"),
        format!("{HEX}{HEX}"),
        format!("{HEX}, {HEX}"),
        HEX.to_uppercase(),
        format!("0x{}", &HEX[2..]),
        "é".repeat(32),
    ];
    for value in &values {
        let prefixed = format!("sha256={value}");
        let cases = [
            (Provider::GitHub, format!("X-Hub-Signature-256: {prefixed}")),
            (Provider::Bitbucket, format!("X-Hub-Signature: {prefixed}")),
            (Provider::Gitea, format!("X-Gitea-Signature: {value}")),
            (Provider::Forgejo, format!("X-Forgejo-Signature: {value}")),
            // An own signature that is wrong is not made good by another one.
            (
                Provider::Forgejo,
                format!("X-Forgejo-Signature: 0{value}\nX-Gitea-Signature: {HEX}"),
            ),
        ];
        for (provider, headers) in cases {
            refusal(check(provider, &headers, BODY, SECRET), &headers);
        }
    }
    for prefix in [
        "", "SHA256=", "sha1=", "sha512=", "sha256:", "sha256==", "sha256= ",
    ] {
        let headers = format!("X-Hub-Signature-256: {prefix}{HEX}");
        refusal(check(Provider::GitHub, &headers, BODY, SECRET), &headers);
    }
}

#[test]
fn doubled_proofs_are_refused_even_when_both_fit() {
    let cases = [
        (
            Provider::GitHub,
            format!("X-Hub-Signature-256: sha256={HEX}"),
        ),
        (Provider::Gitea, format!("X-Gitea-Signature: {HEX}")),
        (
            Provider::Bitbucket,
            format!("X-Hub-Signature: sha256={HEX}"),
        ),
        (Provider::GitLab, format!("X-Gitlab-Token: {SECRET}")),
    ];
    for (provider, header) in cases {
        let twice = format!("{header}\n{header}");
        let message = refusal(check(provider, &twice, BODY, SECRET), &twice);
        assert!(message.ends_with("stands twice"), "{message}");
    }
}

#[test]
fn sha_1_alone_is_refused_by_name() {
    let headers = format!("X-Hub-Signature: {SHA1}");
    let message = refusal(check(Provider::GitHub, &headers, BODY, SECRET), &headers);
    assert_eq!(message, "the request has a SHA-1 signature only");
    let both = format!("{headers}\nX-Hub-Signature-256: sha256={HEX}");
    assert_eq!(
        check(Provider::GitHub, &both, BODY, SECRET).unwrap(),
        Proof::Signature
    );
}

#[test]
fn body_and_secret_are_part_of_the_proof() {
    let headers = format!("X-Hub-Signature-256: sha256={HEX}");
    refusal(
        check(Provider::GitHub, &headers, b"Hello, World", SECRET),
        "another body",
    );
    refusal(
        check(Provider::GitHub, &headers, BODY, "another"),
        "another secret",
    );
    for token in [
        "",
        "It's a Secret to Everybod",
        "It's a Secret to Everybody2",
        "it's a secret",
    ] {
        let headers = format!("X-Gitlab-Token: {token}");
        refusal(check(Provider::GitLab, &headers, BODY, SECRET), &headers);
    }
}

#[test]
fn gitlabs_signature_covers_id_time_and_body() {
    let other = "v1,AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
    let signatures = [
        format!("v1,{BASE64}"),
        format!("{other} v1,{BASE64}"),
        format!("v1a,xyz v1,{BASE64} {other}"),
        format!("v1,not-base64 v1,{BASE64}"),
    ];
    for signature in signatures {
        let headers = format!("{SIGNED}webhook-signature: {signature}");
        let proof = check(Provider::GitLab, &headers, SIGNED_BODY, SIGNING_SECRET);
        assert_eq!(proof.unwrap(), Proof::TimedSignature, "{headers}");
    }
    // A secret without the prefix is the key itself.
    let headers =
        format!("{SIGNED}webhook-signature: v1,vQ53RP0YRVgSL9lqoC8JYqZgGgUNoiI2U57oSRpilIo=");
    let proof = check(Provider::GitLab, &headers, SIGNED_BODY, "plain key");
    assert_eq!(proof.unwrap(), Proof::TimedSignature);
}

#[test]
fn gitlabs_signature_is_refused_when_any_part_is_off() {
    let id = "webhook-id: msg_p5jXN8AQM9LWM0D4loKWxJek";
    let time = "webhook-timestamp: 1614265330";
    let signature = format!("webhook-signature: v1,{BASE64}");
    let cases = [
        format!("{id}\n{time}"),
        format!("{id}\n{signature}"),
        format!("{time}\n{signature}"),
        format!("{id}x\n{time}\n{signature}"),
        format!("{id}.1\n{time}\n{signature}"),
        format!("{id}\nwebhook-timestamp: 1614265331\n{signature}"),
        format!("{id}\nwebhook-timestamp: +1614265330\n{signature}"),
        format!("{id}\nwebhook-timestamp: 1614265330.0\n{signature}"),
        format!("{id}\nwebhook-timestamp: 18446744073709551616\n{signature}"),
        format!("{id}\nwebhook-timestamp: 18446744073709551615\n{signature}"),
        format!("{id}\nwebhook-timestamp: -1\n{signature}"),
        format!("{id}\n{time}\nwebhook-signature: {BASE64}"),
        format!("{id}\n{time}\nwebhook-signature: v2,{BASE64}"),
        format!("{id}\n{time}\nwebhook-signature: v1,"),
        format!("{id}\n{time}\nwebhook-signature: v1,{}", &BASE64[..40]),
        format!("{id}\n{time}\n{signature}{BASE64}"),
        format!("{id}\n{time}\n{signature}\n{signature}"),
        // The stronger proof can't be replaced by sending the token.
        format!("X-Gitlab-Token: {SIGNING_SECRET}"),
    ];
    for headers in cases {
        refusal(
            check(Provider::GitLab, &headers, SIGNED_BODY, SIGNING_SECRET),
            &headers,
        );
    }
    let headers = format!("{id}\n{time}\n{signature}");
    refusal(
        check(Provider::GitLab, &headers, b"{}", SIGNING_SECRET),
        "another body",
    );
    for secret in [
        "whsec_",
        "whsec_!",
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSx",
    ] {
        refusal(
            check(Provider::GitLab, &headers, SIGNED_BODY, secret),
            secret,
        );
    }
}

/// Signed as it should be, `a.1614265330` + `1614265330` + body could be sent again as `a` +
/// `1614265330` + `1614265330.` and body.
#[test]
fn an_id_with_a_dot_is_refused_even_when_signed() {
    for (id, taken) in [
        ("a-1614265330", true),
        ("a.1614265330", false),
        ("a 1", false),
    ] {
        let mut mac = Hmac::<Sha256>::new_from_slice(b"plain key").unwrap();
        mac.update(format!("{id}.{TIME}.{{}}").as_bytes());
        let signature = STANDARD.encode(mac.finalize().into_bytes());
        let headers = format!(
            "webhook-id: {id}\nwebhook-timestamp: {TIME}\nwebhook-signature: v1,{signature}"
        );
        let result = check(Provider::GitLab, &headers, b"{}", "plain key");
        assert_eq!(result.is_ok(), taken, "{id}");
    }
}

#[test]
fn old_and_future_signatures_are_refused() {
    let headers = Headers::parse(&format!("{SIGNED}webhook-signature: v1,{BASE64}")).unwrap();
    let secret = Secret::new(SIGNING_SECRET).unwrap();
    let cases = [
        (TIME - 301, false),
        (TIME - 300, true),
        (TIME + 300, true),
        (TIME + 301, false),
        (0, false),
    ];
    for (now, taken) in cases {
        let result = verify(Provider::GitLab, &headers, SIGNED_BODY, &secret, at(now));
        assert_eq!(result.is_ok(), taken, "{now}");
    }
}
