"""A strip of customers that meets one tile of products after the other."""

from __future__ import annotations

from dataclasses import dataclass

import numba
import numpy as np
from scipy import sparse

from recommender.models.shortlists import Places, Scores, Shortlists
from recommender.models.tiles import TILE, Tiles, lengths_of

STRIP = 512
STEP = 64
"""A strip's height is a multiple, so that BLAS seldom meets a shape without a fast kernel.

Where a customer stands still moves its scores by the last bit on some processors (OpenBLAS with
AVX2 sums the first six of twelve rows in another order than the others), so strips begin at the
same customers whatever may be spent."""


@dataclass(frozen=True)
class Strip:
    customers: Scores
    """(at most STRIP, factors)."""
    never: sparse.csr_matrix
    """(customers, places of products), ascending in each row."""

    @np.errstate(invalid="ignore", over="ignore")  # 0 times infinity is NaN, which is not listed
    def best(self, tiles: Tiles, n: int) -> tuple[Places, Places, Places, Scores]:
        """Rows, products, places and scores of the n best, row by row.

        Customers whose n-th best no later tile can reach are done, and the strip shrinks.
        """
        lengths = lengths_of(self.customers)
        lists = Shortlists(len(self.customers), n)
        shut = _Shut(self.never)
        held = np.empty(STRIP * TILE, np.float32)
        left = np.arange(len(self.customers))
        rows = _whole(self.customers)
        for number, tile in enumerate(tiles.factors):
            # so written that NaN, which bounds nothing, goes on
            going = ~(lengths[left] * tiles.lengths[number] <= lists.least[left])
            height = _height(int(np.count_nonzero(going)))
            if height < len(rows):
                left = left[going]
                rows = _whole(self.customers[left])
            if not height:
                break
            scores = held[: height * TILE].reshape(height, TILE)
            np.matmul(rows, tile.T, out=scores)
            shut.shut(scores, number * TILE, left)
            lists.take(scores[: len(left)], tiles.products[number], left)
        return lists.best_first()


class _Shut:
    """What is left out of each row, tile after tile."""

    def __init__(self, never: sparse.csr_matrix) -> None:
        self._reached = never.indptr[:-1].copy()
        self._ends = never.indptr[1:]
        self._places = never.indices

    def shut(self, scores: Scores, first: int, rows: Places) -> None:
        """-inf for what this tile, whose first place is `first`, holds of it."""
        _shut(scores, first, rows, (self._reached, self._ends, self._places))


def _whole(customers: Scores) -> Scores:
    rows = np.zeros((_height(len(customers)), customers.shape[1]), np.float32)
    rows[: len(customers)] = customers
    return rows


def _height(customers: int) -> int:
    return -(-customers // STEP) * STEP


@numba.njit(nogil=True, cache=True)
def _shut(scores, first, rows, never):  # type: ignore[no-untyped-def]
    reached, ends, places = never
    end = first + scores.shape[1]
    for number in range(len(rows)):
        row = rows[number]
        entry = reached[row]
        while entry < ends[row] and places[entry] < end:
            scores[number, places[entry] - first] = -np.inf
            entry += 1
        reached[row] = entry
