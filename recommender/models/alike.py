"""Customers alike: those whose factors point the same way."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy import sparse

from recommender.models.topn import top_n

PEERS = 40


def find_peers(
    customer_factors: npt.NDArray[np.float32], peers: int = PEERS
) -> npt.NDArray[np.int32]:
    """(customers, peers) nearest first by cosine, -1 where there are fewer.

    A customer without purchases has no factors; it has no peers and is nobody's.
    """
    lengths = np.linalg.norm(customer_factors, axis=1)
    known = np.flatnonzero(lengths > 0)
    directions = customer_factors[known] / lengths[known, None]
    found = np.full((len(customer_factors), peers), -1, np.int32)
    width = min(peers, max(len(known) - 1, 0))
    if not width:
        return found
    own = sparse.identity(len(known), dtype=np.float32, format="csr")
    for near in top_n(directions, directions, own, width):
        found[known[near.customers], near.places] = known[near.products]
    return found
