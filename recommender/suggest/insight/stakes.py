"""What a release says is at stake with a customer, read back one customer at a time or all."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from recommender.release.changes import freed_since
from recommender.release.opening import Release
from recommender.suggest.facts import Facts
from recommender.suggest.rules import is_among
from recommender.suggest.shortlist import shortlist_of
from recommender.suggest.withholding import withheld_by_word

Measure = Literal["money", "purchases", "nothing"]
"""What customers are compared by: expected purchases where no price is known."""


@dataclass(frozen=True)
class Stake:
    """As of the training."""

    offers: int
    """Suggestions that count."""
    expected_purchases: float
    """Of these within 28 days."""
    offer_value: float | None
    """None where nothing is known of what they cost."""
    churn_value: float | None
    """Money that its silence may cost; None where it has no prices."""
    product: int | None
    """Of the first of the offers."""
    chance: float

    @property
    def value(self) -> float | None:
        """Offers and silence together; None where neither is known in money."""
        known = [part for part in (self.offer_value, self.churn_value) if part is not None]
        is_told = self.offer_value is not None or bool(self.churn_value)
        return sum(known) if is_told else None


def stake_of(release: Release, row: int) -> Stake:
    part = release.contents.stakes
    offers, product = int(part.offers[row]), int(part.first[row])
    return Stake(
        offers=offers,
        expected_purchases=float(part.chances[row]),
        offer_value=_known(float(part.offer_value[row])) if offers else 0.0,
        churn_value=_known(float(part.churn_value[row])),
        product=None if product < 0 else product,
        chance=float(part.first_chance[row]),
    )


def first_may_differ(release: Release, row: int) -> bool:
    """Whether the first offer may be another one since products were changed."""
    if release.unchanged is None:
        return False
    product = release.contents.stakes.first[row : row + 1]
    held = is_among(product, release.not_offered) | is_among(product, release.out_of_stock)
    return bool(
        held[0] or is_among(shortlist_of(release, row).products, freed_since(release)).any()
    )


def word_may_differ(release: Release, row: int, facts: Facts) -> bool:
    """Whether the first offer may be another one after what was told of the customer.

    What it bought, looked at or named moves products up; complaints, dislikes and answers only hold
    some back, which matters where the first is among them.
    """
    if facts.purchases or facts.interest or any(s.stance != "dislikes" for s in facts.stated):
        return True
    product = release.contents.stakes.first[row : row + 1]
    return any(is_among(product, held)[0] for _, held in withheld_by_word(release, facts))


def measure_of(release: Release) -> Measure:
    """`nothing` for a release of before it was told."""
    part = release.contents.stakes
    if np.isfinite(part.offer_value).any() or (part.churn_value > 0).any():
        return "money"
    return "purchases" if part.offers.any() else "nothing"


def amounts_at_stake(release: Release) -> npt.NDArray[np.float64]:
    """(customers,) by `measure_of`; 0 where it is not known."""
    part = release.contents.stakes
    if measure_of(release) == "money":
        found = np.nan_to_num(part.offer_value) + np.nan_to_num(part.churn_value)
        return found.astype(np.float64)
    return part.chances.astype(np.float64)


def _known(value: float) -> float | None:
    return None if math.isnan(value) else value
