"""Purchases that came to stay, and what is counted of them row by row."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from recommender.matrix.returns import Netted
from recommender.tables.channels import Channels
from recommender.tables.purchases import SECONDS_PER_DAY

LEAST_LINES = 3
"""Purchases behind every statement: fewer are a coincidence."""
Rows = npt.NDArray[np.integer[Any]]


@dataclass(frozen=True)
class Lines:
    customers: Rows
    products: Rows
    days: Rows
    """Since 1970-01-01 UTC."""
    channels: Channels | None
    size: int
    """Customers of the release."""

    @classmethod
    def kept(cls, netted: Netted) -> Self:
        kept, purchases = netted.left > 0, netted.purchases
        return cls(
            purchases.customer_rows[kept],
            purchases.product_columns[kept],
            purchases.purchased_at[kept] // SECONDS_PER_DAY,
            purchases.channels and purchases.channels.take(kept),
            len(purchases.customers),
        )


def distinct(*columns: Rows) -> tuple[Rows, ...]:
    """Their different rows, sorted by the first column, then the next."""
    order = np.lexsort(columns[::-1])
    found = [column[order] for column in columns]
    new = begins(*found)
    return tuple(column[new] for column in found)


def begins(*columns: Rows) -> npt.NDArray[np.bool_]:
    """(rows,) True where one differs from the row before."""
    found = np.ones(len(columns[0]), bool)
    found[1:] = np.logical_or.reduce([np.diff(column) != 0 for column in columns])
    return found


def starts(customers: Rows, size: int) -> npt.NDArray[np.int64]:
    """(size + 1,) where the entries of each customer begin, which are sorted by customer."""
    return np.searchsorted(customers, np.arange(size + 1)).astype(np.int64)


def places(customers: Rows) -> Rows:
    """0 for the first entry of a customer."""
    return np.arange(len(customers)) - np.searchsorted(customers, customers)
