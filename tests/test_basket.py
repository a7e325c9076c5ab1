"""Beside a basket: what was bought with it, nothing of it, and nothing that may not be offered."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.release.contents import AlsoBought, Contents
from recommender.release.opening import Release
from recommender.suggest.baskets.basket import NOW, Basket
from recommender.suggest.baskets.baskets import LIKED, NOBODY, suggest_for_basket
from recommender.suggest.baskets.companions import SHRINKAGE, companions_of
from recommender.suggest.baskets.reasons import BasketReason, TogetherReason
from recommender.suggest.facts import (
    NOTHING_KNOWN,
    Facts,
    FreshPurchase,
    LastOutcome,
    OpenComplaint,
    Stated,
)
from recommender.suggest.folding import MOVED
from recommender.suggest.fresh import LEAST, fresh_of
from recommender.suggest.history import factors_of, history_with
from recommender.suggest.reasons import BoughtReason, PeersReason
from recommender.suggest.rules import first_rules, rules_for
from recommender.suggest.suggest import suggest
from recommender.suggest.suggestion import MOST, SuggestionList, Wish
from recommender.suggest.wording import sentence
from tests.made_up_release import in_memory, random_contents, shop_contents
from tests.test_facts_permission import NotThese

SEEDS = st.integers(0, 2**32 - 1)
SLOPE = 6.0
AT = datetime(2025, 1, 5, tzinfo=UTC)


def able_to_fold(contents: Contents, slope: float | None = SLOPE) -> Release:
    release = in_memory(contents)
    known = release.manifest.settings | {"slope_of_liking": slope, "half_life_days": 20.0}
    manifest = release.manifest.model_copy(update={"settings": known})
    return Release(release.folder, manifest, contents)


def shop(slope: float | None = SLOPE) -> Release:
    return able_to_fold(shop_contents(), slope)


def random_release(seed: int) -> Release:
    """With pairs at random: some products go with some others."""
    contents, random = random_contents(seed), np.random.default_rng([seed, 2])
    size = len(contents.products.ids)
    rows = [[o for o in range(size) if o != c and random.random() < 0.4] for c in range(size)]
    others = np.array([other for row in rows for other in row], np.int32)
    both = random.integers(5, 20, len(others)).astype(np.int32)
    pairs = AlsoBought(
        starts=np.array([0, *np.cumsum([len(row) for row in rows])], np.int64),
        products=others,
        customers_both=both,
        together=(both * (random.random() < 0.7) // 2).astype(np.int32),
        similarity=(both / 20).astype(np.float32),
    )
    return able_to_fold(replace(contents, also_bought=pairs))


def beside(
    release: Release,
    products: list[str],
    customer: str = NOBODY,
    facts: Facts = NOTHING_KNOWN,
    n: int = MOST,
) -> SuggestionList:
    return suggest_for_basket(release, customer, Basket.of(release, products), Wish(n), facts)


def ids_of(found: SuggestionList) -> list[str]:
    return [s.product_id for s in found.suggestions]


def slow_likeness(release: Release, basket: list[str], product: str) -> float:
    """Pair by pair, as it is defined."""
    part, ids = release.also_bought, list(release.products.ids)
    found = [
        (inside, int(part.products[pair]), pair)
        for inside in map(ids.index, set(basket) & set(ids))
        for pair in range(part.starts[inside], part.starts[inside + 1])
        if ids[part.products[pair]] not in basket
    ]
    ordered = any(part.together[pair] for *_, pair in found)
    counts = part.together if ordered else part.customers_both
    total = 0.0
    for inside, other, pair in found:
        if ids[other] == product:
            buyers = release.products.buyers[inside] * float(release.products.buyers[other])
            total += (counts[pair] / (buyers**0.5 + SHRINKAGE)) ** 2
    return total


@pytest.mark.parametrize("products", [["B1"], ["B1", "B4"], ["A1", "A3"], ["A6", "A2", "A1"]])
def test_a_visitor_is_offered_what_goes_with_the_basket(products: list[str]) -> None:
    """The shop has two trades, whose customers buy a little from the other one too."""
    found = beside(shop(), products, n=5)
    assert (found.source, found.fallback_reason) == ("fold_in", "basket")
    assert sum(key[0] == products[0][0] for key in ids_of(found)) >= 4
    assert found.withheld["in_basket"] == len(products)


@given(SEEDS, st.lists(st.integers(0, 14), max_size=6), st.integers(0, 9), st.integers(1, 12))
def test_nothing_of_the_basket_and_nothing_that_may_not_be_offered(
    seed: int, numbers: list[int], customer: int, n: int
) -> None:
    release = random_release(seed)
    ids, products = list(release.products.ids), [f"P{number:02}" for number in numbers]
    found = beside(release, products, f"C{customer}", n=n)
    row = release.customers.ids.position(f"C{customer}")
    columns = np.array([ids.index(key) for key in ids_of(found)], np.int32)
    assert not set(ids_of(found)) & set(products)
    assert (first_rules(rules_for(release, row), columns) < 0).all()
    assert len(set(ids_of(found))) == found.returned <= n
    assert [s.rank for s in found.suggestions] == list(range(1, found.returned + 1))
    assert all(0 <= s.chance <= 1 for s in found.suggestions)


@given(SEEDS, st.lists(st.integers(0, 14), max_size=8), st.randoms(use_true_random=False))
def test_order_and_repetition_do_not_matter(seed: int, numbers: list[int], random: object) -> None:
    release = random_release(seed)
    products = [f"P{number:02}" for number in numbers]
    again = products + products[:3]
    random.shuffle(again)  # type: ignore[attr-defined]
    for customer in (NOBODY, "C0"):
        one, other = beside(release, products, customer), beside(release, again, customer)
        assert one == other
        assert one.recommendation_id == other.recommendation_id


@given(SEEDS, st.lists(st.integers(0, 14), min_size=1, max_size=6))
def test_likeness_is_what_a_slow_count_says(seed: int, numbers: list[int]) -> None:
    release = random_release(seed)
    products = [f"P{number:02}" for number in numbers]
    found = companions_of(release, Basket.of(release, products))
    named = {release.products.ids[int(column)]: i for i, column in enumerate(found.products)}
    for key in release.products.ids:
        said = found.likeness[named[key]] if key in named else 0.0
        assert said == pytest.approx(slow_likeness(release, products, key))
    assert not set(named) & set(products)


def test_the_basket_is_folded_in_exactly() -> None:
    """Against the normal equations in full matrices, customer by customer."""
    release, basket = shop(), ["A3", "B1", "B4"]
    settings, everything = release.manifest.settings, release.model.product_factors.astype(float)
    columns = [list(release.products.ids).index(key) for key in basket]
    for row in (None, 0, 7):
        weights = np.zeros(len(everything))
        if row is not None:
            own = slice(*release.bought.starts[row : row + 2])
            weights[release.bought.products[own]] = release.bought.weights[own]
        weights[columns] = np.minimum(weights[columns] + NOW, 5.0)
        confidence = np.where(weights > 0, settings["alpha"] * weights, 1.0)
        system = (everything.T * confidence) @ everything
        system += settings["regularization"] * np.eye(everything.shape[1])
        slow = np.linalg.solve(system, everything.T @ (confidence * (weights > 0)))
        fresh = Basket.of(release, basket).on_top_of(fresh_of(release, ()))
        assert factors_of(release, history_with(release, row, fresh)) == pytest.approx(slow)


def test_chance_and_order_are_as_defined() -> None:
    release = shop()
    found = beside(release, ["B1", "B4"])
    fresh = Basket.of(release, ["B1", "B4"]).on_top_of(fresh_of(release, ()))
    liking = release.model.product_factors @ factors_of(release, history_with(release, None, fresh))
    scores = []
    for s in found.suggestions:
        column = list(release.products.ids).index(s.product_id)
        share = max(int(release.products.recent_buyers[column]) / release.active_customers, 1e-6)
        logit = np.log(share / (1 - share)) + MOVED * SLOPE * liking[column]
        assert s.chance == pytest.approx(1 / (1 + np.exp(-logit)), abs=2e-6)
        likeness = slow_likeness(release, ["B1", "B4"], s.product_id)
        scores.append(likeness + LIKED * s.chance)
    assert scores == pytest.approx(sorted(scores, reverse=True), abs=1e-5)


def test_a_list_is_short_rather_than_padded() -> None:
    release = shop()
    ids = list(release.products.ids)
    found = beside(release, ids[:-3])
    assert found.returned <= 3
    assert beside(release, ids).suggestions == ()


def test_an_empty_basket_is_the_customers_own_list() -> None:
    release = shop()
    for customer in ("C000", "P", "nobody"):
        own = suggest(release, customer, Wish(8))
        assert beside(release, [], customer, n=8) == own
        assert beside(release, ["never heard of"], customer, n=8) == own
    visitor = beside(release, [])
    assert (visitor.source, visitor.fallback_reason) == ("popular", "unknown_customer")


def test_ids_nobody_has_heard_of_are_told_and_say_nothing() -> None:
    release = shop()
    basket = Basket.of(release, ["y", "B1", "x", "y"])
    assert basket.unknown == ("x", "y")
    assert suggest_for_basket(release, "C000", basket) == beside(release, ["B1"], "C000", n=8)


def test_a_known_customers_history_counts_beside_the_basket() -> None:
    release = shop()
    found, visitor = beside(release, ["B1"], "C000"), beside(release, ["B1"])
    assert (found.source, found.fallback_reason) == ("fold_in", "basket")
    assert found.withheld["owned"] > 0
    assert "owned" not in visitor.withheld
    reasons = [reason for s in found.suggestions for reason in s.reasons]
    assert any(isinstance(reason, PeersReason) for reason in reasons)
    assert any(isinstance(r, BoughtReason) and r.product_id != "B1" for r in reasons)
    assert not any(
        isinstance(r, PeersReason | BoughtReason) for s in visitor.suggestions for r in s.reasons
    )


def test_what_lies_in_the_basket_is_said_to_lie_there() -> None:
    release = shop()
    first = beside(release, ["B1"]).suggestions[0]
    assert BasketReason("B1", 1.0) in first.reasons
    together = next(r for r in first.reasons if isinstance(r, TogetherReason))
    ids, part = list(release.products.ids), release.also_bought
    pairs = range(*part.starts[ids.index("B1") : ids.index("B1") + 2])
    pair = next(i for i in pairs if ids[part.products[i]] == first.product_id)
    counted = int(part.customers_both[pair]), int(part.together[pair])
    assert together == TogetherReason("B1", *counted)
    assert [sentence(release, reason) for reason in first.reasons] == [
        "Product B1 is in the basket (100% of the evidence)",
        f"Product B1 is in the basket: {counted[0]} customers bought both"
        + (f", {counted[1]} in one order" if counted[1] else ""),
    ]


def test_of_who_said_no_the_basket_alone_is_looked_at() -> None:
    release = shop()
    facts = Facts(
        consent=NotThese(frozenset({"C000"})),
        stated=(Stated("product", "A0", "needs", None, date(2025, 1, 3), "form"),),
        purchases=(FreshPurchase("A1", 1.0, AT),),
    )
    found, visitor = beside(release, ["B1"], "C000", facts), beside(release, ["B1"])
    assert (found.source, found.fallback_reason) == ("fold_in", "no_permission")
    assert found.suggestions == visitor.suggestions
    assert found.withheld == visitor.withheld
    own = beside(release, [], "C000", facts)
    assert (own.source, own.fallback_reason) == ("popular", "no_permission")


def test_the_customers_word_holds_back_and_stands_first() -> None:
    release = shop()
    plain = beside(release, ["B1"], "C000")
    first, second, last = (ids_of(plain)[i] for i in (0, 1, -1))
    facts = Facts(
        today=date(2025, 1, 10),
        stated=(Stated("product", last, "needs", None, date(2025, 1, 3), "form"),),
        complaints=(OpenComplaint("K1", first, None, "broke", date(2025, 1, 2), date(2025, 1, 9)),),
        outcomes=(LastOutcome(second, "rejected", None, None, AT),),
    )
    found = beside(release, ["B1"], "C000", facts)
    assert ids_of(found)[0] == last
    assert not {first, second} & set(ids_of(found))
    assert found.withheld["complaint"] == found.withheld["rejected"] == 1


def test_a_purchase_since_the_release_is_owned_here_too() -> None:
    release = shop()
    bought = ids_of(beside(release, ["B1"], "C000"))[0]
    facts = Facts(purchases=(FreshPurchase(bought, 1.0, AT),))
    assert bought not in ids_of(beside(release, ["B1"], "C000", facts))
    both = Basket.of(release, ["B1"]).on_top_of(
        fresh_of(release, (FreshPurchase("B1", 1.0, AT), FreshPurchase("A0", 1.0, AT)))
    )
    named = [release.products.ids[int(column)] for column in both.kept]
    assert dict(zip(named, both.weights.tolist(), strict=True)) == {"A0": 1.0, "B1": 2.0}
    assert LEAST < NOW == 1.0


def test_without_a_slope_the_pairs_alone_decide() -> None:
    release = shop(slope=None)
    found = beside(release, ["B1"], n=3)
    assert (found.source, found.fallback_reason) == ("fold_in", "basket")
    assert {key[0] for key in ids_of(found)} == {"B"}
    nothing = replace(
        shop_contents(),
        also_bought=AlsoBought(
            np.zeros(len(release.products.ids) + 1, np.int64),
            *(np.zeros(0, np.int32) for _ in range(3)),
            np.zeros(0, np.float32),
        ),
    )
    without = beside(able_to_fold(nothing, None), ["B1"])
    assert (without.source, without.fallback_reason) == ("popular", "unknown_customer")
    assert "B1" not in ids_of(without)


@pytest.mark.parametrize("n", [0, -1, MOST + 1])
def test_a_list_of_nothing_is_refused(n: int) -> None:
    for products in (["B1"], []):
        with pytest.raises(ValueError, match="n is"):
            beside(shop(), products, n=n)
