"""What is known of one product: the catalogue's words, and how it sells."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
import numpy.typing as npt

from recommender.release.contents import Bought, Earlier
from recommender.release.opening import Release
from recommender.suggest.answers import described

PERIOD_DAYS = 28
PERIODS = 13
YEAR_DAYS = PERIOD_DAYS * PERIODS
"""364: a year of whole periods."""
EPOCH = date(1970, 1, 1)


@dataclass(frozen=True)
class Period:
    """Four weeks."""

    first_on: date
    last_on: date
    customers: int
    """Whose last purchase of the product fell into it."""


@dataclass(frozen=True)
class Selling:
    ever: int
    """Customers that bought it and kept it, since the records begin."""
    year: int
    """Of these, within the last 52 weeks."""
    lately: int
    """Of these, within the last four weeks."""
    periods: tuple[Period, ...]
    """Of the last 52 weeks, the oldest first."""

    @property
    def new_half(self) -> int:
        """Of `year`, those that bought it within the last 24 weeks."""
        return sum(period.customers for period in self.periods[-(PERIODS // 2) :])


def describe_product(release: Release, product_id: str) -> dict[str, Any]:
    """What the catalogue says of a product that the release knows."""
    products, column = release.products, release.catalogue.columns.get(product_id) or 0
    return described(release, product_id) | {
        "brand": products.brand[column] or None,
        "stock": _stock(release, column),
        "attributes": json.loads(release.contents.attributes.values[column] or "{}"),
    }


def selling_of(release: Release, product_id: str) -> Selling:
    """Counted from each customer's last purchase; a release keeps no other day of it."""
    products, column = release.products, release.catalogue.columns.get(product_id) or 0
    earlier = _customers_of(release.earlier, column)
    today = (date.fromisoformat(release.manifest.data_through[:10]) - EPOCH).days
    days = release.bought.last_day[release.bought.products == column]
    ages = np.clip(today - days, 0, None)
    counts = np.bincount(ages[ages < YEAR_DAYS] // PERIOD_DAYS, minlength=PERIODS)
    periods = [_period(today, back, int(counts[back])) for back in reversed(range(PERIODS))]
    return Selling(
        ever=len(np.union1d(_customers_of(release.bought, column), earlier)),
        year=int(counts.sum()),
        lately=int(products.recent_buyers[column]),
        periods=tuple(periods),
    )


def _customers_of(part: Bought | Earlier, column: int) -> npt.NDArray[np.int64]:
    entries = np.flatnonzero(part.products == column)
    return np.asarray(np.searchsorted(part.starts, entries, side="right") - 1)


def stock_is_known(release: Release) -> bool:
    """A catalogue in which everything is in stock says nothing of stock."""
    return bool((~release.products.in_stock & release.products.in_catalogue).any())


def _stock(release: Release, column: int) -> str | None:
    products = release.products
    if not products.in_catalogue[column]:
        return "no longer in the catalogue"
    if not stock_is_known(release):
        return None
    return "in stock" if products.in_stock[column] else "out of stock"


def _period(today: int, back: int, customers: int) -> Period:
    last = EPOCH + timedelta(days=today - back * PERIOD_DAYS)
    return Period(last - timedelta(days=PERIOD_DAYS - 1), last, customers)
