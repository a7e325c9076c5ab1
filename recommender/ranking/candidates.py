"""Many candidates for each customer: what the model likes for it, and what everyone takes now."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from threadpoolctl import threadpool_limits

from recommender.models.models import Models
from recommender.models.popularity import most_bought

LIKED = 150
"""Candidates from the model."""
POPULAR = 50
"""Candidates from what most customers bought lately."""
BLOCK = 256


@dataclass(frozen=True)
class Pairs:
    """Customers and products that neither bought nor returned, with the model's score."""

    customers: npt.NDArray[np.int32]
    """(pairs,) ascending."""
    products: npt.NDArray[np.int32]
    """(pairs,) ascending within a customer."""
    score: npt.NDArray[np.float32]
    """(pairs,) ALS."""
    position: npt.NDArray[np.int32]
    """(pairs,) 0 for the product the model likes best, `LIKED` for those beyond its list."""

    def __len__(self) -> int:
        return len(self.customers)


def candidate_pairs(models: Models, customers: npt.NDArray[np.int32]) -> Iterator[Pairs]:
    """Candidates of these customers (ascending), a block of customers at a time."""
    popular = most_bought(models.popularity.recent_buyers, models.popularity.buyers, POPULAR)
    for first in range(0, len(customers), BLOCK):
        yield _block(models, customers[first : first + BLOCK], popular)


def _block(
    models: Models, customers: npt.NDArray[np.int32], popular: npt.NDArray[np.int32]
) -> Pairs:
    with threadpool_limits(1, "blas"):  # the same sums in the same order on every machine size
        scores = models.factors.customers[customers] @ models.factors.products.T
    closed = _never_candidates(models, customers)
    scores[closed] = -np.inf
    liked = min(LIKED, scores.shape[1])
    position = np.full(scores.shape, LIKED, np.int32)
    best = _best(scores, liked)
    np.put_along_axis(position, best, np.arange(liked, dtype=np.int32)[None, :], axis=1)
    chosen = position < LIKED
    chosen[:, popular] = True
    chosen &= ~closed
    rows, products = np.nonzero(chosen)
    return Pairs(customers[rows], products.astype(np.int32), scores[chosen], position[chosen])


def _never_candidates(models: Models, customers: npt.NDArray[np.int32]) -> npt.NDArray[np.bool_]:
    """(block, products) True for what was bought or returned, and for what nobody bought."""
    matrix = models.matrix
    closed = matrix.weights[customers].toarray() > 0
    closed |= matrix.returned[customers].toarray()
    closed |= (models.popularity.buyers == 0)[None, :]
    return np.asarray(closed)


def _best(scores: npt.NDArray[np.float32], n: int) -> npt.NDArray[np.intp]:
    """(rows, n) columns of the highest scores, best first, of equals the lower column."""
    some = np.argpartition(-scores, n - 1, axis=1)[:, :n]
    values = np.take_along_axis(scores, some, axis=1)
    return np.take_along_axis(some, np.lexsort((some, -values), axis=1), axis=1)
