"""The chance of a meeting within 28 days: log-odds linear in what things alike have taken."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from threadpoolctl import threadpool_limits

from recommender.ranking.newcomers.evidence import Evidence

Column = npt.NDArray[np.float64]
Table = npt.NDArray[np.float64]

STEPS = 30
PRECISION = 1e-6
RIDGE = 3.0
PRIOR = {"all_91": 1.0, "nearest_365": 0.5}
"""Weights where nothing can be learned: what sells, and what the nearest take."""
PRIOR_ODDS = float(np.log(28 / 91))
"""Of 91 days, what falls on 28."""


@dataclass(frozen=True)
class Examples:
    features: Table
    met: npt.NDArray[np.bool_]
    weights: Column
    """Pairs each example stands for."""


@dataclass(frozen=True)
class Taste:
    names: tuple[str, ...]
    coefficients: Column
    intercept: float
    examples: int
    met: int

    def odds(self, evidence: Evidence) -> npt.NDArray[np.float32]:
        """(things, others) logarithms of them; what taught nothing weighs nothing."""
        found = np.full(evidence.columns.shape[1:], self.intercept, np.float32)
        weights = dict(zip(self.names, self.coefficients.tolist(), strict=True))
        for name, column in zip(evidence.names, evidence.columns, strict=True):
            if weights.get(name):
                found += np.float32(weights[name]) * column
        return found


def chance_of(odds: npt.NDArray[np.floating]) -> npt.NDArray[np.float32]:
    return np.asarray(1.0 / (1.0 + np.exp(-np.clip(odds, -30, 30))), np.float32)


def fit_taste(names: tuple[str, ...], examples: Examples) -> Taste:
    """Maximum likelihood, drawn to `PRIOR` where examples are few."""
    prior = np.array([PRIOR.get(name, 0.0) for name in names])
    if not examples.met.any():
        return Taste(names, prior, PRIOR_ODDS, len(examples.met), 0)
    mean = examples.features.mean(axis=0)
    spread = examples.features.std(axis=0)
    scale = np.where(spread > 1e-6, spread, 1.0)
    design = np.column_stack([(examples.features - mean) / scale, np.ones(len(examples.met))])
    # a column that is the same everywhere teaches nothing and stays at its prior
    towards = np.append(prior * scale, PRIOR_ODDS + prior @ mean)
    pull = np.append(np.where(spread > 1e-6, RIDGE, 1e6), 1e-3)
    with threadpool_limits(1, "blas"):  # the same sums in the same order on every machine size
        solution = newton(design, examples, towards, pull)
    coefficients = solution[:-1] / scale
    intercept = float(solution[-1] - coefficients @ mean)
    return Taste(names, coefficients, intercept, len(examples.met), int(examples.met.sum()))


def newton(design: Table, examples: Examples, towards: Column, pull: Column) -> Column:
    """Log-odds weights of a logistic regression with a ridge around `towards`."""
    solution = towards.copy()
    loss = _loss(design, examples, solution, towards, pull)
    for _ in range(STEPS):
        chance = chance_of(design @ solution).astype(np.float64)
        slope = design.T @ (examples.weights * (examples.met - chance))
        slope -= pull * (solution - towards)
        curve = (design.T * (examples.weights * chance * (1 - chance))) @ design + np.diag(pull)
        step = np.linalg.solve(curve, slope)
        gain = 0.0
        while gain <= 0.0 and np.abs(step).max() > PRECISION:  # a full step may overshoot
            ahead = _loss(design, examples, solution + step, towards, pull)
            gain, step = loss - ahead, step if ahead < loss else step / 2
        if gain <= 0.0:
            break
        solution, loss = solution + step, loss - gain
    return solution


def _loss(
    design: Table, examples: Examples, solution: Column, towards: Column, pull: Column
) -> float:
    """Negative log-likelihood and half the squared pull."""
    odds = design @ solution
    surprise = np.logaddexp(0.0, odds) - examples.met * odds
    return float(examples.weights @ surprise + pull @ (solution - towards) ** 2 / 2)
