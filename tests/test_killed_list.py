"""Whatever moment a list is killed at, the last one stays whole and the next run finishes it."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from recommender.cli.main import run
from recommender.listing.unfinished import PARTS, work_folder
from tests.shop_files import write_shop
from tests.test_killed_erasure import check_hashes
from tests.test_tune_edges import HEEDING

POINTS = 24
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

for name in ("open", "fsync", "rename", "replace", "unlink", "rmdir", "mkdir"):
    setattr(os, name, counted(getattr(os, name)))
code = run(sys.argv[2:])
print(calls, file=sys.stderr)
sys.exit(code)
"""
"""Dies before the n-th call that changes what is on the disk; 0 lets it live."""

pytestmark = [pytest.mark.fault, pytest.mark.slow]


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    config = write_shop(tmp_path_factory.mktemp("killed"))
    assert run(["train", "--config", str(config)]) == 0
    return config


@pytest.fixture(scope="module", params=["csv", "xlsx"])
def lists(
    request: pytest.FixtureRequest, trained: Path, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """Where `old` holds the last list and `new` what an undisturbed run makes of it."""
    folder = tmp_path_factory.mktemp("lists")
    (folder / "old").mkdir()
    out = folder / "old" / f"list.{request.param}"
    assert run(["cross-sell", "--out", str(out), "--config", str(trained), "-n", "3"]) == 0
    shutil.copytree(folder / "old", folder / "new")
    assert listed(trained, folder / "new" / out.name, 0).returncode == 0
    return out


@pytest.fixture
def out(lists: Path, tmp_path: Path) -> Iterator[Path]:
    shutil.copytree(lists.parent, tmp_path / "lists")
    yield tmp_path / "lists" / lists.name
    shutil.rmtree(tmp_path / "lists")


def command(config: Path, out: Path, workers: int = 1) -> list[str]:
    options = ["--config", str(config), "--block", "9", "--workers", str(workers)]
    return ["cross-sell", "--out", str(out), *options]


def listed(config: Path, out: Path, at: int) -> subprocess.CompletedProcess[str]:
    program = [sys.executable, "-c", PROGRAM, str(at), *command(config, out)]
    return subprocess.run(program, capture_output=True, text=True, check=False)


def files_of(out: Path) -> dict[str, bytes]:
    return {ending: out.with_name(out.name + ending).read_bytes() for ending in PARTS}


@pytest.mark.parametrize("point", range(POINTS))
def test_a_killed_list_is_finished_by_the_next_run(
    trained: Path, lists: Path, out: Path, tmp_path: Path, point: int
) -> None:
    shutil.copytree(lists.parent, tmp_path / "counted")
    whole = listed(trained, tmp_path / "counted" / out.name, 0)
    calls = int(whole.stderr.split()[-1])
    at = 1 + point * (calls - 1) // (POINTS - 1)
    old, new = files_of(lists), files_of(lists.parent.parent / "new" / lists.name)
    assert files_of(tmp_path / "counted" / out.name) == new

    assert listed(trained, out, at).returncode == -signal.SIGKILL
    found = files_of(out)
    assert all(found[ending] in {old[ending], new[ending]} for ending in PARTS)
    assert listed(trained, out, 0).returncode == 0
    if found != new:  # else that run had ended, and since then nothing changed
        assert files_of(out) == new
    assert files_of(out)[""] == new[""]
    assert {path.name for path in out.parent.iterdir()} == {out.name + ending for ending in PARTS}
    check_hashes(out.with_name(f"{out.name}.manifest.json"))


def test_a_killed_worker_is_told_of_and_nothing_is_lost(
    trained: Path, lists: Path, out: Path
) -> None:
    program = [sys.executable, "-m", "recommender.cli.main", *command(trained, out, workers=2)]
    program[program.index("9")] = "1"
    begun = subprocess.Popen(program, stderr=subprocess.PIPE, text=True)
    os.kill(_worker_of(begun, out), signal.SIGKILL)
    said = begun.communicate(timeout=60)[1]
    assert begun.returncode == 74, said
    assert "one of the processes that make the list was killed" in said
    assert files_of(out) == files_of(lists)
    assert run(program[3:]) == 0
    assert files_of(out) == files_of(lists.parent.parent / "new" / lists.name)


@pytest.mark.parametrize("word", [signal.SIGINT, signal.SIGKILL])
def test_workers_end_with_the_run(trained: Path, out: Path, word: signal.Signals) -> None:
    """Ctrl-C goes to all of them, a kill to the one that started them."""
    program = [sys.executable, "-c", HEEDING, *command(trained, out, workers=2)]
    program[program.index("9")] = "1"
    begun = subprocess.Popen(program, stderr=subprocess.PIPE, text=True, start_new_session=True)
    worker = _worker_of(begun, out)
    workers = _children(begun.pid)
    assert worker in workers
    os.killpg(begun.pid, word) if word == signal.SIGINT else begun.send_signal(word)
    said = begun.communicate(timeout=60)[1]
    assert begun.returncode == (130 if word == signal.SIGINT else -signal.SIGKILL)
    assert "Traceback" not in said
    deadline = time.monotonic() + 20
    while any(_is_running(child) for child in workers) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not [child for child in workers if _is_running(child)]


def _worker_of(begun: subprocess.Popen[str], out: Path) -> int:
    """One that has made a block, so that all of them are at work."""
    deadline = time.monotonic() + 60
    blocks = work_folder(out) / "blocks"
    while begun.poll() is None and time.monotonic() < deadline:
        if blocks.is_dir() and list(blocks.iterdir()):
            return max(_children(begun.pid))
        time.sleep(0.005)
    raise AssertionError("no worker was seen at work")


def _children(process: int) -> list[int]:
    """Workers: the keeper of shared things that Python starts beside them makes no lists."""
    found = Path(f"/proc/{process}/task/{process}/children").read_text().split()
    return [int(child) for child in found if b"spawn_main" in _called(int(child))]


def _called(process: int) -> bytes:
    return Path(f"/proc/{process}/cmdline").read_bytes()


def _is_running(process: int) -> bool:
    try:
        return "zombie" not in Path(f"/proc/{process}/status").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False
