"""What everyone's orders show: favourite categories and brands, prices, rhythm, last orders."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from recommender.matrix.returns import Netted
from recommender.release.contents import Products
from recommender.release.observed import Favourites, Habits, LastOrders
from recommender.tables.purchases import SECONDS_PER_DAY
from recommender.text import TextColumn

FAVOURITES = 5
"""Kept of a customer."""
LEAST_LINES = 3
"""Purchases behind every statement: fewer are a coincidence."""
LEAST_LIFT = 1.2
"""Times everyone's share, below which it only buys what all buy."""
LAST_ORDERS = 5
Rows = npt.NDArray[np.integer[Any]]
Values = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Lines:
    """Purchases that came to stay."""

    customers: Rows
    products: Rows
    days: Rows
    """Since 1970-01-01 UTC."""
    size: int
    """Customers of the release."""


def observed_parts(netted: Netted, products: Products) -> dict[str, Any]:
    """The parts of a release named in `OBSERVED`."""
    lines = _kept(netted)
    usual_days, orders = _rhythm(lines)
    low, middle, high, priced = _price_bands(lines, products)
    return {
        "favourite_categories": _favourites(lines, products.category),
        "favourite_brands": _favourites(lines, products.brand),
        "habits": Habits(low, middle, high, priced, usual_days, orders),
        "last_orders": _last_orders(lines),
    }


def _kept(netted: Netted) -> Lines:
    kept, purchases = netted.left > 0, netted.purchases
    return Lines(
        purchases.customer_rows[kept],
        purchases.product_columns[kept],
        purchases.purchased_at[kept] // SECONDS_PER_DAY,
        len(purchases.customers),
    )


def _favourites(lines: Lines, texts: TextColumn) -> Favourites:
    labels = list(texts)
    names = sorted(set(labels) - {""}, key=str.encode)
    number = {name: position for position, name in enumerate(names)}
    group = np.array([number.get(label, -1) for label in labels], np.int64)[lines.products]
    known = group >= 0
    cells, counts = np.unique(
        lines.customers[known].astype(np.int64) * max(len(names), 1) + group[known],
        return_counts=True,
    )
    customers, groups = np.divmod(cells, max(len(names), 1))
    share = counts / np.bincount(lines.customers[known], minlength=lines.size)[customers]
    everyones = np.bincount(group[known], minlength=len(names)) / max(int(known.sum()), 1)
    lift = share / everyones[groups]
    order = np.lexsort((groups, -share, customers))
    order = order[(counts >= LEAST_LINES)[order] & (lift >= LEAST_LIFT)[order]]
    order = order[_places(customers[order]) < FAVOURITES]
    return Favourites(
        names=TextColumn.of(names),
        starts=_starts(customers[order], lines.size),
        numbers=groups[order].astype(np.int32),
        lines=counts[order].astype(np.int32),
        share=share[order].astype(np.float32),
        lift=lift[order].astype(np.float32),
    )


def _price_bands(lines: Lines, products: Products) -> tuple[Any, Any, Any, Any]:
    """Quartiles over the purchases of price against the median price of the category."""
    relative = _relative_prices(products)[lines.products]
    known = np.isfinite(relative)
    customers, values = lines.customers[known], relative[known]
    order = np.lexsort((values, customers))
    starts = _starts(customers[order], lines.size)
    counts = np.diff(starts)
    bands = [_quantiles(values[order], starts, q) for q in (0.25, 0.5, 0.75)]
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
    customers, days = _distinct(lines.customers, lines.days)
    orders = np.bincount(customers, minlength=lines.size)
    same = np.diff(customers) == 0
    gaps, owners = np.diff(days)[same], customers[1:][same]
    order = np.lexsort((gaps, owners))
    starts = _starts(owners[order], lines.size)
    usual = _quantiles(gaps[order].astype(np.float64), starts, 0.5)
    known = orders >= LEAST_LINES
    return np.where(known, usual, np.nan).astype(np.float32), orders.astype(np.int32)


def _last_orders(lines: Lines) -> LastOrders:
    """A day's purchases are one order: not every file names orders."""
    customers, days, products = _distinct(lines.customers, -lines.days, lines.products)
    begins = _begins(customers, days)
    order_number = np.cumsum(begins)
    first_of_customer = order_number[np.searchsorted(customers, customers)]
    last = order_number - first_of_customer < LAST_ORDERS
    return LastOrders(
        starts=_starts(customers[last], lines.size),
        days=(-days[last]).astype(np.int32),
        products=products[last].astype(np.int32),
    )


def _distinct(*columns: Rows) -> tuple[Rows, ...]:
    """Their different rows, sorted by the first column, then the next."""
    order = np.lexsort(columns[::-1])
    found = [column[order] for column in columns]
    new = _begins(*found)
    return tuple(column[new] for column in found)


def _begins(*columns: Rows) -> npt.NDArray[np.bool_]:
    """(rows,) True where one differs from the row before."""
    begins = np.ones(len(columns[0]), bool)
    begins[1:] = np.logical_or.reduce([np.diff(column) != 0 for column in columns])
    return begins


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


def _starts(customers: Rows, size: int) -> npt.NDArray[np.int64]:
    return np.searchsorted(customers, np.arange(size + 1)).astype(np.int64)


def _places(customers: Rows) -> Rows:
    """0 for the first entry of a customer."""
    return np.arange(len(customers)) - np.searchsorted(customers, customers)
