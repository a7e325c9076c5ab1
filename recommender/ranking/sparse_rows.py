"""Rows of sparse matrices, asked for a few of their products without ever being made dense."""

from __future__ import annotations

import numba
import numpy as np
import numpy.typing as npt
from scipy import sparse

from recommender.models.shortlists import Shortlists

Places = npt.NDArray[np.intp]
Values = npt.NDArray[np.float32]


def values_at(matrix: sparse.csr_matrix, rows: Places, products: Places) -> Values:
    """(pairs,) of the rows, which must ascend; 0 where nothing is stored."""
    starts = np.searchsorted(rows, np.arange(matrix.shape[0] + 1))
    values = np.ascontiguousarray(matrix.data, np.float32)
    parts = (matrix.indptr, matrix.indices, values)
    return np.asarray(_values_at(parts, starts, products, np.zeros(matrix.shape[1], np.float32)))


def highest_open(
    matrix: sparse.csr_matrix, closed: sparse.csr_matrix, unsold: npt.NDArray[np.bool_], n: int
) -> tuple[Places, Places, Places]:
    """Rows, products and places of the n highest above 0 of each row, best first.

    Neither what `closed` stores in the row nor what is `unsold` (products,); of equals the lower.
    """
    lists = Shortlists(matrix.shape[0], n, least=0.0)
    values = np.array(matrix.data, np.float32)
    _shut((matrix.indptr, matrix.indices, values), closed.indptr, closed.indices, unsold.copy())
    for row, (first, end) in enumerate(zip(matrix.indptr[:-1], matrix.indptr[1:], strict=True)):
        lists.take(values[None, first:end], matrix.indices[first:end], np.array([row]))
    rows, products, places, _ = lists.best_first()
    return rows, products, places


@numba.njit(nogil=True, cache=True)
def _values_at(parts, starts, products, held):  # type: ignore[no-untyped-def]
    ends, columns, values = parts
    found = np.empty(len(products), np.float32)
    for row in range(len(ends) - 1):
        for entry in range(ends[row], ends[row + 1]):
            held[columns[entry]] += values[entry]
        for pair in range(starts[row], starts[row + 1]):
            found[pair] = held[products[pair]]
        for entry in range(ends[row], ends[row + 1]):
            held[columns[entry]] = 0
    return found


@numba.njit(nogil=True, cache=True)
def _shut(parts, closed_ends, closed, shut):  # type: ignore[no-untyped-def]
    """Values of what is closed become 0; `shut` (products,) True for what is so in every row."""
    ends, columns, values = parts
    for row in range(len(ends) - 1):
        mine = closed[closed_ends[row] : closed_ends[row + 1]]
        before = shut[mine]
        shut[mine] = True
        for entry in range(ends[row], ends[row + 1]):
            if shut[columns[entry]]:
                values[entry] = 0
        shut[mine] = before
