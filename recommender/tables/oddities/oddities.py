"""What is odd about purchases that are sound row by row; each a sentence, or nothing."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pandas as pd

from recommender.tables.oddities.fees import fees
from recommender.tables.oddities.lookalikes import lookalikes
from recommender.tables.oddities.returns import returns_without_sale
from recommender.tables.oddities.runs import lines_of_days, rows_where, runs, shown
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
    days = lines_of_days(purchases)
    if len(purchases) < FEW_LINES or days.max() <= len(purchases) / 2:
        return None
    begins = int(days.argmax()) * SECONDS_PER_DAY
    clock = np.zeros(SECONDS_PER_DAY, np.int64)
    for lines in runs(purchases):
        seconds = purchases.purchased_at[lines] - begins
        of_day = seconds[(seconds >= 0) & (seconds < SECONDS_PER_DAY)]
        clock += np.bincount(of_day, minlength=SECONDS_PER_DAY)
    most = int(clock.max())
    if most <= len(purchases) / 2:
        return None
    share = "all" if most == len(purchases) else f"{most / len(purchases):.0%} of the"
    return (
        f"{share} lines share one moment, {_when(begins + int(clock.argmax()))}: "
        "is it the time of the export, not of the purchase?"
    )


def one_day(purchases: Purchases) -> str | None:
    days = lines_of_days(purchases)
    most = int(days.max())
    is_only_day = most == len(purchases)
    if len(purchases) < FEW_LINES or is_only_day or most <= LARGE_DAY * len(purchases):
        return None
    day = _when(int(days.argmax()) * SECONDS_PER_DAY)[:10]
    return f"{most / len(purchases):.0%} of the lines fall on one day, {day}"


def one_customer(purchases: Purchases) -> str | None:
    """By money where prices are known, by lines where not."""
    worth, number = np.zeros(len(purchases.customers)), np.zeros(len(purchases.customers))
    for lines in runs(purchases):
        money = np.nan_to_num(purchases.unit_price[lines]) * np.maximum(
            purchases.quantity[lines], 0
        )
        of_customer = purchases.customer_rows[lines]
        worth += np.bincount(of_customer, money, len(worth))
        number += np.bincount(of_customer, minlength=len(number))
    knows_prices = worth.any()
    sums = worth if knows_prices else number
    share = sums.max() / sums.sum()
    if len(purchases.customers) < 3 or share < LARGE_CUSTOMER:
        return None
    largest = purchases.customers[int(sums.argmax())]
    what = "sales" if knows_prices else "lines"
    return f"customer {largest!r} has {share:.0%} of all {what}: a collective account, or a test?"


def free_of_charge(purchases: Purchases) -> str | None:
    rows = rows_where(purchases.unit_price, lambda price: price == 0)
    if not len(rows):
        return None
    have = "line has" if len(rows) == 1 else "lines have"
    return f"{len(rows):,} {have} a price of 0{shown(purchases, rows)}"


def broken_quantities(purchases: Purchases) -> str | None:
    rows = rows_where(purchases.quantity, lambda quantity: quantity % 1 != 0)
    if not len(rows):
        return None
    are = "quantity is" if len(rows) == 1 else "quantities are"
    return f"{len(rows):,} {are} not whole{shown(purchases, rows)}"


def _when(moment: int) -> str:
    return f"{datetime.fromtimestamp(int(moment), UTC):%Y-%m-%d %H:%M:%S}"
