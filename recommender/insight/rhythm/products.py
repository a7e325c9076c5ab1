"""How a customer buys each of its products: every how many days, how much, and what is due."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from recommender.insight.rhythm.medians import medians
from recommender.insight.rhythm.state import State, due_days, states
from recommender.matrix.returns import Netted
from recommender.tables.purchases import SECONDS_PER_DAY

Floats = npt.NDArray[np.float64]
Numbers = npt.NDArray[np.int32]
LEAST_DAYS = 3
"""Two days have one gap, which is no habit yet."""


@dataclass(frozen=True, repr=False)
class ProductRhythms:
    """One entry a customer and product bought on at least three days, in canonical order."""

    customers: Numbers
    """(n,) rows of customers, ascending."""
    products: Numbers
    """(n,) columns of products, ascending within a customer."""
    days: Numbers
    """(n,) days with a purchase that stayed."""
    gap_days: Floats
    """(n,) usual days from one to the next: the median."""
    quantity: Floats
    """(n,) usual quantity of such a day: the median."""
    last_day: Numbers
    """(n,) days since 1970-01-01 UTC."""
    due_day: Numbers
    """(n,) last day and usual gap, rounded up."""
    days_late: Numbers
    """(n,) days since it was due; below 0 while it is not."""
    state: npt.NDArray[np.int8]
    """(n,) a `State`."""

    def __len__(self) -> int:
        return len(self.customers)

    def __repr__(self) -> str:
        due, stopped = ((self.state == state).sum() for state in (State.REORDER, State.LAPSED))
        return f"ProductRhythms({len(self):,} pairs, {due:,} to reorder, {stopped:,} lapsed)"


@dataclass(frozen=True, repr=False)
class _Days:
    """Days of the pairs with enough of them, a pair's oldest first."""

    lines: npt.NDArray[np.intp]
    """(n,) the first purchase line of each."""
    pairs: npt.NDArray[np.int64]
    """(n,) ascending, without holes."""
    days: npt.NDArray[np.int64]
    quantity: Floats

    @property
    def lasts(self) -> npt.NDArray[np.int64]:
        return np.flatnonzero(np.diff(self.pairs, append=-1))


def product_rhythms(netted: Netted, now: int) -> ProductRhythms:
    """`now` in seconds since 1970 UTC, not before the last line."""
    today = now // SECONDS_PER_DAY
    days = _regular(_days(netted))
    lasts = days.lasts
    follows = np.flatnonzero(np.diff(days.pairs, prepend=-1) == 0)
    gaps = (days.days[follows] - days.days[follows - 1]).astype(np.float64)
    gap = medians(gaps, days.pairs[follows], len(lasts))
    last, lines = days.days[lasts], days.lines[lasts]
    due = due_days(last, gap)
    return ProductRhythms(
        customers=netted.purchases.customer_rows[lines],
        products=netted.purchases.product_columns[lines],
        days=np.bincount(days.pairs).astype(np.int32),
        gap_days=gap,
        quantity=medians(days.quantity, days.pairs, len(lasts)),
        last_day=last.astype(np.int32),
        due_day=due,
        days_late=(today - due).astype(np.int32),
        state=states(today - last, gap),
    )


def _days(netted: Netted) -> _Days:
    """Lines of one customer, product and day are neighbours; together they are one purchase."""
    kept = np.flatnonzero(netted.left > 0)
    purchases = netted.purchases
    customers, products = purchases.customer_rows[kept], purchases.product_columns[kept]
    days = purchases.purchased_at[kept] // SECONDS_PER_DAY
    other = (np.diff(customers, prepend=-1) != 0) | (np.diff(products, prepend=-1) != 0)
    first = np.flatnonzero(other | (np.diff(days, prepend=-1) != 0))
    quantity = np.add.reduceat(netted.left[kept], first) if len(first) else np.zeros(0)
    return _Days(kept[first], np.cumsum(other)[first] - 1, days[first], quantity)


def _regular(days: _Days) -> _Days:
    """Pairs with enough days, numbered anew."""
    enough = np.bincount(days.pairs, minlength=1) >= LEAST_DAYS
    kept = enough[days.pairs]
    numbers = np.cumsum(enough) - 1
    return _Days(days.lines[kept], numbers[days.pairs[kept]], days.days[kept], days.quantity[kept])
