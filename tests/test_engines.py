"""What every engine must do, and what Spark alone does otherwise."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy import sparse

from recommender.errors import BadDataError
from recommender.matrix.purchase_matrix import build_matrix
from recommender.matrix.returns import net_returns
from recommender.matrix.weights import RecencyQuantity
from recommender.models import liked
from recommender.models.als import AlsSettings
from recommender.models.engine import Engine, Past
from recommender.models.liked import most_liked
from recommender.models.models import LISTED
from tests.made_up import Line, at, learned, purchases_of, shop_lines, shop_purchases
from tests.test_als import SMALL, checkerboard, some_weights

BEGINS = 60
"""Day from which the history counts; returns of later days undo purchases of earlier ones."""


def past(lines: list[Line]) -> Past:
    purchases, now = purchases_of(lines), at(122)
    return Past(purchases, net_returns(purchases).since(at(BEGINS)), at(BEGINS), now)


def odd_lines() -> list[Line]:
    """Beside the shop: returned wholly, over the edge of the history, without a sale, in parts."""
    return [
        *shop_lines(),
        Line("R", "A0", 100.0, 2.0),
        Line("R", "A0", 101.0, -2.0),
        Line("R", "A1", BEGINS - 1.0, 3.0),
        Line("R", "A1", BEGINS + 1.0, -2.0),
        Line("R", "A2", 90.0, -1.0),
        Line("R", "A3", 80.0, 1.1),
        Line("R", "A3", 81.0, -0.4),
        Line("R", "A3", 81.0, 5.0),
        Line("Whale", "B1", 110.0, 1e9),
    ]


def test_purchases_sum_up_to_the_same_matrix(engine: Engine) -> None:
    found, weighting = past(odd_lines()), RecencyQuantity(20.0)
    matrix = engine.matrix(found, weighting)
    expected = build_matrix(found.history, weighting, found.now)
    assert np.array_equal(matrix.weights.indptr, expected.weights.indptr)
    assert np.array_equal(matrix.weights.indices, expected.weights.indices)
    assert matrix.weights.data == pytest.approx(expected.weights.data, rel=1e-6)
    assert np.array_equal(matrix.times, expected.times)
    assert np.array_equal(matrix.last_day, expected.last_day)
    assert (matrix.returned != expected.returned).nnz == 0
    assert matrix.returned.nnz > 1
    assert matrix.customers == expected.customers


def test_on_a_checkerboard_everyone_is_offered_the_one_product_it_lacks(engine: Engine) -> None:
    board = checkerboard(24)
    factors = engine.fit(board, AlsSettings(factors=3, regularization=0.5, alpha=2.0))
    scores = factors.customers @ factors.products.T
    scores[board.toarray() > 0] = -np.inf
    assert scores.argmax(axis=1).tolist() == list(range(24))


def test_customers_are_solved_exactly_against_the_products(engine: Engine) -> None:
    weights = some_weights()
    found = engine.fit(weights, SMALL)
    products = found.products.astype(float)
    for row, factors in enumerate(found.customers):
        confidence = np.ones(weights.shape[1])
        bought = weights[[row]].indices
        confidence[bought] = SMALL.alpha * weights[[row]].data
        system = (products.T * confidence) @ products + SMALL.regularization * np.eye(4)
        right = products[bought].T @ confidence[bought]
        assert factors == pytest.approx(np.linalg.solve(system, right), abs=1e-4)


def test_customers_and_products_without_a_weight_have_no_factors(engine: Engine) -> None:
    weights = some_weights().tolil()
    weights[3], weights[:, 5] = 0, 0
    factors = engine.fit(weights.tocsr(), SMALL)
    assert not factors.customers[3].any()
    assert not factors.products[5].any()
    assert factors.customers[[0, 1, 2, 4]].any(axis=1).all()


def test_without_a_purchase_there_is_nothing_to_learn_from(engine: Engine) -> None:
    with pytest.raises(BadDataError, match="nothing to learn"):
        engine.fit(sparse.csr_matrix((3, 3), dtype=np.float32), SMALL)


def test_candidates_of_a_moment_are_the_same_whoever_lists_them(engine: Engine) -> None:
    """Every product that is open to a customer, by what the factors of its release like."""
    models = learned(shop_purchases(), engine)
    if models.liked is None:  # listed block by block as candidates are gathered
        return
    scores = models.factors.customers @ models.factors.products.T
    for part in models.closed:
        scores[part.nonzero()] = -np.inf
    for customer in models.known_customers:
        open_ = np.flatnonzero(scores[customer] > -np.inf)
        _, listed, places = models.liked.of(np.array([customer]), LISTED)
        assert sorted(listed.tolist()) == open_.tolist()
        assert (np.diff(scores[customer][listed]) <= 1e-6).all()
        assert places.tolist() == list(range(len(open_)))


def test_the_most_liked_leave_out_what_is_closed_and_begin_with_the_best() -> None:
    customers = np.array([[1, 0], [0, 1], [0, 0]], np.float32)
    products = np.array([[3, 1], [2, 2], [1, 3], [9, 9]], np.float32)
    closed = np.array([0, 1, 1, 1]), np.array([0], np.int32)
    unsold = np.array([False, False, False, True])
    found = [row.tolist() for row in most_liked(customers, products, closed, unsold, 2)]
    assert found == [[1, 2], [2, 1], [0, 1]]


def test_where_blocks_of_customers_end_leaves_no_trace(monkeypatch: pytest.MonkeyPatch) -> None:
    random = np.random.default_rng(0)
    customers = random.random((9, 3), np.float32)
    products = random.random((7, 3), np.float32)
    closed = np.arange(10), random.integers(0, 7, 9, np.int32)
    whole, parts = [], []
    for found, cells in ((whole, 1000), (parts, 14)):
        monkeypatch.setattr(liked, "CELLS", cells)
        rows = most_liked(customers, products, closed, np.zeros(7, bool), 4)
        found.extend(row.tolist() for row in rows)
    assert whole == parts
    assert all(len(row) == 4 for row in whole)


@pytest.mark.slow
def test_spark_regularises_as_much_as_it_is_told(spark: Engine) -> None:
    sizes = [
        float(np.linalg.norm(spark.fit(some_weights(), settings).products))
        for settings in (replace(SMALL, regularization=r) for r in (0.1, 100.0))
    ]
    assert sizes[1] < sizes[0] / 2
