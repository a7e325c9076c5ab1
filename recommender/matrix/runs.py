"""Lines of whole customers, some millions at a time: sorting them all at once takes gigabytes."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

LINES = 4_000_000


def customer_runs(customers: npt.NDArray[np.integer[Any]]) -> list[slice]:
    """At least one; together all lines, of which those of a customer lie beside each other."""
    begins = customers[np.arange(0, len(customers), LINES)]
    edges = np.unique([0, *np.searchsorted(customers, begins), len(customers)]).tolist()
    return [slice(a, b) for a, b in pairwise(edges)] or [slice(0, 0)]
