"""The chance that a customer buys a candidate within 28 days: logistic regression on features."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from threadpoolctl import threadpool_limits

from recommender.ranking.plain.features import FEATURES, Table

LEAST_PURCHASES = 50
"""Candidates that were bought, below which there is nothing to learn a chance from."""
RIDGE = 1.0
STEPS = 50
PRIOR_SCORE_WEIGHT = 1.0
"""Of a standardised ALS score, in log-odds, where no chance can be learned."""


@dataclass(frozen=True)
class ChanceModel:
    """Log-odds linear in standardised features."""

    mean: npt.NDArray[np.float64]
    scale: npt.NDArray[np.float64]
    coefficients: npt.NDArray[np.float64]
    intercept: float
    learned_from: int
    """Candidates it was fitted on; 0 where history was too thin and a prior stands in."""
    bought: int

    def __str__(self) -> str:
        if not self.learned_from:
            return "chance: not calibrated, the history holds too few purchases to learn it from"
        return (
            f"chance: logistic regression on {self.learned_from:,} candidates of the last 28 days, "
            f"{self.bought:,} of them bought"
        )

    def of(self, features: Table) -> npt.NDArray[np.float32]:
        """(pairs,) between 0 and 1."""
        odds = ((features - self.mean) / self.scale) @ self.coefficients + self.intercept
        return (1.0 / (1.0 + np.exp(-np.clip(odds, -30, 30)))).astype(np.float32)

    def as_json(self) -> dict[str, object]:
        weights = dict(zip(FEATURES, self.coefficients.round(6).tolist(), strict=True))
        return {
            "kind": "logistic regression" if self.learned_from else "prior",
            "weights_of_standardised_features": weights,
            "intercept": round(self.intercept, 6),
            "candidates": self.learned_from,
            "bought": self.bought,
        }


def fit_chance(features: Table, bought: npt.NDArray[np.bool_]) -> ChanceModel:
    """Maximum likelihood with a ridge, by Newton's method; `prior_chance` where data are thin."""
    hits = int(bought.sum())
    if hits < LEAST_PURCHASES:
        return prior_chance(features, hits / max(len(bought), 1))
    mean, scale = _standards(features)
    design = np.column_stack([(features - mean) / scale, np.ones(len(features))])
    with threadpool_limits(1, "blas"):  # the same sums in the same order on every machine size
        solution = _newton(design, bought.astype(np.float64))
    return ChanceModel(mean, scale, solution[:-1], float(solution[-1]), len(bought), hits)


def prior_chance(features: Table, rate: float) -> ChanceModel:
    """Ranks as ALS does, around a `rate` of candidates bought that nobody has measured well."""
    mean, scale = _standards(features)
    coefficients = np.zeros(len(FEATURES))
    coefficients[FEATURES.index("als_score")] = PRIOR_SCORE_WEIGHT
    rate = min(max(rate, 1e-3), 0.5)
    return ChanceModel(mean, scale, coefficients, float(np.log(rate / (1 - rate))), 0, 0)


def _standards(features: Table) -> tuple[Table, Table]:
    if not len(features):  # everyone has bought everything
        return np.zeros(len(FEATURES)), np.ones(len(FEATURES))
    scale = features.std(axis=0)
    return features.mean(axis=0), np.where(scale > 1e-9, scale, 1.0)


def _newton(design: Table, bought: Table) -> Table:
    solution = np.zeros(design.shape[1])
    penalty = np.full(design.shape[1], RIDGE)
    penalty[-1] = 0.0
    for _ in range(STEPS):
        chance = 1.0 / (1.0 + np.exp(-design @ solution))
        slope = design.T @ (bought - chance) - penalty * solution
        curve = (design.T * (chance * (1 - chance))) @ design + np.diag(penalty + 1e-9)
        step = np.linalg.solve(curve, slope)
        solution = solution + step
        if np.abs(step).max() < 1e-8:
            break
    return solution
