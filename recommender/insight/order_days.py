"""The days on which each customer ordered anything that stayed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from recommender.insight.money import Money, revenue_of_lines
from recommender.matrix.returns import Netted
from recommender.tables.purchases import SECONDS_PER_DAY

Positions = npt.NDArray[np.int64]


@dataclass(frozen=True, repr=False)
class OrderDays:
    """One entry a customer and day, customers ascending, oldest day first.

    Orders of one day are one: shops split what a customer asks for once into several invoices.
    """

    size: int
    """Customers, those that never bought included."""
    customers: npt.NDArray[np.int32]
    """(n,) rows of customers."""
    days: Positions
    """(n,) days since 1970-01-01 UTC."""
    revenue: Money
    """(n,) money of what stayed; lines without a price count nothing."""
    priced: npt.NDArray[np.bool_]
    """(n,) whether any line had a price."""

    def __len__(self) -> int:
        return len(self.days)

    def __repr__(self) -> str:
        return f"OrderDays({len(self):,} days of {len(self.firsts):,} customers)"

    def take(self, entries: npt.NDArray[np.bool_]) -> OrderDays:
        """The same customers with only these days."""
        return OrderDays(
            self.size,
            self.customers[entries],
            self.days[entries],
            self.revenue[entries],
            self.priced[entries],
        )

    def revenue_of_customers(self) -> Money:
        """(size,) 0 for those without a day."""
        return np.asarray(np.bincount(self.customers, self.revenue, self.size))

    @property
    def firsts(self) -> Positions:
        """(customers that bought,) where the first day of each stands."""
        return np.flatnonzero(np.diff(self.customers, prepend=-1))

    @property
    def lasts(self) -> Positions:
        """(customers that bought,) where the last day of each stands."""
        return np.flatnonzero(np.diff(self.customers, append=self.size))

    @property
    def counts(self) -> Positions:
        """(customers that bought,) days of each."""
        return self.lasts - self.firsts + 1


def order_days(netted: Netted) -> OrderDays:
    purchases = netted.purchases
    size = len(purchases.customers)
    kept = np.flatnonzero(netted.left > 0)
    days = purchases.purchased_at[kept] // SECONDS_PER_DAY
    first = int(days.min(initial=0))
    width = int(days.max(initial=0)) - first + 1
    # one number for customer and day: a plain sort is several times faster than two keys
    keys = purchases.customer_rows[kept] * np.int64(width) + (days - first)
    found, places = np.unique(keys, return_inverse=True)
    revenue = revenue_of_lines(netted)[kept]
    priced = np.isfinite(revenue)
    return OrderDays(
        size,
        customers=(found // width).astype(np.int32),
        days=found % width + first,
        revenue=np.asarray(np.bincount(places, np.where(priced, revenue, 0.0), len(found))),
        priced=np.bincount(places, priced, len(found)) > 0,
    )
