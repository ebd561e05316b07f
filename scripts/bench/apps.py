"""The apps that are built: one folder for each contestant, with the same source."""
import json
import os
import shutil
import subprocess
import uuid
from pathlib import Path

import measure

TEMPLATES = Path(__file__).parent / "apps"
DOCKER = os.environ.get("BENCH_DOCKER", "/usr/bin/docker")
CONTESTANTS = ("paas", "buildkit", "classic")
CA_BUNDLE = Path("/etc/ssl/certs/ca-certificates.crt")
# What is built here has it, and the intermediate images inherit it from the bases: for the clean-up.
LABEL = "io.paas.bench"
GIT = ["git", "-c", "user.name=Ada", "-c", "user.email=ada@example.com"]


class App:
    """An app in three folders: with an app.toml, and with a Dockerfile for each builder."""

    # Which file gets a changed line, and that line.
    changed = ("", "{}\n")
    bases = ()
    has_mounts = True

    def __init__(self, workshop):
        self.workshop = workshop
        # A name of its own for each run, so that no cache of an earlier one helps anybody.
        self.name = f"bench-{self.kind}-{uuid.uuid4().hex[:6]}"
        workshop.names.append(self.name)
        self.folders = {one: workshop.folder / self.name / one for one in CONTESTANTS}
        for one, folder in self.folders.items():
            shared = TEMPLATES / self.kind / "shared"
            if shared.is_dir():
                shutil.copytree(shared, folder)
            shutil.copytree(TEMPLATES / self.kind / one, folder, dirs_exist_ok=True)
            self.generate(folder)
        shutil.copy(CA_BUNDLE, self.folders["classic"] / "ca.pem")
        self.rename(self.name)
        paas = self.folders["paas"]
        subprocess.run([*GIT, "init", "--quiet", "--initial-branch=main"], cwd=paas, check=True)
        # Trying to compress what can't be would only delay the start.
        subprocess.run([*GIT, "config", "core.compression", "0"], cwd=paas, check=True)
        self.commit("First")

    def generate(self, folder):
        pass

    def empty_mounts(self, number):
        if self.has_mounts:
            self.rename(f"{self.name}-cold{number}")

    def rename(self, name):
        """Names the app and its caches: under a name that is new, cache mounts are empty."""
        for one, file in (("paas", "app.toml"), ("buildkit", "Dockerfile")):
            text = (TEMPLATES / self.kind / one / file).read_text()
            (self.folders[one] / file).write_text(text.replace("@NAME@", name))

    def change_line(self, number):
        path, line = self.changed
        for folder in self.folders.values():
            (folder / path).write_text(line.format(f"{uuid.uuid4().hex[:6]} {number}"))

    def commit(self, message):
        paas = self.folders["paas"]
        subprocess.run([*GIT, "add", "--all"], cwd=paas, check=True)
        commit = [*GIT, "commit", "--quiet", "--allow-empty", "--message", message]
        subprocess.run(commit, cwd=paas, check=True)

    def builders(self, *options, tag=lambda number: "latest"):
        """Name → what builds once. `tag` names docker's image in a round; paas names its own."""
        return {
            "paas": lambda number: self.paas(*options),
            "classic": lambda number: self.docker("classic", tag(number), *options),
            "buildkit": lambda number: self.docker("buildkit", tag(number), *options),
        }

    def paas(self, *options):
        return self.workshop.paas(
            "build", "--quiet", "--json", *options, folder=self.folders["paas"]
        )

    def docker(self, kind, tag, *options):
        name = f"{self.name}-{kind}:{tag}"
        secret = ["--secret", f"id=ca,src={CA_BUNDLE}"] if kind == "buildkit" else []
        environment = {**os.environ, "DOCKER_BUILDKIT": "1" if kind == "buildkit" else "0"}
        command = [DOCKER, "build", "--quiet", "--tag", name, *secret, *options, "."]
        return measure.run(command, self.folders[kind], environment)


class Python(App):
    kind = "python"
    bases = ("python", "python-runtime")
    changed = ("app/greeting.py", 'TEXT = "{}"\n')


class Rust(App):
    kind = "rust"
    bases = ("rust", "native-runtime")
    changed = ("src/greeting.rs", 'pub const TEXT: &str = "{}";\n')


class Static(App):
    kind = "static"
    has_mounts = False
    bases = ("static",)
    changed = ("public/section0/page0.html", "<p>{}</p>\n")

    def generate(self, folder):
        for page in range(5_000):
            path = folder / f"public/section{page // 100}/page{page}.html"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(f"<!doctype html><title>{page}</title>\n" + f"<p>Page {page}</p>\n" * 100)
        (folder / "public/index.html").write_text("<!doctype html><title>Home</title>\n")


class Large(App):
    """2 GB of files, for the memory it takes."""

    kind = "static"
    has_mounts = False
    bases = ("static",)

    def generate(self, folder):
        if folder.name != "paas":
            return
        for number in range(2_000):
            path = folder / f"public/section{number // 100}/page{number}.bin"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(os.urandom(1_000_000))


class Workshop:
    """Where apps are made, and the `paas` that is measured."""

    def __init__(self, folder, binary):
        self.folder = folder
        self.binary = binary
        self.peak_kib = {}
        # What images made here are named by.
        self.names = []
        # No settings and no state of the user's.
        self.environment = {
            key: value
            for key, value in os.environ.items()
            if key != "CI" and not key.startswith(("PAAS_", "XDG_"))
        }
        for kind in ("CONFIG", "CACHE", "STATE"):
            self.environment[f"XDG_{kind}_HOME"] = str(folder / kind.lower())

    def paas(self, *arguments, folder=None):
        done = measure.run([self.binary, *arguments], folder, self.environment)
        title = arguments[0]
        self.peak_kib[title] = max(done.peak_kib, self.peak_kib.get(title, 0))
        return done

    def provide_bases(self, app):
        """Names of our own for the bases of `app`, so that nobody replaces them meanwhile. Building
        it first makes paas build them where they are missing."""
        for base in app.bases:
            self.names.append(f"paas-bench/{base}")
            recipe = f"FROM paas/{base}:latest\nLABEL {LABEL}=1\n"
            build = [DOCKER, "build", "--quiet", "--tag", f"paas-bench/{base}", "-"]
            classic = {**os.environ, "DOCKER_BUILDKIT": "0"}
            subprocess.run(
                build, input=recipe, text=True, env=classic, check=True, stdout=subprocess.DEVNULL
            )

    def clean_up(self):
        """Removes images of ours: by the names of this run, and then what has lost its name."""
        listed = subprocess.run(
            [DOCKER, "images", "--format", "{{.Repository}}:{{.Tag}}"],
            capture_output=True, text=True, check=True,
        ).stdout.split()
        ours = [name for name in listed if name.startswith(tuple(self.names))]
        if ours:
            quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
            subprocess.run([DOCKER, "rmi", *ours], check=False, **quiet)
        dangling = ["image", "prune", "--force", "--filter"]
        apps = [f"label=io.paas.app={name.split(':')[0]}" for name in ours]
        for label in {f"label={LABEL}", *apps}:
            subprocess.run(
                [DOCKER, *dangling, label], check=False, stdout=subprocess.DEVNULL
            )


def document(run):
    return json.loads(run.stdout)
