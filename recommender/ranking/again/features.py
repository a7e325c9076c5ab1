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
from recommender.ranking.again.visits import Column, Visits
from recommender.text import Ids

MOST_PAIRS = 500_000
"""Of a part, or all of one customer; a quarter of a gigabyte."""


@dataclass(frozen=True, repr=False)
class Features:
    names: tuple[str, ...]
    table: npt.NDArray[np.float32]
    """(pairs, features) NaN where not known."""

    def __repr__(self) -> str:
        return f"Features({self.table.shape[0]:,} pairs, {len(self.names)} features)"


def features_of(visits: Visits, categories: Mapping[str, str]) -> Features:
    """Of each pair of the visits; `categories` names those of products, where known."""
    parts = list(features_in_parts(visits, categories))
    return Features(parts[0].names, np.concatenate([part.table for part in parts]))


def features_in_parts(visits: Visits, categories: Mapping[str, str]) -> Iterator[Features]:
    """The same, some customers after the other: of everyone they would fill the memory."""
    products = sum_products(visits)
    numbers = _numbered(categories, visits.history.products)
    for part in visits.parts(MOST_PAIRS):
        yield _features(part, products, numbers)


def _features(visits: Visits, products: Products, categories: npt.NDArray[np.int64]) -> Features:
    columns = {
        **rhythm(visits),
        **order_features(visits),
        **_among_own(visits),
        **customer_features(visits),
        **product_features(visits, products),
        **again_shares(visits, products),
        **category_features(visits, categories),
    }
    # column after column: no second copy of everything in float64
    table = np.empty((len(visits.firsts), len(columns)), np.float32)
    for place, column in enumerate(columns.values()):
        table[:, place] = column
    return Features(tuple(columns), table)


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
