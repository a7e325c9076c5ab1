"""The best products of every customer by the plain formula, customers times products.

A strip of customers meets a tile of products, the scores stay in the processor's cache, and only
those among a customer's best so far are kept: the scores of all never exist at once. Tiles come by
the length of their products' factors. No score exceeds the length of both (Cauchy and Schwarz), so
a customer is done as soon as that of the next tile is not enough.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import sparse
from threadpoolctl import threadpool_limits

from recommender.models.shortlists import Places, Scores
from recommender.models.strip import STRIP, Strip
from recommender.models.tiles import TILE, tiles_of

BYTES = 96
"""That a place of a list takes while strips are joined and the block before is looked at."""
Listed = tuple[Places, Places, Places, Scores]


@dataclass(frozen=True)
class Means:
    """What may be spent; the lists are the same for any."""

    memory: int = 64_000_000
    """Bytes beside factors and purchases, though a strip a thread is always held."""
    threads: int = os.cpu_count() or 1

    def customers_at_once(self, n: int) -> int:
        left = self.memory - self.threads * STRIP * (TILE * 8 + n * 32)
        return STRIP * max(left // (STRIP * n * BYTES), self.threads)


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
    n = min(n, max(len(products), 1))
    tiles = tiles_of(products)

    def best(first: int) -> Listed:
        some = slice(first, first + STRIP)
        strip = Strip(customers[some], tiles.ordered(never[some]))
        rows, listed, places, scores = strip.best(tiles, n)
        return rows + first, listed, places, scores

    size = means.customers_at_once(n)
    for first in range(0, len(customers), size):
        yield _joined(best, range(first, min(first + size, len(customers)), STRIP), means.threads)


def _joined(best: Callable[[int], Listed], strips: range, threads: int) -> TopN:
    # threads of its own would make BLAS slower, and the sums depend on the machine
    with threadpool_limits(1, "blas"), ThreadPoolExecutor(threads) as pool:
        found = list(pool.map(best, strips))
    return TopN(*map(np.concatenate, zip(*found, strict=True)))


def only(products: Scores, open_: npt.NDArray[np.bool_]) -> Scores:
    """The factors of products that may be listed, and NaN for the others."""
    return np.where(open_[:, None], products, np.float32(np.nan))
