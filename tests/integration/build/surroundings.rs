//! What build steps get of the machine, and images don't: proxies, certificate authorities, caches,
//! the build's own variables.

use std::fs;

use crate::support::app::{App, Built};
use crate::support::engine::{docker, sh};

fn build_with(app: &App, variables: &[(&str, &str)]) -> Built {
    let mut command = app.paas(&["build", "--json", "--progress", "json"]);
    Built::of(&command.envs(variables.iter().copied()).output().unwrap())
}

/// All that an engine says of an image.
fn everything_of(image: &str) -> String {
    let history = docker(&["history", "--no-trunc", image]);
    history + &docker(&["image", "inspect", image])
}

#[test]
fn proxies_reach_the_scripts_and_stay_out_of_the_image() {
    let app = App::debian("script = 'echo \"$http_proxy $HTTP_PROXY $no_proxy $NO_PROXY\" > seen'");
    let proxies = [
        ("http_proxy", "http://canary.proxy.example:3128"),
        ("NO_PROXY", "canary.internal"),
    ];
    let built = build_with(&app, &proxies);
    let proxy = "http://canary.proxy.example:3128";
    assert_eq!(
        sh(built.image(), "cat seen"),
        format!("{proxy} {proxy} canary.internal canary.internal\n")
    );
    let all = everything_of(built.image());
    assert!(
        !all.contains("canary.proxy") && !all.contains("canary.internal"),
        "{all}"
    );
    let other = build_with(&app, &[("http_proxy", "http://other.example:1")]);
    assert_eq!(other.digest(), built.digest(), "a proxy decides nothing");
}

#[test]
fn the_machines_authorities_reach_the_scripts_and_stay_out_of_the_image() {
    let app = App::debian(
        "script = '''\ntest -s \"$SSL_CERT_FILE\"; test -s \"$PIP_CERT\"; test -s \"$NODE_EXTRA_CA_CERTS\"\n\
         grep -c \"BEGIN CERTIFICATE\" \"$SSL_CERT_FILE\" > count; echo \"$SSL_CERT_FILE\" > place\n\
         case $JAVA_TOOL_OPTIONS in *trustStore=/run/paas/*) ;; *) exit 9;; esac'''",
    );
    let certificates: Vec<_> = (0..3)
        .map(|_| {
            rcgen::generate_simple_self_signed(["example.com".to_owned()])
                .unwrap()
                .cert
                .pem()
        })
        .collect();
    let bundle = app.home().join("bundle.pem");
    fs::write(&bundle, certificates.concat()).unwrap();
    let bundle = bundle.display().to_string();
    let built = build_with(&app, &[("PAAS_CA_BUNDLE", &bundle)]);
    let script = "cat count; test ! -e \"$(cat place)\"; ls -A /run/paas 2>&1 || :; env";
    let found = sh(built.image(), script);
    assert!(found.starts_with("3\n"), "{found}");
    assert!(
        !found.contains("ca.pem") && !found.contains("SSL_CERT_FILE"),
        "{found}"
    );
    let layers = docker_save(built.image());
    let middle = certificates[0].lines().nth(2).unwrap();
    assert!(memchr::memmem::find(&layers, middle.as_bytes()).is_none());

    fs::write(&bundle, certificates[..2].concat()).unwrap();
    let again = build_with(&app, &[("PAAS_CA_BUNDLE", &bundle)]);
    assert_eq!(again.digest(), built.digest(), "authorities decide nothing");
    app.app_toml("script = 'echo \"${SSL_CERT_FILE:-none}\" > seen'");
    let without = build_with(&app, &[("PAAS_CA_BUNDLE", "")]);
    assert_eq!(sh(without.image(), "cat seen"), "none\n");
}

fn docker_save(image: &str) -> Vec<u8> {
    let saved = std::process::Command::new("/usr/bin/docker")
        .args(["save", image])
        .output();
    saved.expect("docker").stdout
}

#[test]
fn build_variables_are_the_builds_alone() {
    let value = "a \\\"b\\\"\\n$c `d` 'e' \\\\ {{ 7*7 }} ${HOME}\\u0009é";
    let app = App::debian(&format!(
        "script = 'printf %s \"$CANARY_VALUE\" > seen'\nenv = {{ CANARY_VALUE = \"{value}\" }}"
    ));
    let built = app.build(&[]);
    let expected = "a \"b\"\n$c `d` 'e' \\ {{ 7*7 }} ${HOME}\té";
    assert_eq!(
        sh(built.image(), "cat seen; printf %s \"${CANARY_VALUE-}\""),
        expected
    );
    let all = everything_of(built.image());
    assert!(!all.contains("CANARY_VALUE"), "{all}");
}

#[test]
fn a_cache_outlives_a_build_and_is_not_in_the_image() {
    let build = "cache = [\"/var/cache/mine\"]\nscript = 'cat /var/cache/mine/x > seen || :; echo kept > /var/cache/mine/x'";
    let app = App::debian(build);
    app.build(&[]);
    app.write("main", "two");
    let second = app.build(&[]);
    assert_eq!(
        sh(
            second.image(),
            "cat seen; ls -A /var/cache/mine 2>/dev/null || :"
        ),
        "kept\n"
    );
}

#[test]
fn dependencies_stay_when_the_source_changes() {
    let app = App::debian("");
    app.write("deps.txt", "one\n");
    app.app_toml(
        "dependencies = { files = [\"deps.txt\"], output = [\"/opt/deps\"], script = '''\n\
         mkdir /opt/deps; cat deps.txt > /opt/deps/x; ls > /opt/deps/saw; date +%N > /opt/deps/when''' }\n\
         script = 'cat /opt/deps/x main > both'",
    );
    app.commit("dependencies");
    let read = "cat /opt/deps/when /opt/deps/saw both";
    let first = app.build(&[]);
    let one = sh(first.image(), read);
    app.write("main", "two");
    let two = sh(app.build(&[]).image(), read);
    assert_eq!(one.lines().next(), two.lines().next(), "installed once");
    assert!(
        two.ends_with("deps.txt\none\ntwo"),
        "the step sees only its files: {two}"
    );
    app.write("deps.txt", "three\n");
    let three = sh(app.build(&[]).image(), read);
    assert_ne!(two.lines().next(), three.lines().next());
    assert!(three.ends_with("three\ntwo"), "{three}");
}

#[test]
fn dependencies_need_no_build_script() {
    let app = App::debian("");
    app.write("deps.txt", "one\n");
    app.app_toml(
        "dependencies = { files = [\"deps.txt\"], script = 'mkdir installed; cp deps.txt installed' }",
    );
    app.commit("dependencies");
    let built = app.build(&[]);
    assert_eq!(sh(built.image(), "cat installed/deps.txt main"), "one\none");
}
