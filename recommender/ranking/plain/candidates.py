"""Many candidates for each customer: what the model likes for it, and what everyone takes now."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from threadpoolctl import threadpool_limits

from recommender.models.highest import highest
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
    scores[never_candidates(models, customers)] = -np.inf
    scores[:, models.popularity.buyers == 0] = -np.inf
    width = scores.shape[1]
    liked = models.liked.of(customers, LIKED) if models.liked else highest(scores, LIKED)
    rows, best, place = liked
    first = np.arange(len(customers))[:, None] * width
    cells = np.concatenate([rows * width + best, (first + popular).ravel()])
    places = np.full(len(cells), LIKED, np.int32)
    places[: len(place)] = place
    # of a cell that is both liked and popular, the liked one stands first
    cells, once = np.unique(cells, return_index=True)
    score = scores.ravel()[cells]
    open_ = score > -np.inf
    rows, products = np.divmod(cells[open_], width)
    return Pairs(customers[rows], products.astype(np.int32), score[open_], places[once][open_])


def never_candidates(
    models: Models, customers: npt.NDArray[np.int32]
) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """Rows of the block and products that were bought or returned."""
    cells = [part[customers].nonzero() for part in models.closed]
    rows, products = (np.concatenate(side) for side in zip(*cells, strict=True))
    return rows, products
