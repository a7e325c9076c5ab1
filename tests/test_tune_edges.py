"""`tune` at its edges: kills, other data, odd ways to write a config, disks that fail."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

from recommender import tune as recipe
from recommender.cli.main import run
from recommender.errors import ConfigError, ReadWriteError
from recommender.tuning import train_table
from recommender.tuning.gain import Gain
from recommender.tuning.ladder import LADDER, one_step_away
from recommender.tuning.train_table import with_values, write_values
from recommender.tuning.trials_file import Tried, trials_file
from tests.shop_files import write_purchases
from tests.test_tuning import quarterly_lines

CONFIG = """# our shop
[purchases]
source = "purchases.csv"   # from the ERP

[train]   # how it learns
factors = 8           # few products
regularization = 1
half_life_days = "auto"   # days
alpha = 4
seed = 3

# releases are kept long
[releases]
keep = 5
"""
FOUND = {"half_life_days": 31.6, "factors": 80}
Call = Callable[..., tuple[int, str, str]]


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """Quarterly buyers, for whom a long memory is right."""
    write_purchases(tmp_path, quarterly_lines(120))
    path = tmp_path / "recommender.toml"
    path.write_text(CONFIG, encoding="utf-8")
    return path


@pytest.fixture
def call(capsys: pytest.CaptureFixture[str]) -> Call:
    def called(*arguments: object) -> tuple[int, str, str]:
        capsys.readouterr()
        code = run(["tune", *map(str, arguments)])
        said = capsys.readouterr()
        return code, said.out, said.err

    return called


def files_of(config: Path) -> list[Path]:
    return sorted((config.parent / "releases" / "tuning").glob("*.jsonl"))


def values_in(file: Path) -> list[dict[str, float]]:
    return [json.loads(line)["values"] for line in file.read_text().splitlines()]


def test_a_long_memory_is_found_written_and_all_else_left(shop: Path, call: Call) -> None:
    code, out, err = call("--trials", 8, "--write", "--config", shop)
    assert code == 0
    found = tomllib.loads(out)["train"]
    assert list(found) == ["half_life_days"]
    assert found["half_life_days"] >= 60
    assert "over the defaults, more than noise" in err
    wanted = f"half_life_days = {found['half_life_days']}   # days"
    assert shop.read_text() == CONFIG.replace('half_life_days = "auto"   # days', wanted)


def test_a_search_begins_with_the_ladders(shop: Path, call: Call) -> None:
    call("--trials", 5, "--config", shop)
    found = [values["half_life_days"] for values in values_in(files_of(shop)[0])]
    assert found == [20.0, 7.0, 60.0, 180.0, 540.0]


def test_every_step_of_the_ladders_is_taken_once_and_alone() -> None:
    values = {"alpha": 2.0, "factors": 64.0}
    steps = one_step_away(values)
    assert steps[0] == values
    assert len(steps) == len(LADDER["alpha"]) + len(LADDER["factors"]) - 1
    assert all(sum(step[n] != values[n] for n in values) == 1 for step in steps[1:])


def test_other_numbers_have_trials_of_their_own_and_that_is_said(shop: Path, call: Call) -> None:
    assert "left alone" not in call("--trials", 1, "--config", shop)[2]
    shop.write_text(CONFIG.replace("alpha = 4", "alpha = 5"))
    assert (
        "1 search of other data or settings left alone" in call("--trials", 1, "--config", shop)[2]
    )
    assert len(files_of(shop)) == 2


def test_nothing_is_written_where_nothing_is_better(shop: Path, call: Call) -> None:
    """The only trial is the defaults themselves."""
    code, _, err = call("--trials", 1, "--write", "--config", shop)
    assert code == 0
    assert "the defaults stand" in err
    assert shop.read_text() == CONFIG


def test_a_history_without_new_purchases_is_named(shop: Path, call: Call) -> None:
    write_purchases(shop.parent, [line for line in quarterly_lines(120) if line.product == "P00"])
    code, _, err = call("--trials", 1, "--config", shop)
    assert code == 65
    assert "did 20 customers buy something new" in err


def tried(value: float, deep: float = 0.0) -> Tried:
    return Tried({"alpha": value}, 0.3, Gain(value, 0.001, deep, 0.001, 0.2), 1.0)


def test_what_loses_candidates_does_not_hide_what_is_really_better() -> None:
    found = recipe._best([tried(0.0), tried(0.09, deep=-0.1), tried(0.05)], windows=2)
    assert (found.best, found.is_real) == (tried(0.05), True)
    found = recipe._best([tried(0.0), tried(0.09, deep=-0.1)], windows=2)
    assert (found.best, found.is_real) == (tried(0.09, deep=-0.1), False)


def test_a_gain_over_nothing_is_told_without_a_share() -> None:
    assert str(Gain(0.01, 0.002, 0.0, 0.0, 0.0)) == "+0.0100 (± 0.0040)"


@pytest.mark.fault
def test_a_search_killed_three_times_ends_as_one_that_was_not(shop: Path) -> None:
    command = [sys.executable, "-m", "recommender.cli.main", "tune", "--trials", "12"]
    command += ["--config", str(shop)]
    for target in (2, 5, 8):
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as it:
            while not (files_of(shop) and files_of(shop)[0].read_bytes().count(b"\n") >= target):
                assert it.poll() is None, "ended before it was killed"
                time.sleep(0.02)
            it.send_signal(signal.SIGKILL)
            assert it.wait() == -signal.SIGKILL
    subprocess.run(command, check=True, capture_output=True)
    (file,) = files_of(shop)
    killed = values_in(file)
    file.unlink()
    subprocess.run(command, check=True, capture_output=True)
    assert len(killed) == 12
    assert values_in(file) == killed


HEEDING = (
    "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); "
    "from recommender.cli.main import main; main()"
)
"""Who runs the tests in the background of a shell hands down that interrupts are ignored."""


@pytest.mark.fault
def test_an_interrupt_ends_with_its_code_and_keeps_the_trials(shop: Path) -> None:
    command = [sys.executable, "-c", HEEDING, "tune", "--trials", "500", "--config", str(shop)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as it:
        assert it.stderr
        while "trial 2 of 500" not in it.stderr.readline():
            assert it.poll() is None
        it.send_signal(signal.SIGINT)
        out, err = it.communicate(timeout=60)
    assert (it.returncode, out) == (130, "")
    assert "Traceback" not in err
    assert len(values_in(files_of(shop)[0])) >= 2


def test_a_file_that_holds_no_trials_is_named(tmp_path: Path) -> None:
    path = tmp_path / "trials.jsonl"
    path.write_text('{"a": 1}\n')
    with pytest.raises(ReadWriteError, match="move it away"), trials_file(path):
        pass


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("[a]\nb = 1 # c\n", "[a]\nb = 1 # c\n\n[train]\nhalf_life_days = 31.6\nfactors = 80\n"),
        ("train.seed = 1\n", "train.seed = 1\ntrain.half_life_days = 31.6\ntrain.factors = 80\n"),
        (
            "train = {seed = 1} # c\n",
            "train = {seed = 1,half_life_days = 31.6,factors = 80} # c\n",
        ),
        ("", "[train]\nhalf_life_days = 31.6\nfactors = 80\n"),
    ],
)
def test_values_find_their_place_in_any_way_of_writing(text: str, wanted: str) -> None:
    assert with_values(text, FOUND) == wanted


def test_a_table_that_cannot_be_edited_is_left_and_said(tmp_path: Path) -> None:
    """The header inside a text looks like one."""
    path = tmp_path / "recommender.toml"
    text = 'note = """\n[train]\n"""\n[train]\nseed = 1\n'
    path.write_text(text)
    with pytest.raises(ConfigError, match="by hand"):
        write_values(path, FOUND)
    assert path.read_text() == text
    assert list(tmp_path.iterdir()) == [path]


def test_a_failing_disk_leaves_the_old_config_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "recommender.toml"
    path.write_text(CONFIG)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(train_table.shutil, "copymode", full)
    with pytest.raises(ReadWriteError, match="No space left"):
        write_values(path, FOUND)
    assert path.read_text() == CONFIG
    assert list(tmp_path.iterdir()) == [path]


def test_rights_and_links_of_the_config_stay(tmp_path: Path) -> None:
    real, link = tmp_path / "real.toml", tmp_path / "recommender.toml"
    real.write_text(CONFIG)
    real.chmod(0o640)
    link.symlink_to(real)
    write_values(link, FOUND)
    assert link.is_symlink()
    assert "31.6" in real.read_text()
    assert real.stat().st_mode & 0o777 == 0o640
