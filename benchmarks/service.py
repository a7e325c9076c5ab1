"""The service beside a naive one (FastAPI calling implicit), on the same core and catalogue.

    python benchmarks/service.py [FOLDER] [--seconds 10] [--connections 16] [--rate 500]

Each service runs alone on one core with one worker, the load comes from another. Ours checks a key,
permissions and rules at every request and gives reasons; the naive one does none of it. `cold` asks
for another customer each time, drawn from all of them; `warm` for one of a thousand. FOLDER holds a
recommender.toml and a release; without it 100,000 customers x 20,000 products are made up, with 64
factors and 150 ranked candidates each.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from load import Answers, as_fast_as_answered, at_rate
from made_up_base import made_up_release
from processes import COMMAND, children_of, cpu_seconds, made_key, own_megabytes, running

from recommender.config import load_config
from recommender.release.opening import open_release

CORE_OF_THE_LOAD = 1
OURS, NAIVE = 8471, 8472
WORKERS = 3
CONFIG = """
[purchases]
source = "none.csv"
[service.requests_per_minute]
shop = 0
"""
HERE = Path(__file__).parent


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", nargs="?", type=Path)
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--connections", type=int, default=16)
    parser.add_argument("--rate", type=float, default=500)
    asked = parser.parse_args()
    os.sched_setaffinity(0, {CORE_OF_THE_LOAD})
    with tempfile.TemporaryDirectory() as name:
        folder = served_folder(asked.folder, Path(name))
        config = folder / "recommender.toml"
        key = made_key(config, "shop")
        release = open_release(load_config(config).releases_directory, verified=False)
        print(f"{release!r}, {asked.connections} connections, {asked.seconds:g} s each\n")
        customers = list(release.customers.ids)
        compare(asked, config, release.folder, customers, key)
        show_workers(config)


def served_folder(folder: Path | None, place: Path) -> Path:
    """A copy, because serving keeps records beside the config."""
    if folder is not None:
        shutil.copytree(folder, place / "served")
        return place / "served"
    made_up_release(place / "releases", customers=100_000, products=20_000, offered=150)
    (place / "recommender.toml").write_text(CONFIG)
    return place


def compare(
    asked: argparse.Namespace, config: Path, release: Path, customers: list[str], key: str
) -> None:
    """Ours, theirs and ours again, so that a machine that slows down shows."""
    ours = [*COMMAND, "serve", "--port", str(OURS), "--config", str(config)]
    theirs = [sys.executable, str(HERE / "naive_service.py"), str(release), str(NAIVE)]
    print("| | requests/s | p50 ms | p99 ms | CPU ms/request | failed |")
    print("|---|---|---|---|---|---|")
    for turn in (1, 2):
        with running(ours, OURS, "/health/ready") as (process, ready):
            for name, drawn in (("cold", customers), ("warm", customers[:1000])):
                measure(f"ours, {name} ({turn})", process, OURS, drawn, key, asked)
            if turn == 1:
                open_loop("ours", process, customers, key, asked)
        print(f"| ours: ready after {ready:.1f} s | | | | | |")
        with running(theirs, NAIVE, "/openapi.json") as (process, _):
            measure(f"naive ({turn})", process, NAIVE, customers, key, asked)


def requests_for(customers: list[str], key: str) -> Iterator[bytes]:
    """As a shop sends them; customers in a random order, each once before any comes again."""
    order = random.Random(0).sample(customers, len(customers))
    for customer_id in itertools.cycle(order):
        yield (
            f"GET /v1/customers/{customer_id}/suggestions?n=8 HTTP/1.1\r\nHost: 127.0.0.1\r\n"
            f"Authorization: Bearer {key}\r\nAccept: application/json\r\n\r\n"
        ).encode()


def measure(
    name: str,
    process: subprocess.Popen[str],
    port: int,
    customers: list[str],
    key: str,
    asked: argparse.Namespace,
) -> None:
    """One row; what comes before only warms up."""
    requests = requests_for(customers, key)
    asyncio.run(as_fast_as_answered(port, requests, asked.connections, 1.0))
    before = cpu_seconds(process)
    found = asyncio.run(as_fast_as_answered(port, requests, asked.connections, asked.seconds))
    show(name, found, cpu_seconds(process) - before)


def open_loop(
    name: str,
    process: subprocess.Popen[str],
    customers: list[str],
    key: str,
    asked: argparse.Namespace,
) -> None:
    before = cpu_seconds(process)
    requests = requests_for(customers, key)
    found = asyncio.run(at_rate(OURS, requests, asked.rate, asked.seconds))
    show(f"{name}, {asked.rate:g}/s open loop", found, cpu_seconds(process) - before)


def show(name: str, found: Answers, cpu: float) -> None:
    p50, p99 = found.percentile(50), found.percentile(99)
    each = cpu / len(found.took_ms) * 1000
    print(
        f"| {name} | {found.a_second:,.0f} | {p50:.2f} | {p99:.2f} | {each:.3f} "
        f"| {len(found.failed)} |",
        flush=True,
    )


def show_workers(config: Path) -> None:
    """Memory that each worker has to itself: what is mapped from the release is shared."""
    command = [*COMMAND, "serve", "--port", str(OURS), "--config", str(config)]
    command += ["--workers", str(WORKERS)]
    with running(command, OURS, "/health/ready", core=None) as (process, ready):
        time.sleep(3)
        own = [own_megabytes(child) for child in children_of(process.pid)]
        print(f"\n{WORKERS} workers, ready after {ready:.1f} s; MB of its own each:", end=" ")
        print(", ".join(f"{size:.0f}" for size in sorted(own) if size > 20))


if __name__ == "__main__":
    main()
