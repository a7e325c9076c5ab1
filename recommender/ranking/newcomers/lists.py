"""Newcomers in everyone's lists: prospects get one, and new products stand where they belong."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from recommender.models.models import Models
from recommender.ranking.newcomers.evidence import Rows
from recommender.ranking.newcomers.new_products import NewProducts
from recommender.ranking.newcomers.newcomers import Newcomers
from recommender.ranking.newcomers.prospects import Prospects
from recommender.ranking.ranked import Ranked, Scored, rank

LEAST_STARTED = 3
"""First sales seen in earlier windows, for new products to stand in lists: else no evidence."""
MOST_NEW = 500
"""New products that are looked at for lists, those listed last first."""
KEPT_NEW = 20
"""Of these, in one customer's list."""
CUSTOMERS = 4096
"""Of a block, when lists are put together."""


def with_newcomers(ranked: Ranked, models: Models, newcomers: Newcomers) -> Ranked:
    """By chance alone: a new product stands before another only where it is likelier."""
    size = len(ranked.starts) - 1
    prospects = rank(_without_owned(newcomers.prospects, models), size)
    new_products = rank(_likeliest(newcomers.new_products, models.known_customers), size)
    return rank(_together([ranked, prospects, new_products]), size)


def _without_owned(prospects: Prospects, models: Models) -> Iterator[Scored]:
    """Lists of customers without purchases; what they owned long ago or gave back stays out."""
    everyone = np.arange(models.matrix.weights.shape[0], dtype=np.int32)
    strangers = everyone[~np.isin(everyone, models.known_customers)]
    owned = (models.earlier + models.matrix.returned).tocsr()
    for block in prospects.scored(strangers):
        rows, products = owned[block.customers[0] : block.customers[-1] + 1].nonzero()
        width = owned.shape[1]
        theirs = (rows + int(block.customers[0])) * width + products
        free = ~np.isin(block.customers.astype(np.int64) * width + block.products, theirs)
        yield Scored(block.customers[free], block.products[free], block.chance[free])


def _likeliest(new_products: NewProducts, customers: Rows) -> Iterator[Scored]:
    """The few likeliest new products of each customer."""
    newcomers = _newest(new_products)
    if new_products.level.started < LEAST_STARTED or not len(newcomers) or not len(customers):
        return
    best = np.full((len(customers), KEPT_NEW), -1, np.int32)
    chance = np.zeros(best.shape, np.float32)
    for block, chances in new_products.chances(newcomers, customers):
        best, chance = _best_of(best, chance, block, chances)
    rows, places = np.nonzero(best >= 0)
    yield Scored(customers[rows], best[rows, places], chance[rows, places])


def _newest(new_products: NewProducts) -> Rows:
    """Ascending; those of which nothing is known resemble nothing."""
    newcomers = new_products.newcomers
    newcomers = newcomers[new_products.traits.known[newcomers]]
    listed_at = np.nan_to_num(new_products.history.listed_at[newcomers], nan=-np.inf)
    return np.sort(newcomers[np.argsort(-listed_at, kind="stable")[:MOST_NEW]])


def _best_of(
    best: Rows, chance: npt.NDArray[np.float32], block: Rows, chances: npt.NDArray[np.float32]
) -> tuple[Rows, npt.NDArray[np.float32]]:
    """The likeliest of those kept so far and of a block (products, customers)."""
    products = np.hstack([best, np.broadcast_to(block, (len(best), len(block)))])
    all_chances = np.hstack([chance, chances.T])
    order = np.argsort(-all_chances, axis=1, kind="stable")[:, : best.shape[1]]
    return (
        np.take_along_axis(products, order, axis=1),
        np.take_along_axis(all_chances, order, axis=1),
    )


def _together(lists: list[Ranked]) -> Iterator[Scored]:
    """Entries of all lists, a block of customers at a time."""
    size = len(lists[0].starts) - 1
    for first in range(0, size, CUSTOMERS):
        end = min(first + CUSTOMERS, size)
        parts = [slice(each.starts[first], each.starts[end]) for each in lists]
        lengths = [np.diff(each.starts[first : end + 1]) for each in lists]
        rows = np.arange(first, end, dtype=np.int32)
        yield Scored(
            np.concatenate([np.repeat(rows, length) for length in lengths]),
            np.concatenate([each.products[part] for each, part in zip(lists, parts, strict=True)]),
            np.concatenate([each.chance[part] for each, part in zip(lists, parts, strict=True)]),
        )
