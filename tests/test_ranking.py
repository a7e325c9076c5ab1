"""Candidates, their features, and the chance that orders them."""

from __future__ import annotations

import os
from dataclasses import replace
from unittest import mock

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from threadpoolctl import threadpool_limits

from recommender.models.als import Factors
from recommender.models.models import Models, learn
from recommender.models.settings import Settings
from recommender.ranking import learning
from recommender.ranking.boosted.known import Known
from recommender.ranking.learning import learn_ranking
from recommender.ranking.plain import candidates
from recommender.ranking.plain.candidates import Pairs, candidate_pairs
from recommender.ranking.plain.chance import ChanceModel, fit_chance, prior_chance
from recommender.ranking.plain.features import FEATURES, features_of, look_around
from recommender.ranking.plain.ranker import PlainRanker
from recommender.ranking.ranked import MOST_KEPT, Ranked
from recommender.tables.purchases import Purchases
from tests.made_up import SETTINGS, Line, learned, purchases_of, shop_models, shop_purchases
from tests.made_up_release import plain_rank, shop_chance

EVERYONE = np.arange(60, dtype=np.int32)


def all_pairs(models: Models, customers: npt.NDArray[np.int32] = EVERYONE) -> Pairs:
    (pairs,) = candidate_pairs(models, customers)
    return pairs


def all_features(models: Models) -> npt.NDArray[np.float64]:
    return features_of(models, look_around(models), all_pairs(models))


def tiny_models(*baskets: str) -> Models:
    """One customer a basket, one letter a product, a day apart."""
    lines = [Line(f"C{c}", p, c) for c, basket in enumerate(baskets) for p in basket]
    return learned(purchases_of(lines))


def test_a_bought_or_returned_product_is_never_a_candidate() -> None:
    models = shop_models()
    pairs = all_pairs(models)
    assert models.matrix.returned.nnz > 0
    assert not models.matrix.weights[pairs.customers, pairs.products].any()
    assert not models.matrix.returned[pairs.customers, pairs.products].any()


def test_what_was_bought_before_the_history_is_no_candidate() -> None:
    purchases = shop_purchases()
    models = learn(purchases, replace(SETTINGS, history_days=40), purchases.last_at + 1)
    assert models.earlier.nnz > 100
    for pairs in candidate_pairs(models, models.known_customers):
        assert not models.earlier[pairs.customers, pairs.products].any()


def test_every_product_anyone_kept_is_a_candidate_where_the_catalogue_is_small() -> None:
    models = shop_models()
    closed = models.matrix.weights.nnz + models.matrix.returned.nnz
    assert len(all_pairs(models)) == 60 * 20 - closed


def test_what_nobody_kept_is_nobodys_candidate() -> None:
    lines = [Line("A", "x"), Line("B", "y"), Line("B", "z", 1), Line("B", "z", 2, -1)]
    models = learned(purchases_of(lines))
    pairs = all_pairs(models, np.array([0, 1], np.int32))
    assert list(zip(pairs.customers.tolist(), pairs.products.tolist(), strict=True)) == [
        (0, 1),
        (1, 0),
    ]


def test_candidates_come_customer_by_customer_in_order_of_product() -> None:
    pairs = all_pairs(shop_models())
    keys = list(zip(pairs.customers.tolist(), pairs.products.tolist(), strict=True))
    assert keys == sorted(set(keys))


def test_position_0_is_what_the_model_likes_best() -> None:
    pairs = all_pairs(shop_models())
    for customer in range(60):
        mine = pairs.customers == customer
        order = np.argsort(pairs.position[mine])
        assert (np.diff(pairs.score[mine][order]) <= 0).all()
        assert pairs.position[mine].min() == 0


def test_the_liked_and_the_popular_are_candidates_and_nothing_else(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(candidates, "LIKED", 3)
    monkeypatch.setattr(candidates, "POPULAR", 2)
    pairs = all_pairs(shop_models())
    beyond = pairs.position == 3
    assert len(set(pairs.products[beyond].tolist())) <= 2
    assert np.bincount(pairs.customers[~beyond]).max() <= 3


def test_blocks_of_customers_do_not_change_the_candidates(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = all_pairs(shop_models())
    monkeypatch.setattr(candidates, "BLOCK", 7)
    parts = list(candidate_pairs(shop_models(), EVERYONE))
    assert len(parts) == 9
    assert np.concatenate([p.products for p in parts]).tolist() == whole.products.tolist()
    assert np.concatenate([p.score for p in parts]) == pytest.approx(whole.score, abs=1e-6)


def test_features_are_finite_and_named() -> None:
    features = all_features(shop_models())
    assert features.shape == (len(all_pairs(shop_models())), len(FEATURES))
    assert np.isfinite(features).all()


def one_core() -> int:
    return 1


@mock.patch.object(os, "cpu_count", one_core)  # threads on so little wait for each other
@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.text(alphabet="vwxyz", min_size=1, max_size=5).map(lambda t: "".join(sorted(set(t)))),
        min_size=1,
        max_size=6,
    )
)
def test_features_and_chances_are_finite_for_the_smallest_of_shops(baskets: list[str]) -> None:
    """One customer, one product, customers who bought everything: all of it is allowed."""
    models = tiny_models(*baskets)
    pairs = all_pairs(models, models.known_customers)
    features = features_of(models, look_around(models), pairs)
    assert np.isfinite(features).all()
    purchases = models.netted.purchases
    ranked = learn_ranking(purchases, SETTINGS, Known(), models.now).ranked
    assert len(ranked.products) == len(pairs)
    assert np.isfinite(ranked.chance).all()


