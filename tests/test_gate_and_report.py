"""What a training does with its judgement: publish or refuse, and tell."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from recommender.cli.main import run
from recommender.release.manifest import read_manifest
from recommender.release.shelf import Shelf
from recommender.training.warm_start import live_start
from tests.made_up import Line, purchases_of, shop_purchases
from tests.shop_files import write_shop

Capture = pytest.CaptureFixture[str]
Call = Callable[..., tuple[int, str, str]]


@pytest.fixture
def call(capsys: Capture) -> Call:
    def called(*arguments: object) -> tuple[int, str, str]:
        capsys.readouterr()
        code = run([str(argument) for argument in arguments])
        said = capsys.readouterr()
        return code, said.out, said.err

    return called


@pytest.fixture
def config(tmp_path: Path, call: Call) -> Path:
    """Of a shop with a live release."""
    config = write_shop(tmp_path)
    assert call("train", "--config", config)[0] == 0
    return config


def live(config: Path) -> Path:
    return Shelf(config.parent / "releases").folder()


def report_of(config: Path) -> dict[str, Any]:
    report: dict[str, Any] = json.loads((live(config) / "report.json").read_text())
    return report


def pretend_it_was_better(config: Path) -> None:
    """The live release recorded lists that found everything, in windows as hard as ours."""
    report = report_of(config)
    figures = report["new"]["all"]["lists"]["ours"]
    report["new"]["all"]["lists"]["ours"] = {
        metric: {"value": 0.99, "low": 0.98, "high": 1.0} for metric in figures
    }
    (live(config) / "report.json").write_text(json.dumps(report))


def test_every_release_holds_its_report_and_the_terminal_ends_with_the_verdict(
    tmp_path: Path, call: Call
) -> None:
    config = write_shop(tmp_path)
    code, out, err = call("train", "--config", config)
    report = report_of(config)
    assert code == 0
    assert out.strip() == live(config).name
    assert err.strip().splitlines()[-len(report["verdict"]) :] == report["verdict"]
    assert "best-sellers" in report["verdict"][0]
    page = (live(config) / "report.html").read_text()
    assert report["verdict"][0].split(":")[0] in page
    assert {"report.html", "report.json"} <= set(read_manifest(live(config)).files)


def test_the_report_has_every_baseline_for_both_questions(config: Path) -> None:
    report = report_of(config)
    assert list(report["new"]["all"]["lists"]) == [
        "ours",
        "popularity",
        "recent popularity",
        "last basket",
        "item-kNN",
        "EASE",
        "implicit ALS",
    ]
    assert list(report["again"]["all"]["lists"]) == ["ours", "personal frequency"]
    assert report["windows"] == ["2025-01-04"]
    assert report["ranking"]["kind"] == "logistic regression"


def test_worse_than_the_live_one_is_refused_and_the_live_one_stays(
    config: Path, call: Call
) -> None:
    before = live(config).name
    pretend_it_was_better(config)
    code, out, err = call("train", "--config", config)
    assert code == 1
    assert out == ""
    assert "not published" in err
    assert "worse than the live release's" in err
    assert "--force" in err
    assert live(config).name == before
    refused = config.parent / "releases" / "refused"
    assert "Not published" in (refused / "report.html").read_text()
    assert "worse than" in json.loads((refused / "report.json").read_text())["refusal"]


def test_a_refused_training_may_be_forced_and_the_reason_is_recorded(
    config: Path, call: Call
) -> None:
    before = live(config).name
    pretend_it_was_better(config)
    code, out, err = call("train", "--config", config, "--force", "the old figures were wrong")
    assert code == 0
    assert out.strip() == live(config).name != before
    assert "The gate would have kept it back" in err
    gate = read_manifest(live(config)).gate
    assert gate["forced"] == "the old figures were wrong"
    assert gate["refusal"] is not None
    assert "Published all the same" in (live(config) / "report.html").read_text()


def test_forcing_what_nobody_refused_records_nothing(tmp_path: Path, call: Call) -> None:
    config = write_shop(tmp_path)
    assert call("train", "--config", config, "--force", "just in case")[0] == 0
    assert read_manifest(live(config)).gate == {"refusal": None, "forced": None}


def test_force_wants_a_reason(config: Path, call: Call) -> None:
    code, _, err = call("train", "--config", config, "--force", " ")
    assert code == 2
    assert "say why" in err


def test_evaluate_gives_the_training_s_report_while_nothing_came_after_it(
    config: Path, call: Call
) -> None:
    code, out, err = call("evaluate", "--config", config)
    assert code == 0
    assert out.strip() == str(config.parent / "report.html")
    assert "no 28 days of purchases after" in err
    for name in ("report.html", "report.json"):
        assert (config.parent / name).read_bytes() == (live(config) / name).read_bytes()


def test_evaluate_judges_a_release_on_the_28_days_after_it(tmp_path: Path, call: Call) -> None:
    config = write_shop(tmp_path)
    assert call("train", "--config", config, "--as-of", "2024-12-01")[0] == 0
    code, _, err = call("evaluate", "--config", config)
    assert code == 0
    assert "judging its lists on the 28 days after it" in err
    report = json.loads((tmp_path / "report.json").read_text())
    assert report["windows"] == ["2024-12-01"]
    assert report["release"] == live(config).name
    assert report["new"]["all"]["customers"] > 20
    assert report["new"]["all"]["lists"]["ours"]["recall20"]["value"] > 0


def test_evaluate_without_a_release_says_what_to_do(tmp_path: Path, call: Call) -> None:
    code, _, err = call("evaluate", "--config", write_shop(tmp_path))
    assert code == 2
    assert "recommender train" in err


def test_the_next_training_starts_from_the_live_factors_and_says_so(
    config: Path, call: Call
) -> None:
    first = live(config)
    assert read_manifest(first).settings["warm_start"] is None
    assert call("train", "--config", config)[0] == 0
    assert read_manifest(live(config)).settings["warm_start"] == first.name


def test_a_live_release_of_other_ids_or_factors_is_no_start(config: Path) -> None:
    directory = config.parent / "releases"
    known, others = shop_purchases(), purchases_of([Line(c, "A1") for c in ("C001", "x", "y")])
    assert live_start(directory, known, 8) is not None
    assert live_start(directory, known, 16) is None
    assert live_start(directory, others, 8) is None
    assert live_start(config.parent / "elsewhere", known, 8) is None
