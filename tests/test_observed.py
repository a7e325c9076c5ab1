"""What is observed is counted as it says, and contradictions are found."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.assembly.favourites import FAVOURITES, LEAST_LIFT
from recommender.assembly.lines import LEAST_LINES
from recommender.assembly.observed import observed_parts
from recommender.errors import BrokenReleaseError
from recommender.release.attributes import Attributes, no_attributes
from recommender.release.contents import Contents, Products
from recommender.release.manifest import MANIFEST
from recommender.release.observed import OBSERVED, OBSERVED_LATER
from recommender.release.opening import Release, open_release
from recommender.release.soundness import check_soundness
from recommender.suggest.facts import Facts, FreshPurchase, Stance, Stated
from recommender.suggest.insight.contradictions import Contradiction, contradictions
from recommender.suggest.insight.observed import FavouriteValue, UsualChannel, observed_of
from recommender.suggest.suggest import suggest
from recommender.tables.channels import Channels
from recommender.text import TextColumn
from service.pages.observed import observed_in_words
from tests.made_up import FIRST_DAY, Line, netted_of
from tests.made_up_release import (
    in_memory,
    published,
    random_contents,
    shop_contents,
    shop_release,
)

PRODUCTS = ("A0", "A1", "B0", "B1", "C0")
PRICE = {"A0": 10.0, "A1": 30.0, "B0": 5.0, "B1": float("nan"), "C0": 7.0}
LINES = st.lists(
    st.builds(
        Line,
        st.sampled_from(["K0", "K1", "K2"]),
        st.sampled_from(PRODUCTS),
        st.integers(0, 40).map(float),
    ),
    min_size=1,
    max_size=60,
)


def products_of(lines: list[Line]) -> Products:
    """The first letter is the category, the digit the brand; C is in no category."""
    ids = sorted({line.product for line in lines})
    base = random_contents(0).products
    categories = ["" if key[0] == "C" else key[0] for key in ids]
    numbers = {name: n for n, name in enumerate(sorted(set(categories) - {""}))}
    flags = np.ones(len(ids), bool)
    return replace(
        base,
        ids=type(base.ids).of(ids),
        name=TextColumn.of(ids),
        category=TextColumn.of(categories),
        brand=TextColumn.of(key[1] for key in ids),
        category_number=np.array([numbers.get(c, -1) for c in categories], np.int32),
        price=np.array([PRICE[key] for key in ids]),
        in_stock=flags,
        in_catalogue=flags,
        spend=np.ones(len(ids)),
        buyers=np.ones(len(ids), np.int32),
        recent_buyers=np.ones(len(ids), np.int32),
    )


def release_of(
    lines: list[Line], attributes: Attributes | None = None
) -> tuple[Release, list[str]]:
    """A release of which only products and what is observed is asked for."""
    netted, products = netted_of(lines), products_of(lines)
    if attributes is None:
        attributes = no_attributes(len(products.ids))["attributes"]
    parts = observed_parts(netted, products, attributes)
    contents = replace(random_contents(1), products=products, **parts)
    return in_memory(contents), list(netted.purchases.customers)


@given(LINES)
def test_favourites_are_shares_of_purchases_against_everyones(lines: list[Line]) -> None:
    release, customers = release_of(lines)
    for row, customer in enumerate(customers):
        own = Counter(line.product[1] for line in lines if line.customer == customer)
        everyone = Counter(line.product[1] for line in lines)
        share = {brand: n / own.total() for brand, n in own.items()}
        lift = {brand: s / (everyone[brand] / everyone.total()) for brand, s in share.items()}
        expected = {
            brand: (own[brand], pytest.approx(share[brand], abs=1e-3))
            for brand in own
            if own[brand] >= LEAST_LINES and lift[brand] >= LEAST_LIFT
        }
        found = observed_of(release, row).brands
        assert len(found) <= FAVOURITES
        assert {f.name: (f.lines, f.share) for f in found} == expected
        assert all(f.lift == pytest.approx(lift[f.name], abs=0.01) for f in found)
        shares = [f.share for f in found]
        assert shares == sorted(shares, reverse=True)


@given(LINES)
def test_what_has_no_category_is_in_no_share(lines: list[Line]) -> None:
    release, customers = release_of(lines)
    for row, customer in enumerate(customers):
        own = Counter(x.product[0] for x in lines if x.customer == customer and x.product[0] != "C")
        for favourite in observed_of(release, row).categories:
            assert favourite.share == pytest.approx(own[favourite.name] / own.total(), abs=1e-3)


@given(LINES)
def test_the_price_band_is_the_quartiles_of_relative_prices(lines: list[Line]) -> None:
    release, customers = release_of(lines)
    usual = {
        category: np.median([PRICE[p] for p in {x.product for x in lines} if p[0] == category])
        for category in {line.product[0] for line in lines}
    }
    usual["B"] = PRICE["B0"]
    for row, customer in enumerate(customers):
        own = [
            PRICE[x.product] / usual[x.product[0]]
            for x in lines
            if x.customer == customer and x.product not in {"B1", "C0"}
        ]
        band = observed_of(release, row).price_band
        if len(own) < LEAST_LINES:
            assert band is None
        else:
            assert band is not None
            assert band.purchases == len(own)
            quartiles = np.quantile(own, [0.25, 0.5, 0.75])
            assert (band.low, band.middle, band.high) == pytest.approx(quartiles, abs=0.006)


@given(LINES)
def test_the_rhythm_is_the_median_of_days_between_orders(lines: list[Line]) -> None:
    release, customers = release_of(lines)
    for row, customer in enumerate(customers):
        days = sorted({line.day for line in lines if line.customer == customer})
        rhythm = observed_of(release, row).rhythm
        if len(days) < LEAST_LINES:
            assert rhythm is None
        else:
            assert rhythm is not None
            gaps = [b - a for a, b in pairwise(days)]
            assert rhythm.usual_days == pytest.approx(median(gaps))
            assert rhythm.orders == len(days)


@given(LINES)
def test_the_last_five_orders_are_kept_newest_first(lines: list[Line]) -> None:
    release, customers = release_of(lines)
    part, ids = release.contents.last_orders, list(release.products.ids)
    for row, customer in enumerate(customers):
        days = sorted({line.day for line in lines if line.customer == customer}, reverse=True)[:5]
        expected = sorted(
            {(x.day, x.product) for x in lines if x.customer == customer and x.day in days},
            key=lambda entry: (-entry[0], entry[1]),
        )
        first, end = part.starts[row : row + 2]
        found = [
            (float(day - FIRST_DAY), ids[int(p)])
            for day, p in zip(part.days[first:end], part.products[first:end], strict=True)
        ]
        assert found == expected


def test_what_was_given_back_is_not_observed() -> None:
    lines = [Line("K0", "A0", float(day)) for day in range(4)]
    back = [Line("K0", "A0", 5.0, quantity=-4.0), Line("K0", "B0", 6.0)]
    release, _ = release_of([*lines, *back])
    assert release.contents.habits.orders.tolist() == [1]
    assert observed_of(release, 0).categories == ()


def dislikes(value: str, stance: Stance = "dislikes", said_on: date = date(2024, 1, 1)) -> Facts:
    return Facts(stated=(Stated("brand", value, stance, "too weak", said_on, "talk"),))


def orders(*products: str) -> Release:
    """One customer, an order each three days."""
    lines = [Line("K0", product, 3.0 * n) for n, product in enumerate(products)]
    return release_of(lines)[0]


def day_of(number: float) -> date:
    return datetime.fromtimestamp((FIRST_DAY + number) * 86_400, UTC).date()


def test_a_disliked_brand_in_three_of_the_last_five_orders_is_a_contradiction() -> None:
    release = orders("A0", "A0", "A1", "B1", "A0", "B1", "B0")
    facts = dislikes("1")
    assert contradictions(release, 0, facts) == (
        Contradiction(facts.stated[0], orders=3, of=5, since_said=3, last_on=day_of(15)),
    )
    later = dislikes("1", said_on=day_of(12))
    assert contradictions(release, 0, later)[0].since_said == 1


def test_one_order_alone_and_a_like_contradict_nothing() -> None:
    release = orders("A0", "A0", "A1", "A0")
    assert contradictions(release, 0, dislikes("1")) == ()
    assert contradictions(release, 0, dislikes("0", "likes")) == ()
    assert contradictions(release, 0, Facts()) == ()


def test_purchases_since_the_release_are_orders_too() -> None:
    release = orders("A0", "A0", "A0", "A1")
    bought = FreshPurchase("A1", 1.0, datetime(2026, 1, 5, tzinfo=UTC))
    given_back = replace(bought, quantity=-1.0)
    facts = replace(dislikes("1"), purchases=(bought,))
    (found,) = contradictions(release, 0, facts)
    assert (found.orders, found.of, found.last_on) == (2, 5, date(2026, 1, 5))
    assert contradictions(release, 0, replace(facts, purchases=(given_back,))) == ()
    (alone,) = contradictions(
        release,
        None,
        replace(facts, purchases=(bought, replace(bought, at=bought.at.replace(day=1)))),
    )
    assert alone.of == 2


def test_favourite_values_are_told_of_each_attribute_with_few_values() -> None:
    """K0 buys what comes in tens; the text differs on every product, so nobody prefers one."""
    lines = [Line("K0", p, float(n)) for n, p in enumerate(["A0", "A1"] * 2)]
    lines += [Line("K1", p, float(n)) for n, p in enumerate(["B0", "B1"] * 2)]
    said = [{"pack_size": "10"}, {"pack_size": "10"}, {"pack_size": "1"}, {"pack_size": "1"}]
    texts = (json.dumps(row | {"text": str(n)}) for n, row in enumerate(said))
    release, _ = release_of(lines, Attributes(TextColumn.of(texts)))
    assert observed_of(release, 0).attributes == (FavouriteValue("10", 4, 1.0, 2.0, "pack_size"),)
    assert observed_of(release, 1).attributes == (FavouriteValue("1", 4, 1.0, 2.0, "pack_size"),)
    told = ("Favourite pack size", "10", "100% of its purchases (4), 2.0 times the usual share")
    assert told in observed_in_words(observed_of(release, 0))


def by_channel(*channels: str) -> Release:
    """One customer, an order each day."""
    lines = [Line("K0", "A0", float(day)) for day in range(len(channels))]
    netted, names = netted_of(lines), sorted(set(channels) - {""})
    numbers = np.array([names.index(c) if c else -1 for c in channels], np.int32)
    known = Channels.of(TextColumn.of(names), numbers)
    netted = replace(netted, purchases=replace(netted.purchases, channels=known))
    products = products_of(lines)
    parts = observed_parts(netted, products, no_attributes(1)["attributes"])
    return in_memory(replace(random_contents(1), products=products, **parts))


def test_usual_channels_are_shares_of_orders_and_of_three_at_least() -> None:
    release = by_channel(*["web"] * 3, *["phone"] * 5, "visit", "visit", "")
    assert observed_of(release, 0).channels == (
        UsualChannel("phone", 5, 0.5),
        UsualChannel("web", 3, 0.3),
    )
    told = ("Usual channel", "phone", "50% of its orders (5)")
    assert told in observed_in_words(observed_of(release, 0))


def test_where_no_purchase_names_a_channel_nothing_is_said_of_it() -> None:
    assert observed_of(by_channel("", "", "", ""), 0).channels == ()


def test_what_is_observed_is_told_with_its_evidence() -> None:
    release = orders(*["A1"] * 4, "B0")
    assert observed_in_words(observed_of(release, 0)) == [
        (
            "Price level",
            "the usual",
            "half of 5 purchases lie between 1.00 and 1.00 times the usual price of the category",
        ),
        ("Rhythm", "every 3 days", "the median over 5 orders"),
    ]


def as_it_was_before(folder: Path, *parts: str) -> None:
    """The release without these parts, as an older version wrote it."""
    manifest = json.loads((folder / MANIFEST).read_text())
    for name in [n for n in manifest["files"] if n.split(".")[0] in parts]:
        del manifest["files"][name]
        (folder / name).unlink()
    (folder / MANIFEST).write_text(json.dumps(manifest))


def test_a_release_of_before_still_answers_and_has_nothing_observed(tmp_path: Path) -> None:
    name = published(tmp_path, shop_contents())
    with_them = open_release(tmp_path)
    assert observed_of(with_them, 0).rhythm is not None
    as_it_was_before(tmp_path / name, *OBSERVED_LATER)
    assert observed_of(open_release(tmp_path), 0).rhythm == observed_of(with_them, 0).rhythm
    as_it_was_before(tmp_path / name, *OBSERVED)
    older = open_release(tmp_path)
    assert observed_in_words(observed_of(older, 0)) == []
    assert suggest(older, "C000") == suggest(with_them, "C000")


def test_one_observed_file_missing_breaks_a_release(tmp_path: Path) -> None:
    name = published(tmp_path, shop_contents())
    manifest = json.loads((tmp_path / name / MANIFEST).read_text())
    del manifest["files"]["habits.orders.npy"]
    (tmp_path / name / MANIFEST).write_text(json.dumps(manifest))
    with pytest.raises(BrokenReleaseError, match=r"the manifest lacks habits\.orders\.npy"):
        open_release(tmp_path)


def broken(part: str, column: str, wrong: Any) -> Contents:
    contents = shop_contents()
    changed = replace(getattr(contents, part), **{column: wrong})
    return replace(contents, **{part: changed})


def test_observed_numbers_that_make_no_sense_are_noticed() -> None:
    contents = shop_release().contents
    for part, column, wrong in (
        ("favourite_categories", "numbers", contents.favourite_categories.numbers + 99),
        ("favourite_categories", "lines", contents.favourite_categories.lines[:-1]),
        ("favourite_categories", "starts", contents.favourite_categories.starts[:-1]),
        ("favourite_categories", "share", contents.favourite_categories.share * np.float32(np.nan)),
        ("habits", "orders", contents.habits.orders[:-1]),
        ("last_orders", "products", contents.last_orders.products + 99),
        ("last_orders", "days", contents.last_orders.days[:-1]),
    ):
        with pytest.raises(ValueError, match=part):
            check_soundness(broken(part, column, wrong))
