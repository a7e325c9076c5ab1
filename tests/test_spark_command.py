"""`train --engine spark` as a person meets it: what must be there, what is refused and said."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from recommender.cli.main import run
from recommender.config import TrainSection, load_config
from recommender.errors import ConfigError
from recommender.models.engine import EngineName, Implicit
from recommender.models.settings import resolve
from recommender.release.opening import open_release
from recommender.training.warm_start import live_start
from recommender.tuning.budget import MOST_EXAMS, MOST_TRIALS
from recommender.tuning.choose import choose_settings
from recommender.tuning.trial import values_of
from tests.conftest import skip_or_fail
from tests.made_up import at, shop_purchases
from tests.made_up_release import about, shop_contents
from tests.shop_files import CONFIG, write_shop
from tests.small_release import publish_small_release
from tests.test_tuning import DAYS, quarterly

ENGINE = "recommender.models.spark_als"
FOR_SPARK = (
    CONFIG.replace("regularization = 1", "")
    + """
[train.spark]
regularization = 20
alpha = 4
"""
)


@dataclass(frozen=True)
class Pretended(Implicit):
    """Answers to the name of Spark and fits as implicit does, which takes no time."""

    @property
    def name(self) -> EngineName:
        return "spark"


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    config = write_shop(tmp_path / "shop")
    config.write_text(FOR_SPARK, encoding="utf-8")
    return config


def refused(capsys: pytest.CaptureFixture[str], config: Path) -> str:
    """What is said in the one line of an error with exit code 2."""
    capsys.readouterr()
    assert run(["train", "--engine", "spark", "--config", str(config)]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    errors = [line for line in said.err.splitlines() if line.startswith("error: ")]
    assert len(errors) == 1
    return errors[0]


def test_numbers_found_for_implicit_are_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said = refused(capsys, write_shop(tmp_path))
    assert "[train] regularization = 1: is for implicit" in said
    assert "write [train.spark] regularization" in said


def test_without_pyspark_it_says_what_to_install(
    shop: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(sys.modules, ENGINE, raising=False)
    monkeypatch.setitem(sys.modules, "pyspark", None)
    assert "pip install 'recommender[spark]'" in refused(capsys, shop)


def test_without_java_it_says_what_to_install(
    shop: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    if importlib.util.find_spec("pyspark") is None:
        skip_or_fail("pyspark is not installed")
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    said = refused(capsys, shop)
    assert "Java 17 or newer" in said
    assert "openjdk" in said


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('memory = "lots"', "[train.spark] memory = 'lots': write it as 4GB or 512MB"),
        ("alpha = 0", "[train.spark] alpha = 0"),
        ("alhpa = 3", "[train.spark] alhpa: unknown key; did you mean alpha?"),
    ],
)
def test_settings_of_spark_are_checked(shop: Path, line: str, said: str) -> None:
    text = FOR_SPARK.replace("alpha = 4", line)
    shop.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError) as error:
        load_config(shop)
    assert said in str(error.value)


def test_each_engine_has_defaults_of_its_own() -> None:
    asked = TrainSection()
    values = [values_of(resolve(asked, engine)) for engine in (Implicit(), Pretended())]
    assert values[0] != values[1]
    assert values[0]["half_life_days"] == values[1]["half_life_days"]


def test_few_settings_are_tried_for_spark() -> None:
    asked = TrainSection(factors=8)
    chosen = choose_settings(quarterly(), asked, at(DAYS), engine=Pretended())
    assert 1 < len(chosen.tried) <= MOST_TRIALS["spark"]
    assert all(len(trial.marks) == MOST_EXAMS["spark"] for trial in chosen.tried)
    assert all(trial.settings.engine == Pretended() for trial in chosen.tried)


def test_no_fit_begins_at_factors_of_another_engine(tmp_path: Path) -> None:
    contents = shop_contents()
    for name, is_start in (("implicit", True), ("spark", False)):
        directory = tmp_path / name
        publish_small_release(directory, contents, settings={**about()["settings"], "engine": name})
        assert (live_start(directory, shop_purchases(), 8) is not None) == is_start


@pytest.mark.slow
def test_a_training_prints_its_release_alone_and_leaves_nothing_behind(
    shop: Path, tmp_path: Path, spark_installed: None
) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    command = [sys.executable, "-m", "recommender.cli.main", "train", "--engine", "spark"]
    words = [*command, "--force", "too small to judge", "--config", str(shop)]
    place = os.environ | {"TMPDIR": str(scratch)}
    found = subprocess.run(words, check=True, capture_output=True, text=True, env=place)
    release = open_release(shop.parent / "releases")
    assert found.stdout == f"{release.name}\n"
    assert not [noise for noise in ("WARN", "Stage", "Warning") if noise in found.stderr]
    settings = release.manifest.settings
    assert (settings["engine"], settings["alpha"], settings["regularization"]) == ("spark", 4, 20)
    assert "pyspark" in release.manifest.versions
    assert list(scratch.iterdir()) == []
