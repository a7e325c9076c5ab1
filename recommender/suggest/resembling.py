"""Products like one that hardly anyone bought, and who buys them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from recommender.release.attributes import plain
from recommender.release.contents import Numbers
from recommender.release.opening import Release
from recommender.suggest.reasons import ResemblesReason

NEAREST = 40
WITHIN_DAYS = 365
"""Who bought something alike longer ago says little of today."""
MOST_HAVING = 2 / 3
"""Of all products: what nearly all have in common makes none of them alike."""
PRICE_WEIGHT = 1.0
LETTERS = re.compile(r"[^\W_]+")
SECONDS_PER_DAY = 86_400
Scores = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Resembling:
    products: Numbers
    """The most alike first."""
    customers: Numbers
    """Who bought any of them within the year; the likeliest to take the product first."""


def buyers_of_alike(release: Release, column: int) -> Resembling:
    """Ordered by how much alike is what each bought, all products together; of equals by row."""
    products, likeness = products_like(release, column)
    weights = np.zeros(len(release.products.ids))
    weights[products] = likeness
    part = release.bought
    entries = np.flatnonzero((weights[part.products] > 0) & _is_recent(release))
    rows = np.searchsorted(part.starts, entries, side="right") - 1
    scores = np.bincount(rows, weights[part.products[entries]], len(release.customers.ids))
    customers = np.flatnonzero(scores > 0)
    order = np.argsort(-scores[customers], kind="stable")
    return Resembling(products, customers[order].astype(np.int32))


def resembling_reason(release: Release, alike: Resembling, row: int) -> ResemblesReason:
    """What the customer bought within the year of what is alike."""
    first, end = release.bought.starts[row : row + 2]
    recent = _is_recent(release, slice(first, end))
    own = np.isin(alike.products, release.bought.products[first:end][recent])
    nearest = int(alike.products[np.flatnonzero(own)[0]])
    return ResemblesReason(release.products.ids[nearest], int(own.sum()), len(alike.products))


def products_like(release: Release, column: int) -> tuple[Numbers, Scores]:
    """At most `NEAREST` that somebody bought, the most alike first, and how much they weigh.

    What two products have in common weighs the logarithm of how rare it is; twice as much in common
    counts four times, as when chances of new products are learned.
    """
    size = len(release.products.ids)
    common = np.zeros(size)
    for having in _in_common(release, column):
        if 1 < len(having) <= MOST_HAVING * size:
            common[having] += np.log(size / len(having)) ** 2
    common += np.where(common > 0, PRICE_WEIGHT * _price_likeness(release, column), 0.0)
    common[column] = 0.0
    common[np.asarray(release.products.buyers) == 0] = 0.0
    nearest = np.argsort(-common, kind="stable")[:NEAREST]
    nearest = nearest[common[nearest] > 0]
    return nearest.astype(np.int32), common[nearest] ** 2


def _in_common(release: Release, column: int) -> Iterator[Numbers]:
    """Products that share its category, its brand, an attribute, or a word of its name."""
    products = release.products
    nobody = np.zeros(0, np.int32)
    yield release.categories.get(plain(products.category[column]), nobody)
    yield release.brands.get(plain(products.brand[column]), nobody)
    values = json.loads(release.contents.attributes.values[column] or "{}")
    for name, value in values.items():
        yield release.having_attribute.get((plain(name), plain(value)), nobody)
    words = set(LETTERS.findall(products.name[column].casefold()))
    having: dict[str, list[int]] = {word: [] for word in sorted(words)}
    for product, name in enumerate(products.name):
        for word in words.intersection(LETTERS.findall(name.casefold())):
            having[word].append(product)
    yield from (np.array(found, np.int32) for found in having.values())


def _price_likeness(release: Release, column: int) -> Scores:
    """(products,) 1 for the same price, half of it at twice or half the price; 0 if not known."""
    price = np.asarray(release.as_trained.price)
    known = np.isfinite(price) & (price > 0)
    if not known[column]:
        return np.zeros(len(price))
    steps = np.abs(np.log2(np.where(known, price, 1.0) / price[column]))
    return np.where(known, 2.0**-steps, 0.0)


def _is_recent(release: Release, entries: slice = slice(None)) -> npt.NDArray[np.bool_]:
    today = int(release.as_of.timestamp()) // SECONDS_PER_DAY
    return np.asarray(release.bought.last_day[entries] >= today - WITHIN_DAYS)
