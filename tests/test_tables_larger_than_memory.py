"""The memory that is allowed is kept to, and a full disk is told."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from benchmarks.made_up_purchases import MadeUp, write
from recommender.config import Config, load_config
from recommender.errors import ReadWriteError
from recommender.tables.tables import read_tables
from tests.conftest import ROOT, raw_dataset, skip_or_fail
from tests.large import assert_same, by_disk, read_both
from tests.test_real_data import prepared

pytestmark = pytest.mark.slow
MEGABYTE = 1 << 20
READ = """
import sys, threading, time
from pathlib import Path
from recommender.config import Config, load_config
from recommender.tables.tables import read_tables

def held():
    "Megabytes of our own: what is mapped the kernel takes back when it needs it."
    status = Path("/proc/self/status").read_text()
    return int(status.split("RssAnon:")[1].split()[0]) // 1024

def watch():
    while True:
        most[0] = max(most[0], held())
        time.sleep(0.005)

before, most = held(), [0]
threading.Thread(target=watch, daemon=True).start()
report = read_tables(load_config(Path(sys.argv[1]))).reports[0]
print(report.read, report.kept, len(report.rejected), report.merged, most[0] - before)
"""


def configured(folder: Path, memory: str) -> Path:
    path = folder / f"{memory}.toml"
    path.write_text(f'[purchases]\nsource = "purchases.parquet"\nmemory = "{memory}"\n')
    return path


def test_memory_is_kept_to_with_the_same_counts(tmp_path: Path) -> None:
    write(MadeUp(customers=100_000, purchases=5_000_000), tmp_path / "purchases.parquet")
    counts, most = {}, {}
    for memory in ("256MB", "8GB"):
        done = subprocess.run(
            [sys.executable, "-c", READ, configured(tmp_path, memory)],
            capture_output=True,
            text=True,
            check=True,
            cwd=ROOT,
            env=os.environ | {"TMPDIR": str(tmp_path)},
        )
        *counts[memory], most[memory] = map(int, done.stdout.split())
    assert counts["256MB"] == counts["8GB"]
    assert most["256MB"] * MEGABYTE < 256e6
    assert most["8GB"] > 2 * most["256MB"], "too few lines to show anything"
    assert {path.suffix for path in tmp_path.iterdir()} == {".toml", ".parquet"}


@contextmanager
def small_disk(place: Path, megabytes: int) -> Iterator[None]:
    place.mkdir(exist_ok=True)
    options = ["-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs"]
    if subprocess.run(["mount", *options, place], capture_output=True, check=False).returncode:
        skip_or_fail("no file system can be mounted here")
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", place], check=True)


@pytest.mark.fault
def test_a_full_disk_is_told_wherever_it_fills_and_nothing_is_left(tmp_path: Path) -> None:
    """First the checked lines do not fit, then what DuckDB writes, then the columns."""
    write(MadeUp(customers=5_000, purchases=300_000), tmp_path / "purchases.parquet")
    found, place = load_config(configured(tmp_path, "256MB")), tmp_path / "disk"
    failures = set()
    for megabytes in range(2, 60, 4):
        with small_disk(place, megabytes), pytest.MonkeyPatch.context() as patch:
            by_disk(patch, place)
            if error := _error_of(found):
                assert re.match(rf"{place}: cannot be written: .*TMPDIR", str(error)), error
                assert error.exit_code == 74
                failures.add(megabytes)
            assert not list(place.iterdir())
    assert 3 <= len(failures) < 15
    assert max(failures) == 4 * len(failures) - 2, "once it fits it fits with more"


def _error_of(found: Config) -> ReadWriteError | None:
    try:
        read_tables(found)
    except ReadWriteError as error:
        return error
    return None


@pytest.mark.parametrize("name", ["online-retail", "adventureworks"])
def test_real_purchases_are_the_same(name: str, tmp_path: Path) -> None:
    raw_dataset(name)
    place = tmp_path / "scratch"
    place.mkdir()
    paths = sorted(prepared(name, tmp_path / name).rglob("recommender.toml"))
    assert paths
    for path in paths:
        assert_same(*read_both(load_config(path), place))
