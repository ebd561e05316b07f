"""What was measured, kept between runs, and the table of it."""
import json
import os
import platform
import subprocess
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path



@dataclass
class Peers:
    """What ours is compared with, in the table: a column for each, or one for all."""

    best: str
    columns: dict = field(default_factory=dict)

    def titles(self):
        return list(self.columns.values()) or ["others"]

    def cells(self, row):
        shown = {name: show(value, row.unit) for name, value in row.peers.items()}
        if self.columns:
            return [shown.get(name, "") for name in self.columns]
        return [", ".join(f"{name} {value}" for name, value in shown.items())]


BUILDERS = Peers("faster docker", {"classic": "docker, classic", "buildkit": "docker, BuildKit"})
OTHERS = Peers("best other")


@dataclass
class Row:
    """One line. `value` and `peers` (by name) in `unit`. `limit` and `ratio` (to the best of the
    peers) are the most that is wanted, or the least where `more` is better."""

    section: str
    case: str
    value: float
    unit: str
    limit: float | None = None
    ratio: float | None = None
    peers: dict = field(default_factory=dict)
    more: bool = False
    runs: int = 1
    note: str = ""
    measured: str = field(default_factory=lambda: time.strftime("%Y-%m-%d %H:%M", time.gmtime()))

    def ratio_reached(self):
        """To the best of the peers."""
        best = max if self.more else min
        return self.value / best(self.peers.values()) if self.peers else None

    def misses(self):
        def short(value, wanted):
            return value < wanted if self.more else value > wanted

        missed = []
        if self.limit is not None and short(self.value, self.limit):
            missed.append(f"{show(self.limit, self.unit)}")
        if self.ratio is not None and short(self.ratio_reached(), self.ratio):
            missed.append(f"{self.ratio:g} × the best")
        return missed

    def markdown(self, peers):
        sign = "≥" if self.more else "≤"
        targets = []
        if self.limit is not None:
            targets.append(f"{sign} {show(self.limit, self.unit)}")
        if self.ratio is not None:
            targets.append(f"{sign} {self.ratio:g}")
        missed = self.misses()
        verdict = f"**misses** {', '.join(missed)}" if missed else ("yes" if targets else "")
        ratio = f"{self.ratio_reached():.2f}" if self.peers else ""
        cells = [
            self.section, self.case, show(self.value, self.unit), *peers.cells(self), ratio,
            " and ".join(targets), verdict, str(self.runs), self.note,
        ]
        return "| " + " | ".join(cells) + " |"


def show(value, unit):
    if unit == "ms" and value >= 10_000:
        return f"{value / 1000:.1f} s"
    if unit == "ms" and value >= 1_000:
        return f"{value / 1000:.2f} s"
    digits = 0 if value >= 100 or value == int(value) else 1 if value >= 1 else 2
    return f"{value:.{digits}f} {unit}"


class Results:
    """Rows in a file, so that sections can be measured one at a time."""

    def __init__(self, path, peers):
        self.path = path
        self.peers = peers
        self.rows = []
        if path.exists():
            self.rows = [Row(**row) for row in json.loads(path.read_text())]

    def replace(self, section, rows):
        self.rows = [row for row in self.rows if row.section != section] + rows
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.path.write_text(json.dumps([asdict(row) for row in self.rows], indent=1))

    def table(self, order):
        titles = self.peers.titles()
        names = " | ".join(titles)
        rules = " | ".join(["---:"] * len(titles))
        head = [
            f"| what | case | paas | {names} | paas ÷ {self.peers.best} | target | met | runs | |",
            f"| --- | --- | ---: | {rules} | ---: | --- | --- | ---: | --- |",
        ]
        rows = sorted(self.rows, key=lambda row: order.index(row.section))
        return "\n".join([*head, *(row.markdown(self.peers) for row in rows)])

    def text(self, order, docker):
        days = sorted(row.measured for row in self.rows)
        return f"{machine(docker)}\nMeasured {days[0]} to {days[-1]} UTC.\n\n{self.table(order)}\n"


def write_between_markers(path, name, text):
    begin, end = f"<!-- {name}: begin -->", f"<!-- {name}: end -->"
    before, rest = path.read_text().split(begin, 1)
    after = rest.split(end, 1)[1]
    path.write_text(f"{before}{begin}\n{text}{end}{after}")


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
