"""The customer's own order days, and how many of them a product missed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from recommender.ranking.again.frequency import visit_counts
from recommender.ranking.again.visits import Column, Positions, Visits, ratio

LAST_ORDERS = (5, 10)
KEPT_AN_ORDER = 0.8
"""What a visit still counts after one more order day."""


@dataclass(frozen=True, repr=False)
class OrderDays:
    """Days on which a customer bought anything, oldest first."""

    customers: npt.NDArray[np.int64]
    """(order days,)"""
    ages: Column
    ends: Positions
    """(customers,) one past the last order day of each."""
    later: Column
    """(visits,) order days of the customer after the visit: 0 in its last order."""

    @property
    def counts(self) -> Positions:
        """(customers,)"""
        return np.diff(self.ends, prepend=0)


def order_days(visits: Visits) -> OrderDays:
    first_day = int(visits.days.min())
    width = int(visits.days.max()) - first_day + 1
    keys, places = np.unique(
        visits.customers.astype(np.int64) * width + visits.days - first_day, return_inverse=True
    )
    customers, days = np.divmod(keys, width)
    counts = np.bincount(customers, minlength=len(visits.history.customers))
    ends = np.cumsum(counts)
    zero_age = visits.ages[0] + visits.days[0] - first_day
    later = ends[visits.customers] - 1 - places
    return OrderDays(customers, zero_age - days, ends, later.astype(np.float64))


def order_features(visits: Visits) -> dict[str, Column]:
    """Features of pairs, each (pairs,)."""
    orders = order_days(visits)
    return {**_in_orders(visits, orders), **_own_pace(visits, orders)}


def _in_orders(visits: Visits, orders: OrderDays) -> dict[str, Column]:
    count = visit_counts(visits)
    first, last = orders.later[visits.firsts], orders.later[visits.lasts]
    gap = ratio(first - last, count - 1)
    return {
        "orders_missed": last,
        "orders_share": count / (first + 1),
        "orders_fading": visits.sums(KEPT_AN_ORDER**orders.later),
        "orders_gap": gap,
        "orders_due": ratio(last, gap),
        **{f"in_last_{n}": visits.sums(orders.later < n) for n in LAST_ORDERS},
    }


def _own_pace(visits: Visits, orders: OrderDays) -> dict[str, Column]:
    """The customer's rhythm whatever it buys, told to each of its pairs."""
    owners = visits.owners
    counts, size = orders.counts, len(orders.counts)
    last = orders.ages[orders.ends[owners] - 1]
    gap = ratio(orders.ages[(orders.ends - counts)[owners]] - last, counts[owners] - 1)
    before = orders.ages[np.maximum(orders.ends[owners] - 2, 0)]
    recent = {
        f"customer_orders_{days}": np.bincount(
            orders.customers[orders.ages <= days], minlength=size
        )
        for days in (28, 91)
    }
    lines = np.bincount(visits.customers, minlength=size) / np.maximum(counts, 1)
    return {
        "customer_orders": counts[owners].astype(np.float64),
        **{name: column[owners].astype(np.float64) for name, column in recent.items()},
        "customer_lines": lines[owners],
        "customer_since_last": last,
        "customer_gap": gap,
        "customer_gap_last": np.where(counts[owners] > 1, before - last, np.nan),
        "customer_due": ratio(last, gap),
    }
