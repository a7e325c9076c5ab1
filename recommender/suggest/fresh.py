"""Purchases newer than the release: what they leave the customer with, and how much they weigh."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import numpy.typing as npt

from recommender.release.contents import Numbers
from recommender.release.opening import Release
from recommender.suggest.facts import FreshPurchase

LEAST, MOST = 0.01, 5.0
"""Bounds of the weight of a pair, as in training."""
SECONDS_PER_DAY = 86_400


@dataclass(frozen=True)
class Fresh:
    """Both ascending; a product stands in one of them."""

    kept: Numbers
    weights: npt.NDArray[np.float64]
    """(kept,) as the model would have seen them."""
    given_back: Numbers
    """Bought since, and returned entirely."""


NOTHING = Fresh(np.zeros(0, np.int32), np.zeros(0), np.zeros(0, np.int32))


def fresh_of(release: Release, purchases: Sequence[FreshPurchase]) -> Fresh:
    """Of products the release knows; a return undoes what was bought since, and nothing earlier.

    How much the customer had of a product before, no release says: it stays owned. A purchase
    weighs 2^(-age / half-life), with ages counted from the moment of the release as in training;
    of the quantity only its share that was kept counts.
    """
    if not purchases:
        return NOTHING
    lines: dict[int, list[FreshPurchase]] = {}
    for purchase in purchases:
        column = release.catalogue.columns.get(purchase.product_id)
        if column is not None:
            lines.setdefault(column, []).append(purchase)
    weights = {column: _weight(release, own) for column, own in sorted(lines.items())}
    kept = {column: weight for column, weight in weights.items() if weight}
    gone = [c for c in weights if c not in kept and any(p.quantity > 0 for p in lines[c])]
    return Fresh(
        np.array(list(kept), np.int32), np.array(list(kept.values())), np.array(gone, np.int32)
    )


def _weight(release: Release, lines: Sequence[FreshPurchase]) -> float:
    """Of one product's lines; 0 where nothing was kept."""
    bought = [line for line in lines if line.quantity > 0]
    left = sum(line.quantity for line in lines)
    if left <= 0:
        return 0.0
    share = left / sum(line.quantity for line in bought)
    return min(max(share * sum(_fading(release, line.at) for line in bought), LEAST), MOST)


def _fading(release: Release, at: datetime) -> float:
    half_life = float(release.manifest.settings.get("half_life_days", math.inf))
    age_days = max((release.as_of - at).total_seconds(), 0.0) / SECONDS_PER_DAY
    return float(2.0 ** (-age_days / half_life))
