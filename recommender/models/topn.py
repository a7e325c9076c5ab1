"""The best products of every customer by the plain formula, customers times products.

A strip of customers meets a tile of products, the scores stay in the processor's cache, and only
those among a customer's best so far are kept: the scores of all never exist at once.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numba
import numpy as np
import numpy.typing as npt
from scipy import sparse
from threadpoolctl import threadpool_limits

from recommender.models.shortlists import Places, Scores, Shortlists

STRIP, TILE = 512, 256
"""Every product of matrices has this shape: the sums are the same however work is divided."""
LISTED = 64
"""Bytes that a place of a list takes while strips are joined."""


@dataclass(frozen=True)
class Means:
    """What may be spent; the lists are the same for any."""

    memory: int = 64_000_000
    """Bytes beside factors and purchases, though a strip a thread is always held."""
    threads: int = os.cpu_count() or 1

    def customers_at_once(self, n: int) -> int:
        left = self.memory - self.threads * STRIP * TILE * 4
        return STRIP * max(left // (STRIP * n * LISTED), self.threads)


USUAL = Means()


@dataclass(frozen=True)
class TopN:
    """Lists of some customers, one after the other, best first, without padding."""

    customers: Places
    """(listed,) ascending."""
    products: Places
    places: Places
    """(listed,) 0 for the best."""
    scores: Scores

    def __len__(self) -> int:
        return len(self.customers)


def top_n(
    customers: Scores, products: Scores, never: sparse.csr_matrix, n: int, means: Means = USUAL
) -> Iterator[TopN]:
    """The n products of highest score for each customer, a block of customers at a time.

    `customers` and `products` are (rows, factors). Left out is what `never` (customers, products)
    holds, and what has no score above -inf. Of equals the lower product comes first.
    Raises ValueError when the shapes do not fit each other, or n is less than 1.
    """
    if n < 1:
        raise ValueError(f"the best {n} products; ask for 1 or more")
    if never.shape != (len(customers), len(products)):
        raise ValueError(f"{len(customers)} customers, {len(products)} products, never {never!r}")
    tiles = _tiles(products)
    n = min(n, max(len(products), 1))
    size = means.customers_at_once(n)
    for first in range(0, len(customers), size):
        some = slice(first, first + size)
        yield _block(_Strips(customers[some], tiles, _stored(never[some]), n), first, means.threads)


def only(products: Scores, open_: npt.NDArray[np.bool_]) -> Scores:
    """The factors of products that may be listed, and NaN for the others."""
    return np.where(open_[:, None], products, np.float32(np.nan))


@dataclass(frozen=True)
class _Strips:
    customers: Scores
    tiles: Scores
    """(tiles, TILE, factors) of products, NaN beyond the last."""
    never: sparse.csr_matrix
    n: int

    def best(self, first: int) -> tuple[Places, Places, Places, Scores]:
        """Of the strip that begins at row `first`, which is row 0 of the answer."""
        customers = self.customers[first : first + STRIP]
        rows = np.zeros((STRIP, customers.shape[1]), np.float32)
        rows[: len(customers)] = customers
        lists = Shortlists(len(customers), self.n)
        reached = self.never.indptr[first : first + len(customers) + 1].copy()
        ends = reached[1:].copy()
        scores = np.empty((STRIP, TILE), np.float32)
        for number, tile in enumerate(self.tiles):
            with np.errstate(
                invalid="ignore", over="ignore"
            ):  # inf times 0 is NaN, which is not listed
                np.matmul(rows, tile.T, out=scores)
            _shut(scores, number * TILE, reached, ends, self.never.indices)
            lists.take(scores[: len(customers)], number * TILE)
        return lists.best_first()


def _block(strips: _Strips, first: int, threads: int) -> TopN:
    starts = range(0, len(strips.customers), STRIP)
    # threads of its own would make BLAS slower, and the sums depend on the machine
    with threadpool_limits(1, "blas"), ThreadPoolExecutor(threads) as pool:
        found = list(pool.map(strips.best, starts))
    customers = [rows + first + start for start, (rows, *_) in zip(starts, found, strict=True)]
    _, products, places, scores = zip(*found, strict=True)
    return TopN(*map(np.concatenate, (customers, products, places, scores)))


def _tiles(products: Scores) -> Scores:
    whole = -(-len(products) // TILE)
    tiles = np.full((whole, TILE, products.shape[1]), np.nan, np.float32)
    tiles.reshape(-1, products.shape[1])[: len(products)] = products
    return tiles


def _stored(never: sparse.csr_matrix) -> sparse.csr_matrix:
    """A copy with the columns of each row ascending, and without stored zeros."""
    kept = never.sorted_indices()
    kept.eliminate_zeros()
    return kept


@numba.njit(nogil=True, cache=True)
def _shut(scores, first, reached, ends, columns):  # type: ignore[no-untyped-def]
    """-inf for the columns of each row that this tile holds; `reached` goes on to the next."""
    end = first + scores.shape[1]
    for row in range(len(ends)):
        place = reached[row]
        while place < ends[row] and columns[place] < end:
            scores[row, columns[place] - first] = -np.inf
            place += 1
        reached[row] = place
