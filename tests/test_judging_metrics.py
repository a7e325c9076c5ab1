"""The ruler on lists small enough to work out by hand."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
from scipy import sparse

from recommender.judging.metrics import Depth, buyers, first_places, scores
from recommender.judging.reliability import outcomes, reliability_of
from recommender.judging.shape import shape_of
from recommender.ranking.ranked import Ranked

LOG3 = np.log2(3)


def ranked_lists(*lists: list[int]) -> Ranked:
    lengths = [len(products) for products in lists]
    chance = [1 / (place + 2) for products in lists for place in range(len(products))]
    return Ranked(
        starts=np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64),
        products=np.array([p for products in lists for p in products], np.int32),
        chance=np.array(chance, np.float32),
    )


def bought_of(*rows: set[int], products: int = 30) -> sparse.csr_matrix:
    dense = np.zeros((len(rows), products), bool)
    for row, wanted in enumerate(rows):
        dense[row, list(wanted)] = True
    return sparse.csr_matrix(dense)


def score_of(listed: list[int], wanted: set[int], depth: Depth | None = None) -> list[float]:
    found = scores(ranked_lists(listed), bought_of(wanted), depth or Depth())
    return [float(value) for value in found[0]]


def test_one_of_two_in_the_second_place() -> None:
    recall, ndcg, hit, mrr = score_of([7, 3, 8], {3, 9})
    assert recall == 1 / 2
    assert ndcg == pytest.approx((1 / LOG3) / (1 + 1 / LOG3))
    assert hit == 1
    assert mrr == 1 / 2


def test_the_ideal_list_is_worth_one() -> None:
    assert score_of([3, 9, 1], {3, 9}) == pytest.approx([1, 1, 1, 1])


def test_recall_asks_for_no_more_than_fits_into_the_list() -> None:
    everything = set(range(25))
    assert score_of(list(range(20)), everything)[0] == 1
    of_all = Depth(of_all_bought=True)
    assert score_of(list(range(20)), everything, of_all)[0] == pytest.approx(20 / 25)


def test_the_eleventh_place_counts_for_recall_alone() -> None:
    recall, ndcg, hit, mrr = score_of([*range(10), 29], {29})
    assert (recall, ndcg, hit) == (1, 0, 0)
    assert mrr == pytest.approx(1 / 11)


def test_the_twentyfirst_place_counts_for_nothing() -> None:
    assert score_of([*range(20), 29], {29}) == [0, 0, 0, 0]


def test_a_customer_without_a_list_scores_zero_and_one_without_purchases_is_not_judged() -> None:
    bought = bought_of({1}, set(), {2})
    found = scores(ranked_lists([1], [2], []), bought)
    assert buyers(bought).tolist() == [0, 2]
    assert found[:, 0].tolist() == [1, 0]


def test_places_past_the_end_of_a_list_are_no_product() -> None:
    rows: npt.NDArray[np.int32] = np.array([0, 1, 2], np.int32)
    assert first_places(ranked_lists([4, 5, 6], [], [7]), rows, 2).tolist() == [
        [4, 5],
        [-1, -1],
        [7, -1],
    ]


def test_no_truth_gives_no_score() -> None:
    assert scores(ranked_lists([1]), bought_of(set())).shape == (0, 4)


def test_random_truth_gives_chance_level() -> None:
    """A list of 20 of 200 products holds a random one in 1 of 10 cases; no list can do better."""
    random = np.random.default_rng(0)
    customers, products = 20_000, 200
    truth = random.integers(0, products, customers)
    bought = sparse.csr_matrix(
        (np.ones(customers, bool), (np.arange(customers), truth)), (customers, products)
    )
    mean = scores(ranked_lists(*[list(range(20))] * customers), bought).mean(axis=0)
    discounts = (1 / np.log2(np.arange(2, 12))).sum()
    assert mean[0] == pytest.approx(20 / products, abs=0.007)
    assert mean[1] == pytest.approx(discounts / products, abs=0.004)
    assert mean[2] == pytest.approx(10 / products, abs=0.006)


def test_shape_counts_products_and_best_sellers_of_the_first_ten_places() -> None:
    before = bought_of({0, 1}, {0}, {0, 2}, {0})
    shape = shape_of(ranked_lists([0, 1], [], [0], []), before)
    assert (shape.lists, shape.products_shown) == (2, 2)
    # three places: 4 of 4 customers, 1 of 4, 4 of 4
    assert shape.novelty == pytest.approx((0 + 2 + 0) / 3)
    assert shape.popular_share == 1


def test_lists_of_nobody_have_no_shape() -> None:
    assert shape_of(ranked_lists([], []), bought_of({1}, set())).lists == 0


def test_chances_that_come_true_have_no_calibration_error() -> None:
    random = np.random.default_rng(0)
    chance = random.random(200_000).astype(np.float32) * 0.3
    found = reliability_of(chance, random.random(200_000) < chance)
    assert found.error < 0.004
    assert [b.pairs for b in found.bins] == [20_000] * 10
    assert all(b.low <= b.bought <= b.high for b in found.bins)


def test_the_calibration_error_is_the_mean_distance_of_said_and_bought() -> None:
    chance = np.array([0.1] * 10 + [0.5] * 10, np.float32)
    bought = np.array([False] * 10 + [True] * 10)
    assert reliability_of(chance, bought).error == pytest.approx((0.1 + 0.5) / 2)


def test_as_many_outcomes_as_chances_are_asked_for() -> None:
    with pytest.raises(ValueError, match="2 chances and 1 outcomes"):
        reliability_of(np.zeros(2, np.float32), np.zeros(1, bool))


def test_outcomes_are_of_the_first_places_of_every_list() -> None:
    chance, bought = outcomes(ranked_lists([5, 6, 7], [5]), bought_of({6, 7}, {5}), 2)
    assert chance.tolist() == pytest.approx([1 / 2, 1 / 3, 1 / 2])
    assert bought.tolist() == [False, True, True]
