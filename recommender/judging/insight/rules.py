"""Rules that name customers, or customers and products: how often right, how much they find."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from recommender.judging.bootstrap import Floats, Interval, interval, resampled_means

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Rule:
    name: str
    told: int
    """How many it named."""
    right: Interval
    """Share of these of which it came true."""
    found: Interval
    """Share of all of which it came true that it named."""

    def as_json(self) -> dict[str, Any]:
        return {
            "rule": self.name,
            "told": self.told,
            "right": self.right.as_json(),
            "found": self.found.as_json(),
        }


def judge_rules(
    told: Mapping[str, Mask], came_true: Mask, owners: npt.NDArray[np.int32]
) -> tuple[Rule, ...]:
    """`owners` (n,) the customer of each that may be named: what is one customer's stays together.

    Rules that named nothing are left out: of them nothing can be said.
    """
    told = {name: mask for name, mask in told.items() if mask.any()}
    _, owner = np.unique(owners, return_inverse=True)
    columns = [came_true, *(part for mask in told.values() for part in (mask & came_true, mask))]
    sums = np.column_stack([np.bincount(owner, column).astype(np.float64) for column in columns])
    drawn = np.vstack([sums.mean(axis=0), resampled_means(sums, np.ones(len(sums)))])
    return tuple(
        Rule(
            name,
            int(mask.sum()),
            right=ratio(drawn[:, 1 + 2 * i], drawn[:, 2 + 2 * i]),
            found=ratio(drawn[:, 1 + 2 * i], drawn[:, 0]),
        )
        for i, (name, mask) in enumerate(told.items())
    )


def ratio(above: Floats, below: Floats) -> Interval:
    """The first entry is the figure, the others are draws; a draw of nothing counts as 0."""
    quotients = above / np.maximum(below, 1e-12)
    return interval(float(quotients[0]), quotients[1:])


def auc(scores: Floats, came_true: Mask) -> float:
    """Chance that one of which it came true stands before one of which not; of equals, half."""
    values, place = np.unique(scores, return_inverse=True)
    met = np.bincount(place, came_true, len(values))
    unmet = np.bincount(place, ~came_true, len(values))
    below = np.cumsum(unmet) - unmet
    return float((met * (below + unmet / 2)).sum() / (met.sum() * unmet.sum()))
