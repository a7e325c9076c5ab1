"""An upgrade is dearer than what the customer usually takes of a category; the rest is new."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from recommender.release.opening import Release
from recommender.suggest.kinds import UPGRADE_FROM, UPGRADE_TO, are_upgrades, usual_prices
from tests.made_up_release import in_memory, random_contents, starts_of

NAN = float("nan")


def release_of(prices: list[float], categories: list[int], bought: list[int]) -> Release:
    """One customer; the products are priced and grouped as given."""
    shop = random_contents(0)
    products, customers = len(prices), len(shop.customers.ids)
    column = np.zeros(products, np.int32)
    rows = [bought] + [[] for _ in range(customers - 1)]
    return in_memory(
        replace(
            shop,
            products=replace(
                shop.products,
                price=np.array(prices),
                category_number=np.array(categories, np.int32),
                buyers=column,
            ),
            bought=replace(
                shop.bought, starts=starts_of(rows), products=np.array(bought, np.int32)
            ),
        )
    )


def usual(release: Release) -> list[float]:
    everything = np.arange(len(release.products.price), dtype=np.int32)
    return usual_prices(release, 0, everything).tolist()


def test_the_usual_price_is_the_median_of_what_was_bought_of_the_category() -> None:
    release = release_of([10, 20, 90, 70, 5], [0, 0, 0, 1, 0], [0, 1, 2])
    found = usual(release)
    assert found[:3] == [20, 20, 20]
    assert np.isnan(found[3])
    assert found[4] == 20


def test_products_without_price_or_category_say_nothing() -> None:
    release = release_of([10, NAN, 30, 30], [0, 0, -1, -1], [0, 1, 2])
    found = usual(release)
    assert found[:2] == [10, 10]
    assert np.isnan(found[2:]).all()


@pytest.mark.parametrize(
    ("price", "is_upgrade"),
    [
        (10 * UPGRADE_FROM, True),
        (10 * UPGRADE_FROM - 0.01, False),
        (10 * UPGRADE_TO, True),
        (10 * UPGRADE_TO + 0.01, False),
        (10, False),
        (2, False),
        (NAN, False),
    ],
)
def test_an_upgrade_costs_a_quarter_more_and_at_most_five_times_as_much(
    price: float, is_upgrade: bool
) -> None:
    release = release_of([10, price], [0, 0], [0])
    wanted = np.array([1], np.int32)
    assert are_upgrades(release, wanted, usual_prices(release, 0, wanted)).tolist() == [is_upgrade]


@pytest.mark.parametrize("usual_price", [0.0, NAN])
def test_against_nothing_there_is_no_upgrade(usual_price: float) -> None:
    release = release_of([10, 20], [0, 0], [])
    wanted = np.array([1], np.int32)
    assert are_upgrades(release, wanted, np.array([usual_price])).tolist() == [False]
