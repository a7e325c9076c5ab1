"""Whether customers grow into the categories where their peers buy and they do not.

Shares are compared within each category too (Mantel, Haenszel, J. National Cancer Institute 22,
1959): gaps lie in categories that many buy, so even blind guesses there would often come true.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from recommender.insight.potential.potential import find_potential
from recommender.insight.potential.spend import spend_by_category
from recommender.insight.withheld import Withheld
from recommender.judging.bootstrap import Interval
from recommender.judging.insight.cells import Cells, Counted
from recommender.judging.insight.rules import ratio
from recommender.matrix.returns import net_returns
from recommender.models.alike import find_peers
from recommender.tables.purchases import SECONDS_PER_DAY, Purchases

LEAST_CELLS, LEAST_GREW = 30, 5
"""Customers and categories with a gap, and without; and of each, those that grew."""
Numbers = npt.NDArray[np.int32]


@dataclass(frozen=True)
class Grown:
    """Customers and categories with a gap against those without."""

    question: str
    gaps: int
    others: int
    of_gaps: Interval
    """Share of those with a gap that grew."""
    of_others: Interval
    lift: Interval
    """The first share divided by the second, within categories."""

    def as_json(self) -> dict[str, Any]:
        return {
            "question": self.question,
            "gaps": self.gaps,
            "others": self.others,
            "grew_with_gap": self.of_gaps.as_json(),
            "grew_without": self.of_others.as_json(),
            "lift_within_categories": self.lift.as_json(),
        }


@dataclass(frozen=True)
class GrowthCheck:
    today: int
    """Days since 1970-01-01 UTC; what came after it was not seen."""
    days: int
    customers: int
    """With enough peers, that bought anything in the days after."""
    begins: Grown
    """In categories they had not bought in for a year."""
    widens: Grown | None
    """In categories they did buy in; None where too few."""

    def as_json(self) -> dict[str, Any]:
        return {
            "days": self.days,
            "customers": self.customers,
            "begins": self.begins.as_json(),
            "widens": self.widens and self.widens.as_json(),
        }


def check_growth(
    purchases: Purchases,
    categories: Numbers,
    customer_factors: npt.NDArray[np.float32],
    at: int,
    now: int,
) -> GrowthCheck | Withheld:
    """`customer_factors` learned from purchases before `at` alone: peers are found by them."""
    before = spend_by_category(net_returns(purchases.before(at)), categories, at)
    # without any category there is nothing to find peers for
    factors = customer_factors if before.by_category.nnz else np.zeros_like(customer_factors)
    potential = find_potential(before, find_peers(factors))
    if isinstance(potential, Withheld):
        return potential
    days = -(-(now - at) // SECONDS_PER_DAY)
    whole = net_returns(purchases)
    after = spend_by_category(whole.since(at), categories, now, days)
    return judge_growth(Cells(before, after, potential), (at - 1) // SECONDS_PER_DAY, days)


def judge_growth(cells: Cells, today: int, days: int) -> GrowthCheck | Withheld:
    begins = _grown("begins to buy", cells.begins())
    if begins is None:
        return Withheld(
            f"in the {days:,} days set aside fewer than {LEAST_CELLS} times a customer could have "
            f"grown into a category, with a gap or without, or fewer than {LEAST_GREW} times it did"
        )
    widens = _grown("its share grows more than everyone's", cells.widens())
    return GrowthCheck(today, days, cells.customers, begins, widens)


def _grown(question: str, counted: Counted) -> Grown | None:
    """None where too few could have grown, or did."""
    grew, gap, others_grew, other = counted.totals()
    could = min(gap[0].sum(), other[0].sum())
    if could < LEAST_CELLS or min(grew[0].sum(), others_grew[0].sum()) < LEAST_GREW:
        return None
    both = np.maximum(gap + other, 1)
    alike, others_alike = (grew * other / both).sum(1), (others_grew * gap / both).sum(1)
    return Grown(
        question,
        gaps=int(gap[0].sum()),
        others=int(other[0].sum()),
        of_gaps=ratio(grew.sum(1), gap.sum(1)),
        of_others=ratio(others_grew.sum(1), other.sum(1)),
        lift=ratio(alike, others_alike),
    )
