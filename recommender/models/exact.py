"""Exact factors of rows against given ones: the half of ALS that is solved at a time.

For each row x = (Y'Y + Y'(C - I)Y + regularization I)^-1 Y'c, with c = alpha * weight where there
is one (Hu, Koren and Volinsky 2008, formula 4). What a row lacks needs no look: Y'Y is shared.
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor

import numba
import numpy as np
import numpy.typing as npt
from scipy import sparse
from threadpoolctl import threadpool_limits

ROWS = 4096
"""Solved by a thread before it asks for more."""
BLOCK = 512
"""Weights of a row that meet BLAS at once: their factors stay in the cache."""


def solve_exactly(
    products: npt.NDArray[np.float32],
    weights: sparse.csr_matrix,
    *,
    alpha: float,
    regularization: float,
) -> npt.NDArray[np.float32]:
    """(rows, factors) of `weights` (rows, products); zeros where a row stores nothing.

    Each row is solved by itself, so the number of threads leaves no trace. Raises ValueError where
    a system has no solution.
    """
    shared = products.T @ products
    shared[np.diag_indices_from(shared)] += np.float32(regularization)
    confidence = weights.data.astype(np.float32) * np.float32(alpha)
    rows = weights.shape[0]
    solved = np.zeros((rows, products.shape[1]), np.float32)

    def solve(first: int) -> None:
        entries = weights.indptr, weights.indices, confidence
        _solve(entries, products, shared, solved, (first, min(first + ROWS, rows)))

    # one thread of BLAS: two threads of ours ask it at once
    with threadpool_limits(1, "blas"), ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        try:
            list(pool.map(solve, range(0, rows, ROWS)))
        except np.linalg.LinAlgError as error:
            raise ValueError(f"a system of equations has no solution: {error}") from error
    return solved


@numba.njit(nogil=True, cache=True)
def _solve(entries, products, shared, solved, some):  # type: ignore[no-untyped-def]
    starts, columns, confidence = entries
    factors = products.shape[1]
    bought, weighed = np.empty((BLOCK, factors), np.float32), np.empty((BLOCK, factors), np.float32)
    for row in range(some[0], some[1]):
        first, end = starts[row], starts[row + 1]
        if first == end:
            continue
        system, wanted = shared.copy(), np.zeros(factors, np.float32)
        for begin in range(first, end, BLOCK):
            length = min(BLOCK, end - begin)
            for place in range(length):
                sure = confidence[begin + place]
                column = columns[begin + place]
                for factor in range(factors):
                    value = products[column, factor]
                    bought[place, factor] = value
                    weighed[place, factor] = (sure - np.float32(1)) * value
                    wanted[factor] += sure * value
            system += np.dot(bought[:length].T, weighed[:length])
        solved[row] = np.linalg.solve(system, wanted)
