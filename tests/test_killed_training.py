"""Whatever moment a training dies at, the live release stays whole."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from recommender.release.opening import open_release
from recommender.release.shelf import CURRENT, UNFINISHED
from tests.conftest import copy_sample

KILLS = 50
TRAIN = [sys.executable, "-m", "recommender.cli.main", "train", "--config"]

pytestmark = [pytest.mark.fault, pytest.mark.slow]


@pytest.fixture(scope="module")
def config_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A thousandth of the sample trains in a second, so that kills fall on every step."""
    path = copy_sample(tmp_path_factory.mktemp("killed"))
    purchases = path.parent / "purchases.csv"
    lines = purchases.read_text(encoding="utf-8").splitlines(keepends=True)
    purchases.write_text("".join(lines[:1] + lines[-6000:]), encoding="utf-8")
    return path


def train(config_path: Path) -> float:
    """Seconds a whole training takes."""
    began = time.monotonic()
    subprocess.run([*TRAIN, config_path], check=True, capture_output=True)
    return time.monotonic() - began


def test_kill_at_any_moment_leaves_a_valid_current_release(config_path: Path) -> None:
    train(config_path)
    whole = train(config_path)
    moments = random.Random(0)
    releases = config_path.parent / "releases"
    alive = 0
    for _ in range(KILLS):
        # the last third, where files are written, is hit as often as all before it
        moment = whole * moments.choice([moments.uniform(0.1, 0.7), moments.uniform(0.7, 1.1)])
        training = subprocess.Popen(
            [*TRAIN, config_path], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        time.sleep(moment)
        training.send_signal(signal.SIGKILL)
        alive += training.wait() == -signal.SIGKILL
        assert open_release(releases).name == (releases / CURRENT).read_text().strip()
    assert alive > KILLS / 2, "most trainings should have been killed before their end"
    train(config_path)
    assert not list(releases.glob(f"{UNFINISHED}*"))
