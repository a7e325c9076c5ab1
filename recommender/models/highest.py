"""The highest scores of every row of a dense block."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Places = npt.NDArray[np.intp]


def highest(
    scores: npt.NDArray[np.float32], n: int, least: float = -np.inf
) -> tuple[Places, Places, Places]:
    """Rows, columns and places (0 for the best) of the n highest scores above `least` of each row.

    Row by row, best first; of equals the lower column. The n-th value is found first, and from the
    side that does not begin with thousands of equals: numpy is seven times as slow from the other.
    """
    n = min(n, scores.shape[1])
    nth = -np.partition(-scores, n - 1, axis=1)[:, n - 1]
    rows, columns = np.nonzero((scores >= nth[:, None]) & (scores > least))
    order = np.lexsort((columns, -scores[rows, columns], rows))
    rows, columns = rows[order], columns[order]
    places = np.arange(len(rows)) - np.searchsorted(rows, rows)
    kept = places < n
    return rows[kept], columns[kept], places[kept]
