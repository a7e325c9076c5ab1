"""Whatever moment an erasure is killed at, the live release is whole, and the next one finishes."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from recommender.config import load_config
from recommender.release.manifest import sha256_of
from recommender.release.opening import open_release
from recommender.release.shelf import UNFINISHED, Shelf
from service.records.forgotten import is_forgotten
from service.records.migrate import open_records
from tests.rare_customer import RARE, places_of, write_rare_shop

POINTS = 16
PROGRAM = """
import os, signal, sys
from recommender.cli.main import run

at, calls = int(sys.argv[1]), 0

def counted(function):
    def call(*arguments, **named):
        global calls
        calls += 1
        if calls == at:
            os.kill(os.getpid(), signal.SIGKILL)
        return function(*arguments, **named)
    return call

for name in ("fsync", "rename", "replace", "unlink", "rmdir"):
    setattr(os, name, counted(getattr(os, name)))
code = run(["forget", sys.argv[3], "--yes", "--config", sys.argv[2]])
print(calls, file=sys.stderr)
sys.exit(code)
"""
"""Dies before the n-th call that changes what is on the disk; 0 lets it live."""

pytestmark = [pytest.mark.fault, pytest.mark.slow]


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_rare_shop(tmp_path_factory.mktemp("killed"))


@pytest.fixture
def shop(trained: Path, tmp_path: Path) -> Iterator[Path]:
    shutil.copytree(trained.parent, tmp_path / "shop")
    yield tmp_path / "shop" / trained.name
    shutil.rmtree(tmp_path / "shop")


def forget(config_path: Path, at: int) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", PROGRAM, str(at), str(config_path), RARE]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def calls(trained: Path, tmp_path_factory: pytest.TempPathFactory) -> int:
    """How many there are in a whole erasure."""
    folder = tmp_path_factory.mktemp("counted") / "shop"
    shutil.copytree(trained.parent, folder)
    done = forget(folder / trained.name, 0)
    assert done.returncode == 0, done.stderr
    return int(done.stderr.split()[-1])


@pytest.mark.parametrize("point", range(POINTS))
def test_a_killed_erasure_is_finished_by_the_next(shop: Path, calls: int, point: int) -> None:
    at = 1 + point * (calls - 1) // (POINTS - 1)
    assert forget(shop, at).returncode == -signal.SIGKILL
    releases = shop.parent / "releases"
    assert open_release(releases).name == Shelf(releases).current_name()
    with closing(open_records(load_config(shop))) as database, database.reading() as connection:
        assert is_forgotten(connection, RARE), "the records go first"

    done = forget(shop, 0)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["removed"]["database"] == {}
    assert places_of(shop.parent) == set()
    assert len(Shelf(releases).names()) == 1
    assert not list(releases.glob(f"{UNFINISHED}*"))
    assert not list((shop.parent / "lists").glob(".*"))
    for manifest in (shop.parent / "lists").glob("*.manifest.json"):
        check_hashes(manifest)


def check_hashes(manifest: Path) -> None:
    said = json.loads(manifest.read_text())
    listed = manifest.with_name(manifest.name.removesuffix(".manifest.json"))
    assert said["sha256"] == sha256_of(listed)
    assert said["held_sha256"] == sha256_of(listed.with_name(f"{listed.name}.held.csv"))
