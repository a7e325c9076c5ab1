"""How often what was last bought more than a year ago is bought again: no ranking looks at it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from recommender.insight.rhythm.products import ProductRhythms
from recommender.judging.insight.held_out import HeldOut
from recommender.ranking.again.visits import OWNED_DAYS
from recommender.tables.purchases import SECONDS_PER_DAY

Mask = npt.NDArray[np.bool_]
LEAST_SEEN = 100
"""Pairs, below which a share of them is no chance."""


@dataclass(frozen=True)
class Seen:
    """Pairs on an earlier day, and how many of them were bought in the 28 days after."""

    pairs: int
    bought: int

    @classmethod
    def of(cls, bought: Mask) -> Seen:
        return cls(len(bought), int(bought.sum()))

    @property
    def chance(self) -> float:
        """Half a purchase beside those seen (Jeffreys), so that none seen is not never."""
        if self.pairs < LEAST_SEEN:
            return float("nan")
        return (self.bought + 0.5) / (self.pairs + 1)

    def as_json(self) -> dict[str, Any]:
        chance = round(self.chance, 6) if self.pairs >= LEAST_SEEN else None
        return {"pairs": self.pairs, "bought": self.bought, "chance": chance}


@dataclass(frozen=True)
class LongAgo:
    """Of products with a rhythm, last bought more than `OWNED_DAYS` ago."""

    ordering: Seen
    """Of customers that bought something else since."""
    silent: Seen
    """Of customers that bought nothing since."""

    def chances(self, is_ordering: Mask) -> npt.NDArray[np.float64]:
        return np.where(is_ordering, self.ordering.chance, self.silent.chance)

    def as_json(self) -> dict[str, Any]:
        return {"ordering": self.ordering.as_json(), "silent": self.silent.as_json()}


def long_ago(held: HeldOut, rhythms: ProductRhythms, bought: Mask) -> LongAgo:
    """`rhythms` as of the day the held days begin; `bought` says which of them came in those."""
    begins = held.ends - OWNED_DAYS * SECONDS_PER_DAY
    lines = held.past.purchases
    lately = (lines.purchased_at >= begins) & (lines.quantity > 0)
    orders = np.bincount(lines.customer_rows[lately], minlength=len(lines.customers)) > 0
    is_old = rhythms.last_day < begins // SECONDS_PER_DAY
    is_ordering = orders[rhythms.customers]
    return LongAgo(Seen.of(bought[is_old & is_ordering]), Seen.of(bought[is_old & ~is_ordering]))
