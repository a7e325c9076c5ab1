"""Products changed since the training: every answer is of them as they are now."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.release.changes import (
    CatalogueRead,
    ToldProduct,
    changed,
    count_changed,
    freed_since,
)
from recommender.release.opening import Release
from recommender.suggest.also_bought import customer_also_bought, product_also_bought
from recommender.suggest.answers import suggestions_answer
from recommender.suggest.baskets.basket import Basket
from recommender.suggest.baskets.baskets import suggest_for_basket
from recommender.suggest.facts import NoFacts
from recommender.suggest.insight.stakes import first_may_differ, stake_of
from recommender.suggest.reasons import PriceStepReason
from recommender.suggest.rules import count_withheld, first_rules, rules_for
from recommender.suggest.suggest import suggest
from recommender.suggest.suggestion import KINDS, Wish
from recommender.suggest.targets import TargetWish, targets
from tests.brute_force import rule_of, withheld
from tests.made_up_release import in_memory, random_contents, shop_release
from tests.small_release import OUT_OF_STOCK, small_contents

SEEDS = st.integers(0, 2**32 - 1)
AT = datetime(2026, 11, 24, 8, tzinfo=UTC)
ALL = frozenset(KINDS)


def told(product_id: str, **said: Any) -> ToldProduct:
    return ToldProduct(product_id, **said | {"in_stock_at": AT, "price_at": AT})


def random_words(release: Release, seed: int) -> list[ToldProduct]:
    """About half of the products, and one that nobody knows."""
    random = np.random.default_rng(seed)
    prices = (None, 0.01, 10.0, 1e6)
    words = [
        told(
            key,
            in_stock=(None, True, False)[random.integers(3)],
            price=prices[random.integers(4)],
            active=(None, True, False)[random.integers(3)],
        )
        for key in release.products.ids
        if random.random() < 0.5
    ]
    return [*words, told("nobody knows it", in_stock=False)]


@given(SEEDS, SEEDS)
def test_what_is_held_is_what_a_walk_over_the_catalogue_holds(seed: int, words: int) -> None:
    release = in_memory(random_contents(seed))
    now = changed(release, random_words(release, words))
    everything = np.arange(len(now.products.ids), dtype=np.int32)
    for row, customer in [*enumerate(now.customers.ids), (None, "nobody")]:
        rules = rules_for(now, row)
        assert count_withheld(rules) == withheld(now, customer)
        held = [rules[i].name if i >= 0 else None for i in first_rules(rules, everything)]
        assert held == [rule_of(now, customer, product) for product in now.products.ids]


@given(SEEDS, SEEDS)
def test_nobody_is_offered_what_is_away_or_what_costs_too_much(seed: int, words: int) -> None:
    release = in_memory(random_contents(seed))
    now = changed(release, random_words(release, words))
    said = {product.product_id: product for product in random_words(release, words)}
    for customer in now.customers.ids:
        found = suggestions_answer(now, suggest(now, customer, Wish(12, ALL, max_price=10.0)))
        for s in found["suggestions"]:
            word = said.get(s["product_id"], told(s["product_id"]))
            assert word.in_stock is not False
            assert word.active is not False
            assert s["price"] <= 10.0
            assert word.price is None or s["price"] == word.price


@given(SEEDS, SEEDS)
def test_the_answers_are_those_of_a_catalogue_that_always_said_so(seed: int, words: int) -> None:
    """Of stock; a price also moves what is dearer than usual."""
    contents = random_contents(seed)
    release = in_memory(contents)
    said = [replace(w, price=None, active=None) for w in random_words(release, words)]
    in_stock = contents.products.in_stock.copy()
    for word in said[:-1]:
        if word.in_stock is not None:
            in_stock[release.products.ids.position(word.product_id)] = word.in_stock
    always = in_memory(replace(contents, products=replace(contents.products, in_stock=in_stock)))
    now = changed(release, said)
    for customer in [*release.customers.ids, "nobody"]:
        assert suggest(now, customer, Wish(12, ALL)) == suggest(always, customer, Wish(12, ALL))


@given(SEEDS, SEEDS, SEEDS)
def test_words_one_after_the_other_come_to_the_same_as_the_last_of_each(
    seed: int, first: int, second: int
) -> None:
    release = in_memory(random_contents(seed))
    one, two = random_words(release, first), random_words(release, second)
    step_by_step = changed(changed(release, one), two)
    at_once = changed(release, [*one, *two])
    assert step_by_step.products.price.tolist() == pytest.approx(
        at_once.products.price.tolist(), nan_ok=True
    )
    assert step_by_step.products.in_stock.tolist() == at_once.products.in_stock.tolist()
    assert step_by_step.inactive.tolist() == at_once.inactive.tolist()
    assert step_by_step.as_trained is release.products


def test_where_nothing_holds_the_release_stays_itself() -> None:
    release = shop_release()
    assert changed(release, []) is release
    assert changed(release, [told("nobody knows it", price=1.0), told("A1")]) is release
    assert count_changed(release) == 0


def test_what_is_built_once_a_release_is_not_built_again_and_a_release_is_never_touched() -> None:
    release = in_memory(small_contents())
    now = changed(release, [told("B1", in_stock=False, price=1.0, active=False)])
    again = changed(now, [told("B3", in_stock=False)])
    assert again.gone is release.gone
    assert again.categories is now.categories is release.categories
    assert again.gram is release.gram
    assert len(release.out_of_stock) == 1
    assert np.array_equal(release.products.price, small_contents().products.price, equal_nan=True)
    assert [count_changed(r) for r in (release, now, again)] == [0, 1, 2]


def test_a_changed_product_counts_in_every_list() -> None:
    release = in_memory(small_contents())
    customer = "C01"
    first = suggest(release, customer).suggestions[0].product_id
    for name, word in (("out_of_stock", {"in_stock": False}), ("inactive", {"active": False})):
        now = changed(release, [told(first, **word)])
        found = suggest(now, customer)
        assert first not in [s.product_id for s in found.suggestions]
        assert found.withheld[name] == suggest(release, customer).withheld.get(name, 0) + 1
        assert (first, name) in found.held
        basket = Basket.of(now, ["G1"])
        assert first not in [s.product_id for s in suggest_for_basket(now, "", basket).suggestions]
        also = customer_also_bought(now, customer)
        assert first not in [p.product_id for p in also.also_bought]
        for other in now.products.ids:
            companions = product_also_bought(now, other, 12).also_bought
            assert first not in [c.product_id for c in companions]
        called = targets(now, first, TargetWish(8), NoFacts())
        assert not called.targets
        assert set(called.withheld) == {name}


def _has_upgrade(release: Release, customer_id: str) -> bool:
    return any(s.kind == "upgrade" for s in suggest(release, customer_id, Wish(12)).suggestions)


def test_a_price_step_is_one_of_the_prices_now_from_what_was_usual() -> None:
    """What was bought before was not paid at the new price."""
    release = in_memory(small_contents())
    customer = next(c for c in release.customers.ids if _has_upgrade(release, c))

    def steps(of: Release) -> dict[str, PriceStepReason]:
        return {
            s.product_id: reason
            for s in suggest(of, customer, Wish(12)).suggestions
            for reason in s.reasons
            if isinstance(reason, PriceStepReason)
        }

    dearer = next(iter(steps(release)))
    step = steps(release)[dearer]
    lower = changed(release, [told(dearer, price=step.usual_price * 1.5)])
    assert steps(lower)[dearer] == replace(step, price=round(step.usual_price * 1.5, 2))
    assert dearer not in steps(changed(release, [told(dearer, price=step.usual_price)]))
    owned = [told(key, price=0.5) for key in release.products.ids if key != dearer]
    assert steps(changed(release, owned))[dearer] == step


def test_chance_and_spend_stay_those_of_the_training() -> None:
    release = in_memory(small_contents())
    now = changed(release, [told(key, price=7.0) for key in release.products.ids])
    before, after = (
        {s.product_id: s for s in suggest(r, "C01").suggestions} for r in (release, now)
    )
    assert {k: (s.chance, s.expected_value) for k, s in before.items()} == {
        k: (s.chance, s.expected_value) for k, s in after.items()
    }


@pytest.mark.parametrize(
    ("columns", "later", "holds"),
    [
        (("in_stock", "price"), -1, False),
        (("in_stock", "price"), 0, True),
        (("in_stock", "price"), 1, True),
        ((), -1, True),
    ],
)
def test_a_catalogue_outdates_what_was_told_before_it_was_written_where_it_speaks_of_it(
    columns: tuple[str, ...], later: int, holds: bool
) -> None:
    release = in_memory(small_contents())
    written = {"written_at": (AT - timedelta(seconds=later)).isoformat(), "columns": list(columns)}
    manifest = release.manifest.model_copy(update={"data": {"products": written}})
    now = changed(
        replace(release, manifest=manifest), [told("B1", in_stock=False, price=1.0, active=False)]
    )
    column = release.products.ids.position("B1")
    assert bool(now.products.price[column] == 1.0) is holds
    assert bool(now.products.in_stock[column]) is not holds
    assert now.inactive.tolist() == [column], "no table speaks of it"


def test_a_release_of_before_that_was_noted_down_counts_as_read_when_it_was_made() -> None:
    release = in_memory(small_contents())
    plain = release.manifest.model_copy(update={"data": {"products": {}}})
    made = datetime.fromisoformat(plain.created_at)
    read = CatalogueRead.of(plain)
    assert read.outdates("price", made - timedelta(seconds=1))
    assert not read.outdates("price", made)
    assert not CatalogueRead.of(release.manifest).outdates("price", made - timedelta(days=1))


def test_the_first_offer_is_asked_for_again_only_where_it_may_be_another() -> None:
    release = in_memory(small_contents())
    rows = range(len(release.customers.ids))
    assert not any(first_may_differ(release, row) for row in rows)
    first = {row: stake_of(release, row).product for row in rows}
    gone = first[1]
    assert gone is not None
    without = changed(release, [told(release.products.ids[gone], in_stock=False)])
    assert [row for row in rows if first_may_differ(without, row)] == [
        row for row in rows if first[row] == gone
    ]
    back = changed(release, [told(OUT_OF_STOCK, in_stock=True)])
    assert release.products.ids[int(freed_since(back)[0])] == OUT_OF_STOCK
    for now in (without, back):
        for row in rows:
            found = suggest(now, now.customers.ids[row], Wish(1)).suggestions
            product = now.products.ids.position(found[0].product_id)
            assert product == first[row] or first_may_differ(now, row)
