"""Other ways to the same end: what each does to have another image serve on a port."""
import json
import os
import shutil
import subprocess
import time

import load
import measure
from deployed import DOCKER, PORT, address_of, docker

# What is in the image; every 100 ms, so that no tool waits for the health check's turn.
HEALTHY = f"bash -c ': >/dev/tcp/127.0.0.1/{PORT}'"
# Made with a swarm, and not removed with it.
BRIDGE = "docker_gwbridge"
HEALTH = ["--health-cmd", HEALTHY, "--health-interval", "100ms", "--health-timeout", "2s"]


def run(*command, **options):
    done = subprocess.run(command, capture_output=True, text=True, check=False, **options)
    if done.returncode != 0:
        raise measure.Failed(f"{' '.join(command)}: {done.stderr.strip()[-2000:]}")
    return done.stdout.strip()


class Start:
    """Only the container: `docker run`, until it answers."""

    title = "docker run"

    def __init__(self, name):
        self.name = f"{name}-run"

    def update(self, image, _):
        docker("run", "--detach", "--name", self.name, "--env", f"PORT={PORT}", image, "web")
        load.await_answer(address_of(self.name))

    def settle(self):
        self.remove()

    def remove(self):
        docker("rm", "--force", self.name, check=False)


class Swarm:
    """`docker service update`, with a port of the host and no virtual address."""

    title = "docker service update"

    def __init__(self, name, port):
        self.name, self.port = f"{name}-swarm", port
        self.address = ("127.0.0.1", port)
        self.made_swarm = self.made_bridge = False

    def prepare(self, image):
        if docker("info", "--format={{.Swarm.LocalNodeState}}") == "inactive":
            self.made_bridge = not docker("network", "ls", "--quiet", f"--filter=name=^{BRIDGE}$")
            docker("swarm", "init", "--advertise-addr", "127.0.0.1", "--listen-addr", "127.0.0.1")
            self.made_swarm = True
        docker(
            "service", "create", "--detach=false", "--quiet", "--name", self.name,
            "--endpoint-mode", "dnsrr", "--publish",
            f"mode=host,target={PORT},published={self.port}", "--env", f"PORT={PORT}",
            "--no-resolve-image", *HEALTH, image, "web",
        )  # fmt: skip
        load.await_answer(self.address)

    def update(self, image, answer):
        docker("service", "update", "--detach=false", "--quiet", "--no-resolve-image", "--image", image, self.name)
        await_text(self.address, answer)

    def settle(self):
        pass

    def remove(self):
        docker("service", "rm", self.name, check=False)
        if self.made_swarm:
            docker("swarm", "leave", "--force", check=False)
        if self.made_bridge:
            docker("network", "rm", BRIDGE, check=False)


class Compose:
    """`docker-compose up`, which does not wait until the service is healthy."""

    title = "docker-compose up"

    def __init__(self, name, port, folder):
        self.name, self.port, self.folder = f"{name}-compose", port, folder
        self.address = ("127.0.0.1", port)

    @staticmethod
    def missing():
        if not shutil.which("docker-compose"):
            return "docker-compose is missing: `apt-get install docker-compose`"
        return None

    def compose(self, *arguments):
        path = f"{os.path.dirname(DOCKER)}:{os.environ['PATH']}"
        environment = {**os.environ, "PATH": path}
        run("docker-compose", "--project-name", self.name, *arguments, cwd=self.folder, env=environment)

    def write(self, image):
        service = {
            "image": image,
            "command": ["web"],
            "environment": {"PORT": str(PORT)},
            "ports": [f"127.0.0.1:{self.port}:{PORT}"],
        }
        document = {"version": "3.7", "services": {"web": service}}
        # JSON is YAML.
        (self.folder / "docker-compose.yml").write_text(json.dumps(document))

    def prepare(self, image):
        self.folder.mkdir(parents=True, exist_ok=True)
        self.update(image, None)

    def update(self, image, answer):
        self.write(image)
        self.compose("up", "--detach")
        await_text(self.address, answer)

    def settle(self):
        pass

    def remove(self):
        if (self.folder / "docker-compose.yml").exists():
            self.compose("down", "--timeout", "1")


class Kamal:
    """An emulation: the Docker commands of `kamal deploy` on the host of an app, without its ssh, its
    registry, its proxy and its pruning. What its proxy does is to probe the container until it is
    healthy."""

    title = "kamal's commands (emulated)"

    def __init__(self, name):
        self.name = f"{name}-kamal"
        self.current = None
        self.number = 0

    def prepare(self, image):
        self.update(image, None)

    def update(self, image, _):
        self.number += 1
        name = f"{self.name}-web-{self.number}"
        label = f"--filter=label=service={self.name}"
        docker("image", "inspect", "--format={{.Config.Labels}}", image)
        docker("ps", "--latest", "--quiet", label, "--filter=status=running")
        docker("ps", "--all", "--quiet", f"--filter=name=^{name}$")
        docker(
            "run", "--detach", "--restart", "unless-stopped", "--name", name, "--hostname",
            name[-60:], "--env", f"PORT={PORT}", "--log-opt", "max-size=10m",
            "--label", f"service={self.name}", "--label", "role=web", image, "web",
        )  # fmt: skip
        container = docker("ps", "--quiet", f"--filter=name=^{name}$")
        load.await_answer(address_of(container))
        docker("ps", "--quiet", label, "--filter=status=running")
        if self.current:
            docker("stop", self.current)
        self.current = name

    def settle(self):
        pass

    def remove(self):
        label = f"--filter=label=service={self.name}"
        for container in docker("ps", "--all", "--quiet", label, check=False).split():
            docker("rm", "--force", container, check=False)


def await_text(address, answer, seconds=60):
    """Until the new version answers, or anything does."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            status, body = load.Client(address, "localhost", keep=False).get()
            if status == 200 and answer in (None, body.decode().strip()):
                return
        except OSError:
            pass
        time.sleep(0.003)
    raise measure.Failed(f"{address} does not answer {answer}")


def timed(contestant, image, answer):
    began = time.perf_counter()
    contestant.update(image, answer)
    took = (time.perf_counter() - began) * 1000
    contestant.settle()
    return took
