"""The night's list from real records: a broken row costs one customer, an erasure all of it."""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from recommender.cli import effort
from recommender.cli.main import run
from recommender.config import load_config
from recommender.listing.effort import Step
from recommender.listing.unfinished import PARTS, work_folder
from service.records.migrate import open_records
from service.records.outcomes import Outcome, record_outcome
from tests.shop_files import write_shop

BROKEN = "C007"


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    config = write_shop(tmp_path_factory.mktemp("batch"))
    assert run(["train", "--config", str(config)]) == 0
    return config


@pytest.fixture
def shop(trained: Path, tmp_path: Path) -> Path:
    """A copy whose records say something of one customer."""
    shutil.copytree(trained.parent, tmp_path / "shop")
    config = tmp_path / "shop" / trained.name
    said = Outcome(
        recommendation_id="r", customer_id=BROKEN, product_id="A1", outcome="lost", reason=None,
        until=None, kind="new", source="personal", release="x", rep=None,
    )  # fmt: skip
    with closing(open_records(load_config(config))) as database, database.writing() as connection:
        record_outcome(connection, said, "x")
    return config


def cross_sell(config: Path, out: Path, *more: str) -> int:
    return run(["cross-sell", "--out", str(out), "--config", str(config), *more])


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("more", [(), ("--debug", "--block", "3", "--workers", "1")])
def test_a_broken_row_about_one_customer_costs_only_that_one_its_list(
    shop: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], more: tuple[str, ...]
) -> None:
    sound, out = tmp_path / "sound.csv", tmp_path / "list.csv"
    assert cross_sell(shop, sound) == 0
    with closing(open_records(load_config(shop))) as database, database.writing() as connection:
        connection.execute(sa.text("UPDATE outcomes SET recorded_at = 'soon'"))
    capsys.readouterr()
    assert cross_sell(shop, out, *more) == 0
    said = capsys.readouterr().err
    assert "1 customer failed and stands in list.csv.held.csv" in said
    assert ("Traceback" in said) is ("--debug" in more)
    assert rows_of(out) == [row for row in rows_of(sound) if row["customer_id"] != BROKEN]
    held = [
        r["hold_reason"]
        for r in rows_of(tmp_path / "list.csv.held.csv")
        if r["customer_id"] == BROKEN
    ]
    assert held == ["failed: ValueError"]
    assert (
        json.loads(out.with_name("list.csv.manifest.json").read_text())["counts"][
            "customers_failed"
        ]
        == 1
    )


def stopping(monkeypatch: pytest.MonkeyPatch, what_stops: str) -> None:
    """Ctrl-C while customers are asked, or while files are written."""

    @contextmanager
    def shown(what: str, _: int) -> Iterator[Step]:
        done = 0

        def step(more: int) -> None:
            nonlocal done
            done += more
            if what == what_stops and done >= 30:
                raise KeyboardInterrupt

        yield step

    monkeypatch.setattr(effort, "shown", shown)


@pytest.mark.parametrize("ending", ["csv", "parquet", "xlsx"])
@pytest.mark.parametrize("what", ["customers", "written"])
def test_after_forget_no_byte_of_a_stopped_run_tells_of_the_customer(
    shop: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ending: str, what: str
) -> None:
    """Of the first run for this file: no list was ever written there."""
    out = tmp_path / "lists" / f"list.{ending}"
    out.parent.mkdir()
    with monkeypatch.context() as stopped:
        stopping(stopped, what)
        assert cross_sell(shop, out, "--block", "10", "--workers", "1") == 130
    found = [p for p in work_folder(out).rglob("*") if p.is_file() and BROKEN in p.read_text()]
    assert found
    assert run(["forget", BROKEN, "--yes", "--config", str(shop)]) == 0
    assert not list(out.parent.iterdir())


def test_a_stopped_run_leaves_the_last_list_and_the_next_one_is_what_it_would_have_been(
    shop: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out, other = tmp_path / "list.csv", tmp_path / "other" / "list.csv"
    other.parent.mkdir()
    for place in (out, other):
        assert cross_sell(shop, place, "-n", "3") == 0
    before = _files(out)
    for what in ("customers", "written"):
        with monkeypatch.context() as stopped:
            stopping(stopped, what)
            assert cross_sell(shop, out, "--block", "10", "--workers", "1") == 130
        assert _files(out) == before
    for place in (out, other):
        assert cross_sell(shop, place, "--block", "10", "--workers", "1") == 0
    assert _files(out) == _files(other) != before


def _files(out: Path) -> dict[str, Any]:
    return {ending: out.with_name(out.name + ending).read_bytes() for ending in PARTS}
