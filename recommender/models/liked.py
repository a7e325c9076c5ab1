"""What a model likes most of what is open to each customer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from threadpoolctl import threadpool_limits

from recommender.models.highest import highest

CELLS = 4_000_000
"""Scores held at once."""

Numbers = npt.NDArray[np.int32]


@dataclass(frozen=True)
class Liked:
    """Products of every customer, most liked first."""

    starts: npt.NDArray[np.int64]
    """(customers + 1,)."""
    products: Numbers

    def of(
        self, customers: Numbers, most: int
    ) -> tuple[npt.NDArray[np.int64], Numbers, npt.NDArray[np.int64]]:
        """Positions in `customers`, products and places, 0 for the first; at most so many each."""
        first = self.starts[customers]
        lengths = np.minimum(self.starts[customers + 1] - first, most)
        rows = np.repeat(np.arange(len(customers)), lengths)
        places = np.arange(len(rows)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
        return rows, self.products[first[rows] + places], places


def most_liked(
    customers: npt.NDArray[np.float32],
    products: npt.NDArray[np.float32],
    closed: tuple[npt.NDArray[np.int64], Numbers],
    unsold: npt.NDArray[np.bool_],
    n: int,
) -> Iterator[Numbers]:
    """(n,) or fewer products for each row of `customers`, of equals the lower one first.

    `closed` is where the closed products of each row end, and what they are; `unsold` (products,)
    are closed to everyone.
    """
    ends, shut = closed
    size = max(1, CELLS // max(len(products), 1))
    for first in range(0, len(customers), size):
        part = customers[first : first + size]
        begin, end = ends[first], ends[first + len(part)]
        with threadpool_limits(1, "blas"):  # the same sums in the same order everywhere
            scores = part @ products.T
        lengths = np.diff(ends[first : first + len(part) + 1])
        scores[np.repeat(np.arange(len(part)), lengths), shut[begin:end]] = -np.inf
        scores[:, unsold] = -np.inf
        rows, columns, _ = highest(scores, n)
        found = np.cumsum(np.bincount(rows, minlength=len(part)))[:-1]
        yield from np.split(columns.astype(np.int32), found)
