"""The blend of two scores: what ALS likes, and where paths from the customer's products lead."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import sparse
from threadpoolctl import threadpool_limits

from recommender.models.als import Factors

Scores = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Blend:
    weights: sparse.csr_matrix
    """(customers, products) what paths set out from."""
    factors: Factors
    paths: sparse.csr_matrix
    """(products, products)."""

    def of(self, customers: npt.NDArray[np.int32]) -> tuple[Scores, Scores]:
        """(customers, products) twice, of ALS and of paths, of one size for each customer."""
        with threadpool_limits(1, "blas"):  # the same sums in the same order on every machine size
            liked = self.factors.customers[customers] @ self.factors.products.T
        led_to = (self.weights[customers] @ self.paths).toarray()
        return _of_one_size(liked), _of_one_size(np.asarray(led_to, np.float32))


def blended(liked: Scores, led_to: Scores, share: float) -> Scores:
    """`share` of paths, the rest of ALS."""
    return np.asarray(np.float32(1 - share) * liked + np.float32(share) * led_to)


def _of_one_size(scores: Scores) -> Scores:
    mean_square = np.square(scores).mean(axis=1, keepdims=True)
    return np.asarray(scores / np.sqrt(np.maximum(mean_square, np.float32(1e-20))))
