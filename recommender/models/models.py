"""Everything that is learned from the purchases up to one moment."""

from __future__ import annotations

from dataclasses import dataclass

from recommender.matrix.purchase_matrix import PurchaseMatrix, build_matrix
from recommender.matrix.returns import Netted, net_returns
from recommender.matrix.weights import RecencyQuantity
from recommender.models.als import AlsSettings, Factors, fit_als
from recommender.models.also_bought import AlsoBought, find_also_bought
from recommender.models.popularity import Popularity, measure_popularity
from recommender.tables.purchases import Purchases


@dataclass(frozen=True)
class Models:
    netted: Netted
    matrix: PurchaseMatrix
    factors: Factors
    also_bought: AlsoBought
    popularity: Popularity
    now: int
    """Seconds since 1970 UTC; nothing later was seen."""


def learn(
    purchases: Purchases, weighting: RecencyQuantity, settings: AlsSettings, now: int
) -> Models:
    """Fits every model on purchases that are all earlier than `now`."""
    netted = net_returns(purchases)
    matrix = build_matrix(netted, weighting, now)
    return Models(
        netted=netted,
        matrix=matrix,
        factors=fit_als(matrix.weights, settings),
        also_bought=find_also_bought(matrix.bought),
        popularity=measure_popularity(netted, now),
        now=now,
    )
