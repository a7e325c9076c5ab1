"""Whether `chance` means what it says: of products given one in ten, does one in ten come true?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import sparse

from recommender.matrix.cells import cells_of, is_among
from recommender.ranking.ranked import Ranked

BINS = 10
NORMAL_95 = 1.96

Chances = npt.NDArray[np.float32]
Bought = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Bin:
    """A tenth of the pairs, by chance."""

    pairs: int
    chance: float
    """Mean of what was said."""
    bought: float
    """Share that was bought."""
    low: float
    """Of `bought`, 95 % interval (Wilson, 1927)."""
    high: float


@dataclass(frozen=True)
class Reliability:
    bins: tuple[Bin, ...]
    """Least likely first."""
    error: float
    """Expected calibration error: mean distance of chance and share, weighted by pairs."""

    def as_json(self) -> dict[str, object]:
        rows = [{k: round(v, 6) for k, v in vars(b).items()} for b in self.bins]
        return {"expected_calibration_error": round(self.error, 6), "bins": rows}


def reliability_of(chance: Chances, bought: Bought) -> Reliability:
    """Ten bins of equal count; raises ValueError where no pair is given."""
    if not len(chance) or len(chance) != len(bought):
        raise ValueError(f"{len(chance)} chances and {len(bought)} outcomes; give one for each")
    order = np.argsort(chance, kind="stable")
    parts = np.array_split(order, min(BINS, len(order)))
    bins = tuple(_bin(chance[part], bought[part]) for part in parts)
    error = sum(b.pairs * abs(b.chance - b.bought) for b in bins) / len(chance)
    return Reliability(bins, error)


def outcomes(ranked: Ranked, after: sparse.csr_matrix, places: int) -> tuple[Chances, Bought]:
    """What was said of the first `places` of every list, and what the customer did."""
    kept = ranked.places < places
    asked = ranked.customers[kept] * after.shape[1] + ranked.products[kept]
    return ranked.chance[kept], is_among(asked, cells_of(after))


def _bin(chance: Chances, bought: Bought) -> Bin:
    n, share = len(chance), float(bought.mean())
    square = NORMAL_95**2
    middle = (share + square / (2 * n)) / (1 + square / n)
    spread = NORMAL_95 * np.sqrt(share * (1 - share) / n + square / (4 * n * n)) / (1 + square / n)
    mean = float(chance.mean(dtype=np.float64))
    return Bin(n, mean, share, max(0.0, float(middle - spread)), float(middle + spread))
