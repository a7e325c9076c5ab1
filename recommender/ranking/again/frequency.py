"""Personal frequency: what the customer bought on most days comes first, newest first on ties."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from recommender.ranking.again.visits import Column, Positions, Visits

WINDOW_DAYS = 28
PRIOR_SCALE = 0.5
"""Customers slow down: half of their own frequency, where nobody has measured it."""
LEAST_DAYS = 28
"""A shorter history says nothing about frequency."""


def visit_counts(visits: Visits) -> Column:
    """(pairs,) days on which the pair was bought."""
    return (visits.lasts - visits.firsts + 1).astype(np.float64)


def by_frequency(visits: Visits) -> Positions:
    """Pairs customer by customer, most frequent first; of equals the newer, then the lower."""
    # pairs stand by owner and product already: one whole number tells the rest, and stays in order
    days = visits.days[visits.lasts]
    since = days.max(initial=0) - days
    counts = visits.lasts - visits.firsts
    fewer = counts.max(initial=0) - counts
    span, most = int(since.max(initial=0)) + 1, int(fewer.max(initial=0)) + 1
    keys = (visits.owners.astype(np.int64) * most + fewer) * span + since
    return np.argsort(keys, kind="stable")


@dataclass(frozen=True)
class FrequencyChance:
    """Purchases at the customer's own pace, slowed by one factor: 1 - exp(-scale x expected)."""

    scale: float
    learned_from: int
    """Owned pairs it was measured on, 0 where the prior stands in."""

    def of(self, visits: Visits) -> npt.NDArray[np.float32]:
        """(pairs,) between 0 and 1, falling in the order of `by_frequency`."""
        return (-np.expm1(-self.scale * _expected(visits))).astype(np.float32)


def fit_frequency(visits: Visits, bought: npt.NDArray[np.bool_]) -> FrequencyChance:
    """The scale at which as many purchases are expected as there were, by bisection."""
    hits = int(bought.sum())
    if not 0 < hits < len(bought):
        return FrequencyChance(PRIOR_SCALE, 0)
    expected = _expected(visits)
    low, high = np.log(1e-4), np.log(1e4)
    for _ in range(60):
        middle = (low + high) / 2
        too_many = -np.expm1(-np.exp(middle) * expected).sum() > hits
        low, high = (low, middle) if too_many else (middle, high)
    return FrequencyChance(float(np.exp((low + high) / 2)), len(bought))


def _expected(visits: Visits) -> Column:
    """(pairs,) visits of one window at the pace of the whole history."""
    days = max(float(visits.ages.max(initial=0)), LEAST_DAYS)
    return visit_counts(visits) * (WINDOW_DAYS / days)
