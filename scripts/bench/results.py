"""What was measured, kept between runs, and the table of it."""
import json
import os
import platform
import subprocess
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path

BEGIN = "<!-- measured: begin -->"
END = "<!-- measured: end -->"


@dataclass
class Row:
    """One line. `value` in `unit`; `peers` in milliseconds, by builder."""

    section: str
    case: str
    value: float
    unit: str
    limit: float | None = None
    ratio: float | None = None
    peers: dict = field(default_factory=dict)
    runs: int = 1
    note: str = ""
    measured: str = field(default_factory=lambda: time.strftime("%Y-%m-%d %H:%M", time.gmtime()))

    def ratio_reached(self):
        """To the faster of the two builders."""
        return self.value / min(self.peers.values()) if self.peers else None

    def misses(self):
        missed = []
        if self.limit is not None and self.value > self.limit:
            missed.append(f"{show(self.limit, self.unit)}")
        if self.ratio is not None and self.ratio_reached() > self.ratio:
            missed.append(f"{self.ratio:g} × docker")
        return missed

    def markdown(self):
        targets = []
        if self.limit is not None:
            targets.append(f"≤ {show(self.limit, self.unit)}")
        if self.ratio is not None:
            targets.append(f"≤ {self.ratio:g}")
        missed = self.misses()
        verdict = f"**misses** {', '.join(missed)}" if missed else ("yes" if targets else "")
        ratio = f"{self.ratio_reached():.2f}" if self.peers else ""
        peers = [show(self.peers[name], "ms") if name in self.peers else "" for name in ("classic", "buildkit")]
        cells = [
            self.section, self.case, show(self.value, self.unit), *peers, ratio,
            " and ".join(targets), verdict, str(self.runs), self.note,
        ]
        return "| " + " | ".join(cells) + " |"


def show(value, unit):
    if unit == "ms" and value >= 10_000:
        return f"{value / 1000:.1f} s"
    if unit == "ms" and value >= 1_000:
        return f"{value / 1000:.2f} s"
    digits = 1 if value < 100 and value != int(value) else 0
    return f"{value:.{digits}f} {unit}"


class Results:
    """Rows in a file, so that sections can be measured one at a time."""

    def __init__(self, path):
        self.path = path
        self.rows = []
        if path.exists():
            self.rows = [Row(**row) for row in json.loads(path.read_text())]

    def replace(self, section, rows):
        self.rows = [row for row in self.rows if row.section != section] + rows
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.path.write_text(json.dumps([asdict(row) for row in self.rows], indent=1))

    def table(self, order):
        head = [
            "| what | case | paas | docker, classic | docker, BuildKit | paas ÷ faster docker | target | met | runs | |",
            "| --- | --- | ---: | ---: | ---: | ---: | --- | --- | ---: | --- |",
        ]
        rows = sorted(self.rows, key=lambda row: order.index(row.section))
        return "\n".join([*head, *(row.markdown() for row in rows)])

    def text(self, order, docker):
        days = sorted(row.measured for row in self.rows)
        return f"{machine(docker)}\nMeasured {days[0]} to {days[-1]} UTC.\n\n{self.table(order)}\n"


def write_between_markers(path, text):
    before, rest = path.read_text().split(BEGIN, 1)
    after = rest.split(END, 1)[1]
    path.write_text(f"{before}{BEGIN}\n{text}{END}{after}")


def machine(docker):
    def first(path, key):
        lines = Path(path).read_text().splitlines()
        found = [line.split(":", 1)[1].strip() for line in lines if line.startswith(key)]
        return found[0] if found else "unknown"

    version = subprocess.run(
        [docker, "version", "--format", "{{.Client.Version}} client, {{.Server.Version}} engine"],
        capture_output=True, text=True, check=False,
    ).stdout.strip()
    memory = int(first("/proc/meminfo", "MemTotal").split()[0]) / 1024 / 1024
    load = os.getloadavg()[1]
    return (
        f"{os.cpu_count()} × {first('/proc/cpuinfo', 'model name')}, {memory:.0f} GiB, Linux"
        f" {platform.release()}; Docker {version}; load {load:.1f} at the end."
    )
