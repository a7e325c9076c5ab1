"""The median of each of many groups at once."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


def medians(values: Floats, groups: npt.NDArray[np.int64], size: int) -> Floats:
    """(size,) of the values of groups 0 to size - 1, which ascend; NaN for a group without any."""
    ordered = values[np.lexsort((values, groups))]
    counts = np.bincount(groups, minlength=size)
    told = counts > 0
    first = (np.cumsum(counts) - counts)[told]
    low, high = first + (counts[told] - 1) // 2, first + counts[told] // 2
    found = np.full(size, np.nan)
    found[told] = (ordered[low] + ordered[high]) / 2
    return found