def test_bought_with_is_the_similarity_to_all_the_customer_bought() -> None:
    models = shop_models()
    pairs, features = all_pairs(models), all_features(models)
    similar = models.also_bought.as_matrix(20).toarray()
    weights = models.matrix.weights.toarray()
    column = FEATURES.index("bought_with")
    for i in range(0, len(pairs), 37):
        bought = weights[pairs.customers[i]]
        # row j of `similar` holds the neighbours of product j
        expected = np.log1p((bought * similar[:, pairs.products[i]]).sum())
        assert features[i, column] == pytest.approx(expected, rel=1e-5)


def simulated(size: int, seed: int = 0) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Features and the log-odds they have by these coefficients."""
    features = np.random.default_rng(seed).normal(size=(size, len(FEATURES)))
    return features, features @ COEFFICIENTS - 2.0


COEFFICIENTS = np.linspace(-1, 1, len(FEATURES))


def outcome_of(odds: npt.NDArray[np.float64], seed: int = 1) -> npt.NDArray[np.bool_]:
    return np.random.default_rng(seed).random(len(odds)) < 1 / (1 + np.exp(-odds))


def test_the_fit_finds_the_coefficients_that_made_the_data() -> None:
    features, odds = simulated(40_000)
    model = fit_chance(features, outcome_of(odds))
    assert model.coefficients / model.scale == pytest.approx(COEFFICIENTS, abs=0.06)
    plain = model.intercept - float(model.coefficients @ (model.mean / model.scale))
    assert plain == pytest.approx(-2.0, abs=0.06)


@given(st.integers(0, 100), st.floats(-6, 2))
def test_on_its_own_data_as_many_are_expected_as_were_bought(seed: int, shift: float) -> None:
    features, odds = simulated(5000, seed)
    bought = outcome_of(odds + shift, seed + 1)
    model = fit_chance(features, bought)
    if model.learned_from:
        assert model.of(features).mean() == pytest.approx(bought.mean(), rel=1e-4)


def test_the_shops_chances_are_calibrated_on_what_they_were_learned_from() -> None:
    """28 days held out: over all candidates, expected purchases are those that happened."""
    purchases = shop_purchases()
    now = purchases.last_at + 1
    past = learn(purchases.before(now - 28 * 86_400), SETTINGS, now - 28 * 86_400)
    chance = shop_chance().of(all_features(past))
    assert chance.sum() == pytest.approx(shop_chance().bought, rel=1e-4)
    assert len(chance) == shop_chance().learned_from


def test_the_number_of_threads_leaves_no_trace_in_the_coefficients() -> None:
    features, odds = simulated(100_000)
    bought = outcome_of(odds)
    found = []
    for threads in (1, 2):
        with threadpool_limits(threads, "blas"):
            found.append(fit_chance(features, bought).coefficients.tobytes())
    assert found[0] == found[1]


def test_heavy_tails_and_doubled_columns_do_not_break_the_fit() -> None:
    features = np.random.default_rng(0).standard_cauchy((3000, len(FEATURES)))
    features[:, 1] = features[:, 0]
    features[:, 2] = 7.0
    bought = np.arange(3000) % 20 == 0
    model = fit_chance(features, bought)
    assert np.isfinite(model.coefficients).all()
    assert model.of(features).mean() == pytest.approx(0.05, rel=1e-3)


@pytest.mark.parametrize("share", [0.02, 0.5, 1.0])
def test_even_what_separates_perfectly_gives_finite_coefficients(share: float) -> None:
    features, odds = simulated(5000)
    model = fit_chance(features, odds >= np.quantile(odds, 1 - share))
    assert np.isfinite(model.coefficients).all()
    assert np.abs(model.coefficients).max() < 100


@given(st.floats(-1e6, 1e6))
def test_a_chance_lies_between_0_and_1(value: float) -> None:
    features, odds = simulated(2000)
    chance = fit_chance(features, outcome_of(odds)).of(np.full((1, len(FEATURES)), value))
    assert 0 <= chance[0] <= 1


def test_with_few_purchases_the_model_says_that_nothing_was_learned() -> None:
    features, _ = simulated(1000)
    model = fit_chance(features, np.arange(1000) < 49)
    assert (model.learned_from, model.bought) == (0, 0)
    assert "not calibrated" in str(model)
    assert model.as_json()["kind"] == "prior"


def test_without_a_calibration_the_order_is_that_of_als() -> None:
    features, _ = simulated(100)
    chance = prior_chance(features, 0.01).of(features)
    order = np.argsort(-features[:, FEATURES.index("als_score")], kind="stable")
    assert (np.diff(chance[order]) <= 0).all()


@pytest.mark.parametrize("days", [5, 40, 55])
def test_a_history_of_less_than_56_days_falls_back_to_a_prior(days: int) -> None:
    lines = [Line(f"C{c}", f"P{(c + d) % 7}", d) for c in range(12) for d in range(0, days, 2)]
    purchases = purchases_of([*lines, Line("C0", "P0", days)])
    ranker = learn_ranking(purchases, SETTINGS, Known(), purchases.last_at + 1).ranker
    assert isinstance(ranker, PlainRanker)
    assert ranker.chance_model.learned_from == 0


def test_a_past_that_was_all_given_back_falls_back_to_a_prior() -> None:
    past = [Line("A", "x", 0), Line("A", "x", 1, -1)]
    purchases = purchases_of([*past, Line("A", "y", 90), Line("B", "y", 91)])
    ranker = learn_ranking(purchases, SETTINGS, Known(), purchases.last_at + 1).ranker
    assert isinstance(ranker, PlainRanker)
    assert ranker.chance_model.learned_from == 0


def test_chances_are_learned_from_models_that_never_saw_the_28_days(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seen: list[tuple[int, int]] = []

    def watched(
        purchases: Purchases, settings: Settings, now: int, start: Factors | None
    ) -> Models:
        seen.append((purchases.last_at, now))
        return learn(purchases, settings, now, start)

    monkeypatch.setattr(learning, "learn", watched)
    now = shop_purchases().last_at + 1
    learn_ranking(shop_purchases(), SETTINGS, Known(), now)
    assert all(last_at < moment for last_at, moment in seen)
    assert [(now - moment) // 86_400 for _, moment in seen] == [56, 28, 0]


def test_the_ranked_are_most_likely_first_and_of_equals_the_lower_number() -> None:
    ranked = plain_rank(shop_models(), shop_chance())
    for first, end in zip(ranked.starts[:-1], ranked.starts[1:], strict=True):
        keys = list(zip(-ranked.chance[first:end], ranked.products[first:end], strict=True))
        assert keys == sorted(keys)
    assert len(ranked.products) == len(all_pairs(shop_models()))


def test_a_customer_keeps_so_many_candidates_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    assert MOST_KEPT == 200
    whole = plain_rank(shop_models(), shop_chance())
    monkeypatch.setattr("recommender.ranking.ranked.MOST_KEPT", 3)
    cut = plain_rank(shop_models(), shop_chance())
    assert np.diff(cut.starts).tolist() == np.minimum(np.diff(whole.starts), 3).tolist()
    assert cut.products[:3].tolist() == whole.products[:3].tolist()


def test_ranking_twice_gives_the_same_bytes() -> None:
    one, other = plain_rank(shop_models(), shop_chance()), plain_rank(shop_models(), shop_chance())
    assert one.chance.tobytes() == other.chance.tobytes()
    assert one.products.tobytes() == other.products.tobytes()


def test_the_chance_model_says_what_it_weighs() -> None:
    model = ChanceModel(np.zeros(11), np.ones(11), np.arange(11.0), -3.0, 1000, 70)
    assert str(model) == (
        "chance: logistic regression on 1,000 candidates of the last 28 days, 70 of them bought"
    )
    weights = model.as_json()["weights_of_standardised_features"]
    assert isinstance(weights, dict)
    assert weights["als_score"] == 0.0
    assert weights["customer_pause"] == 10.0


def test_lists_of_some_customers_are_theirs_and_those_of_others_are_empty() -> None:
    ranked = Ranked(np.array([0, 2, 2, 5]), np.arange(5, dtype=np.int32), np.full(5, 0.1, "f4"))
    some = ranked.of(np.array([False, True, True]))
    assert some.starts.tolist() == [0, 0, 0, 3]
    assert some.products.tolist() == [2, 3, 4]
    kept = ranked.take(np.array([True, False, False, True, True]))
    assert kept.starts.tolist() == [0, 1, 1, 3]
    assert kept.products.tolist() == [0, 3, 4]
