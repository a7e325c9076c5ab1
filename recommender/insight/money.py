"""What purchases that came to stay were worth."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from recommender.matrix.returns import Netted

Money = npt.NDArray[np.float64]


def revenue_of_lines(netted: Netted) -> Money:
    """(n,) money of what stayed of each line; NaN where no price is known, 0 for returns."""
    return np.where(netted.left > 0, netted.left * netted.purchases.unit_price, 0.0)


def margin_rates(netted: Netted, costs: Money) -> Money:
    """(customers,) share of the revenue that is left after cost, NaN where mostly unknown.

    `costs` (products,) of one unit, NaN where not known. Told where lines of known cost make at
    least half of the customer's revenue; the rest is taken to earn the same.
    """
    purchases = netted.purchases
    revenue = np.nan_to_num(revenue_of_lines(netted))
    costs_of_lines = netted.left * costs[purchases.product_columns]
    known = np.isfinite(costs_of_lines)
    size = len(purchases.customers)
    total = np.bincount(purchases.customer_rows, revenue, size)
    covered = np.bincount(purchases.customer_rows[known], revenue[known], size)
    spent = np.bincount(purchases.customer_rows[known], costs_of_lines[known], size)
    told = (covered > 0) & (covered >= total / 2)
    return np.where(told, 1 - spent / np.where(told, covered, 1.0), np.nan)
