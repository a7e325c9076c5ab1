"""What a customer spends in a quarter at the pace of its last year."""

from __future__ import annotations

import numpy as np

from recommender.insight.money import Money, revenue_of_lines
from recommender.matrix.returns import Netted
from recommender.tables.purchases import SECONDS_PER_DAY

YEAR_DAYS = 365
AHEAD_DAYS = 90
"""As far ahead as the chance of silence looks."""


def paces(netted: Netted, now: int) -> Money:
    """(customers,) money in `AHEAD_DAYS`; 0 for no line in the year, NaN for none with a price."""
    purchases, size = netted.purchases, len(netted.purchases.customers)
    revenue = revenue_of_lines(netted)
    since = now - YEAR_DAYS * SECONDS_PER_DAY
    lines = (netted.left > 0) & (purchases.purchased_at >= since) & (purchases.purchased_at < now)
    priced = lines & np.isfinite(revenue)
    money = np.bincount(purchases.customer_rows[priced], revenue[priced], size)
    counts = [
        np.bincount(purchases.customer_rows[some], minlength=size) for some in (lines, priced)
    ]
    is_known = (counts[0] == 0) | (counts[1] > 0)
    return np.where(is_known, money * AHEAD_DAYS / YEAR_DAYS, np.nan)
