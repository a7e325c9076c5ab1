"""How chance goes with liking: what lists are moved by between two trainings."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from recommender.models.als import Factors
from recommender.ranking.ranked import Ranked

BLOCK = 100_000
"""Pairs whose factors are multiplied at a time."""
MOST_CUSTOMERS = 100_000
"""Whose lists are looked at; of more every second, third and so on."""
LEAST_CHANCE = 1e-6
LEAST_PAIRS = 100
"""Below it a slope is noise."""


def fit_slope_of_liking(ranked: Ranked, factors: Factors) -> float | None:
    """Of logit(chance) on liking over the candidates of a release, by least squares.

    Only pairs of which the model has an opinion count; None where they are few.
    """
    ranked = _some(ranked)
    customers, products = _not_zero(factors.customers), _not_zero(factors.products)
    pairs = np.flatnonzero(customers[ranked.customers] & products[ranked.products])
    if len(pairs) < LEAST_PAIRS:
        return None
    liking = _likings(factors, ranked.customers[pairs], ranked.products[pairs])
    held = np.clip(ranked.chance[pairs].astype(np.float64), LEAST_CHANCE, 1 - LEAST_CHANCE)
    logit = np.log(held / (1 - held))
    spread = float(np.var(liking))
    if not spread > 0:
        return None
    together = float(np.mean((liking - liking.mean()) * (logit - logit.mean())))
    return round(together / spread, 6)


def _some(ranked: Ranked) -> Ranked:
    customers = len(ranked.starts) - 1
    if customers <= MOST_CUSTOMERS:
        return ranked
    return ranked.of(np.arange(customers) % -(-customers // MOST_CUSTOMERS) == 0)


def _not_zero(factors: npt.NDArray[np.float32]) -> npt.NDArray[np.bool_]:
    return np.asarray(factors.any(axis=1))


def _likings(
    factors: Factors, customers: npt.NDArray[np.int64], products: npt.NDArray[np.int32]
) -> npt.NDArray[np.float64]:
    """(pairs,) the dot products, a block at a time: all factors together could fill the memory."""
    blocks = [slice(first, first + BLOCK) for first in range(0, len(customers), BLOCK)]
    return np.concatenate(
        [
            np.einsum(
                "pf,pf->p",
                factors.customers[customers[block]].astype(np.float64),
                factors.products[products[block]].astype(np.float64),
            )
            for block in blocks
        ]
    )
