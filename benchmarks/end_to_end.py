"""From purchases to a list for everyone: ours beside the thirty lines, in one run.

    python benchmarks/end_to_end.py FOLDER [--runs 3]

FOLDER is what a `datasets/<name>/prepare.py` wrote. Each is timed as a whole process, in turn, so
that a machine that slows down slows both; the ratio is taken pair by pair and the median shown.
Ours checks every row, learns the chance on 28 days held out, ranks, gives reasons, verifies and
publishes a release; the thirty lines do none of it.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Run:
    seconds: float
    peak_mb: float


def timed(command: Sequence[str | Path], folder: Path) -> Run:
    """Wall time and peak memory of one process; what it says goes nowhere."""
    began = time.monotonic()
    process = os.posix_spawn(
        str(command[0]),
        [str(word) for word in command],
        {**os.environ, "PWD": str(folder)},
        file_actions=[(os.POSIX_SPAWN_OPEN, fd, os.devnull, os.O_WRONLY, 0) for fd in (1, 2)],
    )
    _, status, usage = os.wait4(process, 0)
    if status:
        sys.exit(f"{' '.join(map(str, command))} ended with status {status}")
    return Run(time.monotonic() - began, usage.ru_maxrss / 1024)


def ours(folder: Path, out: Path) -> Run:
    recommender = [sys.executable, "-m", "recommender.cli.main"]
    config = ["--config", folder / "recommender.toml"]
    train = timed([*recommender, "train", *config], folder)
    batch = timed([*recommender, "cross-sell", "-n", "10", "--out", out, *config], folder)
    print(f"  ours: train {train.seconds:.1f} s, cross-sell {batch.seconds:.1f} s", flush=True)
    return Run(train.seconds + batch.seconds, max(train.peak_mb, batch.peak_mb))


def thirty_lines(folder: Path, out: Path) -> Run:
    run = timed([sys.executable, HERE / "thirty_lines.py", folder, out], folder)
    print(f"  thirty lines: {run.seconds:.1f} s", flush=True)
    return run


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--runs", type=int, default=3)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        out = Path(place) / "list.csv"
        pairs = [
            (ours(asked.folder, out), thirty_lines(asked.folder, out)) for _ in range(asked.runs)
        ]
    print("| | seconds (median) | peak memory, MB |\n|---|---|---|")
    for name, runs in zip(("ours", "thirty lines"), zip(*pairs, strict=True), strict=True):
        seconds = statistics.median(run.seconds for run in runs)
        print(f"| {name} | {seconds:.1f} | {max(run.peak_mb for run in runs):,.0f} |")
    ratio = statistics.median(a.seconds / b.seconds for a, b in pairs)
    print(f"| ours / thirty lines, median of pairs | {ratio:.2f} | |")


if __name__ == "__main__":
    main()
