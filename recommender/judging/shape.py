"""What a set of lists looks like as a whole: does everyone get the same, and only the known?"""

from __future__ import annotations

from dataclasses import asdict, dataclass

import numpy as np
from scipy import sparse

from recommender.judging.metrics import first_places
from recommender.ranking.ranked import Ranked

SHOWN = 10
"""Places of a list that a person looks at."""
MOST_POPULAR = 20


@dataclass(frozen=True)
class Shape:
    lists: int
    """Customers with a list."""
    products_shown: int
    """Different products in the first ten places of all lists: their coverage."""
    popular_share: float
    """Of these places, the share that goes to the 20 products with most customers."""
    novelty: float
    """Mean of -log2(share of customers that bought the product): 1 for half of them, 10 for one
    in a thousand."""

    def as_json(self) -> dict[str, float]:
        return {name: round(value, 4) for name, value in asdict(self).items()}


def shape_of(ranked: Ranked, before: sparse.csr_matrix) -> Shape:
    """`before` (customers, products): what was bought in the year before."""
    customers = np.flatnonzero(np.diff(ranked.starts)).astype(np.int32)
    places = first_places(ranked, customers, SHOWN)
    shown = places[places >= 0]
    if not len(shown):
        return Shape(0, 0, 0.0, 0.0)
    buyers = np.bincount(before.indices, minlength=before.shape[1])
    popular = np.argsort(-buyers, kind="stable")[:MOST_POPULAR]
    share = np.maximum(buyers[shown], 1) / max(int((np.diff(before.indptr) > 0).sum()), 1)
    return Shape(
        lists=len(customers),
        products_shown=len(np.unique(shown)),
        popular_share=float(np.isin(shown, popular).mean()),
        novelty=float(-np.log2(share).mean()),
    )
