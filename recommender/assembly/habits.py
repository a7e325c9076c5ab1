"""How each customer buys: at which prices, how often, and what last."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from recommender.assembly.lines import LEAST_LINES, Lines, Rows, begins, distinct, starts
from recommender.matrix.runs import customer_runs
from recommender.release.contents import Products
from recommender.release.observed import Habits, LastOrders

LAST_ORDERS = 5
Values = npt.NDArray[np.float64]


def habits(lines: Lines, products: Products) -> Habits:
    usual_days, orders = _rhythm(lines)
    low, middle, high, priced = _price_bands(lines, products)
    return Habits(low, middle, high, priced, usual_days, orders)


def last_orders(lines: Lines) -> LastOrders:
    """A day's purchases are one order: not every file names orders."""
    parts = [_last_orders(lines, run) for run in customer_runs(lines.customers)]
    customers, days, products = map(np.concatenate, zip(*parts, strict=True))
    return LastOrders(
        starts=starts(customers, lines.size),
        days=(-days).astype(np.int32),
        products=products.astype(np.int32),
    )


def _last_orders(lines: Lines, run: slice) -> tuple[Rows, Rows, Rows]:
    """Customers, days before 1970 and products of a run."""
    columns = lines.customers[run], -lines.days[run], lines.products[run]
    customers, days, products = distinct(*columns)
    order_number = np.cumsum(begins(customers, days))
    first_of_customer = order_number[np.searchsorted(customers, customers)]
    last = order_number - first_of_customer < LAST_ORDERS
    return customers[last], days[last], products[last]


def _price_bands(lines: Lines, products: Products) -> tuple[Any, Any, Any, Any]:
    """Quartiles over the purchases of price against the median price of the category."""
    relative = _relative_prices(products)[lines.products]
    known = np.isfinite(relative)
    customers, values = lines.customers[known], relative[known]
    order = np.lexsort((values, customers))
    first = starts(customers[order], lines.size)
    counts = np.diff(first)
    bands = [_quantiles(values[order], first, q) for q in (0.25, 0.5, 0.75)]
    enough = counts >= LEAST_LINES
    found = [np.where(enough, band, np.nan).astype(np.float32) for band in bands]
    return found[0], found[1], found[2], counts.astype(np.int32)


def _relative_prices(products: Products) -> Values:
    """(products,) NaN where price or category is not known."""
    relative = np.full(len(products.ids), np.nan)
    for category in np.unique(products.category_number[products.category_number >= 0]):
        own = np.flatnonzero(products.category_number == category)
        prices = products.price[own]
        known = np.isfinite(prices) & (prices > 0)
        if known.any():
            relative[own[known]] = prices[known] / np.median(prices[known])
    return relative


def _rhythm(lines: Lines) -> tuple[Any, Any]:
    """Median days between orders, where there are three, and on how many days it ordered."""
    runs = customer_runs(lines.customers)
    parts = [distinct(lines.customers[run], lines.days[run]) for run in runs]
    customers, days = map(np.concatenate, zip(*parts, strict=True))
    orders = np.bincount(customers, minlength=lines.size)
    same = np.diff(customers) == 0
    gaps, owners = np.diff(days)[same], customers[1:][same]
    order = np.lexsort((gaps, owners))
    first = starts(owners[order], lines.size)
    usual = _quantiles(gaps[order].astype(np.float64), first, 0.5)
    known = orders >= LEAST_LINES
    return np.where(known, usual, np.nan).astype(np.float32), orders.astype(np.int32)


def _quantiles(values: Values, starts: npt.NDArray[np.int64], q: float) -> Values:
    """(rows,) of values that ascend within their row, between two where it falls there; else 0."""
    if not len(values):
        return np.zeros(len(starts) - 1)
    counts = np.diff(starts)
    place = q * np.maximum(counts - 1, 0)
    low = np.minimum(starts[:-1] + np.floor(place).astype(np.int64), len(values) - 1)
    high = np.minimum(starts[:-1] + np.ceil(place).astype(np.int64), len(values) - 1)
    between = place - np.floor(place)
    return np.where(counts > 0, values[low] * (1 - between) + values[high] * between, 0.0)
