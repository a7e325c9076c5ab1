"""Rules: what may not be offered now, counted over the whole catalogue."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from recommender.suggest.rules import (
    Rule,
    count_withheld,
    first_rules,
    is_among,
    owned_by,
    rules_for,
)
from tests.brute_force import products_in, rule_of, withheld
from tests.made_up_release import in_memory, random_contents, shop_release

SEEDS = st.integers(0, 2**32 - 1)


@given(SEEDS)
def test_counts_are_those_of_a_walk_over_the_whole_catalogue(seed: int) -> None:
    release = in_memory(random_contents(seed))
    for row, customer in enumerate(release.customers.ids):
        assert count_withheld(rules_for(release, row)) == withheld(release, customer)
    assert count_withheld(rules_for(release, None)) == withheld(release, "nobody")


@given(SEEDS)
def test_each_product_is_held_by_the_first_rule_that_fits(seed: int) -> None:
    release = in_memory(random_contents(seed))
    everything = np.arange(len(release.products.ids), dtype=np.int32)
    for row, customer in enumerate(release.customers.ids):
        rules = rules_for(release, row)
        held = [rules[i].name if i >= 0 else None for i in first_rules(rules, everything)]
        assert held == [rule_of(release, customer, product) for product in release.products.ids]


@given(SEEDS)
def test_what_was_bought_ever_is_owned_once_and_in_order(seed: int) -> None:
    release = in_memory(random_contents(seed))
    for row in range(len(release.customers.ids)):
        owned = owned_by(release, row).tolist()
        assert owned == sorted(set(owned))
        named = {release.products.ids[column] for column in owned}
        assert named == {
            *products_in(release, "bought", row),
            *products_in(release, "earlier", row),
        }


@given(st.lists(st.integers(0, 20)), st.sets(st.integers(0, 20)))
def test_being_among_is_what_numpy_says(products: list[int], some: set[int]) -> None:
    asked, ascending = np.array(products, np.int32), np.array(sorted(some), np.int32)
    assert is_among(asked, ascending).tolist() == np.isin(asked, ascending).tolist()


def test_rules_that_hold_nothing_are_not_mentioned() -> None:
    rules = (Rule("owned", np.array([1, 2], np.int32)), Rule("returned", np.zeros(0, np.int32)))
    assert count_withheld(rules) == {"owned": 2}


def test_a_product_under_two_rules_counts_under_the_first() -> None:
    rules = (Rule("owned", np.array([1, 2])), Rule("out_of_stock", np.array([2, 3])))
    assert count_withheld(rules) == {"owned": 2, "out_of_stock": 1}
    assert first_rules(rules, np.array([0, 1, 2, 3])).tolist() == [-1, 0, 0, 1]


def test_a_customer_nobody_knows_owns_nothing() -> None:
    assert count_withheld(rules_for(shop_release(), None)) == {
        "not_in_catalogue": 1,
        "out_of_stock": 1,
    }
