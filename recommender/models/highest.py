"""The highest scores of every row of a dense block."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Places = npt.NDArray[np.intp]
Scores = npt.NDArray[np.float32]


def highest(scores: Scores, n: int, least: float = -np.inf) -> tuple[Places, Places, Places]:
    """Rows, columns and places (0 for the best) of the n highest scores above `least` of each row.

    Row by row, best first; of equals the lower column. The n-th value is found first, and from the
    side that does not begin with thousands of equals: numpy is seven times as slow from the other.
    """
    n = min(n, scores.shape[1])
    nth = -np.partition(-scores, n - 1, axis=1)[:, n - 1 : n]
    kept = scores >= nth
    counts = kept.sum(axis=1)
    tied = counts > n
    if tied.any():
        kept[tied] = _with_first_equals(scores[tied], nth[tied], n)
    kept &= scores > least
    rows, columns = np.nonzero(kept)
    return _best_first(rows, columns, scores[rows, columns], len(scores))


def _with_first_equals(scores: Scores, nth: Scores, n: int) -> npt.NDArray[np.bool_]:
    """(rows, columns) True for n of each row: all above the n-th value, and the first equal to it.

    `nth` is (rows, 1).
    """
    above: npt.NDArray[np.bool_] = scores > nth
    equal: npt.NDArray[np.bool_] = scores == nth
    wanted = n - above.sum(axis=1, keepdims=True)
    equal &= np.cumsum(equal, axis=1, dtype=np.int32) <= wanted
    above |= equal
    return above


def _best_first(
    rows: Places, columns: Places, values: Scores, height: int
) -> tuple[Places, Places, Places]:
    """Sorts pairs that come by row and column; by rows of a table, for numpy has no faster way."""
    counts = np.bincount(rows, minlength=height)
    starts = np.cumsum(counts) - counts
    places = np.arange(len(rows)) - np.repeat(starts, counts)
    table = np.full((height, int(counts.max(initial=0))), np.inf, np.float32)
    table[rows, places] = -values
    order = np.argsort(table, axis=1, kind="stable")
    # what fills the rows up comes last in each and is cut off
    return rows, columns[starts[rows] + order[rows, places]], places
