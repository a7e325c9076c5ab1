"""`tune`: longer search, stopped and resumed at any moment, written into the config."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import tomllib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from recommender.cli.main import run
from recommender.errors import BusyError, ConfigError
from recommender.tuning.gain import Gain
from recommender.tuning.train_table import with_values, write_values
from recommender.tuning.trials_file import Tried, trials_file
from tests.made_up import shop_lines
from tests.shop_files import write_purchases, write_shop

Call = Callable[..., tuple[int, str, str]]
LINES = """# ours
[purchases]
source = "purchases.csv"

[train]      # how to learn
factors = 8            # few
alpha = "auto"         # to be found

# about releases
[releases]
keep = 3
"""


@pytest.fixture
def call(capsys: pytest.CaptureFixture[str]) -> Call:
    def called(*arguments: object) -> tuple[int, str, str]:
        capsys.readouterr()
        code = run([str(argument) for argument in arguments])
        said = capsys.readouterr()
        return code, said.out, said.err

    return called


def long_shop(folder: Path) -> Path:
    """Two years of the shop: the same customers a year later."""
    config = write_shop(folder)
    first = shop_lines(customers=60, days=320)
    later = [replace(line, day=line.day - 320) for line in shop_lines(60, 320, seed=1)]
    write_purchases(folder, [*first, *later])
    return config


def trials_of(config: Path) -> list[str]:
    (file,) = (config.parent / "releases" / "tuning").glob("*.jsonl")
    return file.read_text().splitlines()


def values_tried(config: Path) -> list[dict[str, float]]:
    return [Tried.from_json(json.loads(line)).values for line in trials_of(config)]


def test_it_prints_what_it_found_as_toml_and_leaves_the_config_alone(
    tmp_path: Path, call: Call
) -> None:
    config = long_shop(tmp_path)
    before = config.read_bytes()
    code, out, err = call("tune", "--trials", 3, "--config", config)
    assert code == 0
    found = tomllib.loads(out)["train"]
    assert set(found) == {"half_life_days", "alpha"}  # the others are numbers in this config
    assert "trial 3 of 3" in err
    assert "min left" in err
    assert config.read_bytes() == before
    assert len(trials_of(config)) == 3


def test_a_search_goes_on_as_if_it_had_never_been_stopped(tmp_path: Path, call: Call) -> None:
    whole, parts = long_shop(tmp_path / "a"), long_shop(tmp_path / "b")
    assert call("tune", "--trials", 5, "--config", whole)[0] == 0
    assert call("tune", "--trials", 2, "--config", parts)[0] == 0
    code, _, err = call("tune", "--trials", 5, "--config", parts)
    assert code == 0
    assert "going on after 2 trials" in err
    assert values_tried(whole) == values_tried(parts)


def test_other_data_have_trials_of_their_own(tmp_path: Path, call: Call) -> None:
    config = long_shop(tmp_path)
    assert call("tune", "--trials", 1, "--config", config)[0] == 0
    with (tmp_path / "purchases.csv").open("a") as file:
        file.write("C001,A1,2025-06-01T00:00:00+00:00,1,5,\n")
    assert call("tune", "--trials", 1, "--config", config)[0] == 0
    assert len(list((tmp_path / "releases" / "tuning").glob("*.jsonl"))) == 2


@pytest.mark.fault
def test_a_killed_search_loses_at_most_the_trial_it_was_at(tmp_path: Path, call: Call) -> None:
    config = long_shop(tmp_path)
    command = [sys.executable, "-m", "recommender.cli.main", "tune", "--trials", "500"]
    process = subprocess.Popen([*command, "--config", str(config)], stderr=subprocess.DEVNULL)
    folder = tmp_path / "releases" / "tuning"
    while not any(file.read_text().count("\n") >= 2 for file in folder.glob("*.jsonl")):
        assert process.poll() is None
        time.sleep(0.05)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    done = len(trials_of(config))
    code, _, err = call("tune", "--trials", done + 1, "--config", config)
    assert code == 0
    assert f"going on after {done} trials" in err
    assert len(trials_of(config)) == done + 1


def test_half_a_line_that_a_kill_left_is_cut_off(tmp_path: Path) -> None:
    path = tmp_path / "trials.jsonl"
    tried = Tried({"alpha": 2.0}, 0.1, Gain(0.0, 0.1, 0.0, 0.1, 0.1), 1.0)
    with trials_file(path) as file:
        file.append(tried)
    with path.open("a") as half:
        half.write('{"values": {"al')
    with trials_file(path) as file:
        assert file.tried == [tried]
        file.append(tried)
    assert len(path.read_text().splitlines()) == 2


def test_one_search_of_the_same_data_at_a_time(tmp_path: Path) -> None:
    path = tmp_path / "trials.jsonl"
    with trials_file(path), pytest.raises(BusyError, match="wait"), trials_file(path):
        pass


def test_too_short_a_history_says_how_much_is_needed(tmp_path: Path, call: Call) -> None:
    code, _, err = call("tune", "--config", write_shop(tmp_path))
    assert code == 65
    assert "days of purchases" in err


def test_nothing_to_search_says_what_to_write(tmp_path: Path, call: Call) -> None:
    config = write_shop(tmp_path)
    text = config.read_text()
    config.write_text(text.replace("[train]", "[train]\nhalf_life_days = 20\nalpha = 2"))
    code, _, err = call("tune", "--config", config)
    assert code == 2
    assert '"auto"' in err


def test_written_values_leave_every_comment_where_it_was() -> None:
    changed = with_values(LINES, {"alpha": 3.5, "half_life_days": 60.0})
    assert tomllib.loads(changed)["train"] == {"factors": 8, "alpha": 3.5, "half_life_days": 60.0}
    for comment in ("# ours", "# how to learn", "# few", "# to be found", "# about releases"):
        assert comment in changed
    assert changed.index("half_life_days") < changed.index("# about releases")


def test_a_config_with_windows_line_ends_keeps_them() -> None:
    changed = with_values("\ufeff" + LINES.replace("\n", "\r\n"), {"alpha": 3.5})
    assert changed == "\ufeff" + LINES.replace('alpha = "auto"', "alpha = 3.5").replace(
        "\n", "\r\n"
    )


def test_a_number_written_during_the_search_stays(tmp_path: Path) -> None:
    path = tmp_path / "recommender.toml"
    path.write_text(LINES)
    assert write_values(path, {"factors": 64, "alpha": 3.5}) == ("alpha",)
    assert tomllib.loads(path.read_text())["train"] == {"factors": 8, "alpha": 3.5}


def test_a_config_broken_during_the_search_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "recommender.toml"
    path.write_text("[train\n")
    with pytest.raises(ConfigError, match="no longer valid TOML"):
        write_values(path, {"alpha": 3.5})
    assert path.read_text() == "[train\n"
