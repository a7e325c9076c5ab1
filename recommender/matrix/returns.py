"""Returns netted against the purchases they undo."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from recommender.matrix.usual import usual_quantities
from recommender.tables.purchases import Purchases


@dataclass(frozen=True)
class Netted:
    """Purchases and what is left of them after returns."""

    purchases: Purchases
    left: npt.NDArray[np.float64]
    """(n,) quantity of each line that came to stay; 0 for returns and for what was taken back."""
    unmatched_returns: int
    """Return lines with more quantity than the customer had bought of the product before."""

    def since(self, moment: int) -> Netted:
        """Lines since `moment` (seconds since 1970 UTC), still netted against all of them."""
        lines = self.purchases.purchased_at >= moment
        if lines.all():
            return self
        return Netted(self.purchases.take(lines), self.left[lines], self.unmatched_returns)

    @cached_property
    def usual_quantities(self) -> npt.NDArray[np.float64]:
        """(products,) what customers usually take at a time, 1 where nothing stayed."""
        return usual_quantities(self.purchases, self.left)

    @cached_property
    def relative_values(self) -> npt.NDArray[np.float64]:
        """(n,) value kept against the geometric mean of its customer's, 1 without a price."""
        purchases = self.purchases
        value = self.left * purchases.unit_price
        known = np.isfinite(value) & (value > 0)
        customers = purchases.customer_rows[known]
        size = len(purchases.customers)
        logs = np.bincount(customers, np.log(value[known]), minlength=size)
        usual = np.exp(logs / np.maximum(np.bincount(customers, minlength=size), 1))
        relative = np.ones(len(purchases))
        relative[known] = value[known] / usual[customers]
        return relative


DUST = 1e-12
"""Of a pair's largest quantity: less than that is what floats leave of 1.1 - 0.4 - 0.7."""


def net_returns(purchases: Purchases) -> Netted:
    """A return undoes the latest purchases before it of the same product by the same customer.

    Invoices seldom say which sale is undone; the latest one is what shops take back. Of one moment
    the sales come first: where only days are known, a return follows its sale of the same day.
    """
    left = np.maximum(purchases.quantity, 0.0)
    unmatched = 0
    for first, end in _pairs_with_returns(purchases):
        quantity = purchases.quantity[first:end]
        order = np.lexsort((quantity < 0, purchases.purchased_at[first:end]))
        stay, missing = _undo_latest(quantity[order].tolist())
        left[first + order] = stay
        unmatched += missing
    return Netted(purchases, left, unmatched)


def pair_starts(purchases: Purchases) -> npt.NDArray[np.intp]:
    """First line of each (customer, product) in canonical order, and the end: (pairs + 1,)."""
    customers, products = purchases.customer_rows, purchases.product_columns
    changes = (np.diff(customers) != 0) | (np.diff(products) != 0)
    inner = np.flatnonzero(changes) + 1
    return np.concatenate([[0], inner, [len(purchases)]]) if len(purchases) else np.zeros(1, int)


def _pairs_with_returns(purchases: Purchases) -> list[tuple[int, int]]:
    starts = pair_starts(purchases)
    lines = np.flatnonzero(purchases.quantity < 0)
    pairs = np.unique(np.searchsorted(starts, lines, side="right") - 1)
    return list(zip(starts[pairs].tolist(), starts[pairs + 1].tolist(), strict=True))


def _undo_latest(quantities: list[float]) -> tuple[list[float], int]:
    """What stays of each line of one pair, oldest first, and how many returns lack their sale."""
    stay = [max(quantity, 0.0) for quantity in quantities]
    dust = DUST * max(map(abs, quantities))
    standing: list[int] = []
    missing = 0
    for line, quantity in enumerate(quantities):
        if quantity > 0:
            standing.append(line)
            continue
        back = -quantity
        while back > dust and standing:
            taken = min(back, stay[standing[-1]])
            stay[standing[-1]] -= taken
            back -= taken
            if stay[standing[-1]] <= dust:
                stay[standing.pop()] = 0.0
        missing += back > dust
    return stay, missing
