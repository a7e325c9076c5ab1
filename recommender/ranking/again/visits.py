"""The days on which customers bought the products they own, seen from one moment."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from recommender.tables.purchases import SECONDS_PER_DAY, Purchases

Column = npt.NDArray[np.float64]
Positions = npt.NDArray[np.intp]
OWNED_DAYS = 365
"""What was bought longer ago is no longer something the customer buys."""


@dataclass(frozen=True, repr=False)
class Visits:
    """One row a day on which a customer bought a product; pairs are contiguous, oldest first."""

    history: Purchases
    """The lines within the last `OWNED_DAYS`, returns left out."""
    customers: npt.NDArray[np.int32]
    """(visits,) position in the ids of the history."""
    products: npt.NDArray[np.int32]
    days: npt.NDArray[np.int64]
    """(visits,) whole days since 1970."""
    ages: Column
    """(visits,) days from the beginning of that day to the moment, above 0."""
    quantity: Column
    price: Column
    """(visits,) mean price of a unit, NaN where not known."""
    firsts: Positions
    """(pairs,) first visit of each pair."""
    pairs: Positions
    """(visits,) the pair of each visit."""

    def __repr__(self) -> str:
        return f"Visits({len(self.days):,} of {len(self.firsts):,} pairs)"

    @property
    def lasts(self) -> Positions:
        """(pairs,) last visit of each pair."""
        return np.append(self.firsts, len(self.days))[1:] - 1

    @property
    def owners(self) -> npt.NDArray[np.int32]:
        """(pairs,) the customer."""
        return self.customers[self.firsts]

    @property
    def owned(self) -> npt.NDArray[np.int32]:
        """(pairs,) the product."""
        return self.products[self.firsts]

    @property
    def repeats(self) -> npt.NDArray[np.bool_]:
        """(visits,) whether the pair was bought before."""
        repeats = np.ones(len(self.days), bool)
        repeats[self.firsts] = False
        return repeats

    def of(self, customers: npt.NDArray[np.bool_]) -> Visits:
        """(customers,) True for whose visits stay."""
        lines, pairs = customers[self.customers], customers[self.owners]
        lengths = np.diff(np.append(self.firsts, len(self.days)))[pairs]
        return Visits(
            history=self.history,
            customers=self.customers[lines],
            products=self.products[lines],
            days=self.days[lines],
            ages=self.ages[lines],
            quantity=self.quantity[lines],
            price=self.price[lines],
            firsts=np.cumsum(lengths) - lengths,
            pairs=np.repeat(np.arange(len(lengths)), lengths),
        )

    def parts(self, most: int) -> Iterator[Visits]:
        """Whole customers with about so many pairs, one part after the other."""
        owners = self.owners
        ends = np.append(np.flatnonzero(np.diff(owners)) + 1, len(owners))
        first = 0
        while first < len(owners):
            end = int(ends[min(int(np.searchsorted(ends, first + most)), len(ends) - 1)])
            yield self._part(first, end)
            first = end

    def _part(self, first: int, end: int) -> Visits:
        begin = int(self.firsts[first])
        lines = slice(begin, int(self.firsts[end]) if end < len(self.firsts) else len(self.days))
        return Visits(
            history=self.history,
            customers=self.customers[lines],
            products=self.products[lines],
            days=self.days[lines],
            ages=self.ages[lines],
            quantity=self.quantity[lines],
            price=self.price[lines],
            firsts=self.firsts[first:end] - begin,
            pairs=self.pairs[lines] - first,
        )

    def sums(self, values: npt.NDArray[Any]) -> Column:
        """(pairs,) of values of visits."""
        return np.asarray(np.add.reduceat(values.astype(np.float64), self.firsts))

    def within(self, days: float) -> Column:
        """(pairs,) visits in the last days."""
        return self.sums(self.ages <= days)

    def of_customers(self, values: npt.NDArray[Any]) -> Column:
        """(customers,) sums of values of visits, or of pairs."""
        rows = self.customers if len(values) == len(self.days) else self.owners
        return _summed(rows, values, len(self.history.customers))

    def of_products(self, values: npt.NDArray[Any]) -> Column:
        """(products,) sums of values of visits, or of pairs."""
        rows = self.products if len(values) == len(self.days) else self.owned
        return _summed(rows, values, len(self.history.products))


def visits_before(purchases: Purchases, now: int) -> Visits:
    """Visits of the `OWNED_DAYS` before `now` (seconds since 1970 UTC); nothing later is read."""
    begin = now - OWNED_DAYS * SECONDS_PER_DAY
    times = purchases.purchased_at
    lines = purchases.take((times >= begin) & (times < now) & (purchases.quantity > 0))
    days = lines.purchased_at // SECONDS_PER_DAY
    visits = _changes(lines.customer_rows, lines.product_columns, days)
    customers, products = lines.customer_rows[visits], lines.product_columns[visits]
    firsts = _changes(customers, products)
    quantity = _sums(lines.quantity, visits)
    return Visits(
        history=lines,
        customers=customers,
        products=products,
        days=days[visits],
        ages=np.asarray(now / SECONDS_PER_DAY - days[visits], np.float64),
        quantity=quantity,
        price=_sums(lines.quantity * lines.unit_price, visits) / quantity,
        firsts=firsts,
        pairs=np.repeat(np.arange(len(firsts)), np.diff(np.append(firsts, len(visits)))),
    )


def ratio(above: npt.NDArray[Any], below: npt.NDArray[Any]) -> Column:
    """NaN where the divisor is 0: trees know what to do with what is not known."""
    known = below != 0
    return np.where(known, above / np.where(known, below, 1), np.nan)


def _changes(*columns: npt.NDArray[Any]) -> Positions:
    """First position of each run of equal rows."""
    changed = np.ones(len(columns[0]), bool)
    changed[1:] = np.any([np.diff(column) != 0 for column in columns], axis=0)
    return np.flatnonzero(changed)


def _summed(rows: npt.NDArray[np.int32], values: npt.NDArray[Any], size: int) -> Column:
    return np.bincount(rows, values, minlength=size).astype(np.float64)


def _sums(values: Column, starts: Positions) -> Column:
    return np.asarray(np.add.reduceat(values, starts)) if len(starts) else values[:0]
