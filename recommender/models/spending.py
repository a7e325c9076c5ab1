"""What purchases say about money: the usual price, and what a buyer spends."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from recommender.matrix.returns import Netted
from recommender.matrix.usual import usual_values
from recommender.tables.purchases import SECONDS_PER_DAY

Money = npt.NDArray[np.float64]
PRICE_DAYS = 182
SPEND_DAYS = 364
PERIOD_DAYS = 28


def usual_prices(netted: Netted, now: int) -> Money:
    """(products,) usual unit price of the last half year, of all time where it was not sold.

    The median over customers of each one's own median, so that nobody decides it alone.
    """
    purchases = netted.purchases
    sold = (netted.left > 0) & (purchases.unit_price > 0)
    recent = sold & (purchases.purchased_at >= now - PRICE_DAYS * SECONDS_PER_DAY)
    prices = usual_values(purchases, purchases.unit_price, recent)
    sold &= ~np.isfinite(prices)[purchases.product_columns]
    ever = usual_values(purchases, purchases.unit_price, sold)
    return np.where(np.isfinite(prices), prices, ever)


def spend_of_buyers(netted: Netted, now: int) -> Money:
    """(products,) median of what a customer that buys it spends on it in 28 days, last year."""
    purchases = netted.purchases
    lines = (netted.left > 0) & (purchases.unit_price >= 0)
    lines &= purchases.purchased_at >= now - SPEND_DAYS * SECONDS_PER_DAY
    period = (now - purchases.purchased_at) // (PERIOD_DAYS * SECONDS_PER_DAY)
    table = pd.DataFrame(
        {
            "customer": purchases.customer_rows[lines],
            "product": purchases.product_columns[lines],
            "period": period[lines],
            "amount": (netted.left * purchases.unit_price)[lines],
        }
    )
    # canonical order makes the lines of a customer, product and period neighbours
    changed = (table[["customer", "product", "period"]].diff() != 0).any(axis=1)
    amounts = table.groupby(changed.cumsum().to_numpy(), sort=False).agg(
        {"product": "first", "amount": "sum"}
    )
    medians = amounts.groupby("product")["amount"].median()
    return _filled(medians, len(purchases.products))


def _filled(by_product: pd.Series, products: int) -> Money:
    filled = np.full(products, np.nan)
    filled[by_product.index.to_numpy()] = by_product.to_numpy()
    return filled
