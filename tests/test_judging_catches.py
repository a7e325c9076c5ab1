"""What a judgement is for: leaks, shuffled labels and broken models do not get past it."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from scipy import sparse

from recommender.judging.best import best_unbought
from recommender.judging.foretold import Foretold
from recommender.judging.gate import gate
from recommender.judging.history import history_of
from recommender.judging.judged_window import JudgedWindow, judge_window
from recommender.judging.judgement import Judgement, judge
from recommender.judging.metrics import buyers, scores
from recommender.judging.window import truth_of
from recommender.models.models import Models, learn
from recommender.ranking.ranked import Ranked
from recommender.tables.purchases import Purchases
from tests.made_up import SETTINGS, Line, at, purchases_of

CUT = at(200)
TRADES, PER_TRADE, CUSTOMERS = 3, 40, 500


@cache
def purchases() -> Purchases:
    """Three trades with forty products each; what a trade likes most its customers buy first."""
    random = np.random.default_rng(0)
    liking = 1 / np.arange(2, PER_TRADE + 2)
    return purchases_of(
        Line(f"C{c:03}", f"{trade_of(c, random)}{p:02}", float(day))
        for c in range(CUSTOMERS)
        for day in random.integers(0, 228, 6).tolist()
        for p in random.choice(PER_TRADE, 2, p=liking / liking.sum()).tolist()
    )


def trade_of(customer: int, random: np.random.Generator) -> str:
    """Its own, nine times in ten."""
    own = customer if random.random() < 0.9 else int(random.integers(TRADES))
    return "abcd"[own % TRADES]


@cache
def models() -> Models:
    return learn(purchases().before(CUT), SETTINGS, CUT)


def lists_of(learned: Models) -> Ranked:
    """What the factors of some models like, for the customers of the honest history."""
    f = learned.factors
    return best_unbought(
        history_of(purchases(), CUT), lambda rows: f.customers[rows] @ f.products.T
    )


def foretold(ours: Ranked, by: Models | None = None, learned_until: int = 0) -> Foretold:
    by = by or models()
    return Foretold(by.now, ours, None, by.netted.purchases.last_at, learned_until)


def judged(ours: Ranked) -> JudgedWindow:
    return judge_window(purchases(), foretold(ours))


def judgement_of(ours: Ranked) -> Judgement:
    return judge([judged(ours)])


def random_lists(seed: int = 0) -> Ranked:
    random = np.random.default_rng(seed)
    width = len(purchases().products)
    return best_unbought(
        history_of(purchases(), CUT),
        lambda rows: random.random((len(rows), width)).astype(np.float32),
    )


def test_an_honest_model_passes_and_is_better_than_best_sellers() -> None:
    judgement = judgement_of(lists_of(models()))
    assert gate(judgement) is None
    assert judgement.new is not None
    assert judgement.new.all.lead["popularity"]["ndcg10"].low > 0


def test_random_lists_are_refused() -> None:
    refusal = gate(judgement_of(random_lists()))
    assert refusal is not None
    assert "worse than popularity" in str(refusal)


def test_the_same_list_for_everyone_is_refused_when_it_is_not_what_they_buy() -> None:
    width = len(purchases().products)
    worst = np.arange(width, dtype=np.float32) % PER_TRADE
    ours = best_unbought(history_of(purchases(), CUT), lambda rows: np.tile(worst, (len(rows), 1)))
    assert gate(judgement_of(ours)) is not None


def test_empty_lists_are_refused() -> None:
    nothing = Ranked(
        np.zeros(len(purchases().customers) + 1, np.int64),
        np.zeros(0, np.int32),
        np.zeros(0, np.float32),
    )
    assert gate(judgement_of(nothing)) is not None


def test_a_model_learned_from_shuffled_purchases_is_refused() -> None:
    """Who bought what is dealt anew: what is learned from it foresees nothing personal."""
    past = purchases().before(CUT)
    random = np.random.default_rng(0)
    columns = {name: getattr(past, name) for name in ("purchased_at", "quantity", "unit_price")}
    shuffled = Purchases.sorted(
        past.customers,
        past.products,
        customer_rows=past.customer_rows,
        product_columns=random.integers(0, len(past.products), len(past)).astype(np.int32),
        orders=past.orders,
        **columns,
    )
    assert gate(judgement_of(lists_of(learn(shuffled, SETTINGS, CUT)))) is not None


def test_on_shuffled_outcomes_the_best_lists_are_worth_what_chance_gives() -> None:
    """Whatever was bought is replaced by a random product; 20 of all hold it by luck."""
    customers = buyers(truth_of(purchases(), CUT).new)
    shape = (len(purchases().customers), len(purchases().products))
    random = np.random.default_rng(0)
    found = []
    for _ in range(20):
        dealt = random.integers(0, shape[1], len(customers))
        ones = np.ones(len(customers), bool)
        labels = sparse.csr_matrix((ones, (customers, dealt)), shape)
        found.append(scores(lists_of(models()), labels)[:, 0].mean())
    assert np.mean(found) == pytest.approx(20 / shape[1], abs=0.01)


def test_models_that_saw_the_window_are_not_judged_on_it() -> None:
    everything = purchases()
    leaked = replace(learn(everything, SETTINGS, everything.last_at + 1), now=CUT)
    with pytest.raises(ValueError, match="learn them from purchases before it"):
        foretold(lists_of(leaked), leaked)


def test_models_that_saw_one_purchase_of_the_window_are_not_judged_on_it() -> None:
    ours, newest = lists_of(models()), models().netted.purchases.last_at
    with pytest.raises(ValueError, match="learn them from purchases before it"):
        foretold(ours, replace(models(), now=newest))
    foretold(ours, replace(models(), now=newest + 1))


def test_a_ranking_taught_by_the_window_is_not_judged_on_it() -> None:
    ours = lists_of(models())
    with pytest.raises(ValueError, match="train it on windows that end before"):
        foretold(ours, learned_until=CUT + 1)
    foretold(ours, learned_until=CUT)


def test_chances_that_are_no_numbers_are_refused() -> None:
    ours = lists_of(models())
    broken = replace(ours, chance=np.full_like(ours.chance, np.nan))
    refusal = gate(judgement_of(broken))
    assert refusal is not None
    assert "not numbers" in str(refusal)
