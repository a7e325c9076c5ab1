"""What the models of lifetime value know of a customer: how often, how long, how much."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from recommender.insight.order_days import OrderDays

Floats = npt.NDArray[np.float64]
DAYS_PER_WEEK = 7.0


@dataclass(frozen=True, repr=False)
class Histories:
    """Of customers that bought; x, t_x and T of the papers, in weeks."""

    repeats: Floats
    """(customers,) days with an order after the first one."""
    last_week: Floats
    """(customers,) weeks from the first order to the last one; 0 without repeats."""
    weeks: Floats
    """(customers,) weeks from the first order to now."""

    def __post_init__(self) -> None:
        if not (len(self.repeats) == len(self.last_week) == len(self.weeks)):
            raise ValueError("histories need repeats, last_week and weeks of one length")
        sound = (self.repeats >= 0) & (self.last_week >= 0) & (self.last_week <= self.weeks)
        if not sound.all():
            raise ValueError("an order lies before the first one or after now")

    def __len__(self) -> int:
        return len(self.repeats)

    def __repr__(self) -> str:
        return f"Histories({len(self):,} customers, {int((self.repeats > 0).sum()):,} came back)"

    def distinct(self) -> tuple[Histories, Floats]:
        """Each history once, and how many customers have it."""
        rows = np.column_stack([self.repeats, self.last_week, self.weeks])
        found, counts = np.unique(rows, axis=0, return_counts=True)
        return Histories(*found.T.copy()), counts.astype(np.float64)


@dataclass(frozen=True, repr=False)
class Spending:
    """Of customers whose prices are known."""

    orders: Floats
    """(customers,) at least 1."""
    mean: Floats
    """(customers,) money an order, above 0."""

    def __post_init__(self) -> None:
        if not ((self.orders >= 1) & (self.mean > 0)).all():
            raise ValueError("spending needs at least one order and money above 0 for each")

    def __len__(self) -> int:
        return len(self.orders)


def histories_of(orders: OrderDays, today: int) -> Histories:
    """`today` in days since 1970-01-01 UTC; in the order of `orders.customers[orders.firsts]`."""
    first, last = orders.days[orders.firsts], orders.days[orders.lasts]
    return Histories(
        repeats=(orders.counts - 1).astype(np.float64),
        last_week=(last - first) / DAYS_PER_WEEK,
        weeks=(today - first) / DAYS_PER_WEEK,
    )


def spending_of(orders: OrderDays) -> tuple[Floats, Floats]:
    """Orders with money, and money an order (0 without any), of each customer that bought."""
    paid = orders.revenue > 0
    count = np.add.reduceat(paid.astype(np.float64), orders.firsts)
    return count, np.add.reduceat(orders.revenue, orders.firsts) / np.maximum(count, 1)
