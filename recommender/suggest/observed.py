"""What was watched of a customer, and where its words say otherwise."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from recommender.release.observed import Favourites
from recommender.release.opening import Release
from recommender.suggest.facts import Facts, FreshPurchase, Stated
from recommender.suggest.matching import products_of

EPOCH = date(1970, 1, 1)
ORDERS_LOOKED_AT = 5
LEAST_ORDERS = 2
"""That hold it, for words and purchases to disagree: one may be a gift or a mistake."""


@dataclass(frozen=True)
class Favourite:
    """A category or brand it buys more of than others do."""

    name: str
    lines: int
    """Purchases of it."""
    share: float
    """Of the customer's purchases."""
    lift: float
    """Times everyone's share."""


@dataclass(frozen=True)
class PriceBand:
    """The middle half of its purchases, in times the usual price of the category."""

    low: float
    middle: float
    high: float
    purchases: int


@dataclass(frozen=True)
class Rhythm:
    usual_days: float
    """Median of the days from one order to the next."""
    orders: int


@dataclass(frozen=True)
class Observed:
    """Nothing is said where fewer than three purchases stand behind it."""

    categories: tuple[Favourite, ...]
    brands: tuple[Favourite, ...]
    price_band: PriceBand | None
    rhythm: Rhythm | None


@dataclass(frozen=True)
class Contradiction:
    """Something the customer says it dislikes, and buys."""

    stated: Stated
    orders: int
    """Of the last ones, those with such a product in them."""
    of: int
    """How many were looked at."""
    since_said: int
    """Of `orders`, those on or after the day it was said."""
    last_on: date


@dataclass(frozen=True)
class _Order:
    day: date
    products: frozenset[int]


def observed_of(release: Release, row: int) -> Observed:
    """All of it is in the release; a service without records can show it too."""
    habits = release.contents.habits
    middle, days = float(habits.price_middle[row]), float(habits.usual_days[row])
    band = PriceBand(
        round(float(habits.price_low[row]), 2),
        round(middle, 2),
        round(float(habits.price_high[row]), 2),
        int(habits.priced[row]),
    )
    return Observed(
        categories=_favourites(release.contents.favourite_categories, row),
        brands=_favourites(release.contents.favourite_brands, row),
        price_band=None if math.isnan(middle) else band,
        rhythm=None if math.isnan(days) else Rhythm(days, int(habits.orders[row])),
    )


def contradictions(release: Release, row: int | None, facts: Facts) -> tuple[Contradiction, ...]:
    """Dislikes that two or more of the last five orders speak against, fresh purchases included."""
    orders = _last_orders(release, row, facts.purchases)
    found = []
    for stated in facts.stated:
        if stated.stance != "dislikes":
            continue
        disliked = set(products_of(release, stated).tolist())
        days = [order.day for order in orders if disliked & order.products]
        if len(days) >= LEAST_ORDERS:
            since = sum(day >= stated.said_on for day in days)
            found.append(Contradiction(stated, len(days), len(orders), since, max(days)))
    return tuple(found)


def _favourites(part: Favourites, row: int) -> tuple[Favourite, ...]:
    first, end = part.starts[row : row + 2].tolist()
    return tuple(
        Favourite(
            part.names[int(part.numbers[entry])],
            int(part.lines[entry]),
            round(float(part.share[entry]), 4),
            round(float(part.lift[entry]), 2),
        )
        for entry in range(first, end)
    )


def _last_orders(
    release: Release, row: int | None, purchases: Sequence[FreshPurchase]
) -> list[_Order]:
    """Newest first; a day's purchases are one order."""
    days: dict[date, set[int]] = {}
    if row is not None:
        part = release.contents.last_orders
        first, end = part.starts[row : row + 2].tolist()
        entries = zip(part.days[first:end].tolist(), part.products[first:end].tolist(), strict=True)
        for day, product in entries:
            days.setdefault(EPOCH + timedelta(days=day), set()).add(product)
    for purchase in purchases:
        column = release.products.ids.position(purchase.product_id)
        if column is not None and purchase.quantity > 0:
            days.setdefault(purchase.at.date(), set()).add(column)
    newest = sorted(days, reverse=True)[:ORDERS_LOOKED_AT]
    return [_Order(day, frozenset(days[day])) for day in newest]
