"""Runs programs and says how long they took and what memory they had."""
import os
import statistics
import subprocess
import tempfile
import time
from dataclasses import dataclass

PATIENCE = 30 * 60


class Failed(Exception):
    """A measured program failed."""


@dataclass
class Run:
    milliseconds: float
    peak_kib: int
    stdout: str


def run(command, folder=None, environment=None):
    """Runs to the end. Output goes to files: a pipe would have a reader that takes turns with it."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        began = time.perf_counter()
        child = subprocess.Popen(
            command, cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=out, stderr=err
        )
        # Not Popen.wait: only wait4 tells the memory of this one child.
        _, status, usage = os.wait4(child.pid, 0)
        took = (time.perf_counter() - began) * 1000
        child.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        err.seek(0)
        if child.returncode != 0:
            tail = err.read().decode(errors="replace")[-3000:]
            raise Failed(f"{' '.join(map(str, command))}: exit {child.returncode}\n{tail}")
        return Run(took, usage.ru_maxrss, out.read().decode(errors="replace"))


def rounds(count, contestants, prepare=lambda number: None, report=print):
    """A B C A B C …: what else the machine does meets all of them alike. Returns name → runs."""
    runs = {name: [] for name in contestants}
    for number in range(count):
        prepare(number)
        for name, contestant in contestants.items():
            runs[name].append(contestant(number))
        shown = "  ".join(f"{name} {done[-1].milliseconds:.0f}" for name, done in runs.items())
        report(f"    {number + 1}/{count}  {shown} ms")
    return runs


def medians(runs):
    return {
        name: statistics.median(run.milliseconds for run in done) for name, done in runs.items()
    }
