"""What is at stake with each customer is what its list says, and what its silence may cost."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from recommender.assembly import stakes as counting
from recommender.assembly.stakes import stakes_of
from recommender.insight.pace import paces
from recommender.release.contents import Contents
from recommender.release.insight import CustomerRhythms
from recommender.release.manifest import MANIFEST
from recommender.release.opening import open_release
from recommender.release.rewriting import without_customer
from recommender.release.soundness import check_soundness
from recommender.release.stakes import OFFERS_COUNTED
from recommender.suggest.suggest import suggest
from recommender.suggest.suggestion import Wish
from tests.made_up import Line, at, netted_of
from tests.made_up_release import in_memory, published, random_contents, shop_contents
from tests.small_release import small_contents


def check_against_lists(contents: Contents) -> None:
    """The slow, obvious way: ask for every list."""
    release, stakes = in_memory(contents), contents.stakes
    wish = Wish(n=OFFERS_COUNTED, kinds=frozenset({"upgrade", "new"}))
    for row, customer_id in enumerate(release.customers.ids):
        found = suggest(release, customer_id, wish).suggestions
        values = [s.expected_value for s in found if s.expected_value is not None]
        assert stakes.offers[row] == len(found)
        assert stakes.chances[row] == pytest.approx(sum(s.chance for s in found), abs=1e-5)
        assert np.isnan(stakes.offer_value[row]) == (not values)
        if values:
            assert stakes.offer_value[row] == pytest.approx(sum(values), abs=0.05)
        first = release.products.ids[int(stakes.first[row])] if found else None
        assert first == (found[0].product_id if found else None)
        assert stakes.first_chance[row] == pytest.approx(found[0].chance if found else 0, abs=1e-5)


@pytest.mark.parametrize("contents", [shop_contents, small_contents], ids=["shop", "small"])
def test_offers_count_what_the_list_of_each_customer_shows(contents: object) -> None:
    check_against_lists(contents())  # type: ignore[operator]


@pytest.mark.parametrize("seed", range(40))
def test_offers_of_random_releases_count_what_the_lists_show(seed: int) -> None:
    contents = random_contents(seed)
    nothing = replace(contents.earlier, starts=contents.earlier.starts * 0)
    contents = replace(contents, earlier=replace(nothing, products=np.zeros(0, np.int32)))
    returned = replace(contents.returned, starts=contents.returned.starts * 0)
    contents = replace(contents, returned=replace(returned, products=np.zeros(0, np.int32)))
    found = stakes_of(contents, np.zeros(len(contents.customers.ids)))
    check_against_lists(replace(contents, stakes=found))


def test_blocks_of_lists_give_what_all_at_once_give(monkeypatch: pytest.MonkeyPatch) -> None:
    contents = shop_contents()
    at_once = stakes_of(contents, np.ones(len(contents.customers.ids)))
    monkeypatch.setattr(counting, "LISTS_AT_ONCE", 7)
    in_blocks = stakes_of(contents, np.ones(len(contents.customers.ids)))
    for name, column in vars(at_once).items():
        np.testing.assert_array_equal(column, getattr(in_blocks, name), name)


def test_silence_counts_most_where_it_is_still_open_and_the_warning_stands() -> None:
    contents = small_contents()
    size = len(contents.customers.ids)
    warned = np.arange(size) % 3 == 0
    days = np.full(size, 20, np.float32)
    rhythms = CustomerRhythms(
        usual_days=days,
        last_day=days.astype(np.int32),
        lateness=days / 100,
        chance_silent=np.where(np.arange(size) == 3, 1.0, 0.75).astype(np.float32),
        warned=warned,
    )
    money = np.where(np.arange(size) == 6, np.nan, 160.0)
    found = stakes_of(replace(contents, customer_rhythms=rhythms), money).churn_value
    assert np.isnan(found[6])
    expected = np.where(warned, 30.0, 0.0)
    expected[3] = 0.0  # surely gone: no call will turn it
    assert (np.delete(found, 6) == np.delete(expected, 6)).all()


def test_the_pace_is_the_money_of_the_last_year_for_ninety_days() -> None:
    netted = netted_of(
        [
            Line("A", "P", -10, quantity=2, price=73),
            Line("A", "P", -364, price=219),
            Line("A", "P", -366, price=5000),
            Line("B", "P", -400, price=10),
            Line("C", "P", -5),
            Line("D", "P", -9, quantity=3, price=365),
            Line("D", "P", -8, quantity=-1, price=365),
        ]
    )
    found = paces(netted, at(0))
    assert found[0] == pytest.approx((2 * 73 + 219) * 90 / 365)
    assert found[1] == 0
    assert np.isnan(found[2])
    assert found[3] == pytest.approx(2 * 365 * 90 / 365)


def test_a_release_of_before_they_were_told_opens_with_nothing_at_stake(tmp_path: Path) -> None:
    name = published(tmp_path, small_contents())
    folder = tmp_path / name
    manifest = json.loads((folder / MANIFEST).read_text())
    for file in [file for file in manifest["files"] if file.startswith("stakes.")]:
        del manifest["files"][file]
        (folder / file).unlink()
    (folder / MANIFEST).write_text(json.dumps(manifest))
    stakes = open_release(tmp_path, name).contents.stakes
    assert not stakes.offers.any()
    assert np.isnan(stakes.offer_value).all()
    assert (stakes.first == -1).all()


def test_who_is_forgotten_takes_its_stakes_along() -> None:
    contents = small_contents()
    left = without_customer(contents, 4)
    check_soundness(left)
    for name, column in vars(contents.stakes).items():
        np.testing.assert_array_equal(getattr(left.stakes, name), np.delete(column, 4), name)


@pytest.mark.parametrize(
    ("column", "value", "said"),
    [
        ("first", 99, "stakes.first: -?\\d+..99 outside"),
        ("first_chance", 1.5, "stakes.first_chance: .* outside 0..1"),
        ("churn_value", -1.0, "stakes.churn_value: below 0"),
        ("offer_value", -1.0, "stakes.offer_value: below 0"),
        ("offers", -1, "stakes.offers: below 0"),
        ("chances", np.nan, "stakes.chances"),
    ],
)
def test_stakes_that_make_no_sense_are_named(column: str, value: float, said: str) -> None:
    contents = small_contents()
    values = getattr(contents.stakes, column).copy()
    values[0] = value
    broken = replace(contents, stakes=replace(contents.stakes, **{column: values}))
    with pytest.raises(ValueError, match=said):
        check_soundness(broken)
