"""What a customer bought before the history that is learned from: it is owned all the same."""

from __future__ import annotations

import numpy as np
from scipy import sparse

from recommender.matrix.purchase_matrix import PurchaseMatrix
from recommender.matrix.returns import Netted


def bought_earlier(ever: Netted, matrix: PurchaseMatrix) -> sparse.csr_matrix:
    """(customers, products) True for pairs that `ever` kept and `matrix` has no weight for."""
    kept = ever.left > 0
    pairs = (ever.purchases.customer_rows[kept], ever.purchases.product_columns[kept])
    owned = sparse.csr_matrix((np.ones(len(pairs[0]), np.int32), pairs), matrix.weights.shape)
    recent = matrix.bought.astype(bool)
    earlier = sparse.csr_matrix(owned.astype(bool) > recent)
    earlier.sort_indices()
    return earlier
