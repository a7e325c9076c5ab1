"""Money of each customer by category."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import sparse

from recommender.insight.money import Money, revenue_of_lines
from recommender.matrix.returns import Netted
from recommender.tables.purchases import SECONDS_PER_DAY

YEAR_DAYS = 365


@dataclass(frozen=True, repr=False)
class Spend:
    """Of one stretch of time, returns netted."""

    by_category: sparse.csr_matrix
    """(customers, categories) money above 0."""
    size: Money
    """(customers,) money in all, products without a category included."""

    def __post_init__(self) -> None:
        if self.by_category.shape[0] != len(self.size):
            raise ValueError(
                f"{self.by_category.shape[0]} customers by category, {len(self.size)} sizes"
            )

    def __repr__(self) -> str:
        customers, categories = self.by_category.shape
        return f"Spend({customers:,} customers, {categories:,} categories)"

    @property
    def shares(self) -> sparse.csr_matrix:
        """(customers, categories) of the customer's size."""
        over = 1 / np.where(self.size > 0, self.size, 1.0)
        return sparse.csr_matrix(sparse.diags(over) @ self.by_category)


def spend_by_category(
    netted: Netted, categories: npt.NDArray[np.int32], now: int, days: int = YEAR_DAYS
) -> Spend:
    """Of the `days` before `now` (seconds since 1970 UTC).

    `categories` (products,) number of each product's, -1 where none is known. Lines without a price
    count nothing.
    """
    purchases = netted.purchases
    revenue = np.nan_to_num(revenue_of_lines(netted))
    since = purchases.purchased_at >= now - days * SECONDS_PER_DAY
    lines = np.flatnonzero(since & (purchases.purchased_at < now) & (revenue > 0))
    customers, money = purchases.customer_rows[lines], revenue[lines]
    of_lines = categories[purchases.product_columns[lines]]
    known = of_lines >= 0
    shape = (len(purchases.customers), int(categories.max(initial=-1)) + 1)
    cells = sparse.csr_matrix((money[known], (customers[known], of_lines[known])), shape)
    return Spend(cells, np.asarray(np.bincount(customers, money, shape[0])))
