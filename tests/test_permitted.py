"""Who said no and who was erased teaches nothing, and the count still adds up."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd
import pytest

from recommender import train as recipe
from recommender.cli.main import run
from recommender.config import load_config
from recommender.errors import BadDataError
from recommender.release.opening import Release, open_release
from recommender.tables.report import TableReport
from recommender.tables.tables import Tables
from recommender.told import Told, ToldOutcome
from recommender.train import train
from recommender.training.permitted import STILL_KNOWN, permitted
from recommender.training.warm_start import live_start
from tests.made_up import Line, purchases_of, shop_purchases
from tests.made_up_release import published, shop_contents
from tests.made_up_told import MadeUpBook, MadeUpTold, Refusing
from tests.shop_files import write_shop

REFUSING, ERASED = frozenset({"C001", "C010"}), frozenset({"C020"})
TOLD = MadeUpTold(MadeUpBook(consent=Refusing(REFUSING)), forgotten=ERASED)


def without_rows(path: Path, customers: Iterable[str]) -> int:
    """Takes all rows of these customers out of a file; gives how many they were."""
    with path.open(newline="", encoding="utf-8") as file:
        head, *rows = csv.reader(file)
    place, gone = head.index("customer_id"), set(customers)
    kept = [row for row in rows if row[place] not in gone]
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([head, *kept])
    return len(rows) - len(kept)


def with_blank_portraits(path: Path, customers: Iterable[str]) -> None:
    """Leaves of these customers only what finds them."""
    with path.open(newline="", encoding="utf-8") as file:
        head, *rows = csv.reader(file)
    place, silent = head.index("customer_id"), set(customers)
    for row in rows:
        if row[place] in silent:
            row[:] = [c if name in STILL_KNOWN else "" for name, c in zip(head, row, strict=True)]
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([head, *rows])


def trained(config: Path, told: Told | None, monkeypatch: pytest.MonkeyPatch) -> Release:
    monkeypatch.setattr(recipe, "open_told", lambda _: told)
    loaded = load_config(config)
    train(loaded)
    return open_release(loaded.releases_directory)


def columns_of(release: Release) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in release.folder.glob("*.npy")}


def test_a_release_is_what_it_would_be_had_nothing_been_known_of_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole, cut = write_shop(tmp_path / "whole"), write_shop(tmp_path / "cut")
    lines = {
        who: without_rows(cut.parent / "purchases.csv", customers)
        for who, customers in (("no_permission", REFUSING), ("forgotten", ERASED))
    }
    without_rows(cut.parent / "customers.csv", ERASED)
    with_blank_portraits(cut.parent / "customers.csv", REFUSING)
    found, expected = trained(whole, TOLD, monkeypatch), trained(cut, None, monkeypatch)
    assert columns_of(found) == columns_of(expected)
    data, counts = found.manifest.data["purchases"], found.manifest.counts
    assert data["read"] == data["kept"] + data["rejected"] + data["merged"] + data["left_out"]
    assert data["read"] > expected.manifest.data["purchases"]["read"]
    assert set(data["not_learned_from"]) == set(lines)
    for who, read in lines.items():
        assert 0 < data["not_learned_from"][who] <= read, "rows that were merged count once"
    assert counts["customers_left_out_no_permission"] == 2
    assert counts["customers_left_out_forgotten"] == 1
    said = found.folder.joinpath("report.json").read_text()
    assert not any(customer in said for customer in REFUSING | ERASED)


def test_where_nobody_is_left_out_the_bytes_are_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = write_shop(tmp_path / "one"), write_shop(tmp_path / "other")
    asked, never = trained(one, MadeUpTold(), monkeypatch), trained(other, None, monkeypatch)
    assert columns_of(asked) == columns_of(never)
    assert "customers_left_out_forgotten" not in never.manifest.counts
    assert asked.manifest.counts["customers_left_out_forgotten"] == 0


def test_the_training_tells_whom_it_leaves_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(recipe, "open_told", lambda _: TOLD)
    assert run(["train", "--config", str(write_shop(tmp_path))]) == 0
    assert "left out 2 customers without permission (" in capsys.readouterr().err


def tables(**changes: pd.DataFrame) -> Tables:
    lines = [Line("A", "x"), Line("A", "y", 1), Line("B", "y", 2), Line("C", "z", 3)]
    people = pd.DataFrame(
        {
            "customer_id": list("ABCD"),
            "parent_id": ["", "C", "", "C"],
            "size": list("3567"),
        }
    )
    events = pd.DataFrame(
        {"customer_id": ["A", "C"], "product_id": "x", "event": "view", "happened_at": None}
    )
    rejected = pd.DataFrame(
        [("customers.csv", 9, "customer_id", "C", "is there already")],
        columns=["file", "line", "column", "value", "reason"],
    )
    report = TableReport("customers", (), "", 5, 4, 0, rejected)
    return Tables(purchases_of(lines), None, people, events, (report,))


def test_all_tables_lose_their_rows_and_products_only_they_bought() -> None:
    told = MadeUpTold(MadeUpBook(consent=Refusing(frozenset({"A"}))), forgotten=frozenset("C"))
    found = permitted(tables(), told)
    purchases, left_out = found.tables.purchases, found.left_out
    assert (list(purchases.customers), list(purchases.products)) == (["B"], ["y"])
    assert len(purchases) == 1
    assert found.tables.customers is not None
    assert found.tables.customers["customer_id"].tolist() == ["A", "B", "D"]
    assert found.tables.customers["parent_id"].tolist() == ["", "", ""]
    assert found.tables.customers["size"].tolist() == ["", "5", "7"]
    assert found.tables.events is not None
    assert found.tables.events.empty
    assert left_out is not None
    assert left_out.customers == {"A": "no_permission", "C": "forgotten"}
    assert left_out.rows == {
        "purchases": {"no_permission": 2, "forgotten": 1},
        "customers": {"no_permission": 1, "forgotten": 1},
        "events": {"no_permission": 1, "forgotten": 1},
    }


def test_who_was_erased_is_not_named_among_the_rejected_rows() -> None:
    erased = permitted(tables(), MadeUpTold(forgotten=frozenset("C"))).tables.reports[0]
    assert erased.rejected["value"].tolist() == ["(erased)"]
    asked = permitted(tables(), MadeUpTold()).tables.reports[0]
    assert asked.rejected["value"].tolist() == ["C"]


def test_erasure_counts_before_permission() -> None:
    told = MadeUpTold(MadeUpBook(consent=Refusing(frozenset("A"))), forgotten=frozenset("A"))
    left_out = permitted(tables(), told).left_out
    assert left_out is not None
    assert left_out.customers == {"A": "forgotten"}


def test_where_nobody_lets_its_purchases_be_used_there_is_nothing_to_learn() -> None:
    told = MadeUpTold(MadeUpBook(consent=Refusing(frozenset("ABC"))))
    with pytest.raises(BadDataError, match="none of 3 customers lets its purchases be used"):
        permitted(tables(), told)


def test_answers_of_who_said_no_are_not_learned_from_either() -> None:
    at = datetime(2025, 1, 3, tzinfo=UTC)
    answers = tuple(ToldOutcome(c, "y", "rejected", at) for c in "AB")
    told = MadeUpTold(MadeUpBook(consent=Refusing(frozenset("A"))), told=answers)
    outcomes = permitted(tables(), told).tables.outcomes
    assert outcomes is not None
    assert outcomes["customer_id"].tolist() == ["B"]
    assert str(outcomes["happened_at"].dtype) == "datetime64[us, UTC]"


def test_a_fit_does_not_start_from_factors_that_learned_from_them(tmp_path: Path) -> None:
    published(tmp_path, shop_contents())
    purchases, factors = shop_purchases(), 8
    assert live_start(tmp_path, purchases, factors) is not None
    assert live_start(tmp_path, purchases, factors, ["nobody we know"]) is not None
    assert live_start(tmp_path, purchases, factors, ["C001"]) is None
