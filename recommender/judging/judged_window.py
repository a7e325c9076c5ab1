"""One window: every set of lists scored on the same customers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import sparse

from recommender.judging.baselines import lists_for_again, lists_for_new
from recommender.judging.foretold import Foretold
from recommender.judging.history import history_of
from recommender.judging.metrics import Floats, Rows, buyers, scores
from recommender.judging.reliability import Bought, Chances, outcomes
from recommender.judging.shape import Shape, shape_of
from recommender.judging.window import HISTORY_DAYS, Truth, truth_of
from recommender.ranking.ranked import Ranked
from recommender.tables.purchases import SECONDS_PER_DAY, Purchases

OURS = "ours"
TOP = 20
ALL = np.iinfo(np.int32).max


@dataclass(frozen=True)
class ScoredLists:
    """Customers that bought something, and how good each set of lists was for them."""

    customers: Rows
    """(n,) rows of the matrix."""
    purchases: npt.NDArray[np.int64]
    """(n,) lines in the year before."""
    age_days: npt.NDArray[np.int64]
    """(n,) since the first purchase."""
    values: dict[str, Floats]
    """Name of the lists -> (n, 4) by `METRICS`; ours first."""
    shapes: dict[str, Shape]

    def __post_init__(self) -> None:
        sizes = {name: len(values) for name, values in self.values.items()}
        if set(sizes.values()) != {len(self.customers)} or next(iter(sizes)) != OURS:
            raise ValueError(f"{len(self.customers)} customers, but lists with {sizes}")


@dataclass(frozen=True)
class JudgedWindow:
    at: int
    """Seconds since 1970 UTC."""
    new: ScoredLists
    again: ScoredLists | None
    chances: dict[str, tuple[Chances, Bought]]
    """What was said of candidates and what came true, of all and of the first 20 places."""


def judge_window(
    purchases: Purchases, foretold: Foretold, judged: npt.NDArray[np.bool_] | None = None
) -> JudgedWindow:
    """Judges our lists, and every baseline beside them, on the 28 days after they were made.

    `purchases` reach past these days. Where `judged` (customers,) says for whom, lists are compared
    for them alone; the baselines learn from everyone all the same.
    """
    truth, history = truth_of(purchases, foretold.at), history_of(purchases, foretold.at, judged)
    if judged is not None:
        truth, foretold = truth.of(judged), foretold.of(judged)
    chances, portraits = _chances("new", foretold.new, truth), _portraits(purchases, truth.at)
    again = None
    if foretold.again is not None:
        lists = _named(foretold.again, lists_for_again(history))
        again = _scored(portraits, truth, truth.again, lists)
        chances |= _chances("again", foretold.again, truth)
    new = _scored(portraits, truth, truth.new, _named(foretold.new, lists_for_new(history)))
    return JudgedWindow(foretold.at, new, again, chances)


def _named(ours: Ranked, others: Iterable[tuple[str, Ranked]]) -> Iterable[tuple[str, Ranked]]:
    yield OURS, ours
    yield from others


def _scored(
    portraits: tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]],
    truth: Truth,
    bought: sparse.csr_matrix,
    lists: Iterable[tuple[str, Ranked]],
) -> ScoredLists:
    """Lists come one by one and are let go when scored."""
    values, shapes = {}, {}
    for name, ranked in lists:
        values[name], shapes[name] = scores(ranked, bought), shape_of(ranked, truth.before)
    customers = buyers(bought)
    lines, age_days = portraits
    return ScoredLists(customers, lines[customers], age_days[customers], values, shapes)


def _portraits(
    purchases: Purchases, at: int
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """(customers,) lines in the year before `at`, and days since the first purchase ever."""
    times, bought = purchases.purchased_at, purchases.quantity > 0
    year = bought & (times < at) & (times >= at - HISTORY_DAYS * SECONDS_PER_DAY)
    size = len(purchases.customers)
    first = np.full(size, at)
    np.minimum.at(first, purchases.customer_rows[bought], times[bought])
    lines = np.bincount(purchases.customer_rows[year], minlength=size)
    return lines, (at - first) // SECONDS_PER_DAY


def _chances(question: str, ranked: Ranked, truth: Truth) -> dict[str, tuple[Chances, Bought]]:
    return {
        f"{question}, all candidates": outcomes(ranked, truth.after, ALL),
        f"{question}, first {TOP} places": outcomes(ranked, truth.after, TOP),
    }
