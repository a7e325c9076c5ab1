"""Earlier moments, what was owned then, and what of it was bought again in the 28 days after."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from recommender.ranking.again.features import Features, features_of
from recommender.ranking.again.visits import OWNED_DAYS, Visits, visits_before
from recommender.tables.purchases import SECONDS_PER_DAY, Purchases

WINDOW = 28 * SECONDS_PER_DAY
MOST_MOMENTS = 5
LEAST_PAST_DAYS = 84
"""Before a moment there must be rhythm to see, unless it is the only one."""
ENOUGH_PAIRS = 1_500_000
"""With that many pairs no earlier moment is opened: older ones add little and cost as much."""
NOT_BOUGHT_A_BOUGHT = 3
"""Kept examples; the weight of those kept stands for those left out, so chances stay right."""
MOST_A_MOMENT = 100_000


@dataclass(frozen=True, repr=False)
class Examples:
    features: Features
    bought: npt.NDArray[np.bool_]
    weights: npt.NDArray[np.float64]
    """(examples,) how many pairs each stands for."""
    moments: tuple[int, ...]
    """Newest first, in seconds since 1970 UTC."""
    pairs: int
    """Owned pairs at all moments, before some were left out."""

    def __repr__(self) -> str:
        return (
            f"Examples({len(self.bought):,} of {self.pairs:,} pairs, {len(self.moments)} moments)"
        )


def bought_after(purchases: Purchases, visits: Visits, moment: int) -> npt.NDArray[np.bool_]:
    """(pairs,) bought within the 28 days from `moment`."""
    times = purchases.purchased_at
    after = (times >= moment) & (times < moment + WINDOW) & (purchases.quantity > 0)
    width = len(purchases.products)
    bought = purchases.customer_rows[after].astype(np.int64) * width
    bought += purchases.product_columns[after]
    owned = visits.owners.astype(np.int64) * width + visits.owned
    return np.isin(owned, bought)


def earlier_moments(purchases: Purchases, now: int) -> Iterator[tuple[int, Visits]]:
    """Ends of windows that lie wholly before `now`, newest first, each with its own past.

    Whatever the table holds, nothing older than `OWNED_DAYS` before `now` is used.
    """
    begin = now - OWNED_DAYS * SECONDS_PER_DAY
    history = purchases.between(begin, now)
    first = int(history.purchased_at.min(initial=now))
    pairs = 0
    for number in range(1, MOST_MOMENTS + 1):
        moment = now - number * WINDOW
        least = WINDOW if number == 1 else LEAST_PAST_DAYS * SECONDS_PER_DAY
        if moment - first < least or pairs >= ENOUGH_PAIRS:
            return
        visits = visits_before(history, moment)
        if len(visits.days):
            pairs += len(visits.firsts)
            yield moment, visits


def gather_examples(
    purchases: Purchases, now: int, categories: Mapping[str, str], seed: int
) -> Examples | None:
    """Examples of all earlier moments; None where there is no moment or nothing was bought."""
    random = np.random.default_rng(seed)
    drawn, moments, pairs = [], [], 0
    for moment, visits in earlier_moments(purchases, now):
        bought = bought_after(purchases, visits, moment)
        kept, weights = _draw(bought, random)
        features = features_of(visits, categories, kept)
        drawn.append((features.table, bought[kept], weights))
        moments.append(moment)
        pairs += len(bought)
    if not moments or not any(bought.any() for _, bought, _ in drawn):
        return None
    table, bought, weights = (np.concatenate(parts) for parts in zip(*drawn, strict=True))
    return Examples(Features(features.names, table), bought, weights, tuple(moments), pairs)


def _draw(
    bought: npt.NDArray[np.bool_], random: np.random.Generator
) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.float64]]:
    """Which pairs are kept, and what each stands for."""
    hits = int(bought.sum())
    share = min(1.0, NOT_BOUGHT_A_BOUGHT * max(hits, 1) / max(len(bought) - hits, 1))
    chance = np.where(bought, 1.0, share)
    chance *= min(1.0, MOST_A_MOMENT / chance.sum())
    kept = np.flatnonzero(random.random(len(bought)) < chance)
    return kept, 1.0 / chance[kept]
