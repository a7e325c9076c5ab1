"""What a customer buys regularly and may be offered again: due, stopped, or too little."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt

from recommender.insight.rhythm.state import due_days, states
from recommender.release.contents import Flags, Floats, Numbers
from recommender.release.opening import Release
from recommender.suggest.facts import Facts
from recommender.suggest.fresh import fresh_of
from recommender.suggest.insight.rhythm import EPOCH
from recommender.suggest.kinds import LAPSED, MORE, REORDER, KindNumbers
from recommender.suggest.regular.pace import PeersPace, peers_pace, quantity_a_year
from recommender.suggest.regular.reasons import (
    BuysLessReason,
    RegularReason,
    RhythmReason,
    StoppedReason,
)
from recommender.suggest.rules import is_among
from recommender.suggest.suggestion import KINDS, Kind

QUIET = -1
"""Neither due nor stopped."""
KIND_OF_STATE = np.array([QUIET, REORDER, LAPSED], np.int8)
"""In the order of `State`."""


@dataclass(frozen=True, eq=False)
class BoughtRegularly:
    """Products of one customer that have one of these kinds now."""

    products: Numbers
    """Ascending."""
    kinds: KindNumbers
    chance: Floats
    gaps: Floats
    quantity: npt.NDArray[np.float64]
    last_day: Numbers
    """Days since 1970-01-01 UTC, purchases newer than the release among them."""

    def take(self, kept: Flags) -> BoughtRegularly:
        return BoughtRegularly(
            products=self.products[kept],
            kinds=self.kinds[kept],
            chance=self.chance[kept],
            gaps=self.gaps[kept],
            quantity=self.quantity[kept],
            last_day=self.last_day[kept],
        )

    @property
    def quantity_a_year(self) -> npt.NDArray[np.float64]:
        return quantity_a_year(self.quantity, self.gaps)


@dataclass(frozen=True, eq=False)
class Regular:
    """The same with what their reasons are made of."""

    bought: BoughtRegularly
    day: int
    """That is looked at from, since 1970-01-01 UTC."""
    pace: PeersPace | None
    """Of those among them that peers take more of; None where `more` was not asked for."""

    def reason(self, product: int) -> RegularReason:
        """Of one of the products."""
        bought, place = self.bought, int(np.searchsorted(self.bought.products, product))
        gap, last = round(float(bought.gaps[place]), 1), int(bought.last_day[place])
        last_on = EPOCH + timedelta(days=last)
        if bought.kinds[place] == LAPSED:
            return StoppedReason(gap, last_on, self.day - last)
        if bought.kinds[place] == REORDER:
            late = self.day - int(due_days(bought.last_day[place], bought.gaps[place]))
            return RhythmReason(gap, round(float(bought.quantity[place]), 3), last_on, late)
        return self._buys_less(product, float(bought.quantity_a_year[place]))

    def _buys_less(self, product: int, own: float) -> BuysLessReason:
        if self.pace is None:
            raise ValueError(f"product {product} was not compared with what peers take")
        theirs = self.pace.of(product)
        middle = float(np.median(theirs))
        return BuysLessReason(self.pace.peers, len(theirs), round(own, 1), round(middle, 1))


def regular_of(release: Release, row: int, facts: Facts, wished: frozenset[Kind]) -> Regular | None:
    """Of the wished kinds; None where there is nothing, and in releases of before there was."""
    day = (rhythm_day(release, facts) - EPOCH).days
    kept = fresh_of(release, facts.purchases).kept
    bought = _rhythms(release, row, facts, kept, day)
    asked = np.isfinite(bought.chance) & _are_wished(bought.kinds, wished)
    if "more" in wished:
        # how much is taken now of what came since, the release does not know
        asked |= (bought.kinds == QUIET) & ~is_among(bought.products, kept)
    bought, pace = bought.take(asked), None
    if "more" in wished:
        pace, bought = _compared(release, row, bought, day, facts)
    return Regular(bought, day, pace) if len(bought.products) else None


def rhythm_day(release: Release, facts: Facts) -> date:
    """The day after the last that the release knows, or that of the newest purchase since.

    Not the calendar's day: the same release and facts give the same list, and where no data came
    since, nothing says that the customer did not buy.
    """
    newest = max((purchase.at.date() for purchase in facts.purchases), default=date.min)
    return max(date.fromisoformat(release.manifest.data_through) + timedelta(days=1), newest)


def _rhythms(release: Release, row: int, facts: Facts, kept: Numbers, day: int) -> BoughtRegularly:
    """All of the customer's, due, stopped or quiet, as far as there are chances."""
    part, regular = release.contents.product_rhythms, release.contents.regular
    entries = slice(*regular.starts[row : row + 2].tolist())
    products, gaps = part.products[entries], part.gap_days[entries]
    last = _moved(release, facts, products, part.last_day[entries], kept)
    kinds = KIND_OF_STATE[states(day - last, gaps)]
    chance = regular.chance[entries]
    return BoughtRegularly(products, kinds, chance, gaps, part.quantity[entries], last)


def _moved(
    release: Release, facts: Facts, products: Numbers, last: Numbers, kept: Numbers
) -> Numbers:
    """Last days with what was bought since and `kept`: what came this morning is not due."""
    if not is_among(kept, products).any():
        return last
    moved, columns = last.copy(), release.catalogue.columns
    for purchase in facts.purchases:
        column = columns.get(purchase.product_id)
        if column is not None and purchase.quantity > 0 and column in kept:
            day = (purchase.at.date() - EPOCH).days
            moved[products == column] = np.maximum(moved[products == column], day)
    return moved


def _are_wished(kinds: KindNumbers, wished: frozenset[Kind]) -> Flags:
    """What is quiet is not."""
    return np.array([*(kind in wished for kind in KINDS), False])[kinds]


def _compared(
    release: Release, row: int, bought: BoughtRegularly, day: int, facts: Facts
) -> tuple[PeersPace, BoughtRegularly]:
    """What is quiet and lies below what peers take becomes `more`, and the rest of it goes."""
    quiet = np.flatnonzero(bought.kinds == QUIET)
    pace = peers_pace(release, row, bought.products[quiet], day, facts.consent)
    more = quiet[pace.lie_above(bought.quantity_a_year[quiet])]
    kinds = bought.kinds.copy()
    kinds[more] = MORE
    return pace, replace(bought, kinds=kinds).take(kinds != QUIET)
