"""What lies in a basket, and what it would weigh as a purchase."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from recommender.release.contents import Numbers
from recommender.release.opening import Release
from recommender.suggest.fresh import MOST, Fresh
from recommender.suggest.rules import is_among

NOW = 1.0
"""What a purchase weighs that is made at this moment."""


@dataclass(frozen=True)
class Basket:
    """Products in a basket; how many times and in which order says nothing."""

    products: Numbers
    """Ascending."""
    ids: frozenset[str]
    """Theirs."""
    unknown: tuple[str, ...]
    """Ids that the release has never heard of, in order."""

    @classmethod
    def of(cls, release: Release, product_ids: Iterable[str]) -> Basket:
        found = {key: release.catalogue.columns.get(key) for key in product_ids}
        known = {key: column for key, column in found.items() if column is not None}
        unknown = sorted(found.keys() - known.keys())
        return cls(np.array(sorted(known.values()), np.int32), frozenset(known), tuple(unknown))

    def on_top_of(self, fresh: Fresh) -> Fresh:
        """The same purchases, with the basket as if it were bought this moment."""
        kept = np.union1d(fresh.kept, self.products).astype(np.int32)
        weights = np.zeros(len(kept))
        weights[np.searchsorted(kept, fresh.kept)] = fresh.weights
        weights[np.searchsorted(kept, self.products)] += NOW
        given_back = fresh.given_back[~is_among(fresh.given_back, self.products)]
        return Fresh(kept, np.minimum(weights, MOST), given_back)
