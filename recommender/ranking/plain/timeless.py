"""The ranking of purchases without times: ALS and paths, blended as pairs held out at random say.

Where purchases have times, pairs held out at random say little about the next 28 days: on 50 days
of liquor wholesale they chose blends that foretold them 4 to 9 % worse than ALS alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from recommender.models.highest import highest
from recommender.models.models import Models
from recommender.models.paths import find_paths
from recommender.models.settings import Settings
from recommender.ranking.plain.blend import Blend, Scores, blended
from recommender.ranking.plain.candidates import BLOCK, never_candidates
from recommender.ranking.plain.held_out import hits_of_shares
from recommender.ranking.plain.ranker import LITTLE, PlainRanker, prior_ranker
from recommender.ranking.ranked import MOST_KEPT, Scored
from recommender.tables.purchases import SECONDS_PER_DAY


@dataclass(frozen=True)
class TimelessRanker:
    share: float
    """Of paths in the blend; the rest is of ALS."""
    hits: dict[float, int]
    """Held-out pairs in the first ten places by each share; empty where there were too few."""

    def __str__(self) -> str:
        return (
            f"ranking: {1 - self.share:.0%} ALS, {self.share:.0%} paths over other customers, "
            f"{'chosen on' if self.hits else 'for want of'} pairs held out at random, for all "
            "purchases lie on one day; chance: not calibrated, which takes purchases with times"
        )

    def scored(self, models: Models) -> Iterator[Scored]:
        """Candidates of all customers with purchases."""
        weights, customers = models.matrix.weights, models.known_customers
        # paths that have no say are not looked for
        paths = find_paths(weights) if self.share else weights[:0].T @ weights[:0]
        blend = Blend(weights, models.factors, paths)
        for first in range(0, len(customers), BLOCK):
            some = customers[first : first + BLOCK]
            yield _best(models, some, blended(*blend.of(some), self.share))

    def gains(self) -> dict[str, float]:
        """What each score has in the blend."""
        return {"als_score": 1 - self.share, "path_score": self.share}

    def as_json(self) -> dict[str, object]:
        hits = {f"{share:g}": count for share, count in self.hits.items()}
        return {"kind": "timeless", "share_of_paths": self.share, "hits_of_shares": hits}


def ranker_without_windows(models: Models, settings: Settings) -> PlainRanker | TimelessRanker:
    """Where nothing was foretold yet: by ALS, and where no purchase tells when, by the blend."""
    return timeless_ranker(models, settings) if _is_timeless(models) else prior_ranker(models)


def timeless_ranker(models: Models, settings: Settings) -> TimelessRanker:
    """By the share that hit most; of equals, and where nothing can be measured, the least."""
    hits = hits_of_shares(models.matrix.weights, settings)
    return TimelessRanker(max(hits, key=lambda share: hits[share], default=0.0), hits)


def _is_timeless(models: Models) -> bool:
    """Whether all purchases lie on one day: that of the export, or one made up."""
    days = models.netted.purchases.purchased_at // SECONDS_PER_DAY
    return bool((days == days[0]).all())


def _best(models: Models, customers: npt.NDArray[np.int32], scores: Scores) -> Scored:
    scores[never_candidates(models, customers)] = -np.inf
    scores[:, models.popularity.buyers == 0] = -np.inf
    rows, products, _ = highest(scores, MOST_KEPT)
    chance = _chance(scores[rows, products], rows, len(customers))
    return Scored(customers[rows], products.astype(np.int32), chance)


def _chance(scores: Scores, rows: npt.NDArray[np.intp], customers: int) -> Scores:
    """A standard deviation among a customer's candidates is worth 1 in log-odds."""
    counts = np.maximum(np.bincount(rows, minlength=customers), 1)
    beyond = scores - (np.bincount(rows, scores, customers) / counts)[rows]
    scale = np.sqrt(np.bincount(rows, beyond**2, customers) / counts)
    odds = beyond / np.where(scale > 1e-9, scale, 1.0)[rows] + np.log(LITTLE / (1 - LITTLE))
    return np.asarray(1 / (1 + np.exp(-np.clip(odds, -30, 30))), np.float32)
