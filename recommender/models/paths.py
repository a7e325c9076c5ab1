"""How strongly one product leads to another, over the customers who bought both.

Cooper, Lee, Radinsky and Siantos, Random Walks in Recommender Systems, 2014 (P3 alpha); Paudel,
Christoffel, Newell and Bernstein, Updatable, Accurate, Diverse and Scalable Recommendations for
Interactive Applications, 2017 (RP3 beta).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy import sparse

from recommender.models.highest import highest

CUSTOMER_POWER = 0.7
"""Of all a customer bought: one who buys everything says little about any two products."""
FROM_POWER = 0.5
TO_POWER = 0.3
"""Of all that was bought of a product; the three were chosen on pairs of Gowalla's train split."""
MOST = 400
"""Paths kept from each product."""
BLOCK_CELLS = 4_000_000


def find_paths(weights: sparse.csr_matrix) -> sparse.csr_matrix:
    """(products, products) float32, row i holding the strongest paths from product i.

    Customers and products of less than the usual size count as of usual size: otherwise ten
    made-up customers of two purchases each could lead from a popular product to any other.
    """
    customers, products = (_sizes(weights, axis) for axis in (1, 0))
    back = (sparse.diags(products**-FROM_POWER) @ weights.T).tocsr()
    on = sparse.diags(customers**-CUSTOMER_POWER) @ weights @ sparse.diags(products**-TO_POWER)
    size = len(products)
    block = max(1, BLOCK_CELLS // size)
    parts = [_strongest(back, on.tocsr(), first, block) for first in range(0, size, block)]
    return sparse.csr_matrix(sparse.vstack(parts), dtype=np.float32)


def _strongest(
    back: sparse.csr_matrix, on: sparse.csr_matrix, first: int, block: int
) -> sparse.csr_matrix:
    found = np.asarray((back[first : first + block] @ on).toarray(), np.float32)
    found[np.arange(len(found)), first + np.arange(len(found))] = 0.0
    rows, columns, _ = highest(found, MOST, least=0.0)
    return sparse.csr_matrix((found[rows, columns], (rows, columns)), found.shape)


def _sizes(weights: sparse.csr_matrix, axis: int) -> npt.NDArray[np.float64]:
    """Sums of weights, none below the median of those that are above 0."""
    sums = np.asarray(weights.sum(axis=axis, dtype=np.float64)).ravel()
    return np.asarray(np.maximum(sums, np.median(sums[sums > 0])))
