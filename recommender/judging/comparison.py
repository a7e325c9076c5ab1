"""Ours against each baseline on one group of customers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from recommender.judging.bootstrap import Interval, interval, resampled_means
from recommender.judging.judged_window import OURS
from recommender.judging.metrics import METRICS, Floats, Rows

Figures = dict[str, Interval]
"""Metric -> figure."""
RECALL = METRICS[0]
FEW_CUSTOMERS = 30
"""Below it an interval says more about chance than about lists."""


@dataclass(frozen=True)
class Comparison:
    group: str
    customers: int
    """Different ones: drawn together however many windows they were judged in."""
    figures: dict[str, Figures]
    """Name of the lists -> figures; ours first."""
    lead: dict[str, Figures]
    """Baseline -> ours less theirs, on the same draws."""
    times: dict[str, Interval]
    """Baseline -> our recall20 divided by theirs; left out where theirs is 0."""

    @property
    def is_too_small(self) -> bool:
        return self.customers < FEW_CUSTOMERS

    @property
    def baselines(self) -> list[str]:
        return list(self.lead)

    def as_json(self) -> dict[str, object]:
        return {
            "group": self.group,
            "customers": self.customers,
            "lists": {name: _json(figures) for name, figures in self.figures.items()},
            "ours_less_theirs": {name: _json(figures) for name, figures in self.lead.items()},
            "times_recall20": _json(self.times),
        }


def compare(group: str, customers: Rows, values: dict[str, Floats], seed: int = 0) -> Comparison:
    """`values` name -> (n, 4), `customers` (n,) may hold one customer several times."""
    names = list(values)
    table = np.concatenate([values[name] for name in names], axis=1)
    different, owner = np.unique(customers, return_inverse=True)
    if not len(different):
        return Comparison(group, 0, {name: {} for name in names}, {}, {})
    sums = np.zeros((len(different), table.shape[1]))
    np.add.at(sums, owner, table)
    shape = (-1, len(names), len(METRICS))
    drawn = resampled_means(sums, np.bincount(owner).astype(np.float64), seed).reshape(shape)
    means = table.mean(axis=0).reshape(shape[1:])
    others = range(names.index(OURS) + 1, len(names))
    return Comparison(
        group=group,
        customers=len(different),
        figures={name: _figures(means[i], drawn[:, i]) for i, name in enumerate(names)},
        lead={names[i]: _figures(means[0] - means[i], drawn[:, 0] - drawn[:, i]) for i in others},
        times={names[i]: _times(means[:, 0], drawn[..., 0], i) for i in others if means[i, 0] > 0},
    )


def _figures(means: Floats, drawn: Floats) -> Figures:
    return {metric: interval(means[i], drawn[:, i]) for i, metric in enumerate(METRICS)}


def _times(recall: Floats, drawn: Floats, baseline: int) -> Interval:
    """A draw in which the baseline found nothing gives no ratio; it counts as the largest."""
    theirs = drawn[:, baseline]
    ratios = drawn[:, 0] / np.where(theirs > 0, theirs, theirs[theirs > 0].min(initial=1.0))
    return interval(recall[0] / recall[baseline], ratios)


def _json(intervals: dict[str, Interval]) -> dict[str, dict[str, float]]:
    return {name: value.as_json() for name, value in intervals.items()}
