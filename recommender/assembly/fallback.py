"""The lists for customers without purchases: what their segment buys, or everyone."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from recommender.models.models import Models
from recommender.models.popularity import RECENT_DAYS, most_bought, pairs_since
from recommender.release.contents import Fallback
from recommender.tables.purchases import SECONDS_PER_DAY
from recommender.text import TextColumn

LEAST_CUSTOMERS = 20
"""With purchases, for a segment to have a list of its own."""
LEAST_BUYERS = 5
"""Of a product in a segment; fewer could be one person's doing."""
LENGTH = 200


def fallback_lists(models: Models, segments: list[str]) -> Fallback:
    """`segments` (customers,) names each customer's, "" for none.

    The chance of a product is the share of active customers that bought it in the last 28 days.
    """
    popularity = models.popularity
    popular = most_bought(popularity.recent_buyers, popularity.buyers, LENGTH)
    lists = _segment_lists(models, segments)
    return Fallback(
        popular=popular,
        popular_chance=_shares(popularity.recent_buyers[popular], popularity.active_customers),
        segments=TextColumn.of(lists),
        segment_starts=np.cumsum([0, *(len(p) for p, _ in lists.values())]).astype(np.int64),
        segment_products=np.concatenate([np.zeros(0, np.int32), *(p for p, _ in lists.values())]),
        segment_chance=np.concatenate([np.zeros(0, np.float32), *(c for _, c in lists.values())]),
    )


Lists = dict[str, tuple[npt.NDArray[np.int32], npt.NDArray[np.float32]]]


def _segment_lists(models: Models, segments: list[str]) -> Lists:
    """Products and chances by segment, for segments with enough customers, in order of name."""
    names, number = np.unique(np.array(segments), return_inverse=True)
    products = models.matrix.weights.shape[1]
    active = np.diff(models.matrix.weights.indptr) > 0
    sizes = np.bincount(number[active], minlength=len(names))
    recent = _buyers_by_segment(models, number, models.now - RECENT_DAYS * SECONDS_PER_DAY)
    lists: Lists = {}
    for position, name in enumerate(names.tolist()):
        buyers = recent.get(position, np.zeros(products, np.int64))
        enough = most_bought(buyers, np.where(buyers >= LEAST_BUYERS, buyers, 0), LENGTH)
        if name and sizes[position] >= LEAST_CUSTOMERS and len(enough):
            lists[name] = enough, _shares(buyers[enough], int(sizes[position]))
    return lists


def _buyers_by_segment(
    models: Models, number: npt.NDArray[np.intp], moment: int
) -> dict[int, npt.NDArray[np.int64]]:
    customers, products = pairs_since(models.netted, moment)
    segment = number[customers]
    size = models.matrix.weights.shape[1]
    return {int(s): np.bincount(products[segment == s], minlength=size) for s in np.unique(segment)}


def _shares(buyers: npt.NDArray[np.int64], customers: int) -> npt.NDArray[np.float32]:
    return (buyers / max(customers, 1)).astype(np.float32)
