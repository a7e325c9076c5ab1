"""What is odd about purchases that are sound row by row; each a sentence, or nothing."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pandas as pd

from recommender.tables.oddities.fees import fees
from recommender.tables.oddities.lookalikes import lookalikes
from recommender.tables.purchases import SECONDS_PER_DAY, Purchases

LARGE_CUSTOMER = 0.5
LARGE_DAY = 0.2
FEW_LINES = 50
"""Below it shares say nothing."""


def oddities(purchases: Purchases, products: pd.DataFrame | None) -> list[str]:
    """Of the purchases by themselves."""
    found = [
        lookalikes("customer_id", purchases.customers),
        lookalikes("product_id", purchases.products),
        fees(purchases, products),
        # Dates without a time share their moment: the second would say the same again.
        one_moment(purchases) or one_day(purchases),
        one_customer(purchases),
        returns_without_sale(purchases),
        free_of_charge(purchases),
        broken_quantities(purchases),
    ]
    return [sentence for sentence in found if sentence]


def one_moment(purchases: Purchases) -> str | None:
    times, counts = np.unique(purchases.purchased_at, return_counts=True)
    most = int(counts.max())
    if len(purchases) < FEW_LINES or most <= len(purchases) / 2:
        return None
    share = "all" if len(times) == 1 else f"{most / len(purchases):.0%} of the"
    return (
        f"{share} lines share one moment, {_when(times[counts.argmax()])}: "
        "is it the time of the export, not of the purchase?"
    )


def one_day(purchases: Purchases) -> str | None:
    days, counts = np.unique(purchases.purchased_at // SECONDS_PER_DAY, return_counts=True)
    most = int(counts.max())
    if len(purchases) < FEW_LINES or len(days) == 1 or most <= LARGE_DAY * len(purchases):
        return None
    day = _when(days[counts.argmax()] * SECONDS_PER_DAY)[:10]
    return f"{most / len(purchases):.0%} of the lines fall on one day, {day}"


def one_customer(purchases: Purchases) -> str | None:
    """By money where prices are known, by lines where not."""
    worth = np.nan_to_num(purchases.unit_price) * np.maximum(purchases.quantity, 0)
    knows_prices = worth.sum() > 0
    weights = worth if knows_prices else np.ones(len(purchases))
    sums = np.bincount(purchases.customer_rows, weights)
    share = sums.max() / sums.sum()
    if len(purchases.customers) < 3 or share < LARGE_CUSTOMER:
        return None
    largest = purchases.customers[int(sums.argmax())]
    what = "sales" if knows_prices else "lines"
    return f"customer {largest!r} has {share:.0%} of all {what}: a collective account, or a test?"


def returns_without_sale(purchases: Purchases) -> str | None:
    """Returns before the customer bought the product at all, as far as the table goes back."""
    n_products = len(purchases.products)
    pairs = purchases.customer_rows.astype(np.int64) * n_products + purchases.product_columns
    bought = purchases.quantity > 0
    known, first = np.unique(pairs[bought], return_index=True)
    first_at = purchases.purchased_at[bought][first]
    places = np.searchsorted(known, pairs[~bought])
    found = np.append(known, -1)[places] == pairs[~bought]
    earlier = np.append(first_at, 0)[places] <= purchases.purchased_at[~bought]
    rows = np.flatnonzero(~bought)[~(found & earlier)]
    if not len(rows):
        return None
    shown = _lines(purchases, rows)
    return f"{len(rows):,} of {(~bought).sum():,} returns have no sale before them{shown}"


def free_of_charge(purchases: Purchases) -> str | None:
    rows = np.flatnonzero(purchases.unit_price == 0)
    if not len(rows):
        return None
    have = "line has" if len(rows) == 1 else "lines have"
    return f"{len(rows):,} {have} a price of 0{_lines(purchases, rows)}"


def broken_quantities(purchases: Purchases) -> str | None:
    rows = np.flatnonzero(purchases.quantity % 1 != 0)
    if not len(rows):
        return None
    are = "quantity is" if len(rows) == 1 else "quantities are"
    return f"{len(rows):,} {are} not whole{_lines(purchases, rows)}"


def _lines(purchases: Purchases, rows: np.ndarray[tuple[int], np.dtype[np.intp]]) -> str:
    """Up to three different products with their customers."""
    _, first = np.unique(purchases.product_columns[rows], return_index=True)
    shown = (
        f"{purchases.products[int(purchases.product_columns[r])]!r} "
        f"by {purchases.customers[int(purchases.customer_rows[r])]!r}"
        for r in rows[np.sort(first)[:3]]
    )
    return f", such as {', '.join(shown)}"


def _when(moment: int) -> str:
    return f"{datetime.fromtimestamp(int(moment), UTC):%Y-%m-%d %H:%M:%S}"
