"""Ranking where all purchases lie on one day: no window can teach it, held-out pairs can."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from recommender.models.models import Models
from recommender.models.paths import find_paths
from recommender.ranking.boosted.known import Known
from recommender.ranking.learning import learn_ranking
from recommender.ranking.plain import held_out
from recommender.ranking.plain.blend import Blend, blended
from recommender.ranking.plain.candidates import never_candidates
from recommender.ranking.plain.held_out import hits_of_shares, hold_out
from recommender.ranking.plain.ranker import PlainRanker
from recommender.ranking.plain.timeless import TimelessRanker, ranker_without_windows
from recommender.ranking.ranked import Ranked, rank
from recommender.tables.purchases import Purchases
from tests.made_up import SETTINGS, learned, purchases_of, shop_lines

ALS = SETTINGS.als


@cache
def without_times() -> Purchases:
    """Of 700 customers, so that 500 pairs can be held out."""
    return purchases_of(replace(line, day=0) for line in shop_lines(customers=700))


@cache
def timeless_models() -> Models:
    return learned(without_times())


def ranked_by(share: float) -> Ranked:
    models = timeless_models()
    scored = TimelessRanker(share, {}).scored(models)
    return rank(scored, models.matrix.weights.shape[0])


def test_purchases_of_one_day_are_ranked_by_a_blend_that_held_out_pairs_chose() -> None:
    ranker = learn_ranking(without_times(), SETTINGS, Known(), without_times().last_at + 1).ranker
    assert isinstance(ranker, TimelessRanker)
    assert ranker.hits[ranker.share] == max(ranker.hits.values()) > 0
    assert ranker.as_json()["share_of_paths"] == ranker.share


def test_purchases_with_times_are_not() -> None:
    models = learned(purchases_of(shop_lines(customers=700)))
    assert isinstance(ranker_without_windows(models, SETTINGS), PlainRanker)


def test_with_too_few_pairs_to_hold_out_als_ranks_alone() -> None:
    models = learned(purchases_of(replace(line, day=0) for line in shop_lines()))
    assert ranker_without_windows(models, SETTINGS) == TimelessRanker(0.0, {})


@pytest.mark.parametrize("share", [0.0, 0.5, 1.0])
def test_the_list_is_the_order_of_the_blend_without_what_was_bought(share: float) -> None:
    models, ranked = timeless_models(), ranked_by(share)
    blend = Blend(models.matrix.weights, models.factors, find_paths(models.matrix.weights))
    everyone = models.known_customers
    scores = blended(*blend.of(everyone), share)
    scores[never_candidates(models, everyone)] = -np.inf
    for customer in everyone:
        listed = ranked.products[ranked.starts[customer] : ranked.starts[customer + 1]]
        assert len(listed) == (scores[customer] > -np.inf).sum()
        assert (np.diff(scores[customer][listed]) <= 1e-5).all()


def test_chances_are_finite_small_and_fall_from_place_to_place() -> None:
    ranked = ranked_by(0.5)
    assert ((ranked.chance > 0) & (ranked.chance < 0.5)).all()
    falls = np.diff(ranked.chance) <= 0
    assert falls[np.diff(ranked.customers) == 0].all()


def test_a_fifth_of_each_customers_pairs_is_held_out_and_nothing_is_lost() -> None:
    weights = timeless_models().matrix.weights
    split = hold_out(weights, seed=0)
    assert (split.rest + split.held != weights).nnz == 0
    assert split.rest.nnz + split.held.nnz == weights.nnz
    assert np.array_equal(np.diff(split.held.indptr), np.diff(weights.indptr) // 5)


def test_the_same_seed_holds_out_the_same_pairs() -> None:
    weights = timeless_models().matrix.weights
    one, same, other = (hold_out(weights, seed).held for seed in (0, 0, 1))
    assert (one != same).nnz == 0
    assert (one != other).nnz > 0


def test_hits_are_held_out_pairs_among_the_first_ten() -> None:
    weights = timeless_models().matrix.weights
    split = hold_out(weights, ALS.seed)
    found = hits_of_shares(weights, SETTINGS)
    paths = find_paths(split.rest).toarray()
    hits = 0
    for customer, rest in enumerate(split.rest.toarray()):
        score = np.where(rest > 0, -np.inf, rest @ paths)
        first = np.argsort(-score, kind="stable")[: min(held_out.TOP, (rest == 0).sum())]
        hits += int((split.held[[customer]].toarray()[0][first] > 0).sum())
    assert found[1.0] == pytest.approx(hits, rel=0.01)
