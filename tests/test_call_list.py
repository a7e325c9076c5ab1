"""The call list of one product as files that account for themselves."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from recommender.cli.main import run
from recommender.errors import ConfigError, UnknownProductError
from recommender.listing.rows import LIST_COLUMNS
from recommender.listing.selection import Selection
from recommender.release.contents import Contents
from recommender.release.manifest import sha256_of
from recommender.release.opening import Release, open_release
from recommender.suggest.facts import Facts, FactsBook, LastOutcome, NoFacts
from recommender.suggest.resembling import buyers_of_alike
from recommender.suggest.suggest import suggest
from recommender.suggest.suggestion import MOST, Wish
from recommender.suggest.targets import TargetWish, targets
from recommender.suggest.wording import why
from recommender.targets import Ask, call_list
from recommender.text import TextColumn
from tests.made_up_release import in_memory, published, shop_contents, shop_release
from tests.shop_files import write_shop
from tests.test_cross_sell import ENDINGS, rows_of
from tests.test_targets import Book, most_wanted

EVERYBODY = 1000
NOBODY_BOUGHT = "Z"


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Release:
    directory = tmp_path_factory.mktemp("shop")
    return open_release(directory, published(directory, like_those_of_a(shop_contents())))


def like_those_of_a(contents: Contents) -> Contents:
    """Z, which nobody bought, is of category A."""
    ids, products = contents.products.ids, contents.products
    names = [
        "A" if key == NOBODY_BOUGHT else c for key, c in zip(ids, products.category, strict=True)
    ]
    return replace(contents, products=replace(products, category=TextColumn.of(names)))


def listed(
    release: Release, out: Path, ask: Ask | None = None, book: FactsBook | None = None
) -> dict[str, Any]:
    """The manifest of a list that was written."""
    asked = ask or Ask(most_wanted(), EVERYBODY, Selection())
    return call_list(release, out, asked, book or NoFacts()).manifest


@pytest.mark.parametrize("ending", ENDINGS)
def test_it_has_the_columns_of_the_cross_sell_list_best_first(
    release: Release, tmp_path: Path, ending: str
) -> None:
    out = tmp_path / f"list{ending}"
    manifest = listed(release, out)
    rows = rows_of(out)
    assert list(rows[0]) == list(LIST_COLUMNS)
    assert [int(row["rank"]) for row in rows] == list(range(1, len(rows) + 1))
    chances = [float(row["chance"]) for row in rows]
    assert chances == sorted(chances, reverse=True)
    assert manifest["counts"]["targets"] == len(rows) > 3
    assert manifest["sha256"] == sha256_of(out)


def test_everyone_in_it_reads_what_its_own_list_says(release: Release, tmp_path: Path) -> None:
    listed(release, tmp_path / "list.csv")
    rows = {row["customer_id"]: row for row in rows_of(tmp_path / "list.csv")}
    product = most_wanted()
    for customer_id in release.customers.ids:
        own = suggest(release, customer_id, Wish(MOST))
        said = [s for s in own.suggestions if s.product_id == product]
        if own.source != "personal" or not said:
            assert customer_id not in rows
            continue
        row = rows[customer_id]
        assert float(row["chance"]) == said[0].chance
        assert row["why"] == why(release, said[0].reasons)
        assert row["expected_value"] == str(said[0].expected_value)


def test_the_same_release_and_facts_give_the_same_bytes(release: Release, tmp_path: Path) -> None:
    first, second = (listed(release, tmp_path / f"{n}.csv") for n in "ab")
    assert (tmp_path / "a.csv").read_bytes() == (tmp_path / "b.csv").read_bytes()
    assert first | {"file": ""} == second | {"file": ""}
    again = listed(release, tmp_path / "a.csv")
    assert again["difference_to_last_run"] == {
        "new": 0,
        "gone": 0,
        "moved": 0,
        "same": first["counts"]["targets"],
        "why": {},
        "reps": {},
    }


def test_no_rep_gets_more_than_its_share_and_each_gets_its_best(
    release: Release, tmp_path: Path
) -> None:
    listed(release, tmp_path / "all.csv")
    listed(release, tmp_path / "few.csv", Ask(most_wanted(), EVERYBODY, Selection(), per_rep=2))
    everyone, few = rows_of(tmp_path / "all.csv"), rows_of(tmp_path / "few.csv")
    assert set(Counter(row["rep"] for row in few).values()) == {2}
    for rep in {row["rep"] for row in everyone}:
        best = [row["customer_id"] for row in everyone if row["rep"] == rep][:2]
        assert [row["customer_id"] for row in few if row["rep"] == rep] == best


def test_only_the_customers_of_a_rep_are_listed(release: Release, tmp_path: Path) -> None:
    listed(release, tmp_path / "list.csv", Ask(most_wanted(), EVERYBODY, Selection("Al")))
    assert {row["rep"] for row in rows_of(tmp_path / "list.csv")} == {"Al"}
    with pytest.raises(ConfigError, match="--rep Bo"):
        listed(release, tmp_path / "list.csv", Ask(most_wanted(), 5, Selection("Bo")))


def test_who_may_not_be_called_or_said_no_stands_beside_it_with_the_reason(
    release: Release, tmp_path: Path
) -> None:
    product = most_wanted()
    listed(release, tmp_path / "all.csv")
    first, second, *others = [row["customer_id"] for row in rows_of(tmp_path / "all.csv")]
    at = datetime(2025, 1, 9, tzinfo=UTC)
    no = (LastOutcome(product, "rejected", None, None, at),)
    told = {
        first: Facts(contact=("phone",), outcomes=no, today=date(2025, 1, 10)),
        second: Facts(contact=("email",)),
    }
    book = Book(told, Facts(contact=("phone", "post")))
    ask = Ask(product, EVERYBODY, Selection(channel="phone"))
    manifest = listed(release, tmp_path / "list.csv", ask, book)
    rows = rows_of(tmp_path / "list.csv")
    assert [row["customer_id"] for row in rows] == others
    assert {row["contact"] for row in rows} == {"phone;post"}
    held = rows_of(tmp_path / "list.csv.held.csv")
    assert [(row["customer_id"], row["hold_reason"]) for row in held] == [
        (first, "rejected"),
        (second, "no_contact_permission"),
    ]
    assert manifest["counts"]["held_rejected"] == 1
    assert manifest["held_sha256"] == sha256_of(tmp_path / "list.csv.held.csv")
    listed(release, tmp_path / "list.csv", Ask(product, 5, Selection(also_without_contact=True)))


def test_a_product_nobody_bought_goes_to_buyers_of_what_it_resembles(
    release: Release, tmp_path: Path
) -> None:
    manifest = listed(release, tmp_path / "list.csv", Ask(NOBODY_BOUGHT, EVERYBODY, Selection()))
    rows = rows_of(tmp_path / "list.csv")
    assert manifest["counts"]["targets_without_chance"] == len(rows) > 5
    columns, bought = release.products.ids, release.bought
    alike = {c for c, key in enumerate(columns) if key[0] == "A"}
    counts = []
    for row in rows:
        assert (row["chance"], row["expected_value"], row["kind"]) == ("", "", "new")
        place = release.customers.ids.position(row["customer_id"])
        assert place is not None
        own = bought.products[bought.starts[place] : bought.starts[place + 1]]
        assert columns.position(row["evidence_products"]) in own
        counts.append(len(alike & set(own.tolist())))
        assert (f", and {counts[-1] - 1} more of" in row["why"]) == (counts[-1] > 1)
    assert counts[0] == max(counts) > 1


def test_what_resembles_it_most_shares_more_with_it() -> None:
    release = in_memory(like_those_of_a(shop_contents()))
    column = release.products.ids.position(NOBODY_BOUGHT)
    assert column is not None
    alike = buyers_of_alike(release, column)
    first = release.products.ids[int(alike.products[0])]
    prices = {key: release.products.price[p] for p, key in enumerate(release.products.ids)}
    same = [key for key in prices if key[0] == "A"]
    assert first == min(same, key=lambda key: abs(prices[key] - prices[NOBODY_BOUGHT]))


def test_what_resembles_nothing_has_no_targets() -> None:
    found = targets(shop_release(), NOBODY_BOUGHT, TargetWish(5), NoFacts())
    assert (found.targets, found.withheld) == ((), {})


def test_an_unknown_product_is_answered_with_those_nearest(
    release: Release, tmp_path: Path
) -> None:
    with pytest.raises(UnknownProductError, match=r"'A1x'.*did you mean A1 \(Product A1\)"):
        listed(release, tmp_path / "list.csv", Ask("A1x", 5, Selection()))
    assert not list(tmp_path.iterdir())


def test_the_command_writes_the_list_and_says_where(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = write_shop(tmp_path)
    published(tmp_path / "releases", shop_contents())
    out = tmp_path / "calls.xlsx"
    arguments = ["targets", most_wanted(), "--out", str(out), "-n", "3", "--config", str(config)]
    assert run(arguments) == 0
    assert capsys.readouterr().out == f"{out}\n"
    assert len(rows_of(out)) == 3
    settings = json.loads((tmp_path / "calls.xlsx.manifest.json").read_text())["settings"]
    assert settings["n"] == 3
    assert run([*arguments[:1], "A1x", *arguments[2:]]) == 2
    assert "did you mean A1" in capsys.readouterr().err
