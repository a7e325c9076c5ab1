"""Everything that is learned from the purchases up to one moment."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import sparse

from recommender.matrix.earlier import bought_earlier
from recommender.matrix.purchase_matrix import PurchaseMatrix, build_matrix
from recommender.matrix.returns import Netted, net_returns
from recommender.models.als import Factors, fit_als
from recommender.models.also_bought import AlsoBought, find_also_bought
from recommender.models.popularity import Popularity, measure_popularity
from recommender.models.settings import Settings
from recommender.tables.purchases import SECONDS_PER_DAY, Purchases


@dataclass(frozen=True)
class Models:
    netted: Netted
    """The history that was learned from."""
    matrix: PurchaseMatrix
    earlier: sparse.csr_matrix
    """(customers, products) bool: bought before the history, kept, and not bought since."""
    factors: Factors
    also_bought: AlsoBought
    popularity: Popularity
    now: int
    """Seconds since 1970 UTC; nothing later was seen."""

    @property
    def known_customers(self) -> npt.NDArray[np.int32]:
        """Customers with a purchase that stayed, ascending."""
        return np.flatnonzero(np.diff(self.matrix.weights.indptr)).astype(np.int32)


def learn(
    purchases: Purchases, settings: Settings, now: int, start: Factors | None = None
) -> Models:
    """Fits every model on purchases that are all earlier than `now`.

    `start`, factors of the same customers and products at another moment, saves iterations.
    Raises ValueError for a later one: that would be a look into the future.
    """
    if len(purchases) and purchases.last_at >= now:
        raise ValueError(f"a purchase at {purchases.last_at} is at or after the moment {now}")
    ever = net_returns(purchases)
    history = ever.since(now - settings.history_days * SECONDS_PER_DAY)
    matrix = build_matrix(history, settings.weighting, now)
    return Models(
        netted=history,
        matrix=matrix,
        earlier=bought_earlier(ever, matrix),
        factors=fit_als(matrix.weights, settings.als, start),
        also_bought=find_also_bought(matrix.bought),
        popularity=measure_popularity(history, now),
        now=now,
    )
