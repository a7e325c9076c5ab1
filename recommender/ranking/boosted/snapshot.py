"""All that can be known at one moment, prepared so that pairs can be looked up in it."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from scipy import sparse

from recommender.matrix.purchase_matrix import weigh_again
from recommender.models.alike import find_peers
from recommender.models.als import Factors
from recommender.models.liked import Liked
from recommender.models.models import LISTED, Models
from recommender.models.settings import Settings
from recommender.models.spending import usual_prices
from recommender.ranking.boosted.answers import answers_at
from recommender.ranking.boosted.interest import interest_at
from recommender.ranking.boosted.known import Known
from recommender.ranking.boosted.taken import Taken, count_taken

SLOW_HALF_LIVES = 4.5
"""Times the half-life: the second model remembers longer than the first."""


@dataclass(frozen=True)
class Snapshot:
    models: Models
    slow: Factors
    """ALS of the same purchases with a longer memory."""
    liked_slowly: Liked | None
    """As `models.liked`, by `slow`."""
    known: Known
    taken: Taken
    neighbours: sparse.csr_matrix
    """(products, products) column j holds the products that speak for j."""
    peers: npt.NDArray[np.int32]
    """(customers, 40) the customers alike, -1 past the last of them."""
    interest: dict[str, sparse.csr_matrix]
    """Name -> (customers, products), of views, carts and quotes; empty without events."""
    answers: dict[str, sparse.csr_matrix]
    """Name -> (customers, products), of what became of suggestions; empty where nothing did."""
    price: npt.NDArray[np.float64]
    """(products,) of the catalogue, else paid lately; NaN where not known."""

    @property
    def now(self) -> int:
        return self.models.now


def take_snapshot(
    models: Models,
    settings: Settings,
    known: Known,
    slow_start: Factors | None = None,
    looked_at: npt.NDArray[np.int32] | None = None,
) -> Snapshot:
    """Looks at nothing but `models`, which saw nothing later than their own moment.

    Peers are found of the customers that will be looked at, or of all.
    """
    weighting = replace(
        settings.weighting, half_life_days=SLOW_HALF_LIVES * settings.weighting.half_life_days
    )
    weights = weigh_again(models.matrix, models.netted, weighting, models.now)
    other_seed, engine = replace(settings.als, seed=settings.als.seed + 1), settings.engine
    slow = engine.fit(weights, other_seed, slow_start)
    paid = usual_prices(models.netted, models.now)
    listed = known.product_values.get("price")
    return Snapshot(
        models=models,
        slow=slow,
        liked_slowly=engine.most_liked(slow, models.closed, LISTED),
        known=known,
        taken=count_taken(models.netted, models.now),
        neighbours=models.also_bought.as_matrix(models.matrix.weights.shape[1]).T.tocsr(),
        peers=find_peers(models.factors.customers, of=looked_at),
        interest={} if known.events is None else interest_at(known.events, models.now),
        answers={} if known.answers is None else answers_at(known.answers, models.now),
        price=paid if listed is None else np.where(np.isfinite(listed), listed, paid),
    )
