"""How far a mean could be off by chance: customers drawn again and again, with putting back.

Efron and Tibshirani, An Introduction to the Bootstrap, 1993. Customers are drawn, not purchases or
windows: what one customer does in several windows stays together.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from math import isfinite

import numpy as np
import numpy.typing as npt
from threadpoolctl import threadpool_limits

Floats = npt.NDArray[np.float64]
RESAMPLES = 1000
LOW, HIGH = 2.5, 97.5
BLOCK_CELLS = 5_000_000
"""Drawn weights held at once; 40 MB."""


@dataclass(frozen=True)
class Interval:
    """A figure, and where 95 in 100 resamples put it."""

    value: float
    low: float
    high: float

    def as_json(self) -> dict[str, float]:
        return {name: round(value, 6) for name, value in asdict(self).items()}

    @property
    def is_finite(self) -> bool:
        return all(map(isfinite, (self.value, self.low, self.high)))

    def overlaps(self, other: Interval) -> bool:
        return self.low <= other.high and other.low <= self.high


def resampled_means(sums: Floats, counts: Floats, seed: int = 0) -> Floats:
    """(resamples, columns) of sum over count, where customers (rows) are drawn with putting back.

    `sums` (customers, columns) and `counts` (customers,): what a customer contributes, and how
    often. Columns are resampled with the same draws, so their differences are paired.
    """
    random = np.random.default_rng(seed)
    table = np.column_stack([sums, counts])
    block = max(1, BLOCK_CELLS // max(len(table), 1))
    sizes = [min(block, RESAMPLES - first) for first in range(0, RESAMPLES, block)]
    with threadpool_limits(1, "blas"):  # the same sums in the same order on every machine size
        total = np.concatenate([_draws(random, len(table), size) @ table for size in sizes])
    return np.asarray(total[:, :-1] / np.maximum(total[:, -1:], 1e-12))


def interval(value: float, resampled: Floats) -> Interval:
    low, high = np.percentile(resampled, (LOW, HIGH))
    return Interval(float(value), float(low), float(high))


def mean_interval(values: Floats, seed: int = 0) -> Interval:
    """Of one figure a customer."""
    means = resampled_means(values[:, None], np.ones(len(values)), seed)
    return interval(float(values.mean()), means[:, 0])


def mean_difference(ours: Floats, theirs: Floats, seed: int = 0) -> Interval:
    """Of two figures of the same customers: paired, so that what both find hard cancels out."""
    return mean_interval(ours - theirs, seed)


def _draws(random: np.random.Generator, customers: int, resamples: int) -> Floats:
    """(resamples, customers) how often each customer was drawn."""
    drawn = np.empty((resamples, customers))
    for row in drawn:
        row[:] = np.bincount(random.integers(0, customers, customers), minlength=customers)
    return drawn
