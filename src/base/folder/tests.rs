use tempfile::TempDir;

use super::*;

const TEAM: &str = "description = \"ours\"\nparent = \"debian\"\n";

fn base(folder: &Path, name: &str, toml: &str) -> std::path::PathBuf {
    let folder = folder.join(name);
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("base.toml"), toml).unwrap();
    fs::write(folder.join("Dockerfile.tera"), "FROM {{ parent }}\n").unwrap();
    folder
}

fn error(toml: &str) -> String {
    let temporary = TempDir::new().unwrap();
    let error = Definition::load(&base(temporary.path(), "team", toml)).unwrap_err();
    format!("{error}\n{}", error.detail_text().unwrap_or_default())
}

#[test]
fn a_parent_is_beside_it_or_of_the_platform() {
    let temporary = TempDir::new().unwrap();
    base(temporary.path(), "team", TEAM);
    let inner = base(temporary.path(), "inner", &TEAM.replace("debian", "team"));
    let inner = Definition::load(&inner).unwrap();
    let team = inner.parent_definition().unwrap().unwrap();
    assert_eq!(team.name, "team");
    let debian = team.parent_definition().unwrap().unwrap();
    assert_eq!((debian.name.as_str(), &debian.folder), ("debian", &None));
    assert!(debian.parent_definition().unwrap().is_none());

    let lost = base(temporary.path(), "lost", &TEAM.replace("debian", "gone"));
    let error = Definition::load(&lost).unwrap().parent_definition();
    assert_eq!(
        error.unwrap_err().message(),
        "the parent `gone` of base `lost` is unknown"
    );
}

#[test]
fn its_digest_stands_for_what_decides_the_image() {
    let temporary = TempDir::new().unwrap();
    let folder = base(temporary.path(), "team", TEAM);
    let digest = || Definition::load(&folder).unwrap().digest();
    let first = digest();
    fs::write(folder.join("base.toml"), format!("{TEAM}rank = 3\n")).unwrap();
    assert_eq!(
        digest(),
        first,
        "what `paas init` reads is not in the image"
    );
    fs::write(
        folder.join("base.toml"),
        format!("{TEAM}packages = [\"jq\"]\n"),
    )
    .unwrap();
    let second = digest();
    assert_ne!(second, first);
    fs::create_dir(folder.join("etc")).unwrap();
    fs::write(folder.join("etc/motd"), "x").unwrap();
    let definition = Definition::load(&folder).unwrap();
    assert_eq!(
        definition
            .other_files()
            .map(|(path, _)| path)
            .collect::<Vec<_>>(),
        ["etc/motd"]
    );
    assert_ne!(definition.digest(), second);
}

#[test]
fn hostile_values_are_refused_where_they_stand() {
    for (key, value, message) in [
        ("parent", "\"debian\\nRUN id\"", "is not a base's name"),
        ("parent", "\"../x\"", "is not a base's name"),
        ("runtime", "\"a b\"", "is not a base's name"),
        (
            "packages",
            "[\"-o\", \"x\"]",
            "`-o` is not a Debian package",
        ),
        ("packages", "[\"jq;id\"]", "is not a Debian package"),
        ("user", "0", "`user` is from 1"),
        ("pull", "\"x y\"", "is not an image reference"),
        ("usr", "1", "unknown field `usr`"),
        (
            "detect",
            "[{ build.scripts = \"x\" }]",
            "`build.scripts` can't be proposed",
        ),
        ("detect", "[{ start.script = 1 }]", "takes a string"),
    ] {
        let rest = TEAM.lines().filter(|line| !line.starts_with(key));
        let toml = format!("{}\n{key} = {value}\n", rest.collect::<Vec<_>>().join("\n"));
        let error = error(&toml);
        assert!(error.contains(message), "{key} = {value}: {error}");
        assert!(error.contains("team/base.toml:"), "no place: {error}");
        assert!(error.contains(key), "no line: {error}");
    }
}

#[test]
fn no_value_of_a_bootstrap_is_an_option_of_the_program() {
    let root = |key: &str, value: &str| {
        let values = [
            ("suite", "\"bookworm\""),
            (
                "sources",
                "[\"deb http://deb.debian.org/debian bookworm main\"]",
            ),
            ("exclude", "[\"/usr/share/doc/*\"]"),
        ];
        let lines = values.map(|(name, valid)| {
            let value = if name == key { value } else { valid };
            format!("{name} = {value}\n")
        });
        format!("description = \"x\"\n[bootstrap]\n{}", lines.concat())
    };
    let temporary = TempDir::new().unwrap();
    Definition::load(&base(temporary.path(), "root", &root("", ""))).unwrap();
    for (key, value, message) in [
        ("suite", "\"--setup-hook=id\"", "is not a suite"),
        ("suite", "\"/etc\"", "is not a suite"),
        (
            "sources",
            "[\"--setup-hook=id\"]",
            "is not a line of sources.list",
        ),
        (
            "sources",
            "[\"deb x y\\ndeb z\"]",
            "is not a line of sources.list",
        ),
        (
            "exclude",
            "[\"/x\\npre-invoke=id\"]",
            "is not an absolute path",
        ),
        ("exclude", "[\"x\"]", "is not an absolute path"),
    ] {
        let error = error(&root(key, value));
        assert!(error.contains(message), "{key} = {value}: {error}");
    }
}

#[test]
fn a_root_or_a_parent_but_not_both() {
    let message = "needs either `parent`, or `pull` and `bootstrap`";
    assert!(error("description = 'x'").contains(message));
    assert!(error(&format!("{TEAM}pull = 'debian:12'\n")).contains(message));
    let pattern = "[[detect]]\nmatch = { files = ['*'], pattern = '(' }\n";
    assert!(error(&format!("{TEAM}{pattern}")).contains("no regular expression"));
}

#[test]
fn links_and_odd_names_are_refused() {
    let temporary = TempDir::new().unwrap();
    let folder = base(temporary.path(), "team", TEAM);
    std::os::unix::fs::symlink("/etc/passwd", folder.join("setup.sh")).unwrap();
    let error = Definition::load(&folder).unwrap_err();
    assert!(
        error.message().ends_with("setup.sh is not a regular file"),
        "{error}"
    );
    let error = Definition::load(&base(temporary.path(), "Team_1", TEAM)).unwrap_err();
    assert!(
        error.message().ends_with("Team_1 can't name a base image"),
        "{error}"
    );
    assert!(Definition::load(&temporary.path().join("gone")).is_err());
}

#[test]
fn a_template_knows_the_parent_only() {
    let temporary = TempDir::new().unwrap();
    let folder = base(temporary.path(), "team", TEAM);
    for template in ["FROM {{ other }}", "{% include \"/etc/passwd\" %}", "{{"] {
        fs::write(folder.join("Dockerfile.tera"), template).unwrap();
        let team = Definition::load(&folder).unwrap();
        let error = team.render(&"paas/debian".parse().unwrap()).unwrap_err();
        assert_eq!(
            error.message(),
            "the Dockerfile.tera of base `team` is not valid"
        );
    }
}
