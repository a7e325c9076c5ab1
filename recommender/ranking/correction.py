"""What trees say of the likeliest products, drawn in by what became of it in earlier windows.

Trees take the luck of a few products in the windows that taught them for a rule, so the highest
chances are said too high, and the low ones as they are. Only the slope is corrected: how much is
bought in all moves with the season, and one window foretells it badly for the next.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize_scalar

from recommender.ranking.outcome import Outcome
from recommender.ranking.ranked import Ranked
from recommender.tables.large.growing import Growing
from recommender.tables.large.mapped import blocks

Odds = npt.NDArray[np.float64]

FIRST_PLACES = 20
LEAST_BOUGHT = 200
"""Products of the first places above the pivot, below which nothing is corrected."""
LEAST_SLOPE = 0.5
"""A window in which trees failed altogether says little about the next."""


@dataclass(frozen=True)
class Told:
    """What was said of the first places of a moment, and what came of it."""

    chance: npt.NDArray[np.float32]
    bought: npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Correction:
    """Log-odds beyond those of `pivot` count `slope` times; the order stays."""

    pivot: float
    slope: float
    bought: int
    """Products above the pivot that taught it."""

    def __post_init__(self) -> None:
        if not (0 < self.pivot < 1 and 0 < self.slope <= 1):
            raise ValueError(
                f"pivot {self.pivot} and slope {self.slope}; a pivot between 0 and 1 and a slope "
                "above 0 and at most 1 are expected"
            )

    def __str__(self) -> str:
        return f"log-odds above those of {self.pivot:.3f} count {self.slope:.2f} times"

    def corrected(self, ranked: Ranked) -> Ranked:
        """The same lists in the same order."""
        return replace(ranked, chance=self.of(ranked.chance))

    def of(self, chance: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        """Some after the other, for there are two hundred of every customer."""
        with Growing(np.float32) as corrected:
            for first, end in blocks(len(chance)):
                corrected.write(self._of(chance[first:end]))
            return corrected.whole()

    def _of(self, chance: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        high = chance > self.pivot
        start = _log_odds(self.pivot)
        beyond = _log_odds(chance[high]) - start
        corrected = np.array(chance)
        corrected[high] = 1 / (1 + np.exp(-(start + self.slope * beyond)))
        return corrected

    def as_stored(self) -> dict[str, float]:
        """To the last bit."""
        return asdict(self)

    def as_json(self) -> dict[str, object]:
        return {
            "pivot": round(self.pivot, 6),
            "slope": round(self.slope, 6),
            "bought": self.bought,
        }


def told_by(ranked: Ranked, outcome: Outcome) -> Told:
    first = ranked.first(FIRST_PLACES)
    bought = outcome.of(first.customers.astype(np.int32), first.products)
    return Told(first.chance, bought)


def learn_correction(told: Sequence[Told]) -> Correction | None:
    """The likeliest slope above the mean chance; None where too little was bought to tell."""
    if not told:
        return None
    chance = np.concatenate([each.chance for each in told])
    bought = np.concatenate([each.bought for each in told])
    pivot = float(chance.mean(dtype=np.float64)) if len(chance) else 0.0
    high = chance > pivot
    enough = int(bought[high].sum())
    if enough < LEAST_BOUGHT:
        return None
    start = _log_odds(pivot)
    slope = _likeliest_slope(start, _log_odds(chance[high]) - start, bought[high])
    return Correction(pivot, slope, enough)


def _likeliest_slope(start: Odds, beyond: Odds, bought: npt.NDArray[np.bool_]) -> float:
    """Between `LEAST_SLOPE` and 1: trees that were too timid were lucky."""

    def surprise(slope: float) -> float:
        odds = start + slope * beyond
        return float((np.logaddexp(0.0, odds) - bought * odds).sum())

    return float(minimize_scalar(surprise, bounds=(LEAST_SLOPE, 1.0), method="bounded").x)


def _log_odds(chance: float | npt.NDArray[np.float32]) -> Odds:
    wide = np.clip(np.asarray(chance, np.float64), 1e-9, 1 - 1e-9)
    return np.asarray(np.log(wide) - np.log1p(-wide))
