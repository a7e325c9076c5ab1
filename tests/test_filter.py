"""A filtered list is the long list with everything else left out, on every list alike."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.release.opening import Release
from recommender.suggest.also_bought import customer_also_bought, product_also_bought
from recommender.suggest.baskets.basket import Basket
from recommender.suggest.baskets.baskets import suggest_for_basket
from recommender.suggest.filter import EVERYTHING, Filter
from recommender.suggest.suggest import suggest
from recommender.suggest.suggestion import MOST, Wish
from tests.made_up_release import in_memory, random_contents

SEEDS = st.integers(0, 2**32 - 1)


def a_filter(draw: st.DrawFn, release: Release) -> Filter:
    ids, categories = list(release.products.ids), list(release.products.category)
    prices = st.none() | st.floats(0, 200)
    return Filter(
        category=draw(st.none() | st.sampled_from([*categories, "nothing is called so"])),
        min_price=draw(prices),
        max_price=draw(prices),
        exclude=frozenset(draw(st.lists(st.sampled_from([*ids, "unknown"]), max_size=5))),
    )


@st.composite
def releases_with_filters(draw: st.DrawFn) -> tuple[Release, Filter, int]:
    release = in_memory(random_contents(draw(SEEDS)))
    return release, a_filter(draw, release), draw(st.integers(1, MOST))


def fits(release: Release, among: Filter, product_id: str) -> bool:
    """The slow and obvious way."""
    column = list(release.products.ids).index(product_id)
    price = float(release.products.price[column])
    bounds = (among.min_price, among.max_price)
    if any(bound is not None for bound in bounds) and math.isnan(price):
        return False
    return (
        (among.category is None or is_of(release.products.category[column], among.category))
        and (among.min_price is None or price >= among.min_price)
        and (among.max_price is None or price <= among.max_price)
        and product_id not in among.exclude
    )


def is_of(category: str, wanted: str) -> bool:
    """A product of which no category is known is of none, also of none that is called nothing."""
    return category == wanted != ""


def wish_for(among: Filter, n: int) -> Wish:
    return Wish(n, **vars(among))


@given(releases_with_filters())
def test_suggestions(made: tuple[Release, Filter, int]) -> None:
    release, among, n = made
    for customer in release.customers.ids:
        everything = suggest(release, customer, Wish(MOST))
        expected = [s for s in everything.suggestions if fits(release, among, s.product_id)]
        found = suggest(release, customer, wish_for(among, n)).suggestions
        if len(everything.suggestions) < MOST:
            expected = [replace(s, rank=rank) for rank, s in enumerate(expected[:n], 1)]
            assert list(found) == expected


@given(releases_with_filters())
def test_what_customers_like_it_bought(made: tuple[Release, Filter, int]) -> None:
    release, among, n = made
    for customer in release.customers.ids:
        long = customer_also_bought(release, customer, MOST).also_bought
        expected = [p.product_id for p in long if fits(release, among, p.product_id)][:n]
        found = customer_also_bought(release, customer, n, among=among).also_bought
        assert [p.product_id for p in found] == expected
        assert [p.rank for p in found] == list(range(1, len(found) + 1))


@given(releases_with_filters())
def test_what_goes_with_a_product(made: tuple[Release, Filter, int]) -> None:
    release, among, n = made
    for product in release.products.ids:
        long = product_also_bought(release, product, MOST).also_bought
        expected = [p.product_id for p in long if fits(release, among, p.product_id)][:n]
        found = product_also_bought(release, product, n, among).also_bought
        assert [p.product_id for p in found] == expected


@given(releases_with_filters())
def test_what_goes_with_a_basket(made: tuple[Release, Filter, int]) -> None:
    release, among, n = made
    basket = Basket.of(release, list(release.products.ids[:2]))
    customer = release.customers.ids[0]
    everything = suggest_for_basket(release, customer, basket, Wish(MOST)).suggestions
    expected = [s.product_id for s in everything if fits(release, among, s.product_id)][:n]
    found = suggest_for_basket(release, customer, basket, wish_for(among, n)).suggestions
    assert [s.product_id for s in found] == expected


def test_nothing_said_lets_everything_through() -> None:
    release = in_memory(random_contents(0))
    products = release.candidates.products[:10]
    assert EVERYTHING.lets_through(release, products).all()


@pytest.mark.parametrize("price", [-1.0, float("nan")])
def test_a_senseless_price_is_refused(price: float) -> None:
    with pytest.raises(ValueError, match="min_price"):
        Filter(min_price=price)
