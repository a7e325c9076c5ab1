"""A command as a process of its own, watched while it runs: time, memory, and the stages it tells.

A stage begins with a line on stderr such as `  12.3 s  learning from everything`, as `train` writes
them, and ends with the next one.
"""

from __future__ import annotations

import os
import re
import subprocess
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

STAGE = re.compile(r"\s*\d+\.\d s  (?P<name>.+)")
BEFORE = "starting"
BETWEEN_LOOKS_SECONDS = 0.05
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Stage:
    name: str
    seconds: float
    cpu_seconds: float
    own_mb: float
    """Highest memory that no file backs."""
    resident_mb: float
    """Highest with mapped pages, which the kernel takes back when others need them."""


@dataclass(frozen=True)
class Watched:
    seconds: float
    cpu_seconds: float
    """Of the process and its children, in the program and in the kernel."""
    stages: tuple[Stage, ...]

    @property
    def own_mb(self) -> float:
        return max(stage.own_mb for stage in self.stages)

    @property
    def resident_mb(self) -> float:
        return max(stage.resident_mb for stage in self.stages)


def watch(command: Sequence[str | Path]) -> Watched:
    """Ends with its last words where the command fails."""
    with tempfile.TemporaryFile("w+") as told:
        begun = subprocess.Popen(
            [str(word) for word in command], stdout=subprocess.DEVNULL, stderr=told
        )
        # the child writes on where the shared offset stands; who reads must have its own
        with Path(f"/proc/self/fd/{told.fileno()}").open() as lines:
            book = _Book(begun.pid, lines)
            while begun.poll() is None:
                book.look()
                time.sleep(BETWEEN_LOOKS_SECONDS)
            watched = book.closed()
        if begun.returncode:
            told.seek(0)
            last = told.read()[-2000:]
            raise SystemExit(f"{' '.join(map(str, command))} ended {begun.returncode}:\n{last}")
    return watched


@dataclass
class _Book:
    """What was seen of a process so far."""

    process: int
    lines: IO[str]
    began: float = field(default_factory=time.monotonic)
    stages: list[Stage] = field(default_factory=list)
    _name: str = BEFORE
    _at: tuple[float, float] = (0.0, 0.0)
    """Seconds and CPU seconds at which the stage began."""
    _cpu: float = 0.0
    _peak: tuple[float, float] = (0.0, 0.0)
    _part: str = ""

    def look(self) -> None:
        family = _family(self.process)
        self._cpu = max(self._cpu, sum(map(_cpu_seconds, family)))
        held = [_memory_mb(one) for one in family]
        own, resident = (sum(column) for column in zip((0.0, 0.0), *held, strict=True))
        self._peak = max(self._peak[0], own), max(self._peak[1], resident)
        self._read()

    def closed(self) -> Watched:
        self._read()
        self._end("")
        seconds, cpu_seconds = self._at
        return Watched(seconds, cpu_seconds, tuple(self.stages))

    def _read(self) -> None:
        *whole, self._part = (self._part + self.lines.read()).split("\n")
        for line in whole:
            if found := STAGE.fullmatch(line):
                self._end(found["name"])

    def _end(self, following: str) -> None:
        now = time.monotonic() - self.began, self._cpu
        seconds, cpu_seconds = (b - a for a, b in zip(self._at, now, strict=True))
        self.stages.append(Stage(self._name, seconds, cpu_seconds, *self._peak))
        self._name, self._at, self._peak = following, now, (0.0, 0.0)


def _family(process: int) -> list[int]:
    """It and those it began, as far as they still run."""
    try:
        told = Path(f"/proc/{process}/task/{process}/children").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return [process]
    return [process, *(one for child in told.split() for one in _family(int(child)))]


def _cpu_seconds(process: int) -> float:
    """Of it and of those it has waited for."""
    try:
        fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
    return sum(map(int, fields[11:15])) / TICKS


def _memory_mb(process: int) -> tuple[float, float]:
    """Own and resident."""
    try:
        lines = Path(f"/proc/{process}/status").read_text().splitlines()
    except (FileNotFoundError, ProcessLookupError):
        return 0.0, 0.0
    held = {name: value.split() for name, _, value in (line.partition(":") for line in lines)}
    own, resident = (int(held.get(name, ["0"])[0]) * 1024 / 1e6 for name in ("RssAnon", "VmRSS"))
    return own, resident
