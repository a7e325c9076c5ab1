"""Customers alike: those whose factors point the same way."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy import sparse

from recommender.models.topn import top_n

PEERS = 40
MOST_COMPARED = 100_000
"""Customers that one is compared with; of more, so many are drawn at random."""
COMPARISONS = 10_000_000_000
"""All of everyone with so many: past it each is compared with fewer, but never with less than a
fifth of `MOST_COMPARED`. A million customers with a hundred thousand would take hours."""
SEED = 40
BLOCK = 65_536
"""Customers whose directions are held at once."""


def find_peers(
    customer_factors: npt.NDArray[np.float32],
    peers: int = PEERS,
    of: npt.NDArray[np.int32] | None = None,
) -> npt.NDArray[np.int32]:
    """(customers, peers) nearest first by cosine, -1 where there are fewer.

    A customer without purchases has no factors; it has no peers and is nobody's. Peers are looked
    for among all customers, or among those that are drawn when there are too many; where `of` says
    of whom (ascending), the others get none.
    """
    lengths = np.linalg.norm(customer_factors, axis=1)
    known = np.flatnonzero(lengths > 0)
    asked = known if of is None else of[lengths[of] > 0]
    others = _compared(known, len(asked))
    found = np.full((len(customer_factors), peers), -1, np.int32)
    if not len(asked) or len(known) < 2:
        return found
    directions = customer_factors[others] / lengths[others, None]
    own = _same(asked, others)
    for first in range(0, len(asked), BLOCK):
        some = asked[first : first + BLOCK]
        mine = customer_factors[some] / lengths[some, None]
        for near in top_n(mine, directions, own[first : first + BLOCK], peers):
            found[some[near.customers], near.places] = others[near.products]
    return found


def _compared(known: npt.NDArray[np.intp], asked: int) -> npt.NDArray[np.intp]:
    """Ascending; all that are known, or those that are drawn."""
    most = max(min(MOST_COMPARED, COMPARISONS // max(asked, 1)), MOST_COMPARED // 5)
    if len(known) <= most:
        return known
    return np.sort(np.random.default_rng(SEED).choice(known, most, replace=False))


def _same(asked: npt.NDArray[np.integer], others: npt.NDArray[np.intp]) -> sparse.csr_matrix:
    """(asked, others) 1 where both are one customer."""
    places = np.searchsorted(others, asked)
    rows = np.flatnonzero(np.append(others, -1)[places] == asked)
    cells = (rows, places[rows])
    return sparse.csr_matrix((np.ones(len(rows), np.float32), cells), (len(asked), len(others)))
