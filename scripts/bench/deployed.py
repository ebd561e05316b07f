"""An app that is deployed to a cluster of its own, and removed with it."""
import json
import os
import shutil
import socket
import subprocess
import uuid
from pathlib import Path

import load
import measure

TEMPLATES = Path(__file__).parent / "apps"
DOCKER = os.environ.get("BENCH_DOCKER", "/usr/bin/docker")
GIT = ["git", "-c", "user.name=Ada", "-c", "user.email=ada@example.com"]
# Of images made by paas.
PORT = 8080


def docker(*arguments, check=True):
    done = subprocess.run([DOCKER, *arguments], capture_output=True, text=True, check=False)
    if check and done.returncode != 0:
        raise measure.Failed(f"docker {' '.join(arguments)}: {done.stderr.strip()}")
    return done.stdout.strip()


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


class Deployed:
    """`kind` is a folder in `apps`."""

    def __init__(self, folder, binary, kind, grace="10s"):
        self.binary = binary
        self.kind = kind
        self.name = f"paas-bench-{kind}-{uuid.uuid4().hex[:6]}"
        self.cluster = self.name
        self.host = f"{self.name}.localhost"
        self.port = free_port()
        self.folder = folder / self.name
        self.texts = {"NAME": self.name, "CLUSTER": self.cluster, "GRACE": grace}
        # No settings and no state of the user's.
        self.environment = {
            key: value
            for key, value in os.environ.items()
            if key != "CI" and not key.startswith(("PAAS_", "XDG_"))
        }
        for place in ("CONFIG", "CACHE", "STATE"):
            self.environment[f"XDG_{place}_HOME"] = str(folder / self.name / ".home" / place.lower())
        clusters = Path(self.environment["XDG_CONFIG_HOME"]) / "paas/clusters.toml"
        clusters.parent.mkdir(parents=True)
        definition = f'[{self.cluster}]\nengine = "docker"\nhttp_port = {self.port}\n'
        clusters.write_text(definition)
        self.source = self.folder / "source"
        shutil.copytree(TEMPLATES / kind, self.source)
        text = (self.source / "app.toml").read_text()
        for key, value in self.texts.items():
            text = text.replace(f"@{key}@", value)
        (self.source / "app.toml").write_text(text)
        subprocess.run([*GIT, "init", "--quiet", "--initial-branch=main"], cwd=self.source, check=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.clean_up()

    def build(self, answer, **files):
        """The version that answers so; `files` are added to it, and taken away again."""
        path = "public/index.html" if self.kind == "page" else "version"
        written = {path: answer, **files}
        for name, text in written.items():
            (self.source / name).parent.mkdir(exist_ok=True)
            (self.source / name).write_text(text)
        subprocess.run([*GIT, "add", "--all"], cwd=self.source, check=True)
        subprocess.run([*GIT, "commit", "--quiet", "--message", answer], cwd=self.source, check=True)
        version = self.document("build")["version"]
        for name in files:
            (self.source / name).unlink()
        return version

    def paas(self, *arguments):
        return measure.run([self.binary, *arguments, "--json"], self.source, self.environment)

    def document(self, *arguments):
        return json.loads(self.paas(*arguments).stdout)

    def image(self, version):
        return f"{self.name}:{version}"

    def containers(self, *filters):
        """Names of its instances."""
        labels = [f"--filter=label=io.paas.cluster={self.cluster}", *filters]
        names = docker("ps", "--all", "--format={{.Names}}", *labels).split()
        return [name for name in names if not name.endswith("-ingress")]

    def upstream(self):
        """The address of an instance that runs."""
        return address_of(self.containers("--filter=status=running")[0])

    def answers(self):
        return load.Client(("127.0.0.1", self.port), self.host, keep=False).get()

    def clean_up(self):
        label = f"label=io.paas.cluster={self.cluster}"
        remove(["ps", "--all", "--quiet", "--filter", label], ["rm", "--force", "--volumes"])
        remove(["volume", "ls", "--quiet", "--filter", label], ["volume", "rm", "--force"])
        remove(["network", "ls", "--quiet", "--filter", label], ["network", "rm"])
        app = f"label=io.paas.app={self.name}"
        remove(["images", "--quiet", "--filter", app], ["rmi", "--force"])


def remove(listing, removal):
    found = sorted(set(docker(*listing, check=False).split()))
    if found:
        docker(*removal, *found, check=False)


def address_of(container):
    """On the first network that it is in."""
    described = json.loads(docker("inspect", container))[0]
    networks = described["NetworkSettings"]["Networks"].values()
    return next(network["IPAddress"] for network in networks if network["IPAddress"]), PORT
