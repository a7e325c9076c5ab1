"""The order of many lines by many columns, of which the first few tell nearly all."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

Column = npt.NDArray[Any]
Order = npt.NDArray[np.intp]


def canonical_order(first: Sequence[Column], rest: Sequence[Column]) -> Order:
    """As `np.lexsort` has it, by the first columns and where these are equal by the rest.

    The first are whole numbers: packed into one, they are sorted once instead of a column after
    the other. Where they are too wide for that all are sorted as they stand.
    """
    packed = _packed(first)
    if packed is None:
        return np.lexsort([*rest[::-1], *first[::-1]])
    order = np.argsort(packed, kind="stable")
    ordered = packed[order]
    same = np.flatnonzero(ordered[1:] == ordered[:-1])
    if len(same):
        places = np.union1d(same, same + 1)
        tied = order[places]
        by_rest = np.lexsort([*(column[tied] for column in rest[::-1]), packed[tied]])
        order[places] = tied[by_rest]
    return order


def _packed(columns: Sequence[Column]) -> npt.NDArray[np.int64] | None:
    """(lines,) one number that orders as the columns do, the first before all others."""
    packed = np.zeros(len(columns[0]), np.int64)
    span = 1
    for column in columns:
        low, high = int(column.min(initial=0)), int(column.max(initial=0))
        span *= high - low + 1
        if span >= 2**63:
            return None
        packed *= high - low + 1
        packed += column
        packed -= low
    return packed
