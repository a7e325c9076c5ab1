"""Everything that is learned from the purchases up to one moment."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import sparse

from recommender.matrix.earlier import bought_earlier
from recommender.matrix.purchase_matrix import PurchaseMatrix
from recommender.matrix.returns import Netted, net_returns
from recommender.models.als import Factors
from recommender.models.also_bought import AlsoBought, find_also_bought
from recommender.models.engine import Past
from recommender.models.liked import Liked
from recommender.models.popularity import Popularity, measure_popularity
from recommender.models.settings import Settings
from recommender.tables.purchases import SECONDS_PER_DAY, Purchases

LISTED = 300
"""Products that an engine lists for each customer: as deep as any ranker looks."""


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
    liked: Liked | None = None
    """What `factors` like most of what is open, where the engine lists it for all at once."""

    @property
    def closed(self) -> tuple[sparse.csr_matrix, ...]:
        """(customers, products) of what is no candidate: bought, also if given back or long ago."""
        return self.matrix.weights, self.matrix.returned, self.earlier

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
    ever, begins = net_returns(purchases), now - settings.history_days * SECONDS_PER_DAY
    history, engine = ever.since(begins), settings.engine
    matrix = engine.matrix(Past(purchases, history, begins, now), settings.weighting)
    earlier, factors = bought_earlier(ever, matrix), engine.fit(matrix.weights, settings.als, start)
    return Models(
        netted=history,
        matrix=matrix,
        earlier=earlier,
        factors=factors,
        also_bought=find_also_bought(matrix.bought),
        popularity=measure_popularity(history, now),
        now=now,
        liked=engine.most_liked(factors, (matrix.weights, matrix.returned, earlier), LISTED),
    )
