"""How often a customer orders at all, and whether its silence is longer than its rhythm allows."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from recommender.insight.order_days import OrderDays
from recommender.insight.rhythm.medians import medians
from recommender.insight.rhythm.survival import Survival

Floats = npt.NDArray[np.float64]
Positions = npt.NDArray[np.int64]
LEAST_DAYS = 3
AHEAD_DAYS = 90
WARNED_FROM = 1 / 3
"""Chance that no order comes in the days ahead: late enough to ask, before it is likely lost."""
PRIOR_GAPS = 1.0
"""Usual gaps of all customers that stand beside a customer's own."""
KNOWN_GAPS = (0, 1, 2, 3, 5, 9)
"""Customers of as many gaps wait alike, measured in their own: the more are known, the more
narrowly the next one lies around them."""

LEAST_WAITS = 100
"""That ended, of customers of so many gaps; where there are fewer, they are counted with those of
fewer gaps."""


@dataclass(frozen=True, repr=False)
class CustomerRhythms:
    """Columns are (customers,), NaN for those that never bought."""

    ahead_days: int
    usual_days: Floats
    """Median days from one order to the next; NaN below three days with an order."""
    days_since: Floats
    """Since the last order."""
    lateness: Floats
    """Share of waits, told in the customer's own rhythm, that ended before this one's length."""
    chance_silent: Floats
    """That no order comes in the next `ahead_days`."""
    warned: npt.NDArray[np.bool_]
    """Usual days known and passed, and silence likelier than `WARNED_FROM`."""

    def __repr__(self) -> str:
        known = int(np.isfinite(self.days_since).sum())
        return f"CustomerRhythms({known:,} customers, {int(self.warned.sum()):,} warned)"


@dataclass(frozen=True)
class _Waits:
    """Waits for an order, each against what was known of its customer when it began."""

    days: Floats
    own: Floats
    """Usual gap: geometric mean of the gaps before and, once, that of all customers."""
    known: Positions
    """Gaps before."""

    @property
    def relative(self) -> Floats:
        return self.days / self.own


def customer_rhythms(
    orders: OrderDays, today: int, ahead_days: int = AHEAD_DAYS
) -> CustomerRhythms:
    """`today` in days since 1970-01-01 UTC, not before the last order."""
    past, present = _waits(orders, today)
    lateness, silent = _silence(past, present, ahead_days)
    usual = _usual_days(orders)
    rows = orders.customers[orders.firsts]
    warned = np.zeros(orders.size, bool)
    warned[rows] = (present.days > usual) & (silent > WARNED_FROM)
    return CustomerRhythms(
        ahead_days,
        usual_days=_spread(usual, rows, orders.size),
        days_since=_spread(present.days, rows, orders.size),
        lateness=_spread(lateness, rows, orders.size),
        chance_silent=_spread(silent, rows, orders.size),
        warned=warned,
    )


def _silence(past: _Waits, present: _Waits, ahead_days: int) -> tuple[Floats, Floats]:
    """Lateness of the waits that go on, and the chance that they outlast the days ahead."""
    lateness, silent = np.zeros(len(present.days)), np.ones(len(present.days))
    enough = [few for few in KNOWN_GAPS[1:] if (past.known >= few).sum() >= LEAST_WAITS]
    for few, many in pairwise((0, *enough, np.inf)):
        ended = (past.known >= few) & (past.known < many)
        lasting = (present.known >= few) & (present.known < many)
        waits = np.concatenate([past.relative[ended], present.relative[lasting]])
        survival = Survival.of(waits, np.arange(len(waits)) < ended.sum())
        now = survival.share_beyond(present.relative[lasting])
        later = (present.days[lasting] + ahead_days) / present.own[lasting]
        lateness[lasting] = 1 - now
        # longer than any wait that ever ended: then nothing says that this one will
        told = now > 0
        silent[lasting] = np.where(
            told, survival.share_beyond(later) / np.where(told, now, 1.0), 1.0
        )
    return lateness, silent


def _waits(orders: OrderDays, today: int) -> tuple[_Waits, _Waits]:
    """Those that an order ended, and the one of each customer that goes on."""
    firsts, counts = orders.firsts, orders.counts
    gaps = _gaps(orders)
    later = gaps > 0
    logs = np.log(np.where(later, gaps, 1.0))
    prior = float(np.median(logs[later])) if later.any() else 0.0
    # a customer's sum of logarithms up to and with each day
    whole = np.cumsum(logs)
    sums = whole - np.repeat(whole[firsts], counts)
    place = np.arange(len(orders)) - np.repeat(firsts, counts)
    own = np.exp((sums + PRIOR_GAPS * prior) / (place + PRIOR_GAPS))
    before = np.flatnonzero(later) - 1
    lasts = orders.lasts
    since = (today - orders.days[lasts]).astype(np.float64)
    return (
        _Waits(gaps[later], own[before], place[before]),
        _Waits(since, own[lasts], place[lasts]),
    )


def _gaps(orders: OrderDays) -> Floats:
    """(n,) days since the day before, 0 for a customer's first."""
    gaps = np.diff(orders.days, prepend=0).astype(np.float64)
    gaps[orders.firsts] = 0.0
    return gaps


def _usual_days(orders: OrderDays) -> Floats:
    gaps = _gaps(orders)
    owners = np.repeat(np.arange(len(orders.firsts)), orders.counts)
    usual = medians(gaps[gaps > 0], owners[gaps > 0], len(orders.firsts))
    return np.where(orders.counts >= LEAST_DAYS, usual, np.nan)


def _spread(of_buyers: Floats, rows: npt.NDArray[np.int32], size: int) -> Floats:
    column = np.full(size, np.nan)
    column[rows] = of_buyers
    return column
