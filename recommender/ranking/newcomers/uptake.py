"""What things have taken at a moment: customers of products, or products of customers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import sparse

from recommender.matrix.returns import net_returns
from recommender.models.popularity import pairs_since
from recommender.tables.purchases import SECONDS_PER_DAY, Purchases

SPANS = (28, 91, 365)
"""Days."""
YEAR = SPANS[-1]


@dataclass(frozen=True)
class Uptake:
    """Things are what may be new; the others are what it meets."""

    taken: dict[int, sparse.csr_matrix]
    """Days -> (things, others) 1 where they met within so many days and it stayed."""
    active: npt.NDArray[np.int32]
    """Things that met any other within the year, ascending."""
    others: npt.NDArray[np.int64]
    """(others,) things that each met within the year."""

    @property
    def transposed(self) -> Uptake:
        return _uptake({days: matrix.T.tocsr() for days, matrix in self.taken.items()})


def uptake_before(purchases: Purchases, now: int) -> Uptake:
    """Of customers (things) and products (others), from the year before `now` alone."""
    year = purchases.between(now - YEAR * SECONDS_PER_DAY, now)
    netted = net_returns(year)
    shape = (len(purchases.customers), len(purchases.products))
    taken = {}
    for days in SPANS:
        pairs = pairs_since(netted, now - days * SECONDS_PER_DAY)
        ones = np.ones(len(pairs[0]), np.float32)
        taken[days] = sparse.csr_matrix((ones, pairs), shape)
    return _uptake(taken)


def _uptake(taken: dict[int, sparse.csr_matrix]) -> Uptake:
    year = taken[YEAR]
    return Uptake(
        taken=taken,
        active=np.flatnonzero(np.diff(year.indptr)).astype(np.int32),
        others=np.bincount(year.indices, minlength=year.shape[1]),
    )
