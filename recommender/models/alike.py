"""Customers alike: those whose factors point the same way."""

from __future__ import annotations

import numba
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
    """Positions in `directions` of the nearest others of one block of rows; of equals the lower."""
    cosines = directions[first : first + BLOCK] @ directions.T
    own = np.arange(len(cosines))
    cosines[own, first + own] = -2.0
    return np.asarray(_few_highest(cosines, width), np.intp)


@numba.njit(nogil=True, cache=True)
def _few_highest(scores, few):  # type: ignore[no-untyped-def]
    """(rows, few) columns, best first, for scores above -3.

    Where thousands are equal, as of customers of one product, numpy is sixty times as slow.
    """
    found = np.empty((len(scores), few), np.intp)
    best = np.empty(few, scores.dtype)
    for row in range(len(scores)):
        best[:] = -3.0
        for column in range(scores.shape[1]):
            score = scores[row, column]
            if score > best[few - 1]:
                place = few - 1
                while place > 0 and score > best[place - 1]:
                    best[place] = best[place - 1]
                    found[row, place] = found[row, place - 1]
                    place -= 1
                best[place] = score
                found[row, place] = column
    return found
