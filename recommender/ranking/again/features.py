"""All that a moment knows about whether owned products are bought again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from recommender.ranking.again.frequency import by_frequency
from recommender.ranking.again.orders import order_features
from recommender.ranking.again.rhythm import fading_count, rhythm
from recommender.ranking.again.surroundings import (
    Products,
    again_shares,
    category_features,
    customer_features,
    product_features,
    sum_products,
)
from recommender.ranking.again.visits import Column, Positions, Visits
from recommender.text import Ids

MOST_PAIRS = 500_000
"""Of a part, or all of one customer; a quarter of a gigabyte."""
ROWS = 1024
"""Written at once."""


@dataclass(frozen=True, repr=False)
class Features:
    names: tuple[str, ...]
    table: npt.NDArray[np.float32]
    """(pairs, features) NaN where not known."""

    def __repr__(self) -> str:
        return f"Features({self.table.shape[0]:,} pairs, {len(self.names)} features)"


def features_of(
    visits: Visits, categories: Mapping[str, str], some: Positions | None = None
) -> Features:
    """Of each pair of the visits, or of `some`, ascending; `categories` of products, if known."""
    parts = list(features_in_parts(visits, categories, some))
    return Features(parts[0].names, np.concatenate([part.table for part in parts]))


def features_in_parts(
    visits: Visits,
    categories: Mapping[str, str],
    some: Positions | None = None,
    of: npt.NDArray[np.bool_] | None = None,
) -> Iterator[Features]:
    """The same, some customers after the other: of everyone they would fill the memory.

    `of` (customers,) True for whose pairs, where not everyone's; what products do is told by all.
    """
    products = sum_products(visits)
    visits = visits if of is None else visits.of(of)
    numbers = _numbered(categories, visits.history.products)
    first = 0
    for part in visits.parts(MOST_PAIRS):
        end = first + len(part.firsts)
        asked = None if some is None else some[slice(*np.searchsorted(some, (first, end)))] - first
        yield _features(part, products, numbers, asked)
        first = end


def _features(
    visits: Visits,
    products: Products,
    categories: npt.NDArray[np.int64],
    some: Positions | None,
) -> Features:
    columns = {
        **rhythm(visits),
        **order_features(visits),
        **_among_own(visits),
        **customer_features(visits),
        **product_features(visits, products),
        **again_shares(visits, products),
        **category_features(visits, categories),
    }
    return Features(tuple(columns), _table(list(columns.values()), some))


def _table(columns: list[Column], some: Positions | None) -> npt.NDArray[np.float32]:
    """A block of rows at a time, which stays in the cache while column after column is written."""
    size = len(columns[0]) if some is None else len(some)
    table = np.empty((size, len(columns)), np.float32)
    for first in range(0, size, ROWS):
        rows = slice(first, first + ROWS)
        asked = rows if some is None else some[rows]
        for place, column in enumerate(columns):
            table[rows, place] = column[asked]
    return table


def _among_own(visits: Visits) -> dict[str, Column]:
    """How a product stands among all that its customer owns."""
    order = by_frequency(visits)
    owners = visits.owners
    place = np.empty(len(order))
    place[order] = np.arange(len(order)) - np.searchsorted(owners, owners)
    fading = fading_count(visits, 60)
    return {
        "place_by_frequency": place,
        "share_of_customer": fading / visits.of_customers(fading)[owners],
    }


def _numbered(categories: Mapping[str, str], products: Ids) -> npt.NDArray[np.int64]:
    """(products,) number of the category; what has none shares one."""
    names = [categories.get(product, "") for product in products]
    numbers = {name: number for number, name in enumerate(sorted(set(names)))}
    return np.array([numbers[name] for name in names], np.int64)
