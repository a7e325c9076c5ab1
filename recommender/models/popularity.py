"""How many customers bought each product, lately and ever."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from recommender.matrix.returns import Netted
from recommender.tables.purchases import SECONDS_PER_DAY

Counts = npt.NDArray[np.int64]
RECENT_DAYS = 28


@dataclass(frozen=True)
class Popularity:
    """Distinct customers, not lines: no one customer makes a product popular."""

    buyers: Counts
    """(products,) customers that bought it and kept it."""
    recent_buyers: Counts
    """(products,) of these, within the last 28 days."""
    season_buyers: Counts
    """(products,) of these, within the last 91 days."""
    active_customers: int
    """Customers with a purchase that stayed."""
    first_sold_at: npt.NDArray[np.int64]
    """(products,) seconds since 1970 UTC; the end of time for what was never sold."""


def measure_popularity(netted: Netted, now: int) -> Popularity:
    """As seen at `now` (seconds since 1970 UTC)."""
    purchases, stays = netted.purchases, netted.left > 0
    first_sold_at = np.full(len(purchases.products), np.iinfo(np.int64).max)
    np.minimum.at(first_sold_at, purchases.product_columns, purchases.purchased_at)
    return Popularity(
        buyers=buyers_since(netted, -(2**62)),
        recent_buyers=buyers_since(netted, now - RECENT_DAYS * SECONDS_PER_DAY),
        season_buyers=buyers_since(netted, now - 91 * SECONDS_PER_DAY),
        active_customers=len(np.unique(purchases.customer_rows[stays])),
        first_sold_at=first_sold_at,
    )


def buyers_since(netted: Netted, moment: int) -> Counts:
    """(products,) distinct customers with a purchase since `moment` that stayed."""
    _, products = pairs_since(netted, moment)
    return np.bincount(products, minlength=len(netted.purchases.products))


def pairs_since(netted: Netted, moment: int) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int32]]:
    """(pairs,) customers and products with a purchase since `moment` that stayed, each once."""
    purchases = netted.purchases
    lines = (netted.left > 0) & (purchases.purchased_at >= moment)
    customers, products = purchases.customer_rows[lines], purchases.product_columns[lines]
    # canonical order puts the lines of a pair next to each other
    new_pair = np.ones(len(customers), bool)
    new_pair[1:] = (np.diff(customers) != 0) | (np.diff(products) != 0)
    return customers[new_pair], products[new_pair]


def most_bought(recent: Counts, ever: Counts, most: int) -> npt.NDArray[np.int32]:
    """Products by recent buyers, then by all, then by number; those nobody bought left out."""
    order = np.lexsort((np.arange(len(ever)), -ever, -recent))
    return order[ever[order] > 0][:most].astype(np.int32)
