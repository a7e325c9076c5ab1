"""How likely a product that nobody bought starts to sell: real first sales make chances honest."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from threadpoolctl import threadpool_limits

from recommender.ranking.newcomers.taste import Examples, newton

Column = npt.NDArray[np.float64]

TOWARDS = np.array([1.0, 0.0, 0.0, -2.0])
"""Taste taken as it is, one in seven or so of what an established product would sell."""
PULL = np.array([4.0, 1.0, 1.0, 0.5])


@dataclass(frozen=True)
class Level:
    """Log-odds from those of taste and the age of the listing."""

    weights: Column
    newcomers: int
    """Products that earlier windows saw without a sale."""
    started: int
    """Of these, with a first sale in the window."""

    def odds(self, taste: npt.NDArray[np.float32], listed_days: Column) -> npt.NDArray[np.float32]:
        """(products, customers)."""
        product = _of_products(listed_days) @ self.weights[1:]
        return np.asarray(self.weights[0] * taste + product[:, None], np.float32)


def level_features(
    taste: npt.NDArray[np.float32], listed_days: Column, chosen: npt.NDArray[np.bool_]
) -> npt.NDArray[np.float64]:
    """(chosen, 4) of a mask (products, customers)."""
    rows = np.nonzero(chosen)[0]
    return np.column_stack([taste[chosen], _of_products(listed_days)[rows]]).astype(np.float64)


def fit_level(examples: Examples, newcomers: int, started: int) -> Level:
    """Drawn to `TOWARDS`, so that a first sale or none at all does not decide everything."""
    with threadpool_limits(1, "blas"):  # the same sums in the same order on every machine size
        weights = newton(examples.features, examples, TOWARDS, PULL)
    return Level(weights, newcomers, started)


def _of_products(listed_days: Column) -> Column:
    """(products, 3): months since it was listed, not known, and one."""
    known = np.isfinite(listed_days)
    months = np.log1p(np.clip(np.nan_to_num(listed_days), 0, 3650) / 28)
    return np.column_stack([np.where(known, months, 0.0), ~known, np.ones(len(known))])
