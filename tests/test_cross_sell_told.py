"""The list and the terminal obey what customers told, and say whom they leave out."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from recommender.cli import lists
from recommender.cli.main import run
from recommender.config import load_config
from recommender.cross_sell import cross_sell
from recommender.errors import ConfigError
from recommender.listing.selection import Selection, chosen_customers
from recommender.release.opening import Release, open_release
from recommender.suggest.answers import suggestions_answer
from recommender.suggest.facts import (
    Facts,
    FactsInBlocks,
    FreshPurchase,
    LastOutcome,
    OpenComplaint,
    OutcomeName,
    Stated,
)
from recommender.suggest.suggest import suggest
from recommender.suggest.suggestion import Wish
from tests.made_up_release import published, shop_contents
from tests.made_up_told import MadeUpBook, MadeUpTold, Refusing
from tests.shop_files import write_shop

TODAY = date(2025, 1, 10)
WISH = Wish(5)
REFUSING = Refusing(frozenset({"C005"}))
EVERYONE = Selection()
Row = dict[str, str]


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Release:
    directory = tmp_path_factory.mktemp("shop")
    return open_release(directory, published(directory, shop_contents()))


def rows_of(path: Path) -> list[Row]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def book_about(release: Release) -> MadeUpBook:
    """One customer for each thing that may be known."""
    wanted = {c: suggest(release, c, Wish(9)).suggestions for c in ("C000", "C001", "C002")}
    shown = answered(wanted["C002"][2].product_id, "shown", 2)
    refused = answered(wanted["C000"][0].product_id, "rejected", 2)
    long_ago = answered(wanted["C000"][1].product_id, "rejected", 400)
    broken = OpenComplaint("K", wanted["C001"][0].product_id, None, "broke", TODAY, TODAY)
    need = Stated("product", wanted["C002"][-1].product_id, "needs", "soon", TODAY, "talk")
    known = {
        "C000": Facts(contact=("phone", "email"), outcomes=(refused, long_ago)),
        "C001": Facts(contact=("post",), complaints=(broken,)),
        "C002": Facts(contact=("phone",), stated=(need,), outcomes=(shown,)),
        "C003": Facts(contact=()),
        "C004": Facts(contact=None),
    }
    return MadeUpBook(known, REFUSING, TODAY)


def answered(product: str, outcome: OutcomeName, days_ago: int) -> LastOutcome:
    at = datetime(2025, 1, 10, 8, tzinfo=UTC) - timedelta(days=days_ago)
    return LastOutcome(product, outcome, None, None, at)


def listed(
    release: Release, out: Path, book: FactsInBlocks, selection: Selection = EVERYONE
) -> dict[str, Any]:
    rows = chosen_customers(release, selection)
    return cross_sell(release, out, WISH, selection, rows, book).manifest


def test_every_list_is_what_suggest_answers_with_the_same_facts(
    release: Release, tmp_path: Path
) -> None:
    book = book_about(release)
    listed(release, tmp_path / "list.csv", book)
    found: dict[str, list[str]] = {}
    for row in rows_of(tmp_path / "list.csv"):
        found.setdefault(row["customer_id"], []).append(row["product_id"])
    for customer in release.customers.ids:
        answer = suggest(release, customer, WISH, book.of(customer))
        expected = [] if customer == "C003" else [s.product_id for s in answer.suggestions]
        assert found.get(customer, []) == expected


def test_contact_and_the_last_outcome_stand_in_their_columns(
    release: Release, tmp_path: Path
) -> None:
    book = book_about(release)
    listed(release, tmp_path / "list.csv", book)
    rows = rows_of(tmp_path / "list.csv")
    contact = {row["customer_id"]: row["contact"] for row in rows}
    assert contact["C000"] == "phone;email"
    assert (contact["C001"], contact["C004"], contact["C006"]) == ("post", "", "phone;post")
    outcomes = {
        (row["customer_id"], row["product_id"]): row["last_outcome"]
        for row in rows
        if row["last_outcome"]
    }
    long_ago, shown = book.known["C000"].outcomes[1], book.known["C002"].outcomes[0]
    assert outcomes == {
        ("C000", long_ago.product_id): "rejected",
        ("C002", shown.product_id): "shown",
    }


def test_who_may_not_be_contacted_stands_in_the_held_file_only(
    release: Release, tmp_path: Path
) -> None:
    book = book_about(release)
    manifest = listed(release, tmp_path / "list.csv", book)
    assert "C003" not in {row["customer_id"] for row in rows_of(tmp_path / "list.csv")}
    held = [r for r in rows_of(tmp_path / "list.csv.held.csv") if r["customer_id"] == "C003"]
    kept_back = [r["product_id"] for r in held if r["hold_reason"] == "no_contact_permission"]
    expected = suggest(release, "C003", WISH, book.of("C003")).suggestions
    assert kept_back == [s.product_id for s in expected]
    counts = manifest["counts"]
    assert counts["customers_without_contact"] == 1
    assert counts["customers_without_permission"] == 1
    assert counts["held_no_contact_permission"] == len(kept_back)
    assert counts["held_rejected"] == counts["held_complaint"] == 1
    assert counts["customers"] == len(release.customers.ids)


def test_all_lists_them_too(release: Release, tmp_path: Path) -> None:
    manifest = listed(release, tmp_path / "list.csv", book_about(release), Selection(None, True))
    row = next(r for r in rows_of(tmp_path / "list.csv") if r["customer_id"] == "C003")
    assert row["contact"] == ""
    assert "held_no_contact_permission" not in manifest["counts"]


@pytest.mark.parametrize(
    ("channel", "missing"),
    [("phone", {"C001", "C003"}), ("post", {"C000", "C002", "C003"})],
)
def test_a_channel_lists_who_may_be_contacted_through_it(
    release: Release, tmp_path: Path, channel: Any, missing: set[str]
) -> None:
    """Where nobody was asked, as of C004, nothing is forbidden."""
    selection = Selection(channel=channel)
    manifest = listed(release, tmp_path / "list.csv", book_about(release), selection)
    found = {row["customer_id"] for row in rows_of(tmp_path / "list.csv")}
    assert {"C000", "C001", "C002", "C003", "C004"} - found == missing
    assert manifest["settings"]["channel"] == channel
    held = rows_of(tmp_path / "list.csv.held.csv")
    assert {
        r["customer_id"] for r in held if r["hold_reason"] == "no_contact_permission"
    } == missing


def test_all_and_a_channel_contradict_each_other() -> None:
    with pytest.raises(ConfigError, match="--all lists also who may not be contacted"):
        Selection(also_without_contact=True, channel="phone")


def test_reasons_out_of_the_customers_mouth_stand_in_why(release: Release, tmp_path: Path) -> None:
    listed(release, tmp_path / "list.csv", book_about(release))
    first = next(r for r in rows_of(tmp_path / "list.csv") if r["customer_id"] == "C002")
    assert first["why"].startswith("said on 10 Jan 2025 that it needs")
    assert '"soon"' in first["why"]


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    config = write_shop(tmp_path_factory.mktemp("told"))
    assert run(["train", "--config", str(config)]) == 0
    return config


@pytest.fixture
def told(shop: Path, monkeypatch: pytest.MonkeyPatch) -> MadeUpTold:
    found = open_release(load_config(shop).releases_directory)
    known = dict(book_about(found).known)
    product = suggest(found, "C006").suggestions[0].product_id
    fresh = FreshPurchase(product, 2.0, datetime.now(UTC))
    known["C006"] = Facts(contact=("phone",), purchases=(fresh,))
    kept = MadeUpTold(MadeUpBook(known, Refusing(frozenset({"C005", "nobody"}))))
    monkeypatch.setattr(lists, "open_told", lambda _: kept)
    return kept


def test_terminal_and_batch_agree_on_what_was_told(
    shop: Path, told: MadeUpTold, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    release = open_release(load_config(shop).releases_directory)
    out, place = tmp_path / "list.csv", ["--config", str(shop)]
    assert run(["cross-sell", "--out", str(out), "-n", "5", "--all", *place]) == 0
    batch: dict[str, list[tuple[str, str]]] = {}
    for row in rows_of(out):
        entry = row["product_id"], row["recommendation_id"]
        batch.setdefault(row["customer_id"], []).append(entry)
    book = replace(told.book, today=datetime.now(UTC).date())
    for customer in [f"C{c:03}" for c in range(8)]:
        capsys.readouterr()
        assert run(["suggest", customer, "-n", "5", "--json", *place]) == 0
        terminal = json.loads(capsys.readouterr().out)
        found = suggest(release, customer, WISH, book.of(customer))
        assert terminal == suggestions_answer(release, found)
        assert batch.get(customer, []) == [
            (s["product_id"], terminal["recommendation_id"]) for s in terminal["suggestions"]
        ]


def test_the_list_is_remembered_and_purchases_count_from_the_release_on(
    shop: Path, told: MadeUpTold, tmp_path: Path
) -> None:
    release = open_release(load_config(shop).releases_directory)
    out = tmp_path / "list.csv"
    assert run(["cross-sell", "--out", str(out), "--config", str(shop)]) == 0
    assert told.lists == [(out, release.name)]
    assert told.asked == [int(release.as_of.timestamp())]
    assert told.asked[0] == int(datetime.fromisoformat(release.manifest.as_of).timestamp())


def test_what_holds_for_who_was_never_asked_is_told(
    shop: Path, told: MadeUpTold, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said = "never asked allow personalisation, phone, post and not email ([permissions])"
    for command in (["cross-sell", "--out", str(tmp_path / "l.csv")], ["suggest", "C000"]):
        assert run([*command, "--config", str(shop)]) == 0
        shown = capsys.readouterr()
        assert said in shown.err
        assert said not in shown.out


def test_who_said_no_and_is_in_no_release_gets_the_popular_list(
    shop: Path, told: MadeUpTold, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["suggest", "nobody", "--config", str(shop)]) == 0
    assert "not personal but popular: no_permission" in capsys.readouterr().out
    assert run(["suggest", "somebody", "--config", str(shop)]) != 0
