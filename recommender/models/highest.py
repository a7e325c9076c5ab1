"""The highest scores of every row of a dense block."""

from __future__ import annotations

import numpy as np

from recommender.models.shortlists import Places, Scores, Shortlists


def highest(scores: Scores, n: int, least: float = -float("inf")) -> tuple[Places, Places, Places]:
    """Rows, columns and places (0 for the best) of the n highest scores above `least` of each row.

    Row by row, best first; of equals the lower column.
    """
    height, width = scores.shape
    lists = Shortlists(height, max(min(n, width), 1), least)
    lists.take(
        np.ascontiguousarray(scores, np.float32),
        np.arange(width, dtype=np.int32),
        np.arange(height),
    )
    rows, columns, places, _ = lists.best_first()
    return rows, columns, places
