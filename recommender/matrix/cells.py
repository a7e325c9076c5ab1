"""Pairs as single numbers, customer times products plus product: which stand among others."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy import sparse

Cells = npt.NDArray[np.int64]


def is_among(cells: Cells, ascending: Cells) -> npt.NDArray[np.bool_]:
    """True for each cell that is one of the others, which are not sorted once more for it."""
    found = np.append(ascending, -1)[np.searchsorted(ascending, cells)]
    return np.asarray(found == cells)


def cells_of(matrix: sparse.csr_matrix) -> Cells:
    """Of all that is stored; ascending where each row is sorted."""
    rows = np.repeat(np.arange(matrix.shape[0], dtype=np.int64), np.diff(matrix.indptr))
    rows *= matrix.shape[1]
    rows += matrix.indices
    return rows
