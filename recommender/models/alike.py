"""Customers alike: those whose factors point the same way."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from threadpoolctl import threadpool_limits

PEERS = 40
BLOCK = 512


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
    with threadpool_limits(1, "blas"):  # the same sums in the same order on every machine size
        for first in range(0, len(known), BLOCK):
            nearest = _nearest(directions, first, width)
            found[known[first : first + BLOCK], :width] = known[nearest]
    return found


def _nearest(directions: npt.NDArray[np.float32], first: int, width: int) -> npt.NDArray[np.intp]:
    """Positions in `directions` of the nearest others for one block of rows."""
    cosines = directions[first : first + BLOCK] @ directions.T
    own = np.arange(len(cosines))
    cosines[own, first + own] = -2.0
    some = np.argpartition(-cosines, width - 1, axis=1)[:, :width]
    values = np.take_along_axis(cosines, some, axis=1)
    order = np.lexsort((some, -values), axis=1)
    return np.take_along_axis(some, order, axis=1)
