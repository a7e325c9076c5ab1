"""Services as processes of their own: started, asked whether they are ready, weighed, ended."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

COMMAND = [sys.executable, "-P", "-m", "recommender.cli.main"]
"""Not from the folder one stands in: in this one a `service.py` lies in the way of our package."""
CORE_OF_THE_SERVICE = 0


def made_key(config: Path, role: str) -> str:
    """A new key, shown once."""
    command = [*COMMAND, "keys", "create", role, "--role", role, "--config", str(config)]
    made = subprocess.run(command, check=False, capture_output=True, text=True)
    if made.returncode:
        raise SystemExit(f"no key was made ({made.returncode}): {made.stderr.strip()}")
    return made.stdout.strip()


@contextmanager
def running(
    command: list[str], port: int, path: str, core: int | None = CORE_OF_THE_SERVICE
) -> Iterator[tuple[subprocess.Popen[str], float]]:
    """The process, on one core, and the seconds until it answered."""
    began = time.perf_counter()
    process = subprocess.Popen(
        command,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    os.sched_setaffinity(process.pid, range(os.cpu_count() or 1) if core is None else {core})
    try:
        while not answers(port, path):
            if process.poll() is not None:
                raise SystemExit(f"{' '.join(command)} ended with {process.returncode}")
            time.sleep(0.02)
        yield process, time.perf_counter() - began
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


def answers(port: int, path: str) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as answer:
            return answer.status == 200
    except OSError:
        return False


def children_of(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def own_megabytes(pid: int) -> float:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return sum(int(line.split()[1]) for line in lines if line.startswith("Private_")) / 1024


def cpu_seconds(process: subprocess.Popen[str]) -> float:
    fields = Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
