"""Lines looked over some at a time: copies of whole columns would fill memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import numpy.typing as npt

from recommender.tables.chunk import Mask
from recommender.tables.large.mapped import BLOCK_LINES, blocks
from recommender.tables.purchases import SECONDS_PER_DAY, Purchases

Rows = npt.NDArray[np.intp]


def runs(purchases: Purchases) -> Iterator[slice]:
    """All lines; those of one customer, and so of one product it bought, stay together."""
    customers, ends = purchases.customer_rows, 0
    while ends < len(purchases):
        begins = ends
        last = customers[min(begins + BLOCK_LINES, len(purchases)) - 1]
        ends = int(np.searchsorted(customers, last, side="right"))
        yield slice(begins, ends)


def lines_of_days(purchases: Purchases) -> npt.NDArray[np.int64]:
    """(days since 1970,) how many lines fall on each."""
    days = np.zeros(purchases.last_at // SECONDS_PER_DAY + 1, np.int64)
    for lines in runs(purchases):
        days += np.bincount(purchases.purchased_at[lines] // SECONDS_PER_DAY, minlength=len(days))
    return days


def rows_where(
    column: npt.NDArray[np.float64], is_odd: Callable[[npt.NDArray[np.float64]], Mask]
) -> Rows:
    return np.concatenate([a + np.flatnonzero(is_odd(column[a:b])) for a, b in blocks(len(column))])


def shown(purchases: Purchases, rows: Rows) -> str:
    """Up to three different products with their customers."""
    _, first = np.unique(purchases.product_columns[rows], return_index=True)
    examples = (
        f"{purchases.products[int(purchases.product_columns[r])]!r} "
        f"by {purchases.customers[int(purchases.customer_rows[r])]!r}"
        for r in rows[np.sort(first)[:3]]
    )
    return f", such as {', '.join(examples)}"
