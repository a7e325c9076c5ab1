"""Who took which product when, first and lately: counted once for a moment."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
from scipy import sparse

from recommender.matrix.returns import Netted
from recommender.tables.purchases import SECONDS_PER_DAY

Days = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Taken:
    """Lines that stayed, and the first one of every pair, with their ages at a moment."""

    customers: npt.NDArray[np.int32]
    products: npt.NDArray[np.int32]
    age: Days
    """(lines,) in days."""
    first: npt.NDArray[np.intp]
    """(pairs,) lines at which a customer first took a product."""
    shape: tuple[int, int]
    _counted: dict[tuple[str, float], sparse.csr_matrix] = field(default_factory=dict, repr=False)
    """What was asked for before."""

    def lines_of_customers(self, days: float) -> npt.NDArray[np.int64]:
        return np.bincount(self.customers[self.age <= days], minlength=self.shape[0])

    def buyers(self, days: float) -> npt.NDArray[np.int64]:
        """(products,) distinct customers."""
        return np.bincount(self.pairs(days).indices, minlength=self.shape[1])

    def pairs(self, days: float) -> sparse.csr_matrix:
        """(customers, products) 1 where the product was bought within the days."""
        return self._once("pairs", days, lambda: np.flatnonzero(self.age <= days))

    def newly(self, days: float) -> sparse.csr_matrix:
        """(customers, products) 1 where the product was first bought within the days."""
        return self._once("newly", days, lambda: self.first[self.age[self.first] <= days])

    def _once(
        self, name: str, days: float, lines: Callable[[], npt.NDArray[np.intp]]
    ) -> sparse.csr_matrix:
        if (name, days) not in self._counted:
            some = lines()
            ones = _ones(self.customers[some], self.products[some], self.shape)
            self._counted[name, days] = ones
        return self._counted[name, days]

    def pause(self) -> Days:
        """(customers,) days since the last line; ten years where there is none."""
        pause = np.full(self.shape[0], 3650.0)
        np.minimum.at(pause, self.customers, self.age)
        return pause

    def age_of_products(self) -> Days:
        """(products,) days since the first sale; 0 where there is none."""
        age = np.zeros(self.shape[1])
        np.maximum.at(age, self.products, self.age)
        return age


def count_taken(netted: Netted, now: int) -> Taken:
    """Of lines in canonical order, where the first line of a pair is its earliest."""
    purchases, stays = netted.purchases, netted.left > 0
    customers, products = purchases.customer_rows[stays], purchases.product_columns[stays]
    return Taken(
        customers=customers,
        products=products,
        age=(now - purchases.purchased_at[stays]) / SECONDS_PER_DAY,
        first=_new_pairs(customers, products),
        shape=(len(purchases.customers), len(purchases.products)),
    )


def _new_pairs(
    customers: npt.NDArray[np.int32], products: npt.NDArray[np.int32]
) -> npt.NDArray[np.intp]:
    """Positions at which a pair begins, the lines of each standing together."""
    begins = np.ones(len(customers), bool)
    begins[1:] = (np.diff(customers) != 0) | (np.diff(products) != 0)
    return np.flatnonzero(begins)


def _ones(
    customers: npt.NDArray[np.int32], products: npt.NDArray[np.int32], shape: tuple[int, int]
) -> sparse.csr_matrix:
    """Each pair once, however often it stands in the lines, which are in canonical order."""
    pairs = _new_pairs(customers, products)
    starts = np.searchsorted(customers[pairs], np.arange(shape[0] + 1))
    ones = np.ones(len(pairs), np.float32)
    return sparse.csr_matrix((ones, products[pairs], starts), shape)
