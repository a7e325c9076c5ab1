"""Paths from product to product: judged by the plain formula, and against made-up customers."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import sparse

from recommender.models import paths
from recommender.models.paths import CUSTOMER_POWER, FROM_POWER, TO_POWER, find_paths


def some_weights() -> sparse.csr_matrix:
    random = np.random.default_rng(0)
    dense = np.where(random.random((40, 12)) < 0.3, random.random((40, 12)) + 0.1, 0)
    return sparse.csr_matrix(dense.astype(np.float32))


def test_a_path_is_what_the_plain_formula_gives() -> None:
    dense = some_weights().toarray().astype(float)
    customers, products = dense.sum(axis=1), dense.sum(axis=0)
    customers = np.maximum(customers, np.median(customers[customers > 0]))
    products = np.maximum(products, np.median(products))
    found = find_paths(some_weights()).toarray()
    for one in range(12):
        for other in range(12):
            over = (dense[:, one] * dense[:, other] / customers**CUSTOMER_POWER).sum()
            expected = over / products[one] ** FROM_POWER / products[other] ** TO_POWER
            assert found[one, other] == pytest.approx(expected if one != other else 0, rel=1e-4)


def test_no_product_leads_to_itself_or_to_what_no_buyer_of_it_bought() -> None:
    weights = sparse.csr_matrix(np.array([[1, 1, 0, 0], [0, 0, 1, 1]], np.float32))
    assert find_paths(weights).toarray().nonzero()[1].tolist() == [1, 0, 3, 2]


def test_blocks_leave_no_trace(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = find_paths(some_weights()).toarray()
    monkeypatch.setattr(paths, "BLOCK_CELLS", 30)
    assert np.array_equal(find_paths(some_weights()).toarray(), whole)


def test_only_the_strongest_paths_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = find_paths(some_weights()).toarray()
    monkeypatch.setattr(paths, "MOST", 3)
    for few, all_ in zip(find_paths(some_weights()).toarray(), whole, strict=True):
        assert sorted(few[few > 0]) == sorted(all_)[-3:]


def test_ten_made_up_customers_do_not_put_a_rare_product_first() -> None:
    """200 real customers of 20 of the 60 products each; ten buy product 0 and the new one alone."""
    random = np.random.default_rng(0)
    real = np.zeros((200, 61), np.float32)
    for customer in real:
        customer[random.choice(60, 20, replace=False)] = 1
    made_up = np.zeros((10, 61), np.float32)
    made_up[:, [0, 60]] = 1
    weights = sparse.csr_matrix(np.concatenate([real, made_up]))
    from_0 = find_paths(weights).toarray()[0]
    assert (from_0 > from_0[60]).sum() >= 50
