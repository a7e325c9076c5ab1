"""The median of each of many groups at once."""

from __future__ import annotations

import numba
import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
FEW = 32
"""Values that are sorted by insertion, one after the other."""


def medians(values: Floats, groups: npt.NDArray[np.int64], size: int) -> Floats:
    """(size,) of finite values of groups 0 to size - 1, which ascend; NaN where there is none."""
    counts = np.bincount(groups, minlength=size)
    held = np.empty(int(counts.max(initial=0)))
    return np.asarray(_medians(np.ascontiguousarray(values, np.float64), np.cumsum(counts), held))


@numba.njit(nogil=True, cache=True)
def _medians(values, ends, held):  # type: ignore[no-untyped-def]
    """Groups have a few values each: sorted apart they cost a tenth of one sort of all."""
    found = np.full(len(ends), np.nan)
    first = 0
    for group in range(len(ends)):
        count = ends[group] - first
        if count > FEW:
            held[:count] = np.sort(values[first : ends[group]])
        else:
            for number in range(count):
                value, place = values[first + number], number
                while place > 0 and held[place - 1] > value:
                    held[place] = held[place - 1]
                    place -= 1
                held[place] = value
        if count > 0:
            found[group] = (held[(count - 1) // 2] + held[count // 2]) / 2
        first = ends[group]
    return found
