"""Where what a customer says and what it buys differ."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from recommender.release.opening import Release
from recommender.suggest.facts import Facts, FreshPurchase, Stated
from recommender.suggest.matching import products_of

EPOCH = date(1970, 1, 1)
ORDERS_LOOKED_AT = 5
LEAST_ORDERS = 2
"""That hold it, for words and purchases to disagree: one may be a gift or a mistake."""


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
        column = release.catalogue.columns.get(purchase.product_id)
        if column is not None and purchase.quantity > 0:
            days.setdefault(purchase.at.date(), set()).add(column)
    newest = sorted(days, reverse=True)[:ORDERS_LOOKED_AT]
    return [_Order(day, frozenset(days[day])) for day in newest]
