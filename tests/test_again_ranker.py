"""What is bought again: learned where there is enough to learn from, counted where not."""

from __future__ import annotations

import json
from functools import cache

import numpy as np
import pytest

from recommender.ranking.again import trees
from recommender.ranking.again.examples import bought_after, gather_examples
from recommender.ranking.again.frequency import by_frequency
from recommender.ranking.again.ranker import AgainModel, learn_again
from recommender.ranking.again.visits import visits_before
from recommender.tables.purchases import Purchases
from tests.made_up import Line, at, purchases_of, shop_purchases

NOW = at(365)


@cache
def steady() -> Purchases:
    """Customers buy each product at its own pace; a third of them they gave up at some time."""
    random = np.random.default_rng(0)
    lines = []
    for customer in range(50):
        for product in range(12):
            gap, end = int(random.integers(7, 80)), 400
            if random.random() < 0.35:
                end = int(random.integers(50, 365))
            days = range(int(random.integers(0, gap)), end, gap)
            pair = f"C{customer:02}", f"P{product:02}"
            lines.extend(Line(*pair, day + random.integers(0, 3)) for day in days)
    return purchases_of(lines)


@cache
def model() -> AgainModel:
    return learn_again(steady(), NOW)


def found(order: np.ndarray, purchases: Purchases) -> float:
    """Of what each customer bought next, the share that stands first in its list."""
    visits = visits_before(purchases, NOW)
    bought = bought_after(purchases, visits, NOW)
    customers = visits.owners[order]
    place = np.arange(len(order)) - np.searchsorted(customers, customers)
    wanted = np.bincount(visits.owners, bought)
    return float(bought[order][place < wanted[customers]].sum() / bought.sum())


def positions(ranked, purchases: Purchases) -> np.ndarray:
    """The listed pairs as positions among all owned ones."""
    visits = visits_before(purchases, NOW)
    width = len(purchases.products)
    owned = visits.owners.astype(np.int64) * width + visits.owned
    return np.searchsorted(owned, ranked.customers * width + ranked.products)


def test_rhythm_beats_frequency_where_there_is_rhythm():
    ours = found(positions(model().rank(steady(), NOW), steady()), steady())
    counted = found(by_frequency(visits_before(steady(), NOW)), steady())
    assert ours > counted + 0.1


def test_everything_owned_is_listed_once_with_falling_chances():
    ranked = model().rank(steady(), NOW)
    visits = visits_before(steady(), NOW)
    assert sorted(positions(ranked, steady())) == list(range(len(visits.firsts)))
    assert ((ranked.chance >= 0) & (ranked.chance <= 1)).all()
    within = np.diff(ranked.customers) == 0
    assert (np.diff(ranked.chance)[within] <= 0).all()


def test_a_chance_is_the_share_that_was_bought():
    visits = visits_before(steady(), NOW)
    chance, bought = model().chance(visits), bought_after(steady(), visits, NOW)
    assert chance.mean() == pytest.approx(bought.mean(), abs=0.05)


def test_later_purchases_change_nothing():
    later, before = steady(), steady().before(NOW)
    assert learn_again(before, NOW).as_json() == model().as_json()
    ours, theirs = model().rank(later, NOW), model().rank(before, NOW)
    assert ours.chance.tobytes() == theirs.chance.tobytes()


def test_no_example_is_older_than_a_year_or_looks_past_now():
    examples = gather_examples(steady(), NOW, {}, 0)
    assert examples is not None
    assert examples.moments == tuple(NOW - n * 28 * 86_400 for n in range(1, 6))
    older = purchases_of([Line("C00", "P00", -day) for day in range(1, 200)])
    assert gather_examples(older, at(200), {}, 0) is None


def test_examples_stand_for_all_pairs():
    examples = gather_examples(steady(), NOW, {}, 0)
    assert examples is not None
    assert examples.weights.sum() == pytest.approx(examples.pairs, rel=0.1)


@pytest.mark.parametrize("threads", [1, 2])
def test_the_same_purchases_give_the_same_bytes(threads, monkeypatch):
    monkeypatch.setattr(trees, "TREES", 5)
    first = learn_again(steady(), NOW).rank(steady(), NOW)
    monkeypatch.setattr(trees, "THREADS", threads)
    second = learn_again(steady(), NOW).rank(steady(), NOW)
    assert first.chance.tobytes() == second.chance.tobytes()
    assert first.products.tobytes() == second.products.tobytes()


def test_thin_history_falls_back_to_frequency_and_says_so():
    purchases = shop_purchases()
    thin = learn_again(purchases.before(at(60)), at(60))
    assert "personal frequency" in str(thin)
    assert thin.as_json()["kind"] == "personal frequency"
    ranked, visits = thin.rank(purchases, at(60)), visits_before(purchases, at(60))
    assert (ranked.products == visits.owned[by_frequency(visits)]).all()
    assert (np.diff(ranked.chance)[np.diff(ranked.customers) == 0] <= 0).all()


@pytest.mark.parametrize("lines", [[Line("ann", "milk")], [Line("ann", "milk", 0, -1)]])
def test_almost_nothing_still_gives_an_answer(lines):
    purchases = purchases_of(lines)
    ranked = learn_again(purchases, at(1)).rank(purchases, at(1))
    assert len(ranked.starts) == 2
    assert len(ranked.products) == (purchases.quantity > 0).sum()


def test_the_model_says_what_it_learned_from():
    told = json.loads(json.dumps(model().as_json()))
    assert told["kind"] == "gradient boosting"
    assert told["bought"] >= 200
    assert sum(told["gains"].values()) == pytest.approx(1, abs=1e-3)
    assert "earlier moments" in str(model())


def test_categories_are_told_by_product_id():
    categories = {product: product[-1] for product in steady().products}
    chance = learn_again(steady(), NOW, categories=categories).rank(steady(), NOW).chance
    assert chance.tobytes() != model().rank(steady(), NOW).chance.tobytes()
