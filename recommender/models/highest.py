"""The highest scores of every row of a dense block."""

from __future__ import annotations

from recommender.models.shortlists import Places, Scores, Shortlists


def highest(scores: Scores, n: int, least: float = -float("inf")) -> tuple[Places, Places, Places]:
    """Rows, columns and places (0 for the best) of the n highest scores above `least` of each row.

    Row by row, best first; of equals the lower column.
    """
    lists = Shortlists(len(scores), max(min(n, scores.shape[1]), 1), least)
    lists.take(scores)
    rows, columns, places, _ = lists.best_first()
    return rows, columns, places
