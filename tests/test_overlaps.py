"""Products with customers in common, counted a product at a time, against products of matrices."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import sparse

from recommender.models.overlaps import Bought, count_in_orders, nearest, shared


def matrix(customers: int, products: int, most: int) -> sparse.csr_matrix:
    """Each bought up to so many products, at random, the first ones most."""
    random = np.random.default_rng(customers)
    liking = 1 / np.arange(5, products + 5)
    dense = np.zeros((customers, products), np.float32)
    for row in dense:
        row[random.choice(products, random.integers(0, most + 1), False, liking / liking.sum())] = 1
    return sparse.csr_matrix(dense)


# of few products every line meets most of them; of many products few are met at all
SHOPS = pytest.mark.parametrize("shop", [(80, 12, 10), (80, 400, 15), (40, 60, 60), (3, 5, 0)])


@SHOPS
def test_the_nearest_are_those_of_products_of_matrices(shop: tuple[int, int, int]) -> None:
    bought = matrix(*shop)
    evidence = np.random.default_rng(1).random(shop[0]).astype(np.float32)
    sizes = np.asarray(bought.T @ evidence, np.float64)
    held = Bought(bought.T.tocsr(), bought, evidence, sizes)
    near = nearest(held, range(2, shop[1]), least_customers=3, shrinkage=10.0, most=7)
    both = (bought.T @ bought).toarray()
    weighed = (bought.T @ sparse.diags(evidence) @ bought).toarray()
    similarity = weighed / (np.sqrt(np.outer(sizes, sizes)) + 10.0)
    similarity[both < 3] = 0.0
    np.fill_diagonal(similarity, 0.0)
    expected = similarity[2:]
    places = np.argsort(-expected, axis=1, kind="stable")[:, :7]
    counts = np.minimum((expected > 0).sum(axis=1), 7)
    assert near.counts.tolist() == counts.tolist()
    rows = np.repeat(np.arange(len(counts)), counts)
    found = expected[rows, near.products]
    assert near.similarity == pytest.approx(found, rel=1e-5)
    best = np.take_along_axis(expected, places, axis=1)[
        np.arange(places.shape[1]) < counts[:, None]
    ]
    assert near.similarity == pytest.approx(best, rel=1e-5)
    assert near.customers_both.tolist() == both[2:][rows, near.products].tolist()


@SHOPS
def test_what_rows_share_is_the_product_of_matrices(shop: tuple[int, int, int]) -> None:
    held = matrix(*shop)
    expected = (held.T @ held).toarray()[1:4]
    assert shared(held, held.T.tocsr(), range(shop[1])[1:4]).tolist() == expected.tolist()


def test_a_customer_counts_once_however_many_orders_hold_both() -> None:
    orders = sparse.csr_matrix(np.array([[1, 1, 0], [1, 1, 1], [1, 0, 1], [0, 1, 1]], np.float32))
    customers = np.array([0, 0, 1, 1], np.int32)
    by_product = orders.tocsc()
    starts, neighbours = np.array([0, 2, 3, 3]), np.array([1, 2, 2], np.int32)
    together = count_in_orders(
        (by_product.indptr, by_product.indices),
        (orders.indptr, orders.indices, customers),
        (starts, neighbours),
    )
    assert together.tolist() == [1, 2, 2]
